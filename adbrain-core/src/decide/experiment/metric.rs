//! What is compared: a metric of the trade, or numbers of the caller's own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The metric that decides, or that guards.
///
/// The first six read counts and money of a [`super::Block`]; the last four read its `value`, or its `numerator` and `denominator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metric {
    /// Clicks per impression.
    Ctr,
    /// Conversions per click; may pass 1, because view-through conversions need no click.
    Cvr,
    /// Spend per thousand impressions.
    Cpm,
    /// Spend per click.
    Cpc,
    /// Spend per conversion.
    Cpa,
    /// Revenue per money spent.
    Roas,
    /// The mean of `value` over the units.
    Mean,
    /// `numerator` successes among `denominator` trials.
    Proportion,
    /// Sum of `numerator` over sum of `denominator`.
    Ratio,
    /// `numerator` events per `denominator` of exposure, such as hours.
    CountRate,
}

/// How a metric is built, which says how it is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MetricKind {
    /// A mean over units.
    Mean,
    /// A share of trials, 0..1.
    Proportion,
    /// A ratio of two sums.
    Ratio,
    /// Events per exposure.
    CountRate,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better: CTR, ROAS.
    HigherIsBetter,
    /// Less is better: CPA, CPC, CPM.
    LowerIsBetter,
}

impl Direction {
    /// +1 where higher is better, -1 where lower is better.
    pub fn sign(self) -> f64 {
        match self {
            Self::HigherIsBetter => 1.0,
            Self::LowerIsBetter => -1.0,
        }
    }
}

impl Metric {
    /// Every metric, in a fixed order.
    pub const ALL: [Self; 10] = [
        Self::Ctr,
        Self::Cvr,
        Self::Cpm,
        Self::Cpc,
        Self::Cpa,
        Self::Roas,
        Self::Mean,
        Self::Proportion,
        Self::Ratio,
        Self::CountRate,
    ];

    /// The name in JSON and in texts for machines: `ctr`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ctr => "ctr",
            Self::Cvr => "cvr",
            Self::Cpm => "cpm",
            Self::Cpc => "cpc",
            Self::Cpa => "cpa",
            Self::Roas => "roas",
            Self::Mean => "mean",
            Self::Proportion => "proportion",
            Self::Ratio => "ratio",
            Self::CountRate => "count_rate",
        }
    }

    /// The metric of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == name)
    }

    /// How it is built.
    pub fn kind(self) -> MetricKind {
        match self {
            Self::Mean => MetricKind::Mean,
            Self::Ctr | Self::Proportion => MetricKind::Proportion,
            Self::CountRate => MetricKind::CountRate,
            Self::Cvr | Self::Cpm | Self::Cpc | Self::Cpa | Self::Roas | Self::Ratio => MetricKind::Ratio,
        }
    }

    /// Which way is good, unless the settings say otherwise: costs fall, everything else rises.
    pub fn direction(self) -> Direction {
        match self {
            Self::Cpm | Self::Cpc | Self::Cpa => Direction::LowerIsBetter,
            _ => Direction::HigherIsBetter,
        }
    }

    /// Whether a count of successes among trials says it; a mean is then that of ones and zeros.
    pub(super) fn fits_counts(self) -> bool {
        matches!(self, Self::Ctr | Self::Cvr | Self::Proportion | Self::Mean)
    }

    /// The figures of a block that it reads.
    pub(super) fn figures(self) -> &'static [&'static str] {
        match self {
            Self::Ctr => &["clicks", "impressions"],
            Self::Cvr => &["conversions", "clicks"],
            Self::Cpm => &["spend", "impressions"],
            Self::Cpc => &["spend", "clicks"],
            Self::Cpa => &["spend", "conversions"],
            Self::Roas => &["revenue", "spend"],
            Self::Mean => &["value"],
            Self::Proportion | Self::Ratio | Self::CountRate => &["numerator", "denominator"],
        }
    }

    /// Whether late conversions restate it, so that it needs mature data.
    pub fn is_delayed(self) -> bool {
        matches!(self, Self::Cvr | Self::Cpa | Self::Roas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json() {
        for metric in Metric::ALL {
            assert_eq!(serde_json::to_value(metric).unwrap(), metric.as_str());
            assert_eq!(Metric::named(metric.as_str()), Some(metric));
        }
    }
}
