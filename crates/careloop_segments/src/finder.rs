//! Who is in a rule, over the whole database.
//!
//! Event columns stay in memory between questions and are brought up to the end of the log before each, so a preview does
//! not read the log again. Facts and tags come from the folded tables, or from a fold of everybody when the question is
//! about the past or the tables are behind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{FieldType, Position, catalogue};
use careloop_kernel::{Ctx, Error, Money, Result};
use careloop_profiles::{Facts, fold, inputs, live_now, load, waiting};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use roaring::RoaringBitmap;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::eval::{KindColumns, Needs, Population, World, attr_values, cut, members, needs, quantiles};
use crate::rule::{Attr, Rule, Scalar, cell, quantile_key};
use crate::store;

/// How far behind the columns may be before they are read anew.
const TAIL: u64 = 5_000;
const MAX_TAIL: i64 = 50_000;
/// How many events are held; past this, columns that the present question does not need are dropped.
const MAX_EVENTS: usize = 8_000_000;

/// When to ask about, and what to trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Now, from the tables as the follower of the log left them, at most moments ago.
    Live,
    /// Now, exactly: when the tables are behind, everybody is folded.
    Now,
    /// The state just before an instant.
    At(Timestamp),
}

/// A rule to find the people of.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What it is read with.
    pub world: &'a World,
    /// When to ask about.
    pub as_of: AsOf,
}

/// Finds the people of rules; cheap to clone, and clones share what they hold.
#[derive(Debug, Clone, Default)]
pub struct Finder(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    people: Option<(store::Fingerprint, RoaringBitmap, Arc<Vec<u32>>)>,
    /// As it was when the people were last found to be as they are held.
    stirred: Option<store::Stirred>,
    kinds: BTreeMap<String, (BTreeSet<String>, Arc<KindColumns>)>,
    position: Position,
}

impl Finder {
    /// The people of a rule, in and out of the caller's scope.
    pub async fn find<P>(&self, db: &Db, ctx: &Ctx<P>, question: Question<'_>) -> Result<RoaringBitmap> {
        let needs = needs(question.rule, question.world);
        let (population, now) = self.population(db, ctx, &needs, question).await?;
        let asked = quantiles(question.rule, question.world);
        if asked.is_empty() && !matches!(question.as_of, AsOf::At(_)) {
            return Ok(members(question.rule, &population, question.world, now));
        }
        let (mut rule, mut world) = (question.rule.clone(), question.world.clone());
        if let AsOf::At(instant) = question.as_of
            && !needs.tags.is_empty()
        {
            world.waiting = inputs::at(db.read(), instant).await?.waiting;
        }
        let mut cuts = store::cuts(db.read(), now).await?;
        for alone in asked {
            // What no segment had measured by then is measured for the instant itself.
            cuts.entry(quantile_key(&alone)).or_insert_with(|| cut(&alone, &population, &world, now));
        }
        rule.bind(&cuts);
        world.bind(&cuts);
        Ok(members(&rule, &population, &world, now))
    }

    /// Measures a quantile, as a rule that asks for nothing else.
    pub(crate) async fn cut<P>(&self, db: &Db, ctx: &Ctx<P>, question: Question<'_>) -> Result<Option<i64>> {
        let needs = needs(question.rule, question.world);
        let (population, now) = self.population(db, ctx, &needs, question).await?;
        Ok(cut(question.rule, &population, question.world, now))
    }

    async fn population<P>(
        &self,
        db: &Db,
        ctx: &Ctx<P>,
        needs: &Needs,
        question: Question<'_>,
    ) -> Result<(Population, i64)> {
        let Question { world, as_of, .. } = question;
        let now = if let AsOf::At(instant) = as_of { instant } else { live_now(ctx) };
        let mut population = if as_of == AsOf::Live {
            let mut held = self.0.lock().await;
            let tip = careloop_events::tip(db).await?;
            held.refresh(db, needs, world, tip).await?
        } else {
            // Everything that is committed, also what a reader that follows the log still waits for.
            Held::default().refresh(db, needs, world, Position { tx: i64::MAX, seq: i64::MAX }).await?
        };
        let trust = match as_of {
            AsOf::Live => true,
            AsOf::Now => needs.tags.is_empty() && needs.attrs.is_empty() || crate::jobs::is_current(db, ctx).await?,
            AsOf::At(_) => needs.tags.is_empty() && needs.attrs.is_empty(),
        };
        if trust {
            read_tables(db, needs, world, now.as_microsecond(), &mut population).await?;
        } else {
            fold_everybody(db, needs, world, now, &mut population).await?;
        }
        Ok((population, now.as_microsecond()))
    }
}

