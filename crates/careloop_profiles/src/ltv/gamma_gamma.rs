//! Gamma–Gamma: what a customer will spend a purchase, from what they spent.
//!
//! Fader, Hardie, "The Gamma-Gamma Model of Monetary Value", 2013. What a customer pays varies around their own mean as a
//! gamma (p, ν), and ν is gamma (q, γ) over customers. It knows customers who came back, by the mean of their purchases
//! after the first. Equation numbers are the note's.

use serde::{Deserialize, Serialize};

use super::minimise::minimise;
use super::special::{exp, ln, ln_gamma, rounded};

/// The three parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    /// Shape of a customer's purchases.
    pub p: f64,
    /// Shape of the customers' scales.
    pub q: f64,
    /// Scale of the customers' scales, in the major unit.
    pub gamma: f64,
}

/// Repeat purchases of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spent {
    /// How many, at least 1.
    pub(super) repeats: u32,
    /// Their mean, in the major unit, above 0.
    pub(super) mean: f64,
}

const FARTHEST: f64 = 14.0;
const PRECISION: f64 = 1e-11;
/// The mean over customers, pγ / (q − 1), exists for q above 1 and is worth nothing close to it.
const LEAST_Q: f64 = 1.05;

impl GammaGamma {
    /// The parameters under which these purchases are likeliest; none when no such point is found.
    ///
    /// Where customers pay a little for a check and much for an implant, that point may have no mean. Then the fit is held
    /// to the mean that was seen, so that a newcomer is expected to spend what customers do spend.
    pub(super) fn fit(spent: &[Spent]) -> Option<Self> {
        let customers = spent.len() as f64;
        let mean = spent.iter().map(|one| one.mean).sum::<f64>() / customers;
        let free = Self::likeliest(spent, [0.0, 1.0, ln(mean)], Self::of)?;
        if free.q >= LEAST_Q {
            return Some(free);
        }
        Self::likeliest(spent, [0.0, 0.0], |[p, beyond]| Self {
            p,
            q: LEAST_Q + beyond,
            gamma: mean * (LEAST_Q + beyond - 1.0) / p,
        })
    }

    /// The likeliest of the points that `of` makes of numbers above 0.
    fn likeliest<const N: usize>(spent: &[Spent], start: [f64; N], of: impl Fn([f64; N]) -> Self) -> Option<Self> {
        let customers = spent.len() as f64;
        let minus = |logs: &[f64; N]| {
            if logs.iter().any(|log| log.abs() > FARTHEST) {
                return f64::INFINITY;
            }
            -of(logs.map(exp)).log_likelihood(spent) / customers
        };
        let found = minimise(start, PRECISION, minus);
        let Self { p, q, gamma } = of(found.at.map(exp));
        found.settled.then(|| Self { p: rounded(p), q: rounded(q), gamma: rounded(gamma) })
    }

    fn of([p, q, gamma]: [f64; 3]) -> Self {
        Self { p, q, gamma }
    }

    /// Equation (1a) in logarithms, without what no parameter changes. `spent` is in order of `repeats`.
    pub(super) fn log_likelihood(&self, spent: &[Spent]) -> f64 {
        let Self { p, q, gamma } = *self;
        let base = q * ln(gamma) - ln_gamma(q);
        let (mut sum, mut of_x) = (0.0, 0.0);
        let mut last_x = None;
        for one in spent {
            let x = f64::from(one.repeats);
            if last_x != Some(one.repeats) {
                of_x = base + ln_gamma(p * x + q) - ln_gamma(p * x) + p * x * ln(x);
                last_x = Some(one.repeats);
            }
            sum += of_x + (p * x - 1.0) * ln(one.mean) - (p * x + q) * ln(gamma + x * one.mean);
        }
        sum
    }

    /// Expected spend a purchase, equation (5): the customer's own mean weighed against everybody's; everybody's for a
    /// customer without repeat purchases. In the unit of `mean`.
    pub fn expected(&self, repeats: u32, mean: f64) -> f64 {
        let Self { p, q, gamma } = *self;
        let x = f64::from(repeats);
        p * (gamma + x * mean) / (p * x + q - 1.0)
    }
}
