//! How many events each source has sent and there are of each kind, counted once and then only the new ones.

use std::collections::HashMap;

use careloop_db::Db;
use careloop_kernel::Result;

use crate::store::{self, BY_KIND, BY_SOURCE, Grouping};

/// Under this many new events the count is not written down again.
const WORTH_SAVING: i64 = 50_000;

/// Events by source. The first call counts the whole log, later ones what came since.
pub async fn counts_by_source(db: &Db) -> Result<HashMap<i64, i64>> {
    let counts = counts(db, BY_SOURCE).await?;
    Ok(counts.into_iter().filter_map(|(source, count)| Some((source.parse().ok()?, count))).collect())
}

/// Events by kind. The first call counts the whole log, later ones what came since.
pub async fn counts_by_kind(db: &Db) -> Result<HashMap<String, i64>> {
    counts(db, BY_KIND).await
}

async fn counts(db: &Db, by: Grouping) -> Result<HashMap<String, i64>> {
    let tip = store::tip(db).await?;
    let (from, mut counts) = store::saved_counts(db, by).await?;
    let fresh = store::count_between(db, by, from, tip).await?;
    let new: i64 = fresh.iter().map(|row| row.count).sum();
    for row in fresh {
        *counts.entry(row.name).or_default() += row.count;
    }
    if new >= WORTH_SAVING {
        store::save_counts(db, by, tip, &counts).await?;
    }
    Ok(counts)
}
