//! What happened to each record, together.
//!
//! The log stands in the order of arrival, so one person's events lie on as many of its pages. A reader of the log
//! ([`keep_histories`]) copies them to one row a record, packed; whoever folds people reads those rows, and from the log
//! only the few events that came since. A row holds every event of its record up to where the reader has come, and may hold
//! later ones, each once.

mod fill;
mod packed;
mod piles;
mod told;

use std::collections::BTreeMap;

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::{Ctx, Result};

pub use told::{Histories, Told};

use packed::Packer;

use crate::store::LateRow;
use crate::{Position, Scanned, consumers, store};

/// How far the log has been copied.
const COPIED: &str = "events.histories";
/// How often the copies were thrown away, as `seq`: whoever copies much of the log stops when they were meanwhile.
const THROWN: &str = "events.histories.thrown";
/// Events copied in one step.
const BATCH: i64 = 2_000;
/// With more events than this to copy, the log is gone through at once.
const BACKLOG: i64 = 50_000;

/// Copies the next events of the log, however many there are when it is far ahead, and none when there are fewer than
/// `at_least`; true when there may be more.
pub async fn keep_histories<P>(db: &Db, ctx: &Ctx<P>, at_least: usize) -> Result<bool> {
    let thrown = consumers::load(db, THROWN).await?;
    let from = consumers::load(db, COPIED).await?;
    let tip = store::tip(db).await?;
    if tip == from {
        return Ok(false);
    }
    if tip.seq - from.seq > BACKLOG {
        fill::fill(db, ctx, thrown, (from, tip)).await?;
        return Ok(true);
    }
    if tip.seq - from.seq < i64::try_from(at_least).unwrap_or(i64::MAX) {
        return Ok(false);
    }
    let rows = store::to_copy(db, from, BATCH).await?;
    let Some(last) = rows.last().map(|row| row.scanned().position) else { return Ok(false) };
    let mut fresh: BTreeMap<i64, Vec<Scanned<'_>>> = BTreeMap::new();
    for event in rows.iter().map(LateRow::scanned).filter(|event| event.record > 0) {
        fresh.entry(event.record).or_default().push(event);
    }
    let tx = db.begin().await?;
    if consumers::lock(&*tx, ctx, COPIED).await? == from {
        append(&*tx, fresh).await?;
        consumers::save(&*tx, ctx, COPIED, last).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Copies the log until everything is that was committed when this was called.
pub async fn keep_all_histories<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    let tip = store::tip(db).await?;
    while consumers::load(db, COPIED).await? < tip && keep_histories(db, ctx, 1).await? {}
    Ok(())
}

/// Throws every copy away; the log is copied from its start again.
pub async fn forget_histories<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    let tx = db.begin().await?;
    consumers::lock(&*tx, ctx, COPIED).await?;
    store::forget_histories(&*tx).await?;
    let Position { tx: _, seq } = store::consumer(&*tx, THROWN).await?.unwrap_or_default();
    consumers::save(&*tx, ctx, THROWN, Position { tx: 0, seq: seq + 1 }).await?;
    consumers::save(&*tx, ctx, COPIED, Position::default()).await?;
    tx.commit().await
}

/// Appends each record's events, in the order of the log, to what is kept of it; those that it holds already are left out.
async fn append(tx: &impl ConnectionTrait, fresh: BTreeMap<i64, Vec<Scanned<'_>>>) -> Result<()> {
    let records: Vec<i64> = fresh.keys().copied().collect();
    let kept = store::histories(tx, &records).await?;
    let mut kept: BTreeMap<i64, Vec<u8>> = kept.into_iter().map(|row| (row.record, row.events)).collect();
    let mut rows = Vec::with_capacity(fresh.len());
    for (record, events) in fresh {
        let mut packer = kept.remove(&record).map_or_else(|| Ok(Packer::default()), |kept| Packer::resume(&kept))?;
        let last = packer.position();
        let mut new = events.iter().filter(|event| event.position > last).peekable();
        if new.peek().is_some() {
            new.for_each(|event| packer.put(event));
            rows.push((record, packer.pack()));
        }
    }
    store::save_histories(tx, rows).await
}

#[cfg(test)]
mod tests;
