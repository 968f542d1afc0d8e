//! How many events each source has sent, counted once and then only the new ones.

use std::collections::HashMap;

use careloop_db::Db;
use careloop_kernel::Result;

use crate::store;

/// Under this many new events the count is not written down again.
const WORTH_SAVING: i64 = 50_000;

/// Events by source. The first call counts the whole log, later ones what came since.
pub async fn counts_by_source(db: &Db) -> Result<HashMap<i64, i64>> {
    let tip = store::tip(db).await?;
    let (from, mut counts) = store::saved_counts(db).await?;
    let fresh = store::count_between(db, from, tip).await?;
    let new: i64 = fresh.iter().map(|row| row.count).sum();
    for row in fresh {
        *counts.entry(row.source).or_default() += row.count;
    }
    if new >= WORTH_SAVING {
        store::save_counts(db, tip, &counts).await?;
    }
    Ok(counts)
}
