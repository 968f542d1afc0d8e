//! Whether an event may enter the log, and in which shape. Pure.

use careloop_kernel::{Currency, Money, MoneyError};
use jiff::{Timestamp, civil};
use serde_json::{Map, Number, Value, json};

use crate::{Field, FieldType, Kind, catalogue};

/// The field that goes to the amount column.
const AMOUNT: &str = "amount";

/// An event that may enter the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The fields in their stored shape, without `amount`.
    pub props: Map<String, Value>,
    /// The amount, if the kind has one.
    pub amount: Option<Money>,
    /// Whether the kind is in the catalogue.
    pub registered: bool,
}

/// Why an event was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Stable and dotted, such as `events.ill_typed`.
    pub code: &'static str,
    /// A sentence for people. It never repeats the value, which might be personal.
    pub reason: String,
    /// The field it is about.
    pub field: Option<String>,
}

impl From<Rejection> for careloop_kernel::Error {
    fn from(rejection: Rejection) -> Self {
        let error = Self::invalid(rejection.code, rejection.reason.clone());
        match rejection.field {
            Some(field) => error.with_field(field, rejection.reason),
            None => error,
        }
    }
}

/// Refuses kinds that only the program itself writes, for whatever comes from outside.
pub fn check_origin(kind: &str) -> Result<(), Rejection> {
    match catalogue().find(kind) {
        Some(kind) if kind.internal => Err(Rejection {
            code: "events.internal_kind",
            reason: format!("`{}` is written by Careloop itself and is taken from nobody else", kind.id),
            field: None,
        }),
        _ => Ok(()),
    }
}

/// Checks an event whose amounts without a currency are in yuan.
pub fn check(kind: &str, props: Map<String, Value>) -> Result<Checked, Rejection> {
    check_in(kind, props, Currency::CNY)
}

/// Checks an event: an unknown kind passes as it is, a registered field of the wrong type refuses the event.
///
/// Text that says the same as the wanted type is taken (`"3"` for an integer), a whole number for a text is taken as
/// its digits, and null means absent. Amounts are decimal text, a number, or `{"minor": …, "currency": …}`.
pub fn check_in(kind: &str, mut props: Map<String, Value>, currency: Currency) -> Result<Checked, Rejection> {
    let Some(registered) = catalogue().find(kind) else {
        return Ok(Checked { props, amount: None, registered: false });
    };
    let mut amount = None;
    for (name, field) in &registered.fields {
        let given = match props.remove(name) {
            None | Some(Value::Null) => {
                if field.required {
                    return Err(missing(registered, name));
                }
                continue;
            }
            Some(value) => value,
        };
        if field.r#type == FieldType::Money {
            let money =
                read_money(&given, currency).map_err(|error| ill_typed(registered, name, &error.to_string()))?;
            if name == AMOUNT {
                amount = Some(money);
            } else {
                props.insert(name.clone(), json!({ "minor": money.minor(), "currency": money.currency().as_str() }));
            }
            continue;
        }
        let value = typed(field, given).ok_or_else(|| ill_typed(registered, name, wanted(field.r#type)))?;
        if !is_listed(field, &value) {
            return Err(not_listed(registered, name, field));
        }
        props.insert(name.clone(), value);
    }
    Ok(Checked { props, amount, registered: true })
}

/// The stored name of an unregistered kind: lower case, every run of other signs one `_`, at most 100 letters.
pub fn kind_slug(name: &str) -> String {
    let name = name.trim();
    if catalogue().find(name).is_some() {
        return name.to_owned();
    }
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase).take(100) {
        if letter.is_alphanumeric() || letter == '.' {
            slug.push(letter);
        } else if !slug.ends_with('_') {
            slug.push('_');
        }
    }
    let slug = slug.trim_matches(['_', '.']);
    // A slug must not become a registered kind by accident: the sender did not use its fields.
    if catalogue().find(slug).is_some() { slug.replace('.', "_") } else { slug.to_owned() }
}

fn missing(kind: &Kind, name: &str) -> Rejection {
    Rejection {
        code: "events.missing_field",
        reason: format!("`{}` needs the field `{name}`", kind.id),
        field: Some(name.to_owned()),
    }
}

fn ill_typed(kind: &Kind, name: &str, problem: &str) -> Rejection {
    Rejection {
        code: "events.ill_typed",
        reason: format!("`{name}` of `{}`: {problem}", kind.id),
        field: Some(name.to_owned()),
    }
}

fn not_listed(kind: &Kind, name: &str, field: &Field) -> Rejection {
    Rejection {
        code: "events.not_listed",
        reason: format!("`{name}` of `{}` is one of: {}", kind.id, field.values.join(", ")),
        field: Some(name.to_owned()),
    }
}

fn wanted(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Money => "an amount is decimal text such as 12.50",
        FieldType::Integer => "this is a whole number",
        FieldType::Decimal => "this is a decimal number",
        FieldType::Text => "this is text",
        FieldType::Boolean => "this is true or false",
        FieldType::Date => "this is a day such as 2026-03-01",
        FieldType::Timestamp => "this is an instant such as 2026-03-01T09:00:00+08:00",
    }
}

fn is_listed(field: &Field, value: &Value) -> bool {
    field.values.is_empty() || value.as_str().is_some_and(|text| field.values.iter().any(|one| one == text))
}

fn typed(field: &Field, given: Value) -> Option<Value> {
    match field.r#type {
        FieldType::Money => None,
        FieldType::Integer => integer(&given).map(Value::from),
        FieldType::Decimal => decimal(&given).map(Value::from),
        FieldType::Text => text(given),
        FieldType::Boolean => boolean(&given).map(Value::from),
        FieldType::Date => {
            let day = given.as_str()?.trim().parse::<civil::Date>().ok()?;
            Some(Value::from(day.to_string()))
        }
        FieldType::Timestamp => {
            let instant = given.as_str()?.trim().parse::<Timestamp>().ok()?;
            Some(Value::from(instant.to_string()))
        }
    }
}

fn text(given: Value) -> Option<Value> {
    match given {
        Value::String(_) => Some(given),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(Value::from(number.to_string())),
        _ => None,
    }
}

fn integer(given: &Value) -> Option<i64> {
    match given {
        Value::Number(number) => number.as_i64().or_else(|| whole(number)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `3.0` is a whole number to a sender whose language has only one kind of number.
fn whole(number: &Number) -> Option<i64> {
    let text = number.to_string();
    let (digits, fraction) = text.split_once('.')?;
    if fraction.bytes().all(|digit| digit == b'0') { digits.parse().ok() } else { None }
}

fn decimal(given: &Value) -> Option<String> {
    let text = match given {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.len() <= 18 && part.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits(whole) && is_digits(fraction)).then_some(text)
}

fn boolean(given: &Value) -> Option<bool> {
    match given {
        Value::Bool(value) => Some(*value),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn read_money(given: &Value, currency: Currency) -> Result<Money, MoneyError> {
    match given {
        Value::String(text) => Money::parse(text, currency),
        Value::Number(number) => Money::parse(&number.to_string(), currency),
        Value::Object(parts) => {
            let minor = parts.get("minor").and_then(Value::as_i64).ok_or(MoneyError::NotAnAmount)?;
            match parts.get("currency") {
                None => Ok(Money::of_minor(minor, currency)),
                Some(code) => Ok(Money::of_minor(minor, code.as_str().ok_or(MoneyError::NoSuchCurrency)?.parse()?)),
            }
        }
        _ => Err(MoneyError::NotAnAmount),
    }
}

#[cfg(test)]
mod tests;
