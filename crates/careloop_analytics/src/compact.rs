//! From the log to Parquet: what the consumer `lake` has not seen yet is sorted into files by kind and month.
//!
//! A file is announced in the manifest, written, and published in one transaction with the consumer's position. That
//! transaction locks the position first and gives up when somebody has moved it, so two processes that compact the same
//! tail, or a rebuild beside a server, count every event once. What is announced and never published is swept.

use std::collections::BTreeMap;
use std::sync::Arc;

use careloop_events::{Position, StoredEvent, consumers, count_committed, read_after};
use careloop_kernel::ids::LakeFileId;
use careloop_kernel::{Ctx, Error, Result};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use futures::TryStreamExt;
use futures::future::try_join_all;
use jiff::tz::TimeZone;

use crate::batch::{SCHEMA, of_events};
use crate::engine::{Analytics, zone_name};
use crate::store::{self, LakeFile, NewLakeFile};

/// The consumer's name.
pub(crate) const CONSUMER: &str = "lake";
/// How many events one step takes in; bounds memory.
const STEP: u64 = 200_000;
/// Replaced files stay this long, for queries that still read them (µs).
const GRACE_US: i64 = 600_000_000;
/// A folder with more small files than this gets them merged.
const FILES_PER_FOLDER: i64 = 6;
/// A merged file is closed when it has this many rows, and is not small any more.
const FULL: i64 = 500_000;

/// How many files are written at once: syncing to disk is mostly waiting.
const AT_ONCE: usize = 8;

/// What a compaction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Events moved.
    pub events: u64,
    /// Files written.
    pub files: u64,
}

/// Files that are written and not yet published: their numbers in the manifest.
type Announced = Vec<i64>;

impl Analytics {
    /// Moves the tail into the lake if it has at least `at_least` events, and tidies the lake.
    pub async fn compact<P>(&self, ctx: &Ctx<P>, at_least: u64) -> Result<Compacted> {
        let mut done = Compacted::default();
        while let Some(step) = self.compact_step(ctx, at_least).await? {
            done.events += step.events;
            done.files += step.files;
        }
        Ok(done)
    }

    /// One bounded piece of that work; `None` when there is nothing to do.
    pub async fn compact_step<P>(&self, ctx: &Ctx<P>, at_least: u64) -> Result<Option<Compacted>> {
        if let Some(moved) = self.move_tail(ctx, at_least).await? {
            return Ok(Some(moved));
        }
        if let Some(merged) = self.merge_folder(ctx).await? {
            return Ok(Some(merged));
        }
        self.sweep(ctx).await?;
        Ok(None)
    }

