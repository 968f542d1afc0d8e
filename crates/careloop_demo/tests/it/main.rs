//! The generated chain, read back through its own manifest and maps.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod common;
mod files;
mod story;
mod town;
