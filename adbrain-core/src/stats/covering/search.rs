//! The way to a small covering array: several starts, the smallest made smaller, spare cells by weight, coverage counted anew.
#![expect(clippy::indexing_slicing, reason = "rows have one level per factor")]

use super::array::Array;
use super::space::{Cell, Found, Space, nth};
use super::tabu::{Budget, search};
use super::tuples::Tuples;
use super::{algebra, greedy};
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// A row that must be part: a level or nothing for each factor. What it leaves open is chosen.
pub type Start = Vec<Option<u8>>;

/// How an array is searched for.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// How many factors a covered combination has: 2 for pairs.
    pub strength: usize,
    /// The most rows; with fewer than are needed, as many combinations as are found are covered.
    pub most_rows: Option<usize>,
    /// What share of rows each level should have, per factor, in any unit; empty for equal shares. Only cells that coverage leaves
    /// open follow it.
    pub weights: Vec<Vec<f64>>,
    /// The seed: the same one gives the same rows.
    pub seed: u64,
    /// How many combinations the search may look at; work is counted, not timed, so that it ends the same way everywhere.
    pub effort: u64,
}

impl Default for Search {
    fn default() -> Self {
        Self { strength: 2, most_rows: None, weights: Vec::new(), seed: 1, effort: 8_000_000 }
    }
}

/// An array and what it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covering {
    /// One level per factor and row; the given rows come first.
    pub rows: Vec<Vec<u8>>,
    /// How many different possible combinations the rows hold, counted from the rows after the search.
    pub covered: usize,
    /// How many combinations are possible under the constraints.
    pub possible: usize,
    /// How many there would be without constraints.
    pub all: usize,
    /// No array that covers everything has fewer rows than this.
    pub least_rows: usize,
}

/// Searches for few allowed rows that hold every possible combination of levels of any `strength` factors.
///
/// Starts: an algebraic array (orthogonal arrays and their products; Bush, 1952, Stevens and Mendelsohn, 1999), one row for each
/// combination of the factors with most levels, and greedy rows (Cohen, Dalal, Fredman and Patton, 1997). The smallest loses row after
/// row while tabu search (Nurmela, "Upper bounds for covering arrays by tabu search", 2004) can cover everything again. The result is
/// deterministic; it is seldom proven smallest, so `least_rows` says how far away it may be at most. It guarantees that each combination
/// is seen, not that its effect can be estimated.
///
/// ```
/// use adbrain_core::stats::covering::{Search, Space, cover};
/// let found = cover(&Space::new(&[4; 5], &[])?, &[], &Search::default())?;
/// assert_eq!((found.rows.len(), found.covered), (16, found.possible));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
pub fn cover(space: &Space, given: &[Start], how: &Search) -> Defined<Covering> {
    let tuples = Tuples::new(space, how.strength)?;
    let mut random = Random::at(how.seed, &[0x0063_6f76]);
    let base = with_given(Array::new(space, &tuples), given, &mut random)?;
    if how.most_rows.is_some_and(|most| most < base.rows.len().max(1)) {
        return Err(Undefined::Input { field: "rows", problem: "must have room for a row and for the seeded rows" });
    }
    let largest = tuples.largest();
    let mut budget = Budget(how.effort);
    let mut array = smallest(&base, &largest, &mut budget, &mut random);
    if let Some(most) = how.most_rows {
        array = within(array, &base, most, &mut budget);
    }
    spread(&mut array, &how.weights);
    let covered = tuples.covered(&array.rows);
    let (possible, all, least_rows) = (tuples.possible(), tuples.all(), largest.len());
    Ok(Covering { rows: array.rows, covered, possible, all, least_rows })
}

fn with_given<'a>(mut array: Array<'a>, given: &[Start], random: &mut Random) -> Defined<Array<'a>> {
    let wrong = Undefined::Input { field: "seeded_rows", problem: "must hold rows that the constraints allow" };
    for start in given {
        let cells: Vec<Cell> =
            start.iter().enumerate().filter_map(|(factor, level)| level.map(|level| Cell { factor, level })).collect();
        let known =
            |cell: &Cell| array.space.levels().get(cell.factor).is_some_and(|count| usize::from(cell.level) < *count);
        let fits = start.len() == array.space.factors() && cells.iter().all(known);
        let row = fits.then(|| greedy::row_with(&array, &cells, random)).flatten().ok_or(wrong)?;
        let given: Vec<bool> = start.iter().map(Option::is_some).collect();
        if !(array.rows.contains(&row) && given.iter().all(|given| *given)) {
            array.push(row, given);
        }
    }
    Ok(array)
}

