//! What people write about a person: decisions, notes, consents, owners.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute, in_list, optional, run};
use careloop_kernel::ids::{ConsentId, DecisionId, NoteId};
use careloop_kernel::{Result, Scope};

use super::insert_rows;

/// A decision with the public ids of its records.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct DecisionRow {
    pub id: String,
    pub kind: String,
    pub record_a: String,
    pub record_b: String,
    pub actor: String,
    pub reason: String,
    pub created_at: i64,
    pub withdrawn_at: Option<i64>,
}

/// Every decision that touches one of these records, newest first.
pub(crate) async fn decisions(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<DecisionRow>> {
    let list = in_list(records.iter().copied());
    let sql = format!(
        "SELECT d.id, d.kind, a.id AS record_a, b.id AS record_b, d.actor, d.reason, d.created_at, d.withdrawn_at
         FROM identity_decisions d JOIN records a ON a.ord = d.record_a JOIN records b ON b.ord = d.record_b
         WHERE d.record_a IN ({list}) OR d.record_b IN ({list}) ORDER BY d.created_at DESC, d.id DESC"
    );
    all(connection, &sql, []).await
}

/// A decision to be written; the lower record first.
pub(crate) struct NewDecision {
    pub id: DecisionId,
    pub kind: &'static str,
    pub records: (i64, i64),
    /// What made somebody decide.
    pub origin: &'static str,
}

/// A record and the person it is now.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct PlaceRow {
    pub ord: i64,
    pub person: i64,
}

/// The record of an id, if it lies within a scope.
pub(crate) async fn record_of(connection: &impl ConnectionTrait, id: &str, scope: &Scope) -> Result<Option<PlaceRow>> {
    let sql = format!("SELECT ord, person FROM records WHERE id = $1 AND {}", scope.record_condition("records"));
    optional(connection, &sql, [id.into()]).await
}

/// Adds decisions; a pair that is decided already stays.
pub(crate) async fn insert_decisions(
    tx: &impl ConnectionTrait,
    decisions: Vec<NewDecision>,
    (actor, reason): (&str, &str),
    now: i64,
) -> Result<()> {
    let rows = decisions.into_iter().map(|row| {
        let (a, b) = row.records;
        let id = row.id.to_string();
        vec![id.into(), row.kind.into(), row.origin.into(), a.into(), b.into(), actor.into(), reason.into(), now.into()]
    });
    let sql = "INSERT INTO identity_decisions (id, kind, origin, record_a, record_b, actor, reason, created_at)";
    insert_rows(tx, sql, 8, rows).await.map(|_| ())
}

/// Takes back the decisions of one kind between two groups of records.
pub(crate) async fn withdraw_between(
    tx: &impl ConnectionTrait,
    kind: &str,
    (one, other): (&[i64], &[i64]),
    now: i64,
) -> Result<()> {
    let (one, other) = (in_list(one.iter().copied()), in_list(other.iter().copied()));
    let sql = format!(
        "UPDATE identity_decisions SET withdrawn_at = $1 WHERE kind = $2 AND withdrawn_at IS NULL
         AND ((record_a IN ({one}) AND record_b IN ({other})) OR (record_a IN ({other}) AND record_b IN ({one})))"
    );
    run(tx, &sql, [now.into(), kind.into()]).await
}

/// A link with the public ids of its records.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct LinkRow {
    pub a: i64,
    pub b: i64,
    pub a_id: String,
    pub b_id: String,
    pub rule: String,
}

