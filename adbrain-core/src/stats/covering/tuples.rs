//! Combinations of levels of t factors: which exist and which an array holds.
#![expect(clippy::indexing_slicing, reason = "subsets and places are made here from the levels of the space")]

use std::collections::BTreeMap;

use super::space::{Cell, Found, Space, nth};
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// Most combinations that are counted.
pub const MOST_TUPLES: usize = 4_000_000;

/// Most sets of factors.
const MOST_SUBSETS: usize = 200_000;

/// Every combination of levels of `strength` factors, with a number each, and whether it can occur in an allowed row.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuples {
    strength: usize,
    subsets: Vec<Subset>,
    through: Vec<Vec<Through>>,
    can: Vec<bool>,
    possible: usize,
}

/// Some factors, and where the numbers of their combinations start.
#[derive(Debug, Clone, PartialEq)]
struct Subset {
    factors: Vec<usize>,
    levels: Vec<usize>,
    start: usize,
}

/// A subset as one of its factors sees it: number = start + sum over the others of level * stride + own level * own stride.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Through {
    start: usize,
    stride: usize,
    pub(super) others: Vec<(usize, usize)>,
}

impl Through {
    /// The number of the row's combination but for the own level, and what one own level adds.
    #[inline]
    pub(super) fn base(&self, row: &[u8]) -> (usize, usize) {
        let mut base = self.start;
        for &(factor, stride) in &self.others {
            base += row[factor] as usize * stride;
        }
        (base, self.stride)
    }
}

impl Tuples {
    /// Numbers the combinations of `strength` factors and finds which of them an allowed row can hold.
    ///
    /// A combination is possible where a whole allowed row holds it. That is more than not being forbidden itself: what two combinations
    /// rule out together is found too, by search with forward checking (Haralick and Elliott, 1980); each row found settles all its
    /// combinations.
    pub fn new(space: &Space, strength: usize) -> Defined<Self> {
        if strength == 0 || strength > space.factors() {
            return Err(Undefined::Input { field: "strength", problem: "must be from 1 to the number of factors" });
        }
        let too_many = Undefined::Input {
            field: "strength",
            problem: "gives too many combinations to cover, more than 4,000,000 or from more than 200,000 sets of factors",
        };
        if choices(space.factors(), strength) > MOST_SUBSETS as f64 {
            return Err(too_many);
        }
        let mut subsets = Vec::new();
        let mut start = 0_usize;
        for factors in choose(space.factors(), strength) {
            let levels: Vec<usize> = factors.iter().map(|factor| space.levels()[*factor]).collect();
            let count = levels.iter().try_fold(1_usize, |product, count| product.checked_mul(*count));
            let next = count.and_then(|count| start.checked_add(count)).filter(|next| *next <= MOST_TUPLES);
            subsets.push(Subset { factors, levels, start });
            start = next.ok_or(too_many)?;
        }
        let through = through(&subsets, space.factors());
        let mut tuples = Self { strength, subsets, through, can: vec![true; start], possible: start };
        if !space.forbidden().is_empty() {
            tuples.can = reachable(&tuples, space)?;
            tuples.possible = tuples.can.iter().filter(|can| **can).count();
        }
        Ok(tuples)
    }

    /// How many factors a combination has.
    pub fn strength(&self) -> usize {
        self.strength
    }

    /// How many combinations can occur.
    pub fn possible(&self) -> usize {
        self.possible
    }

    /// How many combinations there would be if nothing were forbidden.
    pub fn all(&self) -> usize {
        self.can.len()
    }

    /// Whether the combination of a number can occur.
    pub(super) fn can(&self, number: usize) -> bool {
        self.can[number]
    }

    pub(super) fn through(&self, factor: usize) -> &[Through] {
        &self.through[factor]
    }

    /// How many different possible combinations the rows hold, counted anew from the rows alone.
    pub fn covered(&self, rows: &[Vec<u8>]) -> usize {
        let mut seen = vec![false; self.can.len()];
        for row in rows {
            for subset in &self.subsets {
                seen[subset.number(row)] = true;
            }
        }
        seen.iter().zip(&self.can).filter(|(seen, can)| **seen && **can).count()
    }

    /// The combinations that cannot occur although no level of them is impossible alone.
    pub fn impossible(&self) -> impl Iterator<Item = Vec<Cell>> + '_ {
        self.can.iter().enumerate().filter(|(_, can)| !**can).map(|(number, _)| self.cells(number))
    }

    /// The cells of a combination.
    pub(super) fn cells(&self, number: usize) -> Vec<Cell> {
        let at = self.subsets.partition_point(|subset| subset.start <= number).saturating_sub(1);
        self.subsets[at].cells(number)
    }

    /// The combinations of the factors with most possible ones; no array has fewer rows.
    pub(super) fn largest(&self) -> Vec<usize> {
        let inside = |subset: &Subset| {
            let size: usize = subset.levels.iter().product();
            (subset.start..subset.start + size).filter(|number| self.can[*number]).collect::<Vec<_>>()
        };
        let mut best = Vec::new();
        for subset in &self.subsets {
            if subset.levels.iter().product::<usize>() > best.len() {
                let found = inside(subset);
                best = if found.len() > best.len() { found } else { best };
            }
        }
        best
    }
}

