//! Deciding everybody: when the follower is far behind, and when everything is derived again.
//!
//! A server goes step by step, so that others get their turn. A rebuild has the machine to itself: blocks of people are read,
//! folded and judged side by side, and one after the other written (`page.rs`).

use std::collections::VecDeque;
use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{Position, consumers, keep_all_histories};
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::{CHUNK, Gathered, live_now, lock, waiting};
use jiff::Timestamp;
use tokio::task::JoinHandle;

use crate::membership::{FOLLOWED, Setting};
use crate::page::{Ahead, Alone, Page};
use crate::store::{self, SegmentRow};

/// Where a sweep over everybody stands: `tx` 1 while it runs, `seq` the last person done.
pub(crate) const SWEEP: &str = "segments.sweep";
/// How far the log will have been followed when the sweep ends.
const SWEEP_TIP: &str = "segments.sweep.tip";
/// When the sweep began: `seq` in microseconds, the instant at which a rebuild decides everybody. A segment that is new or
/// changed since has not been decided for everybody.
const SWEEP_BEGAN: &str = "segments.sweep.began";
/// How many pages are read ahead of the one that is written.
const AHEAD: usize = 6;

/// Starts to fold and decide everybody; the log as it stands now counts as followed when that is done. Gives the instant.
pub(crate) async fn start<P>(db: &Db, ctx: &Ctx<P>) -> Result<Timestamp> {
    let now = live_now(ctx);
    let tip = careloop_events::tip(db).await?;
    let tx = db.begin().await?;
    consumers::save(&*tx, ctx, SWEEP_TIP, tip).await?;
    consumers::save(&*tx, ctx, SWEEP_BEGAN, Position { tx: 0, seq: now.as_microsecond() }).await?;
    consumers::save(&*tx, ctx, SWEEP, Position { tx: 1, seq: 0 }).await?;
    tx.commit().await?;
    Ok(now)
}

/// Decides the next people of a sweep.
pub(crate) async fn step<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let at = consumers::load(db, SWEEP).await?;
    let tip = consumers::load(db, SWEEP_TIP).await?;
    let began = consumers::load(db, SWEEP_BEGAN).await?.seq;
    let people = waiting::people_after(db.read(), at.seq, CHUNK).await?;
    let reached = people.last().copied().filter(|_| people.len() == CHUNK);
    let ahead = Ahead::of_people(db, ctx, people).await?;
    let tx = db.begin().await?;
    ahead.store(db, &tx, ctx).await?;
    match reached {
        Some(last) => consumers::save(&*tx, ctx, SWEEP, Position { tx: 1, seq: last }).await?,
        None => {
            consumers::save(&*tx, ctx, FOLLOWED, tip).await?;
            consumers::save(&*tx, ctx, SWEEP, Position::default()).await?;
            let known = |segment: &SegmentRow| {
                segment.archived_at.is_none() && segment.filled_to.is_some() && segment.updated_at < began
            };
            for segment in store::list(&*tx).await?.into_iter().filter(known) {
                store::set_filled(&*tx, segment.ord, None).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Decides everybody, as quickly as the machine can.
pub(crate) async fn everybody<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    // Everybody is decided at one instant; whatever is due meanwhile comes next.
    let now = start(db, ctx).await?;
    let mut alone = Alone::from_now(db.read()).await?;
    let mut setting = Arc::new(Setting::load(db, db.read()).await?);
    let mut blocks = Gathered::read(db, ctx).await?.into_blocks();
    let mut ahead: VecDeque<(u32, JoinHandle<Result<Page>>)> = VecDeque::new();
    loop {
        while ahead.len() < AHEAD
            && let Some(block) = blocks.next()
        {
            let (_, last) = block.numbers();
            let page = Page::of_block(db.clone(), Arc::clone(&setting), block, now);
            ahead.push_back((last, tokio::spawn(page)));
        }
        let Some((last, page)) = ahead.pop_front() else { break };
        let page = page.await.map_err(Error::internal)??;
        let tx = db.begin().await?;
        lock(&*tx).await?;
        setting = page.store(db, &tx, ctx, alone).await?;
        consumers::save(&*tx, ctx, SWEEP, Position { tx: 1, seq: last.into() }).await?;
        alone.wrote(&*tx).await?;
        tx.commit().await?;
    }
    // What is left is the end, which a step writes down.
    while consumers::load(db, SWEEP).await?.tx == 1 {
        step(db, ctx).await?;
    }
    keep_all_histories(db, ctx).await
}
