//! Grows one tree.

use super::cut::{Cut, Rule, Sample, Sums, Whole};
use super::levels::Levels;
use super::numbers::{self, Histogram};
use super::schema::{ColumnCodes, Kind};
use super::settings::{Mode, Settings};
use super::training::{Purpose, Training};
use super::tree::{Group, Node, Side, Sort, Tree};
use crate::stats::random::Random;

/// A split must take at least this share off the squared error of the whole tree; less is rounding.
const LEAST_GAIN: f64 = 1e-14;

/// Grows the tree of a number from its bag, which says how often each row was drawn.
pub(super) fn grow(training: &Training, settings: &Settings, (tree, bag): (usize, &[u32])) -> Tree {
    let samples = samples(training, bag);
    let error: f64 = samples.iter().map(|sample| sample.sum * sample.sum / sample.weight).sum();
    let columns = u16::try_from(training.schema.columns.len()).unwrap_or(u16::MAX);
    let mut grower = Grower {
        training,
        settings,
        least_gain: error * LEAST_GAIN,
        spare: Vec::with_capacity(samples.len()),
        samples,
        columns: (0..columns).collect(),
        luck: Random::at(settings.seed, &[Purpose::Splits as u64, tree as u64]),
        histogram: Histogram::default(),
        levels: Levels::default(),
    };
    breadth_first(&grower.grow())
}

/// The rows of a bag; targets less their mean, so that far-off targets lose no digits.
fn samples(training: &Training, bag: &[u32]) -> Vec<Sample> {
    let drawn = |row: usize, count: u32| training.weight(row) * f64::from(count);
    let (mut weight, mut sum) = (0.0, 0.0);
    for (row, (count, target)) in bag.iter().zip(&training.targets).enumerate() {
        weight += drawn(row, *count);
        sum += drawn(row, *count) * target;
    }
    let mean = sum / weight;
    let sample = |(row, (count, target)): (usize, (&u32, &f64))| {
        let weight = drawn(row, *count);
        Sample { row: u32::try_from(row).unwrap_or(u32::MAX), weight, sum: weight * (target - mean) }
    };
    bag.iter().zip(&training.targets).enumerate().filter(|(_, (count, _))| **count > 0).map(sample).collect()
}

/// A node that waits: its number and its samples.
#[derive(Debug, Clone, Copy)]
struct Task {
    node: usize,
    start: usize,
    end: usize,
}

/// What growing one tree needs.
struct Grower<'a> {
    training: &'a Training,
    settings: &'a Settings,
    least_gain: f64,
    samples: Vec<Sample>,
    spare: Vec<Sample>,
    columns: Vec<u16>,
    luck: Random,
    histogram: Histogram,
    levels: Levels,
}

/// A node of a tree that grows: a leaf, or a cut with its left child.
type Growing = Option<(Cut, usize)>;

