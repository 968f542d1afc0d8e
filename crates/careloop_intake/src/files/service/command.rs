//! The command line's way: one call from file to report, in the foreground.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use careloop_db::Db;
use careloop_kernel::permissions::RunImports;
use careloop_kernel::{Ctx, Error, Result};

use super::{look_at, person_source, surroundings, usable_source};
use crate::files::map::Map;
use crate::files::model::{FileImport, Import, ImportFailure, ImportReport, ImportState, Progress};
use crate::files::rejects::RejectWriter;
use crate::files::run::{BATCH_ROWS, Job, Runner, Source, Step, blocking, check, is_taken_over};
use crate::files::store;
use crate::files::store::imports::NewImport;

/// How many refused rows the report shows.
const SHOWN: u32 = 100;
/// How often a run says that it is alive.
const BEAT: Duration = Duration::from_secs(5);

/// Imports a file into a source, or only counts. A run of the same file, map and source that broke off is taken up where
/// it stood. `progress` is called after each batch.
pub async fn import_file(
    db: &Db,
    ctx: &Ctx<RunImports>,
    request: &FileImport,
    progress: &mut (dyn FnMut(&Progress) + Send),
) -> Result<ImportReport> {
    let map = read_map(&request.map)?;
    end_abandoned(db, ctx).await?;
    let source = usable_source(db, &request.source).await?;
    person_source(db, &map, source.ord).await?;
    let around = surroundings(db, ctx, source.ord).await?;
    if request.dry_run {
        let job = Job { path: request.path.clone(), map, around: Arc::new(around), skip: 0, batch_rows: BATCH_ROWS };
        return only_count(job, request.rejects.as_deref()).await;
    }
    let (columns, digest) = look_at(&request.path, &map, around).await?;
    let file_name =
        request.path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
    let run = format!("{:032x}", u128::from_be_bytes(ctx.random()));
    let new = NewImport {
        source: source.ord,
        upload: None,
        file_name: &file_name,
        map: &map,
        columns: &columns,
        digest,
        run: &run,
    };
    let (import, resumed) = begin(db, ctx, &new).await?;
    let id = import.id;
    let ended = run_alive(db, ctx, &import, &request.path, progress).await;
    if let Some(error) = ended.as_ref().err().filter(|error| !is_taken_over(error)) {
        // The first error is the one to tell; on a full disk this one cannot be written either, and the import is
        // found as `running` and taken up all the same.
        if let Err(second) = Runner::fail(db, ctx, &import, error).await {
            tracing::debug!(import.id = %id, code = second.code(), "the failure could not be noted");
        }
    }
    let state = ended?;
    let import = store::imports::find(db.read(), id).await?.ok_or_else(super::no_import)?;
    if let Some(out) = &request.rejects {
        write_rejects(db, ctx, &import, out).await?;
    }
    report(db, ctx, import, state, resumed).await
}

fn read_map(path: &Path) -> Result<Map> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::invalid("map.unreadable", format!("the map {} cannot be read: {error}", path.display()))
    })?;
    Map::from_toml(text.strip_prefix('\u{feff}').unwrap_or(&text))
}

async fn begin(db: &Db, ctx: &Ctx<RunImports>, new: &NewImport<'_>) -> Result<(Import, bool)> {
    let known = store::imports::find_broken_off(db.read(), new).await?;
    let (id, resumed) = match known {
        Some(import) if store::imports::claim(db.write(), ctx, import.ord, new.run).await? => (import.id, true),
        Some(_) | None => (store::imports::insert(db.write(), ctx, new).await?, false),
    };
    // Read after it was claimed: from now on nobody else moves it.
    let import = store::imports::find(db.write(), id).await?.ok_or_else(super::no_import)?;
    Ok((import, resumed))
}

/// Ends the imports of commands that were killed, so that people see that they broke off and what to do.
pub(in crate::files) async fn end_abandoned<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    let now = ctx.now_us();
    // This is asked often, and asking must not write.
    if store::imports::count_abandoned(db.read(), now).await? == 0 {
        return Ok(());
    }
    let failure = ImportFailure {
        code: "imports.broken_off".to_owned(),
        message: "the command that ran this import ended before its last row; run the same command again and it goes \
                  on where it stood, nothing is lost"
            .to_owned(),
    };
    let ended = store::imports::fail_abandoned(db.write(), now, &failure).await?;
    tracing::warn!(imports = ended, "imports of the command line broke off");
    Ok(())
}

