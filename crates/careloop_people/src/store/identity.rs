//! What a resolve reads and writes.

use std::collections::BTreeSet;

use careloop_db::{ConnectionTrait, FromQueryResult, Value, all, among, in_list, numbers, optional, run};
use careloop_kernel::Result;
use sea_orm::{DbErr, QueryResult};

use super::insert_rows;

/// A record as a resolve reads it.
#[derive(Clone)]
pub(crate) struct ResolveRow {
    pub ord: i64,
    pub source: i64,
    pub source_key: String,
    pub person: i64,
    pub household: i64,
    pub resolved_at: Option<i64>,
    pub salt: Option<Vec<u8>>,
    pub sealed: Option<Vec<u8>>,
}

/// By position: a full resolve reads millions, and looking up eight names for each is slower than opening it.
impl FromQueryResult for ResolveRow {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> std::result::Result<Self, DbErr> {
        Self::read(row, 0)
    }
}

impl ResolveRow {
    /// The columns below from the `first` on.
    pub fn read(row: &QueryResult, first: usize) -> std::result::Result<Self, DbErr> {
        Ok(Self {
            ord: row.try_get_by_index(first)?,
            source: row.try_get_by_index(first + 1)?,
            source_key: row.try_get_by_index(first + 2)?,
            person: row.try_get_by_index(first + 3)?,
            household: row.try_get_by_index(first + 4)?,
            resolved_at: row.try_get_by_index(first + 5)?,
            salt: row.try_get_by_index(first + 6)?,
            sealed: row.try_get_by_index(first + 7)?,
        })
    }
}

const COLUMNS: &str = "ord, source, source_key, person, household, resolved_at, salt, sealed";

/// The records after `ord`, in order.
pub(crate) async fn after(connection: &impl ConnectionTrait, ord: i64, limit: i64) -> Result<Vec<ResolveRow>> {
    all(
        connection,
        &format!("SELECT {COLUMNS} FROM records WHERE ord > $1 ORDER BY ord LIMIT $2"),
        [ord.into(), limit.into()],
    )
    .await
}

