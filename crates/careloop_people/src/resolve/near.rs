//! The neighbourhood of what changed.
//!
//! Clusters depend on the records that edges connect them with, households on the persons that contact points connect
//! them with. So it starts from the changed records and those that were one person with them, and follows edges until none
//! leads further; then the same with households and contact points. A key that crosses one of the limits of
//! [`crate::identity::blocks`] changes the evidence of everybody who has it, so all of them are looked at.

mod world;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use careloop_db::Tx;
use careloop_kernel::{Ctx, Result};

use self::world::{Block, World};
use super::ResolveReport;
use super::full::by_index;
use super::outcome::{self, Assigned, Found, Link, Looked};
use super::read::Loaded;
use super::weights::Known;
use crate::identity::cluster::{Clusters, Edge, Evidence, World as Weighed, cluster};
use crate::identity::engine;
use crate::identity::household::{self, LARGEST_HOME};
use crate::identity::table::Table;
use crate::store::near::NearRow;

/// A neighbourhood with more records than this is quicker done with all the others.
const LARGEST_NEIGHBOURHOOD: usize = 50_000;

/// Looks at what waits and whatever it reaches; `None` when that is too much.
pub(super) async fn resolve<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    Known { model, persons: before }: Known,
    (waiting, decided): (Vec<NearRow>, &BTreeSet<i64>),
) -> Result<Option<ResolveReport>> {
    let seeds: BTreeSet<i64> = waiting.iter().filter(|row| row.stale).map(|row| row.record.ord).collect();
    let mut world = World::new(tx, ctx, model, seeds.len());
    world.take(waiting).await?;
    let Some((component, judged)) = follow_edges(&mut world, seeds).await? else { return Ok(None) };
    let (persons, clusters) = decide(&world, &component, judged)?;
    let Some(homes) = follow_homes(&mut world, &component, &persons).await? else { return Ok(None) };
    let ords: Vec<i64> = component.into_iter().collect();
    let links = |edges: &[Edge]| edges.iter().map(|edge| Link::of(&ords, edge)).collect();
    let found = Found {
        records: assign(&world, &persons, &homes),
        links: links(&clusters.links),
        doubts: links(&clusters.doubts),
    };
    outcome::write(tx, ctx, found, (Looked::At { ords, persons: before }, decided)).await.map(Some)
}

/// What is known of pairs of records.
#[derive(Default)]
struct Judged {
    /// The pairs that were looked at, lower record first.
    pairs: HashSet<(i64, i64)>,
    edges: Vec<Link>,
    hints: Vec<Link>,
    doubts: Vec<Link>,
}

/// Every record that edges, decisions or former persons connect with the seeds, and the edges among them.
async fn follow_edges(world: &mut World<'_>, seeds: BTreeSet<i64>) -> Result<Option<(BTreeSet<i64>, Judged)>> {
    let mut component: BTreeSet<i64> = BTreeSet::new();
    let mut judged = Judged::default();
    let mut queue = seeds;
    while !queue.is_empty() {
        let fresh: Vec<i64> = std::mem::take(&mut queue).into_iter().collect();
        world.read_homes_of(fresh.iter().copied()).await?;
        component.extend(&fresh);
        let persons = fresh.iter().filter_map(|ord| Some(world.records.get(ord)?.at.old_person));
        queue.extend(persons.flat_map(|person| world.person(person)));
        let read = fresh.iter().filter_map(|ord| world.records.get(ord));
        let hashes: BTreeSet<u64> = read.flat_map(|record| record.features.keys.iter().map(|key| key.hash)).collect();
        // What follows the households will ask for soon comes along.
        let mates = fresh.iter().flat_map(|ord| world.housemates(*ord));
        let soon: Vec<u64> = mates.flat_map(|record| household::contact_keys(&record.features.keys)).collect();
        world.read_blocks(hashes.iter().copied().chain(soon)).await?;
        world.read_decisions().await?;
        let joined = world.decisions.iter().filter(|row| row.kind == "must").map(|row| [row.record_a, row.record_b]);
        queue.extend(joined.filter(|two| two.iter().any(|ord| fresh.binary_search(ord).is_ok())).flatten());
        queue.extend(
            hashes
                .iter()
                .filter_map(|hash| world.block(*hash))
                .filter(|block| block.crossed)
                .flat_map(|block| &block.records),
        );
        world.weigh_names().await?;
        queue.extend(judge(world, &fresh, &mut judged)?);
        queue.retain(|ord| !component.contains(ord));
        if component.len() + queue.len() > LARGEST_NEIGHBOURHOOD {
            return Ok(None);
        }
    }
    Ok(Some((component, judged)))
}

