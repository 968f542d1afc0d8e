//! Metrics: every number with its formula, its ledger, and the events behind it.
//!
//! Metrics are data (`catalog/metrics/*.toml`), read and checked by [`library`]. `store.rs` compiles a measure to SQL
//! over the lake, `service.rs` joins numerators and denominators, decides maturity and pages through the events behind
//! a number, and `overview.rs` puts the daily page together. Windows are half open and in days of the chain's zone.

mod definition;
mod model;
mod overview;
pub mod routes;
mod service;
mod store;
mod views;

pub use definition::{Ledger, Measure, Metric, Unit, Value, find, library};
pub use model::{Answer, Bucket, DrillFilter, MetricQuery, Part, Row, parse_day};
pub use overview::{Overview, overview};
pub use service::{drill, query, to_csv};
