//! Orthonormal contrasts of the levels of one factor.

/// The scale of contrast `c` (from 0) of `levels`: level c + 1 against the mean of the levels before it, with mean square one over
/// equally frequent levels (Helmert).
fn scale(levels: usize, c: usize) -> f64 {
    libm::sqrt(levels as f64 / ((c + 1) * (c + 2)) as f64)
}

/// What each contrast makes of one value per level: H' values, one number fewer than there are levels.
pub(super) fn onto_contrasts(values: &[f64]) -> Vec<f64> {
    let mut before = 0.0;
    let mut contrasts = Vec::with_capacity(values.len().saturating_sub(1));
    for (place, pair) in values.windows(2).enumerate() {
        if let [own, next] = pair {
            before += own;
            contrasts.push(scale(values.len(), place) * (before - (place + 1) as f64 * next));
        }
    }
    contrasts
}

/// The effect of each level from the coefficients of its contrasts: H coefficients; they add up to zero.
pub(super) fn onto_levels(coefficients: &[f64]) -> Vec<f64> {
    let levels = coefficients.len() + 1;
    let scaled: Vec<f64> = coefficients.iter().enumerate().map(|(c, value)| scale(levels, c) * value).collect();
    let mut effects = Vec::with_capacity(levels);
    let mut after = 0.0;
    for level in (0..levels).rev() {
        after += scaled.get(level).copied().unwrap_or_default();
        let own = level.checked_sub(1).and_then(|c| scaled.get(c)).copied().unwrap_or_default();
        effects.push(after - level as f64 * own);
    }
    effects.reverse();
    effects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_are_orthonormal_and_the_two_ways_are_transposes() {
        for levels in 1..8_usize {
            let unit =
                |at: usize, count: usize| (0..count).map(|own| f64::from(u8::from(own == at))).collect::<Vec<_>>();
            for first in 0..levels - 1 {
                let column = onto_levels(&unit(first, levels - 1));
                assert!(column.iter().sum::<f64>().abs() < 1e-12);
                for (second, square) in onto_contrasts(&column).into_iter().enumerate() {
                    let wanted = if first == second { levels as f64 } else { 0.0 };
                    assert!((square - wanted).abs() < 1e-12, "{levels} {first} {second}");
                }
            }
        }
    }
}
