//! Taking single fields out of an event's JSON without making anything of the others.

use careloop_events::FieldType;
use jiff::tz::TimeZone;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::rule::{Scalar, cell};

/// The JSON of each of these fields of an object; of a text that is no object, none.
pub(super) fn pick<'t>(props: &'t str, names: &[String]) -> Vec<Option<&'t str>> {
    let mut reader = serde_json::Deserializer::from_str(props);
    let picked = reader.deserialize_map(Fields(names)).and_then(|picked| reader.end().map(|()| picked));
    picked.unwrap_or_else(|_| vec![None; names.len()])
}

/// The value of a field, of the registered type or its own.
pub(super) fn scalar(json: &str, registered: Option<FieldType>, zone: &TimeZone) -> Option<Scalar> {
    let value: Value = serde_json::from_str(json).ok()?;
    cell(&value, registered, zone)
}

struct Fields<'n>(&'n [String]);

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = Vec<Option<&'de str>>;

    fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut picked = vec![None; self.0.len()];
        while let Some(place) = map.next_key_seed(Name(self.0))? {
            match place {
                Some(place) => picked[place] = Some(map.next_value::<&RawValue>()?.get()),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(picked)
    }
}

/// The place of a key among the names, if it is one.
struct Name<'n>(&'n [String]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| name == key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_fields_of_an_object_are_picked() {
        let names = ["line", "a\"b", "none", "amount"].map(str::to_owned);
        let props = r#"{"x":{"line":"inner"},"line":"洁\n牙","a\"b":[1, 2],"amount":{"minor":5}} "#;
        assert_eq!(pick(props, &names), [Some(r#""洁\n牙""#), Some("[1, 2]"), None, Some(r#"{"minor":5}"#)]);
        assert_eq!(pick(r#"{"line":1,"line":null}"#, &names)[0], Some("null"), "the last one counts");
        for broken in ["", "[]", "7", r#"{"line":1"#, r#"{"line":1} x"#, r#"{"line":}"#] {
            assert_eq!(pick(broken, &names), [None; 4], "{broken}");
        }
        assert_eq!(scalar(r#""洁\n牙""#, None, &TimeZone::UTC), Some(Scalar::Text("洁\n牙".to_owned())));
        assert_eq!(scalar("null", Some(FieldType::Text), &TimeZone::UTC), None);
    }
}
