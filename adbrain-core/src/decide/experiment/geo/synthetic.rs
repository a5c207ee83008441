//! Synthetic control: one treated region against a mixture of regions that were not treated.

use super::region::{RegionSeries, check_level, check_regions, split};
use super::simplex::simplex_weights;
use crate::stats::{Defined, Interval, Undefined};

/// How the effect is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SyntheticPlan {
    /// How many of the first periods lie before the test.
    pub pre_periods: usize,
    /// The level of the interval.
    pub level: f64,
}

/// A donor's part in the synthetic region.
#[derive(Debug, Clone, PartialEq)]
pub struct DonorWeight {
    /// The region.
    pub region: String,
    /// Its weight, zero or more; all add up to one.
    pub weight: f64,
}

/// What a synthetic control has shown.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticControl {
    /// The effect summed over the test: observed minus synthetic.
    pub effect: f64,
    /// The effect relative to the synthetic region over the test; undefined where that is zero or below.
    pub lift: Defined<f64>,
    /// An interval for the summed effect from the placebo regions.
    pub interval: Defined<Interval>,
    /// Observed minus synthetic, for each period of the test.
    pub gaps: Vec<f64>,
    /// The synthetic region over all periods.
    pub synthetic: Vec<f64>,
    /// The weights of all donors, in the order given.
    pub weights: Vec<DonorWeight>,
    /// The root of the mean squared gap before the test, in units of the series.
    pub pre_error: f64,
    /// The share of the treated region's variance before the test that the synthetic one explains, below zero where a flat line does
    /// better; `None` where it has no spread. Trust nothing below some 0.8.
    pub pre_r_squared: Option<f64>,
    /// The share of regions, the treated one among them, whose error grew at least as much in the test.
    pub p_value: Defined<f64>,
}

/// Reads the effect on one treated region from a mixture of donors.
///
/// The weights minimise sum before the test of (y(t) - sum over j of w(j) x(j, t))^2 with w >= 0 and sum w = 1. The effect in the test is
/// y - sum w x (Abadie, Diamond and Hainmueller, "Synthetic control methods for comparative case studies", 2010). Each donor is then
/// treated as if it were the treated region, with the other donors; with r = root mean squared gap in the test over that before, p = the
/// share of the k + 1 regions with r at least that of the treated one, so never below 1 / (k + 1). The interval is effect +- T e q: T
/// periods, e the treated region's error before the test, q the ceil(level (k + 1))th smallest of the donors' absolute mean gaps, each
/// over its own error.
///
/// It assumes that donors feel nothing of the ads and that nothing else set the treated region apart. Both p value and interval are exact
/// only if the treated region was picked by chance; else they rank it among the donors. It misleads when the fit before the test is poor,
/// or when there are more donors than periods before the test, which fits noise.
///
/// ```
/// use adbrain_core::experiment::geo::{RegionSeries, SyntheticPlan, synthetic_control};
/// let region = |name: &str, values: [f64; 5]| RegionSeries { name: name.to_owned(), values: values.to_vec() };
/// let donors = [region("a", [1.0, 2.0, 3.0, 4.0, 5.0]), region("b", [3.0, 2.0, 3.5, 2.0, 3.0])];
/// let plan = SyntheticPlan { pre_periods: 4, level: 0.9 };
/// let found = synthetic_control(&region("treated", [2.0, 2.1, 3.2, 3.1, 9.0]), &donors, &plan)?;
/// assert!(found.effect > 4.0);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] for regions with the same name or of different lengths, a split without periods on a side, or a level outside (0,
/// 1); [`Undefined::TooFew`] below two donors or two periods before the test; [`Undefined::NotFinite`]; [`Undefined::NotConverged`].
pub fn synthetic_control(
    treated: &RegionSeries,
    donors: &[RegionSeries],
    plan: &SyntheticPlan,
) -> Defined<SyntheticControl> {
    check_regions(std::iter::once(treated).chain(donors))?;
    check_level(plan.level)?;
    if donors.len() < 2 || plan.pre_periods == 1 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    let pool: Vec<&[f64]> = donors.iter().map(|donor| donor.values.as_slice()).collect();
    let fit = Fit::of(&treated.values, &pool, plan.pre_periods)?;
    let placebos = placebos(&pool, plan.pre_periods)?;
    let effect: f64 = fit.gaps.iter().sum();
    let expected: f64 = fit.synthetic.iter().skip(plan.pre_periods).sum();
    let named = donors.iter().zip(&fit.weights);
    Ok(SyntheticControl {
        effect,
        lift: if expected > 0.0 { Ok(effect / expected) } else { Err(Undefined::DenominatorNearZero) },
        interval: interval(&fit, &placebos, plan.level),
        p_value: p_value(&fit, &placebos),
        weights: named.map(|(donor, weight)| DonorWeight { region: donor.name.clone(), weight: *weight }).collect(),
        pre_r_squared: fit.r_squared(&treated.values, plan.pre_periods),
        pre_error: fit.before,
        gaps: fit.gaps,
        synthetic: fit.synthetic,
    })
}

