//! How many tries an activity's page takes in a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

const MINUTE_US: i64 = 60_000_000;

/// Lets so many tries a minute through per activity, on this node; whoever comes later is asked to wait.
///
/// A hall of people at one door stays far below the limit; somebody who tries numbers by machine does not.
#[derive(Debug, Clone)]
pub struct Turnstile {
    per_minute: u32,
    /// The minute that is counted, and the tries in it.
    tries: Arc<Mutex<HashMap<i64, (i64, u32)>>>,
}

impl Default for Turnstile {
    fn default() -> Self {
        Self::new(120)
    }
}

impl Turnstile {
    /// A turnstile that lets so many through a minute.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, tries: Arc::default() }
    }

    /// Counts a try at an instant (microseconds); false when it is one too many.
    pub fn admits(&self, activity: i64, now_us: i64) -> bool {
        let minute = now_us.div_euclid(MINUTE_US);
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, (counted, _)| *counted == minute);
        let (_, count) = tries.entry(activity).or_insert((minute, 0));
        *count = count.saturating_add(1);
        *count <= self.per_minute
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_admits_so_many_and_the_next_one_starts_anew() {
        let turnstile = Turnstile::new(2);
        let admitted = |activity, now| turnstile.admits(activity, now);
        assert_eq!([admitted(1, 0), admitted(1, 1), admitted(1, MINUTE_US - 1)], [true, true, false]);
        assert!(admitted(2, 0), "each activity has its own");
        assert!(admitted(1, MINUTE_US));
    }
}
