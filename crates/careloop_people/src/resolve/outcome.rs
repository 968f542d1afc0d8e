//! What changed, written: numbers, reasons, events.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use careloop_db::{ConnectionTrait, Tx};
use careloop_kernel::{Ctx, Result};

use super::{ResolveReport, story};
use crate::identity::Rule;
use crate::identity::cluster::Edge;
use crate::store;
use crate::store::identity::{NewNumbers, ResolveRow};
use crate::store::links::Pairs;

/// A record before and after.
#[derive(Debug, Clone)]
pub(super) struct Assigned {
    pub ord: i64,
    pub old_person: i64,
    pub old_household: i64,
    /// Whether an earlier resolve had looked at it.
    pub settled: bool,
    /// Whether a near resolve was to look at it.
    pub stale: bool,
    /// Whether somebody may have met it as a person of its own: an earlier resolve had looked at it, or the log tells of it.
    /// Of millions this is asked only of those that move.
    pub met: Option<bool>,
    pub person: i64,
    pub household: i64,
}

impl Assigned {
    /// A record that stays what it is.
    pub fn of(row: &ResolveRow) -> Self {
        let ResolveRow { ord, person, household, resolved_at, .. } = *row;
        let settled = resolved_at.is_some();
        let met = settled.then_some(true);
        Self { ord, old_person: person, old_household: household, settled, stale: false, met, person, household }
    }
}

/// Why two records are one person, or may be; lower record first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub a: i64,
    pub b: i64,
    pub rule: Rule,
    /// Odds, in hundredths of a bit.
    pub weight: i32,
}

impl Link {
    /// The link of an edge between the records of these numbers.
    pub fn of(ords: &[i64], edge: &Edge) -> Self {
        let (a, b) = (ords[edge.a as usize], ords[edge.b as usize]);
        Self { a: a.min(b), b: a.max(b), rule: edge.rule, weight: edge.weight }
    }
}

/// What a resolve found.
pub(super) struct Found {
    pub records: Vec<Assigned>,
    /// What joined records.
    pub links: Vec<Link>,
    /// What a person should look at.
    pub doubts: Vec<Link>,
}

/// Which records the outcome speaks of.
pub(super) enum Looked {
    AtEverything,
    /// The other records given only had their household computed.
    At {
        /// Records whose clusters were computed.
        ords: Vec<i64>,
        /// How many persons there were before.
        persons: i64,
    },
}

/// Writes the outcome and tells of it. `decided`: the records about which the caller has just decided.
pub(super) async fn write<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    Found { records, links, doubts }: Found,
    (looked, decided): (Looked, &BTreeSet<i64>),
) -> Result<ResolveReport> {
    let conn = &**tx;
    let persons = persons(&records, &looked);
    match &looked {
        Looked::AtEverything => {
            write_all(conn, ctx.now_us(), (&records, &links, &doubts)).await?;
            store::records::set_persons(conn, persons).await?;
        }
        Looked::At { ords, persons: before } => {
            let mut statements = write_some(conn, ctx.now_us(), (&records, &links, &doubts), ords).await?;
            statements.extend((persons != *before).then(|| store::records::add_persons(persons - before)));
            careloop_db::batch(conn, &statements).await?;
        }
    }
    let moves = moves(&records, &links, &met(conn, &records).await?);
    let told = story::tell(tx, ctx, &records, (&moves, decided)).await?;
    Ok(ResolveReport {
        full: matches!(looked, Looked::AtEverything),
        records: records.len() as u64,
        persons,
        merged: told.0,
        unmerged: told.1,
        changed: changed(&records),
    })
}

type Outcome<'a> = (&'a [Assigned], &'a [Link], &'a [Link]);

/// How many persons there are; a count kept along, so that one new record does not make the database count them all.
fn persons(records: &[Assigned], looked: &Looked) -> i64 {
    let now = records.iter().filter(|record| record.ord == record.person).count() as i64;
    let Looked::At { persons, .. } = looked else { return now };
    persons + now - records.iter().filter(|record| record.ord == record.old_person).count() as i64
}

/// Writes what came of looking at everything.
async fn write_all(conn: &impl ConnectionTrait, now: i64, (records, links, doubts): Outcome<'_>) -> Result<()> {
    for part in records.chunks(20_000) {
        careloop_db::batch(conn, &store::identity::assign(now, &numbers(part, &BTreeSet::new()))).await?;
    }
    store::links::replace_all(conn, Pairs::Links, rows(links)).await?;
    let doubted = store::links::replace_all(conn, Pairs::Doubts, rows(doubts)).await?;
    store::identity::settle_all(conn, now).await?;
    careloop_db::batch(conn, &store::identity::mark_changed(now, &turned(&doubted, doubts))).await
}