impl Held {
    /// Brings what is held up to a place in the log, and gives what is needed of it.
    async fn refresh(&mut self, db: &Db, needs: &Needs, world: &World, tip: Position) -> Result<Population> {
        self.refresh_people(db).await?;
        self.refresh_kinds(db, needs, world, tip).await?;
        let mut population = Population::default();
        if let Some((_, people, person_of)) = &self.people {
            population.people = people.clone();
            population.person_of = Arc::clone(person_of);
        }
        for kind in needs.kinds.keys() {
            if let Some((_, columns)) = self.kinds.get(kind) {
                population.events.insert(kind.clone(), Arc::clone(columns));
            }
        }
        Ok(population)
    }

    async fn refresh_people(&mut self, db: &Db) -> Result<()> {
        // Looked at first: what changes meanwhile is looked at again next time.
        let stirred = Some(store::stirred(db.read()).await?);
        if self.people.is_some() && self.stirred == stirred {
            return Ok(());
        }
        self.stirred = None;
        self.read_people(db).await?;
        self.stirred = stirred;
        Ok(())
    }

    async fn read_people(&mut self, db: &Db) -> Result<()> {
        let fingerprint = store::fingerprint(db.read()).await?;
        if self.people.as_ref().is_some_and(|(known, _, _)| *known == fingerprint) {
            return Ok(());
        }
        let rows = store::people_rows(db.read()).await?;
        let mut person_of = vec![0; rows.iter().map(|row| row.ord).max().map_or(0, |last| number(last) as usize + 1)];
        let mut people = RoaringBitmap::new();
        for row in rows {
            let person = number(row.person);
            people.insert(person);
            if let Some(slot) = person_of.get_mut(number(row.ord) as usize) {
                *slot = person;
            }
        }
        self.people = Some((fingerprint, people, Arc::new(person_of)));
        Ok(())
    }

    async fn refresh_kinds(&mut self, db: &Db, needs: &Needs, world: &World, tip: Position) -> Result<()> {
        let events: usize = self.kinds.values().map(|(_, columns)| columns.len()).sum();
        if tip.seq - self.position.seq > MAX_TAIL || self.kinds.is_empty() {
            self.kinds.clear();
            self.position = tip;
        }
        if events > MAX_EVENTS {
            self.kinds.retain(|kind, _| needs.kinds.contains_key(kind));
        }
        self.follow_tail(db, world).await?;
        for (kind, fields) in &needs.kinds {
            let known = self.kinds.get(kind).map(|(fields, _)| fields);
            if known.is_some_and(|known| fields.is_subset(known)) {
                continue;
            }
            let fields: BTreeSet<String> = known.into_iter().flatten().chain(fields).cloned().collect();
            let rows = store::kind_rows(db, (kind, world.currency), self.position, !fields.is_empty()).await?;
            let mut columns = KindColumns::default();
            for row in rows {
                push(&mut columns, &fields, &row, &world.zone);
            }
            self.kinds.insert(kind.clone(), (fields, Arc::new(columns)));
        }
        Ok(())
    }

    /// Appends what the log got since the last question.
    async fn follow_tail(&mut self, db: &Db, world: &World) -> Result<()> {
        if self.kinds.is_empty() {
            return Ok(());
        }
        loop {
            let events = careloop_events::read_after(db, self.position, TAIL).await?;
            let Some(last) = events.last() else { return Ok(()) };
            self.position = last.position();
            let full = events.len() as u64 == TAIL;
            for event in events {
                if let Some((fields, columns)) = self.kinds.get_mut(&event.kind) {
                    let row = store::KindRow {
                        seq: event.seq,
                        record: event.record,
                        clinic: event.clinic,
                        source: event.source,
                        at: event.at.as_microsecond(),
                        amount: event.amount.filter(|amount| amount.currency() == world.currency).map(Money::minor),
                        props: event.props.text().to_owned(),
                        kind: event.kind,
                    };
                    push(Arc::make_mut(columns), fields, &row, &world.zone);
                }
            }
            if !full {
                return Ok(());
            }
        }
    }
}

