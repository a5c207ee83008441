//! The rules of a test, set before its data are seen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::metric::{Direction, Metric};
use crate::error::{Error, Result};

/// When the data are looked at with the power to stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "design", deny_unknown_fields)]
#[non_exhaustive]
pub enum Looks {
    /// Once, at the end: days need `planned_units`, and later ones are left out.
    FixedEnd,
    /// At planned numbers of units only, with an error budget spent from look to look (Lan and `DeMets`, "Discrete sequential boundaries
    /// for clinical trials", 1983). The most power where the end is known.
    GroupSequential {
        /// Units at each look, rising, the last one being `planned_units`; empty for one look per unit from `minimum_units` on. People arrive
        /// in any number: put the smaller arm's real number in the planned one's place before reading.
        #[serde(default)]
        at: Vec<u64>,
        /// How the error is spent.
        #[serde(default)]
        spending: Spending,
    },
    /// At any time and without an end, by an asymptotic confidence sequence (Waudby-Smith and others, "Time-uniform central limit
    /// theory and asymptotic confidence sequences", 2023).
    Anytime,
}

/// How a group sequential test spends its error; both sides spend half of it, as in ldbounds and gsDesign.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Spending {
    /// Little early, most at the end (O'Brien and Fleming, 1979).
    #[default]
    ObrienFleming,
    /// About the same at each look (Pocock, 1977).
    Pocock,
    /// alpha t^phi (Kim and `DeMets`, 1987).
    Power(f64),
}

/// What a group sequential test does where it has become unlikely to show anything; see [`crate::stats::sequential::Futility`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Futility {
    /// It advises to give up: the verdict is no difference with its reason. Who goes on keeps the error level, and a later look may
    /// still find a winner.
    #[default]
    NonBinding,
    /// It ends there, whatever comes later. The bounds of an effect are a little lower for it, and the error level holds only for those
    /// who do stop.
    Binding,
    /// It runs to its end.
    None,
}

/// What is independent of what: the unit of analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unit {
    /// Days; the arms are paired day by day, because they share weekdays, prices and shocks.
    #[default]
    Day,
    /// Regions; each belongs to one arm.
    Geo,
    /// People; each belongs to one arm.
    User,
}

/// Who decided which arm a unit sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Assignment {
    /// A random split by the platform's own test tool, or by us.
    SplitTest,
    /// A random part of people or regions is held out.
    LiftDesign,
    /// The platform's delivery chose; nobody randomised.
    #[default]
    Delivered,
}

/// What a difference may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The arms were randomised: the difference is an effect.
    Causal,
    /// They were not: the difference may come from who saw which arm.
    Associational,
}

impl Assignment {
    /// What its differences may be called.
    pub fn label(self) -> Label {
        match self {
            Self::SplitTest | Self::LiftDesign => Label::Causal,
            Self::Delivered => Label::Associational,
        }
    }
}

/// A metric that the winner must not harm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// The metric, read from the same blocks.
    pub metric: Metric,
    /// The relative harm that must be ruled out, 0.05 for 5 %; without it the guard is loud only where harm is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
}

/// How a winner is found for automatic action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The lower bound of the relative lift lies above the margin, by the design of the looks and corrected for several variants.
    #[default]
    Practical,
    /// The literal rule p < 0.05 and |d| > 0.3 with 1,000 per arm; see [`super::legacy`] for how often it errs. It skips every check:
    /// margin, evidence, split, delivery, maturity and guards block nothing.
    Legacy,
}

/// When a winner is acted on, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Apply {
    /// The rule.
    pub rule: Rule,
    /// The weakest evidence that is acted on; causal by default.
    pub evidence: Label,
    /// The relative raise of the winner's daily budget, at most 0.2.
    pub step: f64,
}

/// The largest raise in one step, which platforms take without a new learning phase.
pub const MAX_STEP: f64 = 0.2;

impl Default for Apply {
    fn default() -> Self {
        Self { rule: Rule::Practical, evidence: Label::Causal, step: MAX_STEP }
    }
}

