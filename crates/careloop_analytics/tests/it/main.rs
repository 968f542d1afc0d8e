//! The lake on both databases: what a query sees, before and after compaction.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use careloop_analytics::{Analytics, Cell, Lake, Query, Table, export_events};
use careloop_db::run;
use careloop_events::{INTERNAL_SOURCE, NewEvent, append};
use careloop_kernel::{Currency, Money};
use careloop_testkit::{TestDb, on_both};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

fn engine(test: &TestDb) -> Analytics {
    let lake = Lake::folder(&test.folder.path().join("lake")).unwrap();
    Analytics::new(test.db.clone(), lake, TimeZone::get("Asia/Shanghai").unwrap()).unwrap()
}

/// Record `ord` of a person whose anchor is `person`.
async fn record(test: &TestDb, ord: i64, person: i64) {
    let sql = "INSERT INTO records (ord, id, source, source_key, person, household, attributes, content_hash, first_seen_at, updated_at)
               VALUES ($1, $2, 1, $2, $3, $3, '{}', 0, 0, 0)";
    run(test.db.write(), sql, [ord.into(), format!("rec_{ord:026}").into(), person.into()]).await.unwrap();
}

fn payment(number: i64, record: i64, at: Timestamp) -> NewEvent {
    NewEvent {
        kind: "payment.received".to_owned(),
        record,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id: format!("p{number}"),
        at,
        amount: Some(Money::of_minor(100 * number, Currency::CNY)),
        props: serde_json::json!({ "item": if number % 2 == 0 { "洁牙" } else { "种植" } })
            .as_object()
            .unwrap()
            .clone(),
        flags: 0,
    }
}

async fn pay(test: &TestDb, numbers: std::ops::Range<i64>) {
    let start: Timestamp = "2026-01-31T15:30:00Z".parse().unwrap();
    let events: Vec<NewEvent> =
        numbers.map(|number| payment(number, 1 + number % 2, start + SignedDuration::from_hours(number))).collect();
    let tx = test.db.begin().await.unwrap();
    append(&*tx, test.db.engine(), &test.ctx, &events).await.unwrap();
    tx.commit().await.unwrap();
}

/// Moves `count` events into the lake. On PostgreSQL the lake waits before transactions that still run, and other tests
/// of the same cluster run some, so it may take several turns.
async fn compact(test: &TestDb, analytics: &Analytics, count: u64) {
    let mut moved = 0;
    while moved < count {
        moved += analytics.compact(&test.ctx, 1).await.unwrap().events;
        tokio::task::yield_now().await;
    }
    assert_eq!(moved, count);
}

fn ask(sql: &str) -> Query {
    Query { sql: sql.to_owned(), kinds: vec!["payment.received".to_owned()], from: None, to: None }
}

const TOTALS: &str =
    "SELECT COUNT(*), SUM(e.amount_minor), COUNT(DISTINCT p.person) FROM events e JOIN people p ON p.record = e.record";

fn row(count: i64, sum: i64, people: i64) -> Table {
    Table { rows: vec![vec![Cell::Int(count), Cell::Int(sum), Cell::Int(people)]] }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_the_same_from_the_tail_and_from_the_lake() {
    on_both(|test| async move {
        record(&test, 1, 1).await;
        record(&test, 2, 1).await;
        let analytics = engine(&test);
        pay(&test, 1..11).await;
        assert_eq!(
            analytics.query(&ask(TOTALS)).await.unwrap(),
            row(10, 5500, 1),
            "all in the tail, two records of one person"
        );
        compact(&test, &analytics, 10).await;
        assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), row(10, 5500, 1), "all in the lake");
        pay(&test, 11..13).await;
        assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), row(12, 7800, 1), "lake and tail");
        assert_eq!(analytics.compact(&test.ctx, 5).await.unwrap().events, 0, "a short tail stays where it is");
        analytics.rebuild(&test.ctx).await.unwrap();
        assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), row(12, 7800, 1), "written again from the log");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_files_become_one_and_nothing_is_lost_or_doubled() {
    on_both(|test| async move {
        record(&test, 1, 1).await;
        record(&test, 2, 2).await;
        let analytics = engine(&test);
        for start in 0..9 {
            pay(&test, start * 5 + 1..start * 5 + 6).await;
            compact(&test, &analytics, 5).await;
        }
        assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), row(45, 100 * 45 * 46 / 2, 2));
        let by_item = ask("SELECT prop(e.props, 'item') AS item, COUNT(*) FROM events e GROUP BY 1 ORDER BY 2");
        let rows = analytics.query(&by_item).await.unwrap().rows;
        assert_eq!(
            rows,
            [[Cell::Text("洁牙".to_owned()), Cell::Int(22)], [Cell::Text("种植".to_owned()), Cell::Int(23)]]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_starts_at_midnight_of_the_chain_and_pruned_months_lose_nothing() {
    on_both(|test| async move {
        record(&test, 1, 1).await;
        record(&test, 2, 2).await;
        let analytics = engine(&test);
        pay(&test, 0..2).await;
        compact(&test, &analytics, 2).await;
        let mut query = ask("SELECT CAST(e.day AS VARCHAR), COUNT(*) FROM events e GROUP BY 1 ORDER BY 1");
        query.from = Some("2026-02-01".parse().unwrap());
        query.to = Some("2026-02-02".parse().unwrap());
        let days = analytics.query(&query).await.unwrap().rows;
        // 23:30 and 00:30 in Shanghai; both instants lie in January of UTC.
        assert_eq!(
            days,
            [[Cell::Text("2026-01-31".to_owned()), Cell::Int(1)], [Cell::Text("2026-02-01".to_owned()), Cell::Int(1)]]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_holds_every_event_under_public_names() {
    on_both(|test| async move {
        record(&test, 1, 1).await;
        record(&test, 2, 1).await;
        pay(&test, 1..4).await;
        let out = test.folder.path().join("out");
        assert_eq!(export_events(&test.db, &out).await.unwrap(), 3);
        let exported = Lake::folder(&out).unwrap();
        let analytics = Analytics::new(test.db.clone(), exported, TimeZone::UTC).unwrap();
        let columns = analytics
            .read_export(
                "events-0000.parquet",
                "SELECT kind, person_id, source, amount_minor, props FROM exported ORDER BY seq LIMIT 1",
            )
            .await
            .unwrap();
        let text = |text: &str| Cell::Text(text.to_owned());
        let person = format!("per_{:026}", 1);
        assert_eq!(
            columns.rows,
            [[text("payment.received"), text(&person), text("careloop"), Cell::Int(100), text(r#"{"item":"种植"}"#)]]
        );
    })
    .await;
}
