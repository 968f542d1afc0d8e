//! The whole server: every operation of its own description, as callers who may not.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod access;
mod edges;
mod operations;
mod undone;
mod world;
