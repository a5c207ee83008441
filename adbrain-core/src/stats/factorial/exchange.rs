//! D-optimal rows by coordinate exchange.
#![expect(clippy::indexing_slicing, reason = "positions come from the levels of the space")]

use ndarray::Array2;

use super::cholesky::Cholesky;
use crate::stats::covering::{Found, Space, Start, nth, shuffle};
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// How rows are searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// How many rows.
    pub rows: usize,
    /// The seed: the same one gives the same rows.
    pub seed: u64,
    /// How many products the search may take, counted and not timed.
    pub effort: u64,
}

/// Most rows of a screen.
const MOST_ROWS: usize = 5_000;
/// Passes over all cells from one start.
const MOST_PASSES: usize = 25;
/// Most starts.
const MOST_STARTS: u64 = 12;
/// The prior information that keeps designs with too few rows comparable (`DuMouchel` and Jones, "A simple Bayesian modification of
/// D-optimal designs to reduce dependence on an assumed model", 1994).
const PRIOR: f64 = 1e-4;

/// Finds allowed rows with a large det(X'X) for a main-effects model: cell by cell, the level that raises it most, from several
/// random balanced starts (Meyer and Nachtsheim, "The coordinate-exchange algorithm for constructing exact optimal experimental
/// designs", 1995). Rows may repeat.
///
/// With fewer rows than parameters some effects cannot be estimated; [`super::aliases`] names them.
///
/// X has a column of ones and orthonormal contrasts of each factor, see [`super::Information`]; a row holds one level for each factor,
/// counted from 0. Assumes no interactions and rows of equal variance. The search ends at a local maximum: judge it by the efficiency.
///
/// ```
/// use adbrain_core::stats::covering::Space;
/// use adbrain_core::stats::factorial::{Information, Screen, screen};
/// let how = Screen { rows: 12, seed: 1, effort: 1_000_000 };
/// let rows = screen(&Space::new(&[3, 2, 2], &[])?, &[], &how)?;
/// assert!((Information::of(&[3, 2, 2], &rows)?.quality().d_efficiency - 1.0).abs() < 1e-9);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
pub fn screen(space: &Space, given: &[Start], how: &Screen) -> Defined<Vec<Vec<u8>>> {
    if how.rows == 0 || how.rows > MOST_ROWS || how.rows < given.len() {
        return Err(Undefined::Input { field: "rows", problem: "must be from 1 to 5,000 and hold the seeded rows" });
    }
    let model = Model::new(space);
    if model.side > super::MOST_PARAMETERS {
        return Err(Undefined::Input { field: "factors", problem: "have more than 800 parameters together" });
    }
    let (factors, side) = (space.factors() as u64, model.side as u64);
    let levels = space.levels().iter().sum::<usize>() as u64;
    let pass = how.rows as u64 * factors * (factors + levels) + side * side * (side + 2 * how.rows as u64);
    let starts = (how.effort / (pass * 8)).clamp(1, MOST_STARTS);
    let mut best: Option<(f64, Vec<Vec<u8>>)> = None;
    for start in 0..starts {
        let mut random = Random::at(how.seed, &[0x0073_6372, start]);
        let mut rows = first_rows(space, given, how.rows, &mut random)?;
        let found = model.improve(&mut rows, given, how.effort / starts / pass + 2);
        if best.as_ref().is_none_or(|(most, _)| found > *most + 1e-9) {
            best = Some((found, rows));
        }
    }
    best.map(|(_, rows)| rows).ok_or(Undefined::Empty)
}

/// The given rows, then rows in which each level of a factor comes equally often as far as the constraints allow.
fn first_rows(space: &Space, given: &[Start], count: usize, random: &mut Random) -> Defined<Vec<Vec<u8>>> {
    let columns: Vec<Vec<u8>> = space.levels().iter().map(|levels| balanced(*levels, count, random)).collect();
    let row = |at: usize| {
        let mut domains = space.domains();
        for (factor, level) in given.get(at).into_iter().flatten().enumerate() {
            if let Some(level) = level {
                domains[factor] &= 1_u64.checked_shl(u32::from(*level)).unwrap_or(0);
            }
        }
        let mut prefer = |factor: usize, set: u64| {
            let wish = columns[factor][at];
            if set >> wish & 1 == 1 { wish } else { nth(set, random.below(u64::from(set.count_ones()))) }
        };
        match space.complete(domains, &mut prefer) {
            Found::Row(row) => Ok(row),
            Found::Nothing if at < given.len() => {
                Err(Undefined::Input { field: "seeded_rows", problem: "must hold rows that the constraints allow" })
            }
            Found::Nothing => Err(Undefined::Input { field: "constraints", problem: "allow no row at all" }),
            Found::GaveUp => {
                Err(Undefined::Input { field: "constraints", problem: "are too entangled to be searched" })
            }
        }
    };
    (0..count).map(row).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "levels are below 64")]
fn balanced(levels: usize, count: usize, random: &mut Random) -> Vec<u8> {
    let mut order: Vec<u8> = (0..levels as u8).collect();
    shuffle(&mut order, random);
    let mut column: Vec<u8> = order.into_iter().cycle().take(count).collect();
    shuffle(&mut column, random);
    column
}

/// The model in the coding that makes rows short: 1 for the average and for each level but the first. The determinant's maximum
/// does not depend on the coding.
struct Model<'a> {
    space: &'a Space,
    starts: Vec<usize>,
    side: usize,
}

