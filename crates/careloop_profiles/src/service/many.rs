//! The same tag for many people in one transaction of the caller's. Nobody is folded here: the follower of the log does.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::{Engine, Tx};
use careloop_events::{INTERNAL_SOURCE, NewEvent};
use careloop_kernel::ids::EventId;
use careloop_kernel::permissions::EditTags;
use careloop_kernel::{Ctx, Result};
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value, json};

use super::TagSetting;
use crate::event::Event;
use crate::fold::held;
use crate::library::tag_library;

/// Who asked for a tag on many people, and in which action.
#[derive(Debug, Clone, Copy)]
pub struct TagTeller<'a> {
    /// Label of the member of staff.
    pub staff: &'a str,
    /// Id of the action.
    pub batch: &'a str,
}

/// What a person's records hold of one tag: per record the values with the event that set each.
type Held<'a> = BTreeMap<i64, BTreeMap<String, &'a Event>>;

fn of_tag<'a>(tag: &str, events: impl IntoIterator<Item = &'a Event>) -> Held<'a> {
    let records = held(events).into_iter();
    records.filter_map(|(record, mut tags)| Some((record, tags.remove(tag)?))).collect()
}

/// Sets a tag on those of these people who do not have it so; gives the records told of.
pub async fn set_tag_of_many(
    tx: &Tx,
    ctx: &Ctx<EditTags>,
    teller: TagTeller<'_>,
    setting: &TagSetting<'_>,
    people: &[i64],
) -> Result<BTreeSet<i64>> {
    let tag = setting.tag()?;
    let mut told = Vec::new();
    for (person, events) in events_of(tx, people).await? {
        let now = of_tag(&tag.id, &events);
        let as_wanted = |values: &BTreeMap<String, &Event>| {
            values.get(setting.value).is_some_and(|event| setting.is_told_by(event))
        };
        let other = !tag.multi && now.values().any(|values| !values.is_empty() && !values.contains_key(setting.value));
        if other || !now.values().any(as_wanted) {
            told.push((person, "tag.set", setting.value.to_owned(), setting.terms()));
        }
    }
    append(tx, ctx, teller, &tag.id, told).await
}

/// Removes a value that was set by hand from these people; gives the records told of.
pub async fn remove_tag_of_many(
    tx: &Tx,
    ctx: &Ctx<EditTags>,
    teller: TagTeller<'_>,
    (tag, value): (&str, &str),
    people: &[i64],
) -> Result<BTreeSet<i64>> {
    let tag = tag_library().get(tag)?;
    let mut told = Vec::new();
    for (_, events) in events_of(tx, people).await? {
        let holding = of_tag(&tag.id, &events).into_iter().filter(|(_, values)| values.contains_key(value));
        told.extend(holding.map(|(record, _)| (record, "tag.removed", value.to_owned(), Map::new())));
    }
    append(tx, ctx, teller, &tag.id, told).await
}

/// Puts a tag of these records where it would stand had the events of an action not been told; what was set or removed
/// since stays. Gives the records told of.
pub async fn restore_tag_of_records(
    tx: &Tx,
    ctx: &Ctx<EditTags>,
    teller: TagTeller<'_>,
    (tag, undone): (&str, &str),
    records: &[i64],
) -> Result<BTreeSet<i64>> {
    let tag = tag_library().get(tag)?;
    let events: Vec<Event> = careloop_events::of_records(&**tx, records).await?.into_iter().map(Event::from).collect();
    let now = of_tag(&tag.id, &events);
    let before = of_tag(&tag.id, events.iter().filter(|event| event.text("batch") != Some(undone)));
    let nothing = BTreeMap::new();
    let mut told = Vec::new();
    for record in records {
        let (now, before) = (now.get(record).unwrap_or(&nothing), before.get(record).unwrap_or(&nothing));
        let gone = now.keys().filter(|value| !before.contains_key(*value));
        told.extend(gone.map(|value| (*record, "tag.removed", value.clone(), Map::new())));
        let differs = |value: &String, event: &Event| now.get(value).is_none_or(|held| held.seq != event.seq);
        let back = before.iter().filter(|(value, event)| differs(value, event));
        told.extend(back.map(|(value, event)| (*record, "tag.set", value.clone(), terms_of(event))));
    }
    append(tx, ctx, teller, &tag.id, told).await
}

fn terms_of(event: &Event) -> Map<String, Value> {
    let kept = |(name, _): &(String, Value)| matches!(name.as_str(), "reason" | "until_on");
    event.props.map().into_iter().filter(kept).collect()
}

async fn events_of(tx: &Tx, people: &[i64]) -> Result<BTreeMap<i64, Vec<Event>>> {
    let facts = careloop_people::facts(&**tx, people).await?;
    let mut events: BTreeMap<i64, Vec<Event>> = facts.iter().map(|facts| (facts.person, Vec::new())).collect();
    let owner: BTreeMap<i64, i64> =
        facts.iter().flat_map(|facts| facts.records.iter().map(|record| (*record, facts.person))).collect();
    let records: Vec<i64> = owner.keys().copied().collect();
    for event in careloop_events::of_records(&**tx, &records).await? {
        if let Some(events) = owner.get(&event.record).and_then(|person| events.get_mut(person)) {
            events.push(event.into());
        }
    }
    Ok(events)
}

async fn append(
    tx: &Tx,
    ctx: &Ctx<EditTags>,
    teller: TagTeller<'_>,
    tag: &str,
    told: Vec<(i64, &str, String, Map<String, Value>)>,
) -> Result<BTreeSet<i64>> {
    let records = told.iter().map(|(record, ..)| *record).collect();
    let event = |(record, kind, value, terms): (i64, &str, String, Map<String, Value>)| {
        let props = json!({ "tag": tag, "value": value, "by": "staff", "staff": teller.staff, "batch": teller.batch });
        NewEvent {
            kind: kind.to_owned(),
            record,
            clinic: None,
            source: INTERNAL_SOURCE,
            message_id: format!("tag:{}", ctx.new_id::<EventId>()),
            at: ctx.now(),
            amount: None,
            props: props.as_object().cloned().into_iter().flatten().chain(terms).collect(),
            flags: 0,
        }
    };
    let events: Vec<NewEvent> = told.into_iter().map(event).collect();
    careloop_events::append(&**tx, Engine::from(tx.get_database_backend()), ctx, &events).await?;
    Ok(records)
}
