//! The predictor of the brain: a whole campaign from the past ads that it resembles.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::{Audience, Estimate, Gender, History, Message, Objective};
use crate::predict::features::{Encoder, Feature, Features, PastResult, past_results};
use crate::predict::forest::{Distribution, Forest, Settings, Table};
use crate::predict::prior::{Neighbourhood, predict, predict_from};
use crate::predict::{PredictionInput, Predictor};

/// Past results need so many rows with money spent before a forest learns from them.
const LEAST_ROWS: usize = 50;
/// Of more past rows every k-th is learnt from: a forest gains little from more and takes longer.
const MOST_ROWS: usize = 20_000;
/// What past ads and a planned campaign can be told apart by.
const FEATURES: [Feature; 6] =
    [Feature::Platform, Feature::CreativeType, Feature::CopyStyle, Feature::Age, Feature::Gender, Feature::Interest];

/// Predicts the ROAS of a whole campaign: by a forest where there is history enough, else as [`PriorPredictor`](crate::predict::PriorPredictor).
///
/// 1. A quantile forest learns ln(1 + ROAS) of past ads from platform, creative, copy style, age, gender and interest, each row weighted by
///    its spend.
/// 2. The past ads that a campaign resembles are those on its platform, in its segment and audiences, with its kinds of creative. The
///    forest says what ads like each of them brought: revenue over spend among its neighbours, and how that varies between ads.
/// 3. That takes the place of the platform's and the segment's best practice in the prior: it is shrunk to the trade, and the variance
///    between campaigns is added.
///
/// It abstains where a campaign resembles no past ad (an unseen platform, segment or kind of creative): then the prior answers and the
/// warnings say so. The interval is that of a campaign, not of an ad; [`Forecaster`](super::Forecaster) answers for single ads.
///
/// ```
/// use adbrain_core::model::{Objective, Platform};
/// use adbrain_core::predict::{PredictionInput, Predictor, RoasPredictor};
/// let input = PredictionInput {
///     industry: "fashion".into(), objective: Objective::Sales, platform: Platform::Meta, segment: None,
///     audiences: vec![], creative_types: vec![], practices: vec![],
/// };
/// let answer = futures::executor::block_on(RoasPredictor::new(7).predict_roas(&[input]))?;
/// assert_eq!(answer[0].sample_size, 0);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RoasPredictor {
    seed: u64,
    past: Option<Arc<Past>>,
}

/// A forest over past ads.
#[derive(Debug)]
struct Past {
    rows: Vec<PastResult>,
    expected: Vec<Distribution>,
}

impl RoasPredictor {
    /// Makes a predictor that has learnt nothing yet; the same seed gives the same forest.
    pub fn new(seed: u64) -> Self {
        Self { seed, past: None }
    }

    fn answer(&self, input: &PredictionInput) -> Estimate {
        let Some(past) = &self.past else { return predict(input) };
        if let Some(local) = past.neighbourhood(input) {
            return predict_from(input, &local).unwrap_or_else(|| predict(input));
        }
        let mut estimate = predict(input);
        estimate.warnings.extend(["forecast-unlike", "forecast-fallback"].map(Message::new));
        estimate
    }
}

#[async_trait]
impl Predictor for RoasPredictor {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        Ok(inputs.iter().map(|input| self.answer(input)).collect())
    }

    fn learnt_from(&self, history: &History) -> Result<Option<Arc<dyn Predictor>>> {
        let past = Past::learn(history, self.seed)?;
        Ok(past.map(|past| Arc::new(Self { seed: self.seed, past: Some(Arc::new(past)) }) as Arc<dyn Predictor>))
    }
}

impl Past {
    /// Learns from the rows of a history with money spent; `None` where they are too few or all alike.
    fn learn(history: &History, seed: u64) -> Result<Option<Self>> {
        // Industry and objective are those of the run for every row, so they tell nothing apart here.
        let mut rows = past_results(history, "", Objective::Sales)?;
        rows.retain(|row| row.metrics.spend.is_positive());
        let step = rows.len().div_ceil(MOST_ROWS).max(1);
        let rows: Vec<PastResult> = rows.into_iter().step_by(step).collect();
        if rows.len() < LEAST_ROWS {
            return Ok(None);
        }
        let features: Vec<Features> = rows.iter().map(|row| row.features.clone()).collect();
        let table = Encoder::learn(&features, &FEATURES)?.table(&features)?;
        let expected = distributions(&table, &rows, seed)?;
        Ok((expected.len() == rows.len()).then_some(Self { rows, expected }))
    }

