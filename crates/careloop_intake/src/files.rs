//! Files on their way in: CSV and XLSX, mapped, checked and imported so that nothing is lost and nothing is done twice.
//!
//! The way of a row: [`read`] takes it out of the file, [`convert`] makes a record or an event of it by a [`map`], `run`
//! writes it in batches. A batch, its rejects and the import's position are one transaction; whatever kills the process,
//! the import goes on after the last batch that was committed. The same file a second time changes nothing: a record that
//! says the same is unchanged, an event has the same id.
//!
//! Start reading at [`import_file`], which the command line calls; the screen's way (upload, dry run, import in the
//! background) is in `service` and [`jobs`].

pub mod convert;
pub mod jobs;
pub mod map;
mod model;
pub mod read;
mod rejects;
mod routes;
mod run;
mod service;
mod store;
mod survey;
mod tally;

#[cfg(test)]
mod tests;

pub use jobs::Files;
pub use model::{
    DryRun, FileImport, Import, ImportReport, ImportState, Progress, Reject, Upload, UploadPreview, Warning,
};
pub use routes::router;
pub use service::{
    cancel, dry_run, find_import, import_file, list_imports, preview, remove_upload, resume, start_import,
    store_upload, sweep_uploads,
};
