//! Search for the missing combinations without adding rows.
#![expect(clippy::indexing_slicing, reason = "rows and factors are counted by the array")]

use super::array::Array;
use super::space::Cell;
use crate::stats::random::Random;

/// What a search may still spend, in combinations looked at: the same on every machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget(pub(super) u64);

impl Budget {
    pub(super) fn spend(&mut self, cost: usize) -> bool {
        self.0 = self.0.saturating_sub(cost as u64);
        self.0 > 0
    }

    /// Takes a part of what is left.
    pub(super) fn part(&mut self, share: u64) -> Self {
        let part = self.0 / share;
        self.0 -= part;
        Self(part)
    }
}

/// Moves after which a search that found nothing better stops, per row.
const PATIENCE: usize = 60;

/// Changes one cell after the other until nothing is missing: a missing combination is drawn, and among the rows that lack only one
/// cell of it the best change is made, better or not, unless it undoes a recent one (Nurmela, "Upper bounds for covering arrays by tabu
/// search", 2004). Returns whether all is covered; where not, the best rows
/// that were seen are kept.
pub(super) fn search(array: &mut Array<'_>, budget: &mut Budget, random: &mut Random) -> bool {
    let factors = array.space.factors();
    let mut until = vec![0_usize; array.rows.len() * factors];
    let (mut best, mut since, mut moves) = (array.missing().len(), 0, 0);
    let mut kept = array.rows.clone();
    while !array.missing().is_empty() {
        let at = usize::try_from(random.below(array.missing().len() as u64)).unwrap_or_default();
        let wanted = array.tuples.cells(array.missing()[at] as usize);
        let (choice, looked) = best_move(array, &wanted, (&until, moves, best), random);
        if !budget.spend(looked + 1) || since > PATIENCE * array.rows.len() + 20_000 {
            array.become_rows(&kept);
            return false;
        }
        match choice {
            Some((row, cell)) => {
                array.set(row, cell);
                let wait = usize::try_from(random.below(6)).unwrap_or_default() + 2;
                until[row * factors + cell.factor] = moves + wait;
            }
            None => force(array, &wanted, random),
        }
        (moves, since) = (moves + 1, since + 1);
        if array.missing().len() < best {
            (best, since) = (array.missing().len(), 0);
            kept.clone_from(&array.rows);
        }
    }
    true
}

type Choice = Option<(usize, Cell)>;

/// The best change that brings the wanted combination into a row, and what looking for it cost.
fn best_move(
    array: &Array<'_>,
    wanted: &[Cell],
    (until, now, best_so_far): (&[usize], usize, usize),
    random: &mut Random,
) -> (Choice, usize) {
    let factors = array.space.factors();
    let (mut best, mut ties, mut looked) = (None, 0, array.rows.len() / 4);
    let mut least = i64::MAX;
    for (at, row) in array.rows.iter().enumerate() {
        let Some(cell) = single_gap(row, wanted) else { continue };
        if !array.may(at, cell) {
            continue;
        }
        looked += array.tuples.through(cell.factor).len();
        let change = array.change(at, cell);
        let better = i64::try_from(array.missing().len()).unwrap_or(i64::MAX) + change
            < i64::try_from(best_so_far).unwrap_or(i64::MAX);
        if until[at * factors + cell.factor] > now && !better {
            continue;
        }
        ties = if change < least { 1 } else { ties + u64::from(change == least) };
        if change < least || (change == least && random.below(ties) == 0) {
            (least, best) = (change, Some((at, cell)));
        }
    }
    (best, looked)
}

/// The only cell of a combination that a row lacks.
fn single_gap(row: &[u8], wanted: &[Cell]) -> Option<Cell> {
    let mut gap = None;
    for cell in wanted {
        if row[cell.factor] != cell.level {
            if gap.is_some() {
                return None;
            }
            gap = Some(*cell);
        }
    }
    gap
}

/// Puts the combination into a random row, where that is allowed.
fn force(array: &mut Array<'_>, wanted: &[Cell], random: &mut Random) {
    let at = usize::try_from(random.below(array.rows.len() as u64)).unwrap_or_default();
    for cell in wanted {
        if array.may(at, *cell) {
            array.set(at, *cell);
        }
    }
}
