//! Fits: parameters by maximum likelihood, or drawn to a prior where there are few repeat buyers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{self, Histogram};
use super::customers::{Customer, Customers, check_spend};
use super::prior::{Prior, Shrinkage, TimeUnit};
use super::process::{PurchaseModel, PurchaseProcess};
use super::spend::SpendProcess;
use crate::error::Result;
use crate::model::{Estimate, Message};
use crate::stats::distribution::normal_quantile;
use crate::stats::newton::{Maximum, maximum};
use crate::stats::{Defined, Undefined};

/// Without a prior a fit needs at least so many repeat buyers: below, the likelihood often has no maximum.
const FEWEST_ALONE: u64 = 10;
/// A parameter whose logarithm has a larger standard error is left free by the data: its 95 % interval spans a factor of 350.
const FREE: f64 = 1.5;
/// Ends of intervals stay in what a process takes.
const ENDS: [f64; 2] = [1e-9, 1e9];

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FitOptions {
    /// Whether the fit is drawn to what is usual elsewhere; by default below 50 repeat buyers.
    pub shrinkage: Shrinkage,
    /// The unit of the customers' times, which the prior has to know; weeks by default.
    pub time_unit: TimeUnit,
}

/// What a fit rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// All customers.
    pub customers: u64,
    /// Those who bought again.
    pub repeat_buyers: u64,
}

/// A fitted purchase model.
#[derive(Debug, Clone, PartialEq)]
pub struct PurchaseFit {
    /// The model with its parameters.
    pub process: PurchaseProcess,
    /// The covariance of the logarithms of the parameters: the inverse of the observed information.
    pub covariance: [[f64; 4]; 4],
    /// The log-likelihood of the customers, without the prior.
    pub log_likelihood: f64,
    /// `maximum_likelihood` (with the weak prior that [`Shrinkage::Never`] leaves), or `maximum_a_posteriori` where the prior with a
    /// standard deviation of 1 was joined.
    pub method: &'static str,
    /// What it rests on.
    pub sample: Sample,
    /// The fit of the repeat counts.
    pub histogram: Histogram,
    /// What a reader should know before trusting it.
    pub warnings: Vec<Message>,
}

/// A fitted spend model.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendFit {
    /// The model with its parameters.
    pub process: SpendProcess,
    /// The covariance of the logarithms of the parameters.
    pub covariance: [[f64; 3]; 3],
    /// The log-likelihood of the repeat buyers' mean spends, without the prior.
    pub log_likelihood: f64,
    /// `maximum_likelihood` (with the weak prior that [`Shrinkage::Never`] leaves), or `maximum_a_posteriori` where the prior with a
    /// standard deviation of 1 was joined.
    pub method: &'static str,
    /// What it rests on; customers are those of the columns.
    pub sample: Sample,
    /// Pearson's correlation between frequency and mean spend of the repeat buyers.
    pub correlation: Option<f64>,
    /// What a reader should know before trusting it.
    pub warnings: Vec<Message>,
}

impl PurchaseFit {
    /// The parameters in their order, each with an interval at a level (0..1): normal on the logarithm, from the observed information.
    pub fn parameters(&self, level: f64) -> Vec<(&'static str, Estimate)> {
        let names = self.process.model().parameter_names();
        let intervals = estimates(self.process.parameters(), &self.covariance, level, self.method);
        names.into_iter().zip(intervals.map(|one| Estimate { sample_size: self.sample.customers, ..one })).collect()
    }
}

impl SpendFit {
    /// The parameters in their order, each with an interval at a level (0..1): normal on the logarithm, from the observed information.
    pub fn parameters(&self, level: f64) -> Vec<(&'static str, Estimate)> {
        let intervals = estimates(self.process.parameters(), &self.covariance, level, self.method);
        let sized = intervals.map(|one| Estimate { sample_size: self.sample.repeat_buyers, ..one });
        SpendProcess::PARAMETER_NAMES.into_iter().zip(sized).collect()
    }
}

fn estimates<const N: usize>(at: [f64; N], covariance: &[[f64; N]; N], level: f64, method: &str) -> [Estimate; N] {
    let z = normal_quantile(f64::midpoint(1.0, level));
    let [least, most] = ENDS;
    let mut rows = covariance.iter().enumerate();
    at.map(|value| {
        let variance = rows.next().and_then(|(i, row)| row.get(i)).copied().unwrap_or(f64::NAN);
        let factor = libm::exp(z * libm::sqrt(variance));
        let (low, high) = ((value / factor).max(least), (value * factor).min(most));
        Estimate { value, low, high, level, method: method.to_owned(), sample_size: 0, warnings: Vec::new() }
    })
}

