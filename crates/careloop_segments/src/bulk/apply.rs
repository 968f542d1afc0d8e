//! Doing something to people, told of their records.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::Tx;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::{Ctx, Result};
use careloop_profiles::{Event, TagSetting, TagTeller, remove_tag_of_many, set_tag_of_many};

use super::Deed;
use super::step::Told;
use crate::eval::listed;
use crate::lists::{self, ListTeller};

/// Does the action to the people these records belong to now; gives the records whose state changed.
pub(super) async fn people<P>(tx: &Tx, ctx: &Ctx<P>, told: &Told<'_>, records: &[i64]) -> Result<BTreeSet<i64>> {
    let present = careloop_profiles::waiting::person_of_record(&**tx, records).await?;
    // Two of the records may belong to one person by now; the first stands for both.
    let mut anchors: BTreeMap<i64, i64> = BTreeMap::new();
    for (record, person) in present {
        anchors.entry(person).or_insert(record);
    }
    let people: Vec<i64> = anchors.keys().copied().collect();
    let teller = TagTeller { staff: &told.action.created_by, batch: &told.action.id };
    match &told.deed {
        Deed::ListAdd(list) => {
            let held = held(tx, *list, &people).await?;
            let fresh = anchors.iter().filter(|(person, _)| !held.contains_key(person)).map(|(_, record)| *record);
            tell(tx, ctx, told, (*list, listed::ADDED), fresh.collect()).await
        }
        Deed::ListRemove(list) => {
            let gone = held(tx, *list, &people).await?.into_values().flatten().collect();
            tell(tx, ctx, told, (*list, listed::REMOVED), gone).await
        }
        Deed::TagSet { tag, value, reason, until_on } => {
            let setting = TagSetting { tag, value, reason: reason.as_deref(), until_on: *until_on };
            set_tag_of_many(tx, &ctx.require()?, teller, &setting, &people).await
        }
        Deed::TagRemove { tag, value } => remove_tag_of_many(tx, &ctx.require()?, teller, (tag, value), &people).await,
    }
}

/// The records of each of these people that are on a list.
async fn held(tx: &Tx, list: SegmentId, people: &[i64]) -> Result<BTreeMap<i64, Vec<i64>>> {
    let facts = careloop_people::facts(&**tx, people).await?;
    let owner: BTreeMap<i64, i64> =
        facts.iter().flat_map(|facts| facts.records.iter().map(|record| (*record, facts.person))).collect();
    let records: Vec<i64> = owner.keys().copied().collect();
    let events: Vec<Event> = careloop_events::of_records(&**tx, &records).await?.into_iter().map(Event::from).collect();
    let mut held: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for record in listed::of_person(list, &events).into_keys() {
        if let Some(person) = owner.get(&record) {
            held.entry(*person).or_default().push(record);
        }
    }
    Ok(held)
}

/// Tells of these records that they are on a list, or off it; gives them back.
pub(super) async fn tell<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    told: &Told<'_>,
    (list, kind): (SegmentId, &str),
    records: BTreeSet<i64>,
) -> Result<BTreeSet<i64>> {
    let action = told.action;
    let teller = ListTeller {
        name: action.segment_name.as_deref(),
        staff: &action.created_by,
        origin: &action.origin,
        batch: &action.id,
    };
    lists::tell(tx, ctx, (list, kind), teller, records.iter().copied()).await?;
    Ok(records)
}
