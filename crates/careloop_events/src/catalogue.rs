//! The vocabulary: every registered kind and its typed fields, read from `catalog/events.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// The type of a registered field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Minor units and a currency.
    Money,
    /// A whole number.
    Integer,
    /// A decimal number, kept as text so that no digit is lost.
    Decimal,
    /// Text.
    Text,
    /// True or false.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// An instant, RFC 3339.
    Timestamp,
}

impl FieldType {
    /// The name used in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }
}

/// A registered field of a kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its type.
    pub r#type: FieldType,
    /// Whether an event without it means nothing.
    #[serde(default)]
    pub required: bool,
    /// The values it may take; empty if any will do.
    #[serde(default)]
    pub values: Vec<String>,
    /// Its Chinese name.
    pub zh: String,
    /// Its English name.
    pub en: String,
}

/// A registered kind of event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// `object.verb`, never renamed.
    pub id: String,
    /// Its Chinese name.
    pub zh: String,
    /// Its English name.
    pub en: String,
    /// The group it is shown in.
    pub area: String,
    /// Whether only the program itself writes it: what people decide here, or what follows from the log. From outside
    /// it would be a forgery.
    #[serde(default)]
    pub internal: bool,
    /// Whether it is about no customer: what the chain spends, stocks, plans. It makes no record, whatever names it in its
    /// source, and stands in the log under [`crate::NOBODY`].
    #[serde(default)]
    pub nobody: bool,
    /// Its fields by name.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
}

/// All registered kinds, in the order of the file.
#[derive(Debug)]
pub struct Catalogue {
    kinds: Vec<Kind>,
    by_id: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Vec<Kind>,
}

impl Catalogue {
    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let File { kind: kinds } = toml::from_str(text)?;
        let by_id = kinds.iter().enumerate().map(|(index, kind)| (kind.id.clone(), index)).collect();
        Ok(Self { kinds, by_id })
    }

    /// All kinds.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The kind of this id.
    pub fn find(&self, id: &str) -> Option<&Kind> {
        self.by_id.get(id).and_then(|index| self.kinds.get(*index))
    }
}

/// Whether events of this kind are about no customer.
pub fn is_about_nobody(kind: &str) -> bool {
    catalogue().find(kind).is_some_and(|kind| kind.nobody)
}

/// The catalogue that ships with the program.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "the file is part of the program and a test parses it")]
    CATALOGUE.get_or_init(|| {
        Catalogue::parse(include_str!("../../../catalog/events.toml"))
            .expect("invariant: the shipped catalogue is valid")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_named_once_as_object_dot_verb_in_two_languages() {
        let catalogue = catalogue();
        assert_eq!(catalogue.by_id.len(), catalogue.kinds.len(), "a kind stands twice");
        for kind in catalogue.kinds() {
            let parts: Vec<&str> = kind.id.split('.').collect();
            let lower = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            assert!(parts.len() == 2 && parts.iter().all(lower), "{}", kind.id);
            assert!(!kind.zh.is_empty() && !kind.en.is_empty() && !kind.area.is_empty(), "{}", kind.id);
        }
    }

    #[test]
    fn a_field_that_the_amount_column_holds_is_money() {
        for kind in catalogue().kinds() {
            if let Some(field) = kind.fields.get("amount") {
                assert_eq!(field.r#type, FieldType::Money, "{}", kind.id);
            }
        }
    }
}
