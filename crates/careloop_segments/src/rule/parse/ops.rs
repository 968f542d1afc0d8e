//! Reading conditions: `is`, `in`, `gte`, `lte`, `between`, `exists`.

use careloop_events::FieldType;
use careloop_kernel::{Money, Result, parse_instant};
use careloop_profiles::{TagDef, TagForm};
use serde_json::{Map, Value};

use crate::rule::scalar::millionths;
use crate::rule::{Op, Quantile, Scalar, Side, Test};

use super::{Place, Terms};

const OPS: [&str; 6] = ["is", "in", "gte", "lte", "between", "exists"];

/// Reads the conditions among `fields` for values of a type; a field nobody registered has none.
pub(super) fn test(fields: &Map<String, Value>, kind: Option<FieldType>, terms: &Terms, place: &Place) -> Result<Test> {
    let read = |value: &Value, place: &Place| scalar(value, kind, terms, place);
    let mut ops = Vec::new();
    for name in OPS {
        if let Some(value) = fields.get(name) {
            let ordered = !matches!(kind, Some(FieldType::Text | FieldType::Boolean));
            if !ordered && matches!(name, "gte" | "lte" | "between") {
                return Err(place.at(name).refuse("text and true/false have no order; use is, in or exists"));
            }
            ops.push(op(name, value, &read, &place.at(name))?);
        }
    }
    if ops.is_empty() {
        return Err(place.refuse("say what it must be with is, in, gte, lte, between or exists"));
    }
    Ok(Test(ops))
}

/// Reads conditions on a number that everybody may have one of: beside values, quantiles over the chain's people.
pub(super) fn number_test(
    fields: &Map<String, Value>,
    kind: Option<FieldType>,
    terms: &Terms,
    place: &Place,
) -> Result<Test> {
    let zero = match kind {
        Some(FieldType::Money) => {
            Scalar::Money { minor: 0, digits: u8::try_from(terms.currency.exponent()).unwrap_or(2) }
        }
        Some(FieldType::Integer) => Scalar::Int(0),
        _ => Scalar::Decimal(0),
    };
    with_quantiles(fields, &zero, place, |plain| test(plain, kind, terms, place))
}

/// The quantiles among the conditions, and what `read` makes of the others.
fn with_quantiles(
    fields: &Map<String, Value>,
    zero: &Scalar,
    place: &Place,
    read: impl Fn(&Map<String, Value>) -> Result<Test>,
) -> Result<Test> {
    let (mut plain, mut ops) = (fields.clone(), Vec::new());
    for (name, side) in [("gte", Side::AtLeast), ("lte", Side::AtMost)] {
        let place = place.at(name);
        let Some(Value::Object(json)) = fields.get(name) else { continue };
        let percent = json.get("quantile").filter(|_| json.len() == 1).and_then(Value::as_u64);
        let percent =
            percent.and_then(|percent| u8::try_from(percent).ok()).filter(|percent| (1..100).contains(percent));
        let percent = percent.ok_or_else(|| {
            place.refuse("write a number, or a quantile of 1 to 99: {\"gte\":{\"quantile\":80}} is the top 20 %")
        })?;
        plain.remove(name);
        ops.push(Op::Quantile(Quantile { side, percent, zero: zero.clone(), cut: None }));
    }
    if ops.is_empty() {
        return read(&plain);
    }
    if OPS.iter().any(|name| plain.contains_key(*name)) {
        ops.splice(0..0, read(&plain)?.0);
    }
    Ok(Test(ops))
}

fn op(name: &str, value: &Value, read: &impl Fn(&Value, &Place) -> Result<Scalar>, place: &Place) -> Result<Op> {
    if value.get("quantile").is_some() {
        return Err(
            place.refuse("a quantile is over people's numbers; ask for it of a count, a sum or a tag of numbers")
        );
    }
    let list = |least: &str| value.as_array().ok_or_else(|| place.refuse(least));
    match name {
        "is" => read(value, place).map(Op::Is),
        "gte" => read(value, place).map(Op::Gte),
        "lte" => read(value, place).map(Op::Lte),
        "in" => {
            let values = list("write a list of values in square brackets")?;
            if values.is_empty() {
                return Err(place.refuse("the list is empty, so nobody fits; name at least one value"));
            }
            values.iter().map(|value| read(value, place)).collect::<Result<_>>().map(Op::In)
        }
        "between" => match list("write two values, [from, to], both inside")?.as_slice() {
            [least, most] => {
                let (least, most) = (read(least, place)?, read(most, place)?);
                if !Test(vec![Op::Gte(least.clone())]).passes(Some(&most)) {
                    return Err(place.refuse("the first value is larger than the second, so nobody fits; swap them"));
                }
                Ok(Op::Between(least, most))
            }
            _ => Err(place.refuse("write two values, [from, to], both inside")),
        },
        _ => value.as_bool().map(Op::Exists).ok_or_else(|| place.refuse("write true or false")),
    }
}

