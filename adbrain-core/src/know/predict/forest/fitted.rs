//! A forest that has learnt.

use super::distribution::{Distribution, Gather};
use super::grow::grow;
use super::leaves::Leaves;
use super::rows::Rows;
use super::schema::{ColumnCodes, Schema};
use super::settings::Settings;
use super::table::Table;
use super::threads::ordered;
use super::training::Training;
use super::tree::{Node, Tree};
use super::walk::{self, Abreast, Walk};
use crate::error::{Error, Result};

/// A forest of regression trees that keeps the training targets of its leaves.
///
/// ```
/// use adbrain_core::predict::forest::{Column, Forest, Settings, Table};
/// let budget: Vec<f64> = (0..100).map(f64::from).collect();
/// let roas: Vec<f64> = budget.iter().map(|budget| if *budget < 50.0 { 3.0 } else { 1.0 }).collect();
/// let table = Table::new(vec![Column::numbers("budget", budget)])?;
/// let forest = Forest::fit(&table, &roas, None, &Settings::default())?;
/// let asked = Table::new(vec![Column::numbers("budget", vec![10.0, 90.0])])?;
/// assert_eq!(forest.predict(&asked)?, [3.0, 1.0]);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    pub(super) settings: Settings,
    pub(super) training: Training,
    pub(super) trees: Vec<(Tree, Leaves)>,
    /// Empty where a tree tells levels apart.
    walks: Vec<Walk>,
}

/// So many rows ask one tree before the next: the tree and the rows stay in the nearest memory.
pub(super) const BLOCK: usize = 256;

impl Forest {
    /// Grows a forest.
    ///
    /// `targets` has a finite number and `weights` a finite number from zero on for each row of the table; without weights every row
    /// weighs one. A row of weight zero changes no bit of the forest. Equal targets give a forest that predicts them.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), naming the field; [`NotEnoughData`](crate::ErrorKind::NotEnoughData) where
    /// fewer than two rows weigh something.
    pub fn fit(table: &Table, targets: &[f64], weights: Option<&[f64]>, settings: &Settings) -> Result<Self> {
        settings.check()?;
        let training = Training::new(table, targets, weights, settings)?;
        Ok(Self::of_trees(*settings, training, |training, tree, bag| grow(training, settings, (tree, bag))))
    }

    /// A forest whose trees `tree` gives by number and bag. The leaves follow from the trees, the rows and the bags, so a model file
    /// needs none of them.
    pub(super) fn of_trees(
        settings: Settings,
        training: Training,
        tree: impl Fn(&Training, usize, &[u32]) -> Tree + Sync,
    ) -> Self {
        let trees = ordered(settings.trees, settings.threads, |at| {
            let bag = training.bag(settings.seed, at);
            let grown = tree(&training, at, &bag);
            let leaves = Leaves::settle(&grown, &training, &bag);
            (grown, leaves)
        });
        let walks = trees.iter().map(|(tree, _)| Walk::of(tree)).collect::<Option<_>>().unwrap_or_default();
        Self { settings, training, trees, walks }
    }

    /// How the forest was grown.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The columns that the forest was trained on.
    pub fn schema(&self) -> &Schema {
        &self.training.schema
    }

    /// The trees with what their leaves keep.
    pub fn trees(&self) -> impl ExactSizeIterator<Item = (&Tree, &Leaves)> {
        self.trees.iter().map(|(tree, leaves)| (tree, leaves))
    }

    /// The targets that the forest was trained on, ascending; rows of weight zero are not among them.
    pub fn sorted_targets(&self) -> &[f64] {
        &self.training.sorted
    }

    /// The bytes of the arrays that make the forest up: nodes, lists of levels, codes of the training rows, targets, weights. What
    /// follows from them, the rows in each leaf first of all, is made when a forest is read and not counted.
    pub fn bytes(&self) -> usize {
        let groups = |tree: &Tree| tree.groups.iter().map(|group| 4 * group.listed.len() + 8).sum::<usize>();
        let trees: usize = self.trees.iter().map(|(tree, _)| size_of::<Node>() * tree.len() + groups(tree)).sum();
        let row = |column: &ColumnCodes| match column {
            ColumnCodes::Numbers(codes) => codes.len(),
            ColumnCodes::Categories(codes) => 4 * codes.len(),
        };
        let codes: usize = self.training.codes.columns.iter().map(row).sum();
        trees + codes + 8 * (self.training.targets.len() + self.training.weights.len())
    }

