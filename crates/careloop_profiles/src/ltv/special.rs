//! The special functions of the value models. `libm` computes them in plain Rust, so that every machine gets the same bits
//! from the same log.

pub(super) use libm::{exp, lgamma as ln_gamma, log as ln, log1p as ln_1p, pow};

/// Enough terms for any argument that customers bring; the terms of the transformed series fall fast.
const MOST_TERMS: u32 = 200_000;

/// ln B(a, b).
pub(super) fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// ln(1 + e^x), without overflow.
pub(super) fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + ln_1p(exp(-x)) } else { ln_1p(exp(x)) }
}

/// Gauss's hypergeometric series ₂F₁(a, b; c; z) for 0 <= z < 1 and c > 0 (Abramowitz and Stegun 15.1.1), summed until a
/// term no longer counts.
pub(super) fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 0..MOST_TERMS {
        let n = f64::from(n);
        term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
        sum += term;
        if term.abs() <= 1e-16 * sum.abs() {
            break;
        }
    }
    sum
}

/// A number with seven significant digits: what is stored of a fit, so that text and back is the same.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    #[test]
    fn the_series_gives_its_closed_forms() {
        close(hypergeometric(1.0, 1.0, 2.0, 0.5), 2.0 * 2.0_f64.ln());
        close(hypergeometric(-2.0, 3.0, 4.0, 0.9), 1.0 - 2.0 * 3.0 / 4.0 * 0.9 + 3.0 * 4.0 / (4.0 * 5.0) * 0.81);
        close(hypergeometric(0.3, 1.7, 1.7, 0.95), 0.05_f64.powf(-0.3));
    }

    #[test]
    fn beta_and_softplus_are_what_they_are_called() {
        close(ln_beta(2.0, 3.0), (1.0_f64 / 12.0).ln());
        close(softplus(0.0), 2.0_f64.ln());
        close(softplus(800.0), 800.0);
        close(softplus(-800.0), 0.0);
    }

    #[test]
    fn a_rounded_number_survives_its_text() {
        let value = rounded(0.242_594_543_421_067_3);
        close(value, 0.242_594_5);
        assert_eq!(serde_json::from_str::<f64>(&serde_json::to_string(&value).unwrap()).unwrap(), value);
    }
}
