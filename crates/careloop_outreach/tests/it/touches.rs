//! What becomes of intents: sent once, held, skipped, unknown, settled.

use careloop_db::execute;
use careloop_kernel::ids::IntentId;
use careloop_kernel::permissions::SettleOutreach;
use careloop_kernel::{Ctx, PageRequest, Scope};
use careloop_outreach::{Action, Delivery, IntentState, Outreach, Reason, jobs};
use careloop_teams::TaskFilter;
use careloop_testkit::on_both;
use jiff::SignedDuration;

use crate::fixture::World;

#[tokio::test]
async fn who_enters_is_written_to_once() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let before = world.willing("before").await;
        world.enter(before).await;
        world.test.clock.advance(SignedDuration::from_secs(1));
        let plan = world.email_plan("wake", 0).await;
        let record = world.willing("one").await;
        world.enter(record).await;
        world.run().await;
        world.run().await;
        let expected = ("one@example.com".to_owned(), "Careloop想念您".to_owned(), "王小明女士：徐汇店".to_owned());
        assert_eq!(world.transport.given(), [expected], "and nobody who entered before there was a plan");
        assert_eq!(world.outcome(&plan).await, (IntentState::Sent, None));
        assert_eq!(world.told().await["touch.sent"], 1);
        let events = careloop_events::of_records(world.test.db.write(), &[record]).await.unwrap();
        let sent = events.iter().find(|event| event.kind == "touch.sent").unwrap();
        assert_eq!((sent.record, sent.clinic), (record, Some(1)));
        assert!(careloop_events::check(&sent.kind, sent.props.map()).unwrap().registered);
        assert!(!sent.props.text().contains("example.com"), "no address in the log");
    })
    .await;
}

#[tokio::test]
async fn a_task_is_opened_for_who_enters() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let action = Action::Task { title: "电话回访".to_owned(), due_in_hours: 48 };
        let plan = world.plan(world.draft("call", action, 0)).await;
        let record = world.customer("one").await;
        world.enter(record).await;
        world.run().await;
        assert_eq!(world.outcome(&plan).await, (IntentState::Sent, None));
        let filter = TaskFilter { done: false, mine: false };
        let request = PageRequest::new(None, None).unwrap();
        let tasks =
            careloop_teams::list(&world.test.db, &world.test.ctx.require().unwrap(), filter, &request).await.unwrap();
        assert_eq!(tasks.items.len(), 1);
        assert_eq!((tasks.items[0].title.as_str(), tasks.items[0].reason.as_str()), ("电话回访", "call"));
        assert_eq!(tasks.items[0].due_at, world.test.ctx.now_us() + 48 * 3_600_000_000);
        assert!(world.transport.given().is_empty());
    })
    .await;
}

