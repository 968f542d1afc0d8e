//! The words of file imports.

use std::path::PathBuf;

use careloop_kernel::ids::{ImportId, UploadId};
use careloop_kernel::{Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::map::Map;

/// How an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// It has not begun.
    Waiting,
    /// It is being done, or was when the process died.
    Running,
    /// Every row is dealt with.
    Done,
    /// Somebody stopped it; what was imported stays.
    Cancelled,
    /// It broke off; it can be resumed.
    Failed,
}

impl ImportState {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// The state of this stored name.
    pub(super) fn from_name(name: &str) -> Result<Self> {
        [Self::Waiting, Self::Running, Self::Done, Self::Cancelled, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == name)
            .ok_or_else(|| Error::internal("an import has an unknown state"))
    }

    /// Whether nothing more will happen by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }
}

/// How often rows were taken although something about a column was odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The column; empty when it is the whole row.
    pub column: String,
    /// A stable code, such as `birth_date_unreadable`.
    pub code: String,
    /// What is odd and what was done.
    pub reason: String,
    /// How many rows.
    pub count: u64,
    /// The first of them.
    pub first_line: u64,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its line; the header is line 1.
    pub line: u64,
    /// The column that is wrong; empty when it is the whole row.
    pub column: String,
    /// A stable code, such as `no_time`.
    pub code: String,
    /// What is wrong and what to do.
    pub reason: String,
    /// The row as it was in the file.
    pub cells: Vec<String>,
}

/// What an import has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows of the file, once it was looked through.
    pub rows_total: Option<u64>,
    /// Rows dealt with.
    pub rows_read: u64,
    /// Rows that were new.
    pub inserted: u64,
    /// Rows that changed a record.
    pub updated: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows refused.
    pub rejected: u64,
    /// Rows taken with a warning.
    pub warned: u64,
}

/// An import of one file into one source.
#[derive(Debug, Clone)]
pub struct Import {
    /// The id.
    pub id: ImportId,
    /// `imports.ord`.
    pub ord: i64,
    /// `sources.ord`.
    pub source: i64,
    /// The source's id.
    pub source_id: String,
    /// The source's name.
    pub source_name: String,
    /// The uploaded file; none when the command line gave a path.
    pub upload: Option<UploadId>,
    /// What the file is called.
    pub file_name: String,
    /// How it is read.
    pub map: Map,
    /// The file's header.
    pub columns: Vec<String>,
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
    /// How it stands.
    pub state: ImportState,
    /// What it has done.
    pub progress: Progress,
    /// What it warned of.
    pub warnings: Vec<Warning>,
    /// Why it failed.
    pub error: Option<ImportFailure>,
    /// Whether somebody asked to stop it.
    pub cancel_requested: bool,
    /// The run of the command line that it belongs to; empty for an upload.
    pub run: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFailure {
    /// A stable code.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// A file that was uploaded and is not imported yet.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The id, which is the file's name in the data folder.
    pub id: UploadId,
    /// What the sender called it.
    pub file_name: String,
    /// Bytes.
    pub size: u64,
}

/// An upload with its first rows and a map guessed from them.
#[derive(Debug, Clone)]
pub struct UploadPreview {
    /// The file.
    pub upload: Upload,
    /// How it is encoded.
    pub encoding: &'static str,
    /// Which sheet is read.
    pub sheet: Option<String>,
    /// The header.
    pub columns: Vec<String>,
    /// At most 50 rows.
    pub rows: Vec<Vec<String>>,
    /// A first map.
    pub guess: Map,
}

/// A file the command line imports.
#[derive(Debug, Clone)]
pub struct FileImport {
    /// The file.
    pub path: PathBuf,
    /// The source's name.
    pub source: String,
    /// The mapping file.
    pub map: PathBuf,
    /// Only count, write nothing to the database.
    pub dry_run: bool,
    /// Where to write the refused rows as CSV.
    pub rejects: Option<PathBuf>,
}

/// What a dry run found.
#[derive(Debug, Clone, Default)]
pub struct DryRun {
    /// Rows of the file.
    pub rows: u64,
    /// Rows that would be taken.
    pub accepted: u64,
    /// Rows that would be refused.
    pub rejected: u64,
    /// Rows that would be taken with a warning.
    pub warned: u64,
    /// The first hundred refused rows.
    pub rejects: Vec<Reject>,
    /// What would be warned of.
    pub warnings: Vec<Warning>,
}

/// What the command line prints after an import.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// The import; none after a dry run.
    pub id: Option<ImportId>,
    /// How it ended; `Done` after a dry run.
    pub state: ImportState,
    /// What it did. After a dry run `inserted` holds the rows that would be taken.
    pub progress: Progress,
    /// What it warned of.
    pub warnings: Vec<Warning>,
    /// The first hundred refused rows.
    pub rejects: Vec<Reject>,
    /// Whether it went on where an earlier run of the same file had broken off.
    pub resumed: bool,
}
