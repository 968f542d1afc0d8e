//! What two records have in common, as levels.

use std::sync::LazyLock;

use strsim::{jaro_winkler, osa_distance};

use super::features::{CardMark, PlaceRef};
use super::frequencies::Frequencies;
use super::levels::{Comparison, MISSING, Pattern, account, alias, area, birth, guardian, near, phone, same};
use super::names::{self, NameForm};
use super::table::Record;
use crate::keys::KeyKind;
use crate::model::Gender;
use crate::text::birth::{self as dates, BirthMatch};
use crate::text::name::{NameKind, PersonName};

/// Years between the generations of a family.
pub(super) const GENERATION: i16 = 14;

/// The pattern of two records.
pub(crate) fn pattern(a: Record<'_>, b: Record<'_>, frequencies: &Frequencies) -> Pattern {
    let (surname, given) = names::compare(a.name(), b.name(), frequencies);
    let (street, area) = places(a, b);
    Pattern::default()
        .with(Comparison::Surname, surname)
        .with(Comparison::Given, given)
        .with(Comparison::Birth, births(a, b))
        .with(Comparison::Phone, phones(a, b))
        .with(Comparison::Account, accounts(a, b))
        .with(Comparison::Card, cards(a.card(), b.card()))
        .with(Comparison::Gender, genders(a.gender(), b.gender()))
        .with(Comparison::Email, emails(a, b))
        .with(Comparison::Street, street)
        .with(Comparison::Area, area)
        .with(Comparison::Guardian, guardians(a, b))
        .with(Comparison::Identifier, identifiers(a, b))
        .with(Comparison::Alias, aliases(a, b))
}

/// Whether two records without a telling name share an account: whoever it belongs to, it is the same person, since nobody
/// else is named.
pub(crate) fn is_one_account(a: Record<'_>, b: Record<'_>, pattern: Pattern) -> bool {
    let account = matches!(pattern.level(Comparison::Account), account::UNION | account::CONTACT);
    account && !a.name().is_evidence() && !b.name().is_evidence() && a.has_guardian() == b.has_guardian()
}

fn births(a: Record<'_>, b: Record<'_>) -> u8 {
    let (Some(one), Some(other)) = (a.birth(), b.birth()) else { return MISSING };
    match dates::compare(one, other) {
        BirthMatch::Equal => birth::EQUAL,
        BirthMatch::Swapped => birth::SWAPPED,
        BirthMatch::Slip => birth::SLIP,
        BirthMatch::Part => birth::PART,
        BirthMatch::Different if (one.year() - other.year()).abs() < GENERATION => birth::PEER,
        BirthMatch::Different => birth::GENERATION,
    }
}

fn phones(a: Record<'_>, b: Record<'_>) -> u8 {
    if a.phones().is_empty() || b.phones().is_empty() {
        return MISSING;
    }
    let mut best = phone::UNLIKE;
    for one in a.phones() {
        for other in b.phones() {
            let level = if one.digits == other.digits {
                match (one.crowded, one.guardian != other.guardian) {
                    (true, _) => phone::CROWDED,
                    (false, true) => phone::GUARDIAN,
                    (false, false) => phone::OWN,
                }
            } else if digits_apart(one.digits, other.digits) == 1 {
                phone::NEAR
            } else {
                phone::UNLIKE
            };
            best = best.min(level);
        }
    }
    best
}

/// In how many places two numbers differ; more than two are not told apart.
fn digits_apart(mut a: u64, mut b: u64) -> u32 {
    let mut apart = 0;
    while (a > 0 || b > 0) && apart < 3 {
        apart += u32::from(a % 10 != b % 10);
        (a, b) = (a / 10, b / 10);
    }
    apart
}

fn accounts(a: Record<'_>, b: Record<'_>) -> u8 {
    match (a.shares(b, KeyKind::UnionId), a.shares(b, KeyKind::Wecom)) {
        (Some(true), _) => account::UNION,
        (_, Some(true)) => account::CONTACT,
        (Some(false), _) => account::UNLIKE,
        _ => MISSING,
    }
}

fn cards(a: Option<CardMark>, b: Option<CardMark>) -> u8 {
    let (Some(a), Some(b)) = (a, b) else { return MISSING };
    match digits_apart(a.digits, b.digits) {
        0 => near::EQUAL,
        1 | 2 if !(a.valid && b.valid) => near::NEAR,
        _ => near::UNLIKE,
    }
}

fn genders(a: Option<Gender>, b: Option<Gender>) -> u8 {
    match (a, b) {
        (Some(a), Some(b)) if a == b => same::EQUAL,
        (Some(_), Some(_)) => same::UNLIKE,
        _ => MISSING,
    }
}

fn emails(a: Record<'_>, b: Record<'_>) -> u8 {
    match a.shares(b, KeyKind::Email) {
        Some(true) => same::EQUAL,
        Some(false) => same::UNLIKE,
        None => MISSING,
    }
}

