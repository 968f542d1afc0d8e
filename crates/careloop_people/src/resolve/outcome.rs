//! What changed, written: numbers, reasons, events.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use careloop_db::{Engine, Tx};
use careloop_events::{INTERNAL_SOURCE, NewEvent};
use careloop_kernel::ids::{HouseholdId, PersonId, RecordId};
use careloop_kernel::{Ctx, Error, Result};
use serde_json::{Map, Value, json};

use super::ResolveReport;
use super::read::Loaded;
use crate::identity::Rule;
use crate::identity::cluster::Edge;
use crate::store;
use crate::store::identity::Pairs;

/// A record before and after.
#[derive(Debug, Clone)]
pub(super) struct Assigned {
    pub ord: i64,
    pub old_person: i64,
    pub old_household: i64,
    /// Whether an earlier resolve had looked at it.
    pub settled: bool,
    pub person: i64,
    pub household: i64,
}

impl Assigned {
    /// A record that stays what it is.
    pub fn of(record: &Loaded) -> Self {
        let Loaded { ord, person, household, settled, .. } = *record;
        Self { ord, old_person: person, old_household: household, settled, person, household }
    }
}

/// Why two records are one person, or may be; lower record first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    a: i64,
    b: i64,
    rule: Rule,
    weight: i32,
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
    /// Records whose clusters were computed; the other records given only had their household computed.
    At(Vec<i64>),
}

/// Writes the outcome and tells of it.
pub(super) async fn write<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    Found { records, links, doubts }: Found,
    looked: Looked,
) -> Result<ResolveReport> {
    let conn = &**tx;
    let moved: Vec<(i64, i64, i64)> = records
        .iter()
        .filter(|record| record.person != record.old_person || record.household != record.old_household)
        .map(|record| (record.ord, record.person, record.household))
        .collect();
    store::identity::assign(conn, &moved).await?;
    let scope = match &looked {
        Looked::AtEverything => None,
        Looked::At(ords) => Some(&ords[..]),
    };
    let rows = |links: &[Link]| -> Vec<_> {
        links.iter().map(|link| (link.a, link.b, link.rule.as_str(), i64::from(link.weight))).collect()
    };
    store::identity::replace_links(conn, Pairs::Links, scope, &rows(&links)).await?;
    let doubted = store::identity::doubted(conn, scope).await?;
    store::identity::replace_links(conn, Pairs::Doubts, scope, &rows(&doubts)).await?;
    store::identity::settle(conn, ctx.now_us(), scope).await?;
    // A record that came into doubt or out of it changed, though nobody looked at the record itself.
    let in_doubt: BTreeSet<i64> = doubts.iter().flat_map(|doubt| [doubt.a, doubt.b]).collect();
    let turned: Vec<i64> = doubted.symmetric_difference(&in_doubt).copied().collect();
    store::identity::mark_changed(conn, ctx.now_us(), &turned).await?;
    let moves = moves(&records, &links);
    let told = tell(tx, ctx, &records, &moves).await?;
    let full = scope.is_none();
    Ok(ResolveReport {
        full,
        records: records.len() as u64,
        persons: count_persons(tx, &records, full).await?,
        merged: told.0,
        unmerged: told.1,
        changed: changed(&records),
    })
}

/// How many persons there are; a count kept along, so that one new record does not make the database count them all.
async fn count_persons(tx: &Tx, records: &[Assigned], full: bool) -> Result<i64> {
    let now = records.iter().filter(|record| record.ord == record.person).count() as i64;
    if full {
        store::records::set_persons(&**tx, now).await?;
        return Ok(now);
    }
    let before = records.iter().filter(|record| record.ord == record.old_person).count() as i64;
    store::records::add_persons(&**tx, now - before).await
}

/// Persons to look at again.
fn changed(records: &[Assigned]) -> Vec<i64> {
    let touched = records.iter().filter(|record| {
        !record.settled || record.person != record.old_person || record.household != record.old_household
    });
    let persons: BTreeSet<i64> = touched.flat_map(|record| [record.old_person, record.person]).collect();
    persons.into_iter().collect()
}

/// Records that went from one person to another.
#[derive(Debug)]
struct Move {
    records: Vec<i64>,
    /// Whether the person they come from is gone, and the one they go to was there before.
    emptied: bool,
    joined: bool,
    rule: Option<Rule>,
}

fn moves(records: &[Assigned], links: &[Link]) -> BTreeMap<(i64, i64), Move> {
    let now: HashSet<i64> = records.iter().map(|record| record.person).collect();
    let mut moves: BTreeMap<(i64, i64), Move> = BTreeMap::new();
    for record in records.iter().filter(|record| record.person != record.old_person) {
        let key = (record.old_person, record.person);
        let new =
            || Move { records: Vec::new(), emptied: !now.contains(&record.old_person), joined: false, rule: None };
        moves.entry(key).or_insert_with(new).records.push(record.ord);
    }
    if moves.is_empty() {
        return moves;
    }
    let before: HashMap<i64, i64> = records.iter().map(|record| (record.ord, record.old_person)).collect();
    for ((_, to), step) in &mut moves {
        step.joined = before.get(to) == Some(to);
    }
    let after: HashMap<i64, i64> = records.iter().map(|record| (record.ord, record.person)).collect();
    for link in links {
        let (Some(a), Some(b), Some(to)) = (before.get(&link.a), before.get(&link.b), after.get(&link.a)) else {
            continue;
        };
        for from in [a, b].into_iter().filter(|_| a != b) {
            if let Some(step) = moves.get_mut(&(*from, *to)) {
                step.rule = Some(step.rule.map_or(link.rule, |rule| rule.min(link.rule)));
            }
        }
    }
    moves
}

