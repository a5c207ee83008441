//! Rows one after the other, each with as many missing combinations as are found.
#![expect(clippy::indexing_slicing, reason = "factors and levels come from the space")]

use super::array::Array;
use super::space::{Cell, Found, lowest, nth};
use crate::stats::random::Random;

/// Adds rows until nothing is missing or the array has `most` rows; each is the best of `tries` (Cohen, Dalal, Fredman and Patton,
/// "The AETG system: an approach to testing based on combinatorial design", 1997).
pub(super) fn fill(array: &mut Array<'_>, most: usize, tries: usize, random: &mut Random) {
    while !array.missing().is_empty() && array.rows.len() < most {
        let mut best: Option<(usize, Vec<u8>)> = None;
        for _ in 0..tries {
            let at = random.below(array.missing().len() as u64);
            let number = usize::try_from(at).ok().and_then(|at| array.missing().get(at)).copied().unwrap_or_default();
            let Some(row) = row_with(array, &array.tuples.cells(number as usize), random) else { continue };
            let gain = gain(array, &row);
            if best.as_ref().is_none_or(|(most, _)| gain > *most) {
                best = Some((gain, row));
            }
        }
        let Some((_, row)) = best else { return };
        let given = vec![false; row.len()];
        array.push(row, given);
    }
}

/// How many missing combinations a row holds.
fn gain(array: &Array<'_>, row: &[u8]) -> usize {
    let of = |factor: usize| {
        let mine =
            array.tuples.through(factor).iter().filter(|one| one.others.iter().all(|(other, _)| *other < factor));
        mine.filter(|through| {
            let (base, stride) = through.base(row);
            array.is_missing(base + usize::from(row[factor]) * stride)
        })
        .count()
    };
    (0..row.len()).map(of).sum()
}

/// A row that holds the cells: the other factors in random order, each with the level that adds most missing combinations.
pub(super) fn row_with(array: &Array<'_>, cells: &[Cell], random: &mut Random) -> Option<Vec<u8>> {
    let space = array.space;
    let mut domains = space.domains();
    let mut set = vec![false; space.factors()];
    let mut row = vec![0; space.factors()];
    for cell in cells {
        domains[cell.factor] &= 1 << cell.level;
        row[cell.factor] = cell.level;
        set[cell.factor] = true;
    }
    let named: Vec<usize> = cells.iter().map(|cell| cell.factor).collect();
    if !space.propagate(&mut domains, &named) {
        return None;
    }
    let start = domains.clone();
    let mut order: Vec<usize> = (0..space.factors()).filter(|factor| !set[*factor]).collect();
    shuffle(&mut order, random);
    for factor in order {
        loop {
            if domains[factor] == 0 {
                return any_row(array, start, random);
            }
            let level = best_level(array, (&row, &set), (factor, domains[factor]), random);
            let mut next = domains.clone();
            next[factor] = 1 << level;
            if space.propagate(&mut next, &[factor]) {
                (domains, row[factor], set[factor]) = (next, level, true);
                break;
            }
            domains[factor] &= !(1 << level);
        }
    }
    space.allows(&row).then_some(row).or_else(|| any_row(array, start, random))
}

fn best_level(
    array: &Array<'_>,
    (row, set): (&[u8], &[bool]),
    (factor, domain): (usize, u64),
    random: &mut Random,
) -> u8 {
    if domain.is_power_of_two() {
        return lowest(domain);
    }
    let mut gains = [0_u32; 64];
    for through in array.tuples.through(factor) {
        if through.others.iter().all(|(other, _)| set[*other]) {
            let (base, stride) = through.base(row);
            for (level, gain) in gains.iter_mut().enumerate().take(array.space.levels()[factor]) {
                *gain += u32::from(array.is_missing(base + level * stride));
            }
        }
    }
    let inside = |level: &usize| domain >> level & 1 == 1;
    let most = (0..64).filter(inside).map(|level| gains[level]).max().unwrap_or_default();
    let best =
        (0..64).filter(|level| inside(level) && gains[*level] == most).fold(0_u64, |set, level| set | 1 << level);
    nth(best, random.below(u64::from(best.count_ones())))
}

fn any_row(array: &Array<'_>, domains: Vec<u64>, random: &mut Random) -> Option<Vec<u8>> {
    let mut any = |_: usize, set: u64| nth(set, random.below(u64::from(set.count_ones())));
    match array.space.complete(domains, &mut any) {
        Found::Row(row) => Some(row),
        Found::Nothing | Found::GaveUp => None,
    }
}

/// Fisher and Yates.
pub(crate) fn shuffle<T>(values: &mut [T], random: &mut Random) {
    for at in (1..values.len()).rev() {
        let other = usize::try_from(random.below(at as u64 + 1)).unwrap_or_default();
        values.swap(at, other);
    }
}
