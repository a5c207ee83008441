//! How long the audiences of a running campaign still last, by what was delivered to them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AnalystInput;
use super::judge::is_settled;
use crate::agent::overlap::overlap;
use crate::model::{Answered, Audience, Estimate, Feedback, FeedbackKind, Maturity, Message, Platform, Recipient, Tag};
use crate::predict::saturation::{
    Delivery, DeliveryDay, EXPAND_BELOW, Options, Recommendation, Saturation, days_to_saturation,
};

/// What an audience was shown so far, where the platform says how many people it reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceDelivery {
    /// The platform.
    pub platform: Platform,
    /// The ad set that addresses it.
    pub ad_set: Tag,
    /// The audience.
    pub audience: Audience,
    /// Its people, as the platform states them.
    pub people: u64,
    /// The people that it would hold without its interests; none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_without_interests: Option<u64>,
    /// Its days from the first on, without a gap.
    pub days: Vec<AudienceDay>,
}

/// One day of an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceDay {
    /// Impressions of the day.
    pub impressions: u64,
    /// Clicks of the day.
    pub clicks: u64,
    /// People reached since the first day.
    pub reach: u64,
}

/// One feedback per audience of which fewer than seven days are left, until it has an answer for good: what is changed, the next plan
/// changes. Days that hold no answer, as fewer than three, say nothing.
pub(super) fn feedback(input: &AnalystInput) -> Vec<Feedback> {
    let is_answered = |delivery: &AudienceDelivery| {
        let of = |known: &Answered| known.feedback.object.as_ref() == Some(&delivery.ad_set);
        input.answered.iter().any(|known| is_settled(known, FeedbackKind::AudienceTires) && of(known))
    };
    let told = |delivery: &AudienceDelivery| {
        let found = lasts(delivery, &input.audiences)?;
        (found.recommendation == Recommendation::ExpandAudience).then(|| message(input, delivery, &found))
    };
    input.audiences.iter().filter(|delivery| !is_answered(delivery)).filter_map(told).collect()
}

fn lasts(delivery: &AudienceDelivery, all: &[AudienceDelivery]) -> Option<Saturation> {
    let is_other = |one: &&AudienceDelivery| one.platform == delivery.platform && one.ad_set != delivery.ad_set;
    let others = all.iter().filter(is_other).map(|one| &one.audience);
    let day = |day: &AudienceDay| DeliveryDay {
        impressions: day.impressions as f64,
        reach: day.reach as f64,
        clicks: Some(day.clicks as f64),
    };
    let delivered = Delivery {
        size: delivery.people as f64,
        overlap: overlap(&delivery.audience, others),
        days: delivery.days.iter().map(day).collect(),
    };
    days_to_saturation(&delivered, &Options::default()).ok()
}

fn message(input: &AnalystInput, delivery: &AudienceDelivery, found: &Saturation) -> Feedback {
    let (kind, evidence) = (FeedbackKind::AudienceTires, estimate(found));
    let mut data = BTreeMap::from([
        ("current_days".to_owned(), evidence.value),
        ("target".to_owned(), f64::from(EXPAND_BELOW)),
        ("people".to_owned(), delivery.people as f64),
    ]);
    let wider = delivery.people_without_interests.map(|people| people as f64);
    data.extend(wider.map(|people| ("people_without_interests".to_owned(), people)));
    Feedback {
        id: format!("{}/{kind}/{}/{}", input.run, delivery.ad_set, input.window_end),
        recipient: Recipient::Optimizer,
        kind,
        object: Some(delivery.ad_set.clone()),
        message: Message::new("feedback-audience-tires")
            .with("audience", delivery.audience.name.as_str())
            .with("platform", delivery.platform.as_str()),
        data,
        evidence,
        // Impressions, people and clicks do not come late.
        maturity: Maturity::Mature,
        window_end: input.window_end,
        round: input.round,
    }
}

