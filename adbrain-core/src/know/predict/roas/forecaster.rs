//! The forecaster: learns from past results and answers questions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::advice::{abstain, recommend};
use super::stage::{FIRST_FOREST, FOREST_ALONE, share_of_forest};
use super::support::Support;
use super::usable::{Usable, in_order, names};
use super::{Band, Rate, Recommendation, Settings};
use crate::error::{ErrorKind, Result};
use crate::model::{Currency, Message};
use crate::predict::features::{Encoder, Feature, Features, Gap, PastResult, one_currency};
use crate::predict::forest::{self, Examples, Expected, Goal, IntervalForest, IntervalSettings, Measured};
use crate::predict::prior::{ColdStart, LEAST_ROWS};

/// What is expected of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    /// The rate that is forecast.
    pub rate: Rate,
    /// The median; none where there is no forecast, or for a CPA that has none.
    pub value: Option<f64>,
    /// The lower end of the interval; none where there is no forecast.
    pub low: Option<f64>,
    /// The upper end of the interval; none where there is no forecast, or for a CPA without upper end: no conversion is likely enough.
    pub high: Option<f64>,
    /// The level of the interval.
    pub level: f64,
    /// `conformal_quantile_forest`, `empirical_bayes`, `empirical_bayes_and_forest` or `abstained`.
    pub method: String,
    /// The past results that it rests on.
    pub sample_size: u64,
    /// What a reader should know before trusting it.
    pub warnings: Vec<Message>,
    /// What to do.
    pub recommendation: Recommendation,
}

/// Forecasts a rate from past results.
///
/// With up to ten past results the prior of the trade answers (its best practices where they are given), shrunk towards what they say
/// (empirical Bayes); between ten and fifty its quantiles and those of a quantile forest are mixed (the forest's share rises from 0 at ten);
/// from fifty on the forest answers alone, unless rows weigh equally and the mean of each group had the better interval score on rows that
/// neither had seen. Intervals of the forest are calibrated on out-of-bag rows, by group with shrinkage. Each row is one unit of the past
/// results, an ad or an ad on one day: the interval is that of such a unit, not that of a whole campaign.
///
/// ```
/// use adbrain_core::predict::features::Features;
/// use adbrain_core::predict::roas::{Forecaster, Settings};
/// let knows_nothing = Forecaster::learn(&[], &Settings::default())?;
/// let found = knows_nothing.forecast(&[Features::default()])?;
/// assert!(found[0].low.unwrap() < 0.5 && found[0].high.unwrap() > 5.0 && !found[0].warnings.is_empty());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Forecaster {
    pub(super) settings: Settings,
    /// Past results that were used.
    pub(super) past: Vec<PastResult>,
    pub(super) skipped: usize,
    cold: Option<ColdStart>,
    pub(super) forest: Option<Trees>,
    /// Whether the past results are all equal.
    is_flat: bool,
}

/// The forest with what it takes to ask it.
#[derive(Debug, Clone)]
pub(super) struct Trees {
    pub(super) encoder: Encoder,
    pub(super) forest: IntervalForest,
    support: Support,
    /// The share of the forest in each answer.
    share: f64,
    /// Whether there are too few rows for an interval of the level.
    is_open: bool,
}

impl Forecaster {
    /// Learns from past results. Those that have nothing to divide by are left out and counted.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the field: settings, negative money, two currencies.
    pub fn learn(past: &[PastResult], settings: &Settings) -> Result<Self> {
        settings.check()?;
        for (at, row) in past.iter().enumerate() {
            row.check(&format!("history[{at}]"))?;
        }
        one_currency(past, &[])?;
        let usable = Usable::of(&in_order(past), settings);
        let grows = usable.values.len() >= FIRST_FOREST && !usable.is_flat();
        let forest = if grows { Trees::grow(&usable, settings)? } else { None };
        Ok(Self::of(usable, past.len(), settings, forest))
    }

