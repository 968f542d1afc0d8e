//! An event before and after it is stored.

use careloop_kernel::Money;
use careloop_kernel::ids::{EventId, Id};
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// `sources.ord` of the program's own events: merges, segment entries, tasks.
pub const INTERNAL_SOURCE: i64 = 1;
/// The record of events that are about no customer; there is no such record.
pub const NOBODY: i64 = 0;
/// The kind is not in the catalogue.
pub const FLAG_UNREGISTERED: i64 = 1;
/// The time as given was impossible and was moved to the nearest possible one.
pub const FLAG_CLAMPED: i64 = 2;
/// Fields that looked like personal data were taken out.
pub const FLAG_STRIPPED: i64 = 4;

/// An event that is to be appended.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What happened: an id of the catalogue, or a name of the sender's own.
    pub kind: String,
    /// To which record (`records.ord`), or to [`NOBODY`].
    pub record: i64,
    /// At which clinic (`clinics.ord`).
    pub clinic: Option<i64>,
    /// Who says so (`sources.ord`).
    pub source: i64,
    /// The sender's name for it, unique within the source.
    pub message_id: String,
    /// When it happened.
    pub at: Timestamp,
    /// The amount it is about.
    pub amount: Option<Money>,
    /// Everything else, without personal data.
    pub props: Map<String, Value>,
    /// `FLAG_…` bits.
    pub flags: i64,
}

/// How much of a list of events was new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// Events that were appended.
    pub inserted: u64,
    /// Events that were there already, or twice in the list.
    pub duplicates: u64,
}

/// A place in the log: the writing transaction (0 on SQLite) and the sequence number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The writing transaction.
    pub tx: i64,
    /// The sequence number.
    pub seq: i64,
}

/// The free part of an event, kept as JSON text until somebody looks inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Props(String);

impl Props {
    /// From the JSON text of an object, as stored.
    pub(crate) fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The JSON text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The fields; empty if the text were no object.
    pub fn map(&self) -> Map<String, Value> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// One field.
    pub fn get(&self, field: &str) -> Option<Value> {
        self.map().remove(field)
    }

    /// One text field.
    pub fn text_of(&self, field: &str) -> Option<String> {
        match self.get(field)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

/// An event of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Where it stands in the log.
    pub seq: i64,
    /// The transaction that wrote it; 0 on SQLite.
    pub tx: i64,
    /// Its public id, made of its key: the same event has the same id on every machine.
    pub event_id: EventId,
    /// What happened.
    pub kind: String,
    /// To which record.
    pub record: i64,
    /// At which clinic.
    pub clinic: Option<i64>,
    /// Who says so.
    pub source: i64,
    /// The sender's name for it.
    pub message_id: String,
    /// When it happened.
    pub at: Timestamp,
    /// When we heard of it.
    pub received_at: Timestamp,
    /// The amount it is about.
    pub amount: Option<Money>,
    /// Everything else.
    pub props: Props,
    /// `FLAG_…` bits.
    pub flags: i64,
}

impl StoredEvent {
    /// Its place in the log.
    pub fn position(&self) -> Position {
        Position { tx: self.tx, seq: self.seq }
    }
}

/// What tells an event from all others: SHA-256 of source and message id, cut to 128 bits.
pub fn event_key(source: i64, message_id: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(source.to_be_bytes());
    hash.update(message_id.as_bytes());
    let digest = hash.finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

/// The public id of the event with this key.
pub(crate) fn event_id(key: [u8; 16]) -> EventId {
    EventId::from_bits(u128::from_be_bytes(key))
}
