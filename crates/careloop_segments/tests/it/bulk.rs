//! Tags on many people at once, stopped and taken back.

use careloop_kernel::ids::PersonId;
use careloop_kernel::{Error, PageRequest};
use careloop_segments::{
    BulkAction, BulkTag, NewList, State, Whom, cancel_bulk_action, composition, create_lookalike_list, get_bulk_action,
    list_bulk_actions, lookalike, overlap, overlap_people, tag_people, trend, undo_bulk_action, untag_people,
};
use careloop_testkit::{TestDb, on_both};
use jiff::SignedDuration;
use serde_json::json;

use crate::chain::{append, event, members, records, segment, settle};

async fn done(test: &TestDb, action: BulkAction) -> BulkAction {
    test.clock.advance(SignedDuration::from_secs(1));
    while careloop_segments::jobs::work(&test.db, &test.ctx).await.unwrap() {}
    settle(test).await;
    get_bulk_action(&test.db, &test.ctx.require().unwrap(), action.id).await.unwrap()
}

async fn whom(test: &TestDb, records: &[i64]) -> Whom {
    let facts = careloop_people::facts(test.db.read(), records).await.unwrap();
    Whom::People(facts.into_iter().map(|facts| facts.person_id).collect::<Vec<PersonId>>())
}

fn tag(tag: &str, value: &str) -> BulkTag {
    BulkTag { tag: tag.to_owned(), value: value.to_owned(), reason: Some("年会名单".to_owned()), until_on: None }
}

async fn values(test: &TestDb, record: i64, tag: &str) -> Vec<String> {
    let rows = careloop_profiles::tags_by_person(test.db.read(), &[record]).await.unwrap();
    rows.into_iter().filter(|(_, held, _)| held == tag).map(|(_, _, value)| value).collect()
}

#[tokio::test]
async fn a_tag_is_set_on_many_and_undone_to_what_each_had_before() {
    on_both(|test| async move {
        let records = records(&test, 3).await;
        append(
            &test,
            &[event(records[0], "tag.set", "2025-01-01T00:00:00Z", json!({"tag":"val.abc","value":"C","by":"staff"}))],
        )
        .await;
        settle(&test).await;
        let before = values(&test, records[1], "val.abc").await;
        let ctx = test.ctx.require().unwrap();
        let action = tag_people(&test.db, &ctx, tag("val.abc", "A"), &whom(&test, &records).await).await.unwrap();
        let action = done(&test, action).await;
        assert_eq!((action.total, action.done, action.changed), (3, 3, 3));
        for record in &records {
            assert_eq!(values(&test, *record, "val.abc").await, ["A"]);
        }
        let same = tag_people(&test.db, &ctx, tag("val.abc", "A"), &whom(&test, &records).await).await.unwrap();
        assert_eq!(done(&test, same).await.changed, 0, "setting what is set changes nothing");
        let read = test.ctx.require().unwrap();
        let undo = undo_bulk_action(&test.db, &read, action.id).await.unwrap();
        assert_eq!(done(&test, undo.clone()).await.changed, 3);
        assert_eq!(values(&test, records[0], "val.abc").await, ["C"], "its own earlier value");
        assert_eq!(values(&test, records[1], "val.abc").await, before, "and what is computed");
        let request = PageRequest::new(None, None).unwrap();
        let listed = list_bulk_actions(&test.db, &read, None, &request).await.unwrap().items;
        let mut ids = listed.iter().map(|one| one.id);
        assert_eq!(ids.next(), Some(undo.id));
        assert_eq!(listed[2].undone_by, Some(undo.id));
        let redo = undo_bulk_action(&test.db, &read, undo.id).await.unwrap();
        done(&test, redo).await;
        assert_eq!(values(&test, records[0], "val.abc").await, ["A"], "an undo can be undone");
    })
    .await;
}

