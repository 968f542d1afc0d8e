//! Imports on the wire.

use careloop_http::time_view;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::files::map::MapBody;
use crate::files::model::{DryRun, Import, Reject, UploadPreview, Warning};

/// The form of an upload.
#[derive(ToSchema)]
pub(super) struct UploadForm {
    /// The CSV or XLSX file.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    #[expect(dead_code, reason = "the form is read as a stream; this only describes it")]
    file: String,
}

/// An uploaded file, its first rows, and a map guessed from them.
#[derive(Serialize, ToSchema)]
pub(super) struct UploadView {
    id: String,
    file_name: String,
    /// Bytes.
    size: u64,
    /// `UTF-8`, `GB18030`, `UTF-16` or `XLSX`.
    encoding: String,
    /// The sheet that is read, of a workbook.
    sheet: Option<String>,
    columns: Vec<String>,
    /// At most 50 rows.
    preview: Vec<Vec<String>>,
    guess: MapBody,
}

impl From<UploadPreview> for UploadView {
    fn from(preview: UploadPreview) -> Self {
        Self {
            id: preview.upload.id.to_string(),
            file_name: preview.upload.file_name,
            size: preview.upload.size,
            encoding: preview.encoding.to_owned(),
            sheet: preview.sheet,
            columns: preview.columns,
            preview: preview.rows,
            guess: MapBody::from(&preview.guess),
        }
    }
}

/// Which source and map to read an upload by.
#[derive(Deserialize, ToSchema)]
pub(super) struct MapChoiceBody {
    pub source_id: String,
    #[schema(value_type = MapBody)]
    pub map: serde_json::Value,
}

/// Which upload to import, into which source, by which map.
#[derive(Deserialize, ToSchema)]
pub(super) struct ImportBody {
    pub upload_id: String,
    pub source_id: String,
    #[schema(value_type = MapBody)]
    pub map: serde_json::Value,
}

/// A row that was, or would be, refused.
#[derive(Serialize, ToSchema)]
pub(super) struct RejectView {
    /// Its line; the header is line 1.
    line: u64,
    /// The column that is wrong; empty when it is the whole row.
    column: String,
    /// A stable code, such as `no_time`.
    code: String,
    reason: String,
}

impl From<Reject> for RejectView {
    fn from(reject: Reject) -> Self {
        Self { line: reject.line, column: reject.column, code: reject.code, reason: reject.reason }
    }
}

/// How often rows were taken although something about a column was odd.
#[derive(Serialize, ToSchema)]
pub(super) struct WarningView {
    /// The column; empty when it is the whole row.
    column: String,
    /// A stable code, such as `birth_date_unreadable`.
    code: String,
    reason: String,
    /// How many rows.
    count: u64,
    /// The first of them.
    first_line: u64,
}

impl From<Warning> for WarningView {
    fn from(warning: Warning) -> Self {
        let Warning { column, code, reason, count, first_line } = warning;
        Self { column, code, reason, count, first_line }
    }
}

/// What an import would do.
#[derive(Serialize, ToSchema)]
pub(super) struct DryRunView {
    rows: u64,
    accepted: u64,
    rejected: u64,
    warned: u64,
    /// The first hundred.
    rejects: Vec<RejectView>,
    warnings: Vec<WarningView>,
}

impl From<DryRun> for DryRunView {
    fn from(found: DryRun) -> Self {
        Self {
            rows: found.rows,
            accepted: found.accepted,
            rejected: found.rejected,
            warned: found.warned,
            rejects: found.rejects.into_iter().map(Into::into).collect(),
            warnings: found.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

/// Why an import failed.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportErrorView {
    code: String,
    message: String,
}

/// An import of one file into one source.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportView {
    id: String,
    source_id: String,
    source_name: String,
    file_name: String,
    /// `people` or `events`.
    kind: String,
    /// `waiting`, `running`, `done`, `cancelled` or `failed`.
    state: String,
    /// Rows of the file, once it was looked through.
    rows_total: Option<u64>,
    /// Rows dealt with.
    rows_read: u64,
    inserted: u64,
    unchanged: u64,
    updated: u64,
    rejected: u64,
    warned: u64,
    warnings: Vec<WarningView>,
    error: Option<ImportErrorView>,
    created_at: String,
    started_at: Option<String>,
    finished_at: Option<String>,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let time = |instant: jiff::Timestamp| time_view(instant.as_microsecond());
        Self {
            id: import.id.to_string(),
            source_id: import.source_id,
            source_name: import.source_name,
            file_name: import.file_name,
            kind: import.map.kind().to_owned(),
            state: import.state.as_str().to_owned(),
            rows_total: import.progress.rows_total,
            rows_read: import.progress.rows_read,
            inserted: import.progress.inserted,
            unchanged: import.progress.unchanged,
            updated: import.progress.updated,
            rejected: import.progress.rejected,
            warned: import.progress.warned,
            warnings: import.warnings.into_iter().map(Into::into).collect(),
            error: import.error.map(|failure| ImportErrorView { code: failure.code, message: failure.message }),
            created_at: time(import.created_at),
            started_at: import.started_at.map(time),
            finished_at: import.finished_at.map(time),
        }
    }
}