    /// Writes the lake again from the log, and lets queries see the new one when it is complete.
    pub async fn rebuild<P>(&self, ctx: &Ctx<P>) -> Result<Compacted> {
        let (mut position, mut files, mut done) = (Position::default(), Announced::new(), Compacted::default());
        loop {
            let events = read_after(self.db(), position, STEP).await?;
            let Some(last) = events.last() else { break };
            position = last.position();
            done.events += events.len() as u64;
            files.extend(self.write_events(ctx, events).await?);
            store::update_announced(self.db().write(), ctx, &files).await?;
        }
        done.files = files.len() as u64;
        let tx = self.db().begin().await?;
        consumers::lock(&*tx, ctx, CONSUMER).await?;
        store::replace_all(&*tx, ctx).await?;
        if !store::update_published(&*tx, &files).await? {
            return Err(Error::conflict(
                "lake.rebuild_swept",
                "the rebuild took too long between two steps; run it again",
            ));
        }
        consumers::save(&*tx, ctx, CONSUMER, position).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// The next part of the tail. Nothing was moved when somebody else moved it first.
    async fn move_tail<P>(&self, ctx: &Ctx<P>, at_least: u64) -> Result<Option<Compacted>> {
        let from = consumers::load(self.db(), CONSUMER).await?;
        let least = i64::try_from(at_least.max(1)).unwrap_or(i64::MAX);
        if count_committed(self.db(), from).await? < least {
            return Ok(None);
        }
        let events = read_after(self.db(), from, STEP).await?;
        let moved = events.len() as u64;
        let Some(to) = events.last().map(StoredEvent::position).filter(|_| moved >= at_least) else {
            return Ok(None);
        };
        let files = self.write_events(ctx, events).await?;
        let done = self.publish(ctx, (from, to), &files).await?;
        Ok(Some(if done { Compacted { events: moved, files: files.len() as u64 } } else { Compacted::default() }))
    }

    /// Lets queries see files that hold the log between two positions; false, and nothing done, when the lake does not
    /// end at the first of them any more.
    async fn publish<P>(&self, ctx: &Ctx<P>, (from, to): (Position, Position), files: &[i64]) -> Result<bool> {
        let tx = self.db().begin().await?;
        if consumers::lock(&*tx, ctx, CONSUMER).await? != from || !store::update_published(&*tx, files).await? {
            return Ok(false);
        }
        consumers::save(&*tx, ctx, CONSUMER, to).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn write_events<P>(&self, ctx: &Ctx<P>, events: Vec<StoredEvent>) -> Result<Announced> {
        let zone = self.time_zone().await?;
        let mut folders: BTreeMap<(String, String), Vec<StoredEvent>> = BTreeMap::new();
        for event in events {
            let month = event.at.strftime("%Y-%m").to_string();
            folders.entry((event.kind.clone(), month)).or_default().push(event);
        }
        let mut files = Vec::with_capacity(folders.len());
        for (folder, mut events) in folders {
            events.sort_by_key(|event| (event.at, event.seq));
            let mut file = Writing::start()?;
            file.add(&of_events(&events, &zone)?)?;
            files.push(encoded(ctx, (&folder, &zone), file).await?);
        }
        self.write_files(ctx, files).await
    }

    /// Announces files together and writes them, a few at a time.
    async fn write_files<P>(&self, ctx: &Ctx<P>, files: Vec<(NewLakeFile, Vec<u8>)>) -> Result<Announced> {
        let tx = self.db().begin().await?;
        let mut announced = Announced::with_capacity(files.len());
        for (file, _) in &files {
            announced.push(store::create_file(&*tx, ctx, file).await?);
        }
        tx.commit().await?;
        let mut files = files.into_iter().peekable();
        while files.peek().is_some() {
            let some: Vec<_> = files.by_ref().take(AT_ONCE).collect();
            try_join_all(some.into_iter().map(|(file, bytes)| self.put(file, bytes))).await?;
        }
        Ok(announced)
    }

    async fn put(&self, file: NewLakeFile, bytes: Vec<u8>) -> Result<()> {
        self.lake().put(&file.path, bytes).await
    }

    /// Merges the small files of one folder, so that queries open few, and writes those again whose days are of a zone
    /// that the chain has left.
    async fn merge_folder<P>(&self, ctx: &Ctx<P>) -> Result<Option<Compacted>> {
        let zone = self.time_zone().await?;
        let limits = (FULL, FILES_PER_FOLDER);
        let old = store::list_mergeable(self.db().read(), &zone_name(&zone), limits).await?;
        let Some(first) = old.first() else { return Ok(None) };
        let folder = (first.kind.clone(), first.month.clone());
        let new = self.merge(ctx, (&folder, &zone), &old).await?;
        let tx = self.db().begin().await?;
        consumers::lock(&*tx, ctx, CONSUMER).await?;
        let old: Vec<i64> = old.iter().map(|file| file.ord).collect();
        if !store::update_replaced(&*tx, ctx, &old).await? || !store::update_published(&*tx, &new).await? {
            return Ok(Some(Compacted::default()));
        }
        tx.commit().await?;
        Ok(Some(Compacted { events: 0, files: new.len() as u64 }))
    }

    async fn merge<P>(
        &self,
        ctx: &Ctx<P>,
        place: (&(String, String), &TimeZone),
        old: &[LakeFile],
    ) -> Result<Announced> {
        let mut rows = self.read_sorted(old, place.1).await?;
        let (mut new, mut file) = (Announced::new(), Writing::start()?);
        while let Some(batch) = rows.try_next().await.map_err(Error::internal)? {
            file.add(&RecordBatch::try_new(Arc::clone(&SCHEMA), batch.columns().to_vec()).map_err(Error::internal)?)?;
            if file.rows >= FULL {
                let full = std::mem::replace(&mut file, Writing::start()?);
                new.extend(self.write_files(ctx, vec![encoded(ctx, place, full).await?]).await?);
                store::update_announced(self.db().write(), ctx, &new).await?;
            }
        }
        if file.rows > 0 {
            new.extend(self.write_files(ctx, vec![encoded(ctx, place, file).await?]).await?);
        }
        Ok(new)
    }

    /// Deletes files that were replaced, or announced and never published, long enough ago.
    async fn sweep<P>(&self, ctx: &Ctx<P>) -> Result<()> {
        for file in store::list_replaced(self.db().read(), ctx.now_us() - GRACE_US).await? {
            if store::erase_file(self.db().write(), file.ord).await? == 1 {
                self.lake().delete(&file.path).await?;
            }
        }
        Ok(())
    }
}

/// A finished file with its line for the manifest.
async fn encoded<P>(
    ctx: &Ctx<P>,
    ((kind, month), zone): (&(String, String), &TimeZone),
    file: Writing,
) -> Result<(NewLakeFile, Vec<u8>)> {
    let (row_count, min_at, max_at) = (file.rows, file.min_at, file.max_at);
    let bytes = tokio::task::spawn_blocking(move || file.finish()).await.map_err(Error::internal)??;
    let id: LakeFileId = ctx.new_id();
    let file = NewLakeFile {
        id,
        path: format!("events/kind={}/month={month}/{id}.parquet", folder_name(kind)),
        kind: kind.clone(),
        month: month.clone(),
        time_zone: zone_name(zone),
        row_count,
        byte_count: bytes.len() as i64,
        min_at,
        max_at,
    };
    Ok((file, bytes))
}

/// A Parquet file in the making. Rows come in the order of time; a row group is encoded as soon as it is full.
struct Writing {
    writer: ArrowWriter<Vec<u8>>,
    rows: i64,
    min_at: i64,
    max_at: i64,
}

impl Writing {
    fn start() -> Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).map_err(Error::internal)?))
            .set_max_row_group_row_count(Some(128 * 1024))
            .build();
        let writer =
            ArrowWriter::try_new(Vec::new(), Arc::clone(&SCHEMA), Some(properties)).map_err(Error::internal)?;
        Ok(Self { writer, rows: 0, min_at: 0, max_at: 0 })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let times = batch.column_by_name("at").map(|at| at.as_primitive::<TimestampMicrosecondType>());
        let Some(times) = times.filter(|times| !times.is_empty()) else { return Ok(()) };
        if self.rows == 0 {
            self.min_at = times.value(0);
        }
        self.max_at = times.value(times.len() - 1);
        self.rows += batch.num_rows() as i64;
        self.writer.write(batch).map_err(Error::internal)
    }

    fn finish(self) -> Result<Vec<u8>> {
        self.writer.into_inner().map_err(Error::internal)
    }
}

/// A kind as a folder name: letters, digits, dots, dashes and underscores stay; the rest is escaped.
fn folder_name(kind: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    kind.bytes().map(|byte| if safe(byte) { char::from(byte).to_string() } else { format!("~{byte:02x}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_a_stranger_cannot_leave_its_folder() {
        assert_eq!(folder_name("payment.received"), "payment.received");
        assert_eq!(folder_name("../x"), "..~2fx");
    }
}
