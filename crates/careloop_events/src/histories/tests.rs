//! Whatever was copied when, a record's history is what the log tells of it.

use careloop_db::Engine;
use careloop_kernel::Money;
use careloop_testkit::{TestDb, on_both};
use serde_json::json;

use super::*;
use crate::{NewEvent, StoredEvent, append, of_records};

/// More than are looked through together, fewer than are copied at once.
const MANY: i64 = 7_000;

fn events(numbers: std::ops::Range<i64>) -> Vec<NewEvent> {
    let event = |n: i64| NewEvent {
        kind: ["visit.closed", "payment.received", "自定义_kind"][n as usize % 3].to_owned(),
        record: n % 4,
        clinic: (n % 2 == 0).then_some(n),
        source: 1 + n % 2,
        message_id: format!("m-{n}"),
        at: jiff::Timestamp::from_microsecond(1_700_000_000_000_000 - n * 1_000_003).unwrap(),
        amount: (n % 4 == 1).then(|| Money::of_minor(n - 9, ["CNY", "JPY"][n as usize / 4 % 2].parse().unwrap())),
        props: json!({ "note": "种植 \"全口\"\n", "n": n }).as_object().unwrap().clone(),
        flags: 0,
    };
    numbers.map(event).collect()
}

async fn commit(test: &TestDb, events: &[NewEvent]) {
    let tx = test.db.begin().await.unwrap();
    append(&*tx, test.db.engine(), &test.ctx, events).await.unwrap();
    tx.commit().await.unwrap();
}

fn line(event: &Scanned<'_>) -> String {
    format!("{event:?}")
}

fn lines(told: &Told, record: i64) -> Vec<String> {
    let (mut lines, mut desk) = (Vec::new(), Vec::new());
    let push = |event: Scanned<'_>| {
        lines.push((event.position.seq, line(&event)));
        Ok(())
    };
    told.each(record, &mut desk, push).unwrap();
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

async fn in_the_log(test: &TestDb, record: i64) -> Vec<String> {
    let mut events = of_records(test.db.read(), &[record]).await.unwrap();
    events.sort_by_key(|event| event.seq);
    let scanned = |event: &StoredEvent| {
        let currency = event.amount.map(|amount| amount.currency().to_string());
        line(&Scanned {
            position: event.position(),
            kind: &event.kind,
            record: event.record,
            clinic: event.clinic,
            source: event.source,
            at_us: event.at.as_microsecond(),
            amount: event.amount.map(Money::minor),
            currency: currency.as_deref(),
            props: event.props.text(),
        })
    };
    events.iter().map(scanned).collect()
}

/// That both ways to read give what the log tells.
async fn holds(test: &TestDb) {
    let records = [1, 2, 3, 99];
    let few = Told::of(test.db.read(), &records).await.unwrap();
    let all = Histories::now(&test.db).await.unwrap().of(&test.db, (1, 2), &records).await.unwrap();
    for record in records {
        let told = in_the_log(test, record).await;
        assert_eq!(lines(&few, record), told, "record {record}");
        assert_eq!(lines(&all, record), told, "record {record}, when everybody is read");
    }
}

/// One step; on PostgreSQL it may wait for transactions of other tests, so only SQLite is held to what it did.
async fn step(test: &TestDb, copies: bool) {
    let busy = keep_histories(&test.db, &test.ctx, 1).await.unwrap();
    assert!(busy == copies || test.db.engine() == Engine::Postgres);
    holds(test).await;
}

#[tokio::test]
async fn a_history_is_what_the_log_tells_whatever_was_copied() {
    on_both(|test| async move {
        step(&test, false).await;
        commit(&test, &events(0..20)).await;
        holds(&test).await;
        step(&test, true).await;
        step(&test, false).await;
        commit(&test, &events(20..MANY)).await;
        holds(&test).await;
        step(&test, true).await;
        keep_all_histories(&test.db, &test.ctx).await.unwrap();
        step(&test, false).await;
        forget_histories(&test.db, &test.ctx).await.unwrap();
        holds(&test).await;
        keep_all_histories(&test.db, &test.ctx).await.unwrap();
        holds(&test).await;
        assert_eq!(in_the_log(&test, 1).await.len(), MANY as usize / 4);
    })
    .await;
}

/// All that can be copied now, at once.
async fn fill_all(test: &TestDb) {
    let thrown = consumers::load(&test.db, THROWN).await.unwrap();
    let from = consumers::load(&test.db, COPIED).await.unwrap();
    let tip = store::tip(&test.db).await.unwrap();
    fill::fill(&test.db, &test.ctx, thrown, (from, tip)).await.unwrap();
}

#[tokio::test]
async fn copying_at_once_is_copying_in_steps() {
    on_both(|test| async move {
        commit(&test, &events(0..300)).await;
        fill_all(&test).await;
        holds(&test).await;
        commit(&test, &events(300..MANY)).await;
        fill_all(&test).await;
        holds(&test).await;
        step(&test, false).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_copies_at_the_same_time_nothing_is_lost_or_twice() {
    on_both(|test| async move {
        commit(&test, &events(0..MANY)).await;
        let steps = async {
            for _ in 0..3 {
                keep_histories(&test.db, &test.ctx, 1).await.unwrap();
            }
            forget_histories(&test.db, &test.ctx).await.unwrap();
            commit(&test, &events(MANY..MANY + 300)).await;
            keep_all_histories(&test.db, &test.ctx).await.unwrap();
        };
        tokio::join!(fill_all(&test), fill_all(&test), steps);
        holds(&test).await;
        keep_all_histories(&test.db, &test.ctx).await.unwrap();
        holds(&test).await;
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_broke_off_is_gone_on_with() {
    on_both(|test| async move {
        commit(&test, &events(0..300)).await;
        fill_all(&test).await;
        // The copies are there, but how far the log was copied was not written down.
        let tx = test.db.begin().await.unwrap();
        consumers::save(&*tx, &test.ctx, COPIED, Position::default()).await.unwrap();
        tx.commit().await.unwrap();
        holds(&test).await;
        commit(&test, &events(300..320)).await;
        step(&test, true).await;
        fill_all(&test).await;
        holds(&test).await;
    })
    .await;
}

#[tokio::test]
async fn who_reads_in_a_transaction_sees_what_it_wrote() {
    on_both(|test| async move {
        commit(&test, &events(0..20)).await;
        keep_all_histories(&test.db, &test.ctx).await.unwrap();
        let before = in_the_log(&test, 2).await.len();
        let tx = test.db.begin().await.unwrap();
        append(&*tx, test.db.engine(), &test.ctx, &events(20..24)).await.unwrap();
        let told = Told::of(&*tx, &[2]).await.unwrap();
        assert_eq!(lines(&told, 2).len(), before + 1);
        drop(tx);
        holds(&test).await;
    })
    .await;
}
