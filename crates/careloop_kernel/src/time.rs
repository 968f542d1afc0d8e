//! Clocks and sources of randomness, injected so that tests can own them.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};

use crate::{Error, Result};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant, cut to microseconds as it is stored.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        to_micros(Timestamp::now())
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "without randomness no key or token may be made")]
        SysRng.try_fill_bytes(buffer).expect("invariant: the operating system gives randomness");
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(Mutex::new(to_micros(now)))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.checked_add(by).unwrap_or(Timestamp::MAX);
    }

    /// Sets the clock.
    pub fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to_micros(to);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Repeatable randomness for tests.
#[derive(Debug)]
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// The sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
    }
}

fn to_micros(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

/// Reads an instant a person typed: RFC 3339, or a date or date-time in `zone` (a date means its first moment).
pub fn parse_instant(text: &str, zone: &jiff::tz::TimeZone) -> Result<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(to_micros(instant));
    }
    let wrong = || {
        Error::invalid("time.malformed", format!("`{text}` is no time; write 2026-03-01 or 2026-03-01T09:00:00+08:00"))
    };
    let civil: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    zone.to_timestamp(civil).map_err(|_| wrong())
}
