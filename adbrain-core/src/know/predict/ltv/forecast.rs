//! What to expect of customers: purchases, spends, values, each customer or all together, with intervals.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::count::{Counts, Tail};
use super::customers::{Customer, Customers, check_spend};
use super::each;
use super::fit::{PurchaseFit, SpendFit};
use super::process::{Named, PurchaseModel, PurchaseProcess};
use super::spend::SpendProcess;
use crate::error::{Error, Result};
use crate::model::{Estimate, Message};
use crate::stats::distribution::{beta_cdf, normal_quantile};

/// The step of numerical derivatives in the logarithm of a parameter: errors near 1e-8 of the derivative.
const STEP: f64 = 1e-4;
/// What is left out of a distribution of counts, as a share of the tail beyond a range.
const LEFT_OUT: f64 = 0.01;
/// Halving an interval of 60 in the logarithm so often leaves less than 1e-6 of an amount.
const HALVINGS: u32 = 26;

/// Over what time, and what later money is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ValuePlan {
    /// The periods of the horizon: 12 by default.
    pub periods: u32,
    /// The length of a period in the unit of the customers' times: by default a twelfth of a year in weeks, 4.348.
    pub period: f64,
    /// What a period costs: money at its end is divided by one plus this; 0.01 by default.
    pub discount: f64,
    /// The level of intervals (0..1): 0.9 by default.
    pub level: f64,
}

impl Default for ValuePlan {
    fn default() -> Self {
        Self { periods: 12, period: 365.25 / 12.0 / 7.0, discount: 0.01, level: 0.9 }
    }
}

impl ValuePlan {
    /// The whole time.
    pub fn horizon(&self) -> f64 {
        f64::from(self.periods) * self.period
    }

    pub(super) fn check(&self) -> Result<()> {
        let bad = |field: &str, given: f64, next: &str| Err(Error::invalid(field, format!("is {given}")).next(next));
        if !(1..=1200).contains(&self.periods) {
            return bad("periods", self.periods.into(), "give 1 to 1200");
        }
        if !(self.period > 0.0 && self.horizon() <= 1e9) {
            return bad("period", self.period, "give a time above zero, all periods together up to 1e9");
        }
        if !(0.0..=10.0).contains(&self.discount) {
            return bad("discount", self.discount, "give a rate per period from 0 to 10");
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return bad("level", self.level, "give a number above 0 and below 1");
        }
        Ok(())
    }

    /// The ends of the periods with what money is worth there.
    fn ends(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let worth = 1.0 / (1.0 + self.discount);
        (1..=self.periods).scan(1.0, move |factor, period| {
            *factor *= worth;
            Some((f64::from(period) * self.period, *factor))
        })
    }
}

/// What to expect of each customer, as columns in the customers' order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forecasts {
    /// The probability to be still a customer.
    pub probability_alive: Vec<f64>,
    /// The expected purchases within the horizon.
    pub expected_purchases: Vec<f64>,
    /// The expected spend per purchase; empty without a spend model.
    pub expected_spend: Vec<f64>,
    /// The expected discounted spend within the horizon; empty without a spend model.
    pub value: Vec<f64>,
}

/// A spend model with the customers' mean spends per repeat purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending<'a> {
    /// The model.
    pub process: SpendProcess,
    /// One mean per customer.
    pub mean_spend: &'a [f64],
}

impl PurchaseProcess {
    /// [`expected_purchases`](Self::expected_purchases) of many customers, in their order.
    pub fn expected_purchases_of_each(&self, customers: &Customers<'_>, horizon: f64) -> Vec<f64> {
        match self.named() {
            Named::BetaGeometric(model) if horizon > 0.0 => each::expected(&model, customers, horizon),
            _ => customers.iter().map(|customer| self.expected_purchases(&customer, horizon)).collect(),
        }
    }
}

