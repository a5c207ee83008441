//! The literal rule, p < 0.05 and |d| > 0.3 with 1,000 per arm, where its d is between days: what the loop does where it is asked for.

use adbrain_core::experiment::{Apply, Futility, Rule, Settings};

use crate::course::share;
use crate::engine::{DAYS, Trial, USUAL, World, settings};
use crate::{Line, Lines};

/// Each test is read on up to 27 days.
const MOST_TESTS: u64 = 8_000;
const LARGE: f64 = 0.3;

pub(crate) fn lines(tests: u64) -> Lines {
    let tests = tests.min(MOST_TESTS);
    let apply = Apply { rule: Rule::Legacy, ..Apply::default() };
    let trial = Trial::of(Settings { apply, ..settings(Futility::NonBinding) }, 2)?;
    let world = World { seed: 11, ..USUAL };
    let mut lines = Vec::new();
    for first in [2, 14] {
        let changed = share(tests, |test| (first..=DAYS).any(|days| trial.outcome(&world.data(test, days))[0]))?;
        let what = format!("legacy on days, read daily from day {first} on: no difference, anything is changed");
        lines.push(Line::share(what, changed, None));
    }
    let once = share(tests, |test| trial.outcome(&world.data(test, DAYS))[0])?;
    lines.push(Line::share("legacy on days, read once on day 28: no difference, anything is changed", once, None));
    let large = share(tests, |test| {
        let found = trial.engine.readout(&world.data(test, 14)).ok();
        found.and_then(|found| found.comparisons.first()?.effect.d).is_some_and(|d| d.abs() > LARGE)
    })?;
    lines.push(Line::share("14 days without a difference: |d| > 0.3 between days", large, None));
    Ok(lines)
}
