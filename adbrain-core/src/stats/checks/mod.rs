//! Checks before a verdict: arms that differed already, counts noisier than their test assumes, one day that decides, tails too
//! heavy for means, too few blocks.

mod dominance;
mod overdispersion;
mod tail;

pub use dominance::{Dominance, dominant_block};
pub use overdispersion::{Overdispersion, overdispersion_of_counts, overdispersion_of_shares};
pub use tail::{SKEWNESS_LIMIT, Tail, difference_skewness};

use super::ratio::{RatioComparison, RatioUnits, compare};
use super::{Defined, Undefined};

/// Fewer days per arm than this say little: two whole weeks, so that each weekday counts twice.
pub const MINIMUM_DAYS: u64 = 14;

/// What the period before the test says about the arms.
#[derive(Debug, Clone, PartialEq)]
pub struct PreCheck {
    /// The arms compared as they will be during the test.
    pub comparison: RatioComparison,
    /// Whether they differed at `alpha` already, when nothing set them apart.
    pub differs: bool,
}

/// An A/A check: the arms' ratios in the period before the test, compared as in the test itself (Kohavi, Tang and Xu, "Trustworthy online
/// controlled experiments", 2020, chapter 19).
///
/// Give x = 1 in every unit for a plain mean. At `alpha` 0.01 one sound test in a hundred is flagged; a small number of units sees nothing,
/// so a quiet check is no proof. Arms that differ can still be compared with the difference taken out, by
/// [`cuped_ratio`](super::cuped::cuped_ratio).
///
/// It assumes what [`compare`] does: independent units and denominators away from zero; ratios are in their unit.
///
/// # Errors
/// As [`compare`]; an alpha outside 0..1.
pub fn pre_period(control: &RatioUnits, treatment: &RatioUnits, alpha: f64) -> Defined<PreCheck> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return Err(Undefined::Input { field: "alpha", problem: "must lie between 0 and 1" });
    }
    let comparison = compare(control, treatment, 1.0 - alpha)?;
    Ok(PreCheck { differs: comparison.test.p_value < alpha, comparison })
}

/// Whether every arm has enough blocks (days, regions or users): the fewest against `needed`, nothing else. How many are enough is a
/// convention ([`MINIMUM_DAYS`]) with no published source; a plan by [`crate::stats::power`] says more.
///
/// # Errors
/// [`Undefined::TooFew`] with the number needed.
pub fn enough_blocks(blocks_per_arm: &[u64], needed: u64) -> Defined<()> {
    match blocks_per_arm.iter().min() {
        None => Err(Undefined::Empty),
        Some(fewest) if *fewest < needed => Err(Undefined::TooFew { needed }),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::two_sample::CrossSummary;

    #[test]
    fn arms_that_differed_before_are_found() {
        let days = |rate: f64| {
            let x: Vec<f64> = (0..20).map(|day| 1000.0 + f64::from(day % 7) * 50.0).collect();
            let y: Vec<f64> = x.iter().zip(0..).map(|(x, day)| x * rate + f64::from(day % 5)).collect();
            CrossSummary::of(&x, &y).unwrap()
        };
        assert!(pre_period(&days(0.02), &days(0.03), 0.01).unwrap().differs);
        assert!(!pre_period(&days(0.02), &days(0.0201), 0.01).unwrap().differs);
        assert!(pre_period(&days(0.02), &days(0.03), 1.0).unwrap_err().is_input());
    }

    #[test]
    fn the_arm_with_fewest_blocks_counts() {
        assert_eq!(enough_blocks(&[14, 20], MINIMUM_DAYS), Ok(()));
        assert_eq!(enough_blocks(&[28, 13], MINIMUM_DAYS), Err(Undefined::TooFew { needed: 14 }));
        assert_eq!(enough_blocks(&[], 1), Err(Undefined::Empty));
    }
}
