//! Kinds of events, each a word that is compared and looked up without a text being copied.

use std::fmt;
use std::ops::Deref;
use std::sync::LazyLock;

use careloop_events::catalogue;

/// The kind of an event: a registered one by its name in the catalogue, any other by a text of its own.
#[derive(Clone)]
pub struct EventKind(Name);

#[derive(Clone)]
enum Name {
    /// Number and name in the catalogue.
    Registered(u16, &'static str),
    /// What a sender calls it.
    Own(Box<str>),
}

impl EventKind {
    /// The kind of this name.
    pub fn of(name: &str) -> Self {
        Self(match number_of(name).and_then(|number| Some((u16::try_from(number).ok()?, *KINDS.names.get(number)?))) {
            Some((number, name)) => Name::Registered(number, name),
            None => Name::Own(name.into()),
        })
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Name::Registered(_, name) => name,
            Name::Own(name) => name,
        }
    }

    /// Its number among the registered kinds.
    pub(crate) fn number(&self) -> Option<usize> {
        match &self.0 {
            Name::Registered(number, _) => Some(usize::from(*number)),
            Name::Own(_) => None,
        }
    }
}

impl Deref for EventKind {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for EventKind {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for EventKind {}

impl PartialEq<str> for EventKind {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for EventKind {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for EventKind {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl fmt::Debug for EventKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl From<&str> for EventKind {
    fn from(name: &str) -> Self {
        Self::of(name)
    }
}

/// The registered kinds by number and by name.
struct Kinds {
    names: Vec<&'static str>,
    /// Open addressing: the number after one more than the place its name hashes to, 0 where there is none.
    slots: Vec<u16>,
}

static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    let names: Vec<&'static str> = catalogue().kinds().iter().map(|kind| kind.id.as_str()).collect();
    let mut slots = vec![0_u16; (names.len() * 4).next_power_of_two()];
    for (number, name) in (1_u16..).zip(&names) {
        let mut place = hash(name);
        while slots[place % slots.len()] != 0 {
            place += 1;
        }
        let place = place % slots.len();
        slots[place] = number;
    }
    Kinds { names, slots }
});

/// How many kinds are registered.
pub(crate) fn kinds() -> usize {
    KINDS.names.len()
}

/// The number of a registered kind.
pub(crate) fn number_of(name: &str) -> Option<usize> {
    let Kinds { names, slots } = &*KINDS;
    let mut place = hash(name);
    loop {
        let number = usize::from(slots[place & (slots.len() - 1)]).checked_sub(1)?;
        if names[number] == name {
            return Some(number);
        }
        place += 1;
    }
}

/// Eight bytes at a time, with the multiplier of FxHash; the names are the program's own, so nobody can choose them to collide.
fn hash(name: &str) -> usize {
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let hashed = words.iter().fold(name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    (mix(hashed, rest) >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_its_name_registered_or_not() {
        for (number, kind) in catalogue().kinds().iter().enumerate() {
            assert_eq!((number_of(&kind.id), EventKind::of(&kind.id).number()), (Some(number), Some(number)));
            assert_eq!(EventKind::of(&kind.id), kind.id.as_str());
        }
        for own in ["", "x", "payment.receive", "payment.received2", "自己的"] {
            let kind = EventKind::of(own);
            assert_eq!((kind.number(), kind.as_str(), kind.to_string()), (None, own, own.to_owned()));
        }
        assert_eq!(kinds(), catalogue().kinds().len());
    }
}
