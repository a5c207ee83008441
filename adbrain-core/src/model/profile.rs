//! What a campaign is like, for finding campaigns that are like it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CheckedBrief, Format, Metrics, Money, Platform};

/// A campaign by what it can be compared with others in. What is not known is left out and counts neither for nor against.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CampaignProfile {
    /// Its platforms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<Platform>,
    /// Its formats.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<Format>,
    /// Its audiences in words: `women 30-44 interest 16`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Its money for a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_budget: Option<Money>,
    /// What a thousand impressions cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Clicks per impression, as a ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click_rate: Option<f64>,
    /// Conversions per click, as a ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion_rate: Option<f64>,
    /// What a conversion brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_value: Option<Money>,
    /// The month of its first day, 1 to 12.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 12))]
    pub month: Option<u8>,
    /// What was sold, in the advertiser's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl CampaignProfile {
    /// A campaign as it is asked for; nothing of it is measured yet.
    pub fn of(brief: &CheckedBrief) -> Self {
        let mut formats = brief.formats.clone();
        formats.sort_unstable();
        formats.dedup();
        let product = &brief.product;
        let words = std::iter::once(&product.name).chain(&product.benefits).map(String::as_str);
        Self {
            platforms: brief.platforms(),
            formats,
            audience: audience(brief),
            daily_budget: brief.budget.scale(1, brief.days().max(1)).ok(),
            month: u8::try_from(brief.flight.start.month()).ok(),
            text: words.collect::<Vec<_>>().join(" "),
            ..Self::default()
        }
    }

    /// The same with what its figures show; rates over nothing stay unknown.
    #[must_use]
    pub fn with_figures(self, figures: &Metrics) -> Self {
        let per = |money: Money, times: i64, count: u64| {
            let count = i64::try_from(count).ok().filter(|count| *count > 0)?;
            money.scale(times, count).ok().filter(|money| money.is_positive())
        };
        Self {
            price: per(figures.spend, 1_000, figures.impressions),
            click_rate: figures.ctr(),
            conversion_rate: figures.cvr(),
            order_value: per(figures.revenue, 1, figures.conversions),
            ..self
        }
    }
}

fn audience(brief: &CheckedBrief) -> Option<String> {
    let mut words = Vec::new();
    for audience in &brief.audiences {
        words.push(audience.name.clone());
        words.extend(audience.ages.map(|ages| ages.to_string()));
        words.extend(audience.genders.iter().map(|gender| gender.as_str().to_owned()));
        words.extend(audience.interests.iter().cloned());
    }
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;

    #[test]
    fn what_figures_cannot_show_stays_unknown() {
        let money = |units: i64| Money::from_micros(units * 1_000_000, Currency::USD);
        let figures = Metrics { impressions: 4_000, clicks: 50, conversions: 2, spend: money(20), revenue: money(90) };
        let profile = CampaignProfile::default().with_figures(&figures);
        assert_eq!((profile.price, profile.order_value), (Some(money(5)), Some(money(45))));
        assert_eq!(profile.conversion_rate, Some(0.04));
        let nothing = CampaignProfile::default().with_figures(&Metrics::none(Currency::USD));
        assert_eq!(nothing, CampaignProfile::default());
    }
}
