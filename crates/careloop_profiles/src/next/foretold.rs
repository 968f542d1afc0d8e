//! How well the shares foretell: those known half a year ago are asked about the steps whose half year had begun by then and
//! is over now, which they did not count.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{HORIZON_DAYS, LEAST_STEPS, Steps, Transitions, horizon};

/// Where the buckets of chances begin, in percent; smaller chances are not named.
const BOUNDS: [u32; 6] = [5, 10, 15, 20, 30, 50];

/// Steps for which a line of about the same chance was named.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChanceBucket {
    /// Where the chances begin, in percent; they end where the next bucket begins.
    pub from_percent: u32,
    /// Steps.
    pub steps: i64,
    /// How many led to the line that was named.
    pub actual: i64,
    /// The sum of the chances.
    pub expected: f64,
}

/// Named and actual next lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Foretold {
    /// The last day the shares knew.
    pub split: Date,
    /// By chance.
    pub buckets: Vec<ChanceBucket>,
    /// How many of the same steps led to the line that is most often next, whatever came before.
    pub most_common: i64,
}

impl Foretold {
    /// None when too little was known half a year ago, or nothing could be named.
    pub(super) fn of(people: &[Steps], as_of: Date) -> Option<Self> {
        let split = as_of.checked_sub(HORIZON_DAYS.days()).ok()?;
        let known = Transitions::count(people, split);
        if known.steps() < LEAST_STEPS {
            return None;
        }
        let mut buckets: BTreeMap<u32, ChanceBucket> = BTreeMap::new();
        let mut most_common = 0;
        let open = |day: Date| day <= split && horizon(day) > split;
        for step in people.iter().flat_map(Steps::each).filter(|step| open(step.day)) {
            let Some(named) = known.next(step.line, &step.owned) else { continue };
            let from = BOUNDS.into_iter().rev().find(|bound| named.chance * 100.0 >= f64::from(*bound))?;
            let fresh = ChanceBucket { from_percent: from, steps: 0, actual: 0, expected: 0.0 };
            let bucket = buckets.entry(from).or_insert(fresh);
            bucket.steps += 1;
            bucket.actual += i64::from(step.next == Some(named.line));
            bucket.expected += named.chance;
            most_common += i64::from(step.next.is_some() && step.next == known.most_common(&step.owned));
        }
        let mut buckets: Vec<ChanceBucket> = buckets.into_values().collect();
        for bucket in &mut buckets {
            // Sums of chances are kept to a millionth, so that every machine stores the same text.
            bucket.expected = (bucket.expected * 1e6).round() / 1e6;
        }
        (!buckets.is_empty()).then_some(Self { split, buckets, most_common })
    }

    /// Steps, those that led to what was named, and as many as were expected to.
    pub fn sums(&self) -> (i64, i64, f64) {
        self.buckets.iter().fold((0, 0, 0.0), |(steps, actual, expected), one| {
            (steps + one.steps, actual + one.actual, expected + one.expected)
        })
    }
}
