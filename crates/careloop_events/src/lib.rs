//! The event log: what happened, appended once, never edited.
//!
//! It owns the catalogue of kinds (`catalog/events.toml`), the table `events`, the positions of its readers (`consumers`) and a
//! copy of each record's events in one place (`event_histories`, derived). A use case that changes something calls [`append`]
//! inside its own transaction, so the change and its event exist together or not at all. Readers follow the log with
//! [`read_after`] and remember how far they came with [`consumers`].
//!
//! What stays true:
//! - the same event twice (same source and message id) changes nothing the second time;
//! - a reader never misses an event that was committed late: on PostgreSQL it stops before the oldest running
//!   transaction;
//! - an event carries no personal data: [`strip_personal`] takes it out before, and records are named by number;
//! - `at` (when it happened), `received_at` (when we heard of it) and `seq` (where it stands in the log) are three
//!   different things, and only `at` orders a history.
//!
//! Start with [`check()`], which decides whether an event may enter, then [`append`].

mod bulk;
mod catalogue;
mod check;
pub mod consumers;
mod counts;
mod entry;
mod histories;
mod methods;
mod model;
mod personal;
pub mod routes;
mod service;
mod store;
mod warming;

pub use bulk::{Prepared, append_bulk, stored_keys};
pub use catalogue::{Catalogue, Field, FieldType, Kind, catalogue, is_about_nobody};
pub use check::{Checked, Rejection, check, check_in, check_origin, kind_slug};
pub use counts::{counts_by_kind, counts_by_source};
pub use entry::{EventEntry, entries};
pub use histories::{Histories, Told, forget_histories, keep_all_histories, keep_histories};
pub use methods::{balance_methods, is_balance_method};
pub use model::{
    Appended, FLAG_CLAMPED, FLAG_STRIPPED, FLAG_UNREGISTERED, INTERNAL_SOURCE, NOBODY, NewEvent, Position, Props,
    StoredEvent, event_key,
};
pub use personal::{is_personal_key, is_telling_text, strip_personal};
pub use service::{append, by_seqs, count_committed, list, of_records, read_after, read_committed, timeline, tip};
pub use store::{Scanned, scan};
pub use warming::Warming;
