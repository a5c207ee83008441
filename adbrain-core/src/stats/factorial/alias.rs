//! Which level effects rows can tell, and which come mixed.
#![expect(clippy::indexing_slicing, reason = "null vectors have one entry per parameter")]

use super::contrast::onto_levels;
use super::information::{Information, blocks};

/// A level of a factor, by positions; `None` is the average over all rows.
pub type Part = Option<(usize, usize)>;

/// What a main-effects model can estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aliases {
    /// Per factor and level, whether its effect (against the mean of the levels) can be estimated.
    pub estimable: Vec<Vec<bool>>,
    /// Sets of effects of which the rows tell only sums.
    pub mixed: Vec<Vec<Part>>,
}

/// An entry of a null vector below this, relative to its largest, is rounding.
const ROUNDING: f64 = 1e-6;

/// Finds the effects that can be estimated under main effects alone: yes or no for each level of each factor, and the sets that come
/// mixed.
///
/// An effect c'b, b the parameters, can be estimated where c'z = 0 for every z with M z = 0, M = X'X / N (Searle, "Linear models", 1971).
/// Each z ties together the level effects that it moves; sets that share one are joined. An entry below a millionth of the largest of its
/// z counts as zero. Interactions between factors are assumed to be absent: [`super::interactions`] says how far they would leak in.
pub fn aliases(information: &Information) -> Aliases {
    let blocks = blocks(&information.levels);
    let mut estimable: Vec<Vec<bool>> = information.levels.iter().map(|count| vec![true; *count]).collect();
    let mut mixed: Vec<Vec<Part>> = Vec::new();
    for vector in information.cholesky.null_space() {
        let effects: Vec<Vec<f64>> = blocks.iter().map(|block| onto_levels(&vector[block.clone()])).collect();
        let largest = effects.iter().flatten().chain([&vector[0]]).fold(0.0_f64, |most, own| most.max(own.abs()));
        let moves = |value: f64| value.abs() > largest * ROUNDING;
        let mut set: Vec<Part> = if moves(vector[0]) { vec![None] } else { Vec::new() };
        for (factor, levels) in effects.iter().enumerate() {
            for (level, value) in levels.iter().enumerate() {
                if moves(*value) {
                    estimable[factor][level] = false;
                    set.push(Some((factor, level)));
                }
            }
        }
        join(&mut mixed, set);
    }
    mixed.sort();
    Aliases { estimable, mixed }
}

fn join(sets: &mut Vec<Vec<Part>>, mut set: Vec<Part>) {
    let shares = |other: &Vec<Part>| other.iter().any(|part| set.contains(part));
    let (joined, apart): (Vec<_>, Vec<_>) = sets.drain(..).partition(shares);
    set.extend(joined.into_iter().flatten());
    set.sort_unstable();
    set.dedup();
    *sets = apart;
    sets.push(set);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_factors_that_move_together_are_mixed_and_the_third_is_clear() {
        let rows: Vec<Vec<u8>> = vec![vec![0, 0, 0], vec![1, 1, 0], vec![0, 0, 1], vec![1, 1, 1]];
        let information = Information::of(&[2, 2, 2], &rows).unwrap();
        let found = aliases(&information);
        assert_eq!(found.estimable, [[false, false], [false, false], [true, true]]);
        assert_eq!(found.mixed, [[Some((0, 0)), Some((0, 1)), Some((1, 0)), Some((1, 1))]]);
        assert_eq!(information.quality().rank, 3);
        let worst = information.worst_differences(&found.estimable);
        assert!(worst[0].is_none() && (worst[2].unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_row_tells_nothing_but_a_sum() {
        let information = Information::of(&[3], &[vec![1]]).unwrap();
        assert_eq!(aliases(&information).estimable, [[false; 3]]);
    }
}
