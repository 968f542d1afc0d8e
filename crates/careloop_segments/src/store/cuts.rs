//! Numbers at quantiles, as they were measured.

use careloop_db::{ConnectionTrait, FromQueryResult, all, run};
use careloop_kernel::Result;

use crate::rule::Cuts;

#[derive(FromQueryResult)]
struct CutRow {
    key: String,
    value: Option<i64>,
}

/// What was in force before an instant.
pub(crate) async fn cuts(connection: &impl ConnectionTrait, before: i64) -> Result<Cuts> {
    let sql = "SELECT key, value FROM segment_cuts WHERE at < $1 ORDER BY ord";
    let rows: Vec<CutRow> = all(connection, sql, [before.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.value)).collect())
}

/// Writes a measure down.
pub(crate) async fn insert_cut(tx: &impl ConnectionTrait, at: i64, (key, value): (&str, Option<i64>)) -> Result<()> {
    run(tx, "INSERT INTO segment_cuts (at, key, value) VALUES ($1, $2, $3)", [at.into(), key.into(), value.into()])
        .await
}

#[derive(FromQueryResult)]
struct RuleRow {
    rule: String,
}

/// The rules of segments in use that ask for a quantile.
pub(crate) async fn rules_with_quantiles(connection: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = "SELECT rule FROM segments WHERE archived_at IS NULL AND rule LIKE '%\"quantile\"%' ORDER BY ord";
    let rows: Vec<RuleRow> = all(connection, sql, []).await?;
    Ok(rows.into_iter().map(|row| row.rule).collect())
}
