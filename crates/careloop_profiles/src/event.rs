//! One event of a person, as the rules see it.
//!
//! A rebuild reads tens of millions of these and asks few of them for a field, so an event is as cheap as can be: its kind is
//! a word of the catalogue, its fields are text until somebody looks inside.

mod fields;
mod kind;

use crate::model::Micros;

pub use fields::{Field, Fields};
pub use kind::EventKind;
pub(crate) use kind::{kinds, number_of};

/// One event of a person, as the rules see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its number in the log; orders events of one instant.
    pub seq: i64,
    /// The kind, `object.verb`.
    pub kind: EventKind,
    /// The record it was told of.
    pub record: i64,
    /// `clinics.ord`.
    pub clinic: Option<i64>,
    /// `sources.ord`.
    pub source: i64,
    /// When it happened.
    pub at_us: Micros,
    /// Minor units.
    pub amount: Option<i64>,
    /// Every other field.
    pub props: Fields,
}

impl Event {
    /// A text field that is not empty.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.props.find(field)? {
            Field::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A whole-number field.
    pub fn integer(&self, field: &str) -> Option<i64> {
        if let Field::Integer(number) = self.props.find(field)? { Some(number) } else { None }
    }

    /// Whether a boolean field is true.
    pub fn is(&self, field: &str) -> bool {
        matches!(self.props.find(field), Some(Field::Boolean(true)))
    }

    /// A money field other than the amount, in minor units.
    pub fn minor(&self, field: &str) -> Option<i64> {
        if let Field::Object { minor, .. } = self.props.find(field)? { minor } else { None }
    }
}
