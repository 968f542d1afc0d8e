//! Failed log-ins, by the blind index of the login.

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute, in_list, optional};
use careloop_kernel::Result;

/// When failures count and how long a lock lasts, in microseconds.
pub(crate) struct Policy {
    pub now: i64,
    /// Failures before this instant are forgotten.
    pub forget_before: i64,
    /// This many failures lock.
    pub limit: i64,
    /// Until when.
    pub lock_until: i64,
}

#[derive(FromQueryResult)]
struct FailuresRow {
    failures: i64,
}

/// Counts an attempt as failed before it is checked, so that guesses sent at once count one by one. None when locked.
pub(crate) async fn count(connection: &impl ConnectionTrait, login: i64, policy: &Policy) -> Result<Option<i64>> {
    let sql = "INSERT INTO login_failures (login, failures, locked_until, last_at) VALUES ($1, 1, NULL, $2)
         ON CONFLICT (login) DO UPDATE SET
             failures = CASE WHEN login_failures.locked_until IS NULL AND login_failures.last_at >= $3
                 THEN login_failures.failures + 1 ELSE 1 END,
             locked_until = CASE WHEN login_failures.locked_until IS NULL AND login_failures.last_at >= $3
                 AND login_failures.failures + 1 >= $4 THEN $5 ELSE NULL END,
             last_at = $2
         WHERE login_failures.locked_until IS NULL OR login_failures.locked_until <= $2
         RETURNING failures";
    let Policy { now, forget_before, limit, lock_until } = policy;
    let values = [login, *now, *forget_before, *limit, *lock_until].map(Into::into);
    let row: Option<FailuresRow> = optional(connection, sql, values).await?;
    Ok(row.map(|row| row.failures))
}

/// Forgets the failures of a login.
pub(crate) async fn clear(connection: &impl ConnectionTrait, login: i64) -> Result<()> {
    execute(connection, "DELETE FROM login_failures WHERE login = $1", [login.into()]).await.map(|_| ())
}

/// Forgets what no longer matters, so that made-up logins do not fill the table.
pub(crate) async fn purge(connection: &impl ConnectionTrait, policy: &Policy) -> Result<()> {
    let sql = "DELETE FROM login_failures WHERE last_at < $1 AND (locked_until IS NULL OR locked_until <= $2)";
    execute(connection, sql, [policy.forget_before.into(), policy.now.into()]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct LockRow {
    login: i64,
    locked_until: i64,
}

/// Which of these logins are locked, and until when.
pub(crate) async fn list_locked(
    connection: &impl ConnectionTrait,
    logins: &[i64],
    now: i64,
) -> Result<Vec<(i64, i64)>> {
    let sql = format!(
        "SELECT login, locked_until FROM login_failures WHERE locked_until > $1 AND login IN ({})",
        in_list(logins.iter().copied())
    );
    let rows: Vec<LockRow> = all(connection, &sql, [now.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.login, row.locked_until)).collect())
}
