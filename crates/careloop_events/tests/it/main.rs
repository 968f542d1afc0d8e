//! The log on both databases and through its routes.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod late_commits;
mod routes;
mod store;

use careloop_events::NewEvent;
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;

/// An event of record `record`, `minutes` after the test clock's start.
fn event(message: &str, record: i64, minutes: i64) -> NewEvent {
    let start: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
    NewEvent {
        kind: "visit.closed".to_owned(),
        record,
        clinic: None,
        source: 1,
        message_id: message.to_owned(),
        at: start + SignedDuration::from_mins(minutes),
        amount: None,
        props: Map::new(),
        flags: 0,
    }
}
