//! The fold: one pure function from facts, events, inputs and an instant to everything that is true of a person then.
//!
//! Rebuild, live refresh and as-of questions all call [`fold`]. It sees the events before `now`; an event at or after
//! `now` only tells when to look again. Each area of the tag library is one module below.

mod attr;
mod calendar;
mod care;
mod engage;
mod gov;
mod history;
mod life;
mod manual;
mod member;
mod mentions;
mod need;
mod plans;
mod value;
mod visit;
mod worth;

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::event::Event;
use crate::library::{FLAG, MAX_VALUE, tag_library};
use crate::limits::Limits;
use crate::model::{Facts, Inputs, Micros, Origin, Profile, TagValue, Why};

use calendar::Calendar;

pub use history::History;
pub(crate) use history::Payments;
pub use manual::tags_held;
pub(crate) use mentions::mentions;

pub(crate) use manual::held;

/// 24 hours.
pub(crate) const DAY_US: Micros = 86_400_000_000;
const HOUR_US: Micros = 3_600_000_000;

/// Everything that is true of a person just before `now`, from facts, events ordered by `(at, seq)` and inputs.
///
/// The answer is the same for every instant from `now` up to the profile's `due_us`.
pub fn fold(facts: &Facts, events: &[Event], inputs: &Inputs, now: Timestamp) -> Profile {
    let now = now.as_microsecond();
    let (past, ahead) = events.split_at(events.partition_point(|event| event.at_us < now));
    let calendar = Calendar::around(&inputs.zone, now);
    let seen = History::of(past);
    let paid = Payments::of(&seen, &calendar);
    let mut fold = Fold::of(facts, inputs, Past { seen: &seen, paid: &paid, calendar: &calendar }, now);
    fold.look_again(ahead.first().map(|event| event.at_us + 1));
    attr::fold(&mut fold);
    need::fold(&mut fold);
    let plans = visit::fold(&mut fold);
    let cycle_points = value::fold(&mut fold);
    let care = care::fold(&mut fold);
    care::watch(&mut fold);
    let silent = engage::fold(&mut fold);
    life::fold(&mut fold, &life::Circumstances { plans, cycle_points, care, silent });
    gov::fold(&mut fold);
    manual::fold(&mut fold);
    Profile { due_us: fold.due, values: fold.in_order() }
}

/// Whether something holds, and when that may change without an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timed<T> {
    pub value: T,
    pub until: Option<Micros>,
}

/// The earlier of two instants, where none is never.
pub(crate) fn earlier(a: Option<Micros>, b: Option<Micros>) -> Option<Micros> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// What happened up to an instant, sorted out once.
#[derive(Clone, Copy)]
pub(crate) struct Past<'a> {
    pub seen: &'a History<'a>,
    pub paid: &'a Payments<'a>,
    pub calendar: &'a Calendar<'a>,
}

/// The work in progress.
pub(crate) struct Fold<'a> {
    pub facts: &'a Facts,
    pub inputs: &'a Inputs,
    pub now: Micros,
    /// The date of `now` in the chain's zone.
    pub today: Date,
    pub limits: &'a Limits,
    pub seen: &'a History<'a>,
    /// The paid ledger.
    pub paid: &'a Payments<'a>,
    calendar: &'a Calendar<'a>,
    /// With the place of the tag in the library.
    values: Vec<(usize, TagValue)>,
    due: Option<Micros>,
}

impl<'a> Fold<'a> {
    /// Nothing found yet of a person, at an instant with this past.
    fn of(facts: &'a Facts, inputs: &'a Inputs, past: Past<'a>, now: Micros) -> Self {
        let Past { seen, paid, calendar } = past;
        Self {
            facts,
            inputs,
            now,
            today: calendar.date(now),
            limits: &inputs.limits,
            seen,
            paid,
            calendar,
            values: Vec::with_capacity(64),
            due: None,
        }
    }

    /// Adds a value. `until` is registered as an instant to look again.
    pub fn set(&mut self, tag: &str, value: impl Into<String>, why: Why, until: Option<Micros>) {
        self.look_again(until);
        let Some((place, def)) = tag_library().placed(tag) else { return };
        let until_us = until.filter(|until| *until > self.now);
        let why = self.limits.said(place).iter().fold(why, |why, (key, number)| why.or(key, number));
        let value = shortened(value.into());
        let tag = Cow::Borrowed(def.id.as_str());
        self.values.push((place, TagValue { tag, value, why, until_us, origin: Origin::Computed }));
    }

    /// Adds a flag when it holds; registers its instant in either case.
    pub fn flag(&mut self, tag: &str, holds: bool, why: Why, until: Option<Micros>) {
        if holds {
            self.set(tag, FLAG, why, until);
        } else {
            self.look_again(until);
        }
    }

    /// Registers an instant at which something may change without an event.
    pub fn look_again(&mut self, at: Option<Micros>) {
        self.due = earlier(self.due, at.filter(|at| *at > self.now));
    }

    /// The first value of a tag that was found so far, for rules that build on others.
    pub fn found(&self, tag: &str) -> Option<&TagValue> {
        let (place, _) = tag_library().placed(tag)?;
        self.values.iter().find(|(held, _)| *held == place).map(|(_, value)| value)
    }

    /// Puts values set by people in the place of those of a tag so far.
    pub fn replace(&mut self, place: usize, by: Vec<TagValue>) {
        self.values.retain(|(held, _)| *held != place);
        self.add(place, by);
    }