/// Fits a purchase model to customers.
///
/// The likelihoods are those of Fader, Hardie and Lee (2005, equation 6), Batislam, Denizel and Filiztekin (2007) and Schmittlein, Morrison
/// and Colombo (1987, in the form of Fader and Hardie's note 009), with analytic first and second derivatives, maximised over the
/// logarithms of the parameters by safeguarded Newton steps. Rows are sorted and joined first, so their order changes no bit. Below 50
/// repeat buyers (see [`Shrinkage`]) the logarithms have a normal prior at CDNOW's parameters with a standard deviation of 1. Else the
/// method is called `maximum_likelihood`, and the same prior with a standard deviation of 100 is still added: it moves no digit of a
/// parameter that the data determine, and holds one that they leave free.
///
/// ```
/// use adbrain_core::predict::ltv::{Customers, FitOptions, PurchaseModel, fit_purchases};
/// let customers = Customers::new(&[2.0, 0.0, 1.0], &[20.0, 0.0, 6.5], &[30.0, 26.0, 28.0])?;
/// let fit = fit_purchases(PurchaseModel::BgNbd, &customers, &FitOptions::default())?;
/// assert_eq!(fit.method, "maximum_a_posteriori");
/// assert_eq!(fit.warnings[0].key, "value-few-repeat-buyers");
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`NotEnoughData`](crate::ErrorKind::NotEnoughData) without customers, with fewer than ten repeat buyers where nothing is shrunk, or
/// where no maximum is found.
pub fn fit_purchases(model: PurchaseModel, customers: &Customers<'_>, options: &FitOptions) -> Result<PurchaseFit> {
    let sample = sample_of(customers, customers.repeat_buyers(), options.shrinkage)?;
    let is_shrunk = options.shrinkage.applies(sample.repeat_buyers);
    let patterns = customers.patterns();
    let prior = Prior::of_purchases(model, options.time_unit, is_shrunk);
    let found = climb(starts(model, &patterns, &prior), |logs| {
        let at = logs.map(libm::exp);
        let curve = PurchaseProcess::unchecked(model, at).log_likelihood(&patterns).in_logs(&at);
        prior.added_to(curve, logs)
    })?;
    let process = PurchaseProcess::new(model, found.at.map(libm::exp))?;
    let histogram = checks::histogram(&process, &patterns);
    let mut warnings = shrunk(is_shrunk, sample.repeat_buyers);
    warnings.extend(free(&model.parameter_names(), &found));
    warnings.extend(checks::purchase_warnings(customers, &histogram));
    Ok(PurchaseFit {
        process,
        covariance: found.covariance.ok_or(Undefined::NotConverged)?,
        log_likelihood: process.log_likelihood(&patterns).value,
        method: method(is_shrunk),
        sample,
        histogram,
        warnings,
    })
}

/// Fits the spend model to the mean spends per repeat purchase, one per customer; only repeat buyers with a spend above zero count.
///
/// The likelihood is that of Fader, Hardie and Lee (2005, Journal of Marketing Research; note 025, equation 1a); the rest is as in
/// [`fit_purchases`], the weak prior of `maximum_likelihood` included. The prior of the scale v puts the mean of all customers at the mean
/// of the data.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the row of a negative or missing spend,
/// [`NotEnoughData`](crate::ErrorKind::NotEnoughData) as [`fit_purchases`], and without any repeat buyer who spent.
pub fn fit_spend(customers: &Customers<'_>, mean_spend: &[f64], options: &FitOptions) -> Result<SpendFit> {
    check_spend(mean_spend, customers)?;
    let repeat = customers.iter().zip(mean_spend).filter(|(customer, _)| customer.frequency > 0.0);
    let mut pairs: Vec<(f64, f64)> =
        repeat.filter(|(_, spend)| **spend > 0.0).map(|(customer, spend)| (customer.frequency, *spend)).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)));
    let without_spend = customers.repeat_buyers() - pairs.len() as u64;
    if pairs.is_empty() && !customers.is_empty() {
        return Err(Undefined::NothingObserved.into());
    }
    let sample = sample_of(customers, pairs.len() as u64, options.shrinkage)?;
    let is_shrunk = options.shrinkage.applies(sample.repeat_buyers);
    let (process, covariance, log_likelihood, free) = spend_maximum(&pairs, is_shrunk)?;
    let correlation = checks::correlation(&pairs);
    let mut warnings = shrunk(is_shrunk, sample.repeat_buyers);
    warnings.extend(free);
    warnings.extend(checks::spend_warnings(correlation, without_spend));
    let [_, q, _] = process.parameters();
    if q <= 1.0 {
        warnings.push(Message::new("value-spend-no-mean"));
    }
    Ok(SpendFit { process, covariance, log_likelihood, method: method(is_shrunk), sample, correlation, warnings })
}

