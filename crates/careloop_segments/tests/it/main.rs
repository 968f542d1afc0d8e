//! Segments against both databases and through the real router.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bulk;
mod cdnow;
mod chain;
mod change;
mod export;
mod follow;
mod fuzz;
mod lists;
mod look;
mod models;
mod quantile;
mod routes;
mod tag_trend;
mod waiting;
