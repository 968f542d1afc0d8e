//! A small chain: records and what happened to them.

use careloop_events::NewEvent;
use careloop_kernel::{Currency, Money};
use careloop_testkit::TestDb;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::{Value, json};

/// A source and `count` bare records of it; their numbers.
pub async fn records(test: &TestDb, count: usize) -> Vec<i64> {
    let sql = "INSERT INTO sources (id, name, kind, strict, created_at) VALUES ('src_00000000000000000000000009', 'his', 'file', TRUE, 0) RETURNING ord";
    let source: Ord = careloop_db::one(test.db.write(), sql, []).await.unwrap();
    let keys: Vec<String> = (0..count).map(|number| format!("C{number}")).collect();
    careloop_people::ensure_records(&test.db, &test.ctx, source.ord, &keys).await.unwrap()
}

#[derive(FromQueryResult)]
struct Ord {
    ord: i64,
}

#[expect(clippy::needless_pass_by_value, reason = "callers write the fields in place")]
pub fn event(record: i64, kind: &str, at: &str, props: Value) -> NewEvent {
    let at: Timestamp = at.parse().unwrap();
    let mut props = props.as_object().unwrap().clone();
    let amount =
        props.remove("amount").and_then(|amount| amount.as_i64()).map(|minor| Money::of_minor(minor, Currency::CNY));
    let message_id = format!("{kind}:{record}:{at}:{}", json!(props));
    NewEvent { kind: kind.to_owned(), record, clinic: None, source: 2, message_id, at, amount, props, flags: 0 }
}

pub async fn append(test: &TestDb, events: &[NewEvent]) {
    let tx = test.db.begin().await.unwrap();
    careloop_events::append(&*tx, test.db.engine(), &test.ctx, events).await.unwrap();
    tx.commit().await.unwrap();
}

/// A life for each of several records.
pub fn lives(records: &[i64]) -> Vec<NewEvent> {
    let mut events = Vec::new();
    for (number, record) in records.iter().enumerate() {
        let day = |month: usize| format!("2025-{:02}-{:02}T02:00:00Z", month, number % 27 + 1);
        events.push(event(*record, "lead.created", &day(1), json!({ "channel": "美团" })));
        for month in 2..=(2 + number % 9) {
            events.push(event(*record, "visit.closed", &day(month), json!({ "line": "综合", "item": "洁牙" })));
            events.push(event(
                *record,
                "payment.received",
                &day(month),
                json!({ "amount": (number as i64 + 1) * 10_000, "line": "综合" }),
            ));
        }
        events.push(event(*record, "recall.due", &day(11), json!({ "recall_id": "r", "due_on": "2026-03-10" })));
        events.push(event(
            *record,
            "tag.set",
            &day(12),
            json!({ "tag": "attr.personality", "value": "怕疼", "by": "staff" }),
        ));
    }
    events
}

/// The derived tables, row by row.
pub async fn tables(test: &TestDb) -> Vec<String> {
    let mut rows = Vec::new();
    for sql in [
        "SELECT CAST(person AS TEXT) || '|' || CAST(basis AS TEXT) || '|' || COALESCE(CAST(due_at AS TEXT), '-') || '|' || CAST(household_size AS TEXT) AS line FROM person_profiles",
    ] {
        let lines: Vec<Line> = careloop_db::all(test.db.read(), sql, []).await.unwrap();
        rows.extend(lines.into_iter().map(|line| line.line));
    }
    for held in careloop_profiles::holders(test.db.read(), &[]).await.unwrap() {
        rows.extend(held.people.iter().map(|person| format!("{person}|{}|{}", held.tag, held.value)));
    }
    rows.sort();
    rows
}

#[derive(FromQueryResult)]
struct Line {
    line: String,
}

/// Makes two persons one, or two again, as identity does.
pub async fn assign(test: &TestDb, record: i64, person: i64) {
    test.db
        .write()
        .execute_unprepared(&format!("UPDATE records SET person = {person}, household = {person} WHERE ord = {record}"))
        .await
        .unwrap();
}
