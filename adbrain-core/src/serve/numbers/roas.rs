//! Forecasts of ROAS and other rates, and backtests of them.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Method, Number, read, written};
use crate::error::{Error, Result};
use crate::model::{
    AgeRange, BestPractice, Currency, Gender, Language, Message, Metrics, Money, Objective, Platform, Targets,
};
use crate::predict::backtest::{Backtest, Plan, backtest};
use crate::predict::features::{Feature, Features, Level, PastResult, one_currency};
use crate::predict::roas::{Forecast, Forecaster, Grouping, Rate, Settings};

pub(super) const METHODS: &[Method] = &[
    checked_method!(
        "predict_roas",
        "What ROAS, CPA, CTR or CVR to expect of rows, with intervals and recommendations, learnt from past rows.",
        predict_roas
    ),
    checked_method!(
        "backtest_roas",
        "What forecasts of past days would have said from the days before them, beside naive baselines.",
        backtest_roas
    ),
];

/// The largest amount that is read, in units.
const LARGEST_AMOUNT: f64 = 1e12;

/// What was known of an ad or an ad on one day; in past rows also what came of it. NaN is missing.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Row {
    industry: Option<String>,
    objective: Option<Objective>,
    platform: Option<Platform>,
    campaign: Option<String>,
    /// What may be spent, in units of the currency; in past rows what was spent where it is missing.
    budget: Option<Number>,
    /// The currency of this row's money; that of the call by default.
    currency: Option<String>,
    audience_size: Option<Number>,
    creative_type: Option<String>,
    copy_style: Option<String>,
    /// `2027-01-31`.
    #[schemars(with = "Option<String>")]
    date: Option<Date>,
    /// A number, or `low`, `medium`, `high`.
    seasonality: Option<Level>,
    /// A number, or `low`, `medium`, `high`.
    competition_level: Option<Level>,
    /// `30-34` or `65+`.
    age: Option<String>,
    gender: Option<Gender>,
    interest: Option<String>,
    impressions: Option<u64>,
    clicks: Option<u64>,
    conversions: Option<u64>,
    spend: Option<Number>,
    revenue: Option<Number>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Past rows; none for the prior of the trade alone.
    history: Vec<Row>,
    /// What is asked about.
    rows: Vec<Row>,
    /// The currency of amounts, as an ISO 4217 code; it names amounts in messages.
    currency: Option<String>,
    #[serde(default = "usual_rate")]
    rate: Rate,
    #[serde(default = "usual_level")]
    level: f64,
    /// What is wanted of the rate; 3.0 for ROAS by default, else no recommendation.
    target: Option<f64>,
    #[serde(default = "usual_grouping")]
    calibrate_by: Grouping,
    /// The features that may be used; all by default.
    features: Option<Vec<Feature>>,
    half_life_days: Option<f64>,
    /// What usually works in the trade, as the brain's memory holds it: the prior of ROAS starts from it.
    #[serde(default)]
    practices: Vec<BestPractice>,
    /// Whether leaf size, columns per split and mode are chosen out of bag.
    #[serde(default = "usual_tuning")]
    tune: bool,
    #[serde(default = "usual_trees")]
    trees: usize,
    #[serde(default)]
    seed: u64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tested {
    /// Past rows, each with its date.
    history: Vec<Row>,
    currency: Option<String>,
    #[serde(default = "usual_rate")]
    rate: Rate,
    #[serde(default = "usual_level")]
    level: f64,
    #[serde(default = "usual_grouping")]
    calibrate_by: Grouping,
    features: Option<Vec<Feature>>,
    half_life_days: Option<f64>,
    /// What usually works in the trade, as the brain's memory holds it: the prior of ROAS starts from it.
    #[serde(default)]
    practices: Vec<BestPractice>,
    /// Whether leaf size, columns per split and mode are chosen out of bag.
    #[serde(default = "usual_tuning")]
    tune: bool,
    #[serde(default = "usual_trees")]
    trees: usize,
    #[serde(default)]
    seed: u64,
    /// The model learns again after so many days that have rows.
    #[serde(default = "usual_retraining")]
    retrain_days: usize,
}

