//! Memberships follow the log, the clock, the records and the rules.

use careloop_events::{Position, consumers};
use careloop_kernel::ids::{Id, PersonId, RecordId};
use careloop_segments::{NewSegment, SegmentPatch, create_segment, explain_member, update_segment};
use careloop_testkit::{TestDb, on_both};
use jiff::{SignedDuration, Timestamp};
use sea_orm::FromQueryResult;
use serde_json::json;

use crate::chain::{append, assign, event, lives, members, records, segment, settle, told};

#[tokio::test]
async fn somebody_enters_by_an_event_and_leaves_at_the_second_the_window_closes() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let recent = segment(&test, "recent", json!({"event":"visit.closed","within":"30d"})).await;
        assert!(members(&test, recent).await.is_empty());
        append(&test, &[event(records[0], "visit.closed", "2026-03-02T00:30:00Z", json!({}))]).await;
        settle(&test).await;
        assert_eq!(members(&test, recent).await, [records[0]]);
        test.clock.set("2026-04-01T00:30:00Z".parse::<Timestamp>().unwrap() - SignedDuration::from_micros(1));
        settle(&test).await;
        assert_eq!(members(&test, recent).await, [records[0]], "one microsecond before");
        test.clock.advance(SignedDuration::from_micros(1));
        settle(&test).await;
        assert!(members(&test, recent).await.is_empty(), "the window has closed");
        let both = ["segment.entered", "segment.exited"].map(|kind| (kind.to_owned(), records[0]));
        assert_eq!(told(&test, &records).await, both);
    })
    .await;
}

#[tokio::test]
async fn sleeping_is_noticed_by_the_clock_alone() {
    on_both(|test| async move {
        let records = records(&test, 1).await;
        append(&test, &[event(records[0], "visit.closed", "2026-03-01T00:00:00Z", json!({}))]).await;
        let by_event = segment(&test, "by event", json!({"event":"visit.closed","last":{"before":"180d"}})).await;
        let by_tag = segment(&test, "by tag", json!({"tag":"life.dormant","is":true})).await;
        assert!(members(&test, by_event).await.is_empty());
        test.clock.set("2026-08-28T00:00:00.000001Z".parse().unwrap());
        settle(&test).await;
        assert_eq!(members(&test, by_event).await, records);
        assert_eq!(members(&test, by_tag).await, records);
    })
    .await;
}

#[tokio::test]
async fn following_again_or_rebuilding_tells_nothing_twice() {
    on_both(|test| async move {
        let records = records(&test, 20).await;
        append(&test, &lives(&records)).await;
        let often = segment(&test, "often", json!({"event":"visit.closed","count":{"gte":5}})).await;
        let value = segment(&test, "value", json!({"tag":"val.rfm","in":["重要价值","重要保持"]})).await;
        let before = (members(&test, often).await, members(&test, value).await);
        assert!(!before.0.is_empty() && !before.1.is_empty());
        let since = since(&test, &records).await;
        let log = told(&test, &records).await;
        test.clock.advance(SignedDuration::from_mins(5));
        careloop_segments::rebuild(&test.db, &test.ctx).await.unwrap();
        settle(&test).await;
        assert_eq!((members(&test, often).await, members(&test, value).await), before);
        assert_eq!(told(&test, &records).await, log);
        assert_eq!(self::since(&test, &records).await, since, "entries keep their time");
    })
    .await;
}

#[derive(FromQueryResult)]
struct HeldRow {
    person: i64,
    held: String,
}

#[derive(PartialEq, Eq, Debug)]
struct Since {
    segment: i64,
    person: i64,
    since: i64,
    why: String,
}

async fn since(test: &TestDb, _records: &[i64]) -> Vec<Since> {
    let sql = "SELECT person, held FROM person_segments ORDER BY person";
    let rows: Vec<HeldRow> = careloop_db::all(test.db.read(), sql, []).await.unwrap();
    let mut found = Vec::new();
    for row in rows {
        let held: Vec<(i64, i64, serde_json::Value)> = serde_json::from_str(&row.held).unwrap();
        let since = |(segment, since, why): (i64, i64, serde_json::Value)| Since {
            segment,
            person: row.person,
            since,
            why: why.to_string(),
        };
        found.extend(held.into_iter().map(since));
    }
    found
}

#[tokio::test]
async fn two_people_who_become_one_leave_and_come_back_as_they_were() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let [one, two] = [records[0], records[1]];
        append(
            &test,
            &[
                event(one, "visit.closed", "2026-03-01T00:00:00Z", json!({})),
                event(two, "visit.closed", "2026-02-01T00:00:00Z", json!({})),
            ],
        )
        .await;
        let visited = segment(&test, "visited", json!({"event":"visit.closed"})).await;
        let twice = segment(&test, "twice", json!({"event":"visit.closed","count":{"gte":2}})).await;
        assert_eq!(members(&test, visited).await, [one, two]);
        assign(&test, two, one).await;
        append(&test, &[identity("person.merged", &test, one, two).await]).await;
        settle(&test).await;
        assert_eq!(members(&test, visited).await, [one]);
        assert_eq!(members(&test, twice).await, [one]);
        assign(&test, two, two).await;
        append(&test, &[identity("person.unmerged", &test, one, two).await]).await;
        settle(&test).await;
        assert_eq!(members(&test, visited).await, [one, two]);
        assert!(members(&test, twice).await.is_empty());
        let story: Vec<String> = told(&test, &[two]).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(story, ["segment.entered", "segment.exited", "segment.entered"]);
    })
    .await;
}

