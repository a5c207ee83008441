//! Files of analytics, social insights and shops become profiles, and so do analytics and insights that are read from their source.

mod ga4;
mod insights;
mod online;
mod orders;
mod segments;
mod time;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

pub use ga4::Ga4Config;
pub use insights::{Breakdown, InstagramAudience, InstagramConfig, PageConfig};
pub use online::{PeopleGiven, PeopleRead, PeopleSource};
pub(super) use orders::Order;
pub use orders::import_orders;
pub use segments::import_segments;

use super::profile::Profile;
use crate::model::{ContentHash, Currency, RowProblem};
use crate::predict::ltv::OrderLine;

/// What a file cannot say itself.
///
/// ```
/// use adbrain_core::persona::ImportOptions;
/// let options = ImportOptions::new("BRL".parse()?, "America/Sao_Paulo")?;
/// assert!(ImportOptions::new("BRL".parse()?, "Mars/Olympus").is_err());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImportOptions {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The time zone of the account: hours are told in it.
    pub time_zone: TimeZone,
}

impl ImportOptions {
    /// Takes a currency and the name of a time zone, `America/Sao_Paulo`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for an unknown time zone.
    pub fn new(currency: Currency, time_zone: &str) -> crate::Result<Self> {
        let time_zone = TimeZone::get(time_zone).map_err(|_| {
            crate::Error::invalid("time_zone", format!("{time_zone:?} is not a known time zone"))
                .next("give a name such as America/Sao_Paulo")
        })?;
        Ok(Self { currency, time_zone })
    }
}

/// The profiles of one file with what was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The SHA-256 of the file.
    pub hash: ContentHash,
    /// The profiles, in the order of the file; customers in the order of their names.
    pub profiles: Vec<Profile>,
    /// The rows that were not taken, with line and column.
    pub problems: Vec<RowProblem>,
    /// The columns that mean nothing here, by their headers.
    pub unused: Vec<String>,
    /// The orders behind the profile of each customer, in the order of the file.
    pub(super) orders: BTreeMap<String, Vec<Order>>,
}

impl Imported {
    /// The orders as lines of a book: one per order, customers in the order of their names; what customer value takes. Files of segments
    /// have none.
    ///
    /// ```
    /// use adbrain_core::persona::{ImportOptions, import_orders};
    /// use adbrain_core::predict::ltv::OrderBook;
    /// let file = b"email,order,date,price,quantity\nAna@x.com,1,2026-01-05,40,2\nana@x.com,2,2026-02-04,20,1\n";
    /// let lines = import_orders(file, &ImportOptions::new("BRL".parse()?, "America/Sao_Paulo")?)?.order_lines();
    /// assert_eq!((lines[0].customer.as_str(), lines[0].amount.amount_text().as_str()), ("ana@x.com", "80.00"));
    /// assert!(OrderBook::new(&lines).is_ok());
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    pub fn order_lines(&self) -> Vec<OrderLine> {
        let of_customer = |(customer, orders): (&String, &Vec<Order>)| {
            let line = |order: &Order| {
                let bought = order.profile.purchases?;
                Some(OrderLine { customer: customer.clone(), date: bought.first, amount: bought.revenue })
            };
            orders.iter().filter_map(line).collect::<Vec<_>>()
        };
        self.orders.iter().flat_map(of_customer).collect()
    }
}
