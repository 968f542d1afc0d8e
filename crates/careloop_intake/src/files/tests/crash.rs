//! Whatever kills an import, it goes on after its last committed batch, loses nothing and repeats nothing.

use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use careloop_kernel::ids::ImportId;
use careloop_testkit::{TestDb, on_both};
use futures::stream;

use super::fixture::{add_source, number, run_imports, texts};
use crate::files::map::Map;
use crate::files::{Files, ImportState, cancel, find_import, jobs, resume, start_import, store_upload};

const EVENTS: &str = "kind = \"events\"\nevent = \"payment.received\"\nperson = { source_id = \"no\" }\nat = \"at\"\n[props]\namount = \"amount\"\n";
const ROWS: i64 = 60;

/// Rows of which every tenth is refused.
fn csv() -> String {
    let mut text = "no,at,amount\n".to_owned();
    for row in 0..ROWS {
        let amount = if row % 10 == 0 { "much".to_owned() } else { format!("{row}.50") };
        writeln!(text, "{},2026-03-01,{amount}", row % 7).unwrap();
    }
    text
}

fn files(test: &TestDb) -> Files {
    Files::new(test.db.clone(), test.folder.path()).unwrap().in_batches_of(8)
}

async fn started(test: &TestDb) -> ImportId {
    let source = add_source(test, "shop").await;
    let (files, ctx) = (files(test), run_imports(test));
    let pieces = stream::iter([Ok::<_, std::io::Error>(csv().into_bytes())]);
    let upload = store_upload(&files, &ctx, "payments.csv", pieces).await.unwrap();
    start_import(&files, &ctx, upload.id, &source, Map::from_toml(EVENTS).unwrap()).await.unwrap().id
}

async fn finish(test: &TestDb) {
    let files = files(test);
    while jobs::resume(&files, &test.ctx).await.unwrap() {}
}

async fn everything_is_there_once(test: &TestDb, id: ImportId) {
    let import = find_import(&test.db, &run_imports(test), id).await.unwrap();
    assert_eq!(import.state, ImportState::Done);
    let done = import.progress;
    assert_eq!((done.rows_read, done.inserted, done.unchanged, done.rejected), (60, 54, 0, 6));
    assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM events").await, 54);
    assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM import_rejects").await, 6);
    assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM records").await, 7);
    let left = std::fs::read_dir(test.folder.path().join("uploads")).unwrap().count();
    assert_eq!(left, 0, "the file of a finished import is destroyed");
}

#[tokio::test]
async fn a_process_that_dies_between_batches_is_taken_up() {
    on_both(|test| async move {
        let id = started(&test).await;
        let mut steps = 0;
        // A new process each time: it begins the import, writes one batch and is gone.
        while !find_import(&test.db, &run_imports(&test), id).await.unwrap().state.is_final() {
            let files = files(&test);
            jobs::resume(&files, &test.ctx).await.unwrap();
            jobs::resume(&files, &test.ctx).await.unwrap();
            steps += 1;
            assert!(steps < 20, "it comes to an end");
        }
        assert!(steps >= 8, "one batch of eight rows each time");
        finish(&test).await;
        everything_is_there_once(&test, id).await;
    })
    .await;
}

/// A future that is dropped after it was polled so many times, as a process is killed anywhere.
struct Doomed<F> {
    inner: Pin<Box<F>>,
    polls: u32,
}

impl<F: Future> Future for Doomed<F> {
    type Output = Option<F::Output>;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(cx).map(Some)
    }
}

#[tokio::test]
async fn a_process_that_dies_anywhere_is_taken_up() {
    on_both(|test| async move {
        let id = started(&test).await;
        for polls in 1..60 {
            let files = files(&test);
            let work = async { while jobs::resume(&files, &test.ctx).await.unwrap() {} };
            if (Doomed { inner: Box::pin(work), polls }).await.is_some() {
                break;
            }
        }
        finish(&test).await;
        // Death between the end of the import and the removal of its file leaves the file to the daily cleaning.
        test.clock.advance(jiff::SignedDuration::from_hours(25));
        finish(&test).await;
        everything_is_there_once(&test, id).await;
    })
    .await;
}

#[tokio::test]
async fn two_processes_on_one_import_do_it_once() {
    on_both(|test| async move {
        let id = started(&test).await;
        let (one, two) = (files(&test), files(&test));
        loop {
            let more = jobs::resume(&one, &test.ctx).await.unwrap();
            if !(jobs::resume(&two, &test.ctx).await.unwrap() || more) {
                break;
            }
        }
        everything_is_there_once(&test, id).await;
    })
    .await;
}

