//! What happened on the way: alerts, actions, experiments, feedback.

use super::plan::outcomes;
use crate::alert::DecisionRecord;
use crate::alert::decision::{Expected, ScoreboardRow};
use crate::alert::rules::Episode;
use crate::brain::{BudgetBoard, BudgetDecision, DecidedTest, RunResult, StepFailure, ValueUnit};
use crate::experiment::{Comparison, Readout};
use crate::model::{ChangeKind, Currency, Feedback, FeedbackKind, Message, Response};
use crate::report::cell::{Cell, Scale, figure, figures, money_of, yes_no};
use crate::report::document::{Block, Section, table, text, titled};

/// The alerts, one row per episode.
pub(super) fn alerts(result: &RunResult) -> Section {
    let notes = result.rule_problems.iter().cloned().map(Block::Note);
    Section::new("alerts", notes.chain([alerts_table(&result.alerts, result.brief.currency())]).collect())
}

/// One row per episode.
pub(in crate::show::report) fn alerts_table(episodes: &[Episode], currency: Currency) -> Block {
    let columns =
        ["severity", "rule", "platform", "object", "opened", "closed", "message", "advice", "evidence", "proposals"];
    table(&columns, episodes.iter().map(|episode| alert(episode, currency)).collect())
}

fn alert(episode: &Episode, currency: Currency) -> Vec<Cell> {
    let proposals = episode.proposals.iter().map(|change| proposal(&change.kind)).collect();
    vec![
        Cell::named("severity", &episode.severity),
        Cell::name("rule", &episode.rule),
        Cell::named("platform", &episode.subject.platform),
        Cell::text(&episode.subject.object),
        Cell::Moment(episode.opened_at),
        episode.closed_at.map_or(Cell::Missing, Cell::Moment),
        Cell::Message(episode.message.clone()),
        episode.advice.clone().map_or(Cell::Missing, Cell::Message),
        figures(&episode.evidence, currency),
        Cell::List(proposals),
    ]
}

const ACTION_BOARD: [&str; 8] =
    ["action", "decided", "proposed", "graded", "share-inside", "expected-value", "what-came", "regret"];

/// What was decided about the actions of alerts, what it was expected to bring and what came of it; then how such decisions turn out.
pub(super) fn decisions(result: &RunResult) -> Section {
    let currency = result.brief.currency();
    let blocks = vec![
        Block::Note(text("decisions-note")),
        decisions_table(&result.decisions, currency),
        titled("scoreboard", &ACTION_BOARD, result.scoreboard.iter().map(|row| board_row(row, currency)).collect()),
    ];
    Section::new("decisions", blocks)
}

/// One row per decision, with its evidence.
pub(in crate::show::report) fn decisions_table(decisions: &[DecisionRecord], currency: Currency) -> Block {
    let columns =
        ["opened", "object", "action", "decision", "reason", "expected-value", "what-came", "inside", "evidence"];
    table(&columns, decisions.iter().map(|decision| decision_row(decision, currency)).collect())
}

fn decision_row(decision: &DecisionRecord, currency: Currency) -> Vec<Cell> {
    let changes = decision.changes.iter().map(|change| proposal(&change.kind)).collect();
    let expected = decision.expected().and_then(|expected| expectation(expected, currency));
    let outcome = decision.outcome.as_ref();
    vec![
        Cell::Moment(decision.at),
        Cell::text(&decision.object),
        Cell::List(changes),
        Cell::name("decided", if decision.is_proposed { "proposed" } else { "left" }),
        Cell::Message(decision.why.clone()),
        expected.map_or(Cell::Missing, Cell::Message),
        Cell::units(outcome.map(|outcome| outcome.value), currency),
        outcome.map_or(Cell::Missing, |outcome| yes_no(outcome.is_inside)),
        figures(&decision.evidence, currency),
    ]
}

pub(in crate::show::report) fn expectation(expected: &Expected, currency: Currency) -> Option<Message> {
    let money = |value| money_of(value, currency);
    let (value, low, high) = (money(expected.value)?, money(expected.low)?, money(expected.high)?);
    let text = text("expectation").with("value", value).with("low", low).with("high", high);
    Some(text.with("days", i64::from(expected.days)))
}

