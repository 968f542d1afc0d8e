//! The lake's manifest, and the people table as analysts see it: numbers and classes, no personal data.

use careloop_db::{FromQueryResult, all, execute, in_list, one, optional, run};
use careloop_events::Position;
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
    pub time_zone: String,
}

/// A file about to enter the manifest.
#[derive(Debug, Clone)]
pub(crate) struct NewLakeFile {
    pub id: LakeFileId,
    pub path: String,
    pub kind: String,
    pub month: String,
    pub time_zone: String,
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

const FILE: &str = "ord, path, kind, month, time_zone";

#[derive(FromQueryResult)]
struct PlacedFile {
    tx: i64,
    seq: i64,
    ord: Option<i64>,
    path: Option<String>,
    kind: Option<String>,
    month: Option<String>,
    time_zone: Option<String>,
}

/// All live files and the position up to which they hold the log, in one look: a compaction moves both at once.
pub(crate) async fn list_files(connection: &impl ConnectionTrait, consumer: &str) -> Result<(Position, Vec<LakeFile>)> {
    let sql = "SELECT c.tx, c.seq, f.ord, f.path, f.kind, f.month, f.time_zone
               FROM consumers c LEFT JOIN lake_files f ON f.replaced_at IS NULL WHERE c.name = $1 ORDER BY f.ord";
    let rows: Vec<PlacedFile> = all(connection, sql, [consumer.into()]).await?;
    let position = rows.first().map(|row| Position { tx: row.tx, seq: row.seq }).unwrap_or_default();
    let file = |row: PlacedFile| {
        Some(LakeFile { ord: row.ord?, path: row.path?, kind: row.kind?, month: row.month?, time_zone: row.time_zone? })
    };
    Ok((position, rows.into_iter().filter_map(file).collect()))
}

/// Announces a file that is about to be written. Queries do not see it before [`update_published`]; one that never is
/// gets swept like a replaced file.
pub(crate) async fn create_file<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, file: &NewLakeFile) -> Result<i64> {
    let sql = "INSERT INTO lake_files (id, path, kind, month, time_zone, row_count, byte_count, min_at, max_at, created_at, replaced_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING ord AS value";
    let values = [
        file.id.to_string().into(),
        file.path.as_str().into(),
        file.kind.as_str().into(),
        file.month.as_str().into(),
        file.time_zone.as_str().into(),
        file.row_count.into(),
        file.byte_count.into(),
        file.min_at.into(),
        file.max_at.into(),
        ctx.now_us().into(),
    ];
    Ok(one::<Number>(connection, sql, values).await?.value)
}

/// Lets queries see these files; false when one of them was swept meanwhile.
pub(crate) async fn update_published(connection: &impl ConnectionTrait, files: &[i64]) -> Result<bool> {
    let mut published = 0;
    for part in files.chunks(1_000) {
        let list = in_list(part.iter().copied());
        let sql = format!("UPDATE lake_files SET replaced_at = NULL WHERE ord IN ({list}) AND replaced_at IS NOT NULL");
        published += execute(connection, &sql, []).await?;
    }
    Ok(published == files.len() as u64)
}

/// Keeps announced files from being swept while more of them are written.
pub(crate) async fn update_announced<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, files: &[i64]) -> Result<()> {
    for part in files.chunks(1_000) {
        let list = in_list(part.iter().copied());
        let sql = format!("UPDATE lake_files SET replaced_at = $1 WHERE ord IN ({list}) AND replaced_at IS NOT NULL");
        run(connection, &sql, [ctx.now_us().into()]).await?;
    }
    Ok(())
}

/// Marks files as replaced; false when one of them was not live any more.
pub(crate) async fn update_replaced<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>, files: &[i64]) -> Result<bool> {
    let list = in_list(files.iter().copied());
    let sql = format!("UPDATE lake_files SET replaced_at = $1 WHERE ord IN ({list}) AND replaced_at IS NULL");
    Ok(execute(connection, &sql, [ctx.now_us().into()]).await? == files.len() as u64)
}

/// The live files of one folder that are better written again: small ones, if there are more than `most`, and those whose
/// days are of another zone. Empty when no folder needs it.
pub(crate) async fn list_mergeable(
    connection: &impl ConnectionTrait,
    zone: &str,
    (full, most): (i64, i64),
) -> Result<Vec<LakeFile>> {
    all(connection, &mergeable(), [full.into(), most.into(), zone.into()]).await
}

