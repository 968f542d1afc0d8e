//! Two people who become one, and one who becomes two, are touched once for what happened once.

use std::time::Duration;

use careloop_db::{Engine, FromQueryResult, execute};
use careloop_events::{NewEvent, append, consumers};
use careloop_kernel::ids::{PersonId, RecordId};
use careloop_outreach::{Delivery, IntentState, Reason};
use careloop_people::service::identity::{merge, unmerge};
use careloop_people::{Resolve, resolve};
use careloop_segments::{NewSegment, create_segment};
use careloop_testkit::{TestDb, on_both};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::fixture::World;

#[derive(FromQueryResult)]
struct Tip {
    seq: i64,
}

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// A world whose segment is real: everybody who ever closed a visit.
async fn world(test: TestDb) -> World {
    let mut world = World::new(test).await;
    execute(world.test.db.write(), "DELETE FROM segments", []).await.unwrap();
    let rule = json!({ "event": "visit.closed" });
    let new = NewSegment { name: "来过".to_owned(), description: String::new(), rule };
    world.segment = create_segment(&world.test.db, &world.test.ctx.require().unwrap(), &new).await.unwrap().id;
    settle(&world).await;
    world
}

/// Lets identity, segments and touches catch up with the log.
async fn settle(world: &World) {
    world.test.clock.advance(SignedDuration::from_secs(1));
    let (db, ctx) = (&world.test.db, &world.test.ctx);
    resolve(db, ctx, Resolve::Incremental).await.unwrap();
    let caught_up = async {
        loop {
            while careloop_segments::jobs::follow(db, ctx).await.unwrap() {}
            let tip: Tip =
                careloop_db::one(db.read(), "SELECT COALESCE(MAX(seq), 0) AS seq FROM events", []).await.unwrap();
            if consumers::load(db, "segments").await.unwrap().seq >= tip.seq {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), caught_up).await.expect("the follower catches up");
    if consumers::exists(db, "outreach").await.unwrap() {
        world.run().await;
    }
}

async fn tell(world: &World, record: i64, kind: &str, props: Value) {
    let test = &world.test;
    let event = NewEvent {
        kind: kind.to_owned(),
        record,
        clinic: None,
        source: 2,
        message_id: format!("{kind}:{record}:{}", test.ctx.now()),
        at: test.ctx.now(),
        amount: None,
        props: props.as_object().unwrap().clone(),
        flags: 0,
    };
    let tx = test.db.begin().await.unwrap();
    append(&*tx, Engine::from(sea_orm::ConnectionTrait::get_database_backend(&*tx)), &test.ctx, &[event])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn id_of(world: &World, record: i64) -> RecordId {
    let sql = "SELECT id FROM records WHERE ord = $1";
    let row: Id = careloop_db::one(world.test.db.read(), sql, [record.into()]).await.unwrap();
    row.id.parse().unwrap()
}

async fn join(world: &World, one: i64, other: i64) {
    let ids = [id_of(world, one).await, id_of(world, other).await].map(|id| PersonId::anchored_at(id).to_string());
    let ctx = world.test.ctx.require().unwrap();
    merge(&world.test.db, &ctx, (&ids[0], &ids[1]), "同一人").await.unwrap();
    settle(world).await;
}

async fn part(world: &World, one: i64, other: i64) {
    let person = PersonId::anchored_at(id_of(world, one).await).to_string();
    let ctx = world.test.ctx.require().unwrap();
    unmerge(&world.test.db, &ctx, &person, &[id_of(world, other).await], "不是同一人").await.unwrap();
    settle(world).await;
}

#[tokio::test]
async fn a_merge_and_its_undoing_touch_nobody_again() {
    on_both(|test| async move {
        let world = world(test).await;
        let plan = world.email_plan("thanks", 0).await;
        let (one, two) = (world.willing("one").await, world.willing("two").await);
        settle(&world).await;
        tell(&world, two, "visit.closed", json!({})).await;
        settle(&world).await;
        assert_eq!(world.transport.count("two@example.com"), 1);
        join(&world, one, two).await;
        part(&world, one, two).await;
        assert_eq!(world.transport.given().len(), 1, "who was in the segment before is no news");
        assert_eq!(world.intents(&plan).await.len(), 1);
        tell(&world, one, "visit.closed", json!({})).await;
        settle(&world).await;
        assert_eq!(world.transport.count("one@example.com"), 1, "a visit of one's own is");
    })
    .await;
}

#[tokio::test]
async fn who_entered_while_two_were_one_is_not_touched_again_when_they_part() {
    on_both(|test| async move {
        let world = world(test).await;
        let plan = world.email_plan("thanks", 0).await;
        let (one, two) = (world.willing("one").await, world.willing("two").await);
        settle(&world).await;
        join(&world, one, two).await;
        tell(&world, two, "visit.closed", json!({})).await;
        settle(&world).await;
        assert_eq!(world.transport.given().len(), 1);
        part(&world, one, two).await;
        assert_eq!((world.transport.given().len(), world.intents(&plan).await.len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn who_was_in_a_segment_when_it_was_first_filled_is_not_touched() {
    on_both(|test| async move {
        let mut world = world(test).await;
        let old = world.willing("old").await;
        tell(&world, old, "visit.closed", json!({})).await;
        settle(&world).await;
        let new = NewSegment {
            name: "新圈".to_owned(),
            description: String::new(),
            rule: json!({ "event": "visit.closed", "count": { "gte": 1 } }),
        };
        world.segment = create_segment(&world.test.db, &world.test.ctx.require().unwrap(), &new).await.unwrap().id;
        let plan = world.email_plan("thanks", 0).await;
        settle(&world).await;
        assert!(world.intents(&plan).await.is_empty());
        let young = world.willing("young").await;
        tell(&world, young, "visit.closed", json!({})).await;
        settle(&world).await;
        assert_eq!(world.transport.given().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_files_and_apps_tell_of_consent_counts_and_so_do_tags_of_staff() {
    on_both(|test| async move {
        let world = world(test).await;
        let plan = world.email_plan("thanks", 0).await;
        let words = [
            ("willing", "consent.changed", json!({ "channel": "email", "state": "granted" })),
            ("refuses", "consent.changed", json!({ "channel": "邮件", "state": "refused" })),
            ("barred", "tag.set", json!({ "tag": "care.do_not_contact", "value": "true", "by": "staff" })),
            ("black", "tag.set", json!({ "tag": "gov.blacklist", "value": "true", "by": "staff" })),
        ];
        for (key, kind, props) in words {
            let record = if key == "willing" { world.customer(key).await } else { world.willing(key).await };
            world.test.clock.advance(SignedDuration::from_secs(1));
            tell(&world, record, "visit.closed", json!({})).await;
            tell(&world, record, kind, props).await;
        }
        settle(&world).await;
        let outcomes: Vec<_> = world.intents(&plan).await.iter().map(|intent| (intent.state, intent.reason)).collect();
        let expected = [
            (IntentState::Skipped, Some(Reason::Blacklisted)),
            (IntentState::Skipped, Some(Reason::DoNotContact)),
            (IntentState::Skipped, Some(Reason::ConsentRefused)),
            (IntentState::Sent, None),
        ];
        assert_eq!(outcomes, expected);
    })
    .await;
}

#[tokio::test]
async fn a_touch_that_cannot_be_decided_holds_up_no_other() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let broken = world.email_plan("broken", 0).await;
        let plan = world.email_plan("fine", 0).await;
        world.transport.answer(Delivery::Sent);
        world.enter(world.willing("one").await).await;
        world.follow().await;
        let sql = "UPDATE touch_plans SET quiet_from = 'never' WHERE name = 'broken'";
        execute(world.test.db.write(), sql, []).await.unwrap();
        while careloop_outreach::jobs::send(&world.outreach, &world.test.ctx).await.unwrap() {}
        assert_eq!(world.transport.given().len(), 1);
        let sql = "UPDATE touch_plans SET quiet_from = '21:00' WHERE name = 'broken'";
        execute(world.test.db.write(), sql, []).await.unwrap();
        assert_eq!(world.outcome(&plan).await, (IntentState::Sent, None));
        assert_eq!(world.outcome(&broken).await.0, IntentState::Waiting);
        world.test.clock.advance(SignedDuration::from_mins(10));
        world.run().await;
        assert_eq!(world.outcome(&broken).await, (IntentState::Sent, None), "once it can be decided");
    })
    .await;
}
