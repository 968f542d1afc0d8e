//! The SQL of segments.

pub(crate) mod bulk;
mod columns;
mod cuts;
mod face;
mod members;
mod segments;
pub(crate) mod uses;

pub(crate) use columns::{Fingerprint, Stirred, attr_rows, fingerprint, folded_people, record_ids, stirred, tagged};
pub(crate) use cuts::{cuts, insert_cut, rules_with_quantiles};
pub(crate) use face::{LabelRow, held_in, labels};
pub(crate) use members::{
    ChangeRow, HeldRow, change_counts, changed_since, changes_page, delete_held, due_people, events_to_follow, held,
    held_between, insert_changes, last_change, last_resolved, record_numbers, unresolved_exist, write_held,
};
pub(crate) use uses::UseRow;

pub(crate) use segments::{
    NewRow, SegmentRow, archive, find, find_several, insert, least_filled, list, names, names_of, restore, set_filled,
    set_members, staff_names, update,
};