fn board_row(row: &ScoreboardRow, currency: Currency) -> Vec<Cell> {
    let shares = row.calibration.into_iter().flatten().map(|share| Cell::ratio(Some(share)));
    let [low_sum, high_sum] = row.interval;
    vec![
        row.action.map_or_else(|| Cell::name("action", "all"), |action| Cell::named("action", &action)),
        Cell::Count(row.decisions),
        Cell::Count(row.proposed),
        Cell::Count(row.graded),
        Cell::List(shares.collect()),
        Cell::units(Some(row.expected), currency),
        Cell::List([row.value, low_sum, high_sum].map(|value| Cell::units(Some(value), currency)).to_vec()),
        Cell::units(Some(row.regret), currency),
    ]
}

/// The budgets of days: what was moved, why, what it was expected to gain and what it gained; then how such moves turn out.
pub(super) fn budgets(result: &RunResult) -> Section {
    let currency = result.brief.currency();
    let unit = result.budgets.last().map_or(ValueUnit::Revenue, |decision| decision.unit);
    let board = vec![budget_board(&result.budget_board, (unit, currency))];
    let blocks = vec![
        Block::Note(text("budgets-note")),
        budgets_table(&result.budgets, currency),
        titled("scoreboard", &BUDGET_BOARD, board),
    ];
    Section::new("budgets", blocks)
}

const BUDGET_BOARD: [&str; 7] =
    ["decided", "proposed", "carried-out", "graded", "share-inside", "expected-gain", "gained"];

/// One row per day whose budgets were decided on.
pub(in crate::show::report) fn budgets_table(budgets: &[BudgetDecision], currency: Currency) -> Block {
    let columns = ["day", "decision", "reason", "expected-gain", "gained", "inside", "moves"];
    table(&columns, budgets.iter().map(|decision| budget_row(decision, currency)).collect())
}

fn budget_row(decision: &BudgetDecision, currency: Currency) -> Vec<Cell> {
    let value = |value: f64| valued(value, (decision.unit, currency));
    let outcome = decision.outcome.as_ref();
    let moves = decision.parts.iter().filter(|part| part.after != part.before).map(|part| {
        Cell::List(vec![Cell::text(part.ad_set.as_str()), Cell::Money(part.before), Cell::Money(part.after)])
    });
    vec![
        Cell::Date(decision.day),
        Cell::name("decided", if decision.is_proposed { "proposed" } else { "left" }),
        Cell::Message(decision.why.clone()),
        Cell::List([decision.gain.value, decision.gain.low, decision.gain.high].map(value).to_vec()),
        outcome.map_or(Cell::Missing, |outcome| value(outcome.gain)),
        outcome
            .map_or(Cell::Missing, |outcome| Cell::List(vec![Cell::Count(outcome.inside), Cell::Count(outcome.parts)])),
        Cell::List(moves.collect()),
    ]
}

/// Revenue as money, conversions as a number.
fn valued(value: f64, (unit, currency): (ValueUnit, Currency)) -> Cell {
    if unit == ValueUnit::Revenue { Cell::units(Some(value), currency) } else { Cell::Number(value, Scale::Plain) }
}

fn budget_board(board: &BudgetBoard, unit: (ValueUnit, Currency)) -> Vec<Cell> {
    let shares = board.calibration.into_iter().flatten().map(|share| Cell::ratio(Some(share)));
    let [low, high] = board.interval;
    vec![
        Cell::Count(board.decisions),
        Cell::Count(board.proposed),
        Cell::Count(board.done),
        Cell::Count(board.graded),
        Cell::List(shares.collect()),
        valued(board.expected, unit),
        Cell::List([board.gain, low, high].map(|value| valued(value, unit)).to_vec()),
    ]
}