    /// The expected target of each row: the mean over trees of the weighted mean of its leaf.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) where a column of the training table is missing or of another kind.
    pub fn predict(&self, table: &Table) -> Result<Vec<f64>> {
        let rows = self.rows(table)?;
        Ok(self.means(&rows, Sight::Every).into_iter().map(|mean| mean.unwrap_or(f64::NAN)).collect())
    }

    /// The quantiles of each row at shares from 0 to 1: one list per row, in the order of `shares`.
    ///
    /// # Errors
    /// As [`Forest::predict`]; a share outside 0..=1.
    pub fn quantiles(&self, table: &Table, shares: &[f64]) -> Result<Vec<Vec<f64>>> {
        if !shares.iter().all(|share| (0.0..=1.0).contains(share)) {
            return Err(Error::invalid("shares", "holds one outside 0 to 1").next("give 0.05 for the lowest twentieth"));
        }
        let read = |expected: &Distribution| shares.iter().map(|share| expected.quantile(*share)).collect();
        Ok(self.distributions(table)?.iter().map(read).collect())
    }

    /// The conditional distribution of each row.
    ///
    /// # Errors
    /// As [`Forest::predict`].
    pub fn distributions(&self, table: &Table) -> Result<Vec<Distribution>> {
        let rows = self.rows(table)?;
        Ok(gathered(&[(self, 1.0)], &rows, Sight::Every, |_, expected| expected).into_iter().flatten().collect())
    }

    /// The leaf of each row in each tree: one list per row. Rows that share many leaves are alike to the forest.
    ///
    /// # Errors
    /// As [`Forest::predict`].
    pub fn leaves(&self, table: &Table) -> Result<Vec<Vec<u32>>> {
        let rows = self.rows(table)?;
        Ok(self.by_block(&rows, |block| (0..block.count).map(|row| block.of_row(row).collect()).collect()))
    }

    pub(super) fn rows(&self, table: &Table) -> Result<Rows> {
        Ok(Rows::of(&self.training.schema.encode(table)?))
    }

    /// The mean of each row over the trees that are asked; nothing where there is none.
    pub(super) fn means(&self, rows: &Rows, sight: Sight) -> Vec<Option<f64>> {
        self.means_without(rows, &self.bags(sight))
    }

    /// The mean of each row over the trees that its bags do not hold it in.
    pub(super) fn means_without(&self, rows: &Rows, bags: &Bags) -> Vec<Option<f64>> {
        self.by_block(rows, |block| {
            let mut sums = vec![(0.0, 0_u32); block.count];
            for (tree, (_, leaves)) in self.trees.iter().enumerate() {
                for (row, (leaf, (sum, trees))) in (block.first..).zip(block.of_tree(tree).iter().zip(&mut sums)) {
                    if !bags.holds(tree, row) {
                        *sum += leaves.mean(*leaf as usize).unwrap_or_default();
                        *trees += 1;
                    }
                }
            }
            sums.into_iter().map(|(sum, trees)| (trees > 0).then(|| sum / f64::from(trees))).collect()
        })
    }

    /// Answers a block of rows after the other, in the order of the rows.
    pub(super) fn by_block<T: Send>(&self, rows: &Rows, answer: impl Fn(&Block) -> Vec<T> + Sync) -> Vec<T> {
        let block = |at: usize| {
            let first = at * BLOCK;
            answer(&self.block(rows, first, BLOCK.min(rows.count() - first)))
        };
        ordered(rows.count().div_ceil(BLOCK), self.settings.threads, block).into_iter().flatten().collect()
    }

