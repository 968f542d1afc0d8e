//! Sessions: found by the SHA-256 of their token.

use careloop_db::{ConnectionTrait, FromQueryResult, execute, optional};
use careloop_kernel::Result;

/// A session that has not ended, and whose it is.
#[derive(FromQueryResult)]
pub(crate) struct SessionRow {
    pub staff: i64,
    pub staff_id: String,
    pub csrf: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub role_code: String,
    pub level: String,
    pub permissions: String,
}

pub(crate) async fn find(connection: &impl ConnectionTrait, token_hash: &[u8], now: i64) -> Result<Option<SessionRow>> {
    let sql = "SELECT s.ord AS staff, s.id AS staff_id, e.csrf, e.created_at, e.expires_at, r.code AS role_code,
        r.level, r.permissions
        FROM sessions e JOIN staff s ON s.ord = e.staff JOIN roles r ON r.id = s.role_id
        WHERE e.token_hash = $1 AND e.expires_at > $2 AND s.archived_at IS NULL";
    optional(connection, sql, [token_hash.into(), now.into()]).await
}

/// A session to be stored.
pub(crate) struct NewSession<'a> {
    pub token_hash: &'a [u8],
    pub staff: i64,
    pub csrf: &'a str,
    pub created_at: i64,
    pub expires_at: i64,
}

pub(crate) async fn insert(tx: &impl ConnectionTrait, session: &NewSession<'_>) -> Result<()> {
    let sql = "INSERT INTO sessions (token_hash, staff, csrf, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    let NewSession { token_hash, staff, csrf, created_at, expires_at } = *session;
    let values = [token_hash.into(), staff.into(), csrf.into(), created_at.into(), expires_at.into()];
    execute(tx, sql, values).await.map(|_| ())
}

/// Moves the end of a session, but never brings back one that was ended meanwhile.
pub(crate) async fn extend(connection: &impl ConnectionTrait, token_hash: &[u8], expires_at: i64) -> Result<()> {
    let sql = "UPDATE sessions SET expires_at = $1 WHERE token_hash = $2";
    execute(connection, sql, [expires_at.into(), token_hash.into()]).await.map(|_| ())
}

pub(crate) async fn delete(connection: &impl ConnectionTrait, token_hash: &[u8]) -> Result<()> {
    execute(connection, "DELETE FROM sessions WHERE token_hash = $1", [token_hash.into()]).await.map(|_| ())
}

/// Ends all sessions of somebody but the one kept; an empty `kept` keeps none.
pub(crate) async fn delete_others(tx: &impl ConnectionTrait, staff: i64, kept: &[u8]) -> Result<()> {
    let sql = "DELETE FROM sessions WHERE staff = $1 AND token_hash <> $2";
    execute(tx, sql, [staff.into(), kept.into()]).await.map(|_| ())
}

pub(crate) async fn delete_expired(tx: &impl ConnectionTrait, now: i64) -> Result<()> {
    execute(tx, "DELETE FROM sessions WHERE expires_at <= $1", [now.into()]).await.map(|_| ())
}
