//! What a resolve of a neighbourhood reads. It asks for everything about a record and its household at once: on PostgreSQL the
//! way to the database takes longer than most of its answers.

use careloop_db::{ConnectionTrait, FromQueryResult, all, among, among_those, numbers};
use careloop_kernel::Result;
use sea_orm::{DbErr, QueryResult};

use super::identity::{MODEL, ModelRow, ResolveRow};
use super::keys::KeyRow;

/// A record, and what a neighbourhood wants to know of it.
pub(crate) struct NearRow {
    pub record: ResolveRow,
    /// A resolve has to look at it.
    pub stale: bool,
    /// Somebody may have met it as a person of its own: an earlier resolve had looked at it, or the log tells of it.
    pub met: bool,
    /// A decision about it holds.
    pub decided: bool,
}

const COLUMNS: &str = "r.ord, r.source, r.source_key, r.person, r.household, r.resolved_at, r.salt, r.sealed, r.stale,
    (r.resolved_at IS NOT NULL OR EXISTS (SELECT 1 FROM events e WHERE e.record = r.ord)) AS met,
    (EXISTS (SELECT 1 FROM identity_decisions d WHERE d.record_a = r.ord AND d.withdrawn_at IS NULL)
     OR EXISTS (SELECT 1 FROM identity_decisions d WHERE d.record_b = r.ord AND d.withdrawn_at IS NULL)) AS decided";

impl NearRow {
    /// The columns above from the `first` on.
    fn read(row: &QueryResult, first: usize) -> std::result::Result<Self, DbErr> {
        Ok(Self {
            record: ResolveRow::read(row, first)?,
            stale: row.try_get_by_index(first + 8)?,
            met: row.try_get_by_index(first + 9)?,
            decided: row.try_get_by_index(first + 10)?,
        })
    }
}

impl FromQueryResult for NearRow {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> std::result::Result<Self, DbErr> {
        Self::read(row, 0)
    }
}

/// Either the weights or a record.
enum Start {
    Weights(ModelRow),
    Record(Box<NearRow>),
}

impl FromQueryResult for Start {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> std::result::Result<Self, DbErr> {
        let Some(version) = row.try_get_by_index(0)? else { return Ok(Self::Record(Box::new(NearRow::read(row, 6)?))) };
        Ok(Self::Weights(ModelRow {
            version,
            learned_at: row.try_get_by_index(1)?,
            records: row.try_get_by_index(2)?,
            highest: row.try_get_by_index(3)?,
            persons: row.try_get_by_index(4)?,
            parameters: row.try_get_by_index(5)?,
        }))
    }
}

/// The newest weights, if any were ever learned, and up to `limit` records a resolve has to look at, with everybody of their
/// households.
pub(crate) async fn start(connection: &impl ConnectionTrait, limit: i64) -> Result<(Option<ModelRow>, Vec<NearRow>)> {
    // As a number in the text: SQLite prepares a statement again for each value bound to a LIMIT.
    let homes = format!("SELECT household FROM records WHERE stale ORDER BY ord LIMIT {limit}");
    let sql = format!(
        "SELECT version, learned_at, records, highest, persons, parameters,
                NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM ({MODEL}) m
         UNION ALL
         SELECT NULL, NULL, NULL, NULL, NULL, NULL, {COLUMNS} FROM records r WHERE {}",
        among_those(connection, "r.household", &homes)
    );
    let (mut weights, mut waiting) = (None, Vec::new());
    for row in all::<Start>(connection, &sql, []).await? {
        match row {
            Start::Weights(row) => weights = Some(row),
            Start::Record(row) => waiting.push(*row),
        }
    }
    Ok((weights, waiting))
}

/// Everybody of the households of these records.
pub(crate) async fn homes_of(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<NearRow>> {
    if ords.is_empty() {
        return Ok(Vec::new());
    }
    let homes = format!("SELECT household FROM records WHERE {}", among(connection, "ord", "$1"));
    let sql = format!("SELECT {COLUMNS} FROM records r WHERE {}", among_those(connection, "r.household", &homes));
    all(connection, &sql, [numbers(connection, ords.iter().copied())]).await
}

/// Either a key and a record that has it, or a record.
enum Shared {
    Key(KeyRow),
    Record(Box<NearRow>),
}

impl FromQueryResult for Shared {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> std::result::Result<Self, DbErr> {
        Ok(match row.try_get_by_index(0)? {
            Some(hash) => Self::Key(KeyRow { hash, record: row.try_get_by_index(1)? }),
            None => Self::Record(Box::new(NearRow::read(row, 1)?)),
        })
    }
}

/// How much [`sharing`] reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of more entries than this only so many come, and no records.
    pub entries: i64,
    /// Records of keys that more records share do not come.
    pub sharing: i64,
}

/// Who has these keys, and everybody of the households of those who do but the `known` records.
pub(crate) async fn sharing(
    connection: &impl ConnectionTrait,
    hashes: &[i64],
    known: impl IntoIterator<Item = i64>,
    Limits { entries, sharing: sharing_at_most }: Limits,
) -> Result<(Vec<KeyRow>, Vec<NearRow>)> {
    let sharing =
        "SELECT record FROM entries WHERE hash IN (SELECT hash FROM entries GROUP BY hash HAVING COUNT(*) <= $3)";
    let homes = format!("SELECT household FROM records WHERE {}", among_those(connection, "ord", sharing));
    let sql = format!(
        "WITH entries AS MATERIALIZED (SELECT hash, record FROM record_keys WHERE {} LIMIT {entries})
         SELECT hash, record, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM entries
         UNION ALL
         SELECT NULL, {COLUMNS} FROM records r
         WHERE {} AND NOT ({}) AND (SELECT COUNT(*) FROM entries) < {entries}",
        among(connection, "hash", "$1"),
        among_those(connection, "r.household", &homes),
        among(connection, "r.ord", "$2"),
    );
    let values = [numbers(connection, hashes.iter().copied()), numbers(connection, known), sharing_at_most.into()];
    let (mut keys, mut records) = (Vec::new(), Vec::new());
    for shared in all::<Shared>(connection, &sql, values).await? {
        match shared {
            Shared::Key(key) => keys.push(key),
            Shared::Record(row) => records.push(*row),
        }
    }
    Ok((keys, records))
}
