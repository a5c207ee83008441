//! Customers as columns of numbers, checked once.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The largest count, time or amount that is taken: far beyond any shop, and safe from overflow.
const LARGEST: f64 = 1e9;

/// One customer's history in three numbers: all that the purchase models need.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// x: purchases after the first one.
    pub frequency: f64,
    /// `t_x`: the time from the first purchase to the last one; 0 without repeats.
    pub recency: f64,
    /// T: the time from the first purchase to the end of the observation.
    pub age: f64,
}

impl Customer {
    /// A customer at the first purchase, with nothing observed yet.
    pub const NEW: Self = Self { frequency: 0.0, recency: 0.0, age: 0.0 };
}

/// Customers as three columns of equal length, borrowed from the caller; times are all in one unit.
///
/// ```
/// use adbrain_core::predict::ltv::Customers;
/// let customers = Customers::new(&[2.0, 0.0], &[30.43, 0.0], &[38.86, 38.86])?;
/// assert_eq!((customers.len(), customers.repeat_buyers()), (2, 1));
/// let error = Customers::new(&[1.0], &[5.0], &[4.0]).unwrap_err();
/// assert!(error.to_string().starts_with("recency[0]: is after the end of the observation"));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Customers<'a> {
    frequency: &'a [f64],
    recency: &'a [f64],
    age: &'a [f64],
}

impl<'a> Customers<'a> {
    /// Checks the columns.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming field and row (from 0) where the lengths differ, a frequency is no
    /// whole number, a time is negative or above 1e9, the last purchase lies beyond the age, or recency and frequency disagree on
    /// whether there were repeats.
    pub fn new(frequency: &'a [f64], recency: &'a [f64], age: &'a [f64]) -> Result<Self> {
        check_length("recency", recency.len(), frequency.len())?;
        check_length("age", age.len(), frequency.len())?;
        let customers = Self { frequency, recency, age };
        for (row, customer) in customers.iter().enumerate() {
            check(row, customer)?;
        }
        Ok(customers)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.frequency.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.frequency.is_empty()
    }

    /// How many bought again.
    pub fn repeat_buyers(&self) -> u64 {
        self.frequency.iter().filter(|x| **x > 0.0).count() as u64
    }

    /// The customers in order.
    pub fn iter(&self) -> impl Iterator<Item = Customer> + 'a {
        let columns = self.frequency.iter().zip(self.recency).zip(self.age);
        columns.map(|((x, recency), age)| Customer { frequency: *x, recency: *recency, age: *age })
    }

    /// The distinct histories with how many customers have each, sorted, so that the order of the rows changes no bit of a sum.
    pub(super) fn patterns(&self) -> Vec<(Customer, f64)> {
        let key = |c: &Customer| [c.frequency, c.recency, c.age];
        let mut all: Vec<Customer> = self.iter().collect();
        all.sort_unstable_by(|a, b| {
            key(a)
                .iter()
                .zip(key(b))
                .map(|(a, b)| a.total_cmp(&b))
                .find(|found| found.is_ne())
                .unwrap_or_else(|| 0.cmp(&0))
        });
        let same = all.chunk_by(|a, b| a == b);
        same.filter_map(|same| Some((*same.first()?, same.len() as f64))).collect()
    }
}

/// Two columns must be of one length.
pub(super) fn check_length(field: &str, len: usize, wanted: usize) -> Result<()> {
    if len == wanted {
        return Ok(());
    }
    let problem = format!("has {len} rows, `frequency` has {wanted}");
    Err(Error::invalid(field, problem).next("give one row per customer in each column"))
}

fn check(row: usize, customer: Customer) -> Result<()> {
    let Customer { frequency, recency, age } = customer;
    let bad =
        |field: &str, problem: &str, next: &str| Err(Error::invalid(&format!("{field}[{row}]"), problem).next(next));
    let is_whole = (0.0..=LARGEST).contains(&frequency) && frequency.floor().total_cmp(&frequency).is_eq();
    if !is_whole {
        return bad("frequency", "is not a whole number from 0 to 1e9", "count the purchases after the first one");
    }
    for (field, time) in [("recency", recency), ("age", age)] {
        if !(0.0..=LARGEST).contains(&time) {
            return bad(field, "is not a time from 0 to 1e9", "count the time from the first purchase on");
        }
    }
    if recency > age {
        let next = "leave out what was bought later, or observe for longer";
        return bad("recency", "is after the end of the observation", next);
    }
    if (frequency > 0.0) != (recency > 0.0) {
        let next =
            "join the purchases of one day; recency is 0 for customers without repeats, and above 0 for all others";
        return bad("recency", "disagrees with the frequency", next);
    }
    Ok(())
}

/// Mean spends per purchase, one per customer: numbers from 0 to 1e9; what they are without repeats does not matter.
pub(super) fn check_spend(spend: &[f64], customers: &Customers<'_>) -> Result<()> {
    check_length("mean_spend", spend.len(), customers.len())?;
    for (row, (spend, customer)) in spend.iter().zip(customers.iter()).enumerate() {
        let is_amount = (0.0..=LARGEST).contains(spend) || (customer.frequency <= 0.0 && spend.is_nan());
        if !is_amount {
            let what = if *spend < 0.0 { "is negative" } else { "is not an amount from 0 to 1e9" };
            return Err(
                Error::invalid(&format!("mean_spend[{row}]"), what).next("take refunds out of their purchase first")
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_named_by_field_and_row() {
        let said =
            |x: f64, t_x: f64, t: f64| Customers::new(&[0.0, x], &[0.0, t_x], &[9.0, t]).unwrap_err().to_string();
        assert!(said(-1.0, 0.0, 9.0).starts_with("frequency[1]: is not a whole number"));
        assert!(said(1.5, 1.0, 9.0).starts_with("frequency[1]: is not a whole number"));
        assert!(said(f64::NAN, 1.0, 9.0).starts_with("frequency[1]"));
        assert!(said(1.0, -2.0, 9.0).starts_with("recency[1]: is not a time"));
        assert!(said(1.0, 2.0, f64::INFINITY).starts_with("age[1]: is not a time"));
        assert!(said(1.0, 10.0, 9.0).starts_with("recency[1]: is after the end"));
        assert!(said(0.0, 3.0, 9.0).starts_with("recency[1]: disagrees"));
        assert!(said(2.0, 0.0, 9.0).starts_with("recency[1]: disagrees"));
        let short = Customers::new(&[1.0], &[], &[1.0]).unwrap_err().to_string();
        assert!(short.starts_with("recency: has 0 rows, `frequency` has 1"), "{short}");
    }

    #[test]
    fn spends_are_checked_where_they_count() {
        let customers = Customers::new(&[0.0, 1.0], &[0.0, 2.0], &[9.0, 9.0]).unwrap();
        assert!(check_spend(&[f64::NAN, 3.0], &customers).is_ok());
        let said = |spend: f64| check_spend(&[0.0, spend], &customers).unwrap_err().to_string();
        assert!(said(-1.0).starts_with("mean_spend[1]: is negative"));
        assert!(said(f64::NAN).starts_with("mean_spend[1]: is not an amount"));
    }

    #[test]
    fn equal_histories_are_joined_in_one_order() {
        let (x, t_x, t) = ([1.0, 0.0, 1.0], [2.0, 0.0, 2.0], [9.0, 9.0, 9.0]);
        let found = Customers::new(&x, &t_x, &t).unwrap().patterns();
        assert_eq!(found.iter().map(|(c, n)| (c.frequency, *n)).collect::<Vec<_>>(), [(0.0, 1.0), (1.0, 2.0)]);
    }
}