type SpendMaximum = (SpendProcess, [[f64; 3]; 3], f64, Vec<Message>);

/// The maximum over spends sorted by frequency.
fn spend_maximum(pairs: &[(f64, f64)], is_shrunk: bool) -> Result<SpendMaximum> {
    let same: Vec<(f64, Vec<f64>)> = pairs
        .chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq())
        .filter_map(|same| Some((same.first()?.0, same.iter().map(|(_, spend)| *spend).collect())))
        .collect();
    let mean = pairs.iter().map(|(_, spend)| spend).sum::<f64>() / pairs.len() as f64;
    let prior = Prior::of_spend(mean, is_shrunk);
    let curve = |process: &SpendProcess| {
        same.iter().fold(crate::stats::newton::Curve::ZERO, |mut sum, (x, spends)| {
            sum.add(&process.log_likelihood(*x, spends), 1.0);
            sum
        })
    };
    let found = climb(vec![prior.centre], |logs| {
        let at = logs.map(libm::exp);
        prior.added_to(curve(&SpendProcess::unchecked(at)).in_logs(&at), logs)
    })?;
    let process = SpendProcess::new(found.at.map(libm::exp))?;
    let covariance = found.covariance.ok_or(Undefined::NotConverged)?;
    Ok((process, covariance, curve(&process).value, free(&SpendProcess::PARAMETER_NAMES, &found).collect()))
}

fn sample_of(customers: &Customers<'_>, repeat_buyers: u64, shrinkage: Shrinkage) -> Result<Sample> {
    if customers.is_empty() {
        return Err(Undefined::Empty.into());
    }
    if !shrinkage.applies(repeat_buyers) && repeat_buyers < FEWEST_ALONE {
        return Err(Undefined::TooFew { needed: FEWEST_ALONE }.into());
    }
    Ok(Sample { customers: customers.len() as u64, repeat_buyers })
}

/// Where the search starts: at the data's own rate, with half of the customers gone by the end; else at the prior's centre.
fn starts(model: PurchaseModel, patterns: &[(Customer, f64)], prior: &Prior<4>) -> Vec<[f64; 4]> {
    let sum = |of: fn(&Customer) -> f64| patterns.iter().map(|(customer, weight)| weight * of(customer)).sum::<f64>();
    let (purchases, time) = (sum(|customer| customer.frequency), sum(|customer| customer.age));
    let customers = patterns.iter().map(|(_, weight)| weight).sum::<f64>();
    let (rate, age) = (2.0 * (purchases + 0.5) / time, time / customers);
    let own = match model {
        PurchaseModel::BgNbd => [0.4, 0.4 / rate, 0.8, 2.0],
        PurchaseModel::MbgNbd => [0.6, 0.6 / rate, 0.8, 1.6],
        PurchaseModel::ParetoNbd => [0.6, 0.6 / rate, 0.6, 0.6 * age],
    };
    let own = own.map(libm::log);
    let usable = own.iter().all(|log| log.is_finite());
    usable.then_some(own).into_iter().chain([prior.centre]).collect()
}

/// The maximum from the first start that leads to one.
fn climb<const N: usize>(
    starts: Vec<[f64; N]>,
    work: impl Fn(&[f64; N]) -> crate::stats::newton::Curve<N>,
) -> Defined<Maximum<N>> {
    starts.into_iter().find_map(|start| maximum(start, &work).ok()).ok_or(Undefined::NotConverged)
}

fn method(is_shrunk: bool) -> &'static str {
    if is_shrunk { "maximum_a_posteriori" } else { "maximum_likelihood" }
}

fn shrunk(is_shrunk: bool, repeat_buyers: u64) -> Vec<Message> {
    let count = i64::try_from(repeat_buyers).unwrap_or(i64::MAX);
    let message = || Message::new("value-few-repeat-buyers").with("buyers", count);
    is_shrunk.then(message).into_iter().collect()
}

/// A warning for each parameter that the data leave free.
fn free<const N: usize>(names: &[&'static str; N], found: &Maximum<N>) -> impl Iterator<Item = Message> {
    let covariance = found.covariance.unwrap_or([[0.0; N]; N]);
    let rows = names.iter().zip(covariance).enumerate();
    let loose = rows.filter(|(i, (_, row))| row.get(*i).is_some_and(|variance| *variance > FREE * FREE));
    let messages: Vec<_> =
        loose.map(|(_, (name, _))| Message::new("value-parameter-free").with("parameter", *name)).collect();
    messages.into_iter()
}
