//! Two writers on PostgreSQL whose commits come in another order than their sequence numbers. SQLite has one writer, so
//! there the order of commits is the order of numbers.

use std::collections::BTreeSet;

use careloop_db::{Engine, Tx};
use careloop_events::{Position, append, read_after};
use careloop_testkit::{TestDb, on_both};

use crate::event;

async fn write(test: &TestDb, tx: &Tx, message: &str) {
    append(&**tx, test.db.engine(), &test.ctx, &[event(message, 1, 1)]).await.unwrap();
}

struct Reader {
    position: Position,
    seen: Vec<String>,
}

impl Reader {
    async fn read(&mut self, test: &TestDb) {
        let events = read_after(&test.db, self.position, 1_000).await.unwrap();
        if let Some(last) = events.last() {
            self.position = last.position();
        }
        self.seen.extend(events.into_iter().map(|event| event.message_id));
    }

    /// Reads until so many events were seen. The reader waits for every transaction of the cluster, and other tests
    /// have theirs, so one reading may see nothing; a test that waits in vain is ended by the runner.
    async fn read_until(&mut self, test: &TestDb, count: usize) {
        while self.seen.len() < count {
            self.read(test).await;
        }
    }
}

#[tokio::test]
async fn an_event_committed_late_is_not_passed_over() {
    on_both(|test| async move {
        if test.db.engine() == Engine::Sqlite {
            return;
        }
        let mut reader = Reader { position: Position::default(), seen: Vec::new() };
        let slow = test.db.begin().await.unwrap();
        write(&test, &slow, "slow").await;
        let quick = test.db.begin().await.unwrap();
        write(&test, &quick, "quick").await;
        quick.commit().await.unwrap();
        reader.read(&test).await;
        assert!(reader.seen.is_empty(), "the reader waits before the transaction that still runs");
        slow.commit().await.unwrap();
        reader.read_until(&test, 2).await;
        assert_eq!(reader.seen, ["slow", "quick"]);
    })
    .await;
}

#[tokio::test]
async fn an_older_transaction_that_writes_last_is_read_first() {
    on_both(|test| async move {
        if test.db.engine() == Engine::Sqlite {
            return;
        }
        let older = test.db.begin().await.unwrap();
        write(&test, &older, "older-1").await;
        let younger = test.db.begin().await.unwrap();
        write(&test, &younger, "younger").await;
        write(&test, &older, "older-2").await;
        older.commit().await.unwrap();
        let mut reader = Reader { position: Position::default(), seen: Vec::new() };
        reader.read_until(&test, 2).await;
        assert_eq!(reader.seen, ["older-1", "older-2"], "a higher number of an older transaction is already final");
        younger.commit().await.unwrap();
        reader.read_until(&test, 3).await;
        assert_eq!(reader.seen, ["older-1", "older-2", "younger"], "the lower number of the younger is not lost");
    })
    .await;
}

#[tokio::test]
async fn whatever_the_interleaving_every_committed_event_is_read_once() {
    on_both(|test| async move {
        if test.db.engine() == Engine::Sqlite {
            return;
        }
        let mut reader = Reader { position: Position::default(), seen: Vec::new() };
        let mut open: Vec<(Tx, Vec<String>)> = Vec::new();
        let mut expected = BTreeSet::new();
        for step in 0..200_u32 {
            let dice = u32::from(test.ctx.random::<1>()[0]);
            match dice % 5 {
                0 if open.len() < 6 => open.push((test.db.begin().await.unwrap(), Vec::new())),
                1 if !open.is_empty() => {
                    let (tx, messages) = open.swap_remove(dice as usize % open.len());
                    tx.commit().await.unwrap();
                    expected.extend(messages);
                }
                2 if !open.is_empty() && dice > 200 => drop(open.swap_remove(dice as usize % open.len())),
                3 => reader.read(&test).await,
                _ => {
                    let count = open.len();
                    if let Some((tx, messages)) = open.get_mut(dice as usize % count.max(1)) {
                        let message = format!("m-{step}");
                        write(&test, tx, &message).await;
                        messages.push(message);
                    }
                }
            }
        }
        for (tx, messages) in open {
            tx.commit().await.unwrap();
            expected.extend(messages);
        }
        reader.read_until(&test, expected.len()).await;
        assert!(expected.len() > 20, "the dice wrote something: {}", expected.len());
        assert_eq!(reader.seen.len(), expected.len(), "no event twice");
        assert_eq!(reader.seen.into_iter().collect::<BTreeSet<_>>(), expected);
    })
    .await;
}
