//! The use cases of file imports: upload, preview, dry run, import, cancel, resume, and the command line's way.

mod command;
mod uploads;

use std::path::Path;
use std::sync::Arc;

use careloop_access::roles::require_chain;
use careloop_db::Db;
use careloop_kernel::ids::{ImportId, UploadId};
use careloop_kernel::permissions::{RevealPeople, RunImports};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Permission, Result};
use serde_json::json;

use super::convert::{Binding, Surroundings};
use super::jobs::Files;
use super::map::{Map, RowMap};
use super::model::{DryRun, Import, ImportState};
use super::read::Table;
use super::rejects::RejectWriter;
use super::run::{BATCH_ROWS, Job, blocking, check};
use super::store;
use super::store::imports::NewImport;
pub(super) use command::end_abandoned;
pub use command::import_file;
pub use uploads::{preview, remove_upload, store_upload, sweep_uploads};

/// How many refused rows are read at a time for the download.
const PAGE: u32 = 1_000;

/// What rows of this source are understood against.
pub(super) async fn surroundings<P>(db: &Db, ctx: &Ctx<P>, source: i64) -> Result<Surroundings> {
    let settings = careloop_access::settings::load(db.read()).await?;
    Ok(Surroundings {
        clinics: store::clinic_words(db.read()).await?,
        today: ctx.now().to_zoned(settings.time_zone.clone()).date(),
        zone: settings.time_zone,
        currency: settings.currency,
        source,
    })
}

/// `sources.ord` of the source that the map's people belong to.
pub(super) async fn person_source(db: &Db, map: &Map, own: i64) -> Result<i64> {
    match &map.rows {
        RowMap::Events(events) => match &events.person_source {
            Some(name) => Ok(usable_source(db, name).await?.ord),
            None => Ok(own),
        },
        RowMap::People(_) => Ok(own),
    }
}

/// A source by name or id that files may be imported into.
pub(super) async fn usable_source(db: &Db, name: &str) -> Result<store::SourceRow> {
    let source =
        store::find_source(db.read(), name).await?.filter(|source| source.kind != "internal").ok_or_else(|| {
            let next = format!("register it with `careloop source add {name} --kind file`");
            Error::not_found("sources.not_found", format!("there is no source `{name}`; {next}"))
        })?;
    if source.disabled_at.is_some() {
        let message = format!("the source `{}` is disabled; enable it first", source.name);
        return Err(Error::conflict("sources.disabled", message));
    }
    Ok(source)
}

fn no_import() -> Error {
    Error::not_found("imports.not_found", "there is no such import; look at the list of imports")
}

async fn uploaded(files: &Files, upload: UploadId) -> Result<super::model::Upload> {
    let gone = || Error::not_found("files.upload_gone", "the uploaded file is no longer here; upload it again");
    let found = store::uploads::find(files.db.read(), upload).await?.ok_or_else(gone)?;
    if files.path(upload).exists() { Ok(found) } else { Err(gone()) }
}

/// Counts what an import of this upload would take and refuse; writes nothing.
pub async fn dry_run(
    files: &Files,
    ctx: &Ctx<RunImports>,
    upload: UploadId,
    source_id: &str,
    map: Map,
) -> Result<DryRun> {
    require_chain(ctx)?;
    uploaded(files, upload).await?;
    let source = usable_source(&files.db, source_id).await?;
    person_source(&files.db, &map, source.ord).await?;
    let around = Arc::new(surroundings(&files.db, ctx, source.ord).await?);
    let job = Job { path: files.path(upload), map, around, skip: 0, batch_rows: BATCH_ROWS };
    blocking(move || check(job, &mut |_| Ok(()))).await
}

/// Puts an import of this upload into the queue. A map that does not fit the file is refused here.
pub async fn start_import(
    files: &Files,
    ctx: &Ctx<RunImports>,
    upload: UploadId,
    source_id: &str,
    map: Map,
) -> Result<Import> {
    require_chain(ctx)?;
    let file = uploaded(files, upload).await?;
    let source = usable_source(&files.db, source_id).await?;
    person_source(&files.db, &map, source.ord).await?;
    let around = surroundings(&files.db, ctx, source.ord).await?;
    let (columns, digest) = look_at(&files.path(upload), &map, around).await?;
    let new = NewImport {
        source: source.ord,
        upload: Some(upload),
        file_name: &file.file_name,
        map: &map,
        columns: &columns,
        digest,
        run: "",
    };
    let tx = files.db.begin().await?;
    let id = store::imports::insert(&*tx, ctx, &new).await?;
    let detail = json!({ "source": source_id, "kind": map.kind() });
    careloop_access::audit::append(&*tx, ctx, "import.started", &id.to_string(), detail).await?;
    tx.commit().await?;
    find_import(&files.db, ctx, id).await
}

