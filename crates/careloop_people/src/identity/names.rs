//! Names, read once and shared by all records that bear them, and how two of them stand to each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use strsim::{jaro_winkler, osa_distance};

use super::frequencies::Frequencies;
use super::levels::{given, surname};
use crate::text::lookalikes;
use crate::text::name::{NameKind, PersonName};
use crate::text::pinyin;

/// A name with what comparisons ask of it again and again. Sounds are hashes: only equality matters.
#[derive(Default)]
pub(crate) struct NameForm {
    pub name: PersonName,
    /// Of the surname's and of the given name's text.
    pub surname_hash: u64,
    pub given_hash: u64,
    /// Syllables run together, so that `小明` and `Xiaoming` sound alike.
    surname_sound: u64,
    given_sound: u64,
    surname_blur: u64,
    given_blur: u64,
    /// How many characters the given name has.
    given_len: u8,
}

crate::model::redacted!(NameForm);

/// Every name once. Threads share it, each mostly waiting for nobody.
#[derive(Default)]
pub(crate) struct Names {
    shards: [Mutex<HashMap<u64, Arc<NameForm>>>; 32],
}

impl Names {
    /// The form of a name.
    pub fn form(&self, name: &PersonName) -> Arc<NameForm> {
        let parts = [&*name.surname, &*name.given, name.ward.as_deref().unwrap_or_default()];
        let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0]));
        let hash = fnv(std::iter::once(name.kind as u8).chain(bytes));
        let shard = usize::try_from(hash >> 59).unwrap_or(0);
        let mut shard = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        match shard.get(&hash) {
            Some(known) if known.name == *name => Arc::clone(known),
            Some(_) => Arc::new(NameForm::of(name.clone())),
            None => {
                let form = Arc::new(NameForm::of(name.clone()));
                shard.insert(hash, Arc::clone(&form));
                form
            }
        }
    }
}

impl NameForm {
    /// The form of a name.
    pub fn of(name: PersonName) -> Self {
        let mut form = Self {
            surname_hash: hash(&name.surname),
            given_hash: hash(&name.given),
            given_len: u8::try_from(name.given.chars().count()).unwrap_or(u8::MAX),
            ..Self::default()
        };
        if name.kind == NameKind::Han {
            let syllables = name.surname.chars().count();
            let (first, rest) = syllables_at(&name.sound, syllables);
            (form.surname_sound, form.given_sound) = (joined(first), joined(rest));
            (form.surname_blur, form.given_blur) = (hash(&pinyin::blur(first)), hash(&pinyin::blur(rest)));
        } else {
            (form.surname_sound, form.given_sound) = (form.surname_hash, form.given_hash);
        }
        Self { name, ..form }
    }

    /// Whether it says who somebody is.
    pub fn is_evidence(&self) -> bool {
        self.name.is_evidence()
    }
}

fn syllables_at(sound: &str, count: usize) -> (&str, &str) {
    let end = sound.match_indices(' ').nth(count.saturating_sub(1)).map_or(sound.len(), |(at, _)| at);
    if count == 0 { ("", sound) } else { (&sound[..end], sound[end..].trim_start()) }
}

fn joined(sound: &str) -> u64 {
    fnv(sound.bytes().filter(|byte| *byte != b' '))
}

/// FNV-1a: the same on every machine.
pub(crate) fn hash(text: &str) -> u64 {
    fnv(text.bytes())
}

/// The same of bytes.
pub(crate) fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The levels of surname and given name; both [`super::levels::MISSING`] where the names cannot be compared.
pub(crate) fn compare(a: &NameForm, b: &NameForm, frequencies: &Frequencies) -> (u8, u8) {
    match (a.name.kind, b.name.kind) {
        (NameKind::Han, NameKind::Han) => (han_surname(a, b, frequencies), han_given(a, b, frequencies)),
        (NameKind::Latin, NameKind::Latin) => latin(a, b, frequencies),
        (NameKind::Han, NameKind::Latin) => transcribed(a, b),
        (NameKind::Latin, NameKind::Han) => transcribed(b, a),
        _ => (0, 0),
    }
}

