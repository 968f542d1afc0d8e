//! Bringing people in by a file.

use careloop_activities::NewActivity;
use careloop_testkit::{TestDb, on_both};
use jiff::ToSpan;

use crate::chain::{attendees, make, number, settle, sign_in, told, tonight, wait};

async fn customers(test: &TestDb, count: usize) {
    let sql = "INSERT INTO sources (id, name, kind, strict, created_at) VALUES ('src_00000000000000000000000009', 'his', 'file', TRUE, 0)";
    careloop_db::run(test.db.write(), sql, []).await.unwrap();
    let source = number(test, "SELECT ord AS value FROM sources WHERE name = 'his'").await;
    let keys: Vec<String> = (0..count).map(|number| format!("C{number}")).collect();
    careloop_people::ensure_records(&test.db, &test.ctx, source, &keys).await.unwrap();
}

#[tokio::test]
async fn a_file_brings_people_in_once_and_reports_the_rest_by_line() {
    on_both(|test| async move {
        customers(&test, 3).await;
        let activity = make(&test, &tonight(&test)).await;
        sign_in(&test, &activity.token, "王芳", "13800001234").await.unwrap();
        settle(&test).await;
        wait(&test, 30);
        let ctx = test.ctx.require().unwrap();
        let file = "客户\nhis:C0\nhis:C1\n13800001234\nhis:C9\n";
        let import = async || careloop_activities::import_attendees(&test.db, &ctx, activity.id, file).await.unwrap();
        let first = import().await;
        assert_eq!((first.added, first.report.people), (2, 3), "one of the three had signed in");
        assert_eq!(first.report.not_found.first, [5]);
        assert_eq!(import().await.added, 0, "the same file again");
        settle(&test).await;
        assert_eq!(attendees(&test, &activity).await.len(), 3);
        let came = told(&test, "activity.attended").await;
        let last = came.last().unwrap();
        assert_eq!(last.at, activity.ends_us - 1, "they came while it lasted");
        assert!(last.props.contains(r#""origin":"import""#), "{}", last.props);
        let tagged = careloop_profiles::people_holding(test.db.read(), "attr.occupation").await.unwrap();
        assert_eq!(tagged.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_brought_in_before_it_begins() {
    on_both(|test| async move {
        customers(&test, 1).await;
        let now = test.ctx.now();
        let new = NewActivity { starts_at: now + 1.hour(), ..tonight(&test) };
        let activity = make(&test, &new).await;
        let ctx = test.ctx.require().unwrap();
        let early = careloop_activities::import_attendees(&test.db, &ctx, activity.id, "his:C0\n").await;
        assert_eq!(early.unwrap_err().code(), "activities.not_yet");
    })
    .await;
}
