//! A test over one person's events.

use std::borrow::Cow;

use careloop_events::{FieldType, catalogue};
use careloop_profiles::Event;

use crate::eval::facts::named;
use crate::eval::{World, earlier};
use crate::rule::{Edge, Ends, EventTest, Gaps, Identity, Measure, Scalar, Second, Test, Window, cell};

use super::{Answer, Judge, shown};

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
        // A reason names the last few.
        Self { is, found, decisive: events[events.len().saturating_sub(5)..].to_vec(), until: None }
    }
}

impl<'a> Judge<'a> {
    pub(super) fn event(&self, test: &EventTest, path: &str) -> Answer {
        let (from, to) = test.window.bounds(self.now);
        let all = self.fitting(&test.kind, &test.filters);
        let place = |at: i64| all.partition_point(|event| event.at_us < at);
        let within = all.get(place(from)..place(to)).unwrap_or_default();
        let leaves = match &test.window {
            Window::Within(length) => within.first().map(|event| event.at_us + length.micros + 1),
            Window::Whole | Window::Between { .. } => None,
        };
        let found = self.measure(test, within);
        let until = [self.ahead(&all), leaves, found.until].into_iter().fold(None, earlier);
        let events = || found.decisive.iter().map(|event| event.seq).collect();
        (found.is, self.clause(path, found.is, || (found.found, events())), until)
    }

    /// The person's events of a kind that pass these conditions, those ahead too.
    fn fitting(&self, kind: &str, filters: &[(String, Test)]) -> Cow<'_, [&'a Event]> {
        let all = self.events.list(kind);
        if all.is_empty() || filters.is_empty() {
            return Cow::Borrowed(all);
        }
        let filters: Vec<(Column<'_>, &Test)> =
            filters.iter().map(|(name, test)| (Column::of(kind, name), test)).collect();
        let passes = |event: &&&Event| filters.iter().all(|(column, test)| column.passes(event, test, self.world));
        all.iter().filter(passes).copied().collect()
    }

    /// When the next event ahead counts.
    fn ahead(&self, events: &[&Event]) -> Option<i64> {
        events.get(events.partition_point(|event| event.at_us < self.now)).map(|event| event.at_us + 1)
    }

    fn measure<'e>(&self, test: &EventTest, events: &[&'e Event]) -> Finding<'e>
    where
        'a: 'e,
    {
        let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
        match &test.measure {
            Measure::Exists => Finding::of_all(count > 0, self.said(|| count.to_string()), events),
            Measure::Count(number) => {
                let is = number.passes_number(&Scalar::Int(count), count);
                Finding::of_all(is, self.said(|| count.to_string()), events)
            }
            Measure::Sum { field, test: wanted } => {
                let column = Column::of(&test.kind, field);
                let add = |total: Total, event: &&Event| {
                    column.first(event, self.world).map_or(total, |value| total.add(&value))
                };
                let sum = events.iter().fold(Total::default(), add).value(Total::digits(wanted));
                Finding::of_all(wanted.passes_number(&sum, count), self.said(|| shown(&sum)), events)
            }
            Measure::Distinct { field, test: wanted } => {
                let number = self.distinct(&test.kind, field, events);
                let is = wanted.passes_number(&Scalar::Int(number), number);
                Finding::of_all(is, self.said(|| number.to_string()), events)
            }
            Measure::Gaps(bounds) => self.gaps(bounds, events),
            Measure::First(ends) => self.end(ends, events.first().copied()),
            Measure::Last(ends) => self.end(ends, events.last().copied()),
            Measure::FollowedBy(second) => self.followed_by(&test.kind, second, events),
            Measure::NotFollowedBy(second) => self.not_followed_by(&test.kind, second, events),
        }
    }

    /// How many different values a field of these events has. Clinics and sources are told apart by their numbers.
    fn distinct(&self, kind: &str, field: &str, events: &[&Event]) -> i64 {
        let column = Column::of(kind, field);
        let values: Vec<Scalar>;
        let mut all: Vec<Identity<'_>> = match field {
            "clinic" => events.iter().filter_map(|event| event.clinic).map(Identity::of_number).collect(),
            "source" => events.iter().map(|event| Identity::of_number(event.source)).collect(),
            _ if column.is_text() => events.iter().filter_map(|event| event.text(field)).map(Identity::Text).collect(),
            _ => {
                values = events.iter().filter_map(|event| column.first(event, self.world)).collect();
                values.iter().map(Scalar::identity).collect()
            }
        };
        all.sort_unstable();
        all.dedup();
        i64::try_from(all.len()).unwrap_or(i64::MAX)
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
            found: event.and_then(|event| self.time(event)),
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
                Finding { is: true, found: self.time(follower), decisive: vec![first, follower], until: ahead }
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
            Some(first) => Finding { is: true, found: self.time(first), decisive: vec![first], until },
            None => {
                let last = firsts.last().copied();
                let decisive = last.into_iter().chain(last.and_then(follower)).collect();
                Finding { is: false, found: last.and_then(|last| self.time(last)), decisive, until }
            }
        }
    }

    /// What may follow so far, and when the next of it counts.
    fn seconds(&self, second: &Second) -> (Vec<&'a Event>, Option<i64>) {
        let mut seconds = self.fitting(&second.kind, &second.filters).into_owned();
        let ahead = self.ahead(&seconds);
        seconds.retain(|event| event.at_us < self.now);
        (seconds, ahead)
    }

    /// A gap, with the two events it lies between where it is a single one.
    fn gaps<'e>(&self, bounds: &Gaps, events: &[&'e Event]) -> Finding<'e> {
        let instants: Vec<i64> = events.iter().map(|event| event.at_us).collect();
        let micros = bounds.gap.of(&instants);
        let decisive = match bounds.gap.ends_at(&instants) {
            Some(end) => vec![events[end - 1], events[end]],
            None => events.to_vec(),
        };
        let found = micros.and_then(|micros| self.said(|| days(micros)));
        Finding { is: bounds.hold(micros), found, decisive, until: None }
    }

    /// What was found, where anybody will read it.
    fn said(&self, found: impl FnOnce() -> String) -> Option<String> {
        self.telling.then(found)
    }

    fn time(&self, event: &Event) -> Option<String> {
        self.said(|| shown(&Scalar::Instant(event.at_us)))
    }
}

