//! Outreach against both databases, a scripted mail server, and through the real router.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod fixture;
mod identity;
mod kill;
mod plans;
mod smtp;
mod touches;
