//! Series of metrics as people write them in tests: `20 21 _ 30x6 40+2x3`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::file::span;
use super::super::metrics::is_known;
use super::super::{Level, RuleSet, Sample};
use super::RuleTest;
use crate::error::{Error, Result};
use crate::model::Platform;

/// Values of one series, at most.
const MOST_VALUES: usize = 100_000;

/// The metrics of one object, step by step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// The platform.
    pub platform: Platform,
    /// The object.
    pub object: String,
    /// What kind of object it is.
    #[serde(default = "ad_set")]
    pub level: Level,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Each metric's values: `20 21 _ 30x6 40+2x3`, where `_` is not known, `30x6` is 30 six times and `40+2x3` is 40, 42, 44.
    pub metrics: BTreeMap<String, String>,
    /// From then on no newer data come: their age grows.
    #[serde(default)]
    pub data_stop_at: Option<String>,
    /// From then on there is no sample of it.
    #[serde(default)]
    pub gone_at: Option<String>,
    /// From then on its figures cannot be read.
    #[serde(default)]
    pub error_at: Option<String>,
}

fn ad_set() -> Level {
    Level::AdSet
}

/// A series that has been read.
pub(super) struct Track<'a> {
    series: &'a Series,
    metrics: Vec<(&'a str, Vec<Option<f64>>)>,
    data_stop_at: Option<SignedDuration>,
    gone_at: Option<SignedDuration>,
    error_at: Option<SignedDuration>,
}

impl Series {
    pub(super) fn read(&self, test: &RuleTest, rules: &RuleSet) -> Result<Track<'_>> {
        let field = |name: &str| test.field(&format!("series.{}.{name}", self.object));
        let time =
            |text: &Option<String>, name: &str| text.as_deref().map(|text| span::span(text, &field(name))).transpose();
        let read = self.metrics.iter().map(|(name, text)| {
            let field = field(&format!("metrics.{name}"));
            if !is_known(name) && !rules.rules().iter().any(|rule| rule.metrics().contains(name.as_str())) {
                return Err(Error::invalid(&field, "is no metric, and no rule reads it").next("correct its name"));
            }
            Ok((name.as_str(), values(text, &field)?))
        });
        Ok(Track {
            series: self,
            metrics: read.collect::<Result<_>>()?,
            data_stop_at: time(&self.data_stop_at, "data_stop_at")?,
            gone_at: time(&self.gone_at, "gone_at")?,
            error_at: time(&self.error_at, "error_at")?,
        })
    }
}

impl Track<'_> {
    pub(super) fn length(&self) -> usize {
        self.metrics.iter().map(|(_, values)| values.len()).max().unwrap_or_default()
    }

    pub(super) fn sample(&self, (place, after): (usize, SignedDuration), at: Timestamp) -> Option<Sample> {
        let has_come = |when: Option<SignedDuration>| when.is_some_and(|when| after >= when);
        if has_come(self.gone_at) {
            return None;
        }
        let stopped = self.data_stop_at.filter(|stop| after > *stop).map_or(SignedDuration::ZERO, |stop| after - stop);
        let as_of = at.checked_sub(stopped).unwrap_or(at);
        let mut sample = Sample::new(self.series.platform, &self.series.object, self.series.level, as_of);
        sample.labels = self.series.labels.clone();
        sample.error = has_come(self.error_at).then(|| "the test says so".to_owned());
        for (name, values) in &self.metrics {
            sample = sample.with(name, values.get(place).copied().flatten());
        }
        Some(sample)
    }
}

/// Reads the values of a series.
fn values(text: &str, field: &str) -> Result<Vec<Option<f64>>> {
    let mut all = Vec::new();
    for item in text.split_whitespace() {
        let (value, step, times) = item_of(item).ok_or_else(|| {
            Error::invalid(field, format!("{item:?} is no value"))
                .next("write 20, _ (not known), 20x6 (six times) or 20+2x6 (six values, each 2 more)")
        })?;
        if all.len() + times > MOST_VALUES {
            return Err(Error::invalid(field, format!("has more than {MOST_VALUES} values")).next("give fewer"));
        }
        all.extend((0..times).map(|place| value.map(|value| value + step * place as f64)));
    }
    Ok(all)
}

/// The first value, what each further one has more, and how many there are.
fn item_of(item: &str) -> Option<(Option<f64>, f64, usize)> {
    let (value, times) = match item.split_once('x') {
        Some((value, times)) => (value, times.parse().ok()?),
        None => (item, 1),
    };
    if value == "_" {
        return Some((None, 0.0, times));
    }
    let number = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite());
    let sign = value.char_indices().skip(1).find(|(_, letter)| matches!(letter, '+' | '-')).map(|(at, _)| at);
    match sign {
        Some(at) => Some((Some(number(value.get(..at)?)?), number(value.get(at..)?)?, times)),
        None => Some((Some(number(value)?), 0.0, times)),
    }
}
