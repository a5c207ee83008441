//! Order lines become customers: counts, times and money.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::customers::Customers;
use super::prior::TimeUnit;
use crate::error::{Error, Result};
use crate::model::{Currency, Money};

/// The seconds of a day of the calendar, which has no time zone.
const SECONDS_PER_DAY: i64 = 86_400;

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// Who bought: any text that is the same for the same person. Outer spaces, and the case of an e-mail address, do not count.
    pub customer: String,
    /// The day in the shop's time zone.
    #[schemars(with = "String")]
    pub date: Date,
    /// What was paid, zero or more.
    pub amount: Money,
}

/// The name under which a customer is counted: without outer spaces, and an e-mail address in small letters, as shops write it either way.
/// Other names keep their letters, for customer numbers may differ in them alone.
pub(crate) fn customer_name(text: &str) -> String {
    let name = text.trim();
    if name.contains('@') { name.to_lowercase() } else { name.to_owned() }
}

/// When a customer came, where that is known from elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Birth {
    /// Who.
    pub customer: String,
    /// The day from which the person could buy again; usually that of the first purchase.
    #[schemars(with = "String")]
    pub date: Date,
}

/// The purchases of each customer by day, in one currency. Books of several files merge into the book of all.
///
/// ```
/// use adbrain_core::model::Money;
/// use adbrain_core::predict::ltv::{OrderBook, OrderLine, SummaryPlan, TimeUnit};
/// let line = |date: &str, amount: &str| -> Result<OrderLine, adbrain_core::Error> {
///     let amount = Money::parse(amount, "BRL".parse()?)?;
///     Ok(OrderLine { customer: "ana".into(), date: date.parse().unwrap(), amount })
/// };
/// let lines = [line("2026-01-01", "50.00")?, line("2026-01-15", "30.00")?, line("2026-01-15", "10.00")?];
/// let plan = SummaryPlan { until: "2026-01-29".parse().unwrap(), time_unit: TimeUnit::Week };
/// let found = OrderBook::new(&lines)?.summaries(&plan)?;
/// let ana = &found.customers[0];
/// assert_eq!((ana.frequency, ana.recency, ana.age, ana.spend.amount_text().as_str()), (1, 2.0, 4.0, "40.00"));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OrderBook {
    days: BTreeMap<String, BTreeMap<Date, Money>>,
    births: BTreeMap<String, Date>,
    currency: Option<Currency>,
}

/// What is wrong with a line, before its place is known.
struct Wrong {
    field: &'static str,
    problem: String,
    next: &'static str,
}

impl Wrong {
    fn at(&self, field: &str) -> Error {
        Error::invalid(field, &self.problem).next(self.next)
    }
}

/// Up to when customers are observed, and in which unit their times are counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SummaryPlan {
    /// The last day of the observation; purchases after it are counted and left out.
    #[schemars(with = "String")]
    pub until: Date,
    /// The unit of recency and age: weeks by default.
    #[serde(default)]
    pub time_unit: TimeUnit,
}

/// One customer's purchases in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerSummary {
    /// Who.
    pub customer: String,
    /// Days with a purchase after the first day.
    pub frequency: u64,
    /// The time from the first day to that of the last purchase.
    pub recency: f64,
    /// The time from the first day to the end of the observation.
    pub age: f64,
    /// What the repeat purchases brought together; the first day is left out.
    pub spend: Money,
}

impl CustomerSummary {
    /// The mean spend per repeat purchase in units of the currency; none without repeats.
    pub fn mean_spend(&self) -> Option<f64> {
        (self.frequency > 0).then(|| self.spend.to_units() / self.frequency as f64)
    }
}

/// Customers with what they were made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summaries {
    /// One entry per customer, sorted by name.
    pub customers: Vec<CustomerSummary>,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The unit of all times.
    pub time_unit: TimeUnit,
    /// Days with a purchase after the end of the observation, which were left out.
    pub later_purchases: u64,
    /// Customers who came only after the end of the observation, who were left out.
    pub later_customers: u64,
}

