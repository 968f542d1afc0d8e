//! Running an import: a thread reads and converts, the caller's task writes, a channel of two batches lies between.

mod batch;
mod parser;

use std::path::Path;
use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{NOBODY, NewEvent};
use careloop_kernel::{Ctx, Error, ErrorKind, Result};
use careloop_people::{Mode, RecordChange};
use tokio::sync::mpsc;

use super::model::{Import, ImportFailure, ImportState};
use super::store;
use super::store::rejects::Shelf;
use super::tally::Tally;
pub(super) use batch::Batch;
pub(super) use parser::{Job, check};

/// An import in progress. Dropping it between two batches loses nothing: another one goes on where it stood.
#[derive(Debug)]
pub(super) struct Runner {
    import: Import,
    shelf: Shelf,
    person_source: i64,
    tally: Tally,
    batches: mpsc::Receiver<Result<Batch>>,
}

/// The file of an import and how many of its rows are written together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub path: &'a Path,
    pub batch_rows: u64,
}

/// How many rows a batch has at most: enough for the database to be quick, few enough for memory.
pub(super) const BATCH_ROWS: u64 = 10_000;

/// What a step found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// There is more to do.
    More,
    /// The import has ended so.
    Ended(ImportState),
}

impl Runner {
    /// Looks through the file and begins, or goes on. Nothing is written but the import's own state.
    pub(super) async fn start<P>(db: &Db, ctx: &Ctx<P>, import: Import, file: &Source<'_>) -> Result<Self> {
        let around = Arc::new(super::service::surroundings(db, ctx, import.source).await?);
        let person_source = super::service::person_source(db, &import.map, import.source).await?;
        let shelf = store::rejects::shelf(db.read(), import.ord).await?;
        let job = Job {
            path: file.path.to_owned(),
            map: import.map.clone(),
            around,
            skip: import.progress.rows_read,
            batch_rows: file.batch_rows,
        };
        let digest = import.digest.clone();
        let prepared = blocking(move || job.prepare(&digest)).await?;
        if !store::imports::begin(db.write(), ctx, &import, prepared.survey.rows).await? {
            return Err(taken_over());
        }
        let (sender, batches) = mpsc::channel(2);
        let tally = Tally::resume(&import.warnings);
        let mut import = import;
        import.progress.rows_total = Some(prepared.survey.rows);
        tokio::task::spawn_blocking(move || prepared.send_batches(&sender));
        Ok(Self { import, shelf, person_source, tally, batches })
    }

    /// What was done so far.
    pub(super) fn import(&self) -> &Import {
        &self.import
    }

    /// Writes the next batch, or ends the import.
    pub(super) async fn step<P>(&mut self, db: &Db, ctx: &Ctx<P>) -> Result<Step> {
        if self.import.cancel_requested {
            return self.end(db, ctx, ImportState::Cancelled).await;
        }
        match self.batches.recv().await {
            Some(batch) => {
                self.write(db, ctx, batch?).await?;
                Ok(Step::More)
            }
            None if Some(self.import.progress.rows_read) == self.import.progress.rows_total => {
                careloop_people::resolve(db, ctx, careloop_people::Resolve::Incremental).await?;
                self.end(db, ctx, ImportState::Done).await
            }
            None => Err(Error::invalid(
                "files.damaged",
                "the file ended before its last row; was it changed meanwhile? Import it again",
            )),
        }
    }

    /// Writes that the import failed, for [`Runner::step`]'s caller to do with its error.
    pub(super) async fn fail<P>(db: &Db, ctx: &Ctx<P>, import: &Import, error: &Error) -> Result<()> {
        let failure = failure_of(error);
        store::imports::end(db.write(), ctx, import, ImportState::Failed, Some(&failure)).await.map(|_| ())
    }

    async fn end<P>(&mut self, db: &Db, ctx: &Ctx<P>, state: ImportState) -> Result<Step> {
        store::imports::end(db.write(), ctx, &self.import, state, None).await?;
        store::touch_source(db.write(), self.import.source, ctx.now_us()).await?;
        self.import.state = state;
        Ok(Step::Ended(state))
    }

