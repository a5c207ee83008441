//! How much the rate of one ad moves from day to day by itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::stats::proportions::Proportion;
use crate::stats::{Defined, Undefined};

/// Rounds of fitting; cells and days that share most of their rows settle in fewer.
const ROUNDS: u32 = 50;

/// What one cell (an ad, an ad set) showed on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellDay {
    /// The cell, by a number of the caller's.
    pub cell: u32,
    /// The day, by a number of the caller's.
    pub day: u32,
    /// Clicks among impressions.
    pub share: Proportion,
}

/// How the rates of cells move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DailyNoise {
    /// The standard deviation of a cell's daily rate, relative to the rate, beyond what chance does to counts and what moves all cells
    /// alike; zero where counts explain all.
    pub deviation: f64,
    /// Cells that tell it.
    pub cells: u64,
    /// Days that tell it.
    pub days: u64,
    /// What is left to tell it by: rows less cells less days plus one.
    pub degrees_of_freedom: u64,
}

/// The noise of daily rates that remains to a test which pairs days: a weekday or a price that moves all cells alike falls out of the
/// pairs, and so it is left out here.
///
/// With x of n in a cell on a day, e = n p s is expected: p the cell's rate, s the day's factor, fitted to the sums over days and over
/// cells in turn. The variance of x is `e (1 - e / n) + e^2 v^2`, with v the deviation, so
/// `v^2 = (N / f sum (x - e)^2 - sum e (1 - e / n)) / sum e^2`, N rows, f degrees of freedom (a method of moments, as for the
/// overdispersion of `McCullagh` and Nelder, "Generalized linear models", 1989, 4.5). Days on which one cell ran alone tell nothing and
/// are left out. It misleads where cells trend apart: the trend counts as noise.
///
/// Without unit: 0.2 means that a cell's daily rate moves by 20 % of itself. Assumes that cells move independently of each other.
///
/// # Errors
/// [`Undefined::TooFew`] where no days are left on which cells ran side by side, [`Undefined::NothingObserved`] without successes.
pub fn daily_noise(rows: &[CellDay]) -> Defined<DailyNoise> {
    let mut shown: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for row in rows {
        shown.entry(row.day).or_default().insert(row.cell);
    }
    let ran_alone = |row: &&CellDay| shown.get(&row.day).is_none_or(|cells| cells.len() < 2);
    let rows: Vec<&CellDay> = rows.iter().filter(|row| !ran_alone(row)).collect();
    let fit = Fit::of(&rows)?;
    let (cells, days) = (fit.rates.len() as u64, fit.factors.len() as u64);
    let free = (rows.len() as u64 + 1).saturating_sub(cells + days);
    if free == 0 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    let parts = rows.iter().map(|row| {
        let (x, n) = (row.share.successes() as f64, row.share.trials() as f64);
        let expected = fit.expected(row);
        [(x - expected) * (x - expected), expected * (1.0 - expected / n).max(0.0), expected * expected]
    });
    let [squares, chance, weight] = parts.fold([0.0; 3], |[a, b, c], [d, e, f]| [a + d, b + e, c + f]);
    let variance = (squares * rows.len() as f64 / free as f64 - chance) / weight;
    Ok(DailyNoise { deviation: libm::sqrt(variance.max(0.0)), cells, days, degrees_of_freedom: free })
}

/// Rates of cells and factors of days.
struct Fit {
    rates: BTreeMap<u32, f64>,
    factors: BTreeMap<u32, f64>,
}

impl Fit {
    fn of(rows: &[&CellDay]) -> Defined<Self> {
        let mut fit = Self { rates: BTreeMap::new(), factors: rows.iter().map(|row| (row.day, 1.0)).collect() };
        if rows.is_empty() {
            return Err(Undefined::TooFew { needed: 2 });
        }
        for _ in 0..ROUNDS {
            fit.rates = shares(rows, |row| row.cell, |row| fit.factor(row));
            fit.factors = shares(rows, |row| row.day, |row| fit.rate(row));
        }
        let is_seen = rows.iter().any(|row| fit.expected(row) > 0.0);
        if is_seen { Ok(fit) } else { Err(Undefined::NothingObserved) }
    }