/// What would have been done and was held back, and how it would have turned out.
pub(super) fn shadow(result: &RunResult) -> Section {
    let currency = result.brief.currency();
    let unit = result.budgets.last().map_or(ValueUnit::Revenue, |decision| decision.unit);
    let mut blocks = vec![Block::Note(text("shadow-note"))];
    if let Some(board) = &result.shadow.budgets {
        blocks.push(titled("budgets", &BUDGET_BOARD, vec![budget_board(board, (unit, currency))]));
    }
    if !result.shadow.actions.is_empty() {
        let rows = result.shadow.actions.iter().map(|row| board_row(row, currency)).collect();
        blocks.push(titled("scoreboard", &ACTION_BOARD, rows));
    }
    Section::new("shadow", blocks)
}

fn proposal(kind: &ChangeKind) -> Cell {
    let action = Cell::name("action", kind.as_str());
    match kind {
        ChangeKind::SetDailyBudget { before, after } | ChangeKind::SetBid { before, after } => {
            Cell::List(vec![action, Cell::Money(*before), Cell::Money(*after)])
        }
        _ => action,
    }
}

/// What control did about alerts, feedback, tests and budgets.
pub(super) fn actions(result: &RunResult) -> Section {
    Section::new("actions", vec![outcomes(&result.actions)])
}

/// The comparisons with interval, sample size and verdict.
pub(super) fn experiments(result: &RunResult) -> Section {
    Section::new("experiments", experiments_blocks(&result.experiments, &result.tests))
}

/// Comparisons, then what was decided by them.
pub(in crate::show::report) fn experiments_blocks(readouts: &[Readout], tests: &[DecidedTest]) -> Vec<Block> {
    let decided = ["test", "day", "arm", "lift", "reason", "decision", "applied"];
    vec![
        Block::Note(text("experiments-note")),
        experiments_table(readouts),
        titled("decided-tests", &decided, tests.iter().map(decided_test).collect()),
    ]
}

/// One row per comparison, with its interval.
pub(in crate::show::report) fn experiments_table(readouts: &[Readout]) -> Block {
    let columns = ["metric", "arm", "against", "lift", "p-value", "sample-sizes", "needed-size", "verdict", "reason"];
    let rows = readouts.iter().flat_map(|readout| readout.comparisons.iter().map(|one| experiment(readout, one)));
    table(&columns, rows.collect())
}

/// A test that was decided: the winner (or the first that lost), why, and what was applied.
fn decided_test(test: &DecidedTest) -> Vec<Cell> {
    let arm = test.decision.winner.as_ref().or(test.decision.losers.first());
    let comparison = test.readout.comparisons.iter().find(|comparison| Some(&comparison.arm) == arm);
    let lift = comparison.and_then(|comparison| comparison.lift.clone());
    let applied = test.outcomes.iter().map(|outcome| {
        let (action, state) = (Cell::name("action", &outcome.action), Cell::named("state", &outcome.state));
        Cell::List(
            [action, Cell::text(outcome.target.as_str()), state]
                .into_iter()
                .chain(outcome.reason.clone().map(Cell::Message))
                .collect(),
        )
    });
    vec![
        Cell::text(&test.test),
        Cell::Count(test.days.unsigned_abs()),
        arm.map_or(Cell::Missing, Cell::text),
        lift.map_or(Cell::Missing, |lift| Cell::Estimate(lift, Scale::Percent)),
        comparison.map_or(Cell::Missing, |comparison| Cell::Message(comparison.verdict.reason.clone())),
        Cell::Message(test.decision.notification.clone()),
        Cell::List(applied.collect()),
    ]
}

fn experiment(readout: &Readout, comparison: &Comparison) -> Vec<Cell> {
    let units = |name: &str| {
        let arm = readout.arms.iter().find(|arm| arm.name == name);
        arm.map_or(Cell::Missing, |arm| Cell::Count(arm.units))
    };
    vec![
        Cell::name("metric", readout.metric.as_str()),
        Cell::name("platform", &comparison.arm),
        Cell::name("platform", &readout.control),
        comparison.lift.clone().map_or(Cell::Missing, |lift| Cell::Estimate(lift, Scale::Percent)),
        comparison.p_value.map_or(Cell::Missing, |value| Cell::Number(value, Scale::Fine)),
        Cell::List(vec![units(&comparison.arm), units(&readout.control)]),
        comparison.needed_units.map_or(Cell::Missing, Cell::Count),
        Cell::named("verdict", &comparison.verdict.kind),
        Cell::Message(comparison.verdict.reason.clone()),
    ]
}

