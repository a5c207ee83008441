//! Tests of rules: series in, the states and notifications that they must give.

mod series;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::file::{decoded, parts, span, value_of};
use super::{Engine, Evaluated, RuleSet, Sample};
use crate::error::{Error, Result};
use series::Track;

pub use series::Series;

/// A file of tests of rules, in TOML or JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTests {
    /// The rules that are tested: the path of a file beside this one, or a preset.
    pub rules: String,
    /// The tests.
    #[serde(default, rename = "test")]
    pub tests: Vec<RuleTest>,
}

/// One test: series of metrics, and what the rules must make of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTest {
    /// Its name.
    pub name: String,
    /// The first moment.
    pub start: Timestamp,
    /// The time between two moments.
    pub step: String,
    /// The series, one for each object.
    pub series: Vec<Series>,
    /// Where rules must stand at a time; others may stand anywhere.
    #[serde(default)]
    pub state: Vec<ExpectedState>,
    /// All that must be told, in order, each as `1h10m cost_spike opened set-1`; not compared where it is left out.
    #[serde(default)]
    pub notifications: Option<Vec<String>>,
    /// All that must be proposed, in order, each as `1h10m cost_spike cut_bid set-1`; not compared where it is left out.
    #[serde(default)]
    pub proposals: Option<Vec<String>>,
}

/// Where a rule must stand for an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedState {
    /// When, after the start.
    pub at: String,
    /// The rule.
    pub rule: String,
    /// The object.
    pub object: String,
    /// Where: `normal`, `pending`, `firing`, `recovering`, `no_data` or `error`.
    pub is: super::Status,
}

/// How one test went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestResult {
    /// Its name.
    pub name: String,
    /// What is other than expected, a line each: `- ` was expected, `+ ` came.
    pub differences: Vec<String>,
}

impl TestResult {
    /// Whether everything is as expected.
    pub fn is_passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl RuleTests {
    /// Reads tests from TOML or JSON text.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the test and its field.
    pub fn from_text(text: &str) -> Result<Self> {
        let mut fields = value_of(text, "tests")?;
        let tests: Vec<RuleTest> = parts(&mut fields, "test")?;
        if tests.is_empty() {
            return Err(Error::invalid("test", "there is none").next("write at least one [[test]]"));
        }
        let file: Self = decoded(serde_json::Value::Object(fields), "tests")?;
        Ok(Self { tests, ..file })
    }

    /// Runs each test over the rules.
    ///
    /// ```
    /// use adbrain_core::alert::rules::{RuleSet, RuleTests};
    /// let tests = RuleTests::from_text(
    ///     r#"
    ///     rules = "legacy"
    ///     [[test]]
    ///     name = "a dear hour is told"
    ///     start = "2026-12-01T00:00:00Z"
    ///     step = "1h"
    ///     notifications = ["1h cost_spike opened set-1", "2h cost_spike closed set-1"]
    ///     [[test.series]]
    ///     platform = "meta"
    ///     object = "set-1"
    ///     metrics = { cpm_hour = "20 30 30", cpm_previous_hour = "20 20 30" }
    ///     "#,
    /// )?;
    /// let results = tests.run(&RuleSet::preset(&tests.rules)?)?;
    /// assert!(results[0].is_passed(), "{:?}", results[0].differences);
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a series, a time or a name that cannot be read.
    pub fn run(&self, rules: &RuleSet) -> Result<Vec<TestResult>> {
        self.tests.iter().map(|test| test.run(rules)).collect()
    }
}

impl RuleTest {
    fn field(&self, name: &str) -> String {
        format!("test.{}.{name}", self.name)
    }

    fn run(&self, rules: &RuleSet) -> Result<TestResult> {
        let step = span::span(&self.step, &self.field("step"))?;
        if step.is_zero() {
            return Err(Error::invalid(&self.field("step"), "is zero").next("write a time above zero, such as 10m"));
        }
        let series = self.series.iter().map(|series| series.read(self, rules)).collect::<Result<Vec<_>>>()?;
        let expected = self.expected(rules)?;
        let steps = series.iter().map(Track::length).max().unwrap_or_default();
        let (mut engine, mut seen) = (Engine::new(rules.clone()), Came::default());
        for place in 0..steps {
            let after = step * i32::try_from(place).unwrap_or(i32::MAX);
            let at = self.start.checked_add(after).map_err(|error| {
                Error::invalid(&self.field("start"), error).next("begin earlier, or give fewer values")
            })?;
            let samples: Vec<Sample> = series.iter().filter_map(|track| track.sample((place, after), at)).collect();
            seen.tell(after, &engine.evaluate(at, &samples)?);
            for (_, state) in expected.iter().filter(|(when, _)| *when == after) {
                seen.states.push(found_state(&engine, state));
            }
        }
        let late = expected.iter().find(|(when, _)| steps == 0 || *when > step * last(steps) || !is_step(*when, step));
        match late {
            Some((_, state)) => {
                Err(Error::invalid(&self.field("state.at"), format!("nothing is evaluated at {}", state.at))
                    .next("name a multiple of step within the values"))
            }
            None => Ok(self.compared(&seen)),
        }
    }

