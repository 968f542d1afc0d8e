//! Quantiles over the chain's people: measured, dated, told, and the same for live, rebuild and the past.

use careloop_segments::get_segment;
use careloop_testkit::{TestDb, on_both};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::cdnow::{count, count_now};
use crate::chain::{append, event, members, records, segment, settle};

fn top() -> Value {
    json!({"event":"payment.received","within":"365d","sum":{"field":"amount","gte":{"quantile":80}}})
}

/// Everybody pays this many times 100.00.
async fn pay(test: &TestDb, records: &[i64], at: &str, times: &[i64]) {
    let paid =
        |(record, times): (&i64, &i64)| event(*record, "payment.received", at, json!({ "amount": times * 10_000 }));
    append(test, &records.iter().zip(times).map(paid).collect::<Vec<_>>()).await;
}

fn sorted(records: &[i64]) -> Vec<i64> {
    let mut records = records.to_vec();
    records.sort_unstable();
    records
}

async fn told(test: &TestDb) -> usize {
    let events = careloop_events::of_records(test.db.read(), &[0]).await.unwrap();
    events.iter().filter(|event| event.props.text_of("input").as_deref() == Some("segments.quantiles")).count()
}

#[tokio::test]
async fn the_top_fifth_follows_what_everybody_paid() {
    on_both(|test| async move {
        let records = records(&test, 12).await;
        pay(&test, &records, "2026-03-01T00:00:00Z", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).await;
        assert_eq!(count_now(&test, top()).await, 2, "measured for the question, since no segment asks for it");
        let best = segment(&test, "best", top()).await;
        assert_eq!(members(&test, best).await, sorted(&records[8..10]));
        let (_, said, _) = get_segment(&test.db, &test.ctx.require().unwrap(), best).await.unwrap();
        assert_eq!(said.zh, "最近365天内收款金额合计位于前20%（不小于900.00）");
        assert_eq!(told(&test).await, 1);
        let then = "2026-03-02T09:00:30+08:00";
        test.clock.advance(SignedDuration::from_mins(1));
        pay(&test, &records[10..], "2026-03-02T01:00:30Z", &[50, 60]).await;
        settle(&test).await;
        assert_eq!(
            members(&test, best).await,
            sorted(&records[8..]),
            "the number of the day stays, and two more reach it"
        );
        assert_eq!(count_now(&test, top()).await, 4, "a question says what the segment says");
        test.clock.advance(SignedDuration::from_hours(24));
        pay(&test, &records[..1], "2026-03-03T01:00:00Z", &[1]).await;
        settle(&test).await;
        assert_eq!(members(&test, best).await, sorted(&records[9..]), "the day after, 1000.00 is asked");
        assert_eq!((count(&test, top(), then).await, told(&test).await), (2, 2), "as of then, with the number of then");
        let before = members(&test, best).await;
        careloop_segments::rebuild(&test.db, &test.ctx).await.unwrap();
        settle(&test).await;
        assert_eq!((members(&test, best).await, told(&test).await), (before, 2));
    })
    .await;
}

#[tokio::test]
async fn a_segment_in_another_one_and_a_tag_of_numbers_are_ranked_too() {
    on_both(|test| async move {
        let records = records(&test, 10).await;
        pay(&test, &records, "2026-03-01T00:00:00Z", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).await;
        let score = json!({"tag":"val.m","gte":{"quantile":60}});
        assert_eq!(count_now(&test, score.clone()).await, 4);
        let scored = segment(&test, "scored", score).await;
        assert_eq!(members(&test, scored).await, sorted(&records[6..]));
        let inner = segment(&test, "inner", top()).await;
        let outer = segment(&test, "outer", json!({"all":[{"segment": scored},{"not":{"segment": inner}}]})).await;
        assert_eq!(members(&test, outer).await, sorted(&records[6..8]));
    })
    .await;
}
