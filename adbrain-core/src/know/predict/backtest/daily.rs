//! The days of a running campaign: each is forecast from what was expected before launch and the days before it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Estimate;
use crate::predict::conformal::Adaptive;
use crate::stats::bayes::{Belief, GroupMean};
use crate::stats::distribution::{normal_quantile, t_quantile};

/// The variance of ln(1 + ROAS) between the days of one campaign: 0.063, measured on eleven campaigns (`marketing_roas_daily`).
const DAY_VARIANCE: f64 = 0.063;
/// So many days is that variance worth against the campaign's own days.
const DAY_VARIANCE_WORTH: f64 = 5.0;

/// What one day brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayResult {
    /// The day.
    pub date: Date,
    /// Its ROAS; none over nothing.
    pub roas: Option<f64>,
    /// Whether late conversions can hardly change it any more. Only such days are learnt from and counted.
    pub is_settled: bool,
}

/// One day: what was forecast, and what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DayForecast {
    /// The day.
    #[schemars(with = "String")]
    pub date: Date,
    /// The ROAS that was forecast, from the days before it.
    pub forecast: Estimate,
    /// What came; none over nothing.
    pub actual: Option<f64>,
    /// Whether it lies in the interval; none where it has not settled.
    pub is_inside: Option<bool>,
}

/// Forecasts each day from the expectation before launch and the settled days before it.
///
/// The campaign's mean of ln(1 + ROAS) starts as a normal belief with the median and interval of the expectation; each day updates it.
/// The variance between days starts at 0.063 with the worth of five days and is updated too. A day is Student's t around the belief. The
/// level follows misses (adaptive conformal inference), so that the share inside tends to the wanted one under drift.
///
/// ```
/// use adbrain_core::model::Estimate;
/// use adbrain_core::predict::backtest::{DayResult, forecast_days};
/// let expected = Estimate {
///     value: 2.0, low: 0.5, high: 5.0, level: 0.9, method: "prior".into(), sample_size: 0, warnings: vec![],
/// };
/// let day = |day| DayResult { date: jiff::civil::date(2027, 1, day), roas: Some(4.0), is_settled: true };
/// let found = forecast_days(&expected, &[day(1), day(2), day(3)]);
/// assert!(found[2].forecast.value > found[0].forecast.value && found[2].is_inside == Some(true));
/// ```
pub fn forecast_days(expected: &Estimate, days: &[DayResult]) -> Vec<DayForecast> {
    let mut state = State::new(expected);
    days.iter().map(|day| state.next(day)).collect()
}

struct State {
    before: Belief,
    seen: Vec<f64>,
    adaptive: Adaptive,
}

impl State {
    fn new(expected: &Estimate) -> Self {
        let log = |roas: f64| libm::log1p(roas.max(0.0));
        let half = (log(expected.high) - log(expected.low)) / 2.0;
        let deviation = half / normal_quantile(f64::midpoint(1.0, expected.level));
        let variance = if deviation.is_finite() { deviation * deviation } else { 1.0 };
        let mean = if expected.value.is_finite() { log(expected.value) } else { 0.0 };
        Self { before: Belief { mean, variance }, seen: Vec::new(), adaptive: Adaptive::new(expected.level) }
    }

    fn next(&mut self, day: &DayResult) -> DayForecast {
        let forecast = self.forecast();
        let settled = day.roas.filter(|roas| day.is_settled && roas.is_finite());
        let is_inside = settled.map(|roas| forecast.low <= roas && roas <= forecast.high);
        if let (Some(roas), Some(inside)) = (settled, is_inside) {
            self.seen.push(libm::log1p(roas.max(0.0)));
            self.adaptive.see(f64::from(u8::from(!inside)));
        }
        DayForecast { date: day.date, forecast, actual: day.roas, is_inside }
    }

    fn forecast(&self) -> Estimate {
        let n = self.seen.len() as f64;
        let mean = self.seen.iter().sum::<f64>() / n.max(1.0);
        let squares: f64 = self.seen.iter().map(|value| (value - mean) * (value - mean)).sum();
        let degrees = DAY_VARIANCE_WORTH + (n - 1.0).max(0.0);
        let between = (DAY_VARIANCE_WORTH * DAY_VARIANCE + squares) / degrees;
        let belief = match self.seen.len() {
            0 => self.before,
            _ => self.before.updated(GroupMean { mean, variance: between / n }),
        };
        let level = self.adaptive.level();
        let half = t_quantile(f64::midpoint(1.0, level), degrees) * libm::sqrt(belief.variance + between);
        let roas = |log: f64| libm::expm1(log).max(0.0);
        Estimate {
            value: roas(belief.mean),
            low: roas(belief.mean - half),
            high: roas(belief.mean + half),
            level,
            method: "daily_shrinkage".into(),
            sample_size: self.seen.len() as u64,
            warnings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn expected() -> Estimate {
        let method = "prior".into();
        Estimate { value: 2.0, low: 0.5, high: 5.0, level: 0.9, method, sample_size: 0, warnings: vec![] }
    }

    fn day(place: i16, roas: Option<f64>, is_settled: bool) -> DayResult {
        let date = jiff::civil::date(2027, 1, 1).saturating_add(jiff::ToSpan::days(i64::from(place)));
        DayResult { date, roas, is_settled }
    }

    #[test]
    fn nine_of_ten_days_lie_inside_over_many_campaigns() {
        let (mut inside, mut all) = (0, 0);
        for campaign in 0..300 {
            let mut luck = Random::at(11, &[campaign]);
            let mean = libm::log1p(2.0) + libm::sqrt(0.1776) * luck.normal();
            let days: Vec<_> = (0..28)
                .map(|place| {
                    let log = mean + libm::sqrt(DAY_VARIANCE) * luck.normal();
                    day(place, Some(libm::expm1(log).max(0.0)), true)
                })
                .collect();
            let found = forecast_days(&expected(), &days);
            inside += found.iter().filter(|day| day.is_inside == Some(true)).count();
            all += found.len();
        }
        let coverage = inside as f64 / all as f64;
        assert!((0.88..=0.94).contains(&coverage), "{coverage}");
    }

    #[test]
    fn a_day_is_forecast_without_being_seen_and_unsettled_days_do_not_count() {
        let days = [day(0, Some(4.0), true), day(1, Some(0.1), false), day(2, None, true), day(3, Some(9.0), true)];
        let found = forecast_days(&expected(), &days);
        let changed = forecast_days(&expected(), &[days[0], days[1], days[2], day(3, Some(0.0), true)]);
        assert_eq!(found[3].forecast, changed[3].forecast);
        assert_eq!(found[1].forecast, found[2].forecast);
        assert_eq!([found[1].is_inside, found[2].is_inside], [None, None]);
        assert_eq!(found[3].forecast.sample_size, 1);
    }
}