/// A person's or record's number as bitmaps hold it. INVARIANT: `records.ord` fits 32 bits.
pub(crate) fn number(ord: i64) -> u32 {
    u32::try_from(ord).unwrap_or(0)
}

fn push(columns: &mut KindColumns, fields: &BTreeSet<String>, row: &store::KindRow, zone: &TimeZone) {
    let props: Map<String, Value> =
        if fields.is_empty() { Map::new() } else { serde_json::from_str(&row.props).unwrap_or_default() };
    let kind = catalogue().find(&row.kind);
    for field in fields.iter().filter(|field| !matches!(field.as_str(), "clinic" | "source" | "amount")) {
        let registered: Option<FieldType> = kind.and_then(|kind| kind.fields.get(field)).map(|field| field.r#type);
        let value = props.get(field).and_then(|value| cell(value, registered, zone));
        columns.fields.entry(field.clone()).or_default().push(value);
    }
    columns.record.push(number(row.record));
    columns.at_us.push(row.at);
    columns.seq.push(row.seq);
    columns.amount.push(row.amount);
    columns.clinic.push(row.clinic);
    columns.source.push(row.source);
}

async fn read_tables(db: &Db, needs: &Needs, world: &World, now: i64, population: &mut Population) -> Result<()> {
    for tag in &needs.tags {
        population.tags.entry(tag.clone()).or_default().extend(store::tagged(db.read(), tag).await?);
    }
    if needs.attrs.is_empty() {
        return Ok(());
    }
    let places = needs.attrs.contains(&Attr::Clinic) || needs.attrs.contains(&Attr::Source);
    let (rows, places) = store::attr_rows(db.read(), places).await?;
    for row in rows {
        let facts = Facts {
            person: row.person,
            gender: row.gender,
            birth_date: row.birth_date.and_then(|date| date.parse().ok()),
            region: row.region,
            channel: row.channel,
            owner: row.owner,
            created_us: row.created_at,
            household_size: row.household_size,
            has_phone: row.has_phone,
            has_wecom: row.has_wecom,
            ..Facts::default()
        };
        add_facts(needs, &facts, world, now, population);
    }
    for (person, clinic, source) in places {
        let facts = Facts { person, clinics: clinic.into_iter().collect(), sources: vec![source], ..Facts::default() };
        for attr in [Attr::Clinic, Attr::Source].into_iter().filter(|attr| needs.attrs.contains(attr)) {
            let values = attr_values(attr, &facts, world, now);
            population.attrs.entry(attr).or_default().extend(values.into_iter().map(|value| (number(person), value)));
        }
    }
    Ok(())
}

fn add_facts(needs: &Needs, facts: &Facts, world: &World, now: i64, population: &mut Population) {
    for attr in &needs.attrs {
        let values: Vec<Scalar> = attr_values(*attr, facts, world, now);
        population
            .attrs
            .entry(*attr)
            .or_default()
            .extend(values.into_iter().map(|value| (number(facts.person), value)));
    }
}

/// Folds everybody as of an instant, for facts and tags of that moment.
async fn fold_everybody(
    db: &Db,
    needs: &Needs,
    world: &World,
    now: Timestamp,
    population: &mut Population,
) -> Result<()> {
    let inputs = inputs::at(db.read(), now).await?;
    let mut after = i64::MIN;
    loop {
        let people = waiting::people_after(db.read(), after, careloop_profiles::CHUNK).await?;
        let Some(last) = people.last().copied() else { return Ok(()) };
        for loaded in load(db.read(), &people).await? {
            add_facts(needs, &loaded.facts, world, now.as_microsecond(), population);
            if needs.tags.is_empty() {
                continue;
            }
            let person = number(loaded.facts.person);
            for value in fold(&loaded.facts, &loaded.events, &inputs, now).values {
                if needs.tags.contains(&value.tag) {
                    population.tags.entry(value.tag).or_default().entry(value.value).or_default().insert(person);
                }
            }
        }
        after = last;
    }
}

/// A bitmap as bytes.
pub(crate) fn to_bytes(set: &RoaringBitmap) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(set.serialized_size());
    set.serialize_into(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// A bitmap from bytes.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<RoaringBitmap> {
    RoaringBitmap::deserialize_from(bytes).map_err(Error::internal)
}