/// The links among these records.
pub(crate) async fn links(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<LinkRow>> {
    let list = in_list(records.iter().copied());
    let sql = format!(
        "SELECT l.record_a AS a, l.record_b AS b, a.id AS a_id, b.id AS b_id, l.rule
         FROM identity_links l JOIN records a ON a.ord = l.record_a JOIN records b ON b.ord = l.record_b
         WHERE l.record_a IN ({list}) ORDER BY l.record_a, l.record_b"
    );
    all(connection, &sql, []).await
}

/// A note, sealed.
#[derive(Clone, FromQueryResult)]
pub(crate) struct NoteRow {
    pub ord: i64,
    pub id: String,
    pub author: Option<String>,
    pub salt: Option<Vec<u8>>,
    pub sealed: Option<Vec<u8>>,
    pub created_at: i64,
}

/// A note to be written.
pub(crate) struct NewNote {
    pub id: NoteId,
    pub record: i64,
    pub staff: Option<i64>,
    pub salt: Vec<u8>,
    pub sealed: Vec<u8>,
    pub now: i64,
}

pub(crate) async fn insert_note(tx: &impl ConnectionTrait, note: NewNote) -> Result<()> {
    let sql = "INSERT INTO notes (id, record, staff, salt, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let NewNote { id, record, staff, salt, sealed, now } = note;
    run(tx, sql, [id.to_string().into(), record.into(), staff.into(), salt.into(), sealed.into(), now.into()]).await
}

/// The notes on these records before `before`, newest first.
pub(crate) async fn notes(
    connection: &impl ConnectionTrait,
    records: &[i64],
    before: i64,
    limit: i64,
) -> Result<Vec<NoteRow>> {
    let sql = format!(
        "SELECT n.ord, n.id, s.name AS author, n.salt, n.sealed, n.created_at FROM notes n LEFT JOIN staff s ON s.ord = n.staff
         WHERE n.record IN ({}) AND n.erased_at IS NULL AND n.ord < $1 ORDER BY n.ord DESC LIMIT $2",
        in_list(records.iter().copied())
    );
    all(connection, &sql, [before.into(), limit.into()]).await
}

/// Destroys a note on one of these records; whether there was one.
pub(crate) async fn erase_note(tx: &impl ConnectionTrait, id: NoteId, records: &[i64], now: i64) -> Result<bool> {
    let sql = format!(
        "UPDATE notes SET salt = NULL, sealed = NULL, erased_at = $1 WHERE id = $2 AND erased_at IS NULL AND record IN ({})",
        in_list(records.iter().copied())
    );
    Ok(execute(tx, &sql, [now.into(), id.to_string().into()]).await? == 1)
}

/// A consent as stored.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct ConsentRow {
    pub id: String,
    pub channel: String,
    pub state: String,
    pub created_at: i64,
}

/// Every consent of these records, the latest last.
pub(crate) async fn consents(connection: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<ConsentRow>> {
    let list = in_list(records.iter().copied());
    let sql =
        format!("SELECT id, channel, state, created_at FROM consents WHERE record IN ({list}) ORDER BY created_at, id");
    all(connection, &sql, []).await
}

/// A consent to be written.
pub(crate) struct NewConsent<'a> {
    pub id: ConsentId,
    pub record: i64,
    pub channel: &'a str,
    pub state: &'a str,
    pub proof: &'a str,
    pub actor: String,
    pub now: i64,
}

pub(crate) async fn insert_consent(tx: &impl ConnectionTrait, consent: NewConsent<'_>) -> Result<()> {
    let sql = "INSERT INTO consents (id, record, channel, state, proof, actor, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let NewConsent { id, record, channel, state, proof, actor, now } = consent;
    run(
        tx,
        sql,
        [id.to_string().into(), record.into(), channel.into(), state.into(), proof.into(), actor.into(), now.into()],
    )
    .await
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// Sets who looks after those of these records that lie within a scope; gives them, in order.
pub(crate) async fn set_owner(
    tx: &impl ConnectionTrait,
    records: &[i64],
    scope: &Scope,
    (owner, now): (Option<i64>, i64),
) -> Result<Vec<i64>> {
    let (list, within) = (in_list(records.iter().copied()), scope.record_condition("records"));
    let sql = format!(
        "UPDATE records SET owner = $1, updated_at = $2 WHERE ord IN ({list}) AND {within} RETURNING ord AS value"
    );
    let rows: Vec<Number> = all(tx, &sql, [owner.into(), now.into()]).await?;
    let mut changed: Vec<i64> = rows.into_iter().map(|row| row.value).collect();
    changed.sort_unstable();
    Ok(changed)
}

/// How many persons have a key.
pub(crate) async fn persons_with(connection: &impl ConnectionTrait, hash: i64) -> Result<i64> {
    let sql = "SELECT COUNT(DISTINCT m.person) AS value FROM record_keys k JOIN records m ON m.ord = k.record WHERE k.hash = $1";
    Ok(optional::<Number>(connection, sql, [hash.into()]).await?.map_or(0, |row| row.value))
}
