//! Persons as other features and lists see them.

use careloop_db::{ConnectionTrait, FromQueryResult, all, in_list, one, optional, together};
use careloop_kernel::{Result, Scope};
use serde::Deserialize;

const CHUNK: usize = 1_000;

/// A record without its sealed part, in the order of [`FACTS`].
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FactRow {
    pub ord: i64,
    pub id: String,
    pub person: i64,
    pub household: i64,
    pub clinic: Option<i64>,
    pub owner: Option<i64>,
    pub gender: Option<String>,
    pub birth_date: Option<String>,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub created_at: i64,
    pub contacts: i64,
    pub source: i64,
    pub updated_at: i64,
    pub resolved_at: Option<i64>,
}

const FACTS: &str = "ord, id, person, household, clinic, owner, gender, birth_date, region, channel,
    COALESCE(created_at, first_seen_at), contacts, source, updated_at, resolved_at";

/// The records of these persons, in no order.
pub(crate) async fn facts(connection: &impl ConnectionTrait, persons: &[i64]) -> Result<Vec<FactRow>> {
    let mut rows = Vec::new();
    for part in persons.chunks(CHUNK) {
        let rest = format!("FROM records WHERE person IN ({})", in_list(part.iter().copied()));
        rows.extend(together::<FactRow>(connection, FACTS, &rest, []).await?);
    }
    Ok(rows)
}

/// The records of the persons between these numbers, both included, in no order.
pub(crate) async fn facts_between(connection: &impl ConnectionTrait, first: i64, last: i64) -> Result<Vec<FactRow>> {
    let rest = "FROM records WHERE person >= $1 AND person <= $2";
    together(connection, FACTS, rest, [first.into(), last.into()]).await
}

/// Number, person, household and birth date of a record.
pub(crate) type NumbersRow = (u32, u32, u32, Option<String>);

/// Those of the records whose households lie between these numbers, both included, in no order. An index has all of it.
pub(crate) async fn numbers(connection: &impl ConnectionTrait, first: i64, last: i64) -> Result<Vec<NumbersRow>> {
    let rest = "FROM records WHERE household >= $1 AND household <= $2";
    together(connection, "ord, person, household, birth_date", rest, [first.into(), last.into()]).await
}

#[derive(FromQueryResult)]
struct Last {
    ord: i64,
}

/// The highest number of a record.
pub(crate) async fn last(connection: &impl ConnectionTrait) -> Result<i64> {
    Ok(one::<Last>(connection, "SELECT COALESCE(MAX(ord), 0) AS ord FROM records", []).await?.ord)
}

#[derive(FromQueryResult)]
struct Count {
    number: i64,
    people: i64,
}

/// How many people each of these households has.
pub(crate) async fn household_sizes(connection: &impl ConnectionTrait, households: &[i64]) -> Result<Vec<(i64, i64)>> {
    let mut rows = Vec::new();
    for part in households.chunks(CHUNK) {
        let list = in_list(part.iter().copied());
        let sql = format!(
            "SELECT household AS number, COUNT(*) AS people FROM records WHERE household IN ({list}) AND ord = person GROUP BY household"
        );
        rows.extend(all::<Count>(connection, &sql, []).await?.into_iter().map(|row| (row.number, row.people)));
    }
    Ok(rows)
}

/// A record with everything a page shows of it.
#[derive(Clone, FromQueryResult)]
pub(crate) struct PersonRow {
    pub ord: i64,
    pub id: String,
    pub person: i64,
    pub household: i64,
    pub source_key: String,
    pub source_name: String,
    pub clinic_name: Option<String>,
    pub owner: Option<i64>,
    pub created_at: i64,
    pub salt: Option<Vec<u8>>,
    pub sealed: Option<Vec<u8>>,
}

