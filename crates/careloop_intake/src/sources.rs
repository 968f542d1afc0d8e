//! Sources: registered by an administrator, known by name to files and by write key to tracking clients.
//!
//! A write key is 32 random bytes; the database holds its SHA-256 alone. What a source sent and Careloop refused is kept,
//! sealed, with the reason ([`list_rejects`]).

mod mask;
mod routes;
mod service;
mod store;

pub use crate::model::{NewSource, Source, SourceChange, SourceKind, WriteKey};
pub use routes::router;
pub use service::{Created, EventReject, SourceUse, change, create, find, list, list_rejects, rotate_key};
pub(crate) use store::{NewReject, by_key_hash, insert_rejects, touch};
