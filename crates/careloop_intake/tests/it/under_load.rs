use std::collections::BTreeSet;
use std::sync::Arc;

use careloop_db::run;
use careloop_testkit::{TestDb, on_both};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::world::World;

fn batch(ids: impl Iterator<Item = usize>) -> Value {
    let event = |id: usize| json!({ "type": "track", "event": "x", "userId": format!("u{}", id % 40), "messageId": format!("m{id}") });
    json!({ "batch": ids.map(event).collect::<Vec<_>>() })
}

#[tokio::test]
async fn many_calls_at_once_store_each_event_once() {
    on_both(|test| async move {
        let world = Arc::new(World::new(test).await);
        let mut calls = JoinSet::new();
        for call in 0..60 {
            let world = Arc::clone(&world);
            // Each event is in two calls.
            calls.spawn(
                async move { world.send("/v1/batch", &batch((call / 2 * 30)..(call / 2 * 30 + 30))).await.status },
            );
        }
        while let Some(status) = calls.join_next().await {
            assert_eq!(status.unwrap(), StatusCode::OK);
        }
        let events = world.events(900).await;
        let ids: BTreeSet<&str> = events.iter().map(|event| event.message_id.as_str()).collect();
        let records: BTreeSet<i64> = events.iter().map(|event| event.record).collect();
        assert_eq!((events.len(), ids.len(), records.len()), (900, 900, 40));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_acknowledged_and_may_be_sent_again() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let db = &world.test.db;
        let calls = batch(0..3);
        run(db.write(), "ALTER TABLE events RENAME TO events_away", []).await.unwrap();
        let failed = world.send("/v1/batch", &calls).await;
        assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(failed.headers["retry-after"], "1");
        run(db.write(), "ALTER TABLE events_away RENAME TO events", []).await.unwrap();
        assert_eq!(world.send("/v1/batch", &calls).await.status, StatusCode::OK);
        assert_eq!(world.events(3).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_asks_to_come_back_and_loses_nothing_it_took() {
    let world = Arc::new(World::new(TestDb::sqlite().await).await);
    // Nobody can write while this transaction is open.
    let block = world.test.db.begin().await.unwrap();
    let mut calls = JoinSet::new();
    for call in 0..30 {
        let world = Arc::clone(&world);
        calls.spawn(async move { world.send("/v1/batch", &batch(call * 2_500..(call + 1) * 2_500)).await });
    }
    let mut busy = 0;
    let mut taken = 0;
    // 65,536 places take 26 calls of 2,500; the other four are answered while the writer still waits.
    while busy < 4 {
        let answer = calls.join_next().await.unwrap().unwrap();
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(
            (&answer.headers["retry-after"], &answer.headers["x-ratelimit-reset"]),
            (&"1".parse().unwrap(), &"1".parse().unwrap())
        );
        busy += 1;
    }
    drop(block);
    while let Some(answer) = calls.join_next().await {
        assert_eq!(answer.unwrap().status, StatusCode::OK);
        taken += 1;
    }
    assert_eq!((busy, taken), (4, 26));
    assert_eq!(world.events(65_000).await.len(), 65_000);
}
