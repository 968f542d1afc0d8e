//! A test over one person's events.

use std::collections::BTreeSet;

use careloop_events::catalogue;
use careloop_profiles::Event;

use crate::eval::facts::named;
use crate::eval::{World, earlier};
use crate::rule::{Edge, Ends, EventTest, Gaps, Identity, Measure, Scalar, Second, Test, Window, cell};

use super::{Answer, Judge, clause, shown};

/// What was found of the events that fit.
struct Finding<'e> {
    is: bool,
    found: Option<String>,
    decisive: Vec<&'e Event>,
    until: Option<i64>,
}

impl<'e> Finding<'e> {
    /// Something that all events decide together, and that only a change among them changes.
    fn of_all(is: bool, found: Option<String>, events: &[&'e Event]) -> Self {
        Self { is, found, decisive: events.to_vec(), until: None }
    }
}

impl<'a> Judge<'a> {
    pub(super) fn event(&self, test: &EventTest, path: &str) -> Answer {
        let (from, to) = test.window.bounds(self.now);
        let all = self.fitting(&test.kind, &test.filters);
        let within: Vec<&Event> = all.iter().copied().filter(|event| event.at_us >= from && event.at_us < to).collect();
        let leaves = match &test.window {
            Window::Within(length) => within.iter().map(|event| event.at_us + length.micros + 1).min(),
            Window::Whole | Window::Between { .. } => None,
        };
        let found = self.measure(test, &within);
        let until = [self.ahead(&all), leaves, found.until].into_iter().fold(None, earlier);
        let events = found.decisive.into_iter().map(|event| event.seq).collect();
        (found.is, vec![clause(path, found.is, found.found, events)], until)
    }

    /// The person's events of a kind that pass these conditions, those ahead too.
    fn fitting(&self, kind: &str, filters: &[(String, Test)]) -> Vec<&'a Event> {
        let passes = |event: &&Event| {
            filters.iter().all(|(name, condition)| condition.passes_any(&field_values(event, kind, name, self.world)))
        };
        self.subject.events.iter().filter(|event| event.kind == kind).filter(passes).collect()
    }

    /// When the next event ahead counts.
    fn ahead(&self, events: &[&Event]) -> Option<i64> {
        events.iter().map(|event| event.at_us).filter(|at| *at >= self.now).min().map(|at| at + 1)
    }

    fn measure<'e>(&self, test: &EventTest, events: &[&'e Event]) -> Finding<'e>
    where
        'a: 'e,
    {
        let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
        match &test.measure {
            Measure::Exists => Finding::of_all(count > 0, Some(count.to_string()), events),
            Measure::Count(number) => {
                Finding::of_all(number.passes_number(&Scalar::Int(count), count), Some(count.to_string()), events)
            }
            Measure::Sum { field, test: wanted } => {
                let add = |total: Total, event: &&Event| {
                    field_values(event, &test.kind, field, self.world).first().map_or(total, |value| total.add(value))
                };
                let sum = events.iter().fold(Total::default(), add).value(Total::digits(wanted));
                Finding::of_all(wanted.passes_number(&sum, count), Some(shown(&sum)), events)
            }
            Measure::Distinct { field, test: wanted } => {
                let number = self.distinct(&test.kind, field, events);
                let is = wanted.passes_number(&Scalar::Int(number), number);
                Finding::of_all(is, Some(number.to_string()), events)
            }
            Measure::Gaps(bounds) => gaps(bounds, events),
            Measure::First(ends) => self.end(ends, events.first().copied()),
            Measure::Last(ends) => self.end(ends, events.last().copied()),
            Measure::FollowedBy(second) => self.followed_by(&test.kind, second, events),
            Measure::NotFollowedBy(second) => self.not_followed_by(&test.kind, second, events),
        }
    }

    /// How many different values a field of these events has. Clinics and sources are told apart by their numbers.
    fn distinct(&self, kind: &str, field: &str, events: &[&Event]) -> i64 {
        let values: Vec<Scalar> = match field {
            "clinic" | "source" => Vec::new(),
            _ => events.iter().flat_map(|event| field_values(event, kind, field, self.world)).collect(),
        };
        let numbered = events.iter().filter_map(|event| match field {
            "clinic" => event.clinic,
            "source" => Some(event.source),
            _ => None,
        });
        let different: BTreeSet<Identity<'_>> =
            values.iter().map(Scalar::identity).chain(numbered.map(Identity::of_number)).collect();
        i64::try_from(different.len()).unwrap_or(i64::MAX)
    }

    /// The first or last event against its bounds.
    fn end<'e>(&self, ends: &Ends, event: Option<&'e Event>) -> Finding<'e> {
        let passes = |event: &Event| {
            let edges = [&ends.before, &ends.after].into_iter().flatten();
            edges
                .filter_map(
                    |edge| if let Edge::Ago(length) = edge { Some(event.at_us + length.micros + 1) } else { None },
                )
                .filter(|at| *at > self.now)
                .min()
        };
        Finding {
            is: event.is_some_and(|event| ends.hold(event.at_us, self.now)),
            found: event.map(time),
            decisive: event.into_iter().collect(),
            until: event.and_then(passes),
        }
    }

    /// The last event that another follows, with that one; or the last event, which none follows.
    fn followed_by<'e>(&self, kind: &str, second: &Second, firsts: &[&'e Event]) -> Finding<'e>
    where
        'a: 'e,
    {
        let (seconds, ahead) = self.seconds(second);
        let at: Vec<i64> = seconds.iter().map(|event| event.at_us).collect();
        let followed = firsts.iter().rev().find_map(|first| {
            let follower = *seconds.get(second.follower(kind, first.at_us, &at)?)?;
            Some((*first, follower))
        });
        match followed {
            Some((first, follower)) => {
                Finding { is: true, found: Some(time(follower)), decisive: vec![first, follower], until: ahead }
            }
            None => {
                Finding { is: false, found: None, decisive: firsts.last().copied().into_iter().collect(), until: ahead }
            }
        }
    }

    /// The last event that none followed in time; or the last event, with what followed it.
    fn not_followed_by<'e>(&self, kind: &str, second: &Second, firsts: &[&'e Event]) -> Finding<'e>
    where
        'a: 'e,
    {
        let (seconds, ahead) = self.seconds(second);
        let at: Vec<i64> = seconds.iter().map(|event| event.at_us).collect();
        let follower =
            |first: &Event| second.follower(kind, first.at_us, &at).and_then(|place| seconds.get(place).copied());
        let alone: Vec<&Event> = firsts.iter().copied().filter(|first| follower(first).is_none()).collect();
        let over = alone.iter().filter_map(|first| second.over_at(first.at_us)).filter(|over| *over > self.now).min();
        let until = earlier(ahead, over);
        match alone.iter().rev().find(|first| second.is_over(first.at_us, self.now)) {
            Some(first) => Finding { is: true, found: Some(time(first)), decisive: vec![first], until },
            None => {
                let last = firsts.last().copied();
                let decisive = last.into_iter().chain(last.and_then(follower)).collect();
                Finding { is: false, found: last.map(time), decisive, until }
            }
        }
    }

    /// What may follow so far, and when the next of it counts.
    fn seconds(&self, second: &Second) -> (Vec<&'a Event>, Option<i64>) {
        let mut seconds = self.fitting(&second.kind, &second.filters);
        let ahead = self.ahead(&seconds);
        seconds.retain(|event| event.at_us < self.now);
        (seconds, ahead)
    }
}

