//! The fields of an event: JSON text that is looked through once, when the first field is asked for.
//!
//! What the log holds is nearly always an object of short texts, whole numbers, truths and money. Of such an object only the
//! places of names and values are noted down. Anything else (an escape, a decimal, a list, what is no object) is left to
//! `serde_json`, whose word is the one that counts.

mod plain;

use std::sync::OnceLock;

use serde_json::{Map, Value};

use plain::{Member, Span, members};

/// The fields of an event beside its amount.
#[derive(Debug, Clone)]
pub struct Fields {
    text: Box<str>,
    read: OnceLock<Read>,
}

#[derive(Debug, Clone)]
enum Read {
    Plain(Box<[Member]>),
    Any(Map<String, Value>),
}

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// Text, which may be empty.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// An object; money has minor units.
    Object {
        /// Its whole number `minor`, if it has one.
        minor: Option<i64>,
    },
    /// Any other value.
    Other,
}

impl Fields {
    /// From the JSON text of an object; of anything else there are no fields.
    pub fn of(text: &str) -> Self {
        Self { text: text.into(), read: OnceLock::new() }
    }

    /// All of them.
    pub fn map(&self) -> Map<String, Value> {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// One field.
    pub fn get(&self, name: &str) -> Option<Value> {
        match self.read() {
            Read::Plain(_) => match self.find(name)? {
                Field::Text(text) => Some(text.into()),
                Field::Integer(number) => Some(number.into()),
                Field::Boolean(truth) => Some(truth.into()),
                Field::Object { .. } | Field::Other => self.map().remove(name),
            },
            Read::Any(map) => map.get(name).cloned(),
        }
    }

    /// One field, looked at where it stands.
    pub fn find(&self, name: &str) -> Option<Field<'_>> {
        match self.read() {
            Read::Plain(members) => {
                // Of a name that stands twice the last counts, as it does for `serde_json`.
                let found = members.iter().rev().find(|member| self.part(member.name) == name)?;
                Some(match found.value {
                    plain::Found::Text(span) => Field::Text(self.part(span)),
                    plain::Found::Integer(number) => Field::Integer(number),
                    plain::Found::Boolean(truth) => Field::Boolean(truth),
                    plain::Found::Object(minor) => Field::Object { minor },
                    plain::Found::Null => Field::Other,
                })
            }
            Read::Any(map) => map.get(name).map(field),
        }
    }

    fn read(&self) -> &Read {
        self.read.get_or_init(|| match members(&self.text) {
            Some(members) => Read::Plain(members),
            None => Read::Any(self.map()),
        })
    }

    fn part(&self, (from, to): Span) -> &str {
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }
}

fn field(value: &Value) -> Field<'_> {
    match value {
        Value::String(text) => Field::Text(text),
        Value::Bool(truth) => Field::Boolean(*truth),
        Value::Number(number) => number.as_i64().map_or(Field::Other, Field::Integer),
        Value::Object(fields) => Field::Object { minor: fields.get("minor").and_then(Value::as_i64) },
        Value::Null | Value::Array(_) => Field::Other,
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self::of("{}")
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text || self.map() == other.map()
    }
}

impl From<&Map<String, Value>> for Fields {
    fn from(map: &Map<String, Value>) -> Self {
        Self::of(&serde_json::to_string(map).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 27] = [
        "{}",
        r#"{"item":"洗牙","n":3,"ok":true,"no":false,"nothing":null,"empty":""}"#,
        r#"{"discount":{"minor":250,"currency":"CNY"},"n":-7}"#,
        r#"{"discount":{"currency":"CNY","minor":"250"}}"#,
        r#"{"discount":{"minor":1,"minor":2,"deep":{"minor":3}}}"#,
        r#"{"discount":{"minor":1.5}}"#,
        r#"{"discount":{}}"#,
        r#"{"a":1,"a":"two"}"#,
        r#"{"a":"two","a":1}"#,
        r#"{"n":0,"m":-0,"k":00}"#,
        r#"{"n":-0}"#,
        r#"{"n":01}"#,
        r#"{"n":1.0}"#,
        r#"{"n":1e3}"#,
        r#"{"n":9223372036854775807,"m":-9223372036854775808}"#,
        r#"{"n":9223372036854775808}"#,
        r#"{"n":-}"#,
        r#"{"item":"a\"b","na\u006de":1}"#,
        "{\"item\":\"a\tb\"}",
        r#" { "item" : "x" } "#,
        r#"{"item":"x"}x"#,
        r#"{"item":"x",}"#,
        r#"{"item":"x""#,
        r#"{"list":[1,"2"],"item":"x"}"#,
        r#"["item"]"#,
        "",
        r#"{"ok":tru}"#,
    ];

    #[test]
    fn what_is_noted_down_is_what_serde_json_reads() {
        for text in TEXTS {
            let (fields, map) =
                (Fields::of(text), serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default());
            assert_eq!(fields.map(), map, "{text}");
            for name in ["item", "n", "m", "k", "ok", "no", "nothing", "empty", "discount", "a", "name", "list", "-"] {
                assert_eq!(fields.find(name), map.get(name).map(field), "{text} {name}");
                assert_eq!(fields.get(name).as_ref(), map.get(name), "{text} {name}");
            }
        }
        let plain = |text: &&&str| members(text).is_some();
        assert_eq!(TEXTS.iter().filter(plain).count(), 7, "the usual ones are not parsed");
    }

    #[test]
    fn fields_are_equal_when_they_say_the_same() {
        assert_eq!(Fields::of(r#"{"a":1,"b":2}"#), Fields::of(r#"{"b":2, "a":1}"#));
        assert_ne!(Fields::of(r#"{"a":1}"#), Fields::of(r#"{"a":2}"#));
        assert_eq!(Fields::default(), Fields::from(&Map::new()));
    }
}