    /// The expected states, each with its time; their rules are known.
    fn expected(&self, rules: &RuleSet) -> Result<Vec<(SignedDuration, &ExpectedState)>> {
        let read = |state: &ExpectedState| {
            if !rules.rules().iter().any(|rule| rule.name() == state.rule) {
                let known: Vec<_> = rules.rules().iter().map(super::Rule::name).collect();
                return Err(Error::invalid(&self.field("state.rule"), format!("there is no rule {:?}", state.rule))
                    .next(format!("use one of {}", known.join(", "))));
            }
            span::span(&state.at, &self.field("state.at"))
        };
        self.state.iter().map(|state| Ok((read(state)?, state))).collect()
    }

    fn compared(&self, came: &Came) -> TestResult {
        let by_time = |state: &&ExpectedState| span::span(&state.at, "at").unwrap_or_default();
        let mut states: Vec<&ExpectedState> = self.state.iter().collect();
        states.sort_by_key(by_time);
        let states: Vec<String> = states.into_iter().map(|state| state_line(state, state.is.as_str())).collect();
        let mut differences = difference(&states, &came.states);
        for (expected, came) in [(&self.notifications, &came.notifications), (&self.proposals, &came.proposals)] {
            differences.extend(expected.iter().flat_map(|expected| difference(expected, came)));
        }
        TestResult { name: self.name.clone(), differences }
    }
}

fn last(steps: usize) -> i32 {
    i32::try_from(steps.saturating_sub(1)).unwrap_or(i32::MAX)
}

fn is_step(when: SignedDuration, step: SignedDuration) -> bool {
    when.as_secs().checked_rem(step.as_secs()) == Some(0)
}

/// What came of a test.
#[derive(Default)]
struct Came {
    states: Vec<String>,
    notifications: Vec<String>,
    proposals: Vec<String>,
}

impl Came {
    fn tell(&mut self, after: SignedDuration, found: &Evaluated) {
        let when = span::written(after);
        self.notifications.extend(found.told.notifications.iter().map(|told| {
            let objects: Vec<_> = told.episodes.iter().map(|episode| episode.subject.object.as_str()).collect();
            format!("{when} {} {} {}", told.rule, told.kind, objects.join(","))
        }));
        let proposal = |told: &super::Proposal| format!("{when} {} {} {}", told.rule, told.kind, told.subject.object);
        self.proposals.extend(found.told.proposals.iter().map(proposal));
    }
}

fn found_state(engine: &Engine, expected: &ExpectedState) -> String {
    let standings = engine.standings();
    let is_it =
        |standing: &&super::Standing| standing.rule == expected.rule && standing.subject.object == expected.object;
    state_line(expected, standings.iter().find(is_it).map_or("not seen", |standing| standing.status.as_str()))
}

fn state_line(state: &ExpectedState, is: &str) -> String {
    format!("{} {} {} is {is}", state.at, state.rule, state.object)
}

/// The lines that are in one list alone, in their order; a line that is there twice is compared twice.
fn difference(expected: &[String], came: &[String]) -> Vec<String> {
    let without = |lines: &[String], others: &[String], sign: &str| -> Vec<String> {
        let mut left = others.to_vec();
        let alone = lines.iter().filter(|line| match left.iter().position(|other| other == *line) {
            Some(place) => {
                left.remove(place);
                false
            }
            None => true,
        });
        alone.map(|line| format!("{sign} {line}")).collect()
    };
    let mut lines = without(expected, came, "-");
    lines.extend(without(came, expected, "+"));
    if lines.is_empty() && expected != came {
        lines.push(format!("- {}", expected.join("; ")));
        lines.push(format!("+ {} (in another order)", came.join("; ")));
    }
    lines
}

#[cfg(test)]
mod tests;
