//! A record as a source gives it.

use std::collections::BTreeMap;
use std::str::FromStr;

use careloop_kernel::Error;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::redacted;

/// Gender as sources give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
}

impl Gender {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }
}

impl FromStr for Gender {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "male" => Ok(Self::Male),
            "female" => Ok(Self::Female),
            _ => Err(Error::invalid("people.gender", "a gender is male or female")),
        }
    }
}

/// Whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhoneRole {
    /// The person's own, as far as the source says.
    #[default]
    Own,
    /// A parent's or another guardian's.
    Parent,
    /// A go-between's, such as a travel or insurance agency. Never evidence.
    Agency,
}

impl PhoneRole {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Parent => "parent",
            Self::Agency => "agency",
        }
    }

    /// The role of this stored name; `own` if it is none.
    pub fn from_name(name: &str) -> Self {
        match name {
            "parent" => Self::Parent,
            "agency" => Self::Agency,
            _ => Self::Own,
        }
    }
}

/// A phone number as it was written.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PhoneNumber {
    /// The text.
    pub text: String,
    /// Whose it is.
    pub role: PhoneRole,
}

/// A postal address, in parts or as one text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Street, number, building, flat.
    pub street: Option<String>,
    /// Suburb or district.
    pub suburb: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// Post code.
    pub postcode: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// The whole address where the source does not part it.
    pub text: Option<String>,
}

/// What a record says of who somebody is. Values that cannot be read stay as text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RecordFields {
    /// The name as one text.
    pub name: Option<String>,
    /// The given name, where the source parts it.
    pub given_name: Option<String>,
    /// The surname, where the source parts it.
    pub surname: Option<String>,
    /// Phone numbers.
    pub phones: Vec<PhoneNumber>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// The birth date, if it is a date.
    pub birth_date: Option<Date>,
    /// The birth date as written, if it is none.
    pub birth_date_text: Option<String>,
    /// The identity card number as written.
    pub id_card: Option<String>,
    /// WeCom `external_userid`.
    pub wecom_external_id: Option<String>,
    /// WeChat union id.
    pub union_id: Option<String>,
    /// Postal address.
    pub address: Address,
    /// A child's guardian.
    pub guardian_name: Option<String>,
    /// The guardian's phone.
    pub guardian_phone: Option<String>,
    /// Other numbers that name a person, by kind (`social_security`).
    pub identifiers: BTreeMap<String, String>,
    /// Names of fields the import set aside: kept, never matched by.
    pub bad: Vec<String>,
}

redacted!(PhoneNumber, Address, RecordFields, IncomingRecord);

/// One row of a source on its way in.
#[derive(Clone, PartialEq, Default)]
pub struct IncomingRecord {
    /// What names the row in its source.
    pub source_key: String,
    /// Who it is.
    pub fields: RecordFields,
    /// `clinics.ord`.
    pub clinic: Option<i64>,
    /// When the source made it.
    pub created_at: Option<Timestamp>,
    /// What else the source says, sealed with the fields. `channel` becomes the record's channel, in the clear.
    pub attributes: Map<String, Value>,
    /// When an `identify` call adds to a record: names of fields of [`RecordFields`] that are to be emptied.
    pub cleared: Vec<&'static str>,
    /// When each part was said, by the name of the part ([`IncomingRecord::said_at`] fills it in). A part without an
    /// instant counts as said now.
    pub said: Said,
}

/// When the parts of a record were said, in microseconds since 1970: a field as `phones`, an attribute as
/// `attributes.plan`. A part that was removed stays listed, so that an older call does not bring it back.
pub type Said = BTreeMap<String, i64>;

/// What an incoming row means for fields it does not mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The row is the whole truth: what it lacks is gone. Files work so.
    #[default]
    Replace,
    /// The row adds to what is known: what it lacks stays. `identify` calls work so.
    Patch,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordChange {
    /// It is new.
    Inserted,
    /// It was known and says something else now.
    Updated,
    /// It was known as it is.
    Unchanged,
}

/// The record of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordOutcome {
    /// `records.ord`.
    pub ord: i64,
    /// What became of the row.
    pub change: RecordChange,
}