    /// What the past ads that a campaign resembles brought, by the forest; `None` where there are none.
    fn neighbourhood(&self, input: &PredictionInput) -> Option<Neighbourhood> {
        let alike = self.rows.iter().zip(&self.expected).filter(|(row, _)| resembles(&row.features, input));
        let (mut weights, mut ads) = (BTreeMap::<u64, f64>::new(), 0);
        for (row, expected) in alike {
            let spend = row.metrics.spend.to_units();
            ads += 1;
            for (value, weight) in weighted(expected) {
                *weights.entry(value.to_bits()).or_default() += spend * weight;
            }
        }
        let total: f64 = weights.values().sum();
        let shares = weights.iter().map(|(bits, weight)| (libm::expm1(f64::from_bits(*bits)), weight / total));
        let roas: f64 = shares.clone().map(|(roas, share)| share * roas).sum();
        let variance: f64 = shares.clone().map(|(value, share)| share * (value - roas) * (value - roas)).sum();
        // Equal results count as one ad, so the mean rests on at least so many: Kish, "Survey sampling", 1965.
        let weighing = 1.0 / shares.map(|(_, share)| share * share).sum::<f64>();
        (ads > 0 && roas.is_finite()).then(|| Neighbourhood::new(roas, variance, (weighing, ads)))
    }
}

fn distributions(table: &Table, rows: &[PastResult], seed: u64) -> Result<Vec<Distribution>> {
    let targets: Vec<f64> = rows.iter().map(|row| libm::log1p(row.metrics.roas().unwrap_or_default())).collect();
    let spend: Vec<f64> = rows.iter().map(|row| row.metrics.spend.to_units()).collect();
    Forest::fit(table, &targets, Some(&spend), &Settings { seed, ..Settings::default() })?.distributions(table)
}

/// The values of a distribution with their own weights.
fn weighted(expected: &Distribution) -> impl Iterator<Item = (f64, f64)> {
    let before = std::iter::once(&0.0).chain(expected.cumulative());
    expected
        .values()
        .iter()
        .zip(expected.cumulative())
        .zip(before)
        .map(|((value, share), before)| (*value, share - before))
}

/// Whether a past ad is of the campaign's platform, segment, audiences and kinds of creative. What is not known excludes nothing.
fn resembles(past: &Features, input: &PredictionInput) -> bool {
    let segment = input.segment.as_deref().map_or_else(Segment::default, Segment::of);
    let creative = past.creative_type.as_ref().filter(|_| !input.creative_types.is_empty());
    past.platform == Some(input.platform)
        && segment.holds(past)
        && creative.is_none_or(|creative| input.creative_types.contains(creative))
        && (input.audiences.is_empty() || input.audiences.iter().any(|audience| is_in(audience, past)))
}

/// Whether a past ad was shown to people of an audience.
fn is_in(audience: &Audience, past: &Features) -> bool {
    let ages = audience.ages.zip(past.ages).is_none_or(|(wanted, had)| wanted.overlaps(had));
    let gender = past.gender.is_none_or(|gender| audience.genders.is_empty() || audience.genders.contains(&gender));
    let known = past.interest.as_ref().filter(|_| !audience.interests.is_empty());
    ages && gender && known.is_none_or(|interest| audience.interests.contains(interest))
}

/// A segment as best practices name it: `audience:30-34 female`.
#[derive(Debug, Default)]
struct Segment<'a> {
    words: Vec<&'a str>,
}

impl<'a> Segment<'a> {
    fn of(name: &'a str) -> Self {
        Self { words: name.split_once(':').map_or(name, |(_, words)| words).split_whitespace().collect() }
    }

