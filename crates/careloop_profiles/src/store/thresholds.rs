//! Changes of thresholds.

use careloop_db::{ConnectionTrait, FromQueryResult, all, run};
use careloop_kernel::Result;

/// A change of a threshold.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct ThresholdRow {
    pub(crate) ord: i64,
    pub(crate) at: i64,
    pub(crate) tag: String,
    pub(crate) name: String,
    pub(crate) value: Option<i64>,
    pub(crate) staff_name: Option<String>,
}

/// The changes before an instant, oldest first.
pub(crate) async fn thresholds(connection: &impl ConnectionTrait, before: i64) -> Result<Vec<ThresholdRow>> {
    let sql = "SELECT t.ord, t.at, t.tag, t.name, t.value, s.name AS staff_name FROM tag_thresholds t
               LEFT JOIN staff s ON s.ord = t.staff WHERE t.at < $1 ORDER BY t.ord";
    all(connection, sql, [before.into()]).await
}

/// Writes a change down.
pub(crate) async fn insert_threshold(
    tx: &impl ConnectionTrait,
    at: i64,
    (tag, name, value): (&str, &str, Option<i64>),
    staff: Option<i64>,
) -> Result<()> {
    let sql = "INSERT INTO tag_thresholds (at, tag, name, value, staff) VALUES ($1, $2, $3, $4, $5)";
    run(tx, sql, [at.into(), tag.into(), name.into(), value.into(), staff.into()]).await
}
