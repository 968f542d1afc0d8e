//! Reading a test over events.

use careloop_events::{Field, FieldType, Kind, catalogue};
use careloop_kernel::{Result, parse_instant};
use serde_json::{Map, Value};

use crate::rule::{EventTest, Length, Point, Rule, Test, Window};

use super::{Place, Reader, Terms, measure, object, only, ops, text};

/// An event kind as written, with what is registered of it.
pub(super) type Named<'a> = (&'a str, Option<&'static Kind>);

const KEYS: [&str; 5] = ["event", "within", "from", "to", "where"];

impl Reader<'_> {
    pub(super) fn event(&mut self, fields: &Map<String, Value>, place: &Place) -> Result<Rule> {
        let known: Vec<&str> = KEYS.into_iter().chain(measure::NAMES).collect();
        only(fields, &known, place)?;
        let kind = self.kind(&fields["event"], place)?;
        let window = window(fields, self.terms, place)?;
        let filters = self.filters(fields, kind, place)?;
        let measure = self.measure(fields, kind, place)?;
        Ok(Rule::Event(Box::new(EventTest { kind: kind.0.to_owned(), window, filters, measure })))
    }

    /// The kind of event that a rule names; warns of one nobody registered.
    pub(super) fn kind<'v>(&mut self, json: &'v Value, place: &Place) -> Result<Named<'v>> {
        let id = text(json, &place.at("event"))?;
        let kind = catalogue().find(id);
        match kind {
            Some(kind) if kind.area == "segment" => {
                return Err(place
                    .at("event")
                    .refuse("entries and exits follow from rules; use {\"segment\":\"seg_…\"}"));
            }
            Some(_) => {}
            None if well_formed(id) => {
                self.warnings.push(format!("{}: no event kind `{id}` is registered", place.name()))
            }
            None => {
                return Err(place
                    .at("event")
                    .refuse(format!("`{id}` is no event kind; kinds look like payment.received")));
            }
        }
        Ok((id, kind))
    }

    pub(super) fn filters(
        &mut self,
        fields: &Map<String, Value>,
        kind: Named<'_>,
        place: &Place,
    ) -> Result<Vec<(String, Test)>> {
        let Some(json) = fields.get("where") else { return Ok(Vec::new()) };
        let place = place.at("where");
        let mut filters = Vec::new();
        for (name, conditions) in object(json, &place)? {
            let place = place.at(name);
            let conditions = conditions
                .as_object()
                .ok_or_else(|| place.refuse("write conditions such as {\"in\":[\"种植\"]} or {\"gte\":\"100.00\"}"))?;
            only(conditions, &["is", "in", "gte", "lte", "between", "exists"], &place)?;
            let field = self.field(name, kind, &place);
            let test = ops::test(conditions, field.map(|field| field.0), self.terms, &place)?;
            ops::check_listed(&test, field.map_or(&[], |field| field.1), &place)?;
            filters.push((name.clone(), test));
        }
        filters.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(filters)
    }

    /// Type and closed list of a field; warns of a field nobody registered.
    pub(super) fn field(
        &mut self,
        name: &str,
        (id, kind): Named<'_>,
        place: &Place,
    ) -> Option<(FieldType, &'static [String])> {
        if matches!(name, "clinic" | "source") {
            return Some((FieldType::Text, &[]));
        }
        let field: Option<&Field> = kind.and_then(|kind| kind.fields.get(name));
        if let (None, Some(kind)) = (field, kind) {
            let known: Vec<&str> = kind.fields.keys().map(String::as_str).collect();
            self.warnings.push(format!(
                "{}: `{id}` registers no field `{name}`; it has {}",
                place.name(),
                known.join(", ")
            ));
        }
        if name == "amount" && field.is_none() {
            return Some((FieldType::Money, &[]));
        }
        field.map(|field| (field.r#type, field.values.as_slice()))
    }
}

fn well_formed(id: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    id.split_once('.').is_some_and(|(object, verb)| word(object) && word(verb))
}

fn window(fields: &Map<String, Value>, terms: &Terms, place: &Place) -> Result<Window> {
    let (within, from, to) = (fields.get("within"), fields.get("from"), fields.get("to"));
    match (within, from, to) {
        (None, None, None) => Ok(Window::Whole),
        (Some(within), None, None) => length(within, &place.at("within")).map(Window::Within),
        (Some(_), _, _) => {
            Err(place.refuse("within counts back from now, from and to are fixed; write one or the other"))
        }
        (None, from, to) => {
            let read =
                |json: Option<&Value>, name: &str| json.map(|json| point(json, terms, &place.at(name))).transpose();
            let (from, to) = (read(from, "from")?, read(to, "to")?);
            if let (Some(start), Some(end)) = (&from, &to)
                && start.at_us >= end.at_us
            {
                return Err(place.refuse("from is not before to, so nothing fits; the end is not part of the stretch"));
            }
            Ok(Window::Between { from, to })
        }
    }
}

pub(super) fn length(json: &Value, place: &Place) -> Result<Length> {
    let wrong = || {
        place.refuse(format!(
            "`{json}` is no length of time; write hours, days or weeks such as \"12h\", \"180d\", \"8w\""
        ))
    };
    let text = json.as_str().ok_or_else(wrong)?;
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let seconds: i64 = match unit {
        "s" => 1,
        "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        "m" | "y" => {
            return Err(place.refuse("months and years differ in length; write days, such as \"180d\" or \"365d\""));
        }
        _ => return Err(wrong()),
    };
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let micros = number.checked_mul(seconds).and_then(|seconds| seconds.checked_mul(1_000_000));
    let century = 36_525 * 86_400_000_000;
    match micros.filter(|micros| *micros > 0 && *micros <= century) {
        Some(micros) => Ok(Length { text: text.to_owned(), micros }),
        None => Err(place.refuse("a length of time is more than nothing and at most a hundred years")),
    }
}

pub(super) fn point(json: &Value, terms: &Terms, place: &Place) -> Result<Point> {
    let text = text(json, place)?;
    let at = parse_instant(text, &terms.zone).map_err(|error| place.refuse(error.message()))?;
    Ok(Point { text: text.to_owned(), at_us: at.as_microsecond() })
}
