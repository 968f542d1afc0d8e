//! Segments as rules: reading the stored ones, checking new ones.

use std::collections::BTreeMap;

use careloop_db::ConnectionTrait;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::{Error, Result};
use serde_json::Value;

use crate::eval::{Names, World, needs};
use crate::rule::{Parsed, Rule, Scalar, Terms, Test, parse};
use crate::store::{self, SegmentRow};

/// The words of rules in this chain.
pub(crate) async fn terms(connection: &impl ConnectionTrait) -> Result<Terms> {
    let settings = careloop_access::settings::load(connection).await?;
    Ok(Terms { zone: settings.time_zone, currency: settings.currency })
}

/// All segments with their rules, and what evaluators know.
pub(crate) async fn world(connection: &impl ConnectionTrait) -> Result<(World, Vec<SegmentRow>)> {
    let terms = terms(connection).await?;
    let rows = store::list(connection).await?;
    let mut segments = BTreeMap::new();
    for row in &rows {
        segments.insert(row.id.parse()?, stored_rule(&row.rule, &terms)?);
    }
    let names = store::names(connection).await?;
    let waiting = careloop_profiles::inputs::live(connection).await?.inputs.waiting;
    let mut world = World { zone: terms.zone, currency: terms.currency, names, segments, waiting };
    world.bind(&store::cuts(connection, i64::MAX).await?);
    Ok((world, rows))
}

/// A rule as it was stored.
pub(crate) fn stored_rule(text: &str, terms: &Terms) -> Result<Rule> {
    let json: Value = serde_json::from_str(text).map_err(Error::internal)?;
    parse(&json, terms).map(|parsed| parsed.rule).map_err(Error::internal)
}

/// Reads a rule and checks what it names: segments that exist and do not lead back to `own`, clinics, sources, staff.
pub(crate) fn check(json: &Value, terms: &Terms, world: &World, own: Option<SegmentId>) -> Result<Parsed> {
    let parsed = parse(json, terms)?;
    let refuse = |message: String| Err(Error::invalid("segments.rule", message.clone()).with_field("rule", message));
    for id in parsed.rule.segments() {
        if !world.segments.contains_key(&id) {
            return refuse(format!("there is no segment `{id}`; look at the list of segments"));
        }
    }
    if let Some(way) = own.and_then(|own| cycle(&parsed.rule, world, own, &mut vec![own])) {
        let way: Vec<String> = way.iter().map(ToString::to_string).collect();
        return refuse(format!("the rule leads back to itself: {}; take one of them out", way.join(" → ")));
    }
    let mut unknown = None;
    parsed.rule.walk(&mut |part| {
        if let Rule::Listed(id) = part {
            unknown = Some(format!("a list is named as any segment is: {{\"segment\":\"{id}\"}}"));
        }
    });
    parsed.rule.walk(&mut |part| unknown = unknown.take().or_else(|| unknown_name(part, &world.names)));
    match unknown {
        Some(message) => refuse(message),
        None => Ok(parsed),
    }
}

/// What is wrong with the clinics, sources and staff that one part of a rule names; a misspelt one would match nobody.
fn unknown_name(part: &Rule, names: &Names) -> Option<String> {
    let of = |what: &str| match what {
        "clinic" => Some(&names.clinics),
        "source" => Some(&names.sources),
        "owner" => Some(&names.staff),
        _ => None,
    };
    let tests: Vec<(&str, &Test)> = match part {
        Rule::Attr(test) => vec![(test.attr.key(), &test.test)],
        Rule::Event(test) => test
            .reads()
            .flat_map(|(_, filters)| filters)
            .map(|(field, test)| (field.as_str(), test))
            .filter(|(field, _)| matches!(*field, "clinic" | "source"))
            .collect(),
        _ => Vec::new(),
    };
    tests.into_iter().find_map(|(what, test)| {
        let known = of(what)?;
        let unknown = test.scalars().find_map(|scalar| match scalar {
            Scalar::Text(text) if !known.values().flatten().any(|name| name == text) => Some(text),
            _ => None,
        })?;
        let first: Vec<&str> = known.values().filter_map(|names| names.first()).map(String::as_str).take(20).collect();
        Some(format!("there is no {what} `{unknown}`; there are {}", first.join(", ")))
    })
}

/// The way from a rule back to `own`, if there is one.
fn cycle(rule: &Rule, world: &World, own: SegmentId, way: &mut Vec<SegmentId>) -> Option<Vec<SegmentId>> {
    for id in rule.segments() {
        way.push(id);
        if id == own {
            return Some(way.clone());
        }
        if way.iter().filter(|step| **step == id).count() == 1
            && let Some(found) = world.segments.get(&id).and_then(|rule| cycle(rule, world, own, way))
        {
            return Some(found);
        }
        way.pop();
    }
    None
}

/// The event kinds a rule asks for, for screens that explain it.
pub(crate) fn kinds(rule: &Rule, world: &World) -> Vec<String> {
    needs(rule, world).kinds.into_keys().collect()
}
