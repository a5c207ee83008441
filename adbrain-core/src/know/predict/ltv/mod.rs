//! Customer value: who is still a customer, how often they will buy, how much they will spend.
//!
//! In: order lines, or columns of frequency, recency, age and mean spend. Out: fitted models, expected purchases, spends and values
//! with intervals. Called by persona, strategist and report. Never counts a customer twice or adds two currencies.

mod beta_geometric;
mod checks;
mod count;
mod customers;
mod each;
mod fit;
mod forecast;
mod orders;
mod panel;
mod pareto;
mod prior;
mod process;
mod spend;
mod value;

pub use checks::Histogram;
pub use customers::{Customer, Customers};
pub use fit::{FitOptions, PurchaseFit, Sample, SpendFit, fit_purchases, fit_spend};
pub use forecast::{
    CustomerForecast, FittedSpending, Forecasts, Spending, Totals, ValuePlan, forecast, forecast_one, totals,
};
pub(crate) use orders::customer_name;
pub use orders::{Birth, Columns, CustomerSummary, OrderBook, OrderLine, Summaries, SummaryPlan};
pub use prior::{FEW_REPEAT_BUYERS, Shrinkage, TimeUnit};
pub use process::{PurchaseModel, PurchaseProcess};
pub use spend::SpendProcess;
pub use value::{CustomerValue, CustomerValues, MoneyRange, ValueOptions, customer_values};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/guides/customer-value.md")]
pub struct Guide;

#[cfg(test)]
mod tests;
