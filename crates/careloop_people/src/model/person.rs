//! A person as the 360° page shows them.

use careloop_kernel::ids::{ConsentId, DecisionId, HouseholdId, NoteId, PersonId, RecordId, StaffId};
use careloop_kernel::{Error, Result};
use jiff::civil::Date;
use std::str::FromStr;

use super::{Gender, redacted};
use crate::identity::{FamilyRole, Rule};

/// Which people to list; what is `None` does not matter.
#[derive(Clone, Default)]
pub struct PeopleFilter {
    /// Part of a name, pinyin, initials, a phone, its last four digits, or an e-mail address.
    pub query: Option<String>,
    /// Known by this clinic, `clinics.ord`.
    pub clinic: Option<i64>,
    /// Looked after by this member of staff, `staff.ord`.
    pub owner: Option<i64>,
    /// Only these persons.
    pub persons: Option<Vec<i64>>,
    /// The order.
    pub sort: SortBy,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
}

/// A person, masked.
#[derive(Clone)]
pub struct Person {
    /// The person's number.
    pub person: i64,
    /// The id.
    pub id: PersonId,
    /// The id that was asked for, if it has been merged into this person.
    pub redirected_from: Option<PersonId>,
    /// The best name.
    pub name: String,
    /// Gender.
    pub gender: Option<Gender>,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Full years today.
    pub age: Option<i64>,
    /// Phones, masked.
    pub phones: Vec<PersonPhone>,
    /// E-mail addresses, masked.
    pub emails_masked: Vec<String>,
    /// The records, in order.
    pub records: Vec<PersonRecord>,
    /// The household, if there is anybody else in it.
    pub household: Option<Household>,
    /// Who looks after them.
    pub owner: Option<OwnerName>,
    /// The latest consent of each channel.
    pub consents: Vec<Consent>,
}

/// A masked phone and whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonPhone {
    /// `138****1234`.
    pub masked: String,
    /// `own`, `parent`, `agency`, or `shared` when other persons have it too.
    pub role: &'static str,
}

/// One record of a person.
#[derive(Clone)]
pub struct PersonRecord {
    /// `records.ord`.
    pub ord: i64,
    /// The id.
    pub id: RecordId,
    /// Name of the source.
    pub source_name: String,
    /// What names it there.
    pub source_key: String,
    /// The name it gives.
    pub name: String,
    /// Its first phone, masked.
    pub phone_masked: Option<String>,
    /// Name of its clinic.
    pub clinic_name: Option<String>,
    /// When the source made it, else when it was first seen, in microseconds.
    pub created_at: i64,
    /// The rules that join it to the person's other records.
    pub evidence: Vec<Rule>,
}

/// People who share contact points.
#[derive(Clone)]
pub struct Household {
    /// The id.
    pub id: HouseholdId,
    /// Its people, the oldest first.
    pub members: Vec<HouseholdMember>,
}

/// One of a household.
#[derive(Clone)]
pub struct HouseholdMember {
    /// The person.
    pub person_id: PersonId,
    /// The best name.
    pub name: String,
    /// Full years today.
    pub age: Option<i64>,
    /// Gender.
    pub gender: Option<Gender>,
    /// What they are in the household.
    pub role: FamilyRole,
    /// Whether this is whom one talks to.
    pub is_key_person: bool,
}

/// The member of staff who looks after a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerName {
    /// The id.
    pub staff_id: StaffId,
    /// The name.
    pub name: String,
}

/// A channel somebody may object to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsentChannel {
    /// E-mail.
    Email,
    /// Text messages.
    Sms,
    /// WeCom messages.
    Wecom,
    /// Calls.
    Phone,
    /// Every channel.
    All,
}

impl ConsentChannel {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Wecom => "wecom",
            Self::Phone => "phone",
            Self::All => "all",
        }
    }
}

impl FromStr for ConsentChannel {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let known = [Self::Email, Self::Sms, Self::Wecom, Self::Phone, Self::All]
            .into_iter()
            .find(|channel| channel.as_str() == text);
        known.ok_or_else(|| {
            Error::invalid("people.channel", "a channel is email, sms, wecom, phone or all")
                .with_field("channel", "unknown")
        })
    }
}

/// What somebody said about a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentState {
    /// Yes.
    Granted,
    /// No.
    Refused,
}

impl ConsentState {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }
}

impl FromStr for ConsentState {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "granted" => Ok(Self::Granted),
            "refused" => Ok(Self::Refused),
            _ => Err(Error::invalid("people.consent", "a consent is granted or refused")
                .with_field("state", "granted or refused")),
        }
    }
}

/// The latest word on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The id.
    pub id: ConsentId,
    /// The channel.
    pub channel: String,
    /// `granted` or `refused`.
    pub state: String,
    /// When, in microseconds.
    pub at: i64,
}

/// A note on a person.
#[derive(Clone)]
pub struct Note {
    /// The id.
    pub id: NoteId,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When, in microseconds.
    pub created_at: i64,
}

/// A field that can be revealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Phones.
    Phone,
    /// E-mail addresses.
    Email,
    /// Identity card numbers.
    IdCard,
    /// Addresses.
    Address,
    /// What the sources say beyond identity, by name.
    Attributes,
}

impl Field {
    /// The wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::IdCard => "id_card",
            Self::Address => "address",
            Self::Attributes => "attributes",
        }
    }
}

impl FromStr for Field {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let known = [Self::Phone, Self::Email, Self::IdCard, Self::Address, Self::Attributes]
            .into_iter()
            .find(|field| field.as_str() == text);
        known.ok_or_else(|| {
            Error::invalid("people.field", "phone, email, id_card, address and attributes can be revealed")
                .with_field("fields", "unknown field")
        })
    }
}

/// The clear values of one field.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed {
    /// Which field.
    pub field: Field,
    /// The values, each once.
    pub values: Vec<String>,
}

/// Must or cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// The two records are one person.
    Must,
    /// They are not.
    Cannot,
}

impl DecisionKind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Cannot => "cannot",
        }
    }
}

/// What somebody decided about two records.
#[derive(Clone)]
pub struct Decision {
    /// The id.
    pub id: DecisionId,
    /// Must or cannot.
    pub kind: DecisionKind,
    /// The records.
    pub records: (RecordId, RecordId),
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When, in microseconds.
    pub created_at: i64,
    /// When it was taken back.
    pub withdrawn_at: Option<i64>,
}

redacted!(PeopleFilter, Person, PersonPhone, PersonRecord, Household, HouseholdMember, Note, Revealed, Decision);
