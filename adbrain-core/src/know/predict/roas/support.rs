//! Whether a question is like any past result, by the leaves that they share.

use crate::error::Result;
use crate::predict::forest::{IntervalForest, Table};

/// So many past results are compared with; more change the answer little and cost time for each question.
const MOST_COMPARED: usize = 500;

/// The leaves of past results, and how alike each of them is to its nearest other one at least.
#[derive(Debug, Clone)]
pub(super) struct Support {
    leaves: Vec<Vec<u32>>,
    floor: f64,
}

impl Support {
    /// Learns from the training table; of many rows every k-th is kept.
    pub(super) fn learn(forest: &IntervalForest, table: &Table) -> Result<Self> {
        let step = table.rows().div_ceil(MOST_COMPARED).max(1);
        let kept: Vec<usize> = (0..table.rows()).step_by(step).collect();
        let leaves = leaves(forest, &table.select(&kept))?;
        let nearest = (0..leaves.len()).filter_map(|own| {
            let others = leaves.iter().enumerate().filter(|(at, _)| *at != own);
            others.map(|(_, other)| proximity(leaves.get(own)?, other)).collect::<Option<Vec<_>>>().map(greatest)
        });
        let floor = nearest.fold(f64::INFINITY, f64::min);
        Ok(Self { floor: if floor.is_finite() { floor } else { 0.0 }, leaves })
    }

    /// Whether each row of a table is at least as near to a past result as every past result is to another.
    pub(super) fn holds(&self, forest: &IntervalForest, table: &Table) -> Result<Vec<bool>> {
        let near = |row: &Vec<u32>| {
            greatest(self.leaves.iter().filter_map(|known| proximity(row, known)).collect()) >= self.floor
        };
        Ok(leaves(forest, table)?.iter().map(near).collect())
    }
}

/// The leaf of each row in each tree of the forest that weighs most, of equals the first.
fn leaves(forest: &IntervalForest, table: &Table) -> Result<Vec<Vec<u32>>> {
    let most = forest.members().map(|(_, share)| share).fold(0.0, f64::max);
    let heaviest = forest.members().find(|(_, share)| *share >= most);
    heaviest.map_or_else(|| Ok(Vec::new()), |(forest, _)| forest.leaves(table))
}

/// The share of trees in which two rows share a leaf (Breiman, "Random forests", 2001).
fn proximity(one: &[u32], other: &[u32]) -> Option<f64> {
    let same = one.iter().zip(other).filter(|(one, other)| one == other).count();
    (!one.is_empty()).then(|| same as f64 / one.len() as f64)
}

fn greatest(values: Vec<f64>) -> f64 {
    values.into_iter().fold(0.0, f64::max)
}
