//! The table `segments`, and names rules use.

use std::collections::BTreeMap;

use careloop_db::{ConnectionTrait, FromQueryResult, all, conflict, execute, optional};
use careloop_kernel::Result;

use crate::eval::Names;

const COLUMNS: &str = "ord, id, preset, name, description, rule, created_by, created_at, updated_at, archived_at, filled_to, filled_once, \
     members, member_count";

/// A row of `segments`.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct SegmentRow {
    pub(crate) ord: i64,
    pub(crate) id: String,
    pub(crate) preset: Option<String>,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) rule: String,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) archived_at: Option<i64>,
    pub(crate) filled_to: Option<i64>,
    pub(crate) filled_once: bool,
    pub(crate) members: Vec<u8>,
    pub(crate) member_count: i64,
}

/// All segments, oldest first.
pub(crate) async fn list(connection: &impl ConnectionTrait) -> Result<Vec<SegmentRow>> {
    all(connection, &format!("SELECT {COLUMNS} FROM segments ORDER BY ord"), []).await
}

/// One segment.
pub(crate) async fn find(connection: &impl ConnectionTrait, id: &str) -> Result<Option<SegmentRow>> {
    optional(connection, &format!("SELECT {COLUMNS} FROM segments WHERE id = $1"), [id.into()]).await
}

/// Several segments in use, in the order asked; those that are not there are left out.
pub(crate) async fn find_several(connection: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<SegmentRow>> {
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let sql = format!("SELECT {COLUMNS} FROM segments WHERE archived_at IS NULL AND id IN ({})", places.join(", "));
    let mut rows: Vec<SegmentRow> = all(connection, &sql, ids.iter().map(|id| id.as_str().into())).await?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

/// A segment to insert.
#[derive(Debug)]
pub(crate) struct NewRow<'a> {
    pub(crate) id: String,
    pub(crate) preset: Option<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) rule: String,
    pub(crate) created_by: String,
    pub(crate) at: i64,
    pub(crate) members: Vec<u8>,
    /// Whether nobody has to be evaluated for it.
    pub(crate) filled: bool,
}

/// Inserts a segment; nobody has been evaluated for it unless it counts as filled.
pub(crate) async fn insert(tx: &impl ConnectionTrait, row: NewRow<'_>) -> Result<()> {
    let sql = "INSERT INTO segments (id, preset, name, description, rule, created_by, created_at, updated_at, filled_to, filled_once, members, member_count)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $9, $10, $8, 0)";
    let values = [
        row.id.into(),
        row.preset.into(),
        row.name.into(),
        row.description.into(),
        row.rule.into(),
        row.created_by.into(),
        row.at.into(),
        row.members.into(),
        (!row.filled).then_some(0_i64).into(),
        row.filled.into(),
    ];
    execute(tx, sql, values).await.map(|_| ()).map_err(taken)
}

fn taken(error: careloop_kernel::Error) -> careloop_kernel::Error {
    conflict(error, "segments.name_taken", "a segment of this name exists; choose another name")
}

/// Changes a segment; a new rule starts the evaluation again.
pub(crate) async fn update(tx: &impl ConnectionTrait, row: &SegmentRow) -> Result<()> {
    let sql =
        "UPDATE segments SET name = $2, description = $3, rule = $4, updated_at = $5, filled_to = $6 WHERE ord = $1";
    let values = [
        row.ord.into(),
        row.name.as_str().into(),
        row.description.as_str().into(),
        row.rule.as_str().into(),
        row.updated_at.into(),
        row.filled_to.into(),
    ];
    execute(tx, sql, values).await.map(|_| ()).map_err(taken)
}

/// Puts a segment away.
pub(crate) async fn archive(tx: &impl ConnectionTrait, ord: i64, at: i64) -> Result<()> {
    let sql = "UPDATE segments SET archived_at = $2, updated_at = $2 WHERE ord = $1 AND archived_at IS NULL";
    execute(tx, sql, [ord.into(), at.into()]).await.map(|_| ())
}