/// The folder is found once and not for each file, as it would be with a condition that names the file.
fn mergeable() -> String {
    format!(
        "SELECT {FILE} FROM lake_files WHERE replaced_at IS NULL AND (row_count < $1 OR time_zone <> $3) AND (kind, month) IN (
           SELECT kind, month FROM (SELECT kind, month FROM lake_files WHERE replaced_at IS NULL GROUP BY kind, month
                                    HAVING SUM(CASE WHEN row_count < $1 THEN 1 ELSE 0 END) > $2 OR
                                           SUM(CASE WHEN time_zone <> $3 THEN 1 ELSE 0 END) > 0
                                    ORDER BY kind, month LIMIT 1) AS folder)
         ORDER BY ord"
    )
}

/// Files replaced before an instant: no query can still be reading them.
pub(crate) async fn list_replaced(connection: &impl ConnectionTrait, before: i64) -> Result<Vec<LakeFile>> {
    let sql = format!("SELECT {FILE} FROM lake_files WHERE replaced_at < $1");
    all(connection, &sql, [before.into()]).await
}

/// Forgets a file, unless it was published meanwhile.
pub(crate) async fn erase_file(connection: &impl ConnectionTrait, ord: i64) -> Result<u64> {
    execute(connection, "DELETE FROM lake_files WHERE ord = $1 AND replaced_at IS NOT NULL", [ord.into()]).await
}

/// Replaces every live file, for a rebuild of the lake.
pub(crate) async fn replace_all<P>(connection: &impl ConnectionTrait, ctx: &Ctx<P>) -> Result<()> {
    run(connection, "UPDATE lake_files SET replaced_at = $1 WHERE replaced_at IS NULL", [ctx.now_us().into()]).await
}

/// A number that moves with every change of the live files.
pub(crate) async fn manifest_mark(connection: &impl ConnectionTrait) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(ord), 0) AS BIGINT) AS value FROM lake_files WHERE replaced_at IS NULL";
    Ok(one::<Number>(connection, sql, []).await?.value)
}

#[derive(FromQueryResult)]
struct Text {
    value: String,
}

/// The name of the chain's time zone, once it is set.
pub(crate) async fn find_time_zone(connection: &impl ConnectionTrait) -> Result<Option<String>> {
    let sql = "SELECT value FROM settings WHERE key = 'chain.time_zone'";
    Ok(optional::<Text>(connection, sql, []).await?.map(|row| row.value))
}

/// The last event and the last record.
pub(crate) async fn log_mark(connection: &impl ConnectionTrait) -> Result<(i64, i64)> {
    let last: Number = one(connection, "SELECT COALESCE(MAX(seq), 0) AS value FROM events", []).await?;
    let records: Number = one(connection, "SELECT COALESCE(MAX(ord), 0) AS value FROM records", []).await?;
    Ok((last.value, records.value))
}

/// Numbers that move when a record changes its owner, clinic or channel, and when a resolve has given records to persons:
/// not every such change is told to the log.
pub(crate) async fn mapping_mark(connection: &impl ConnectionTrait) -> Result<(i64, i64)> {
    let changed: Number = one(connection, "SELECT COALESCE(MAX(updated_at), 0) AS value FROM records", []).await?;
    let resolved: Number = one(connection, "SELECT COALESCE(MAX(resolved_at), 0) AS value FROM records", []).await?;
    Ok((changed.value, resolved.value))
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

#[cfg(test)]
mod tests {
    use careloop_db::{FromQueryResult, all};
    use careloop_testkit::TestDb;

    #[derive(FromQueryResult)]
    struct Step {
        detail: String,
    }

    #[tokio::test]
    async fn the_folder_to_merge_is_found_once_and_not_for_each_file() {
        let test = TestDb::sqlite().await;
        let explain = format!("EXPLAIN QUERY PLAN {}", super::mergeable());
        let steps: Vec<Step> = all(test.db.read(), &explain, [1.into(), 1.into(), "UTC".into()]).await.unwrap();
        assert!(steps.iter().all(|step| !step.detail.contains("CORRELATED")));
    }
}
