//! Budgets of days: moved by what the days before show, as one move, and graded.

use std::collections::BTreeMap;

use adbrain_core::brain::{Brain, RunRequest, RunResult};
use adbrain_core::control::{JournalState, Mode};
use adbrain_core::model::Money;

use super::{request, run};

const DAYS: u32 = 26;

fn long() -> RunRequest {
    RunRequest { days: Some(DAYS), mode: Mode::Sandbox, ..request(11) }
}

async fn played(autonomy: &str) -> RunResult {
    let folder = tempfile::tempdir().unwrap();
    let builder = Brain::builder().local(&folder.path().join("brain.db")).autonomy(autonomy.parse().unwrap());
    let builder = builder.daily_budgets(true);
    run(&builder.build().await.unwrap(), long()).await
}

fn sum(amounts: impl Iterator<Item = Money>) -> i64 {
    amounts.map(Money::micros).sum()
}

#[tokio::test]
async fn money_moves_whole_within_its_steps_and_is_graded_once_its_day_is_mature() {
    let result = played("automatic").await;
    let limits = &result.plan.limits;
    assert_eq!(result.budgets.len(), usize::try_from(DAYS).unwrap() - 7, "one decision a day from the second week on");
    let proposed: Vec<_> = result.budgets.iter().filter(|decision| decision.is_proposed).collect();
    assert!(!proposed.is_empty(), "{:?}", result.budgets);
    let mut now: BTreeMap<_, _> = BTreeMap::new();
    for decision in &result.budgets {
        let [before, after] =
            [sum(decision.parts.iter().map(|part| part.before)), sum(decision.parts.iter().map(|part| part.after))];
        assert!(after <= before, "{decision:?}");
        for part in &decision.parts {
            let [before, after] = [part.before.micros(), part.after.micros()];
            assert!(after * 100 <= before * i64::from(100 + limits.max_raise_percent), "{part:?}");
            assert!(after * 100 >= before * i64::from(100 - limits.max_cut_percent), "{part:?}");
            assert!(part.low <= part.value && part.value <= part.high);
        }
        assert_eq!(decision.undo.len(), decision.changes.len());
        let of = |outcome: &&adbrain_core::control::Outcome| outcome.cause == decision.cause;
        let states: Vec<_> = result.actions.iter().filter(of).map(|outcome| outcome.state).collect();
        assert_eq!(states.len(), decision.changes.len(), "each change is asked for once");
        assert!(states.iter().all(|state| *state == states[0]), "all of it or none: {states:?}");
        if states.first() == Some(&JournalState::Confirmed) {
            now.extend(decision.parts.iter().map(|part| (part.ad_set.clone(), part.after)));
        }
    }
    assert!(!now.is_empty(), "{:?}", result.actions);
    let graded: Vec<_> = result.budgets.iter().filter_map(|decision| decision.outcome).collect();
    assert!(!graded.is_empty() && graded.iter().all(|outcome| outcome.inside <= outcome.parts));
    assert_eq!(result.budget_board.decisions, result.budgets.len() as u64);
    assert!(result.shadow.budgets.is_none());
}

#[tokio::test]
async fn in_the_shadow_nothing_moves_and_the_report_says_how_it_would_have_turned_out() {
    let result = played("shadow").await;
    assert!(result.budgets.iter().any(|decision| decision.is_proposed));
    let planned: BTreeMap<_, _> = result.plan.ad_sets().map(|set| (set.tag.clone(), set.daily_budget)).collect();
    for part in result.budgets.iter().flat_map(|decision| &decision.parts) {
        assert_eq!(planned.get(&part.ad_set), Some(&part.before), "nothing has moved");
    }
    let of_budgets = |outcome: &&adbrain_core::control::Outcome| outcome.cause.starts_with("budgets/");
    assert!(result.actions.iter().filter(of_budgets).all(|outcome| outcome.state != JournalState::Confirmed));
    let shadow = result.shadow.budgets.expect("a report of the shadow");
    assert!(shadow.proposed > 0 && shadow.done == 0 && shadow.interval[0] <= shadow.gain);
}