fn usual_rate() -> Rate {
    Rate::Roas
}

fn usual_level() -> f64 {
    Settings::default().level
}

fn usual_grouping() -> Grouping {
    Settings::default().calibrate_by
}

fn usual_tuning() -> bool {
    Settings::default().tune
}

fn usual_trees() -> usize {
    Settings::default().trees
}

fn usual_retraining() -> usize {
    Plan::default().retrain_days
}

/// The forecasts, in the order of the rows.
#[derive(Serialize)]
struct Predicted {
    predictions: Vec<Map<String, Value>>,
    /// Past rows that were used.
    rows_learnt: usize,
}

fn predict_roas(asked: &Asked) -> Result<Predicted> {
    let currency = currency(asked.currency.as_deref())?;
    let past = past_results(&asked.history, (asked.rate, Budget::OrSpend), currency)?;
    let rows = questions(&asked.rows, currency)?;
    one_currency(&past, &rows)?;
    let settings = asked.settings();
    let mut models: BTreeMap<Vec<Feature>, Forecaster> = BTreeMap::new();
    let mut predictions = Vec::with_capacity(rows.len());
    for row in &rows {
        let features = known(&settings.features, row);
        let model = match models.entry(features.clone()) {
            Entry::Occupied(learnt) => learnt.into_mut(),
            Entry::Vacant(place) => place.insert(Forecaster::learn(&past, &Settings { features, ..settings.clone() })?),
        };
        let found = model.forecast(std::slice::from_ref(row))?;
        predictions.extend(found.iter().map(prediction).collect::<Result<Vec<_>>>()?);
    }
    let rows_learnt = match models.values().next() {
        Some(model) => model.rows(),
        None => Forecaster::learn(&past, &settings)?.rows(),
    };
    Ok(Predicted { predictions, rows_learnt })
}

/// Learns a forecaster from the arguments of `predict_roas` without its `rows`: for callers that ask more than once, or keep it as a file.
///
/// # Errors
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) naming the argument that is wrong.
pub fn learn_forecaster(arguments: &Value) -> Result<Forecaster> {
    let mut arguments = arguments.clone();
    if let Some(given) = arguments.as_object_mut() {
        if given.contains_key("rows") {
            return Err(Error::invalid("rows", "are not learnt from").next("ask about them with `predict`"));
        }
        given.insert("rows".to_owned(), json!([]));
    }
    let asked: Asked = read(&arguments)?;
    let past = past_results(&asked.history, (asked.rate, Budget::Planned), currency(asked.currency.as_deref())?)?;
    Forecaster::learn(&past, &asked.settings())
}

/// What a forecaster expects of rows, as `predict_roas` tells it. A row that lacks a feature which the model uses is asked of a model without
/// it, learnt from the same past results: else its interval would not hold. That takes as long as learning does.
///
/// ```
/// use adbrain_core::numbers::{ask_forecaster, learn_forecaster};
/// use serde_json::json;
/// let history: Vec<_> = (0..60)
///     .map(|at| json!({"platform": "meta", "budget": 50 + at % 7, "spend": 100, "revenue": 200 + 10 * (at % 11)}))
///     .collect();
/// let model = learn_forecaster(&json!({"history": history, "trees": 20}))?;
/// let found = ask_forecaster(&model, &json!([{"platform": "meta", "budget": 53}]))?;
/// assert!(found["predictions"][0]["predicted_roas"].as_f64().unwrap() > 1.0);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) naming the row and field that is wrong, or both currencies.
pub fn ask_forecaster(model: &Forecaster, rows: &Value) -> Result<Value> {
    let rows: Questions = read(&json!({"rows": rows}))?;
    let rows = questions(&rows.rows, model.currency().unwrap_or(Currency::NONE))?;
    one_currency(&[], &rows)?;
    let asked = rows.iter().filter_map(|row| row.budget).map(Money::currency).next();
    if let (Some(own), Some(learnt)) = (asked, model.currency())
        && own != learnt
    {
        let what = format!("the model learnt from amounts in {learnt}, a row is in {own}");
        return Err(Error::invalid("currency", what).next("convert the amounts first"));
    }
    let used = model.features();
    let mut others: BTreeMap<Vec<Feature>, Forecaster> = BTreeMap::new();
    let mut predictions = Vec::with_capacity(rows.len());
    for row in &rows {
        let own = std::slice::from_ref(row);
        let found = if used.iter().all(|feature| feature.is_in(row)) {
            model.forecast(own)?
        } else {
            match others.entry(known(&model.settings().features, row)) {
                Entry::Occupied(learnt) => learnt.into_mut().forecast(own)?,
                Entry::Vacant(place) => {
                    let learnt = model.with_features(place.key())?;
                    place.insert(learnt).forecast(own)?
                }
            }
        };
        predictions.extend(found.iter().map(prediction).collect::<Result<Vec<_>>>()?);
    }
    written(&Predicted { predictions, rows_learnt: model.rows() })
}

