//! Static lists: who was put on one and not taken off.
//!
//! The log tells of records, so a list follows people who become one and gives each their own back when they part.

use std::collections::{BTreeMap, HashMap};

use careloop_events::INTERNAL_SOURCE;
use careloop_kernel::ids::SegmentId;
use careloop_profiles::Event;
use roaring::RoaringBitmap;

use crate::rule::Scalar;

use super::columns::Population;

/// Told when a record is put on a list.
pub(crate) const ADDED: &str = "list.added";
/// Told when it is taken off.
pub(crate) const REMOVED: &str = "list.removed";
/// Both.
pub(crate) const KINDS: [&str; 2] = [ADDED, REMOVED];
/// The field that names the list.
pub(crate) const SEGMENT: &str = "segment";

/// Whether an event puts somebody on this list or takes them off.
pub(crate) fn tells_of(event: &Event, list: SegmentId) -> bool {
    event.source == INTERNAL_SOURCE
        && KINDS.contains(&event.kind.as_str())
        && event.text(SEGMENT).and_then(|id| id.parse().ok()) == Some(list)
}

/// The records of one person that are on a list, with the events that put them there. Of each record the latest word counts.
pub(crate) fn of_person<'a>(list: SegmentId, events: impl IntoIterator<Item = &'a Event>) -> BTreeMap<i64, &'a Event> {
    let mut last: BTreeMap<i64, &Event> = BTreeMap::new();
    for event in events.into_iter().filter(|event| tells_of(event, list)) {
        let known = last.entry(event.record).or_insert(event);
        if (event.at_us, event.seq) > (known.at_us, known.seq) {
            *known = event;
        }
    }
    last.retain(|_, event| event.kind == ADDED);
    last
}

/// The people on a list just before `now`.
pub(crate) fn everybody(list: SegmentId, population: &Population, now: i64) -> RoaringBitmap {
    let wanted = Scalar::Text(list.to_string());
    let mut last: HashMap<u32, (i64, Option<i64>, bool)> = HashMap::new();
    for kind in KINDS {
        let Some(events) = population.events.get(kind) else { continue };
        for (columns, row) in events.rows(&population.people) {
            let named = columns.fields.get(SEGMENT).and_then(|cells| cells.get(row));
            let at = columns.at_us[row];
            if at >= now || columns.source(row) != INTERNAL_SOURCE || named != Some(&wanted) {
                continue;
            }
            let known = last.entry(columns.record[row]).or_insert((i64::MIN, None, false));
            *known = (*known).max((at, columns.seq(row), kind == ADDED));
        }
    }
    let on_it = last.into_iter().filter(|(_, (_, _, added))| *added).map(|(record, _)| record);
    let person = |record: u32| population.person_of.get(record as usize).copied().filter(|person| *person != 0);
    on_it.filter_map(person).collect::<RoaringBitmap>() & &population.people
}
