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
    let sql =
        "INSERT INTO records (ord, id, source, source_key, person, household, content_hash, first_seen_at, updated_at)
               VALUES ($1, $2, 1, $2, $3, $3, 0, 0, 0)";
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
async fn two_compactors_and_a_rebuild_at_once_count_every_event_once() {
    on_both(|test| async move {
        record(&test, 1, 1).await;
        record(&test, 2, 2).await;
        let (one, other, third) = (engine(&test), engine(&test), engine(&test));
        for round in 1..=6 {
            pay(&test, round * 10 - 9..round * 10 + 1).await;
            let (first, second, rebuilt) =
                tokio::join!(one.compact(&test.ctx, 1), other.compact(&test.ctx, 1), third.rebuild(&test.ctx));
            for done in [first, second, rebuilt] {
                done.unwrap();
            }
            let count = round * 10;
            let expected = row(count, 100 * count * (count + 1) / 2, 2);
            for analytics in [&one, &other, &third] {
                assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), expected, "round {round}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_files_are_forgotten_before_they_are_gone() {
    on_both(|test| async move {
        record(&test, 1, 1).await;
        record(&test, 2, 2).await;
        let analytics = engine(&test);
        pay(&test, 1..11).await;
        compact(&test, &analytics, 10).await;
        assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), row(10, 5500, 2));
        engine(&test).rebuild(&test.ctx).await.unwrap();
        test.clock.advance(SignedDuration::from_mins(11));
        analytics.compact(&test.ctx, 1).await.unwrap();
        assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), row(10, 5500, 2), "the old files are swept");
        let files =
            std::fs::read_dir(test.folder.path().join("lake/events/kind=payment.received/month=2026-02")).unwrap();
        assert_eq!(files.count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_follow_the_chains_time_zone_in_the_tail_and_in_the_lake() {
    on_both(|test| async move {
        record(&test, 1, 1).await;
        record(&test, 2, 2).await;
        let analytics = engine(&test);
        let by_day = ask("SELECT CAST(e.day AS VARCHAR), COUNT(*) FROM events e GROUP BY 1 ORDER BY 1");
        let day = |day: &str, count: i64| vec![Cell::Text(day.to_owned()), Cell::Int(count)];
        pay(&test, 0..1).await;
        compact(&test, &analytics, 1).await;
        pay(&test, 1..2).await;
        let here = [day("2026-01-31", 1), day("2026-02-01", 1)];
        assert_eq!(analytics.query(&by_day).await.unwrap().rows, here, "23:30 and 00:30 in Shanghai");
        let sql = "INSERT INTO settings (key, value) VALUES ('chain.time_zone', 'America/New_York')
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        run(test.db.write(), sql, []).await.unwrap();
        let there = [day("2026-01-31", 2)];
        assert_eq!(analytics.query(&by_day).await.unwrap().rows, there, "a file of the old zone is read with new days");
        analytics.compact(&test.ctx, 100).await.unwrap();
        assert_eq!(analytics.query(&by_day).await.unwrap().rows, there, "and is written again");
        assert_eq!(analytics.compact(&test.ctx, 100).await.unwrap().files, 0, "once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_and_a_new_owner_show_at_once_though_the_log_does_not_tell_of_them() {
    on_both(|test| async move {
        record(&test, 1, 1).await;
        record(&test, 2, 2).await;
        let staff = "INSERT INTO staff (ord, id, login, name, password_hash, role_id, created_at)
                     SELECT 77, 'stf_77', 'nurse77', 'n', '', MIN(id), 0 FROM roles";
        run(test.db.write(), "INSERT INTO roles (id, code, name_zh, name_en, level, permissions, updated_at) VALUES ('rol_77', 'r77', 'r', 'r', 'own', '[]', 0)", [])
            .await
            .unwrap();
        run(test.db.write(), staff, []).await.unwrap();
        let analytics = engine(&test);
        pay(&test, 1..11).await;
        assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), row(10, 5500, 2));
        run(test.db.write(), "UPDATE records SET person = 1, resolved_at = 5 WHERE ord = 2", []).await.unwrap();
        assert_eq!(analytics.query(&ask(TOTALS)).await.unwrap(), row(10, 5500, 1), "merged in silence");
        run(test.db.write(), "UPDATE records SET owner = 77, updated_at = 6 WHERE ord = 2", []).await.unwrap();
        let own = ask("SELECT COUNT(*) FROM events e JOIN people p ON p.record = e.record WHERE p.owner = 77");
        assert_eq!(analytics.query(&own).await.unwrap().rows, [[Cell::Int(5)]]);
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