#[derive(Deserialize)]
struct Questions {
    rows: Vec<Row>,
}

impl Asked {
    fn settings(&self) -> Settings {
        Settings {
            rate: self.rate,
            level: self.level,
            target: self.target.or_else(|| (self.rate == Rate::Roas).then(|| Targets::default().min_roas)),
            calibrate_by: self.calibrate_by,
            features: self.features.clone().unwrap_or_else(|| Feature::ALL.to_vec()),
            half_life_days: self.half_life_days,
            tune: self.tune,
            practices: self.practices.clone(),
            trees: self.trees,
            seed: self.seed,
            threads: 1,
        }
    }
}

fn backtest_roas(tested: &Tested) -> Result<Backtest> {
    let past = past_results(&tested.history, (tested.rate, Budget::Planned), currency(tested.currency.as_deref())?)?;
    let settings = Settings {
        rate: tested.rate,
        level: tested.level,
        target: None,
        calibrate_by: tested.calibrate_by,
        features: tested.features.clone().unwrap_or_else(|| Feature::ALL.to_vec()),
        half_life_days: tested.half_life_days,
        tune: tested.tune,
        practices: tested.practices.clone(),
        trees: tested.trees,
        seed: tested.seed,
        threads: 1,
    };
    backtest(&past, &Plan { settings, retrain_days: tested.retrain_days, ..Plan::default() })
}

/// The features among some that a question has: what it does not know cannot tell past rows apart for it. Questions that know the same
/// features share a model, so no question's forecast depends on the others.
fn known(features: &[Feature], row: &Features) -> Vec<Feature> {
    let known: Vec<Feature> = features.iter().copied().filter(|feature| feature.is_in(row)).collect();
    if known.is_empty() { features.to_vec() } else { known }
}

/// A forecast under the names of the outline, with its texts in both languages.
fn prediction(forecast: &Forecast) -> Result<Map<String, Value>> {
    let interval = forecast.low.map(|low| json!([low, forecast.high]));
    let mut found = Map::new();
    found.insert(format!("predicted_{}", forecast.rate), json!(forecast.value));
    found.insert("confidence_interval".into(), json!(interval));
    found.insert("level".into(), json!(forecast.level));
    found.insert("recommendation".into(), json!(forecast.recommendation.advice));
    found.insert("recommendation_text".into(), texts(&forecast.recommendation.message));
    found.insert("method".into(), json!(forecast.method));
    found.insert("sample_size".into(), json!(forecast.sample_size));
    found.insert("warnings".into(), written(&forecast.warnings)?);
    found.insert("warning_texts".into(), forecast.warnings.iter().map(texts).collect());
    Ok(found)
}

fn texts(message: &Message) -> Value {
    json!({"pt-BR": message.text(Language::Portuguese), "en": message.text(Language::English)})
}

/// The currency by its code; that for none where none is named.
fn currency(code: Option<&str>) -> Result<Currency> {
    code.map_or(Ok(Currency::NONE), str::parse)
}

/// What stands for the budget of a past row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Budget {
    /// What was planned, alone: what was spent is not known before.
    Planned,
    /// What was spent, where no plan is known.
    OrSpend,
}

