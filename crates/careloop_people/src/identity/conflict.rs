//! What two records of one person can never say.

use super::compare::{NameMatch, names};
use super::features::Features;
use crate::keys::KeyKind;
use crate::text::birth::{self, BirthMatch};
use crate::text::name::{NameKind, PersonName};

/// Years between a parent and a child.
const GENERATION: i16 = 15;

/// Why two records are two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// Two valid identity cards.
    IdCards,
    /// Two WeChat accounts.
    UnionIds,
    /// One is the other's guardian.
    Guardian,
    /// Names that are not the same.
    Names,
    /// Neither name nor birth date agree.
    NameAndBirth,
    /// Same birth date, same surname, other given name.
    Twins,
    /// Same name, a generation apart.
    Generation,
    /// Neither gender nor given name agree.
    Gender,
}

/// The contradiction between two records, if there is one.
pub(crate) fn between(a: &Features, b: &Features) -> Option<Conflict> {
    if a.differs(b, KeyKind::IdCard) {
        return Some(Conflict::IdCards);
    }
    if a.differs(b, KeyKind::UnionId) {
        return Some(Conflict::UnionIds);
    }
    if guards(a, b) || guards(b, a) {
        return Some(Conflict::Guardian);
    }
    let name = names(&a.name, &b.name);
    let birth = birth::compare(a.birth, b.birth);
    let both_han = a.name.kind == NameKind::Han && b.name.kind == NameKind::Han;
    if both_han { between_han(a, b, name, birth) } else { between_others(a, b, name, birth) }
}

fn between_han(a: &Features, b: &Features, name: NameMatch, birth: BirthMatch) -> Option<Conflict> {
    // A name can be changed; the identity card stays.
    if name.differs() && !(a.shares(b, KeyKind::IdCard) && !a.has_guardian && !b.has_guardian) {
        return Some(if birth == BirthMatch::Equal && name == NameMatch::Relative {
            Conflict::Twins
        } else {
            Conflict::Names
        });
    }
    if birth == BirthMatch::Different {
        if name != NameMatch::Equal {
            return Some(Conflict::NameAndBirth);
        }
        let gap = a.birth.zip(b.birth).map_or(0, |(a, b)| (a.year() - b.year()).abs());
        if gap >= GENERATION {
            return Some(Conflict::Generation);
        }
        if genders_differ(a, b) {
            return Some(Conflict::Gender);
        }
    }
    (genders_differ(a, b) && a.name.given != b.name.given).then_some(Conflict::Gender)
}

fn between_others(a: &Features, b: &Features, name: NameMatch, birth: BirthMatch) -> Option<Conflict> {
    let same_number = a.shares(b, KeyKind::IdCard) || a.shares(b, KeyKind::Identifier);
    match (name, birth) {
        // A nickname is compatible with any name, but not with another birth date.
        (NameMatch::Relative | NameMatch::Different, BirthMatch::Different) => Some(Conflict::NameAndBirth),
        (NameMatch::Unknown, BirthMatch::Different) if !same_number => Some(Conflict::NameAndBirth),
        (NameMatch::Relative, BirthMatch::Equal) if !same_number => Some(Conflict::Twins),
        (NameMatch::Relative | NameMatch::Different | NameMatch::Unknown, _)
            if genders_differ(a, b) && !same_number =>
        {
            Some(Conflict::Gender)
        }
        _ => None,
    }
}

fn genders_differ(a: &Features, b: &Features) -> bool {
    a.gender.zip(b.gender).is_some_and(|(a, b)| a != b)
}

/// Whether `record` says that `other` is its guardian, or is itself the alias of `other`'s guardian.
fn guards(record: &Features, other: &Features) -> bool {
    let by_field =
        record.guardian.as_deref().is_some_and(|guardian| !other.has_guardian && names(guardian, &other.name).agrees());
    let by_alias = record.name.ward.as_deref().is_some_and(|ward| is_called(&other.name, ward));
    by_field || by_alias
}

/// Whether somebody of this name may be called `ward` by the family.
fn is_called(name: &PersonName, ward: &str) -> bool {
    let short = ward.strip_prefix(['小', '阿']).unwrap_or(ward);
    let full = name.full();
    name.ward.is_none()
        && (full == ward
            || (!short.is_empty() && name.given.ends_with(short))
            || (name.kind == NameKind::Alias && full.ends_with(short)))
}
