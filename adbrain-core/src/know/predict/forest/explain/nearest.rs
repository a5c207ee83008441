//! Past rows that are alike: those that share leaves.

use super::super::fitted::Forest;
use super::super::table::Table;
use super::super::tree::Tree;
use crate::error::{Error, Result};

/// A past row that is like the row asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its place among the training rows that weigh something.
    pub row: usize,
    /// The share of trees in which both rows fall into the same leaf, 0 to 1.
    pub proximity: f64,
    /// What came of it.
    pub target: f64,
}

impl Forest {
    /// The past rows most like each row, the most alike first and the earlier one of equals, at most `count` of them.
    ///
    /// Alike to the forest, that is: proximity is the share of trees in which two rows share a leaf (Breiman and Cutler, 2001), so
    /// columns count as far as they matter to the target. Rows that share no leaf are not named.
    ///
    /// ```
    /// use adbrain_core::predict::forest::{Column, Forest, Settings, Table};
    /// let budget: Vec<f64> = (0..100).map(f64::from).collect();
    /// let roas: Vec<f64> = budget.iter().map(|budget| if *budget < 50.0 { 3.0 } else { 1.0 }).collect();
    /// let table = Table::new(vec![Column::numbers("budget", budget)])?;
    /// let forest = Forest::fit(&table, &roas, None, &Settings::default())?;
    /// let alike = forest.nearest(&table.select(&[10]), 3)?;
    /// assert!(alike[0].len() == 3 && alike[0].iter().all(|past| past.target == 3.0));
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Forest::predict`]; a count of 0.
    pub fn nearest(&self, table: &Table, count: usize) -> Result<Vec<Vec<Neighbour>>> {
        if count == 0 {
            return Err(Error::invalid("count", "is 0").next("ask for at least one row"));
        }
        let rows = self.rows(table)?;
        let residents: Vec<_> = self.trees.iter().map(|(tree, _)| self.residents(tree)).collect();
        Ok(self.each_row(rows.count(), |row| {
            let mut shared = vec![0_u32; self.training.len()];
            for ((tree, _), residents) in self.trees.iter().zip(&residents) {
                for past in residents.get(tree.leaf(&rows, row)).into_iter().flatten() {
                    if let Some(shared) = shared.get_mut(*past as usize) {
                        *shared += 1;
                    }
                }
            }
            self.most_alike(&shared, count)
        }))
    }

    /// The training rows in each leaf, drawn by the tree or not.
    fn residents(&self, tree: &Tree) -> Vec<Vec<u32>> {
        let mut residents = vec![Vec::new(); tree.leaves()];
        for (past, row) in (0_u32..).zip(0..self.training.len()) {
            if let Some(leaf) = residents.get_mut(tree.leaf(&self.training.rows, row)) {
                leaf.push(past);
            }
        }
        residents
    }

    fn most_alike(&self, shared: &[u32], count: usize) -> Vec<Neighbour> {
        let mut order: Vec<usize> = (0..shared.len()).filter(|row| shared.get(*row).is_some_and(|s| *s > 0)).collect();
        order.sort_by_key(|row| std::cmp::Reverse(shared.get(*row).copied()));
        let neighbour = |row: usize| {
            let (shared, target) = shared.get(row).zip(self.training.targets.get(row))?;
            Some(Neighbour { row, proximity: f64::from(*shared) / self.trees.len() as f64, target: *target })
        };
        order.into_iter().take(count).filter_map(neighbour).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Column, Settings};
    use super::*;

    #[test]
    fn the_row_itself_is_nearest_and_alike_rows_follow() {
        let a: Vec<f64> = (0..60).map(|row| f64::from(row % 6)).collect();
        let idle: Vec<f64> = (0..60).map(|row| f64::from(row * 37 % 60)).collect();
        let targets: Vec<f64> = a.iter().map(|a| a * a).collect();
        let table = Table::new(vec![Column::numbers("a", a.clone()), Column::numbers("idle", idle)]).unwrap();
        let forest = Forest::fit(&table, &targets, None, &Settings { trees: 50, ..Settings::default() }).unwrap();
        for (row, alike) in forest.nearest(&table, 10).unwrap().iter().enumerate() {
            assert!(alike.iter().all(|past| (a[past.row] - a[row]).abs() < 0.5), "{row} {alike:?}");
            let itself = alike.iter().find(|past| past.row == row).unwrap();
            assert!((itself.proximity - 1.0).abs() < 1e-12 && (itself.target - targets[row]).abs() < 1e-12);
            assert!(alike.windows(2).all(|pair| pair[0].proximity >= pair[1].proximity));
        }
        assert!(forest.nearest(&table, 0).unwrap_err().to_string().starts_with("count"));
    }
}
