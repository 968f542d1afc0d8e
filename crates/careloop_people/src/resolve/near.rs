//! The neighbourhood of what changed.
//!
//! Clusters depend on the records that edges connect them with, households on the persons that contact points connect
//! them with. So it starts from the changed records and those that were one person with them, and follows edges until none
//! leads further; then the same with households and contact points. A key that crosses the limit of
//! [`CROWD`] or [`LARGEST_BLOCK`] changes the evidence of everybody who has it, so all of them are looked at.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use careloop_db::Tx;
use careloop_kernel::{Ctx, Error, Result, Vault};

use super::ResolveReport;
use super::full::by_index;
use super::outcome::{self, Assigned, Found, Link, Looked};
use super::read::{self, Loaded};
use super::weights;
use crate::identity::Features;
use crate::identity::blocks::{CROWD, LARGEST_BLOCK};
use crate::identity::cluster::{Clusters, Edge, Evidence, World as Weighed, cluster};
use crate::identity::engine;
use crate::identity::household::{self, LARGEST_HOME};
use crate::identity::model::Model;
use crate::identity::names::Names;
use crate::identity::table::Table;
use crate::store;
use crate::store::identity::By;

/// A neighbourhood with more records than this is quicker done with all the others.
const LARGEST_NEIGHBOURHOOD: usize = 50_000;

/// Looks at the seeds and whatever they reach; `None` when that is too much.
pub(super) async fn resolve<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    model: Model,
    (seeds, decided): (Vec<i64>, &BTreeSet<i64>),
) -> Result<Option<ResolveReport>> {
    let mut world = World {
        tx,
        vault: ctx.vault().clone(),
        names: Arc::default(),
        model,
        changes: seeds.len() as i64,
        records: BTreeMap::new(),
        blocks: HashMap::new(),
    };
    let Some((component, judged)) = follow_edges(&mut world, seeds).await? else { return Ok(None) };
    let (persons, clusters) = decide(&mut world, &component, judged).await?;
    let Some(homes) = follow_homes(&mut world, &component, &persons).await? else { return Ok(None) };
    let ords: Vec<i64> = component.into_iter().collect();
    let links = |edges: &[Edge]| edges.iter().map(|edge| Link::of(&ords, edge)).collect();
    let found = Found {
        records: assign(&world, &persons, &homes),
        links: links(&clusters.links),
        doubts: links(&clusters.doubts),
    };
    outcome::write(tx, ctx, found, (Looked::At(ords), decided)).await.map(Some)
}

/// Records and blocks read so far.
struct World<'a> {
    tx: &'a Tx,
    vault: Vault,
    names: Arc<Names>,
    model: Model,
    /// How many records changed since the last resolve: a block that many above the limit was below it.
    changes: i64,
    records: BTreeMap<i64, Loaded>,
    blocks: HashMap<u64, Block>,
}

#[derive(Clone, Default)]
struct Block {
    /// Too many records share the key.
    hot: bool,
    /// More records share it than a family has.
    crowded: bool,
    /// It may have crossed one of the limits with this change.
    crossed: bool,
    records: Vec<i64>,
}

