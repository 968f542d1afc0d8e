//! A tag's values over time.

use std::time::Duration;

use careloop_kernel::ids::{Id, StaffId};
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, PermissionSet, Scope};
use careloop_segments::{TagTrend, TagTrends, Trended, tag_trend};
use careloop_testkit::{TestDb, on_both};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::chain::{append, event, lives, records, settle};

async fn trend(test: &TestDb, trends: &TagTrends, tag: &str) -> TagTrend {
    counted(test, &test.ctx.require().unwrap(), trends, tag).await
}

async fn counted(test: &TestDb, ctx: &Ctx<ReadSegments>, trends: &TagTrends, tag: &str) -> TagTrend {
    match tag_trend(&test.db, ctx, trends, tag, Duration::MAX).await.unwrap() {
        Trended::Counted(trend) => trend,
        Trended::Counting(percent) => panic!("nobody waits for ever, and {percent} % are done"),
    }
}

fn end_of(day: Date) -> Timestamp {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    day.tomorrow().unwrap().to_zoned(zone).unwrap().timestamp()
}

#[tokio::test]
async fn every_point_is_what_a_segment_of_the_value_says_of_that_instant() {
    on_both(|test| async move {
        let records = records(&test, 30).await;
        append(&test, &lives(&records)).await;
        settle(&test).await;
        let read = test.ctx.require::<ReadSegments>().unwrap();
        let trends = TagTrends::default();
        for tag in ["visit.recency", "val.rfm", "care.recall_overdue", "attr.personality"] {
            let trend = trend(&test, &trends, tag).await;
            assert_eq!((trend.days.len(), trend.people, trend.looked_at), (14, 30, 30));
            for (value, counts) in &trend.values {
                let rule = json!({ "tag": tag, "in": [value] });
                let rule = if value == "true" { json!({ "tag": tag, "is": true }) } else { rule };
                for (day, count) in trend.days.iter().zip(counts) {
                    let at = end_of(*day).min(test.ctx.now() + SignedDuration::from_micros(1));
                    let exact = careloop_segments::count(&test.db, &read, &rule, Some(at)).await.unwrap();
                    assert_eq!(*count, exact, "{tag} {value} on {day}");
                }
            }
        }
        let recency = trend(&test, &trends, "visit.recency").await;
        let moved = recency.values.iter().any(|(_, counts)| counts.first() != counts.last());
        assert!(moved, "time passes: {recency:?}");
    })
    .await;
}

#[tokio::test]
async fn a_walk_is_kept_for_minutes_and_told_apart_by_scope() {
    on_both(|test| async move {
        let records = records(&test, 4).await;
        append(&test, &lives(&records)).await;
        settle(&test).await;
        let trends = TagTrends::default();
        let last = async || {
            let trend = trend(&test, &trends, "attr.personality").await;
            trend.values.first().map_or(0, |(_, counts)| *counts.last().unwrap())
        };
        assert_eq!(last().await, 4);
        let gone = json!({ "tag": "attr.personality", "value": "怕疼", "by": "staff" });
        append(&test, &[event(records[0], "tag.removed", "2026-03-02T01:00:00Z", gone)]).await;
        settle(&test).await;
        assert_eq!(last().await, 4, "minutes old at most");
        test.clock.advance(SignedDuration::from_mins(6));
        assert_eq!(last().await, 3);
        let nobody =
            Ctx::staff(test.ctx.env().clone(), StaffId::from_bits(1), 1, Scope::Clinics(vec![9]), PermissionSet::all());
        let seen = counted(&test, &nobody.require().unwrap(), &trends, "attr.personality").await;
        assert!(seen.values.is_empty(), "{seen:?}");
    })
    .await;
}