/// The best of the starts, made smaller.
fn smallest<'a>(base: &Array<'a>, largest: &[usize], budget: &mut Budget, random: &mut Random) -> Array<'a> {
    let least = largest.len();
    let algebraic = by_algebra(base, random);
    let is_whole = |array: &Array<'_>| array.missing().is_empty();
    let known =
        algebraic.as_ref().filter(|(array, _)| is_whole(array)).map(|(array, exact)| (array.rows.len(), *exact));
    let mut candidates: Vec<Array<'a>> = algebraic.map(|(array, _)| array).filter(is_whole).into_iter().collect();
    let row_cost: usize =
        base.space.levels().iter().enumerate().map(|(factor, count)| count * base.tuples.through(factor).len()).sum();
    let whole_cost = (row_cost * least * 3 / 2).max(1) as u64;
    let tries = usize::try_from(budget.0 / 4 / whole_cost).unwrap_or(1).clamp(1, 20);
    let is_cheap = whole_cost < budget.0 * 4 || candidates.is_empty();
    if is_cheap && known.is_none_or(|(rows, _)| rows > least) {
        let mut array = base.clone();
        greedy::fill(&mut array, usize::MAX, tries, random);
        if known.is_some_and(|(rows, exact)| exact && rows * 8 <= array.rows.len() * 7) {
            return candidates.pop().unwrap_or(array);
        }
        candidates.push(array);
        let mut part = budget.part(3);
        candidates.push(by_largest(base, largest, (&mut part, tries), random));
        budget.0 += part.0;
    }
    let best = candidates.into_iter().rev().min_by_key(|array| (array.missing().len(), array.rows.len()));
    let mut best = best.unwrap_or_else(|| base.clone());
    shrink(&mut best, least, budget, random);
    best
}

/// Rows of an algebraic array, fitted to the levels and constraints; true where it fits without a spare cell.
fn by_algebra<'a>(base: &Array<'a>, random: &mut Random) -> Option<(Array<'a>, bool)> {
    let space = base.space;
    let most = space.levels().iter().copied().max()?;
    let rows = algebra::array(most, space.factors(), base.tuples.strength())?;
    let exact = space.forbidden().is_empty()
        && base.rows.is_empty()
        && rows.iter().all(|row| row.iter().zip(space.levels()).all(|(level, count)| usize::from(*level) < *count));
    let mut array = base.clone();
    for row in rows {
        let inside = |(factor, level): (usize, u8)| {
            (usize::from(level) < space.levels()[factor]).then_some(Cell { factor, level })
        };
        let cells: Vec<Cell> = row.iter().copied().enumerate().filter_map(inside).collect();
        let row = greedy::row_with(&array, &cells, random).or_else(|| near(space, &row, random))?;
        let given = vec![false; row.len()];
        array.push(row, given);
    }
    prune(&mut array);
    greedy::fill(&mut array, usize::MAX, 4, random);
    Some((array, exact))
}

/// An allowed row with as many levels of a wished row as the search meets.
fn near(space: &Space, wish: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut prefer = |factor: usize, set: u64| {
        let level = wish[factor];
        if level < 64 && set >> level & 1 == 1 { level } else { nth(set, random.below(u64::from(set.count_ones()))) }
    };
    match space.complete(space.domains(), &mut prefer) {
        Found::Row(row) => Some(row),
        Found::Nothing | Found::GaveUp => None,
    }
}

/// One row for each combination of the factors with most levels, searched without more rows first.
fn by_largest<'a>(
    base: &Array<'a>,
    largest: &[usize],
    (budget, tries): (&mut Budget, usize),
    random: &mut Random,
) -> Array<'a> {
    let mut array = base.clone();
    for number in largest {
        if array.is_missing(*number)
            && let Some(row) = greedy::row_with(&array, &array.tuples.cells(*number), random)
        {
            let given = vec![false; row.len()];
            array.push(row, given);
        }
    }
    if !search(&mut array, budget, random) {
        greedy::fill(&mut array, usize::MAX, tries, random);
    }
    array
}

/// Removes rows that add nothing, the last first.
fn prune(array: &mut Array<'_>) {
    for at in (0..array.rows.len()).rev() {
        if array.is_free(at) && array.alone(at) == 0 {
            array.remove(at);
        }
    }
}

/// Attempts to take one more row away before the array is left as it is.
const ATTEMPTS: usize = 4;

