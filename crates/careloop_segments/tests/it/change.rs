//! Putting segments away, taking them back, and who may change what others act on.

use careloop_kernel::{Ctx, Currency, Money, PermissionSet, Scope};
use careloop_segments::{
    NewSegment, SegmentPatch, SegmentUse, archive_segment, create_segment, get_segment, list_segments, note_use,
    restore_segment, update_segment,
};
use careloop_testkit::{TestDb, on_both};
use serde_json::{Value, json};

use crate::chain::{append, assign, event, lives, members, records, segment, settle, told};
use crate::fuzz::derived;

/// Somebody with every permission who sees one clinic.
fn narrow(test: &TestDb) -> Ctx {
    Ctx::staff(test.ctx.env().clone(), test.ctx.new_id(), 9, Scope::Clinics(vec![1]), PermissionSet::all())
}

fn rule(json: Value) -> SegmentPatch {
    SegmentPatch { rule: Some(json), ..SegmentPatch::default() }
}

#[tokio::test]
async fn what_a_plan_acts_on_is_changed_by_the_chain_and_not_put_away() {
    on_both(|test| async move {
        records(&test, 1).await;
        let part = segment(&test, "part", json!({"event":"visit.closed"})).await;
        let whole = segment(&test, "implant leads", json!({"not":{"segment": part}})).await;
        let (ctx, clinic) = (test.ctx.require().unwrap(), narrow(&test).require().unwrap());
        let visits = |least: i64| rule(json!({"event":"visit.closed","count":{"gte":least}}));
        update_segment(&test.db, &clinic, part, &visits(2)).await.unwrap();
        for (user, name) in [("tpl_1", "唤醒"), ("tpl_2", "回访")] {
            let used = SegmentUse { user: user.to_owned(), segment: whole, name, active: true };
            note_use(test.db.write(), used).await.unwrap();
        }
        let beyond = update_segment(&test.db, &clinic, part, &visits(3)).await.unwrap_err();
        assert_eq!(beyond.code(), "segments.beyond_scope", "the plan reaches it through the other");
        let renamed = SegmentPatch { name: Some("leads".to_owned()), ..SegmentPatch::default() };
        update_segment(&test.db, &clinic, whole, &renamed).await.unwrap();
        assert_eq!(archive_segment(&test.db, &clinic, whole).await.unwrap_err().code(), "segments.beyond_scope");
        let used = archive_segment(&test.db, &ctx, whole).await.unwrap_err();
        assert_eq!(used.message(), "segment `leads` is used by 2 touch plans: `唤醒`, `回访`; pause them first");
        for user in ["tpl_1", "tpl_2"] {
            let used = SegmentUse { user: user.to_owned(), segment: whole, name: "paused", active: false };
            note_use(test.db.write(), used).await.unwrap();
        }
        archive_segment(&test.db, &ctx, whole).await.unwrap();
        let again = SegmentUse { user: "tpl_1".to_owned(), segment: whole, name: "唤醒", active: true };
        assert_eq!(note_use(test.db.write(), again).await.unwrap_err().code(), "segments.archived");
    })
    .await;
}

