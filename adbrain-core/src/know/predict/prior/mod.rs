//! The default predictor: a prior of the trade, updated by best practices or by a handful of rows.

mod rows;

use async_trait::async_trait;

use super::{PredictionInput, Predictor};
use crate::error::Result;
use crate::model::{BestPractice, Estimate, Message};
use crate::stats::bayes::{Belief, GroupMean, prior_from_groups};

pub(super) use rows::{ColdStart, GroupedValue, LEAST_ROWS};

/// The ROAS that is expected where nothing is known. Medians that trackers of many advertisers report run from 1.4 (`TikTok`)
/// over 2.2 (Meta; Varos, early 2025) to 4.5 (Google search; stackmatix.com/blog/average-roi-facebook-ads, 2026).
const PRIOR_ROAS: f64 = 2.0;
/// The variance of ln(1 + ROAS) between campaigns where nothing is known: 90 % of them between ROAS 0.5 and 5.0.
const PRIOR_VARIANCE: f64 = 0.1776;
/// The variance of ln(1 + ROAS) between campaigns of one advertiser: 0.088, measured on the eleven campaigns of a public data set
/// (`marketing_roas_daily`), leaving one out at a time.
const CAMPAIGN_VARIANCE: f64 = 0.088;
/// The variance of ln(1 + ROAS) between ads where it is not measured: an assumption, four times the 0.063 between the days of one
/// campaign in the same data.
const AD_VARIANCE: f64 = 0.25;
/// So many ads is the assumed variance worth when it meets a measured one (an inverse-gamma prior).
const AD_VARIANCE_WORTH: f64 = 5.0;
/// The variance of ln(1 + ROAS) between platforms or segments of one trade where it cannot be estimated: an assumption, half of
/// that between campaigns.
const GROUP_VARIANCE: f64 = 0.044;
/// Below so many ads a prediction carries a warning; from ten rows on shrinkage no longer moved the error in the same data.
const FEW_ADS: u64 = 10;
/// The level of the interval.
const LEVEL: f64 = 0.9;

/// Predicts ROAS by normal-normal shrinkage on ln(1 + ROAS), from best practices alone.
///
/// 1. The pooled practice (`all`, else all platforms together) updates the prior of the trade: ROAS 2.0, 90 % of campaigns from 0.5
///    to 5.0.
/// 2. What the platform and the segment deviate from it is shrunk to zero, each by its own sample size and by the spread between
///    its siblings (method of moments); both deviations add up.
/// 3. The interval is that of a new campaign: the variance between campaigns is added. It stays wide with ten rows and with ten
///    thousand.
///
/// ROAS is modelled as ln(1 + ROAS), so ads without a sale count and the interval never goes below zero. The variance of a mean is
/// the variance between ads over n (1 + ROAS)^2, the delta method. The sample size counts the ads of the most specific practice
/// found. It misleads where the practices come from another price range or attribution window than the campaign asked about.
///
/// ```
/// use adbrain_core::model::{Objective, Platform};
/// use adbrain_core::predict::{PredictionInput, Predictor, PriorPredictor};
/// let input = PredictionInput {
///     industry: "fashion".into(), objective: Objective::Sales, platform: Platform::Meta, segment: None,
///     audiences: vec![], creative_types: vec![], practices: vec![],
/// };
/// let answer = futures::executor::block_on(PriorPredictor::new().predict_roas(&[input]))?;
/// assert!((answer[0].value - 2.0).abs() < 1e-9 && answer[0].sample_size == 0 && !answer[0].warnings.is_empty());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct PriorPredictor;

impl PriorPredictor {
    /// Makes the predictor; it has no settings.
    pub fn new() -> Self {
        Self
    }
}

#[async_trait]
impl Predictor for PriorPredictor {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        Ok(inputs.iter().map(predict).collect())
    }
}

/// A practice in the terms of this file: mean and variance of ln(1 + ROAS).
#[derive(Debug, Clone, Copy)]
struct Group {
    seen: GroupMean,
    ads: u64,
}

impl Group {
    /// None for a ROAS that is no number, or no ads.
    fn of(practice: &BestPractice) -> Option<Self> {
        let roas = *practice.average_performance.get("roas")?;
        let usable = roas.is_finite() && roas >= 0.0 && practice.sample_size > 0;
        usable.then(|| {
            let ads = practice.sample_size;
            let Neighbourhood { seen, ads } =
                Neighbourhood::new(roas, practice.roas_variance.max(0.0), (ads as f64, ads));
            Self { seen, ads }
        })
    }
}

