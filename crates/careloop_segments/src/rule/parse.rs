//! Reading a rule. Every refusal names the place in the JSON, the fault, and what to write instead.

mod event;
mod measure;
mod ops;

use careloop_kernel::ids::SegmentId;
use careloop_kernel::{Currency, Error, Result};
use careloop_profiles::tag_library;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{Attr, AttrTest, Rule, TagTest};

/// How deep rules may be nested.
const MAX_DEPTH: usize = 20;
/// How many parts a rule may have in all.
const MAX_PARTS: usize = 200;

/// What the chain says about words in rules.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The zone that dates are in.
    pub zone: TimeZone,
    /// The currency that amounts are in.
    pub currency: Currency,
}

/// A rule, and what is odd about it without being wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The rule.
    pub rule: Rule,
    /// Sentences for the author: fields and kinds nobody registered.
    pub warnings: Vec<String>,
}

/// Reads a rule.
pub fn parse(json: &Value, terms: &Terms) -> Result<Parsed> {
    let mut reader = Reader { terms, warnings: Vec::new(), parts: 0 };
    let rule = reader.rule(json, &Place::root(), 0)?;
    Ok(Parsed { rule, warnings: reader.warnings })
}

/// Where in the JSON the reader stands.
#[derive(Debug, Clone)]
struct Place(String);

impl Place {
    fn root() -> Self {
        Self(String::new())
    }

    fn at(&self, step: &str) -> Self {
        Self(if self.0.is_empty() { step.to_owned() } else { format!("{}.{step}", self.0) })
    }

    fn index(&self, step: &str, index: usize) -> Self {
        self.at(&format!("{step}[{index}]"))
    }

    fn name(&self) -> &str {
        if self.0.is_empty() { "the rule" } else { &self.0 }
    }

    fn refuse(&self, fault: impl std::fmt::Display) -> Error {
        let message = format!("{}: {fault}", self.name());
        Error::invalid("segments.rule", message)
            .with_field(format!("rule{}{}", if self.0.is_empty() { "" } else { "." }, self.0), fault.to_string())
    }
}

struct Reader<'a> {
    terms: &'a Terms,
    warnings: Vec<String>,
    parts: usize,
}

impl Reader<'_> {
    fn rule(&mut self, json: &Value, place: &Place, depth: usize) -> Result<Rule> {
        self.parts += 1;
        if depth > MAX_DEPTH {
            return Err(place
                .refuse(format!("rules may be nested {MAX_DEPTH} deep; name a part of it as a segment of its own")));
        }
        if self.parts > MAX_PARTS {
            return Err(
                place.refuse(format!("a rule may have {MAX_PARTS} parts; name some of them as segments of their own"))
            );
        }
        let fields = object(json, place)?;
        let heads: Vec<&str> = ["all", "any", "not", "segment", "listed", "tag", "attr", "event"]
            .into_iter()
            .filter(|head| fields.contains_key(*head))
            .collect();
        match heads.as_slice() {
            ["all"] => self.parts_of(fields, "all", place, depth).map(Rule::All),
            ["any"] => self.parts_of(fields, "any", place, depth).map(Rule::Any),
            ["not"] => {
                only(fields, &["not"], place)?;
                Ok(Rule::Not(Box::new(self.rule(&fields["not"], &place.at("not"), depth + 1)?)))
            }
            ["segment"] => segment(fields, "segment", place).map(Rule::Segment),
            ["listed"] => segment(fields, "listed", place).map(Rule::Listed),
            ["tag"] => self.tag(fields, place),
            ["attr"] => self.attr(fields, place),
            ["event"] => self.event(fields, place),
            [] => Err(place.refuse("this is no rule; start it with one of all, any, not, segment, tag, attr, event")),
            several => Err(place.refuse(format!(
                "one rule asks one thing, this has {}; join them with all or any",
                several.join(" and ")
            ))),
        }
    }

    fn parts_of(&mut self, fields: &Map<String, Value>, head: &str, place: &Place, depth: usize) -> Result<Vec<Rule>> {
        only(fields, &[head], place)?;
        let Some(parts) = fields[head].as_array() else {
            return Err(place.at(head).refuse("write a list of rules in square brackets"));
        };
        parts.iter().enumerate().map(|(index, part)| self.rule(part, &place.index(head, index), depth + 1)).collect()
    }

    fn tag(&mut self, fields: &Map<String, Value>, place: &Place) -> Result<Rule> {
        only(fields, &["tag", "is", "in", "gte", "lte", "between", "exists"], place)?;
        let id = text(&fields["tag"], &place.at("tag"))?;
        let tag = tag_library().get(id).map_err(|error| place.at("tag").refuse(error.message()))?;
        let test = ops::tag_test(tag, fields, place)?;
        Ok(Rule::Tag(TagTest { tag: tag.id.clone(), test }))
    }

    fn attr(&mut self, fields: &Map<String, Value>, place: &Place) -> Result<Rule> {
        only(fields, &["attr", "is", "in", "gte", "lte", "between", "exists"], place)?;
        let key = text(&fields["attr"], &place.at("attr"))?;
        let attr = Attr::parse(key).ok_or_else(|| {
            let known: Vec<&str> = Attr::ALL.iter().map(|attr| attr.key()).collect();
            place.at("attr").refuse(format!("there is no attribute `{key}`; there are {}", known.join(", ")))
        })?;
        let test = ops::test(fields, Some(attr.field_type()), self.terms, place)?;
        ops::check_listed(&test, attr.values(), place)?;
        Ok(Rule::Attr(AttrTest { attr, test }))
    }
}

fn segment(fields: &Map<String, Value>, head: &str, place: &Place) -> Result<SegmentId> {
    only(fields, &[head], place)?;
    let id = text(&fields[head], &place.at(head))?;
    id.parse().map_err(|_| place.at(head).refuse(format!("`{id}` is no segment id; write one such as seg_…")))
}

fn object<'a>(json: &'a Value, place: &Place) -> Result<&'a Map<String, Value>> {
    json.as_object()
        .ok_or_else(|| place.refuse("a rule is a JSON object, such as {\"tag\":\"life.dormant\",\"is\":true}"))
}

fn text<'a>(json: &'a Value, place: &Place) -> Result<&'a str> {
    json.as_str().ok_or_else(|| place.refuse("write a text in quotes"))
}

/// Refuses keys that mean nothing here.
fn only(fields: &Map<String, Value>, known: &[&str], place: &Place) -> Result<()> {
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(place.refuse(format!("`{key}` means nothing here; known are {}", known.join(", ")))),
        None => Ok(()),
    }
}