/// The steps that failed while the others went on.
pub(super) fn failures(result: &RunResult) -> Section {
    let row = |failure: &StepFailure| {
        let next = failure.next_step.as_deref().map_or(Cell::Missing, Cell::text);
        vec![Cell::text(&failure.step), Cell::text(&failure.kind), Cell::text(&failure.message), next]
    };
    let columns = ["step", "error", "message", "next-step"];
    Section::new("failures", vec![table(&columns, result.failures.iter().map(row).collect())])
}

/// What the Analyst told the agents and what they answered.
pub(super) fn feedback(result: &RunResult) -> Section {
    let columns = ["recipient", "message", "data", "evidence", "maturity", "round", "answer", "answer-plan", "effect"];
    let rows = result.feedback.iter().map(|feedback| feedback_row(feedback, result)).collect();
    let orphans: Vec<_> = result.responses.iter().filter(|response| !is_about(response, &result.feedback)).collect();
    let mut blocks = vec![table(&columns, rows)];
    if !orphans.is_empty() {
        let rows = orphans.iter().map(|response| response_cells(Some(response))).collect();
        blocks.push(titled("answers", &["answer", "answer-plan", "effect"], rows));
    }
    Section::new("feedback", blocks)
}

fn is_about(response: &Response, feedback: &[Feedback]) -> bool {
    feedback.iter().any(|feedback| feedback.id == response.feedback)
}

fn feedback_row(feedback: &Feedback, result: &RunResult) -> Vec<Cell> {
    let response = result.responses.iter().find(|response| response.feedback == feedback.id);
    let (evidence, currency) = (feedback.evidence.clone(), result.brief.currency());
    let mut row = vec![
        Cell::named("recipient", &feedback.recipient),
        Cell::Message(feedback.message.clone()),
        feedback_data(feedback, currency),
        match feedback.kind {
            FeedbackKind::CtrLow => Cell::Estimate(evidence, Scale::Percent),
            FeedbackKind::CpaHigh => Cell::Amount(evidence, currency),
            _ => Cell::Estimate(evidence, Scale::Plain),
        },
        Cell::named("maturity", &feedback.maturity),
        Cell::Count(feedback.round.into()),
    ];
    row.extend(response_cells(response));
    row
}

fn feedback_data(feedback: &Feedback, currency: Currency) -> Cell {
    let pairs = feedback.data.iter().map(|(name, value)| {
        let shown = match (feedback.kind, name.as_str()) {
            // The data hold CTR in percent, as the outline states it.
            (FeedbackKind::CtrLow, "current_ctr" | "target") => Cell::ratio(Some(*value / 100.0)),
            (FeedbackKind::CpaHigh, "target") => Cell::units(Some(*value), currency),
            _ => figure(name, *value, currency),
        };
        Cell::Pair(name.clone(), Box::new(shown))
    });
    Cell::List(pairs.collect())
}

fn response_cells(response: Option<&Response>) -> Vec<Cell> {
    let Some(response) = response else { return vec![Cell::Missing; 3] };
    let done = response.done.iter().flat_map(|done| {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let made = text("done").with("confirmed", count(done.confirmed)).with("asked", count(done.asked));
        std::iter::once(made).chain(done.reasons.iter().cloned())
    });
    let plan = std::iter::once(response.plan.clone()).chain(done).chain(response.note.clone());
    vec![
        Cell::named("answer", &response.answer),
        Cell::List(plan.map(Cell::Message).collect()),
        response.effect.clone().map_or(Cell::Missing, |effect| Cell::Estimate(effect, Scale::Percent)),
    ]
}