/// What identity tells when people become one or two.
async fn identity(kind: &str, test: &TestDb, person: i64, other: i64) -> careloop_events::NewEvent {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
    }
    let mut ids = Vec::new();
    for ord in [person, other] {
        let row: Row =
            careloop_db::one(test.db.read(), "SELECT id FROM records WHERE ord = $1", [ord.into()]).await.unwrap();
        ids.push(PersonId::from_bits(row.id.parse::<RecordId>().unwrap().bits()).to_string());
    }
    event(other, kind, "2026-03-02T00:59:00Z", json!({ "person": ids[0], "other": ids[1], "by": "staff" }))
}

#[tokio::test]
async fn a_record_that_changes_without_an_event_is_noticed() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let girls = segment(&test, "girls", json!({"attr":"gender","is":"female"})).await;
        assert!(members(&test, girls).await.is_empty());
        let sql = "UPDATE records SET gender = 'female', updated_at = $1, resolved_at = $1 WHERE ord = $2";
        careloop_db::execute(test.db.write(), sql, [(test.ctx.now_us() + 5).into(), records[1].into()]).await.unwrap();
        settle(&test).await;
        assert_eq!(members(&test, girls).await, [records[1]]);
    })
    .await;
}

/// Makes a person's profile look older than the person's record, which only a look at the records can tell.
async fn outdate(test: &TestDb, person: i64) {
    let sql = "UPDATE person_profiles SET records_at = 0 WHERE person = $1";
    assert_eq!(careloop_db::execute(test.db.write(), sql, [person.into()]).await.unwrap(), 1);
}

#[derive(FromQueryResult)]
struct Seen {
    records_at: i64,
}

async fn is_outdated(test: &TestDb, person: i64) -> bool {
    let sql = "SELECT records_at FROM person_profiles WHERE person = $1";
    let row: Seen = careloop_db::one(test.db.read(), sql, [person.into()]).await.unwrap();
    row.records_at == 0
}

#[tokio::test]
async fn records_that_were_looked_at_are_not_looked_at_again() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        segment(&test, "girls", json!({"attr":"gender","is":"female"})).await;
        outdate(&test, records[0]).await;
        assert!(!careloop_segments::jobs::follow(&test.db, &test.ctx).await.unwrap());
        assert!(is_outdated(&test, records[0]).await, "nothing changed, so nobody looked");
        test.clock.advance(SignedDuration::from_secs(11));
        settle(&test).await;
        assert!(!is_outdated(&test, records[0]).await, "something may have been committed late");
        test.clock.advance(SignedDuration::from_mins(11));
        settle(&test).await;
        outdate(&test, records[0]).await;
        test.clock.advance(SignedDuration::from_hours(1));
        settle(&test).await;
        assert!(is_outdated(&test, records[0]).await, "nothing can be committed as late as that");
    })
    .await;
}

#[tokio::test]
async fn a_record_that_is_committed_late_is_noticed() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let girls = segment(&test, "girls", json!({"attr":"gender","is":"female"})).await;
        let began = test.ctx.now_us();
        test.clock.advance(SignedDuration::from_mins(9));
        let sql = "UPDATE records SET gender = 'female', updated_at = $1, resolved_at = $1 WHERE ord = $2";
        let change = async |at: i64, record: i64| {
            careloop_db::execute(test.db.write(), sql, [at.into(), record.into()]).await.unwrap();
        };
        change(test.ctx.now_us(), records[0]).await;
        settle(&test).await;
        assert_eq!(members(&test, girls).await, [records[0]]);
        change(began + 1, records[1]).await;
        test.clock.advance(SignedDuration::from_secs(11));
        settle(&test).await;
        assert_eq!(members(&test, girls).await, records);
    })
    .await;
}

