//! What a segment's members are like, and how their number came about.

use std::collections::BTreeMap;

use careloop_db::Db;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::ReadSegments;
use careloop_kernel::{Ctx, Result};
use careloop_profiles::sets::from_bytes;
use careloop_profiles::{TagDef, holders, tag_library};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::store;

use super::change::missing;
use super::look::visible;

/// The tags by which members are shown: who they are, where, at which stage, and what they are worth.
const SHOWN: [&str; 8] = [
    "attr.gender",
    "attr.age_band",
    "visit.home_store",
    "attr.source_channel",
    "life.stage",
    "life.churn_risk",
    "val.rfm",
    "val.abc",
];
/// How far back the trend goes.
const TREND_DAYS: i64 = 90;
const QUARTER_HOUR_US: i64 = 900_000_000;

/// How many members, and how many people in all, have each value of a tag.
#[derive(Debug, Clone)]
pub struct TagShares {
    /// The tag.
    pub tag: &'static TagDef,
    /// Value, members with it, everybody with it; most members first.
    pub values: Vec<(String, u64, u64)>,
}

/// Members by the values of a few tags.
#[derive(Debug, Clone)]
pub struct Composition {
    /// Members the caller may see.
    pub members: u64,
    /// People the caller may see.
    pub people: u64,
    /// The tags that some member has.
    pub tags: Vec<TagShares>,
}

/// Counts the members the caller may see by the values of a few tags, beside everybody.
pub async fn composition(db: &Db, ctx: &Ctx<ReadSegments>, id: SegmentId) -> Result<Composition> {
    let segment = store::find(db.read(), &id.to_string()).await?.ok_or_else(missing)?;
    let mut members = from_bytes(&segment.members)?;
    let mut people = store::folded_people(db.read()).await?.len() as u64;
    let visible = visible(db, ctx).await?;
    if let Some(visible) = &visible {
        people = visible.len();
        members &= visible;
    }
    let mut counts: BTreeMap<String, Vec<(String, u64, u64)>> = BTreeMap::new();
    for held in holders(db.read(), &SHOWN).await? {
        let all = visible.as_ref().map_or(held.people.len(), |visible| held.people.intersection_len(visible));
        counts.entry(held.tag).or_default().push((held.value, held.people.intersection_len(&members), all));
    }
    let shares = |id: &&str| {
        let tag = tag_library().find(id)?;
        let mut values = counts.remove(*id)?;
        values.retain(|(_, inside, _)| *inside > 0);
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        (!values.is_empty()).then_some(TagShares { tag, values })
    };
    Ok(Composition { members: members.len(), people, tags: SHOWN.iter().filter_map(shares).collect() })
}

/// One day of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendDay {
    /// The day, in the chain's zone.
    pub day: Date,
    /// Entries.
    pub entered: u64,
    /// Exits.
    pub exited: u64,
    /// Members at its end.
    pub count: u64,
}

/// Entries, exits and members of each of the last 90 days, of the people the caller may see. It begins with the first day on
/// which somebody entered.
pub async fn trend(db: &Db, ctx: &Ctx<ReadSegments>, id: SegmentId) -> Result<Vec<TrendDay>> {
    let segment = store::find(db.read(), &id.to_string()).await?.ok_or_else(missing)?;
    let zone = careloop_access::settings::load(db.read()).await?.time_zone;
    let today = zone.to_datetime(ctx.now()).date();
    let mut members = from_bytes(&segment.members)?;
    if let Some(visible) = visible(db, ctx).await? {
        members &= visible;
    }
    let mut days: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    for row in store::change_counts(db.read(), ctx.scope(), segment.ord, QUARTER_HOUR_US).await? {
        let at = Timestamp::from_microsecond(row.slot * QUARTER_HOUR_US).unwrap_or(Timestamp::UNIX_EPOCH);
        let day = days.entry(zone.to_datetime(at).date()).or_default();
        let number = u64::try_from(row.number).unwrap_or(0);
        *(if row.entered { &mut day.0 } else { &mut day.1 }) += number;
    }
    let Some(first) = days.keys().next().copied() else { return Ok(Vec::new()) };
    let first = first.max(today.saturating_sub((TREND_DAYS - 1).days()));
    let (mut found, mut day, mut count) = (Vec::new(), today, members.len());
    while day >= first {
        let (entered, exited) = days.get(&day).copied().unwrap_or_default();
        found.push(TrendDay { day, entered, exited, count });
        count = (count + exited).saturating_sub(entered);
        day = day.saturating_sub(1.day());
    }
    found.reverse();
    Ok(found)
}