    fn rate(&self, row: &CellDay) -> f64 {
        self.rates.get(&row.cell).copied().unwrap_or_default()
    }

    fn factor(&self, row: &CellDay) -> f64 {
        self.factors.get(&row.day).copied().unwrap_or_default()
    }

    fn expected(&self, row: &CellDay) -> f64 {
        row.share.trials() as f64 * self.rate(row) * self.factor(row)
    }
}

/// Successes over weighted trials of each group; zero where there are no trials of any weight.
fn shares(rows: &[&CellDay], group: impl Fn(&CellDay) -> u32, weight: impl Fn(&CellDay) -> f64) -> BTreeMap<u32, f64> {
    let mut sums: BTreeMap<u32, [f64; 2]> = BTreeMap::new();
    for row in rows {
        let [x, n] = sums.entry(group(row)).or_default();
        *x += row.share.successes() as f64;
        *n += row.share.trials() as f64 * weight(row);
    }
    sums.into_iter().map(|(key, [x, n])| (key, if n > 0.0 { x / n } else { 0.0 })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    /// Cells with rates of their own, days that move all of them, and noise of each.
    fn rows(cells: u32, days: u32, noise: f64) -> Vec<CellDay> {
        let row = |(cell, day): (u32, u32)| {
            let shared = Random::at(4, &[0, u64::from(day)]).log_normal(0.3);
            let mut own = Random::at(4, &[1, u64::from(cell), u64::from(day)]);
            let rate = 0.01 * f64::from(cell + 1) * shared * own.log_normal(noise);
            CellDay { cell, day, share: Proportion::new(own.binomial(20_000, rate), 20_000).unwrap() }
        };
        (0..cells).flat_map(|cell| (0..days).map(move |day| (cell, day))).map(row).collect()
    }

    #[test]
    fn the_noise_of_cells_is_found_beside_shocks_that_all_share() {
        let found = daily_noise(&rows(4, 120, 0.15)).unwrap();
        assert!((found.deviation - 0.15).abs() < 0.02, "{found:?}");
        assert_eq!((found.cells, found.days, found.degrees_of_freedom), (4, 120, 357));
        assert!(daily_noise(&rows(4, 120, 0.0)).unwrap().deviation < 0.03);
    }

    #[test]
    fn the_fit_is_that_of_a_poisson_model_of_cells_and_days() {
        // statsmodels 0.15, GLM with family Poisson and log impressions as offset gives the same expected counts to 2e-12; numpy for the rest.
        let clicks = [
            [47, 55, 45, 46, 48, 59, 38, 26],
            [97, 67, 77, 113, 110, 113, 83, 79],
            [119, 132, 83, 193, 188, 151, 91, 109],
        ];
        let named = (0..).zip(clicks).flat_map(|(cell, days)| (0..).zip(days).map(move |(day, x)| (cell, day, x)));
        let row = |(cell, day, x)| CellDay { cell, day, share: Proportion::new(x, 5_000).unwrap() };
        let found = daily_noise(&named.map(row).collect::<Vec<_>>()).unwrap();
        assert!((found.deviation - 0.108_829_912_274_354_1).abs() < 1e-10, "{found:?}");
        assert_eq!(found.degrees_of_freedom, 14);
    }

    #[test]
    fn cells_that_never_ran_side_by_side_tell_nothing() {
        assert_eq!(daily_noise(&rows(1, 30, 0.1)), Err(Undefined::TooFew { needed: 2 }));
        assert_eq!(daily_noise(&[]), Err(Undefined::TooFew { needed: 2 }));
        let none = Proportion::new(0, 100).unwrap();
        let nothing: Vec<CellDay> = (0..4).map(|at| CellDay { cell: at % 2, day: at / 2, share: none }).collect();
        assert_eq!(daily_noise(&nothing), Err(Undefined::NothingObserved));
    }
}
