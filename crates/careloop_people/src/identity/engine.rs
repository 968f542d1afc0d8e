//! The whole decision over a set of records.

use std::collections::HashMap;

use super::blocks::Blocks;
use super::cluster::{Clusters, Decisions, Edge, Evidence, World, cluster};
use super::frequencies::Frequencies;
use super::learn::{self, Patterns};
use super::levels::Pattern;
use super::model::{Model, Score};
use super::table::{Record, Table};
use super::{compare, conflict, parallel, rules};
use crate::keys::KeyKind;

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
pub(crate) fn crowds(table: &Table, blocks: &Blocks) -> Vec<Crowd> {
    let crowd = |(hash, record, records): &(u64, u32, usize)| {
        let kind = table.at(*record).keys().iter().find(|key| key.hash == *hash)?.kind;
        kind.is_identifier().then_some(Crowd { kind, hash: *hash, record: *record, records: *records })
    };
    let mut out: Vec<Crowd> = blocks.crowded.iter().filter_map(crowd).collect();
    out.sort_unstable_by_key(|crowd| (std::cmp::Reverse(crowd.records), crowd.hash));
    out.truncate(CROWDS);
    out
}

/// Every pair of records that share a key, and the identifiers too many share. Keys that say nothing are forgotten first, in
/// place.
pub(crate) fn pairs(table: &mut Table) -> (Vec<(u32, u32)>, Vec<Crowd>) {
    let blocks = Blocks::of(table);
    let crowds = crowds(table, &blocks);
    let crowded: Vec<u64> = blocks.crowded.iter().map(|(hash, _, _)| *hash).collect();
    table.forget(&blocks.hot, &crowded);
    (blocks.pairs, crowds)
}

/// The weights the records teach; the prior's where they are too few.
pub(crate) fn learn(table: &Table, pairs: &[(u32, u32)]) -> Model {
    let prior = Model::prior(table.len().max(ENOUGH), frequencies(table));
    if table.len() < ENOUGH {
        return prior;
    }
    let step = pairs.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<_> = pairs.iter().step_by(step).copied().collect();
    let candidates = patterns(table, &prior, &sample);
    let strangers = patterns(table, &prior, &drawn(table.len()));
    learn::learn(&prior, &candidates, &strangers, step as f64)
}

fn frequencies(table: &Table) -> Frequencies {
    let (mut surnames, mut given) = (HashMap::new(), HashMap::new());
    for name in table.names().filter(|name| name.is_evidence()) {
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

fn patterns(table: &Table, model: &Model, pairs: &[(u32, u32)]) -> Patterns {
    let count = |pairs: &[(u32, u32)]| {
        let mut out = Patterns::new();
        for (a, b) in pairs {
            let pattern = compare::pattern(table.at(*a), table.at(*b), &model.frequencies);
            *out.entry(pattern).or_insert(0) += 1;
        }
        out
    };
    let mut parts = parallel::chunks(pairs, count).into_iter();
    let mut out = parts.next().unwrap_or_default();
    for (pattern, pairs) in parts.flatten() {
        *out.entry(pattern).or_insert(0) += pairs;
    }
    out
}

/// What is known of these pairs.
pub(crate) fn judge(table: &Table, model: &Model, pairs: &[(u32, u32)]) -> Evidence {
    let judge = |pairs: &[(u32, u32)]| {
        let mut out = Evidence::default();
        pairs.iter().for_each(|pair| weigh(table, model, *pair, &mut out));
        out
    };
    let mut all = Evidence::default();
    for part in parallel::chunks(pairs, judge) {
        all.edges.extend(part.edges);
        all.hints.extend(part.hints);
        all.doubts.extend(part.doubts);
    }
    all
}

/// Weighs two records of this pattern.
pub(super) fn score(model: &Model, a: Record<'_>, b: Record<'_>, pattern: Pattern) -> Score {
    let Score { weight, family } = model.score(pattern);
    let more = account_bonus(a, b, pattern, weight);
    Score { weight: weight + more, family: family + more }
}

/// What an account counts for, in hundredths of a bit, beyond the learned weight of `weight` in all: one that names nobody
/// is one person's, whatever the weights say.
pub(super) fn account_bonus(a: Record<'_>, b: Record<'_>, pattern: Pattern, weight: i32) -> i32 {
    if compare::is_one_account(a, b, pattern) { (JOIN - weight).max(0) } else { 0 }
}

fn weigh(table: &Table, model: &Model, (a, b): (u32, u32), out: &mut Evidence) {
    let (one, other) = (table.at(a), table.at(b));
    let pattern = compare::pattern(one, other, &model.frequencies);
    let weight = score(model, one, other, pattern).weight;
    let hint = one.name().is_evidence() != other.name().is_evidence();
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

/// Persons among the records; `pairs` are what [`pairs`] gave.
pub(crate) fn resolve(table: &Table, model: &Model, pairs: Vec<(u32, u32)>, decisions: &Decisions) -> Clusters {
    let evidence = judge(table, model, &pairs);
    drop(pairs);
    cluster(World { table, model, decisions }, evidence)
}