impl World<'_> {
    async fn load(&mut self, by: By, numbers: &[i64]) -> Result<Vec<i64>> {
        let rows = store::identity::by(&**self.tx, by, numbers).await?;
        let ords: Vec<i64> = rows.iter().map(|row| row.ord).collect();
        let new: Vec<_> = rows.into_iter().filter(|row| !self.records.contains_key(&row.ord)).collect();
        let (vault, names) = (self.vault.clone(), Arc::clone(&self.names));
        let loaded =
            tokio::task::spawn_blocking(move || read::load(&vault, &names, &new)).await.map_err(Error::internal)??;
        let forms = loaded.iter().map(|record| &*record.features.name);
        weights::add_names(&**self.tx, &self.vault, &mut self.model, forms, false).await?;
        self.records.extend(loaded.into_iter().map(|record| (record.at.ord, record)));
        Ok(ords)
    }

    async fn load_ords(&mut self, ords: impl IntoIterator<Item = i64>) -> Result<()> {
        let missing: Vec<i64> = ords.into_iter().filter(|ord| !self.records.contains_key(ord)).collect();
        self.load(By::Ord, &missing).await.map(|_| ())
    }

    /// Reads the blocks of these keys that are not read yet.
    async fn read_blocks(&mut self, hashes: impl IntoIterator<Item = u64>) -> Result<()> {
        let new: BTreeSet<i64> =
            hashes.into_iter().filter(|hash| !self.blocks.contains_key(hash)).map(u64::cast_signed).collect();
        let new: Vec<i64> = new.into_iter().collect();
        for row in store::keys::counts(&**self.tx, &new).await? {
            let above = |limit: usize| row.records > limit as i64;
            let crossed = |limit: usize| above(limit) && row.records - self.changes <= limit as i64;
            let block = Block {
                hot: above(LARGEST_BLOCK),
                crowded: above(CROWD),
                crossed: crossed(LARGEST_BLOCK) || crossed(CROWD),
                records: Vec::new(),
            };
            self.blocks.insert(row.hash.cast_unsigned(), block);
        }
        let wanted =
            |hash: &&i64| self.blocks.get(&hash.cast_unsigned()).is_some_and(|block| !block.hot || block.crossed);
        let wanted: Vec<i64> = new.iter().filter(wanted).copied().collect();
        for row in store::keys::records(&**self.tx, &wanted).await? {
            self.blocks.entry(row.hash.cast_unsigned()).or_default().records.push(row.record);
        }
        let members: BTreeSet<i64> =
            wanted.iter().flat_map(|hash| &self.blocks[&hash.cast_unsigned()].records).copied().collect();
        self.load_ords(members).await
    }

    fn features(&self, ord: i64) -> Result<&Features> {
        self.records
            .get(&ord)
            .map(|record| &record.features)
            .ok_or_else(|| Error::internal("a key leads to a record that does not exist"))
    }

    fn is_hot(&self, hash: u64) -> bool {
        self.blocks.get(&hash).is_some_and(|block| block.hot)
    }

    /// The record's features without the keys that say nothing.
    fn telling(&self, ord: i64) -> Result<Features> {
        let mut features = self.features(ord)?.clone();
        features.forget(|hash| self.is_hot(hash));
        features.mark_crowded(|hash| self.blocks.get(&hash).is_some_and(|block| block.crowded));
        Ok(features)
    }
}

/// What is known of pairs of records, by their numbers.
type Judged = BTreeMap<(i64, i64), Evidence>;

/// Every record that edges, decisions or former persons connect with the seeds, and the edges among them.
async fn follow_edges(world: &mut World<'_>, seeds: Vec<i64>) -> Result<Option<(BTreeSet<i64>, Judged)>> {
    let mut component: BTreeSet<i64> = BTreeSet::new();
    let mut judged = Judged::new();
    let mut queue: BTreeSet<i64> = seeds.into_iter().collect();
    while !queue.is_empty() {
        let fresh: Vec<i64> = std::mem::take(&mut queue).into_iter().collect();
        world.load_ords(fresh.iter().copied()).await?;
        component.extend(&fresh);
        let persons: BTreeSet<i64> =
            fresh.iter().filter_map(|ord| Some(world.records.get(ord)?.at.old_person)).collect();
        queue.extend(world.load(By::Person, &persons.into_iter().collect::<Vec<_>>()).await?);
        let decided = store::identity::decisions_of(&**world.tx, &fresh).await?;
        queue.extend(decided.iter().filter(|row| row.kind == "must").flat_map(|row| [row.record_a, row.record_b]));
        let hashes: BTreeSet<u64> = fresh
            .iter()
            .filter_map(|ord| world.records.get(ord))
            .flat_map(|record| record.features.keys.iter().map(|key| key.hash))
            .collect();
        world.read_blocks(hashes.iter().copied()).await?;
        queue.extend(
            hashes
                .iter()
                .filter_map(|hash| world.blocks.get(hash))
                .filter(|block| block.crossed)
                .flat_map(|block| &block.records),
        );
        for ord in fresh {
            queue.extend(judge(world, ord, &mut judged)?);
        }
        queue.retain(|ord| !component.contains(ord));
        if component.len() + queue.len() > LARGEST_NEIGHBOURHOOD {
            return Ok(None);
        }
    }
    Ok(Some((component, judged)))
}

