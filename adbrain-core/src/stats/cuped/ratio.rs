//! CUPED for ratios.

use super::{Arm, Cuped, Measured, Spread};
use crate::stats::two_sample::CrossSummary;
use crate::stats::{Defined, Undefined};

/// One arm's units of a ratio and of the same or another ratio before the test. Parts merge to the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CupedUnits {
    ratio: CrossSummary,
    before: CrossSummary,
    /// Numerator with the numerator and the denominator before, then the denominator with both.
    mixed: [CrossSummary; 4],
}

impl CupedUnits {
    /// Units by numerator and denominator, `[y, x]`, during the test and before it; one value per unit in each, in one order. It sums
    /// what [`cuped_ratio`] needs (Deng and others, 2013): means, variances and covariances of the four.
    ///
    /// # Errors
    /// [`Undefined::Input`] for lists of different lengths, [`Undefined::NotFinite`] for a value that is NaN or infinite.
    pub fn of([y, x]: [&[f64]; 2], [y_before, x_before]: [&[f64]; 2]) -> Defined<Self> {
        let pair = CrossSummary::of;
        Ok(Self {
            ratio: pair(x, y)?,
            before: pair(x_before, y_before)?,
            mixed: [pair(y, y_before)?, pair(y, x_before)?, pair(x, y_before)?, pair(x, x_before)?],
        })
    }

    /// The units of both together, each sum by [`CrossSummary::merge`] (Chan, Golub and `LeVeque`, 1979). No unit may be in both.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let mut mixed = self.mixed;
        for (ours, theirs) in mixed.iter_mut().zip(&other.mixed) {
            *ours = ours.merge(theirs);
        }
        Self { ratio: self.ratio.merge(&other.ratio), before: self.before.merge(&other.before), mixed }
    }

    /// The two ratios and their (co)variances per unit by the delta method.
    fn arm(&self) -> Defined<Arm> {
        let (value, y) = linear(&self.ratio)?;
        let (covariate, x) = linear(&self.before)?;
        let [yy, yx, xy, xx] =
            [0, 1, 2, 3].map(|at| self.mixed.get(at).map_or(Err(Undefined::Empty), CrossSummary::covariance));
        let common = yy? - yx? * covariate - xy? * value + xx? * value * covariate;
        let spread = Spread { y, x, xy: common / self.ratio.mean_x / self.before.mean_x };
        Ok(Arm { value, covariate, spread, units: self.ratio.n })
    }
}

/// A ratio and its variance per unit: `(s_yy - 2 R s_xy + R^2 s_xx) / mean_x^2`.
fn linear(pairs: &CrossSummary) -> Defined<(f64, f64)> {
    let measured = Measured::ratio(pairs)?;
    Ok((measured.value, measured.variance * pairs.n as f64))
}

/// Compares two ratios after taking out a ratio that was measured on the same units before the test.
///
/// The ratios are made linear by the delta method: with R and Q the ratio now and before,
/// `cov(R, Q) = (s_yy' - Q s_yx' - R s_xy' + R Q s_xx') / (mean_x mean_x')`, the dash for before. theta = cov / var(Q) over both arms
/// together; an arm's adjusted ratio is `R - theta (Q - Q of all)`, its variance `(var(R) - 2 theta cov + theta^2 var(Q)) / n`; then
/// Welch's t (Deng and others, 2013, and Deng, Knoblich and Lu, 2018; as in tea-tasting). Units need a denominator before the test; the
/// assumptions are those of [`cuped_mean`](super::cuped_mean) and [`compare`](crate::stats::ratio::compare).
///
/// Differences are in the unit of the ratio. It misleads with few units, and where a ratio before the test has a denominator near zero.
///
/// # Errors
/// As those two.
pub fn cuped_ratio(control: &CupedUnits, treatment: &CupedUnits, level: f64) -> Defined<Cuped> {
    for arm in [control, treatment] {
        Measured::ratio_at(&arm.ratio, level)?;
    }
    super::compare(&control.arm()?, &treatment.arm()?, &control.merge(treatment).arm()?, level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::ratio::compare;

    const Y: [f64; 6] = [4.0, 1.0, 4.0, 2.0, 2.0, 3.0];
    const X: [f64; 6] = [9.0, 4.0, 7.0, 6.0, 4.0, 5.0];
    const Y_BEFORE: [f64; 6] = [3.0, 1.0, 5.0, 2.0, 1.0, 2.0];
    const X_BEFORE: [f64; 6] = [8.0, 5.0, 7.0, 6.0, 5.0, 4.0];
    const Y2: [f64; 6] = [5.0, 2.0, 3.0, 2.0, 4.0, 4.0];
    // tea_tasting.RatioOfMeans: control, treatment, p value, lower end.
    const TEA_TASTING: [f64; 4] =
        [0.469_073_891_625_615_75, 0.559_497_536_945_813, 0.346_427_993_495_331, -0.123_014_846_403_115_19];

    #[test]
    fn an_adjusted_ratio_is_that_of_tea_tasting() {
        let control = CupedUnits::of([&Y, &X], [&Y_BEFORE, &X_BEFORE]).unwrap();
        let treatment = CupedUnits::of([&Y2, &X], [&Y, &X_BEFORE]).unwrap();
        let found = cuped_ratio(&control, &treatment, 0.95).unwrap();
        for (ours, theirs) in TEA_TASTING.into_iter().zip([
            found.adjusted.control,
            found.adjusted.treatment,
            found.adjusted.test.p_value,
            found.adjusted.test.difference.low,
        ]) {
            assert!((ours - theirs).abs() < 1e-9 * theirs.abs(), "{theirs} is not {ours}");
        }
    }

    #[test]
    fn a_constant_ratio_before_changes_nothing_and_halves_merge() {
        let units = |y: &[f64], x: &[f64]| CupedUnits::of([y, x], [x, x]).unwrap();
        let (control, treatment) = (units(&Y, &X), units(&Y2, &X));
        let plain = compare(&control.ratio, &treatment.ratio, 0.9).unwrap();
        assert_eq!(cuped_ratio(&control, &treatment, 0.9).unwrap().adjusted, plain);
        let merged = units(&Y[..2], &X[..2]).merge(&units(&Y[2..], &X[2..]));
        let halves = cuped_ratio(&merged, &treatment, 0.9).unwrap().adjusted;
        assert!((halves.test.p_value - plain.test.p_value).abs() < 1e-12);
    }
}
