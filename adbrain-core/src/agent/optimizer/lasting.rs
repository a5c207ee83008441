//! How long each audience lasts at the budget that the plan gives it.

use super::AccountPast;
use crate::model::{AdSetDraft, CampaignDraft, Estimate, Evidence, Message, Reason};
use crate::predict::saturation::{Launch, Options, Recommendation, Saturation, days_from_launch};

/// One reason per ad set of which the audience's size is known, as is what a thousand impressions cost the account before.
pub(super) fn reasons(campaigns: &[CampaignDraft], past: Option<&AccountPast>) -> Vec<Reason> {
    let Some(past) = past else { return Vec::new() };
    let sets = campaigns.iter().flat_map(|campaign| campaign.ad_sets.iter().map(move |set| (campaign, set)));
    sets.filter_map(|(campaign, set)| Some(reason(campaign, set, &lasts(set, past)?))).collect()
}

/// None without a size, or where the budget buys nothing at that price.
fn lasts(set: &AdSetDraft, past: &AccountPast) -> Option<Saturation> {
    let size = set.audience.size? as f64;
    let plan = Launch::of_budget([size, 0.0], set.daily_budget, past.cpm).ok()?;
    days_from_launch(&plan, &Options::default()).ok()
}

fn reason(campaign: &CampaignDraft, set: &AdSetDraft, found: &Saturation) -> Reason {
    let key = match found.recommendation {
        Recommendation::ExpandAudience => "reason-audience-tires",
        Recommendation::Maintain => "reason-audience-lasts",
    };
    let days = &found.days_to_saturation;
    let day = |day: Option<u32>| day.map_or_else(|| format!("{}+", found.horizon), |day| day.to_string());
    let message = Message::new(key)
        .with("audience", set.name.as_str())
        .with("platform", campaign.platform.as_str())
        .with("daily", set.daily_budget)
        .with("days", day(days.median))
        .with("lower", day(days.lower))
        .with("upper", day(days.upper));
    let evidence = Evidence {
        source: "prediction".into(),
        subject: format!("days until {} on {} is saturated", set.name, campaign.platform),
        estimate: estimate(found),
    };
    Reason { choice: "audience".into(), message, evidence: vec![evidence] }
}

/// None where a quantile lies after the horizon.
fn estimate(found: &Saturation) -> Option<Estimate> {
    let days = &found.days_to_saturation;
    Some(Estimate {
        value: f64::from(days.median?),
        low: f64::from(days.lower?),
        high: f64::from(days.upper?),
        level: found.level,
        method: found.people.method.clone(),
        sample_size: 0,
        warnings: found.warnings.clone(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Currency, Money};

    fn campaign(size: Option<u64>) -> CampaignDraft {
        let audience = json!({"name": "women", "countries": ["BR"], "size": size});
        serde_json::from_value(json!({
            "tag": "ab01", "platform": "meta", "name": "c", "objective": "sales", "declarations": {},
            "flight": {"start": "2027-01-01", "end": "2027-01-28", "time_zone": "America/Sao_Paulo"},
            "ad_sets": [{"tag": "ab02", "name": "women", "audience": audience, "bid_strategy": "lowest_cost",
                "daily_budget": {"amount": "300.00", "currency": "BRL"}, "ads": []}],
        }))
        .unwrap()
    }

    #[test]
    fn a_small_audience_tires_and_a_large_one_lasts_at_the_same_budget() {
        let past = AccountPast { daily_deviation: 0.1, days: 30, cpm: Money::from_micros(15_000_000, Currency::BRL) };
        let told = |size| reasons(&[campaign(size)], Some(&past));
        assert_eq!(told(Some(20_000))[0].message.key, "reason-audience-tires");
        let large = told(Some(2_000_000));
        assert_eq!(large[0].message.key, "reason-audience-lasts");
        assert_eq!(large[0].evidence[0].subject, "days until women on meta is saturated");
        assert!(told(None).is_empty() && reasons(&[campaign(Some(20_000))], None).is_empty());
    }
}
