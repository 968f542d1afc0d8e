//! The write-ahead log of SQLite.

use careloop_db::{execute, run};
use careloop_testkit::on_both;

/// Bytes of a row.
const ROW: usize = 1 << 20;

#[tokio::test]
async fn a_long_log_is_folded_beside_whoever_has_it_open() {
    on_both(|test| async move {
        let length = || test.db.sqlite_file().map_or(0, |file| std::fs::metadata(file).unwrap().len());
        let column = test.db.by_engine("BLOB", "BYTEA");
        run(test.db.write(), &format!("CREATE TABLE long_rows (bytes {column})"), []).await.unwrap();
        test.db.fold_beside().await.unwrap();
        let short = length();
        for _ in 0..70 {
            execute(test.db.write(), "INSERT INTO long_rows VALUES ($1)", [vec![7_u8; ROW].into()]).await.unwrap();
        }
        assert_eq!(length(), short, "nobody has folded it");
        let open = test.db.begin().await.unwrap();
        test.db.fold_beside().await.unwrap();
        assert!(test.db.sqlite_file().is_none() || length() > 64 * ROW as u64);
        drop(open);
    })
    .await;
}
