//! The lake's manifest, and the people table as analysts see it: numbers and classes, no personal data.

use careloop_db::{FromQueryResult, all, execute, in_list, one, run};
use careloop_kernel::ids::LakeFileId;
use careloop_kernel::{Ctx, Result};
use sea_orm::ConnectionTrait;

/// A file of the manifest.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct LakeFile {
    pub ord: i64,
    pub path: String,
    pub kind: String,
    pub month: String,
}

/// A file about to enter the manifest.
#[derive(Debug, Clone)]
pub(crate) struct NewLakeFile {
    pub id: LakeFileId,
    pub path: String,
    pub kind: String,
    pub month: String,
    pub row_count: i64,
    pub byte_count: i64,
    pub min_at: i64,
    pub max_at: i64,
}

/// One record's place: its person, household and what reports group by.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct PersonRow {
    pub record: i64,
    pub id: String,
    pub person: i64,
    pub person_id: String,
    pub household: i64,
    pub owner: Option<i64>,
    pub clinic: Option<i64>,
    pub channel: Option<String>,
    pub created_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct Number {
    value: i64,
}

/// All live files.
pub(crate) async fn list_files(connection: &impl ConnectionTrait) -> Result<Vec<LakeFile>> {
    let sql = "SELECT ord, path, kind, month FROM lake_files WHERE replaced_at IS NULL ORDER BY ord";
    all(connection, sql, []).await
}

/// Adds a file.
pub(crate) async fn create_file<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, file: &NewLakeFile) -> Result<()> {
    let sql = "INSERT INTO lake_files (id, path, kind, month, row_count, byte_count, min_at, max_at, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        file.id.to_string().into(),
        file.path.as_str().into(),
        file.kind.as_str().into(),
        file.month.as_str().into(),
        file.row_count.into(),
        file.byte_count.into(),
        file.min_at.into(),
        file.max_at.into(),
        ctx.now_us().into(),
    ];
    run(connection, sql, values).await
}

/// Marks files as replaced by a larger one.
pub(crate) async fn update_replaced<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, files: &[i64]) -> Result<()> {
    let sql = format!("UPDATE lake_files SET replaced_at = $1 WHERE ord IN ({})", in_list(files.iter().copied()));
    run(connection, &sql, [ctx.now_us().into()]).await
}

/// Files replaced before an instant: no query can still be reading them.
pub(crate) async fn list_replaced(connection: &impl ConnectionTrait, before: i64) -> Result<Vec<LakeFile>> {
    let sql = "SELECT ord, path, kind, month FROM lake_files WHERE replaced_at < $1";
    all(connection, sql, [before.into()]).await
}

/// Forgets a file.
pub(crate) async fn erase_file(connection: &impl ConnectionTrait, ord: i64) -> Result<u64> {
    execute(connection, "DELETE FROM lake_files WHERE ord = $1", [ord.into()]).await
}

/// Forgets every file, for a rebuild of the lake.
pub(crate) async fn replace_all<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>) -> Result<()> {
    run(connection, "UPDATE lake_files SET replaced_at = $1 WHERE replaced_at IS NULL", [ctx.now_us().into()]).await
}

/// A number that moves whenever a record was added or the mapping to people changed through an event.
pub(crate) async fn log_mark(connection: &impl ConnectionTrait) -> Result<(i64, i64)> {
    let last: Number = one(connection, "SELECT COALESCE(MAX(seq), 0) AS value FROM events", []).await?;
    let records: Number = one(connection, "SELECT COALESCE(MAX(ord), 0) AS value FROM records", []).await?;
    Ok((last.value, records.value))
}

/// Every record's place.
pub(crate) async fn list_people(connection: &impl ConnectionTrait) -> Result<Vec<PersonRow>> {
    let sql = "SELECT r.ord AS record, r.id, r.person, p.id AS person_id, r.household,
                      r.owner, r.clinic, r.channel, r.created_at
               FROM records r JOIN records p ON p.ord = r.person ORDER BY r.ord";
    all(connection, sql, []).await
}

#[derive(FromQueryResult)]
struct PlaceRow {
    record: i64,
    person: i64,
}

/// The persons these records belong to today.
pub async fn persons_of(
    connection: &impl ConnectionTrait,
    records: &[i64],
) -> Result<std::collections::HashMap<i64, i64>> {
    let sql = format!("SELECT ord AS record, person FROM records WHERE ord IN ({})", in_list(records.iter().copied()));
    let rows: Vec<PlaceRow> = all(connection, &sql, []).await?;
    Ok(rows.into_iter().map(|row| (row.record, row.person)).collect())
}

/// One line of `export people`.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ExportedRecord {
    /// The source's name.
    pub source: String,
    /// What the source calls the record.
    pub source_id: String,
    /// The person, `per_…`.
    pub person_id: String,
    /// The household, `hh_…`.
    pub household_id: String,
}

/// A slice of `export people`, in the order of the records.
pub(crate) async fn list_exported(
    connection: &impl ConnectionTrait,
    after: i64,
    limit: i64,
) -> Result<Vec<ExportedRecord>> {
    let sql = "SELECT s.name AS source, r.source_key AS source_id, REPLACE(p.id, 'rec_', 'per_') AS person_id,
                      REPLACE(h.id, 'rec_', 'hh_') AS household_id
               FROM records r JOIN sources s ON s.ord = r.source
               JOIN records p ON p.ord = r.person JOIN records h ON h.ord = r.household
               WHERE r.ord > $1 AND r.ord <= $2 ORDER BY r.ord";
    all(connection, sql, [after.into(), (after + limit).into()]).await
}

#[derive(FromQueryResult)]
struct NameRow {
    ord: i64,
    name: String,
}

/// Public names of clinics and sources.
pub(crate) async fn list_names(connection: &impl ConnectionTrait) -> Result<crate::export::Names> {
    let clinics: Vec<NameRow> = all(connection, "SELECT ord, id AS name FROM clinics", []).await?;
    let sources: Vec<NameRow> = all(connection, "SELECT ord, name FROM sources", []).await?;
    let map = |rows: Vec<NameRow>| rows.into_iter().map(|row| (row.ord, row.name)).collect();
    Ok(crate::export::Names { clinics: map(clinics), sources: map(sources) })
}
