//! People who are read, folded and judged ahead, outside the transaction that stores the outcome: reading takes long, and
//! writers wait for it.
//!
//! Between reading and storing somebody else may have decided the same people; then they are read again inside the
//! transaction. Whatever else came in between lies behind the place in the log that counts as followed when the page is stored,
//! so the follower looks at it afterwards.

use std::collections::BTreeSet;
use std::sync::Arc;

use careloop_db::{ConnectionTrait, Db, Tx};
use careloop_events::INTERNAL_SOURCE;
use careloop_kernel::{Ctx, Error, Result};
use careloop_profiles::{Block, CHUNK, Folded, Loaded, Outcomes, Whose, fold, live_now, load, lock, waiting};
use futures::future::try_join_all;
use jiff::Timestamp;
use sea_orm::TransactionTrait as _;

use crate::membership::{Decided, Judged, Setting, process, settle};
use crate::moved::Moved;
use crate::store;

/// How many people are read at once by one reader.
const TOGETHER: usize = 256;

/// People who are folded and judged, to be stored.
pub(crate) struct Page {
    /// With numbers that are no person any more.
    people: Vec<i64>,
    /// Between which numbers everybody is on it.
    everybody: Option<(u32, u32)>,
    setting: Arc<Setting>,
    outcomes: Outcomes,
    judged: Vec<Judged>,
    /// Those whose identity changed since the log was followed.
    moved: Vec<Folded>,
}

impl Page {
    /// Reads, folds and judges the people of a block at an instant.
    pub(crate) async fn of_block(db: Db, setting: Arc<Setting>, block: Block, now: Timestamp) -> Result<Self> {
        let (opening, everybody) = (block.read(&db).await?, Some(block.numbers()));
        let page = decided(setting, opening.numbers(), opening.into_people(), now).await?;
        Ok(Self { everybody, ..page })
    }

    /// Reads, folds and judges these people at an instant, some of whom may be no person any more.
    pub(crate) async fn of_people(db: &Db, setting: Arc<Setting>, people: Vec<i64>, now: Timestamp) -> Result<Self> {
        let read = |part: &[i64]| {
            let (db, part) = (db.clone(), part.to_vec());
            // In one transaction a page that several questions ask for is read once.
            tokio::spawn(async move {
                let tx = db.read().begin().await.map_err(Error::internal)?;
                let loaded = load(&tx, &part).await?;
                tx.commit().await.map_err(Error::internal)?;
                Ok::<_, Error>(loaded)
            })
        };
        let parts = try_join_all(people.chunks(TOGETHER).map(read)).await.map_err(Error::internal)?;
        let loaded: Vec<Vec<Loaded>> = parts.into_iter().collect::<Result<_>>()?;
        decided(setting, people, loaded.into_iter().flatten().map(Ok), now).await
    }

    fn decide(
        setting: Arc<Setting>,
        people: Vec<i64>,
        loaded: impl Iterator<Item = Result<Loaded>>,
        now: Timestamp,
    ) -> Result<Self> {
        let (mut outcomes, mut judged, mut moved) = (Outcomes::default(), Vec::new(), Vec::new());
        let mut numbers: BTreeSet<i64> = people.into_iter().collect();
        for loaded in loaded {
            let loaded = loaded?;
            numbers.extend(former(&loaded));
            let profile = fold(&loaded.facts, &loaded.events, &setting.live.inputs, now);
            outcomes.add(&loaded, &profile, &setting.live);
            judged.push(Judged::of(&setting, &loaded, &profile, now.as_microsecond())?);
            if loaded.moves.iter().any(|position| *position > setting.followed) {
                moved.push(Folded { loaded, profile });
            }
        }
        let people = numbers.into_iter().collect();
        Ok(Self { people, everybody: None, setting, outcomes, judged, moved })
    }

    /// Stores the page inside a transaction that holds the [`lock`](careloop_profiles::lock); who was decided by somebody else
    /// meanwhile is read again. Gives the setting that the next pages are to be judged by.
    pub(crate) async fn store<P>(self, db: &Db, tx: &Tx, ctx: &Ctx<P>, alone: Alone) -> Result<Arc<Setting>> {
        let setting = Setting::load(db, &**tx).await?;
        let same = setting.decides_as(&self.setting);
        if same && alone.decided(&**tx, &self.people).await? && self.holds_everybody(&**tx).await? {
            let whose = match self.everybody {
                Some((first, last)) => Whose::Between(first, last),
                None => Whose::These(&self.people),
            };
            let stray = Box::pin(self.outcomes.store(&**tx, whose)).await?;
            let judged: BTreeSet<i64> = self.judged.iter().map(Judged::person).collect();
            let vanished = self.people.iter().copied().chain(stray).filter(|person| !judged.contains(person));
            let vanished: Vec<i64> = vanished.collect::<BTreeSet<_>>().into_iter().collect();
            let moved = Moved::read(&**tx, setting.followed, &self.moved).await?;
            let decided = Decided { whose, judged: self.judged, vanished: &vanished, moved };
            Box::pin(settle(&**tx, ctx, &setting, decided)).await?;
        } else {
            for people in self.people.chunks(CHUNK) {
                process(&**tx, ctx, &Setting::load(db, &**tx).await?, people).await?;
            }
        }
        Ok(if same { self.setting } else { Arc::new(setting) })
    }