pub(super) fn predict(input: &PredictionInput) -> Estimate {
    let platform = find(&input.practices, &format!("platform:{}", input.platform));
    let segment = input.segment.as_deref().and_then(|name| find(&input.practices, name));
    let Some(pooled) = pooled(&input.practices) else {
        return written(prior().predictive(CAMPAIGN_VARIANCE), 0, vec![Message::new("prediction-prior-only")]);
    };
    let base = prior().updated(pooled.seen);
    let mut belief = deviation(base, platform, &siblings(&input.practices, "platform:"), pooled);
    let mut warnings = Vec::new();
    if let Some(name) = &input.segment {
        belief = deviation(belief, segment, &siblings(&input.practices, "audience:"), pooled);
        if segment.is_none() {
            let name = name.trim_start_matches("audience:");
            warnings.push(Message::new("prediction-segment-unknown").with("segment", name));
        }
    }
    let ads = segment.or(platform).unwrap_or(pooled).ads;
    warnings.extend(few_ads(ads));
    written(belief.predictive(CAMPAIGN_VARIANCE), ads, warnings)
}

/// What is expected of a campaign that resembles a part of past results, in place of the platform and the segment: `local` is shrunk
/// to the trade as they are. `None` where there are no practices to shrink to.
pub(super) fn predict_from(input: &PredictionInput, local: &Neighbourhood) -> Option<Estimate> {
    let pooled = pooled(&input.practices)?;
    let group = Group { seen: local.seen, ads: local.ads };
    let belief = deviation(prior().updated(pooled.seen), Some(group), &siblings(&input.practices, "platform:"), pooled);
    let warnings = few_ads(local.ads).into_iter().collect();
    let estimate = written(belief.predictive(CAMPAIGN_VARIANCE), local.ads, warnings);
    Some(Estimate { method: "forest_neighbourhood_shrinkage".into(), ..estimate })
}

/// The mean of ln(1 + ROAS) over a part of past results, and the ads in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbourhood {
    seen: GroupMean,
    ads: u64,
}

impl Neighbourhood {
    /// From ROAS as revenue over spend, its variance between ads, and so many ads that the mean rests on by weight.
    pub(super) fn new(roas: f64, variance: f64, (weighing, ads): (f64, u64)) -> Self {
        let measured = variance / ((1.0 + roas) * (1.0 + roas));
        let degrees = (weighing - 1.0).max(0.0);
        let between_ads = (AD_VARIANCE_WORTH * AD_VARIANCE + degrees * measured) / (AD_VARIANCE_WORTH + degrees);
        Self { seen: GroupMean { mean: libm::log1p(roas), variance: between_ads / weighing.max(1.0) }, ads }
    }
}

fn few_ads(ads: u64) -> Option<Message> {
    let count = i64::try_from(ads).unwrap_or(i64::MAX);
    (ads < FEW_ADS).then(|| Message::new("prediction-few-ads").with("ads", count))
}

/// The belief about the mean of a trade where nothing is known.
fn prior() -> Belief {
    Belief { mean: libm::log1p(PRIOR_ROAS), variance: PRIOR_VARIANCE - CAMPAIGN_VARIANCE }
}

/// The belief about the mean of one advertiser's ads after the best practices of the trade, from which it may differ as campaigns do.
fn of_the_trade(practices: &[BestPractice]) -> Belief {
    let Some(pooled) = pooled(practices) else { return prior() };
    let trade = prior().updated(pooled.seen);
    Belief { variance: trade.variance + CAMPAIGN_VARIANCE, ..trade }
}

/// Adds what a group deviates from the pooled mean, shrunk to zero; an unknown group adds the spread between groups.
fn deviation(base: Belief, group: Option<Group>, siblings: &[GroupMean], pooled: Group) -> Belief {
    let spread = prior_from_groups(siblings).map_or(GROUP_VARIANCE, |found| found.variance);
    let none = Belief { mean: 0.0, variance: spread };
    let found = group.map_or(none, |group| {
        none.updated(GroupMean { mean: group.seen.mean - pooled.seen.mean, variance: group.seen.variance })
    });
    Belief { mean: base.mean + found.mean, variance: base.variance + found.variance }
}

/// The practice of the whole trade, else its platforms or audiences together, weighted by ads.
fn pooled(practices: &[BestPractice]) -> Option<Group> {
    find(practices, "all").or_else(|| together(practices, "platform:")).or_else(|| together(practices, "audience:"))
}

