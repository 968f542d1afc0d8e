//! Use cases: the library with its counts, one person's tags, setting and removing tags by hand.

mod many;

use std::collections::BTreeMap;

pub use many::{TagTeller, remove_tag_of_many, restore_tag_of_records, set_tag_of_many};

use careloop_db::{ConnectionTrait, Db, Engine};
use careloop_events::{INTERNAL_SOURCE, NewEvent, StoredEvent};
use careloop_kernel::ids::{EventId, Id};
use careloop_kernel::permissions::{EditTags, ReadPeople, ReadSegments};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result};
use jiff::civil::Date;
use roaring::RoaringBitmap;
use serde_json::{Map, Value, json};

use crate::event::Event;
use crate::fold::{fold, held};
use crate::holders::{holders, page_of, visible_holders};
use crate::library::{ClinicNames, TagDef, TagForm, Text, tag_library};
use crate::load::load;
use crate::model::{Origin, TagValue};
use crate::models::waiting_tags;
use crate::refold::{live_now, refold};
use crate::seen::{Seen, seen};
use crate::thresholds::{Threshold, thresholds};
use crate::{inputs, store};

/// How many characters a reason has at most.
const MOST_REASON: usize = 100;

/// A tag with how many people have it.
#[derive(Debug, Clone)]
pub struct TagCount {
    /// The tag.
    pub tag: &'static TagDef,
    /// People by value; all listed values first, in the library's order, then others by count.
    pub values: Vec<(String, i64)>,
    /// People with any value.
    pub people: i64,
    /// People in all.
    pub population: i64,
    /// None of the data it can be told from has been seen, or its model has no fit: the counts say nothing.
    pub waiting: bool,
    /// Why its model has no fit.
    pub without_model: Option<Text>,
    /// Its thresholds.
    pub thresholds: Vec<Threshold>,
}

/// The library as it stands in this chain.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The tags.
    pub tags: Vec<TagCount>,
    /// What data there is.
    pub seen: Seen,
}

/// The names by which people know the clinics that some tags hold by code.
pub async fn clinic_names(connection: &impl ConnectionTrait) -> Result<ClinicNames> {
    store::clinic_names(connection).await
}

/// The library with counts over the people the caller may see.
pub async fn list_tags(db: &Db, ctx: &Ctx<ReadSegments>) -> Result<Listed> {
    let mut counts: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
    let mut tagged: BTreeMap<String, RoaringBitmap> = BTreeMap::new();
    for held in visible_holders(db.read(), ctx.scope()).await? {
        counts.entry(held.tag.clone()).or_default().push((held.value.clone(), held.count()));
        *tagged.entry(held.tag).or_default() |= held.people;
    }
    let population = store::count_people(db.read(), ctx.scope()).await?;
    let seen = seen(db).await?;
    let mut thresholds = thresholds(db, ctx).await?;
    let mut without_model = waiting_tags(&inputs::live(db.read()).await?.inputs);
    let count = |tag: &'static TagDef| {
        let mut found = counts.get(&tag.id).cloned().unwrap_or_default();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let listed = tag.values.iter().map(|choice| {
            let people = found.iter().find(|(value, _)| *value == choice.value).map_or(0, |(_, people)| *people);
            (choice.value.clone(), people)
        });
        let mut values: Vec<(String, i64)> = listed.collect();
        values.extend(found.into_iter().filter(|(value, _)| !tag.values.iter().any(|choice| choice.value == *value)));
        let people = tagged.get(&tag.id).map_or(0, |people| i64::try_from(people.len()).unwrap_or(i64::MAX));
        // What staff set in the place of a rule is data as well.
        let set_by_hand = people > 0 && tag.overridable;
        let without_model = without_model.remove(tag.id.as_str()).filter(|_| !set_by_hand);
        let waiting = without_model.is_some() || seen.lacks(tag) && !set_by_hand;
        let thresholds = thresholds.remove(tag.id.as_str()).unwrap_or_default();
        TagCount { tag, values, people, population, waiting, without_model, thresholds }
    };
    let tags = tag_library().tags().iter().map(count).collect();
    Ok(Listed { tags, seen })
}

/// People with a tag, or one value of it.
pub async fn people_with(
    db: &Db,
    ctx: &Ctx<ReadPeople>,
    tag: &str,
    value: Option<&str>,
    request: &PageRequest,
) -> Result<Page<careloop_people::PersonCard>> {
    let tag = tag_library().get(tag)?;
    let [after] = request.numbers::<1>()?.unwrap_or([0]);
    let held = holders(db.read(), &[&tag.id]).await?.into_iter();
    let wanted = held.filter(|held| value.is_none_or(|value| held.value == value));
    let set = wanted.fold(RoaringBitmap::new(), |set, held| set | held.people);
    let people = page_of(db.read(), ctx.scope(), &set, after, request.limit as usize + 1).await?;
    let page = Page::cut(people, request, |person| vec![*person]);
    let cards = careloop_people::cards(db.read(), ctx, &page.items).await?;
    Ok(Page { items: cards, next: page.next })
}

