//! Profiles as rows of numbers on one scale.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::profile::{DAY_HOURS, Profile, days_between};
use super::traits::{Attribute, day_hours};
use crate::stats::robust;

/// So many values of an attribute have a column of their own, the most frequent ones; more would outvote all else.
const LEVELS: usize = 8;
/// A level's column is scaled by this, so that two people who differ in it are as far apart as two who differ by one deviation:
/// the squared distance is one half twice.
const LEVEL_SCALE: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// Standardised numbers beyond this are drawn in: one wild value is no group.
const FARTHEST: f64 = 4.0;

/// What a numeric column measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Measure {
    Age,
    Recency,
    Orders,
    OrderValue,
    Basket,
    Interval,
}

impl Measure {
    pub(in super::super) const ALL: [Self; 6] =
        [Self::Age, Self::Recency, Self::Orders, Self::OrderValue, Self::Basket, Self::Interval];

    /// The plain number: years, days, orders, units of money, items, days.
    pub(in super::super) fn of(self, profile: &Profile, as_of: Option<Date>) -> Option<f64> {
        let bought = profile.purchases.as_ref();
        match self {
            Self::Age => profile.ages.map(|ages| f64::midpoint(f64::from(ages.min), f64::from(ages.max))),
            Self::Recency => bought.zip(as_of).map(|(bought, as_of)| days_between(bought.last, as_of).max(0.0)),
            Self::Orders => bought.map(|bought| bought.orders as f64),
            Self::OrderValue => bought.map(super::super::Purchases::order_value),
            Self::Basket => bought.map(super::super::Purchases::basket),
            Self::Interval => bought.and_then(super::super::Purchases::interval_days),
        }
    }

    /// The number as it is compared: the logarithm of 1 + x for money, counts and days.
    fn scaled(self, profile: &Profile, as_of: Option<Date>) -> Option<f64> {
        let value = self.of(profile, as_of)?;
        Some(if self == Self::Age { value } else { libm::log1p(value) })
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(in super::super) enum Column {
    /// A standardised number: (x - centre) / deviation.
    Number {
        measure: Measure,
        centre: f64,
        deviation: f64,
    },
    /// The share of one value of an attribute.
    Level {
        attribute: Attribute,
        value: String,
    },
    /// The mean direction of the hours of the day on a circle.
    HourSine,
    HourCosine,
}

/// How profiles become rows: the columns and the day from which recency is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Encoder {
    pub(in super::super) columns: Vec<Column>,
    pub(in super::super) as_of: Option<Date>,
}

/// The attributes whose values are columns.
const LEVEL_ATTRIBUTES: [Attribute; 5] =
    [Attribute::Gender, Attribute::Place, Attribute::Device, Attribute::Interest, Attribute::Content];

impl Encoder {
    /// Columns for what varies among the profiles. Values of fewer people than `floor` have none.
    pub(in super::super) fn of(profiles: &[&Profile], as_of: Option<Date>, floor: u64) -> Self {
        let mut columns: Vec<Column> =
            Measure::ALL.into_iter().filter_map(|measure| number(measure, profiles, as_of)).collect();
        for attribute in LEVEL_ATTRIBUTES {
            columns.extend(levels(attribute, profiles, floor));
        }
        if profiles.iter().any(|profile| !day_hours(profile).is_empty()) {
            columns.extend([Column::HourSine, Column::HourCosine]);
        }
        let mut encoder = Self { columns, as_of };
        encoder.drop_constant(profiles);
        encoder
    }

    fn drop_constant(&mut self, profiles: &[&Profile]) {
        let rows: Vec<Vec<f64>> = profiles.iter().map(|profile| self.row(profile)).collect();
        let varies = |at: usize| {
            let mut known = rows.iter().filter_map(|row| row.get(at)).filter(|value| !value.is_nan());
            known.next().is_some_and(|first| known.any(|other| (other - first).abs() > 1e-12))
        };
        let keep: Vec<bool> = (0..self.columns.len()).map(varies).collect();
        let mut keep = keep.into_iter();
        self.columns.retain(|_| keep.next().unwrap_or(false));
    }

    /// The numbers of a profile; NaN for what is not known.
    pub(in super::super) fn row(&self, profile: &Profile) -> Vec<f64> {
        let values: BTreeMap<Attribute, BTreeMap<String, u64>> =
            LEVEL_ATTRIBUTES.into_iter().map(|attribute| (attribute, attribute.values(profile))).collect();
        let direction = direction(&day_hours(profile));
        let number = |column: &Column| match column {
            Column::Number { measure, centre, deviation } => {
                let scaled = measure.scaled(profile, self.as_of)?;
                Some(((scaled - centre) / deviation).clamp(-FARTHEST, FARTHEST))
            }
            Column::Level { attribute, value } => {
                let values = values.get(attribute)?;
                let all: u64 = values.values().sum();
                (all > 0).then(|| LEVEL_SCALE * values.get(value).copied().unwrap_or(0) as f64 / all as f64)
            }
            Column::HourSine => direction.map(|[sine, _]| sine),
            Column::HourCosine => direction.map(|[_, cosine]| cosine),
        };
        self.columns.iter().map(|column| number(column).unwrap_or(f64::NAN)).collect()
    }
}

/// The mean of the points of the hours on the unit circle; `None` without activity.
fn direction(hours: &BTreeMap<u8, u64>) -> Option<[f64; 2]> {
    let all: u64 = hours.values().sum();
    if all == 0 {
        return None;
    }
    let mut sums = [0.0; 2];
    for (hour, count) in hours {
        let angle = 2.0 * std::f64::consts::PI * (f64::from(*hour) + 0.5) / f64::from(DAY_HOURS);
        let share = *count as f64 / all as f64;
        sums = [sums[0] + share * libm::sin(angle), sums[1] + share * libm::cos(angle)];
    }
    Some(sums)
}

/// A column for a number, standardised by median and median absolute deviation, or by mean and standard deviation where half of
/// the values are the same; none where all are.
fn number(measure: Measure, profiles: &[&Profile], as_of: Option<Date>) -> Option<Column> {
    let values: Vec<f64> = profiles.iter().filter_map(|profile| measure.scaled(profile, as_of)).collect();
    let robust = robust::median(&values).zip(robust::deviation(&values).filter(|deviation| *deviation > 1e-9));
    let (centre, deviation) = robust.or_else(|| plain(&values))?;
    Some(Column::Number { measure, centre, deviation })
}

fn plain(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = libm::sqrt(values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n);
    (deviation > 1e-9).then_some((mean, deviation))
}

fn levels(attribute: Attribute, profiles: &[&Profile], floor: u64) -> Vec<Column> {
    let mut people: BTreeMap<String, u64> = BTreeMap::new();
    for profile in profiles {
        for value in attribute.values(profile).into_keys() {
            let count = people.entry(value).or_insert(0);
            *count = count.saturating_add(profile.people);
        }
    }
    let mut levels: Vec<(String, u64)> = people.into_iter().filter(|(_, people)| *people >= floor).collect();
    levels.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    levels.into_iter().take(LEVELS).map(|(value, _)| Column::Level { attribute, value }).collect()
}
