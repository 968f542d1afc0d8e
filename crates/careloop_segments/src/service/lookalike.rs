//! Who is like a segment's members, and the most alike as a list.

use std::collections::BTreeMap;

use careloop_db::Db;
use careloop_kernel::ids::SegmentId;
use careloop_kernel::permissions::{EditSegments, ReadPeople, ReadSegments};
use careloop_kernel::{Ctx, Error, Result};
use careloop_people::PersonCard;
use careloop_profiles::sets::from_bytes;
use careloop_profiles::{Holders, holders, tag_library};
use roaring::RoaringBitmap;

use crate::bulk::{BulkAction, Origin};
use crate::finder::number;
use crate::lists::Chosen;
use crate::lookalike::{Feature, ValueCount, features};
use crate::model::{NewList, Segment};
use crate::store;

use super::change::missing;
use super::lists::create_list_of;
use super::look::visible;

/// From fewer members nothing can be learnt.
const LEAST_MEMBERS: u64 = 20;
/// So many values take part at most.
const MOST_FEATURES: usize = 40;
/// How many of the most alike are shown.
const SHOWN: usize = 10;
/// How many weights a shown person's score is told by.
const REASONS: usize = 4;
/// Tags about the data, not about the person.
const ABOUT_DATA: &str = "gov";

/// What tells a segment's members from others, and who else is like them.
#[derive(Debug, Clone)]
pub struct Lookalike {
    /// Members the caller may see.
    pub members: u64,
    /// Others the caller may see.
    pub others: u64,
    /// What tells them apart, the most telling first.
    pub features: Vec<Feature>,
    /// Others for whom more speaks than against.
    pub candidates: u64,
    /// How many one gets down to a score, from the highest on: number of people and score in thousandths of a bit.
    pub curve: Vec<(u64, i64)>,
    /// The most alike.
    pub first: Vec<Alike>,
}

/// Somebody who is like the members.
#[derive(Debug, Clone)]
pub struct Alike {
    /// Who.
    pub card: PersonCard,
    /// The score in thousandths of a bit.
    pub millibits: i64,
    /// Which features speak for them most, by their place in the list.
    pub reasons: Vec<usize>,
}

struct Ranked {
    members: u64,
    others: u64,
    features: Vec<Feature>,
    /// Who has each feature.
    having: Vec<RoaringBitmap>,
    /// Score and person, the highest first; only those above 0.
    people: Vec<(i64, u32)>,
}

/// Learns from a segment's members whom the caller may see, and ranks the others.
pub async fn lookalike(db: &Db, ctx: &Ctx<ReadSegments>, id: SegmentId) -> Result<Lookalike> {
    let ranked = rank(db, ctx, id).await?;
    let first: Vec<(i64, u32)> = ranked.people.iter().take(SHOWN).copied().collect();
    let numbers: Vec<i64> = first.iter().map(|(_, person)| i64::from(*person)).collect();
    let cards = match ctx.require::<ReadPeople>() {
        Ok(ctx) => careloop_people::cards(db.read(), &ctx, &numbers).await?,
        Err(_) => Vec::new(),
    };
    let alike = |card: PersonCard| {
        let (millibits, person) = first.iter().find(|(_, person)| i64::from(*person) == card.person).copied()?;
        let mut reasons: Vec<usize> = (0..ranked.features.len())
            .filter(|at| ranked.having.get(*at).is_some_and(|having| having.contains(person)))
            .filter(|at| ranked.features.get(*at).is_some_and(|feature| feature.millibits > 0))
            .collect();
        reasons.sort_by_key(|at| ranked.features.get(*at).map_or(0, |feature| -feature.millibits));
        reasons.truncate(REASONS);
        Some(Alike { card, millibits, reasons })
    };
    Ok(Lookalike {
        members: ranked.members,
        others: ranked.others,
        candidates: ranked.people.len() as u64,
        curve: curve(&ranked.people),
        first: cards.into_iter().filter_map(alike).collect(),
        features: ranked.features,
    })
}

/// Puts the `count` most alike on a new list. People of one score are taken in the order of their numbers.
pub async fn create_lookalike_list(
    db: &Db,
    ctx: &Ctx<EditSegments>,
    (id, new): (SegmentId, &NewList),
    count: u64,
) -> Result<(Segment, Option<BulkAction>)> {
    let ranked = rank(db, &ctx.require()?, id).await?;
    let most = ranked.people.len() as u64;
    if count == 0 || count > most {
        let message = format!("take 1 to {most} people: that many are more like the members than not");
        return Err(Error::invalid("segments.lookalike_count", message.clone()).with_field("count", message));
    }
    let taken = usize::try_from(count).map_err(Error::internal)?;
    let people = ranked.people.iter().take(taken).map(|(_, person)| *person).collect();
    create_list_of(db, ctx, new, Some(Chosen { people, origin: Origin::Lookalike, report: None })).await
}