fn places(a: Record<'_>, b: Record<'_>) -> (u8, u8) {
    let (Some(a), Some(b)) = (a.place(), b.place()) else { return (MISSING, MISSING) };
    (streets(a, b), areas(a, b))
}

fn streets(a: PlaceRef<'_>, b: PlaceRef<'_>) -> u8 {
    let (a, b) = (a.street, b.street);
    if a.is_empty() || b.is_empty() {
        MISSING
    } else if a == b {
        near::EQUAL
    } else if jaro_winkler(a, b) >= 0.9 || osa_distance(a, b) * 5 <= a.chars().count().max(b.chars().count()) {
        near::NEAR
    } else {
        near::UNLIKE
    }
}

fn areas(a: PlaceRef<'_>, b: PlaceRef<'_>) -> u8 {
    let alike = |a: &str, b: &str| {
        (!a.is_empty() && !b.is_empty()).then(|| a == b || osa_distance(a, b) <= 1 || jaro_winkler(a, b) >= 0.9)
    };
    match (alike(a.postcode, b.postcode), alike(a.suburb, b.suburb)) {
        (None, None) => MISSING,
        (Some(true), Some(true)) => area::BOTH,
        (Some(true), _) | (_, Some(true)) => area::ONE,
        _ => area::UNLIKE,
    }
}

fn guardians(a: Record<'_>, b: Record<'_>) -> u8 {
    if guards(a, b) || guards(b, a) {
        return guardian::WARD;
    }
    if let (Some(one), Some(other)) = (a.guardian(), b.guardian()) {
        return if are_alike(one, other) { guardian::EQUAL } else { guardian::UNLIKE };
    }
    let grown = |record: Record<'_>| !record.has_guardian() && record.name().name.is_grown_up();
    if (a.has_guardian() && grown(b)) || (b.has_guardian() && grown(a)) { guardian::MIXED } else { MISSING }
}

/// Whether `record` says that `other` is its guardian, or is itself the alias of `other`'s guardian.
fn guards(record: Record<'_>, other: Record<'_>) -> bool {
    let by_field = record.guardian().is_some_and(|guardian| !other.has_guardian() && are_alike(guardian, other.name()));
    let by_alias = record.name().name.ward.as_deref().is_some_and(|ward| is_called(&other.name().name, ward));
    by_field || by_alias
}

/// Whether two names are one, written by an inattentive hand.
pub(crate) fn are_alike(a: &NameForm, b: &NameForm) -> bool {
    use super::levels::{given, surname};
    static NO_NAMES: LazyLock<Frequencies> = LazyLock::new(Frequencies::default);
    let (last, first) = names::compare(a, b, &NO_NAMES);
    (1..surname::UNLIKE).contains(&last) && (1..=given::LOOKALIKE).contains(&first)
}

/// Whether somebody of this name may be called `ward` by the family.
pub(super) fn is_called(name: &PersonName, ward: &str) -> bool {
    let short = ward.strip_prefix(['小', '阿']).unwrap_or(ward);
    let half = short.char_indices().nth(1).map(|(at, _)| short.split_at(at)).filter(|(one, other)| one == other);
    let short = half.map_or(short, |(one, _)| one);
    let full = name.full();
    name.ward.is_none()
        && (full == ward
            || (!short.is_empty() && name.kind == NameKind::Han && name.given.ends_with(short))
            || (name.kind == NameKind::Alias && full.ends_with(short)))
}

fn identifiers(a: Record<'_>, b: Record<'_>) -> u8 {
    let mut best = MISSING;
    for (kind, one) in a.identifiers() {
        for (_, other) in b.identifiers().iter().filter(|(known, _)| known == kind) {
            let level = if one == other {
                near::EQUAL
            } else if osa_distance(one, other) <= 2 {
                near::NEAR
            } else {
                near::UNLIKE
            };
            best = if best == MISSING { level } else { best.min(level) };
        }
    }
    best
}

fn aliases(a: Record<'_>, b: Record<'_>) -> u8 {
    let (one, other) = (&a.name().name, &b.name().name);
    match (one.kind, other.kind) {
        (NameKind::Alias, NameKind::Alias) => match (&one.ward, &other.ward) {
            (Some(one), Some(other)) if one == other => alias::EQUAL,
            _ if one == other => alias::EQUAL,
            _ => MISSING,
        },
        (NameKind::Alias, NameKind::Han) => fits(one, other, b.gender()),
        (NameKind::Han, NameKind::Alias) => fits(other, one, a.gender()),
        _ => MISSING,
    }
}

/// Whether `王女士` may be somebody of this name and gender.
fn fits(title: &PersonName, name: &PersonName, gender: Option<Gender>) -> u8 {
    if let Some(called) = title.surname_called() {
        let man = title.given.ends_with("先生");
        let woman = title.given.ends_with("女士") || title.given.ends_with("小姐") || title.given.ends_with("太太");
        let against = (man && gender == Some(Gender::Female)) || (woman && gender == Some(Gender::Male));
        return if called == &*name.surname && !against { alias::FITS } else { alias::UNFIT };
    }
    MISSING
}
