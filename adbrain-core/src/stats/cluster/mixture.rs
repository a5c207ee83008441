//! A mixture of normals with independent columns: how likely a row belongs to each cluster.

use serde::{Deserialize, Serialize};

use super::kmeans::KMeans;
use super::points::Points;
use crate::stats::{Defined, Undefined};

/// How to fit a mixture.
///
/// ```
/// use adbrain_core::stats::cluster::MixtureOptions;
/// assert_eq!(MixtureOptions::default(), MixtureOptions { steps: 200, tolerance: 1e-6, least_variance: 1e-2 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureOptions {
    /// The most steps.
    pub steps: u32,
    /// It ends where the mean log-likelihood of a row rises by no more than this.
    pub tolerance: f64,
    /// No variance of a component is below this, in squared units of the columns: a column that is constant within a cluster would
    /// otherwise make it infinitely likely. The default suits columns with a spread near 1.
    pub least_variance: f64,
}

impl Default for MixtureOptions {
    fn default() -> Self {
        Self { steps: 200, tolerance: 1e-6, least_variance: 1e-2 }
    }
}

/// One normal of a mixture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its share of all weight.
    pub share: f64,
    /// The mean of each column.
    pub means: Vec<f64>,
    /// The variance of each column.
    pub variances: Vec<f64>,
}

/// A mixture of normals with independent columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mixture {
    /// One component per cluster that it was started from, in their order.
    pub components: Vec<Component>,
    /// The weighted log-likelihood of the rows that it was fitted to.
    pub log_likelihood: f64,
    /// Bayes' information criterion, less is better: -2 log-likelihood + p ln n, where p counts shares, means and variances and n is the
    /// weight of all rows (Schwarz, "Estimating the dimension of a model", 1978).
    pub bic: f64,
    /// How many steps it took.
    pub steps: u32,
}

/// Fits a mixture by expectation and maximisation, started from clusters (Dempster, Laird and Rubin, "Maximum likelihood from incomplete
/// data via the EM algorithm", 1977). Unknown numbers are left out of the density of their row.
///
/// Columns are taken for independent within a component: a full covariance has d (d + 1) / 2 numbers, more than the people of a small
/// cluster can tell.
///
/// The density is the sum over components of share times the product of normal densities of the columns; each step raises the weighted
/// log-likelihood, to a local maximum near the start. Means are in the units of the columns. It misleads where columns hang together
/// within a cluster: then one cluster is split.
///
/// ```
/// use adbrain_core::stats::cluster::{KMeansOptions, MixtureOptions, Points, kmeans, mixture};
/// let points = Points::new(&[0.0, 0.3, 0.6, 5.0, 5.3, 5.6], 1, None)?;
/// let found = mixture(&points, &kmeans(&points, 2, &KMeansOptions::default())?, &MixtureOptions::default())?;
/// let middle = found.membership(&[2.8])?;
/// assert!((middle.iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] for clusters of other points or a least variance that is not above zero.
pub fn mixture(points: &Points, start: &KMeans, options: &MixtureOptions) -> Defined<Mixture> {
    if start.labels.len() != points.rows() || start.centres.iter().any(|centre| centre.len() != points.width()) {
        return Err(Undefined::Input { field: "start", problem: "must be clusters of the same points" });
    }
    if !(options.least_variance > 0.0 && options.least_variance.is_finite()) {
        return Err(Undefined::Input { field: "least_variance", problem: "must be above zero" });
    }
    let mut components = maximise(points, start.centres.len(), options, |row, memberships| {
        let own = start.labels.get(row).copied().unwrap_or(0) as usize;
        memberships.iter_mut().enumerate().for_each(|(at, share)| *share = f64::from(u8::from(at == own)));
    });
    let (mut log_likelihood, mut steps) = (f64::NEG_INFINITY, 0);
    loop {
        let (better, now) = step(points, &components, options);
        let is_still = now - log_likelihood <= options.tolerance * points.weight();
        log_likelihood = now;
        if is_still || steps >= options.steps {
            break;
        }
        (components, steps) = (better, steps + 1);
    }
    let numbers = components.len() * (2 * points.width() + 1) - 1;
    let bic = numbers as f64 * libm::log(points.weight()) - 2.0 * log_likelihood;
    Ok(Mixture { components, log_likelihood, bic, steps })
}