/// A value of a type.
fn scalar(value: &Value, kind: Option<FieldType>, terms: &Terms, place: &Place) -> Result<Scalar> {
    let text = value.as_str();
    let wanted = |what: &str| place.refuse(format!("`{value}` is not {what}"));
    match kind {
        Some(FieldType::Text) => {
            text.map(|text| Scalar::Text(text.to_owned())).ok_or_else(|| wanted("a text in quotes"))
        }
        Some(FieldType::Integer) => value
            .as_i64()
            .or_else(|| text.and_then(|text| text.parse().ok()))
            .map(Scalar::Int)
            .ok_or_else(|| wanted("a whole number")),
        Some(FieldType::Boolean) => value.as_bool().map(Scalar::Bool).ok_or_else(|| wanted("true or false")),
        Some(FieldType::Decimal) => {
            let plain = text.map_or_else(|| value.to_string(), str::to_owned);
            millionths(&plain).map(Scalar::Decimal).ok_or_else(|| wanted("a decimal number such as \"1.5\""))
        }
        Some(FieldType::Money) => {
            money(value, terms).ok_or_else(|| wanted("an amount; write it as text, such as \"5000.00\""))
        }
        Some(FieldType::Date) => text
            .and_then(|text| text.parse().ok())
            .map(Scalar::Date)
            .ok_or_else(|| wanted("a date such as \"2026-01-31\"")),
        Some(FieldType::Timestamp) => text
            .and_then(|text| parse_instant(text, &terms.zone).ok())
            .map(|at| Scalar::Instant(at.as_microsecond()))
            .ok_or_else(|| wanted("a time such as \"2026-01-31\" or \"2026-01-31T09:00:00+08:00\"")),
        None => match value {
            Value::String(text) => Ok(Scalar::Text(text.clone())),
            Value::Bool(truth) => Ok(Scalar::Bool(*truth)),
            Value::Number(number) => number
                .as_i64()
                .map(Scalar::Int)
                .or_else(|| millionths(&number.to_string()).map(Scalar::Decimal))
                .ok_or_else(|| wanted("a number of at most six decimals")),
            Value::Null | Value::Array(_) | Value::Object(_) => Err(wanted("a text, a number or true/false")),
        },
    }
}

/// Text as decimal amount, or a whole number of the major unit; a JSON fraction is refused, it is a float by then.
fn money(value: &Value, terms: &Terms) -> Option<Scalar> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_i64() => number.to_string(),
        _ => return None,
    };
    let digits = u8::try_from(terms.currency.exponent()).unwrap_or(2);
    Money::parse(&text, terms.currency).ok().map(|money| Scalar::Money { minor: money.minor(), digits })
}

/// Conditions on a tag: its own values, with order only where they are numbers.
pub(super) fn tag_test(tag: &TagDef, fields: &Map<String, Value>, place: &Place) -> Result<Test> {
    match tag.form {
        TagForm::Number => with_quantiles(fields, &Scalar::Int(0), place, |plain| tag_values(tag, plain, place)),
        TagForm::Flag | TagForm::Choice | TagForm::Open => tag_values(tag, fields, place),
    }
}

fn tag_values(tag: &TagDef, fields: &Map<String, Value>, place: &Place) -> Result<Test> {
    let read = |value: &Value, place: &Place| {
        let scalar = match (tag.form, value) {
            (TagForm::Flag, Value::Bool(truth)) => Scalar::Bool(*truth),
            (TagForm::Number, Value::Number(number)) => {
                Scalar::Int(number.as_i64().ok_or_else(|| place.refuse("write a whole number"))?)
            }
            (TagForm::Number, Value::String(text)) => {
                Scalar::Int(text.parse().map_err(|_| place.refuse("write a whole number"))?)
            }
            (TagForm::Choice | TagForm::Open, Value::String(text)) => Scalar::Text(text.clone()),
            (TagForm::Flag, _) => return Err(place.refuse(format!("`{}` is a flag; write true or false", tag.id))),
            _ => return Err(place.refuse(format!("`{value}` is no value of `{}`", tag.id))),
        };
        let written = match &scalar {
            Scalar::Text(text) => Some(text.clone()),
            Scalar::Int(number) => Some(number.to_string()),
            _ => None,
        };
        if let Some(error) = written.and_then(|written| tag.check_value(&written).err()) {
            return Err(place.refuse(error.message()));
        }
        Ok(scalar)
    };
    let mut ops = Vec::new();
    for name in OPS {
        if let Some(value) = fields.get(name) {
            if tag.form != TagForm::Number && matches!(name, "gte" | "lte" | "between") {
                return Err(place.at(name).refuse(format!("values of `{}` have no order; use is or in", tag.id)));
            }
            ops.push(op(name, value, &read, &place.at(name))?);
        }
    }
    match ops.as_slice() {
        [] if tag.form == TagForm::Flag => Ok(Test(vec![Op::Is(Scalar::Bool(true))])),
        [] => Err(place.refuse("say what it must be with is, in, gte, lte, between or exists")),
        _ => Ok(Test(ops)),
    }
}

/// Refuses texts that are not on a closed list; an empty list allows all.
pub(super) fn check_listed<S: AsRef<str>>(test: &Test, known: &[S], place: &Place) -> Result<()> {
    let unknown = test.scalars().find_map(|scalar| match scalar {
        Scalar::Text(text) if !known.is_empty() && !known.iter().any(|value| value.as_ref() == text) => Some(text),
        _ => None,
    });
    match unknown {
        Some(text) => {
            let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
            Err(place.refuse(format!("`{text}` cannot occur here; there are {}", known.join(", "))))
        }
        None => Ok(()),
    }
}
