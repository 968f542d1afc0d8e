//! People like those of a segment, by their tags.
//!
//! Each value of a tag is evidence: its weight is the logarithm, base 2, of how much more often members have it than others
//! do, so that one bit doubles the odds. A person's score is the sum of the weights of what they have: naive Bayes on
//! what is present (Domingos and Pazzani, "On the Optimality of the Simple Bayesian Classifier", Machine Learning 29, 1997;
//! "weight of evidence" is I. J. Good's, 1985). Tags that depend on each other are counted as if
//! they did not, so scores rank people well and are no probabilities; a value that nearly the same people have, or lack, as
//! one before it takes no part, and neither does one that no other has, since it can speak for nobody. Only values whose difference is no chance take part, by the log-likelihood ratio (Dunning, "Accurate
//! Methods for the Statistics of Surprise and Coincidence", Computational Linguistics 19, 1993).
//!
//! Counts of half a person are added on both sides, so that what nobody has weighs something finite. Weights are whole
//! thousandths of a bit: the ranking is the same on every machine.

/// So many of the most telling values are looked at.
const MOST_CANDIDATES: usize = 120;
/// A log-likelihood ratio that chance alone exceeds once in a thousand times.
const NO_CHANCE: f64 = 10.83;
/// So many members at least must have a value, or be missing it.
const LEAST_MEMBERS: u64 = 3;

/// How many have a value of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// The tag.
    pub tag: String,
    /// The value.
    pub value: String,
    /// Members with it.
    pub members: u64,
    /// Others with it.
    pub others: u64,
}

/// A value that tells members from others.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The value and its counts.
    pub counted: ValueCount,
    /// How much more often members have it.
    pub lift: f64,
    /// Its weight in thousandths of a bit; below 0 when members have it less often.
    pub millibits: i64,
    /// How sure the difference is: the log-likelihood ratio.
    pub surprise: f64,
}

/// The values that tell `members` people from `others`, the most telling first.
pub fn features(counts: Vec<ValueCount>, members: u64, others: u64) -> Vec<Feature> {
    let feature = |counted: ValueCount| {
        let surprise = surprise((counted.members, members), (counted.others, others));
        let share = |of: u64, all: u64| (of as f64 + 0.5) / (all as f64 + 1.0);
        let lift = share(counted.members, members) / share(counted.others, others);
        Feature { millibits: millibits(lift), lift, surprise, counted }
    };
    let telling = |feature: &Feature| {
        let held = feature.counted.members;
        feature.counted.others > 0
            && feature.surprise >= NO_CHANCE
            && feature.millibits != 0
            && (held >= LEAST_MEMBERS || (feature.lift < 1.0 && members - held >= LEAST_MEMBERS))
    };
    let mut found: Vec<Feature> = counts.into_iter().map(feature).filter(telling).collect();
    found.sort_by(|a, b| {
        let name = |one: &Feature| (one.counted.tag.clone(), one.counted.value.clone());
        b.surprise.total_cmp(&a.surprise).then_with(|| name(a).cmp(&name(b)))
    });
    found.truncate(MOST_CANDIDATES);
    found
}

#[expect(clippy::cast_possible_truncation, reason = "a weight is a few bits; shares are finite and above 0")]
fn millibits(lift: f64) -> i64 {
    (lift.log2() * 1000.0).round() as i64
}

/// Twice the logarithm of how much better two shares explain the counts than one does.
fn surprise((a, members): (u64, u64), (b, others): (u64, u64)) -> f64 {
    let all = (members + others) as f64;
    let part = |seen: u64, row: u64, column: u64| {
        let expected = row as f64 * column as f64 / all;
        if seen == 0 || expected <= 0.0 { 0.0 } else { seen as f64 * (seen as f64 / expected).ln() }
    };
    let (with, without) = (a + b, members + others - a - b);
    let cells = [(a, members, with), (b, others, with), (members - a, members, without), (others - b, others, without)];
    2.0 * cells.into_iter().map(|(seen, row, column)| part(seen, row, column)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(tag: &str, members: u64, others: u64) -> ValueCount {
        ValueCount { tag: tag.to_owned(), value: "true".to_owned(), members, others }
    }

    #[test]
    fn what_members_have_more_often_weighs_for_and_what_they_lack_against() {
        let counts =
            vec![count("same", 50, 500), count("more", 80, 200), count("less", 5, 600), count("chance", 12, 100)];
        let found = features(counts, 100, 1_000);
        let names: Vec<(&str, bool)> = found.iter().map(|one| (one.counted.tag.as_str(), one.millibits > 0)).collect();
        assert_eq!(names, [("more", true), ("less", false)], "the even and the accidental take no part");
        assert!((found[0].lift - 4.0).abs() < 0.05 && (found[0].millibits - 2_000).abs() < 20, "{found:?}");
    }

    #[test]
    fn what_no_member_has_weighs_something_finite_and_what_no_other_has_speaks_for_nobody() {
        let found = features(vec![count("only", 60, 0), count("never", 0, 600)], 100, 1_000);
        assert_eq!(found.len(), 1);
        assert!(found[0].millibits < -6_000 && found[0].millibits > -12_000, "{found:?}");
    }

    #[test]
    fn the_ratio_is_that_of_the_worked_example() {
        // Counts 110, 2442, 111, 29114 of Dunning's paper give 270.72.
        let found = surprise((110, 110 + 2_442), (111, 111 + 29_114));
        assert!((found - 270.72).abs() < 0.01, "{found}");
    }
}