impl Grower<'_> {
    /// Depth first, so that the samples at work stay near.
    fn grow(&mut self) -> Vec<Growing> {
        let mut nodes = vec![None];
        let mut waiting = vec![Task { node: 0, start: 0, end: self.samples.len() }];
        while let Some(task) = waiting.pop() {
            let Some(cut) = self.best_cut(task) else { continue };
            let middle = self.part(task, &cut);
            let left = nodes.len();
            nodes.extend([None, None]);
            if let Some(node) = nodes.get_mut(task.node) {
                *node = Some((cut, left));
            }
            waiting.push(Task { node: left + 1, start: middle, end: task.end });
            waiting.push(Task { node: left, start: task.start, end: middle });
        }
        nodes
    }

    /// The best cut over columns drawn without replacement. A column without a cut does not count as one looked at.
    fn best_cut(&mut self, task: Task) -> Option<Cut> {
        let min_leaf = u32::try_from(self.settings.min_leaf).unwrap_or(u32::MAX);
        let samples = self.samples.get(task.start..task.end)?;
        if samples.len() < 2 * self.settings.min_leaf {
            return None;
        }
        let whole = Whole { sums: Sums::of(samples), min_leaf };
        let wanted = self.columns_per_split();
        let mut best: Option<Cut> = None;
        let mut looked = 0;
        for at in 0..self.columns.len() {
            if looked == wanted {
                break;
            }
            let column = self.draw_column(at);
            if let Some((gain, rule)) = self.cut_of(column, &whole, task).filter(|(gain, _)| *gain > self.least_gain) {
                looked += 1;
                if best.as_ref().is_none_or(|best| gain > best.gain) {
                    best = Some(Cut { gain, column, rule });
                }
            }
        }
        best
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the columns, at least one")]
    fn columns_per_split(&self) -> usize {
        let columns = self.columns.len();
        ((self.settings.columns_per_split * columns as f64) as usize).clamp(1, columns)
    }

    /// Moves a column drawn from those at `at` and after it to `at`.
    fn draw_column(&mut self, at: usize) -> u16 {
        let left = (self.columns.len() - at) as u64;
        let drawn = at + usize::try_from(self.luck.below(left)).unwrap_or_default();
        self.columns.swap(at, drawn);
        self.columns.get(at).copied().unwrap_or_default()
    }

    fn cut_of(&mut self, column: u16, whole: &Whole, task: Task) -> Option<(f64, Rule)> {
        let place = usize::from(column);
        let samples = self.samples.get(task.start..task.end)?;
        let kind = &self.training.schema.columns.get(place)?.kind;
        match (self.training.codes.columns.get(place)?, kind, self.settings.mode) {
            (ColumnCodes::Numbers(codes), _, Mode::RandomForest) => self.histogram.best(whole, samples, codes),
            (ColumnCodes::Numbers(codes), Kind::Numbers { cuts }, Mode::ExtraTrees) => {
                numbers::random(whole, samples, (codes, cuts), &mut self.luck)
            }
            (ColumnCodes::Categories(codes), Kind::Categories { levels }, Mode::RandomForest) => {
                self.levels.best(whole, samples, (codes, levels.len()))
            }
            (ColumnCodes::Categories(codes), Kind::Categories { levels }, Mode::ExtraTrees) => {
                self.levels.random(whole, samples, (codes, levels.len()), &mut self.luck)
            }
            _ => None,
        }
    }

    /// Puts the samples that go left before the others, each side in its order; where the second side starts.
    fn part(&mut self, task: Task, cut: &Cut) -> usize {
        let Some(samples) = self.samples.get_mut(task.start..task.end) else { return task.end };
        let is_left = |row: usize| match (&cut.rule, self.training.codes.columns.get(usize::from(cut.column))) {
            (Rule::Numbers { cut, missing }, Some(ColumnCodes::Numbers(codes))) => {
                let code = codes.get(row).copied().unwrap_or_default();
                if code == 0 { *missing == Side::Left } else { code <= *cut }
            }
            (Rule::Levels { listed, others }, Some(ColumnCodes::Categories(codes))) => {
                let code = codes.get(row).copied().unwrap_or_default();
                (*others == Side::Left) != listed.binary_search(&code).is_ok()
            }
            _ => true,
        };
        self.spare.clear();
        let mut kept = 0;
        for at in 0..samples.len() {
            let Some(sample) = samples.get(at).copied() else { break };
            if !is_left(sample.row as usize) {
                self.spare.push(sample);
            } else if let Some(slot) = samples.get_mut(kept) {
                *slot = sample;
                kept += 1;
            }
        }
        for (slot, sample) in samples.iter_mut().skip(kept).zip(&self.spare) {
            *slot = *sample;
        }
        task.start + kept
    }
}

/// Numbers the nodes breadth first and the leaves in that order.
fn breadth_first(grown: &[Growing]) -> Tree {
    let mut tree = Tree::default();
    let mut order = vec![0];
    let mut at = 0;
    while let Some(node) = order.get(at).and_then(|place: &usize| grown.get(*place)) {
        let child = u32::try_from(order.len()).unwrap_or(u32::MAX);
        let node = match node {
            None => {
                tree.leaves += 1;
                let leaf = u32::try_from(tree.leaves - 1).unwrap_or(u32::MAX);
                Node { child: leaf, column: 0, cut: 0, sort: Sort::Leaf }
            }
            Some((cut, left)) => {
                order.extend([*left, left + 1]);
                node_of(cut, child, &mut tree.groups)
            }
        };
        tree.nodes.push(node);
        at += 1;
    }
    tree
}

fn node_of(cut: &Cut, child: u32, groups: &mut Vec<Group>) -> Node {
    let column = cut.column;
    match &cut.rule {
        Rule::Numbers { cut, missing: Side::Left } => Node { child, column, cut: *cut, sort: Sort::MissingLeft },
        // Codes are one lower there; a cut of 0 is never made with what is missing on the right.
        Rule::Numbers { cut, missing: Side::Right } => {
            Node { child, column, cut: cut.saturating_sub(1), sort: Sort::MissingRight }
        }
        Rule::Levels { listed, others } => {
            groups.push(Group { child, listed: listed.clone(), others: *others });
            let place = u32::try_from(groups.len() - 1).unwrap_or(u32::MAX);
            Node { child: place, column, cut: 0, sort: Sort::Levels }
        }
    }
}