fn together(practices: &[BestPractice], prefix: &str) -> Option<Group> {
    let groups: Vec<_> = groups(practices, prefix);
    let ads = groups.iter().fold(0_u64, |ads, group| ads.saturating_add(group.ads));
    let weighted = |value: fn(&Group) -> f64, power: i32| -> f64 {
        groups.iter().map(|group| value(group) * libm::pow(group.ads as f64 / ads as f64, f64::from(power))).sum()
    };
    (ads > 0).then(|| {
        let seen = GroupMean {
            mean: weighted(|group| group.seen.mean, 1),
            variance: weighted(|group| group.seen.variance, 2),
        };
        Group { seen, ads }
    })
}

fn find(practices: &[BestPractice], practice_type: &str) -> Option<Group> {
    practices.iter().find(|practice| practice.practice_type == practice_type).and_then(Group::of)
}

fn groups(practices: &[BestPractice], prefix: &str) -> Vec<Group> {
    practices.iter().filter(|row| row.practice_type.starts_with(prefix)).filter_map(Group::of).collect()
}

fn siblings(practices: &[BestPractice], prefix: &str) -> Vec<GroupMean> {
    groups(practices, prefix).iter().map(|group| group.seen).collect()
}

/// Writes a belief about ln(1 + ROAS) as ROAS: the median and the ends, never the mean of the exponential.
fn written(belief: Belief, ads: u64, warnings: Vec<Message>) -> Estimate {
    let logs = belief.interval(LEVEL, ads);
    let roas = |log: f64| libm::expm1(log).max(0.0);
    let mut estimate = Estimate::from(logs.clone());
    (estimate.value, estimate.low, estimate.high) = (roas(logs.estimate), roas(logs.low), roas(logs.high));
    estimate.warnings = warnings;
    estimate
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{Objective, Platform};

    fn practice(practice_type: &str, roas: f64, variance: f64, ads: u64) -> BestPractice {
        BestPractice {
            industry: "fashion".into(),
            practice_type: practice_type.into(),
            description: String::new(),
            average_performance: BTreeMap::from([("roas".into(), roas)]),
            roas_variance: variance,
            sample_size: ads,
            last_updated: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn ask(segment: Option<&str>, practices: Vec<BestPractice>) -> Estimate {
        predict(&PredictionInput {
            industry: "fashion".into(),
            objective: Objective::Sales,
            platform: Platform::Meta,
            segment: segment.map(str::to_owned),
            audiences: vec![],
            creative_types: vec![],
            practices,
        })
    }

    #[test]
    fn without_rows_the_wide_prior_of_the_trade_is_given_with_a_warning() {
        let answer = ask(None, vec![]);
        assert!(
            (answer.value - 2.0).abs() < 1e-9 && (answer.low - 0.5).abs() < 0.01 && (answer.high - 5.0).abs() < 0.01
        );
        assert_eq!((answer.sample_size, answer.warnings.len()), (0, 1));
    }

    #[test]
    fn few_rows_give_wide_intervals_and_more_rows_narrower_ones() {
        let width = |ads| {
            let answer = ask(None, vec![practice("all", 3.0, 4.0, ads), practice("platform:meta", 3.0, 4.0, ads)]);
            assert!(answer.low < answer.value && answer.value < answer.high);
            answer.high / answer.low.max(0.01)
        };
        let widths: Vec<f64> = [1, 3, 10, 100, 10_000].map(width).to_vec();
        assert!(widths.windows(2).all(|pair| pair[0] > pair[1]), "{widths:?}");
        assert!(widths[2] > 4.0 && widths[4] > 2.5, "{widths:?}");
    }

    #[test]
    fn a_group_with_little_data_is_pulled_to_the_pooled_mean() {
        let with = |ads| {
            let rows = vec![practice("all", 2.0, 4.0, 500), practice("audience:30-34 female", 8.0, 4.0, ads)];
            ask(Some("audience:30-34 female"), rows).value
        };
        assert!(with(1) < 3.0 && with(1) < with(20) && with(20) < with(400) && with(400) < 8.0, "{}", with(1));
    }

    #[test]
    fn an_unknown_segment_is_said() {
        let answer = ask(Some("audience:18-24 male"), vec![practice("all", 2.0, 4.0, 500)]);
        assert_eq!(answer.warnings[0].key, "prediction-segment-unknown");
    }

    #[test]
    fn much_data_wins_over_the_prior() {
        let answer = ask(None, vec![practice("all", 8.0, 4.0, 5000), practice("platform:meta", 8.0, 4.0, 5000)]);
        assert!((answer.value - 8.0).abs() < 0.2, "{}", answer.value);
    }
}
