//! Two arms' ratios compared.

use super::arm::Measured;
use super::relative::relative;
use crate::stats::distribution::{normal_two_sided, p_of_tail};
use crate::stats::two_sample::{CrossSummary, MeanTest, Tested, welch_degrees};
use crate::stats::{Defined, Interval, Undefined};

/// One arm's units: x is the denominator (impressions, spend, conversions), y the numerator (clicks, revenue, spend).
pub type RatioUnits = CrossSummary;

/// What is known about the ratios of two arms.
#[derive(Debug, Clone, PartialEq)]
pub struct RatioComparison {
    /// The ratio under control.
    pub control: f64,
    /// The ratio under treatment.
    pub treatment: f64,
    /// The standard errors of the two, control first.
    pub errors: [f64; 2],
    /// Treatment - control by Welch's t.
    pub test: MeanTest,
    /// The two-sided p value by the normal instead of t: smaller, and too small with few units.
    pub p_normal: f64,
    /// (treatment - control) / |control|; on the log scale, by Fieller where the arms differ in sign.
    pub relative: Defined<Interval>,
}

/// Compares the ratios of two arms by the delta method.
///
/// With R = mean(y) / mean(x) over an arm's n units and s the sample (co)variances,
/// `var(R) = (s_yy - 2 R s_xy + R^2 s_xx) / (n mean_x^2)`; the difference is tested by Welch's t with these variances (Deng, Knoblich and
/// Lu, "Applying the delta method in metric analytics", 2018). The relative interval is on the log scale, as in tea-tasting.
///
/// Units must be independent and every denominator's mean well away from zero: with a handful of conversions under a CPA use
/// [`fieller`](super::fieller). About 14 days or 30 users per arm are needed for the level to hold.
///
/// Differences are in the unit of the ratio, the relative one without unit. It misleads on units that are not independent, such as
/// impressions of one person or hours of one day.
///
/// ```
/// use adbrain_core::stats::{ratio::compare, two_sample::CrossSummary};
/// let control = CrossSummary::of(&[900.0, 1100.0, 1000.0], &[9.0, 12.0, 10.0])?;
/// let treatment = CrossSummary::of(&[1000.0, 950.0, 1050.0], &[15.0, 13.0, 17.0])?;
/// let found = compare(&control, &treatment, 0.95)?;
/// assert!((found.treatment - 0.015).abs() < 1e-12 && found.relative?.estimate > 0.4);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::OneValue`]; [`Undefined::DenominatorNearZero`] where a denominator's mean cannot be told from zero
/// at this level, as in [`fieller`](super::fieller); [`Undefined::NoSpread`] where neither ratio varies; a level outside 0..1.
pub fn compare(control: &RatioUnits, treatment: &RatioUnits, level: f64) -> Defined<RatioComparison> {
    of_measured(&Measured::ratio_at(control, level)?, &Measured::ratio_at(treatment, level)?, level)
}

pub(in crate::stats) fn of_measured(control: &Measured, treatment: &Measured, level: f64) -> Defined<RatioComparison> {
    let test = difference(control, treatment).at(level, "delta_welch_t", units(control, treatment))?;
    Ok(RatioComparison {
        control: control.value,
        treatment: treatment.value,
        errors: [libm::sqrt(control.variance), libm::sqrt(treatment.variance)],
        p_normal: p_of_tail(normal_two_sided(test.t)),
        relative: relative(control, treatment, level),
        test,
    })
}

/// The difference of two arms' ratios as growthbook's gbstats has it: [`compare`]'s test alone, in the unit of the ratios.
///
/// R = mean(y) / mean(x) of an arm, `var(R) = (s_yy - 2 R s_xy + R^2 s_xx) / (n mean_x^2)` with n the units and s the sample
/// (co)variances; t = (Rt - Rc) / sqrt(var(Rt) + var(Rc)) at Welch's degrees of freedom (Deng, Knoblich and Lu, 2018; Welch, 1947). It
/// assumes what [`compare`] does, and misleads where that does.
///
/// # Errors
/// As [`compare`].
pub fn compare_absolute(control: &RatioUnits, treatment: &RatioUnits, level: f64) -> Defined<MeanTest> {
    let (control, treatment) = (Measured::ratio_at(control, level)?, Measured::ratio_at(treatment, level)?);
    difference(&control, &treatment).at(level, "delta_welch_t", units(&control, &treatment))
}

/// The relative difference (Rt - Rc) / |Rc| of two arms with a symmetric interval, as growthbook's gbstats has it: its variance is
/// `var(Rt) / Rc^2 + var(Rc) Rt^2 / Rc^4`, R and var(R) as in [`compare`], its degrees of freedom are Welch's of the two ratios (Deng,
/// Knoblich and Lu, 2018; Welch, 1947). Without unit: 0.1 means 10 %.
///
/// Symmetric intervals miss more often on one side where control is noisy; [`compare`] has the log scale.
///
/// # Errors
/// As [`compare`], and [`Undefined::ZeroBaseline`] where control's ratio is zero.
pub fn compare_relative(control: &RatioUnits, treatment: &RatioUnits, level: f64) -> Defined<MeanTest> {
    let (control, treatment) = (Measured::ratio_at(control, level)?, Measured::ratio_at(treatment, level)?);
    if control.value.abs() <= 0.0 {
        return Err(Undefined::ZeroBaseline);
    }
    let square = control.value * control.value;
    let variance =
        treatment.variance / square + control.variance * (treatment.value * treatment.value / square) / square;
    let estimate = (treatment.value - control.value) / control.value.abs();
    Tested { estimate, variance, ..difference(&control, &treatment) }.at(
        level,
        "delta_relative_t",
        units(&control, &treatment),
    )
}

