//! Which people to fold, and what their fold needs beyond `careloop_people::facts`.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::{ConnectionTrait, FromQueryResult, all, in_list, together};
use careloop_kernel::Result;

#[derive(FromQueryResult)]
struct PersonRow {
    person: i64,
}

async fn people(connection: &impl ConnectionTrait, sql: &str, values: Vec<careloop_db::Value>) -> Result<Vec<i64>> {
    let rows: Vec<PersonRow> = all(connection, sql, values).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}

/// People, and numbers that have a profile without being people any more, after a number, in order.
pub(crate) async fn people_after(connection: &impl ConnectionTrait, after: i64, limit: i64) -> Result<Vec<i64>> {
    let sql = "SELECT person FROM (
                 SELECT person FROM (SELECT DISTINCT person FROM records WHERE person > $1 ORDER BY person LIMIT $2) AS alive
                 UNION
                 SELECT person FROM (SELECT person FROM person_profiles WHERE person > $1 ORDER BY person LIMIT $2) AS folded
               ) AS both_kinds ORDER BY person LIMIT $2";
    people(connection, sql, vec![after.into(), limit.into()]).await
}

/// The people between two numbers, both included, in order.
pub(crate) async fn people_between(connection: &impl ConnectionTrait, (first, last): (i64, i64)) -> Result<Vec<i64>> {
    let sql = "SELECT DISTINCT person FROM records WHERE person BETWEEN $1 AND $2 ORDER BY person";
    people(connection, sql, vec![first.into(), last.into()]).await
}

/// People whose values may have changed by the clock alone.
pub(crate) async fn due_people(connection: &impl ConnectionTrait, now: i64, limit: i64) -> Result<Vec<i64>> {
    let sql = "SELECT person FROM person_profiles WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    people(connection, sql, vec![now.into(), limit.into()]).await
}

/// People folded with older inputs or rules.
pub(crate) async fn outdated_people(connection: &impl ConnectionTrait, basis: i64, limit: i64) -> Result<Vec<i64>> {
    let sql = "SELECT person FROM person_profiles WHERE basis < $1 LIMIT $2";
    people(connection, sql, vec![basis.into(), limit.into()]).await
}

/// People with a record that changed or was resolved later than the fold saw, looked for among the records that wait for a
/// resolve and those resolved since an instant; and numbers that have a profile though their record joined somebody else.
pub(crate) async fn changed_people(connection: &impl ConnectionTrait, since: i64, limit: i64) -> Result<Vec<i64>> {
    let newer = "(p.person IS NULL OR p.records_at < r.updated_at OR p.records_at < COALESCE(r.resolved_at, 0))";
    let sql = format!(
        "SELECT person FROM (
           SELECT r.person FROM records r LEFT JOIN person_profiles p ON p.person = r.person WHERE r.resolved_at IS NULL AND {newer}
           UNION
           SELECT r.person FROM records r LEFT JOIN person_profiles p ON p.person = r.person WHERE r.resolved_at >= $1 AND {newer}
           UNION
           SELECT p.person FROM records r JOIN person_profiles p ON p.person = r.ord WHERE r.resolved_at >= $1 AND r.person <> r.ord
         ) AS changed ORDER BY person LIMIT $2"
    );
    people(connection, &sql, vec![since.into(), limit.into()]).await
}

/// These people and everybody of their households.
pub(crate) async fn households_of(connection: &impl ConnectionTrait, persons: &[i64]) -> Result<Vec<i64>> {
    let list = in_list(persons.iter().copied());
    let sql = format!(
        "SELECT DISTINCT person FROM records WHERE household IN (SELECT household FROM records WHERE person IN ({list}))"
    );
    let mut found = people(connection, &sql, Vec::new()).await?;
    found.extend(persons);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Those of these people of whom a pair of records waits for review.
pub(crate) async fn doubted(connection: &impl ConnectionTrait, persons: &[i64]) -> Result<BTreeSet<i64>> {
    let list = in_list(persons.iter().copied());
    let sql = format!(
        "SELECT r.person FROM records r JOIN identity_doubts d ON d.record_a = r.ord WHERE r.person IN ({list})
         UNION SELECT r.person FROM records r JOIN identity_doubts d ON d.record_b = r.ord WHERE r.person IN ({list})"
    );
    Ok(people(connection, &sql, Vec::new()).await?.into_iter().collect())
}

/// The people of whom a pair of records waits for review.
pub(crate) async fn all_doubted(connection: &impl ConnectionTrait) -> Result<BTreeSet<i64>> {
    let sql = "SELECT r.person FROM identity_doubts d JOIN records r ON r.ord = d.record_a
               UNION SELECT r.person FROM identity_doubts d JOIN records r ON r.ord = d.record_b";
    Ok(people(connection, sql, Vec::new()).await?.into_iter().collect())
}

/// Birth dates in these households: household, person, date. A person of several records is listed once, by the earliest.
pub(crate) async fn kin(connection: &impl ConnectionTrait, households: &[i64]) -> Result<Vec<(i64, i64, String)>> {
    let list = in_list(households.iter().copied());
    let rest = format!("FROM records WHERE household IN ({list}) AND birth_date IS NOT NULL");
    let mut rows: Vec<(i64, i64, i64, String)> =
        together(connection, "household, person, ord, birth_date", &rest, []).await?;
    rows.sort_unstable();
    let mut kin: Vec<(i64, i64, String)> =
        rows.into_iter().map(|(household, person, _, birth_date)| (household, person, birth_date)).collect();
    kin.dedup_by_key(|(_, person, _)| *person);
    Ok(kin)
}

#[derive(FromQueryResult)]
struct RecordPersonRow {
    ord: i64,
    person: i64,
}

/// The present person of each record.
pub(crate) async fn person_of_record(connection: &impl ConnectionTrait, records: &[i64]) -> Result<BTreeMap<i64, i64>> {
    let mut found = BTreeMap::new();
    for chunk in records.chunks(2_000) {
        let sql = format!("SELECT ord, person FROM records WHERE ord IN ({})", in_list(chunk.iter().copied()));
        let rows: Vec<RecordPersonRow> = all(connection, &sql, []).await?;
        found.extend(rows.into_iter().map(|row| (row.ord, row.person)));
    }
    Ok(found)
}

#[derive(FromQueryResult)]
struct KeyRow {
    seq: i64,
    key: Vec<u8>,
}

/// The keys of events by their number.
pub(crate) async fn event_keys(connection: &impl ConnectionTrait, seqs: &[i64]) -> Result<BTreeMap<i64, [u8; 16]>> {
    let sql = format!("SELECT seq, key FROM events WHERE seq IN ({})", in_list(seqs.iter().copied()));
    let rows: Vec<KeyRow> = all(connection, &sql, []).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.seq, row.key.try_into().ok()?))).collect())
}