/// The records of these persons with their sealed parts, in order.
pub(crate) async fn with_names(connection: &impl ConnectionTrait, persons: &[i64]) -> Result<Vec<PersonRow>> {
    let mut rows = Vec::new();
    for part in persons.chunks(CHUNK) {
        let sql = format!(
            "SELECT r.ord, r.id, r.person, r.household, r.source_key, s.name AS source_name, c.name AS clinic_name, r.owner,
                    COALESCE(r.created_at, r.first_seen_at) AS created_at, r.salt, r.sealed
             FROM records r JOIN sources s ON s.ord = r.source LEFT JOIN clinics c ON c.ord = r.clinic
             WHERE r.person IN ({}) ORDER BY r.ord",
            in_list(part.iter().copied())
        );
        rows.extend(all::<PersonRow>(connection, &sql, []).await?);
    }
    Ok(rows)
}

/// A member of staff.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct StaffRow {
    pub ord: i64,
    pub id: String,
    pub name: String,
}

/// These members of staff.
pub(crate) async fn staff(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<StaffRow>> {
    let sql = format!("SELECT ord, id, name FROM staff WHERE ord IN ({})", in_list(ords.iter().copied()));
    all(connection, &sql, []).await
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// The present person of the record with this id.
pub(crate) async fn find_by_record(connection: &impl ConnectionTrait, id: &str) -> Result<Option<i64>> {
    let sql = "SELECT person AS value FROM records WHERE id = $1";
    Ok(optional::<Number>(connection, sql, [id.into()]).await?.map(|row| row.value))
}

/// The present person of a source's record.
pub(crate) async fn find_by_source(connection: &impl ConnectionTrait, source: &str, key: &str) -> Result<Option<i64>> {
    let sql = "SELECT r.person AS value FROM records r JOIN sources s ON s.ord = r.source WHERE s.name = $1 AND r.source_key = $2";
    Ok(optional::<Number>(connection, sql, [source.into(), key.into()]).await?.map(|row| row.value))
}

/// Whether one of the person's records fulfils `condition` on `r`.
pub(crate) async fn is_visible(connection: &impl ConnectionTrait, person: i64, condition: &str) -> Result<bool> {
    let sql = format!("SELECT r.ord AS value FROM records r WHERE r.person = $1 AND {condition} LIMIT 1");
    Ok(optional::<Number>(connection, &sql, [person.into()]).await?.is_some())
}

/// The persons with a record in the scope.
pub(crate) async fn in_scope(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<i64>> {
    let sql = format!("SELECT DISTINCT r.person AS value FROM records r WHERE {}", scope.record_condition("r"));
    Ok(all::<Number>(connection, &sql, []).await?.into_iter().map(|row| row.value).collect())
}

/// Those of these persons with a record in the scope, in order.
pub(crate) async fn those_in_scope(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    persons: &[i64],
) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    for part in persons.chunks(CHUNK) {
        let (list, condition) = (in_list(part.iter().copied()), scope.record_condition("r"));
        let sql = format!(
            "SELECT DISTINCT r.person AS value FROM records r WHERE r.person IN ({list}) AND {condition} ORDER BY value"
        );
        found.extend(all::<Number>(connection, &sql, []).await?.into_iter().map(|row| row.value));
    }
    Ok(found)
}

/// Persons after a number, in order.
pub(crate) async fn after(connection: &impl ConnectionTrait, person: i64, limit: i64) -> Result<Vec<i64>> {
    let sql = "SELECT ord AS value FROM records WHERE ord = person AND ord > $1 ORDER BY ord LIMIT $2";
    Ok(all::<Number>(connection, sql, [person.into(), limit.into()]).await?.into_iter().map(|row| row.value).collect())
}

/// The persons of a household one of whose records `v` fulfils `condition`.
pub(crate) async fn of_household(
    connection: &impl ConnectionTrait,
    household: i64,
    condition: &str,
) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT r.ord AS value FROM records r WHERE r.household = $1 AND r.ord = r.person
         AND EXISTS (SELECT 1 FROM records v WHERE v.person = r.ord AND {condition}) ORDER BY r.ord"
    );
    Ok(all::<Number>(connection, &sql, [household.into()]).await?.into_iter().map(|row| row.value).collect())
}
