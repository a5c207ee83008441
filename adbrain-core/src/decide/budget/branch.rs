//! Branch and bound over what stands on a chord: the range of one such item is split where the relaxation has it, and both sides are solved.
#![expect(clippy::indexing_slicing, reason = "a problem names its own items and groups alone")]

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::relax::{Jump, Problem, Range, Relaxed};

/// The best that was found, and how good anything can be.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) spends: Vec<f64>,
    pub(super) bound: f64,
    /// Of each group, in the relaxation of all.
    pub(super) prices: Vec<f64>,
    pub(super) nodes: u32,
}

/// When the search ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Once the bound is above the best by no more than this part.
    pub(super) gap: f64,
    /// Once so many relaxations were solved.
    pub(super) nodes: u32,
}

struct Node {
    number: u32,
    ranges: Vec<Range>,
    relaxed: Relaxed,
}

impl Ord for Node {
    /// The highest bound first, then the earliest.
    fn cmp(&self, other: &Self) -> Ordering {
        self.relaxed.bound.total_cmp(&other.relaxed.bound).then(other.number.cmp(&self.number))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

/// Solves a problem; none where no spends keep all limits.
pub(super) fn solve(problem: &Problem, effort: Effort) -> Option<Found> {
    let ranges: Vec<Range> = problem.items.iter().map(super::relax::Item::range).collect();
    let relaxed = problem.room(&ranges).and_then(|_| problem.relax(&ranges, &[]))?;
    let prices = relaxed.prices.clone();
    let mut search = Search { problem, best: None, closed: f64::NEG_INFINITY, open: BinaryHeap::new(), nodes: 0 };
    let mut bound = relaxed.bound;
    search.add(ranges, relaxed);
    while let Some(node) = search.open.pop() {
        bound = node.relaxed.bound.max(search.closed);
        let worth = search.best.as_ref().map(|(worth, _)| *worth);
        if search.nodes >= effort.nodes || worth.is_some_and(|worth| bound <= worth + effort.gap * worth.abs()) {
            break;
        }
        search.split(&node);
        bound = search.open.peek().map_or(search.closed, |next| next.relaxed.bound.max(search.closed));
    }
    let nodes = search.nodes;
    search.best.map(|(worth, spends)| Found { spends, bound: bound.max(worth), prices, nodes })
}

struct Search<'a> {
    problem: &'a Problem,
    best: Option<(f64, Vec<f64>)>,
    /// The highest bound of what needs no split.
    closed: f64,
    open: BinaryHeap<Node>,
    nodes: u32,
}

impl Search<'_> {
    /// Takes a relaxation in: what it has is a candidate, as it is and with its jumps at either end.
    fn add(&mut self, ranges: Vec<Range>, relaxed: Relaxed) {
        self.offer(&relaxed.spends);
        for end in [|jump: &Jump| jump.ends.0, |jump: &Jump| jump.ends.1] {
            let mut spends = relaxed.spends.clone();
            relaxed.jumps.iter().for_each(|jump| spends[jump.item] = end(jump));
            if !relaxed.jumps.is_empty() && self.keeps_limits(&spends) {
                self.offer(&spends);
            }
        }
        if relaxed.jumps.is_empty() {
            self.closed = self.closed.max(relaxed.bound);
        } else {
            self.open.push(Node { number: self.nodes, ranges, relaxed });
        }
        self.nodes += 1;
    }

    fn offer(&mut self, spends: &[f64]) {
        let Some(worth) = self.problem.worth(spends) else { return };
        if self.best.as_ref().is_none_or(|(best, _)| worth > *best) {
            self.best = Some((worth, spends.to_vec()));
        }
    }

    fn keeps_limits(&self, spends: &[f64]) -> bool {
        let points: Vec<Range> = spends.iter().map(|spend| (*spend, *spend)).collect();
        self.problem.room(&points).is_some()
    }

    /// Splits the range of the item that loses most by its envelope.
    fn split(&mut self, node: &Node) {
        let loss = |jump: &Jump| {
            let (own, spend) = (&self.problem.items[jump.item], node.relaxed.spends[jump.item]);
            let part = (spend - jump.ends.0) / (jump.ends.1 - jump.ends.0);
            let at = |spend: f64| own.gain(spend).unwrap_or(f64::NEG_INFINITY);
            at(jump.ends.0) * (1.0 - part) + at(jump.ends.1) * part - at(spend)
        };
        let Some(jump) = node.relaxed.jumps.iter().max_by(|one, other| loss(one).total_cmp(&loss(other))) else {
            return;
        };
        let (whole, at) = (node.ranges[jump.item], node.relaxed.spends[jump.item]);
        for side in [(whole.0, at), (at, whole.1)] {
            let Some(side) = self.problem.items[jump.item].within(side) else { continue };
            let mut ranges = node.ranges.clone();
            ranges[jump.item] = side;
            if self.problem.room(&ranges).is_some()
                && let Some(mut relaxed) = self.problem.relax(&ranges, &node.relaxed.prices)
            {
                relaxed.bound = relaxed.bound.min(node.relaxed.bound);
                self.add(ranges, relaxed);
            }
        }
    }
}
