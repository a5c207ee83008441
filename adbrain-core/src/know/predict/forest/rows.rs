//! Codes a row after the other, as trees are walked.

use super::schema::{Codes, ColumnCodes};
use super::table::MISSING;

/// Codes of a table, a row after the other. Every row has a place for each column in both lists, so that a node needs no second number.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Rows {
    count: usize,
    columns: usize,
    numbers: Vec<u8>,
    /// Empty where no column holds categories.
    categories: Vec<u32>,
}

impl Rows {
    pub(super) fn of(codes: &Codes) -> Self {
        let (count, columns) = (codes.rows, codes.columns.len());
        let has_categories = codes.columns.iter().any(|column| matches!(column, ColumnCodes::Categories(_)));
        let mut rows = Self {
            count,
            columns,
            numbers: vec![0; count * columns],
            categories: vec![MISSING; if has_categories { count * columns } else { 0 }],
        };
        for (place, column) in codes.columns.iter().enumerate() {
            match column {
                ColumnCodes::Numbers(values) => spread(&mut rows.numbers, values, (place, columns)),
                ColumnCodes::Categories(values) => spread(&mut rows.categories, values, (place, columns)),
            }
        }
        rows
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn numbers(&self, row: usize) -> &[u8] {
        self.numbers.get(row * self.columns..(row + 1) * self.columns).unwrap_or_default()
    }

    pub(super) fn categories(&self, row: usize) -> &[u32] {
        self.categories.get(row * self.columns..(row + 1) * self.columns).unwrap_or_default()
    }
}

/// Writes a column at every `step`th place from `place` on.
fn spread<T: Copy>(out: &mut [T], values: &[T], (place, step): (usize, usize)) {
    for (slot, value) in out.iter_mut().skip(place).step_by(step).zip(values) {
        *slot = *value;
    }
}
