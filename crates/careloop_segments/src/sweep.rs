//! Deciding everybody: when the follower is far behind, and when everything is derived again.
//!
//! A server goes step by step, so that others get their turn. A rebuild has the machine to itself: pages of people are read,
//! folded and judged side by side, and one after the other written. Between reading and writing somebody else may have
//! decided the same people; then the page is read again inside the transaction that writes it. Whatever else came in between
//! lies behind the tip that the log counts as followed to, so the follower looks at it afterwards.

use std::collections::VecDeque;
use std::sync::Arc;

use careloop_db::Db;
use careloop_events::{Position, consumers};
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::{CHUNK, Folded, Outcomes, fold, live_now, load, waiting};
use jiff::Timestamp;
use tokio::task::JoinHandle;

use crate::membership::{Decided, FOLLOWED, Judged, Setting, process, settle};
use crate::moved::Moved;
use crate::store::{self, SegmentRow};

/// Where a sweep over everybody stands: `tx` 1 while it runs, `seq` the last person done.
pub(crate) const SWEEP: &str = "segments.sweep";
/// How far the log will have been followed when the sweep ends.
const SWEEP_TIP: &str = "segments.sweep.tip";
/// When the sweep began: `seq` in microseconds. A segment that is new or changed since has not been decided for everybody.
const SWEEP_BEGAN: &str = "segments.sweep.began";
/// How many people a rebuild decides in one transaction.
const PAGE: usize = 1_000;
/// How many pages are read ahead of the one that is written.
const AHEAD: usize = 4;

/// Starts to fold and decide everybody; the log as it stands now counts as followed when that is done.
pub(crate) async fn start<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    let tip = careloop_events::tip(db).await?;
    let tx = db.begin().await?;
    consumers::save(&*tx, ctx, SWEEP_TIP, tip).await?;
    consumers::save(&*tx, ctx, SWEEP_BEGAN, Position { tx: 0, seq: ctx.now_us() }).await?;
    consumers::save(&*tx, ctx, SWEEP, Position { tx: 1, seq: 0 }).await?;
    tx.commit().await
}

/// Decides the next people of a sweep.
pub(crate) async fn step<P>(db: &Db, ctx: &Ctx<P>) -> Result<bool> {
    let at = consumers::load(db, SWEEP).await?;
    let tip = consumers::load(db, SWEEP_TIP).await?;
    let began = consumers::load(db, SWEEP_BEGAN).await?.seq;
    let tx = db.begin().await?;
    store::lock(&*tx).await?;
    let setting = Setting::load(db, &*tx).await?;
    let people = waiting::people_after(&*tx, at.seq, CHUNK).await?;
    process(&*tx, ctx, &setting, &people).await?;
    match people.last().copied().filter(|_| people.len() == CHUNK) {
        Some(last) => consumers::save(&*tx, ctx, SWEEP, Position { tx: 1, seq: last }).await?,
        None => {
            consumers::save(&*tx, ctx, FOLLOWED, tip).await?;
            consumers::save(&*tx, ctx, SWEEP, Position::default()).await?;
            let known = |segment: &&SegmentRow| segment.filled_to.is_some() && segment.updated_at < began;
            for segment in setting.segments.iter().filter(known) {
                store::set_filled(&*tx, segment.ord, None).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// People who are folded and judged, to be stored.
struct Page {
    people: Vec<i64>,
    setting: Arc<Setting>,
    outcomes: Outcomes,
    judged: Vec<Judged>,
    /// Those whose identity changed since the log was followed.
    moved: Vec<Folded>,
    /// The last entry or exit when they were read.
    upto: i64,
}

impl Page {
    /// Reads, folds and judges people at an instant.
    async fn read(db: Db, setting: Arc<Setting>, people: Vec<i64>, now: Timestamp) -> Result<Self> {
        let upto = store::last_change(db.read()).await?;
        let loaded = load(db.read(), &people).await?;
        let (mut outcomes, mut judged, mut moved) = (Outcomes::default(), Vec::new(), Vec::new());
        for loaded in loaded {
            let profile = fold(&loaded.facts, &loaded.events, &setting.live.inputs, now);
            outcomes.add(&loaded, &profile, &setting.live)?;
            judged.push(Judged::of(&setting, &loaded, &profile, now.as_microsecond())?);
            if loaded.moves.iter().any(|position| *position > setting.followed) {
                moved.push(Folded { loaded, profile });
            }
        }
        Ok(Self { people, setting, outcomes, judged, moved, upto })
    }

    /// Stores the page. Gives the setting that the next pages are to be judged by.
    async fn write<P>(self, db: &Db, ctx: &Ctx<P>) -> Result<Arc<Setting>> {
        let tx = db.begin().await?;
        store::lock(&*tx).await?;
        let setting = Setting::load(db, &*tx).await?;
        let last = self.people.last().copied().unwrap_or_default();
        let same = setting.decides_as(&self.setting);
        if same && !store::changed_since(&*tx, self.upto, &self.people).await? {
            let (vanished, _) = self.outcomes.store(&*tx, &self.people).await?;
            let moved = Moved::read(&*tx, setting.followed, &self.moved).await?;
            let decided = Decided { people: &self.people, judged: self.judged, vanished: &vanished, moved };
            settle(&*tx, ctx, &setting, decided).await?;
        } else {
            process(&*tx, ctx, &setting, &self.people).await?;
        }
        consumers::save(&*tx, ctx, SWEEP, Position { tx: 1, seq: last }).await?;
        tx.commit().await?;
        Ok(if same { self.setting } else { Arc::new(setting) })
    }
}

/// Decides everybody, as quickly as the machine can.
pub(crate) async fn everybody<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    start(db, ctx).await?;
    let mut setting = Arc::new(Setting::load(db, db.read()).await?);
    let mut ahead: VecDeque<JoinHandle<Result<Page>>> = VecDeque::new();
    let (mut after, mut all) = (0, false);
    loop {
        while !all && ahead.len() < AHEAD {
            let people = waiting::people_after(db.read(), after, PAGE).await?;
            all = people.len() < PAGE;
            let Some(last) = people.last() else { break };
            after = *last;
            let page = Page::read(db.clone(), Arc::clone(&setting), people, live_now(ctx));
            ahead.push_back(tokio::spawn(page));
        }
        let Some(page) = ahead.pop_front() else { break };
        setting = page.await.map_err(Error::internal)??.write(db, ctx).await?;
    }
    // What is left is the end, which a step writes down.
    while consumers::load(db, SWEEP).await?.tx == 1 {
        step(db, ctx).await?;
    }
    Ok(())
}
