//! Text into typed JSON values, as the event catalogue has them.

use careloop_kernel::{Money, MoneyError};
use serde_json::{Value, json};

use super::Issue;
use super::cells::Cells;
use crate::files::map::ValueType;

/// Reads `text` as a value of the type, or says why it is none.
pub(super) fn read_typed(cells: &Cells, value_type: ValueType, text: &str) -> Result<Value, Issue> {
    let wrong = |code, reason: String| Issue::new(cells.label(), code, reason);
    match value_type {
        ValueType::Text => Ok(Value::String(text.to_owned())),
        ValueType::Money => Money::parse(text, cells.currency)
            .map(|money| json!({ "minor": money.minor(), "currency": money.currency().as_str() }))
            .map_err(|error| money_issue(cells, error)),
        ValueType::Integer => integer(text)
            .map(Value::from)
            .ok_or_else(|| wrong("not_an_integer", "this is no whole number; correct the cell".to_owned())),
        ValueType::Decimal => decimal(text)
            .map(Value::String)
            .ok_or_else(|| wrong("not_a_number", "this is no number; correct the cell".to_owned())),
        ValueType::Boolean => boolean(text).map(Value::Bool).ok_or_else(|| {
            wrong("not_yes_or_no", "this is neither yes nor no; say what it means under `values` in the map".to_owned())
        }),
        ValueType::Date => cells
            .time
            .date(text)
            .map(|date| Value::String(date.to_string()))
            .ok_or_else(|| wrong("not_a_date", format!("this is no date {}", cells.time.expectation()))),
        ValueType::Timestamp => cells
            .time
            .instant(text)
            .map(|instant| Value::String(instant.to_string()))
            .ok_or_else(|| wrong("not_a_time", format!("this is no time {}", cells.time.expectation()))),
    }
}

fn money_issue(cells: &Cells, error: MoneyError) -> Issue {
    match error {
        MoneyError::TooManyDecimals => {
            let (currency, decimals) = (cells.currency, cells.currency.exponent());
            let reason =
                format!("the amount has more than the {decimals} decimals of {currency}; round it in the file");
            Issue::new(cells.label(), "too_many_decimals", reason)
        }
        other => Issue::new(cells.label(), "not_an_amount", other.to_string()),
    }
}

/// `1,234`, `+5`, `3.0`: a whole number, however it is dressed.
fn integer(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let digits: String = whole.chars().filter(|letter| *letter != ',').collect();
    digits.parse().ok()
}

/// Decimal text without separators; no digit is lost, so it is not a float.
fn decimal(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|letter| *letter != ',').collect();
    let digits = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits(whole) && all_digits(fraction)).then(|| plain.trim_start_matches('+').to_owned())
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" | "有" | "对" | "√" => Some(true),
        "false" | "no" | "n" | "0" | "否" | "无" | "没有" | "×" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(integer("1,234"), Some(1234));
        assert_eq!(integer("3.0"), Some(3));
        assert_eq!(integer("3.5"), None);
        assert_eq!(integer(""), None);
        assert_eq!(decimal("-1,234.500").as_deref(), Some("-1234.500"));
        assert_eq!(decimal("12").as_deref(), Some("12"));
        for text in ["", ".", "1.", ".5", "1e3", "abc", "--1"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn yes_and_no_are_read_in_both_languages() {
        assert_eq!([boolean("是"), boolean("NO"), boolean("maybe")], [Some(true), Some(false), None]);
    }
}