/// Takes a segment back into use: it is filled as if it were new. False when it was not put away.
pub(crate) async fn restore(tx: &impl ConnectionTrait, ord: i64, at: i64) -> Result<bool> {
    let sql = "UPDATE segments SET archived_at = NULL, filled_to = 0, filled_once = FALSE, updated_at = $2
               WHERE ord = $1 AND archived_at IS NOT NULL";
    Ok(execute(tx, sql, [ord.into(), at.into()]).await? == 1)
}

/// Notes how far everybody has been evaluated.
pub(crate) async fn set_filled(tx: &impl ConnectionTrait, ord: i64, filled_to: Option<i64>) -> Result<()> {
    let sql = "UPDATE segments SET filled_to = $2, filled_once = filled_once OR $3 WHERE ord = $1";
    execute(tx, sql, [ord.into(), filled_to.into(), filled_to.is_none().into()]).await.map(|_| ())
}

/// Stores the members' bitmap.
pub(crate) async fn set_members(tx: &impl ConnectionTrait, ord: i64, members: Vec<u8>, count: u64) -> Result<()> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let sql = "UPDATE segments SET members = $2, member_count = $3 WHERE ord = $1";
    execute(tx, sql, [ord.into(), members.into(), count.into()]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct NameRow {
    ord: i64,
    name: String,
    id: String,
}

async fn named(connection: &impl ConnectionTrait, sql: &str) -> Result<BTreeMap<i64, Vec<String>>> {
    let rows: Vec<NameRow> = all(connection, sql, []).await?;
    Ok(rows.into_iter().map(|row| (row.ord, vec![row.name, row.id])).collect())
}

/// The names that rules may use for clinics, sources and staff.
pub(crate) async fn names(connection: &impl ConnectionTrait) -> Result<Names> {
    Ok(Names {
        clinics: named(connection, "SELECT ord, code AS name, id FROM clinics").await?,
        sources: named(connection, "SELECT ord, name, id FROM sources").await?,
        staff: named(connection, "SELECT ord, login AS name, id FROM staff").await?,
    })
}

/// Names of the staff by their ids.
pub(crate) async fn staff_names(connection: &impl ConnectionTrait) -> Result<BTreeMap<String, String>> {
    let rows: Vec<LabelRow> = all(connection, "SELECT id AS value, name AS label FROM staff", []).await?;
    Ok(rows.into_iter().map(|row| (row.value, row.label)).collect())
}

#[derive(FromQueryResult)]
struct LabelRow {
    value: String,
    label: String,
}

/// Values and labels for the rule builder: clinics, sources or staff.
pub(crate) async fn names_of(connection: &impl ConnectionTrait, what: &str) -> Result<Vec<(String, String)>> {
    let sql = match what {
        "clinic" => "SELECT code AS value, name AS label FROM clinics WHERE archived_at IS NULL ORDER BY ord",
        "source" => "SELECT name AS value, name AS label FROM sources WHERE kind <> 'internal' ORDER BY ord",
        _ => "SELECT login AS value, name AS label FROM staff WHERE archived_at IS NULL ORDER BY ord",
    };
    let rows: Vec<LabelRow> = all(connection, sql, []).await?;
    Ok(rows.into_iter().map(|row| (row.value, row.label)).collect())
}

#[derive(FromQueryResult)]
struct FilledRow {
    filled_to: Option<i64>,
}

/// Up to which person every active segment is evaluated; none when all are complete.
pub(crate) async fn least_filled(connection: &impl ConnectionTrait) -> Result<Option<i64>> {
    let sql = "SELECT MIN(filled_to) AS filled_to FROM segments WHERE archived_at IS NULL AND filled_to IS NOT NULL";
    Ok(optional::<FilledRow>(connection, sql, []).await?.and_then(|row| row.filled_to))
}
