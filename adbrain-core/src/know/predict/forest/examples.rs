//! What a tuned forest learns from.

use super::table::Table;
use crate::error::{Error, Result};

/// Rows with their results.
#[derive(Debug, Clone, Copy)]
pub struct Examples<'a> {
    /// What was known of each row.
    pub table: &'a Table,
    /// What came of it, a finite number per row.
    pub targets: &'a [f64],
    /// What each row counts, a finite number from zero on; one each where there are none.
    pub weights: Option<&'a [f64]>,
    /// The group of each row that intervals are to hold in (a platform, a campaign); an empty name is no group.
    pub groups: Option<&'a [String]>,
}

impl Examples<'_> {
    /// The group of each row that weighs something.
    pub(super) fn weighty_groups(&self) -> Result<Vec<String>> {
        let rows = self.table.rows();
        let Some(groups) = self.groups else { return Ok(vec![String::new(); self.weighty().count()]) };
        if groups.len() != rows {
            return Err(Error::invalid("groups", format!("has {} names and the table has {rows} rows", groups.len()))
                .next("give one for each row"));
        }
        Ok(self.weighty().filter_map(|row| groups.get(row).cloned()).collect())
    }

    fn weighty(&self) -> impl Iterator<Item = usize> {
        let counts =
            |row: &usize| self.weights.and_then(|weights| weights.get(*row)).is_none_or(|weight| *weight > 0.0);
        (0..self.table.rows()).filter(counts)
    }
}
