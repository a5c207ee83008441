//! A shallow tree of stumps by `linfa-trees`, node by node.
//!
//! Whole trees of that crate lose cut points where equal values lie in several nodes, and decide ties by the order of a hash map. A
//! stump on the rows of one node alone, in bins, has neither fault: every bin is seen, and only its cut is used. Each class weighs as
//! much as the other in each node, so a cut that tells them apart is found where one of them is rare, and is never folded away for
//! having the same majority on both sides.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_trees::DecisionTree;
use ndarray::{Array1, Array2};

use super::coding::Coded;
use super::{Cell, Node, RuleSettings};

/// The Gini impurity that a cut has to take away: less is noise of single precision, in which the crate adds.
const LEAST_GAIN: f64 = 1e-3;

/// The rows that a tree is grown on.
pub(super) struct Rows {
    /// The cells of each column, one per row.
    pub(super) columns: Vec<Vec<Cell>>,
    /// Whether each row cleared the target.
    pub(super) clears: Vec<bool>,
}

impl Rows {
    /// Some of the rows, in the order given.
    pub(super) fn of(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| pick(column, rows)).collect();
        Self { columns, clears: pick(&self.clears, rows) }
    }

    /// The cells of one row.
    pub(super) fn row(&self, row: usize) -> Vec<&Cell> {
        self.columns.iter().filter_map(|column| column.get(row)).collect()
    }

    fn leaf(&self) -> Node {
        let cleared = self.clears.iter().filter(|clears| **clears).count();
        Node::Leaf { rows: self.clears.len() as u64, cleared: cleared as u64 }
    }
}

fn pick<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|row| values.get(*row).cloned()).collect()
}

/// Grows a tree and folds leaves that say the same.
pub(super) fn grow(rows: &Rows, depth: usize, settings: &RuleSettings) -> Node {
    let least = usize::try_from(settings.least_rows).unwrap_or(usize::MAX).max(1);
    folded(grown(rows, depth, least))
}

fn grown(rows: &Rows, depth: usize, least: usize) -> Node {
    let enough = rows.clears.len() >= least.saturating_mul(2);
    let split = if depth > 0 && enough { split(rows, least) } else { None };
    let Some((column, condition)) = split else { return rows.leaf() };
    let holds = |row: &usize| {
        rows.columns.get(column).and_then(|cells| cells.get(*row)).is_some_and(|cell| condition.holds(cell))
    };
    let (yes, no): (Vec<_>, Vec<_>) = (0..rows.clears.len()).partition(holds);
    let [yes, no] = [yes, no].map(|side| Box::new(grown(&rows.of(&side), depth - 1, least)));
    Node::Split { column, condition, yes, no }
}

/// The column and condition that tell the classes apart best: the first column and the lowest cut of equally good ones.
fn split(rows: &Rows, least: usize) -> Option<(usize, super::Condition)> {
    let coded: Vec<_> = rows.columns.iter().map(|cells| Coded::new(cells, &rows.clears, least)).collect();
    let (column, cut) = stump(&coded, &rows.clears)?;
    Some((column, coded.get(column)?.condition(cut)?))
}

fn stump(coded: &[Coded], clears: &[bool]) -> Option<(usize, f64)> {
    let bins = coded.iter().flat_map(|column| column.bins.iter().copied()).collect();
    let records = Array2::from_shape_vec((coded.len(), clears.len()), bins).ok()?.reversed_axes();
    let data = Dataset::new(records, Array1::from(clears.to_vec())).with_weights(balanced(clears)?);
    let stump = DecisionTree::params().max_depth(Some(1)).min_impurity_decrease(LEAST_GAIN).fit(&data).ok()?;
    let (column, cut, _) = stump.root_node().split();
    (!stump.root_node().is_leaf()).then_some((column, cut))
}

/// Weights by which both classes count the same; `None` where there is one class.
fn balanced(clears: &[bool]) -> Option<Array1<f32>> {
    let cleared = clears.iter().filter(|clears| **clears).count();
    let missed = clears.len() - cleared;
    if cleared == 0 || missed == 0 {
        return None;
    }
    let all = clears.len() as f32;
    let weight = |clears: &bool| all / (2.0 * if *clears { cleared } else { missed } as f32);
    Some(clears.iter().map(weight).collect())
}

/// Folds two leaves that say the same into one, from the bottom up.
fn folded(node: Node) -> Node {
    let Node::Split { column, condition, yes, no } = node else { return node };
    let (yes, no) = (folded(*yes), folded(*no));
    match (&yes, &no) {
        (Node::Leaf { rows: a, cleared: x }, Node::Leaf { rows: b, cleared: y }) if yes.says() == no.says() => {
            Node::Leaf { rows: a + b, cleared: x + y }
        }
        _ => Node::Split { column, condition, yes: Box::new(yes), no: Box::new(no) },
    }
}
