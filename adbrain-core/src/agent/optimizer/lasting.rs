//! How long each audience lasts at the budget that the plan gives it.

use super::OptimizerInput;
use crate::agent::overlap::overlap;
use crate::model::{AdSetDraft, CampaignDraft, Estimate, Evidence, Message, Reason};
use crate::predict::saturation::{Launch, Options, Recommendation, Saturation, days_from_launch};

/// One reason per ad set of which the people are known, as is what a thousand impressions cost the account there before.
pub(super) fn reasons(campaigns: &[CampaignDraft], input: &OptimizerInput) -> Vec<Reason> {
    let sets = campaigns.iter().flat_map(|campaign| campaign.ad_sets.iter().map(move |set| (campaign, set)));
    sets.filter_map(|(campaign, set)| Some(reason(campaign, set, &lasts(campaign, set, input)?))).collect()
}

/// None without people or a price, or where the budget buys nothing at that price.
fn lasts(campaign: &CampaignDraft, set: &AdSetDraft, input: &OptimizerInput) -> Option<Saturation> {
    let price = *input.prices.get(&campaign.platform)?;
    let others = campaign.ad_sets.iter().filter(|other| other.tag != set.tag);
    let shared = overlap(&set.audience, others.map(|other| &other.audience));
    let plan = Launch::of_budget([people(campaign, set, input)? as f64, shared], set.daily_budget, price).ok()?;
    days_from_launch(&plan, &Options::default()).ok()
}

/// What the brief says of the audience, else what the platform says.
fn people(campaign: &CampaignDraft, set: &AdSetDraft, input: &OptimizerInput) -> Option<u64> {
    let is_it = |(platform, name): (crate::model::Platform, &str)| platform == campaign.platform && name == set.name;
    let said = input.sizes.iter().find(|size| is_it((size.platform, &size.audience)));
    set.audience.size.or(said.map(|size| size.people))
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
    use crate::model::{Currency, Money, Platform};

    /// One ad set per audience, given as name, ages and size, for R$ 300 a day each.
    fn campaign(audiences: &[(&str, [u8; 2], Option<u64>)]) -> CampaignDraft {
        let set = |(name, [min, max], size): &(&str, [u8; 2], Option<u64>)| {
            let ages = json!({"min": min, "max": max});
            json!({"tag": name, "name": name, "audience": {"name": name, "countries": ["BR"], "ages": ages, "size": size},
                "bid_strategy": "lowest_cost", "daily_budget": {"amount": "300.00", "currency": "BRL"}, "ads": []})
        };
        serde_json::from_value(json!({
            "tag": "ab01", "platform": "meta", "name": "c", "objective": "sales", "declarations": {},
            "flight": {"start": "2027-01-01", "end": "2027-01-28", "time_zone": "America/Sao_Paulo"},
            "ad_sets": audiences.iter().map(set).collect::<Vec<_>>(),
        }))
        .unwrap()
    }

    fn input(prices: &[(Platform, i64)], sizes: serde_json::Value) -> OptimizerInput {
        let brief: crate::model::Brief = serde_json::from_value(json!({
            "name": "n", "brand": "b", "industry": "fashion", "objective": "sales", "markets": ["BR"], "language": "en",
            "flight": {"start": "2027-01-01", "end": "2027-01-28", "time_zone": "America/Sao_Paulo"},
            "budget": {"amount": "9000.00", "currency": "BRL"}, "formats": ["video"], "platforms": ["meta"],
            "product": {"name": "p", "url": "https://example.com", "benefits": ["light"]},
        }))
        .unwrap();
        let price =
            |(platform, units): &(Platform, i64)| (*platform, Money::from_micros(units * 1_000_000, Currency::BRL));
        let brief = brief.check().unwrap();
        let strategy = serde_json::from_value(json!({
            "brief": brief, "objective": "sales", "platforms": [], "audiences": [], "formats": [], "reasons": []}));
        OptimizerInput {
            costs: vec![],
            strategy: strategy.unwrap(),
            assets: crate::model::AssetSet::default(),
            copy: crate::model::CopySet::default(),
            capabilities: vec![],
            past: None,
            prices: prices.iter().map(price).collect(),
            sizes: serde_json::from_value(sizes).unwrap(),
        }
    }

    fn keys(reasons: &[Reason]) -> Vec<&str> {
        reasons.iter().map(|reason| reason.message.key.as_str()).collect()
    }

    #[test]
    fn a_small_audience_tires_and_a_large_one_lasts_at_the_same_budget() {
        let known = input(&[(Platform::Meta, 15)], json!([]));
        let told = |size| reasons(&[campaign(&[("women", [18, 65], size)])], &known);
        assert_eq!(keys(&told(Some(20_000))), ["reason-audience-tires"]);
        let large = told(Some(2_000_000));
        assert_eq!(keys(&large), ["reason-audience-lasts"]);
        assert_eq!(large[0].evidence[0].subject, "days until women on meta is saturated");
        assert!(told(None).is_empty(), "nobody says how many people it has");
    }

    #[test]
    fn what_the_platform_says_counts_where_the_brief_says_nothing_and_each_platform_has_its_price() {
        let sizes = json!([{"platform": "google", "audience": "women", "people": 2_000_000},
            {"platform": "meta", "audience": "women", "people": 20_000}]);
        let told = |price, size| {
            reasons(&[campaign(&[("women", [18, 65], size)])], &input(&[(Platform::Meta, price)], sizes.clone()))
        };
        assert_eq!(keys(&told(15, None)), ["reason-audience-tires"]);
        assert_eq!(keys(&told(15, Some(2_000_000))), ["reason-audience-lasts"]);
        assert_eq!(keys(&told(900, None)), ["reason-audience-lasts"], "a dear thousand impressions are few");
        let elsewhere = input(&[(Platform::Google, 15)], sizes);
        assert!(reasons(&[campaign(&[("women", [18, 65], None)])], &elsewhere).is_empty(), "no price on Meta");
    }

    #[test]
    fn an_audience_that_another_ad_set_addresses_too_tires_sooner() {
        let known = input(&[(Platform::Meta, 15)], json!([]));
        let days = |other: [u8; 2]| {
            let sets = [("women", [25, 34], Some(150_000)), ("more", other, Some(150_000))];
            let found = reasons(&[campaign(&sets)], &known);
            found[0].evidence[0].estimate.as_ref().unwrap().value
        };
        assert!(days([30, 40]) < days([35, 44]), "{} {}", days([30, 40]), days([35, 44]));
    }
}