    /// The leaves of some rows.
    fn block(&self, rows: &Rows, first: usize, count: usize) -> Block {
        let mut leaves = vec![0; self.trees.len() * count];
        if self.walks.is_empty() {
            for ((tree, _), slots) in self.trees.iter().zip(leaves.chunks_exact_mut(count)) {
                for (row, slot) in (first..).zip(slots) {
                    *slot = u32::try_from(tree.leaf(rows, row)).unwrap_or(u32::MAX);
                }
            }
        } else if count == 1 {
            walk::leaves_of(&self.walks, rows.numbers(first), &mut leaves);
        } else {
            walk::leaves(&self.walks, &Abreast::of(rows, first, count), (count, &mut leaves));
        }
        Block { first, count, leaves }
    }

    /// The expected target of each training row from the trees that were grown without it; nothing for a row that every tree drew.
    /// One answer per row that weighs something, in the order of the training table.
    pub fn out_of_bag_means(&self) -> Vec<Option<f64>> {
        self.means(&self.training.rows, Sight::OutOfBag)
    }

    /// The conditional distribution of each training row from the trees that were grown without it, as
    /// [`Forest::out_of_bag_means`].
    pub fn out_of_bag_distributions(&self) -> Vec<Option<Distribution>> {
        gathered(&[(self, 1.0)], &self.training.rows, Sight::OutOfBag, |_, expected| expected)
    }

    /// The rows that each tree must not be asked about.
    pub(super) fn bags(&self, sight: Sight) -> Bags {
        let drawn = |tree| {
            let counts = self.training.bag(self.settings.seed, tree);
            let word = |counts: &[u32]| counts.iter().rev().fold(0, |bits, count| bits << 1 | u64::from(*count > 0));
            counts.chunks(64).map(word).collect()
        };
        match sight {
            Sight::Every => Bags(Vec::new()),
            Sight::OutOfBag => Bags(ordered(self.trees.len(), self.settings.threads, drawn)),
        }
    }
}

/// Which trees are asked about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Every tree.
    Every,
    /// Those that were grown without it; the rows must be those of the training table.
    OutOfBag,
}

/// What `read` makes of the distribution of each row, the forests mixed by their shares; nothing where no tree of any forest is asked.
/// The forests were grown from the same rows.
pub(super) fn gathered<T: Send>(
    forests: &[(&Forest, f64)],
    rows: &Rows,
    sight: Sight,
    read: impl Fn(usize, Distribution) -> T + Sync,
) -> Vec<Option<T>> {
    let Some((first, _)) = forests.first() else { return Vec::new() };
    let bags: Vec<Bags> = forests.iter().map(|(forest, _)| forest.bags(sight)).collect();
    first.by_block(rows, |block| {
        let others = forests.iter().skip(1).map(|(forest, _)| forest.block(rows, block.first, block.count));
        let others: Vec<Block> = others.collect();
        let blocks: Vec<&Block> = std::iter::once(block).chain(&others).collect();
        let mut gather = Gather::new(&first.training);
        let one = |row: usize| {
            for (((forest, share), bags), block) in forests.iter().zip(&bags).zip(&blocks) {
                forest.gather(&mut gather, (block, row), (bags, *share));
            }
            gather.take(&first.training).map(|expected| read(block.first + row, expected))
        };
        (0..block.count).map(one).collect()
    })
}

impl Forest {
    /// Adds the leaves of a row of a block, `share` in all.
    fn gather(&self, gather: &mut Gather, (block, row): (&Block, usize), (bags, share): (&Bags, f64)) {
        let asked = |tree: &usize| !bags.holds(*tree, block.first + row);
        let share = share / (0..self.trees.len()).filter(asked).count().max(1) as f64;
        for (tree, (leaf, (_, leaves))) in block.of_row(row).zip(&self.trees).enumerate() {
            if asked(&tree) {
                gather.add(&self.training, (leaves, share), leaf as usize);
            }
        }
    }
}

/// The leaves of some rows on end, a tree after the other.
pub(super) struct Block {
    first: usize,
    count: usize,
    leaves: Vec<u32>,
}

impl Block {
    fn of_tree(&self, tree: usize) -> &[u32] {
        self.leaves.get(tree * self.count..(tree + 1) * self.count).unwrap_or_default()
    }

    fn of_row(&self, row: usize) -> impl Iterator<Item = u32> {
        self.leaves.iter().skip(row).step_by(self.count).copied()
    }
}

