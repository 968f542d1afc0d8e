//! Cut points of the value scores: a dated input, computed over all payers and stored, so that a person's fold never reads
//! another person. The exact definition stands at the head of `catalog/tags/val.toml`.

use serde::{Deserialize, Serialize};

/// What one payer brings to the cut points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payer {
    /// Days since the last payment.
    pub recency_days: i64,
    /// Paid days in the window.
    pub paid_days: i64,
    /// Payments less refunds in the window, minor units.
    pub net_minor: i64,
}

/// Scores of one payer, each 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scores {
    /// 5 = most recent.
    pub r: i64,
    /// 5 = most often.
    pub f: i64,
    /// 5 = most money.
    pub m: i64,
}

/// Cut points and mean scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Cut points of the days since the last payment.
    pub recency: [i64; 4],
    /// Cut points of the paid days.
    pub paid_days: [i64; 4],
    /// Cut points of the net amount.
    pub net_minor: [i64; 4],
    /// Number of payers.
    pub payers: i64,
    /// Sums of all payers' R, F and M scores; a mean is the sum over `payers`, compared without division.
    pub score_sums: [i64; 3],
}

impl Quantiles {
    /// The cut points of these payers; none when there are no payers.
    pub fn of(payers: &[Payer]) -> Option<Self> {
        let active = || payers.iter().filter(|payer| payer.paid_days > 0);
        let mut quantiles = Self {
            recency: cuts(payers.iter().map(|payer| payer.recency_days).collect())?,
            paid_days: cuts(active().map(|payer| payer.paid_days).collect()).unwrap_or_default(),
            net_minor: cuts(active().map(|payer| payer.net_minor).collect()).unwrap_or_default(),
            payers: i64::try_from(payers.len()).ok()?,
            score_sums: [0; 3],
        };
        let mut sums = [0; 3];
        for payer in payers {
            let scores = quantiles.score(*payer);
            for (sum, score) in sums.iter_mut().zip([scores.r, scores.f, scores.m]) {
                *sum += score;
            }
        }
        quantiles.score_sums = sums;
        Some(quantiles)
    }

    /// The scores of a payer.
    pub fn score(&self, payer: Payer) -> Scores {
        let rank = |cuts: &[i64; 4], value: i64| cuts.iter().fold(1, |score, cut| score + i64::from(value > *cut));
        let active = payer.paid_days > 0;
        Scores {
            r: 6 - rank(&self.recency, payer.recency_days),
            f: if active { rank(&self.paid_days, payer.paid_days) } else { 1 },
            m: if active { rank(&self.net_minor, payer.net_minor) } else { 1 },
        }
    }

    /// The RFM cell of these scores.
    pub fn cell(&self, scores: Scores) -> &'static str {
        let high = |score: i64, sum: i64| score * self.payers > sum;
        let [r, f, m] = self.score_sums;
        match (high(scores.m, m), high(scores.r, r), high(scores.f, f)) {
            (true, true, true) => "重要价值",
            (true, true, false) => "重要发展",
            (true, false, true) => "重要保持",
            (true, false, false) => "重要挽留",
            (false, true, true) => "一般价值",
            (false, true, false) => "一般发展",
            (false, false, true) => "一般保持",
            (false, false, false) => "一般挽留",
        }
    }
}

/// For k = 1..4 the smallest value that at least 20k % of the values do not exceed.
pub(crate) fn cuts(mut values: Vec<i64>) -> Option<[i64; 4]> {
    values.sort_unstable();
    let mut found = [0; 4];
    for (k, cut) in found.iter_mut().enumerate() {
        // The smallest position p (from 1) with p / n >= (k + 1) / 5.
        let position = ((k + 1) * values.len()).div_ceil(5);
        *cut = *values.get(position.checked_sub(1)?)?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_the_smallest_value_that_covers_its_share() {
        assert_eq!(cuts((1..=10).collect()), Some([2, 4, 6, 8]));
        assert_eq!(cuts(vec![1, 1, 1, 1, 1, 1, 2, 2, 3, 9]), Some([1, 1, 1, 2]));
        assert_eq!(cuts(vec![7]), Some([7; 4]));
        assert_eq!(cuts(Vec::new()), None);
    }

    #[test]
    fn equal_values_score_equal_and_the_cells_follow_the_mean() {
        let payers: Vec<Payer> =
            (0..10_i64).map(|n| Payer { recency_days: n, paid_days: 10 - n, net_minor: (10 - n) * 100 }).collect();
        let quantiles = Quantiles::of(&payers).unwrap();
        assert_eq!(quantiles.score(payers[0]), Scores { r: 5, f: 5, m: 5 });
        assert_eq!(quantiles.score(payers[9]), Scores { r: 1, f: 1, m: 1 });
        assert_eq!(quantiles.cell(quantiles.score(payers[0])), "重要价值");
        assert_eq!(quantiles.cell(quantiles.score(payers[9])), "一般挽留");
        assert_eq!(quantiles.cell(Scores { r: 1, f: 1, m: 5 }), "重要挽留");
        assert_eq!(quantiles.cell(Scores { r: 5, f: 1, m: 1 }), "一般发展");
        assert_eq!(quantiles.score(Payer { recency_days: 0, paid_days: 0, net_minor: 0 }), Scores { r: 5, f: 1, m: 1 });
    }
}
