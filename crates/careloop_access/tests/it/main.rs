//! Access against both databases and through the real router.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod audit;
mod fixture;
mod keys;
mod routes;
mod sessions;
mod staff;
