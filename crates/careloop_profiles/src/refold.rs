//! Folding people and storing the outcome; what is equal is not written again.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::{Ctx, Error, Result};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::fold::fold;
use crate::inputs::{self, LiveInputs};
use crate::load::{Loaded, load};
use crate::model::{Facts, Origin, Profile, TagValue, Why};
use crate::store::{self, ProfileRow, TagRow};

/// How many people are folded in one transaction.
pub const CHUNK: usize = 500;

/// The instant live state is taken at: just after the clock's, so that an event of this very microsecond counts.
pub fn live_now<P>(ctx: &Ctx<P>) -> Timestamp {
    ctx.now().checked_add(SignedDuration::from_micros(1)).unwrap_or(Timestamp::MAX)
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
    /// How many tag rows were written or removed.
    pub rows_changed: usize,
}

/// The outcomes of many folds, ready to be stored. Making them needs no transaction, so it may be done ahead and side by side.
#[derive(Debug, Default)]
pub struct Outcomes {
    tags: Vec<Vec<TagRow>>,
    profiles: Vec<ProfileRow>,
}

impl Outcomes {
    /// Adds the profile of a person that was folded with these inputs.
    pub fn add(&mut self, loaded: &Loaded, profile: &Profile, live: &LiveInputs) -> Result<()> {
        self.tags.push(tag_rows(loaded.facts.person, profile)?);
        self.profiles.push(profile_row(loaded, profile, live.basis));
        Ok(())
    }

    /// Stores what differs from what is stored of these people. Gives the numbers that are no person any more, whose tags
    /// are gone, and how many tag rows were written or removed.
    pub async fn store(self, tx: &impl ConnectionTrait, people: &[i64]) -> Result<(Vec<i64>, usize)> {
        let mut stored: BTreeMap<i64, Vec<TagRow>> = BTreeMap::new();
        for row in store::stored_tags(tx, people).await? {
            stored.entry(row.person).or_default().push(row);
        }
        let (mut gone, mut changed) = (Vec::new(), Vec::new());
        for (fresh, profile) in self.tags.into_iter().zip(&self.profiles) {
            let old = stored.remove(&profile.person).unwrap_or_default();
            gone.extend(
                old.iter().filter(|row| fresh.binary_search_by(|new| key(new).cmp(&key(row))).is_err()).cloned(),
            );
            let differs =
                |row: &TagRow| old.binary_search_by(|held| key(held).cmp(&key(row))).map_or(true, |at| old[at] != *row);
            changed.extend(fresh.into_iter().filter(differs));
        }
        let rows_changed = gone.len() + changed.len();
        let alive: BTreeSet<i64> = self.profiles.iter().map(|profile| profile.person).collect();
        store::write_tags(tx, gone, changed).await?;
        store::upsert_profiles(tx, self.profiles).await?;
        let vanished: Vec<i64> = people.iter().copied().filter(|person| !alive.contains(person)).collect();
        if !vanished.is_empty() {
            store::delete_people(tx, &vanished).await?;
        }
        Ok((vanished, rows_changed))
    }
}

/// Folds these people at `now` inside the caller's transaction.
pub async fn refold(tx: &impl ConnectionTrait, live: &LiveInputs, people: &[i64], now: Timestamp) -> Result<Refolded> {
    let mut outcomes = Outcomes::default();
    let mut folded = Vec::new();
    for loaded in load(tx, people).await? {
        let profile = fold(&loaded.facts, &loaded.events, &live.inputs, now);
        outcomes.add(&loaded, &profile, live)?;
        folded.push(Folded { loaded, profile });
    }
    let (vanished, rows_changed) = outcomes.store(tx, people).await?;
    Ok(Refolded { people: folded, vanished, rows_changed })
}

fn key(row: &TagRow) -> (&str, &str) {
    (&row.tag, &row.value)
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
    }
}

/// A reason as stored.
#[derive(Serialize, Deserialize)]
struct StoredWhy {
    a: BTreeMap<String, String>,
    e: Vec<i64>,
}

fn tag_rows(person: i64, profile: &Profile) -> Result<Vec<TagRow>> {
    let row = |value: &TagValue| {
        let args = value.why.args.iter().map(|(name, text)| (name.to_string(), text.clone())).collect();
        let why =
            serde_json::to_string(&StoredWhy { a: args, e: value.why.events.clone() }).map_err(Error::internal)?;
        Ok(TagRow {
            person,
            tag: value.tag.clone(),
            value: value.value.clone(),
            origin: value.origin.as_str().to_owned(),
            why,
            until: value.until_us,
        })
    };
    profile.values.iter().map(row).collect()
}

/// A stored value as the fold gave it.
pub(crate) fn value_of(row: TagRow) -> Result<TagValue> {
    let why: StoredWhy = serde_json::from_str(&row.why).map_err(Error::internal)?;
    let args = why.a.into_iter().map(|(name, text)| (name.into(), text)).collect();
    let why = Why { args, events: why.e };
    Ok(TagValue { tag: row.tag, value: row.value, why, until_us: row.until, origin: Origin::parse(&row.origin) })
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
