//! Metrics: counts and money are stored, rates are derived and are `None` over nothing.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Currency, Money, Platform};
use crate::error::Result;

/// Counts and money of a window. They add up; rates are methods.
///
/// ```
/// use adbrain_core::model::{Metrics, Money};
/// let brl = "BRL".parse()?;
/// let metrics = Metrics { impressions: 1000, clicks: 20, spend: Money::parse("40", brl)?, ..Metrics::none(brl) };
/// assert_eq!(metrics.ctr(), Some(0.02));
/// assert_eq!(metrics.cpa(), None);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Times that ads were shown.
    pub impressions: u64,
    /// Clicks on them.
    pub clicks: u64,
    /// Results that the platform attributes to them.
    pub conversions: u64,
    /// Money spent.
    pub spend: Money,
    /// Money that the conversions brought.
    pub revenue: Money,
}

impl Metrics {
    /// No counts and no money, in a currency.
    pub const fn none(currency: Currency) -> Self {
        Self { impressions: 0, clicks: 0, conversions: 0, spend: Money::zero(currency), revenue: Money::zero(currency) }
    }

    /// The sum of two windows that do not overlap.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for two currencies or an overflow.
    pub fn merge(&self, other: &Self) -> Result<Self> {
        Ok(Self {
            impressions: self.impressions.saturating_add(other.impressions),
            clicks: self.clicks.saturating_add(other.clicks),
            conversions: self.conversions.saturating_add(other.conversions),
            spend: self.spend.add(other.spend)?,
            revenue: self.revenue.add(other.revenue)?,
        })
    }

    /// The sum of many windows that do not overlap.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for two currencies or an overflow.
    pub fn total<'a>(windows: impl IntoIterator<Item = &'a Self>, currency: Currency) -> Result<Self> {
        windows.into_iter().try_fold(Self::none(currency), |total, window| total.merge(window))
    }

    /// Clicks per impression, as a ratio.
    pub fn ctr(&self) -> Option<f64> {
        over(self.clicks as f64, self.impressions as f64)
    }

    /// Conversions per click, as a ratio.
    pub fn cvr(&self) -> Option<f64> {
        over(self.conversions as f64, self.clicks as f64)
    }

    /// Cost per thousand impressions, in units of the currency.
    pub fn cpm(&self) -> Option<f64> {
        over(self.spend.to_units() * 1000.0, self.impressions as f64)
    }

    /// Cost per click, in units of the currency.
    pub fn cpc(&self) -> Option<f64> {
        over(self.spend.to_units(), self.clicks as f64)
    }

    /// Cost per conversion, in units of the currency.
    pub fn cpa(&self) -> Option<f64> {
        over(self.spend.to_units(), self.conversions as f64)
    }

    /// Revenue per money spent.
    pub fn roas(&self) -> Option<f64> {
        over(self.revenue.to_units(), self.spend.to_units())
    }
}

fn over(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Where a row belongs: our tags from campaign to ad.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectPath {
    /// The campaign.
    pub campaign: String,
    /// The ad set.
    pub ad_set: String,
    /// The ad.
    pub ad: String,
}

super::platform::named! {
    /// Which conversions a platform counts as its own.
    Attribution {
        /// Within seven days of a click.
        SevenDayClick = "seven_day_click",
        /// Within thirty days of a click.
        ThirtyDayClick = "thirty_day_click",
        /// Not stated by the source.
        Unknown = "unknown",
    }
}

super::platform::named! {
    /// Whether late conversions can still change a window much.
    Maturity {
        /// Most conversions are in.
        Mature = "mature",
        /// Many conversions are still to come.
        Immature = "immature",
    }
}

/// One row of a platform's report: one ad in one window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricsRow {
    /// The platform.
    pub platform: Platform,
    /// The ad and what it hangs below.
    pub path: ObjectPath,
    /// The start of the window, included.
    #[schemars(with = "String")]
    pub start: Timestamp,
    /// The end of the window, not included.
    #[schemars(with = "String")]
    pub end: Timestamp,
    /// When the platform said so.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// Which conversions it counts.
    pub attribution: Attribution,
    /// People who have seen the ad set up to now, where the platform says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<u64>,
    /// The counts.
    pub metrics: Metrics,
}