    /// The forecaster over past results, of so many that were given, with a forest that they grew.
    pub(super) fn of(usable: Usable, given: usize, settings: &Settings, forest: Option<Trees>) -> Self {
        Self {
            skipped: given - usable.past.len(),
            cold: usable.cold_start(settings, |_| true),
            is_flat: usable.is_flat(),
            forest,
            past: usable.past,
            settings: settings.clone(),
        }
    }

    /// Past results that were used.
    pub fn rows(&self) -> usize {
        self.past.len()
    }

    /// What is forecast, and how.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The currency of the past results; none without any.
    pub fn currency(&self) -> Option<Currency> {
        self.past.first().map(|row| row.metrics.spend.currency())
    }

    /// The features that the forest tells past results apart by; none without a forest.
    pub fn features(&self) -> Vec<Feature> {
        self.forest.as_ref().map(|trees| trees.encoder.features()).unwrap_or_default()
    }

    /// Another forecaster from the same past results, by some of the features alone.
    ///
    /// # Errors
    /// As [`Forecaster::learn`].
    pub fn with_features(&self, features: &[Feature]) -> Result<Self> {
        Self::learn(&self.past, &Settings { features: features.to_vec(), ..self.settings.clone() })
    }

    /// Answers questions, one forecast each, in the same order.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the field of a question.
    pub fn forecast(&self, asked: &[Features]) -> Result<Vec<Forecast>> {
        for (at, row) in asked.iter().enumerate() {
            row.check(&format!("rows[{at}]"))?;
        }
        let gaps = asked.iter().map(|row| self.gaps(row));
        let (alike, bands) = (self.alike(asked)?, self.bands(asked, self.settings.level)?);
        let answers = asked.iter().zip(gaps).zip(alike).zip(bands);
        Ok(answers.map(|(((row, gaps), is_alike), band)| self.answer(row, &gaps, (is_alike, band))).collect())
    }

    /// The band of each question on the scale that the rate is learnt on, without a look at how far the question is from the data;
    /// `None` where there is nothing to learn from.
    ///
    /// # Errors
    /// As [`Forecaster::forecast`].
    pub fn bands(&self, asked: &[Features], level: f64) -> Result<Vec<Option<Band>>> {
        let groups: Vec<_> = asked.iter().map(|row| self.settings.calibrate_by.of(row)).collect();
        let cold = groups.iter().map(|group| self.cold_band(group.as_deref(), level));
        let Some(trees) = self.forest.as_ref().filter(|trees| trees.share > 0.0) else { return Ok(cold.collect()) };
        let grown = trees.forest.predict(&trees.encoder.table(asked)?, Some(&names(&groups)), level)?;
        let mixed = grown.iter().map(band).zip(cold).map(|(band, cold)| match cold {
            Some(cold) if trees.share < 1.0 => Some(cold.blended(&band, trees.share).without_negatives()),
            _ => Some(band.without_negatives()),
        });
        Ok(mixed.collect())
    }

    fn cold_band(&self, group: Option<&str>, level: f64) -> Option<Band> {
        let expected = self.cold.as_ref()?.expected(group);
        Some(Band::central(level, |p| expected.quantile(p)).without_negatives())
    }

    fn gaps(&self, row: &Features) -> Vec<Gap> {
        if let Some(trees) = &self.forest {
            return trees.encoder.gaps(row);
        }
        // Too few rows for a forest tell which categories they have; how far their numbers reach, they do not.
        let known: Vec<Features> = self.past.iter().map(|past| past.features.clone()).collect();
        let gaps = Encoder::learn(&known, Feature::ALL).map(|encoder| encoder.gaps(row)).unwrap_or_default();
        gaps.into_iter().filter(|gap| matches!(gap, Gap::Unseen { .. })).collect()
    }

    fn alike(&self, asked: &[Features]) -> Result<Vec<bool>> {
        match self.forest.as_ref().filter(|trees| trees.share > 0.0) {
            Some(trees) => trees.support.holds(&trees.forest, &trees.encoder, asked),
            None => Ok(vec![true; asked.len()]),
        }
    }