/// The days that are left; a quantile after the horizon stands at it, with a warning.
fn estimate(found: &Saturation) -> Estimate {
    let days = &found.days_to_saturation;
    let day = |day: Option<u32>| f64::from(day.unwrap_or(found.horizon));
    let mut warnings = found.warnings.clone();
    if days.upper.is_none() {
        warnings.push(Message::new("saturation-beyond").with("days", i64::from(found.horizon)));
    }
    Estimate {
        value: day(days.median),
        low: day(days.lower),
        high: day(days.upper),
        level: found.level,
        method: found.people.method.clone(),
        sample_size: found.people.sample_size,
        warnings,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Answer, Brief, Language, TestMatrix};

    fn input(audiences: Vec<AudienceDelivery>) -> AnalystInput {
        let brief: Brief = serde_json::from_value(json!({
            "name": "n", "brand": "b", "industry": "fashion", "objective": "sales", "markets": ["BR"], "language": "en",
            "flight": {"start": "2027-01-01", "end": "2027-01-14", "time_zone": "America/Sao_Paulo"},
            "budget": {"amount": "1000.00", "currency": "BRL"}, "formats": ["video"], "platforms": ["meta"],
            "product": {"name": "p", "url": "https://example.com", "benefits": ["light"]},
        }))
        .unwrap();
        AnalystInput {
            run: crate::model::RunId::new("r"),
            brief: brief.check().unwrap(),
            tests: TestMatrix::none(),
            readouts: vec![],
            ads: BTreeMap::new(),
            days: vec![],
            answered: vec![],
            audiences,
            window_end: "2027-01-08T03:00:00Z".parse().unwrap(),
            completeness: 0.5,
            maturity: Maturity::Immature,
            round: 1,
        }
    }

    /// Six days of about 41,000 impressions, by which 47,000 people were reached.
    fn delivery(people: u64, wider: Option<u64>) -> AudienceDelivery {
        let days = [(42_000, 24_000, 420), (40_000, 33_300, 330), (41_000, 38_900, 290)];
        let later = [(39_500, 42_400, 260), (41_200, 45_100, 250), (40_100, 47_000, 230)];
        let day = |(impressions, reach, clicks)| AudienceDay { impressions, clicks, reach };
        AudienceDelivery {
            platform: Platform::Meta,
            ad_set: Tag::new("ab02"),
            audience: serde_json::from_value(json!({"name": "runners", "interests": ["corrida"]})).unwrap(),
            people,
            people_without_interests: wider,
            days: days.into_iter().chain(later).map(day).collect(),
        }
    }

    #[test]
    fn measured_days_of_a_tiring_audience_reach_the_optimizer_which_expands_it() {
        let found = feedback(&input(vec![delivery(70_000, Some(900_000))]));
        let [told] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((told.recipient, told.kind), (Recipient::Optimizer, FeedbackKind::AudienceTires));
        assert_eq!((told.evidence.method.as_str(), told.evidence.sample_size), ("gamma_poisson_grid", 6));
        assert!(told.evidence.value < 7.0 && told.evidence.low <= told.evidence.value, "{:?}", told.evidence);
        assert!(told.id.contains("ab02") && told.message.text(Language::English).contains("runners"));
        let answer = crate::agent::optimizer::respond(told);
        assert_eq!((answer.answer, answer.plan.key.as_str()), (Answer::Accepted, "response-expand-audience"));
        assert!(answer.plan.text(Language::Portuguese).contains("900"), "{}", answer.plan.text(Language::Portuguese));
    }

    #[test]
    fn without_a_wider_audience_the_optimizer_says_so() {
        for wider in [None, Some(75_000)] {
            let found = feedback(&input(vec![delivery(70_000, wider)]));
            let answer = crate::agent::optimizer::respond(&found[0]);
            assert_eq!((answer.answer, answer.plan.key.as_str()), (Answer::Rejected, "response-no-wider-audience"));
        }
    }

    #[test]
    fn a_large_audience_and_two_days_say_nothing() {
        let short = AudienceDelivery { days: delivery(70_000, None).days[..2].to_vec(), ..delivery(70_000, None) };
        // Nearly every impression is somebody's first, and clicks stay as they were.
        let reached = [41_500, 82_000, 122_000, 161_000, 199_000, 236_000];
        let days = reached.map(|reach| AudienceDay { impressions: 41_500, clicks: 410, reach }).to_vec();
        let large = AudienceDelivery { days, ..delivery(9_000_000, None) };
        assert_eq!(feedback(&input(vec![large, short])), []);
    }
}
