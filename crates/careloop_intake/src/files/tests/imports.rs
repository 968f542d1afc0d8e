//! Imports on both databases: counts, rejects, the second time, and what is refused before anything is written.

use careloop_testkit::{TestDb, on_both};

use super::fixture::{TempFile, add_source, import_bytes, import_text, number, run_imports, texts};
use crate::files::map::Map;
use crate::files::{FileImport, Files, ImportState, find_import, import_file, jobs, start_import, store_upload};

const PEOPLE: &str = "kind = \"people\"\nsource_id = \"no\"\n[fields]\nname = \"name\"\nphone = \"phone\"\n";
const EVENTS: &str = "kind = \"events\"\nevent = \"payment.received\"\nevent_id = [\"order\"]\nperson = { source_id = \"no\" }\n\
    at = { column = \"at\" }\n[props]\namount = \"amount\"\n";

async fn nothing_is_written(test: &TestDb) {
    for table in ["records", "events", "imports", "import_rejects"] {
        let count = number(&test.db, &format!("SELECT COUNT(*) AS number FROM {table}")).await;
        assert_eq!(count, 0, "{table}");
    }
}

#[tokio::test]
async fn the_same_people_twice_change_nothing() {
    on_both(|test| async move {
        add_source(&test, "his").await;
        let csv = "no,name,phone\n1,张伟,13800138000\n2,李娜,13900139000\n";
        let first = import_text(&test, "his", PEOPLE, csv).await.unwrap();
        assert_eq!((first.state, first.progress.inserted, first.progress.rows_total), (ImportState::Done, 2, Some(2)));
        let second = import_text(&test, "his", PEOPLE, csv).await.unwrap();
        let done = second.progress;
        assert_eq!((done.inserted, done.updated, done.unchanged, done.rejected), (0, 0, 2, 0));
        let moved = import_text(&test, "his", PEOPLE, &csv.replace("13900139000", "13700137000")).await.unwrap();
        assert_eq!((moved.progress.updated, moved.progress.unchanged), (1, 1));
        assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM records").await, 2);
        assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM records WHERE resolved_at IS NULL").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_last_row_of_a_source_id_counts_and_the_second_time_changes_nothing() {
    on_both(|test| async move {
        add_source(&test, "his").await;
        let csv = "no,name,phone\n1,a,\n2,b,\n1,c,\n1,d,\n";
        let first = import_text(&test, "his", PEOPLE, csv).await.unwrap();
        let done = first.progress;
        assert_eq!((done.inserted, done.updated, done.unchanged, done.warned), (2, 0, 2, 2));
        assert_eq!(
            (first.warnings[0].code.as_str(), first.warnings[0].count, first.warnings[0].first_line),
            ("repeated_source_id", 2, 2)
        );
        let second = import_text(&test, "his", PEOPLE, csv).await.unwrap().progress;
        assert_eq!((second.inserted, second.updated, second.unchanged), (0, 0, 4));
    })
    .await;
}

#[tokio::test]
async fn events_make_the_records_of_people_who_are_not_known_yet() {
    on_both(|test| async move {
        add_source(&test, "shop").await;
        let csv = "order,no,at,amount\nS1,7,2026-03-01,10.00\nS2,7,2026-03-01,10.00\nS3,8,2026-03-02,0.00\n";
        let done = import_text(&test, "shop", EVENTS, csv).await.unwrap().progress;
        assert_eq!((done.inserted, done.rejected), (3, 0));
        assert_eq!(texts(&test.db, "SELECT source_key AS text FROM records ORDER BY source_key").await, ["7", "8"]);
        assert_eq!(number(&test.db, "SELECT COUNT(DISTINCT record) AS number FROM events").await, 2);
        let again = import_text(&test, "shop", EVENTS, csv).await.unwrap().progress;
        assert_eq!((again.inserted, again.unchanged), (0, 3));
        let known = import_text(&test, "shop", PEOPLE, "no,name,phone\n7,张伟,\n").await.unwrap().progress;
        assert_eq!((known.inserted, known.updated), (0, 1), "the record that the event made");
    })
    .await;
}

#[tokio::test]
async fn a_different_row_with_an_event_id_that_is_taken_is_told_of() {
    on_both(|test| async move {
        add_source(&test, "shop").await;
        let csv = "order,no,at,amount\nS1,7,2026-03-01,10.00\nS1,7,2026-03-01,10.00\nS2,7,tomorrow,10.00\n\
            S2,7,2026-03-02,10.00\nS1,8,2026-03-01,10.00\nS3,7,2026-03-01,10.00\nS1,7,2026-03-01, 10.00\nS1,7,2026-03-05,12.00\n";
        for inserted in [3, 0] {
            let report = import_text(&test, "shop", EVENTS, csv).await.unwrap();
            let done = report.progress;
            assert_eq!((done.inserted, done.unchanged, done.rejected, done.warned), (inserted, 7 - inserted, 1, 2));
            let [warning] = &report.warnings[..] else { panic!("{:?}", report.warnings) };
            assert_eq!((warning.code.as_str(), warning.column.as_str()), ("repeated_event_id", "order"));
            assert_eq!((warning.count, warning.first_line), (2, 6), "equal rows are one event and no mistake");
        }
        let refunds = EVENTS.replace("event = \"payment.received\"", "event = { column = \"what\", values = { \"收\" = \"payment.received\", \"退\" = \"refund.paid\" } }");
        let csv = "order,no,at,amount,what\nR1,7,2026-03-01,10.00,收\nR1,7,2026-03-01,10.00,退\n";
        let report = import_text(&test, "shop", &refunds, csv).await.unwrap();
        assert_eq!((report.progress.inserted, report.warnings), (2, vec![]), "an order and its refund are two events");
    })
    .await;
}

#[tokio::test]
async fn equal_rows_are_one_event_when_nothing_names_them() {
    on_both(|test| async move {
        add_source(&test, "shop").await;
        let map = EVENTS.replace("event_id = [\"order\"]\n", "");
        let csv = "order,no,at,amount\nS1,7,2026-03-01,10.00\nS1,7,2026-03-01,10.00\nS1,7,2026-03-01,10.01\n";
        let done = import_text(&test, "shop", &map, csv).await.unwrap().progress;
        assert_eq!((done.inserted, done.unchanged), (2, 1));
    })
    .await;
}

#[tokio::test]
async fn bad_rows_go_to_the_rejects_and_the_rest_is_imported() {
    on_both(|test| async move {
        add_source(&test, "shop").await;
        let csv = "order,no,at,amount\nS1,7,2026-03-01,10.00\nS2,7,tomorrow,10.00\nS3,,2026-03-01,10.00\n\
            S4,7,2026-03-01,10.005\nS5,7,2026-03-01\nS6,7,2026-03-01,\"1\nS7,8,2026-03-01,5\n";
        let out = tempfile::tempdir().unwrap();
        let (file, map) = (TempFile::new("r.csv", csv), TempFile::new("m.toml", EVENTS));
        let rejects = out.path().join("out.csv");
        let mut request = FileImport {
            path: file.path(),
            source: "shop".to_owned(),
            map: map.path(),
            dry_run: true,
            rejects: Some(rejects.clone()),
        };
        let ctx = run_imports(&test);
        let dry = import_file(&test.db, &ctx, &request, &mut |_| {}).await.unwrap();
        nothing_is_written(&test).await;
        let counted = std::fs::read_to_string(&rejects).unwrap();
        request.dry_run = false;
        let report = import_file(&test.db, &ctx, &request, &mut |_| {}).await.unwrap();
        assert_eq!((report.state, report.progress.inserted, report.progress.rejected), (ImportState::Done, 2, 5));
        assert_eq!((dry.progress.inserted, dry.rejects.clone()), (2, report.rejects.clone()));
        let found: Vec<(u64, &str, &str)> =
            report.rejects.iter().map(|reject| (reject.line, reject.column.as_str(), reject.code.as_str())).collect();
        assert_eq!(
            found,
            [
                (3, "at", "no_time"),
                (4, "no", "no_source_id"),
                (5, "amount", "too_many_decimals"),
                (6, "", "ragged_row"),
                (7, "", "unclosed_quote")
            ]
        );
        let written = std::fs::read_to_string(&rejects).unwrap();
        assert_eq!(written, counted);
        let lines: Vec<&str> = written.lines().collect();
        assert_eq!(lines[0], "line,column,code,reason,order,no,at,amount");
        assert!(
            lines[3].starts_with("5,amount,too_many_decimals,") && lines[3].ends_with(",S4,7,2026-03-01,10.005"),
            "{}",
            lines[3]
        );
        let sealed = texts(&test.db, "SELECT reason AS text FROM import_rejects").await.join(" ");
        assert!(!sealed.contains("tomorrow"), "reasons hold no cell");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_such_file_writes_nothing() {
    on_both(|test| async move {
        add_source(&test, "shop").await;
        let zip = b"PK\x03\x04 and nothing more".to_vec();
        let late = format!("order,no,at,amount\n{}", "S1,7,2026-03-01,1\n".repeat(200)).into_bytes();
        let damaged: Vec<u8> =
            [late, "S2,7,张伟,1\nS2,7,张".as_bytes().to_vec(), b"\xe4\xbc\nS3,7,2026-03-01,1\n".to_vec()].concat();
        for (bytes, code) in [
            (b"".to_vec(), "files.empty"),
            (zip, "files.damaged"),
            (damaged, "files.encoding"),
            (b"order,no,at,at\n".to_vec(), "files.duplicate_header"),
            (b"order,no,at\nS1,7,2026-03-01\n".to_vec(), "map.unknown_column"),
        ] {
            let error = import_bytes(&test, "shop", EVENTS, &bytes).await.unwrap_err();
            assert_eq!(error.code(), code);
        }
        assert_eq!(
            import_text(&test, "shop", "kind = \"people\"", "a\n1\n").await.unwrap_err().code(),
            "map.missing_key"
        );
        assert_eq!(
            import_text(&test, "nobody", EVENTS, "order,no,at,amount\n").await.unwrap_err().code(),
            "sources.not_found"
        );
        assert_eq!(
            import_text(&test, "careloop", EVENTS, "order,no,at,amount\n").await.unwrap_err().code(),
            "sources.not_found"
        );
        let elsewhere = EVENTS.replace("person = { source_id", "person = { source = \"elsewhere\", source_id");
        assert_eq!(
            import_text(&test, "shop", &elsewhere, "order,no,at,amount\n").await.unwrap_err().code(),
            "sources.not_found"
        );
        nothing_is_written(&test).await;
    })
    .await;
}

#[tokio::test]
async fn a_header_without_rows_is_an_import_of_nothing() {
    on_both(|test| async move {
        add_source(&test, "his").await;
        let report = import_text(&test, "his", PEOPLE, "no,name,phone\n").await.unwrap();
        assert_eq!(
            (report.state, report.progress.rows_total, report.progress.rows_read),
            (ImportState::Done, Some(0), 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_long_rows_has_fewer_of_them() {
    let test = TestDb::sqlite().await;
    let source = add_source(&test, "his").await;
    let long = vec!["x".repeat(60_000); 10].join(",");
    let columns: Vec<String> = (0..10).map(|number| format!("more{number}")).collect();
    let mut csv = format!("no,name,phone,{}\n", columns.join(","));
    (0..40).for_each(|row| csv.push_str(&format!("{row},张伟,,{long}\n")));
    let (files, ctx) = (Files::new(test.db.clone(), test.folder.path()).unwrap(), run_imports(&test));
    let pieces = futures::stream::iter([Ok::<_, std::io::Error>(csv.into_bytes())]);
    let upload = store_upload(&files, &ctx, "long.csv", pieces).await.unwrap();
    let import = start_import(&files, &ctx, upload.id, &source, Map::from_toml(PEOPLE).unwrap()).await.unwrap();
    for _ in 0..2 {
        assert!(jobs::resume(&files, &test.ctx).await.unwrap());
    }
    let begun = find_import(&test.db, &ctx, import.id).await.unwrap().progress;
    assert!((1..40).contains(&begun.rows_read), "24 MB are more than one batch: {begun:?}");
    while jobs::resume(&files, &test.ctx).await.unwrap() {}
    let done = find_import(&test.db, &ctx, import.id).await.unwrap();
    assert_eq!((done.state, done.progress.inserted), (ImportState::Done, 40));
}

#[tokio::test]
async fn what_is_about_nobody_makes_no_customer() {
    on_both(|test| async move {
        add_source(&test, "ads").await;
        let map = EVENTS.replace("payment.received", "ad.spend");
        let csv = "order,no,at,amount\nA1,账户-1,2026-03-01,10.00\nA2,账户-2,2026-03-01,20.00\n";
        let done = import_text(&test, "ads", &map, csv).await.unwrap().progress;
        assert_eq!((done.inserted, done.rejected), (2, 0));
        assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM records").await, 0);
        assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM events WHERE record = 0").await, 2);
        let again = import_text(&test, "ads", &map, csv).await.unwrap().progress;
        assert_eq!((again.inserted, again.unchanged), (0, 2));
    })
    .await;
}

#[tokio::test]
async fn events_find_people_of_another_source() {
    on_both(|test| async move {
        add_source(&test, "his").await;
        add_source(&test, "till").await;
        import_text(&test, "his", PEOPLE, "no,name,phone\n7,张伟,\n").await.unwrap();
        let map = EVENTS.replace("person = { source_id", "person = { source = \"his\", source_id");
        import_text(&test, "till", &map, "order,no,at,amount\nS1,7,2026-03-01,1\n").await.unwrap();
        assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM records").await, 1);
        let joined = "SELECT s.name AS text FROM events e JOIN records r ON r.ord = e.record JOIN sources s ON s.ord = e.source WHERE r.source_key = '7'";
        assert_eq!(texts(&test.db, joined).await, ["till"], "the event is the till's, the person is the clinic's");
    })
    .await;
}
