//! The reach curve of a pool of people, and how the next impression's response falls along it.

use serde::{Deserialize, Serialize};

use crate::stats::{Defined, Undefined};

/// A sum over earlier impressions ends where less than this probability is left; what is left counts with its last response.
const LEFT: f64 = 1e-10;
/// The most earlier impressions that a sum goes over: a curve that needs more has worn out by any measure.
const MOST_TERMS: f64 = 20_000.0;
/// From so many impressions per head over the shape on, the sum is given by its limit.
const WORN: f64 = 300.0;
/// The click rate of the (n + 1)-th impression falls as (n + 1)^-0.43 (research of Meta on earlier exposures).
pub const USUAL_HABITUATION: f64 = 0.43;
/// The usual shape of exposure: the median of a log-normal belief, 0.5 wide in the logarithm.
pub const USUAL_SHAPE: f64 = 0.8;

/// A pool of people who see ads as gamma-Poisson processes and tire by a power of what they saw.
///
/// Symbols: N people, I impressions so far, F = I / N impressions per head, a the gamma shape of exposure (smaller is more uneven), d the
/// exponent of habituation. The number of impressions of a person is negative binomial with shape a and mean F.
///
/// ```
/// use adbrain_core::predict::saturation::Curve;
/// let curve = Curve::through(200.0, 100.0)?;
/// assert!((curve.people - 200.0).abs() < 1e-9 && (curve.reach(100.0) - 66.667).abs() < 1e-3);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// N, the people who can be reached.
    pub people: f64,
    /// a, the gamma shape of exposure; 1 gives Goerg's curve.
    pub shape: f64,
    /// d, the exponent of habituation, 0 (nobody tires) and up.
    pub habituation: f64,
}

impl Curve {
    /// Makes a curve.
    ///
    /// # Errors
    /// [`Undefined::Input`] naming `people`, `shape` or `habituation` where it is not a number above zero (zero habituation is
    /// allowed).
    pub fn new(people: f64, shape: f64, habituation: f64) -> Defined<Self> {
        positive("people", people)?;
        positive("shape", shape)?;
        if !(habituation.is_finite() && habituation >= 0.0) {
            return Err(Undefined::Input { field: "habituation", problem: "must be zero or a number above it" });
        }
        Ok(Self { people, shape, habituation })
    }

    /// Goerg's curve (a = 1) through one point: N = I R / (I - R) (Goerg, "Estimating reach curves from one data point", 2014).
    ///
    /// # Errors
    /// [`Undefined::Input`] where a value is not above zero or more people were reached than impressions shown;
    /// [`Undefined::DenominatorNearZero`] where every impression reached somebody new, so that the pool has no end in sight.
    pub fn through(impressions: f64, reach: f64) -> Defined<Self> {
        positive("impressions", impressions)?;
        positive("reach", reach)?;
        if reach > impressions {
            return Err(Undefined::Input { field: "reach", problem: "must not be above the impressions" });
        }
        if reach >= impressions {
            return Err(Undefined::DenominatorNearZero);
        }
        Self::new(impressions * reach / (impressions - reach), 1.0, USUAL_HABITUATION)
    }

    /// The people reached: R = N (1 - (1 + F / a)^-a).
    pub fn reach(&self, impressions: f64) -> f64 {
        self.people * reached(impressions / self.people, self.shape)
    }

    /// The share of the next impressions that are somebody's first: dR / dI = (1 + F / a)^-(a + 1).
    pub fn first_time_ratio(&self, impressions: f64) -> f64 {
        libm::pow(1.0 + impressions / self.people / self.shape, -(self.shape + 1.0))
    }

    /// Impressions per person reached: I / R, 1 before the first.
    pub fn frequency(&self, impressions: f64) -> f64 {
        let reach = self.reach(impressions);
        if reach > 0.0 { impressions / reach } else { 1.0 }
    }

    /// The people who saw at least `times` impressions: N times the negative binomial tail with shape a and mean F.
    pub fn reach_at_least(&self, times: u32, impressions: f64) -> f64 {
        let shown = impressions / self.people;
        let fewer: f64 = Counts::so_far(shown, self.shape).take(times as usize).sum();
        self.people * (1.0 - fewer).max(0.0)
    }

