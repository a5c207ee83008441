//! An array while it is searched: its rows, how often each combination occurs and which are missing.
#![expect(clippy::indexing_slicing, reason = "rows have one level per factor and numbers come from `Tuples`")]
#![expect(clippy::cast_possible_truncation, reason = "combinations are at most 4,000,000")]

use super::space::{Cell, Space};
use super::tuples::Tuples;

/// Rows under change. A cell that the caller gave stays as it is, and so does its row.
#[derive(Debug, Clone)]
pub(super) struct Array<'a> {
    pub(super) space: &'a Space,
    pub(super) tuples: &'a Tuples,
    pub(super) rows: Vec<Vec<u8>>,
    /// Per row, the set of cells that were given.
    pub(super) given: Vec<Vec<bool>>,
    counts: Vec<u32>,
    missing: Vec<u32>,
    place: Vec<u32>,
}

const PRESENT: u32 = u32::MAX;

impl<'a> Array<'a> {
    pub(super) fn new(space: &'a Space, tuples: &'a Tuples) -> Self {
        let missing: Vec<u32> =
            (0..tuples.all()).filter(|number| tuples.can(*number)).map(|number| number as u32).collect();
        let mut place = vec![PRESENT; tuples.all()];
        for (at, number) in missing.iter().enumerate() {
            place[*number as usize] = at as u32;
        }
        let counts = vec![0; tuples.all()];
        Self { space, tuples, rows: Vec::new(), given: Vec::new(), counts, missing, place }
    }

    /// The combinations that no row holds.
    pub(super) fn missing(&self) -> &[u32] {
        &self.missing
    }

    pub(super) fn is_missing(&self, number: usize) -> bool {
        self.place[number] != PRESENT
    }

    pub(super) fn push(&mut self, row: Vec<u8>, given: Vec<bool>) {
        self.each(&row, Self::add);
        self.rows.push(row);
        self.given.push(given);
    }

    pub(super) fn remove(&mut self, at: usize) {
        let row = self.rows.remove(at);
        self.given.remove(at);
        self.each(&row, Self::take);
    }

    /// Each combination of a row once: those through factor f with no later factor.
    fn each(&mut self, row: &[u8], change: fn(&mut Self, usize)) {
        let tuples = self.tuples;
        for (factor, level) in row.iter().enumerate() {
            for through in tuples.through(factor) {
                if through.others.iter().all(|(other, _)| *other < factor) {
                    let (base, stride) = through.base(row);
                    change(self, base + usize::from(*level) * stride);
                }
            }
        }
    }

    fn add(&mut self, number: usize) {
        self.counts[number] += 1;
        let at = self.place[number];
        if at != PRESENT {
            self.missing.swap_remove(at as usize);
            if let Some(moved) = self.missing.get(at as usize) {
                self.place[*moved as usize] = at;
            }
            self.place[number] = PRESENT;
        }
    }

    fn take(&mut self, number: usize) {
        self.counts[number] -= 1;
        if self.counts[number] == 0 {
            self.place[number] = self.missing.len() as u32;
            self.missing.push(number as u32);
        }
    }

    /// Puts a level into a cell.
    pub(super) fn set(&mut self, at: usize, cell: Cell) {
        let tuples = self.tuples;
        let old = usize::from(self.rows[at][cell.factor]);
        for through in tuples.through(cell.factor) {
            let (base, stride) = through.base(&self.rows[at]);
            self.take(base + old * stride);
            self.add(base + usize::from(cell.level) * stride);
        }
        self.rows[at][cell.factor] = cell.level;
    }

    /// Changes cells until the rows are these.
    pub(super) fn become_rows(&mut self, rows: &[Vec<u8>]) {
        for (at, row) in rows.iter().enumerate() {
            for (factor, level) in row.iter().enumerate() {
                if self.rows[at][factor] != *level {
                    self.set(at, Cell { factor, level: *level });
                }
            }
        }
    }

    /// How many more combinations are missing once the cell has the level.
    pub(super) fn change(&self, at: usize, cell: Cell) -> i64 {
        let row = &self.rows[at];
        let (old, new) = (row[cell.factor] as usize, cell.level as usize);
        let mut change = 0;
        for through in self.tuples.through(cell.factor) {
            let (base, stride) = through.base(row);
            change += i64::from(self.counts[base + old * stride] == 1);
            change -= i64::from(self.counts[base + new * stride] == 0);
        }
        change
    }

    /// Whether the cell may have the level: not given, not what it is, and allowed.
    pub(super) fn may(&self, at: usize, cell: Cell) -> bool {
        !self.given[at][cell.factor]
            && self.rows[at][cell.factor] != cell.level
            && self.space.allows_change(&self.rows[at], cell.factor, cell.level)
    }

    /// How many combinations this row alone holds.
    pub(super) fn alone(&self, at: usize) -> usize {
        let row = &self.rows[at];
        let own = |factor: usize| {
            let mine =
                self.tuples.through(factor).iter().filter(|one| one.others.iter().all(|(other, _)| *other < factor));
            mine.filter(|through| {
                let (base, stride) = through.base(row);
                self.counts[base + usize::from(row[factor]) * stride] == 1
            })
            .count()
        };
        (0..row.len()).map(own).sum()
    }

    /// Whether nothing of the row was given.
    pub(super) fn is_free(&self, at: usize) -> bool {
        !self.given[at].iter().any(|given| *given)
    }
}
