//! Background work: new and changed records find their persons soon after they arrive.

use careloop_db::Db;
use careloop_kernel::{Ctx, Result};

use crate::resolve::{Resolve, resolve};
use crate::store;

/// Resolves what has changed since the last time; false when nothing has. Asking costs one indexed look, so an idle
/// server does not take the write lock.
pub async fn resolve_pending<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    if !store::identity::is_anything_stale(db.read()).await? {
        return Ok(false);
    }
    resolve(db, ctx, Resolve::Incremental).await?;
    Ok(true)
}