/// A region with its synthetic twin.
struct Fit {
    weights: Vec<f64>,
    synthetic: Vec<f64>,
    gaps: Vec<f64>,
    /// Root mean squared gap before the test.
    before: f64,
    /// The same in the test.
    after: f64,
}

impl Fit {
    fn of(target: &[f64], pool: &[&[f64]], pre_periods: usize) -> Defined<Self> {
        let (before, _) = split(target, pre_periods)?;
        let columns: Vec<&[f64]> = pool.iter().filter_map(|donor| donor.get(..pre_periods)).collect();
        let weights = simplex_weights(&columns, before)?;
        let mut synthetic = vec![0.0; target.len()];
        for (donor, weight) in pool.iter().zip(&weights) {
            synthetic.iter_mut().zip(*donor).for_each(|(sum, value)| *sum += weight * value);
        }
        let all: Vec<f64> = target.iter().zip(&synthetic).map(|(y, x)| y - x).collect();
        let (first, gaps) = split(&all, pre_periods)?;
        let root = |gaps: &[f64]| libm::sqrt(gaps.iter().map(|gap| gap * gap).sum::<f64>() / gaps.len() as f64);
        let size = root(before);
        // A gap that is rounding of the values is no gap.
        let error = root(first);
        let error = if error <= 1e-9 * size { 0.0 } else { error };
        Ok(Self { before: error, after: root(gaps), gaps: gaps.to_vec(), weights, synthetic })
    }

    fn r_squared(&self, target: &[f64], pre_periods: usize) -> Option<f64> {
        let before = target.get(..pre_periods)?;
        let mean = before.iter().sum::<f64>() / before.len() as f64;
        let spread: f64 = before.iter().map(|value| (value - mean) * (value - mean)).sum();
        (spread > 0.0).then(|| 1.0 - self.before * self.before * before.len() as f64 / spread)
    }

    /// The mean gap in the test over the error before; infinite for a perfect fit.
    fn scaled_gap(&self) -> f64 {
        libm::fabs(self.gaps.iter().sum::<f64>() / self.gaps.len() as f64) / self.before
    }
}

/// Every donor as if it had been treated.
fn placebos(pool: &[&[f64]], pre_periods: usize) -> Defined<Vec<Fit>> {
    let others = |place: usize| -> Vec<&[f64]> {
        pool.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, donor)| *donor).collect()
    };
    pool.iter().enumerate().map(|(place, donor)| Fit::of(donor, &others(place), pre_periods)).collect()
}

fn p_value(fit: &Fit, placebos: &[Fit]) -> Defined<f64> {
    if fit.before <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    // A donor that its twin fits without any error counts as extreme: the p value errs upwards.
    let extreme =
        placebos.iter().filter(|other| other.before <= 0.0 || other.after * fit.before >= fit.after * other.before);
    Ok((1 + extreme.count()) as f64 / (1 + placebos.len()) as f64)
}

fn interval(fit: &Fit, placebos: &[Fit], level: f64) -> Defined<Interval> {
    if fit.before <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    let mut scaled: Vec<f64> = placebos.iter().map(Fit::scaled_gap).collect();
    scaled.sort_by(f64::total_cmp);
    let wanted = (1..=scaled.len()).find(|rank| *rank as f64 >= level * (1 + scaled.len()) as f64 - 1e-9);
    let needed = needed_donors(level);
    let widest = wanted.and_then(|rank| scaled.get(rank - 1)).ok_or(Undefined::TooFew { needed })?;
    if !widest.is_finite() {
        return Err(Undefined::NoSpread);
    }
    let estimate: f64 = fit.gaps.iter().sum();
    let half = fit.gaps.len() as f64 * fit.before * widest;
    let (low, high) = (estimate - half, estimate + half);
    let sample_size = placebos.len() as u64;
    Ok(Interval { estimate, low, high, level, method: "synthetic_control_placebo", sample_size })
}