#[tokio::test]
async fn reading_the_same_entry_again_makes_no_second_touch() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plan = world.email_plan("wake", 0).await;
        world.enter(world.willing("one").await).await;
        world.run().await;
        let draft = world.draft("renamed", plan.action.clone(), 0);
        careloop_outreach::update(&world.test.db, &world.test.ctx.require().unwrap(), plan.id, draft).await.unwrap();
        execute(world.test.db.write(), "UPDATE consumers SET tx = 0, seq = 0 WHERE name = 'outreach'", [])
            .await
            .unwrap();
        world.run().await;
        assert_eq!(world.transport.count("one@example.com"), 1);
        assert_eq!(world.intents(&plan).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn consent_membership_and_address_are_asked_at_the_moment_of_sending() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.test.clock.advance(SignedDuration::from_hours(13));
        let plan = world.email_plan("wake", 0).await;
        let mut records = Vec::new();
        for key in ["agrees", "objects", "leaves", "silent"] {
            let record = if key == "silent" { world.customer(key).await } else { world.willing(key).await };
            world.enter(record).await;
            records.push(record);
        }
        world.run().await;
        let held: Vec<_> = world.intents(&plan).await.iter().map(|intent| (intent.state, intent.reason)).collect();
        let night = (IntentState::Held, Some(Reason::QuietHours));
        assert_eq!(held, [(IntentState::Skipped, Some(Reason::NoConsent)), night, night, night]);
        world.test.clock.advance(SignedDuration::from_hours(2));
        world.consent(records[1], "all", "refused").await;
        world.leave(records[2]).await;
        world.run().await;
        assert!(world.transport.given().is_empty(), "it is still night");
        world.test.clock.advance(SignedDuration::from_hours(9));
        world.run().await;
        let outcomes: Vec<_> = world.intents(&plan).await.iter().map(|intent| (intent.state, intent.reason)).collect();
        let expected = [
            (IntentState::Skipped, Some(Reason::NoConsent)),
            (IntentState::Skipped, Some(Reason::LeftSegment)),
            (IntentState::Skipped, Some(Reason::ConsentRefused)),
            (IntentState::Sent, None),
        ];
        assert_eq!(outcomes, expected);
        assert_eq!(world.transport.given().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_written_to_more_often_than_the_cap_allows() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (first, second) = (world.email_plan("first", 2).await, world.email_plan("second", 2).await);
        let record = world.willing("one").await;
        world.enter(record).await;
        world.run().await;
        assert_eq!(world.outcome(&first).await, (IntentState::Sent, None));
        assert_eq!(
            world.outcome(&second).await,
            (IntentState::Skipped, Some(Reason::Capped)),
            "e-mails of all plans count"
        );
        world.test.clock.advance(SignedDuration::from_hours(49));
        world.enter(record).await;
        world.run().await;
        assert_eq!(world.transport.given().len(), 2);
        let other = world.willing("two").await;
        world.enter(other).await;
        let sql = "UPDATE records SET person = $1 WHERE ord = $2";
        execute(world.test.db.write(), sql, [record.into(), other.into()]).await.unwrap();
        world.run().await;
        assert_eq!(world.transport.given().len(), 2, "who was merged into somebody just written to is not written to");
    })
    .await;
}

#[tokio::test]
async fn senders_at_once_share_the_work_and_the_cap() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.email_plan("first", 1).await;
        world.email_plan("second", 1).await;
        for number in 0..10 {
            world.enter(world.willing(&format!("c{number}")).await).await;
        }
        world.follow().await;
        let senders: Vec<_> = (0..4)
            .map(|_| {
                let (outreach, ctx) = (world.outreach.clone(), world.test.ctx.clone());
                tokio::spawn(async move { while jobs::send(&outreach, &ctx).await.unwrap() {} })
            })
            .collect();
        for sender in senders {
            sender.await.unwrap();
        }
        for number in 0..10 {
            assert_eq!(world.transport.count(&format!("c{number}@example.com")), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_paused_plan_holds_what_waits_and_misses_who_enters() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plan = world.email_plan("wake", 0).await;
        let ctx = world.test.ctx.require().unwrap();
        world.enter(world.willing("waiting").await).await;
        world.follow().await;
        careloop_outreach::pause(&world.test.db, &ctx, plan.id).await.unwrap();
        world.run().await;
        assert_eq!(world.outcome(&plan).await, (IntentState::Held, Some(Reason::PlanPaused)));
        world.enter(world.willing("missed").await).await;
        world.test.clock.advance(SignedDuration::from_mins(1));
        careloop_outreach::resume(&world.test.db, &ctx, plan.id).await.unwrap();
        world.run().await;
        assert_eq!(
            world.transport.given().iter().map(|(to, ..)| to.as_str()).collect::<Vec<_>>(),
            ["waiting@example.com"]
        );
        assert_eq!(world.outcome(&plan).await.0, IntentState::Sent);
    })
    .await;
}

