//! The program may be killed between any two steps; nothing is ever sent twice.
//!
//! A future that is dropped at an await point leaves the database as a killed process would: what was committed stays,
//! what was not is rolled back. Each round cuts the workers off one step later, then starts them again.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use careloop_outreach::{IntentState, Reason};
use careloop_testkit::on_both;
use jiff::SignedDuration;

use crate::fixture::{Stall, World};

/// Runs a future for so many steps, then drops it; none when it was cut off.
async fn cut_after<F: Future>(future: F, mut steps: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| {
        if steps == 0 {
            return Poll::Ready(None);
        }
        steps -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// After so many uncut runs in a row there is no later step to cut at; one alone may have had a quick database.
const UNCUT: usize = 8;

/// A new process: first while the lease of the killed one still runs, then after it. A commit the killed process had
/// already asked for may reach PostgreSQL late; the new process goes on until nothing is left to do.
async fn restart(world: &World) {
    let finished = async {
        world.run().await;
        world.test.clock.advance(SignedDuration::from_mins(5));
        world.run().await;
        while world.unfinished().await > 0 {
            world.run().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), finished).await.expect("the new process finishes");
    // Keep it day.
    world.test.clock.set("2026-03-02T01:00:00Z".parse().unwrap());
}

#[tokio::test]
async fn a_kill_between_any_two_steps_never_sends_twice() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plan = world.email_plan("wake", 0).await;
        let mut uncut = 0;
        for steps in 1.. {
            assert!(steps < 2_000, "the workers end");
            let key = format!("c{steps}");
            world.enter(world.willing(&key).await).await;
            let ended = cut_after(world.run(), steps).await.is_some();
            restart(&world).await;
            let intent = world.intents(&plan).await.remove(0);
            let sent = world.transport.count(&format!("{key}@example.com"));
            match (intent.state, intent.reason) {
                (IntentState::Sent, None) => assert_eq!(sent, 1, "after {steps} steps"),
                (IntentState::Unknown, Some(Reason::Interrupted)) => assert!(sent <= 1, "after {steps} steps"),
                state => panic!("{state:?} after {steps} steps"),
            }
            uncut = if ended { uncut + 1 } else { 0 };
            if uncut == UNCUT {
                assert!(steps > 2 * UNCUT, "most runs were cut");
                break;
            }
        }
        let known = world.intents(&plan).await.iter().filter(|intent| intent.state == IntentState::Sent).count();
        assert_eq!(
            world.told().await["touch.sent"],
            i64::try_from(known).unwrap(),
            "the log tells what is known to have left"
        );
    })
    .await;
}

#[tokio::test]
async fn a_kill_while_an_email_leaves_is_settled_by_a_person() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plan = world.email_plan("wake", 0).await;
        for (stall, sent) in [(Stall::BeforeLeaving, 0), (Stall::AfterLeaving, 1)] {
            let key = format!("{stall:?}").to_lowercase();
            world.enter(world.willing(&key).await).await;
            world.transport.stall(Some(stall));
            tokio::select! {
                () = world.run() => panic!("the transport stalls"),
                () = world.transport.stalled() => {}
            }
            world.transport.stall(None);
            world.run().await;
            assert_eq!(
                world.intents(&plan).await[0].state,
                IntentState::Sending,
                "the lease of the killed process still runs"
            );
            restart(&world).await;
            let intent = world.intents(&plan).await.remove(0);
            assert_eq!((intent.state, intent.reason), (IntentState::Unknown, Some(Reason::Interrupted)));
            assert_eq!(world.transport.count(&format!("{key}@example.com")), sent);
        }
    })
    .await;
}

#[tokio::test]
async fn a_kill_between_any_two_steps_opens_exactly_one_task() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let action = careloop_outreach::Action::Task { title: "电话回访".to_owned(), due_in_hours: 1 };
        let plan = world.plan(world.draft("call", action, 0)).await;
        let mut uncut = 0;
        for steps in 1.. {
            assert!(steps < 2_000, "the workers end");
            world.enter(world.customer(&format!("c{steps}")).await).await;
            let ended = cut_after(world.run(), steps).await.is_some();
            restart(&world).await;
            assert_eq!(world.intents(&plan).await.remove(0).state, IntentState::Sent, "after {steps} steps");
            assert_eq!(world.told().await["task.opened"], i64::try_from(steps).unwrap());
            uncut = if ended { uncut + 1 } else { 0 };
            if uncut == UNCUT {
                assert!(steps > 2 * UNCUT, "most runs were cut");
                break;
            }
        }
    })
    .await;
}