/// Judges a record against all who share a key with it; those anything leads to.
fn judge(world: &World<'_>, ord: i64, judged: &mut Judged) -> Result<Vec<i64>> {
    let own = world.telling(ord)?;
    let blocks =
        world.features(ord)?.keys.iter().filter_map(|key| world.blocks.get(&{ key.hash })).filter(|block| !block.hot);
    let others: BTreeSet<i64> =
        blocks.flat_map(|block| &block.records).copied().filter(|other| *other != ord).collect();
    let mut reached = Vec::new();
    for other in others {
        let pair = (ord.min(other), ord.max(other));
        if judged.contains_key(&pair) {
            continue;
        }
        let two = Table::of([&own, &world.telling(other)?]);
        let evidence = engine::judge(&two, &world.model, &[(0, 1)]);
        if !evidence.is_empty() {
            reached.push(other);
        }
        judged.insert(pair, evidence);
    }
    Ok(reached)
}

/// Clusters the component: each record's person, and what joined them.
async fn decide(
    world: &mut World<'_>,
    component: &BTreeSet<i64>,
    judged: Judged,
) -> Result<(HashMap<i64, i64>, Clusters)> {
    let ords: Vec<i64> = component.iter().copied().collect();
    let index: HashMap<i64, u32> = ords.iter().copied().zip(0..).collect();
    let decisions = by_index(&store::identity::decisions_of(&**world.tx, &ords).await?, |ord| index.get(&ord).copied());
    let features = ords.iter().map(|ord| world.telling(*ord)).collect::<Result<Vec<_>>>()?;
    let table = Table::of(&features);
    let mut evidence = Evidence::default();
    for ((a, b), of_pair) in judged {
        let (Some(a), Some(b)) = (index.get(&a), index.get(&b)) else { continue };
        let place = |edge: Edge| Edge { a: *a, b: *b, ..edge };
        evidence.edges.extend(of_pair.edges.into_iter().map(place));
        evidence.hints.extend(of_pair.hints.into_iter().map(place));
        evidence.doubts.extend(of_pair.doubts.into_iter().map(place));
    }
    let clusters = cluster(Weighed { table: &table, model: &world.model, decisions: &decisions }, evidence);
    let mut lowest: HashMap<u32, i64> = HashMap::new();
    for (ord, root) in ords.iter().zip(&clusters.root) {
        lowest.entry(*root).and_modify(|known| *known = (*known).min(*ord)).or_insert(*ord);
    }
    let persons = ords.iter().zip(&clusters.root).map(|(ord, root)| (*ord, lowest[root])).collect();
    Ok((persons, clusters))
}

