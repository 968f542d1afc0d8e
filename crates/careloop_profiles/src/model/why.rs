//! Why a tag has its value.
//!
//! Reasons are made for everything a rule looks at, and most of what it looks at does not hold: so numbers and days stay what
//! they are until somebody wants the words.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use jiff::civil::Date;

use crate::event::{Event, EventKind};
use crate::fold::major;

/// Why a tag has its value: what fills the tag's `because` sentence, and the events that decided.
///
/// INVARIANT: nothing here changes between two instants unless `until` or an event lies between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Why {
    /// Names in the sentence and their values.
    pub args: Args,
    /// `events.seq` of the deciding events, at most [`Why::EVENTS`], latest last.
    pub events: Seqs,
}

impl Why {
    /// How many events a reason names at most.
    pub const EVENTS: usize = 5;

    /// A reason that is the record itself.
    pub fn recorded() -> Self {
        Self::default()
    }

    /// A reason decided by these events; the last few are kept.
    pub fn events<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        Self { args: Args::default(), events: events.into_iter().map(|event| event.seq).collect() }
    }

    /// Fills a name of the sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.put(name.into(), value.into());
        self
    }

    /// Fills a name of the sentence that the rule itself does not fill.
    #[must_use]
    pub(crate) fn or(self, name: &'static str, value: &Arg) -> Self {
        if self.args.find(name).is_some() { self } else { self.with(name, value.clone()) }
    }
}

/// Numbers of events, the last few of however many are put in.
#[derive(Clone, Copy, Default)]
pub struct Seqs {
    seqs: [i64; Why::EVENTS],
    held: usize,
}

impl Seqs {
    fn push(&mut self, seq: i64) {
        if self.held == Why::EVENTS {
            self.seqs.rotate_left(1);
            self.held -= 1;
        }
        self.seqs[self.held] = seq;
        self.held += 1;
    }
}

impl Deref for Seqs {
    type Target = [i64];

    fn deref(&self) -> &[i64] {
        &self.seqs[..self.held]
    }
}

impl FromIterator<i64> for Seqs {
    fn from_iter<I: IntoIterator<Item = i64>>(seqs: I) -> Self {
        let mut kept = Self::default();
        seqs.into_iter().for_each(|seq| kept.push(seq));
        kept
    }
}

impl PartialEq for Seqs {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Seqs {}

impl fmt::Debug for Seqs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

/// Names of a sentence and their values, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Args(Vec<(Cow<'static, str>, Arg)>);

impl Args {
    /// Names and values, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arg)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The value of a name.
    pub fn find(&self, name: &str) -> Option<&Arg> {
        self.iter().find(|(held, _)| *held == name).map(|(_, value)| value)
    }

    fn put(&mut self, name: Cow<'static, str>, value: Arg) {
        if self.0.capacity() == 0 {
            self.0.reserve(4);
        }
        let place = self.0.iter().position(|(held, _)| *held >= name).unwrap_or(self.0.len());
        match self.0.get_mut(place).filter(|(held, _)| *held == name) {
            Some((_, held)) => *held = value,
            None => self.0.insert(place, (name, value)),
        }
    }
}

/// What fills a name of a sentence. It is what it reads like: two that read alike are equal.
#[derive(Debug, Clone)]
pub enum Arg {
    /// Words.
    Text(Cow<'static, str>),
    /// A whole number.
    Number(i64),
    /// A day.
    Day(Date),
    /// Minor units, read in the major unit with two decimals.
    Minor(i64),
}

impl Arg {
    /// As people read it.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Day(day) => Cow::Owned(day.to_string()),
            Self::Minor(minor) => Cow::Owned(major(*minor)),
        }
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text())
    }
}

impl PartialEq for Arg {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Arg {}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&EventKind> for Arg {
    fn from(kind: &EventKind) -> Self {
        kind.as_str().into()
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&i64> for Arg {
    fn from(number: &i64) -> Self {
        Self::Number(*number)
    }
}

impl From<&Date> for Arg {
    fn from(day: &Date) -> Self {
        Self::Day(*day)
    }
}

impl From<i8> for Arg {
    fn from(number: i8) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        i64::try_from(number).map_or_else(|_| number.to_string().into(), Self::Number)
    }
}

impl From<Date> for Arg {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}