fn shrink(array: &mut Array<'_>, least: usize, budget: &mut Budget, random: &mut Random) {
    prune(array);
    let mut failed = 0;
    while array.missing().is_empty() && array.rows.len() > least && failed < ATTEMPTS && budget.0 > 0 {
        let (rows, given) = (array.rows.clone(), array.given.clone());
        if !drop_row(array, random) {
            return;
        }
        if search(array, budget, random) {
            failed = 0;
        } else {
            put_back(array, rows, given);
            failed += 1;
        }
    }
}

/// Removes the free row that alone holds fewest combinations; false where no row is free.
fn drop_row(array: &mut Array<'_>, random: &mut Random) -> bool {
    let free: Vec<usize> = (0..array.rows.len()).filter(|at| array.is_free(*at)).collect();
    let alone: Vec<usize> = free.iter().map(|at| array.alone(*at)).collect();
    let Some(fewest) = alone.iter().min() else { return false };
    let best: Vec<usize> = free.iter().zip(&alone).filter(|(_, count)| *count == fewest).map(|(at, _)| *at).collect();
    let chosen = usize::try_from(random.below(best.len() as u64)).unwrap_or_default();
    array.remove(best[chosen]);
    true
}

fn put_back(array: &mut Array<'_>, rows: Vec<Vec<u8>>, given: Vec<Vec<bool>>) {
    let mut whole = Array::new(array.space, array.tuples);
    for (row, given) in rows.into_iter().zip(given) {
        whole.push(row, given);
    }
    *array = whole;
}

/// At most so many rows: the array where it fits, else the better of it cut down and of greedy rows.
fn within<'a>(mut array: Array<'a>, base: &Array<'a>, most: usize, budget: &mut Budget) -> Array<'a> {
    if array.rows.len() <= most {
        return array;
    }
    let mut random = Random::at(0, &[0x0063_7574]);
    while array.rows.len() > most && drop_row(&mut array, &mut random) {}
    let mut fresh = base.clone();
    greedy::fill(&mut fresh, most, 4, &mut random);
    if fresh.missing().len() < array.missing().len() || array.rows.len() > most {
        array = fresh;
    }
    *budget = Budget(budget.0.max(1_000_000));
    search(&mut array, budget, &mut random);
    array
}

/// Gives the cells whose change loses nothing to the level that is furthest below its share.
fn spread(array: &mut Array<'_>, weights: &[Vec<f64>]) {
    for factor in 0..array.space.factors() {
        let count = array.space.levels()[factor];
        let own = weights.get(factor).filter(|own| own.len() == count).cloned().unwrap_or_else(|| vec![1.0; count]);
        let total: f64 = own.iter().sum();
        let wanted: Vec<f64> = own.iter().map(|weight| weight / total * array.rows.len() as f64).collect();
        let mut have = vec![0.0; count];
        for row in &array.rows {
            have[usize::from(row[factor])] += 1.0;
        }
        for at in 0..array.rows.len() {
            let now = usize::from(array.rows[at][factor]);
            let lack = |level: usize| wanted[level] - have[level];
            let better = (0..count).filter(|level| lack(*level) > lack(now) + 1.0);
            let mut better: Vec<(f64, u8)> =
                better.filter_map(|level| Some((lack(level), u8::try_from(level).ok()?))).collect();
            better.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let free = |level: &u8| {
                let cell = Cell { factor, level: *level };
                array.may(at, cell) && array.change(at, cell) <= 0
            };
            if let Some(level) = better.into_iter().map(|(_, level)| level).find(free) {
                array.set(at, Cell { factor, level });
                have[now] -= 1.0;
                have[usize::from(level)] += 1.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(levels: &[usize], strength: usize) -> usize {
        let how = Search { strength, ..Search::default() };
        let found = cover(&Space::new(levels, &[]).unwrap(), &[], &how).unwrap();
        assert_eq!(found.covered, found.possible, "{levels:?}");
        found.rows.len()
    }

    #[test]
    fn known_cases_have_few_rows() {
        assert_eq!(rows(&[10, 10, 8, 6, 3], 2), 100);
        assert_eq!(rows(&[5; 20], 2), 45);
        assert_eq!(rows(&[4; 5], 2), 16);
        assert!(rows(&[3; 13], 2) <= 17);
    }

    #[test]
    fn ugly_spaces_have_their_rows() {
        assert_eq!(rows(&[1], 1), 1);
        assert_eq!(rows(&[7], 1), 7);
        assert_eq!(rows(&[1, 1, 1], 2), 1);
        assert_eq!(rows(&[64, 1, 2], 2), 128);
        assert_eq!(rows(&[2; 3], 3), 8);
    }
}
