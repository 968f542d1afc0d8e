//! The weights of evidence: how often each level of each comparison is seen among pairs of records of one person, of
//! relatives, and of strangers.
//!
//! Fellegi and Sunter (1969) weigh a pair of records by the likelihood of what is seen under *same* and *different*. In a
//! clinic most pairs that share something are relatives, who agree on phone, address and surname as one person does, so
//! *different* is four classes here. The parameters are learned without labels ([`super::learn`]); until there is enough
//! to learn from, those of [`Model::prior`] hold.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::levels::{COMPARISONS, Comparison, LEVELS, Pattern};

/// What two records may be to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// One person.
    Same,
    /// Brothers and sisters.
    Sibling,
    /// Parent and child, or grandparent and grandchild.
    Generation,
    /// Two adults of one household.
    Partner,
    /// Relatives of one name: cousins, or a father and the son named after him.
    Namesake,
    /// Nobody to each other.
    Stranger,
}

pub(crate) const CLASSES: usize = 6;

impl Class {
    /// All classes, in the order of the tables.
    pub const ALL: [Self; CLASSES] =
        [Self::Same, Self::Sibling, Self::Generation, Self::Partner, Self::Namesake, Self::Stranger];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Sibling => "sibling",
            Self::Generation => "generation",
            Self::Partner => "partner",
            Self::Namesake => "namesake",
            Self::Stranger => "stranger",
        }
    }
}

/// Probabilities of the levels of each comparison under one class.
pub(crate) type Table = [[f64; LEVELS]; COMPARISONS];

/// What the engine weighs with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    /// How many pairs of each class there are among all pairs of records.
    pub pairs: [f64; CLASSES],
    /// How they look.
    pub tables: Box<[Table; CLASSES]>,
    /// How common names are.
    pub frequencies: Frequencies,
    /// Base-two logarithms of `tables`, zero where nothing is said.
    logs: Box<[Table; CLASSES]>,
}

/// What the levels of a pair add up to, in hundredths of a bit: whole numbers, so that sums do not depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Score {
    /// Odds of being one person against everything else.
    pub weight: i32,
    /// Odds of being one person against being relatives.
    pub family: i32,
}

impl Model {
    /// A model of these parameters.
    pub fn of(pairs: [f64; CLASSES], tables: Box<[Table; CLASSES]>, frequencies: Frequencies) -> Self {
        let mut logs = tables.clone();
        for level in logs.iter_mut().flatten().flatten() {
            *level = if *level > 0.0 { level.log2() } else { 0.0 };
        }
        for comparison in logs.iter_mut().flatten() {
            comparison[0] = 0.0;
        }
        Self { pairs, tables, frequencies, logs }
    }

    /// What is known before anything is learned, for so many records.
    pub fn prior(records: usize, frequencies: Frequencies) -> Self {
        let records = records.max(100) as f64;
        let shares = [0.6, 0.15, 0.3, 0.15, 0.01, (records - 1.0) / 2.0];
        let pairs = shares.map(|share| share * records);
        Self::of(pairs, prior_tables(&frequencies), frequencies)
    }

    /// The likelihood of a pattern under each class, times how many pairs of the class there are; logarithms to base two.
    pub fn weights(&self, pattern: Pattern) -> [f64; CLASSES] {
        let mut out = self.pairs.map(f64::log2);
        for comparison in Comparison::ALL {
            let level = usize::from(pattern.level(comparison));
            if level > 0 {
                for (sum, logs) in out.iter_mut().zip(self.logs.iter()) {
                    *sum += logs[comparison as usize][level];
                }
            }
        }
        out
    }

    /// Weighs a pattern.
    pub fn score(&self, pattern: Pattern) -> Score {
        let weights = self.weights(pattern);
        let relatives = log_sum(&weights[1..CLASSES - 1]);
        let rest = log_sum(&[relatives, weights[CLASSES - 1]]);
        Score { weight: hundredths(weights[0] - rest), family: hundredths(weights[0] - relatives) }
    }

    /// The parameters by name, for people to read and for [`Self::from_json`].
    pub fn to_json(&self) -> Value {
        let by_class = |value: &dyn Fn(usize) -> f64| -> Map<String, Value> {
            Class::ALL.iter().enumerate().map(|(at, class)| (class.as_str().to_owned(), json!(value(at)))).collect()
        };
        let levels = |comparison: Comparison| -> Map<String, Value> {
            let names = comparison.levels().iter().enumerate().skip(1);
            names
                .map(|(level, name)| {
                    ((*name).to_owned(), json!(by_class(&|class| self.tables[class][comparison as usize][level])))
                })
                .collect()
        };
        let comparisons: Map<String, Value> =
            Comparison::ALL.iter().map(|one| (one.as_str().to_owned(), json!(levels(*one)))).collect();
        let (surname, given) = self.frequencies.unlisted();
        json!({
            "pairs": by_class(&|class| self.pairs[class]),
            "comparisons": comparisons,
            "steps_of_unlisted_names": { "surname": surname, "given_name": given },
        })
    }

