//! Segments: rules over people, who fits them now, and every entry and exit.
//!
//! A rule ([`rule::Rule`]) is data. Two evaluators answer it: [`eval::verdict`] for one person, with the reason and the
//! instant the answer may change, and [`eval::members`] for everybody at once, as a bitmap. [`jobs::follow`] reads the log
//! and keeps memberships true: new events, passing time, changed records and new rules lead to `segment.entered` and
//! `segment.exited`, written in the transaction that changes the membership.
//!
//! A rule may ask for a place among everybody's numbers. What stands there is measured, dated and logged like the inputs of
//! the profiles (`cuts.rs`), so deciding one person never reads another.
//!
//! What stays true: the log alone says who was in what, so a rebuild neither repeats an entry nor forgets an exit; a
//! segment never leads back to itself; lists and files show only people inside the caller's scope, masked.
//!
//! Start with `rule.rs`, then `eval.rs`, then `membership.rs`.

mod cuts;
mod definitions;
pub mod eval;
mod export;
mod finder;
pub mod jobs;
mod membership;
mod model;
mod moved;
mod presets;
pub mod routes;
pub mod rule;
mod service;
mod store;

pub use export::{ExportFile, ExportFormat, FIELDS, export};
pub use finder::{AsOf, Finder, Question};
pub use model::{Change, Member, NewSegment, Segment, SegmentPatch};
pub use service::{
    ClauseText, Explanation, Preview, SegmentLabel, SegmentUse, Vocabulary, archive_segment, count, create_segment,
    ensure_presets, explain_member, get_segment, is_member, labels, list_changes, list_members, list_segments, members,
    note_use, preview, restore_segment, update_segment, vocabulary,
};

use careloop_db::Db;
use careloop_kernel::{Ctx, Result};

/// Empties memberships and decides everybody again; entries that the log tells of keep their time.
pub async fn rebuild<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    jobs::rebuild(db, ctx).await
}

#[cfg(test)]
mod tests;
