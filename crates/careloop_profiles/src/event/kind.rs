//! Kinds of events, each a word that is compared and looked up without a text being copied.

use std::fmt;
use std::ops::Deref;
use std::sync::LazyLock;

use careloop_events::catalogue;

use crate::names::Names;

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
        number_of(name).and_then(Self::registered).unwrap_or_else(|| Self(Name::Own(name.into())))
    }

    /// The registered kind of this number.
    pub(crate) fn registered(number: usize) -> Option<Self> {
        Some(Self(Name::Registered(u16::try_from(number).ok()?, KINDS.name(number)?)))
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

static KINDS: LazyLock<Names<&'static str>> =
    LazyLock::new(|| Names::of(catalogue().kinds().iter().map(|kind| kind.id.as_str()).collect()));

/// How many kinds are registered.
pub(crate) fn kinds() -> usize {
    KINDS.len()
}

/// The number of a registered kind.
pub(crate) fn number_of(name: &str) -> Option<usize> {
    KINDS.find(name)
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
