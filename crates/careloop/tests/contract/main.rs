//! The commands that scripts outside the repository rely on, typed as a script would, on real files.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod cdnow;
mod commands;
mod demo;
mod derived;
mod febrl;
mod installation;
mod killed;
mod reasons;
mod setup;