/// The components after one step, and the log-likelihood of those before it.
fn step(points: &Points, components: &[Component], options: &MixtureOptions) -> (Vec<Component>, f64) {
    let densities = Densities::new(components);
    let (mut values, mut log_likelihood) = (vec![0.0; points.width()], 0.0);
    let better = maximise(points, components.len(), options, |row, memberships| {
        points.copy_row(row, &mut values);
        let weight = points.weights().get(row).copied().unwrap_or(0.0);
        log_likelihood += weight * densities.membership(&values, memberships);
    });
    (better, log_likelihood)
}

impl Mixture {
    /// The probability of each component for a row; NaN for a number that is not known.
    ///
    /// `w_i f_i(x)` over the sum of these, w the components' weights and f their normal densities over the known numbers of the row
    /// (Dempster, Laird and Rubin, 1977). They add up to 1, also for a row that is far from every component: a high one is no sign that
    /// it fits.
    ///
    /// # Errors
    /// [`Undefined::Input`] for a row of another width or without a known number, [`Undefined::NotFinite`] for an infinite number.
    pub fn membership(&self, row: &[f64]) -> Defined<Vec<f64>> {
        if self.components.iter().any(|component| component.means.len() != row.len()) {
            return Err(Undefined::Input { field: "row", problem: "must be as wide as the components" });
        }
        if row.iter().any(|value| value.is_infinite()) {
            return Err(Undefined::NotFinite);
        }
        if row.iter().all(|value| value.is_nan()) {
            return Err(Undefined::Input { field: "row", problem: "must have a known number" });
        }
        let mut memberships = vec![0.0; self.components.len()];
        Densities::new(&self.components).membership(row, &mut memberships);
        Ok(memberships)
    }
}

/// Sums of one component: weight, and per column the weight, the sum and the sum of squares of known numbers.
#[derive(Clone)]
struct Sums {
    weight: f64,
    columns: Vec<[f64; 3]>,
}

/// The components that fit best if rows belong to them by the shares that `memberships` fills in.
fn maximise(
    points: &Points,
    k: usize,
    options: &MixtureOptions,
    mut memberships: impl FnMut(usize, &mut [f64]),
) -> Vec<Component> {
    let mut sums = vec![Sums { weight: 0.0, columns: vec![[0.0; 3]; points.width()] }; k];
    let mut shares = vec![0.0; k];
    for (row, weight) in points.weights().iter().enumerate() {
        memberships(row, &mut shares);
        for (sums, share) in sums.iter_mut().zip(&shares).filter(|(_, share)| **share > 0.0) {
            sums.weight += weight * share;
            for (column, (sums, value)) in sums.columns.iter_mut().zip(points.row(row)).enumerate() {
                let known = points.mask(row).and_then(|known| known.get(column)).copied().unwrap_or(1.0);
                let weight = weight * share * known;
                *sums = [sums[0] + weight, sums[1] + weight * value, sums[2] + weight * value * value];
            }
        }
    }
    sums.iter().map(|sums| component(points, sums, options.least_variance)).collect()
}

fn component(points: &Points, sums: &Sums, least: f64) -> Component {
    let moments = |[weight, sum, squares]: &[f64; 3]| {
        if *weight > 0.0 {
            return (sum / weight, (squares / weight - (sum / weight) * (sum / weight)).max(least));
        }
        // A column that no row of the component knows has the mean of all and says little.
        (0.0, points.mean_variance().max(least))
    };
    let (means, variances): (Vec<f64>, Vec<f64>) = sums.columns.iter().map(moments).unzip();
    Component { share: sums.weight / points.weight(), means: points.outward(&means), variances }
}

/// Components ready to be asked: per component the logarithm of its share, and per column mean, half the inverse variance and the
/// logarithm of the density at the mean.
struct Densities(Vec<(f64, Vec<[f64; 3]>)>);

impl Densities {
    fn new(components: &[Component]) -> Self {
        let column = |(mean, variance): (&f64, &f64)| {
            [*mean, 0.5 / variance, -0.5 * libm::log(2.0 * std::f64::consts::PI * variance)]
        };
        let ready = |component: &Component| {
            let columns = component.means.iter().zip(&component.variances).map(column).collect();
            (libm::log(component.share), columns)
        };
        Self(components.iter().map(ready).collect())
    }