/// The fewest donors k with level (k + 1) <= k: 19 for 0.95.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits first")]
fn needed_donors(level: f64) -> u64 {
    libm::ceil(level / (1.0 - level) - 1e-9).clamp(1.0, 9.0e15) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    /// Regions that follow two shared factors with loadings of their own.
    fn regions(seed: u64, count: u64, lift: f64) -> Vec<RegionSeries> {
        let mut shared = Random::at(seed, &[1000]);
        let factors: Vec<[f64; 2]> = (0..50).map(|_| [shared.normal(), shared.normal()]).collect();
        let region = |place: u64| {
            let mut own = Random::at(seed, &[place]);
            let loads = [own.uniform(), own.uniform()];
            let level = 100.0 + 10.0 * own.uniform();
            let value = |(t, factor): (usize, &[f64; 2])| {
                let moved = level + 5.0 * (loads[0] * factor[0] + loads[1] * factor[1]) + own.normal();
                if place == 0 && t >= 40 { moved * (1.0 + lift) } else { moved }
            };
            let values = factors.iter().enumerate().map(value).collect();
            RegionSeries { name: format!("region {place}"), values }
        };
        (0..count).map(region).collect()
    }

    fn read(seed: u64, count: u64, lift: f64, level: f64) -> SyntheticControl {
        let all = regions(seed, count, lift);
        synthetic_control(&all[0], &all[1..], &SyntheticPlan { pre_periods: 40, level }).unwrap()
    }

    #[test]
    fn a_lift_is_found_with_the_smallest_p_value_and_held_by_the_interval() {
        let found = read(3, 30, 0.1, 0.9);
        assert_eq!(found.p_value, Ok(1.0 / 30.0));
        assert!((found.lift.unwrap() - 0.1).abs() < 0.02, "{found:?}");
        let interval = found.interval.unwrap();
        assert!(interval.low > 0.0 && interval.method == "synthetic_control_placebo", "{interval:?}");
        assert!((found.weights.iter().map(|donor| donor.weight).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(found.pre_r_squared.unwrap() > 0.5 && found.gaps.len() == 10 && found.synthetic.len() == 50);
    }

    #[test]
    fn without_a_lift_small_p_values_are_as_rare_as_they_say_and_intervals_hold_zero() {
        let all: Vec<SyntheticControl> = (0..100).map(|seed| read(seed, 20, 0.0, 0.9)).collect();
        let small = all.iter().filter(|found| found.p_value.unwrap() <= 0.2).count();
        let held = all.iter().filter(|found| found.interval.as_ref().unwrap().holds(0.0)).count();
        assert!((10..=31).contains(&small) && (82..=97).contains(&held), "{small} {held}");
    }

    #[test]
    fn too_few_donors_for_a_level_have_no_interval_and_a_perfect_fit_has_no_p_value() {
        assert_eq!(read(1, 12, 0.0, 0.95).interval, Err(Undefined::TooFew { needed: 19 }));
        let mut all = regions(2, 5, 0.0);
        all[0].values = all[1].values.clone();
        let plan = SyntheticPlan { pre_periods: 40, level: 0.5 };
        let found = synthetic_control(&all[0], &all[1..], &plan).unwrap();
        assert_eq!((found.p_value, found.interval.err()), (Err(Undefined::NoSpread), Some(Undefined::NoSpread)));
        assert!(synthetic_control(&all[0], &all[..2], &plan).unwrap_err().is_input());
        all[2].values.pop();
        assert!(synthetic_control(&all[0], &all[1..], &plan).unwrap_err().is_input());
    }

    #[test]
    fn the_order_of_donors_does_not_matter() {
        let all = regions(4, 12, 0.05);
        let plan = SyntheticPlan { pre_periods: 40, level: 0.9 };
        let forth = synthetic_control(&all[0], &all[1..], &plan).unwrap();
        let turned: Vec<RegionSeries> = all[1..].iter().rev().cloned().collect();
        let back = synthetic_control(&all[0], &turned, &plan).unwrap();
        assert!((forth.effect - back.effect).abs() < 1e-8 && forth.p_value == back.p_value);
    }
}