/// The rows that each tree drew, a bit each.
pub(super) struct Bags(Vec<Vec<u64>>);

impl Bags {
    fn holds(&self, tree: usize, row: usize) -> bool {
        let word = self.0.get(tree).and_then(|bag| bag.get(row / 64));
        word.is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Column, MISSING, Mode, Values};
    use super::*;
    use crate::stats::random::Random;

    fn table(rows: usize, seed: u64) -> (Table, Vec<f64>) {
        let mut luck = Random::at(seed, &[]);
        let mut column = || (0..rows).map(|_| luck.uniform()).collect::<Vec<_>>();
        let (a, mut b, c, noise) = (column(), column(), column(), column());
        let kinds: Vec<String> = c.iter().map(|c| format!("k{}", (c * 5.0).floor())).collect();
        let targets = (0..rows).map(|row| 4.0 * a[row] + 2.0 * b[row] + (c[row] * 5.0).floor() + noise[row]).collect();
        b.iter_mut().step_by(7).for_each(|b| *b = f64::NAN);
        let columns = vec![Column::numbers("a", a), Column::numbers("b", b), Column::categories("kind", kinds)];
        (Table::new(columns).unwrap(), targets)
    }

    fn settings(mode: Mode) -> Settings {
        Settings { trees: 40, mode, columns_per_split: 0.7, seed: 3, ..Settings::default() }
    }

    #[test]
    fn a_forest_learns_numbers_categories_and_gaps() {
        let ((table, targets), (asked, truth)) = (table(600, 1), self::table(200, 2));
        for mode in [Mode::RandomForest, Mode::ExtraTrees] {
            let forest = Forest::fit(&table, &targets, None, &settings(mode)).unwrap();
            let error = |guess: &[f64], truth: &[f64]| {
                guess.iter().zip(truth).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / truth.len() as f64
            };
            let (mean, spread) = (4.5, vec![4.5; truth.len()]);
            let found = error(&forest.predict(&asked).unwrap(), &truth);
            assert!(found < 0.25 * error(&spread, &truth), "{mode:?} {found} around {mean}");
            let out_of_bag: Vec<f64> = forest.out_of_bag_means().into_iter().map(Option::unwrap).collect();
            assert!((error(&out_of_bag, &targets) / found - 1.0).abs() < 0.35);
        }
    }

    #[test]
    fn the_mean_is_that_of_the_distribution_and_threads_change_nothing() {
        let (table, targets) = table(300, 4);
        let one = Forest::fit(&table, &targets, None, &settings(Mode::RandomForest)).unwrap();
        for threads in [2, 4] {
            let many = Settings { threads, ..*one.settings() };
            let many = Forest::fit(&table, &targets, None, &many).unwrap();
            assert!(many.trees == one.trees && many.predict(&table).unwrap() == one.predict(&table).unwrap());
        }
        for (expected, mean) in one.distributions(&table).unwrap().iter().zip(one.predict(&table).unwrap()) {
            assert!((expected.mean() - mean).abs() < 1e-9);
        }
    }

    #[test]
    fn rows_of_weight_zero_change_no_bit() {
        let (table, targets) = table(200, 5);
        let more: Vec<usize> = (0..200).flat_map(|row| [row, 199 - row]).collect();
        let weights: Vec<f64> = (0..400).map(|at| f64::from(u8::from(at % 2 == 0))).collect();
        let more_targets: Vec<f64> = (0..400).map(|at| if at % 2 == 0 { targets[at / 2] } else { 1e9 }).collect();
        for mode in [Mode::RandomForest, Mode::ExtraTrees] {
            let forest = Forest::fit(&table, &targets, None, &settings(mode)).unwrap();
            let same = Forest::fit(&table.select(&more), &more_targets, Some(&weights), forest.settings()).unwrap();
            assert!(same == forest, "{mode:?}");
        }
    }