/// What to expect of each customer: the value is the expected spend per purchase times the sum over periods of expected purchases,
/// each discounted to the present from its period's end (Fader, Hardie and Lee, "RFM and CLV", 2005, in discrete time as Lifetimes
/// does it).
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming a wrong field of the plan or row of the spends;
/// [`NotEnoughData`](crate::ErrorKind::NotEnoughData) where the spend model has no mean for a customer (p x + q <= 1).
pub fn forecast(
    purchases: &PurchaseProcess,
    spending: Option<&Spending<'_>>,
    customers: &Customers<'_>,
    plan: &ValuePlan,
) -> Result<Forecasts> {
    plan.check()?;
    let probability_alive = customers.iter().map(|customer| purchases.probability_alive(&customer)).collect();
    let Some(spending) = spending else {
        let expected_purchases = purchases.expected_purchases_of_each(customers, plan.horizon());
        return Ok(Forecasts { probability_alive, expected_purchases, ..Forecasts::default() });
    };
    let expected_spend = spends(spending, customers)?;
    let (expected_purchases, worth) = discounted(purchases, customers, plan);
    let value = worth.iter().zip(&expected_spend).map(|(worth, spend)| worth * spend).collect();
    Ok(Forecasts { probability_alive, expected_purchases, expected_spend, value })
}

fn spends(spending: &Spending<'_>, customers: &Customers<'_>) -> Result<Vec<f64>> {
    check_spend(spending.mean_spend, customers)?;
    let rows = customers.iter().zip(spending.mean_spend);
    let found = rows.map(|(customer, mean)| spending.process.expected_spend(customer.frequency, *mean));
    found.collect::<Option<_>>().ok_or_else(no_mean)
}

fn no_mean() -> Error {
    Error::new(crate::ErrorKind::NotEnoughData, "the spend model has no finite mean").next("give more repeat buyers")
}

/// Expected purchases, whole and each discounted.
fn discounted(purchases: &PurchaseProcess, customers: &Customers<'_>, plan: &ValuePlan) -> (Vec<f64>, Vec<f64>) {
    let mut so_far = vec![0.0; customers.len()];
    let mut worth = vec![0.0; customers.len()];
    for (end, factor) in plan.ends() {
        let there = purchases.expected_purchases_of_each(customers, end);
        for ((worth, before), now) in worth.iter_mut().zip(&so_far).zip(&there) {
            *worth += factor * (now - before);
        }
        so_far = there;
    }
    (so_far, worth)
}

/// All customers together.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// The expected purchases within the horizon, with the interval of that expectation.
    pub purchases: Estimate,
    /// The expected discounted spend; none without a spend model.
    pub value: Option<Estimate>,
    /// What a reader should know before trusting them.
    pub warnings: Vec<Message>,
}

/// A fitted spend model with the customers' mean spends.
#[derive(Debug, Clone, Copy)]
pub struct FittedSpending<'a> {
    /// The fit.
    pub fit: &'a SpendFit,
    /// One mean per customer.
    pub mean_spend: &'a [f64],
}

/// The expected purchases and value of all customers, with intervals by the delta method on logarithms: the derivatives are central
/// differences in the logarithms of the parameters, the covariances those of the fits. The intervals are those of the expectation; what is
/// really bought scatters around it, by about the square root of the total.
///
/// # Errors
/// As [`forecast`].
pub fn totals(
    purchases: &PurchaseFit,
    spending: Option<&FittedSpending<'_>>,
    customers: &Customers<'_>,
    plan: &ValuePlan,
) -> Result<Totals> {
    plan.check()?;
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let bought = |process: &PurchaseProcess| sum(&process.expected_purchases_of_each(customers, plan.horizon()));
    let sized = |estimate| Estimate { sample_size: purchases.sample.customers, ..estimate };
    let variance = variance(&shares(&purchases.process, bought), &purchases.covariance);
    let total = sized(around(bought(&purchases.process), variance, plan.level));
    let value = spending.map(|spending| value_total(purchases, spending, customers, plan).map(sized)).transpose()?;
    let longest = customers.iter().fold(0.0, |most: f64, customer| most.max(customer.age));
    let is_long = plan.horizon() > 2.0 * longest;
    let warnings = is_long.then(|| Message::new("value-horizon-long")).into_iter().collect();
    Ok(Totals { purchases: total, value, warnings })
}