impl Subset {
    fn number(&self, row: &[u8]) -> usize {
        let inner = self.factors.iter().zip(&self.levels);
        self.start + inner.fold(0, |number, (factor, count)| number * count + usize::from(row[*factor]))
    }

    #[expect(clippy::cast_possible_truncation, reason = "levels are below 64")]
    fn cells(&self, number: usize) -> Vec<Cell> {
        let mut left = number - self.start;
        let mut cells = Vec::with_capacity(self.factors.len());
        for (factor, count) in self.factors.iter().zip(&self.levels).rev() {
            cells.push(Cell { factor: *factor, level: (left % count) as u8 });
            left /= count;
        }
        cells.reverse();
        cells
    }
}

fn through(subsets: &[Subset], factors: usize) -> Vec<Vec<Through>> {
    let mut through = vec![Vec::new(); factors];
    for subset in subsets {
        let strides: Vec<usize> =
            (0..subset.levels.len()).map(|place| subset.levels[place + 1..].iter().product()).collect();
        for (place, factor) in subset.factors.iter().enumerate() {
            let others = (0..strides.len()).filter(|other| *other != place);
            let others = others.map(|other| (subset.factors[other], strides[other])).collect();
            through[*factor].push(Through { start: subset.start, stride: strides[place], others });
        }
    }
    through
}

/// How many choices of `size` out of `count` there are.
fn choices(count: usize, size: usize) -> f64 {
    (0..size.min(count - size)).map(|at| (count - at) as f64 / (at + 1) as f64).product()
}

/// Every choice of `size` out of 0..`count`, in order.
pub(super) fn choose(count: usize, size: usize) -> Vec<Vec<usize>> {
    let mut chosen = vec![Vec::new()];
    for _ in 0..size {
        chosen = chosen
            .into_iter()
            .flat_map(|set: Vec<usize>| {
                let from = set.last().map_or(0, |last| last + 1);
                (from..count).map(move |next| set.iter().copied().chain([next]).collect())
            })
            .collect();
    }
    chosen
}

/// Which combinations a whole allowed row can hold.
fn reachable(tuples: &Tuples, space: &Space) -> Defined<Vec<bool>> {
    let mut random = Random::at(0, &[0x0074_7570]);
    let mut known: BTreeMap<Vec<Cell>, bool> = BTreeMap::new();
    let mut can = vec![false; tuples.can.len()];
    for subset in &tuples.subsets {
        let size: usize = subset.levels.iter().product();
        for number in subset.start..subset.start + size {
            if can[number] {
                continue;
            }
            let bound: Vec<Cell> =
                subset.cells(number).into_iter().filter(|cell| space.is_bound(cell.factor)).collect();
            if let Some(found) = known.get(&bound) {
                can[number] = *found;
                continue;
            }
            let row = row_with(space, &bound, &mut random)?;
            if let Some(row) = &row {
                let whole = tuples.subsets.iter().filter(|other| other.factors.iter().all(|one| space.is_bound(*one)));
                whole.for_each(|other| can[other.number(row)] = true);
            }
            can[number] = row.is_some();
            if bound.len() < tuples.strength {
                known.insert(bound, row.is_some());
            }
        }
    }
    Ok(can)
}

/// An allowed row that holds the cells; `None` where none exists.
fn row_with(space: &Space, cells: &[Cell], random: &mut Random) -> Defined<Option<Vec<u8>>> {
    let mut domains = space.domains();
    for cell in cells {
        domains[cell.factor] &= 1 << cell.level;
    }
    let mut any = |_: usize, set: u64| nth(set, random.below(u64::from(set.count_ones())));
    match space.complete(domains, &mut any) {
        Found::Row(row) => Ok(Some(row)),
        Found::Nothing => Ok(None),
        Found::GaveUp => Err(Undefined::Input { field: "constraints", problem: "are too entangled to be searched" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_combinations_rule_out_together_is_impossible() {
        let cell = |factor, level| Cell { factor, level };
        let forbidden = [vec![cell(0, 0), cell(2, 0)], vec![cell(1, 0), cell(2, 1)]];
        let tuples = Tuples::new(&Space::new(&[2, 2, 2], &forbidden).unwrap(), 2).unwrap();
        let impossible: Vec<_> = tuples.impossible().collect();
        assert_eq!(
            impossible,
            [vec![cell(0, 0), cell(1, 0)], vec![cell(0, 0), cell(2, 0)], vec![cell(1, 0), cell(2, 1)]]
        );
        assert_eq!((tuples.possible(), tuples.all()), (9, 12));
        assert_eq!(tuples.covered(&[vec![0, 1, 1], vec![0, 1, 1]]), 3);
    }

    #[test]
    fn too_many_combinations_are_refused() {
        let space = Space::new(&[64; 20], &[]).unwrap();
        assert!(Tuples::new(&space, 3).is_err() && Tuples::new(&space, 2).is_ok());
        assert!(Tuples::new(&Space::new(&[2; 100], &[]).unwrap(), 50).is_err());
    }
}
