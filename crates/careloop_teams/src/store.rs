//! All SQL of this crate.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute, optional};
use careloop_kernel::ids::TaskId;
use careloop_kernel::{Result, Scope};

use crate::model::{Outcome, TaskFilter};

/// A task as stored, with the person its record belongs to.
#[derive(FromQueryResult)]
pub(crate) struct TaskRow {
    pub ord: i64,
    pub id: String,
    pub record: i64,
    pub person: i64,
    pub anchor: String,
    pub clinic: Option<i64>,
    pub owner: Option<i64>,
    pub reason: String,
    pub follow_up: bool,
    pub due_at: i64,
    pub outcome: Option<String>,
    pub round: i64,
    pub created_at: i64,
    pub done_at: Option<i64>,
    pub salt: Option<Vec<u8>>,
    pub sealed: Option<Vec<u8>>,
}

const SELECT: &str =
    "SELECT t.ord, t.id, t.record, p.person, a.id AS anchor, t.clinic, t.owner, t.reason, t.follow_up, t.due_at,
    t.outcome, t.round, t.created_at, t.done_at, t.salt, t.sealed FROM tasks t
    JOIN records p ON p.ord = t.record JOIN records a ON a.ord = p.person";

/// Holds for tasks the caller sees: their own, and those for customers of their scope.
fn visible(scope: &Scope, oneself: Option<i64>) -> String {
    if *scope == Scope::Chain {
        return "1 = 1".to_owned();
    }
    let customers =
        format!("EXISTS (SELECT 1 FROM records r WHERE r.person = p.person AND {})", scope.record_condition("r"));
    match oneself {
        Some(staff) => format!("(t.owner = {staff} OR {customers})"),
        None => customers,
    }
}

/// Where a page of tasks starts: open ones by due time, done ones newest first.
pub(crate) struct Window {
    pub filter: TaskFilter,
    pub after: Option<[i64; 2]>,
    pub limit: i64,
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    oneself: Option<i64>,
    window: &Window,
) -> Result<Vec<TaskRow>> {
    let (state, key, beyond, order) =
        if window.filter.done { ("done", "t.done_at", "<", "DESC") } else { ("open", "t.due_at", ">", "ASC") };
    let mine = match (window.filter.mine, oneself) {
        (false, _) => "1 = 1".to_owned(),
        (true, Some(staff)) => format!("t.owner = {staff}"),
        (true, None) => "1 = 0".to_owned(),
    };
    let after = match window.after {
        Some([at, ord]) => format!("({key}, t.ord) {beyond} ({at}, {ord})"),
        None => "1 = 1".to_owned(),
    };
    let sql = format!(
        "{SELECT} WHERE t.state = '{state}' AND {mine} AND {after} AND {} ORDER BY {key} {order}, t.ord {order} LIMIT $1",
        visible(scope, oneself)
    );
    all(connection, &sql, [window.limit.into()]).await
}

/// A task the caller sees.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    oneself: Option<i64>,
    id: TaskId,
) -> Result<Option<TaskRow>> {
    let sql = format!("{SELECT} WHERE t.id = $1 AND {}", visible(scope, oneself));
    optional(connection, &sql, [id.to_string().into()]).await
}

#[derive(FromQueryResult)]
struct IdRow {
    id: String,
}

/// The id of the task this origin has opened.
pub(crate) async fn find_by_origin(connection: &impl ConnectionTrait, origin: &str) -> Result<Option<TaskId>> {
    let row: Option<IdRow> = optional(connection, "SELECT id FROM tasks WHERE origin = $1", [origin.into()]).await?;
    row.map(|row| row.id.parse()).transpose()
}

/// Who looks after the person of a record, and which clinic knows them.
#[derive(Debug, Default, FromQueryResult)]
pub(crate) struct CareRow {
    pub clinic: Option<i64>,
    pub owner: Option<i64>,
}

/// One row for each record of the person, oldest first; owners who left do not count.
pub(crate) async fn list_care(connection: &impl ConnectionTrait, record: i64) -> Result<Vec<CareRow>> {
    let sql = "SELECT r.clinic, s.ord AS owner FROM records r
        LEFT JOIN staff s ON s.ord = r.owner AND s.archived_at IS NULL
        WHERE r.person = (SELECT person FROM records WHERE ord = $1) ORDER BY r.ord";
    all(connection, sql, [record.into()]).await
}

/// The columns of a new task.
pub(crate) struct Inserted<'a> {
    pub id: TaskId,
    pub record: i64,
    pub clinic: Option<i64>,
    pub owner: Option<i64>,
    pub reason: &'a str,
    pub origin: Option<String>,
    pub follow_up: bool,
    pub due_at: i64,
    pub created_by: String,
    pub created_at: i64,
    pub salt: &'a [u8],
    pub sealed: Vec<u8>,
}

/// Adds a task; false when its origin has one already.
pub(crate) async fn insert(tx: &impl ConnectionTrait, task: Inserted<'_>) -> Result<bool> {
    let sql =
        "INSERT INTO tasks (id, record, clinic, owner, reason, origin, follow_up, due_at, state, round, created_by,
            created_at, salt, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', 0, $9, $10, $11, $12) ON CONFLICT (origin) DO NOTHING";
    let values = [
        task.id.to_string().into(),
        task.record.into(),
        task.clinic.into(),
        task.owner.into(),
        task.reason.into(),
        task.origin.into(),
        task.follow_up.into(),
        task.due_at.into(),
        task.created_by.into(),
        task.created_at.into(),
        task.salt.into(),
        task.sealed.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// How a task was finished.
pub(crate) struct Finished {
    pub outcome: Outcome,
    pub at: i64,
    pub by: Option<i64>,
    pub sealed: Vec<u8>,
}

/// Marks an open task done; false when it was not open.
pub(crate) async fn update_done(tx: &impl ConnectionTrait, ord: i64, finished: Finished) -> Result<bool> {
    let sql = "UPDATE tasks SET state = 'done', outcome = $1, done_at = $2, done_by = $3, sealed = $4 WHERE ord = $5 AND state = 'open'";
    let Finished { outcome, at, by, sealed } = finished;
    let values = [outcome.as_str().into(), at.into(), by.into(), sealed.into(), ord.into()];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Opens a done task again; false when it was open.
pub(crate) async fn update_reopened(tx: &impl ConnectionTrait, ord: i64) -> Result<bool> {
    let sql = "UPDATE tasks SET state = 'open', outcome = NULL, done_at = NULL, done_by = NULL, round = round + 1
        WHERE ord = $1 AND state = 'done'";
    Ok(execute(tx, sql, [ord.into()]).await? == 1)
}

/// Hands a task over; false when it has another owner by now.
pub(crate) async fn update_owner(
    tx: &impl ConnectionTrait,
    ord: i64,
    from: Option<i64>,
    to: Option<i64>,
) -> Result<bool> {
    let sql = "UPDATE tasks SET owner = $1 WHERE ord = $2 AND COALESCE(owner, 0) = $3";
    Ok(execute(tx, sql, [to.into(), ord.into(), from.unwrap_or(0).into()]).await? == 1)
}
