//! Levels per factor and what may not come together.
#![expect(clippy::indexing_slicing, reason = "every index is below a length that `Space::new` has checked")]

use crate::stats::{Defined, Undefined};

/// Most levels of one factor: a set of levels fits one 64-bit word.
pub const MOST_LEVELS: usize = 64;

/// Steps of a search for one row before it gives up.
pub(crate) const MOST_STEPS: u64 = 200_000;

/// One level of one factor, by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The position of the factor.
    pub factor: usize,
    /// The position of the level in its factor.
    pub level: u8,
}

/// The rows that may exist: one level per factor, without the forbidden combinations.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    levels: Vec<usize>,
    forbidden: Vec<Vec<Cell>>,
    of_factor: Vec<Vec<usize>>,
    of_cell: Vec<Vec<Vec<usize>>>,
}

/// What a search for a row found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Row(Vec<u8>),
    Nothing,
    /// The limit of steps was reached first.
    GaveUp,
}

/// Chooses one level out of a set of levels of a factor.
pub(crate) type Prefer<'a> = &'a mut dyn FnMut(usize, u64) -> u8;

impl Space {
    /// Makes a space of `levels` (how many each factor has, 1 to 64) in which no row holds all cells of any forbidden combination.
    ///
    /// Repeated combinations count once; one that names two levels of the same factor can never occur and is left out.
    ///
    /// ```
    /// use adbrain_core::stats::covering::{Cell, Space};
    /// let both = vec![Cell { factor: 0, level: 1 }, Cell { factor: 1, level: 0 }];
    /// let space = Space::new(&[2, 3], &[both])?;
    /// assert!(space.allows(&[0, 0]) && !space.allows(&[1, 0]));
    /// # Ok::<(), adbrain_core::stats::Undefined>(())
    /// ```
    pub fn new(levels: &[usize], forbidden: &[Vec<Cell>]) -> Defined<Self> {
        if levels.is_empty() {
            return Err(Undefined::Input { field: "factors", problem: "must not be empty" });
        }
        if levels.iter().any(|count| !(1..=MOST_LEVELS).contains(count)) {
            return Err(Undefined::Input { field: "factors", problem: "must have 1 to 64 levels each" });
        }
        let forbidden = tidy(levels, forbidden)?;
        let mut of_factor = vec![Vec::new(); levels.len()];
        let mut of_cell: Vec<Vec<Vec<usize>>> = levels.iter().map(|count| vec![Vec::new(); *count]).collect();
        for (number, cells) in forbidden.iter().enumerate() {
            for cell in cells {
                of_factor[cell.factor].push(number);
                of_cell[cell.factor][usize::from(cell.level)].push(number);
            }
        }
        Ok(Self { levels: levels.to_vec(), forbidden, of_factor, of_cell })
    }

    /// How many levels each factor has.
    pub fn levels(&self) -> &[usize] {
        &self.levels
    }

    /// How many factors there are.
    pub fn factors(&self) -> usize {
        self.levels.len()
    }

    /// The forbidden combinations, in order and each once.
    pub fn forbidden(&self) -> &[Vec<Cell>] {
        &self.forbidden
    }

    /// Whether a whole row has a level of each factor and holds no forbidden combination.
    pub fn allows(&self, row: &[u8]) -> bool {
        let inside = row.len() == self.levels.len()
            && row.iter().zip(&self.levels).all(|(level, count)| usize::from(*level) < *count);
        inside && !self.forbidden.iter().any(|cells| cells.iter().all(|cell| row[cell.factor] == cell.level))
    }

    /// Whether some combination names the factor.
    pub(crate) fn is_bound(&self, factor: usize) -> bool {
        !self.of_factor[factor].is_empty()
    }

    /// Whether an allowed row stays allowed with `level` in place of its level of `factor`.
    pub(crate) fn allows_change(&self, row: &[u8], factor: usize, level: u8) -> bool {
        !self.of_cell[factor][usize::from(level)].iter().any(|number| {
            self.forbidden[*number].iter().all(|cell| cell.factor == factor || row[cell.factor] == cell.level)
        })
    }

    /// All levels of each factor as sets.
    pub(crate) fn domains(&self) -> Vec<u64> {
        self.levels.iter().map(|count| u64::MAX >> (MOST_LEVELS - count)).collect()
    }

    /// Takes away levels that can no longer be chosen, until nothing changes; false where a factor has none left.
    pub(crate) fn propagate(&self, domains: &mut [u64], changed: &[usize]) -> bool {
        if changed.iter().any(|factor| domains[*factor] == 0) {
            return false;
        }
        let mut queue = changed.to_vec();
        while let Some(factor) = queue.pop() {
            for number in &self.of_factor[factor] {
                let Some(last) = self.last_open(*number, domains) else { continue };
                domains[last.factor] &= !(1 << last.level);
                if domains[last.factor] == 0 {
                    return false;
                }
                queue.push(last.factor);
            }
        }
        true
    }

