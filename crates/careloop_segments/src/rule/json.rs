//! The canonical form of a rule: parsing it gives the same rule, and equal rules give equal text.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Edge, Ends, EventTest, Gaps, Measure, Op, Quantile, Rule, Scalar, Second, Side, Test, Window};

/// The canonical JSON of a rule.
pub fn to_json(rule: &Rule) -> Value {
    match rule {
        Rule::All(parts) => json!({ "all": parts.iter().map(to_json).collect::<Vec<_>>() }),
        Rule::Any(parts) => json!({ "any": parts.iter().map(to_json).collect::<Vec<_>>() }),
        Rule::Not(part) => json!({ "not": to_json(part) }),
        Rule::Segment(id) => json!({ "segment": id }),
        Rule::Listed(id) => json!({ "listed": id }),
        Rule::Tag(test) => with_test(json!({ "tag": test.tag }), &test.test),
        Rule::Attr(test) => with_test(json!({ "attr": test.attr.key() }), &test.test),
        Rule::Event(test) => event(test),
    }
}

fn with_test(mut head: Value, test: &Test) -> Value {
    if let Some(fields) = head.as_object_mut() {
        fields.extend(conditions(test));
    }
    head
}

fn conditions(test: &Test) -> Map<String, Value> {
    let pair = |op: &Op| match op {
        Op::Is(value) => ("is", scalar(value)),
        Op::In(values) => ("in", values.iter().map(scalar).collect()),
        Op::Gte(value) => ("gte", scalar(value)),
        Op::Lte(value) => ("lte", scalar(value)),
        Op::Between(least, most) => ("between", json!([scalar(least), scalar(most)])),
        Op::Exists(wanted) => ("exists", json!(wanted)),
        Op::Quantile(Quantile { side: Side::AtLeast, percent, .. }) => ("gte", json!({ "quantile": percent })),
        Op::Quantile(Quantile { side: Side::AtMost, percent, .. }) => ("lte", json!({ "quantile": percent })),
    };
    test.0.iter().map(pair).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A value as it is written in rules.
pub(crate) fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Text(text) => json!(text),
        Scalar::Int(number) => json!(number),
        Scalar::Bool(truth) => json!(truth),
        Scalar::Date(date) => json!(date.to_string()),
        Scalar::Instant(at) => json!(Timestamp::from_microsecond(*at).unwrap_or(Timestamp::UNIX_EPOCH).to_string()),
        Scalar::Money { minor, digits } => json!(decimal(*minor, usize::from(*digits))),
        Scalar::Decimal(millionths) => json!(decimal(*millionths, 6).trim_end_matches('0').trim_end_matches('.')),
    }
}

/// A whole number of parts as decimal text.
pub(crate) fn decimal(parts: i64, digits: usize) -> String {
    let sign = if parts < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", parts.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn event(test: &EventTest) -> Value {
    let mut fields = Map::new();
    fields.insert("event".to_owned(), json!(test.kind));
    match &test.window {
        Window::Whole => {}
        Window::Within(length) => {
            fields.insert("within".to_owned(), json!(length.text));
        }
        Window::Between { from, to } => {
            for (name, point) in [("from", from), ("to", to)] {
                if let Some(point) = point {
                    fields.insert(name.to_owned(), json!(point.text));
                }
            }
        }
    }
    fields.extend(filters(&test.filters));
    fields.extend(measure(&test.measure).map(|(name, value)| (name.to_owned(), value)));
    Value::Object(fields)
}

fn filters(filters: &[(String, Test)]) -> Option<(String, Value)> {
    let written = filters.iter().map(|(name, test)| (name.clone(), Value::Object(conditions(test)))).collect();
    (!filters.is_empty()).then(|| ("where".to_owned(), Value::Object(written)))
}

fn measure(measure: &Measure) -> Option<(&'static str, Value)> {
    let of_field = |field: &str, test| with_test(json!({ "field": field }), test);
    match measure {
        Measure::Exists => None,
        Measure::Count(test) => Some(("count", Value::Object(conditions(test)))),
        Measure::Sum { field, test } => Some(("sum", of_field(field, test))),
        Measure::Distinct { field, test } => Some(("distinct", of_field(field, test))),
        Measure::Gaps(bounds) => Some(("gaps", gaps(bounds))),
        Measure::First(bounds) => Some(("first", ends(bounds))),
        Measure::Last(bounds) => Some(("last", ends(bounds))),
        Measure::FollowedBy(second) => Some(("followed_by", followed(second))),
        Measure::NotFollowedBy(second) => Some(("not_followed_by", followed(second))),
    }
}

fn gaps(bounds: &Gaps) -> Value {
    let lengths = [("gte", &bounds.least), ("lte", &bounds.most)];
    let lengths =
        lengths.into_iter().filter_map(|(name, length)| Some((name.to_owned(), json!(length.as_ref()?.text))));
    Value::Object([("which".to_owned(), json!(bounds.gap.key()))].into_iter().chain(lengths).collect())
}

fn followed(second: &Second) -> Value {
    let within = second.within.as_ref().map(|length| ("within".to_owned(), json!(length.text)));
    let kind = ("event".to_owned(), json!(second.kind));
    Value::Object([kind].into_iter().chain(within).chain(filters(&second.filters)).collect())
}

fn ends(bounds: &Ends) -> Value {
    let written = |edge: &Edge| match edge {
        Edge::Ago(length) => length.text.clone(),
        Edge::At(point) => point.text.clone(),
    };
    let pairs = [("before", &bounds.before), ("after", &bounds.after)];
    let fields = pairs.into_iter().filter_map(|(name, edge)| Some((name.to_owned(), json!(written(edge.as_ref()?)))));
    Value::Object(fields.collect())
}
