//! The SQL of file imports.

pub(super) mod imports;
pub(super) mod rejects;
pub(super) mod uploads;

use std::collections::HashMap;

use careloop_db::{ConnectionTrait, FromQueryResult, all, execute, optional};
use careloop_kernel::Result;

/// A source as an import needs it.
#[derive(Debug, FromQueryResult)]
pub(super) struct SourceRow {
    pub ord: i64,
    pub name: String,
    pub kind: String,
    pub disabled_at: Option<i64>,
}

/// The source of this name or id.
pub(super) async fn find_source(connection: &impl ConnectionTrait, name_or_id: &str) -> Result<Option<SourceRow>> {
    let sql = "SELECT ord, name, kind, disabled_at FROM sources WHERE name = $1 OR id = $1";
    optional(connection, sql, [name_or_id.into()]).await
}

/// Notes that the source has sent something.
pub(super) async fn touch_source(connection: &impl ConnectionTrait, source: i64, now: i64) -> Result<()> {
    let sql = "UPDATE sources SET last_seen_at = $1 WHERE ord = $2";
    execute(connection, sql, [now.into(), source.into()]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct ClinicRow {
    ord: i64,
    code: String,
    name: String,
}

/// Every clinic by code and by name, as written and in lower case.
pub(super) async fn clinic_words(connection: &impl ConnectionTrait) -> Result<HashMap<String, i64>> {
    let rows: Vec<ClinicRow> = all(connection, "SELECT ord, code, name FROM clinics", []).await?;
    let mut words = HashMap::new();
    for row in rows {
        for word in [row.code, row.name] {
            words.entry(word.to_lowercase()).or_insert(row.ord);
            words.insert(word, row.ord);
        }
    }
    Ok(words)
}

#[derive(FromQueryResult)]
struct SettingRow {
    value: String,
}

/// A setting of the chain, if it was ever set.
pub(super) async fn find_setting(connection: &impl ConnectionTrait, key: &str) -> Result<Option<String>> {
    let row: Option<SettingRow> =
        optional(connection, "SELECT value FROM settings WHERE key = $1", [key.into()]).await?;
    Ok(row.map(|row| row.value))
}
