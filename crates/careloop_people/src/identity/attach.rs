//! Nicknames: who `向日葵` or `小雨妈妈` is.
//!
//! A record without a telling name says little of its own, but those who share its phone or account are few, and it is one of
//! them or somebody not known yet. So the candidates are weighed against each other, and the nickname goes to one of them
//! only if all others together are much less likely.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use super::cluster::{Edge, Forest, World};
use super::compare::GENERATION;
use super::model::hundredths;
use super::rules::Rule;

/// Somebody not known yet, in bits; as likely as a quarter of a candidate of whom nothing is known.
const NOBODY: f64 = -2.0;
/// Bits by which the best candidate must be likelier than all others together.
const LEAST: f64 = 1.5;
/// A contact in a chat or a buyer on a platform is rarely somebody in a guardian's care,
const IN_CARE: f64 = -4.0;
/// and rarely the younger of two candidates a generation apart.
const YOUNGER: f64 = -3.0;

/// Joins nicknames to persons.
pub(super) fn attach(world: World<'_>, hints: Vec<Edge>, forest: &mut Forest, links: &mut Vec<Edge>) {
    let mut joins = Vec::new();
    for (nickname, candidates) in nicknames(world, hints, forest) {
        joins.extend(choose(world, forest, nickname, candidates));
    }
    world.sort(&mut joins);
    for edge in joins {
        if forest.join(edge, |a, b| world.family(a, b).is_some()) {
            links.push(edge);
        }
    }
}

/// For each cluster without a telling name the clusters it may belong to, each with the hint that leads there.
fn nicknames(world: World<'_>, mut hints: Vec<Edge>, forest: &mut Forest) -> BTreeMap<u32, BTreeMap<u32, Edge>> {
    let is_named = |index: u32| world.table.at(index).name().is_evidence();
    world.sort(&mut hints);
    let mut named = HashSet::new();
    for edge in &hints {
        for index in [edge.a, edge.b] {
            let root = forest.root(index);
            if !named.contains(&root) && forest.members(root).any(is_named) {
                named.insert(root);
            }
        }
    }
    let mut nicknames: BTreeMap<u32, BTreeMap<u32, Edge>> = BTreeMap::new();
    for edge in hints {
        let (a, b) = (forest.root(edge.a), forest.root(edge.b));
        match (named.contains(&a), named.contains(&b)) {
            (false, true) => nicknames.entry(a).or_default().entry(b).or_insert(edge),
            (true, false) => nicknames.entry(b).or_default().entry(a).or_insert(edge),
            _ => continue,
        };
    }
    nicknames
}

fn choose(world: World<'_>, forest: &Forest, nickname: u32, candidates: BTreeMap<u32, Edge>) -> Option<Edge> {
    let births: BTreeMap<u32, Option<Date>> =
        candidates.keys().map(|candidate| (*candidate, birth(world, forest, *candidate))).collect();
    let eldest = births.values().flatten().min().copied();
    let mut weighed: Vec<(f64, Edge)> = candidates
        .into_iter()
        .filter_map(|(candidate, edge)| {
            let mut bits = mean(world, forest, nickname, candidate)?;
            let in_care = forest.members(candidate).any(|index| world.table.at(index).has_guardian());
            bits += if in_care { IN_CARE } else { 0.0 };
            let younger =
                births[&candidate].zip(eldest).is_some_and(|(own, eldest)| own.year() - eldest.year() >= GENERATION);
            Some((bits + if younger { YOUNGER } else { 0.0 }, edge))
        })
        .collect();
    // Sorted by weight, the sum of the others does not depend on the order of the records.
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
    let ((best, edge), others) = weighed.split_first()?;
    let others: f64 = others.iter().map(|(bits, _)| bits.exp2()).sum::<f64>() + NOBODY.exp2();
    let bits = best - others.log2();
    (bits >= LEAST).then(|| Edge { rule: Rule::OnlyOne, weight: hundredths(bits), ..*edge })
}

/// How well two clusters fit: the mean over all pairs across. None if one of them may not be, or if a phone is all they have
/// in common: a phone alone joins nobody.
fn mean(world: World<'_>, forest: &Forest, a: u32, b: u32) -> Option<f64> {
    let (mut sum, mut count, mut told) = (0_i64, 0_i64, false);
    for one in forest.members(a) {
        for other in forest.members(b) {
            sum += i64::from(world.family(one, other)?);
            count += 1;
            told |= world.agree_beyond_phone(one, other);
        }
    }
    told.then_some(sum as f64 / (count * 100) as f64)
}

fn birth(world: World<'_>, forest: &Forest, root: u32) -> Option<Date> {
    forest.members(root).filter_map(|index| world.table.at(index).birth()).min()
}
