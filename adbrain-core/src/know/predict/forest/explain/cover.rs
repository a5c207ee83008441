//! How many training rows passed each node of a tree.

use super::super::leaves::Leaves;
use super::super::tree::{Node, Side, Sort, Tree};

/// A tree with the weight of the training rows and the mean of their targets at each node, rows counted as often as drawn.
pub(super) struct Covered<'a> {
    tree: &'a Tree,
    /// The weight at each node.
    pub(super) weights: Vec<f64>,
    /// The weighted mean target at each node.
    pub(super) means: Vec<f64>,
}

impl<'a> Covered<'a> {
    /// Children come after their parents, so one pass from the end adds them up.
    pub(super) fn new(tree: &'a Tree, leaves: &Leaves) -> Self {
        let nodes = tree.len();
        let mut covered = Self { tree, weights: vec![0.0; nodes], means: vec![0.0; nodes] };
        for (at, node) in tree.nodes.iter().enumerate().rev() {
            let (weight, mean) = match node.sort {
                Sort::Leaf => {
                    let leaf = node.child as usize;
                    (leaves.weight(leaf).unwrap_or_default(), leaves.mean(leaf).unwrap_or_default())
                }
                _ => covered.below(covered.left(*node)),
            };
            if let (Some(own), Some(target)) = (covered.weights.get_mut(at), covered.means.get_mut(at)) {
                (*own, *target) = (weight, mean);
            }
        }
        covered
    }

    /// The left child of a split; the right one follows it.
    pub(super) fn left(&self, node: Node) -> usize {
        let child = node.child as usize;
        match node.sort {
            Sort::Levels => self.tree.groups.get(child).map_or(0, |group| group.child as usize),
            _ => child,
        }
    }

    /// The side that a row takes at a split.
    pub(super) fn side(&self, node: Node, row: (&[u8], &[u32])) -> Side {
        let column = usize::from(node.column);
        let number = row.0.get(column).copied().unwrap_or_default();
        let is_left = match node.sort {
            Sort::Levels => self.tree.groups.get(node.child as usize).is_some_and(|group| {
                let code = row.1.get(column).copied().unwrap_or_default();
                (group.others == Side::Left) != group.listed.binary_search(&code).is_ok()
            }),
            sort => number.wrapping_sub(sort as u8) <= node.cut,
        };
        if is_left { Side::Left } else { Side::Right }
    }

    /// A node by its number.
    pub(super) fn node(&self, at: usize) -> Option<Node> {
        self.tree.nodes.get(at).copied()
    }

    /// Weight and mean of two siblings together.
    fn below(&self, left: usize) -> (f64, f64) {
        let at = |values: &[f64], place: usize| values.get(place).copied().unwrap_or_default();
        let [left_weight, right_weight] = [left, left + 1].map(|place| at(&self.weights, place));
        let [left_mean, right_mean] = [left, left + 1].map(|place| at(&self.means, place));
        let weight = left_weight + right_weight;
        (weight, (left_weight * left_mean + right_weight * right_mean) / weight)
    }
}
