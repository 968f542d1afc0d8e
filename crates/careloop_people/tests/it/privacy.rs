//! Nothing personal lies open: not in the tables, not in what types print.

use careloop_db::{FromQueryResult, all};
use careloop_people::{Address, RecordFields, upsert_records};
use careloop_testkit::TestDb;

use crate::chain::families;
use crate::world::{add_source, row};

#[tokio::test]
async fn no_name_or_number_lies_open_in_the_database() {
    let test = TestDb::sqlite().await;
    families(&test).await;
    let source = add_source(&test, "shop").await;
    let mut full = row("full", "司徒静怡", "1990-03-12", "13655554444");
    full.fields.emails = vec!["jingyi@example.com".into()];
    full.fields.id_card = Some("11010519491231002X".into());
    full.fields.address = Address { text: Some("朝阳区建国路88号".into()), ..Address::default() };
    full.attributes = serde_json::Map::from_iter([("备注".to_owned(), "紧急联系人欧阳国强".into())]);
    upsert_records(&test.db, &test.ctx, source, vec![full]).await.unwrap();
    careloop_people::resolve(&test.db, &test.ctx, careloop_people::Resolve::Full).await.unwrap();
    // Folds the write-ahead log into the file, so that one look sees everything.
    #[derive(FromQueryResult)]
    struct Row {
        busy: i64,
    }
    assert_eq!(all::<Row>(test.db.write(), "PRAGMA wal_checkpoint(TRUNCATE)", []).await.unwrap()[0].busy, 0);
    let bytes = std::fs::read(test.folder.path().join("test.db")).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("1990-03-12"), "the test looks at the right file");
    for secret in [
        "司徒静怡",
        "13655554444",
        "jingyi",
        "11010519491231002X",
        "建国路",
        "李梅",
        "13912345670",
        "situjingyi",
        "欧阳国强",
    ] {
        assert!(!holds(secret), "{secret}");
    }
}

#[test]
fn types_with_personal_data_print_their_name_alone() {
    let fields = RecordFields { name: Some("司徒静怡".into()), ..RecordFields::default() };
    assert_eq!(format!("{fields:?}"), "RecordFields(..)");
    assert_eq!(format!("{:?}", row("k", "司徒静怡", "", "13655554444")), "IncomingRecord(..)");
}
