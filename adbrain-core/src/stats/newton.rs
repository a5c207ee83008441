//! The maximum of a smooth function of a few variables.
#![expect(clippy::indexing_slicing, reason = "places run below N, the length of every row")]

use super::{Defined, Undefined};

/// Newton's rule needs about ten steps from afar; a function that has no maximum uses them all.
const MOST_STEPS: u32 = 200;
/// A step may change no variable by more.
const LONGEST_STEP: f64 = 2.0;
/// The search ends where the next step promises less than this.
const ENOUGH: f64 = 1e-10;
/// Rounding in a sum of many terms, relative to it.
const NOISE: f64 = 1e-13;

/// A function at a point: its value, gradient and matrix of second derivatives (both halves filled).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Curve<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
    pub(crate) hessian: [[f64; N]; N],
}

impl<const N: usize> Curve<N> {
    pub(crate) const ZERO: Self = Self { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] };

    /// The function in terms of the logarithms of its variables: `f_i x_i`, and `f_ij x_i x_j` with `f_i x_i` added on the diagonal.
    pub(crate) fn in_logs(mut self, at: &[f64; N]) -> Self {
        for i in 0..N {
            self.gradient[i] *= at[i];
            for j in 0..N {
                self.hessian[i][j] *= at[i] * at[j];
            }
            self.hessian[i][i] += self.gradient[i];
        }
        self
    }

    /// Adds `ln(1 + e^u)` of another function u.
    pub(crate) fn plus_log_one_and(mut self, u: &Self) -> Self {
        let share = 1.0 / (1.0 + libm::exp(-u.value));
        self.value += u.value.max(0.0) + libm::log1p(libm::exp(-u.value.abs()));
        for i in 0..N {
            self.gradient[i] += share * u.gradient[i];
            for j in 0..N {
                let bend = u.hessian[i][j] + (1.0 - share) * u.gradient[i] * u.gradient[j];
                self.hessian[i][j] += share * bend;
            }
        }
        self
    }

    /// Adds another function times a weight.
    pub(crate) fn add(&mut self, other: &Self, weight: f64) {
        self.value += weight * other.value;
        for i in 0..N {
            self.gradient[i] += weight * other.gradient[i];
            for j in 0..N {
                self.hessian[i][j] += weight * other.hessian[i][j];
            }
        }
    }

    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().chain(self.hessian.iter().flatten()).all(|x| x.is_finite())
    }

    /// The second derivatives with their sign turned and more on the diagonal.
    fn curvature(&self, more: f64) -> [[f64; N]; N] {
        let mut matrix = self.hessian.map(|row| row.map(|entry| -entry));
        for (i, row) in matrix.iter_mut().enumerate() {
            row[i] += more;
        }
        matrix
    }
}

/// Where the search ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Maximum<const N: usize> {
    pub(crate) at: [f64; N],
    pub(crate) value: f64,
    /// The inverse of minus the second derivatives; none where they do not curve down in every direction.
    pub(crate) covariance: Option<[[f64; N]; N]>,
    pub(crate) steps: u32,
}

/// The maximum near `start`, by Newton's rule with Levenberg's and Marquardt's diagonal where a plain step fails (Nocedal and
/// Wright, "Numerical optimization", 2006, 4 and 10.3). Every step is no longer than 2 in any variable and does not lower the value.
///
/// # Errors
/// [`Undefined::NotConverged`] after 200 steps, or where the function is not finite at the start.
pub(crate) fn maximum<const N: usize>(start: [f64; N], work: impl Fn(&[f64; N]) -> Curve<N>) -> Defined<Maximum<N>> {
    let (mut at, mut here, mut more) = (start, work(&start), 0.0);
    if !here.is_finite() {
        return Err(Undefined::NotConverged);
    }
    for steps in 0..MOST_STEPS {
        let Some((step, gain)) = step(&here, more) else {
            more = stiffer(more, &here);
            continue;
        };
        if gain <= ENOUGH && more <= first_rung(&here) {
            let covariance = inverse(&here.curvature(0.0));
            return Ok(Maximum { at, value: here.value, covariance, steps });
        }
        let mut next = at;
        for (x, move_by) in next.iter_mut().zip(step) {
            *x += move_by;
        }
        let there = work(&next);
        if there.is_finite() && there.value >= here.value - NOISE * here.value.abs() {
            (at, here) = (next, there);
            more = if more <= first_rung(&here) { 0.0 } else { more * 0.1 };
        } else {
            more = stiffer(more, &here);
        }
    }
    Err(Undefined::NotConverged)
}

