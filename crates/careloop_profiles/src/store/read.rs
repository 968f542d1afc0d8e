//! Which people to fold, and what their fold needs beyond `careloop_people::facts`.

use std::collections::{BTreeMap, BTreeSet};

use careloop_db::{ConnectionTrait, FromQueryResult, all, in_list};
use careloop_kernel::{Error, Result};

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

/// People whose numbers lie between these two, both included, in order.
pub(crate) async fn people_between(connection: &impl ConnectionTrait, first: i64, last: i64) -> Result<Vec<i64>> {
    let sql = "SELECT DISTINCT person FROM records WHERE person >= $1 AND person <= $2 ORDER BY person";
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

#[derive(FromQueryResult)]
struct KinRow {
    household: i64,
    person: i64,
    birth_date: String,
}

/// Birth dates in these households: household, person, date. A person of several records is listed once, by the earliest.
pub(crate) async fn kin(connection: &impl ConnectionTrait, households: &[i64]) -> Result<Vec<(i64, i64, String)>> {
    let list = in_list(households.iter().copied());
    let sql = format!(
        "SELECT household, person, birth_date FROM records WHERE household IN ({list}) AND birth_date IS NOT NULL
         ORDER BY household, person, ord"
    );
    let rows: Vec<KinRow> = all(connection, &sql, []).await?;
    let mut kin: Vec<(i64, i64, String)> =
        rows.into_iter().map(|row| (row.household, row.person, row.birth_date)).collect();
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

/// How many records are handed over in one row.
const TOGETHER: i64 = 10_000;

#[derive(FromQueryResult)]
struct TogetherRow {
    first: i64,
    persons: String,
}

/// The person of every record, by the record's number; 0 where there is none. A row a record would take longer to hand over than
/// to find.
pub(crate) async fn persons_of_records(connection: &impl ConnectionTrait) -> Result<Vec<u32>> {
    let sql = format!(
        "SELECT ord / {TOGETHER} AS first, string_agg(CAST(ord AS TEXT) || ' ' || CAST(person AS TEXT), ',') AS persons
         FROM records GROUP BY ord / {TOGETHER} ORDER BY first"
    );
    let mut person_of = Vec::new();
    for row in all::<TogetherRow>(connection, &sql, []).await? {
        let end = usize::try_from((row.first + 1) * TOGETHER).map_err(Error::internal)?;
        person_of.resize(end, 0);
        for pair in row.persons.split(',') {
            let (record, person) = pair.split_once(' ').ok_or_else(|| Error::internal("a record without a person"))?;
            let record: usize = record.parse().map_err(Error::internal)?;
            if let Some(slot) = person_of.get_mut(record) {
                *slot = person.parse().map_err(Error::internal)?;
            }
        }
    }
    Ok(person_of)
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
