//! What a run gives back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::alert::DecisionRecord;
use crate::alert::decision::Scoreboard;
use crate::alert::rules::Episode;
use crate::budget::{BindingLimit, Gain};
use crate::control::{Mode, Outcome};
use crate::experiment::{Decision, Readout};
use crate::measure::RefusedRow;
use crate::model::{
    AssetSet, BestPractice, Change, CheckedBrief, ContentHash, CopySet, Estimate, Feedback, Learning, Maturity,
    MediaPlan, Message, Metrics, Money, Platform, Response, RowProblem, RunId, Strategy, Tag, WinningCombination,
};
use crate::persona::Persona;
use crate::predict::backtest::{DayForecast, Retraining, Rolling};

/// What was learnt from past results before the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistorySummary {
    /// The name of the mapping that read it.
    pub mapping: String,
    /// Rows taken.
    pub rows: u64,
    /// Rows not taken, each with line and column.
    pub problems: Vec<RowProblem>,
    /// The sums of all rows.
    pub totals: Metrics,
    /// What usually works, with sample sizes.
    pub best_practices: Vec<BestPractice>,
    /// What did best.
    pub winning_combinations: Vec<WinningCombination>,
    /// The people behind it.
    pub personas: Vec<Persona>,
}

/// The brand's people in groups, made at the start of the run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleSummary {
    /// The groups, largest first.
    pub personas: Vec<Persona>,
    /// What a reader should know: why there is one group or none, who is in none, what was left out.
    pub notes: Vec<Message>,
}

/// The figures of one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaySummary {
    /// The day in the account's time zone.
    pub date: Date,
    /// The figures of all platforms, as known at the end of the run.
    pub metrics: Metrics,
    /// The same by platform.
    pub platforms: BTreeMap<Platform, Metrics>,
    /// Whether late conversions can still change it.
    pub maturity: Maturity,
}

/// The figures of one platform over the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformResult {
    /// The platform.
    pub platform: Platform,
    /// Its figures.
    pub metrics: Metrics,
    /// The ROAS that was expected of it.
    pub expected_roas: Estimate,
    /// The share of conversions expected to have arrived, as a ratio.
    pub completeness: f64,
}

/// The days of one platform: what was forecast for each from the expectation before launch and the days before it, and what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformForecast {
    /// The platform.
    pub platform: Platform,
    /// Its days, in order.
    pub days: Vec<DayForecast>,
    /// The share of settled days inside their intervals, over the seven days up to each of them.
    pub calibration: Vec<Rolling>,
}

/// The model that forecast the campaign: when and from what it learnt, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The run at whose start it learnt.
    pub run: RunId,
    /// When that was.
    pub at: Timestamp,
    /// The rows that it learnt from: those of the history, and settled days of ads of earlier runs.
    pub rows: u64,
    /// Whether it learnt for this run.
    pub is_new: bool,
    /// Rows known at the start of this run that it has not seen.
    pub unseen: u64,
    /// Why it learnt, or was kept.
    pub reasons: Vec<Message>,
}

/// One target and what was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetCheck {
    /// `ctr`, `roas`, `cpa` or `spend`.
    pub metric: String,
    /// The target: a ratio, or units of the currency.
    pub target: f64,
    /// What was reached; none over nothing.
    pub reached: Option<f64>,
    /// Whether it is met; none where it cannot be said.
    pub is_met: Option<bool>,
}

/// A test that was decided while it ran: what was measured, what follows, what control did about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedTest {
    /// The test: platform and ad set. The cause of each of its changes names it.
    pub test: String,
    /// The platform.
    pub platform: Platform,
    /// The ad set whose ads were compared.
    pub ad_set: Tag,
    /// Days of the flight after which it was decided.
    pub days: i64,
    /// What was measured by then.
    pub readout: Readout,
    /// What follows from it.
    pub decision: Decision,
    /// What control did.
    pub outcomes: Vec<Outcome>,
}

/// What a decision on budgets counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueUnit {
    /// Revenue, in units of the account's currency.
    Revenue,
    /// Conversions, where they have no value.
    Conversions,
}