/// The next step and half of what it promises by the gradient; none where the matrix does not curve down.
fn step<const N: usize>(here: &Curve<N>, more: f64) -> Option<([f64; N], f64)> {
    let mut step = solve(&cholesky(&here.curvature(more))?, &here.gradient);
    let gain = 0.5 * step.iter().zip(&here.gradient).map(|(a, b)| a * b).sum::<f64>();
    let longest = step.iter().fold(0.0, |most: f64, part| most.max(part.abs()));
    if longest > LONGEST_STEP {
        step = step.map(|part| part * LONGEST_STEP / longest);
    }
    Some((step, gain))
}

/// More on the diagonal than before.
fn stiffer<const N: usize>(more: f64, here: &Curve<N>) -> f64 {
    (more * 10.0).max(first_rung(here))
}

/// The least that is added to the diagonal, measured by the largest entry there.
fn first_rung<const N: usize>(here: &Curve<N>) -> f64 {
    1e-4 * (0..N).fold(1e-3, |most: f64, i| most.max(here.hessian[i][i].abs()))
}

/// The lower factor of a positive definite matrix; none of another one.
fn cholesky<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut lower = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let rest = matrix[i][j] - (0..j).map(|k| lower[i][k] * lower[j][k]).sum::<f64>();
            if i == j {
                if !(rest > 1e-13 * matrix[i][i].abs() && rest.is_finite()) {
                    return None;
                }
                lower[i][i] = libm::sqrt(rest);
            } else {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    Some(lower)
}

fn solve<const N: usize>(lower: &[[f64; N]; N], right: &[f64; N]) -> [f64; N] {
    let mut x = *right;
    for i in 0..N {
        x[i] = (x[i] - (0..i).map(|k| lower[i][k] * x[k]).sum::<f64>()) / lower[i][i];
    }
    for i in (0..N).rev() {
        x[i] = (x[i] - (i + 1..N).map(|k| lower[k][i] * x[k]).sum::<f64>()) / lower[i][i];
    }
    x
}

/// The inverse of a positive definite matrix.
fn inverse<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let lower = cholesky(matrix)?;
    let mut columns = [[0.0; N]; N];
    for (i, column) in columns.iter_mut().enumerate() {
        column[i] = 1.0;
        *column = solve(&lower, column);
    }
    Some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `-(1 - x)^2 - 100 (y - x^2)^2`, Rosenbrock's valley turned over, which takes plain Newton steps uphill and down.
    fn valley(&[x, y]: &[f64; 2]) -> Curve<2> {
        let gap = y - x * x;
        Curve {
            value: -(1.0 - x) * (1.0 - x) - 100.0 * gap * gap,
            gradient: [2.0 * (1.0 - x) + 400.0 * x * gap, -200.0 * gap],
            hessian: [[-2.0 + 400.0 * gap - 800.0 * x * x, 400.0 * x], [400.0 * x, -200.0]],
        }
    }

    #[test]
    fn a_curved_valley_is_climbed_to_its_top() {
        let found = maximum([-1.2, 1.0], valley).unwrap();
        assert!((found.at[0] - 1.0).abs() < 1e-6 && (found.at[1] - 1.0).abs() < 1e-6, "{found:?}");
        assert!(found.steps < 60, "{}", found.steps);
        let covariance = found.covariance.unwrap();
        assert!((covariance[0][0] - 0.5).abs() < 1e-4, "{covariance:?}");
    }

    #[test]
    fn a_saddle_is_left_and_a_slope_without_end_is_said() {
        // cos x - y^2: zero is the top, and the start lies where the curve bends up.
        let wave = |&[x, y]: &[f64; 2]| Curve {
            value: libm::cos(x) - y * y,
            gradient: [-libm::sin(x), -2.0 * y],
            hessian: [[-libm::cos(x), 0.0], [0.0, -2.0]],
        };
        let found = maximum([2.5, 1.0], wave).unwrap();
        assert!(libm::sin(found.at[0]).abs() < 1e-4 && libm::cos(found.at[0]) > 0.99, "{found:?}");
        let slope = |&[x]: &[f64; 1]| Curve { value: x, gradient: [1.0], hessian: [[0.0]] };
        assert_eq!(maximum([0.0], slope), Err(Undefined::NotConverged));
    }

    #[test]
    fn logarithms_change_the_derivatives_as_the_chain_rule_says() {
        // f = x^2 is e^(2 u): both derivatives in u are 2 x^2 and 4 x^2.
        let curve = Curve { value: 9.0, gradient: [6.0], hessian: [[2.0]] }.in_logs(&[3.0]);
        assert_eq!((curve.gradient, curve.hessian), ([18.0], [[36.0]]));
    }
}
