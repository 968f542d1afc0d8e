//! What customers take up next: after which business line they pay for which new one. The shares are counted over the chain's
//! own customers and are a dated input like the value models: stored, told to the log, and kept while they are good.
//!
//! A person's *steps* are the days on which they first paid for a line. The newest line of a step leads, within half a year, to
//! the first new line of the next step, or to none. Only steps that are half a year old count, so that those who were quick do
//! not count for more than those who are slow.

mod foretold;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use foretold::{ChanceBucket, Foretold};
pub use steps::Steps;

/// How far ahead a next line lies at most, in days.
pub const HORIZON_DAYS: i64 = 180;
/// Fewer steps teach nothing reliable.
pub const LEAST_STEPS: i64 = 200;
/// How many steps of the whole chain are mixed into those after one line, so that a few customers decide nothing.
pub const BORROWED: f64 = 20.0;
/// A line with a smaller chance than this is not named.
pub const LEAST_CHANCE: f64 = 0.05;
/// How long the shares are good for, in days.
const GOOD_FOR_DAYS: i32 = 7;
/// They are also over when the people have changed by more than one in so many: an import went on.
const ONE_CHANGE_IN: i64 = 10;

/// What followed one line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Steps to this line that are old enough.
    pub steps: i64,
    /// How many of them led to which other line in time.
    pub to: BTreeMap<String, i64>,
}

/// What followed every line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transitions(BTreeMap<String, Followed>);

/// A line that is likely to be next.
#[derive(Debug, Clone, PartialEq)]
pub struct NextLine<'a> {
    /// The line.
    pub line: &'a str,
    /// The chance that it is paid for within [`HORIZON_DAYS`], before any other new one.
    pub chance: f64,
    /// Steps that were seen to lead from the newest line to it.
    pub seen: i64,
    /// Steps to the newest line that were counted.
    pub steps: i64,
}

/// Why there are no shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextWaiting {
    /// Fewer than [`LEAST_STEPS`] steps are old enough.
    FewSteps,
    /// Nobody took up a second line in time.
    NobodyWentOn,
}

/// The outcome of counting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Next {
    /// The last day that was known, in the chain's zone.
    pub as_of: Date,
    /// People who paid for some line.
    pub people: i64,
    /// Steps that were old enough.
    pub steps: i64,
    /// What followed what, or why that is not known.
    pub model: Result<Transitions, NextWaiting>,
    /// How well the shares of half a year earlier foretold; none when the log is too short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foretold: Option<Foretold>,
}

/// The day by which a step that began on a day has led somewhere or not.
pub(crate) fn horizon(from: Date) -> Date {
    from.checked_add(HORIZON_DAYS.days()).unwrap_or(Date::MAX)
}

impl Transitions {
    /// Counts the steps whose half year was over by a day.
    fn count(people: &[Steps], by: Date) -> Self {
        let mut followed: BTreeMap<String, Followed> = BTreeMap::new();
        for step in people.iter().flat_map(Steps::each).filter(|step| horizon(step.day) <= by) {
            let row = followed.entry(step.line.to_owned()).or_default();
            row.steps += 1;
            if let Some(next) = step.next {
                *row.to.entry(next.to_owned()).or_default() += 1;
            }
        }
        Self(followed)
    }

    /// Each line with what followed it, by name.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Followed)> {
        self.0.iter().map(|(line, followed)| (line.as_str(), followed))
    }

    /// All steps.
    pub fn steps(&self) -> i64 {
        self.0.values().map(|row| row.steps).sum()
    }

    /// How often each line was the next one, whatever came before.
    fn totals(&self) -> BTreeMap<&str, i64> {
        let mut totals = BTreeMap::new();
        for (line, count) in self.0.values().flat_map(|row| &row.to) {
            *totals.entry(line.as_str()).or_insert(0) += count;
        }
        totals
    }

    /// The likeliest new line for somebody whose newest line and lines so far are these; none when every one is unlikely.
    pub fn next(&self, newest: &str, owned: &[&str]) -> Option<NextLine<'_>> {
        let row = self.0.get(newest);
        let (all, steps) = (self.steps().max(1) as f64, row.map_or(0, |row| row.steps));
        let chances = self.totals().into_iter().filter(|(line, _)| !owned.contains(line)).map(|(line, total)| {
            let seen = row.and_then(|row| row.to.get(line)).copied().unwrap_or(0);
            let chance = (seen as f64 + BORROWED * total as f64 / all) / (steps as f64 + BORROWED);
            NextLine { line, chance, seen, steps }
        });
        // Of equals the first by name.
        let best = chances.reduce(|best, one| if one.chance > best.chance { one } else { best });
        best.filter(|best| best.chance >= LEAST_CHANCE)
    }

    /// The line that was most often the next one, of those somebody has not.
    fn most_common(&self, owned: &[&str]) -> Option<&str> {
        let lines = self.totals().into_iter().filter(|(line, _)| !owned.contains(line));
        lines.reduce(|best, one| if one.1 > best.1 { one } else { best }).map(|(line, _)| line)
    }
}

impl Next {
    /// Counts what followed what as known at the end of a day.
    pub fn count(people: &[Steps], as_of: Date) -> Self {
        let transitions = Transitions::count(people, as_of);
        let steps = transitions.steps();
        let model = match steps {
            few if few < LEAST_STEPS => Err(NextWaiting::FewSteps),
            _ if transitions.totals().is_empty() => Err(NextWaiting::NobodyWentOn),
            _ => Ok(transitions),
        };
        Self { as_of, people: size(people), steps, model, foretold: Foretold::of(people, as_of) }
    }

    /// Whether this still serves on a day with these people.
    pub fn is_good(&self, today: Date, people: &[Steps]) -> bool {
        let age = (today - self.as_of).get_days();
        (0..GOOD_FOR_DAYS).contains(&age) && (size(people) - self.people).abs() * ONE_CHANGE_IN <= self.people
    }
}

fn size(people: &[Steps]) -> i64 {
    i64::try_from(people.iter().filter(|steps| !steps.is_empty()).count()).unwrap_or(i64::MAX)
}
