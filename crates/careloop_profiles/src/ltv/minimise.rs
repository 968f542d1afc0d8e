//! The lowest point of a smooth function of a few variables, by the simplex method of Nelder and Mead (1965) with the usual
//! coefficients: reflect 1, expand 2, contract 1/2, shrink 1/2. A simplex can collapse before it is at the bottom, so the
//! search starts afresh around what it found until that no longer helps.

/// Where a search came to rest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Minimum<const N: usize> {
    pub(super) at: [f64; N],
    /// Whether starting afresh no longer helped.
    pub(super) settled: bool,
}

/// Edges of a fresh simplex.
const EDGE: f64 = 0.5;
const MOST_STEPS: usize = 2000;
const MOST_STARTS: usize = 8;

type Corner<const N: usize> = (f64, [f64; N]);

/// Searches from `start`. Values of `f` are compared to `precision`; where `f` does not exist it is infinite.
pub(super) fn minimise<const N: usize>(start: [f64; N], precision: f64, f: impl Fn(&[f64; N]) -> f64) -> Minimum<N> {
    let value = |at: [f64; N]| -> Corner<N> {
        let value = f(&at);
        (if value.is_nan() { f64::INFINITY } else { value }, at)
    };
    let mut best = value(start);
    for _ in 0..MOST_STARTS {
        let found = descend(best, precision, &value);
        let settled = best.0 - found.0 <= 10.0 * precision;
        best = found;
        if settled {
            return Minimum { at: best.1, settled: best.0.is_finite() };
        }
    }
    Minimum { at: best.1, settled: false }
}

/// One simplex, until its corners are equal to `precision`.
fn descend<const N: usize>(start: Corner<N>, precision: f64, value: &impl Fn([f64; N]) -> Corner<N>) -> Corner<N> {
    let mut corners: Vec<Corner<N>> = vec![start];
    for side in 0..N {
        let mut at = start.1;
        at[side] += EDGE;
        corners.push(value(at));
    }
    for _ in 0..MOST_STEPS {
        corners.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (best, next_worst, worst) = (corners[0], corners[N - 1], corners[N]);
        if worst.0 - best.0 <= precision {
            break;
        }
        let mut centre = [0.0; N];
        for (_, at) in &corners[..N] {
            for (sum, coordinate) in centre.iter_mut().zip(at) {
                *sum += coordinate / N as f64;
            }
        }
        let along = |step: f64| value(std::array::from_fn(|side| centre[side] + step * (centre[side] - worst.1[side])));
        let reflected = along(1.0);
        let moved = if reflected.0 < best.0 {
            let expanded = along(2.0);
            Some(if expanded.0 < reflected.0 { expanded } else { reflected })
        } else if reflected.0 < next_worst.0 {
            Some(reflected)
        } else {
            let contracted = if reflected.0 < worst.0 { along(0.5) } else { along(-0.5) };
            (contracted.0 < worst.0.min(reflected.0)).then_some(contracted)
        };
        match moved {
            Some(corner) => corners[N] = corner,
            None => {
                for corner in &mut corners[1..] {
                    *corner = value(std::array::from_fn(|side| 0.5 * (best.1[side] + corner.1[side])));
                }
            }
        }
    }
    corners.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        let rosenbrock = |at: &[f64; 2]| (1.0 - at[0]).powi(2) + 100.0 * (at[1] - at[0] * at[0]).powi(2);
        let found = minimise([-1.2, 1.0], 1e-14, rosenbrock);
        assert!(found.settled);
        assert!((found.at[0] - 1.0).abs() < 1e-5 && (found.at[1] - 1.0).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn what_has_no_bottom_does_not_settle() {
        assert!(!minimise([0.0], 1e-9, |at| -at[0]).settled);
        assert!(!minimise([0.0, 0.0], 1e-9, |_| f64::NAN).settled);
    }
}
