//! From the log to Parquet: what the consumer `lake` has not seen yet is sorted into files by kind and month.
//!
//! The manifest rows and the consumer's position are written in one transaction after the files are complete. A crash
//! in between leaves files that nothing points to, and the next run writes their events again under other names.

use std::collections::BTreeMap;
use std::sync::Arc;

use careloop_db::Tx;
use careloop_events::{Position, StoredEvent, consumers, read_after};
use careloop_kernel::ids::LakeFileId;
use careloop_kernel::{Ctx, Error, Result};
use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use jiff::tz::TimeZone;

use crate::batch::{SCHEMA, of_events};
use crate::engine::Analytics;
use crate::store::{self, NewLakeFile};

/// The consumer's name.
pub(crate) const CONSUMER: &str = "lake";
/// How many events one step takes in; bounds memory.
const STEP: u64 = 200_000;
/// Replaced files stay this long, for queries that still read them (µs).
const GRACE_US: i64 = 600_000_000;
/// A folder with more files than this is merged into one.
const FILES_PER_FOLDER: usize = 6;

/// What a compaction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Events moved.
    pub events: u64,
    /// Files written.
    pub files: u64,
}

impl Analytics {
    /// Moves the tail into the lake if it has at least `at_least` events.
    pub async fn compact<P>(&self, ctx: &Ctx<P>, at_least: usize) -> Result<Compacted> {
        let mut done = Compacted::default();
        loop {
            let from = consumers::load(self.db(), CONSUMER).await?;
            let events = read_after(self.db(), from, STEP).await?;
            if events.is_empty() || events.len() < at_least {
                break;
            }
            done.events += events.len() as u64;
            let full = events.len() as u64 == STEP;
            done.files += self.write_step(ctx, events).await?;
            if !full {
                break;
            }
        }
        self.merge_folders(ctx).await?;
        self.sweep(ctx).await?;
        Ok(done)
    }

    /// Throws the lake away and writes it again from the log.
    pub async fn rebuild<P>(&self, ctx: &Ctx<P>) -> Result<Compacted> {
        let tx = self.db().begin().await?;
        store::replace_all(&*tx, ctx).await?;
        consumers::save(&*tx, ctx, CONSUMER, Position::default()).await?;
        tx.commit().await?;
        self.compact(ctx, 1).await
    }

    async fn write_step<P>(&self, ctx: &Ctx<P>, events: Vec<StoredEvent>) -> Result<u64> {
        let Some(last) = events.last() else { return Ok(0) };
        let position = Position { tx: last.tx, seq: last.seq };
        let mut folders: BTreeMap<(String, String), Vec<StoredEvent>> = BTreeMap::new();
        for event in events {
            let month = event.at.strftime("%Y-%m").to_string();
            folders.entry((event.kind.clone(), month)).or_default().push(event);
        }
        let mut files = Vec::with_capacity(folders.len());
        for ((kind, month), mut events) in folders {
            events.sort_by_key(|event| (event.at, event.seq));
            files.push(self.write_file(ctx, kind, month, &events).await?);
        }
        let tx = self.db().begin().await?;
        self.record_files(&tx, ctx, &files).await?;
        consumers::save(&*tx, ctx, CONSUMER, position).await?;
        tx.commit().await?;
        Ok(files.len() as u64)
    }

    async fn write_file<P>(
        &self,
        ctx: &Ctx<P>,
        kind: String,
        month: String,
        events: &[StoredEvent],
    ) -> Result<NewLakeFile> {
        let batch = of_events(events, self.zone())?;
        let (first, last) = (events.first().map(|event| event.at), events.last().map(|event| event.at));
        self.write_batch(ctx, (kind, month), batch, (first, last)).await
    }

    async fn write_batch<P>(
        &self,
        ctx: &Ctx<P>,
        (kind, month): (String, String),
        batch: RecordBatch,
        (first, last): (Option<jiff::Timestamp>, Option<jiff::Timestamp>),
    ) -> Result<NewLakeFile> {
        let rows = batch.num_rows() as i64;
        let bytes = tokio::task::spawn_blocking(move || to_parquet(&batch)).await.map_err(Error::internal)??;
        let id: LakeFileId = ctx.new_id();
        let path = format!("events/kind={}/month={month}/{id}.parquet", folder_name(&kind));
        let byte_count = bytes.len() as i64;
        self.lake().put(&path, bytes).await?;
        let micros = |at: Option<jiff::Timestamp>| at.map_or(0, |at| at.as_microsecond());
        Ok(NewLakeFile {
            id,
            path,
            kind,
            month,
            row_count: rows,
            byte_count,
            min_at: micros(first),
            max_at: micros(last),
        })
    }

    async fn record_files<P>(&self, tx: &Tx, ctx: &Ctx<P>, files: &[NewLakeFile]) -> Result<()> {
        for file in files {
            store::create_file(&**tx, ctx, file).await?;
        }
        Ok(())
    }

    /// Merges folders with many small files, so that queries open few.
    async fn merge_folders<P>(&self, ctx: &Ctx<P>) -> Result<()> {
        let mut folders: BTreeMap<(String, String), Vec<store::LakeFile>> = BTreeMap::new();
        for file in store::list_files(self.db().read()).await? {
            folders.entry((file.kind.clone(), file.month.clone())).or_default().push(file);
        }
        for (folder, files) in folders.into_iter().filter(|(_, files)| files.len() > FILES_PER_FOLDER) {
            let batch = self.read_files(&files).await?;
            let merged = self.write_batch(ctx, folder, batch, (None, None)).await?;
            let tx = self.db().begin().await?;
            store::update_replaced(&*tx, ctx, &files.iter().map(|file| file.ord).collect::<Vec<_>>()).await?;
            store::create_file(&*tx, ctx, &merged).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Deletes files that were replaced long enough ago.
    async fn sweep<P>(&self, ctx: &Ctx<P>) -> Result<()> {
        for file in store::list_replaced(self.db().read(), ctx.now_us() - GRACE_US).await? {
            self.lake().delete(&file.path).await?;
            store::erase_file(self.db().write(), file.ord).await?;
        }
        Ok(())
    }

    /// The chain's time zone, which decides an event's day.
    pub(crate) fn zone(&self) -> &TimeZone {
        self.time_zone()
    }
}

/// A kind as a folder name: letters, digits, dots, dashes and underscores stay; the rest is escaped.
fn folder_name(kind: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    kind.bytes().map(|byte| if safe(byte) { char::from(byte).to_string() } else { format!("~{byte:02x}") }).collect()
}

/// A batch as the bytes of one Parquet file, for the lake and for exports.
pub(crate) fn to_parquet(batch: &RecordBatch) -> Result<Vec<u8>> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).map_err(Error::internal)?))
        .set_max_row_group_row_count(Some(128 * 1024))
        .build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), Arc::clone(&SCHEMA), Some(properties)).map_err(Error::internal)?;
    writer.write(batch).map_err(Error::internal)?;
    writer.into_inner().map_err(Error::internal)
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
