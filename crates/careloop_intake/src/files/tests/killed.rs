//! Imports of the command line whose process was killed, and what such a process leaves behind.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use careloop_kernel::ids::UploadId;
use careloop_testkit::{TestDb, on_both};
use futures::stream;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::fixture::{TempFile, add_source, import_text, number, run_imports, texts};
use crate::files::run::{Runner, Source, Step, is_taken_over};
use crate::files::{
    FileImport, Files, Import, ImportState, Progress, find_import, import_file, jobs, resume, store_upload,
    sweep_uploads,
};

const EVENTS: &str = "kind = \"events\"\nevent = \"payment.received\"\nperson = { source_id = \"no\" }\nat = \"at\"\n[props]\namount = \"amount\"\n";
const CSV: &str = "no,at,amount\n1,2026-03-01,1.00\n2,2026-03-01,2.00\n3,2026-03-01,3.00\n";

/// The only import there is.
async fn the_import(test: &TestDb) -> Import {
    let ids = texts(&test.db, "SELECT id AS text FROM imports").await;
    assert_eq!(ids.len(), 1);
    find_import(&test.db, &run_imports(test), ids[0].parse().unwrap()).await.unwrap()
}

/// Imports the file with a command that dies once it is running.
async fn killed(test: &TestDb) -> Import {
    add_source(test, "shop").await;
    let (file, map) = (TempFile::new("rows.csv", CSV), TempFile::new("map.toml", EVENTS));
    let request =
        FileImport { path: file.path(), source: "shop".to_owned(), map: map.path(), dry_run: false, rejects: None };
    let (ctx, begun) = (run_imports(test), Notify::new());
    let mut progress = |_: &Progress| begun.notify_one();
    tokio::select! {
        biased;
        () = begun.notified() => {}
        ended = import_file(&test.db, &ctx, &request, &mut progress) => panic!("it was to be killed: {ended:?}"),
    }
    the_import(test).await
}

async fn everything_is_there_once(test: &TestDb) {
    let done = the_import(test).await;
    assert_eq!((done.state, done.progress.rows_read, done.error), (ImportState::Done, 3, None));
    assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM events").await, 3);
}

#[tokio::test]
async fn an_import_whose_command_was_killed_is_shown_as_broken_off() {
    on_both(|test| async move {
        let (files, ctx) = (Files::new(test.db.clone(), test.folder.path()).unwrap(), run_imports(&test));
        let id = killed(&test).await.id;
        jobs::resume(&files, &test.ctx).await.unwrap();
        assert_eq!(the_import(&test).await.state, ImportState::Running, "it may be alive still");
        test.clock.advance(SignedDuration::from_secs(31));
        jobs::resume(&files, &test.ctx).await.unwrap();
        let broken = the_import(&test).await;
        assert_eq!((broken.state, broken.error.unwrap().code.as_str()), (ImportState::Failed, "imports.broken_off"));
        assert!(broken.finished_at.is_some());
        assert_eq!(resume(&files, &ctx, id).await.unwrap_err().code(), "imports.from_command_line");
        let again = import_text(&test, "shop", EVENTS, CSV).await.unwrap();
        assert!(again.resumed && again.id == Some(id), "{again:?}");
        everything_is_there_once(&test).await;
    })
    .await;
}

#[tokio::test]
async fn the_same_command_goes_on_at_once() {
    on_both(|test| async move {
        let import = killed(&test).await;
        let again = import_text(&test, "shop", EVENTS, CSV).await.unwrap();
        assert!(again.resumed && again.id == Some(import.id), "{again:?}");
        everything_is_there_once(&test).await;
    })
    .await;
}

#[tokio::test]
async fn another_import_tells_of_what_broke_off_before() {
    on_both(|test| async move {
        let id = killed(&test).await.id;
        test.clock.advance(SignedDuration::from_secs(31));
        import_text(&test, "shop", EVENTS, &format!("{CSV}4,2026-03-01,4.00\n")).await.unwrap();
        let broken = find_import(&test.db, &run_imports(&test), id).await.unwrap();
        assert_eq!(broken.state, ImportState::Failed, "no server is needed");
    })
    .await;
}

#[tokio::test]
async fn a_command_that_is_taken_for_dead_and_lives_stops() {
    on_both(|test| async move {
        let (import, ctx) = (killed(&test).await, run_imports(&test));
        let file = TempFile::new("rows.csv", CSV);
        let path = file.path();
        let mut alive = Runner::start(&test.db, &ctx, import, &Source { path: &path, batch_rows: 1 }).await.unwrap();
        assert_eq!(alive.step(&test.db, &ctx).await.unwrap(), Step::More);
        assert!(import_text(&test, "shop", EVENTS, CSV).await.unwrap().resumed);
        assert!(is_taken_over(&alive.step(&test.db, &ctx).await.unwrap_err()));
        everything_is_there_once(&test).await;
    })
    .await;
}

/// Makes a file look as if it was written to so long before the test's clock.
fn age(path: &Path, now: Timestamp, seconds: u64) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(now.as_second()).unwrap());
    File::options().write(true).open(path).unwrap().set_modified(now - Duration::from_secs(seconds)).unwrap();
}

#[tokio::test]
async fn bytes_that_no_upload_names_are_swept_at_the_start() {
    on_both(|test| async move {
        let (files, ctx) = (Files::new(test.db.clone(), test.folder.path()).unwrap(), run_imports(&test));
        let pieces = stream::iter([Ok::<_, std::io::Error>(b"a\n1\n".to_vec())]);
        let named = files.path(store_upload(&files, &ctx, "x.csv", pieces).await.unwrap().id);
        let (lost, growing) = (files.path(ctx.new_id::<UploadId>()), files.path(ctx.new_id::<UploadId>()));
        let other = files.folder().join("notes.txt");
        for path in [&lost, &growing, &other] {
            std::fs::write(path, "a\n").unwrap();
        }
        let now = test.ctx.now();
        for (path, seconds) in [(&named, 3_600), (&lost, 3_600), (&growing, 60), (&other, 3_600)] {
            age(path, now, seconds);
        }
        assert_eq!(sweep_uploads(&files, &test.ctx).await.unwrap(), 1);
        assert_eq!([&named, &lost, &growing, &other].map(|path| path.exists()), [true, false, true, true]);
    })
    .await;
}
