//! How a person was pieced together, and what people say about it.

use std::collections::BTreeSet;

use careloop_db::{ConnectionTrait, Db, Tx};
use careloop_events::StoredEvent;
use careloop_kernel::ids::{DecisionId, PersonId, RecordId};
use careloop_kernel::permissions::{MergePeople, ReadPeople};
use careloop_kernel::{Ctx, Error, Result};
use serde_json::json;

use super::{reason, view, visible};
use crate::identity::Rule;
use crate::model::{Decision, DecisionKind, IdMove, IdentityLink, IdentityView, MoveKind};
use crate::portrait::Portrait;
use crate::resolve::{Resolve, resolve_in};
use crate::store;
use crate::store::care::NewDecision;

/// Pairs of records one unmerge may part.
const MOST_PAIRS: usize = 5_000;

/// Moves that are shown.
const MOST_MOVES: i64 = 200;

/// The records, the reasons, the decisions, and what became of the person's ids.
pub async fn identity(db: &Db, ctx: &Ctx<ReadPeople>, reference: &str) -> Result<IdentityView> {
    let conn = db.read();
    let portrait = visible(conn, ctx, reference).await?;
    let ords = ords(&portrait);
    let mut links = Vec::new();
    for row in store::care::links(conn, &ords).await? {
        if let Some(rule) = Rule::from_name(&row.rule) {
            links.push(IdentityLink { a: row.a_id.parse()?, b: row.b_id.parse()?, rule });
        }
    }
    let mut decisions = Vec::new();
    for row in store::care::decisions(conn, &ords).await? {
        decisions.push(Decision {
            id: row.id.parse()?,
            kind: if row.kind == DecisionKind::Must.as_str() { DecisionKind::Must } else { DecisionKind::Cannot },
            records: (row.record_a.parse()?, row.record_b.parse()?),
            actor: row.actor,
            reason: row.reason,
            created_at: row.created_at,
            withdrawn_at: row.withdrawn_at,
        });
    }
    let records = view::records(conn, &portrait).await?;
    let moves = moves(conn, &ords).await?;
    Ok(IdentityView { person: portrait.person, records, links, decisions, moves })
}

