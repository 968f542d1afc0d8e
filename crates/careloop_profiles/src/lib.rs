//! Profiles: what is true of every person, as tags with reasons.
//!
//! A value is never stored because somebody computed it once; it is the outcome of one pure function, [`fold`], over the
//! person's facts, events and the dated [`Inputs`], at an instant. Rebuilding, following the log and asking about the past
//! all call it, so they cannot disagree. Each value says why it holds and until when; the earliest of those instants is the
//! person's `due_at`, at which the follower of the log (in `careloop_segments`) folds again, so a window closes at its
//! second with no nightly scan.
//!
//! Tags that staff set are events too (`tag.set`, `tag.removed`), told of records: merging and parting people carries them
//! along, and dropping every table here loses nothing.
//!
//! Start with `catalog/tags/*.toml` (what the tags are), then `fold.rs`, then `service.rs`.

mod bytes;
mod event;
mod fold;
mod gathered;
mod holders;
pub mod inputs;
mod library;
mod limits;
mod load;
pub mod ltv;
mod model;
pub mod models;
mod names;
pub mod next;
mod payers;
mod quantiles;
mod reason;
mod refold;
pub mod routes;
mod seen;
mod service;
pub mod sets;
mod store;
mod thresholds;
pub mod waiting;

pub use event::{Event, EventKind, Field, Fields};
pub use fold::{History, fold, tags_held};
pub use gathered::{Block, Gathered, Opening};
pub use holders::{Holders, holders, page_of, people_holding, tags_by_person, visible_people};
pub use library::{
    ClinicNames, FLAG, Library, RecordField, TagArea, TagChoice, TagDef, TagForm, TagKind, Text, tag_library,
};
pub use limits::{Limits, Overrides};
pub use load::{Loaded, load};
pub use model::{Arg, Args, Facts, Inputs, Micros, Origin, Profile, RULE_VERSION, Seqs, TagValue, Why};
pub use payers::evenly;
pub use quantiles::{Payer, Quantiles, Scores};
pub use reason::because;
pub use refold::{CHUNK, Folded, Outcomes, Rebuilt, Refolded, Whose, clear, live_now, lock, rebuild, refold, refresh};
pub use seen::{Seen, seen};
pub use service::{
    Explained, TagCount, TagSetting, TagTeller, clinic_names, event_ids, list_tags, people_with, person_tags,
    remove_tag, remove_tag_of_many, restore_tag_of_records, set_tag, set_tag_of_many, set_tag_on_terms,
};
pub use thresholds::{Change, Threshold, reset_threshold, set_threshold, thresholds};

#[cfg(test)]
mod tests;
