//! What a tuned forest learns from.

use super::table::Table;
use super::training::weighty;
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
        let rows = weighty(self.table, self.targets, self.weights)?;
        let Some(groups) = self.groups else { return Ok(vec![String::new(); rows.len()]) };
        if groups.len() != self.table.rows() {
            let what = format!("has {} names and the table has {} rows", groups.len(), self.table.rows());
            return Err(Error::invalid("groups", what).next("give one for each row"));
        }
        Ok(rows.into_iter().filter_map(|row| groups.get(row).cloned()).collect())
    }
}