impl OrderBook {
    /// Reads lines in any order; lines of one customer and day are one purchase.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming row (from 0) and field of an empty customer, a negative amount, or an amount
    /// in another currency than the first line.
    pub fn new(lines: &[OrderLine]) -> Result<Self> {
        let mut book = Self::default();
        for (row, line) in lines.iter().enumerate() {
            book.add(line).map_err(|wrong| wrong.at(&format!("orders[{row}].{}", wrong.field)))?;
        }
        Ok(book)
    }

    fn add(&mut self, line: &OrderLine) -> Result<(), Wrong> {
        let wrong = |field, problem: String, next| Err(Wrong { field, problem, next });
        if line.customer.trim().is_empty() {
            return wrong("customer", "is empty".to_owned(), "leave out orders of unknown people");
        }
        if line.amount.micros() < 0 {
            return wrong("amount", format!("{} is negative", line.amount), "take refunds out of their order");
        }
        let currency = *self.currency.get_or_insert(line.amount.currency());
        if line.amount.currency() != currency {
            let problem = format!("is in {}, other orders in {currency}", line.amount.currency());
            return wrong("amount", problem, "convert one first");
        }
        let days = self.days.entry(customer_name(&line.customer)).or_default();
        let day = days.entry(line.date).or_insert(Money::zero(currency));
        match day.add(line.amount) {
            Ok(sum) => *day = sum,
            Err(error) => return wrong("amount", error.message().to_owned(), "correct the amounts of this day"),
        }
        Ok(())
    }

    /// Adds the day on which customers came; who has none came with the first purchase. Purchases of the birth day are the first
    /// purchase, all later ones are repeats.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the row of a customer who is given twice, or who bought before the birth.
    pub fn with_births(mut self, births: &[Birth]) -> Result<Self> {
        for (row, birth) in births.iter().enumerate() {
            let bad = |field: &str, problem: String, next: &str| {
                Error::invalid(&format!("births[{row}].{field}"), problem).next(next)
            };
            let customer = customer_name(&birth.customer);
            let first = self.days.get(&customer).and_then(|days| days.keys().next());
            if let Some(early) = first.filter(|first| **first < birth.date) {
                let problem = format!("{} is after the first purchase on {early}", birth.date);
                return Err(bad("date", problem, "correct the birth or the order").with("customer", &birth.customer));
            }
            if self.births.insert(customer, birth.date).is_some() {
                let problem = format!("{:?} is given twice", birth.customer);
                return Err(bad("customer", problem, "give one line per customer"));
            }
        }
        Ok(self)
    }

    /// Joins the books of two files: as if all lines had been in one.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for two currencies, a customer with two different births, or a birth in one book
    /// after a purchase in the other.
    pub fn merge(mut self, other: Self) -> Result<Self> {
        for (customer, days) in other.days {
            for (date, amount) in days {
                let line = OrderLine { customer: customer.clone(), date, amount };
                self.add(&line).map_err(|wrong| wrong.at(wrong.field).with("customer", &customer))?;
            }
        }
        for (customer, date) in other.births {
            if self.births.insert(customer.clone(), date).is_some_and(|known| known != date) {
                return Err(Error::invalid("births", format!("{customer:?} has two different days"))
                    .next("give one day per customer"));
            }
        }
        let births: Vec<_> =
            self.births.iter().map(|(customer, date)| Birth { customer: customer.clone(), date: *date }).collect();
        Self { births: BTreeMap::new(), ..self }.with_births(&births)
    }

    /// Summarises each customer up to the end of the observation.
    ///
    /// # Errors
    /// [`NotEnoughData`](crate::ErrorKind::NotEnoughData) without any order.
    pub fn summaries(&self, plan: &SummaryPlan) -> Result<Summaries> {
        let currency = self.currency.ok_or(crate::stats::Undefined::Empty)?;
        let mut found = Summaries {
            customers: vec![],
            currency,
            time_unit: plan.time_unit,
            later_purchases: 0,
            later_customers: 0,
        };
        for (customer, days) in &self.days {
            let (past, later): (Vec<_>, Vec<_>) = days.iter().partition(|(date, _)| **date <= plan.until);
            found.later_purchases += later.len() as u64;
            let first = self.births.get(customer).or_else(|| days.keys().next());
            match first.filter(|first| **first <= plan.until) {
                Some(first) => found.customers.push(summary(customer, *first, &past, *plan, currency)?),
                None => found.later_customers += 1,
            }
        }
        Ok(found)
    }
}

