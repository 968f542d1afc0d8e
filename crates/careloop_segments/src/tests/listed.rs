//! Static lists, by both evaluators.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use careloop_events::INTERNAL_SOURCE;
use careloop_kernel::Currency;
use careloop_kernel::ids::{Id, SegmentId};
use careloop_profiles::{Event, Facts, Fields, Profile};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;

use crate::eval::listed::{KINDS, SEGMENT};
use crate::eval::{KindColumns, KindEvents, Names, Population, Subject, Told, World, members, verdict};
use crate::rule::{Rule, Scalar};

const RECORDS: i64 = 6;

fn list(number: u128) -> SegmentId {
    SegmentId::from_bits(number)
}

fn world() -> World {
    let segments = [list(1), list(2)].map(|id| (id, Rule::Listed(id)));
    World {
        zone: TimeZone::UTC,
        currency: Currency::CNY,
        names: Names::default(),
        segments: segments.into(),
        waiting: BTreeSet::new(),
    }
}

/// Record, list, whether it is put on or taken off, when, and by whom.
type Drawn = (i64, u128, bool, i64, bool);

fn events(drawn: Vec<Drawn>) -> Vec<Event> {
    let event = |(seq, (record, number, added, at_us, own)): (usize, Drawn)| Event {
        seq: seq as i64 + 1,
        kind: KINDS[usize::from(!added)].into(),
        record,
        clinic: None,
        source: if own { INTERNAL_SOURCE } else { INTERNAL_SOURCE + 1 },
        at_us,
        amount: None,
        props: Fields::of(&json!({ "segment": list(number) }).to_string()),
    };
    let mut events: Vec<Event> = drawn.into_iter().enumerate().map(event).collect();
    events.sort_by_key(|event| (event.at_us, event.seq));
    events
}

/// Everybody, where `person_of` says whom each record belongs to.
fn population(person_of: &[u32], events: &[Event]) -> Population {
    let mut kinds: BTreeMap<String, KindColumns> = BTreeMap::new();
    for event in events {
        let columns = kinds.entry(event.kind.to_string()).or_default();
        let record = u32::try_from(event.record).unwrap_or(0);
        let (at_us, seq, source) = (event.at_us, Some(event.seq), event.source);
        columns.push(Told { record, at_us, seq, amount: None, clinic: None, source });
        let named = event.text(SEGMENT).map(|id| Scalar::Text(id.to_owned()));
        columns.fields.entry(SEGMENT.to_owned()).or_default().push(named);
    }
    Population {
        people: person_of.iter().copied().filter(|person| *person != 0).collect(),
        person_of: Arc::new(person_of.to_vec()),
        events: kinds.into_iter().map(|(kind, columns)| (kind, KindEvents::of(columns, person_of))).collect(),
        ..Population::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn both_evaluators_agree_about_lists(
        drawn in prop::collection::vec((1..=RECORDS, 1..3_u128, any::<bool>(), 0..8_i64, prop::bool::weighted(0.9)), 0..20),
        joins in prop::collection::vec(1..=RECORDS, RECORDS as usize),
        now in 0..9_i64,
    ) {
        // A record belongs to itself or to an earlier record, as merged people do.
        let person = |record: i64| joins.get(record as usize - 1).copied().filter(|other| *other < record).unwrap_or(record);
        let root = |record: i64| (0..RECORDS).fold(record, |record, _| person(record));
        let person_of: Vec<u32> = std::iter::once(0).chain((1..=RECORDS).map(|record| root(record) as u32)).collect();
        let (world, events) = (world(), events(drawn));
        let rule = Rule::All(vec![Rule::Segment(list(1)), Rule::Not(Box::new(Rule::Segment(list(2))))]);
        let population = population(&person_of, &events);
        for rule in [Rule::Segment(list(1)), rule] {
            let set = members(&rule, &population, &world, now);
            for person in &population.people {
                let records: Vec<i64> = (1..=RECORDS).filter(|record| root(*record) as u32 == person).collect();
                let own: Vec<Event> = events.iter().filter(|event| records.contains(&event.record)).cloned().collect();
                let facts = Facts { person: i64::from(person), records, ..Facts::default() };
                let profile = Profile::default();
                let subject = Subject { facts: &facts, profile: &profile, events: &own };
                let one = verdict(&rule, subject, &world, now);
                prop_assert_eq!(one.is, set.contains(person), "{:?}", one);
                // It stands up to the instant it names.
                let end = one.until.unwrap_or(20);
                let later = verdict(&rule, subject, &world, (end - 1).max(now));
                prop_assert_eq!(one.is, later.is);
            }
        }
    }
}