/// The records of these numbers.
pub(crate) async fn by_ord(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<ResolveRow>> {
    if ords.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT {COLUMNS} FROM records WHERE {}", among(connection, "ord", "$1"));
    all(connection, &sql, [numbers(connection, ords.iter().copied())]).await
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// Whether a resolve has to look at a record.
pub(crate) async fn is_anything_stale(connection: &impl ConnectionTrait) -> Result<bool> {
    let sql = "SELECT ord AS value FROM records WHERE stale LIMIT 1";
    Ok(optional::<Number>(connection, sql, []).await?.is_some())
}

/// A decision that holds.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct DecisionRow {
    pub kind: String,
    pub record_a: i64,
    pub record_b: i64,
}

/// Every decision that holds.
pub(crate) async fn all_decisions(connection: &impl ConnectionTrait) -> Result<Vec<DecisionRow>> {
    all(connection, "SELECT kind, record_a, record_b FROM identity_decisions WHERE withdrawn_at IS NULL", []).await
}

/// The decisions that hold and touch one of these records.
pub(crate) async fn decisions_of(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<DecisionRow>> {
    let sql = format!(
        "SELECT kind, record_a, record_b FROM identity_decisions WHERE ({} OR {}) AND withdrawn_at IS NULL",
        among(connection, "record_a", "$1"),
        among(connection, "record_b", "$1"),
    );
    all(connection, &sql, [numbers(connection, ords.iter().copied())]).await
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewNumbers {
    pub ord: i64,
    pub person: i64,
    pub household: i64,
    /// Whether those who derive something from it shall look at it again, though it was not waiting for a resolve.
    pub changed: bool,
}

/// Statements that set person and household of records, and say that they have been looked at.
pub(crate) fn assign(now: i64, rows: &[NewNumbers]) -> Vec<String> {
    let row = |row: &NewNumbers| format!("({}, {}, {}, {})", row.ord, row.person, row.household, row.changed);
    let statement = |part: &[NewNumbers]| {
        let list: Vec<String> = part.iter().map(row).collect();
        format!(
            "WITH new_numbers (ord, person, household, changed) AS (VALUES {})
             UPDATE records SET person = new_numbers.person, household = new_numbers.household,
                                resolved_at = CASE WHEN stale OR changed THEN {now} ELSE resolved_at END, stale = FALSE
             FROM new_numbers WHERE records.ord = new_numbers.ord",
            list.join(", ")
        )
    };
    rows.chunks(2_000).map(statement).collect()
}

/// Says that all records have been looked at.
pub(crate) async fn settle_all(tx: &impl ConnectionTrait, now: i64) -> Result<()> {
    run(tx, "UPDATE records SET resolved_at = $1, stale = FALSE WHERE stale", [now.into()]).await
}

/// Statements that say that these records changed, for those who derive something from them.
pub(crate) fn mark_changed(now: i64, ords: &BTreeSet<i64>) -> Vec<String> {
    let ords: Vec<i64> = ords.iter().copied().collect();
    let statement = |part: &[i64]| {
        format!("UPDATE records SET resolved_at = {now} WHERE ord IN ({})", in_list(part.iter().copied()))
    };
    ords.chunks(2_000).map(statement).collect()
}

/// The weights in force.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct ModelRow {
    pub version: i64,
    pub learned_at: i64,
    /// The highest record when they were learned.
    pub records: i64,
    pub parameters: String,
    /// The highest record now.
    pub highest: i64,
    /// How many persons there are now.
    pub persons: i64,
}

pub(super) const MODEL: &str =
    "SELECT version, learned_at, records, parameters, (SELECT COALESCE(MAX(ord), 0) FROM records) AS highest,
            COALESCE((SELECT value FROM counters WHERE name = 'persons'), 0) AS persons
     FROM identity_models ORDER BY version DESC LIMIT 1";

/// The newest weights, if any were ever learned.
pub(crate) async fn model(connection: &impl ConnectionTrait) -> Result<Option<ModelRow>> {
    optional(connection, MODEL, []).await
}

/// Weights that were learned.
pub(crate) struct NewModel {
    pub version: i64,
    pub learned_at: i64,
    /// The highest record now.
    pub records: i64,
    pub parameters: String,
}

/// Adds a version of the weights; `names` (blind hash, step) replace those of the version before.
pub(crate) async fn insert_model(tx: &impl ConnectionTrait, row: NewModel, names: Vec<(i64, i64)>) -> Result<()> {
    let sql = "INSERT INTO identity_models (version, learned_at, records, parameters) VALUES ($1, $2, $3, $4)";
    run(tx, sql, [row.version.into(), row.learned_at.into(), row.records.into(), row.parameters.into()]).await?;
    run(tx, "DELETE FROM identity_names", []).await?;
    let rows = names.into_iter().map(|(hash, step)| vec![hash.into(), step.into()]);
    insert_rows(tx, "INSERT INTO identity_names (hash, step)", 2, rows).await.map(|_| ())
}

/// A name that is not of the rarest, and its step.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct StepRow {
    pub hash: i64,
    pub step: i64,
}

/// The steps of these names; all that are listed, if none are given.
pub(crate) async fn name_steps(connection: &impl ConnectionTrait, hashes: Option<&[i64]>) -> Result<Vec<StepRow>> {
    let Some(hashes) = hashes else { return all(connection, "SELECT hash, step FROM identity_names", []).await };
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT hash, step FROM identity_names WHERE {}", among(connection, "hash", "$1"));
    all(connection, &sql, [numbers(connection, hashes.iter().copied())]).await
}

/// The highest number a record has.
pub(crate) async fn highest(connection: &impl ConnectionTrait) -> Result<i64> {
    let row: Option<Number> = optional(connection, "SELECT COALESCE(MAX(ord), 0) AS value FROM records", []).await?;
    Ok(row.map_or(0, |row| row.value))
}

#[derive(FromQueryResult)]
struct Named {
    ord: i64,
    id: String,
}

/// The public ids of records.
pub(crate) async fn ids(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<(i64, String)>> {
    if ords.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT ord, id FROM records WHERE {}", among(connection, "ord", "$1"));
    let rows: Vec<Named> = all(connection, &sql, [numbers(connection, ords.iter().copied())]).await?;
    Ok(rows.into_iter().map(|row| (row.ord, row.id)).collect())
}

/// Notes under which ids an event tells of a move: (the record an id is anchored at, the event's key).
pub(crate) async fn insert_moves(tx: &impl ConnectionTrait, rows: Vec<(i64, [u8; 16])>) -> Result<()> {
    let rows = rows.into_iter().map(|(record, event)| vec![record.into(), event.to_vec().into()]);
    insert_rows(tx, "INSERT INTO identity_moves (record, event)", 2, rows).await.map(|_| ())
}

/// Where in the log the newest moves stand that tell of an id anchored at one of these records.
pub(crate) async fn moves(connection: &impl ConnectionTrait, ords: &[i64], limit: i64) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT e.seq AS value FROM events e WHERE e.key IN (SELECT m.event FROM identity_moves m WHERE {})
         ORDER BY e.at DESC, e.seq DESC LIMIT $2",
        among(connection, "m.record", "$1")
    );
    numbers_of(connection, &sql, [numbers(connection, ords.iter().copied()), limit.into()]).await
}

/// Those of these records that a source declared to be somebody else's too.
pub(crate) async fn declared(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<i64>> {
    if ords.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT r.ord AS value FROM records r WHERE {} AND EXISTS (SELECT 1 FROM identity_decisions d
         WHERE d.origin = 'source' AND d.withdrawn_at IS NULL AND (d.record_a = r.ord OR d.record_b = r.ord))",
        among(connection, "r.ord", "$1")
    );
    numbers_of(connection, &sql, [numbers(connection, ords.iter().copied())]).await
}

/// Which of these records the log tells of.
pub(crate) async fn with_events(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT ord AS value FROM records WHERE {} AND EXISTS (SELECT 1 FROM events WHERE events.record = records.ord)",
        among(connection, "ord", "$1")
    );
    let mut rows = Vec::new();
    for part in ords.chunks(50_000) {
        rows.extend(numbers_of(connection, &sql, [numbers(connection, part.iter().copied())]).await?);
    }
    Ok(rows)
}

async fn numbers_of<const N: usize>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<i64>> {
    Ok(all::<Number>(connection, sql, values).await?.into_iter().map(|row| row.value).collect())
}