fn summary(
    customer: &str,
    first: Date,
    past: &[(&Date, &Money)],
    plan: SummaryPlan,
    currency: Currency,
) -> Result<CustomerSummary> {
    let mut repeats = past.iter().filter(|(date, _)| **date > first);
    let spend = Money::sum(repeats.clone().map(|(_, amount)| **amount))?.unwrap_or(Money::zero(currency));
    let since = |date: Date| (first.duration_until(date).as_secs() / SECONDS_PER_DAY) as f64 / plan.time_unit.days();
    Ok(CustomerSummary {
        customer: customer.to_owned(),
        frequency: repeats.clone().count() as u64,
        recency: repeats.next_back().map_or(0.0, |(date, _)| since(**date)),
        age: since(plan.until),
        spend,
    })
}

/// The columns of summaries: what the models take.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Columns {
    /// Repeat purchases.
    pub frequency: Vec<f64>,
    /// Times of the last purchase.
    pub recency: Vec<f64>,
    /// Times of the end of the observation.
    pub age: Vec<f64>,
    /// Mean spends per repeat purchase, 0 without repeats.
    pub mean_spend: Vec<f64>,
}

impl Columns {
    /// The columns without the spends, checked.
    ///
    /// # Errors
    /// As [`Customers::new`].
    pub fn customers(&self) -> Result<Customers<'_>> {
        Customers::new(&self.frequency, &self.recency, &self.age)
    }
}

impl Summaries {
    /// Takes summaries that were made elsewhere.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the row of a customer who is given twice, of a negative amount, or of an
    /// amount in another currency than the first; [`NotEnoughData`](crate::ErrorKind::NotEnoughData) without customers.
    pub fn from_customers(mut customers: Vec<CustomerSummary>, time_unit: TimeUnit) -> Result<Self> {
        let currency = customers.first().ok_or(crate::stats::Undefined::Empty)?.spend.currency();
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for (row, one) in customers.iter().enumerate() {
            let bad = |field: &str, problem: String, next: &str| {
                Err(Error::invalid(&format!("customers[{row}].{field}"), problem).next(next))
            };
            if let Some(before) = known.insert(&one.customer, row) {
                return bad("customer", format!("{:?} is given in row {before} already", one.customer), "join the two");
            }
            if one.spend.micros() < 0 {
                return bad("spend", format!("{} is negative", one.spend), "take refunds out of their purchase");
            }
            if one.spend.currency() != currency {
                let problem = format!("is in {}, others in {currency}", one.spend.currency());
                return bad("spend", problem, "convert one first");
            }
        }
        customers.sort_by(|a, b| a.customer.cmp(&b.customer));
        Ok(Self { customers, currency, time_unit, later_purchases: 0, later_customers: 0 })
    }