/// One value of a person with the ids of the events that decided it.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The tag.
    pub tag: &'static TagDef,
    /// The value.
    pub value: TagValue,
    /// The deciding events.
    pub events: Vec<EventId>,
}

/// Everything that is true of a person at this moment, with reasons: folded when asked.
pub async fn person_tags(db: &Db, ctx: &Ctx<ReadPeople>, reference: &str) -> Result<Vec<Explained>> {
    let person = careloop_people::find_person(db.read(), ctx, reference).await?;
    let live = inputs::live(db.read()).await?;
    let loaded = load(db.read(), &[person]).await?;
    let now = live_now(ctx);
    let values: Vec<TagValue> =
        loaded.iter().flat_map(|loaded| fold(&loaded.facts, &loaded.events, &live.inputs, now).values).collect();
    let seqs: Vec<i64> = values.iter().flat_map(|value| value.why.events.iter().copied()).collect();
    let ids = event_ids(db, &seqs).await?;
    let seen = seen(db).await?;
    let explain = |value: TagValue| {
        // A rule without data has nothing to say, not even that there is none of something.
        let tag = tag_library().find(&value.tag).filter(|tag| value.origin != Origin::Computed || !seen.lacks(tag))?;
        let events = value.why.events.iter().filter_map(|seq| ids.get(seq).copied()).collect();
        Some(Explained { tag, value, events })
    };
    Ok(values.into_iter().filter_map(explain).collect())
}

/// Public ids of events by their numbers.
pub async fn event_ids(db: &Db, seqs: &[i64]) -> Result<BTreeMap<i64, EventId>> {
    let keys = store::event_keys(db.read(), seqs).await?;
    Ok(keys.into_iter().map(|(seq, key)| (seq, EventId::from_bits(u128::from_be_bytes(key)))).collect())
}

/// Whether a text may be a phone, a number of a card or an address.
fn looks_personal(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= 6 || text.contains('@')
}

/// The tag, if staff may set it to this value.
fn settable(tag: &str, value: &str) -> Result<&'static TagDef> {
    let tag = tag_library().get(tag)?;
    if !tag.settable() {
        let message = format!("`{}` is computed from events; it cannot be set by hand", tag.id);
        return Err(Error::invalid("tags.computed", message).with_field("tag", "a tag that staff set"));
    }
    tag.check_value(value)?;
    if tag.form == TagForm::Open && looks_personal(value) {
        let message = "this looks like personal data; a label is a short word about the customer";
        return Err(Error::invalid("tags.personal", message).with_field("value", "no numbers or addresses"));
    }
    Ok(tag)
}

/// A tag to set by hand, and on what terms.
#[derive(Debug, Clone, Copy)]
pub struct TagSetting<'a> {
    /// The tag.
    pub tag: &'a str,
    /// The value.
    pub value: &'a str,
    /// Why, in a few words that say nothing personal.
    pub reason: Option<&'a str>,
    /// The last day on which it replaces what is computed.
    pub until_on: Option<Date>,
}

impl TagSetting<'_> {
    /// The tag, if staff may set it to this value.
    fn tag(&self) -> Result<&'static TagDef> {
        settable(self.tag, self.value)
    }

    /// The tag, if staff may set it so: the value fits, the reason says nothing personal, the last day is to come.
    pub fn check(&self, today: Date) -> Result<&'static TagDef> {
        let tag = self.tag()?;
        if self.reason.is_some_and(|reason| reason.chars().count() > MOST_REASON || looks_personal(reason)) {
            let message = format!("a reason is up to {MOST_REASON} characters long and names no number or address");
            return Err(Error::invalid("tags.reason", message).with_field("reason", "a few words"));
        }
        match self.until_on {
            Some(_) if !tag.overridable => {
                let message = format!("nothing is computed for `{}`; it holds until it is removed", tag.id);
                Err(Error::invalid("tags.until", message).with_field("until_on", "only for a computed tag"))
            }
            Some(day) if day < today => {
                let message = format!("{day} is over; name today or a later day");
                Err(Error::invalid("tags.until", message).with_field("until_on", "today or later"))
            }
            _ => Ok(tag),
        }
    }

    /// Whether this is what an event told.
    fn is_told_by(&self, event: &Event) -> bool {
        let until_on = self.until_on.map(|day| day.to_string());
        event.text("reason") == self.reason && event.text("until_on") == until_on.as_deref()
    }

    fn terms(&self) -> Map<String, Value> {
        let reason = self.reason.map(|reason| ("reason".to_owned(), reason.into()));
        let until_on = self.until_on.map(|day| ("until_on".to_owned(), day.to_string().into()));
        reason.into_iter().chain(until_on).collect()
    }
}

