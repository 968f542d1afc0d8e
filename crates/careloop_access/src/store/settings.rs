//! The chain's settings: keys and values.

use careloop_db::{ConnectionTrait, FromQueryResult, all, optional, run};
use careloop_kernel::Result;

#[derive(FromQueryResult)]
struct SettingRow {
    key: String,
    value: String,
}

#[derive(FromQueryResult)]
struct ValueRow {
    value: String,
}

pub(crate) async fn list(connection: &impl ConnectionTrait) -> Result<Vec<(String, String)>> {
    let rows: Vec<SettingRow> = all(connection, "SELECT key, value FROM settings", []).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.value)).collect())
}

pub(crate) async fn find(connection: &impl ConnectionTrait, key: &str) -> Result<Option<String>> {
    let row: Option<ValueRow> = optional(connection, "SELECT value FROM settings WHERE key = $1", [key.into()]).await?;
    Ok(row.map(|row| row.value))
}

pub(crate) async fn insert_if_absent(connection: &impl ConnectionTrait, key: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    run(connection, sql, [key.into(), value.into()]).await
}

pub(crate) async fn upsert(connection: &impl ConnectionTrait, key: &str, value: &str) -> Result<()> {
    let sql =
        "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    run(connection, sql, [key.into(), value.into()]).await
}
