//! Learning the weights from the records themselves, without labels.
//!
//! Expectation maximisation (Dempster, Laird and Rubin 1977) over the patterns of the candidate pairs. What strangers look
//! like is not learned but measured on pairs drawn without looking, as Splink does for its u-probabilities, and how many
//! strangers there are is known: nearly all pairs. So their share of a pattern is an expected count, also among candidates,
//! which were chosen because they share something. The prior weighs as much as some hundreds of pairs of each class.

use std::collections::HashMap;

use super::levels::{COMPARISONS, Comparison, LEVELS, Pattern};
use super::model::{CLASSES, Model, Table, log_sum};

const ROUNDS: usize = 60;
/// Pairs of each class the prior counts for.
const PRIOR_PAIRS: f64 = 300.0;
const SAME: usize = 0;
const STRANGER: usize = CLASSES - 1;

/// What makes relatives two people: the prior knows how it looks among them, and it is not learned. Without that anchor a class
/// of relatives is free to become a second class of *one person*, such as the records of people whose names are transcribed,
/// and in large chains it does.
const ANCHORS: [Comparison; 2] = [Comparison::Birth, Comparison::Card];

/// The patterns of pairs and how often each was seen.
pub(crate) type Patterns = HashMap<Pattern, u64>;

/// Learns from candidates and from pairs drawn without looking. `scale` is how many candidates each one given stands for.
pub(crate) fn learn(prior: &Model, candidates: &Patterns, strangers: &Patterns, scale: f64) -> Model {
    let mut patterns: Vec<(Pattern, f64)> =
        candidates.iter().map(|(pattern, count)| (*pattern, *count as f64 * scale)).collect();
    patterns.sort_unstable_by_key(|(pattern, _)| *pattern);
    let mut model = with_strangers(prior, strangers);
    let start = model.clone();
    for _ in 0..ROUNDS {
        let next = round(&start, &model, &patterns);
        let moved = (0..STRANGER).any(|class| (next.pairs[class] / model.pairs[class] - 1.0).abs() > 1e-4);
        model = next;
        if !moved {
            break;
        }
    }
    model
}

fn round(prior: &Model, model: &Model, patterns: &[(Pattern, f64)]) -> Model {
    let mut pairs = [0.0; CLASSES];
    let mut seen = [[[0.0; LEVELS]; COMPARISONS]; CLASSES];
    for (pattern, count) in patterns {
        let weights = model.weights(*pattern);
        let whole = log_sum(&weights);
        for class in 0..STRANGER {
            let share = count * (weights[class] - whole).exp2();
            pairs[class] += share;
            for comparison in Comparison::ALL {
                seen[class][comparison as usize][usize::from(pattern.level(comparison))] += share;
            }
        }
    }
    pairs[STRANGER] = model.pairs[STRANGER];
    let mut tables = model.tables.clone();
    for class in 0..STRANGER {
        pairs[class] = pairs[class].max(1.0);
        for comparison in Comparison::ALL.into_iter().filter(|one| class == SAME || !ANCHORS.contains(one)) {
            let comparison = comparison as usize;
            smooth(
                &mut tables[class][comparison],
                &seen[class][comparison],
                &prior.tables[class][comparison],
                PRIOR_PAIRS,
            );
        }
    }
    Model::of(pairs, tables, model.frequencies.clone())
}

/// Shares of what was seen, mixed with the prior's; the missing level takes no part.
fn smooth(out: &mut [f64; LEVELS], seen: &[f64; LEVELS], prior: &[f64; LEVELS], strength: f64) {
    let counted: f64 = seen[1..].iter().sum();
    let whole: f64 = prior[1..].iter().sum();
    for level in 1..LEVELS {
        out[level] = (seen[level] + strength * prior[level] / whole) / (counted + strength);
    }
}

/// Strangers as they were seen. What exact keys have in common by chance is too rare to be seen, so there the prior stays.
fn with_strangers(prior: &Model, strangers: &Patterns) -> Model {
    let mut seen: Table = [[0.0; LEVELS]; COMPARISONS];
    for (pattern, count) in strangers {
        for comparison in Comparison::ALL {
            seen[comparison as usize][usize::from(pattern.level(comparison))] += *count as f64;
        }
    }
    let mut tables = prior.tables.clone();
    for comparison in 0..COMPARISONS {
        smooth(&mut tables[STRANGER][comparison], &seen[comparison], &prior.tables[STRANGER][comparison], 20_000.0);
    }
    Model::of(prior.pairs, tables, prior.frequencies.clone())
}
