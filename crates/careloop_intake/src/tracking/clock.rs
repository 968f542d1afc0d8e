//! When something happened, when the client's clock cannot be trusted. Pure.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde_json::Value;

/// A clock this much ahead is noise, not a mistake worth a flag.
const NOISE: SignedDuration = SignedDuration::from_secs(60);
/// 2000-01-01T00:00:00Z. Nothing that a tracking client saw is older.
const OLDEST_SECS: i64 = 946_684_800;

/// Reads an instant as clients write it: RFC 3339 with `Z` or an offset, a time without a zone (taken as UTC), or
/// milliseconds since 1970.
pub(crate) fn read(value: &Value) -> Option<Timestamp> {
    let instant = match value {
        Value::String(text) => {
            let text = text.trim();
            text.parse::<Timestamp>().ok().or_else(|| {
                let civil = text.parse::<civil::DateTime>().ok()?;
                TimeZone::UTC.to_timestamp(civil).ok()
            })
        }
        Value::Number(number) => Timestamp::from_millisecond(number.as_i64()?).ok(),
        _ => None,
    }?;
    Timestamp::from_microsecond(instant.as_microsecond()).ok()
}

/// When an event happened by our clock, and whether that had to be forced.
///
/// `received − (sent − original)`: the client's clock may be wrong, but it measures its own delays well. Without `sent`
/// the original stands, without an original it happened now. What lies in the future, or before 2000, is moved to the
/// nearest possible instant and flagged, never dropped.
pub(crate) fn correct(original: Option<Timestamp>, sent: Option<Timestamp>, received: Timestamp) -> (Timestamp, bool) {
    let Some(original) = original else { return (received, false) };
    let at = match sent {
        Some(sent) => received.checked_sub(sent.duration_since(original)).ok(),
        None => Some(original),
    };
    let oldest = Timestamp::from_second(OLDEST_SECS).unwrap_or(Timestamp::UNIX_EPOCH);
    match at {
        Some(at) if at > received => (received, at.duration_since(received) > NOISE),
        Some(at) if at < oldest => (oldest, true),
        Some(at) => (at, false),
        None => (received, true),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_wrong_clock_is_corrected_by_its_own_delay() {
        let received = at("2026-03-02T10:00:05Z");
        // The client's clock is a day behind; the event waited 3 s in its queue.
        let (original, sent) = (at("2026-03-01T10:00:00Z"), at("2026-03-01T10:00:03Z"));
        assert_eq!(correct(Some(original), Some(sent), received), (at("2026-03-02T10:00:02Z"), false));
        assert_eq!(correct(Some(original), None, received), (original, false));
        assert_eq!(correct(None, Some(sent), received), (received, false));
    }

    #[test]
    fn the_future_and_the_stone_age_are_moved_and_flagged() {
        let received = at("2026-03-02T10:00:00Z");
        assert_eq!(correct(Some(at("2031-01-01T00:00:00Z")), None, received), (received, true));
        assert_eq!(correct(Some(at("2026-03-02T10:00:30Z")), None, received), (received, false));
        assert_eq!(correct(Some(at("1970-01-01T00:00:00Z")), None, received), (at("2000-01-01T00:00:00Z"), true));
        assert!(!correct(Some(at("2019-05-05T00:00:00Z")), None, received).1);
    }

    #[test]
    fn instants_are_read_as_clients_write_them() {
        let instant = at("2026-03-01T01:02:03.456Z");
        for given in [
            json!("2026-03-01T01:02:03.456Z"),
            json!("2026-03-01T09:02:03.456+08:00"),
            json!("2026-03-01T01:02:03.456+00:00"),
            json!("2026-03-01T01:02:03.456"),
            json!(instant.as_millisecond()),
        ] {
            assert_eq!(read(&given), Some(instant), "{given}");
        }
        for given in [json!("soon"), json!(null), json!({}), json!(1.5)] {
            assert_eq!(read(&given), None, "{given}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_client_claims_the_time_is_possible(original in any::<i64>(), sent in any::<Option<i64>>()) {
            let received = at("2026-03-02T10:00:00Z");
            let instant = |micros: i64| Timestamp::from_microsecond(micros).ok();
            let (at, _) = correct(instant(original), sent.and_then(instant), received);
            prop_assert!(at <= received && at.as_second() >= OLDEST_SECS);
        }
    }
}