/// One decision on the budgets of a day: what was moved, on what evidence, what it is expected to bring, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetDecision {
    /// When it was decided.
    pub at: Timestamp,
    /// The day whose budgets they are.
    pub day: Date,
    /// The cause of its changes.
    pub cause: String,
    /// What values count.
    pub unit: ValueUnit,
    /// Whether something was proposed to control.
    pub is_proposed: bool,
    /// Why, or why not, as a text for people.
    pub why: Message,
    /// What the day brings more than with the budgets before, by the curves.
    pub gain: Gain,
    /// What the next unit of money would bring.
    pub price: f64,
    /// How much better any budgets can be at most, by these curves.
    pub gap: f64,
    /// The limits that hold something back.
    pub binding: Vec<BindingLimit>,
    /// The ad sets, in the order of the plan.
    pub parts: Vec<BudgetPart>,
    /// What was proposed, as one move: all of it or none.
    pub changes: Vec<Change>,
    /// What takes it back, the last one first.
    pub undo: Vec<Change>,
    /// What came of it; none until the day is mature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<BudgetGrade>,
}

/// What one ad set gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetPart {
    /// The ad set by its tag.
    pub ad_set: Tag,
    /// Its platform.
    pub platform: Platform,
    /// Its daily budget before.
    pub before: Money,
    /// Its daily budget on the day.
    pub after: Money,
    /// What the day brings.
    pub value: f64,
    /// The lower end of an interval of 80 % for what is reported, the luck of single orders included.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The value over that with the budget before, as the curve says.
    pub times: f64,
    /// Conversions per click, as they are believed.
    pub conversion_rate: f64,
    /// Whether they surely fell in the last week.
    pub fell: bool,
    /// By how much the budget is off the best one on purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<BudgetProbe>,
}

/// A budget that is off the best one on purpose, by the toss of a coin: the logged choice that later estimates need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetProbe {
    /// By how much.
    pub amount: Money,
    /// Whether it is above the best one, or below it.
    pub is_more: bool,
    /// The probability that the coin fell so.
    pub propensity: f64,
}

/// What came of the budgets of a day, once it was mature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetGrade {
    /// When it was looked at.
    pub at: Timestamp,
    /// What the day brought.
    pub value: f64,
    /// What of it the move brought, or would have brought: taken from what came, by the curves.
    pub gain: f64,
    /// Ad sets with the budget of the decision whose day lay within its interval.
    pub inside: u64,
    /// Those ad sets.
    pub parts: u64,
    /// Whether everything was carried out.
    pub is_done: bool,
}

/// How decisions on budgets turned out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct BudgetBoard {
    /// Decisions.
    pub decisions: u64,
    /// Those that were proposed.
    pub proposed: u64,
    /// Proposals that were carried out.
    pub done: u64,
    /// Proposals whose day is mature.
    pub graded: u64,
    /// The share of days of ad sets within their intervals of 80 %, with an interval of 95 %; none without one.
    pub calibration: Option<[f64; 3]>,
    /// What the graded proposals were expected to gain.
    pub expected: f64,
    /// What they gained, or would have.
    pub gain: f64,
    /// An interval of 80 % for that, from what was foreseen: low and high.
    pub interval: [f64; 2],
}

/// How far a run over real accounts has watched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// The last day that was watched; none before the first one is known whole.
    pub until: Option<Date>,
    /// Whether the same request, run again later, goes on with the days that have closed since.
    pub goes_on: bool,
    /// Rows of the accounts that were refused: no day is watched from the first of theirs on.
    pub refused: Vec<RefusedRow>,
}

/// What would have been done and was not, and how it would have turned out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShadowReport {
    /// Actions of alerts: all of them, then each kind.
    pub actions: Scoreboard,
    /// Budgets of days; none where none was held back.
    pub budgets: Option<BudgetBoard>,
}

impl ShadowReport {
    /// Whether nothing was held back.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.budgets.is_none()
    }
}

/// A step that failed while the others went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepFailure {
    /// The name of the step: `creative`.
    pub step: String,
    /// The kind of the error: `user_code`.
    pub kind: String,
    /// What went wrong.
    pub message: String,
    /// What to do about it, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
}

