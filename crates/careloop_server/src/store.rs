//! What the server itself asks the database: whether it answers, and how much there is.

use careloop_db::{Db, FromQueryResult, all, one};
use careloop_kernel::Result;

#[derive(FromQueryResult)]
struct Figure {
    value: i64,
}

/// How far a reader of the log is behind.
#[derive(FromQueryResult)]
pub(crate) struct Lag {
    /// The reader.
    pub(crate) name: String,
    /// Events it has not seen.
    pub(crate) value: i64,
}

/// A figure for Prometheus.
pub(crate) struct Gauge {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) value: i64,
}

const GAUGES: &[(&str, &str, &str)] = &[
    ("careloop_events_total", "Events in the log.", "SELECT COALESCE(MAX(seq), 0) AS value FROM events"),
    ("careloop_records_total", "Records of all sources.", "SELECT COALESCE(MAX(ord), 0) AS value FROM records"),
    (
        "careloop_rejected_events_total",
        "Events that were refused and kept.",
        "SELECT COALESCE(MAX(ord), 0) AS value FROM event_rejects",
    ),
    (
        "careloop_lake_files",
        "Parquet files of the lake.",
        "SELECT COUNT(*) AS value FROM lake_files WHERE replaced_at IS NULL",
    ),
];

/// Whether the database answers.
pub(crate) async fn answers(db: &Db) -> bool {
    matches!(one::<Figure>(db.read(), "SELECT CAST(1 AS BIGINT) AS value", []).await, Ok(figure) if figure.value == 1)
}

/// Every figure there is.
pub(crate) async fn list_gauges(db: &Db) -> Result<Vec<Gauge>> {
    let mut gauges = Vec::with_capacity(GAUGES.len());
    for (name, help, sql) in GAUGES {
        let figure: Figure = one(db.read(), sql, []).await?;
        gauges.push(Gauge { name, help, value: figure.value });
    }
    Ok(gauges)
}

/// How far each reader of the log is behind.
pub(crate) async fn list_lags(db: &Db) -> Result<Vec<Lag>> {
    // A dotted name is a position of another sort, kept in the same table.
    let sql = "SELECT c.name, (SELECT COALESCE(MAX(seq), 0) FROM events) - c.seq AS value
               FROM consumers c WHERE c.name NOT LIKE '%.%' ORDER BY c.name";
    all(db.read(), sql, []).await
}

/// The newest record that identity has to look at; 0 when there is none.
pub(crate) async fn last_unresolved(db: &Db) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(ord), 0) AS value FROM records WHERE stale";
    Ok(one::<Figure>(db.read(), sql, []).await?.value)
}

/// Whether identity has still to look at a record up to this one.
pub(crate) async fn is_unresolved_upto(db: &Db, last: i64) -> Result<bool> {
    let sql =
        "SELECT COUNT(*) AS value FROM (SELECT 1 AS one FROM records WHERE stale AND ord <= $1 LIMIT 1) AS waiting";
    Ok(one::<Figure>(db.read(), sql, [last.into()]).await?.value > 0)
}