/// Runs the import and says meanwhile that it is alive, however long a step takes.
async fn run_alive(
    db: &Db,
    ctx: &Ctx<RunImports>,
    import: &Import,
    path: &Path,
    progress: &mut (dyn FnMut(&Progress) + Send),
) -> Result<ImportState> {
    let mut work = std::pin::pin!(run(db, ctx, import.clone(), path, progress));
    loop {
        tokio::select! {
            ended = &mut work => return ended,
            () = tokio::time::sleep(BEAT) => {}
        }
        // Polled together: on SQLite the sign of life waits for the step's own transaction.
        tokio::select! {
            ended = &mut work => return ended,
            beaten = store::imports::beat(db.write(), ctx, import) => if let Err(error) = beaten {
                tracing::warn!(import.id = %import.id, code = error.code(), "the import could not say that it is alive");
            },
        }
    }
}

async fn run(
    db: &Db,
    ctx: &Ctx<RunImports>,
    import: Import,
    path: &Path,
    progress: &mut (dyn FnMut(&Progress) + Send),
) -> Result<ImportState> {
    let mut runner = Runner::start(db, ctx, import, &Source { path, batch_rows: BATCH_ROWS }).await?;
    loop {
        progress(&runner.import().progress);
        if let Step::Ended(state) = runner.step(db, ctx).await? {
            return Ok(state);
        }
    }
}

async fn report(
    db: &Db,
    ctx: &Ctx<RunImports>,
    import: Import,
    state: ImportState,
    resumed: bool,
) -> Result<ImportReport> {
    let shelf = store::rejects::shelf(db.read(), import.ord).await?;
    let rejects = store::rejects::list_after(db.read(), ctx, shelf, 0, SHOWN).await?;
    Ok(ImportReport {
        id: Some(import.id),
        state,
        progress: import.progress,
        warnings: import.warnings,
        rejects,
        resumed,
    })
}

async fn write_rejects(db: &Db, ctx: &Ctx<RunImports>, import: &Import, out: &Path) -> Result<()> {
    let shelf = store::rejects::shelf(db.read(), import.ord).await?;
    let mut writer = RejectWriter::new(create(out)?, &import.columns, true)?;
    let mut after = 0;
    loop {
        let rows = store::rejects::list_after(db.read(), ctx, shelf, after, super::PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = last.line;
        for row in &rows {
            writer.write(row)?;
        }
    }
    writer.finish()?.flush().map_err(|error| not_written(out, &error))
}

fn create(out: &Path) -> Result<BufWriter<File>> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(out).map(BufWriter::new).map_err(|error| not_written(out, &error))
}

fn not_written(out: &Path, error: &std::io::Error) -> Error {
    Error::invalid("files.rejects", format!("the refused rows cannot be written to {}: {error}", out.display()))
}

async fn only_count(job: Job, out: Option<&Path>) -> Result<ImportReport> {
    let out = out.map(Path::to_owned);
    let found = blocking(move || {
        let Some(out) = out else { return check(job, &mut |_| Ok(())) };
        let table = crate::files::read::Table::open(&job.path, job.map.encoding, job.map.sheet.as_deref())?;
        let mut writer = RejectWriter::new(create(&out)?, table.columns(), true)?;
        let found = check(job, &mut |reject| writer.write(reject))?;
        writer.finish()?.flush().map_err(|error| not_written(&out, &error))?;
        Ok(found)
    })
    .await?;
    Ok(ImportReport {
        id: None,
        state: ImportState::Done,
        progress: Progress {
            rows_total: Some(found.rows),
            rows_read: found.rows,
            inserted: found.accepted,
            rejected: found.rejected,
            warned: found.warned,
            ..Progress::default()
        },
        warnings: found.warnings,
        rejects: found.rejects,
        resumed: false,
    })
}
