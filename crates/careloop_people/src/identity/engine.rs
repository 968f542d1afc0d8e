//! The whole decision over a set of records.

use super::blocks::Blocks;
use super::cluster::{Clusters, Decisions, Edge, cluster};
use super::features::Features;
use super::rules;

/// Every edge among the records. Keys that too many of them share are forgotten first, in place.
pub(crate) fn edges(features: &mut [Features]) -> Vec<Edge> {
    let index = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
    let entries = features
        .iter()
        .enumerate()
        .flat_map(|(at, record)| record.keys.iter().map(move |(_, hash)| (*hash, index(at))));
    let blocks = Blocks::of(entries.collect());
    let hot = blocks.hot();
    if !hot.is_empty() {
        features.iter_mut().for_each(|record| record.forget(|hash| hot.binary_search(&hash).is_ok()));
    }
    judge(features, &blocks.pairs())
}

/// The edges among these pairs, judged on all cores.
pub(crate) fn judge(features: &[Features], pairs: &[(u32, u32)]) -> Vec<Edge> {
    let judge = |pairs: &[(u32, u32)]| -> Vec<Edge> {
        let edge = |(a, b): &(u32, u32)| {
            Some(Edge { a: *a, b: *b, rule: rules::decide(&features[*a as usize], &features[*b as usize])? })
        };
        pairs.iter().filter_map(edge).collect()
    };
    if pairs.len() < 10_000 {
        return judge(pairs);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let judge = &judge;
        let workers: Vec<_> =
            pairs.chunks(pairs.len().div_ceil(cores)).map(|part| scope.spawn(move || judge(part))).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Persons among the records.
pub(crate) fn resolve(features: &mut [Features], decisions: &Decisions) -> Clusters {
    let edges = edges(features);
    cluster(features, edges, decisions)
}