    /// The click rate of the next impression over that of a first one: S(F) = sum over n of NB(n; shape a + 1, mean F (a + 1) / a)
    /// (n + 1)^-d. The distribution is size-biased: people who see more have more of the next impressions.
    pub fn response(&self, impressions: f64) -> f64 {
        response(impressions / self.people, self.shape, &Powers::new(self.habituation, 0))
    }
}

pub(super) fn positive(field: &'static str, value: f64) -> Defined<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Undefined::Input { field, problem: "must be a number above zero" })
}

/// The share of the pool reached after F impressions per head.
pub(super) fn reached(shown: f64, shape: f64) -> f64 {
    -libm::expm1(-shape * libm::log1p(shown / shape))
}

/// The probabilities of n = 0, 1, ... impressions: a negative binomial with odds F / (a + F).
pub(super) struct Counts {
    next: f64,
    n: f64,
    /// The exponent of the negative binomial.
    heads: f64,
    odds: f64,
}

impl Counts {
    /// Of a person after F impressions per head: shape a, mean F.
    fn so_far(shown: f64, shape: f64) -> Self {
        Self::with_heads(shown, shape, shape)
    }

    /// Of the person who sees the next impression: shape a + 1, mean F (a + 1) / a.
    pub(super) fn before_the_next(shown: f64, shape: f64) -> Self {
        Self::with_heads(shown, shape, shape + 1.0)
    }

    fn with_heads(shown: f64, shape: f64, heads: f64) -> Self {
        let next = libm::exp(-heads * libm::log1p(shown / shape));
        Self { next, n: 0.0, heads, odds: shown / (shape + shown) }
    }
}

impl Iterator for Counts {
    type Item = f64;

    /// Ends after so many that only a curve worn out by any measure has more.
    fn next(&mut self) -> Option<f64> {
        let one = self.next;
        self.next *= (self.n + self.heads) / (self.n + 1.0) * self.odds;
        self.n += 1.0;
        (self.n <= MOST_TERMS).then_some(one)
    }
}

/// The responses `(n + 1)^-d` of one exponent; the first ones are kept in a table.
#[derive(Debug, Clone)]
pub(super) struct Powers {
    pub(super) habituation: f64,
    table: Vec<f64>,
}

impl Powers {
    /// Makes a table of `kept` responses.
    pub(super) fn new(habituation: f64, kept: usize) -> Self {
        let table = (1..=kept).map(|n| libm::pow(n as f64, -habituation)).collect();
        Self { habituation, table }
    }

    pub(super) fn at(&self, n: usize) -> f64 {
        self.table.get(n).copied().unwrap_or_else(|| libm::pow((n + 1) as f64, -self.habituation))
    }
}

/// S(F).
pub(super) fn response(shown: f64, shape: f64, powers: &Powers) -> f64 {
    if let Some(found) = worn(shown, shape, powers.habituation) {
        return found;
    }
    let (mut sum, mut left, mut last) = (0.0, 1.0, 1.0);
    for (n, one) in Counts::before_the_next(shown, shape).enumerate() {
        last = powers.at(n);
        sum += one * last;
        left -= one;
        if left < LEFT {
            break;
        }
    }
    sum + left.max(0.0) * last
}

/// S(F) where F / a is large: the counts are nearly gamma with shape a + 1 and scale F / a, so S = (F / a)^-d G(a + 1 - d) / G(a + 1), G the
/// gamma function; within 0.3 % of the sum there, nearer where d is small against a. None below, and where d is too near a + 1 for it.
pub(super) fn worn(shown: f64, shape: f64, habituation: f64) -> Option<f64> {
    let from = if habituation + 0.2 < shape { WORN } else { 5.0 * WORN };
    let is_worn = shown > from * shape && habituation < shape + 0.5;
    let ratio = || libm::exp(libm::lgamma(shape + 1.0 - habituation) - libm::lgamma(shape + 1.0));
    is_worn.then(|| libm::pow(shown / shape, -habituation) * ratio())
}