#[tokio::test]
async fn an_import_stops_after_its_batch_and_can_be_resumed() {
    on_both(|test| async move {
        let id = started(&test).await;
        let (files, ctx) = (files(&test), run_imports(&test));
        for _ in 0..3 {
            jobs::resume(&files, &test.ctx).await.unwrap();
        }
        assert_eq!(cancel(&test.db, &ctx, id).await.unwrap().state, ImportState::Running);
        while jobs::resume(&files, &test.ctx).await.unwrap() {}
        let stopped = find_import(&test.db, &ctx, id).await.unwrap();
        assert_eq!(stopped.state, ImportState::Cancelled);
        assert!((16..60).contains(&stopped.progress.rows_read), "what was imported stays");
        assert_eq!(cancel(&test.db, &ctx, id).await.unwrap_err().code(), "imports.ended");
        assert_eq!(resume(&files, &ctx, id).await.unwrap().state, ImportState::Waiting);
        finish(&test).await;
        everything_is_there_once(&test, id).await;
    })
    .await;
}

#[tokio::test]
async fn an_import_that_waits_is_stopped_at_once() {
    on_both(|test| async move {
        let id = started(&test).await;
        assert_eq!(cancel(&test.db, &run_imports(&test), id).await.unwrap().state, ImportState::Cancelled);
        finish(&test).await;
        assert_eq!(number(&test.db, "SELECT COUNT(*) AS number FROM events").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_was_changed_meanwhile_is_not_mixed_in() {
    on_both(|test| async move {
        let id = started(&test).await;
        let (files, ctx) = (files(&test), run_imports(&test));
        let upload = find_import(&test.db, &ctx, id).await.unwrap().upload.unwrap();
        std::fs::write(files.path(upload), csv().replace("2026", "2025")).unwrap();
        while jobs::resume(&files, &test.ctx).await.unwrap() {}
        let failed = find_import(&test.db, &ctx, id).await.unwrap();
        assert_eq!((failed.state, failed.error.unwrap().code.as_str()), (ImportState::Failed, "files.changed"));
        std::fs::write(files.path(upload), csv()).unwrap();
        resume(&files, &ctx, id).await.unwrap();
        finish(&test).await;
        everything_is_there_once(&test, id).await;
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_fails_the_import_and_loses_nothing() {
    let test = TestDb::sqlite().await;
    let id = started(&test).await;
    let (files, ctx) = (files(&test), run_imports(&test));
    for _ in 0..3 {
        jobs::resume(&files, &test.ctx).await.unwrap();
    }
    // SQLite answers as on a full disk once the file may not grow any more.
    texts(&test.db, "SELECT 'reads still work' AS text").await;
    let full = "PRAGMA max_page_count = 1";
    careloop_db::run(test.db.write(), full, []).await.unwrap();
    // Much at once, then the last pages one by one, then what is left of the last.
    for (bytes, rows) in [(2_000, "FROM events"), (2_000, ""), (1, "")] {
        let filler = format!(
            "INSERT INTO settings (key, value) SELECT 'filler' || hex(randomblob(8)), hex(zeroblob({bytes})) {rows}"
        );
        while careloop_db::execute(test.db.write(), &filler, []).await.is_ok() {}
    }
    while jobs::resume(&files, &test.ctx).await.unwrap_or(false) {}
    let failed = find_import(&test.db, &ctx, id).await.unwrap();
    assert!(matches!(failed.state, ImportState::Failed | ImportState::Running), "{:?}", failed.state);
    if let Some(error) = failed.error {
        assert_eq!(error.code, "imports.disk_full");
    }
    careloop_db::run(test.db.write(), "PRAGMA max_page_count = 1000000", []).await.unwrap();
    if failed.state == ImportState::Failed {
        resume(&files, &ctx, id).await.unwrap();
    }
    finish(&test).await;
    everything_is_there_once(&test, id).await;
}

#[tokio::test]
async fn uploads_that_nobody_imports_are_destroyed_after_a_day() {
    let test = TestDb::sqlite().await;
    let (files, ctx) = (files(&test), run_imports(&test));
    let pieces = stream::iter([Ok::<_, std::io::Error>(b"a\n1\n".to_vec())]);
    let upload = store_upload(&files, &ctx, "x.csv", pieces).await.unwrap();
    assert!(!jobs::resume(&files, &test.ctx).await.unwrap());
    assert!(files.path(upload.id).exists());
    test.clock.advance(jiff::SignedDuration::from_hours(25));
    assert!(!jobs::resume(&files, &test.ctx).await.unwrap());
    assert!(!files.path(upload.id).exists());
}