/// Sets a tag by hand; an event tells of it. Setting what is set changes nothing.
pub async fn set_tag(db: &Db, ctx: &Ctx<EditTags>, reference: &str, tag: &str, value: &str) -> Result<()> {
    set_tag_on_terms(db, ctx, reference, &TagSetting { tag, value, reason: None, until_on: None }).await
}

/// Sets a tag by hand with a reason or a last day; an event tells of it. Setting what is set changes nothing.
pub async fn set_tag_on_terms(db: &Db, ctx: &Ctx<EditTags>, reference: &str, setting: &TagSetting<'_>) -> Result<()> {
    let zone = careloop_access::settings::load(db.read()).await?.time_zone;
    let tag = setting.check(zone.to_datetime(ctx.now()).date())?;
    let value = setting.value;
    let person = careloop_people::find_person(db.read(), &ctx.require()?, reference).await?;
    let tx = db.begin().await?;
    let records = records_of(&tx, person).await?;
    let events = careloop_events::of_records(&*tx, &records).await?;
    let events: Vec<Event> = events.into_iter().map(Event::from).collect();
    let is_set = held(&events).values().any(|tags| {
        tags.get(&tag.id).and_then(|values| values.get(value)).is_some_and(|event| setting.is_told_by(event))
    });
    let later_other = !tag.multi
        && held(&events).values().any(|tags| tags.get(&tag.id).is_some_and(|values| !values.contains_key(value)));
    if !is_set || later_other {
        append(&tx, ctx, "tag.set", &[person], (&tag.id, value, setting.terms())).await?;
        refold_one(&tx, ctx, person).await?;
    }
    tx.commit().await
}

/// Removes a tag that was set by hand, one value or all; an event tells of each.
pub async fn remove_tag(db: &Db, ctx: &Ctx<EditTags>, reference: &str, tag: &str, value: Option<&str>) -> Result<()> {
    let tag = tag_library().get(tag)?;
    let person = careloop_people::find_person(db.read(), &ctx.require()?, reference).await?;
    let tx = db.begin().await?;
    let records = records_of(&tx, person).await?;
    let events: Vec<StoredEvent> = careloop_events::of_records(&*tx, &records).await?;
    let events: Vec<Event> = events.into_iter().map(Event::from).collect();
    let mut found = false;
    for (record, tags) in held(&events) {
        for held_value in tags.get(&tag.id).into_iter().flat_map(BTreeMap::keys) {
            if value.is_none_or(|wanted| wanted == held_value) {
                found = true;
                append(&tx, ctx, "tag.removed", &[record], (&tag.id, held_value, Map::new())).await?;
            }
        }
    }
    if !found {
        return Err(Error::not_found(
            "tags.not_set",
            format!("`{}` was not set on this person by hand; reload and look", tag.id),
        ));
    }
    refold_one(&tx, ctx, person).await?;
    tx.commit().await
}

async fn records_of(tx: &careloop_db::Tx, person: i64) -> Result<Vec<i64>> {
    let facts = careloop_people::facts(&**tx, &[person]).await?;
    Ok(facts.into_iter().flat_map(|facts| facts.records).collect())
}

async fn refold_one(tx: &careloop_db::Tx, ctx: &Ctx<EditTags>, person: i64) -> Result<()> {
    let live = inputs::live(&**tx).await?;
    refold(&**tx, &live, &[person], live_now(ctx)).await.map(|_| ())
}

async fn append(
    tx: &careloop_db::Tx,
    ctx: &Ctx<EditTags>,
    kind: &str,
    records: &[i64],
    (tag, value, terms): (&str, &str, Map<String, Value>),
) -> Result<()> {
    let told = json!({ "tag": tag, "value": value, "by": "staff", "staff": ctx.actor().label() });
    let event = |record: &i64| NewEvent {
        kind: kind.to_owned(),
        record: *record,
        clinic: None,
        source: INTERNAL_SOURCE,
        message_id: format!("tag:{}", ctx.new_id::<EventId>()),
        at: ctx.now(),
        amount: None,
        props: told.as_object().cloned().into_iter().flatten().chain(terms.clone()).collect(),
        flags: 0,
    };
    let events: Vec<NewEvent> = records.iter().map(event).collect();
    careloop_events::append(&**tx, Engine::from(tx.get_database_backend()), ctx, &events).await.map(|_| ())
}