#[tokio::test]
async fn a_segment_comes_back_and_its_members_are_no_news() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let visited = segment(&test, "visited", json!({"event":"visit.closed"})).await;
        let ctx = test.ctx.require().unwrap();
        archive_segment(&test.db, &ctx, visited).await.unwrap();
        append(&test, &[event(records[1], "visit.closed", "2026-03-01T00:00:00Z", json!({}))]).await;
        settle(&test).await;
        assert!(members(&test, visited).await.is_empty(), "nobody is evaluated while it is away");
        let reader = test.ctx.require().unwrap();
        let away = list_segments(&test.db, &reader, true).await.unwrap();
        assert_eq!(away.iter().map(|segment| segment.id).collect::<Vec<_>>(), [visited]);
        restore_segment(&test.db, &ctx, visited).await.unwrap();
        settle(&test).await;
        assert_eq!(members(&test, visited).await, [records[1]]);
        let entered = careloop_events::of_records(test.db.read(), &records).await.unwrap();
        let entered = entered.iter().find(|event| event.kind == "segment.entered").unwrap();
        assert_eq!(entered.props.get("initial"), Some(json!(true)));
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_after_a_merge_forgets_the_number_that_is_gone() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        let visits: Vec<_> =
            records.iter().map(|record| event(*record, "visit.closed", "2026-03-01T00:00:00Z", json!({}))).collect();
        append(&test, &visits).await;
        let (away, visited) = (
            segment(&test, "away", json!({"event":"visit.closed","count":{"gte":1}})).await,
            segment(&test, "visited", json!({"event":"visit.closed"})).await,
        );
        archive_segment(&test.db, &test.ctx.require().unwrap(), away).await.unwrap();
        assert_eq!(members(&test, visited).await, records);
        assign(&test, records[2], records[0]).await;
        careloop_profiles::rebuild(&test.db, &test.ctx).await.unwrap();
        careloop_segments::rebuild(&test.db, &test.ctx).await.unwrap();
        let present = vec![records[0], records[1]];
        assert_eq!(members(&test, visited).await, present, "the table and the bitmap agree");
        let rule = json!({"event":"visit.closed"});
        let reader = test.ctx.require().unwrap();
        assert_eq!(careloop_segments::count(&test.db, &reader, &rule, None).await.unwrap(), 2);
        let format = careloop_segments::ExportFormat::Csv;
        let file =
            careloop_segments::export(&test.db, &test.ctx.require().unwrap(), visited, format, &[]).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&file.bytes).lines().count(), 3, "a heading and two people");
        let story: Vec<String> = told(&test, &[records[2]]).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(story, ["segment.entered", "segment.entered", "segment.exited"], "the exit is told");
        let (kept, _, _) = careloop_segments::get_segment(&test.db, &reader, away).await.unwrap();
        assert_eq!(kept.count, 3, "a segment that was put away keeps its last members");
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_mends_whatever_is_stored_wrongly() {
    on_both(|test| async move {
        let records = records(&test, 30).await;
        append(&test, &lives(&records)).await;
        settle(&test).await;
        let visited = segment(&test, "visited", json!({"tag":"visit.recency","exists":true})).await;
        let (right, entries) = (derived(&test).await, told(&test, &records).await);
        assert!(!members(&test, visited).await.is_empty());
        let columns =
            "basis, records_at, due_at, gender, birth_date, region, channel, owner, created_at, household_size,
                       has_phone, has_wecom, tags";
        let (first, nobody) = (records[0], records[29] + 100_000);
        for wrong in [
            "DELETE FROM tag_people WHERE value = (SELECT MIN(value) FROM tag_people)".to_owned(),
            "UPDATE tag_people SET people = (SELECT people FROM tag_people ORDER BY number DESC, value LIMIT 1)"
                .to_owned(),
            format!("UPDATE person_profiles SET tags = NULL, household_size = 7 WHERE person = {first}"),
            format!(
                "INSERT INTO person_profiles (person, {columns}) SELECT {nobody}, {columns} FROM person_profiles
                 WHERE person = {first}"
            ),
            format!("DELETE FROM person_profiles WHERE person = {}", records[1]),
            format!("UPDATE person_segments SET held = '[]', due_at = 5 WHERE person = {first}"),
            format!("INSERT INTO person_segments (person, due_at, held) VALUES ({nobody}, 5, '[]')"),
            "UPDATE segments SET members = (SELECT people FROM tag_people LIMIT 1), member_count = 1".to_owned(),
        ] {
            careloop_db::run(test.db.write(), &wrong, []).await.unwrap();
            careloop_segments::rebuild(&test.db, &test.ctx).await.unwrap();
            assert_eq!(derived(&test).await, right, "after {wrong}");
        }
        assert_eq!(told(&test, &records).await, entries, "and nobody entered anything");
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_of_more_people_than_a_page_decides_each_once() {
    on_both(|test| async move {
        let records = records(&test, 1_100).await;
        let came: Vec<i64> = records.iter().copied().step_by(2).collect();
        let visits: Vec<_> =
            came.iter().map(|record| event(*record, "visit.closed", "2026-03-01T00:00:00Z", json!({}))).collect();
        append(&test, &visits).await;
        let new = NewSegment {
            name: "visited".to_owned(),
            description: String::new(),
            rule: json!({"tag":"visit.recency","exists":true}),
        };
        let visited = create_segment(&test.db, &test.ctx.require().unwrap(), &new).await.unwrap().id;
        for _ in 0..2 {
            careloop_profiles::clear(&test.db, &test.ctx).await.unwrap();
            careloop_segments::rebuild(&test.db, &test.ctx).await.unwrap();
            settle(&test).await;
            let (segment, _, _) = get_segment(&test.db, &test.ctx.require().unwrap(), visited).await.unwrap();
            assert_eq!(segment.count, came.len() as u64);
        }
        assert_eq!(told(&test, &records).await.len(), came.len(), "an entry is told once");
    })
    .await;
}

#[tokio::test]
async fn amounts_in_a_foreign_currency_are_not_added() {
    on_both(|test| async move {
        let records = records(&test, 1).await;
        let paid = |currency: &str, minor: i64| {
            let mut paid =
                event(records[0], "payment.received", "2026-03-01T00:00:00Z", json!({ "currency": currency }));
            paid.amount = Some(Money::of_minor(minor, currency.parse::<Currency>().unwrap()));
            paid
        };
        append(&test, &[paid("CNY", 10_000), paid("USD", 90_000)]).await;
        let rich = json!({"event":"payment.received","sum":{"field":"amount","gte":"101.00"}});
        let rich_segment = segment(&test, "rich", rich.clone()).await;
        let some =
            segment(&test, "some", json!({"event":"payment.received","sum":{"field":"amount","is":"100.00"}})).await;
        assert!(members(&test, rich_segment).await.is_empty());
        assert_eq!(members(&test, some).await, records);
        assert_eq!(careloop_segments::count(&test.db, &test.ctx.require().unwrap(), &rich, None).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn misspelt_names_in_a_condition_are_refused() {
    let test = TestDb::sqlite().await;
    records(&test, 1).await;
    let reader = test.ctx.require().unwrap();
    for (field, known) in [("source", "his"), ("clinic", "")] {
        let rule = |name: &str| json!({"event":"visit.closed","where":{field:{"in":[name]}}});
        let refused = careloop_segments::count(&test.db, &reader, &rule("hiss"), None).await.unwrap_err();
        assert!(refused.message().contains(&format!("there is no {field} `hiss`")), "{}", refused.message());
        if !known.is_empty() {
            careloop_segments::count(&test.db, &reader, &rule(known), None).await.unwrap();
        }
    }
}