fn past_results(rows: &[Row], as_asked: (Rate, Budget), currency: Currency) -> Result<Vec<PastResult>> {
    let past = |(at, row): (usize, &Row)| row.past(&format!("history[{at}]"), as_asked, currency);
    rows.iter().enumerate().map(past).collect()
}

fn questions(rows: &[Row], currency: Currency) -> Result<Vec<Features>> {
    let question = |(at, row): (usize, &Row)| row.features(&format!("rows[{at}]"), currency);
    rows.iter().enumerate().map(question).collect()
}

impl Row {
    fn currency(&self, usual: Currency) -> Result<Currency> {
        self.currency.as_deref().map_or(Ok(usual), str::parse)
    }

    fn features(&self, place: &str, usual: Currency) -> Result<Features> {
        let currency = self.currency(usual)?;
        let ages = self.age.as_deref().map(|text| ages(text, place)).transpose()?;
        Ok(Features {
            industry: self.industry.clone(),
            objective: self.objective,
            platform: self.platform,
            campaign: self.campaign.clone(),
            budget: amount(self.budget, &format!("{place}.budget"), currency)?,
            audience_size: people(self.audience_size, place)?,
            creative_type: self.creative_type.clone(),
            copy_style: self.copy_style.clone(),
            date: self.date,
            seasonality: self.seasonality,
            competition_level: self.competition_level,
            ages,
            gender: self.gender,
            interest: self.interest.clone(),
        })
    }

    /// A row whose result is not known has nothing to divide by either, so that it is left out and counted, not learnt as zero.
    fn past(&self, place: &str, (rate, budget): (Rate, Budget), usual: Currency) -> Result<PastResult> {
        let currency = self.currency(usual)?;
        let zero = Money::zero(currency);
        let spend = amount(self.spend, &format!("{place}.spend"), currency)?;
        let revenue = amount(self.revenue, &format!("{place}.revenue"), currency)?;
        let mut features = self.features(place, usual)?;
        if budget == Budget::OrSpend {
            features.budget = features.budget.or(spend);
        }
        let is_known = match rate {
            Rate::Roas => revenue.is_some(),
            Rate::Cpa | Rate::Cvr => self.conversions.is_some(),
            Rate::Ctr => self.clicks.is_some(),
        };
        let metrics = Metrics {
            impressions: self.impressions.unwrap_or_default(),
            clicks: self.clicks.unwrap_or_default(),
            conversions: self.conversions.unwrap_or_default(),
            spend: spend.unwrap_or(zero),
            revenue: revenue.unwrap_or(zero),
        };
        let metrics = if is_known { metrics } else { Metrics::none(currency) };
        Ok(PastResult { features, metrics })
    }
}

/// An amount from units, rounded to a whole micro; NaN is missing.
#[expect(clippy::cast_possible_truncation, reason = "the size is checked first")]
fn amount(units: Option<Number>, field: &str, currency: Currency) -> Result<Option<Money>> {
    let Some(Number(units)) = units.filter(|units| !units.0.is_nan()) else { return Ok(None) };
    if !(0.0..=LARGEST_AMOUNT).contains(&units) {
        return Err(Error::invalid(field, format!("is {units}")).next("give an amount from 0 to 1e12"));
    }
    Ok(Some(Money::from_micros(libm::round(units * 1e6) as i64, currency)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size is checked first")]
fn people(size: Option<Number>, place: &str) -> Result<Option<u64>> {
    let Some(Number(size)) = size.filter(|size| !size.0.is_nan()) else { return Ok(None) };
    if !(0.0..=LARGEST_AMOUNT).contains(&size) {
        return Err(
            Error::invalid(&format!("{place}.audience_size"), format!("is {size}")).next("give the number of people")
        );
    }
    Ok(Some(libm::round(size) as u64))
}

fn ages(text: &str, place: &str) -> Result<AgeRange> {
    text.parse().map_err(|_| {
        Error::invalid(&format!("{place}.age"), format!("{text:?} is no range of ages"))
            .next("write it as 30-34 or 65+")
    })
}
