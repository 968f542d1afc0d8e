//! One chunk of the oldest action that is not done.

use std::collections::BTreeSet;

use careloop_db::Db;
use careloop_kernel::{Ctx, Error, ErrorKind, Result};
use careloop_profiles::CHUNK;
use careloop_profiles::sets::{from_bytes, to_bytes};
use roaring::RoaringBitmap;

use super::{Deed, apply, undo};
use crate::finder::number;
use crate::store::bulk::{self as store, BulkRow, Progress};

/// What the events of an action say of it.
pub(super) struct Told<'a> {
    pub(super) action: &'a BulkRow,
    pub(super) deed: Deed,
}

/// Goes through one chunk; true when there may be more to do at once.
///
/// What is refused once is refused always (a tag that a later library does not know): such an action is stopped, so that it
/// does not stand in the way of those behind it.
pub(crate) async fn step<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let Some(action) = store::next(db.read()).await? else { return Ok(false) };
    match chunk(db, ctx, &action).await {
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::NotFound) => {
            let tx = db.begin().await?;
            store::cancel(&*tx, action.ord, ctx.now_us()).await?;
            tx.commit().await?;
        }
        done => done?,
    }
    Ok(true)
}

async fn chunk<P>(db: &Db, ctx: &Ctx<P>, action: &BulkRow) -> Result<()> {
    let tx = db.begin().await?;
    if !store::hold(&*tx, action).await? {
        return Ok(());
    }
    let sets = store::sets(&*tx, action.ord).await?;
    let beyond = u32::try_from(action.reached + 1).map_err(Error::internal)?;
    let chunk: Vec<i64> = from_bytes(&sets.people)?.range(beyond..).take(CHUNK).map(i64::from).collect();
    let told = Told { deed: Deed::of_row(action)?, action };
    let touched: BTreeSet<i64> = match action.undoes {
        Some(_) => undo::records(&tx, ctx, &told, &chunk).await?,
        None => apply::people(&tx, ctx, &told, &chunk).await?,
    };
    let changed = touched.into_iter().map(number).collect::<RoaringBitmap>() | from_bytes(&sets.changed)?;
    let progress = Progress {
        reached: chunk.last().copied().unwrap_or(action.reached),
        done: action.done + i64::try_from(chunk.len()).map_err(Error::internal)?,
        changed: to_bytes(&changed)?,
        changed_count: i64::try_from(changed.len()).map_err(Error::internal)?,
        finished_at: (chunk.len() < CHUNK).then(|| ctx.now_us()),
    };
    store::save(&*tx, action.ord, progress).await?;
    tx.commit().await
}
