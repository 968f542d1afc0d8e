//! Folding people and storing the outcome; what is equal is not written again.

use std::collections::{BTreeSet, HashMap};

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::{Ctx, Error, Result};
use jiff::{SignedDuration, Timestamp};

use crate::bytes;
use crate::fold::fold;
use crate::holders::{Changes, Values};
use crate::inputs::{self, LiveInputs};
use crate::load::{Loaded, load};
use crate::model::{Facts, Profile};
use crate::store::{self, ProfileRow};

/// How many people are folded in one transaction.
pub const CHUNK: usize = 500;

/// The instant live state is taken at: just after the clock's, so that an event of this very microsecond counts.
pub fn live_now<P>(ctx: &Ctx<P>) -> Timestamp {
    ctx.now().checked_add(SignedDuration::from_micros(1)).unwrap_or(Timestamp::MAX)
}

/// Lets one transaction at a time fold people and store the outcome, until it ends. Whoever folded before holding it may
/// store what is out of date.
pub async fn lock(tx: &impl ConnectionTrait) -> Result<()> {
    store::lock(tx).await
}

/// A person with their new profile.
#[derive(Debug, Clone)]
pub struct Folded {
    /// What was folded.
    pub loaded: Loaded,
    /// The outcome.
    pub profile: Profile,
}

/// What a refold did.
#[derive(Debug, Default)]
pub struct Refolded {
    /// The people, with their profiles.
    pub people: Vec<Folded>,
    /// Numbers that are no person any more; their tags are gone.
    pub vanished: Vec<i64>,
}

/// Whose outcomes are stored.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// These people's, some of whom may be no person any more. What is stored of them is trusted.
    These(&'a [i64]),
    /// Everybody's whose number lies between two, both included. Whatever else is stored there is of nobody, and goes.
    Between(u32, u32),
}

/// The outcomes of many folds, ready to be stored. Making them needs no transaction, so it may be done ahead and side by side.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// The values anybody has, and a number for each that counts here only.
    names: HashMap<String, HashMap<String, u32>>,
    count: u32,
    people: Vec<(ProfileRow, Vec<u32>)>,
}

impl Outcomes {
    /// Adds the profile of a person that was folded with these inputs.
    pub fn add(&mut self, loaded: &Loaded, profile: &Profile, live: &LiveInputs) {
        let tags = profile.values.iter().map(|value| self.name(&value.tag, &value.value)).collect();
        self.people.push((profile_row(loaded, profile, live.basis), tags));
    }

    fn name(&mut self, tag: &str, value: &str) -> u32 {
        if let Some(known) = self.names.get(tag).and_then(|values| values.get(value)) {
            return *known;
        }
        let number = self.count;
        self.count += 1;
        self.names.entry(tag.to_owned()).or_default().insert(value.to_owned(), number);
        number
    }

    /// The values in the database, and the number of each here in the order of the numbers here.
    async fn numbers(&self, tx: &impl ConnectionTrait) -> Result<(Values, Vec<u32>)> {
        let named: Vec<(&str, &str, u32)> = self
            .names
            .iter()
            .flat_map(|(tag, values)| values.iter().map(|(value, here)| (tag.as_str(), value.as_str(), *here)))
            .collect();
        let mut names: Vec<(&str, &str)> = named.iter().map(|(tag, value, _)| (*tag, *value)).collect();
        names.sort_unstable();
        let values = Values::with(tx, &names).await?;
        let mut numbers = vec![0; named.len()];
        for (tag, value, here) in named {
            let number = values.find(tag, value).ok_or_else(|| Error::internal("a value got no number"))?;
            if let Some(slot) = numbers.get_mut(here as usize) {
                *slot = number;
            }
        }
        Ok((values, numbers))
    }

