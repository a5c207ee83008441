//! Contributions of columns to one prediction: path-dependent `TreeSHAP`.
//!
//! Lundberg, Erion and Lee, "Consistent individualized feature attribution for tree ensembles", 2018, algorithm 2. The value of a set
//! of columns is what a tree predicts where the columns of the set are known and, at each split on another column, both ways are
//! taken with the shares of the training rows that took them. A contribution is the Shapley value of the column in that game; with
//! the expectation they add up to the prediction.

use super::super::fitted::Forest;
use super::super::rows::Rows;
use super::super::table::Table;
use super::super::tree::{Side, Sort};
use super::cover::Covered;
use crate::error::Result;

/// What moved one prediction away from what is expected where nothing is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The prediction where nothing is known of the row.
    pub expected: f64,
    /// The prediction of the row.
    pub predicted: f64,
    /// What each column adds, in the order of the schema; with `expected` they add up to `predicted`.
    pub contributions: Vec<f64>,
}

impl Forest {
    /// What each column adds to the prediction of each row: exact path-dependent `TreeSHAP`.
    ///
    /// It says how the forest came to its number, not what would happen if the column were changed: columns that go together share
    /// what they say. Takes time in leaves times the square of the depth for each row and tree.
    ///
    /// ```
    /// use adbrain_core::predict::forest::{Column, Forest, Settings, Table};
    /// let budget: Vec<f64> = (0..100).map(f64::from).collect();
    /// let roas: Vec<f64> = budget.iter().map(|budget| if *budget < 50.0 { 3.0 } else { 1.0 }).collect();
    /// let table = Table::new(vec![Column::numbers("budget", budget)])?;
    /// let forest = Forest::fit(&table, &roas, None, &Settings::default())?;
    /// let why = forest.explain(&table.select(&[10]))?;
    /// assert!((why[0].expected + why[0].contributions[0] - 3.0).abs() < 1e-9);
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Forest::predict`].
    pub fn explain(&self, table: &Table) -> Result<Vec<Explanation>> {
        let rows = self.rows(table)?;
        let covered: Vec<_> = self.trees.iter().map(|(tree, leaves)| Covered::new(tree, leaves)).collect();
        let columns = self.schema().columns.len();
        Ok(self.each_row(rows.count(), |row| one(&covered, columns, (&rows, row))))
    }
}

fn one(covered: &[Covered<'_>], columns: usize, (rows, row): (&Rows, usize)) -> Explanation {
    let mut walk = Walk { contributions: vec![0.0; columns], path: Vec::new(), waiting: Vec::new() };
    let mut expected = 0.0;
    for tree in covered {
        expected += tree.means.first().copied().unwrap_or_default();
        walk.tree(tree, (rows.numbers(row), rows.categories(row)));
    }
    let trees = covered.len() as f64;
    let contributions: Vec<_> = walk.contributions.iter().map(|sum| sum / trees).collect();
    let expected = expected / trees;
    Explanation { expected, predicted: expected + contributions.iter().sum::<f64>(), contributions }
}

/// A column on the path from the root.
#[derive(Debug, Clone, Copy)]
struct Element {
    /// `None` for the root.
    column: Option<u16>,
    /// The share of the training rows that stay on the path where the column is not known.
    zero: f64,
    /// 1 where the row itself stays on the path, else 0.
    one: f64,
    /// The weighted number of sets of each size, by its place in the path.
    weight: f64,
}

/// A node that waits, with the path of its parent as a range of the walk's elements, and what leads to it.
#[derive(Debug, Clone, Copy)]
struct Task {
    node: usize,
    start: usize,
    end: usize,
    step: Element,
}

/// One row's walk through the trees.
struct Walk {
    contributions: Vec<f64>,
    /// The paths of the nodes above, one after the other.
    path: Vec<Element>,
    waiting: Vec<Task>,
}

impl Walk {
    fn tree(&mut self, tree: &Covered<'_>, row: (&[u8], &[u32])) {
        self.path.clear();
        self.waiting.push(Task {
            node: 0,
            start: 0,
            end: 0,
            step: Element { column: None, zero: 1.0, one: 1.0, weight: 0.0 },
        });
        while let Some(task) = self.waiting.pop() {
            self.visit(tree, row, task);
        }
    }

    /// Puts a node's own path behind that of its parent; what lies there belongs to nodes that are done.
    fn visit(&mut self, tree: &Covered<'_>, row: (&[u8], &[u32]), task: Task) {
        let Some(node) = tree.node(task.node) else { return };
        self.path.truncate(task.end);
        self.path.extend_from_within(task.start..task.end);
        let own = task.end;
        let mut step = task.step;
        let before = self.path.get(own..).unwrap_or_default();
        if let Some(place) = before.iter().position(|element| step.column.is_some() && element.column == step.column) {
            let earlier = unwind(&mut self.path, own, place);
            (step.zero, step.one) = (step.zero * earlier.zero, step.one * earlier.one);
        }
        extend(&mut self.path, own, step);
        if node.sort == Sort::Leaf {
            let mean = tree.means.get(task.node).copied().unwrap_or_default();
            self.add(own, mean);
            return;
        }
        let (left, side) = (tree.left(node), tree.side(node, row));
        let weight = |place: usize| tree.weights.get(place).copied().unwrap_or_default();
        for (place, its) in [(left, Side::Left), (left + 1, Side::Right)] {
            let step = Element {
                column: Some(node.column),
                zero: weight(place) / weight(task.node),
                one: f64::from(u8::from(side == its)),
                weight: 0.0,
            };
            self.waiting.push(Task { node: place, start: own, end: self.path.len(), step });
        }
    }

    /// What a leaf adds to each column of its path.
    fn add(&mut self, own: usize, mean: f64) {
        let Some(path) = self.path.get(own..) else { return };
        for (place, element) in path.iter().enumerate() {
            let Some(sum) = element.column.and_then(|column| self.contributions.get_mut(usize::from(column))) else {
                continue;
            };
            *sum += unwound_sum(path, place) * (element.one - element.zero) * mean;
        }
    }
}

/// Adds a column to the path that starts at `own`.
#[expect(clippy::indexing_slicing, reason = "places of the path itself")]
fn extend(path: &mut Vec<Element>, own: usize, step: Element) {
    let depth = path.len() - own;
    path.push(Element { weight: if depth == 0 { 1.0 } else { 0.0 }, ..step });
    let path = &mut path[own..];
    let size = (depth + 1) as f64;
    for at in (0..depth).rev() {
        let weight = path[at].weight;
        path[at + 1].weight += step.one * weight * (at + 1) as f64 / size;
        path[at].weight = step.zero * weight * (depth - at) as f64 / size;
    }
}

/// Takes the column at `place` off the path that starts at `own`, and gives it.
#[expect(clippy::indexing_slicing, reason = "places of the path itself")]
fn unwind(path: &mut Vec<Element>, own: usize, place: usize) -> Element {
    let depth = path.len() - own - 1;
    let part = &mut path[own..];
    let taken = part[place];
    let size = (depth + 1) as f64;
    let mut next = part[depth].weight;
    for at in (0..depth).rev() {
        if taken.one > 0.0 {
            let weight = part[at].weight;
            part[at].weight = next * size / ((at + 1) as f64 * taken.one);
            next = weight - part[at].weight * taken.zero * (depth - at) as f64 / size;
        } else {
            part[at].weight = part[at].weight * size / (taken.zero * (depth - at) as f64);
        }
    }
    for at in place..depth {
        part[at] = Element { weight: part[at].weight, ..part[at + 1] };
    }
    path.truncate(own + depth);
    taken
}

/// The sum of the weights of a path without the column at `place`.
#[expect(clippy::indexing_slicing, reason = "places of the path itself")]
fn unwound_sum(path: &[Element], place: usize) -> f64 {
    let depth = path.len() - 1;
    let taken = path[place];
    let size = (depth + 1) as f64;
    let (mut next, mut total) = (path[depth].weight, 0.0);
    for at in (0..depth).rev() {
        if taken.one > 0.0 {
            let weight = next * size / ((at + 1) as f64 * taken.one);
            total += weight;
            next = path[at].weight - weight * taken.zero * (depth - at) as f64 / size;
        } else {
            total += path[at].weight * size / (taken.zero * (depth - at) as f64);
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::super::{Column, Mode, Settings};
    use super::*;
    use crate::stats::random::Random;

    /// Rows of two columns of numbers with gaps, one of categories and one that says nothing.
    fn fitted(rows: usize, settings: Settings) -> (Table, Forest) {
        let mut luck = Random::at(17, &[]);
        let mut column = || (0..rows).map(|_| luck.uniform()).collect::<Vec<_>>();
        let (a, mut b, c, idle) = (column(), column(), column(), column());
        let kinds: Vec<String> = c.iter().map(|c| format!("k{}", (c * 6.0).floor())).collect();
        let target = |row: usize| 3.0 * a[row] * b[row] + if c[row] < 0.3 { 2.0 * a[row] } else { 1e3 };
        let targets: Vec<f64> = (0..rows).map(target).collect();
        b.iter_mut().step_by(5).for_each(|b| *b = f64::NAN);
        let numbers = [("a", a), ("b", b), ("idle", idle)].map(|(name, values)| Column::numbers(name, values));
        let mut columns = numbers.to_vec();
        columns.push(Column::categories("kind", kinds));
        let table = Table::new(columns).unwrap();
        let forest = Forest::fit(&table, &targets, None, &settings).unwrap();
        (table, forest)
    }

    /// What a tree predicts where only the columns of a set are known.
    fn known(tree: &Covered<'_>, at: usize, row: (&[u8], &[u32]), set: u32) -> f64 {
        let node = tree.node(at).unwrap();
        if node.sort == Sort::Leaf {
            return tree.means[at];
        }
        let left = tree.left(node);
        if set >> node.column & 1 == 1 {
            let place = left + usize::from(tree.side(node, row) == Side::Right);
            return known(tree, place, row, set);
        }
        let share = |place: usize| tree.weights[place] / tree.weights[at];
        share(left) * known(tree, left, row, set) + share(left + 1) * known(tree, left + 1, row, set)
    }

    /// Shapley values by their definition: over all sets of the other columns.
    fn by_definition(tree: &Covered<'_>, row: (&[u8], &[u32]), columns: u32) -> Vec<f64> {
        let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
        let value = |column: u32| {
            let others = (0..1 << columns).filter(|set| set >> column & 1 == 0);
            let part = |set: u32| {
                let size = set.count_ones();
                let share = factorial(size) * factorial(columns - size - 1) / factorial(columns);
                share * (known(tree, 0, row, set | 1 << column) - known(tree, 0, row, set))
            };
            others.map(part).sum::<f64>()
        };
        (0..columns).map(value).collect()
    }

    #[test]
    fn contributions_are_shapley_values() {
        for (mode, min_leaf) in [(Mode::RandomForest, 5), (Mode::ExtraTrees, 2), (Mode::RandomForest, 1)] {
            let settings = Settings { trees: 4, min_leaf, mode, ..Settings::default() };
            let (table, forest) = fitted(60, settings);
            let rows = forest.rows(&table).unwrap();
            for (row, why) in forest.explain(&table).unwrap().iter().enumerate() {
                let mut wanted = vec![0.0; 4];
                for (tree, leaves) in forest.trees() {
                    let covered = Covered::new(tree, leaves);
                    let one = by_definition(&covered, (rows.numbers(row), rows.categories(row)), 4);
                    wanted.iter_mut().zip(one).for_each(|(sum, one)| *sum += one / 4.0);
                }
                for (found, wanted) in why.contributions.iter().zip(&wanted) {
                    assert!((found - wanted).abs() < 1e-9, "{mode:?} row {row}: {found} {wanted}");
                }
            }
        }
    }

    #[test]
    fn contributions_add_up_to_the_prediction() {
        let (table, forest) = fitted(400, Settings { trees: 20, min_leaf: 1, ..Settings::default() });
        let predicted = forest.predict(&table).unwrap();
        let expected: f64 =
            forest.trees().map(|(tree, leaves)| Covered::new(tree, leaves).means[0]).sum::<f64>() / 20.0;
        for (why, predicted) in forest.explain(&table).unwrap().iter().zip(predicted) {
            assert!((why.predicted - predicted).abs() < 1e-9 && (why.expected - expected).abs() < 1e-12);
        }
    }
}
