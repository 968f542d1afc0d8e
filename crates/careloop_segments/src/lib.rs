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
//! segment never leads back to itself; a static list is told of records, so it survives merges and partings, and work on many
//! people is undone without touching what somebody decided since; lists and files show only people inside the caller's scope, masked.
//!
//! Start with `rule.rs`, then `eval.rs`, then `membership.rs`; for lists `eval/listed.rs` and `bulk.rs`.

mod bulk;
mod cuts;
mod definitions;
pub mod eval;
mod export;
mod finder;
mod held;
pub mod jobs;
mod lists;
pub mod lookalike;
mod membership;
mod model;
mod moved;
mod page;
mod presets;
pub mod routes;
pub mod rule;
mod service;
mod store;
mod sweep;

pub use bulk::{BulkAction, Deed, Origin, State};
pub use export::{ExportFile, ExportFormat, FIELDS, export};
pub use finder::{AsOf, Finder, Question};
pub use lists::{Lines, ListTeller, RowsReport, Whom, put_on_list};
pub use model::{Change, Member, NewList, NewSegment, Segment, SegmentPatch};
pub use service::{
    Alike, BulkTag, ClauseText, Composition, Explanation, Lookalike, Overlap, Preview, Region, SegmentLabel,
    SegmentUse, TagShares, TagTrend, TagTrends, TrendDay, Trended, Vocabulary, add_to_list, archive_segment,
    cancel_bulk_action, check_list_rows, composition, count, create_list, create_lookalike_list, create_segment,
    ensure_presets, explain_member, find_list_people, get_bulk_action, get_segment, import_to_list, is_member, labels,
    list_bulk_actions, list_changes, list_members, list_segments, lookalike, make_list, members, note_use, open_list,
    overlap, overlap_people, preview, remove_from_list, restore_segment, tag_people, tag_trend, trend,
    undo_bulk_action, untag_people, update_segment, vocabulary,
};

use careloop_db::Db;
use careloop_kernel::{Ctx, Result};

/// Empties memberships and decides everybody again; entries that the log tells of keep their time.
pub async fn rebuild<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    jobs::rebuild(db, ctx).await
}

#[cfg(test)]
mod tests;
