//! The canonical form of a rule: parsing it gives the same rule, and equal rules give equal text.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Edge, Ends, EventTest, Measure, Op, Rule, Scalar, Test, Window};

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
    if !test.filters.is_empty() {
        let filters = test.filters.iter().map(|(name, test)| (name.clone(), Value::Object(conditions(test)))).collect();
        fields.insert("where".to_owned(), Value::Object(filters));
    }
    match &test.measure {
        Measure::Exists => {}
        Measure::Count(test) => {
            fields.insert("count".to_owned(), Value::Object(conditions(test)));
        }
        Measure::Sum { field, test } => {
            let sum = with_test(json!({ "field": field }), test);
            fields.insert("sum".to_owned(), sum);
        }
        Measure::First(bounds) => {
            fields.insert("first".to_owned(), ends(bounds));
        }
        Measure::Last(bounds) => {
            fields.insert("last".to_owned(), ends(bounds));
        }
    }
    Value::Object(fields)
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