fn time(event: &Event) -> String {
    shown(&Scalar::Instant(event.at_us))
}

/// A gap, with the two events it lies between where it is a single one.
fn gaps<'e>(bounds: &Gaps, events: &[&'e Event]) -> Finding<'e> {
    let instants: Vec<i64> = events.iter().map(|event| event.at_us).collect();
    let micros = bounds.gap.of(&instants);
    let decisive = match bounds.gap.ends_at(&instants) {
        Some(end) => vec![events[end - 1], events[end]],
        None => events.to_vec(),
    };
    Finding { is: bounds.hold(micros), found: micros.map(days), decisive, until: None }
}

/// A length in days with one decimal, cut off, as rules write days.
fn days(micros: i64) -> String {
    let tenths = micros / 8_640_000_000;
    match tenths % 10 {
        0 => format!("{}d", tenths / 10),
        rest => format!("{}.{rest}d", tenths / 10),
    }
}

/// The values of an event's field; several where a clinic or source has several names.
fn field_values(event: &Event, kind: &str, name: &str, world: &World) -> Vec<Scalar> {
    match name {
        "clinic" => named(&world.names.clinics, event.clinic.as_slice()),
        "source" => named(&world.names.sources, &[event.source]),
        "amount" => event.amount.map(Scalar::money).into_iter().collect(),
        _ => {
            let field = catalogue().find(kind).and_then(|kind| kind.fields.get(name)).map(|field| field.r#type);
            event.props.get(name).and_then(|value| cell(&value, field, &world.zone)).into_iter().collect()
        }
    }
}

/// A running sum: minor units of money, millionths of other numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::eval) struct Total(i64);

impl Total {
    /// What a value adds; what is no number adds nothing.
    pub(in crate::eval) fn part(value: &Scalar) -> i64 {
        match value {
            Scalar::Money { minor, .. } => *minor,
            Scalar::Int(number) => number.saturating_mul(1_000_000),
            Scalar::Decimal(millionths) => *millionths,
            Scalar::Text(_) | Scalar::Bool(_) | Scalar::Date(_) | Scalar::Instant(_) => 0,
        }
    }

    /// Adds a value.
    pub(in crate::eval) fn add(self, value: &Scalar) -> Self {
        self.add_part(Self::part(value))
    }

    /// Adds what a value adds.
    pub(in crate::eval) fn add_part(self, part: i64) -> Self {
        Self(self.0.saturating_add(part))
    }

    /// The decimals of money where the test speaks of money.
    pub(in crate::eval) fn digits(test: &Test) -> Option<u8> {
        let digits = |scalar: &Scalar| if let Scalar::Money { digits, .. } = scalar { Some(*digits) } else { None };
        test.scalars().find_map(digits)
    }

    /// The sum, as money where there are decimals of money.
    pub(in crate::eval) fn value(self, digits: Option<u8>) -> Scalar {
        match digits {
            Some(digits) => Scalar::Money { minor: self.0, digits },
            None => Scalar::Decimal(self.0),
        }
    }
}
