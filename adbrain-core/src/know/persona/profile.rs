//! What is known of a person, or of a segment of people that a source counts together.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{AgeRange, Gender, Money};

/// Where a profile comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// Google Analytics: segments of users with counts.
    Analytics,
    /// Follower insights of Instagram and Facebook: segments of followers with counts.
    Social,
    /// Order lines: one profile per customer.
    Orders,
}

impl Source {
    /// Every source, in a fixed order.
    pub const ALL: [Self; 3] = [Self::Analytics, Self::Social, Self::Orders];
}

/// A person, or a segment of people that a source counts together. What is not known is left out, never filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name by which one person can be forgotten; a segment has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Where it comes from.
    pub source: Source,
    /// How many people it stands for: 1 for a person.
    #[serde(default = "one")]
    pub people: u64,
    /// Their ages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages: Option<AgeRange>,
    /// Their gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Their city, region or country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What they use: `mobile`, `desktop`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// How often they were active in each hour of the week in the account's time zone; 0 is Monday from midnight to one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hours: BTreeMap<u8, u64>,
    /// How often they were active in each hour of the day, 0 to 23, where the source does not say the day.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub day_hours: BTreeMap<u8, u64>,
    /// Contents that they looked at, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub content: BTreeMap<String, u64>,
    /// Interests, or the categories that they bought from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub interests: BTreeMap<String, u64>,
    /// Events such as `add_to_cart` or `coupon`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, u64>,
    /// What they bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchases: Option<Purchases>,
}

/// What one customer bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purchases {
    /// The orders, 1 or more.
    pub orders: u64,
    /// The items of all orders.
    pub items: u64,
    /// What they paid.
    pub revenue: Money,
    /// The day of the first order.
    #[schemars(with = "String")]
    pub first: Date,
    /// The day of the last order.
    #[schemars(with = "String")]
    pub last: Date,
}

/// Hours of a week.
pub(super) const WEEK_HOURS: u8 = 168;
/// Hours of a day.
pub(super) const DAY_HOURS: u8 = 24;

fn one() -> u64 {
    1
}

impl Profile {
    /// A profile of which nothing is known.
    pub fn of(source: Source, people: u64) -> Self {
        Self {
            person: None,
            source,
            people,
            ages: None,
            gender: None,
            place: None,
            device: None,
            hours: BTreeMap::new(),
            day_hours: BTreeMap::new(),
            content: BTreeMap::new(),
            interests: BTreeMap::new(),
            events: BTreeMap::new(),
            purchases: None,
        }
    }

    /// Checks what the types cannot hold; `field` is its place, `people[3]`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn check(&self, field: &str) -> Result<()> {
        let wrong =
            |part: &str, what: &str, next: &str| Err(Error::invalid(&format!("{field}.{part}"), what).next(next));
        if self.people == 0 {
            return wrong("people", "is zero", "count at least 1");
        }
        if self.person.is_some() && self.people != 1 {
            return wrong("people", "counts several under one name", "give 1, or leave the name out");
        }
        if self.hours.keys().any(|hour| *hour >= WEEK_HOURS) {
            return wrong("hours", "holds an hour beyond the week", "give hours from 0 to 167");
        }
        if self.day_hours.keys().any(|hour| *hour >= DAY_HOURS) {
            return wrong("day_hours", "holds an hour beyond the day", "give hours from 0 to 23");
        }
        if let Some(ages) = self.ages {
            ages.check(&format!("{field}.ages"))?;
        }
        self.purchases.map_or(Ok(()), |purchases| purchases.check(field))
    }
}

impl Purchases {
    fn check(&self, field: &str) -> Result<()> {
        let wrong = |part: &str, what: &str, next: &str| {
            Err(Error::invalid(&format!("{field}.purchases.{part}"), what).next(next))
        };
        if self.orders == 0 {
            return wrong("orders", "is zero", "give at least 1, or leave the purchases out");
        }
        if self.revenue.micros() < 0 {
            return wrong("revenue", "is negative", "take refunds out of their order");
        }
        if self.last < self.first {
            return wrong("last", "is before the first order", "correct one of them");
        }
        Ok(())
    }

    /// Days between orders on average; `None` for a single order.
    pub fn interval_days(&self) -> Option<f64> {
        let gaps = self.orders.checked_sub(1).filter(|gaps| *gaps > 0)?;
        Some(days_between(self.first, self.last) / gaps as f64)
    }

    /// Items per order.
    pub fn basket(&self) -> f64 {
        self.items as f64 / self.orders as f64
    }

    /// What an order brings, in units of the currency.
    pub fn order_value(&self) -> f64 {
        self.revenue.to_units() / self.orders as f64
    }
}

/// Whole days from one day to another, negative where the second is earlier.
pub(super) fn days_between(from: Date, to: Date) -> f64 {
    f64::from((to - from).get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;

    #[test]
    fn what_no_profile_can_be_is_refused_with_its_place() {
        let plain = Profile::of(Source::Orders, 1);
        let day = |text: &str| text.parse::<Date>().unwrap();
        let purchases = |orders, revenue, last: &str| {
            let revenue = Money::from_micros(revenue, Currency::BRL);
            Some(Purchases { orders, items: 1, revenue, first: day("2026-01-02"), last: day(last) })
        };
        let cases = [
            (Profile { people: 0, ..plain.clone() }, "people[2].people"),
            (Profile { people: 3, person: Some("a".into()), ..plain.clone() }, "people[2].people"),
            (Profile { hours: BTreeMap::from([(168, 1)]), ..plain.clone() }, "people[2].hours"),
            (Profile { day_hours: BTreeMap::from([(24, 1)]), ..plain.clone() }, "people[2].day_hours"),
            (Profile { ages: Some(AgeRange { min: 30, max: 20 }), ..plain.clone() }, "people[2].ages"),
            (Profile { purchases: purchases(0, 1, "2026-01-02"), ..plain.clone() }, "people[2].purchases.orders"),
            (Profile { purchases: purchases(1, -1, "2026-01-02"), ..plain.clone() }, "people[2].purchases.revenue"),
            (Profile { purchases: purchases(1, 1, "2026-01-01"), ..plain.clone() }, "people[2].purchases.last"),
        ];
        assert!(plain.check("people[2]").is_ok());
        for (profile, field) in cases {
            let error = profile.check("people[2]").unwrap_err().to_string();
            assert!(error.starts_with(field), "{error}");
        }
    }

    #[test]
    fn intervals_and_baskets_are_per_order() {
        let revenue = Money::from_micros(30_000_000, Currency::BRL);
        let day = |text: &str| text.parse::<Date>().unwrap();
        let three = Purchases { orders: 3, items: 6, revenue, first: day("2026-01-01"), last: day("2026-03-02") };
        assert_eq!((three.interval_days(), three.basket(), three.order_value()), (Some(30.0), 2.0, 10.0));
        assert_eq!(Purchases { orders: 1, ..three }.interval_days(), None);
    }
}