    fn holds(&self, past: &Features) -> bool {
        let ages = past.ages.map(|ages| ages.to_string());
        let gender = past.gender.map(Gender::as_str);
        self.words.iter().all(|word| ages.as_deref() == Some(*word) || gender == Some(*word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgeRange, ContentHash, Currency, HistoryRow, Metrics, Money, Platform};
    use crate::predict::best_practices;

    /// Videos for women bring 6 on Meta and nothing else brings more than 2; `TikTok` brings 1.
    fn history(rows: u64) -> History {
        let row = |at: u64| {
            let platform = if at.is_multiple_of(2) { Platform::Meta } else { Platform::TikTok };
            let gender = if (at / 2).is_multiple_of(2) { Gender::Female } else { Gender::Male };
            let creative = if (at / 4).is_multiple_of(2) { "video" } else { "carousel" };
            let brings = match (platform, gender, creative) {
                (Platform::Meta, Gender::Female, "video") => 6,
                (Platform::Meta, ..) => 2,
                _ => 1,
            };
            let money = |units: u64| Money::from_micros(i64::try_from(units).unwrap() * 1_000_000, Currency::BRL);
            let spend = 50 + at % 13;
            HistoryRow {
                line: at + 2,
                platform,
                campaign: format!("c{}", at % 6),
                ad: at.to_string(),
                date: None,
                ages: Some(AgeRange { min: 25, max: 34 }),
                gender: Some(gender),
                interest: None,
                creative_type: Some(creative.into()),
                copy_style: None,
                metrics: Metrics {
                    spend: money(spend),
                    revenue: money(spend * brings + at % 7),
                    ..Metrics::none(Currency::BRL)
                },
            }
        };
        let hash = ContentHash::of(b"");
        History {
            hash,
            currency: Currency::BRL,
            mapping: "test".into(),
            rows: (0..rows).map(row).collect(),
            problems: vec![],
        }
    }

    fn question(history: &History, platform: Platform) -> PredictionInput {
        PredictionInput {
            industry: "fashion".into(),
            objective: Objective::Sales,
            platform,
            segment: None,
            audiences: vec![],
            creative_types: vec![],
            practices: best_practices(history, "fashion", jiff::Timestamp::UNIX_EPOCH),
        }
    }

    fn ask(history: &History, inputs: &[PredictionInput]) -> Vec<Estimate> {
        let predictor = RoasPredictor::new(3);
        let learnt = predictor.learnt_from(history).unwrap();
        let learnt = learnt.unwrap_or_else(|| Arc::new(predictor));
        futures::executor::block_on(learnt.predict_roas(inputs)).unwrap()
    }

    #[test]
    fn a_plan_of_videos_for_women_is_told_from_one_of_carousels() {
        let history = history(240);
        let meta = question(&history, Platform::Meta);
        let segment = Some("audience:25-34 female".to_owned());
        let of = |kind: &str| PredictionInput {
            segment: segment.clone(),
            creative_types: vec![kind.into()],
            ..meta.clone()
        };
        let found = ask(&history, &[of("video"), of("carousel"), meta.clone()]);
        assert!(found[0].value > 4.5 && found[1].value < 3.0, "{found:?}");
        assert!(found[1].value < found[2].value && found[2].value < found[0].value, "{found:?}");
        assert!(found.iter().all(|one| one.method == "forest_neighbourhood_shrinkage" && one.warnings.is_empty()));
        assert_eq!((found[0].sample_size, found[2].sample_size), (30, 120));
    }

    #[test]
    fn what_resembles_no_past_ad_is_answered_by_the_prior_with_a_reason() {
        let history = history(240);
        let story = PredictionInput { creative_types: vec!["story".into()], ..question(&history, Platform::Meta) };
        for found in ask(&history, &[question(&history, Platform::LinkedIn), story]) {
            let keys: Vec<_> = found.warnings.iter().map(|warning| warning.key.as_str()).collect();
            assert!(keys.ends_with(&["forecast-unlike", "forecast-fallback"]), "{keys:?}");
            assert_eq!(found.method, "normal_normal_shrinkage");
        }
    }

    #[test]
    fn few_rows_leave_the_prior_in_place() {
        let few = history(40);
        assert!(RoasPredictor::new(0).learnt_from(&few).unwrap().is_none());
        let input = question(&few, Platform::Meta);
        assert_eq!(ask(&few, std::slice::from_ref(&input)), [predict(&input)]);
    }

    #[test]
    fn an_audience_limits_what_a_campaign_resembles() {
        let history = history(240);
        let audience = |ages: (u8, u8), genders: Vec<Gender>| Audience {
            name: "a".into(),
            countries: vec![],
            ages: Some(AgeRange { min: ages.0, max: ages.1 }),
            genders,
            interests: vec!["corrida".into()],
            custom_audiences: std::collections::BTreeMap::new(),
            size: None,
        };
        let with =
            |audience: Audience| PredictionInput { audiences: vec![audience], ..question(&history, Platform::Meta) };
        let found = ask(&history, &[with(audience((30, 44), vec![Gender::Female])), with(audience((45, 54), vec![]))]);
        assert_eq!(found[0].sample_size, 60);
        assert!(found[1].warnings.iter().any(|warning| warning.key == "forecast-unlike"));
    }
}
