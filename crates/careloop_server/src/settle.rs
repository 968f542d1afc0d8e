//! Bringing persons, tags and segments up to date before a command answers. Nothing is sent, imported or compacted.
//!
//! The work is done under the same leases as the workers'. Where a server holds them, the command waits until that server
//! has come as far.

use std::time::Duration;

use careloop_events::{consumers, tip};
use careloop_kernel::Result;

use crate::workers::Post;
use crate::{Parts, store};

/// How long to wait before looking again what the server has done.
const LOOK: Duration = Duration::from_millis(50);
/// A log that never rests must not hold the answer up: so many steps after the log's first end, it is given.
const STEPS_BEYOND: usize = 1_000;
/// And so many looks at a server that is busy with what came later.
const LOOKS_BEYOND: usize = 200;

/// Derives what the log and the records held when it was called.
pub async fn settle(parts: &Parts) -> Result<()> {
    settle_identity(parts).await?;
    settle_segments(parts).await
}

async fn settle_identity(parts: &Parts) -> Result<()> {
    let (db, ctx) = (&parts.app.db, parts.ctx("identity"));
    let last = store::last_unresolved(db).await?;
    let mut post = Post::new("identity");
    while store::is_unresolved_upto(db, last).await? {
        if post.take(parts).await? {
            post.keep_during(parts, careloop_people::jobs::resolve_pending(db, &ctx)).await?;
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    post.leave(parts).await;
    Ok(())
}

async fn settle_segments(parts: &Parts) -> Result<()> {
    let (db, ctx) = (&parts.app.db, parts.ctx("segments"));
    let end = tip(db).await?;
    let mut post = Post::new("segments");
    let mut beyond = 0;
    loop {
        let reached =
            consumers::load(db, "segments").await? >= end && consumers::load(db, "segments.sweep").await?.tx == 0;
        if post.take(parts).await? {
            let busy = post.keep_during(parts, Box::pin(careloop_segments::jobs::follow(db, &ctx))).await?;
            beyond += usize::from(reached);
            if !busy || beyond > STEPS_BEYOND {
                break;
            }
        } else {
            beyond += usize::from(reached);
            if reached && (beyond > LOOKS_BEYOND || careloop_segments::jobs::is_current(db, &ctx).await?) {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
    post.leave(parts).await;
    Ok(())
}