/// The file's header and digest, once the map fits it.
pub(super) async fn look_at(path: &Path, map: &Map, around: Surroundings) -> Result<(Vec<String>, [u8; 32])> {
    let (path, map) = (path.to_owned(), map.clone());
    blocking(move || {
        let table = Table::open(&path, map.encoding, map.sheet.as_deref())?;
        Binding::new(&map, &table, &around)?;
        Ok((table.columns().to_vec(), table.digest()?))
    })
    .await
}

/// One import.
pub async fn find_import(db: &Db, ctx: &Ctx<RunImports>, id: ImportId) -> Result<Import> {
    require_chain(ctx)?;
    store::imports::find(db.read(), id).await?.ok_or_else(no_import)
}

/// Imports, the newest first.
pub async fn list_imports(db: &Db, ctx: &Ctx<RunImports>, request: &PageRequest) -> Result<Page<Import>> {
    require_chain(ctx)?;
    store::imports::list(db.read(), request).await
}

/// Stops an import: at once if it waits, after its batch if it runs. What was imported stays.
pub async fn cancel(db: &Db, ctx: &Ctx<RunImports>, id: ImportId) -> Result<Import> {
    let import = find_import(db, ctx, id).await?;
    let tx = db.begin().await?;
    let stopped = match import.state {
        ImportState::Waiting => store::imports::end(&*tx, ctx, &import, ImportState::Cancelled, None).await?,
        ImportState::Running => store::imports::request_cancel(&*tx, import.ord).await?,
        ImportState::Done | ImportState::Cancelled | ImportState::Failed => false,
    };
    if !stopped {
        return Err(Error::conflict("imports.ended", "this import has ended already"));
    }
    careloop_access::audit::append(&*tx, ctx, "import.cancelled", &id.to_string(), json!({})).await?;
    tx.commit().await?;
    find_import(db, ctx, id).await
}

/// Lets an import that failed or was cancelled go on after its last row.
pub async fn resume(files: &Files, ctx: &Ctx<RunImports>, id: ImportId) -> Result<Import> {
    let import = find_import(&files.db, ctx, id).await?;
    match import.upload {
        Some(upload) => {
            uploaded(files, upload).await?;
        }
        None => {
            return Err(Error::conflict(
                "imports.from_command_line",
                "this import was started on the command line; run the same command again to resume it",
            ));
        }
    }
    let tx = files.db.begin().await?;
    if !store::imports::reopen(&*tx, import.ord).await? {
        return Err(Error::conflict(
            "imports.not_stopped",
            "only an import that failed or was cancelled can be resumed",
        ));
    }
    careloop_access::audit::append(&*tx, ctx, "import.resumed", &id.to_string(), json!({})).await?;
    tx.commit().await?;
    find_import(&files.db, ctx, id).await
}

/// The refused rows of an import as CSV text, a piece at a time: `after` is the line to go on after, 0 to begin. Gives
/// nothing at the end. The rows' own cells are shown when [`note_download`] allowed it.
pub(super) async fn rejects_csv(
    db: &Db,
    ctx: &Ctx<RunImports>,
    (import, with_cells): (&Import, bool),
    after: u64,
) -> Result<Option<(Vec<u8>, u64)>> {
    let shelf = store::rejects::shelf(db.read(), import.ord).await?;
    let rows = store::rejects::list_after(db.read(), ctx, shelf, after, PAGE).await?;
    let mut writer = if after == 0 {
        // Excel takes UTF-8 for the local encoding unless the file begins with the mark.
        RejectWriter::new("\u{feff}".as_bytes().to_vec(), &import.columns, with_cells)?
    } else {
        RejectWriter::resume(Vec::new(), with_cells)
    };
    let Some(last) = rows.last().map(|row| row.line) else {
        return if after == 0 { writer.finish().map(|text| Some((text, u64::MAX))) } else { Ok(None) };
    };
    for row in &rows {
        writer.write(row)?;
    }
    writer.finish().map(|text| Some((text, last)))
}

/// Notes in the audit log that somebody took the refused rows away, and gives whether the rows' own cells go with them:
/// with a reason, for those who may reveal personal data.
pub(super) async fn note_download(db: &Db, ctx: &Ctx<RunImports>, id: ImportId, why: Option<&str>) -> Result<bool> {
    let why = why.map(str::trim).filter(|why| !why.is_empty());
    if let Some(why) = why {
        if !ctx.has(RevealPeople::KEY) {
            let message = "the rows hold personal data; ask somebody who may reveal it, or download without them";
            return Err(Error::forbidden("imports.cells_hidden", message));
        }
        if why.chars().count() < 3 {
            let error = Error::invalid("imports.reason", "say why in at least three characters");
            return Err(error.with_field("reason", "at least three characters"));
        }
    }
    let tx = db.begin().await?;
    let detail = json!({ "with_cells": why.is_some(), "reason": why });
    careloop_access::audit::append(&*tx, ctx, "import.rejects_downloaded", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(why.is_some())
}