    /// Fills in the probability of each component and gives the logarithm of the density of the row.
    fn membership(&self, row: &[f64], memberships: &mut [f64]) -> f64 {
        for (log, (share, columns)) in memberships.iter_mut().zip(&self.0) {
            let known = columns.iter().zip(row).filter(|(_, value)| !value.is_nan());
            *log = known
                .fold(*share, |log, ([mean, half, peak], value)| log + peak - half * (value - mean) * (value - mean));
        }
        let most = memberships.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for log in memberships.iter_mut() {
            *log = libm::exp(*log - most);
        }
        let sum: f64 = memberships.iter().sum();
        for share in memberships.iter_mut() {
            *share /= sum;
        }
        most + libm::log(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::cluster::{KMeansOptions, kmeans};
    use crate::stats::random::Random;

    /// Two overlapping clouds: three quarters around 0 with deviation 1, a quarter around 3 with deviation 0.5, in both columns.
    fn clouds(rows: usize) -> Vec<f64> {
        let mut luck = Random::at(21, &[]);
        let row = |at: usize| if at.is_multiple_of(4) { (3.0, 0.5) } else { (0.0, 1.0) };
        (0..2 * rows).map(|at| row(at / 2)).map(|(mean, deviation)| mean + deviation * luck.normal()).collect()
    }

    fn fitted(values: &[f64], weights: Option<&[f64]>) -> Mixture {
        let points = Points::new(values, 2, weights).unwrap();
        let start = kmeans(&points, 2, &KMeansOptions::default()).unwrap();
        let mut found =
            mixture(&points, &start, &MixtureOptions { tolerance: 1e-9, ..MixtureOptions::default() }).unwrap();
        found.components.sort_by(|a, b| b.share.total_cmp(&a.share));
        found
    }

    #[test]
    fn shares_means_and_variances_of_overlapping_clouds_are_found_again() {
        let found = fitted(&clouds(20_000), None);
        for (component, (share, mean, variance)) in found.components.iter().zip([(0.75, 0.0, 1.0), (0.25, 3.0, 0.25)]) {
            assert!((component.share - share).abs() < 0.01, "{component:?}");
            assert!(component.means.iter().all(|found| (found - mean).abs() < 0.03), "{component:?}");
            assert!(component.variances.iter().all(|found| (found / variance - 1.0).abs() < 0.05), "{component:?}");
        }
    }

    #[test]
    fn membership_is_bayes_rule() {
        let component = |share, mean, variance| Component { share, means: vec![mean; 2], variances: vec![variance; 2] };
        let components = vec![component(0.75, 0.0, 1.0), component(0.25, 3.0, 0.25)];
        let mixture = Mixture { components, log_likelihood: 0.0, bic: 0.0, steps: 0 };
        // 0.75 exp(-x^2 / 2) against 0.25 * 2 exp(-2 (x - 3)^2) in the known column, x = 2: SciPy's norm.pdf.
        let found = mixture.membership(&[2.0, f64::NAN]).unwrap();
        let (first, second) = (0.75 * libm::exp(-2.0), 0.5 * libm::exp(-2.0));
        assert!((found[0] - first / (first + second)).abs() < 1e-12, "{found:?}");
        assert!(mixture.membership(&[1.0]).is_err() && mixture.membership(&[f64::NAN, f64::NAN]).is_err());
        assert_eq!(mixture.membership(&[f64::INFINITY, 0.0]), Err(Undefined::NotFinite));
        let far = mixture.membership(&[1e6, -1e6]).unwrap();
        assert!((far.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{far:?}");
    }

    #[test]
    fn a_weight_of_two_is_the_same_row_twice() {
        let values = clouds(400);
        let twice: Vec<f64> = values.iter().chain(&values[..200]).copied().collect();
        let weights: Vec<f64> = (0..400).map(|row| if row < 100 { 2.0 } else { 1.0 }).collect();
        let (doubled, weighted) = (fitted(&twice, None), fitted(&values, Some(&weights)));
        assert!((doubled.log_likelihood / weighted.log_likelihood - 1.0).abs() < 1e-6);
        assert!((doubled.bic / weighted.bic - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_constant_column_does_not_make_a_component_infinitely_likely() {
        let values: Vec<f64> = clouds(200).chunks(2).flat_map(|row| [row[0], 7.0]).collect();
        let found = fitted(&values, None);
        assert!(found.log_likelihood.is_finite());
        assert!(found.components.iter().all(|component| component.variances[1] >= 1e-2));
    }
}
