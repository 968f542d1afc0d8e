//! Callers may go away at any await point: what others write afterwards is committed all the same.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use careloop_db::{FromQueryResult, execute, one};
use careloop_testkit::on_both;

#[derive(FromQueryResult)]
struct CountRow {
    number: i64,
}

/// Runs a future for so many steps, then drops it.
async fn cut_after<F: Future>(future: F, mut steps: usize) {
    let mut future = pin!(future);
    poll_fn(|context| {
        if steps == 0 {
            return Poll::Ready(());
        }
        steps -= 1;
        future.as_mut().poll(context).map(|_| ())
    })
    .await;
}

#[tokio::test]
async fn a_transaction_nobody_waits_for_swallows_no_write_of_others() {
    on_both(|test| async move {
        for round in 0..40 {
            cut_after(test.db.begin(), round % 4).await;
            // As many writes as there are connections, so that the one that was left behind is among them.
            for number in 0..16 {
                let sql = "INSERT INTO settings (key, value) VALUES ($1, '')";
                execute(test.db.write(), sql, [format!("{round}.{number}").into()]).await.unwrap();
            }
            // Another transaction that is rolled back must not take those writes with it.
            for _ in 0..16 {
                drop(test.db.begin().await.unwrap());
            }
            let sql = "SELECT COUNT(*) AS number FROM settings";
            let seen: CountRow = one(test.db.read(), sql, []).await.unwrap();
            assert_eq!(seen.number, (round as i64 + 1) * 16, "after a cut at step {}", round % 4);
        }
    })
    .await;
}
