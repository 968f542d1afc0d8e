//! How far each reader of the log has come.
//!
//! A reader loads its position, reads with [`crate::read_after`], and saves the new position in the same transaction
//! as what it made of the events: after a crash it sees the same events again and nothing was half done.

use careloop_db::{ConnectionTrait, Db};
use careloop_kernel::{Ctx, Result};

use crate::{Position, store};

/// The reader's position; the start of the log for a new reader.
pub async fn load(db: &Db, name: &str) -> Result<Position> {
    Ok(store::consumer(db.read(), name).await?.unwrap_or_default())
}

/// Whether this reader has ever saved a position.
pub async fn exists(db: &Db, name: &str) -> Result<bool> {
    Ok(store::consumer(db.read(), name).await?.is_some())
}

/// The position of a reader that several processes may move, locked until the end of the transaction.
pub async fn lock<P>(tx: &impl ConnectionTrait, ctx: &Ctx<P>, name: &str) -> Result<Position> {
    store::lock_consumer(tx, name, ctx.now_us()).await
}

/// Saves the reader's position, inside the transaction that holds its results.
pub async fn save<P>(tx: &impl ConnectionTrait, ctx: &Ctx<P>, name: &str, position: Position) -> Result<()> {
    store::save_consumer(tx, name, position, ctx.now_us()).await
}
