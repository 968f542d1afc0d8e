//! How many people had each value of a tag, week by week over the last 90 days: folded from the log as of each instant, so a
//! point says what live state said then.
//!
//! One walk over the people the caller may see answers for every tag, and is kept for a few minutes. Of very many people it
//! looks at some, evenly: then the counts are estimates. Whoever asks meanwhile hears how far it is; it goes on when they leave.

mod walk;

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use careloop_db::Db;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, Error, Result, Scope};
use careloop_profiles::{TagDef, tag_library};
use jiff::civil::Date;
use tokio::sync::watch;

use walk::{PastInputs, Walk, walk};

/// How long a walk is good for.
const KEPT_US: i64 = 300_000_000;

/// A tag's values over time.
#[derive(Debug, Clone)]
pub struct TagTrend {
    /// The tag.
    pub tag: &'static TagDef,
    /// The days at whose end people were counted; the last one is today, until now.
    pub days: Vec<Date>,
    /// Each value with the people who had it on each day, the most common at its best day first.
    pub values: Vec<(String, Vec<u64>)>,
    /// How many people the caller may see.
    pub people: u64,
    /// How many of them were looked at; with fewer than all, counts are estimates.
    pub looked_at: u64,
}

/// What can be said of a tag's values over time.
#[derive(Debug, Clone)]
pub enum Trended {
    /// People are still being counted: so many per cent of the work is done.
    Counting(u8),
    /// They are counted.
    Counted(TagTrend),
}

/// Walks that were made lately or are under way; cheap to clone, and clones share them.
#[derive(Debug, Clone, Default)]
pub struct TagTrends {
    walks: Arc<std::sync::Mutex<Vec<Known>>>,
    past: Arc<PastInputs>,
}

/// A walk for whoever has this scope.
#[derive(Debug)]
struct Known {
    scope: Scope,
    began_us: i64,
    state: watch::Receiver<State>,
}

#[derive(Debug, Clone)]
enum State {
    Counting(u8),
    Counted(Arc<Walk>),
    Failed(Arc<Error>),
}

impl State {
    fn is_over(&self) -> bool {
        !matches!(self, Self::Counting(_))
    }
}

impl TagTrends {
    /// The walk for this caller, which begins now unless there is one.
    fn walk(&self, db: &Db, ctx: &Ctx<ReadSegments>) -> watch::Receiver<State> {
        let mut walks = self.walks.lock().unwrap_or_else(PoisonError::into_inner);
        let is_good = |walk: &Known| match *walk.state.borrow() {
            State::Counting(_) => walk.state.has_changed().is_ok(),
            State::Counted(_) => (0..KEPT_US).contains(&(ctx.now_us() - walk.began_us)),
            State::Failed(_) => false,
        };
        walks.retain(is_good);
        if let Some(known) = walks.iter().find(|walk| walk.scope == *ctx.scope()) {
            return known.state.clone();
        }
        let (told, state) = watch::channel(State::Counting(0));
        walks.push(Known { scope: ctx.scope().clone(), began_us: ctx.now_us(), state: state.clone() });
        let (db, ctx, past) = (db.clone(), ctx.clone(), Arc::clone(&self.past));
        tokio::spawn(async move {
            let tell = |percent| drop(told.send_replace(State::Counting(percent)));
            let outcome = walk(&db, &ctx, &past, tell).await;
            told.send_replace(
                outcome.map_or_else(|err| State::Failed(Arc::new(err)), |walk| State::Counted(Arc::new(walk))),
            );
        });
        state
    }
}

/// A tag's values over the last 13 weeks, counted over the people the caller may see. Waits no longer than `patience`.
pub async fn tag_trend(
    db: &Db,
    ctx: &Ctx<ReadSegments>,
    trends: &TagTrends,
    tag: &str,
    patience: Duration,
) -> Result<Trended> {
    let tag = tag_library().get(tag)?;
    Ok(match patiently(trends.walk(db, ctx), patience).await? {
        Ok(walk) => Trended::Counted(of_walk(tag, &walk)),
        Err(percent) => Trended::Counting(percent),
    })
}

/// A walk that is over, or how many per cent are done when one has waited long enough.
async fn patiently(mut state: watch::Receiver<State>, patience: Duration) -> Result<Result<Arc<Walk>, u8>> {
    if let Ok(Err(broken)) = tokio::time::timeout(patience, state.wait_for(State::is_over)).await {
        return Err(Error::internal(broken));
    }
    let state = state.borrow().clone();
    match state {
        State::Counting(percent) => Ok(Err(percent)),
        State::Counted(walk) => Ok(Ok(walk)),
        State::Failed(err) => Err(Error::internal(err)),
    }
}

fn of_walk(tag: &'static TagDef, walk: &Walk) -> TagTrend {
    let estimate = |counts: &Vec<u64>| counts.iter().map(|count| scaled(*count, walk.people, walk.looked_at)).collect();
    let values = walk.counts.get(&tag.id).into_iter().flatten();
    let mut values: Vec<(String, Vec<u64>)> = values.map(|(value, counts)| (value.clone(), estimate(counts))).collect();
    let best = |counts: &[u64]| counts.iter().copied().max();
    values.sort_by(|a, b| best(&b.1).cmp(&best(&a.1)).then_with(|| a.0.cmp(&b.0)));
    TagTrend { tag, days: walk.days.clone(), values, people: walk.people, looked_at: walk.looked_at }
}

/// What was counted of some people, of all; rounded.
fn scaled(count: u64, people: u64, looked_at: u64) -> u64 {
    (count * people + looked_at / 2).checked_div(looked_at).unwrap_or(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nobody() -> Arc<Walk> {
        Arc::new(Walk { days: Vec::new(), counts: walk::Counts::new(), people: 0, looked_at: 0 })
    }

    #[test]
    fn some_stand_for_all() {
        assert_eq!((scaled(3, 10, 4), scaled(7, 10, 10), scaled(0, 0, 0)), (8, 7, 0));
    }

    #[tokio::test]
    async fn who_waited_long_enough_hears_how_far_it_is() {
        let (told, state) = watch::channel(State::Counting(0));
        told.send_replace(State::Counting(40));
        let heard = patiently(state.clone(), Duration::ZERO).await.unwrap();
        assert_eq!(heard.err(), Some(40));
        let waiting = tokio::spawn(patiently(state.clone(), Duration::from_secs(3600)));
        told.send_replace(State::Counted(nobody()));
        assert!(waiting.await.unwrap().unwrap().is_ok(), "it ends, and so does the waiting");
        assert!(patiently(state, Duration::ZERO).await.unwrap().is_ok(), "what is known is told at once");
    }

    #[tokio::test]
    async fn a_walk_that_fails_is_an_error_and_not_waited_for() {
        let (told, state) = watch::channel(State::Counting(0));
        told.send_replace(State::Failed(Arc::new(Error::internal(std::io::Error::other("the disk is gone")))));
        assert!(patiently(state, Duration::from_secs(3600)).await.is_err());
        let (told, state) = watch::channel(State::Counting(0));
        drop(told);
        assert!(patiently(state, Duration::from_secs(3600)).await.is_err(), "nobody counts any more");
    }
}
