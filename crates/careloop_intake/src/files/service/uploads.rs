//! Files that people send before they decide what to do with them.

use std::ops::ControlFlow;
use std::path::Path;

use careloop_access::roles::require_chain;
use careloop_db::Db;
use careloop_kernel::ids::UploadId;
use careloop_kernel::permissions::RunImports;
use careloop_kernel::{Ctx, Error, Result};
use futures::{Stream, StreamExt};
use jiff::{SignedDuration, Timestamp};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::files::jobs::Files;
use crate::files::map::{EncodingChoice, Map, guess};
use crate::files::model::{Upload, UploadPreview};
use crate::files::read::Table;
use crate::files::run::blocking;
use crate::files::store;

/// A file that was written to within this time is still coming in.
const GROWING: SignedDuration = SignedDuration::from_mins(10);
/// How many rows the screen shows and the guess looks at.
const PREVIEW_ROWS: usize = 50;
/// The setting that holds the largest upload in mebibytes.
const LIMIT_SETTING: &str = "intake.max_upload_mb";
const DEFAULT_LIMIT_MB: u64 = 1024;

/// The largest upload in bytes.
async fn upload_limit(db: &Db) -> Result<u64> {
    let set = store::find_setting(db.read(), LIMIT_SETTING).await?;
    let megabytes = set.and_then(|text| text.parse::<u64>().ok()).unwrap_or(DEFAULT_LIMIT_MB);
    Ok(megabytes.saturating_mul(1 << 20))
}

/// Keeps a file that comes in pieces, readable by this program alone. One that is too large is not kept.
pub async fn store_upload<B, E>(
    files: &Files,
    ctx: &Ctx<RunImports>,
    file_name: &str,
    pieces: impl Stream<Item = Result<B, E>>,
) -> Result<Upload>
where
    B: AsRef<[u8]>,
    E: std::error::Error + Send + Sync + 'static,
{
    require_chain(ctx)?;
    let id: UploadId = ctx.new_id();
    let path = files.path(id);
    let limit = upload_limit(&files.db).await?;
    let stored = write(&path, pieces, limit).await;
    let upload = match stored {
        Ok(size) => Upload { id, file_name: short_name(file_name), size },
        Err(error) => {
            remove_file(&path).await?;
            return Err(error);
        }
    };
    store::uploads::insert(files.db.write(), ctx, &upload).await?;
    Ok(upload)
}

async fn write<B, E>(path: &Path, pieces: impl Stream<Item = Result<B, E>>, limit: u64) -> Result<u64>
where
    B: AsRef<[u8]>,
    E: std::error::Error + Send + Sync + 'static,
{
    let mut pieces = std::pin::pin!(pieces);
    let mut file = create(path).await?;
    let mut size = 0_u64;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| {
            Error::invalid("files.upload_broken", "the upload broke off; send the file again").with_source(error)
        })?;
        size += piece.as_ref().len() as u64;
        if size > limit {
            let megabytes = limit >> 20;
            let next = "split it, or import it on the server with `careloop import`, which takes files of any size";
            return Err(Error::invalid("files.too_large", format!("the file is larger than {megabytes} MiB; {next}")));
        }
        file.write_all(piece.as_ref()).await.map_err(not_kept)?;
    }
    file.sync_all().await.map_err(not_kept)?;
    Ok(size)
}

async fn create(path: &Path) -> Result<File> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path).await.map_err(not_kept)
}

fn not_kept(error: std::io::Error) -> Error {
    let message = "the file cannot be kept; see whether the server's disk is full";
    Error::new(careloop_kernel::ErrorKind::Unavailable, "files.not_kept", message).with_source(error)
}

/// The last part of a name, for browsers that send the whole path.
fn short_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    let shown: String = last.chars().filter(|letter| !letter.is_control()).take(200).collect();
    if shown.is_empty() { "file".to_owned() } else { shown }
}

/// Reads the first rows of an upload and guesses a map. A file that holds no table is removed.
pub async fn preview(files: &Files, ctx: &Ctx<RunImports>, upload: Upload) -> Result<UploadPreview> {
    require_chain(ctx)?;
    let settings = careloop_access::settings::load(files.db.read()).await?;
    let path = files.path(upload.id);
    let id = upload.id;
    let looked = blocking(move || look(&path, upload, &settings.time_zone_name)).await;
    if looked.is_err() {
        remove_upload(files, id).await?;
    }
    looked
}

fn look(path: &Path, upload: Upload, zone: &str) -> Result<UploadPreview> {
    let table = Table::open(path, EncodingChoice::Auto, None)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    table.each_row(&mut |row| {
        if row.fault().is_none() {
            rows.push(row.cells().map(str::to_owned).collect());
        }
        Ok(if rows.len() == PREVIEW_ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    let guess: Map = guess(table.columns(), &rows, zone);
    Ok(UploadPreview {
        upload,
        encoding: table.encoding(),
        sheet: table.sheet().map(str::to_owned),
        columns: table.columns().to_vec(),
        rows,
        guess,
    })
}

/// Forgets an upload and destroys its bytes.
pub async fn remove_upload(files: &Files, upload: UploadId) -> Result<()> {
    remove_file(&files.path(upload)).await?;
    store::uploads::delete(files.db.write(), upload).await
}

/// Destroys the bytes that no upload names: whoever kept them died before the row was written. Done when a server starts;
/// a file that is still growing, because another process takes it in, is left alone. Gives how many there were.
pub async fn sweep_uploads<P>(files: &Files, ctx: &Ctx<P>) -> Result<u64> {
    let before = ctx.now().checked_sub(GROWING).map_err(Error::internal)?;
    let mut swept = 0;
    let mut entries = tokio::fs::read_dir(files.folder()).await.map_err(Error::internal)?;
    while let Some(entry) = entries.next_entry().await.map_err(Error::internal)? {
        // What is not called like an upload is somebody else's.
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<UploadId>().ok()) else { continue };
        let changed = entry.metadata().await.and_then(|about| about.modified()).map_err(Error::internal)?;
        let is_growing = Timestamp::try_from(changed).is_ok_and(|changed| changed > before);
        if !is_growing && store::uploads::find(files.db.read(), id).await?.is_none() {
            remove_file(&entry.path()).await?;
            swept += 1;
        }
    }
    Ok(swept)
}

async fn remove_file(path: &Path) -> Result<()> {
    match tokio::fs::remove_file(path).await {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::internal(error)),
    }
}
