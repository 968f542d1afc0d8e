//! How many people had each value of a tag, week by week over the last 90 days: folded from the log as of each instant, so a
//! point says what live state said then.
//!
//! One walk over the people the caller may see answers for every tag, and is kept for a few minutes. Of very many people it
//! looks at some, evenly: then the counts are estimates.

use std::collections::BTreeMap;
use std::sync::Arc;

use careloop_db::Db;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, Error, Result, Scope};
use careloop_people::{persons_of, record_numbers};
use careloop_profiles::{CHUNK, Inputs, Loaded, TagDef, fold, inputs, live_now, load, tag_library};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use roaring::RoaringBitmap;
use tokio::sync::Mutex;

use super::look::visible;

/// Weeks before today: the first point lies 91 days back.
const WEEKS: i64 = 13;
/// How long a walk is good for.
const KEPT_US: i64 = 300_000_000;
/// Of more people than this so many are looked at, or nobody would wait for the answer. An estimate of half the people is then
/// off by less than 0.7 % of them, 19 times in 20.
const LOOKED_AT: usize = 20_000;

/// People by tag, value and point.
type Counts = BTreeMap<String, BTreeMap<String, Vec<u64>>>;

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

/// Walks that were made lately; cheap to clone, and clones share them.
#[derive(Debug, Clone, Default)]
pub struct TagTrends(Arc<Mutex<Vec<Walk>>>);

#[derive(Debug)]
struct Walk {
    scope: Scope,
    at_us: i64,
    days: Vec<Date>,
    counts: Counts,
    people: u64,
    looked_at: u64,
}

/// A tag's values over the last 13 weeks, counted over the people the caller may see.
pub async fn tag_trend(db: &Db, ctx: &Ctx<ReadSegments>, trends: &TagTrends, tag: &str) -> Result<TagTrend> {
    let tag = tag_library().get(tag)?;
    let mut walks = trends.0.lock().await;
    walks.retain(|walk| (0..KEPT_US).contains(&(ctx.now_us() - walk.at_us)));
    let known = walks.iter().position(|walk| walk.scope == *ctx.scope());
    let at = match known {
        Some(at) => at,
        None => {
            walks.push(walk(db, ctx).await?);
            walks.len() - 1
        }
    };
    let walk = walks.get(at).ok_or_else(|| Error::internal("a walk was lost"))?;
    let estimate = |counts: &Vec<u64>| counts.iter().map(|count| scaled(*count, walk.people, walk.looked_at)).collect();
    let values = walk.counts.get(&tag.id).into_iter().flatten();
    let mut values: Vec<(String, Vec<u64>)> = values.map(|(value, counts)| (value.clone(), estimate(counts))).collect();
    let best = |counts: &[u64]| counts.iter().copied().max();
    values.sort_by(|a, b| best(&b.1).cmp(&best(&a.1)).then_with(|| a.0.cmp(&b.0)));
    Ok(TagTrend { tag, days: walk.days.clone(), values, people: walk.people, looked_at: walk.looked_at })
}

async fn walk(db: &Db, ctx: &Ctx<ReadSegments>) -> Result<Walk> {
    let zone = careloop_access::settings::load(db.read()).await?.time_zone;
    let (days, instants) = points(&zone, ctx.now(), live_now(ctx));
    let inputs = inputs::at_each(db.read(), &instants).await?;
    let at: Arc<Vec<(Timestamp, Inputs)>> = Arc::new(instants.into_iter().zip(inputs).collect());
    let people = people(db, visible(db, ctx).await?.as_ref()).await?;
    let looked_at = evenly(&people, LOOKED_AT);
    let mut counts = Counts::new();
    for people in looked_at.chunks(CHUNK) {
        let (loaded, at) = (load(db.read(), people).await?, Arc::clone(&at));
        let found = tokio::task::spawn_blocking(move || count(&loaded, &at));
        add(&mut counts, found.await.map_err(Error::internal)?);
    }
    let (scope, at_us) = (ctx.scope().clone(), ctx.now_us());
    Ok(Walk { scope, at_us, days, counts, people: people.len() as u64, looked_at: looked_at.len() as u64 })
}

/// The people the caller may see, in order.
async fn people(db: &Db, visible: Option<&RoaringBitmap>) -> Result<Vec<i64>> {
    let persons = persons_of(&record_numbers(db.read()).await?).into_iter().filter(|person| *person > 0);
    let people: RoaringBitmap = persons.filter(|person| visible.is_none_or(|seen| seen.contains(*person))).collect();
    Ok(people.into_iter().map(i64::from).collect())
}

/// So many of these people at most, as far from each other as they can be.
fn evenly(people: &[i64], most: usize) -> Vec<i64> {
    let most = most.min(people.len());
    (0..most).filter_map(|at| people.get(at * people.len() / most).copied()).collect()
}

/// What was counted of some people, of all; rounded.
fn scaled(count: u64, people: u64, looked_at: u64) -> u64 {
    (count * people + looked_at / 2).checked_div(looked_at).unwrap_or(count)
}

/// Days, and the instants just before which people are counted: the end of each day, and for today now.
fn points(zone: &TimeZone, now: Timestamp, live: Timestamp) -> (Vec<Date>, Vec<Timestamp>) {
    let today = zone.to_datetime(now).date();
    let days: Vec<Date> = (0..=WEEKS).rev().map(|week| today.saturating_sub((week * 7).days())).collect();
    let end = |day: &Date| day.tomorrow().and_then(|next| next.to_zoned(zone.clone())).map(|next| next.timestamp());
    let instants = days.iter().map(|day| end(day).map_or(live, |end| end.min(live))).collect();
    (days, instants)
}

/// What each of these people had at each instant.
fn count(people: &[Loaded], at: &[(Timestamp, Inputs)]) -> Counts {
    let mut counts = Counts::new();
    for person in people {
        for (point, (instant, inputs)) in at.iter().enumerate() {
            for value in fold(&person.facts, &person.events, inputs, *instant).values {
                let of_tag = counts.entry(value.tag.into_owned()).or_default();
                let of_value = of_tag.entry(value.value).or_insert_with(|| vec![0; at.len()]);
                if let Some(count) = of_value.get_mut(point) {
                    *count += 1;
                }
            }
        }
    }
    counts
}

fn add(counts: &mut Counts, more: Counts) {
    for (tag, values) in more {
        let of_tag = counts.entry(tag).or_default();
        for (value, more) in values {
            match of_tag.get_mut(&value) {
                Some(counts) => counts.iter_mut().zip(more).for_each(|(count, more)| *count += more),
                None => {
                    of_tag.insert(value, more);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_stand_for_all() {
        let people: Vec<i64> = (1..=10).collect();
        assert_eq!(evenly(&people, 20), people);
        assert_eq!(evenly(&people, 4), [1, 3, 6, 8]);
        assert_eq!(evenly(&[], 4), [0_i64; 0]);
        assert_eq!((scaled(3, 10, 4), scaled(7, 10, 10), scaled(0, 0, 0)), (8, 7, 0));
    }

    #[test]
    fn points_are_the_ends_of_days_a_week_apart_and_now() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let now: Timestamp = "2026-03-02T01:00:00Z".parse().unwrap();
        let (days, instants) = points(&zone, now, now);
        assert_eq!((days.len(), instants.len()), (14, 14));
        assert_eq!((days[0].to_string(), days[13].to_string()), ("2025-12-01".to_owned(), "2026-03-02".to_owned()));
        assert_eq!(instants[12].to_string(), "2026-02-23T16:00:00Z", "midnight in Shanghai after 23 February");
        assert_eq!(instants[13], now);
    }
}