    /// The columns for the models, in the order of the customers.
    pub fn columns(&self) -> Columns {
        let mut columns = Columns::default();
        for one in &self.customers {
            columns.frequency.push(one.frequency as f64);
            columns.recency.push(one.recency);
            columns.age.push(one.age);
            columns.mean_spend.push(one.mean_spend().unwrap_or(0.0));
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(customer: &str, date: &str, amount: &str) -> OrderLine {
        let amount = Money::parse(amount, Currency::BRL).unwrap();
        OrderLine { customer: customer.into(), date: date.parse().unwrap(), amount }
    }

    fn plan() -> SummaryPlan {
        SummaryPlan { until: "2026-03-01".parse().unwrap(), time_unit: TimeUnit::Day }
    }

    fn lines() -> Vec<OrderLine> {
        vec![
            line("ana", "2026-01-01", "50"),
            line("bia", "2026-02-01", "20"),
            line("ana", "2026-01-11", "30.50"),
            line("ana", "2026-01-11", "9.50"),
            line("ana", "2026-02-20", "60"),
            line("bia", "2026-03-05", "99"),
            line("caio", "2026-03-02", "10"),
        ]
    }

    #[test]
    fn lines_of_one_day_are_one_purchase_and_later_ones_are_counted() {
        let found = OrderBook::new(&lines()).unwrap().summaries(&plan()).unwrap();
        let rows: Vec<_> =
            found.customers.iter().map(|one| (one.customer.as_str(), one.frequency, one.recency, one.age)).collect();
        assert_eq!(rows, [("ana", 2, 50.0, 59.0), ("bia", 0, 0.0, 28.0)]);
        assert_eq!((found.later_purchases, found.later_customers), (2, 1));
        assert_eq!((found.customers[0].mean_spend(), found.customers[1].mean_spend()), (Some(50.0), None));
    }

    #[test]
    fn an_address_in_other_letters_is_the_same_customer() {
        let lines = [
            line("Ana@X.com", "2026-01-01", "50"),
            line(" ana@x.com", "2026-01-11", "30"),
            line("A1", "2026-01-01", "5"),
        ];
        let births = [Birth { customer: "ANA@x.com".into(), date: "2025-12-31".parse().unwrap() }];
        let found = OrderBook::new(&lines).unwrap().with_births(&births).unwrap().summaries(&plan()).unwrap();
        let rows: Vec<_> = found.customers.iter().map(|one| (one.customer.as_str(), one.frequency)).collect();
        assert_eq!(rows, [("A1", 0), ("ana@x.com", 2)]);
    }

    #[test]
    fn two_files_merge_into_the_book_of_all_wherever_they_are_cut() {
        let (all, whole) = (lines(), OrderBook::new(&lines()).unwrap());
        for cut in 0..=all.len() {
            let (first, second) = all.split_at(cut);
            let merged = OrderBook::new(second).unwrap().merge(OrderBook::new(first).unwrap()).unwrap();
            assert_eq!(merged, whole, "{cut}");
            assert_eq!(merged.summaries(&plan()).unwrap(), whole.summaries(&plan()).unwrap());
        }
        let mut turned = all;
        turned.reverse();
        assert_eq!(OrderBook::new(&turned).unwrap(), whole);
    }

    #[test]
    fn what_makes_no_sense_is_named_by_row_and_field() {
        let said = |bad: OrderLine| OrderBook::new(&[line("ana", "2026-01-01", "50"), bad]).unwrap_err().to_string();
        assert!(said(line("ana", "2026-01-02", "-1")).starts_with("orders[1].amount: BRL -1.00 is negative"));
        assert!(said(line(" ", "2026-01-02", "1")).starts_with("orders[1].customer: is empty"));
        let dollars = OrderLine { amount: Money::zero(Currency::USD), ..line("bia", "2026-01-02", "1") };
        assert!(said(dollars).starts_with("orders[1].amount: is in USD, other orders in BRL"));
        let birth = |customer: &str, date: &str| Birth { customer: customer.into(), date: date.parse().unwrap() };
        let born = |births: &[Birth]| OrderBook::new(&lines()).unwrap().with_births(births);
        let early = born(&[birth("bia", "2026-02-02")]).unwrap_err().to_string();
        assert!(early.starts_with("births[0].date: 2026-02-02 is after the first purchase on 2026-02-01"), "{early}");
        let twice = born(&[birth("bia", "2026-01-01"), birth("bia", "2026-01-01")]).unwrap_err().to_string();
        assert!(twice.starts_with("births[1].customer: \"bia\" is given twice"), "{twice}");
        let found = born(&[birth("bia", "2026-01-01")]).unwrap().summaries(&plan()).unwrap();
        assert_eq!((found.customers[1].frequency, found.customers[1].recency), (1, 31.0));
    }

    #[test]
    fn summaries_from_elsewhere_are_checked() {
        let one = |customer: &str, spend: &str| CustomerSummary {
            customer: customer.into(),
            frequency: 1,
            recency: 2.0,
            age: 5.0,
            spend: Money::parse(spend, Currency::BRL).unwrap(),
        };
        let said = |customers| Summaries::from_customers(customers, TimeUnit::Week).unwrap_err().to_string();
        let twice = said(vec![one("a", "1"), one("b", "1"), one("a", "1")]);
        assert!(twice.starts_with("customers[2].customer: \"a\" is given in row 0 already"), "{twice}");
        assert!(said(vec![one("a", "-1")]).starts_with("customers[0].spend: BRL -1.00 is negative"));
        assert!(said(vec![]).contains("empty"));
    }
}
