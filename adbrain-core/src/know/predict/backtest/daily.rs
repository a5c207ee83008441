//! The days of a running campaign: each is forecast from what was expected before launch and the days before it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Estimate;
use crate::predict::conformal::Adaptive;
use crate::stats::bayes::{Belief, GroupMean};
use crate::stats::distribution::{normal_quantile, t_quantile};

/// The variance of ln(1 + ROAS) between the days of one campaign: a start that a few days of the campaign itself outweigh.
const DAY_VARIANCE: f64 = 0.063;
/// So many days is that variance worth against the campaign's own days.
const DAY_VARIANCE_WORTH: f64 = 5.0;

/// What one day brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayResult {
    /// The day.
    pub date: Date,
    /// Its ROAS as known last; none over nothing.
    pub roas: Option<f64>,
    /// When it settled. Only settled days are learnt from and counted.
    pub settled: Option<Settled>,
}

/// The moment from which late conversions can hardly change a day any more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settled {
    /// The first day at whose start that was so.
    pub on: Date,
    /// The day's ROAS as known then.
    pub roas: f64,
}

/// One day: what was forecast, and what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DayForecast {
    /// The day.
    #[schemars(with = "String")]
    pub date: Date,
    /// The ROAS that was forecast, from the days that had settled when it began.
    pub forecast: Estimate,
    /// What came; none over nothing.
    pub actual: Option<f64>,
    /// Whether it lies in the interval; none where it has not settled.
    pub is_inside: Option<bool>,
}

/// Forecasts each day from the expectation before launch and the days that had settled when it began, as they were known by then.
///
/// The campaign's mean of ln(1 + ROAS) starts as a normal belief with the median and interval of the expectation; each day updates it.
/// The variance between days starts at 0.063 with the worth of five days and is updated too. A day is Student's t around the belief. The
/// level follows misses (adaptive conformal inference), so that the share inside tends to the wanted one under drift.
///
/// ```
/// use adbrain_core::model::Estimate;
/// use adbrain_core::predict::backtest::{DayResult, Settled, forecast_days};
/// let expected = Estimate {
///     value: 2.0, low: 0.5, high: 5.0, level: 0.9, method: "prior".into(), sample_size: 0, warnings: vec![],
/// };
/// let on = |day| jiff::civil::date(2027, 1, day);
/// let day = |day| DayResult { date: on(day), roas: Some(4.0), settled: Some(Settled { on: on(day + 5), roas: 4.0 }) };
/// let found = forecast_days(&expected, &[day(1), day(2), day(6)]);
/// // On the sixth day the first one has settled, and nothing else.
/// assert_eq!(found[1].forecast, found[0].forecast);
/// assert!(found[2].forecast.value > found[0].forecast.value && found[2].forecast.sample_size == 1);
/// ```
pub fn forecast_days(expected: &Estimate, days: &[DayResult]) -> Vec<DayForecast> {
    let mut state = State::new(expected);
    let mut waiting: Vec<(Settled, Estimate)> = Vec::new();
    let mut forecasts = Vec::with_capacity(days.len());
    for day in days {
        let (known, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(settled, _)| settled.on <= day.date);
        waiting = later;
        state.learn(known);
        let forecast = state.forecast();
        waiting.extend(day.settled.map(|settled| (settled, forecast.clone())));
        let actual = day.roas.filter(|roas| roas.is_finite());
        let is_inside = day.settled.and(actual).map(|roas| holds(&forecast, roas));
        forecasts.push(DayForecast { date: day.date, forecast, actual: day.roas, is_inside });
    }
    forecasts
}

fn holds(forecast: &Estimate, roas: f64) -> bool {
    forecast.low <= roas && roas <= forecast.high
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

    /// Learns days that have settled by now, each with what had been forecast for it, in the order in which they settled.
    fn learn(&mut self, mut known: Vec<(Settled, Estimate)>) {
        known.sort_by_key(|(settled, _)| settled.on);
        for (settled, forecast) in known.iter().filter(|(settled, _)| settled.roas.is_finite()) {
            self.seen.push(libm::log1p(settled.roas.max(0.0)));
            self.adaptive.see(f64::from(u8::from(!holds(forecast, settled.roas))));
        }
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

    fn on(place: i64) -> Date {
        jiff::civil::date(2027, 1, 1).saturating_add(jiff::ToSpan::days(place))
    }

    /// A day that has settled `after` days later, or not at all.
    fn day(place: i64, roas: Option<f64>, after: Option<i64>) -> DayResult {
        let settled = after.zip(roas).map(|(after, roas)| Settled { on: on(place + after), roas });
        DayResult { date: on(place), roas, settled }
    }

    /// Coverage over 300 campaigns of 28 days that settle so many days later.
    fn coverage(after: i64) -> f64 {
        let (mut inside, mut all) = (0, 0);
        for campaign in 0..300 {
            let mut luck = Random::at(11, &[campaign]);
            let mean = libm::log1p(2.0) + libm::sqrt(0.1776) * luck.normal();
            let days: Vec<_> = (0..28)
                .map(|place| {
                    let log = mean + libm::sqrt(DAY_VARIANCE) * luck.normal();
                    day(place, Some(libm::expm1(log).max(0.0)), Some(after))
                })
                .collect();
            let found = forecast_days(&expected(), &days);
            inside += found.iter().filter(|day| day.is_inside == Some(true)).count();
            all += found.len();
        }
        inside as f64 / all as f64
    }

    #[test]
    fn nine_of_ten_days_lie_inside_over_many_campaigns_however_late_they_settle() {
        for after in [1, 5, 9] {
            let coverage = coverage(after);
            assert!((0.88..=0.94).contains(&coverage), "{coverage} where days settle after {after}");
        }
    }

    #[test]
    fn a_day_is_forecast_without_being_seen_and_unsettled_days_do_not_count() {
        let days =
            [day(0, Some(4.0), Some(1)), day(1, Some(0.1), None), day(2, None, Some(1)), day(3, Some(9.0), Some(1))];
        let found = forecast_days(&expected(), &days);
        let changed = forecast_days(&expected(), &[days[0], days[1], days[2], day(3, Some(0.0), Some(1))]);
        assert_eq!(found[3].forecast, changed[3].forecast);
        assert_eq!(found[1].forecast, found[2].forecast);
        assert_eq!([found[1].is_inside, found[2].is_inside], [None, None]);
        assert_eq!(found[3].forecast.sample_size, 1);
    }

    #[test]
    fn what_settles_later_changes_no_earlier_forecast() {
        let with = |last: f64| -> Vec<_> {
            // Days 0 to 4 settle on day 6 with what was known then; what came after that belongs to the report alone.
            let early = (0..5).map(|place| {
                let settled = Some(Settled { on: on(6), roas: last });
                DayResult { date: on(place), roas: Some(last + 1.0), settled }
            });
            early.chain((5..8).map(|place| day(place, Some(2.0), None))).collect()
        };
        let (low, high) = (forecast_days(&expected(), &with(0.2)), forecast_days(&expected(), &with(8.0)));
        let forecasts = |found: &[DayForecast]| found.iter().map(|day| day.forecast.clone()).collect::<Vec<_>>();
        let (low, high) = (forecasts(&low), forecasts(&high));
        assert_eq!(low[..6], high[..6], "days 0 to 5 began before anything had settled");
        assert!(low[6].value < high[6].value && low[6].sample_size == 5);
        assert!(low[5].sample_size == 0 && low[5] == low[0]);
    }
}
