//! Persons by many keys or ids.

use std::collections::BTreeMap;

use careloop_db::{ConnectionTrait, FromQueryResult, all, in_list};
use careloop_kernel::Result;

const CHUNK: usize = 500;

#[derive(FromQueryResult)]
struct KeyRow {
    hash: i64,
    person: i64,
}

/// Hash and person of everybody with one of these keys, one of whose records `v` fulfils `visible`.
pub(crate) async fn by_keys(
    connection: &impl ConnectionTrait,
    hashes: &[i64],
    visible: &str,
) -> Result<Vec<(i64, i64)>> {
    let mut found = Vec::new();
    for part in hashes.chunks(CHUNK) {
        let sql = format!(
            "SELECT DISTINCT k.hash, r.person FROM record_keys k JOIN records r ON r.ord = k.record
             WHERE k.hash IN ({}) AND EXISTS (SELECT 1 FROM records v WHERE v.person = r.person AND {visible})
             ORDER BY k.hash, r.person",
            in_list(part.iter().copied())
        );
        found.extend(all::<KeyRow>(connection, &sql, []).await?.into_iter().map(|row| (row.hash, row.person)));
    }
    Ok(found)
}

#[derive(FromQueryResult)]
struct IdRow {
    id: String,
    person: i64,
}

/// The person of each of these records, one of whose records `v` fulfils `visible`.
pub(crate) async fn by_record_ids(
    connection: &impl ConnectionTrait,
    ids: &[String],
    visible: &str,
) -> Result<BTreeMap<String, i64>> {
    let mut found = BTreeMap::new();
    for part in ids.chunks(CHUNK) {
        let places: Vec<String> = (1..=part.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT r.id, r.person FROM records r WHERE r.id IN ({})
             AND EXISTS (SELECT 1 FROM records v WHERE v.person = r.person AND {visible})",
            places.join(", ")
        );
        let rows: Vec<IdRow> = all(connection, &sql, part.iter().map(|id| id.as_str().into())).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row.person)));
    }
    Ok(found)
}
