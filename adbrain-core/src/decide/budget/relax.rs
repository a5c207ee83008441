//! The relaxation of an allocation: every curve by its upper concave envelope, and at each group the price of money that its limits call for.
//!
//! At a price `p` each item takes the spend `x` with the highest `value - p * x`. What all take falls as the price rises, so the price at which a
//! limit is met is found by a bracketed search, inside each other for groups in groups. At most one item per limit that binds stands on a chord
//! of its envelope. Whatever the prices, the Lagrangian at them is an upper bound (weak duality).
//! Source: M. Udell and S. Boyd, "Maximizing a sum of sigmoids", 2013.
#![expect(clippy::indexing_slicing, reason = "a problem names its own items and groups alone")]

use super::curve::ResponseCurve;

/// Spends that an item may have, and what it costs in value to be among them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) cost: f64,
}

/// One receiver of money.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) curve: ResponseCurve,
    /// By rising spend; at least one.
    pub(super) pieces: Vec<Piece>,
}

/// Limits on what some items and groups take together.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) groups: Vec<usize>,
    pub(super) items: Vec<usize>,
}

/// The most value less `floor_price` times the spend, within all limits.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) items: Vec<Item>,
    /// Groups in groups stand before them; the last one holds all.
    pub(super) groups: Vec<Group>,
    /// What a unit of money has to bring at least.
    pub(super) floor_price: f64,
    /// What all units of money have to bring on average at least.
    pub(super) target: Option<f64>,
}

/// Two spends or two prices, the lower one first.
pub(super) type Range = (f64, f64);

/// An item between two spends at which its envelope touches its curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Jump {
    pub(super) item: usize,
    pub(super) ends: Range,
}

/// The solution of a relaxation.
#[derive(Debug, Clone)]
pub(super) struct Relaxed {
    /// Within all limits of groups.
    pub(super) spends: Vec<f64>,
    /// At each group.
    pub(super) prices: Vec<f64>,
    /// No spends within the limits are worth more.
    pub(super) bound: f64,
    /// The items on a chord: their spends may be none that they may have.
    pub(super) jumps: Vec<Jump>,
}

const MAX_STEPS: u32 = 200;
/// How far apart the logarithms of two prices are that count as one, in parts of themselves.
const PRICE_STEP: f64 = 1e-14;
/// Which part of a total may be missing.
const EXACT: f64 = 1e-13;
/// How far below a target, as a part of it, what is no more than rounding may be.
const CLOSE: f64 = 1e-9;
/// The first step of a search, on the logarithm of the price; the longest one; and how far it goes.
const FIRST_STEP: f64 = 1e-3;
const LONGEST_STEP: f64 = 4.0;
const FARTHEST: f64 = 400.0;
/// A chord shorter than this part of its end is a point.
const SHORTEST_CHORD: f64 = 1e-9;
/// Halvings of the total until it meets a target.
const TARGET_STEPS: u32 = 60;

impl Item {
    /// All spends from the least to the most.
    pub(super) fn range(&self) -> Range {
        (self.pieces[0].low, self.pieces[self.pieces.len() - 1].high)
    }

    /// Value less cost of a spend; none where the item may not have it.
    pub(super) fn gain(&self, spend: f64) -> Option<f64> {
        let within = self.pieces.iter().filter(|piece| (piece.low..=piece.high).contains(&spend));
        Some(self.curve.value(spend) - within.map(|piece| piece.cost).min_by(f64::total_cmp)?)
    }

    /// The spends of a range that the item may have, from the least to the most.
    pub(super) fn within(&self, range: Range) -> Option<Range> {
        let parts = self.pieces.iter().map(|piece| (piece.low.max(range.0), piece.high.min(range.1)));
        parts.filter(|(low, high)| low <= high).reduce(|all, next| (all.0.min(next.0), all.1.max(next.1)))
    }

    /// The spend of a range with the highest gain above a price, and that gain.
    fn choose(&self, price: f64, range: Range) -> (f64, f64) {
        let (mut best, mut highest) = ((range.0, f64::NEG_INFINITY), f64::NEG_INFINITY);
        for piece in &self.pieces {
            let (low, high) = (piece.low.max(range.0), piece.high.min(range.1));
            if low <= high {
                let (spend, value) = self.curve.best(price, (low, high));
                let gain = value - piece.cost;
                let above = gain - price * spend;
                // For nothing, the indifferent take all.
                if above > highest || price <= 0.0 && above >= highest {
                    (best, highest) = ((spend, gain), above);
                }
            }
        }
        best
    }
}

impl Problem {
    /// Value less costs less `floor_price` times the spend; none where a spend may not be had or the target is missed.
    pub(super) fn worth(&self, spends: &[f64]) -> Option<f64> {
        let gains = self.items.iter().zip(spends).map(|(item, spend)| item.gain(*spend));
        let gain = gains.sum::<Option<f64>>()?;
        let spend: f64 = spends.iter().sum();
        let is_met = self.target.is_none_or(|target| gain >= target * spend * (1.0 - CLOSE));
        is_met.then_some(gain - self.floor_price * spend)
    }

