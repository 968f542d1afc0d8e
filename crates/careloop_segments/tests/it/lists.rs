//! Static lists: who is put on one, stays on it through merges, and comes off again.

use careloop_kernel::ids::{Id, PersonId, RecordId, SegmentId};
use careloop_kernel::{Ctx, PermissionSet, Scope};
use careloop_segments::{
    AsOf, BulkAction, Finder, NewList, NewSegment, SegmentPatch, State, Whom, add_to_list, archive_segment, count,
    create_list, create_segment, explain_member, get_bulk_action, import_to_list, remove_from_list, restore_segment,
    undo_bulk_action, update_segment,
};
use careloop_testkit::{TestDb, on_both};
use jiff::SignedDuration;
use serde_json::json;

use crate::chain::{append, assign, event, members, records, segment, settle, told};

/// The person anchored at a record.
async fn person(test: &TestDb, record: i64) -> PersonId {
    let facts = careloop_people::facts(test.db.read(), &[record]).await.unwrap();
    facts[0].person_id
}

async fn people(test: &TestDb, records: &[i64]) -> Whom {
    let mut people = Vec::new();
    for record in records {
        people.push(person(test, *record).await);
    }
    Whom::People(people)
}

async fn list(test: &TestDb, name: &str, records: &[i64]) -> SegmentId {
    let new = NewList { name: name.to_owned(), description: String::new() };
    let whom = if records.is_empty() { None } else { Some(people(test, records).await) };
    let (segment, action) = create_list(&test.db, &test.ctx.require().unwrap(), &new, whom.as_ref()).await.unwrap();
    if let Some(action) = action {
        assert_eq!(done(test, action).await.state, State::Done);
    }
    segment.id
}

/// Lets the worker and the follower finish, and gives the action as it ended.
async fn done(test: &TestDb, action: BulkAction) -> BulkAction {
    test.clock.advance(SignedDuration::from_secs(1));
    while careloop_segments::jobs::work(&test.db, &test.ctx).await.unwrap() {}
    settle(test).await;
    get_bulk_action(&test.db, &test.ctx.require().unwrap(), action.id).await.unwrap()
}

#[tokio::test]
async fn a_list_holds_whom_it_was_given_and_serves_in_rules_like_any_segment() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        let vip = list(&test, "vip", &records[..2]).await;
        assert_eq!(members(&test, vip).await, &records[..2]);
        let others = segment(&test, "others", json!({"not":{"segment": vip}})).await;
        assert_eq!(members(&test, others).await, &records[2..]);
        let entered = ("segment.entered".to_owned(), records[0]);
        assert!(told(&test, &records[..1]).await.contains(&entered), "an entry is told");
        let ctx = test.ctx.require().unwrap();
        let gone = remove_from_list(&test.db, &ctx, vip, &people(&test, &records[..1]).await).await.unwrap();
        assert_eq!(done(&test, gone.clone()).await.changed, 1);
        assert_eq!(members(&test, vip).await, [records[1]]);
        assert_eq!(members(&test, others).await, [records[0], records[2]]);
        let undo = undo_bulk_action(&test.db, &test.ctx.require().unwrap(), gone.id).await.unwrap();
        assert_eq!(done(&test, undo).await.changed, 1);
        assert_eq!(members(&test, vip).await, &records[..2]);
        let twice = undo_bulk_action(&test.db, &test.ctx.require().unwrap(), gone.id).await.unwrap_err();
        assert_eq!(twice.code(), "bulk.undone");
    })
    .await;
}

