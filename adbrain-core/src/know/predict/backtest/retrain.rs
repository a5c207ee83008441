//! When a model is to be trained again, and why.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rolling::{LEAST_COVERAGE, Rolling};
use crate::clock::Clock;
use crate::model::Message;
use crate::model::message::Argument;

/// The rules of retraining.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// Train again after so many days. 7 by default.
    pub days: i64,
    /// Train again when the coverage of the last seven days falls below this. 0.80 by default.
    pub least_coverage: f64,
    /// Train again when new rows are at least this share of the rows trained on. 0.2 by default.
    pub new_rows: f64,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { days: 7, least_coverage: LEAST_COVERAGE, new_rows: 0.2 }
    }
}

/// What is known of the model in use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trained {
    /// When it was trained.
    pub at: Timestamp,
    /// On how many rows.
    pub rows: u64,
}

/// What has come in since.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Since {
    /// Rows that the model has not seen.
    pub rows: u64,
    /// The coverage of the last seven days, where there are results.
    pub coverage: Option<Rolling>,
}

/// Whether to train again: when, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retraining {
    /// Whether it is due now.
    pub is_due: bool,
    /// When it is due at the latest, by the schedule, in UTC.
    #[schemars(with = "String")]
    pub due: Date,
    /// Why; one reason that says nothing asks for it where it is not due.
    pub reasons: Vec<Message>,
}

impl Schedule {
    /// Decides by the data and a clock; without a model it is due.
    ///
    /// ```
    /// use adbrain_core::clock::ManualClock;
    /// use adbrain_core::predict::backtest::{Schedule, Since, Trained};
    /// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    /// let model = Trained { at: at("2026-03-01T00:00:00Z"), rows: 100 };
    /// let on = |day| Schedule::default().decide(Some(&model), &Since::default(), &ManualClock::at(at(day)));
    /// assert!(!on("2026-03-07T23:00:00Z").is_due && on("2026-03-08T00:00:00Z").is_due);
    /// ```
    pub fn decide(&self, model: Option<&Trained>, since: &Since, clock: &dyn Clock) -> Retraining {
        let today = day_of(clock.now());
        let Some(model) = model else {
            return Retraining { is_due: true, due: today, reasons: vec![Message::new("retrain-first")] };
        };
        let due = day_of(model.at).saturating_add(self.days.max(0).days());
        let age = (clock.now() - model.at).as_hours().div_euclid(24);
        let mut reasons = Vec::new();
        if age >= self.days {
            reasons.push(Message::new("retrain-schedule").with("days", age));
        }
        reasons.extend(self.drift(since));
        if since.rows > 0 && since.rows as f64 >= self.new_rows * model.rows as f64 {
            let rows = i64::try_from(since.rows).unwrap_or(i64::MAX);
            reasons.push(Message::new("retrain-rows").with("rows", rows));
        }
        let is_due = !reasons.is_empty();
        if !is_due {
            reasons.push(Message::new("retrain-none"));
        }
        Retraining { is_due, due: if is_due { today.min(due) } else { due }, reasons }
    }

    fn drift(&self, since: &Since) -> Option<Message> {
        let seen = since.coverage.filter(|seen| seen.results >= super::rolling::LEAST_RESULTS)?;
        (seen.coverage < self.least_coverage).then(|| {
            Message::new("retrain-drift")
                .with("coverage", Argument::Ratio(seen.coverage))
                .with("least", Argument::Ratio(self.least_coverage))
        })
    }
}

fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned_datetime(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::model::Language;

    fn decide(since: &Since, day: &str) -> Retraining {
        let model = Trained { at: "2026-03-01T12:00:00Z".parse().unwrap(), rows: 100 };
        Schedule::default().decide(Some(&model), since, &ManualClock::at(day.parse().unwrap()))
    }

    fn keys(found: &Retraining) -> Vec<&str> {
        found.reasons.iter().map(|reason| reason.key.as_str()).collect()
    }

    #[test]
    fn without_a_model_one_is_due_now() {
        let clock = ManualClock::at("2026-03-01T00:00:00Z".parse().unwrap());
        let found = Schedule::default().decide(None, &Since::default(), &clock);
        assert!(found.is_due && keys(&found) == ["retrain-first"]);
    }

    #[test]
    fn schedule_drift_and_new_rows_are_told_apart() {
        let quiet = decide(&Since { rows: 19, coverage: None }, "2026-03-05T00:00:00Z");
        assert!(!quiet.is_due && keys(&quiet) == ["retrain-none"] && quiet.due.to_string() == "2026-03-08");
        let date = "2026-03-04".parse().unwrap();
        let low = Rolling { date, results: 20, inside: 14, coverage: 0.7, is_alarm: true };
        let drift = decide(&Since { rows: 20, coverage: Some(low) }, "2026-03-05T00:00:00Z");
        assert_eq!(keys(&drift), ["retrain-drift", "retrain-rows"]);
        assert_eq!(drift.due.to_string(), "2026-03-05");
        let few = Rolling { results: 9, ..low };
        assert!(!decide(&Since { rows: 0, coverage: Some(few) }, "2026-03-05T00:00:00Z").is_due);
        let late = decide(&Since::default(), "2026-03-09T12:00:00Z");
        assert_eq!((keys(&late), late.due.to_string()), (vec!["retrain-schedule"], "2026-03-08".to_owned()));
        assert!(late.reasons[0].text(Language::English).contains('8'));
    }
}
