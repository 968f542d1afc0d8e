//! Records, persons, households: who our customers are.
//!
//! A *record* is one row of one source. A *person* is the cluster of records that are one human; its number is the lowest
//! record of the cluster, so merging and unmerging rewrite nothing but `records.person`, and an id that was merged away
//! still leads somewhere. A *household* is persons who share contact points.
//!
//! What stays true, each with a test:
//! - a shared phone makes a household and never a person; twins, and a child with a parent's phone, stay themselves;
//! - no person holds a contradiction, and what people decided outlives every resolve;
//! - the order in which records arrive does not matter, and an incremental resolve ends where a full one would;
//! - a merge that is undone leaves every id as it was;
//! - names, phones, cards and addresses are sealed in the database and never printed: types that hold them say only
//!   what they are.
//!
//! Start reading in `identity.rs` (the engine, pure), then `upsert.rs` (rows on their way in), `resolve.rs` (persons
//! computed) and `service.rs` (what people do with them).

mod alias;
mod facts;
mod identity;
pub mod jobs;
mod keys;
mod lookup;
mod model;
mod normal;
mod patch;
mod portrait;
mod resolve;
pub mod routes;
mod sealed;
mod search;
pub mod service;
mod store;
mod text;
mod upsert;

pub use alias::declare_alias;
pub use facts::{
    HouseholdSizes, RecordNumbers, cards, consents, email_for_sending, facts, facts_between, find_person,
    persons_after, persons_of, record_numbers, visible, visible_of,
};
pub use identity::{FamilyRole, Rule};
pub use lookup::{complete_phone, find_by_phones, find_by_records};
pub use model::*;
pub use resolve::{Resolve, ResolveReport, resolve};
pub use service::care::record_consent;
pub use service::share_out::share_out;
pub use text::{id_card, phone};
pub use upsert::{PreparedRecord, ensure_records, prepare_records, upsert_records, write_records};
