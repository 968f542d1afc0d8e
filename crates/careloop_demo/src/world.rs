//! What every part of the story shares: chance, time, the files and the running numbers.

use std::collections::VecDeque;

use jiff::civil::Date;

use crate::Error;
use crate::ads::AdLedger;
use crate::calendar::{Calendar, Moment};
use crate::dice::Dice;
use crate::families::Registry;
use crate::layout::Layout;
use crate::output::{Output, Stamp, Value};
use crate::people_files::PeopleFiles;

/// A customer who may recommend the chain to others.
#[derive(Clone)]
pub(crate) struct Referrer {
    pub(crate) record: String,
    pub(crate) clinic: usize,
    pub(crate) since: Moment,
}

/// How many recent customers are remembered as possible referrers.
const REFERRERS: usize = 2048;

/// The chain while its story is being told.
pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) calendar: Calendar,
    pub(crate) registry: Registry,
    pub(crate) out: Output,
    pub(crate) people: PeopleFiles,
    pub(crate) ads: AdLedger,
    referrers: VecDeque<Referrer>,
    numbers: u64,
}

impl World {
    pub(crate) fn new(
        dice: Dice,
        calendar: Calendar,
        registry: Registry,
        (out, people): (Output, PeopleFiles),
    ) -> Self {
        let ads = AdLedger::new(calendar.end);
        Self { dice, calendar, registry, out, people, ads, referrers: VecDeque::new(), numbers: 0 }
    }

    /// The next number of a document.
    pub(crate) fn number(&mut self, prefix: &str) -> String {
        self.numbers += 1;
        format!("{prefix}{:08}", self.numbers)
    }

    /// Tells of one event, unless it lies in the future.
    pub(crate) fn log(
        &mut self,
        what: (&'static Layout, &'static str),
        stamp: Stamp<'_>,
        fields: &[(&'static str, Value<'_>)],
    ) -> Result<(), Error> {
        self.out.log(&self.calendar, what, stamp, fields)
    }

    pub(crate) fn is_past(&self, at: Moment) -> bool {
        at.day() < self.calendar.end
    }

    /// The chain put its visit board up a month before the end: stages are known only since.
    pub(crate) fn has_board(&self, at: Moment) -> bool {
        at.day() >= self.calendar.end - 30
    }

    pub(crate) fn today(&self, at: Moment) -> Date {
        self.calendar.date(at.day())
    }

    pub(crate) fn remember(&mut self, referrer: Referrer) {
        if self.referrers.len() == REFERRERS {
            self.referrers.pop_front();
        }
        self.referrers.push_back(referrer);
    }

    /// Somebody who was a customer before `at` and may have recommended the chain.
    pub(crate) fn find_referrer(&mut self, at: Moment) -> Option<Referrer> {
        (0..6).find_map(|_| {
            let index = self.dice.index(self.referrers.len().max(1));
            self.referrers.get(index).filter(|referrer| referrer.since.plus_minutes(600) < at).cloned()
        })
    }
}
