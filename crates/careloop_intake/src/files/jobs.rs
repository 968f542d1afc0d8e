//! Imports in the background: one at a time in a process, one batch a step.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use careloop_db::{Db, Engine};
use careloop_kernel::ids::UploadId;
use careloop_kernel::permissions::RunImports;
use careloop_kernel::{Ctx, Error, Result};
use jiff::SignedDuration;
use tokio::sync::Mutex;

use super::model::{Import, ImportState};
use super::run::{BATCH_ROWS, Runner, Source, Step, is_taken_over};
use super::{service, store};

/// How long an upload that nobody imports is kept.
const KEEP_UPLOADS: SignedDuration = SignedDuration::from_hours(24);

/// Uploaded files and the import that this process is working on; cheap to clone.
#[derive(Clone)]
pub struct Files {
    pub(super) db: Db,
    folder: PathBuf,
    batch_rows: u64,
    running: Arc<Mutex<Option<Runner>>>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Files {
    /// Keeps uploads in the folder `uploads` of the data folder, which is made if it is not there.
    pub fn new(db: Db, data_dir: &Path) -> Result<Self> {
        let folder = data_dir.join("uploads");
        make_private_folder(&folder)?;
        Ok(Self { db, folder, batch_rows: BATCH_ROWS, running: Arc::default() })
    }

    /// The same with smaller batches, so that a test has many of them.
    #[cfg(test)]
    pub(super) fn in_batches_of(self, batch_rows: u64) -> Self {
        Self { batch_rows, ..self }
    }

    /// Where the bytes of uploads lie.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the bytes of an upload lie.
    pub(super) fn path(&self, upload: UploadId) -> PathBuf {
        self.folder.join(upload.to_string())
    }
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| no_folder(folder, error))
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| no_folder(folder, error))
}

fn no_folder(folder: &Path, error: std::io::Error) -> Error {
    let message = format!("the folder {} cannot be made; check its permissions", folder.display());
    Error::invalid("files.folder", message).with_source(error)
}

/// Does one step of the oldest import that waits or was interrupted: begins it, writes one batch, or ends it. False when
/// there is nothing to do.
///
/// An import whose file lies on another machine is left to that machine; where there is no other machine, it fails. A failure is written to the import, where
/// people see it, and is no failure of the step.
pub async fn resume<P>(files: &Files, ctx: &Ctx<P>) -> Result<bool> {
    let mut running = files.running.lock().await;
    let ctx = ctx.require::<RunImports>()?;
    let Some(runner) = running.as_mut() else {
        return begin_next(files, &ctx, &mut running).await;
    };
    let import = runner.import().clone();
    match runner.step(&files.db, &ctx).await {
        Ok(Step::More) => {}
        Ok(Step::Ended(state)) => {
            *running = None;
            after(files, &import, state).await?;
        }
        Err(error) => {
            *running = None;
            failed(files, &ctx, &import, &error).await?;
        }
    }
    Ok(true)
}

async fn begin_next(files: &Files, ctx: &Ctx<RunImports>, running: &mut Option<Runner>) -> Result<bool> {
    service::end_abandoned(&files.db, ctx).await?;
    for import in store::imports::list_open(files.db.read()).await? {
        let Some(path) = import.upload.map(|upload| files.path(upload)) else { continue };
        if !path.exists() {
            if files.db.engine() == Engine::Sqlite {
                let message = "the uploaded file is gone; upload it again: what was imported already stays as it is";
                failed(files, ctx, &import, &Error::not_found("files.upload_gone", message)).await?;
            }
            continue;
        }
        let source = Source { path: &path, batch_rows: files.batch_rows };
        match Runner::start(&files.db, ctx, import.clone(), &source).await {
            Ok(runner) => *running = Some(runner),
            Err(error) => failed(files, ctx, &import, &error).await?,
        }
        return Ok(true);
    }
    clean(files, ctx).await?;
    Ok(false)
}

async fn failed(files: &Files, ctx: &Ctx<RunImports>, import: &Import, error: &Error) -> Result<()> {
    if is_taken_over(error) {
        return Ok(());
    }
    tracing::warn!(import.id = %import.id, code = error.code(), "an import broke off");
    Runner::fail(&files.db, ctx, import, error).await
}

/// The file of a finished import is not needed any more; that of a stopped one is, should it be resumed.
async fn after(files: &Files, import: &Import, state: ImportState) -> Result<()> {
    match import.upload {
        Some(upload) if state == ImportState::Done => service::remove_upload(files, upload).await,
        _ => Ok(()),
    }
}

async fn clean(files: &Files, ctx: &Ctx<RunImports>) -> Result<()> {
    let before = ctx.now().checked_sub(KEEP_UPLOADS).map_err(Error::internal)?;
    for upload in store::uploads::list_left(files.db.read(), before.as_microsecond()).await? {
        service::remove_upload(files, upload.id).await?;
    }
    Ok(())
}