#[tokio::test]
async fn a_value_is_removed_from_a_segment_and_what_cannot_be_set_is_refused() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let ctx = test.ctx.require().unwrap();
        let set = tag_people(&test.db, &ctx, tag("care.vip", "true"), &whom(&test, &records).await).await.unwrap();
        done(&test, set).await;
        let vip = segment(&test, "vip", json!({"tag":"care.vip","is":true})).await;
        assert_eq!(members(&test, vip).await, records);
        let gone = untag_people(&test.db, &ctx, ("care.vip", "true"), &Whom::Segment(vip)).await.unwrap();
        assert_eq!(done(&test, gone).await.changed, 2);
        assert!(members(&test, vip).await.is_empty());
        let code = |result: Result<BulkAction, Error>| result.unwrap_err().code().to_owned();
        let some = whom(&test, &records).await;
        let computed = tag_people(&test.db, &ctx, tag("life.dormant", "true"), &some).await;
        assert_eq!(code(computed), "tags.computed");
        let telling = BulkTag { reason: Some("电话 13800001111".to_owned()), ..tag("care.vip", "true") };
        assert_eq!(code(tag_people(&test.db, &ctx, telling, &some).await), "tags.reason");
        assert_eq!(
            code(tag_people(&test.db, &ctx, tag("care.vip", "true"), &Whom::People(vec![])).await),
            "bulk.people"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_stopped_stays_where_it_was_and_is_undone_from_there() {
    on_both(|test| async move {
        let records = records(&test, 2).await;
        let (ctx, read) = (test.ctx.require().unwrap(), test.ctx.require().unwrap());
        let action = tag_people(&test.db, &ctx, tag("care.vip", "true"), &whom(&test, &records).await).await.unwrap();
        let early = undo_bulk_action(&test.db, &read, action.id).await.unwrap_err();
        assert_eq!(early.code(), "bulk.running");
        let stopped = cancel_bulk_action(&test.db, &read, action.id).await.unwrap();
        assert_eq!(done(&test, stopped).await.changed, 0);
        assert!(values(&test, records[0], "care.vip").await.is_empty());
        let undo = undo_bulk_action(&test.db, &read, action.id).await.unwrap();
        assert_eq!(done(&test, undo).await.changed, 0);
    })
    .await;
}

#[tokio::test]
async fn what_can_never_be_done_does_not_stand_in_the_way() {
    on_both(|test| async move {
        let records = records(&test, 1).await;
        let (ctx, some) = (test.ctx.require().unwrap(), whom(&test, &records).await);
        let stuck = tag_people(&test.db, &ctx, tag("care.vip", "true"), &some).await.unwrap();
        careloop_db::run(test.db.write(), "UPDATE bulk_actions SET tag = 'care.forgotten'", []).await.unwrap();
        let next = tag_people(&test.db, &ctx, tag("care.vip", "true"), &some).await.unwrap();
        assert_eq!(done(&test, next).await.changed, 1);
        let stuck = get_bulk_action(&test.db, &test.ctx.require().unwrap(), stuck.id).await.unwrap();
        assert_eq!(stuck.state, State::Cancelled);
    })
    .await;
}

#[tokio::test]
async fn every_combination_of_segments_is_counted_once() {
    on_both(|test| async move {
        let records = records(&test, 6).await;
        let mut events = Vec::new();
        for (at, record) in records.iter().enumerate() {
            for (bit, value) in ["怕疼", "急躁", "爱聊"].iter().enumerate() {
                if (at + 1) >> bit & 1 == 1 {
                    let props = json!({ "tag": "attr.personality", "value": value, "by": "staff" });
                    events.push(event(*record, "tag.set", "2025-01-01T00:00:00Z", props));
                }
            }
        }
        append(&test, &events).await;
        let mut ids = Vec::new();
        for (name, kind) in [("a", "怕疼"), ("b", "急躁"), ("c", "爱聊")] {
            ids.push(segment(&test, name, json!({"event":"tag.set","where":{"value":{"is":kind}}})).await);
        }
        let read = test.ctx.require().unwrap();
        let found = overlap(&test.db, &read, &ids).await.unwrap();
        assert_eq!(found.people, 6);
        assert_eq!(found.regions.iter().map(|region| region.count).sum::<u64>(), 6, "regions share nobody");
        assert_eq!(found.regions.len(), 6, "nobody is in all three");
        let [a, b, c] = ids[..] else { unreachable!() };
        let only = found.regions.iter().find(|region| region.inside == [a, b]).unwrap();
        assert_eq!(only.count, 1);
        let request = PageRequest::new(Some(10), None).unwrap();
        let people = overlap_people(&test.db, &test.ctx.require().unwrap(), (&[a, b], &[c]), &request).await.unwrap();
        assert_eq!(people.items.iter().map(|card| card.person).collect::<Vec<_>>(), [records[2]]);
        assert_eq!(overlap(&test.db, &read, &[a]).await.unwrap_err().code(), "segments.overlap");
        assert_eq!(overlap(&test.db, &read, &[a, a]).await.unwrap_err().code(), "segments.overlap");
    })
    .await;
}

#[tokio::test]
async fn the_members_are_described_and_their_number_is_told_by_day() {
    on_both(|test| async move {
        let records = records(&test, 4).await;
        let set = |record: i64, value: &str| {
            event(record, "tag.set", "2025-01-01T00:00:00Z", json!({"tag":"val.abc","value":value,"by":"staff"}))
        };
        append(&test, &[set(records[0], "A"), set(records[1], "A"), set(records[2], "B"), set(records[3], "C")]).await;
        let good = segment(&test, "good", json!({"tag":"val.abc","in":["A","B"]})).await;
        let read = test.ctx.require().unwrap();
        let found = composition(&test.db, &read, good).await.unwrap();
        assert_eq!((found.members, found.people), (3, 4));
        let abc = found.tags.iter().find(|shares| shares.tag.id == "val.abc").unwrap();
        assert_eq!(abc.values, [("A".to_owned(), 2, 2), ("B".to_owned(), 1, 1)]);
        test.clock.advance(SignedDuration::from_hours(48));
        append(
            &test,
            &[event(
                records[2],
                "tag.set",
                &test.ctx.now().to_string(),
                json!({"tag":"val.abc","value":"C","by":"staff"}),
            )],
        )
        .await;
        settle(&test).await;
        let days: Vec<(u64, u64, u64)> = trend(&test.db, &read, good)
            .await
            .unwrap()
            .into_iter()
            .map(|day| (day.entered, day.exited, day.count))
            .collect();
        assert_eq!(days, [(3, 0, 3), (0, 0, 3), (0, 1, 2)]);
    })
    .await;
}

#[tokio::test]
async fn the_most_alike_become_a_list_and_members_are_not_among_them() {
    on_both(|test| async move {
        let records = records(&test, 90).await;
        let mut events = Vec::new();
        let mut set = |record: i64, tag: &str, value: &str| {
            let props = json!({ "tag": tag, "value": value, "by": "staff" });
            events.push(event(record, "tag.set", "2025-01-01T00:00:00Z", props));
        };
        for (at, record) in records.iter().enumerate() {
            if at < 30 {
                set(*record, "care.vip", "true");
            }
            if at < 40 {
                set(*record, "attr.personality", "怕疼");
            } else {
                set(*record, "attr.personality", "急躁");
            }
        }
        append(&test, &events).await;
        let vip = segment(&test, "vip", json!({"tag":"care.vip","is":true})).await;
        let read = test.ctx.require().unwrap();
        let found = lookalike(&test.db, &read, vip).await.unwrap();
        assert_eq!((found.members, found.others, found.candidates), (30, 60, 10));
        let fearful = found.features.iter().find(|one| one.counted.value == "怕疼").unwrap();
        assert_eq!((fearful.counted.members, fearful.counted.others), (30, 10));
        assert!(fearful.millibits > 2_000, "{fearful:?}");
        assert_eq!(found.first.iter().map(|one| one.card.person).collect::<Vec<_>>(), &records[30..40]);
        assert_eq!(found.curve.last().map(|(count, _)| *count), Some(10));
        let new = NewList { name: "像 VIP".to_owned(), description: String::new() };
        let ctx = test.ctx.require().unwrap();
        let too_many = create_lookalike_list(&test.db, &ctx, (vip, &new), 11).await.unwrap_err();
        assert_eq!(too_many.code(), "segments.lookalike_count");
        let (list, action) = create_lookalike_list(&test.db, &ctx, (vip, &new), 4).await.unwrap();
        done(&test, action.unwrap()).await;
        assert_eq!(members(&test, list.id).await, &records[30..34]);
        assert_eq!(lookalike(&test.db, &read, list.id).await.unwrap_err().code(), "segments.lookalike_small");
    })
    .await;
}
