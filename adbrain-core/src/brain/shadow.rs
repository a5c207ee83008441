//! How decisions on budgets turned out, and what was decided and held back because of the autonomy of its kind.

use super::monitor::Progress;
use super::result::{BudgetBoard, BudgetDecision, ShadowReport};
use crate::alert::DecisionRecord;
use crate::alert::decision::scoreboard;
use crate::control::{JournalState, NEEDS_APPROVAL, Outcome};
use crate::model::Change;
use crate::stats::proportions::Proportion;

/// The reasons of what autonomy only lets be observed, and of what waits for a person.
const HELD: [&str; 2] = ["refused-observe", NEEDS_APPROVAL];

/// Sums decisions on budgets up.
pub(super) fn board<'a>(decisions: impl IntoIterator<Item = &'a BudgetDecision>) -> BudgetBoard {
    let (mut board, mut inside, mut parts, mut spread) = (BudgetBoard::default(), 0, 0, 0.0);
    for decision in decisions {
        board.decisions += 1;
        let Some(outcome) = decision.outcome else {
            board.proposed += u64::from(decision.is_proposed);
            continue;
        };
        (inside, parts) = (inside + outcome.inside, parts + outcome.parts);
        if decision.is_proposed {
            board.proposed += 1;
            board.graded += 1;
            board.done += u64::from(outcome.is_done);
            board.expected += decision.gain.value;
            board.gain += outcome.gain;
            spread += libm::pow((decision.gain.high - decision.gain.low) / 2.0, 2.0);
        }
    }
    let half = libm::sqrt(spread);
    let share = Proportion::new(inside, parts).and_then(|share| share.wilson(0.95));
    BudgetBoard {
        calibration: share.ok().map(|share| [share.estimate, share.low, share.high]),
        interval: [board.gain - half, board.gain + half],
        ..board
    }
}

/// What was proposed and neither sent nor refused by a limit: recorded as planned in the shadow, or observed, or still waiting for a person.
pub(super) fn report(progress: &Progress) -> ShadowReport {
    let is_held = |changes: &[Change]| {
        let of = |change: &Change| {
            let mut all = progress.actions.iter();
            all.rfind(|done| done.cause == change.cause && done.target == change.target)
        };
        let is_held = |outcome: &Outcome| {
            let reason = outcome.reason.as_ref().map(|reason| reason.key.as_str());
            outcome.state == JournalState::Planned || reason.is_some_and(|key| HELD.contains(&key))
        };
        !changes.is_empty() && changes.iter().all(|change| of(change).is_some_and(is_held))
    };
    let actions: Vec<DecisionRecord> = progress
        .decisions
        .iter()
        .filter(|decision| decision.is_proposed && is_held(&decision.changes))
        .cloned()
        .collect();
    let budgets: Vec<&BudgetDecision> =
        progress.budgets.iter().filter(|decision| decision.is_proposed && is_held(&decision.changes)).collect();
    ShadowReport {
        actions: scoreboard(&actions),
        budgets: (!budgets.is_empty()).then(|| board(budgets.iter().copied())),
    }
}