    #[test]
    fn the_order_of_levels_and_of_columns_beside_changes_no_bit() {
        let (table, targets) = table(200, 8);
        let Some(Values::Categories { codes, levels }) = table.column("kind").map(|kind| kind.values.clone()) else {
            panic!("kind holds categories");
        };
        let last = u32::try_from(levels.len() - 1).unwrap();
        let turned = Values::Categories {
            codes: codes.iter().map(|code| if *code == MISSING { MISSING } else { last - code }).collect(),
            levels: levels.iter().rev().cloned().collect(),
        };
        let columns = table.columns().iter().map(|column| match column.name.as_str() {
            "kind" => Column { name: "kind".into(), values: turned.clone() },
            _ => column.clone(),
        });
        let turned = Table::new(columns.collect()).unwrap();
        let fit = |table: &Table| Forest::fit(table, &targets, None, &settings(Mode::RandomForest)).unwrap();
        assert!(fit(&turned) == fit(&table));
    }

    #[test]
    fn the_order_of_rows_changes_the_luck_and_nothing_else() {
        let (table, targets) = table(300, 9);
        let order: Vec<usize> = (0..300).map(|row| row * 7 % 300).collect();
        let turned: Vec<f64> = order.iter().map(|row| targets[*row]).collect();
        let fit =
            |table: &Table, targets: &[f64]| Forest::fit(table, targets, None, &settings(Mode::RandomForest)).unwrap();
        let (one, other) = (fit(&table, &targets), fit(&table.select(&order), &turned));
        assert_eq!((one.schema(), one.sorted_targets()), (other.schema(), other.sorted_targets()));
        let (near, far) = (one.predict(&table).unwrap(), other.predict(&table).unwrap());
        let gap = near.iter().zip(&far).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / 300.0;
        let spread = targets.iter().map(|target| (target - 5.5) * (target - 5.5)).sum::<f64>() / 300.0;
        assert!(gap > 0.0 && gap < 0.05 * spread, "{gap} {spread}");
    }

    #[test]
    fn ten_thousand_levels_are_learnt_and_asked() {
        let names: Vec<String> = (0..10_000).map(|row| format!("level {row}")).collect();
        let targets: Vec<f64> = (0..10_000).map(|row| f64::from(row % 7)).collect();
        let number = Column::numbers("number", targets.clone());
        let table = Table::new(vec![Column::categories("name", names), number]).unwrap();
        let few = Settings { trees: 3, ..Settings::default() };
        let forest = Forest::fit(&table, &targets, None, &few).unwrap();
        let asked = table.select(&[0, 1, 9_999]);
        let guesses = forest.predict(&asked).unwrap();
        assert!(guesses.iter().zip([0.0, 1.0, 3.0]).all(|(guess, truth)| (guess - truth).abs() < 0.5), "{guesses:?}");
    }

    #[test]
    fn odd_data_has_an_honest_answer() {
        let (table, targets) = table(50, 6);
        let fit = |table: &Table, targets: &[f64]| Forest::fit(table, targets, None, &Settings::default());
        assert!(fit(&table, &targets[1..]).unwrap_err().to_string().starts_with("targets: has 49 values"));
        assert!(fit(&table, &[f64::NAN; 50]).is_err());
        assert!(fit(&table, &[1e308; 50]).unwrap_err().to_string().starts_with("targets: is beyond 1e100"));
        assert_eq!(fit(&table.select(&[0]), &[1.0]).unwrap_err().kind(), crate::ErrorKind::NotEnoughData);
        let flat = fit(&table, &[7.5; 50]).unwrap();
        assert!(flat.predict(&table).unwrap().iter().all(|guess| (guess - 7.5).abs() < 1e-12));
        let empty = Table::new(vec![Column::numbers("a", vec![f64::NAN; 50])]).unwrap();
        assert!(fit(&empty, &targets).unwrap().predict(&empty).unwrap().iter().all(|guess| guess.is_finite()));
        let huge: Vec<f64> = targets.iter().map(|target| 1e9 + target * 1e-3).collect();
        let near = fit(&table, &huge).unwrap().out_of_bag_means();
        let spread =
            near.iter().flatten().map(|guess| guess - 1e9).fold((1.0_f64, 0.0_f64), |(a, b), x| (a.min(x), b.max(x)));
        assert!(spread.1 - spread.0 > 1e-3, "{spread:?}");
    }
}
