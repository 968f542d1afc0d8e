//! The weights of evidence: how often each level of each comparison is seen among pairs of records of one person, of
//! relatives, and of strangers.
//!
//! Fellegi and Sunter (1969) weigh a pair of records by the likelihood of what is seen under *same* and *different*. In a
//! clinic most pairs that share something are relatives, who agree on phone, address and surname as one person does, so
//! *different* is four classes here. The parameters are learned without labels ([`super::learn`]); until there is enough
//! to learn from, those of [`Model::prior`] hold.

use serde_json::{Map, Value, json};

use super::frequencies::Frequencies;
use super::levels::{COMPARISONS, Comparison, LEVELS, Pattern};
use super::prior;

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
        Self::of(pairs, prior::tables(&frequencies), frequencies)
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