/// What became of the ids anchored at these records, newest first.
async fn moves(conn: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<IdMove>> {
    let seqs = store::identity::moves(conn, ords, MOST_MOVES).await?;
    let mut events = careloop_events::by_seqs(conn, &seqs).await?;
    events.sort_by_key(|event| std::cmp::Reverse((event.at, event.seq)));
    events.iter().map(id_move).collect()
}

fn id_move(event: &StoredEvent) -> Result<IdMove> {
    let person = |field: &str| -> Result<PersonId> {
        event.props.text_of(field).ok_or_else(|| Error::internal("a move that names nobody"))?.parse()
    };
    Ok(IdMove {
        event_id: event.event_id,
        kind: if event.kind == "person.merged" { MoveKind::Merged } else { MoveKind::Parted },
        at: event.at,
        person: person("person")?,
        other: person("other")?,
        records: event.props.get("records").and_then(|count| count.as_i64()).unwrap_or_default(),
        by: event.props.text_of("by").unwrap_or_default(),
        staff: event.props.text_of("staff").map(|id| id.parse()).transpose()?,
        rule: event.props.text_of("rule").as_deref().and_then(Rule::from_name),
    })
}

fn ords(portrait: &Portrait) -> Vec<i64> {
    portrait.records.iter().map(|record| record.row.ord).collect()
}

/// Says that two persons are one. Gives the person's number.
pub async fn merge(db: &Db, ctx: &Ctx<MergePeople>, (one, other): (&str, &str), why: &str) -> Result<i64> {
    let why = reason(why)?;
    let tx = db.begin().await?;
    store::lock_for_resolve(&*tx).await?;
    let (one, other) = (visible(&*tx, ctx, one).await?, visible(&*tx, ctx, other).await?);
    if one.person == other.person {
        return Err(Error::conflict("people.already_merged", "these are one person already; reload and look"));
    }
    let (left, right) = (ords(&one), ords(&other));
    store::care::withdraw_between(&*tx, DecisionKind::Cannot.as_str(), (&left, &right), ctx.now_us()).await?;
    // Each record to the other side's first: enough to hold everybody together, and every pair crosses, so that an unmerge
    // takes back exactly these.
    let pairs: BTreeSet<(i64, i64)> =
        left.iter().map(|ord| (*ord, right[0])).chain(right.iter().map(|ord| (left[0], *ord))).collect();
    decide(&tx, ctx, DecisionKind::Must, (pairs, &why)).await?;
    settle(&tx, ctx, left.iter().chain(&right).copied()).await?;
    let detail = json!({ "other": other.id, "reason": why });
    careloop_access::audit::append(&*tx, ctx, "person.merged", &one.id.to_string(), detail).await?;
    let merged = visible(&*tx, ctx, &one.id.to_string()).await?;
    if left.iter().chain(&right).any(|ord| !merged.records.iter().any(|record| record.row.ord == *ord)) {
        return Err(Error::conflict(
            "people.kept_apart",
            "an earlier decision keeps some of these records apart; take it back first",
        ));
    }
    tx.commit().await?;
    Ok(merged.person)
}

/// Says that some records of a person are somebody else. Gives the person that keeps the others.
pub async fn unmerge(
    db: &Db,
    ctx: &Ctx<MergePeople>,
    reference: &str,
    records: &[RecordId],
    why: &str,
) -> Result<PersonId> {
    let why = reason(why)?;
    let tx = db.begin().await?;
    store::lock_for_resolve(&*tx).await?;
    let portrait = visible(&*tx, ctx, reference).await?;
    let chosen: BTreeSet<String> = records.iter().map(RecordId::to_string).collect();
    let (leaving, staying): (Vec<_>, Vec<_>) =
        portrait.records.iter().partition(|record| chosen.contains(&record.row.id));
    let (leaving, staying): (Vec<i64>, Vec<i64>) =
        (leaving.iter().map(|r| r.row.ord).collect(), staying.iter().map(|r| r.row.ord).collect());
    if leaving.is_empty() || staying.is_empty() || leaving.len() < chosen.len() {
        let error = Error::invalid("people.unmerge_records", "choose some, but not all, of this person's records");
        return Err(error.with_field("record_ids", "some, but not all, of the person's records"));
    }
    if leaving.len() * staying.len() > MOST_PAIRS {
        return Err(Error::invalid(
            "people.unmerge_size",
            "too many records at once; take them apart in smaller groups",
        ));
    }
    store::care::withdraw_between(&*tx, DecisionKind::Must.as_str(), (&leaving, &staying), ctx.now_us()).await?;
    let pairs = leaving.iter().flat_map(|a| staying.iter().map(|b| (*a, *b))).collect();
    decide(&tx, ctx, DecisionKind::Cannot, (pairs, &why)).await?;
    settle(&tx, ctx, leaving.iter().chain(&staying).copied()).await?;
    let detail = json!({ "records": chosen, "reason": why });
    careloop_access::audit::append(&*tx, ctx, "person.unmerged", &portrait.id.to_string(), detail).await?;
    let keeper = portrait
        .records
        .iter()
        .find(|record| staying.contains(&record.row.ord))
        .map(|record| crate::facts::person_id(&record.row.id));
    tx.commit().await?;
    keeper.unwrap_or(Ok(portrait.id))
}

/// What made somebody decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A merge or an unmerge of whole persons.
    Person,
    /// A doubt.
    Review,
    /// A check of the program's own links.
    Sample,
}

impl Origin {
    fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Review => "review",
            Self::Sample => "sample",
        }
    }
}

async fn decide(
    tx: &Tx,
    ctx: &Ctx<MergePeople>,
    kind: DecisionKind,
    (pairs, why): (BTreeSet<(i64, i64)>, &str),
) -> Result<()> {
    let new = |(a, b): (i64, i64)| NewDecision {
        id: ctx.new_id(),
        kind: kind.as_str(),
        records: (a.min(b), a.max(b)),
        origin: Origin::Person.as_str(),
    };
    let decisions = pairs.into_iter().map(new).collect();
    store::care::insert_decisions(&**tx, decisions, (&ctx.actor().label(), why), ctx.now_us()).await
}

/// Writes a decision about one pair of records; one that says the same already is replaced.
pub(super) async fn decide_pair(
    tx: &Tx,
    ctx: &Ctx<MergePeople>,
    (kind, origin): (DecisionKind, Origin),
    ((a, b), why): ((i64, i64), &str),
) -> Result<DecisionId> {
    store::care::withdraw_between(&**tx, kind.as_str(), (&[a], &[b]), ctx.now_us()).await?;
    let id = ctx.new_id();
    let decision = NewDecision { id, kind: kind.as_str(), records: (a.min(b), a.max(b)), origin: origin.as_str() };
    store::care::insert_decisions(&**tx, vec![decision], (&ctx.actor().label(), why), ctx.now_us()).await?;
    Ok(id)
}

/// Lets identity look at records again, after somebody said something about them.
pub(super) async fn settle(tx: &Tx, ctx: &Ctx<MergePeople>, records: impl Iterator<Item = i64>) -> Result<()> {
    let decided: BTreeSet<i64> = records.collect();
    store::records::unsettle(&**tx, decided.iter().copied()).await?;
    resolve_in(tx, ctx, Resolve::Incremental, &decided).await.map(|_| ())
}
