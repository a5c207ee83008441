//! The line that ties the treated regions to the control regions before the test.

use crate::stats::{Defined, Undefined};

/// A least-squares line y = intercept + slope x over the periods before the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regression {
    /// Where it crosses zero.
    pub intercept: f64,
    /// The treated series per unit of control series.
    pub slope: f64,
    /// The share of the treated series' variance that it explains; `None` where that has no spread.
    pub r_squared: Option<f64>,
    /// The residual variance, with n - 2.
    pub residual_variance: f64,
    /// The degrees of freedom of that variance.
    pub degrees_of_freedom: f64,
    /// Durbin and Watson's statistic of the residuals: near 2 without autocorrelation, below some 1.2 with too narrow intervals.
    pub durbin_watson: Option<f64>,
    periods: f64,
    mean: f64,
    squares: f64,
}

/// A sum of effects with its scale and degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cumulative {
    pub(super) effect: f64,
    pub(super) scale: f64,
    pub(super) degrees_of_freedom: f64,
}

/// Residuals smaller than this share of the values are rounding, not noise.
const ROUNDING: f64 = 1e-13;

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn cross(x: &[f64], y: &[f64]) -> f64 {
    let (a, b) = (mean(x), mean(y));
    x.iter().zip(y).map(|(x, y)| (x - a) * (y - b)).sum()
}

impl Regression {
    /// Fits y on x; at least three periods, and x must move.
    pub(super) fn fit(x: &[f64], y: &[f64]) -> Defined<Self> {
        if x.len() < 3 {
            return Err(Undefined::TooFew { needed: 3 });
        }
        let squares = cross(x, x);
        let scale: f64 = x.iter().map(|x| x * x).sum();
        if squares <= ROUNDING * ROUNDING * scale {
            return Err(Undefined::NoSpread);
        }
        Ok(Self::line(x, y, (cross(x, y) / squares, squares)))
    }

    /// The mean of y, for an x that does not move.
    pub(super) fn flat(x: &[f64], y: &[f64]) -> Self {
        let line = Self::line(x, y, (0.0, f64::INFINITY));
        let freedom = (x.len() - 1) as f64;
        let residual_variance = line.residual_variance * line.degrees_of_freedom / freedom;
        Self { residual_variance, degrees_of_freedom: freedom, ..line }
    }

    fn line(x: &[f64], y: &[f64], (slope, squares): (f64, f64)) -> Self {
        let intercept = mean(y) - slope * mean(x);
        let residuals: Vec<f64> = x.iter().zip(y).map(|(x, y)| y - intercept - slope * x).collect();
        let sum: f64 = residuals.iter().map(|r| r * r).sum();
        let size: f64 = y.iter().map(|y| y * y).sum();
        let sum = if sum <= ROUNDING * ROUNDING * size { 0.0 } else { sum };
        let spread = cross(y, y);
        let steps: f64 = residuals.iter().zip(residuals.iter().skip(1)).map(|(a, b)| (b - a) * (b - a)).sum();
        let freedom = x.len() as f64 - 2.0;
        Self {
            intercept,
            slope,
            r_squared: (spread > 0.0).then(|| 1.0 - sum / spread),
            residual_variance: sum / freedom,
            degrees_of_freedom: freedom,
            durbin_watson: (sum > 0.0).then(|| steps / sum),
            periods: x.len() as f64,
            mean: mean(x),
            squares,
        }
    }

    /// What the treated series would have been.
    pub(super) fn predict(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }

    /// The effect summed over the periods given: sum (y - predicted), scale^2 = s^2 (T + T^2 (1 / n + (mean x - mean x before)^2 / Sxx)).
    pub(super) fn cumulative(&self, x: &[f64], y: &[f64]) -> Cumulative {
        let periods = x.len() as f64;
        let away = mean(x) - self.mean;
        let line = 1.0 / self.periods + away * away / self.squares;
        let variance = self.residual_variance * (periods + periods * periods * line);
        let effect = x.iter().zip(y).map(|(x, y)| y - self.predict(*x)).sum();
        Cumulative { effect, scale: libm::sqrt(variance), degrees_of_freedom: self.degrees_of_freedom }
    }
}

impl Cumulative {
    /// Effect over scale; undefined where the line fits without error.
    pub(super) fn t(&self) -> Defined<f64> {
        if self.scale > 0.0 { Ok(self.effect / self.scale) } else { Err(Undefined::NoSpread) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_and_its_cumulative_effect_are_those_of_ordinary_least_squares() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0, 5.0], [2.1, 3.9, 6.2, 7.8, 10.1]);
        let line = Regression::fit(&x, &y).unwrap();
        // numpy: polyfit gives 1.99 and 0.05; residual variance 0.107 / 3.
        assert!((line.slope - 1.99).abs() < 1e-12 && (line.intercept - 0.05).abs() < 1e-12);
        assert!((line.residual_variance - 0.107 / 3.0).abs() < 1e-12, "{}", line.residual_variance);
        let sum = line.cumulative(&[6.0, 7.0], &[13.0, 15.0]);
        // Variance: s^2 (2 + 4 (1 / 5 + 3.5^2 / 10)).
        assert!((sum.effect - (28.0 - 2.0 * 0.05 - 13.0 * 1.99)).abs() < 1e-12);
        assert!((sum.scale * sum.scale - 0.107 / 3.0 * (2.0 + 4.0 * (0.2 + 1.225))).abs() < 1e-12);
    }

    #[test]
    fn a_control_that_does_not_move_or_a_perfect_fit_has_no_interval() {
        assert_eq!(Regression::fit(&[3.0; 6], &[1.0; 6]).err(), Some(Undefined::NoSpread));
        let line = Regression::fit(&[0.1, 0.2, 0.3, 0.7], &[0.3, 0.6, 0.9, 2.1]).unwrap();
        assert_eq!(line.cumulative(&[1.0], &[4.0]).t(), Err(Undefined::NoSpread));
    }
}
