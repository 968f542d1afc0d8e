//! Which members several segments share: every exact combination, from the stored bitmaps.

use std::collections::BTreeSet;

use careloop_db::Db;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::{ReadPeople, ReadSegments};
use careloop_kernel::{Ctx, Error, Page, PageRequest, Result};
use careloop_people::PersonCard;
use careloop_profiles::sets::from_bytes;
use roaring::RoaringBitmap;

use crate::model::Segment;
use crate::rule::Rule;
use crate::store;

use super::change::missing;
use super::look::{segment_of, visible};

/// How many segments are compared at most: 63 combinations are as many as a picture can show.
const MOST: usize = 6;

/// Several segments and every combination of them that somebody is in.
#[derive(Debug, Clone)]
pub struct Overlap {
    /// The segments, as asked.
    pub segments: Vec<Segment>,
    /// The combinations, largest first.
    pub regions: Vec<Region>,
    /// People in any of them.
    pub people: u64,
}

/// The people who are in exactly these of the segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The segments they are in; in no other of those compared.
    pub inside: Vec<SegmentId>,
    /// How many.
    pub count: u64,
}

/// Counts the people the caller may see in every combination of two to six segments.
pub async fn overlap(db: &Db, ctx: &Ctx<ReadSegments>, ids: &[SegmentId]) -> Result<Overlap> {
    let (rows, sets) = sets(db, ctx, ids, 2).await?;
    let people = sets.iter().fold(RoaringBitmap::new(), |all, set| all | set).len();
    let mut regions: Vec<Region> = (1_usize..1 << ids.len())
        .map(|mask| {
            let part = |wanted: bool| sets.iter().enumerate().filter(move |(at, _)| (mask >> at & 1 == 1) == wanted);
            let (inside, outside): (Vec<_>, Vec<_>) =
                (part(true).map(|(_, set)| set).collect(), part(false).map(|(_, set)| set).collect());
            let picked = part(true).filter_map(|(at, _)| ids.get(at).copied()).collect();
            Region { inside: picked, count: exactly(&inside, &outside).len() }
        })
        .filter(|region| region.count > 0)
        .collect();
    regions.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.inside.len().cmp(&b.inside.len())));
    let visible = visible(db, ctx).await?;
    let segments = rows.into_iter().zip(ids).map(|(row, id)| segment_of(row, Rule::Segment(*id), visible.as_ref()));
    Ok(Overlap { segments: segments.collect::<Result<_>>()?, regions, people })
}

/// The people who are in all segments of one group and in none of another, in the order of their numbers.
pub async fn overlap_people(
    db: &Db,
    ctx: &Ctx<ReadPeople>,
    (inside, outside): (&[SegmentId], &[SegmentId]),
    request: &PageRequest,
) -> Result<Page<PersonCard>> {
    let [after] = request.numbers::<1>()?.unwrap_or([0]);
    let read = ctx.require::<ReadSegments>()?;
    let (_, within) = sets(db, &read, inside, 1).await?;
    let (_, without) = if outside.is_empty() { (Vec::new(), Vec::new()) } else { sets(db, &read, outside, 1).await? };
    let found = exactly(&within.iter().collect::<Vec<_>>(), &without.iter().collect::<Vec<_>>());
    let beyond = u32::try_from(after + 1).map_err(Error::internal)?;
    let people: Vec<i64> = found.range(beyond..).take(request.limit as usize + 1).map(i64::from).collect();
    let page = Page::cut(people, request, |person| vec![*person]);
    let cards = careloop_people::cards(db.read(), ctx, &page.items).await?;
    Ok(Page { items: cards, next: page.next })
}

fn exactly(inside: &[&RoaringBitmap], outside: &[&RoaringBitmap]) -> RoaringBitmap {
    let mut smallest_first = inside.to_vec();
    smallest_first.sort_by_key(|set| set.len());
    let Some((first, rest)) = smallest_first.split_first() else { return RoaringBitmap::new() };
    let shared = rest.iter().fold((*first).clone(), |shared, set| shared & *set);
    outside.iter().fold(shared, |left, set| left - *set)
}

/// The segments, with their members whom the caller may see.
async fn sets<P>(
    db: &Db,
    ctx: &Ctx<P>,
    ids: &[SegmentId],
    least: usize,
) -> Result<(Vec<store::SegmentRow>, Vec<RoaringBitmap>)> {
    let twice = ids.iter().collect::<BTreeSet<_>>().len() < ids.len();
    if ids.len() < least || ids.len() > MOST || twice {
        let message = format!("name {least} to {MOST} different segments");
        return Err(Error::invalid("segments.overlap", message.clone()).with_field("segments", message));
    }
    let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows = store::find_several(db.read(), &names).await?;
    if rows.len() < ids.len() {
        return Err(missing());
    }
    let visible = visible(db, ctx).await?;
    let set = |row: &store::SegmentRow| {
        let members = from_bytes(&row.members)?;
        Ok(match &visible {
            Some(visible) => members & visible,
            None => members,
        })
    };
    let sets = rows.iter().map(set).collect::<Result<_>>()?;
    Ok((rows, sets))
}