    fn answer(&self, row: &Features, gaps: &[Gap], (is_alike, band): (bool, Option<Band>)) -> Forecast {
        let mut warnings = self.warnings();
        warnings.extend(gaps.iter().map(Gap::message));
        let is_beyond = gaps.iter().any(Gap::is_outside) || !is_alike;
        if !is_alike {
            warnings.push(Message::new("forecast-unlike"));
        }
        let group = self.settings.calibrate_by.of(row);
        let share = self.forest.as_ref().map_or(0.0, |trees| trees.share);
        if !is_beyond {
            return self.written(band.map(|band| (band, method(share))), warnings);
        }
        // The prior may still be shown where rows are few, but nothing is recommended beyond the data.
        let cold = self.cold_band(group.as_deref(), self.settings.level).filter(|_| self.rows() < FOREST_ALONE);
        let shown = self.written(cold.map(|band| (band, "empirical_bayes")), warnings);
        Forecast { recommendation: abstain(), ..shown }
    }

    fn written(&self, answer: Option<(Band, &str)>, warnings: Vec<Message>) -> Forecast {
        let Settings { rate, level, target, .. } = self.settings;
        let sample_size = self.rows() as u64;
        let Some((band, method)) = answer else {
            let method = "abstained".to_owned();
            let recommendation = abstain();
            return Forecast {
                rate,
                value: None,
                low: None,
                high: None,
                level,
                method,
                sample_size,
                warnings,
                recommendation,
            };
        };
        let (low, high) = if rate.is_inverted() { (band.high, band.low) } else { (band.low, band.high) };
        let [value, low, high] = [band.value, low, high].map(|end| rate.shown(end));
        let mut warnings = warnings;
        if value.is_none() {
            warnings.push(Message::new("forecast-no-conversion"));
        }
        let recommendation = match low {
            Some(low) if !self.is_flat => recommend(rate, (low, high), target),
            _ => abstain(),
        };
        Forecast { rate, value, low, high, level, method: method.to_owned(), sample_size, warnings, recommendation }
    }

    /// How the forest's intervals of the level did on rows out of bag; none where no forest answers or its intervals are open.
    pub(super) fn measured(&self) -> Option<Measured> {
        let trees = self.forest.as_ref().filter(|trees| trees.share > 0.0 && !trees.is_open)?;
        let level = self.settings.level;
        let usable = Usable::of(&self.past.iter().collect::<Vec<_>>(), &self.settings);
        let found = trees.forest.out_of_bag(level).ok()?;
        let bands: Vec<(Band, f64)> =
            found.iter().zip(&usable.values).filter_map(|(row, value)| Some((band(row.as_ref()?), *value))).collect();
        let mean = |of: &dyn Fn(&(Band, f64)) -> f64| bands.iter().map(of).sum::<f64>() / bands.len() as f64;
        (!bands.is_empty()).then(|| Measured {
            interval_score: mean(&|(band, value)| band.score(*value, level)),
            coverage: mean(&|(band, value)| f64::from(u8::from(band.holds(*value)))),
            width: mean(&|(band, _)| band.high - band.low),
            rows: bands.len() as u64,
        })
    }

    /// What holds for every answer.
    fn warnings(&self) -> Vec<Message> {
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        let mut warnings = Vec::new();
        match &self.forest {
            None if self.is_flat => warnings.push(Message::new("forecast-no-spread")),
            None if self.cold.is_none() => {
                let message = Message::new("forecast-too-few").with("rows", count(self.rows()));
                warnings.push(message.with("least", count(LEAST_ROWS)));
            }
            Some(trees) if trees.share <= 0.0 && self.rows() >= FOREST_ALONE => {
                warnings.push(Message::new("forecast-prior-better"));
            }
            Some(trees) if trees.share > 0.0 && trees.share < 1.0 => {
                warnings.push(Message::new("forecast-blended").with("rows", count(self.rows())));
            }
            Some(trees) if trees.share >= 1.0 => {}
            _ => warnings.push(Message::new("forecast-cold-start").with("rows", count(self.rows()))),
        }
        if self.forest.as_ref().is_some_and(|trees| trees.share > 0.0 && trees.is_open) {
            warnings.push(Message::new("forecast-unbounded"));
        }
        if self.skipped > 0 {
            warnings.push(Message::new("forecast-skipped").with("rows", count(self.skipped)));
        }
        warnings
    }
}