#[tokio::test]
async fn a_rule_and_a_list_are_not_each_other_and_no_rule_leads_back() {
    on_both(|test| async move {
        let records = records(&test, 1).await;
        let (ctx, vip) = (test.ctx.require().unwrap(), list(&test, "vip", &records).await);
        let ruled = segment(&test, "ruled", json!({"all":[{"segment": vip}]})).await;
        let patch = SegmentPatch { rule: Some(json!({"segment": ruled})), ..SegmentPatch::default() };
        assert_eq!(update_segment(&test.db, &ctx, vip, &patch).await.unwrap_err().code(), "segments.is_list");
        let refused = add_to_list(&test.db, &ctx, ruled, &people(&test, &records).await).await.unwrap_err();
        assert_eq!(refused.code(), "segments.is_rule");
        let sly = NewSegment { name: "sly".to_owned(), description: String::new(), rule: json!({"listed": vip}) };
        assert_eq!(create_segment(&test.db, &ctx, &sly).await.unwrap_err().code(), "segments.rule");
        assert_eq!(archive_segment(&test.db, &ctx, vip).await.unwrap_err().code(), "segments.in_use");
        archive_segment(&test.db, &ctx, ruled).await.unwrap();
        archive_segment(&test.db, &ctx, vip).await.unwrap();
        let away = add_to_list(&test.db, &ctx, vip, &people(&test, &records).await).await.unwrap_err();
        assert_eq!(away.code(), "segments.archived");
        restore_segment(&test.db, &ctx, vip).await.unwrap();
        settle(&test).await;
        assert_eq!(members(&test, vip).await, records, "a list comes back with its people");
    })
    .await;
}

#[tokio::test]
async fn a_list_follows_people_who_become_one_and_gives_each_their_own_back() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        let [one, two] = [records[0], records[1]];
        let vip = list(&test, "vip", &[two]).await;
        assign(&test, two, one).await;
        append(&test, &[identity(&test, "person.merged", one, two).await]).await;
        settle(&test).await;
        assert_eq!(members(&test, vip).await, [one], "the list follows the record");
        assign(&test, two, two).await;
        append(&test, &[identity(&test, "person.unmerged", one, two).await]).await;
        settle(&test).await;
        assert_eq!(members(&test, vip).await, [two], "and is given back");
        assign(&test, two, one).await;
        append(&test, &[identity(&test, "person.merged", one, two).await]).await;
        settle(&test).await;
        let ctx = test.ctx.require().unwrap();
        let again = add_to_list(&test.db, &ctx, vip, &people(&test, &[one]).await).await.unwrap();
        assert_eq!(done(&test, again).await.changed, 0, "who is on it is not put on it again");
        let off = remove_from_list(&test.db, &ctx, vip, &people(&test, &[one]).await).await.unwrap();
        done(&test, off).await;
        assert!(members(&test, vip).await.is_empty(), "taken off under either number");
    })
    .await;
}

/// What identity tells when people become one or two.
async fn identity(test: &TestDb, kind: &str, one: i64, two: i64) -> careloop_events::NewEvent {
    let anchor = |id: RecordId| PersonId::from_bits(id.bits()).to_string();
    let ids = |record: i64| async move {
        let sql = format!("SELECT id FROM records WHERE ord = {record}");
        let row: Row = careloop_db::one(test.db.read(), &sql, []).await.unwrap();
        anchor(row.id.parse().unwrap())
    };
    test.clock.advance(SignedDuration::from_secs(1));
    let at = test.ctx.now().to_string();
    event(one, kind, &at, json!({ "person": ids(one).await, "other": ids(two).await }))
}

#[derive(sea_orm::FromQueryResult)]
struct Row {
    id: String,
}

#[tokio::test]
async fn undoing_leaves_what_was_decided_since_and_a_rebuild_changes_nothing() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        let ctx = test.ctx.require().unwrap();
        let vip = list(&test, "vip", &records[..1]).await;
        let all = add_to_list(&test.db, &ctx, vip, &people(&test, &records).await).await.unwrap();
        assert_eq!(done(&test, all.clone()).await.changed, 2, "one was there already");
        let off = remove_from_list(&test.db, &ctx, vip, &people(&test, &records[1..2]).await).await.unwrap();
        done(&test, off).await;
        let on = add_to_list(&test.db, &ctx, vip, &people(&test, &records[1..2]).await).await.unwrap();
        done(&test, on).await;
        let undo = undo_bulk_action(&test.db, &test.ctx.require().unwrap(), all.id).await.unwrap();
        assert_eq!(done(&test, undo).await.changed, 1);
        assert_eq!(members(&test, vip).await, &records[..2], "the second was put on it again since");
        careloop_segments::rebuild(&test.db, &test.ctx).await.unwrap();
        settle(&test).await;
        assert_eq!(members(&test, vip).await, &records[..2]);
    })
    .await;
}

