//! How alike two names and two places are.

use std::sync::LazyLock;

use strsim::{jaro_winkler, osa_distance};

use super::features::{Features, Place};
use crate::text::name::{NameKind, PersonName};
use crate::text::pinyin;

/// How two names stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameMatch {
    /// One of them is no evidence, or the scripts cannot be compared.
    Unknown,
    Equal,
    /// Written otherwise, sounds the same.
    Sound,
    /// A slip apart.
    Near,
    /// One part agrees, the other is missing or unclear (Latin names).
    Partial,
    /// The same surname with another given name: family, if anything.
    Relative,
    Different,
}

impl NameMatch {
    /// Equal, or written by an inattentive hand.
    pub fn agrees(self) -> bool {
        matches!(self, Self::Equal | Self::Sound | Self::Near)
    }

    /// Two people, as far as names tell.
    pub fn differs(self) -> bool {
        matches!(self, Self::Relative | Self::Different)
    }
}

/// Compares two names.
pub(crate) fn names(a: &PersonName, b: &PersonName) -> NameMatch {
    match (a.kind, b.kind) {
        (NameKind::Han, NameKind::Han) => han(a, b),
        (NameKind::Latin, NameKind::Latin) => latin(a, b),
        (NameKind::Han, NameKind::Latin) => transcribed(a, b),
        (NameKind::Latin, NameKind::Han) => transcribed(b, a),
        _ => NameMatch::Unknown,
    }
}

/// The given names of siblings, twins above all, are often one character apart, so one differing character is *not* a slip
/// unless it sounds alike: 王子轩 and 王子涵 are two children.
fn han(a: &PersonName, b: &PersonName) -> NameMatch {
    if a.surname == b.surname && a.given == b.given {
        return NameMatch::Equal;
    }
    if a.sound == b.sound {
        return NameMatch::Sound;
    }
    let count = |name: &PersonName| name.surname.chars().count() + name.given.chars().count();
    let long = count(a).min(count(b)) >= 3;
    if long && pinyin::blur(&a.sound) == pinyin::blur(&b.sound) {
        return NameMatch::Near;
    }
    if a.surname == b.surname {
        let swapped = long && a.given.chars().rev().eq(b.given.chars());
        return if swapped { NameMatch::Near } else { NameMatch::Relative };
    }
    // Another surname over the same given name of two characters: a slip, or a child registered twice.
    if a.given == b.given && long { NameMatch::Near } else { NameMatch::Different }
}

fn transcribed(han: &PersonName, latin: &PersonName) -> NameMatch {
    let sound = han.sound.replace(' ', "");
    let written = [format!("{}{}", latin.surname, latin.given), format!("{}{}", latin.given, latin.surname)];
    if written.contains(&sound) { NameMatch::Sound } else { NameMatch::Unknown }
}

fn latin(a: &PersonName, b: &PersonName) -> NameMatch {
    if a.given == b.given && a.surname == b.surname {
        return if a.given.is_empty() || a.surname.is_empty() { NameMatch::Partial } else { NameMatch::Equal };
    }
    let straight = (part(&a.given, &b.given), part(&a.surname, &b.surname));
    let crossed = (part(&a.given, &b.surname), part(&a.surname, &b.given));
    let (given, surname) = if score(crossed) > score(straight) { crossed } else { straight };
    match (given, surname) {
        (Part::Like, Part::Like) => NameMatch::Near,
        (Part::Like, _) => NameMatch::Partial,
        (Part::Missing | Part::Unclear, Part::Like) => NameMatch::Partial,
        (Part::Unlike, Part::Like) => NameMatch::Relative,
        (Part::Missing, _) | (_, Part::Missing) => NameMatch::Unknown,
        _ => NameMatch::Different,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Missing,
    Like,
    Unclear,
    Unlike,
}

fn score((given, surname): (Part, Part)) -> u8 {
    u8::from(given == Part::Like) + u8::from(surname == Part::Like)
}

fn part(a: &str, b: &str) -> Part {
    if a.is_empty() || b.is_empty() {
        return Part::Missing;
    }
    if like(a, b, 0.9) || (a.len() >= 4 && b.len() >= 4 && osa_distance(a, b) <= 1) {
        return Part::Like;
    }
    if jaro_winkler(a, b) >= 0.7 || a.starts_with(b) || b.starts_with(a) { Part::Unclear } else { Part::Unlike }
}

fn like(a: &str, b: &str, least: f64) -> bool {
    a == b || jaro_winkler(a, b) >= least
}

/// What two places have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PlaceMatch {
    pub postcode: bool,
    pub suburb: bool,
    pub street: bool,
}

impl PlaceMatch {
    /// How many of the three agree.
    pub fn count(self) -> u8 {
        u8::from(self.postcode) + u8::from(self.suburb) + u8::from(self.street)
    }
}

/// Compares two places.
pub(crate) fn places(a: &Place, b: &Place) -> PlaceMatch {
    let both = |a: &str, b: &str| !a.is_empty() && !b.is_empty();
    PlaceMatch {
        postcode: both(&a.postcode, &b.postcode) && osa_distance(&a.postcode, &b.postcode) <= 1,
        suburb: both(&a.suburb, &b.suburb) && like(&a.suburb, &b.suburb, 0.9),
        street: both(&a.street, &b.street) && like(&a.street, &b.street, 0.92),
    }
}

/// Full names so common that name and birth date may agree by chance among a million people.
static COMMON: LazyLock<std::collections::HashSet<&str>> = LazyLock::new(|| {
    "王伟 李伟 张伟 刘伟 陈伟 王芳 李芳 张芳 刘芳 王静 李静 张静 王敏 李敏 张敏 刘敏 王丽 李丽 张丽 刘洋 李娜 王娜 张娜 王磊 李磊 张磊 王强 李强 \
     张强 王军 李军 张军 王勇 李勇 张勇 刘勇 王艳 李艳 张艳 王杰 李杰 张杰 刘杰 王娟 李娟 张娟 王涛 李涛 张涛 王超 李超 张超 王鹏 李鹏 张鹏 王英 李英 \
     张英 李霞 王霞 李明 王明 张明 王秀英 李秀英 张秀英 王秀兰 李秀兰 张秀兰 王桂英 李桂英 张桂英 王玉兰 王建国 李建国 张建国 王志强 李志强 张志强 \
     王建华 李建华 张建华 刘建华 王淑珍 李淑珍 王浩 李浩 张浩 王婷 李婷 张婷 张浩然 王子轩 李子轩 张子轩 王浩宇 王梓涵 李梓涵 张梓涵 王欣怡 李欣怡 张欣怡"
        .split_whitespace()
        .collect()
});

/// Whether the record's name is one of the very common ones.
pub(crate) fn is_common(record: &Features) -> bool {
    COMMON.contains(record.name.full().as_str())
}
