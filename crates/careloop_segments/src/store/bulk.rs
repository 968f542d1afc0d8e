//! The table `bulk_actions`.

use careloop_db::{ConnectionTrait, FromQueryResult, all, conflict, execute, optional};
use careloop_kernel::Result;

const COLUMNS: &str = "a.ord, a.id, a.action, s.id AS segment, s.name AS segment_name, a.tag, a.value, a.terms, a.origin, \
     a.report, a.undoes, o.id AS undoes_id, u.id AS undone_by, a.created_by, a.created_at, a.state, a.finished_at, a.reached, \
     a.total, a.done, a.changed_count";
const JOINS: &str = "bulk_actions a LEFT JOIN segments s ON s.ord = a.segment LEFT JOIN bulk_actions o ON o.ord = a.undoes \
     LEFT JOIN bulk_actions u ON u.undoes = a.ord";

/// A row of `bulk_actions` without its bitmaps.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct BulkRow {
    pub(crate) ord: i64,
    pub(crate) id: String,
    pub(crate) action: String,
    pub(crate) segment: Option<String>,
    pub(crate) segment_name: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) terms: Option<String>,
    pub(crate) origin: String,
    pub(crate) report: Option<String>,
    pub(crate) undoes: Option<i64>,
    pub(crate) undoes_id: Option<String>,
    pub(crate) undone_by: Option<String>,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) state: String,
    pub(crate) finished_at: Option<i64>,
    pub(crate) reached: i64,
    pub(crate) total: i64,
    pub(crate) done: i64,
    pub(crate) changed_count: i64,
}

/// An action to insert.
#[derive(Debug)]
pub(crate) struct NewBulkRow {
    pub(crate) id: String,
    pub(crate) action: &'static str,
    pub(crate) segment: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) terms: Option<String>,
    pub(crate) origin: &'static str,
    pub(crate) report: Option<String>,
    pub(crate) undoes: Option<i64>,
    pub(crate) created_by: String,
    pub(crate) at: i64,
    pub(crate) people: Vec<u8>,
    pub(crate) total: i64,
    pub(crate) changed: Vec<u8>,
}

/// Inserts an action that waits for the worker. An action is undone once.
pub(crate) async fn insert(tx: &impl ConnectionTrait, row: NewBulkRow) -> Result<()> {
    let sql = "INSERT INTO bulk_actions (id, action, segment, tag, value, terms, origin, report, undoes, created_by, created_at,
                   state, people, reached, total, done, changed, changed_count)
               VALUES ($1, $2, (SELECT ord FROM segments WHERE id = $3), $4, $5, $6, $7, $8, $9, $10, $11, 'running', $12, 0, $13, 0, $14, 0)";
    let values = [
        row.id.into(),
        row.action.into(),
        row.segment.into(),
        row.tag.into(),
        row.value.into(),
        row.terms.into(),
        row.origin.into(),
        row.report.into(),
        row.undoes.into(),
        row.created_by.into(),
        row.at.into(),
        row.people.into(),
        row.total.into(),
        row.changed.into(),
    ];
    let done = execute(tx, sql, values).await.map(|_| ());
    done.map_err(|error| conflict(error, "bulk.undone", "this has been taken back already; reload and look"))
}

/// One action.
pub(crate) async fn find(connection: &impl ConnectionTrait, id: &str) -> Result<Option<BulkRow>> {
    optional(connection, &format!("SELECT {COLUMNS} FROM {JOINS} WHERE a.id = $1"), [id.into()]).await
}

/// Actions before a number, newest first; those of one list if it is named.
pub(crate) async fn page(
    connection: &impl ConnectionTrait,
    segment: Option<&str>,
    before: i64,
    limit: i64,
) -> Result<Vec<BulkRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {JOINS} WHERE a.ord < $1 AND ($2 = '' OR s.id = $2) ORDER BY a.ord DESC LIMIT $3"
    );
    all(connection, &sql, [before.into(), segment.unwrap_or_default().into(), limit.into()]).await
}

/// The oldest action that is not done.
pub(crate) async fn next(connection: &impl ConnectionTrait) -> Result<Option<BulkRow>> {
    let sql = format!("SELECT {COLUMNS} FROM {JOINS} WHERE a.state = 'running' ORDER BY a.ord LIMIT 1");
    optional(connection, &sql, []).await
}

/// An action's bitmaps.
#[derive(Debug, FromQueryResult)]
pub(crate) struct BulkSets {
    pub(crate) people: Vec<u8>,
    pub(crate) changed: Vec<u8>,
}

/// Whose records an action goes through, and which it changed.
pub(crate) async fn sets(connection: &impl ConnectionTrait, ord: i64) -> Result<BulkSets> {
    careloop_db::one(connection, "SELECT people, changed FROM bulk_actions WHERE ord = $1", [ord.into()]).await
}

/// Holds an action until the transaction ends; false when it has moved on or was stopped.
pub(crate) async fn hold(tx: &impl ConnectionTrait, row: &BulkRow) -> Result<bool> {
    let sql = "UPDATE bulk_actions SET reached = reached WHERE ord = $1 AND reached = $2 AND state = 'running'";
    Ok(execute(tx, sql, [row.ord.into(), row.reached.into()]).await? == 1)
}

/// How far an action came.
#[derive(Debug)]
pub(crate) struct Progress {
    pub(crate) reached: i64,
    pub(crate) done: i64,
    pub(crate) changed: Vec<u8>,
    pub(crate) changed_count: i64,
    /// When it ended, if it did.
    pub(crate) finished_at: Option<i64>,
}

/// Notes how far an action came.
pub(crate) async fn save(tx: &impl ConnectionTrait, ord: i64, progress: Progress) -> Result<()> {
    let sql = "UPDATE bulk_actions SET reached = $2, done = $3, changed = $4, changed_count = $5, finished_at = $6,
                   state = CASE WHEN $7 THEN 'done' ELSE 'running' END WHERE ord = $1";
    let ended = progress.finished_at.is_some();
    let values = [
        ord.into(),
        progress.reached.into(),
        progress.done.into(),
        progress.changed.into(),
        progress.changed_count.into(),
        progress.finished_at.into(),
        ended.into(),
    ];
    execute(tx, sql, values).await.map(|_| ())
}

/// Stops an action; false when it had ended.
pub(crate) async fn cancel(tx: &impl ConnectionTrait, ord: i64, at: i64) -> Result<bool> {
    let sql = "UPDATE bulk_actions SET state = 'cancelled', finished_at = $2 WHERE ord = $1 AND state = 'running'";
    Ok(execute(tx, sql, [ord.into(), at.into()]).await? == 1)
}