#[tokio::test]
async fn a_list_can_be_asked_about_the_past_and_says_who_chose_whom() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let ctx = test.ctx.require().unwrap();
        let vip = list(&test, "vip", &records[..1]).await;
        test.clock.advance(SignedDuration::from_hours(1));
        let before = test.ctx.now();
        test.clock.advance(SignedDuration::from_hours(1));
        let more = add_to_list(&test.db, &ctx, vip, &people(&test, &records[1..]).await).await.unwrap();
        done(&test, more).await;
        let rule = json!({ "segment": vip });
        let read = test.ctx.require().unwrap();
        assert_eq!(count(&test.db, &read, &rule, None).await.unwrap(), 2);
        assert_eq!(count(&test.db, &read, &rule, Some(before)).await.unwrap(), 1);
        let finder = Finder::default();
        let live = careloop_segments::preview(&test.db, &read, &finder, &rule, AsOf::Live).await.unwrap();
        assert_eq!(live.count, 2);
        let who = person(&test, records[1]).await.to_string();
        let why = explain_member(&test.db, &read, vip, &who).await.unwrap();
        assert!(why.member && why.holds_now);
        assert!(why.now[0].text.zh.contains("加入名单，逐一选定"), "{:?}", why.now[0]);
        assert_eq!(why.now[0].events.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_puts_people_on_a_list_and_tells_of_its_lines_only() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        let (ctx, vip) = (test.ctx.require().unwrap(), list(&test, "vip", &[]).await);
        let first = person(&test, records[0]).await;
        let file = format!("客户号\n{first}\nhis:C1\nper_00000000000000000000000009\n{first}\n不详\n139 0000 7777\n");
        let done = done(&test, import_to_list(&test.db, &ctx, vip, &file).await.unwrap()).await;
        let report = done.report.unwrap();
        assert_eq!((report["rows"].as_u64(), report["people"].as_u64()), (Some(6), Some(2)));
        assert_eq!(report["not_found"], json!({ "count": 2, "first": [4, 7] }));
        assert_eq!(report["repeated"]["first"], json!([5]));
        assert_eq!(report["unreadable"]["first"], json!([6]));
        assert!(!report.to_string().contains("7777"));
        assert_eq!(members(&test, vip).await, &records[..2]);
    })
    .await;
}

#[tokio::test]
async fn nobody_lists_or_undoes_for_people_they_may_not_see() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let vip = list(&test, "vip", &records).await;
        let scope = Scope::Clinics(vec![1]);
        let narrow = Ctx::staff(test.ctx.env().clone(), test.ctx.new_id(), 9, scope, PermissionSet::all());
        let whom = people(&test, &records[..1]).await;
        let refused = add_to_list(&test.db, &narrow.require().unwrap(), vip, &whom).await.unwrap_err();
        assert_eq!(refused.code(), "people.not_found");
        let off = remove_from_list(&test.db, &narrow.require().unwrap(), vip, &Whom::Segment(vip)).await.unwrap();
        assert_eq!(done(&test, off).await.changed, 0, "a snapshot holds whom one sees");
        let other = add_to_list(&test.db, &test.ctx.require().unwrap(), vip, &whom).await.unwrap();
        let other = done(&test, other).await;
        let refused = undo_bulk_action(&test.db, &narrow.require().unwrap(), other.id).await.unwrap_err();
        assert_eq!(refused.code(), "bulk.beyond_scope");
    })
    .await;
}