#[tokio::test]
async fn what_waits_too_long_is_skipped() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plan = world.email_plan("wake", 0).await;
        world.enter(world.willing("one").await).await;
        let silent = Outreach::new(world.test.db.clone(), None).unwrap();
        world.follow().await;
        while jobs::send(&silent, &world.test.ctx).await.unwrap() {}
        assert_eq!(world.outcome(&plan).await, (IntentState::Held, Some(Reason::ChannelMissing)));
        world.test.clock.advance(SignedDuration::from_hours(7 * 24 + 1));
        world.run().await;
        assert_eq!(world.outcome(&plan).await, (IntentState::Skipped, Some(Reason::Expired)));
    })
    .await;
}

#[tokio::test]
async fn a_busy_server_is_asked_again_with_growing_pauses_and_then_given_up() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plan = world.email_plan("wake", 0).await;
        world.enter(world.willing("one").await).await;
        world.transport.answer(Delivery::NotYet(Reason::ServerBusy));
        for (tries, pause) in [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240)] {
            world.run().await;
            assert_eq!(world.transport.given().len(), tries);
            assert_eq!(world.outcome(&plan).await, (IntentState::Held, Some(Reason::ServerBusy)));
            world.test.clock.advance(SignedDuration::from_mins(pause));
        }
        world.run().await;
        assert_eq!(world.outcome(&plan).await, (IntentState::Failed, Some(Reason::ServerBusy)));
        assert!(!world.told().await.contains_key("touch.sent"));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_final_and_does_not_count_against_the_cap() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plan = world.email_plan("wake", 30).await;
        let record = world.willing("one").await;
        world.enter(record).await;
        world.transport.answer(Delivery::Refused(Reason::ServerRefused));
        world.run().await;
        assert_eq!(world.outcome(&plan).await, (IntentState::Failed, Some(Reason::ServerRefused)));
        world.transport.answer(Delivery::Sent);
        world.enter(record).await;
        world.run().await;
        assert_eq!(world.intents(&plan).await[0].state, IntentState::Sent);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_knows_is_settled_by_a_person_and_never_sent_again() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plan = world.email_plan("wake", 0).await;
        world.transport.answer(Delivery::Unknown(Reason::ConnectionLost));
        for key in ["left", "lost"] {
            world.enter(world.willing(key).await).await;
        }
        world.run().await;
        world.test.clock.advance(SignedDuration::from_hours(3));
        world.run().await;
        assert_eq!(world.transport.given().len(), 2, "asked once each");
        let intents = world.intents(&plan).await;
        assert!(intents.iter().all(|intent| intent.state == IntentState::Unknown));
        let (db, ctx) = (&world.test.db, world.test.ctx.require::<SettleOutreach>().unwrap());
        let settled = careloop_outreach::settle(db, &ctx, intents[1].id, true).await.unwrap();
        assert_eq!((settled.state, settled.reason), (IntentState::Sent, Some(Reason::Settled)));
        let settled = careloop_outreach::settle(db, &ctx, intents[0].id, false).await.unwrap();
        assert_eq!(settled.state, IntentState::Failed);
        assert_eq!(world.told().await["touch.sent"], 1);
        let again = careloop_outreach::settle(db, &ctx, intents[1].id, false).await.unwrap_err();
        assert_eq!(again.code(), "outreach.not_unknown");
        let narrow: Ctx = Ctx::staff(
            world.test.ctx.env().clone(),
            world.test.ctx.new_id(),
            1,
            Scope::Clinics(vec![9]),
            world.test.ctx.permissions().clone(),
        );
        let hidden = careloop_outreach::settle(db, &narrow.require().unwrap(), intents[0].id, true).await.unwrap_err();
        assert_eq!(hidden.code(), "outreach.no_such_intent");
        let unknown: IntentId = world.test.ctx.new_id();
        assert_eq!(
            careloop_outreach::settle(db, &ctx, unknown, true).await.unwrap_err().code(),
            "outreach.no_such_intent"
        );
        world.run().await;
        assert_eq!(world.transport.given().len(), 2);
    })
    .await;
}
