//! Activities against both databases and through the real router.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod chain;
mod door;
mod import;
mod routes;
mod sign_in;
