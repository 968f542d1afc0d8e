//! What the fold reads and what it gives. Instants are microseconds UTC, as stored.

mod why;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::library::RecordField;
use crate::limits::Limits;
use crate::ltv::Ltv;
use crate::next::Next;
use crate::quantiles::Quantiles;

pub use why::{Arg, Args, Seqs, Why};

/// The version of the rules; a change of any rule's outcome raises it, and `careloop rebuild` applies it.
pub const RULE_VERSION: i64 = 3;

/// An instant in microseconds since 1970, UTC.
pub type Micros = i64;

/// What is true of a person now, without events and without personal data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The person's number.
    pub person: i64,
    /// The records, in order.
    pub records: Vec<i64>,
    /// `male` or `female`.
    pub gender: Option<String>,
    /// Date of birth.
    pub birth_date: Option<Date>,
    /// Area of the address.
    pub region: Option<String>,
    /// Recorded source channel.
    pub channel: Option<String>,
    /// `clinics.ord` of the records, in order.
    pub clinics: Vec<i64>,
    /// `sources.ord` of the records, in order.
    pub sources: Vec<i64>,
    /// `staff.ord` of the owner.
    pub owner: Option<i64>,
    /// When the first file was opened, as the sources say.
    pub created_us: Option<Micros>,
    /// Members of the household with a file.
    pub household_size: i64,
    /// Birth dates of the other members of the household that have one.
    pub household_births: Vec<Date>,
    /// A usable phone is on record.
    pub has_phone: bool,
    /// A WeCom contact is on record.
    pub has_wecom: bool,
    /// A phone also belongs to another person.
    pub phone_shared: bool,
    /// A guardian is on record.
    pub has_guardian: bool,
    /// A pair of records that may make this and another person one waits for review.
    pub in_doubt: bool,
}

impl Facts {
    /// Whether the person's records say something in this field.
    pub(crate) fn have(&self, field: RecordField) -> bool {
        match field {
            RecordField::BirthDate => self.birth_date.is_some(),
            RecordField::Gender => self.gender.is_some(),
            RecordField::Region => self.region.is_some(),
            RecordField::Channel => self.channel.is_some(),
            RecordField::Phone => self.has_phone,
            RecordField::Wecom => self.has_wecom,
            RecordField::Household => self.household_size > 1,
        }
    }
}

/// What values depend on beyond the person: dated, stored and logged.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The chain's time zone.
    pub zone: TimeZone,
    /// Codes of the clinics by number.
    pub clinics: BTreeMap<i64, String>,
    /// Cut points of the value scores; none before anybody paid.
    pub quantiles: Option<Quantiles>,
    /// The numbers of the rules: the library's, or what the chain put in their place.
    pub limits: Limits,
    /// The value models; none before anybody paid.
    pub ltv: Option<Ltv>,
    /// What customers take up next; none before anybody paid for a business line.
    pub next: Option<Next>,
    /// Tags none of whose data had ever been seen in the chain: they have no value, not even that there is none of something.
    pub waiting: BTreeSet<String>,
}

/// Who set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A rule.
    Computed,
    /// A member of staff.
    Manual,
    /// An import.
    Imported,
}

impl Origin {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Manual => "manual",
            Self::Imported => "imported",
        }
    }

    /// The origin of a stored name.
    pub fn parse(text: &str) -> Self {
        match text {
            "manual" => Self::Manual,
            "imported" => Self::Imported,
            _ => Self::Computed,
        }
    }
}

/// One value of one tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagValue {
    /// The tag's id.
    pub tag: Cow<'static, str>,
    /// The value.
    pub value: String,
    /// Why it is so.
    pub why: Why,
    /// The instant from which it may be different without a new event.
    pub until_us: Option<Micros>,
    /// Who set it.
    pub origin: Origin,
}

/// What is true of a person at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// The values, ordered by tag and value.
    pub values: Vec<TagValue>,
    /// The next instant at which anything here may change without a new event.
    pub due_us: Option<Micros>,
}

impl Profile {
    /// Whether the tag has this value.
    pub fn has(&self, tag: &str, value: &str) -> bool {
        self.values.iter().any(|held| held.tag == tag && held.value == value)
    }

    /// The first value of the tag.
    pub fn value(&self, tag: &str) -> Option<&str> {
        self.values.iter().find(|held| held.tag == tag).map(|held| held.value.as_str())
    }
}