/// The rules of a test.
///
/// ```
/// use adbrain_core::experiment::{Looks, Metric, Settings};
/// let settings = Settings::until(Metric::Roas, 28);
/// assert!(matches!(settings.design(), Looks::GroupSequential { .. }));
/// settings.check()?;
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The metric that decides.
    pub metric: Metric,
    /// Which way is good; that of the metric where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The level of intervals; the error of the verdicts over all variants, and over all tests that share it, is one minus it. 0.95 by
    /// default.
    #[serde(default = "usual_level")]
    pub level: f64,
    /// Tests that share the error, such as those of all ad sets of one run: each is decided at (1 - level) / `tests` (Bonferroni), and its
    /// variants by Holm within. 1 by default. Intervals are shown at `level` in any case.
    #[serde(default = "one_test")]
    pub tests: u64,
    /// When it is looked at; see [`Settings::design`] for what holds where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looks: Option<Looks>,
    /// Units per arm at the planned end: days of the flight, regions, or people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_units: Option<u64>,
    /// What a group sequential test does where it has become unlikely to show anything: it advises to give up by default. The error that
    /// this spends is 1 - `power`, for the effect that one look at the planned end would show with `power`; whether that is the
    /// `minimum_relative_effect` depends on the spread, see `needed_units` of a comparison.
    #[serde(default)]
    pub futility: Futility,
    /// The unit of analysis; days by default.
    #[serde(default)]
    pub unit: Unit,
    /// Who decided which arm a unit sees; the platform's delivery by default.
    #[serde(default)]
    pub assignment: Assignment,
    /// The relative lift that the lower bound must pass for a winner, 0 by default.
    #[serde(default)]
    pub margin: f64,
    /// No verdict before so many days or regions, 14 by default: two whole weeks.
    #[serde(default = "usual_units")]
    pub minimum_units: u64,
    /// No verdict before so many impressions, trials or people per arm, 1,000 by default.
    #[serde(default = "usual_sample")]
    pub minimum_sample: u64,
    /// The smallest relative difference that matters, 0.2 by default; it sets the needed size.
    #[serde(default = "usual_effect")]
    pub minimum_relative_effect: f64,
    /// The power for the needed size, 0.8 by default.
    #[serde(default = "usual_power")]
    pub power: f64,
    /// Metrics that the winner must not harm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// When a winner is acted on.
    #[serde(default)]
    pub apply: Apply,
}

fn usual_level() -> f64 {
    0.95
}

fn one_test() -> u64 {
    1
}

fn usual_units() -> u64 {
    14
}

fn usual_sample() -> u64 {
    1000
}

fn usual_effect() -> f64 {
    0.2
}

fn usual_power() -> f64 {
    0.8
}

impl Settings {
    /// A test without a planned end: days, an anytime design, the usual limits.
    pub fn new(metric: Metric) -> Self {
        Self {
            metric,
            direction: None,
            level: usual_level(),
            tests: one_test(),
            looks: None,
            planned_units: None,
            futility: Futility::default(),
            unit: Unit::Day,
            assignment: Assignment::Delivered,
            margin: 0.0,
            minimum_units: usual_units(),
            minimum_sample: usual_sample(),
            minimum_relative_effect: usual_effect(),
            power: usual_power(),
            guards: Vec::new(),
            apply: Apply::default(),
        }
    }

    /// A test that ends after so many units per arm: group sequential with a look per day.
    pub fn until(metric: Metric, planned_units: u64) -> Self {
        Self { planned_units: Some(planned_units), ..Self::new(metric) }
    }

    /// The design of the looks: as stated; else group sequential by O'Brien and Fleming where the end is planned, anytime where it
    /// is not; one look at regions.
    pub fn design(&self) -> Looks {
        match (&self.looks, self.planned_units) {
            (Some(looks), _) => looks.clone(),
            (None, _) if self.unit == Unit::Geo => Looks::FixedEnd,
            (None, Some(_)) => Looks::GroupSequential { at: Vec::new(), spending: Spending::ObrienFleming },
            (None, None) => Looks::Anytime,
        }
    }

    /// Which way is good.
    pub fn direction(&self) -> Direction {
        self.direction.unwrap_or(self.metric.direction())
    }

