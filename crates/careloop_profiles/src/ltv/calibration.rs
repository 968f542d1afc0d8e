//! How well the purchase model foretells: it is fitted to the first three quarters of the time and asked about the last.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::bg_nbd::BgNbd;
use super::purchases::{PaidDays, grouped};
use super::{LEAST_REPEAT_PAYERS, rounded};

/// Payers with so many repeat purchases or more are one bucket.
const TOP_BUCKET: u32 = 7;

/// Payers with equally many repeat purchases before the split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Repeat purchases before the split; the last bucket is "so many or more".
    pub repeats: u32,
    /// Payers.
    pub people: i64,
    /// Purchases they made after the split.
    pub actual: i64,
    /// Purchases the model expected of them.
    pub expected: f64,
}

/// Foretold and actual purchases after a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The last day the model knew.
    pub split: Date,
    /// Days after the split.
    pub days: u32,
    /// What the model was then.
    pub purchases: BgNbd,
    /// By repeat purchases before the split.
    pub buckets: Vec<Bucket>,
}

impl Calibration {
    /// None when too few payers came back before the split, or no model fits them.
    pub(super) fn of(payers: &[PaidDays], end: Date) -> Option<Self> {
        let start = payers.iter().filter_map(PaidDays::first).min()?;
        let known = (end - start).get_days() * 3 / 4;
        let split = start.checked_add(known.days()).ok()?;
        let days = u32::try_from((end - split).get_days()).ok().filter(|days| *days > 0)?;
        let until = payers.iter().filter_map(|paid| {
            let (before, after) = paid.split(split);
            Some((before.purchases(split)?, i64::try_from(after).ok()?))
        });
        let until: Vec<_> = until.collect();
        let repeat = until.iter().filter(|(one, _)| one.repeats > 0).count();
        if i64::try_from(repeat).is_ok_and(|repeat| repeat < LEAST_REPEAT_PAYERS) {
            return None;
        }
        let purchases = BgNbd::fit(&grouped(until.iter().map(|(one, _)| *one)))?;
        let mut buckets: BTreeMap<u32, Bucket> = BTreeMap::new();
        for (one, after) in until {
            let repeats = one.repeats.min(TOP_BUCKET);
            let bucket = buckets.entry(repeats).or_insert(Bucket { repeats, people: 0, actual: 0, expected: 0.0 });
            bucket.people += 1;
            bucket.actual += after;
            bucket.expected += purchases.expected(one, days);
        }
        let mut buckets: Vec<Bucket> = buckets.into_values().collect();
        for bucket in &mut buckets {
            bucket.expected = rounded(bucket.expected);
        }
        Some(Self { split, days, purchases, buckets })
    }
}