fn difference(control: &Measured, treatment: &Measured) -> Tested {
    let degrees =
        welch_degrees([control.variance, treatment.variance], [control.units_less_one(), treatment.units_less_one()]);
    Tested { estimate: treatment.value - control.value, variance: control.variance + treatment.variance, degrees }
}

fn units(control: &Measured, treatment: &Measured) -> u64 {
    control.units.saturating_add(treatment.units)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTROL: [[f64; 5]; 2] = [[9.0, 4.0, 7.0, 6.0, 4.0], [4.0, 1.0, 4.0, 2.0, 2.0]];
    const TREATMENT: [[f64; 5]; 2] = [[3.0, 4.0, 6.0, 6.0, 5.0], [0.0, 1.0, 3.0, 3.0, 0.0]];

    fn units_of(arm: [[f64; 5]; 2]) -> CrossSummary {
        CrossSummary::of(&arm[0], &arm[1]).unwrap()
    }

    #[test]
    fn a_comparison_is_that_of_tea_tasting() {
        let found = compare(&units_of(CONTROL), &units_of(TREATMENT), 0.95).unwrap();
        let relative = found.relative.unwrap();
        for (ours, theirs) in [
            (found.control, 0.433_333_333_333_333_35),
            (found.test.difference.low, -0.455_050_194_961_021_67),
            (found.test.difference.high, 0.171_716_861_627_688_34),
            (found.test.p_value, 0.305_699_404_251_993_5),
            (found.errors[1], 0.114_537_290_833_650_97),
            (found.p_normal, 0.259_366_652_365_455_75),
            (relative.low, -0.769_885_289_408_884_6),
            (relative.high, 0.968_724_829_520_697_4),
        ] {
            assert!((ours - theirs).abs() < 1e-7 * theirs.abs(), "{ours} is not {theirs}");
        }
    }

    #[test]
    fn swapping_the_arms_mirrors_the_difference_and_inverts_the_ratio() {
        let (ours, swapped) = (
            compare(&units_of(CONTROL), &units_of(TREATMENT), 0.9).unwrap(),
            compare(&units_of(TREATMENT), &units_of(CONTROL), 0.9).unwrap(),
        );
        assert!((ours.test.difference.low + swapped.test.difference.high).abs() < 1e-12);
        let (relative, inverse) = (ours.relative.unwrap(), swapped.relative.unwrap());
        assert!(((1.0 + relative.low) * (1.0 + inverse.high) - 1.0).abs() < 1e-12);
        assert!(relative.holds(relative.estimate) && ours.test.difference.holds(ours.test.difference.estimate));
    }

    #[test]
    fn negative_ratios_are_relative_to_their_size() {
        let negative = |arm: [[f64; 5]; 2]| units_of([arm[0], arm[1].map(|y| -y)]);
        let (plus, minus) = (
            compare(&units_of(CONTROL), &units_of(TREATMENT), 0.9).unwrap().relative.unwrap(),
            compare(&negative(CONTROL), &negative(TREATMENT), 0.9).unwrap().relative.unwrap(),
        );
        assert!((plus.estimate + minus.estimate).abs() < 1e-14 && (plus.low + minus.high).abs() < 1e-14);
        let found = compare_relative(&negative(CONTROL), &negative(TREATMENT), 0.9).unwrap();
        assert!(found.difference.estimate > 0.0);
    }

    #[test]
    fn arms_without_an_answer_say_why() {
        let reason = |x: &[f64], y: &[f64]| {
            let arm = CrossSummary::of(x, y).unwrap();
            compare(&arm, &arm, 0.95).unwrap_err()
        };
        assert_eq!(reason(&[], &[]), Undefined::Empty);
        assert_eq!(reason(&[1.0], &[1.0]), Undefined::OneValue);
        assert_eq!(reason(&[0.0, 0.0], &[1.0, 2.0]), Undefined::DenominatorNearZero);
        assert_eq!(reason(&[1.0, -1.0, 2.0, -2.0, 0.1], &[1.0, 2.0, 3.0, 4.0, 5.0]), Undefined::DenominatorNearZero);
        assert_eq!(reason(&[11.0, 12.0, 13.0], &[22.0, 24.0, 26.0]), Undefined::NoSpread);
        let flat = CrossSummary::of(&[11.0, 12.0, 13.0], &[0.0, 0.0, 0.0]).unwrap();
        let found = compare(&flat, &units_of(CONTROL), 0.95).unwrap();
        assert_eq!(found.relative, Err(Undefined::ZeroBaseline));
    }
}
