//! Names to positions, once and checked.

use std::collections::BTreeSet;

use super::factors::{Combination, Factor, Factors, Level};
use super::report::LevelName;
use crate::error::{Error, Result};
use crate::stats::covering::{Cell, Found, MOST_LEVELS, Space, Start, Tuples, nth};

/// Factors as numbers, without the levels that no allowed row can hold.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) names: Vec<String>,
    /// Per factor, the names of the levels that are left.
    pub(super) levels: Vec<Vec<String>>,
    pub(super) space: Space,
    pub(super) starts: Vec<Start>,
    pub(super) weights: Vec<Vec<f64>>,
    pub(super) impossible: Vec<LevelName>,
}

impl Compiled {
    pub(super) fn name(&self, factor: usize, level: usize) -> LevelName {
        let name = self.levels.get(factor).and_then(|levels| levels.get(level));
        let factor = self.names.get(factor).cloned().unwrap_or_default();
        LevelName { factor, level: name.cloned().unwrap_or_default() }
    }

    pub(super) fn combination(&self, row: &[u8]) -> Combination {
        let named = |(factor, level): (usize, &u8)| {
            let name = self.name(factor, usize::from(*level));
            (name.factor, name.level)
        };
        row.iter().enumerate().map(named).collect()
    }
}

/// Checks names and numbers, and takes out the levels that the constraints make impossible.
pub(super) fn compile(factors: &Factors) -> Result<Compiled> {
    check(&factors.factors)?;
    let all = &factors.factors;
    let forbidden = cells_of(all, &factors.constraints, "constraints")?;
    if let Some(at) = forbidden.iter().position(|cells| cells.len() < 2) {
        return Err(Error::invalid(&format!("constraints[{at}]"), "must name levels of two or more factors")
            .next("leave out a level that may never be used"));
    }
    let counts: Vec<usize> = all.iter().map(|factor| factor.levels.len()).collect();
    let whole = Space::new(&counts, &forbidden)?;
    let single = Tuples::new(&whole, 1)?;
    if single.possible() == 0 {
        return Err(Error::invalid("constraints", "allow no row at all").next("take one of them away"));
    }
    let dead: BTreeSet<Cell> = single.impossible().flatten().collect();
    let left = Left::new(&counts, &dead);
    let possible: Vec<Vec<Cell>> = forbidden.iter().filter_map(|cells| left.cells(cells)).collect();
    let space = Space::new(&left.counts(), &possible)?;
    let starts = starts(all, &factors.seeded_rows, (&left, &space))?;
    let weights = all.iter().enumerate().map(|(at, factor)| {
        let kept = factor.levels.iter().zip(left.of(at)).filter(|(_, new)| new.is_some());
        kept.map(|(level, _)| level.weight()).collect()
    });
    let levels = all.iter().enumerate().map(|(at, factor)| {
        let kept = factor.levels.iter().zip(left.of(at)).filter(|(_, new)| new.is_some());
        kept.map(|(level, _)| level.name().to_owned()).collect()
    });
    let impossible = dead.iter().filter_map(|cell| {
        let factor = all.get(cell.factor)?;
        let level = factor.levels.get(usize::from(cell.level))?.name().to_owned();
        Some(LevelName { factor: factor.name.clone(), level })
    });
    Ok(Compiled {
        names: all.iter().map(|factor| factor.name.clone()).collect(),
        levels: levels.collect(),
        weights: weights.collect(),
        impossible: impossible.collect(),
        space,
        starts,
    })
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("use one of: {}", names.collect::<Vec<_>>().join(", "))
}

/// Names once, levels 1 to 64, weights from zero on.
pub(super) fn check(factors: &[Factor]) -> Result<()> {
    if factors.is_empty() {
        return Err(Error::invalid("factors", "is empty").next("give at least one factor"));
    }
    let mut names = BTreeSet::new();
    for (at, factor) in factors.iter().enumerate() {
        if factor.name.trim().is_empty() || !names.insert(&factor.name) {
            let problem = format!("{:?} is empty or taken", factor.name);
            return Err(
                Error::invalid(&format!("factors[{at}].name"), problem).next("give each factor a name of its own")
            );
        }
        check_levels(factor, &format!("factors[{at}].levels"))?;
    }
    Ok(())
}

