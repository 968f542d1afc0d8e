use std::collections::BTreeMap;

use careloop_kernel::Money;
use careloop_testkit::{TestDb, on_both};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::*;
use crate::{NewEvent, StoredEvent, append, read_committed};

/// Events with everything and with nothing, and with text of every sort.
fn events(count: i64) -> Vec<NewEvent> {
    let start: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
    let notes = ["", "种植 \"全口\"", "two\nlines\tand \\ more", "🦷", "it's"];
    let event = |n: i64| NewEvent {
        kind: ["visit.closed", "payment.received", "自定义_kind"][n as usize % 3].to_owned(),
        record: n % 7,
        clinic: (n % 2 == 0).then_some(n),
        source: 1 + n % 2,
        message_id: format!("m-{n}"),
        at: start - SignedDuration::from_micros(n * 1_000_003),
        amount: (n % 4 == 1).then(|| Money::of_minor(n - 9, ["CNY", "JPY"][n as usize / 4 % 2].parse().unwrap())),
        props: json!({ "note": notes[n as usize % 5], "n": n }).as_object().unwrap().clone(),
        flags: 0,
    };
    (0..count).map(event).collect()
}

async fn commit(test: &TestDb, events: &[NewEvent]) {
    let tx = test.db.begin().await.unwrap();
    append(&*tx, test.db.engine(), &test.ctx, events).await.unwrap();
    tx.commit().await.unwrap();
}

/// What a worker keeps of an event.
type Kept = (Position, String, i64, Option<i64>, i64, i64, Option<(i64, String)>, String);

fn kept(event: Scanned<'_>) -> Kept {
    let amount = event.amount.zip(event.currency.map(str::to_owned));
    let (kind, props) = (event.kind.to_owned(), event.props.to_owned());
    (event.position, kind, event.record, event.clinic, event.source, event.at_us, amount, props)
}

fn expected(event: StoredEvent) -> Kept {
    let amount = event.amount.map(|money| (money.minor(), money.currency().to_string()));
    let (position, at_us, props) = (event.position(), event.at.as_microsecond(), event.props.text().to_owned());
    (position, event.kind, event.record, event.clinic, event.source, at_us, amount, props)
}

fn push(state: &mut Vec<Kept>, event: Scanned<'_>) -> Result<()> {
    state.push(kept(event));
    Ok(())
}

#[tokio::test]
async fn a_scan_reads_what_is_committed_once_and_in_order() {
    on_both(|test| async move {
        assert!(scan(&test.db, 0, Vec::new, push).await.unwrap().concat().is_empty());
        commit(&test, &events(60)).await;
        let mut all: Vec<Kept> =
            read_committed(&test.db, Position::default(), 100).await.unwrap().into_iter().map(expected).collect();
        all.sort_by_key(|event| event.0.seq);
        assert_eq!(all.len(), 60);
        let whole = scan(&test.db, 0, Vec::new, push).await.unwrap();
        assert_eq!(whole.concat(), all);
        let after = all[9].0.seq;
        for range in [1, 7, 1_000] {
            let states = scan_by(&test.db, after, range, (Vec::new, push)).await.unwrap();
            assert!(states.iter().all(|state| state.is_sorted_by_key(|event: &Kept| event.0.seq)));
            let read: BTreeMap<i64, Kept> = states.concat().into_iter().map(|event| (event.0.seq, event)).collect();
            assert_eq!(states.iter().map(Vec::len).sum::<usize>(), 50, "no event twice");
            assert_eq!(read.into_values().collect::<Vec<_>>(), all[10..]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_scan_sees_no_open_transaction_and_ends_with_the_first_failure() {
    on_both(|test| async move {
        commit(&test, &events(20)).await;
        let open = test.db.begin().await.unwrap();
        append(&*open, test.db.engine(), &test.ctx, &events(40)).await.unwrap();
        let count = |state: &mut usize, _: Scanned<'_>| {
            *state += 1;
            Ok(())
        };
        let read = scan_by(&test.db, 0, 3, (|| 0, count)).await.unwrap();
        assert_eq!(read.iter().sum::<usize>(), 20);
        let fail = |(): &mut (), event: Scanned<'_>| match event.kind {
            "payment.received" => Err(Error::invalid("test.fails", "it fails")),
            _ => Ok(()),
        };
        let error = scan_by(&test.db, 0, 2, (|| (), fail)).await.unwrap_err();
        assert_eq!(error.code(), "test.fails");
        // What a worker left unread is nobody's answer.
        assert_eq!(read_committed(&test.db, Position::default(), 100).await.unwrap().len(), 20);
        drop(open);
    })
    .await;
}
