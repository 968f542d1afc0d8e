//! Reading what a rule asks of the events that fit.

use careloop_events::FieldType;
use careloop_kernel::Result;
use serde_json::{Map, Value};

use crate::rule::{Edge, Ends, Gap, Gaps, Measure, Scalar, Second, Test};

use super::event::{Named, length, point};
use super::{Place, Reader, Terms, object, only, ops, text};

/// The measures by name.
pub(super) const NAMES: [&str; 8] =
    ["count", "sum", "distinct", "gaps", "last", "first", "followed_by", "not_followed_by"];

impl Reader<'_> {
    pub(super) fn measure(&mut self, fields: &Map<String, Value>, kind: Named<'_>, place: &Place) -> Result<Measure> {
        let asked: Vec<&str> = NAMES.into_iter().filter(|name| fields.contains_key(*name)).collect();
        let [name] = asked.as_slice() else {
            return if asked.is_empty() {
                Ok(Measure::Exists)
            } else {
                Err(place.refuse(format!(
                    "one rule measures one thing, this has {}; join two rules with all",
                    asked.join(" and ")
                )))
            };
        };
        let (json, place) = (&fields[*name], place.at(name));
        match *name {
            "count" => self.number(object(json, &place)?, &[], &place).map(Measure::Count),
            "sum" => self.sum(json, kind, &place),
            "distinct" => self.distinct(json, kind, &place),
            "gaps" => gaps(json, &place).map(Measure::Gaps),
            "last" => ends(json, self.terms, &place).map(Measure::Last),
            "first" => ends(json, self.terms, &place).map(Measure::First),
            "followed_by" => self.second(json, &place).map(Measure::FollowedBy),
            _ => self.second(json, &place).map(Measure::NotFollowedBy),
        }
    }

    /// Conditions on a number of events or values, beside other keys.
    fn number(&self, conditions: &Map<String, Value>, beside: &[&str], place: &Place) -> Result<Test> {
        let known: Vec<&str> = beside.iter().copied().chain(["is", "in", "gte", "lte", "between"]).collect();
        only(conditions, &known, place)?;
        let test = ops::number_test(conditions, Some(FieldType::Integer), self.terms, place)?;
        if test.scalars().any(|scalar| matches!(scalar, Scalar::Int(number) if *number < 0)) {
            return Err(place.refuse("a count is 0 or more"));
        }
        Ok(test)
    }

    fn sum(&mut self, json: &Value, kind: Named<'_>, place: &Place) -> Result<Measure> {
        let conditions = object(json, place)?;
        only(conditions, &["field", "is", "gte", "lte", "between"], place)?;
        let (name, field) = self.field_named(conditions, kind, ("say what to add up, such as", "amount"), place)?;
        let field = match field {
            Some(FieldType::Money | FieldType::Integer | FieldType::Decimal) => field,
            None => Some(FieldType::Decimal),
            Some(_) => return Err(place.at("field").refuse(format!("`{name}` is no number; add up money or numbers"))),
        };
        let test = ops::number_test(conditions, field, self.terms, place)?;
        Ok(Measure::Sum { field: name, test })
    }

    fn distinct(&mut self, json: &Value, kind: Named<'_>, place: &Place) -> Result<Measure> {
        let conditions = object(json, place)?;
        let (field, _) = self.field_named(conditions, kind, ("say whose values to count, such as", "line"), place)?;
        let test = self.number(conditions, &["field"], place)?;
        Ok(Measure::Distinct { field, test })
    }

    /// The field that a measure names, with its type if that is registered.
    fn field_named(
        &mut self,
        conditions: &Map<String, Value>,
        kind: Named<'_>,
        (missing, example): (&str, &str),
        place: &Place,
    ) -> Result<(String, Option<FieldType>)> {
        let Some(name) = conditions.get("field") else {
            return Err(place.refuse(format!("{missing} \"field\":\"{example}\"")));
        };
        let place = place.at("field");
        let name = text(name, &place)?.to_owned();
        let field = self.field(&name, kind, &place).map(|field| field.0);
        Ok((name, field))
    }

    fn second(&mut self, json: &Value, place: &Place) -> Result<Second> {
        let example = "{\"event\":\"payment.received\",\"within\":\"30d\"}";
        let fields =
            json.as_object().ok_or_else(|| place.refuse(format!("write the second event, such as {example}")))?;
        only(fields, &["event", "within", "where"], place)?;
        let Some(id) = fields.get("event") else {
            return Err(place.refuse(format!("say which event follows, such as {example}")));
        };
        let kind = self.kind(id, place)?;
        let within = fields.get("within").map(|json| length(json, &place.at("within"))).transpose()?;
        let filters = self.filters(fields, kind, place)?;
        Ok(Second { kind: kind.0.to_owned(), filters, within })
    }
}

fn gaps(json: &Value, place: &Place) -> Result<Gaps> {
    let fields = object(json, place)?;
    only(fields, &["which", "gte", "lte"], place)?;
    let known: Vec<&str> = Gap::ALL.iter().map(|gap| gap.key()).collect();
    let Some(which) = fields.get("which") else {
        return Err(place.refuse(format!("say which gap with \"which\"; there are {}", known.join(", "))));
    };
    let named = text(which, &place.at("which"))?;
    let gap = Gap::ALL.iter().copied().find(|gap| gap.key() == named).ok_or_else(|| {
        place.at("which").refuse(format!("there is no gap `{named}`; there are {}", known.join(", ")))
    })?;
    let bound = |name: &str| fields.get(name).map(|json| length(json, &place.at(name))).transpose();
    let gaps = Gaps { gap, least: bound("gte")?, most: bound("lte")? };
    match (&gaps.least, &gaps.most) {
        (None, None) => Err(place.refuse("say how long it is with gte or lte, such as \"gte\":\"180d\"")),
        (Some(least), Some(most)) if least.micros > most.micros => {
            Err(place.refuse("gte is longer than lte, so nobody fits; swap them"))
        }
        _ => Ok(gaps),
    }
}

fn ends(json: &Value, terms: &Terms, place: &Place) -> Result<Ends> {
    let fields = object(json, place)?;
    only(fields, &["before", "after"], place)?;
    let edge = |name: &str| {
        let Some(json) = fields.get(name) else { return Ok(None) };
        let place = place.at(name);
        let is_length = json.as_str().is_some_and(|text| !text.contains('-'));
        let edge =
            if is_length { length(json, &place).map(Edge::Ago) } else { point(json, terms, &place).map(Edge::At) };
        edge.map(Some)
    };
    let ends = Ends { before: edge("before")?, after: edge("after")? };
    if ends.before.is_none() && ends.after.is_none() {
        return Err(place.refuse("say where it must lie, such as {\"before\":\"180d\"} for longer than 180 days ago"));
    }
    Ok(ends)
}