/// Appends the events. A record that no resolve had seen and the log does not tell of joins in silence: nobody has met it
/// as a person of its own.
async fn tell<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    records: &[Assigned],
    moves: &BTreeMap<(i64, i64), Move>,
) -> Result<(u64, u64)> {
    let settled: HashSet<i64> = records.iter().filter(|record| record.settled).map(|record| record.ord).collect();
    let unknown: Vec<i64> =
        moves.values().flat_map(|step| &step.records).copied().filter(|ord| !settled.contains(ord)).collect();
    let met: HashSet<i64> =
        store::identity::with_events(&**tx, &unknown).await?.into_iter().chain(settled.iter().copied()).collect();
    let homes = homes(records, &settled);
    let told: Vec<_> = moves.iter().filter(|(_, step)| step.records.iter().any(|ord| met.contains(ord))).collect();
    let numbers: BTreeSet<i64> =
        told.iter().flat_map(|((from, to), _)| [*from, *to]).chain(homes.keys().copied()).collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let ids: HashMap<i64, String> = store::identity::ids(&**tx, &numbers).await?.into_iter().collect();
    let mut story = Story { ids, events: Vec::new(), now: ctx.now() };
    let (mut merged, mut unmerged) = (0, 0);
    for ((from, to), step) in told {
        let fields = Map::from_iter([
            ("records".to_owned(), json!(step.records.len())),
            ("by".to_owned(), json!(by(step.rule))),
        ]);
        if step.joined {
            merged += 1;
            let mut fields = fields.clone();
            fields.extend(step.rule.map(|rule| ("rule".to_owned(), json!(rule.as_str()))));
            story.person("person.merged", (*to, *from), step.records[0], fields)?;
        }
        if !step.joined || !step.emptied {
            unmerged += 1;
            story.person("person.unmerged", (*from, *to), step.records[0], fields)?;
        }
    }
    for (household, members) in homes {
        story.household(household, members)?;
    }
    careloop_events::append(
        &**tx,
        Engine::from(sea_orm::ConnectionTrait::get_database_backend(&**tx)),
        ctx,
        &story.events,
    )
    .await?;
    Ok((merged, unmerged))
}

fn by(rule: Option<Rule>) -> &'static str {
    if rule == Some(Rule::Decision) { "staff" } else { "rule" }
}

/// The households of at least two that changed for somebody known, and how many people they have.
fn homes(records: &[Assigned], settled: &HashSet<i64>) -> BTreeMap<i64, i64> {
    let changed =
        records.iter().filter(|record| record.household != record.old_household && settled.contains(&record.ord));
    let mut homes: BTreeMap<i64, i64> =
        changed.flat_map(|record| [(record.old_household, 0), (record.household, 0)]).collect();
    for record in records.iter().filter(|record| record.ord == record.person) {
        if let Some(members) = homes.get_mut(&record.household) {
            *members += 1;
        }
    }
    homes.retain(|_, members| *members > 0);
    homes
}

struct Story {
    ids: HashMap<i64, String>,
    events: Vec<NewEvent>,
    now: jiff::Timestamp,
}

impl Story {
    fn record_id(&self, ord: i64) -> Result<RecordId> {
        self.ids.get(&ord).ok_or_else(|| Error::internal("a person's anchor record is gone"))?.parse()
    }

    fn person(
        &mut self,
        kind: &str,
        (person, other): (i64, i64),
        record: i64,
        mut props: Map<String, Value>,
    ) -> Result<()> {
        let (id, other_id) =
            (PersonId::anchored_at(self.record_id(person)?), PersonId::anchored_at(self.record_id(other)?));
        props.insert("person".to_owned(), json!(id));
        props.insert("other".to_owned(), json!(other_id));
        self.push(kind, record, &format!("{id}:{other_id}"), props);
        Ok(())
    }

    fn household(&mut self, household: i64, members: i64) -> Result<()> {
        let id = HouseholdId::anchored_at(PersonId::anchored_at(self.record_id(household)?));
        let props = Map::from_iter([("household".to_owned(), json!(id)), ("members".to_owned(), json!(members))]);
        self.push("household.changed", household, &id.to_string(), props);
        Ok(())
    }

    fn push(&mut self, kind: &str, record: i64, about: &str, props: Map<String, Value>) {
        let message_id = format!("{kind}:{about}:{}:{}", self.now.as_microsecond(), self.events.len());
        self.events.push(NewEvent {
            kind: kind.to_owned(),
            record,
            clinic: None,
            source: INTERNAL_SOURCE,
            message_id,
            at: self.now,
            amount: None,
            props,
            flags: 0,
        });
    }
}
