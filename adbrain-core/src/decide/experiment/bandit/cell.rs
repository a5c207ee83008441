//! What one arm collected in one batch, as a mean and the weight of that mean.

use super::arm::Seen;

/// A mean over a size, with the spread of its units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    /// Units, trials or exposure.
    pub(super) size: f64,
    /// The mean per unit of size.
    pub(super) mean: f64,
    /// Sum of squared deviations of the units; for counts the events.
    pub(super) squares: f64,
    /// What `squares` is divided by for the variance of a unit of size.
    pub(super) freedom: f64,
}

impl Cell {
    /// Reads a cell. Shares: variance p (1 - p), unbiased with n - 1. Counts: variance of a unit of exposure = rate. Values: sd^2.
    pub(super) fn of(seen: &Seen) -> Self {
        let over = |top: f64, bottom: f64| if bottom > 0.0 { top / bottom } else { 0.0 };
        match *seen {
            Seen::Shares { successes, trials } => {
                let (x, n) = (successes as f64, trials as f64);
                Self { size: n, mean: over(x, n), squares: over(x * (n - x), n), freedom: (n - 1.0).max(0.0) }
            }
            Seen::Counts { events, exposure } => {
                let x = events as f64;
                Self { size: exposure, mean: over(x, exposure), squares: x, freedom: exposure }
            }
            Seen::Values { n, mean, sd } => {
                let freedom = n.saturating_sub(1) as f64;
                let mean = if n > 0 { mean } else { 0.0 };
                Self { size: n as f64, mean, squares: sd * sd * freedom, freedom }
            }
        }
    }
}

/// The variance of a unit of each arm, pooled over batches within the arm; `None` for an arm without any freedom.
pub(super) fn unit_variances(batches: &[Vec<Cell>], arms: usize) -> Vec<Option<f64>> {
    let pooled = |arm: usize| {
        let cells = batches.iter().filter_map(|batch| batch.get(arm));
        let (squares, freedom) = cells.fold((0.0, 0.0), |(s, f), cell| (s + cell.squares, f + cell.freedom));
        (freedom > 0.0).then(|| squares / freedom)
    };
    (0..arms).map(pooled).collect()
}
