//! From customers to what each is worth, in one call.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::customers::Customer;
use super::fit::{FitOptions, PurchaseFit, SpendFit, fit_purchases, fit_spend};
use super::forecast::{FittedSpending, Spending, Totals, ValuePlan, counts_of, forecast, range, totals, value_range};
use super::orders::{Columns, Summaries};
use super::prior::Shrinkage;
use super::process::PurchaseModel;
use crate::error::{ErrorKind, Result};
use crate::model::{Currency, MICROS_PER_UNIT, Message, Money};

/// How to value customers.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ValueOptions {
    /// How they buy and leave; Pareto/NBD by default.
    pub model: PurchaseModel,
    /// Whether the fits are drawn to what is usual elsewhere; by default below 50 repeat buyers.
    pub shrinkage: Shrinkage,
    /// Over what time, and what later money is worth.
    pub plan: ValuePlan,
}

/// A range of amounts with its middle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MoneyRange {
    /// What is expected.
    pub expected: Money,
    /// The lower end.
    pub low: Money,
    /// The upper end.
    pub high: Money,
}

/// What one customer is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomerValue {
    /// Who.
    pub customer: String,
    /// The probability to be still a customer.
    pub probability_alive: f64,
    /// The expected purchases within the horizon.
    pub expected_purchases: f64,
    /// The range that holds the purchases with at least the level's probability, ends included.
    pub purchases: [f64; 2],
    /// The expected spend per purchase; none without a spend model.
    pub expected_spend: Option<Money>,
    /// The discounted spend within the horizon: what is expected, and the range that holds it with the level's probability; none
    /// without a spend model. With most customers the likeliest spend is nothing.
    pub value: Option<MoneyRange>,
}

/// What customers are worth, with the models behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerValues {
    /// How they buy.
    pub purchases: PurchaseFit,
    /// What they spend per purchase; none where nobody spent anything on a repeat purchase.
    pub spend: Option<SpendFit>,
    /// One entry per customer, in the summaries' order.
    pub customers: Vec<CustomerValue>,
    /// All together.
    pub totals: Totals,
    /// Everything that a reader should know first.
    pub warnings: Vec<Message>,
}

/// Fits both models and values each customer. Ranges for a customer are those of the fitted parameters; the totals' intervals are
/// those of the expectation. Most of the time goes into the ranges, once for each distinct history; [`forecast`] has none.
///
/// # Errors
/// As [`fit_purchases`] and [`forecast`].
pub fn customer_values(summaries: &Summaries, options: &ValueOptions) -> Result<CustomerValues> {
    options.plan.check()?;
    let columns = summaries.columns();
    let customers = columns.customers()?;
    let fit = FitOptions { shrinkage: options.shrinkage, time_unit: summaries.time_unit };
    let purchases = fit_purchases(options.model, &customers, &fit)?;
    let spend = match fit_spend(&customers, &columns.mean_spend, &fit) {
        Err(error) if error.kind() == ErrorKind::NotEnoughData => None,
        found => Some(found?),
    };
    let spending = spend.as_ref().map(|fit| FittedSpending { fit, mean_spend: &columns.mean_spend });
    let totals = totals(&purchases, spending.as_ref(), &customers, &options.plan)?;
    let mut warnings = purchases.warnings.clone();
    match &spend {
        Some(spend) => warnings.extend(spend.warnings.iter().filter(|one| !purchases.warnings.contains(one)).cloned()),
        None => warnings.push(Message::new("value-spend-unknown")),
    }
    warnings.extend(totals.warnings.iter().cloned());
    let values = each(summaries, &columns, (&purchases, spend.as_ref()), &options.plan)?;
    Ok(CustomerValues { purchases, spend, customers: values, totals, warnings })
}

fn each(
    summaries: &Summaries,
    columns: &Columns,
    (purchases, spend): (&PurchaseFit, Option<&SpendFit>),
    plan: &ValuePlan,
) -> Result<Vec<CustomerValue>> {
    let customers = columns.customers()?;
    let spending = spend.map(|fit| Spending { process: fit.process, mean_spend: &columns.mean_spend });
    let found = forecast(&purchases.process, spending.as_ref(), &customers, plan)?;
    let mut known: BTreeMap<[u64; 4], Ranges> = BTreeMap::new();
    let rows = summaries.customers.iter().zip(customers.iter()).zip(&columns.mean_spend).enumerate();
    rows.map(|(row, ((summary, customer), mean))| {
        let at = |column: &[f64]| column.get(row).copied();
        let key = [customer.frequency, customer.recency, customer.age, *mean].map(f64::to_bits);
        let ranges = match known.entry(key) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => *entry.insert(ranges(purchases, spend, (&customer, *mean), plan)?),
        };
        let expected_purchases = at(&found.expected_purchases).unwrap_or_default();
        let expected_spend = at(&found.expected_spend);
        let value = at(&found.value).zip(expected_spend).map(|(value, spend)| {
            let worth = value / (spend * expected_purchases).max(f64::MIN_POSITIVE);
            let [low, high] = ranges.spend.map(|end| money(end * worth, summaries.currency));
            MoneyRange { expected: money(value, summaries.currency), low, high }
        });
        Ok(CustomerValue {
            customer: summary.customer.clone(),
            probability_alive: at(&found.probability_alive).unwrap_or_default(),
            expected_purchases,
            purchases: ranges.purchases,
            expected_spend: expected_spend.map(|spend| money(spend, summaries.currency)),
            value,
        })
    })
    .collect()
}

/// What may happen within the horizon: purchases, and spend before discount (nothing without a spend model).
#[derive(Debug, Clone, Copy)]
struct Ranges {
    purchases: [f64; 2],
    spend: [f64; 2],
}

fn ranges(
    purchases: &PurchaseFit,
    spend: Option<&SpendFit>,
    (customer, mean): (&Customer, f64),
    plan: &ValuePlan,
) -> Result<Ranges> {
    let spend = spend.map_or([0.0; 2], |fit| {
        let counts = counts_of(&purchases.process, customer, plan);
        let [p, ..] = fit.process.parameters();
        value_range(&counts, fit.process.shape_and_total(customer.frequency, mean), p, plan.level)
    });
    Ok(Ranges { purchases: range(&purchases.process, customer, plan)?, spend })
}

/// An amount to the whole micro; beyond what fits, the largest.
fn money(units: f64, currency: Currency) -> Money {
    #[expect(clippy::cast_possible_truncation, reason = "a cast from a float ends at the largest whole number")]
    let micros = libm::round(units * MICROS_PER_UNIT as f64) as i64;
    Money::from_micros(micros, currency)
}