fn value_total(
    purchases: &PurchaseFit,
    spending: &FittedSpending<'_>,
    customers: &Customers<'_>,
    plan: &ValuePlan,
) -> Result<Estimate> {
    let each = |process: SpendProcess| spends(&Spending { process, mean_spend: spending.mean_spend }, customers);
    let expected = each(spending.fit.process)?;
    let dot = |worth: &[f64], spends: &[f64]| worth.iter().zip(spends).map(|(a, b)| a * b).sum::<f64>();
    let (_, worth) = discounted(&purchases.process, customers, plan);
    let by_purchases = shares(&purchases.process, |process| dot(&discounted(process, customers, plan).1, &expected));
    let at = spending.fit.process.parameters();
    let moved = |place: usize, factor: f64| -> Result<f64> {
        let mut parameters = at;
        scale(&mut parameters, place, factor);
        Ok(libm::log(dot(&worth, &each(SpendProcess::new(parameters)?)?)))
    };
    let mut by_spend = [0.0; 3];
    for (place, slope) in by_spend.iter_mut().enumerate() {
        *slope = (moved(place, libm::exp(STEP))? - moved(place, libm::exp(-STEP))?) / (2.0 * STEP);
    }
    let both = variance(&by_purchases, &purchases.covariance) + variance(&by_spend, &spending.fit.covariance);
    Ok(around(dot(&worth, &expected), both, plan.level))
}

fn scale<const N: usize>(parameters: &mut [f64; N], place: usize, factor: f64) {
    if let Some(parameter) = parameters.get_mut(place) {
        *parameter *= factor;
    }
}

/// The derivatives of the logarithm of a quantity by those of the parameters.
fn shares(process: &PurchaseProcess, of: impl Fn(&PurchaseProcess) -> f64) -> [f64; 4] {
    let moved = |place: usize, factor: f64| {
        let mut parameters = process.parameters();
        scale(&mut parameters, place, factor);
        libm::log(of(&PurchaseProcess::unchecked(process.model(), parameters)))
    };
    let mut found = [0.0; 4];
    for (place, slope) in found.iter_mut().enumerate() {
        *slope = (moved(place, libm::exp(STEP)) - moved(place, libm::exp(-STEP))) / (2.0 * STEP);
    }
    found
}

fn variance<const N: usize>(slopes: &[f64; N], covariance: &[[f64; N]; N]) -> f64 {
    let row = |row: &[f64; N]| row.iter().zip(slopes).map(|(entry, slope)| entry * slope).sum::<f64>();
    covariance.iter().zip(slopes).map(|(entries, slope)| slope * row(entries)).sum::<f64>().max(0.0)
}

/// An estimate with the interval of its logarithm; zero has none around it.
fn around(value: f64, variance: f64, level: f64) -> Estimate {
    let factor = libm::exp(normal_quantile(f64::midpoint(1.0, level)) * libm::sqrt(variance));
    let (low, high) = if value > 0.0 && factor.is_finite() { (value / factor, value * factor) } else { (value, value) };
    Estimate { value, low, high, level, method: "delta_log".to_owned(), sample_size: 0, warnings: Vec::new() }
}

/// What to expect of one customer, and what may really happen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomerForecast {
    /// The probability to be still a customer; the interval is that of the estimate.
    pub probability_alive: Estimate,
    /// The expected purchases within the horizon; the interval is that of the expectation.
    pub expected_purchases: Estimate,
    /// The range that holds the purchases of such a customer with at least the level's probability, ends included.
    pub purchases: [f64; 2],
}

