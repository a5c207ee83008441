//! Effect sizes without units.

use super::two_sample::Summary;
use super::{Defined, Undefined};

/// Cohen's d: the difference of means, treatment less control, over the pooled standard deviation, d = (m2 - m1) / s with s^2 =
/// `(m2_1 + m2_2) / (n1 + n2 - 2)` (Cohen, "Statistical power analysis for the behavioral sciences", 1988). m1 and m2 are the means of
/// control and treatment, `m2_1` and `m2_2` their sums of squared deviations, n their values; d is without unit and counts standard
/// deviations.
///
/// Assumes equal variances and independent values. On rare events it says little: a conversion lift of 119 % has d = 0.07. Judge ads by
/// money or by the relative difference. In small samples it is too large; see [`hedges_g`].
///
/// ```
/// use adbrain_core::stats::{effect::cohen_d, two_sample::Summary};
/// let (control, treatment) = (Summary::of(&[1.0, 2.0, 3.0])?, Summary::of(&[2.0, 3.0, 4.0])?);
/// assert_eq!(cohen_d(&control, &treatment)?, 1.0);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::OneValue`] below two values in an arm, [`Undefined::NoSpread`], [`Undefined::NotFinite`].
pub fn cohen_d(control: &Summary, treatment: &Summary) -> Defined<f64> {
    control.spread()?;
    treatment.spread()?;
    let pooled = (control.m2 + treatment.m2) / pooled_degrees(control, treatment);
    over_deviation(control, treatment, pooled)
}

/// Cohen's d over the mean of the two variances, d = (m2 - m1) / s with s^2 = (s1^2 + s2^2) / 2, which a large arm does not dominate; m
/// the means, s1 and s2 the standard deviations, 2 the treatment (Cohen, 1988, 2.3). Without unit. What [`cohen_d`] says about rare
/// events and small samples holds here too.
///
/// # Errors
/// As [`cohen_d`].
pub fn cohen_d_average(control: &Summary, treatment: &Summary) -> Defined<f64> {
    over_deviation(control, treatment, f64::midpoint(control.spread()?, treatment.spread()?))
}

/// Glass's delta: the difference over the control's standard deviation, for a treatment that changes the spread too (Glass,
/// "Primary, secondary, and meta-analysis of research", 1976).
///
/// d = (m2 - m1) / s1, m the means, s1 the control's standard deviation with n - 1; without unit. Assumes independent values. It misleads
/// where the control is small, as its spread alone is the measure.
///
/// # Errors
/// As [`cohen_d`]; [`Undefined::NoSpread`] where the control has none.
pub fn glass_delta(control: &Summary, treatment: &Summary) -> Defined<f64> {
    if treatment.n == 0 {
        return Err(Undefined::Empty);
    }
    over_deviation(control, treatment, control.spread()?)
}

/// Hedges' g: d without its bias in small samples, g = d J with J = gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2)) and
/// m = n1 + n2 - 2 (Hedges, "Distribution theory for Glass's estimator of effect size and related estimators", 1981).
///
/// Without unit. Assumes normal values with equal variances; on rare events it says as little as d.
///
/// # Errors
/// As [`cohen_d`].
pub fn hedges_g(control: &Summary, treatment: &Summary) -> Defined<f64> {
    Ok(cohen_d(control, treatment)? * hedges_factor(pooled_degrees(control, treatment)))
}

/// Hedges' g with the usual approximation of its factor, g = d (1 - 3 / (4 m - 1)), d Cohen's and m = n1 + n2 - 2 (Hedges, 1981). Without
/// unit. The factor is off by less than 0.001 from m = 10 on; [`hedges_g`] is exact. Assumes equal variances.
///
/// # Errors
/// As [`cohen_d`].
pub fn hedges_g_approximate(control: &Summary, treatment: &Summary) -> Defined<f64> {
    Ok(cohen_d(control, treatment)? * (1.0 - 3.0 / (4.0 * pooled_degrees(control, treatment) - 1.0)))
}

