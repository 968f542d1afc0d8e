//! Shares of times.

use std::time::Duration;

/// The time, in milliseconds, that this share of `times` did not exceed; they are sorted on the way.
pub(crate) fn percentile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let rank = (times.len() as f64 * share).ceil() as usize;
    times.get(rank.saturating_sub(1)).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