    /// A model from what [`Self::to_json`] gave, without the names; what it lacks counts as zero.
    pub fn from_json(parameters: &Value) -> Self {
        let step = |name: &str| {
            let step = parameters["steps_of_unlisted_names"][name].as_u64();
            step.and_then(|step| u8::try_from(step).ok()).unwrap_or_default()
        };
        let frequencies = Frequencies::unnamed((step("surname"), step("given_name")));
        let mut pairs = [1.0; CLASSES];
        let mut tables = Box::new([[[0.0; LEVELS]; COMPARISONS]; CLASSES]);
        for (at, class) in Class::ALL.iter().enumerate() {
            pairs[at] = parameters["pairs"][class.as_str()].as_f64().unwrap_or(1.0);
            for comparison in Comparison::ALL {
                for (level, name) in comparison.levels().iter().enumerate().skip(1) {
                    let value = &parameters["comparisons"][comparison.as_str()][*name][class.as_str()];
                    tables[at][comparison as usize][level] = value.as_f64().unwrap_or(0.0);
                }
            }
        }
        Self::of(pairs, tables, frequencies)
    }

    /// What one comparison says for *same* against a class, in bits.
    pub fn weight(&self, comparison: Comparison, level: u8, against: Class) -> f64 {
        let of = |class: usize| self.logs[class][comparison as usize][usize::from(level)];
        of(0) - of(against as usize)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits")]
pub(crate) fn hundredths(bits: f64) -> i32 {
    (bits * 100.0).round().clamp(-1e6, 1e6) as i32
}

/// The logarithm to base two of the sum of powers of two.
pub(crate) fn log_sum(bits: &[f64]) -> f64 {
    let most = bits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + bits.iter().map(|bits| (bits - most).exp2()).sum::<f64>().log2()
}

/// How common surnames and given names are, in the steps of rarity of the levels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frequencies {
    surnames: HashMap<u64, u8>,
    given: HashMap<u64, u8>,
    /// The step of names that are not listed.
    unlisted: (u8, u8),
    /// For each step, which share of people bear such a name, and how likely two strangers bear the same one.
    surname_steps: [Step; 4],
    given_steps: [Step; 5],
}

/// One step of rarity.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Step {
    share: f64,
    by_chance: f64,
}

/// A name is of the first step whose share it reaches.
const SURNAME_STEPS: [f64; 3] = [1.0 / 40.0, 1.0 / 200.0, 1.0 / 1_500.0];
const GIVEN_STEPS: [f64; 4] = [1.0 / 250.0, 1.0 / 1_000.0, 1.0 / 5_000.0, 1.0 / 25_000.0];
/// How common a name is before anybody is counted, and how many people that counts for.
const SURNAME_BEFORE: (f64, f64) = (1.0 / 1_000.0, 300.0);
const GIVEN_BEFORE: (f64, f64) = (1.0 / 8_000.0, 2_000.0);

impl Default for Frequencies {
    fn default() -> Self {
        Self::count(&HashMap::new(), &HashMap::new())
    }
}

impl Frequencies {
    /// Counts names: hashes of surnames and of given names, each with how many records bear it.
    pub fn count(surnames: &HashMap<u64, u32>, given: &HashMap<u64, u32>) -> Self {
        let (surnames, surname_steps, surname) = steps(surnames, &SURNAME_STEPS, SURNAME_BEFORE);
        let (given, given_steps, other) = steps(given, &GIVEN_STEPS, GIVEN_BEFORE);
        Self { surnames, given, unlisted: (surname, other), surname_steps, given_steps }
    }

    /// Without names, for a model whose names are looked up as they are needed.
    pub fn unnamed(unlisted: (u8, u8)) -> Self {
        Self { unlisted, ..Self::default() }
    }

    /// The step of surnames and of given names that are not listed.
    pub fn unlisted(&self) -> (u8, u8) {
        self.unlisted
    }

    /// The listed names: their hashes and steps, surnames first.
    pub fn listed(&self) -> (&HashMap<u64, u8>, &HashMap<u64, u8>) {
        (&self.surnames, &self.given)
    }

    /// Adds names as [`Self::listed`] gave them.
    pub fn list(&mut self, surname: Option<(u64, u8)>, given: Option<(u64, u8)>) {
        self.surnames.extend(surname);
        self.given.extend(given);
    }

    /// The step of a surname.
    pub fn surname(&self, hash: u64) -> u8 {
        self.surnames.get(&hash).copied().unwrap_or(self.unlisted.0)
    }

    /// The step of a given name.
    pub fn given(&self, hash: u64) -> u8 {
        self.given.get(&hash).copied().unwrap_or(self.unlisted.1)
    }
}

/// Names of other steps than the unlisted ones, all steps, and the step of the unlisted.
fn steps<const STEPS: usize>(
    counts: &HashMap<u64, u32>,
    limits: &[f64],
    (before, after): (f64, f64),
) -> (HashMap<u64, u8>, [Step; STEPS], u8) {
    let all = f64::from(counts.values().sum::<u32>()) + after;
    let step = |share: f64| limits.iter().position(|limit| share >= *limit).unwrap_or(limits.len());
    let mut steps = [Step { share: 1e-6, by_chance: 1e-12 }; STEPS];
    let mut add = |share: f64, people: f64| {
        let step = step(share);
        steps[step].share += people / all;
        steps[step].by_chance += share * people / all;
        u8::try_from(step).unwrap_or(u8::MAX)
    };
    let unlisted = add(before * after / all, after);
    let mut listed = HashMap::new();
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_unstable(); // sums of fractions depend on their order
    for (hash, count) in sorted {
        let step = add((f64::from(*count) + before * after) / all, f64::from(*count));
        if step != unlisted {
            listed.insert(*hash, step);
        }
    }
    (listed, steps, unlisted)
}

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

fn prior_tables(frequencies: &Frequencies) -> Box<[Table; CLASSES]> {
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