    /// Stores what differs from what is stored of these people. Gives the numbers that are no person any more, whose tags
    /// are gone. The caller holds the [`lock`].
    pub async fn store(mut self, tx: &impl ConnectionTrait, whose: Whose<'_>) -> Result<Vec<i64>> {
        let (values, numbers) = self.numbers(tx).await?;
        let mut stored = match whose {
            Whose::These(people) => store::profiles(tx, people).await?,
            Whose::Between(first, last) => store::profiles_between(tx, (first.into(), last.into())).await?,
        };
        let mut alive = BTreeSet::new();
        let mut changes = Changes::default();
        let mut rows = Vec::with_capacity(self.people.len());
        for (mut row, mut tags) in std::mem::take(&mut self.people) {
            for tag in &mut tags {
                *tag = numbers.get(*tag as usize).copied().unwrap_or_default();
            }
            tags.sort_unstable();
            tags.dedup();
            row.tags = bytes::ascending(&tags);
            alive.insert(row.person);
            let before = stored.remove(&row.person);
            match (&before, whose) {
                (Some(before), Whose::These(_)) if before.tags == row.tags => {}
                (Some(before), Whose::These(_)) => {
                    changes.note(number(row.person)?, &bytes::read_ascending(&before.tags)?, &tags);
                }
                _ => changes.note(number(row.person)?, &[], &tags),
            }
            if before.as_ref() != Some(&row) {
                rows.push(row);
            }
        }
        let mut vanished: Vec<i64> = stored.keys().copied().collect();
        match whose {
            Whose::These(people) => {
                for (person, before) in stored {
                    changes.note(number(person)?, &bytes::read_ascending(&before.tags)?, &[]);
                }
                vanished = people.iter().copied().filter(|person| !alive.contains(person)).collect();
            }
            Whose::Between(first, last) => changes.replace(&values, (first, last), store::last_block(tx).await?),
        }
        changes.store(tx).await?;
        store::upsert_profiles(tx, rows).await?;
        store::delete_people(tx, &vanished).await?;
        Ok(vanished)
    }
}

/// A person's number as sets hold it. INVARIANT: `records.ord` fits 32 bits.
fn number(person: i64) -> Result<u32> {
    u32::try_from(person).map_err(Error::internal)
}

/// Folds these people at `now` inside the caller's transaction.
pub async fn refold(tx: &impl ConnectionTrait, live: &LiveInputs, people: &[i64], now: Timestamp) -> Result<Refolded> {
    lock(tx).await?;
    let mut outcomes = Outcomes::default();
    let mut folded = Vec::new();
    for loaded in load(tx, people).await? {
        let profile = fold(&loaded.facts, &loaded.events, &live.inputs, now);
        outcomes.add(&loaded, &profile, live);
        folded.push(Folded { loaded, profile });
    }
    let vanished = Box::pin(outcomes.store(tx, Whose::These(people))).await?;
    Ok(Refolded { people: folded, vanished })
}

fn profile_row(loaded: &Loaded, profile: &Profile, basis: i64) -> ProfileRow {
    let facts: &Facts = &loaded.facts;
    ProfileRow {
        person: facts.person,
        basis,
        records_at: loaded.records_us,
        due_at: profile.due_us,
        gender: facts.gender.clone(),
        birth_date: facts.birth_date.map(|date| date.to_string()),
        region: facts.region.clone(),
        channel: facts.channel.clone(),
        owner: facts.owner,
        created_at: facts.created_us,
        household_size: facts.household_size,
        has_phone: facts.has_phone,
        has_wecom: facts.has_wecom,
        tags: Vec::new(),
    }
}

/// Folds these people now.
pub async fn refresh<P>(db: &Db, ctx: &Ctx<P>, people: &[i64]) -> Result<()> {
    let live = inputs::live(db.read()).await?;
    for chunk in people.chunks(CHUNK) {
        let tx = db.begin().await?;
        refold(&*tx, &live, chunk, live_now(ctx)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What a rebuild did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many people were folded.
    pub people: u64,
}

/// Empties the derived tables, and sets the inputs when there are none. What folds everybody again comes next.
pub async fn clear<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    if store::find_inputs(db.read(), i64::MAX).await?.is_none() {
        inputs::renew(db, ctx).await?;
    }
    let tx = db.begin().await?;
    store::truncate(&*tx).await?;
    tx.commit().await
}

/// Empties the derived tables and folds everybody again, with the inputs in force (set first when there are none).
pub async fn rebuild<P>(db: &Db, ctx: &Ctx<P>) -> Result<Rebuilt> {
    clear(db, ctx).await?;
    let mut rebuilt = Rebuilt::default();
    let mut after = i64::MIN;
    loop {
        let people = store::people_after(db.read(), after, i64::try_from(CHUNK).unwrap_or(500)).await?;
        let Some(last) = people.last().copied() else { return Ok(rebuilt) };
        refresh(db, ctx, &people).await?;
        rebuilt.people += people.len() as u64;
        after = last;
    }
}
