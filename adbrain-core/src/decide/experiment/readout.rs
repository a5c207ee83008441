//! What was measured between arms: estimates with intervals, checks, and a verdict with its reason.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::metric::{Direction, Metric};
use super::settings::{Label, Looks};
use super::verdict::Verdict;
use crate::model::{Estimate, Maturity, Message};

/// What a check of the data says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Looked at, nothing found.
    Passed,
    /// Something is wrong.
    Failed,
    /// There was nothing to look at.
    #[default]
    NotChecked,
}

/// A check of the data with its p value.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Check {
    /// What it says.
    pub state: CheckState,
    /// The p value of the check, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
}

/// One arm in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArmSummary {
    /// Its name.
    pub name: String,
    /// The metric over all its units; none where it has none.
    pub value: Option<f64>,
    /// Its units of analysis: days, regions or people.
    pub units: u64,
    /// Impressions, trials or people behind it, where they are counted.
    pub sample: Option<u64>,
}

/// Effect sizes without units; see [`crate::stats::effect`].
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EffectSizes {
    /// Cohen's d between the units of analysis. On rare events it says little: a lift of 119 % has d = 0.07.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d: Option<f64>,
    /// Hedges' g, d without its bias in small samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub g: Option<f64>,
    /// Cohen's h of two shares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub h: Option<f64>,
}

/// One look at the test, for a plot: the relative lift, or the difference where there is no lift, with the interval that holds at
/// this look under the design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The last unit seen: a date.
    pub unit: String,
    /// Units seen.
    pub units: u64,
    /// The estimate, not corrected for stopping.
    pub estimate: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The statistic as a standard normal value.
    pub z: f64,
    /// What it has to pass; none where the design does not stop here.
    pub bound: Option<f64>,
    /// At or below this |z| it is advised to give up; none where the design does not advise here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub futility: Option<f64>,
    /// Whether it passed.
    pub is_crossed: bool,
}

/// What a guard metric says about one variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardReading {
    /// The metric.
    pub metric: Metric,
    /// Its relative lift at the level of the test.
    pub lift: Option<Estimate>,
    /// Passed where it is quiet, failed where it is loud, not checked where it has no number.
    pub state: CheckState,
}

/// The days on which a result hangs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dominance {
    /// The day with the largest share of the numerator of both arms.
    pub unit: String,
    /// That share, 0..1; with k even days about 1 / k.
    pub share: f64,
    /// The day whose absence changes the difference most.
    pub influential: String,
    /// Whether the difference has the other sign without it.
    pub turns: bool,
}

/// Whether the arms were shown to the same people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unevenness {
    /// What was cut into segments: `audience`, `hour`; `day` for the days of the blocks.
    pub dimension: String,
    /// The largest distance between the delivery of an arm and that of all: half the sum of |share - share of all|, 0..1.
    pub distance: f64,
    /// How much more the days differ among themselves than chance says; 1 for pure chance.
    pub dispersion: Option<f64>,
    /// The p value of equal delivery, widened by the dispersion; none where the days do not tell it.
    pub p_value: Option<f64>,
    /// Whether it is uneven.
    pub is_uneven: bool,
}

/// One variant against the control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The variant.
    pub arm: String,
    /// Variant minus control.
    pub difference: Option<Estimate>,
    /// The difference over |control|: 0.1 for +10 %.
    pub lift: Option<Estimate>,
    /// The test behind the p values: `paired_day_log`, `paired_day_delta_log`, `paired_day`, `delta_log`, `delta`, `welch_t`,
    /// `two_proportion_z` or `fisher_exact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// Why there are no numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Message>,
    /// The two-sided p value of one look at the end; not valid under looking.
    pub p_value: Option<f64>,
    /// The p value that is valid at any time: the least up to now of the confidence sequence.
    pub p_anytime: Option<f64>,
    /// The p value that counts the looks, once a group sequential test has stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_stopped: Option<f64>,
    /// The probability to be better than the control under a flat prior: a decision rule, not an error rate.
    pub p_better: Option<f64>,
    /// Effect sizes.
    pub effect: EffectSizes,
    /// The variance between units over that of independent events; far above 1, tests on summed clicks err.
    pub overdispersion: Option<f64>,
    /// The day that weighs most, where days are paired; none for regions and people.
    pub dominance: Option<Dominance>,
    /// The same comparison before the test, when nothing differed.
    pub before: Check,
    /// The guard metrics.
    pub guards: Vec<GuardReading>,
    /// Look by look, for a plot.
    pub looks: Vec<Look>,
    /// Units per arm that the planned effect needs at the planned power, from the spread seen.
    pub needed_units: Option<u64>,
    /// What a reader should know before trusting it.
    #[serde(default)]
    pub warnings: Vec<Message>,
    /// What it says.
    pub verdict: Verdict,
}

/// A whole test as measured: each variant against the control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Readout {
    /// The metric.
    pub metric: Metric,
    /// Which way is good.
    pub direction: Direction,
    /// What its differences may be called.
    pub label: Label,
    /// The design of the looks.
    pub design: Looks,
    /// The control.
    pub control: String,
    /// All arms, the control first.
    pub arms: Vec<ArmSummary>,
    /// The variants, in the order of the data.
    pub comparisons: Vec<Comparison>,
    /// The test of the split (sample-ratio mismatch).
    pub split: Check,
    /// The test for uneven delivery.
    pub delivery: Vec<Unevenness>,
    /// Whether most late conversions have arrived; none where it is not known.
    pub maturity: Option<Maturity>,
    /// What a reader should know before trusting any of it.
    #[serde(default)]
    pub warnings: Vec<Message>,
}

impl Readout {
    /// The winner with the largest lower bound of its lift, where there is one.
    ///
    /// The bound is the one nearer to harm, in the metric's good direction; a rule of the project, with no error rate of its own.
    pub fn winner(&self) -> Option<&Comparison> {
        let least = |comparison: &Comparison| {
            let sign = self.direction.sign();
            comparison.lift.as_ref().map_or(f64::NEG_INFINITY, |lift| f64::min(sign * lift.low, sign * lift.high))
        };
        let winners = self.comparisons.iter().filter(|one| one.verdict.kind == super::VerdictKind::Winner);
        winners.reduce(|best, next| if least(next) > least(best) { next } else { best })
    }
}