    /// The least and the most that all can take together, holes in the pieces aside; none where limits and ranges leave no room for each other.
    pub(super) fn room(&self, ranges: &[Range]) -> Option<Range> {
        let mut limits: Vec<Range> = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let below = group.groups.iter().map(|below| limits[*below]);
            let below = below.chain(group.items.iter().map(|item| ranges[*item]));
            let sum = below.fold((0.0, 0.0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
            let own = (group.low.max(sum.0), group.high.min(sum.1));
            if own.0 > own.1 * (1.0 + EXACT) + EXACT {
                return None;
            }
            limits.push(own);
        }
        limits.last().copied()
    }

    /// Solves the relaxation over a range of each item; `guess` are prices to begin with. None where the target cannot be met.
    pub(super) fn relax(&self, ranges: &[Range], guess: &[f64]) -> Option<Relaxed> {
        let solve = |total: f64, floor: f64| Solver::new(self, ranges, guess).solve(total, floor);
        let root = self.groups.last()?;
        let whole = solve(root.high, self.floor_price);
        let Some(target) = self.target else { return Some(whole) };
        // What is brought beyond the target is concave in the spend, and highest where a unit of money brings just the target.
        let spend = |relaxed: &Relaxed| relaxed.spends.iter().sum::<f64>();
        let beyond = |relaxed: &Relaxed| {
            let spend = spend(relaxed);
            relaxed.bound + (self.floor_price - target) * spend
        };
        if beyond(&whole) >= 0.0 {
            return Some(whole);
        }
        let least = spend(&solve(root.high, target.max(self.floor_price))).max(self.room(ranges)?.0);
        let mut met = solve(least, self.floor_price);
        if beyond(&met) < 0.0 {
            return None;
        }
        let (mut low, mut high) = (least, spend(&whole));
        let mut missed = whole;
        for _ in 0..TARGET_STEPS {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            let next = solve(middle, self.floor_price);
            if beyond(&next) >= 0.0 {
                (low, met) = (middle, next);
            } else {
                (high, missed) = (middle, next);
            }
        }
        // Every spend that meets the target is below the one that misses it.
        Some(Relaxed { bound: missed.bound.max(met.bound), ..met })
    }
}

/// One relaxation under way.
struct Solver<'a> {
    problem: &'a Problem,
    ranges: &'a [Range],
    guess: &'a [f64],
    spends: Vec<f64>,
    prices: Vec<f64>,
    jumps: Vec<Jump>,
    /// The most that all take together.
    total: f64,
}

/// A child of a group.
#[derive(Clone, Copy)]
enum Child {
    Group(usize),
    Item(usize),
}

impl<'a> Solver<'a> {
    fn new(problem: &'a Problem, ranges: &'a [Range], guess: &'a [f64]) -> Self {
        let spends = ranges.iter().map(|range| range.0).collect();
        let prices = vec![0.0; problem.groups.len()];
        Self { problem, ranges, guess, spends, prices, jumps: Vec::new(), total: f64::INFINITY }
    }

    fn solve(mut self, total: f64, floor_price: f64) -> Relaxed {
        self.total = total;
        self.settle(self.problem.groups.len() - 1, floor_price);
        let bound = self.bound(floor_price);
        Relaxed { spends: self.spends, prices: self.prices, bound, jumps: self.jumps }
    }

    /// The limits of a group.
    fn limits(&self, group: usize) -> Range {
        let own = &self.problem.groups[group];
        let is_root = group + 1 == self.problem.groups.len();
        (own.low, if is_root { own.high.min(self.total) } else { own.high })
    }

