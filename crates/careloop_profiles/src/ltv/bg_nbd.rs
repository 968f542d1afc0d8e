//! BG/NBD: how often a customer will buy again, from when they bought.
//!
//! Fader, Hardie, Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science
//! 24 (2), 2005, pages 275–284. A customer buys at a rate λ, which is gamma (r, α) over customers, and after each purchase leaves for good
//! with a chance p, which is beta (a, b). Time is in weeks. Equation numbers are the paper's.

use serde::{Deserialize, Serialize};

use super::minimise::minimise;
use super::purchases::{DAYS_A_WEEK, Purchases};
use super::special::{exp, hypergeometric, ln, ln_beta, ln_gamma, pow, rounded, softplus};

/// The four parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BgNbd {
    /// Shape of the rates.
    pub r: f64,
    /// Scale of the rates, weeks.
    pub alpha: f64,
    /// First parameter of the chance to leave.
    pub a: f64,
    /// Second parameter of the chance to leave.
    pub b: f64,
}

/// No parameter is sought beyond e to this power, either way.
const FARTHEST: f64 = 12.0;
/// The series of [`BgNbd::expected`] divides by a − 1; nearer to 1 than this it is taken at this distance.
const NEAREST_TO_ONE: f64 = 1e-6;
/// How exactly likelihoods are compared, per payer.
const PRECISION: f64 = 1e-11;

impl BgNbd {
    /// The parameters under which what these payers did is likeliest; none when no such point is found.
    pub(super) fn fit(groups: &[(Purchases, f64)]) -> Option<Self> {
        let payers: f64 = groups.iter().map(|(_, payers)| payers).sum();
        let weeks: f64 = groups.iter().map(|(one, payers)| f64::from(one.known) / DAYS_A_WEEK * payers).sum();
        let start = [0.0, ln((weeks / payers).max(1.0)), 0.0, 0.0];
        let minus = |logs: &[f64; 4]| {
            if logs.iter().any(|log| log.abs() > FARTHEST) {
                return f64::INFINITY;
            }
            -Self::of(logs.map(exp)).log_likelihood(groups) / payers
        };
        let found = minimise(start, PRECISION, minus);
        found.settled.then(|| Self::of(found.at.map(|log| rounded(exp(log)))))
    }

    fn of([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }

    /// The paper's likelihood in logarithms. What depends on x alone, or on one instant alone, is computed once.
    pub(super) fn log_likelihood(&self, groups: &[(Purchases, f64)]) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let longest = groups.iter().map(|(one, _)| one.known).max().unwrap_or(0);
        let ln_after: Vec<f64> = (0..=longest).map(|days| ln(alpha + f64::from(days) / DAYS_A_WEEK)).collect();
        let base = r * ln(alpha) - ln_gamma(r) - ln_beta(a, b);
        let (mut sum, mut of_x, mut left) = (0.0, 0.0, 0.0);
        let mut last_x = None;
        for (one, payers) in groups {
            let x = f64::from(one.repeats);
            if last_x != Some(one.repeats) {
                of_x = base + ln_gamma(r + x) + ln_beta(a, b + x);
                left = ln(a) - ln(b + x - 1.0);
                last_x = Some(one.repeats);
            }
            let (known, last) = (ln_after[one.known as usize], ln_after[one.last as usize]);
            let gone = if one.repeats == 0 { 0.0 } else { softplus(left + (r + x) * (known - last)) };
            sum += payers * (of_x - (r + x) * known + gone);
        }
        sum
    }

    /// The chance that the customer has not left; its inverse is the denominator of equation (10). Who never came back had
    /// no occasion to leave.
    pub fn alive(&self, one: Purchases) -> f64 {
        1.0 / (1.0 + self.odds_of_having_left(one))
    }

    fn odds_of_having_left(&self, one: Purchases) -> f64 {
        if one.repeats == 0 {
            return 0.0;
        }
        let x = f64::from(one.repeats);
        let ratio = (self.alpha + weeks(one.known)) / (self.alpha + weeks(one.last));
        self.a / (self.b + x - 1.0) * pow(ratio, self.r + x)
    }

    /// Expected purchases in the next `days`, equation (10).
    ///
    /// The paper's (1−z)^(r+x) · ₂F₁(r+x, b+x; a+b+x−1; z), with z = t/(α+T+t), is bounded for all z where a − 1 > r + x.
    /// Elsewhere the series grows without bound while its factor vanishes; there Euler's transformation (Abramowitz and
    /// Stegun 15.3.3) turns the product of both into (1−z)^(a−1) · ₂F₁(a+b−1−r, a−1; a+b+x−1; z), which is bounded then.
    pub fn expected(&self, one: Purchases, days: u32) -> f64 {
        let Self { r, alpha, b, .. } = *self;
        let from_one = self.a - 1.0;
        let a = if from_one.abs() < NEAREST_TO_ONE { 1.0 + NEAREST_TO_ONE } else { self.a };
        let (x, t) = (f64::from(one.repeats), weeks(days));
        let z = t / (alpha + weeks(one.known) + t);
        let c = a + b + x - 1.0;
        let series = if a - 1.0 > r + x {
            pow(1.0 - z, r + x) * hypergeometric(r + x, b + x, c, z)
        } else {
            pow(1.0 - z, a - 1.0) * hypergeometric(a + b - 1.0 - r, a - 1.0, c, z)
        };
        c / (a - 1.0) * (1.0 - series) * self.alive(one)
    }
}

fn weeks(days: u32) -> f64 {
    f64::from(days) / DAYS_A_WEEK
}