impl StepFailure {
    pub(super) fn of(step: &str, error: &crate::Error) -> Self {
        let next_step = error.next_step().map(str::to_owned);
        Self {
            step: step.to_owned(),
            kind: error.kind().as_str().to_owned(),
            message: error.message().to_owned(),
            next_step,
        }
    }
}

/// What a language model did for a run. Nothing acts on its words but the texts of ads, which passed every check of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsUsed {
    /// The model.
    pub model: String,
    /// How often it was asked.
    pub calls: u64,
    /// The tokens that count as used.
    pub tokens: u64,
    /// What that cost; none where no prices are given.
    pub cost: Option<Money>,
    /// The words of the report: every figure in them stands in the report's tables.
    pub report: Vec<String>,
    /// Sentences that were dropped, because they held a figure that stands in no fact, a link, or worse.
    pub dropped: u64,
    /// Calls that came to nothing: the rules' words stand there.
    pub notes: Vec<Message>,
}

/// Everything that one run of the loop did and found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunResult {
    /// The run.
    pub run: RunId,
    /// The seed of its luck.
    pub seed: u64,
    /// How far control went.
    pub mode: Mode,
    /// Whether the figures come from the simulated market.
    pub is_simulated: bool,
    /// How far it has watched real accounts; none in simulated time, and none in a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
    /// What was asked for.
    pub brief: CheckedBrief,
    /// What was learnt from past results; none where there were none.
    pub history: Option<HistorySummary>,
    /// The personas of the brand's people; none where no people were handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleSummary>,
    /// What the strategist decided.
    pub strategy: Strategy,
    /// What Creative made.
    pub assets: AssetSet,
    /// What the copywriter wrote.
    pub copy: CopySet,
    /// What should be.
    pub plan: MediaPlan,
    /// The hash of the plan.
    pub plan_hash: ContentHash,
    /// What control did for the plan: creation and activation.
    pub launch: Vec<Outcome>,
    /// The days, in order.
    pub days: Vec<DaySummary>,
    /// The sums of all days.
    pub totals: Metrics,
    /// The same by platform.
    pub platforms: Vec<PlatformResult>,
    /// Forecasts of the days beside what came, by platform.
    #[serde(default)]
    pub forecasts: Vec<PlatformForecast>,
    /// The model behind the forecasts; none where there was nothing to learn from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<Training>,
    /// Whether the predictor is to learn again at the start of a run that follows, and why.
    #[serde(default)]
    pub retraining: Option<Retraining>,
    /// Targets and what was reached.
    pub targets: Vec<TargetCheck>,
    /// Alerts, in the order in which they opened.
    pub alerts: Vec<Episode>,
    /// What was wrong with a file of alert rules that was changed while the run went on: the rules before it were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rule_problems: Vec<Message>,
    /// Actions of alerts that were decided on: evidence, alternatives, what they were expected to bring, what came of them.
    #[serde(default)]
    pub decisions: Vec<DecisionRecord>,
    /// How those decisions turned out.
    #[serde(default)]
    pub scoreboard: Scoreboard,
    /// The budgets of each day from the second week on: what was moved, why, and what came of it.
    #[serde(default)]
    pub budgets: Vec<BudgetDecision>,
    /// How the decisions on budgets turned out.
    #[serde(default)]
    pub budget_board: BudgetBoard,
    /// What would have been done and was not, because the autonomy of its kind only observes, decides in the shadow or waits for a person.
    #[serde(default, skip_serializing_if = "ShadowReport::is_empty")]
    pub shadow: ShadowReport,
    /// What control did about alerts, feedback, tests and budgets.
    pub actions: Vec<Outcome>,
    /// Comparisons between cells of the test matrix, at the end of the run.
    pub experiments: Vec<Readout>,
    /// Tests that were decided while they ran, in that order.
    #[serde(default)]
    pub tests: Vec<DecidedTest>,
    /// What was learnt for memory.
    pub learnings: Vec<Learning>,
    /// What the Analyst told the agents.
    pub feedback: Vec<Feedback>,
    /// What they answered.
    pub responses: Vec<Response>,
    /// What a language model did for it; none where none finds words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<WordsUsed>,
    /// Steps that failed while the others went on, as [`crate::agent::workflow::OnFailure::Continue`] asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<StepFailure>,
}
