//! Counts of the log, kept with the place up to which they were made.

use std::collections::HashMap;

use careloop_db::{Db, FromQueryResult, all, execute, optional};
use careloop_kernel::{Error, Result};

use crate::Position;

/// What events are counted by: where the count is kept, and the column as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grouping {
    key: &'static str,
    column: &'static str,
}

/// By source.
pub(crate) const BY_SOURCE: Grouping = Grouping { key: "events.by_source", column: "CAST(source AS TEXT)" };
/// By kind.
pub(crate) const BY_KIND: Grouping = Grouping { key: "events.by_kind", column: "kind" };

#[derive(FromQueryResult)]
struct TextRow {
    value: String,
}

/// How many events there were of each, and up to where they were counted.
pub(crate) async fn saved_counts(db: &Db, by: Grouping) -> Result<(Position, HashMap<String, i64>)> {
    let row = optional::<TextRow>(db.read(), "SELECT value FROM settings WHERE key = $1", [by.key.into()]).await?;
    let saved = row.and_then(|row| serde_json::from_str::<(i64, i64, HashMap<String, i64>)>(&row.value).ok());
    Ok(saved.map(|(tx, seq, counts)| (Position { tx, seq }, counts)).unwrap_or_default())
}

/// Writes the count down. Two at once write the same or nearly so; each stands with its own position.
pub(crate) async fn save_counts(db: &Db, by: Grouping, upto: Position, counts: &HashMap<String, i64>) -> Result<()> {
    let value = serde_json::to_string(&(upto.tx, upto.seq, counts)).map_err(Error::internal)?;
    let sql =
        "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    execute(db.write(), sql, [by.key.into(), value.into()]).await.map(|_| ())
}

#[derive(FromQueryResult)]
pub(crate) struct CountRow {
    pub(crate) name: String,
    pub(crate) count: i64,
}

/// Events of each after one position, up to and with another.
pub(crate) async fn count_between(db: &Db, by: Grouping, from: Position, upto: Position) -> Result<Vec<CountRow>> {
    let column = by.column;
    let sqlite = format!(
        "SELECT {column} AS name, COUNT(*) AS count FROM events WHERE seq > $2 AND seq <= $4 AND $1 <= $3 GROUP BY 1"
    );
    let postgres = format!(
        "SELECT {column} AS name, COUNT(*) AS count FROM events WHERE tx > 0 AND (tx, seq) > ($1, $2)
         AND (tx, seq) <= ($3, $4) GROUP BY 1"
    );
    all(db.read(), db.by_engine(&sqlite, &postgres), [from.tx.into(), from.seq.into(), upto.tx.into(), upto.seq.into()])
        .await
}