/// Statements that write what came of looking at a neighbourhood.
async fn write_some(
    conn: &impl ConnectionTrait,
    now: i64,
    (records, links, doubts): Outcome<'_>,
    ords: &[i64],
) -> Result<Vec<String>> {
    let replaced = store::links::replace(conn, ords, &rows(links), &rows(doubts)).await?;
    let mut turned = turned(&replaced.doubted, doubts);
    let numbers = numbers(records, &turned);
    numbers.iter().for_each(|row| {
        turned.remove(&row.ord);
    });
    let mut statements = store::identity::assign(now, &numbers);
    statements.extend(replaced.statements);
    statements.extend(store::identity::mark_changed(now, &turned));
    Ok(statements)
}

/// The records to write: those that moved, and those that waited.
fn numbers(records: &[Assigned], turned: &BTreeSet<i64>) -> Vec<NewNumbers> {
    let moved = |record: &&Assigned| record.person != record.old_person || record.household != record.old_household;
    let written = records.iter().filter(|record| record.stale || moved(record));
    let numbers = |&Assigned { ord, person, household, .. }| NewNumbers {
        ord,
        person,
        household,
        changed: turned.contains(&ord),
    };
    written.map(numbers).collect()
}

fn rows(links: &[Link]) -> Vec<store::links::Pair> {
    links.iter().map(|link| (link.a, link.b, link.rule.as_str(), i64::from(link.weight))).collect()
}

/// Records that came into doubt or out of it: they changed, though nobody looked at the record itself.
fn turned(doubted: &BTreeSet<i64>, doubts: &[Link]) -> BTreeSet<i64> {
    let in_doubt: BTreeSet<i64> = doubts.iter().flat_map(|doubt| [doubt.a, doubt.b]).collect();
    doubted.symmetric_difference(&in_doubt).copied().collect()
}

/// Persons to look at again.
fn changed(records: &[Assigned]) -> Vec<i64> {
    let touched = records.iter().filter(|record| {
        !record.settled || record.person != record.old_person || record.household != record.old_household
    });
    let mut persons: Vec<i64> = touched.flat_map(|record| [record.old_person, record.person]).collect();
    persons.sort_unstable();
    persons.dedup();
    persons
}

/// Those of the records that went to another person whom somebody may have met as a person of its own.
async fn met(conn: &impl ConnectionTrait, records: &[Assigned]) -> Result<HashSet<i64>> {
    let moved = || records.iter().filter(|record| record.person != record.old_person);
    let unknown: Vec<i64> = moved().filter(|record| record.met.is_none()).map(|record| record.ord).collect();
    let logged = store::identity::with_events(conn, &unknown).await?;
    Ok(moved().filter(|record| record.met == Some(true)).map(|record| record.ord).chain(logged).collect())
}

/// Records that went from one person to another.
#[derive(Debug, Default)]
pub(super) struct Move {
    pub records: Vec<i64>,
    /// Whether the person they come from is gone, and the one they go to was there before.
    pub emptied: bool,
    pub joined: bool,
    pub rule: Option<Rule>,
}

/// Records that went together, if somebody has met one of them; the others join in silence. `records` are in order.
fn moves(records: &[Assigned], links: &[Link], met: &HashSet<i64>) -> BTreeMap<(i64, i64), Move> {
    let moved = || records.iter().filter(|record| record.person != record.old_person);
    let mut moves: BTreeMap<(i64, i64), Move> = moved()
        .filter(|record| met.contains(&record.ord))
        .map(|record| ((record.old_person, record.person), Move::default()))
        .collect();
    if moves.is_empty() {
        return moves;
    }
    for record in moved() {
        if let Some(step) = moves.get_mut(&(record.old_person, record.person)) {
            step.records.push(record.ord);
        }
    }
    let left: HashSet<i64> = moves.keys().map(|(from, _)| *from).collect();
    let still: HashSet<i64> =
        records.iter().map(|record| record.person).filter(|person| left.contains(person)).collect();
    let find = |ord: i64| records.binary_search_by_key(&ord, |record| record.ord).ok().map(|at| &records[at]);
    for ((from, to), step) in &mut moves {
        step.emptied = !still.contains(from);
        step.joined = find(*to).is_some_and(|record| record.old_person == *to);
    }
    for link in links {
        let (Some(a), Some(b)) = (find(link.a), find(link.b)) else { continue };
        for from in [a.old_person, b.old_person].into_iter().filter(|_| a.old_person != b.old_person) {
            if let Some(step) = moves.get_mut(&(from, a.person)) {
                step.rule = Some(step.rule.map_or(link.rule, |rule| rule.min(link.rule)));
            }
        }
    }
    moves
}
