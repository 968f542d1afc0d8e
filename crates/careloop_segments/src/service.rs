//! Use cases of segments.

mod change;
mod explain;
mod face;
mod look;
mod uses;

pub use change::{archive_segment, create_segment, ensure_presets, restore_segment, update_segment};
pub use explain::{ClauseText, Explanation, explain_member, list_changes, list_members};
pub use face::{SegmentLabel, is_member, labels};
pub use look::{Preview, Vocabulary, count, get_segment, list_segments, members, preview, vocabulary};
pub use uses::{SegmentUse, note_use};
