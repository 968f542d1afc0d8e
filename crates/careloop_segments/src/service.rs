//! Use cases of segments.

mod bulk;
mod change;
mod composition;
mod explain;
mod face;
mod lists;
mod look;
mod lookalike;
mod overlap;
mod tag_trend;
mod uses;

pub(crate) use change::missing;
pub(crate) use look::visible;

pub use bulk::{
    BulkTag, cancel_bulk_action, get_bulk_action, list_bulk_actions, tag_people, undo_bulk_action, untag_people,
};
pub use change::{archive_segment, create_segment, ensure_presets, restore_segment, update_segment};
pub use composition::{Composition, TagShares, TrendDay, composition, trend};
pub use explain::{ClauseText, Explanation, explain_member, list_changes, list_members};
pub use face::{SegmentLabel, is_member, labels};
pub use lists::{
    add_to_list, check_list_rows, create_list, find_list_people, import_to_list, make_list, open_list, remove_from_list,
};
pub use look::{Preview, Vocabulary, count, get_segment, list_segments, members, preview, vocabulary};
pub use lookalike::{Alike, Lookalike, create_lookalike_list, lookalike};
pub use overlap::{Overlap, Region, overlap, overlap_people};
pub use tag_trend::{TagTrend, TagTrends, Trended, tag_trend};
pub use uses::{SegmentUse, note_use};