async fn rank(db: &Db, ctx: &Ctx<ReadSegments>, id: SegmentId) -> Result<Ranked> {
    let segment = store::find(db.read(), &id.to_string()).await?.ok_or_else(missing)?;
    let mut everybody: RoaringBitmap = store::folded_people(db.read()).await?.into_iter().map(number).collect();
    if let Some(visible) = visible(db, ctx).await? {
        everybody &= visible;
    }
    let members = from_bytes(&segment.members)? & &everybody;
    let others = &everybody - &members;
    if members.len() < LEAST_MEMBERS {
        let message = format!("`{}` has fewer than {LEAST_MEMBERS} members; nothing can be learnt", segment.name);
        return Err(Error::conflict("segments.lookalike_small", message));
    }
    let told = |held: &Holders| tag_library().find(&held.tag).is_some_and(|tag| tag.area != ABOUT_DATA);
    let sets: BTreeMap<(String, String), RoaringBitmap> = holders(db.read(), &[])
        .await?
        .into_iter()
        .filter(told)
        .map(|held| ((held.tag, held.value), held.people & &everybody))
        .filter(|(_, people)| !people.is_empty())
        .collect();
    let count = |((tag, value), people): (&(String, String), &RoaringBitmap)| {
        let inside = people.intersection_len(&members);
        ValueCount { tag: tag.clone(), value: value.clone(), members: inside, others: people.len() - inside }
    };
    let candidates = features(sets.iter().map(count).collect(), members.len(), others.len());
    let (features, having) = different(candidates, sets, &everybody);
    let mut scores = vec![0_i64; everybody.max().map_or(0, |last| last as usize + 1)];
    for (feature, set) in features.iter().zip(&having) {
        for person in set & &others {
            if let Some(score) = scores.get_mut(person as usize) {
                *score += feature.millibits;
            }
        }
    }
    let score = |person: u32| (scores.get(person as usize).copied().unwrap_or(0), person);
    let mut people: Vec<(i64, u32)> = others.iter().map(score).filter(|(score, _)| *score > 0).collect();
    people.sort_unstable_by_key(|(score, person)| (-score, *person));
    Ok(Ranked { members: members.len(), others: others.len(), features, having, people })
}

/// The most telling features of which no two say nearly the same, with who has each.
fn different(
    candidates: Vec<Feature>,
    mut sets: BTreeMap<(String, String), RoaringBitmap>,
    everybody: &RoaringBitmap,
) -> (Vec<Feature>, Vec<RoaringBitmap>) {
    let (mut features, mut having): (Vec<Feature>, Vec<RoaringBitmap>) = (Vec::new(), Vec::new());
    for candidate in candidates {
        if features.len() == MOST_FEATURES {
            break;
        }
        let ValueCount { tag, value, .. } = &candidate.counted;
        let Some(set) = sets.remove(&(tag.clone(), value.clone())) else { continue };
        if !having.iter().any(|known| say_the_same(known, &set, everybody.len())) {
            features.push(candidate);
            having.push(set);
        }
    }
    (features, having)
}

/// Whether nearly the same people are in both, or in one and not in the other.
fn say_the_same(a: &RoaringBitmap, b: &RoaringBitmap, everybody: u64) -> bool {
    let (a_len, b_len, both) = (a.len(), b.len(), a.intersection_len(b));
    let nearly = |shared: u64, either: u64| shared * 10 >= either * 9;
    let without_b = everybody - b_len;
    let a_without_b = a_len - both;
    nearly(both, a_len + b_len - both) || nearly(a_without_b, a_len + without_b - a_without_b)
}

/// Up to 40 points of the falling curve, the last person among them.
fn curve(people: &[(i64, u32)]) -> Vec<(u64, i64)> {
    const POINTS: usize = 40;
    let step = people.len().div_ceil(POINTS).max(1);
    let at = |index: usize| people.get(index - 1).map(|(score, _)| (index as u64, *score));
    let mut points: Vec<(u64, i64)> = (1..=people.len()).step_by(step).filter_map(at).collect();
    if points.last().is_some_and(|(last, _)| *last < people.len() as u64) {
        points.extend(at(people.len()));
    }
    points
}
