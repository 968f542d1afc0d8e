//! A visitor who turned out to be somebody: an anonymous id that logged in, an id that was renamed.

use careloop_db::ConnectionTrait;
use careloop_kernel::{Ctx, Result};

use crate::store;

/// Says that the record `alias` is the human of the record `main`, and gives whether that was news.
///
/// An alias belongs to the first it was declared for: on a phone that a family shares, the second who logs in is another
/// human and the visitor stays with the first. The declaration counts as a decision that two records are one person, so
/// staff can undo it, and once undone it stays undone.
pub async fn declare_alias<P>(tx: &impl ConnectionTrait, ctx: &Ctx<P>, alias: i64, main: i64) -> Result<bool> {
    if alias == main {
        return Ok(false);
    }
    store::lock_out_resolve(tx).await?;
    let declared = store::alias::declare(tx, alias, main, &ctx.actor().label(), ctx.now_us()).await?;
    if declared {
        store::records::unsettle(tx, [alias, main]).await?;
    }
    Ok(declared)
}