    async fn write<P>(&mut self, db: &Db, ctx: &Ctx<P>, batch: Batch) -> Result<()> {
        let mut to = self.import.progress;
        let mut tally = self.tally.clone();
        to.rows_read += batch.rows;
        to.rejected += batch.rejects.len() as u64;
        to.warned += batch.warned;
        to.unchanged += batch.replaced;
        tally.merge(batch.tally);
        // Records of an event's people are made in a transaction of their own: should the batch fail after it, they are
        // there already when it is tried again, and nothing is repeated.
        let events = self.with_records(db, ctx, batch.events).await?;
        let people = careloop_people::prepare_records(ctx, batch.people, Mode::Replace).await?;
        let tx = db.begin().await?;
        if !store::imports::hold(&*tx, &self.import).await? {
            return Err(taken_over());
        }
        let outcomes = careloop_people::write_records(&*tx, ctx, self.import.source, people).await?;
        for outcome in outcomes {
            match outcome.change {
                RecordChange::Inserted => to.inserted += 1,
                RecordChange::Updated => to.updated += 1,
                RecordChange::Unchanged => to.unchanged += 1,
            }
        }
        let appended = careloop_events::append(&*tx, db.engine(), ctx, &events).await?;
        to.inserted += appended.inserted;
        to.unchanged += appended.duplicates;
        store::rejects::insert(&*tx, ctx, self.shelf, &batch.rejects).await?;
        let moved = store::imports::advance(&*tx, &self.import, &to, &tally.warnings()).await?;
        let cancel_requested = moved.ok_or_else(taken_over)?;
        tx.commit().await?;
        self.import.progress = to;
        self.import.warnings = tally.warnings();
        self.import.cancel_requested = cancel_requested;
        self.tally = tally;
        Ok(())
    }

    async fn with_records<P>(&self, db: &Db, ctx: &Ctx<P>, drafts: Vec<batch::Draft>) -> Result<Vec<NewEvent>> {
        let keys: Vec<String> = drafts.iter().filter_map(|draft| draft.person.clone()).collect();
        let records = match &keys[..] {
            [] => Vec::new(),
            keys => careloop_people::ensure_records(db, ctx, self.person_source, keys).await?,
        };
        let mut records = records.into_iter();
        let event = |draft: batch::Draft| {
            let record = draft.person.and_then(|_| records.next()).unwrap_or(NOBODY);
            NewEvent { record, ..draft.event }
        };
        Ok(drafts.into_iter().map(event).collect())
    }
}

/// Runs what reads files on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let damaged = || Error::invalid("files.damaged", "the file cannot be read to its end; save it again");
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // Readers of foreign formats may panic on what nobody thought of; that is the file's fault, not the server's.
        Err(error) => Err(damaged().with_source(error)),
    }
}

pub(super) fn taken_over() -> Error {
    Error::conflict(
        "imports.taken_over",
        "another process is running this import, or it has ended; look at the list of imports",
    )
}

pub(super) fn is_taken_over(error: &Error) -> bool {
    error.code() == "imports.taken_over"
}

/// What people read about a failed import. A full disk is told apart from a defect, for its next step is another one.
fn failure_of(error: &Error) -> ImportFailure {
    if is_disk_full(error) {
        return ImportFailure {
            code: "imports.disk_full".to_owned(),
            message: "the disk is full; free some space and resume the import, nothing is lost".to_owned(),
        };
    }
    let message = if error.kind() == ErrorKind::Internal {
        "something went wrong on our side; resume the import, nothing is lost".to_owned()
    } else {
        error.message().to_owned()
    };
    ImportFailure { code: error.code().to_owned(), message }
}

pub(super) fn is_disk_full(error: &Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        let text = source.to_string();
        if text.contains("disk is full") || text.contains("No space left on device") {
            return true;
        }
        next = source.source();
    }
    false
}
