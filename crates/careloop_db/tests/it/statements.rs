//! Statements and transactions behave the same on both.

use careloop_db::{FromQueryResult, conflict, execute, one, together};
use careloop_kernel::ErrorKind;
use careloop_testkit::{TestDb, on_both};

#[derive(FromQueryResult)]
struct Count {
    n: i64,
}

async fn count(test: &TestDb) -> i64 {
    one::<Count>(test.db.read(), "SELECT COUNT(*) AS n FROM settings WHERE key LIKE 'test.%'", []).await.unwrap().n
}

const INSERT: &str = "INSERT INTO settings (key, value) VALUES ($1, $2)";

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    on_both(|test| async move {
        let tx = test.db.begin().await.unwrap();
        execute(&*tx, INSERT, ["test.a".into(), "1".into()]).await.unwrap();
        drop(tx);
        assert_eq!(count(&test).await, 0);
        let tx = test.db.begin().await.unwrap();
        execute(&*tx, INSERT, ["test.a".into(), "1".into()]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&test).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_violated_constraint_is_a_conflict() {
    on_both(|test| async move {
        execute(test.db.write(), INSERT, ["test.a".into(), "1".into()]).await.unwrap();
        let again = execute(test.db.write(), INSERT, ["test.a".into(), "2".into()]).await;
        let error =
            again.map_err(|error| conflict(error, "test.taken", "this key is taken; choose another")).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, "test.taken"));
        assert_eq!(count(&test).await, 1);
    })
    .await;
}

#[tokio::test]
async fn writers_at_once_wait_for_each_other() {
    on_both(|test| async move {
        let write = |number: i64| {
            let db = test.db.clone();
            async move {
                let tx = db.begin().await?;
                execute(&*tx, INSERT, [format!("test.{number}").into(), "1".into()]).await?;
                tx.commit().await
            }
        };
        let writers: Vec<_> = (0..20).map(|number| tokio::spawn(write(number))).collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(count(&test).await, 20);
    })
    .await;
}

#[tokio::test]
async fn rows_handed_over_together_are_what_they_are_one_by_one() {
    on_both(|test| async move {
        for (key, value) in [("test.a", "a \"quoted\", [bracketed] 名字\n"), ("test.b", "")] {
            execute(test.db.write(), INSERT, [key.into(), value.into()]).await.unwrap();
        }
        let columns = "key, NULLIF(value, ''), LENGTH(key), 9007199254740993";
        let rest = "FROM settings WHERE key LIKE $1";
        let mut rows: Vec<(String, Option<String>, i64, i64)> =
            together(test.db.read(), columns, rest, ["test.%".into()]).await.unwrap();
        rows.sort();
        let text = Some("a \"quoted\", [bracketed] 名字\n".to_owned());
        let large = 9_007_199_254_740_993;
        assert_eq!(rows, [("test.a".to_owned(), text, 6, large), ("test.b".to_owned(), None, 6, large)]);
        let none: Vec<(String,)> = together(test.db.read(), "key", rest, ["nothing".into()]).await.unwrap();
        assert!(none.is_empty());
        let wrong = together::<(i64,)>(test.db.read(), "key", rest, ["test.%".into()]).await;
        assert_eq!(wrong.unwrap_err().kind(), ErrorKind::Internal);
    })
    .await;
}