/// A length in days with one decimal, cut off, as rules write days.
fn days(micros: i64) -> String {
    let tenths = micros / 8_640_000_000;
    match tenths % 10 {
        0 => format!("{}d", tenths / 10),
        rest => format!("{}.{rest}d", tenths / 10),
    }
}

/// A field of the events of one kind.
struct Column<'r> {
    name: &'r str,
    registered: Option<FieldType>,
}

impl<'r> Column<'r> {
    fn of(kind: &str, name: &'r str) -> Self {
        let registered = match name {
            "clinic" | "source" | "amount" => None,
            _ => catalogue().find(kind).and_then(|kind| kind.fields.get(name)).map(|field| field.r#type),
        };
        Self { name, registered }
    }

    fn is_text(&self) -> bool {
        self.registered == Some(FieldType::Text)
    }

    /// Whether some value of an event's field passes; several where a clinic or source has several names.
    fn passes(&self, event: &Event, test: &Test, world: &World) -> bool {
        match self.name {
            "clinic" => test.passes_any(&named(&world.names.clinics, event.clinic.as_slice())),
            "source" => test.passes_any(&named(&world.names.sources, &[event.source])),
            name if self.is_text() => test.fits(event.text(name).map(Identity::Text)),
            _ => test.passes(self.first(event, world).as_ref()),
        }
    }

    /// The value of an event's field; the first name of a clinic or source.
    fn first(&self, event: &Event, world: &World) -> Option<Scalar> {
        match self.name {
            "clinic" => named(&world.names.clinics, event.clinic.as_slice()).into_iter().next(),
            "source" => named(&world.names.sources, &[event.source]).into_iter().next(),
            "amount" => event.amount.map(Scalar::money),
            name => event.props.get(name).and_then(|value| cell(&value, self.registered, &world.zone)),
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
