//! The only crate that knows Arrow and DataFusion.
//!
//! The log is compacted to Parquet, one folder per kind and month, sorted by time ([`Lake`]); a query sees those files
//! plus the fresh tail of the log from SQL ([`Analytics`]), so a number is never older than a second. Callers speak SQL
//! over the tables `events` and `people` and get plain [`Table`]s back; no Arrow type leaves this crate.
//!
//! Start with `engine.rs`, then `compact.rs`.

mod batch;
mod compact;
mod engine;
mod export;
mod lake;
mod prop;
mod store;
mod table;

pub use compact::Compacted;
pub use engine::{Analytics, Query};
pub use export::{export_events, export_people, export_people_parquet};
pub use lake::Lake;
pub use store::{ExportedRecord, persons_of};
pub use table::{Cell, Table};
