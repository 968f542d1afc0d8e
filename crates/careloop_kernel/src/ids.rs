//! The registry of public ids: `per_` and 26 letters of Crockford base 32.
//!
//! An id holds 48 bits of milliseconds and 80 random bits, so ids sort by age. Kinds are appended
//! here, in alphabetical order, and never change their prefix.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Result};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS: usize = 26;

/// A typed public id.
pub trait Id: Sized + Copy {
    /// What stands before the underscore.
    const PREFIX: &'static str;
    /// The id with these 128 bits.
    fn from_bits(bits: u128) -> Self;
    /// The 128 bits.
    fn bits(self) -> u128;
}

fn encode(prefix: &str, bits: u128) -> String {
    let mut text = String::with_capacity(prefix.len() + 1 + LETTERS);
    text.push_str(prefix);
    text.push('_');
    for position in (0..LETTERS).rev() {
        let index = ((bits >> (position * 5)) & 31) as usize;
        text.push(char::from(ALPHABET[index]));
    }
    text
}

fn decode(prefix: &str, text: &str) -> Option<u128> {
    let letters = text.strip_prefix(prefix)?.strip_prefix('_')?;
    if letters.len() != LETTERS || letters.as_bytes()[0] > b'7' {
        return None;
    }
    letters.bytes().try_fold(0_u128, |bits, letter| {
        let index = ALPHABET.iter().position(|known| *known == letter)?;
        Some((bits << 5) | index as u128)
    })
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u128);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_bits(bits: u128) -> Self {
                Self(bits)
            }
            fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode($prefix, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                decode($prefix, text).map(Self).ok_or_else(|| {
                    Error::invalid("id.malformed", concat!("this is no id of the kind `", $prefix, "_…`"))
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id_type!(/// An offline activity.
    ActivityId, "act");
id_type!(/// Work on many people at once.
    BulkActionId, "blk");
id_type!(/// A clinic of the chain.
    ClinicId, "cli");
id_type!(/// A consent or an objection that somebody gave.
    ConsentId, "con");
id_type!(/// A person's own decision that two records are, or are not, one human.
    DecisionId, "dec");
id_type!(/// One event of the log.
    EventId, "evt");
id_type!(/// People who share contact points.
    HouseholdId, "hh");
id_type!(/// One run of a file import.
    ImportId, "imp");
id_type!(/// The intent to touch one person once.
    IntentId, "int");
id_type!(/// A Parquet file of the lake.
    LakeFileId, "lak");
id_type!(/// A note on a person.
    NoteId, "nte");
id_type!(/// A human, as far as we know: a cluster of records.
    PersonId, "per");
id_type!(/// A plan that touches people who enter a segment.
    TouchPlanId, "tpl");
id_type!(/// One row of one source.
    RecordId, "rec");
id_type!(/// An event that was refused, kept with its reason.
    RejectId, "rej");
id_type!(/// A role: a named set of permissions.
    RoleId, "rol");
id_type!(/// A segment.
    SegmentId, "seg");
id_type!(/// A source of records and events.
    SourceId, "src");
id_type!(/// A member of staff.
    StaffId, "stf");
id_type!(/// A task for a member of staff.
    TaskId, "tsk");
id_type!(/// An uploaded file that is not imported yet.
    UploadId, "upl");

impl PersonId {
    /// The person anchored at this record: the same letters with another prefix.
    pub fn anchored_at(record: RecordId) -> Self {
        Self::from_bits(record.bits())
    }

    /// The record this person is anchored at.
    pub fn anchor(self) -> RecordId {
        RecordId::from_bits(self.bits())
    }
}

impl HouseholdId {
    /// The household whose first person is this one.
    pub fn anchored_at(person: PersonId) -> Self {
        Self::from_bits(person.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_back() {
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let id = PersonId::from_bits(bits);
            assert_eq!(id.to_string().parse::<PersonId>().unwrap(), id);
            assert_eq!(id.to_string().len(), 30);
        }
    }

    #[test]
    fn an_id_of_another_kind_or_shape_is_refused() {
        let record = RecordId::from_bits(7).to_string();
        assert!(record.parse::<PersonId>().is_err());
        assert!("per_".parse::<PersonId>().is_err());
        assert!("per_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<PersonId>().is_err(), "more than 128 bits");
        assert!("per_é0000000000000000000000000".parse::<PersonId>().is_err());
    }

    #[test]
    fn text_order_is_number_order() {
        let (small, large) = (RecordId::from_bits(5), RecordId::from_bits(1 << 90));
        assert!(small.to_string() < large.to_string());
    }
}