/// Judges records against all who share a key with one of them; those anything leads to.
fn judge(world: &World<'_>, fresh: &[i64], judged: &mut Judged) -> Result<Vec<i64>> {
    let mut pairs = Vec::new();
    for ord in fresh {
        let keys = world.features(*ord)?.keys.iter();
        for block in keys.filter_map(|key| world.block(key.hash)).filter(|block| !block.hot) {
            let others = block.records.iter().filter(|other| *other != ord);
            let pair = |other: &i64| (*ord.min(other), *ord.max(other));
            pairs.extend(others.map(pair).filter(|pair| judged.pairs.insert(*pair)));
        }
    }
    let ords: BTreeSet<i64> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    let ords: Vec<i64> = ords.into_iter().collect();
    let features = ords.iter().map(|ord| world.telling(*ord)).collect::<Result<Vec<_>>>()?;
    let index: HashMap<i64, u32> = ords.iter().copied().zip(0..).collect();
    let pairs: Vec<(u32, u32)> = pairs.iter().map(|(a, b)| (index[a], index[b])).collect();
    let Evidence { edges, hints, doubts } = engine::judge(&Table::of(&features), &world.model, &pairs);
    let reached = edges.iter().chain(&hints).chain(&doubts).flat_map(|edge| [edge.a, edge.b]);
    let reached = reached.map(|at| ords[at as usize]).collect();
    judged.edges.extend(edges.iter().map(|edge| Link::of(&ords, edge)));
    judged.hints.extend(hints.iter().map(|edge| Link::of(&ords, edge)));
    judged.doubts.extend(doubts.iter().map(|edge| Link::of(&ords, edge)));
    Ok(reached)
}

/// Clusters the component: each record's person, and what joined them.
fn decide(world: &World<'_>, component: &BTreeSet<i64>, judged: Judged) -> Result<(HashMap<i64, i64>, Clusters)> {
    let ords: Vec<i64> = component.iter().copied().collect();
    let index: HashMap<i64, u32> = ords.iter().copied().zip(0..).collect();
    let decisions = by_index(&world.decisions, |ord| index.get(&ord).copied());
    let features = ords.iter().map(|ord| world.telling(*ord)).collect::<Result<Vec<_>>>()?;
    let table = Table::of(&features);
    let edge = |link: Link| {
        Some(Edge { a: *index.get(&link.a)?, b: *index.get(&link.b)?, rule: link.rule, weight: link.weight })
    };
    let inside = |links: Vec<Link>| links.into_iter().filter_map(edge).collect();
    let evidence = Evidence { edges: inside(judged.edges), hints: inside(judged.hints), doubts: inside(judged.doubts) };
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
    let members: BTreeSet<i64> = former.iter().flat_map(|home| world.home(*home)).chain(component).copied().collect();
    let person_of = |world: &World<'_>, ord: i64| {
        persons.get(&ord).copied().or_else(|| Some(world.records.get(&ord)?.at.old_person))
    };
    let touched: HashSet<i64> = persons.values().copied().collect();
    let mut queue: BTreeSet<i64> = members.into_iter().filter_map(|ord| person_of(world, ord)).collect();
    let (mut done, mut seen) = (BTreeSet::new(), BTreeSet::new());
    while !queue.is_empty() {
        let fresh = std::mem::take(&mut queue);
        done.extend(fresh.iter().copied());
        let strangers = fresh.iter().filter(|person| !touched.contains(person));
        let of_strangers = strangers.flat_map(|person| world.person(*person)).copied();
        let mut records: Vec<i64> = of_strangers.filter(|ord| !persons.contains_key(ord)).collect();
        records.extend(persons.iter().filter(|(_, person)| fresh.contains(person)).map(|(ord, _)| *ord));
        let read = records.iter().filter_map(|ord| world.records.get(ord));
        let hashes: BTreeSet<u64> = read.flat_map(|record| household::contact_keys(&record.features.keys)).collect();
        world.read_blocks(hashes.iter().copied()).await?;
        for block in hashes.iter().filter_map(|hash| world.block(*hash)).filter(|block| !block.hot || block.crossed) {
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