fn han_surname(a: &NameForm, b: &NameForm, frequencies: &Frequencies) -> u8 {
    if a.name.surname.is_empty() || b.name.surname.is_empty() {
        0
    } else if a.name.surname == b.name.surname {
        surname::EQUAL + frequencies.surname(a.surname_hash)
    } else if a.surname_sound == b.surname_sound {
        surname::SOUND
    } else if a.surname_blur == b.surname_blur || lookalikes::are_alike(&a.name.surname, &b.name.surname) {
        surname::NEAR
    } else {
        surname::UNLIKE
    }
}

fn han_given(a: &NameForm, b: &NameForm, frequencies: &Frequencies) -> u8 {
    let (one, other) = (&*a.name.given, &*b.name.given);
    if one == other {
        return given::EQUAL + frequencies.given(a.given_hash);
    }
    if a.given_sound == b.given_sound {
        return given::SOUND;
    }
    if lookalikes::are_alike(one, other) {
        return given::LOOKALIKE;
    }
    if a.given_blur == b.given_blur {
        return given::BLUR;
    }
    match (a.given_len, b.given_len) {
        (2, 2) if one.chars().rev().eq(other.chars()) => given::SWAPPED,
        (2, 2) if one.chars().zip(other.chars()).any(|(one, other)| one == other) => given::ONE_OFF,
        (2, 1) if one.contains(other) => given::PARTIAL,
        (1, 2) if other.contains(one) => given::PARTIAL,
        _ => given::UNLIKE,
    }
}

/// `王小明` and `Xiaoming Wang`, in either order.
fn transcribed(han: &NameForm, latin: &NameForm) -> (u8, u8) {
    let straight = (han.surname_sound == latin.surname_sound, han.given_sound == latin.given_sound);
    let crossed = (han.surname_sound == latin.given_sound, han.given_sound == latin.surname_sound);
    let (surname_alike, given_alike) = if crossed.0 && crossed.1 { crossed } else { straight };
    let level = |alike, sound, unlike| if alike { sound } else { unlike };
    (level(surname_alike, surname::SOUND, surname::UNLIKE), level(given_alike, given::SOUND, given::UNLIKE))
}

fn latin(a: &NameForm, b: &NameForm, frequencies: &Frequencies) -> (u8, u8) {
    let straight = (part(&a.name.surname, &b.name.surname), part(&a.name.given, &b.name.given));
    let crossed = (part(&a.name.surname, &b.name.given), part(&a.name.given, &b.name.surname));
    let (last, first) = if crossed.0.alike() && crossed.1.alike() && !(straight.0.alike() && straight.1.alike()) {
        crossed
    } else {
        straight
    };
    let last = match last {
        Part::Missing => 0,
        Part::Equal => surname::EQUAL + frequencies.surname(a.surname_hash),
        Part::Near => surname::SOUND,
        Part::Like | Part::Start => surname::NEAR,
        Part::Unlike => surname::UNLIKE,
    };
    let first = match first {
        Part::Missing => 0,
        Part::Equal => given::EQUAL + frequencies.given(a.given_hash),
        Part::Near => given::SOUND,
        Part::Like => given::BLUR,
        Part::Start => given::PARTIAL,
        Part::Unlike => given::UNLIKE,
    };
    (last, first)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Missing,
    Equal,
    /// One letter apart, or as good as equal.
    Near,
    /// Alike.
    Like,
    /// One begins with the other.
    Start,
    Unlike,
}

impl Part {
    fn alike(self) -> bool {
        matches!(self, Self::Equal | Self::Near | Self::Like)
    }
}

fn part(a: &str, b: &str) -> Part {
    if a.is_empty() || b.is_empty() {
        return Part::Missing;
    }
    if a == b {
        return Part::Equal;
    }
    if a.len().min(b.len()) >= 4 && osa_distance(a, b) <= 1 || jaro_winkler(a, b) >= 0.94 {
        return Part::Near;
    }
    if a.starts_with(b) || b.starts_with(a) {
        return Part::Start;
    }
    if jaro_winkler(a, b) >= 0.86 || osa_distance(a, b) <= 2 && a.len().min(b.len()) >= 5 {
        Part::Like
    } else {
        Part::Unlike
    }
}
