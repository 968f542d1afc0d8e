//! Deciding everybody: when the follower is far behind, and when everything is derived again.
//!
//! A server goes step by step, so that others get their turn. A rebuild has the machine to itself: the whole log is read at
//! once, pages of people are folded and judged side by side, and one after the other written. Between reading and writing
//! somebody else may have decided the same people; then the page is read again inside the transaction that writes it.
//! Whatever else came in between lies behind the tip that the log counts as followed to, so the follower looks at it afterwards.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use careloop_db::{ConnectionTrait, Db};
use careloop_events::{INTERNAL_SOURCE, Position, consumers};
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::{Block, CHUNK, Folded, Gathered, Loaded, Outcomes, fold, live_now, lock, waiting};
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
/// How many pages are read ahead of the one that is written.
const AHEAD: usize = 3;

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
    lock(&*tx).await?;
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
    /// With numbers that are no person any more.
    people: Vec<i64>,
    /// The last who is one.
    last: i64,
    setting: Arc<Setting>,
    outcomes: Outcomes,
    judged: Vec<Judged>,
    /// Those whose identity changed since the log was followed.
    moved: Vec<Folded>,
}

impl Page {
    /// Reads, folds and judges the people of a block at an instant.
    async fn read(db: Db, setting: Arc<Setting>, block: Block, now: Timestamp) -> Result<Self> {
        let loaded = block.load(&db).await?;
        tokio::task::spawn_blocking(move || Self::decide(setting, loaded, now)).await.map_err(Error::internal)?
    }

    fn decide(setting: Arc<Setting>, people: Vec<Loaded>, now: Timestamp) -> Result<Self> {
        let (mut outcomes, mut judged, mut moved) = (Outcomes::default(), Vec::new(), Vec::new());
        let last = people.last().map_or(0, |loaded| loaded.facts.person);
        let mut numbers = BTreeSet::new();
        for loaded in people {
            numbers.insert(loaded.facts.person);
            numbers.extend(former(&loaded));
            let profile = fold(&loaded.facts, &loaded.events, &setting.live.inputs, now);
            outcomes.add(&loaded, &profile, &setting.live);
            judged.push(Judged::of(&setting, &loaded, &profile, now.as_microsecond())?);
            if loaded.moves.iter().any(|position| *position > setting.followed) {
                moved.push(Folded { loaded, profile });
            }
        }
        Ok(Self { people: numbers.into_iter().collect(), last, setting, outcomes, judged, moved })
    }

    /// Stores the page. Gives the setting that the next pages are to be judged by.
    async fn write<P>(self, db: &Db, ctx: &Ctx<P>, alone: &mut Alone) -> Result<Arc<Setting>> {
        let tx = db.begin().await?;
        lock(&*tx).await?;
        let setting = Setting::load(db, &*tx).await?;
        let same = setting.decides_as(&self.setting);
        if same && alone.decided(&*tx, &self.people).await? {
            let vanished = self.outcomes.store(&*tx, &self.people).await?;
            let moved = Moved::read(&*tx, setting.followed, &self.moved).await?;
            let decided = Decided { people: &self.people, judged: self.judged, vanished: &vanished, moved };
            settle(&*tx, ctx, &setting, decided).await?;
        } else {
            for people in self.people.chunks(CHUNK) {
                process(&*tx, ctx, &Setting::load(db, &*tx).await?, people).await?;
            }
        }
        consumers::save(&*tx, ctx, SWEEP, Position { tx: 1, seq: self.last }).await?;
        alone.last = store::last_change(&*tx).await?;
        tx.commit().await?;
        Ok(if same { self.setting } else { Arc::new(setting) })
    }
}

/// The numbers under which the log told of this person entering a segment, and that are no person any more: where profiles
/// are empty, only the log knows of them.
fn former(loaded: &Loaded) -> impl Iterator<Item = i64> {
    let told =
        loaded.events.iter().filter(|event| event.source == INTERNAL_SOURCE && &*event.kind == "segment.entered");
    told.map(|event| event.record).filter(|record| *record != loaded.facts.person)
}

/// Entries and exits since everybody's events were read.
struct Alone {
    /// The last one then.
    upto: i64,
    /// The last one after what was written here; a later one is somebody else's.
    last: i64,
}

impl Alone {
    /// Whether nobody else has decided these people since. The caller holds [`lock`].
    async fn decided(&self, tx: &impl ConnectionTrait, people: &[i64]) -> Result<bool> {
        Ok(store::last_change(tx).await? == self.last || !store::changed_since(tx, self.upto, people).await?)
    }
}

/// Decides everybody, as quickly as the machine can.
pub(crate) async fn everybody<P>(db: &Db, ctx: &Ctx<P>) -> Result<()> {
    start(db, ctx).await?;
    let upto = store::last_change(db.read()).await?;
    let mut alone = Alone { upto, last: upto };
    let mut setting = Arc::new(Setting::load(db, db.read()).await?);
    let mut blocks = Gathered::read(db).await?.into_blocks();
    let mut ahead: VecDeque<JoinHandle<Result<Page>>> = VecDeque::new();
    loop {
        while ahead.len() < AHEAD
            && let Some(block) = blocks.next()
        {
            ahead.push_back(tokio::spawn(Page::read(db.clone(), Arc::clone(&setting), block, live_now(ctx))));
        }
        let Some(page) = ahead.pop_front() else { break };
        let page = page.await.map_err(Error::internal)??;
        if !page.people.is_empty() {
            setting = page.write(db, ctx, &mut alone).await?;
        }
    }
    // What is left is the end, which a step writes down.
    while consumers::load(db, SWEEP).await?.tx == 1 {
        step(db, ctx).await?;
    }
    Ok(())
}