    /// The one cell of a combination that must now be avoided: every other cell is certain and this one is still open (or certain
    /// too, which is a conflict).
    fn last_open(&self, number: usize, domains: &[u64]) -> Option<Cell> {
        let mut open = None;
        for cell in &self.forbidden[number] {
            let (domain, bit) = (domains[cell.factor], 1_u64 << cell.level);
            if domain & bit == 0 {
                return None;
            }
            if domain != bit {
                if open.is_some() {
                    return None;
                }
                open = Some(*cell);
            }
        }
        open.or_else(|| self.forbidden[number].first().copied())
    }

    /// A row inside the domains, with the preferred levels where the combinations leave a choice.
    pub(crate) fn complete(&self, mut domains: Vec<u64>, prefer: Prefer<'_>) -> Found {
        let all: Vec<usize> = (0..self.factors()).collect();
        if !self.propagate(&mut domains, &all) {
            return Found::Nothing;
        }
        let mut steps = MOST_STEPS;
        self.search(domains, prefer, &mut steps)
    }

    fn search(&self, mut domains: Vec<u64>, prefer: Prefer<'_>, steps: &mut u64) -> Found {
        let open = |factor: &usize| domains[*factor].count_ones() > 1;
        let bound = (0..self.factors()).filter(|factor| self.is_bound(*factor) && open(factor));
        let Some(factor) = bound.min_by_key(|factor| domains[*factor].count_ones()) else {
            return Found::Row(pick(&domains, prefer));
        };
        while domains[factor] != 0 {
            if *steps == 0 {
                return Found::GaveUp;
            }
            *steps -= 1;
            let level = prefer(factor, domains[factor]);
            let mut inner = domains.clone();
            inner[factor] = 1 << level;
            if self.propagate(&mut inner, &[factor]) {
                match self.search(inner, prefer, steps) {
                    Found::Nothing => {}
                    other => return other,
                }
            }
            domains[factor] &= !(1 << level);
            if !self.propagate(&mut domains, &[factor]) {
                return Found::Nothing;
            }
        }
        Found::Nothing
    }
}

fn pick(domains: &[u64], prefer: Prefer<'_>) -> Vec<u8> {
    let level = |(factor, domain): (usize, &u64)| match domain.count_ones() {
        1 => lowest(*domain),
        _ => prefer(factor, *domain),
    };
    domains.iter().enumerate().map(level).collect()
}

/// The first level of a set.
pub(crate) fn lowest(set: u64) -> u8 {
    u8::try_from(set.trailing_zeros()).unwrap_or_default()
}

/// The level at a place among those of a set, counted from 0.
pub(crate) fn nth(mut set: u64, place: u64) -> u8 {
    for _ in 0..place {
        set &= set.wrapping_sub(1);
    }
    lowest(set)
}

fn tidy(levels: &[usize], forbidden: &[Vec<Cell>]) -> Defined<Vec<Vec<Cell>>> {
    let known = |cell: &Cell| levels.get(cell.factor).is_some_and(|count| usize::from(cell.level) < *count);
    if forbidden.iter().any(Vec::is_empty) || !forbidden.iter().flatten().all(known) {
        return Err(Undefined::Input { field: "constraints", problem: "must name levels that exist" });
    }
    let mut tidy: Vec<Vec<Cell>> = forbidden.to_vec();
    for cells in &mut tidy {
        cells.sort_unstable();
        cells.dedup();
    }
    tidy.retain(|cells| cells.windows(2).all(|pair| pair[0].factor != pair[1].factor));
    tidy.sort();
    tidy.dedup();
    Ok(tidy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(factor: usize, level: u8) -> Cell {
        Cell { factor, level }
    }

    #[test]
    fn what_cannot_be_completed_is_found_through_several_combinations() {
        // 0 of the first factor rules out both levels of the second, in two steps.
        let forbidden = [vec![cell(0, 0), cell(1, 0)], vec![cell(1, 1), cell(2, 0)], vec![cell(1, 1), cell(2, 1)]];
        let space = Space::new(&[2, 2, 2], &forbidden).unwrap();
        let mut domains = space.domains();
        domains[0] = 1;
        assert_eq!(space.complete(domains, &mut |_, set| lowest(set)), Found::Nothing);
        assert_eq!(space.complete(space.domains(), &mut |_, set| lowest(set)), Found::Row(vec![1, 0, 0]));
    }

    #[test]
    fn unknown_levels_and_empty_spaces_are_refused() {
        assert!(Space::new(&[], &[]).is_err() && Space::new(&[65], &[]).is_err() && Space::new(&[0], &[]).is_err());
        assert!(Space::new(&[2], &[vec![cell(0, 2)]]).is_err());
    }
}