    /// Adds values of a tag set by people.
    pub fn add(&mut self, place: usize, values: Vec<TagValue>) {
        self.values.extend(values.into_iter().map(|value| (place, value)));
    }

    /// The values in the order of tags and values, without the computed ones of tags that wait for data. What this person's own
    /// data says stays: it has just come.
    fn in_order(self) -> Vec<TagValue> {
        let library = tag_library();
        let waiting = self.inputs.waiting.iter().filter_map(|tag| Some(library.placed(tag)?.0));
        let waiting: Vec<usize> = waiting.collect();
        let stays = |(place, value): &(usize, TagValue)| {
            value.origin != Origin::Computed || !waiting.contains(place) || self.has_come(*place)
        };
        let kept = self.values.iter().enumerate().filter(|(_, value)| stays(value));
        let mut order: Vec<(usize, usize)> = kept.map(|(at, (place, _))| (library.rank(*place), at)).collect();
        order.sort_unstable_by(|(a, one), (b, other)| {
            a.cmp(b).then_with(|| self.values[*one].1.value.cmp(&self.values[*other].1.value)).then(one.cmp(other))
        });
        let mut values: Vec<Option<TagValue>> = self.values.into_iter().map(|(_, value)| Some(value)).collect();
        order.into_iter().filter_map(|(_, at)| values[at].take()).collect()
    }

    /// Whether something that the tag at this place can be told from is known of the person.
    fn has_come(&self, place: usize) -> bool {
        tag_library().tags().get(place).is_some_and(|tag| {
            tag.needs().iter().any(|kind| !self.seen.list(kind).is_empty())
                || tag.records.iter().any(|field| self.facts.have(*field))
        })
    }

    /// The date of an instant in the chain's zone.
    pub fn date(&self, at: Micros) -> Date {
        self.calendar.date(at)
    }

    /// Date and time of day of an instant in the chain's zone.
    pub fn date_time(&self, at: Micros) -> DateTime {
        self.calendar.date_time(at)
    }

    /// The hour of an instant in the chain's zone.
    pub fn hour(&self, at: Micros) -> i8 {
        self.calendar.hour(at)
    }

    /// The first instant of a date in the chain's zone.
    pub fn start_of(&self, date: Date) -> Option<Micros> {
        self.calendar.start_of(date)
    }

    /// The first instant of the day `days` after `date`.
    pub fn day_after(&self, date: Date, days: i64) -> Option<Micros> {
        self.calendar.day_after(date, days)
    }

    /// Whether `at` is more than `days` times 24 hours ago.
    pub fn older(&self, at: Micros, days: i64) -> Timed<bool> {
        let flips = at + days * DAY_US + 1;
        let value = self.now >= flips;
        Timed { value, until: (!value).then_some(flips) }
    }

    /// The events of the last `days` times 24 hours, and when the first of them leaves.
    pub fn recent(&self, events: &[&'a Event], days: i64) -> (Vec<&'a Event>, Option<Micros>) {
        let from = self.now - days * DAY_US;
        let within: Vec<&Event> = events.iter().copied().filter(|event| event.at_us >= from).collect();
        let leaves = within.iter().map(|event| event.at_us + days * DAY_US + 1).min();
        (within, leaves)
    }

    /// Hours after an instant, as an instant.
    pub fn hours_after(at: Micros, hours: i64) -> Micros {
        at + hours * HOUR_US
    }

    /// An instant written in a field, RFC 3339 or civil in the chain's zone.
    pub fn instant(&self, event: &Event, field: &str) -> Option<Micros> {
        let text = event.text(field)?;
        careloop_kernel::parse_instant(text, &self.inputs.zone).ok().map(Timestamp::as_microsecond)
    }

    /// Whether the last day named in a field is not over, and when it will be. One without such a day is good for ever.
    pub fn good(&self, event: &Event, field: &str) -> Timed<bool> {
        let until = Self::day_of(event, field).and_then(|day| self.day_after(day, 1));
        let value = until.is_none_or(|until| until > self.now);
        Timed { value, until: until.filter(|_| value) }
    }

    /// Whether a day is today or within `days` days, and when that changes.
    pub fn nears(&self, day: Date, days: i64) -> Timed<bool> {
        let (starts, ends) = (self.day_after(day, -days), self.day_after(day, 1));
        let value = starts.is_some_and(|at| at <= self.now) && ends.is_some_and(|at| at > self.now);
        let until = [starts, ends].into_iter().flatten().find(|at| *at > self.now);
        Timed { value, until }
    }

    /// Whether `at` is at most `days` times 24 hours ago, and when that ends.
    pub fn lately(&self, at: Micros, days: i64) -> Timed<bool> {
        let old = self.older(at, days);
        Timed { value: !old.value, until: old.until }
    }

    /// A date written in a field.
    pub fn day_of(event: &Event, field: &str) -> Option<Date> {
        event.text(field)?.parse().ok()
    }
}

/// A value as long as it may be.
fn shortened(value: String) -> String {
    if value.len() <= MAX_VALUE { value } else { value.chars().take(MAX_VALUE).collect() }
}

/// A length as the rules count.
pub(crate) fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The last of these events.
pub(crate) fn latest<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<&'a Event> {
    events.into_iter().max_by_key(|event| (event.at_us, event.seq))
}

/// Minor units as text in the major unit with two decimals, for reasons.
pub(crate) fn major(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.unsigned_abs();
    format!("{sign}{}.{:02}", minor / 100, minor % 100)
}