impl<'a> Model<'a> {
    fn new(space: &'a Space) -> Self {
        let mut side = 1;
        let starts = space
            .levels()
            .iter()
            .map(|count| {
                let start = side;
                side += count - 1;
                start
            })
            .collect();
        Self { space, starts, side }
    }

    /// The place of a level's one in a row of X, if it has one.
    fn place(&self, factor: usize, level: u8) -> Option<usize> {
        (level > 0).then(|| self.starts[factor] + usize::from(level) - 1)
    }

    fn places(&self, row: &[u8]) -> Vec<usize> {
        let others = row.iter().enumerate().filter_map(|(factor, level)| self.place(factor, *level));
        [0].into_iter().chain(others).collect()
    }

    fn decompose(&self, rows: &[Vec<u8>]) -> Cholesky {
        let mut matrix = Array2::eye(self.side) * PRIOR;
        for row in rows {
            let places = self.places(row);
            for first in &places {
                for second in &places {
                    matrix[[*first, *second]] += 1.0;
                }
            }
        }
        Cholesky::new(&matrix)
    }

    /// Exchanges until a pass finds nothing; returns the logarithm of the determinant.
    fn improve(&self, rows: &mut [Vec<u8>], given: &[Start], passes: u64) -> f64 {
        for _ in 0..passes.min(MOST_PASSES as u64) {
            let inverse = self.decompose(rows).inverse();
            let mut inverse: Vec<f64> = inverse.iter().copied().collect();
            let mut changed = false;
            for (at, row) in rows.iter_mut().enumerate() {
                for factor in 0..row.len() {
                    let is_given = given.get(at).and_then(|start| start.get(factor)).is_some_and(Option::is_some);
                    if is_given {
                        continue;
                    }
                    if let Some(level) = self.better(row, factor, &inverse) {
                        let old = self.places(row);
                        row[factor] = level;
                        self.update(&mut inverse, &self.places(row), 1.0);
                        self.update(&mut inverse, &old, -1.0);
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
        self.decompose(rows).log_determinant()
    }

    /// The allowed level that multiplies the determinant most: by (1 + d1) (1 - d0) + d01^2, with dij = xi' M^-1 xj of
    /// the row before (0) and after (1).
    fn better(&self, row: &[u8], factor: usize, inverse: &[f64]) -> Option<u8> {
        let entry = |a: usize, b: usize| inverse[a * self.side + b];
        let others: Vec<usize> =
            self.places(row).into_iter().filter(|place| Some(*place) != self.place(factor, row[factor])).collect();
        let mut common = 0.0;
        for first in &others {
            for second in &others {
                common += entry(*first, *second);
            }
        }
        let count = u8::try_from(self.space.levels()[factor]).unwrap_or_default();
        let along = |level: u8| {
            self.place(factor, level).map_or(0.0, |place| others.iter().map(|other| entry(*other, place)).sum::<f64>())
        };
        let both = |a: u8, b: u8| {
            self.place(factor, a).zip(self.place(factor, b)).map_or(0.0, |(first, second)| entry(first, second))
        };
        let own = row[factor];
        let own_along = along(own);
        let old = common + 2.0 * own_along + both(own, own);
        let mut best = (1.0 + 1e-7, None);
        for level in (0..count).filter(|level| *level != own && self.space.allows_change(row, factor, *level)) {
            let level_along = along(level);
            let new = common + 2.0 * level_along + both(level, level);
            let cross = common + own_along + level_along + both(own, level);
            let ratio = (1.0 + new) * (1.0 - old) + cross * cross;
            if ratio > best.0 {
                best = (ratio, Some(level));
            }
        }
        best.1
    }

    /// The inverse after a row is added (sign 1) or taken (sign -1), by Sherman and Morrison.
    fn update(&self, inverse: &mut [f64], places: &[usize], sign: f64) {
        let product: Vec<f64> =
            inverse.chunks_exact(self.side).map(|row| places.iter().map(|place| row[*place]).sum()).collect();
        let size: f64 = places.iter().map(|place| product[*place]).sum();
        let scale = sign / (1.0 + sign * size);
        for (row, left) in inverse.chunks_exact_mut(self.side).zip(&product) {
            let left = left * scale;
            for (entry, right) in row.iter_mut().zip(&product) {
                *entry -= left * right;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::covering::Cell;
    use crate::stats::factorial::Information;

    #[test]
    fn sixty_rows_of_the_reference_case_are_efficient() {
        let levels = [10, 10, 8, 6, 3];
        let how = Screen { rows: 60, seed: 1, effort: 10_000_000 };
        let rows = screen(&Space::new(&levels, &[]).unwrap(), &[], &how).unwrap();
        let quality = Information::of(&levels, &rows).unwrap().quality();
        assert!(quality.d_efficiency >= 0.94, "{quality:?}");
    }

    #[test]
    fn forbidden_pairs_and_given_cells_are_kept() {
        let forbidden = [vec![Cell { factor: 0, level: 0 }, Cell { factor: 1, level: 0 }]];
        let space = Space::new(&[3, 3], &forbidden).unwrap();
        let given = [vec![Some(2), Some(2)], vec![Some(0), None]];
        let rows = screen(&space, &given, &Screen { rows: 8, seed: 3, effort: 100_000 }).unwrap();
        assert!(rows.iter().all(|row| space.allows(row)) && rows[0] == [2, 2] && rows[1][0] == 0);
        let wrong = [vec![Some(0), Some(0)]];
        assert!(screen(&space, &wrong, &Screen { rows: 8, seed: 3, effort: 100_000 }).is_err());
    }
}
