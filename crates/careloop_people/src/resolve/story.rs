//! What is told of a resolve: who was joined, who was parted, and who made it so.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use careloop_db::{Engine, Tx};
use careloop_events::{INTERNAL_SOURCE, NewEvent, event_key};
use careloop_kernel::ids::{HouseholdId, PersonId, RecordId, StaffId};
use careloop_kernel::{Actor, Ctx, Error, Result};
use serde_json::{Map, Value, json};

use super::outcome::{Assigned, Move};
use crate::identity::Rule;
use crate::store;

/// Appends the events.
pub(super) async fn tell<P>(
    tx: &Tx,
    ctx: &Ctx<P>,
    records: &[Assigned],
    (moves, decided): (&BTreeMap<(i64, i64), Move>, &BTreeSet<i64>),
) -> Result<(u64, u64)> {
    let homes = homes(records);
    let numbers: BTreeSet<i64> =
        moves.keys().flat_map(|(from, to)| [*from, *to]).chain(homes.keys().copied()).collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let ids: HashMap<i64, String> = store::identity::ids(&**tx, &numbers).await?.into_iter().collect();
    let staff = match ctx.actor() {
        Actor::Staff { id, .. } => Some(*id),
        Actor::System(_) => None,
    };
    let makers = Makers { decided, staff, declared: declared(tx, moves).await? };
    let mut story = Story { ids, events: Vec::new(), moves: Vec::new(), now: ctx.now() };
    let (mut merged, mut unmerged) = (0, 0);
    for ((from, to), step) in moves {
        let mut fields = makers.of(step);
        fields.insert("records".to_owned(), json!(step.records.len()));
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
    store::identity::insert_moves(&**tx, story.moves).await?;
    Ok((merged, unmerged))
}

/// Records that moved by a decision and that a source has declared.
async fn declared(tx: &Tx, moves: &BTreeMap<(i64, i64), Move>) -> Result<HashSet<i64>> {
    let by_decision = moves.values().filter(|step| step.rule == Some(Rule::Decision));
    let records: Vec<i64> = by_decision.flat_map(|step| &step.records).copied().collect();
    Ok(store::identity::declared(&**tx, &records).await?.into_iter().collect())
}

/// Who may have made records move.
struct Makers<'a> {
    /// The records about which `staff` has just decided.
    decided: &'a BTreeSet<i64>,
    staff: Option<StaffId>,
    /// The records that a source declared.
    declared: HashSet<i64>,
}

impl Makers<'_> {
    /// The fields that say who made it so: whoever decided just now, people or a source earlier, or the rules alone.
    fn of(&self, step: &Move) -> Map<String, Value> {
        let any = |of: &dyn Fn(&i64) -> bool| step.records.iter().any(of);
        if any(&|ord| self.decided.contains(ord)) {
            let staff = self.staff.map(|id| ("staff".to_owned(), json!(id)));
            return std::iter::once(("by".to_owned(), json!("staff"))).chain(staff).collect();
        }
        let by = match step.rule {
            Some(Rule::Decision) if any(&|ord| self.declared.contains(ord)) => "source",
            Some(Rule::Decision) => "staff",
            _ => "rule",
        };
        Map::from_iter([("by".to_owned(), json!(by))])
    }
}

/// The households of at least two that changed for somebody known, and how many people they have.
fn homes(records: &[Assigned]) -> BTreeMap<i64, i64> {
    let changed = records.iter().filter(|record| record.household != record.old_household && record.settled);
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
    /// Under which ids the moves among the events are found.
    moves: Vec<(i64, [u8; 16])>,
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
        let message_id = self.push(kind, record, &format!("{id}:{other_id}"), props);
        let key = event_key(INTERNAL_SOURCE, &message_id);
        self.moves.extend([(person, key), (other, key)]);
        Ok(())
    }

    fn household(&mut self, household: i64, members: i64) -> Result<()> {
        let id = HouseholdId::anchored_at(PersonId::anchored_at(self.record_id(household)?));
        let props = Map::from_iter([("household".to_owned(), json!(id)), ("members".to_owned(), json!(members))]);
        self.push("household.changed", household, &id.to_string(), props);
        Ok(())
    }

    /// Adds an event and gives its message id.
    fn push(&mut self, kind: &str, record: i64, about: &str, props: Map<String, Value>) -> String {
        let message_id = format!("{kind}:{about}:{}:{}", self.now.as_microsecond(), self.events.len());
        self.events.push(NewEvent {
            kind: kind.to_owned(),
            record,
            clinic: None,
            source: INTERNAL_SOURCE,
            message_id: message_id.clone(),
            at: self.now,
            amount: None,
            props,
            flags: 0,
        });
        message_id
    }
}
