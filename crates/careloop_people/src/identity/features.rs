//! What a record says, ready to compare: hashes where only equality matters, text where likeness does.

use std::sync::Arc;

use jiff::civil::Date;

use super::names::{NameForm, Names};
use crate::keys::{self, KeyKind};
use crate::model::{Gender, PhoneRole, redacted};
use crate::normal::Normal;
use crate::text::address;

/// A record as the engine sees it, by itself.
#[derive(Clone)]
pub(crate) struct Features {
    /// Orders records by what they are, not by when they came; follows from source and source key.
    pub tie: u64,
    pub name: Arc<NameForm>,
    /// The guardian, where the record names somebody else as such.
    pub guardian: Option<Arc<NameForm>>,
    pub has_guardian: bool,
    /// Match keys, sorted by kind and hash.
    pub keys: Box<[KeyMark]>,
    /// It names a flat, not just a house.
    pub at_flat: bool,
    /// Too many records share its WeChat account for a home to have it.
    pub account_is_hot: bool,
    pub phones: Box<[PhoneMark]>,
    pub card: Option<CardMark>,
    pub gender: Option<Gender>,
    pub birth: Option<Date>,
    pub place: Option<Box<Place>>,
    /// Registered numbers: kind and value.
    pub identifiers: Box<[Identifier]>,
}

/// Kind and value of a registered number.
pub(crate) type Identifier = (Box<str>, Box<str>);

/// A match key of a record. There are millions, so they lie without gaps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(Rust, packed)]
pub(crate) struct KeyMark {
    pub kind: KeyKind,
    pub hash: u64,
}

/// A phone number of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(Rust, packed)]
pub(crate) struct PhoneMark {
    pub hash: u64,
    /// Its digits as a number.
    pub digits: u64,
    /// It is given as a guardian's.
    pub guardian: bool,
    /// More records have it than a family has.
    pub crowded: bool,
}

/// An identity card of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct CardMark {
    /// The digits before the check letter.
    pub digits: u64,
    /// The check letter holds.
    pub valid: bool,
}

/// Where somebody lives, squeezed.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub postcode: Box<str>,
    pub suburb: Box<str>,
    pub street: Box<str>,
}

/// The same, lent.
#[derive(Clone, Copy)]
pub(crate) struct PlaceRef<'a> {
    pub postcode: &'a str,
    pub suburb: &'a str,
    pub street: &'a str,
}

redacted!(Features, KeyMark, PhoneMark, CardMark, Place, PlaceRef<'_>);

impl Features {
    /// The features of a record; `hash` turns a key into a number.
    pub fn of(normal: &Normal, tie: u64, hash: impl Fn(KeyKind, &str) -> u64, names: &Names) -> Self {
        let mut keys: Vec<_> = keys::match_keys(normal)
            .iter()
            .map(|(kind, text)| KeyMark { kind: *kind, hash: hash(*kind, text) })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let mark = |(phone, role): &(crate::text::phone::Phone, PhoneRole)| PhoneMark {
            hash: hash(KeyKind::Phone, &phone.number),
            digits: phone
                .number
                .bytes()
                .filter(u8::is_ascii_digit)
                .fold(0, |sum: u64, digit| sum.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'))),
            guardian: *role == PhoneRole::Parent,
            crowded: false,
        };
        let telling =
            |(phone, role): &&(crate::text::phone::Phone, PhoneRole)| phone.is_evidence() && *role != PhoneRole::Agency;
        let guardian = normal.guardian.is_evidence() && normal.guardian != normal.name;
        let place = Place {
            postcode: normal.postcode.as_str().into(),
            suburb: normal.suburb.as_str().into(),
            street: normal.street.as_str().into(),
        };
        let identifier = |(kind, value): &(String, String)| (kind.as_str().into(), value.as_str().into());
        Self {
            tie,
            name: names.form(&normal.name),
            guardian: guardian.then(|| names.form(&normal.guardian)),
            has_guardian: normal.has_guardian() && (guardian || !normal.guardian.is_evidence()),
            keys: keys.into_boxed_slice(),
            at_flat: address::is_flat(&normal.street),
            account_is_hot: false,
            phones: normal.phones.iter().filter(telling).map(mark).collect(),
            card: normal.card_digits.map(|(digits, valid)| CardMark { digits, valid }),
            gender: normal.gender,
            birth: normal.birth,
            place: (place != Place::default()).then(|| Box::new(place)),
            identifiers: normal.identifiers.iter().map(identifier).collect(),
        }
    }

    /// Forgets keys that too many records share. Identity cards and union ids stay: they also tell people apart.
    pub fn forget(&mut self, is_hot: impl Fn(u64) -> bool) {
        let account_is_hot = self.keys.iter().any(|key| key.kind == KeyKind::UnionId && is_hot(key.hash));
        self.account_is_hot = account_is_hot;
        if self.keys.iter().any(|key| key.is_forgotten(&is_hot)) {
            self.keys = self.keys.iter().copied().filter(|key| !key.is_forgotten(&is_hot)).collect();
            self.phones = self.phones.iter().copied().filter(|phone| !is_hot(phone.hash)).collect();
        }
    }

    /// Marks the phones that more records have than a family has.
    pub fn mark_crowded(&mut self, is_crowded: impl Fn(u64) -> bool) {
        for phone in &mut self.phones {
            phone.crowded = is_crowded(phone.hash);
        }
    }
}

impl KeyMark {
    /// Whether the key says nothing and serves for nothing else.
    pub fn is_forgotten(self, is_hot: impl Fn(u64) -> bool) -> bool {
        !matches!(self.kind, KeyKind::IdCard | KeyKind::UnionId) && is_hot(self.hash)
    }
}
