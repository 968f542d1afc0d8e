//! The whole decision over a set of records.

use std::collections::HashMap;

use super::blocks::{Blocks, LARGEST_BLOCK};
use super::cluster::{Clusters, Decisions, Edge, Evidence, World, cluster};
use super::features::Features;
use super::frequencies::Frequencies;
use super::learn::{self, Patterns};
use super::levels::Pattern;
use super::model::{Model, Score};
use super::{compare, conflict, rules};
use crate::keys::KeyKind;

/// A phone that more records have than this is no family's.
pub(crate) const CROWD: usize = 12;
/// Shared identifiers that are shown.
const CROWDS: usize = 100;
/// Odds from which two records are one person: sixteen to one.
pub(crate) const JOIN: i32 = 400;
/// Odds from which a person should look: one to eight.
pub(crate) const DOUBT: i32 = -300;
/// Fewer records than this teach nothing.
pub(crate) const ENOUGH: usize = 1_000;
/// Pairs looked at to learn.
const SAMPLE: usize = 3_000_000;
/// Pairs drawn without looking, for each record, and at most.
const DRAWN: (usize, usize) = (10, 1_000_000);

/// An identifier that more records have than a family has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowd {
    pub kind: KeyKind,
    pub hash: u64,
    /// One of the records that have it.
    pub record: u32,
    pub records: usize,
}

/// The identifiers most records share, the most shared first.
pub(crate) fn crowds(features: &[Features], blocks: &Blocks) -> Vec<Crowd> {
    let mut out: Vec<Crowd> = blocks
        .iter()
        .filter(|(_, block)| block.len() > CROWD)
        .filter_map(|(hash, block)| {
            let record = block.first()?.1;
            let (kind, _) = *features[record as usize].keys.iter().find(|(_, known)| *known == hash)?;
            kind.is_identifier().then_some(Crowd { kind, hash, record, records: block.len() })
        })
        .collect();
    out.sort_unstable_by_key(|crowd| (std::cmp::Reverse(crowd.records), crowd.hash));
    out.truncate(CROWDS);
    out
}

/// The records by the keys they share.
pub(crate) fn blocks(features: &[Features]) -> Blocks {
    let index = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
    let entries = features
        .iter()
        .enumerate()
        .flat_map(|(at, record)| record.keys.iter().map(move |(_, hash)| (*hash, index(at))));
    Blocks::of(entries.collect())
}

/// Every pair of records that share a key. Keys that too many of them share are forgotten first, in place.
pub(crate) fn pairs(features: &mut [Features], blocks: &Blocks) -> Vec<(u32, u32)> {
    let (hot, crowded) = (blocks.larger_than(LARGEST_BLOCK), blocks.larger_than(CROWD));
    if !crowded.is_empty() {
        for record in features.iter_mut() {
            record.forget(|hash| hot.binary_search(&hash).is_ok());
            record.mark_crowded(|hash| crowded.binary_search(&hash).is_ok());
        }
    }
    blocks.pairs()
}

/// The weights the records teach; the prior's where they are too few.
pub(crate) fn learn(features: &[Features], pairs: &[(u32, u32)]) -> Model {
    let prior = Model::prior(features.len().max(ENOUGH), frequencies(features));
    if features.len() < ENOUGH {
        return prior;
    }
    let step = pairs.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<_> = pairs.iter().step_by(step).copied().collect();
    let candidates = patterns(features, &prior, &sample);
    let strangers = patterns(features, &prior, &drawn(features.len()));
    learn::learn(&prior, &candidates, &strangers, step as f64)
}

fn frequencies(features: &[Features]) -> Frequencies {
    let (mut surnames, mut given) = (HashMap::new(), HashMap::new());
    for name in features.iter().map(|record| &record.name).filter(|name| name.is_evidence()) {
        *surnames.entry(name.surname_hash).or_insert(0) += 1;
        *given.entry(name.given_hash).or_insert(0) += 1;
    }
    Frequencies::count(&surnames, &given)
}

/// Pairs that have nothing to do with each other; the same ones for the same number of records.
fn drawn(records: usize) -> Vec<(u32, u32)> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from((state >> 11) % records as u64).unwrap_or(0)
    };
    (0..(records * DRAWN.0).min(DRAWN.1)).map(|_| (next(), next())).filter(|(a, b)| a != b).collect()
}

fn patterns(features: &[Features], model: &Model, pairs: &[(u32, u32)]) -> Patterns {
    let count = |pairs: &[(u32, u32)]| {
        let mut out = Patterns::new();
        for (a, b) in pairs {
            let pattern = compare::pattern(&features[*a as usize], &features[*b as usize], &model.frequencies);
            *out.entry(pattern).or_insert(0) += 1;
        }
        out
    };
    let mut parts = on_all_cores(pairs, count).into_iter();
    let mut out = parts.next().unwrap_or_default();
    for (pattern, pairs) in parts.flatten() {
        *out.entry(pattern).or_insert(0) += pairs;
    }
    out
}

/// What is known of these pairs.
pub(crate) fn judge(features: &[Features], model: &Model, pairs: &[(u32, u32)]) -> Evidence {
    let judge = |pairs: &[(u32, u32)]| {
        let mut out = Evidence::default();
        pairs.iter().for_each(|pair| weigh(features, model, *pair, &mut out));
        out
    };
    let mut all = Evidence::default();
    for part in on_all_cores(pairs, judge) {
        all.edges.extend(part.edges);
        all.hints.extend(part.hints);
        all.doubts.extend(part.doubts);
    }
    all
}

/// Weighs two records of this pattern.
pub(super) fn score(model: &Model, a: &Features, b: &Features, pattern: Pattern) -> Score {
    let Score { weight, family } = model.score(pattern);
    let more = account_bonus(a, b, pattern, weight);
    Score { weight: weight + more, family: family + more }
}

/// What an account counts for, in hundredths of a bit, beyond the learned weight of `weight` in all: one that names nobody
/// is one person's, whatever the weights say.
pub(super) fn account_bonus(a: &Features, b: &Features, pattern: Pattern, weight: i32) -> i32 {
    if compare::is_one_account(a, b, pattern) { (JOIN - weight).max(0) } else { 0 }
}

fn weigh(features: &[Features], model: &Model, (a, b): (u32, u32), out: &mut Evidence) {
    let (one, other) = (&features[a as usize], &features[b as usize]);
    let pattern = compare::pattern(one, other, &model.frequencies);
    let weight = score(model, one, other, pattern).weight;
    let hint = one.name.is_evidence() != other.name.is_evidence();
    if (weight < DOUBT && !hint) || conflict::between(one, other, pattern).is_some() {
        return;
    }
    let edge = Edge { a, b, rule: rules::reason(pattern), weight };
    match weight {
        JOIN.. => out.edges.push(edge),
        DOUBT.. => out.doubts.push(edge),
        _ => {}
    }
    if hint {
        out.hints.push(edge);
    }
}

fn on_all_cores<T: Send>(pairs: &[(u32, u32)], work: impl Fn(&[(u32, u32)]) -> T + Sync) -> Vec<T> {
    if pairs.len() < 10_000 {
        return vec![work(pairs)];
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> =
            pairs.chunks(pairs.len().div_ceil(cores)).map(|part| scope.spawn(move || work(part))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Persons among the records; `pairs` are what [`pairs`] gave.
pub(crate) fn resolve(features: &[Features], model: &Model, pairs: Vec<(u32, u32)>, decisions: &Decisions) -> Clusters {
    let evidence = judge(features, model, &pairs);
    drop(pairs);
    cluster(World { features, model, decisions }, evidence)
}