    fn children(&self, group: usize) -> impl Iterator<Item = Child> + use<'a> {
        let own = &self.problem.groups[group];
        own.groups.iter().map(|group| Child::Group(*group)).chain(own.items.iter().map(|item| Child::Item(*item)))
    }

    /// What a child takes at a price: an item what it asks for, a group what is below it asks for, within its limits.
    fn taken(&self, child: Child, price: f64) -> f64 {
        match child {
            Child::Item(item) => self.problem.items[item].choose(price, self.ranges[item]).0,
            Child::Group(group) => {
                let (low, high) = self.limits(group);
                self.asked(group, price).clamp(low, high)
            }
        }
    }

    fn asked(&self, group: usize, price: f64) -> f64 {
        self.children(group).map(|child| self.taken(child, price)).sum()
    }

    /// Finds the price of a group, that from above where its limits allow it, and hands its money out.
    fn settle(&mut self, group: usize, above: f64) {
        let (asked, (low, high)) = (self.asked(group, above), self.limits(group));
        if asked > high || asked < low {
            self.share(group, asked.clamp(low, high));
        } else {
            self.hand_out(group, asked, (above, above));
        }
    }

    /// Hands a total out at the price at which it is asked for.
    fn share(&mut self, group: usize, total: f64) {
        let prices = self.search(group, total);
        self.hand_out(group, total, prices);
    }

    /// Two prices next to each other: at the lower one a group asks for a total or more, at the higher one for no more. They are below zero
    /// where what is below the group has to be paid to take it.
    fn search(&self, group: usize, total: f64) -> Range {
        let sign = if self.asked(group, 0.0) >= total { 1.0 } else { -1.0 };
        let price = |log: f64| sign * libm::exp(log);
        // Falls: above zero what is asked beyond the total, below zero what is missing to it.
        let excess = |log: f64| sign * (self.asked(group, price(log)) - total);
        let guess = self.guess.get(group).map_or(0.0, |guess| libm::log(guess.abs()).clamp(-FARTHEST, FARTHEST));
        let Some(found) = crossing(guess, &excess, total) else {
            // Nothing but a price of zero is low enough: whoever is indifferent takes all.
            let nearest = price(-FARTHEST);
            return if sign > 0.0 { (0.0, nearest) } else { (nearest, 0.0) };
        };
        if sign > 0.0 { (price(found.0), price(found.1)) } else { (price(found.1), price(found.0)) }
    }

    /// Gives each child what it takes at the higher price, and what is left to one after the other, up to what it takes at the lower one.
    fn hand_out(&mut self, group: usize, total: f64, (low, high): Range) {
        self.prices[group] = high;
        let mut left = total;
        let mut takes = Vec::new();
        for child in self.children(group) {
            let least = self.taken(child, high);
            let most = if low < high { self.taken(child, low).max(least) } else { least };
            left -= least;
            takes.push((child, least, most));
        }
        for (child, least, most) in takes {
            let more = left.clamp(0.0, most - least);
            left -= more;
            let spend = if more < most - least { least + more } else { most };
            match child {
                Child::Group(below) if more > 0.0 => self.share(below, spend),
                Child::Group(below) => self.settle(below, high),
                Child::Item(item) => {
                    self.spends[item] = spend;
                    if spend > least && spend < most && most - least > SHORTEST_CHORD * (1.0 + most) {
                        self.jumps.push(Jump { item, ends: (least, most) });
                    }
                }
            }
        }
    }

    /// The Lagrangian at the prices.
    fn bound(&self, floor_price: f64) -> f64 {
        let mut above = vec![floor_price; self.prices.len()];
        let mut total = 0.0;
        for group in (0..self.prices.len()).rev() {
            let (price, (low, high)) = (self.prices[group], self.limits(group));
            let extra = price - above[group];
            total += extra * if extra > 0.0 { high } else { low };
            for child in self.children(group) {
                match child {
                    Child::Group(below) => above[below] = price,
                    Child::Item(item) => {
                        let (spend, gain) = self.problem.items[item].choose(price, self.ranges[item]);
                        total += gain - price * spend;
                    }
                }
            }
        }
        total
    }
}

/// Where a falling function crosses zero, as two neighbours, equal where it meets it; none where it is not above zero anywhere. False position
/// after Illinois, with every third step halving.
fn crossing(start: f64, excess: &impl Fn(f64) -> f64, scale: f64) -> Option<Range> {
    let (mut low, mut at_low, mut high, mut at_high) = bracket(start, excess)?;
    let mut side = 0.0;
    for step in 0..MAX_STEPS {
        if high - low <= PRICE_STEP * (1.0 + low.abs()) {
            break;
        }
        let position = (low * at_high - high * at_low) / (at_high - at_low);
        let is_inside = position > low && position < high;
        let next = if step % 3 == 2 || !is_inside { 0.5 * (low + high) } else { position };
        let at = excess(next);
        if at.abs() <= EXACT * scale {
            return Some((next, next));
        }
        if at > 0.0 {
            (low, at_low) = (next, at);
            at_high *= if side > 0.0 { 0.5 } else { 1.0 };
        } else {
            (high, at_high) = (next, at);
            at_low *= if side < 0.0 { 0.5 } else { 1.0 };
        }
        side = at.signum();
    }
    Some((low, high))
}

/// Two points around the crossing with the values there.
fn bracket(start: f64, excess: &impl Fn(f64) -> f64) -> Option<(f64, f64, f64, f64)> {
    let (mut here, mut at_here) = (start, excess(start));
    let direction = if at_here > 0.0 { 1.0 } else { -1.0 };
    let mut step = FIRST_STEP;
    while here.abs() <= 2.0 * FARTHEST {
        let next = here + direction * step;
        let at = excess(next);
        if (at > 0.0) != (at_here > 0.0) {
            return Some(if direction > 0.0 { (here, at_here, next, at) } else { (next, at, here, at_here) });
        }
        (here, at_here) = (next, at);
        step = (2.0 * step).min(LONGEST_STEP);
    }
    None
}
