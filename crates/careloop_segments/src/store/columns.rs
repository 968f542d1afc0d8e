//! Reading everybody in columns.

use careloop_db::{ConnectionTrait, FromQueryResult, all, one};
use careloop_kernel::Result;
use roaring::RoaringBitmap;

#[derive(Debug, PartialEq, Eq, Clone, FromQueryResult)]
pub(crate) struct Fingerprint {
    records: i64,
    persons: i64,
    mixed: i64,
}

/// Numbers of which one at least differs once a record or its person has changed: every such change is told to the log, adds
/// a record, or leaves its instant or its mark on one. Each is one look into an index.
#[derive(Debug, PartialEq, Eq, Clone, FromQueryResult)]
pub(crate) struct Stirred {
    log: i64,
    newest: i64,
    updated: i64,
    resolved: i64,
    stale: i64,
}

/// What may tell that records have changed; it differs more often than they do.
pub(crate) async fn stirred(connection: &impl ConnectionTrait) -> Result<Stirred> {
    let sql = "SELECT (SELECT COALESCE(MAX(seq), 0) FROM events) AS log,
               (SELECT COALESCE(MAX(ord), 0) FROM records) AS newest,
               (SELECT COALESCE(MAX(updated_at), 0) FROM records) AS updated,
               (SELECT COALESCE(MAX(resolved_at), 0) FROM records) AS resolved,
               (SELECT COUNT(*) FROM records WHERE stale) AS stale";
    one(connection, sql, []).await
}

/// Numbers that differ when a record or its person differs; reading them means reading every record.
pub(crate) async fn fingerprint(connection: &impl ConnectionTrait) -> Result<Fingerprint> {
    let sql = "SELECT COUNT(*) AS records, CAST(COALESCE(SUM(person), 0) AS BIGINT) AS persons,
               CAST(COALESCE(SUM(person * (ord % 1009 + 1)), 0) AS BIGINT) AS mixed FROM records";
    one(connection, sql, []).await
}

/// A row of what segment rules ask of the records.
#[derive(Debug, FromQueryResult)]
pub(crate) struct AttrRow {
    pub(crate) person: i64,
    pub(crate) gender: Option<String>,
    pub(crate) birth_date: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) owner: Option<i64>,
    pub(crate) created_at: Option<i64>,
    pub(crate) household_size: i64,
    pub(crate) has_phone: bool,
    pub(crate) has_wecom: bool,
}

#[derive(FromQueryResult)]
struct PlaceRow {
    person: i64,
    clinic: Option<i64>,
    source: i64,
}

/// Facts of everybody, and (person, clinic, source) of every record when asked for.
pub(crate) async fn attr_rows(
    connection: &impl ConnectionTrait,
    places: bool,
) -> Result<(Vec<AttrRow>, Vec<(i64, Option<i64>, i64)>)> {
    let sql = "SELECT person, gender, birth_date, region, channel, owner, created_at, household_size, has_phone, has_wecom FROM person_profiles";
    let rows = all(connection, sql, []).await?;
    if !places {
        return Ok((rows, Vec::new()));
    }
    let found: Vec<PlaceRow> = all(connection, "SELECT DISTINCT person, clinic, source FROM records", []).await?;
    Ok((rows, found.into_iter().map(|row| (row.person, row.clinic, row.source)).collect()))
}

/// Everybody with a tag, by value.
pub(crate) async fn tagged(connection: &impl ConnectionTrait, tag: &str) -> Result<Vec<(String, RoaringBitmap)>> {
    let held = careloop_profiles::holders(connection, &[tag]).await?;
    Ok(held.into_iter().map(|held| (held.value, held.people)).collect())
}

#[derive(FromQueryResult)]
struct PersonRow {
    person: i64,
}

/// Everybody who was folded.
pub(crate) async fn folded_people(connection: &impl ConnectionTrait) -> Result<Vec<i64>> {
    let rows: Vec<PersonRow> = all(connection, "SELECT person FROM person_profiles", []).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}

#[derive(FromQueryResult)]
struct IdRow {
    id: String,
}

/// The ids of records, in the order of their numbers.
pub(crate) async fn record_ids(connection: &impl ConnectionTrait, ords: &[i64]) -> Result<Vec<String>> {
    let list = careloop_db::in_list(ords.iter().copied());
    let rows: Vec<IdRow> =
        all(connection, &format!("SELECT id FROM records WHERE ord IN ({list}) ORDER BY ord"), []).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
