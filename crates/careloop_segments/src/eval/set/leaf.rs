//! What a rule asks of the events of one person.

use std::ops::Range;

use crate::eval::World;
use crate::eval::grouped::{Block, KindEvents};
use crate::eval::person::Total;
use crate::rule::{Ends, EventTest, Gaps, Measure, Second, Test};

use super::numbers::{Counts, Field};
use super::rows::Rows;

/// A test made ready for the events of one block.
pub(super) struct Leaf<'a> {
    rows: Rows<'a>,
    asks: Asks<'a>,
    now: i64,
}

enum Asks<'a> {
    Exists,
    Count(Counts<'a>),
    Sum { field: Field<'a>, digits: Option<u8>, test: &'a Test },
    Distinct { field: Field<'a>, counts: Counts<'a> },
    Gaps(&'a Gaps),
    First(&'a Ends),
    Last(&'a Ends),
    Followed(Following<'a>),
    NotFollowed(Following<'a>),
}

/// Room to work in, so that no person needs their own.
#[derive(Default)]
pub(super) struct Room {
    firsts: Vec<i64>,
    seconds: Vec<i64>,
}

impl<'a> Leaf<'a> {
    /// Makes a test ready for a block; `second` has the events that must or must not follow.
    pub(super) fn of(
        test: &'a EventTest,
        block: &'a Block,
        second: &'a KindEvents,
        (world, now): (&'a World, i64),
    ) -> Self {
        let columns = &block.columns;
        let following = |second_test| Following::of(test, second_test, second, (world, now));
        let asks = match &test.measure {
            Measure::Exists => Asks::Exists,
            Measure::Count(test) => Asks::Count(Counts::of(test)),
            Measure::Sum { field, test } => {
                Asks::Sum { field: Field::parts(columns, field), digits: Total::digits(test), test }
            }
            Measure::Distinct { field, test } => {
                Asks::Distinct { field: Field::identities(columns, field), counts: Counts::of(test) }
            }
            Measure::Gaps(bounds) => Asks::Gaps(bounds),
            Measure::First(ends) => Asks::First(ends),
            Measure::Last(ends) => Asks::Last(ends),
            Measure::FollowedBy(second) => Asks::Followed(following(second)),
            Measure::NotFollowedBy(second) => Asks::NotFollowed(following(second)),
        };
        Self { rows: Rows::of(columns, &test.filters, world, test.window.bounds(now)), asks, now }
    }

    /// Whether it holds for the person with these rows.
    pub(super) fn holds(&self, person: u32, group: Range<usize>, room: &mut Room) -> bool {
        let at = |row: usize| self.rows.columns.at_us[row];
        match &self.asks {
            Asks::Exists => self.rows.back(group).next().is_some(),
            Asks::Count(counts) => counts.passes(count(self.rows.back(group))),
            Asks::Sum { field, digits, test } => {
                let (sum, count) = field.sum(&self.rows, group);
                test.passes_number(&sum.value(*digits), count)
            }
            Asks::Distinct { field, counts } => counts.passes(field.different(&self.rows, group, &mut room.firsts)),
            Asks::Gaps(bounds) => {
                let instants = self.rows.instants(group, &mut room.firsts);
                bounds.hold(bounds.gap.of(instants))
            }
            Asks::First(ends) => self.rows.forth(group).next().is_some_and(|row| ends.hold(at(row), self.now)),
            Asks::Last(ends) => self.rows.back(group).next().is_some_and(|row| ends.hold(at(row), self.now)),
            Asks::Followed(following) => self.some(person, group, room, |at, seconds| following.follows(at, seconds)),
            Asks::NotFollowed(following) => self.some(person, group, room, |at, seconds| {
                following.second.is_over(at, self.now) && !following.follows(at, seconds)
            }),
        }
    }

    /// Whether some event of a person is as wanted, by its instant and those that may follow.
    fn some(&self, person: u32, group: Range<usize>, room: &mut Room, wanted: impl Fn(i64, &[i64]) -> bool) -> bool {
        let (Asks::Followed(following) | Asks::NotFollowed(following)) = &self.asks else { return false };
        let firsts = self.rows.instants(group, &mut room.firsts);
        if firsts.is_empty() {
            return false;
        }
        let seconds = following.instants(person, &mut room.seconds);
        firsts.iter().any(|at| wanted(*at, seconds))
    }

    /// How many, their sum, or how many different values these rows have; none when they are none.
    pub(super) fn number(&self, group: Range<usize>, room: &mut Room) -> Option<i64> {
        match &self.asks {
            Asks::Distinct { field, .. } => {
                Some(field.different(&self.rows, group, &mut room.firsts)).filter(|number| *number > 0)
            }
            Asks::Sum { field, digits, .. } => {
                let (sum, count) = field.sum(&self.rows, group);
                sum.value(*digits).parts().filter(|_| count > 0)
            }
            _ => Some(count(self.rows.back(group))).filter(|count| *count > 0),
        }
    }
}

fn count(rows: impl Iterator<Item = usize>) -> i64 {
    i64::try_from(rows.count()).unwrap_or(i64::MAX)
}

/// The events that must or must not follow.
struct Following<'a> {
    second: &'a Second,
    kind: &'a str,
    events: &'a KindEvents,
    base: Rows<'a>,
    fresh: Rows<'a>,
}

impl<'a> Following<'a> {
    fn of(test: &'a EventTest, second: &'a Second, events: &'a KindEvents, (world, now): (&'a World, i64)) -> Self {
        let rows = |block: &'a Block| Rows::of(&block.columns, &second.filters, world, (i64::MIN, now));
        Self { second, kind: &test.kind, events, base: rows(&events.base), fresh: rows(&events.fresh.1) }
    }

    /// The instants of a person's events, in order.
    fn instants<'r>(&'r self, person: u32, room: &'r mut Vec<i64>) -> &'r [i64] {
        let (base, fresh) = self.events.rows_of(person);
        if fresh.is_empty() { self.base.instants(base, room) } else { self.fresh.instants(fresh, room) }
    }

    fn follows(&self, at: i64, seconds: &[i64]) -> bool {
        self.second.follower(self.kind, at, seconds).is_some()
    }
}
