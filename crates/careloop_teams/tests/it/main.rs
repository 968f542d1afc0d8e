//! Tasks against both databases and through the real router.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod fixture;
mod routes;
mod service;
