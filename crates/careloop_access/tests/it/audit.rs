//! The hash chain.

use careloop_access::audit::{self, Filter};
use careloop_db::execute;
use careloop_kernel::PageRequest;
use careloop_testkit::{TestDb, on_both};
use serde_json::json;

async fn append(test: &TestDb, object: &str) {
    let tx = test.db.begin().await.unwrap();
    audit::append(&*tx, &test.ctx, "test.done", object, json!({ "n": 1 })).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_untouched_log_is_intact_and_a_rolled_back_row_leaves_no_gap() {
    on_both(|test| async move {
        append(&test, "a").await;
        let tx = test.db.begin().await.unwrap();
        audit::append(&*tx, &test.ctx, "test.done", "lost", json!({})).await.unwrap();
        drop(tx);
        append(&test, "b").await;
        let verdict = audit::verify(&test.db).await.unwrap();
        assert_eq!((verdict.intact, verdict.broken_at), (2, None));
    })
    .await;
}

#[tokio::test]
async fn every_way_of_tampering_is_found() {
    let tampering = [
        ("UPDATE audit_log SET object = 'x' WHERE seq = 2", 2),
        ("UPDATE audit_log SET detail = '{}' WHERE seq = 3", 3),
        ("UPDATE audit_log SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE audit_log SET actor = 'x' WHERE seq = 3", 3),
        ("UPDATE audit_log SET action = object, object = action WHERE seq = 2", 2),
        ("DELETE FROM audit_log WHERE seq = 2", 3),
        ("DELETE FROM audit_log WHERE seq = 1", 2),
    ];
    on_both(|test| async move {
        for object in ["a", "b", "c"] {
            append(&test, object).await;
        }
        for (sql, broken_at) in tampering {
            execute(test.db.write(), "CREATE TABLE kept AS SELECT * FROM audit_log", []).await.unwrap();
            execute(test.db.write(), sql, []).await.unwrap();
            assert_eq!(audit::verify(&test.db).await.unwrap().broken_at, Some(broken_at), "{sql}");
            for sql in ["DELETE FROM audit_log", "INSERT INTO audit_log SELECT * FROM kept", "DROP TABLE kept"] {
                execute(test.db.write(), sql, []).await.unwrap();
            }
        }
        let head = audit::verify(&test.db).await.unwrap().head;
        execute(test.db.write(), "DELETE FROM audit_log WHERE seq = 3", []).await.unwrap();
        let cut = audit::verify(&test.db).await.unwrap();
        assert_eq!(cut.broken_at, None, "a cut end shows only against a kept head");
        assert_ne!(cut.head, head);
    })
    .await;
}

#[tokio::test]
async fn writers_at_once_append_to_one_chain() {
    on_both(|test| async move {
        let writers = (0..8).map(|writer| {
            let (db, ctx) = (test.db.clone(), test.ctx.clone());
            tokio::spawn(async move {
                for round in 0..5 {
                    let tx = db.begin().await.unwrap();
                    audit::append(&*tx, &ctx, "test.done", &format!("{writer}.{round}"), json!({})).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let verdict = audit::verify(&test.db).await.unwrap();
        assert_eq!((verdict.intact, verdict.broken_at), (40, None));
    })
    .await;
}

#[tokio::test]
async fn the_log_is_read_newest_first_page_by_page() {
    on_both(|test| async move {
        for object in ["a", "b", "a"] {
            append(&test, object).await;
        }
        let ctx = test.ctx.require().unwrap();
        let first = PageRequest::new(Some(2), None).unwrap();
        let page = audit::list(&test.db, &ctx, Filter::default(), &first).await.unwrap();
        assert_eq!(page.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3, 2]);
        let second = PageRequest { cursor: page.next, ..first };
        let page = audit::list(&test.db, &ctx, Filter::default(), &second).await.unwrap();
        assert_eq!(page.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1]);
        assert!(page.next.is_none());
        let filter =
            Filter { object: Some("a".to_owned()), actor: Some("system:test".to_owned()), ..Filter::default() };
        let page = audit::list(&test.db, &ctx, filter, &PageRequest::new(None, None).unwrap()).await.unwrap();
        assert_eq!(page.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3, 1]);
    })
    .await;
}
