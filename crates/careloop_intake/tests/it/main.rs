//! Sources and the tracking API against both databases, through the real routers.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod calls;
mod identity;
mod refusals;
mod sources;
mod under_load;
mod world;
