//! A merge that is undone leaves nothing behind: tags, segments and metrics are what they would be without it.

use careloop_access::settings::FirstSettings;
use careloop_db::{FromQueryResult, all};
use careloop_events::{INTERNAL_SOURCE, NewEvent, append};
use careloop_kernel::ids::RecordId;
use careloop_kernel::{Currency, Money};
use careloop_people::service::identity::{merge, unmerge};
use careloop_people::{IncomingRecord, PhoneNumber, PhoneRole, RecordFields, upsert_records};
use careloop_server::{ConfigFile, Parts, settle};
use careloop_testkit::{Client, TestDb, on_both};
use serde_json::{Value, json};

use crate::world::PASSWORD;

/// A record: which of a few names it bears, and the payments it tells of as (days ago, yuan).
type Life = (usize, Vec<(u64, i64)>);

/// Repeatable lives that collide: four names, two phones.
fn lives(seed: u64, count: usize) -> Vec<Life> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = move |limit: i64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i64::try_from(state >> 11).unwrap() % limit
    };
    (0..count)
        .map(|_| {
            let name = usize::try_from(below(4)).unwrap();
            let payments = below(5);
            (name, (0..payments).map(|_| (u64::try_from(below(700)).unwrap(), 1 + below(9_000))).collect())
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Line {
    line: String,
}

/// Everything derived, as text: tags with their reasons, memberships, counts.
async fn derived(test: &TestDb, client: &Client) -> (Vec<Line>, Value) {
    let sql = "SELECT 'record ' || ord || ' ' || person || ' ' || household AS line FROM records
        UNION ALL SELECT 'held ' || person || ' ' || held AS line FROM person_segments ORDER BY line";
    let mut lines: Vec<Line> = all(test.db.write(), sql, []).await.unwrap();
    for held in careloop_profiles::holders(test.db.write(), &[]).await.unwrap() {
        let line = |person: u32| Line { line: format!("tag {person} {} {}", held.tag, held.value) };
        lines.extend(held.people.iter().map(line));
    }
    lines.sort_by(|a, b| a.line.cmp(&b.line));
    let mut figures = Vec::new();
    for metric in ["bill.net", "bill.payers", "ret.second_n"] {
        let answer = client.get(&format!("/api/metrics/{metric}/query?from=2024-01-01&to=2027-01-01&by=month")).await;
        let mut view = answer.json();
        view.as_object_mut().unwrap().remove("took_ms");
        figures.push(view);
    }
    (lines, json!(figures))
}

async fn chain(test: &TestDb, lives: &[Life]) -> (Parts, Client, Vec<String>) {
    let config =
        ConfigFile { data_dir: Some(test.folder.path().to_owned()), ..ConfigFile::default() }.resolve().unwrap();
    let parts =
        Parts::assemble(&config, test.ctx.env().clone(), test.db.clone(), FirstSettings::default()).await.unwrap();
    parts.first_administrator("admin", Some(PASSWORD)).await.unwrap();
    let row = |(number, (name, _)): (usize, &Life)| IncomingRecord {
        source_key: format!("C{number}"),
        fields: RecordFields {
            name: Some(["王小明", "李梅", "王子轩", "曾国强"][*name].to_owned()),
            phones: vec![PhoneNumber { text: format!("1391234567{}", name / 2), role: PhoneRole::Own }],
            ..RecordFields::default()
        },
        ..IncomingRecord::default()
    };
    let rows = lives.iter().enumerate().map(row).collect();
    let outcomes = upsert_records(&test.db, &test.ctx, INTERNAL_SOURCE, rows).await.unwrap();
    let tx = test.db.begin().await.unwrap();
    for (number, (outcome, (_, payments))) in outcomes.iter().zip(lives).enumerate() {
        for (step, (day, yuan)) in payments.iter().enumerate() {
            let event = NewEvent {
                kind: "payment.received".to_owned(),
                record: outcome.ord,
                clinic: None,
                source: INTERNAL_SOURCE,
                message_id: format!("paid-{number}-{step}"),
                at: test.ctx.now() - std::time::Duration::from_secs(86_400 * day),
                amount: Some(Money::of_minor(yuan * 100, Currency::CNY)),
                props: serde_json::Map::new(),
                flags: 0,
            };
            append(&*tx, test.db.engine(), &test.ctx, &[event]).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    settle(&parts).await.unwrap();
    let mut client = Client::new(careloop_server::router(&parts));
    assert_eq!(client.log_in("admin", PASSWORD).await.status, 200);
    let rule = json!({ "event": "payment.received", "count": { "gte": 2 } });
    let made = client.post("/api/segments", &json!({ "name": "paid twice", "rule": rule })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    settle(&parts).await.unwrap();
    let ids = |sql: &'static str| async move {
        let rows: Vec<Line> = all(test.db.write(), sql, []).await.unwrap();
        rows.into_iter().map(|row| row.line).collect::<Vec<String>>()
    };
    let persons = ids("SELECT id AS line FROM records WHERE ord = person ORDER BY ord").await;
    (parts, client, persons)
}

#[tokio::test]
async fn a_merge_that_is_undone_leaves_tags_segments_and_metrics_as_they_were() {
    on_both(|test| async move {
        let (parts, client, persons) = chain(&test, &lives(7, 14)).await;
        assert!(persons.len() >= 3, "{persons:?}");
        for pair in persons.windows(2) {
            undo(&test, &parts, &client, [&pair[0], &pair[1]]).await;
        }
    })
    .await;
}

async fn undo(test: &TestDb, parts: &Parts, client: &Client, anchors: [&String; 2]) {
    let [keeper, leaver] = anchors.map(|anchor| anchor.replacen("rec_", "per_", 1));
    let identity = client.get(&format!("/api/people/{leaver}/identity")).await.json();
    let records = identity["records"].as_array().unwrap();
    let records: Vec<RecordId> = records.iter().map(|record| record["id"].as_str().unwrap().parse().unwrap()).collect();
    let before = derived(test, client).await;
    let ctx = test.ctx.require().unwrap();
    merge(&test.db, &ctx, (&keeper, &leaver), "one person, says she").await.unwrap();
    settle(parts).await.unwrap();
    assert_ne!(before.0, derived(test, client).await.0, "a merge shows");
    unmerge(&test.db, &ctx, &keeper, &records, "two after all").await.unwrap();
    settle(parts).await.unwrap();
    let after = derived(test, client).await;
    assert_eq!(before, after);
}
