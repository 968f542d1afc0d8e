//! The blind indexes.

use careloop_db::{ConnectionTrait, Engine, FromQueryResult, Value, all, among, in_list, numbers, run};
use careloop_kernel::Result;

use super::insert_rows;

/// Hashes of one statement.
const CHUNK: usize = 500;

/// A key and a record that has it.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct KeyRow {
    pub hash: i64,
    pub record: i64,
}

/// A key and how many records have it.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct CountRow {
    pub hash: i64,
    pub records: i64,
}

/// Adds keys. Sorted, so that a page of the tree is written once for the whole batch.
pub(crate) async fn insert(tx: &impl ConnectionTrait, mut keys: Vec<(i64, i64)>) -> Result<()> {
    keys.sort_unstable();
    if Engine::from(tx.get_database_backend()) == Engine::Postgres {
        return insert_arrays(tx, &keys).await;
    }
    let rows = keys.into_iter().map(|(hash, record)| vec![hash.into(), record.into()]);
    insert_rows(tx, "INSERT INTO record_keys (hash, record)", 2, rows).await.map(|_| ())
}

/// Two arrays as text: one parameter each instead of two a row.
async fn insert_arrays(tx: &impl ConnectionTrait, keys: &[(i64, i64)]) -> Result<()> {
    for part in keys.chunks(50_000) {
        let array = |value: fn(&(i64, i64)) -> i64| {
            let list: Vec<String> = part.iter().map(|key| value(key).to_string()).collect();
            Value::from(format!("{{{}}}", list.join(",")))
        };
        let sql = "INSERT INTO record_keys (hash, record)
                   SELECT * FROM unnest(CAST(CAST($1 AS text) AS bigint[]), CAST(CAST($2 AS text) AS bigint[])) ON CONFLICT DO NOTHING";
        run(tx, sql, [array(|key| key.0), array(|key| key.1)]).await?;
    }
    Ok(())
}

/// Removes keys of a record.
pub(crate) async fn delete(tx: &impl ConnectionTrait, record: i64, hashes: &[i64]) -> Result<()> {
    for part in hashes.chunks(CHUNK) {
        let sql = format!("DELETE FROM record_keys WHERE hash IN ({}) AND record = $1", in_list(part.iter().copied()));
        run(tx, &sql, [record.into()]).await?;
    }
    Ok(())
}

/// How many records have each of these keys.
pub(crate) async fn counts(connection: &impl ConnectionTrait, hashes: &[i64]) -> Result<Vec<CountRow>> {
    let sql = format!(
        "SELECT hash, COUNT(*) AS records FROM record_keys WHERE {} GROUP BY hash",
        among(connection, "hash", "$1")
    );
    all(connection, &sql, [numbers(connection, hashes.iter().copied())]).await
}

/// The records that have these keys.
pub(crate) async fn records(connection: &impl ConnectionTrait, hashes: &[i64]) -> Result<Vec<KeyRow>> {
    let sql = format!("SELECT hash, record FROM record_keys WHERE {}", among(connection, "hash", "$1"));
    all(connection, &sql, [numbers(connection, hashes.iter().copied())]).await
}