    /// The fewest units that a verdict rests on: people need only the sample, days and regions the minimum.
    pub fn least_units(&self) -> u64 {
        if self.unit == Unit::User { 2 } else { self.minimum_units.max(2) }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn check(&self) -> Result<()> {
        inside("level", self.level)?;
        inside("power", self.power)?;
        if self.tests == 0 {
            return Err(Error::invalid("tests", "is zero").next("give how many tests share the error, 1 for one alone"));
        }
        let effect = self.minimum_relative_effect;
        if !(effect.is_finite() && effect > 0.0) {
            return Err(Error::invalid("minimum_relative_effect", format!("{effect} is not above zero"))
                .next("give the smallest change that is worth acting on, such as 0.1 for 10 %"));
        }
        if !(self.margin.is_finite() && self.margin >= 0.0) {
            return Err(
                Error::invalid("margin", format!("is {}", self.margin)).next("give a finite number, zero or above")
            );
        }
        if !(self.apply.step > 0.0 && self.apply.step <= MAX_STEP) {
            let what = format!("is {}", self.apply.step);
            return Err(Error::invalid("apply.step", what).next(format!("give a number above 0 and up to {MAX_STEP}")));
        }
        for (place, guard) in self.guards.iter().enumerate() {
            if guard.margin.is_some_and(|margin| !(margin.is_finite() && margin > 0.0)) {
                return Err(Error::invalid(&format!("guards[{place}].margin"), "is not above zero")
                    .next("give a margin above zero, or leave it out"));
            }
        }
        self.check_looks()
    }

    /// Regions do not arrive one by one, so there is one look.
    fn check_geo(&self) -> Result<()> {
        if self.unit != Unit::Geo || self.design() == Looks::FixedEnd {
            return Ok(());
        }
        Err(Error::invalid("looks.design", "regions do not arrive one by one").next("use fixed_end"))
    }

    fn check_looks(&self) -> Result<()> {
        let planned = self.planned_units;
        if planned.is_some_and(|planned| planned < self.least_units()) {
            let next = format!("plan at least {} units", self.least_units());
            return Err(Error::invalid("planned_units", "is too few for a verdict").next(next));
        }
        if self.design() == Looks::FixedEnd && self.unit == Unit::Day && planned.is_none() {
            return Err(
                Error::invalid("planned_units", "is missing, and one look at days needs its end").next("state it")
            );
        }
        let Looks::GroupSequential { at, spending } = self.design() else { return self.check_geo() };
        if self.unit == Unit::Geo {
            return self.check_geo();
        }
        let Some(planned) = planned else {
            let what = "is missing, and a group sequential test needs its end";
            return Err(Error::invalid("planned_units", what).next("state it"));
        };
        if at.is_empty() && (self.unit == Unit::User || planned - self.least_units() >= MAX_LOOKS as u64) {
            return Err(Error::invalid("looks.at", "is empty").next("name the units at each look"));
        }
        let is_rising = at.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        let is_whole = at.first().is_none_or(|first| *first > 0) && at.last().is_none_or(|last| *last == planned);
        if !(is_rising && is_whole && at.len() <= MAX_LOOKS) {
            let next = format!("name 1 to {MAX_LOOKS} rising numbers of units, planned_units as the last");
            return Err(Error::invalid("looks.at", "does not rise to planned_units, or has too many looks").next(next));
        }
        match spending {
            Spending::Power(phi) if !(phi.is_finite() && phi > 0.0) => {
                Err(Error::invalid("looks.spending.power", format!("{phi} is not above zero"))
                    .next("give 1 to spend the error evenly"))
            }
            _ => Ok(()),
        }
    }
}

/// The most looks of a group sequential test.
pub const MAX_LOOKS: usize = 200;

fn inside(field: &str, value: f64) -> Result<()> {
    if value > 0.0 && value < 1.0 {
        return Ok(());
    }
    Err(Error::invalid(field, format!("is {value}")).next("give a number above 0 and below 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(settings: &Settings) -> String {
        settings.check().unwrap_err().to_string()
    }

    #[test]
    fn wrong_settings_name_their_field() {
        let usual = Settings::until(Metric::Ctr, 28);
        usual.check().unwrap();
        assert!(refused(&Settings { level: 1.0, ..usual.clone() }).starts_with("level"));
        assert!(refused(&Settings { power: f64::NAN, ..usual.clone() }).starts_with("power"));
        assert!(refused(&Settings { margin: -0.1, ..usual.clone() }).starts_with("margin"));
        assert!(refused(&Settings { planned_units: Some(13), ..usual.clone() }).starts_with("planned_units"));
        let step = Apply { step: 0.3, ..Apply::default() };
        assert!(refused(&Settings { apply: step, ..usual.clone() }).starts_with("apply.step"));
        let looks = |at: &[u64]| Some(Looks::GroupSequential { at: at.to_vec(), spending: Spending::Pocock });
        assert!(refused(&Settings { looks: looks(&[14, 14, 28]), ..usual.clone() }).starts_with("looks.at"));
        assert!(refused(&Settings { looks: looks(&[14, 21]), ..usual.clone() }).starts_with("looks.at"));
        Settings { looks: looks(&[14, 28]), ..usual }.check().unwrap();
    }

    #[test]
    fn short_json_is_enough() {
        let settings: Settings = serde_json::from_str(r#"{"metric": "roas", "planned_units": 28}"#).unwrap();
        assert_eq!(settings, Settings::until(Metric::Roas, 28));
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
    }
}