/// Cohen's h for two shares from 0 to 1: 2 asin(sqrt(p2)) - 2 asin(sqrt(p1)), treatment less control (Cohen, 1988). Equal steps of h
/// are equally easy to find at any base rate.
///
/// p1 and p2 are the shares, the answer is an angle of -pi to pi. It takes shares as known: with few trials it is noise, and zero of few
/// counts as a true zero.
///
/// # Errors
/// [`Undefined::Input`] for a share outside 0..1, [`Undefined::NotFinite`].
pub fn cohen_h(control: f64, treatment: f64) -> Defined<f64> {
    Ok(angle(treatment)? - angle(control)?)
}

fn angle(share: f64) -> Defined<f64> {
    if !share.is_finite() {
        return Err(Undefined::NotFinite);
    }
    if !(0.0..=1.0).contains(&share) {
        return Err(Undefined::Input { field: "share", problem: "must lie between 0 and 1" });
    }
    Ok(2.0 * libm::asin(libm::sqrt(share)))
}

fn over_deviation(control: &Summary, treatment: &Summary, variance: f64) -> Defined<f64> {
    let found = control.difference_to(treatment) / libm::sqrt(variance);
    match variance {
        _ if found.is_finite() => Ok(found),
        variance if variance > 0.0 => Err(Undefined::NotFinite),
        _ => Err(Undefined::NoSpread),
    }
}

fn pooled_degrees(control: &Summary, treatment: &Summary) -> f64 {
    control.n as f64 + treatment.n as f64 - 2.0
}

/// J(m) for m >= 2: the ratio gamma(x + 1/2) / gamma(x) at x = (m - 1) / 2, over sqrt(m / 2). The ratio is its expansion in 1 / x (Tricomi
/// and Erdelyi, "The asymptotic expansion of a ratio of gamma functions", 1951) once x is moved above 25 by its recurrence.
fn hedges_factor(m: f64) -> f64 {
    const TERMS: [f64; 8] = [
        39_325.0 / 33_554_432.0,
        869.0 / 4_194_304.0,
        -399.0 / 262_144.0,
        -21.0 / 32_768.0,
        5.0 / 1024.0,
        1.0 / 128.0,
        -1.0 / 8.0,
        1.0,
    ];
    let (mut x, mut moved) = ((m - 1.0) / 2.0, 1.0);
    while x < 25.0 {
        moved *= x / (x + 0.5);
        x += 1.0;
    }
    let series = TERMS.iter().fold(0.0, |sum, term| sum / x + term);
    moved * series * libm::sqrt(x / (m / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() <= 1e-12 * theirs.abs(), "{ours} is not {theirs}");
    }

    // The numbers of the next two tests are written by tests/golden/make_stats.py.
    #[test]
    fn effect_sizes_are_those_of_numpy() {
        let a = Summary::of(&[2.1, 1.4, 3.3, 2.8, 1.9, 2.2, 4.1]).unwrap();
        let b = Summary::of(&[1.2, 0.8, 1.9, 1.1, 2.4]).unwrap();
        close(cohen_d(&b, &a).unwrap(), 1.288_416_483_104_713_1);
        close(hedges_g_approximate(&b, &a).unwrap(), 1.189_307_522_865_889_1);
        close(cohen_h(0.2, 0.3).unwrap(), 0.231_984_262_725_796_3);
    }

    #[test]
    fn the_factor_of_hedges_is_exact_for_few_and_many_values() {
        // mpmath, 30 digits.
        for (m, factor) in [
            (2.0, 0.564_189_583_547_756_3),
            (6.0, 0.868_626_687_827_413_2),
            (25.0, 0.969_645_579_616_508_6),
            (1e6, 0.999_999_249_999_781_2),
        ] {
            close(hedges_factor(m), factor);
        }
    }

    #[test]
    fn effects_without_spread_or_size_say_why() {
        let (one, flat, wide) = (Summary::new(1, 1.0, 0.0), Summary::new(3, 1.0, 0.0), Summary::new(3, 2.0, 1.0));
        assert_eq!(cohen_d(&one, &wide), Err(Undefined::OneValue));
        assert_eq!(cohen_d(&flat, &flat), Err(Undefined::NoSpread));
        assert_eq!(glass_delta(&flat, &wide), Err(Undefined::NoSpread));
        assert!(glass_delta(&wide, &one).is_ok() && cohen_h(-0.1, 0.5).unwrap_err().is_input());
    }
}