fn check_levels(factor: &Factor, field: &str) -> Result<()> {
    let count = factor.levels.len();
    if !(1..=MOST_LEVELS).contains(&count) {
        let problem = format!("{:?} has {count} levels", factor.name);
        return Err(Error::invalid(field, problem).next(format!("give 1 to {MOST_LEVELS} levels")));
    }
    let mut names = BTreeSet::new();
    for (at, level) in factor.levels.iter().enumerate() {
        if level.name().trim().is_empty() || !names.insert(level.name()) {
            let problem = format!("{:?} is empty or taken in {:?}", level.name(), factor.name);
            return Err(Error::invalid(&format!("{field}[{at}]"), problem)
                .next("give each level of a factor a name of its own"));
        }
        if !(level.weight() >= 0.0 && level.weight().is_finite()) {
            let problem = format!("is {}", level.weight());
            return Err(
                Error::invalid(&format!("{field}[{at}].weight"), problem).next("give a finite number from zero on")
            );
        }
    }
    if factor.levels.iter().all(|level| level.weight() <= 0.0) {
        return Err(Error::invalid(field, "all have weight zero").next("give at least one of them a weight above zero"));
    }
    Ok(())
}

/// Each combination as cells.
pub(super) fn cells_of(factors: &[Factor], combinations: &[Combination], field: &str) -> Result<Vec<Vec<Cell>>> {
    let cell = |at: usize, (name, level): (&String, &String)| {
        let field = format!("{field}[{at}].{name}");
        let factor = factors.iter().position(|factor| factor.name == *name).ok_or_else(|| {
            Error::invalid(&field, "there is no factor of this name")
                .next(one_of(factors.iter().map(|factor| factor.name.as_str())))
        })?;
        let levels = factors.get(factor).map(|factor| factor.levels.as_slice()).unwrap_or_default();
        let place = levels.iter().position(|own| own.name() == level).ok_or_else(|| {
            let known = one_of(levels.iter().map(Level::name));
            Error::invalid(&field, format!("there is no level {level:?}")).next(known)
        })?;
        let too_many = |_| Error::invalid(&field, "has too many levels").next(format!("give 1 to {MOST_LEVELS}"));
        let level = u8::try_from(place).map_err(too_many)?;
        Ok(Cell { factor, level })
    };
    let all = combinations.iter().enumerate();
    all.map(|(at, combination)| combination.iter().map(|pair| cell(at, pair)).collect()).collect()
}

/// The new position of each level that is left.
struct Left(Vec<Vec<Option<u8>>>);

impl Left {
    fn new(counts: &[usize], dead: &BTreeSet<Cell>) -> Self {
        let renumber = |(factor, count): (usize, &usize)| {
            let mut next = 0;
            let levels = (0..*count).map(|level| {
                let level = u8::try_from(level).ok()?;
                let is_left = !dead.contains(&Cell { factor, level });
                next += u8::from(is_left);
                is_left.then(|| next - 1)
            });
            levels.collect()
        };
        Self(counts.iter().enumerate().map(renumber).collect())
    }

    fn of(&self, factor: usize) -> &[Option<u8>] {
        self.0.get(factor).map(Vec::as_slice).unwrap_or_default()
    }

    fn counts(&self) -> Vec<usize> {
        self.0.iter().map(|levels| levels.iter().flatten().count()).collect()
    }

    fn cell(&self, cell: Cell) -> Option<Cell> {
        let level = (*self.of(cell.factor).get(usize::from(cell.level))?)?;
        Some(Cell { level, ..cell })
    }

    fn cells(&self, cells: &[Cell]) -> Option<Vec<Cell>> {
        cells.iter().map(|cell| self.cell(*cell)).collect()
    }
}

fn starts(factors: &[Factor], rows: &[Combination], (left, space): (&Left, &Space)) -> Result<Vec<Start>> {
    let mut starts: Vec<Start> = Vec::new();
    for (at, cells) in cells_of(factors, rows, "seeded_rows")?.into_iter().enumerate() {
        let refused = || {
            Error::invalid(&format!("seeded_rows[{at}]"), "the constraints do not allow this row")
                .next("change the row, or take a constraint away")
        };
        let cells = left.cells(&cells).ok_or_else(refused)?;
        let mut start: Start = vec![None; space.factors()];
        let mut domains = space.domains();
        for cell in &cells {
            if let (Some(own), Some(domain)) = (start.get_mut(cell.factor), domains.get_mut(cell.factor)) {
                *own = Some(cell.level);
                *domain = 1 << cell.level;
            }
        }
        match space.complete(domains, &mut |_, set| nth(set, 0)) {
            Found::Row(_) if starts.contains(&start) => {}
            Found::Row(_) => starts.push(start),
            Found::Nothing => return Err(refused()),
            Found::GaveUp => {
                return Err(Error::invalid("constraints", "are too entangled to be searched")
                    .next("give fewer constraints, or simpler ones"));
            }
        }
    }
    Ok(starts)
}
