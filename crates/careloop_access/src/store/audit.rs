//! The audit log's rows.

use careloop_db::{ConnectionTrait, Engine, FromQueryResult, Value, all, one, optional, run};
use careloop_kernel::Result;

/// One row as stored.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct AuditRow {
    pub seq: i64,
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub detail: String,
    pub hash: Vec<u8>,
}

/// The last link of the chain.
#[derive(Debug, FromQueryResult)]
pub(crate) struct LinkRow {
    pub seq: i64,
    pub hash: Vec<u8>,
}

/// Makes every other writer of the log wait until this transaction ends. SQLite has one writer anyway.
pub(crate) async fn lock(tx: &impl ConnectionTrait) -> Result<()> {
    match Engine::from(tx.get_database_backend()) {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => run(tx, "SELECT pg_advisory_xact_lock(7215060142)", []).await,
    }
}

pub(crate) async fn find_last(connection: &impl ConnectionTrait) -> Result<Option<LinkRow>> {
    optional(connection, "SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1", []).await
}

pub(crate) async fn insert(tx: &impl ConnectionTrait, row: AuditRow) -> Result<()> {
    let sql =
        "INSERT INTO audit_log (seq, at, actor, action, object, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let AuditRow { seq, at, actor, action, object, detail, hash } = row;
    run(tx, sql, [seq.into(), at.into(), actor.into(), action.into(), object.into(), detail.into(), hash.into()]).await
}

/// The rows after `seq`, oldest first.
pub(crate) async fn list_after(connection: &impl ConnectionTrait, seq: i64, limit: u32) -> Result<Vec<AuditRow>> {
    let sql = "SELECT seq, at, actor, action, object, detail, hash FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2";
    all(connection, sql, [seq.into(), i64::from(limit).into()]).await
}

/// One row with the name of the member of staff who acted.
#[derive(Debug, FromQueryResult)]
pub(crate) struct EntryRow {
    pub seq: i64,
    pub at: i64,
    pub actor: String,
    pub actor_name: Option<String>,
    pub action: String,
    pub object: String,
    pub detail: String,
}

/// The rows before `seq`, newest first; an empty filter matches everything.
pub(crate) async fn list_before(
    connection: &impl ConnectionTrait,
    filter: &[(&str, String)],
    seq: i64,
    limit: i64,
) -> Result<Vec<EntryRow>> {
    let mut values: Vec<Value> = vec![seq.into(), limit.into()];
    let mut sql = String::from(
        "SELECT a.seq, a.at, a.actor, s.name AS actor_name, a.action, a.object, a.detail
         FROM audit_log a LEFT JOIN staff s ON s.id = a.actor WHERE a.seq < $1",
    );
    for (column, value) in filter {
        values.push(value.as_str().into());
        sql.push_str(&format!(" AND a.{column} = ${}", values.len()));
    }
    sql.push_str(" ORDER BY a.seq DESC LIMIT $2");
    all(connection, &sql, values).await
}

#[derive(FromQueryResult)]
struct CountRow {
    number: i64,
}

/// How many rows an actor has of an action, later than an instant.
pub(crate) async fn count_since(
    connection: &impl ConnectionTrait,
    actor: &str,
    action: &str,
    since_us: i64,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS number FROM audit_log WHERE at > $3 AND actor = $1 AND action = $2";
    Ok(one::<CountRow>(connection, sql, [actor.into(), action.into(), since_us.into()]).await?.number)
}