#[tokio::test]
async fn a_new_rule_is_decided_for_everybody_and_for_segments_that_use_it() {
    on_both(|test| async move {
        let records = records(&test, 9).await;
        append(&test, &lives(&records)).await;
        let base = segment(&test, "base", json!({"event":"visit.closed","count":{"gte":9}})).await;
        let user = segment(&test, "user", json!({"not":{"segment": base}})).await;
        assert_eq!((members(&test, base).await.len(), members(&test, user).await.len()), (1, 8));
        let patch =
            SegmentPatch { rule: Some(json!({"event":"visit.closed","count":{"gte":1}})), ..SegmentPatch::default() };
        update_segment(&test.db, &test.ctx.require().unwrap(), base, &patch).await.unwrap();
        settle(&test).await;
        assert_eq!((members(&test, base).await.len(), members(&test, user).await.len()), (9, 0));
        let circle = SegmentPatch { rule: Some(json!({"any":[{"segment": user}]})), ..SegmentPatch::default() };
        let error = update_segment(&test.db, &test.ctx.require().unwrap(), base, &circle).await.unwrap_err();
        assert!(
            error.message().contains("leads back to itself") && error.message().contains(&user.to_string()),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn every_stored_reason_of_the_presets_holds_when_asked_again() {
    on_both(|test| async move {
        let records = records(&test, 24).await;
        append(&test, &lives(&records)).await;
        careloop_segments::ensure_presets(&test.db, &test.ctx.require().unwrap()).await.unwrap();
        careloop_segments::ensure_presets(&test.db, &test.ctx.require().unwrap()).await.unwrap();
        settle(&test).await;
        let read = test.ctx.require().unwrap();
        let segments = careloop_segments::list_segments(&test.db, &read, false).await.unwrap();
        assert!(segments.len() >= 23, "{}", segments.len());
        let (mut inside, mut outside) = (0, 0);
        for (turn, segment) in segments.iter().enumerate() {
            let members = members(&test, segment.id).await;
            // A third of the people for each segment, another third for the next.
            for (number, record) in records.iter().enumerate().filter(|(number, _)| number % 3 == turn % 3) {
                let why = explain_member(&test.db, &read, segment.id, &format!("his:C{number}")).await.unwrap();
                assert_eq!(why.member, members.contains(record), "{} C{number}", segment.name);
                assert_eq!(why.holds_now, why.member, "{} C{number}", segment.name);
                if why.member {
                    inside += 1;
                    assert!(
                        !why.stored.is_empty() && why.stored.iter().all(|clause| !clause.text.zh.is_empty()),
                        "{}",
                        segment.name
                    );
                    assert_eq!(
                        why.stored.iter().map(|clause| &clause.clause).collect::<Vec<_>>(),
                        why.now.iter().map(|clause| &clause.clause).collect::<Vec<_>>()
                    );
                } else {
                    outside += 1;
                }
            }
        }
        assert!(inside > 20 && outside > 20, "{inside} {outside}");
    })
    .await;
}

#[tokio::test]
async fn a_great_backlog_is_swept_once() {
    let test = careloop_testkit::TestDb::sqlite().await;
    let records = records(&test, 600).await;
    let visited = segment(&test, "visited", json!({"event":"visit.closed"})).await;
    let mut events = Vec::new();
    for round in 0..40 {
        for record in &records {
            events.push(event(
                *record,
                "visit.closed",
                &format!("2025-{:02}-{:02}T0{}:00:00Z", round % 12 + 1, round % 27 + 1, round % 9),
                json!({ "item": round }),
            ));
        }
    }
    append(&test, &events).await;
    settle(&test).await;
    let (segment, _, _) =
        careloop_segments::get_segment(&test.db, &test.ctx.require().unwrap(), visited).await.unwrap();
    assert_eq!(segment.count, 600);
    assert_eq!(told(&test, &records).await.len(), 600);
}

#[tokio::test]
async fn a_segment_made_during_a_sweep_decides_everybody() {
    on_both(|test| async move {
        let count = careloop_profiles::CHUNK + 20;
        let records = records(&test, count).await;
        let visit = |record: &i64| event(*record, "visit.closed", "2026-01-05T02:00:00Z", json!({}));
        append(&test, &records.iter().map(visit).collect::<Vec<_>>()).await;
        settle(&test).await;
        // A sweep as it begins when the log has run far ahead.
        let tip = careloop_events::tip(&test.db).await.unwrap();
        let began = Position { tx: 0, seq: test.ctx.now_us() };
        let tx = test.db.begin().await.unwrap();
        let cursors = [("segments.sweep.tip", tip), ("segments.sweep.began", began), ("segments.sweep", SWEEPING)];
        for (name, at) in cursors {
            consumers::save(&*tx, &test.ctx, name, at).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert!(careloop_segments::jobs::follow(&test.db, &test.ctx).await.unwrap());
        let reached = consumers::load(&test.db, "segments.sweep").await.unwrap();
        assert!(reached.tx == 1 && reached.seq > 0, "the sweep is half way: {reached:?}");
        let new = NewSegment {
            name: "来过".to_owned(),
            description: String::new(),
            rule: json!({ "event": "visit.closed", "count": { "gte": 1 } }),
        };
        let read = test.ctx.require().unwrap();
        let id = create_segment(&test.db, &test.ctx.require().unwrap(), &new).await.unwrap().id;
        settle(&test).await;
        let (segment, ..) = careloop_segments::get_segment(&test.db, &read, id).await.unwrap();
        assert_eq!((segment.count, segment.filled), (count as u64, true));
    })
    .await;
}

const SWEEPING: Position = Position { tx: 1, seq: 0 };