/// What to expect of one customer within the horizon of a plan. The intervals are by the delta method from the covariance of the
/// logarithms of the parameters; the range of purchases is exact for the given parameters: their distribution is written out count by
/// count.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a wrong plan or customer;
/// [`NotEnoughData`](crate::ErrorKind::NotEnoughData) where more than 200,000 purchases are likely.
pub fn forecast_one(
    process: &PurchaseProcess,
    covariance: &[[f64; 4]; 4],
    customer: &Customer,
    plan: &ValuePlan,
) -> Result<CustomerForecast> {
    plan.check()?;
    Customers::new(&[customer.frequency], &[customer.recency], &[customer.age])?;
    let estimate = |of: &dyn Fn(&PurchaseProcess) -> f64| {
        around(of(process), variance(&shares(process, of), covariance), plan.level)
    };
    let alive = estimate(&|process| process.probability_alive(customer));
    Ok(CustomerForecast {
        probability_alive: Estimate { high: alive.high.min(1.0), ..alive },
        expected_purchases: estimate(&|process| process.expected_purchases(customer, plan.horizon())),
        purchases: range(process, customer, plan)?,
    })
}

impl PurchaseFit {
    /// [`forecast_one`] with the parameters and the covariance of the fit.
    ///
    /// # Errors
    /// As there.
    pub fn forecast(&self, customer: &Customer, plan: &ValuePlan) -> Result<CustomerForecast> {
        let found = forecast_one(&self.process, &self.covariance, customer, plan)?;
        let sized = |one: Estimate| Estimate { sample_size: self.sample.customers, ..one };
        Ok(CustomerForecast {
            probability_alive: sized(found.probability_alive),
            expected_purchases: sized(found.expected_purchases),
            purchases: found.purchases,
        })
    }
}

/// The central range of the purchases within the horizon.
pub(super) fn range(process: &PurchaseProcess, customer: &Customer, plan: &ValuePlan) -> Result<[f64; 2]> {
    let tail = 0.5 * (1.0 - plan.level);
    let counts = process.counts(customer, plan.horizon(), Tail::Below(tail * 0.999));
    let ends = counts.quantile(tail).zip(counts.quantile(1.0 - tail));
    ends.map(|(low, high)| [low, high]).ok_or_else(|| crate::stats::Undefined::NotConverged.into())
}

/// The central range of a customer's discounted spend within the horizon.
///
/// With n purchases the spend S is a gamma-gamma sum: `S / (S + V)` ~ Beta(p n, p x + q), V = v + x m. The probability of at most S is the
/// sum over n of P(n) times that beta's share. Each purchase is discounted by the average of the horizon.
pub(super) fn value_range(counts: &Counts, [shape, total]: [f64; 2], p: f64, level: f64) -> [f64; 2] {
    let at_most = |spend: f64| {
        let part = spend / (spend + total);
        let of = |(n, probability): (usize, &f64)| match n {
            0 => *probability,
            _ => probability * beta_cdf(part, p * n as f64, shape),
        };
        counts.0.iter().enumerate().map(of).sum::<f64>()
    };
    let tail = 0.5 * (1.0 - level);
    [tail, 1.0 - tail].map(|probability| {
        if counts.0.first().is_some_and(|none| *none >= probability) {
            return 0.0;
        }
        let (mut low, mut high) = (libm::log(total) - 30.0, libm::log(total) + 30.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            let is_below = at_most(libm::exp(middle)) < probability;
            if is_below { low = middle } else { high = middle }
        }
        libm::exp(f64::midpoint(low, high))
    })
}

/// The distribution for [`value_range`].
pub(super) fn counts_of(process: &PurchaseProcess, customer: &Customer, plan: &ValuePlan) -> Counts {
    process.counts(customer, plan.horizon(), Tail::Below(LEFT_OUT * 0.5 * (1.0 - plan.level)))
}

impl Default for PurchaseModel {
    /// The one that predicted CDNOW's next 39 weeks best.
    fn default() -> Self {
        Self::ParetoNbd
    }
}
