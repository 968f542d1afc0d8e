//! What other features may know of a person.

use careloop_kernel::ids::PersonId;
use jiff::civil::Date;

use super::{Gender, redacted};

/// A person without personal data: what the fold and segment rules work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFacts {
    /// The person's number.
    pub person: i64,
    /// The person's id.
    pub person_id: PersonId,
    /// The records, in order.
    pub records: Vec<i64>,
    /// The household's number.
    pub household: i64,
    /// How many people the household has.
    pub household_size: i64,
    /// Whether a record names a guardian or the person's phone is a parent's.
    pub has_guardian: bool,
    /// Gender.
    pub gender: Option<Gender>,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// State or province.
    pub region: Option<String>,
    /// The channel of the earliest record that has one.
    pub channel: Option<String>,
    /// The clinics of the records, in order, each once.
    pub clinics: Vec<i64>,
    /// The member of staff who looks after them, `staff.ord`.
    pub owner: Option<i64>,
    /// The sources of the records, `sources.ord`, in order, each once.
    pub sources: Vec<i64>,
    /// When the earliest record was made, in microseconds.
    pub created_at: i64,
    /// When a record was last changed or resolved, in microseconds.
    pub changed_at: i64,
    /// Whether there is a WeCom contact.
    pub wecom: bool,
    /// Whether there is a phone that can be called.
    pub phone: bool,
    /// Whether there is an e-mail address.
    pub email: bool,
}

/// One line about a person, masked, for lists.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonCard {
    /// The person's number.
    pub person: i64,
    /// The person's id.
    pub person_id: PersonId,
    /// The best name; empty if no record has one.
    pub name: String,
    /// `138****1234`.
    pub phone_masked: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Full years today.
    pub age: Option<i64>,
    /// Names of the clinics that know them.
    pub clinic_names: Vec<String>,
    /// Name of the owner.
    pub owner_name: Option<String>,
    /// How many records.
    pub record_count: i64,
}

redacted!(PersonCard);