/// The household of each person that contact points connect with the component.
async fn follow_homes(
    world: &mut World<'_>,
    component: &BTreeSet<i64>,
    persons: &HashMap<i64, i64>,
) -> Result<Option<BTreeMap<i64, i64>>> {
    let former: BTreeSet<i64> =
        component.iter().filter_map(|ord| Some(world.records.get(ord)?.at.old_household)).collect();
    let mut members = world.load(By::Household, &former.into_iter().collect::<Vec<_>>()).await?;
    members.extend(component);
    let person_of = |world: &World<'_>, ord: i64| {
        persons.get(&ord).copied().or_else(|| Some(world.records.get(&ord)?.at.old_person))
    };
    let touched: HashSet<i64> = persons.values().copied().collect();
    let mut queue: BTreeSet<i64> = members.into_iter().filter_map(|ord| person_of(world, ord)).collect();
    let (mut done, mut seen) = (BTreeSet::new(), BTreeSet::new());
    while !queue.is_empty() {
        let fresh = std::mem::take(&mut queue);
        done.extend(fresh.iter().copied());
        let strangers: Vec<i64> = fresh.iter().copied().filter(|person| !touched.contains(person)).collect();
        let mut records = world.load(By::Person, &strangers).await?;
        records.retain(|ord| !persons.contains_key(ord));
        records.extend(persons.iter().filter(|(_, person)| fresh.contains(person)).map(|(ord, _)| *ord));
        let read = records.iter().filter_map(|ord| world.records.get(ord));
        let hashes: BTreeSet<u64> = read.flat_map(|record| household::contact_keys(&record.features.keys)).collect();
        world.read_blocks(hashes.iter().copied()).await?;
        for block in hashes.iter().filter_map(|hash| world.blocks.get(hash)).filter(|block| !block.hot || block.crossed)
        {
            seen.extend(&block.records);
            queue.extend(neighbours(world, block, &fresh, |ord| person_of(world, ord), &touched)?);
        }
        queue.retain(|person| !done.contains(person));
        if world.records.len() > LARGEST_NEIGHBOURHOOD {
            return Ok(None);
        }
    }
    // Only now is it known which keys of all these records say nothing.
    let mut points = Vec::new();
    for ord in seen {
        let person = person_of(world, ord).unwrap_or(ord);
        points.extend(household::contact_points(Table::of([&world.telling(ord)?]).at(0)).map(|point| (point, person)));
    }
    Ok(Some(homes(&done, &points)))
}

/// The household of each of the persons in `done`; `points` pair a contact point with a person.
fn homes(done: &BTreeSet<i64>, points: &[(u64, i64)]) -> BTreeMap<i64, i64> {
    let everybody: BTreeSet<i64> = done.iter().copied().chain(points.iter().map(|(_, person)| *person)).collect();
    let persons: Vec<i64> = everybody.into_iter().collect();
    let index: HashMap<i64, u32> = persons.iter().copied().zip(0..).collect();
    let entries = points.iter().map(|(point, person)| (*point, index[person])).collect();
    let homes = household::households(persons.len(), entries);
    let home = |(person, home): (&i64, &u32)| (*person, persons[*home as usize]);
    persons.iter().zip(&homes).map(home).filter(|(person, _)| done.contains(person)).collect()
}

/// Who shares a contact point of this block with one of `fresh`: all of them if they are few, or if one of them changed and
/// they may have been few before.
fn neighbours(
    world: &World<'_>,
    block: &Block,
    fresh: &BTreeSet<i64>,
    person_of: impl Fn(i64) -> Option<i64>,
    touched: &HashSet<i64>,
) -> Result<BTreeSet<i64>> {
    let mut points: HashMap<u64, BTreeSet<i64>> = HashMap::new();
    for ord in &block.records {
        for point in household::contact_points(Table::of([world.features(*ord)?]).at(0)) {
            points.entry(point).or_default().extend(person_of(*ord));
        }
    }
    let shared = points.into_values().filter(|crowd| crowd.iter().any(|person| fresh.contains(person)));
    Ok(shared
        .filter(|crowd| crowd.len() <= LARGEST_HOME || crowd.iter().any(|person| touched.contains(person)))
        .flatten()
        .collect())
}

/// Every record of the persons whose household was computed.
fn assign(world: &World<'_>, persons: &HashMap<i64, i64>, homes: &BTreeMap<i64, i64>) -> Vec<Assigned> {
    let assigned = |record: &Loaded| {
        let person = persons.get(&record.at.ord).copied().unwrap_or(record.at.old_person);
        Some(Assigned { person, household: *homes.get(&person)?, ..record.at.clone() })
    };
    world.records.values().filter_map(assigned).collect()
}
