//! How common names are: 王伟 is weak evidence, a rare name strong.

use std::collections::HashMap;

/// How common surnames and given names are, in the steps of rarity of the levels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frequencies {
    surnames: HashMap<u64, u8>,
    given: HashMap<u64, u8>,
    /// The step of names that are not listed.
    unlisted: (u8, u8),
    /// For each step, which share of people bear such a name, and how likely two strangers bear the same one.
    pub surname_steps: [Step; 4],
    pub given_steps: [Step; 5],
}

/// One step of rarity.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Step {
    pub share: f64,
    pub by_chance: f64,
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
