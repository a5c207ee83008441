//! What may enter a memory, and how uses are added up.

use crate::error::{Error, Result};
use crate::model::{Learning, Taint, WinningCombination};

/// Adds the uses of `added` to `known`: means are weighted by uses, counts add up.
///
/// With `n` and `m` uses and means `x` and `y` the pooled mean is `x + (y − x) · m / (n + m)`: Welford's update for groups
/// (Chan, Golub and `LeVeque` 1979), stable where `n` is large.
pub(super) fn pooled(known: &WinningCombination, added: &WinningCombination) -> WinningCombination {
    let times_used = known.times_used.saturating_add(added.times_used);
    let share = if times_used == 0 { 0.0 } else { added.times_used as f64 / times_used as f64 };
    WinningCombination {
        average_roas: known.average_roas + (added.average_roas - known.average_roas) * share,
        average_ctr: known.average_ctr + (added.average_ctr - known.average_ctr) * share,
        times_used,
        times_succeeded: known.times_succeeded.saturating_add(added.times_succeeded),
        ..known.clone()
    }
}

/// What the combinations of one source must satisfy before they are added.
pub(super) fn check_combinations(combinations: &[WinningCombination]) -> Result<()> {
    for (at, combination) in combinations.iter().enumerate() {
        let field = format!("combinations[{at}]");
        if combination.times_used == 0 || combination.times_succeeded > combination.times_used {
            return Err(Error::invalid(&field, "has no uses, or more successes than uses")
                .next("correct times_used or times_succeeded"));
        }
        if !combination.average_roas.is_finite() || !combination.average_ctr.is_finite() {
            return Err(Error::invalid(&field, "has a mean that is no number")
                .next("give a finite average_roas and average_ctr"));
        }
    }
    Ok(())
}

/// The learnings under their own ids, where all of them may enter: figures that were measured, under no id of somebody's choice.
pub(super) fn checked(learnings: &[Learning]) -> Result<Vec<Learning>> {
    learnings.iter().enumerate().map(|(at, learning)| check_one(&format!("learnings[{at}]"), learning)).collect()
}

fn check_one(field: &str, learning: &Learning) -> Result<Learning> {
    check_impact(field, learning)?;
    if learning.grounds.taint == Taint::Outside {
        return Err(Error::invalid(&format!("{field}.grounds.taint"), "says that it is words from outside")
            .next("store what was measured; words of others are no outcome"));
    }
    let own = learning.content_id()?;
    if !learning.id.is_empty() && learning.id != own {
        return Err(Error::invalid(&format!("{field}.id"), "is not the hash of what the learning says")
            .next("leave it empty, so that it is filled in"));
    }
    if learning.grounds.supersedes.as_ref() == Some(&own) {
        return Err(Error::invalid(&format!("{field}.grounds.supersedes"), "is the learning itself")
            .next("name an earlier one"));
    }
    Ok(Learning { id: own, ..learning.clone() })
}

fn check_impact(field: &str, learning: &Learning) -> Result<()> {
    let impact = &learning.impact;
    let field = format!("{field}.impact");
    if ![impact.value, impact.low, impact.high].iter().all(|number| number.is_finite()) {
        return Err(
            Error::invalid(&field, "holds something that is no number").next("give a finite value, low and high")
        );
    }
    if !(0.0..=1.0).contains(&impact.level) {
        return Err(Error::invalid(&field, format!("has the level {}", impact.level)).next("give a level from 0 to 1"));
    }
    if impact.sample_size == 0 {
        return Err(Error::invalid(&format!("{field}.sample_size"), "is 0: nothing was measured")
            .next("store outcomes of a campaign, with what they rest on"));
    }
    Ok(())
}