fn method(share: f64) -> &'static str {
    if share <= 0.0 {
        "empirical_bayes"
    } else if share < 1.0 {
        "empirical_bayes_and_forest"
    } else {
        "conformal_quantile_forest"
    }
}

impl Trees {
    /// Grows a forest; none where past results have no feature at all.
    fn grow(usable: &Usable, settings: &Settings) -> Result<Option<Self>> {
        let Ok(encoder) = Encoder::learn(&usable.features, &settings.features) else { return Ok(None) };
        let table = encoder.table(&usable.features)?;
        let weights = usable.weights(settings.half_life_days);
        let groups = usable.groups();
        let examples =
            Examples { table: &table, targets: &usable.values, weights: weights.as_deref(), groups: Some(&groups) };
        Ok(Some(Self::of(encoder, fitted(&examples, settings)?, usable, settings)?))
    }

    /// What follows from a forest that past results grew: its support, its share, whether its intervals are open.
    fn of(encoder: Encoder, forest: IntervalForest, usable: &Usable, settings: &Settings) -> Result<Self> {
        let support = Support::learn(&forest, &encoder, &usable.features)?;
        let out_of_bag = forest.out_of_bag(settings.level)?;
        let share = share_of_forest(usable.values.len());
        let is_open = out_of_bag.iter().flatten().any(|row| row.interval.is_none());
        let is_even = usable.weights(settings.half_life_days).is_none();
        let mut trees = Self { encoder, forest, support, share, is_open };
        if share >= 1.0 && is_even && is_beaten(&out_of_bag, usable, settings) {
            trees.share = 0.0;
        }
        Ok(trees)
    }

    /// The share of the forest in each answer.
    pub(super) fn share(&self) -> f64 {
        self.share
    }

    /// The same from a forest that was read.
    pub(super) fn again(forest: IntervalForest, usable: &Usable, settings: &Settings) -> Result<Self> {
        let encoder = Encoder::learn(&usable.features, &settings.features)?;
        Self::of(encoder, forest, usable, settings)
    }
}

/// The forest that the settings ask for; untuned where there are too few rows to choose by intervals of the level.
fn fitted(examples: &Examples<'_>, settings: &Settings) -> Result<IntervalForest> {
    let forest = forest::Settings {
        trees: settings.trees,
        seed: settings.seed,
        threads: settings.threads,
        ..forest::Settings::default()
    };
    let tuned = settings.tune && examples.targets.len() >= FOREST_ALONE;
    let goal = tuned.then_some(Goal::Intervals { level: settings.level });
    match IntervalForest::fit(examples, &IntervalSettings { forest, goal }) {
        Err(error) if tuned && error.kind() == ErrorKind::NotEnoughData => {
            IntervalForest::fit(examples, &IntervalSettings { forest, goal: None })
        }
        found => found,
    }
}

/// Whether the mean of each group has the better interval score on rows that neither it nor the forest had seen.
fn is_beaten(out_of_bag: &[Option<Expected>], usable: &Usable, settings: &Settings) -> bool {
    let rows = out_of_bag.iter().zip(&usable.values);
    let scores = rows.filter_map(|(row, value)| Some(band(row.as_ref()?).score(*value, settings.level)));
    let (sum, rows) = scores.fold((0.0, 0_u32), |(sum, rows), score| (sum + score, rows + 1));
    let cold = usable.cold_score(settings);
    rows > 0 && cold.is_some_and(|cold| cold < sum / f64::from(rows))
}

/// The interval; all of what alike rows brought where there are too few rows for one.
fn band(expected: &Expected) -> Band {
    let [low, high] = expected.interval.unwrap_or(expected.range);
    Band { low, value: expected.median, high }
}