    /// Whether nobody became a person since they were read, or ceased to be one, where everybody is meant.
    async fn holds_everybody(&self, tx: &impl ConnectionTrait) -> Result<bool> {
        let Some(numbers) = self.everybody else { return Ok(true) };
        let people = waiting::people_between(tx, numbers).await?;
        Ok(people.into_iter().eq(self.judged.iter().map(Judged::person)))
    }
}

async fn decided(
    setting: Arc<Setting>,
    people: Vec<i64>,
    loaded: impl Iterator<Item = Result<Loaded>> + Send + 'static,
    now: Timestamp,
) -> Result<Page> {
    tokio::task::spawn_blocking(move || Page::decide(setting, people, loaded, now)).await.map_err(Error::internal)?
}

/// The numbers under which the log told of this person entering a segment, and that are no person any more: where profiles
/// are empty, only the log knows of them.
fn former(loaded: &Loaded) -> impl Iterator<Item = i64> {
    let told =
        loaded.events.iter().filter(|event| event.source == INTERNAL_SOURCE && &*event.kind == "segment.entered");
    told.map(|event| event.record).filter(|record| *record != loaded.facts.person)
}

/// A page for one transaction.
pub(crate) struct Ahead {
    alone: Alone,
    page: Page,
}

impl Ahead {
    /// Reads, folds and judges these people now, some of whom may be no person any more.
    pub(crate) async fn of_people<P>(db: &Db, ctx: &Ctx<P>, people: Vec<i64>) -> Result<Self> {
        let alone = Alone::from_now(db.read()).await?;
        let setting = Arc::new(Setting::load(db, db.read()).await?);
        Ok(Self { alone, page: Page::of_people(db, setting, people, live_now(ctx)).await? })
    }

    /// Stores it; the transaction holds the [`lock`] from here on.
    pub(crate) async fn store<P>(self, db: &Db, tx: &Tx, ctx: &Ctx<P>) -> Result<()> {
        lock(&**tx).await?;
        Box::pin(self.page.store(db, tx, ctx, self.alone)).await.map(|_| ())
    }
}

/// Entries and exits since people's events were read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alone {
    /// The last one then.
    upto: i64,
    /// The last one after what was written here; a later one is somebody else's.
    last: i64,
}

impl Alone {
    /// To be asked before events are read.
    pub(crate) async fn from_now(connection: &impl ConnectionTrait) -> Result<Self> {
        let last = store::last_change(connection).await?;
        Ok(Self { upto: last, last })
    }

    /// Counts what was written until now in this transaction as one's own.
    pub(crate) async fn wrote(&mut self, tx: &impl ConnectionTrait) -> Result<()> {
        self.last = store::last_change(tx).await?;
        Ok(())
    }

    /// Whether nobody else has decided these people since. The caller holds the [`lock`](careloop_profiles::lock).
    async fn decided(&self, tx: &impl ConnectionTrait, people: &[i64]) -> Result<bool> {
        Ok(store::last_change(tx).await? == self.last || !store::changed_since(tx, self.upto, people).await?)
    }
}

#[cfg(test)]
mod tests {
    use careloop_people::ensure_records;
    use careloop_profiles::{Gathered, refresh};
    use careloop_testkit::on_both;

    use super::*;

    #[tokio::test]
    async fn who_became_a_person_after_a_block_was_read_keeps_what_was_decided() {
        on_both(|test| async move {
            let (db, ctx) = (&test.db, &test.ctx);
            let person = async |key: &str| {
                let records = ensure_records(db, ctx, INTERNAL_SOURCE, &[key.to_owned()]).await.unwrap();
                refresh(db, ctx, &records).await.unwrap();
                records[0]
            };
            let known = person("known").await;
            let alone = Alone::from_now(db.read()).await.unwrap();
            let setting = Arc::new(Setting::load(db, db.read()).await.unwrap());
            let block = Gathered::read(db, ctx).await.unwrap().into_blocks().next().unwrap();
            let page = Page::of_block(db.clone(), setting, block, live_now(ctx)).await.unwrap();
            let late = person("late").await;
            let tx = db.begin().await.unwrap();
            lock(&*tx).await.unwrap();
            page.store(db, &tx, ctx, alone).await.unwrap();
            tx.commit().await.unwrap();
            for person in [known, late] {
                let tags = careloop_profiles::tags_by_person(db.read(), &[person]).await.unwrap();
                assert!(!tags.is_empty(), "{person} has tags");
            }
        })
        .await;
    }
}
