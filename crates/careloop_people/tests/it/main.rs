//! The feature on both databases and through the real router.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod chain;
mod facts;
mod merging;
mod privacy;
mod resolve;
mod review;
mod routes;
mod upsert;
mod world;
