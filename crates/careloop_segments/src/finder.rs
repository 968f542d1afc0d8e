//! Who is in a rule, over the whole database.
//!
//! Event columns stay in memory between questions and are brought up to the end of the log before each, so a preview does
//! not read the log again. The first question reads all kinds, since that takes no longer than reading one. Facts and tags come from the folded tables, or from a fold of everybody when the question is
//! about the past or the tables are behind.

mod kinds;
mod pick;
mod reading;

use std::sync::Arc;

use careloop_db::Db;
use careloop_events::Position;
use careloop_kernel::{Ctx, Result};
use careloop_people::{persons_of, record_numbers};
use careloop_profiles::{Facts, fold, inputs, live_now, load, waiting};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use tokio::sync::Mutex;

use crate::eval::{Needs, Population, World, attr_values, cut, members, needs, quantiles};
use crate::rule::{Attr, Rule, Scalar, quantile_key};
use crate::store;

use self::kinds::Kinds;

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
    kinds: Kinds,
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
            held.refresh(db, needs, world, (tip, true)).await?
        } else {
            // Everything that is committed, also what a reader that follows the log still waits for.
            let end = Position { tx: i64::MAX, seq: i64::MAX };
            Held::default().refresh(db, needs, world, (end, false)).await?
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
    /// Brings what is held up to a place in the log, and gives what is needed of it. With `ahead`, more questions are to come.
    async fn refresh(
        &mut self,
        db: &Db,
        needs: &Needs,
        world: &World,
        (tip, ahead): (Position, bool),
    ) -> Result<Population> {
        self.refresh_people(db).await?;
        let mut population = Population::default();
        if let Some((_, people, person_of)) = &self.people {
            population.people = people.clone();
            population.person_of = Arc::clone(person_of);
        }
        self.kinds.refresh(db, needs, world, (tip, &population.person_of, ahead)).await?;
        population.events = self.kinds.of(needs, &population.person_of);
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
        let person_of = persons_of(&record_numbers(db.read()).await?);
        let people = person_of.iter().copied().filter(|person| *person > 0).collect();
        self.people = Some((fingerprint, people, Arc::new(person_of)));
        Ok(())
    }
}

/// A person's or record's number as bitmaps hold it. INVARIANT: `records.ord` fits 32 bits.
pub(crate) fn number(ord: i64) -> u32 {
    u32::try_from(ord).unwrap_or(0)
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
                if needs.tags.contains(&*value.tag) {
                    population
                        .tags
                        .entry(value.tag.into_owned())
                        .or_default()
                        .entry(value.value)
                        .or_default()
                        .insert(person);
                }
            }
        }
        after = last;
    }
}
