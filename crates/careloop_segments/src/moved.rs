//! Who was in a segment before identity changed.
//!
//! When two people become one, or one becomes two, a number enters segments in which the same human was already, under
//! another number. The log is told so (`moved`), and nobody takes it for news. What counts is the last state that the log
//! tells of before the first change of identity the follower has not been past.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::ConnectionTrait;
use careloop_events::Position;
use careloop_kernel::Result;
use careloop_kernel::ids::{PersonId, SegmentId};
use careloop_profiles::{Event, Folded};

use crate::membership::told;
use crate::store;

/// The segments each number was in, as the same human under any number.
#[derive(Debug, Default)]
pub(crate) struct Moved(BTreeMap<i64, BTreeSet<SegmentId>>);

/// A person whose identity changed since the log was followed.
struct Changed<'a> {
    person: i64,
    records: &'a [i64],
    events: &'a [Event],
    /// The first change that was not followed.
    first: i64,
    /// Public ids of the records that anchor the persons it names.
    anchors: BTreeSet<String>,
}

impl<'a> Changed<'a> {
    fn of(folded: &'a Folded, followed: Position) -> Option<Self> {
        let loaded = &folded.loaded;
        let fresh: BTreeSet<i64> =
            loaded.moves.iter().filter(|position| **position > followed).map(|position| position.seq).collect();
        let first = *fresh.first()?;
        let told = loaded.events.iter().filter(|event| fresh.contains(&event.seq));
        let named = told.flat_map(|event| ["person", "other"].map(|field| event.text(field)));
        let anchors = named.flatten().filter_map(|id| Some(id.parse::<PersonId>().ok()?.anchor().to_string()));
        Some(Self {
            person: loaded.facts.person,
            records: &loaded.facts.records,
            events: &loaded.events,
            first,
            anchors: anchors.collect(),
        })
    }

    /// The segments any of these numbers was in.
    fn inside(&self, numbers: &BTreeSet<i64>, others: &[Event]) -> BTreeSet<SegmentId> {
        let before = || self.events.iter().chain(others).filter(|event| event.seq < self.first);
        numbers.iter().flat_map(|number| told(*number, before()).into_keys()).collect()
    }
}

impl Moved {
    /// Reads what the log told of these people under any of their numbers.
    pub(crate) async fn read(tx: &impl ConnectionTrait, followed: Position, people: &[Folded]) -> Result<Self> {
        let mut moved = Self::default();
        for changed in people.iter().filter_map(|folded| Changed::of(folded, followed)) {
            let anchors: Vec<String> = changed.anchors.iter().cloned().collect();
            let mut numbers: BTreeSet<i64> = store::record_numbers(tx, &anchors).await?.into_iter().collect();
            let others: Vec<i64> = numbers.iter().copied().filter(|number| !changed.records.contains(number)).collect();
            let others = careloop_events::of_records(tx, &others).await?.into_iter().map(Event::from);
            numbers.extend(changed.records);
            let inside = changed.inside(&numbers, &others.collect::<Vec<_>>());
            moved.0.insert(changed.person, inside);
        }
        Ok(moved)
    }

    /// Whether this number was in that segment as the same human.
    pub(crate) fn contains(&self, person: i64, segment: SegmentId) -> bool {
        self.0.get(&person).is_some_and(|segments| segments.contains(&segment))
    }
}
