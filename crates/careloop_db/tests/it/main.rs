//! What holds of both databases, and between them.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod cancel;
mod lease;
mod log;
mod schema;
mod statements;
