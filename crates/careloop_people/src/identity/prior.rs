//! What is known of the weights before anything is learned: written by hand, and where the learning starts.

use super::frequencies::Frequencies;
use super::levels::{COMPARISONS, LEVELS};
use super::model::{CLASSES, Table};

/// One comparison under one class: the probabilities of its levels; for names, of being equal and of the levels after that.
type Row = &'static [f64];

const SAME: [Row; COMPARISONS] = [
    &[0.945, 0.035, 0.008, 0.012],
    &[0.865, 0.05, 0.02, 0.012, 0.015, 0.005, 0.023, 0.01],
    &[0.92, 0.01, 0.035, 0.031, 0.003, 0.001],
    &[0.75, 0.08, 0.02, 0.02, 0.13],
    &[0.8, 0.15, 0.05],
    &[0.93, 0.05, 0.02],
    &[0.97, 0.03],
    &[0.85, 0.15],
    &[0.8, 0.1, 0.1],
    &[0.8, 0.15, 0.05],
    &[0.9, 0.08, 0.005, 0.015],
    &[0.85, 0.1, 0.05],
    &[0.2, 0.6, 0.2],
];
const SIBLING: [Row; COMPARISONS] = [
    &[0.935, 0.005, 0.01, 0.05],
    &[0.004, 0.006, 0.002, 0.003, 0.02, 0.005, 0.25, 0.71],
    &[0.08, 0.002, 0.05, 0.08, 0.77, 0.018],
    &[0.5, 0.2, 0.05, 0.01, 0.24],
    &[0.7, 0.02, 0.28],
    &[0.001, 0.01, 0.989],
    &[0.55, 0.45],
    &[0.3, 0.7],
    &[0.8, 0.1, 0.1],
    &[0.8, 0.15, 0.05],
    &[0.8, 0.15, 0.001, 0.049],
    &[0.01, 0.02, 0.97],
    &[0.05, 0.3, 0.65],
];
const GENERATION: [Row; COMPARISONS] = [
    &[0.5, 0.01, 0.01, 0.48],
    &[0.003, 0.005, 0.002, 0.002, 0.01, 0.003, 0.025, 0.95],
    &[0.0005, 0.0005, 0.009, 0.03, 0.03, 0.93],
    &[0.5, 0.3, 0.05, 0.01, 0.14],
    &[0.6, 0.05, 0.35],
    &[0.001, 0.001, 0.998],
    &[0.5, 0.5],
    &[0.3, 0.7],
    &[0.8, 0.1, 0.1],
    &[0.8, 0.15, 0.05],
    &[0.05, 0.05, 0.45, 0.45],
    &[0.01, 0.01, 0.98],
    &[0.05, 0.3, 0.65],
];
const PARTNER: [Row; COMPARISONS] = [
    &[0.08, 0.02, 0.01, 0.89],
    &[0.002, 0.005, 0.002, 0.002, 0.01, 0.003, 0.026, 0.95],
    &[0.002, 0.001, 0.027, 0.08, 0.86, 0.03],
    &[0.6, 0.02, 0.05, 0.01, 0.32],
    &[0.05, 0.05, 0.9],
    &[0.001, 0.001, 0.998],
    &[0.05, 0.95],
    &[0.3, 0.7],
    &[0.8, 0.1, 0.1],
    &[0.8, 0.15, 0.05],
    &[0.3, 0.3, 0.1, 0.3],
    &[0.01, 0.01, 0.98],
    &[0.05, 0.2, 0.75],
];
const NAMESAKE: [Row; COMPARISONS] = [
    &[0.97, 0.01, 0.01, 0.01],
    &[0.93, 0.03, 0.005, 0.005, 0.005, 0.005, 0.01, 0.01],
    &[0.001, 0.0005, 0.01, 0.02, 0.8, 0.1685],
    &[0.5, 0.1, 0.05, 0.01, 0.34],
    &[0.05, 0.05, 0.9],
    &[0.001, 0.001, 0.998],
    &[0.9, 0.1],
    &[0.1, 0.9],
    &[0.6, 0.1, 0.3],
    &[0.7, 0.2, 0.1],
    &[0.2, 0.7, 0.05, 0.05],
    &[0.01, 0.01, 0.98],
    &[0.05, 0.3, 0.65],
];
/// Names aside, which are counted.
const STRANGER: [Row; COMPARISONS] = [
    &[0.0, 0.01, 0.01, 0.92],
    &[0.0, 0.002, 0.003, 0.001, 0.01, 0.001, 0.02, 0.96],
    &[0.000_05, 0.000_05, 0.005, 0.03, 0.36, 0.6],
    &[0.000_001, 0.000_001, 0.000_05, 0.000_001, 0.999_9],
    &[0.000_001, 0.000_001, 0.999_99],
    &[0.000_000_1, 0.000_001, 0.999_99],
    &[0.51, 0.49],
    &[0.000_001, 0.999_999],
    &[0.000_01, 0.001, 0.998],
    &[0.01, 0.04, 0.95],
    &[0.001, 0.95, 0.000_1, 0.05],
    &[0.000_01, 0.000_1, 0.999_8],
    &[0.005, 0.06, 0.935],
];

/// The tables of all classes, in the order of [`super::model::Class::ALL`].
pub(super) fn tables(frequencies: &Frequencies) -> Box<[Table; CLASSES]> {
    let mut strangers = table(&STRANGER, frequencies);
    for (level, step) in frequencies.surname_steps.iter().enumerate() {
        strangers[0][level + 1] = step.by_chance;
    }
    for (level, step) in frequencies.given_steps.iter().enumerate() {
        strangers[1][level + 1] = step.by_chance;
    }
    let [same, sibling, generation, partner, namesake] =
        [SAME, SIBLING, GENERATION, PARTNER, NAMESAKE].map(|rows| table(&rows, frequencies));
    Box::new([same, sibling, generation, partner, namesake, strangers])
}

fn table(rows: &[Row; COMPARISONS], frequencies: &Frequencies) -> Table {
    let mut out = [[0.0; LEVELS]; COMPARISONS];
    for (comparison, row) in rows.iter().enumerate() {
        let shares: Vec<f64> = match comparison {
            0 => frequencies.surname_steps.iter().map(|step| step.share).collect(),
            1 => frequencies.given_steps.iter().map(|step| step.share).collect(),
            _ => vec![1.0],
        };
        let whole: f64 = shares.iter().sum();
        let equal = shares.iter().map(|share| row[0] * share / whole);
        for (level, value) in equal.chain(row[1..].iter().copied()).enumerate() {
            out[comparison][level + 1] = value;
        }
    }
    out
}
