//! What an accepted feedback changes while the ads run.

use std::collections::BTreeSet;

use crate::agent::{Standing, Standings};
use crate::error::Result;
use crate::model::{AdSetDraft, Change, ChangeKind, Feedback, FeedbackKind, MediaPlan, Platform, Tag};

/// The greatest part of a daily budget that one correction moves, in percent.
const STEP_PERCENT: i64 = 20;

/// What an accepted feedback changes at once: the daily budgets of the platform that does worst are cut by a step, and where ROAS is low
/// those of the best one are raised by at most the same amount. `plan` holds the budgets that are in force; ad sets in `moved` were
/// changed in the same review and are left alone. Other kinds of feedback change the next plan alone.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for an amount that is too large.
pub fn corrections(
    feedback: &Feedback,
    plan: &MediaPlan,
    (platforms, moved): (&Standings, &BTreeSet<Tag>),
) -> Result<Vec<Change>> {
    let Some((worst, best)) = ends(feedback.kind, platforms) else { return Ok(Vec::new()) };
    let mut changes = steps((plan, moved), worst, (&feedback.id, -STEP_PERCENT))?;
    if feedback.kind == FeedbackKind::RoasLow {
        let mut left: i64 = -changes.iter().map(change_in_micros).sum::<i64>();
        for raise in steps((plan, moved), best, (&feedback.id, STEP_PERCENT))? {
            let added = change_in_micros(&raise);
            if added <= left {
                left -= added;
                changes.push(raise);
            }
        }
    }
    Ok(changes)
}

/// The platforms that do worst and best by the metric of a feedback; none where they are the same one.
fn ends(kind: FeedbackKind, platforms: &Standings) -> Option<(Platform, Platform)> {
    let score = |standing: &Standing| {
        if kind == FeedbackKind::RoasLow {
            return standing.roas;
        }
        // What has cost money and brought nothing is dearest of all.
        let dear = standing.spend.is_positive().then(|| -standing.cpa.unwrap_or(f64::INFINITY));
        dear.filter(|_| kind == FeedbackKind::CpaHigh)
    };
    let known: Vec<_> = platforms.iter().filter_map(|(platform, own)| Some((*platform, score(own)?))).collect();
    let worst = known.iter().min_by(|a, b| a.1.total_cmp(&b.1))?.0;
    let best = known.iter().max_by(|a, b| a.1.total_cmp(&b.1))?.0;
    (worst != best).then_some((worst, best))
}

fn change_in_micros(change: &Change) -> i64 {
    match &change.kind {
        ChangeKind::SetDailyBudget { before, after } => after.micros() - before.micros(),
        _ => 0,
    }
}

fn steps(
    (plan, moved): (&MediaPlan, &BTreeSet<Tag>),
    platform: Platform,
    (cause, percent): (&str, i64),
) -> Result<Vec<Change>> {
    let own = plan.campaigns.iter().filter(|campaign| campaign.platform == platform);
    let sets = own.flat_map(|campaign| &campaign.ad_sets).filter(|set| !moved.contains(&set.tag));
    let step = |set: &AdSetDraft| {
        let after = set.daily_budget.scale(100 + percent, 100)?.floor_to_minor_unit();
        Ok(Change {
            platform,
            target: set.tag.clone(),
            kind: ChangeKind::SetDailyBudget { before: set.daily_budget, after },
            cause: cause.to_owned(),
        })
    };
    sets.map(step).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::analyst::tests::feedback;
    use crate::model::{Currency, Money, TestMatrix};

    /// One ad set of R$ 100 a day on each platform.
    fn plan() -> MediaPlan {
        let money = json!({"amount": "100.00", "currency": "BRL"});
        let campaign = |platform: &str| {
            json!({"tag": platform, "platform": platform, "name": "c", "objective": "sales", "declarations": {},
                "flight": {"start": "2027-01-01", "end": "2027-01-28", "time_zone": "America/Sao_Paulo"},
                "ad_sets": [{"tag": format!("{platform}-set"), "name": "a", "bid_strategy": "lowest_cost", "ads": [],
                    "daily_budget": money, "bid": null, "audience": {"name": "a", "countries": ["BR"]}}]})
        };
        serde_json::from_value(json!({
            "name": "p", "currency": "BRL", "campaigns": [campaign("meta"), campaign("google"), campaign("tiktok")],
            "tests": TestMatrix::none(),
            "limits": {"daily_cap": money, "weekly_cap": money, "lifetime_cap": money, "max_raise_percent": 20,
                "max_cut_percent": 30, "max_changes_per_object_and_day": 2, "max_pauses_per_hour": 3, "learning_hours": 72},
            "missing": [], "reasons": [],
        }))
        .unwrap()
    }

    /// ROAS and CPA of Meta, Google and `TikTok`.
    fn platforms(figures: [(f64, Option<f64>); 3]) -> Standings {
        let spend = Money::from_micros(1_000_000, Currency::BRL);
        let of = |(roas, cpa)| Standing { spend, roas: Some(roas), cpa };
        [Platform::Meta, Platform::Google, Platform::TikTok].into_iter().zip(figures.map(of)).collect()
    }

    fn told(kind: FeedbackKind, figures: [(f64, Option<f64>); 3], moved: &[&str]) -> Vec<(String, i64)> {
        let moved = moved.iter().map(|tag| Tag::new(*tag)).collect();
        let changes = corrections(&feedback(kind), &plan(), (&platforms(figures), &moved)).unwrap();
        changes.iter().map(|change| (change.target.to_string(), change_in_micros(change) / 1_000_000)).collect()
    }

    #[test]
    fn low_roas_moves_a_fifth_from_the_worst_to_the_best_platform() {
        let figures = [(2.0, Some(40.0)), (1.0, Some(30.0)), (4.0, Some(90.0))];
        let moves = told(FeedbackKind::RoasLow, figures, &[]);
        assert_eq!(moves, [("google-set".to_owned(), -20), ("tiktok-set".to_owned(), 20)]);
    }

    #[test]
    fn high_cpa_cuts_where_a_conversion_costs_most_and_raises_nothing() {
        let figures = [(2.0, Some(40.0)), (1.0, Some(30.0)), (4.0, Some(90.0))];
        assert_eq!(told(FeedbackKind::CpaHigh, figures, &[]), [("tiktok-set".to_owned(), -20)]);
        let nothing_came = [(2.0, Some(40.0)), (0.0, None), (4.0, Some(90.0))];
        assert_eq!(told(FeedbackKind::CpaHigh, nothing_came, &[]), [("google-set".to_owned(), -20)]);
    }

    #[test]
    fn an_ad_set_moves_once_in_a_review_and_a_raise_never_exceeds_what_was_freed() {
        let figures = [(2.0, Some(40.0)), (1.0, Some(30.0)), (4.0, Some(90.0))];
        assert_eq!(told(FeedbackKind::RoasLow, figures, &["google-set"]), []);
        assert_eq!(told(FeedbackKind::RoasLow, figures, &["tiktok-set"]), [("google-set".to_owned(), -20)]);
    }

    #[test]
    fn ctr_and_one_platform_alone_move_nothing() {
        let figures = [(2.0, Some(40.0)), (1.0, Some(30.0)), (4.0, Some(90.0))];
        assert_eq!(told(FeedbackKind::CtrLow, figures, &[]), []);
        let mut one = platforms(figures);
        one.retain(|platform, _| *platform == Platform::Meta);
        let none = corrections(&feedback(FeedbackKind::RoasLow), &plan(), (&one, &BTreeSet::new())).unwrap();
        assert!(none.is_empty());
    }
}
