//! Profiles against both databases.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod chain;
mod gathered;
mod library;
mod store;
