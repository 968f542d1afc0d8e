//! What a record says, ready to compare: hashes where only equality matters, text where likeness does.

use jiff::civil::Date;

use crate::keys::{self, KeyKind};
use crate::model::{Gender, redacted};
use crate::normal::Normal;
use crate::text::name::PersonName;

/// A record as the engine sees it.
#[derive(Clone)]
pub(crate) struct Features {
    /// Orders records by what they are, not by when they came; follows from source and source key.
    pub tie: u64,
    pub name: PersonName,
    /// The guardian, where the record names somebody else as such.
    pub guardian: Option<Box<PersonName>>,
    pub has_guardian: bool,
    /// Match keys as hashes, sorted.
    pub keys: Box<[(KeyKind, u64)]>,
    pub gender: Option<Gender>,
    pub birth: Option<Date>,
    pub place: Place,
    pub clinic: Option<i64>,
}

/// Where somebody lives, squeezed.
#[derive(Clone, Default)]
pub(crate) struct Place {
    pub postcode: Box<str>,
    pub suburb: Box<str>,
    pub street: Box<str>,
}

redacted!(Features, Place);

impl Features {
    /// The features of a record; `hash` turns a key into a number.
    pub fn of(normal: &Normal, tie: u64, clinic: Option<i64>, hash: impl Fn(KeyKind, &str) -> u64) -> Self {
        let mut keys: Vec<_> = keys::match_keys(normal).iter().map(|(kind, text)| (*kind, hash(*kind, text))).collect();
        keys.sort_unstable();
        keys.dedup();
        let guardian = normal.guardian.is_evidence() && normal.guardian != normal.name;
        Self {
            tie,
            name: normal.name.clone(),
            guardian: guardian.then(|| Box::new(normal.guardian.clone())),
            has_guardian: normal.has_guardian() && (guardian || !normal.guardian.is_evidence()),
            keys: keys.into_boxed_slice(),
            gender: normal.gender,
            birth: normal.birth,
            place: Place {
                postcode: normal.postcode.as_str().into(),
                suburb: normal.suburb.as_str().into(),
                street: normal.street.as_str().into(),
            },
            clinic,
        }
    }

    /// The hashes of one kind.
    pub fn of_kind(&self, kind: KeyKind) -> impl Iterator<Item = u64> + '_ {
        self.keys.iter().filter(move |(known, _)| *known == kind).map(|(_, hash)| *hash)
    }

    /// Whether both have a key of this kind in common.
    pub fn shares(&self, other: &Self, kind: KeyKind) -> bool {
        self.of_kind(kind).any(|hash| other.of_kind(kind).any(|known| known == hash))
    }

    /// Whether both have keys of this kind and none in common.
    pub fn differs(&self, other: &Self, kind: KeyKind) -> bool {
        self.of_kind(kind).next().is_some() && other.of_kind(kind).next().is_some() && !self.shares(other, kind)
    }

    /// Forgets keys that too many records share. Identity cards and union ids stay: they also tell people apart.
    pub fn forget(&mut self, is_hot: impl Fn(u64) -> bool) {
        let forgotten =
            |(kind, hash): &(KeyKind, u64)| !matches!(kind, KeyKind::IdCard | KeyKind::UnionId) && is_hot(*hash);
        if self.keys.iter().any(forgotten) {
            self.keys = self.keys.iter().copied().filter(|key| !forgotten(key)).collect();
        }
    }
}
