//! The calibrated score.

use serde::{Deserialize, Serialize};

use crate::stats::{Defined, Undefined};

/// How far an interval must reach.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Up to this score.
    Score(f64),
    /// No score is enough: there are too few calibration rows for the level.
    Unbounded,
}

/// The score that an interval must reach to hold at `level` on a row exchangeable with the calibration rows: the ceil((n + 1) level)-th
/// smallest of n scores (Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005; Lei and others,
/// "Distribution-free predictive inference for regression", 2018). Without so many scores it is unbounded; 90 % needs nine.
///
/// With scores of split calibration rows the coverage is at least `level`, and below `level` + 1 / (n + 1) without ties. With
/// out-of-bag scores it is near `level`, as the jackknife+ after bootstrap (Kim, Xu and Barber, 2020), without that guarantee.
///
/// ```
/// use adbrain_core::predict::conformal::{Reach, reach};
/// let scores = [0.3, 0.1, 0.2, 0.5, 0.4, 0.6, 0.9, 0.8, 0.7];
/// assert_eq!(reach(&scores, 0.8)?, Reach::Score(0.8));
/// assert_eq!(reach(&scores, 0.95)?, Reach::Unbounded);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::NotFinite`] for a score that is not finite, [`Undefined::Input`] for a level outside 0 to 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank between 1 and n + 1")]
pub fn reach(scores: &[f64], level: f64) -> Defined<Reach> {
    check_level(level)?;
    if scores.iter().any(|score| !score.is_finite()) {
        return Err(Undefined::NotFinite);
    }
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    // A product that is whole but for its rounding is whole.
    let rank = libm::ceil((sorted.len() as f64 + 1.0) * level - 1e-9) as usize;
    Ok(sorted.get(rank.saturating_sub(1)).map_or(Reach::Unbounded, |score| Reach::Score(*score)))
}

/// A level raised by `errors` standard errors of the coverage that `rows` calibration rows give, sqrt(level (1 - level) / rows).
///
/// Given its calibration rows an interval covers more or less than its level, with about this error (Vovk, "Conditional validity of
/// inductive conformal predictors", 2012), and less than it half of the time. One error brings that to one time in six.
pub fn cautious(level: f64, rows: usize, errors: f64) -> f64 {
    let raised = level + errors * libm::sqrt(level * (1.0 - level) / rows.max(1) as f64);
    raised.clamp(level, level.max(1.0 - f64::EPSILON))
}

pub(super) fn check_level(level: f64) -> Defined<()> {
    if level > 0.0 && level < 1.0 {
        return Ok(());
    }
    Err(Undefined::Input { field: "level", problem: "must lie above 0 and below 1" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_rows_carry_ninety_percent_and_eight_do_not() {
        let scores: Vec<f64> = (1..=9).map(f64::from).collect();
        assert_eq!(reach(&scores, 0.9), Ok(Reach::Score(9.0)));
        assert_eq!(reach(&scores[1..], 0.9), Ok(Reach::Unbounded));
        assert_eq!(reach(&[], 0.5), Ok(Reach::Unbounded));
        assert_eq!(reach(&[f64::NAN], 0.5), Err(Undefined::NotFinite));
        assert!(reach(&scores, 1.0).unwrap_err().is_input());
    }

    #[test]
    fn caution_fades_with_rows_and_stays_below_one() {
        assert!((cautious(0.9, 100, 0.5) - 0.915).abs() < 1e-12);
        assert!(cautious(0.9, 1, 5.0) < 1.0 && cautious(0.9, 0, 0.0) <= 0.9);
    }

    #[test]
    fn the_level_holds_on_rows_never_seen() {
        use crate::stats::random::Random;
        let mut held = [0_u32; 2];
        for run in 0..4_000 {
            let mut luck = Random::at(run, &[]);
            let scores: Vec<f64> = (0..39).map(|_| luck.log_normal(1.0)).collect();
            let next = luck.log_normal(1.0);
            for (held, level) in held.iter_mut().zip([0.9, 0.5]) {
                let Ok(Reach::Score(score)) = reach(&scores, level) else { panic!() };
                *held += u32::from(next <= score);
            }
        }
        // 4,000 runs: three standard errors are 57 and 95.
        assert!(held[0].abs_diff(3_600) < 57 && held[1].abs_diff(2_000) < 95, "{held:?}");
    }
}
