//! What the leaves of a tree keep: the training rows that ended there, by the rank of their targets.

use super::training::Training;
use super::tree::Tree;

/// The leaves of a tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Leaves {
    /// The weighted mean of each leaf.
    pub(super) means: Vec<f64>,
    /// The weight of each leaf, rows counted as often as drawn.
    pub(super) weights: Vec<f64>,
    /// Where the members of each leaf start; one more than leaves.
    pub(super) starts: Vec<u32>,
    /// Ranks of targets, ascending in each leaf, as often as drawn.
    pub(super) members: Vec<u32>,
}

impl Leaves {
    /// Sends the drawn rows down a tree.
    #[expect(clippy::indexing_slicing, reason = "a tree names its own leaves, and ranks are places of rows")]
    pub(super) fn settle(tree: &Tree, training: &Training, bag: &[u32]) -> Self {
        let leaves = tree.leaves();
        let (mut ends, mut drawn) = (vec![0_u32; leaves + 1], vec![(0_u32, 0_u32); training.len()]);
        for (row, count) in bag.iter().enumerate().filter(|(_, count)| **count > 0) {
            let leaf = tree.leaf(&training.rows, row);
            ends[leaf + 1] += count;
            // By rank, so that members come in the order of their targets.
            drawn[training.ranks[row] as usize] = (u32::try_from(leaf).unwrap_or(u32::MAX), *count);
        }
        for leaf in 0..leaves {
            ends[leaf + 1] += ends[leaf];
        }
        let starts = ends.clone();
        let mut members = vec![0; starts[leaves] as usize];
        for (rank, (leaf, count)) in (0_u32..).zip(drawn) {
            let end = &mut ends[leaf as usize];
            members[*end as usize..(*end + count) as usize].fill(rank);
            *end += count;
        }
        Self::summed(training, starts, members)
    }

    fn summed(training: &Training, starts: Vec<u32>, members: Vec<u32>) -> Self {
        let mut leaves = Self { means: Vec::new(), weights: Vec::new(), starts, members };
        for leaf in 0..leaves.starts.len().saturating_sub(1) {
            let (mut weight, mut sum) = (0.0, 0.0);
            for rank in leaves.members(leaf) {
                let rank = *rank as usize;
                let one = training.sorted_weight(rank);
                weight += one;
                sum += one * training.sorted.get(rank).copied().unwrap_or_default();
            }
            leaves.weights.push(weight);
            leaves.means.push(sum / weight);
        }
        leaves
    }

    /// The weighted mean of the targets in a leaf.
    pub fn mean(&self, leaf: usize) -> Option<f64> {
        self.means.get(leaf).copied()
    }

    /// The weight of the training rows in a leaf, counted as often as the bootstrap drew them.
    pub fn weight(&self, leaf: usize) -> Option<f64> {
        self.weights.get(leaf).copied()
    }

    /// The ranks of the targets in a leaf, ascending, as often as the bootstrap drew them.
    pub(super) fn members(&self, leaf: usize) -> &[u32] {
        let at = |place: usize| self.starts.get(place).map(|start| *start as usize);
        let range = at(leaf).zip(at(leaf + 1)).map(|(start, end)| start..end);
        range.and_then(|range| self.members.get(range)).unwrap_or_default()
    }
}
