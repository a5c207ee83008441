//! The first screen: are we on target, what is wanted from a person, what changed, and what was spent against the caps.

use std::collections::BTreeMap;

use super::Shown;
use super::outcome::{against, facts, tiles};
use crate::alert::Severity;
use crate::alert::rules::Episode;
use crate::brain::RunResult;
use crate::control::{Head, JournalState, Outcome};
use crate::model::message::Argument;
use crate::model::{Message, Money};
use crate::report::cell::Cell;
use crate::report::document::{Block, Section, Tile, table, text, titled};

/// The longest list of what is wanted from a person; the sections tell the rest.
const MOST_NEEDS: usize = 10;
/// Days of the weekly cap.
const WEEK: usize = 7;

/// Headline, tiles, what waits, what changed, spend against the caps, facts.
pub(super) fn summary(shown: &Shown, head: Option<&Head>) -> Section {
    let (result, whole) = (&shown.result, shown.whole());
    let basis = text(if result.is_simulated { "simulated-note" } else { "measured-note" });
    let tiles = tiles(result);
    let mut blocks = vec![Block::Note(basis)];
    blocks.extend(headlines(&tiles).into_iter().map(Block::Note));
    blocks.push(Block::Tiles(tiles));
    if let Some(part) = &shown.part {
        blocks.extend(against(result, part.before.as_ref()));
    }
    // What waits waits now, and the whole run counts against its caps.
    blocks.extend([needs(whole), changes(result)]);
    blocks.extend(refusals(result));
    blocks.extend([caps(result, whole), table(&["fact", "value"], facts(result, head))]);
    Section::new("summary", blocks)
}

/// Which targets are met, which are not, and of which it cannot be said yet.
fn headlines(tiles: &[Tile]) -> Vec<Message> {
    let line = |name: &str, is_it: fn(&Tile) -> bool| {
        let names: Vec<_> = tiles.iter().filter(|tile| is_it(tile)).map(|tile| tile.label.clone()).collect();
        (!names.is_empty()).then(|| text(name).with("names", Argument::List(names)))
    };
    let lines = [
        line("headline-met", |tile| tile.verdict() == Some("met")),
        line("headline-not-met", |tile| tile.verdict() == Some("not-met")),
        line("headline-unsure", |tile| tile.verdict() == Some("unsure")),
    ];
    lines.into_iter().flatten().collect()
}

/// What waits for a person, with how often; nothing is said so too.
fn needs(result: &RunResult) -> Block {
    let mut rows = waiting(result);
    let row = |need: &str, cell, count: usize| vec![Cell::Message(text(need)), cell, Cell::Count(count as u64)];
    let missing = result.plan.missing.len();
    if missing > 0 {
        rows.push(row("need-files", Cell::Message(text("need-files-where")), missing));
    }
    let is_pressing = |episode: &&Episode| episode.closed_at.is_none() && episode.severity >= Severity::High;
    let open: Vec<_> = result.alerts.iter().filter(is_pressing).collect();
    if let Some(worst) = open.iter().max_by_key(|episode| episode.severity) {
        rows.push(row("need-alerts", Cell::Message(worst.message.clone()), open.len()));
    }
    if let Some(failure) = result.failures.first() {
        rows.push(row("need-failures", Cell::text(&failure.message), result.failures.len()));
    }
    if rows.is_empty() {
        return Block::Note(text("needs-none"));
    }
    rows.truncate(MOST_NEEDS);
    titled("needs", &["need", "reason", "count"], rows)
}

/// Steps that wait, those with one reason together.
fn waiting(result: &RunResult) -> Vec<Vec<Cell>> {
    let mut reasons: Vec<(Option<&Message>, u64)> = Vec::new();
    for outcome in result.waits() {
        let reason = outcome.reason.as_ref();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    let row = |(reason, count): (Option<&Message>, u64)| {
        let why = reason.map_or(Cell::Missing, |reason| Cell::Message(reason.clone()));
        vec![Cell::Message(text("need-approval")), why, Cell::Count(count)]
    };
    reasons.into_iter().map(row).collect()
}

/// What control did by action, with what it refused; then alerts and tests.
fn changes(result: &RunResult) -> Block {
    let mut actions: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    for outcome in result.launch.iter().chain(&result.actions) {
        let [done, refused, open] = actions.entry(&outcome.action).or_default();
        *match fate(outcome) {
            Fate::Done => done,
            Fate::Refused => refused,
            Fate::Open => open,
        } += 1;
    }
    let counts = |counts: [u64; 3]| counts.map(Cell::Count);
    let mut rows: Vec<_> = actions
        .into_iter()
        .map(|(action, done)| std::iter::once(Cell::name("action", action)).chain(counts(done)).collect::<Vec<_>>())
        .collect();
    let open = result.alerts.iter().filter(|episode| episode.closed_at.is_none()).count() as u64;
    let mut told = |name: &str, all: usize, open: Cell| {
        if all > 0 {
            rows.push(vec![Cell::Message(text(name)), Cell::Count(all as u64), Cell::Missing, open]);
        }
    };
    told("changed-alerts", result.alerts.len(), Cell::Count(open));
    told("changed-tests", result.tests.len(), Cell::Missing);
    if rows.is_empty() { Block::Note(text("changed-none")) } else { titled("changed", &CHANGES, rows) }
}

/// What the policy refused and why, the most frequent first; none where it refused nothing. The journal entry of each stands in its section.
fn refusals(result: &RunResult) -> Option<Block> {
    let mut counts: Vec<((&str, Option<&Message>), u64)> = Vec::new();
    for outcome in result.launch.iter().chain(&result.actions) {
        if outcome.state != JournalState::Refused {
            continue;
        }
        let place = (outcome.action.as_str(), outcome.reason.as_ref());
        match counts.iter_mut().find(|(known, _)| *known == place) {
            Some((_, count)) => *count += 1,
            None => counts.push((place, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let row = |((action, reason), count): ((&str, Option<&Message>), u64)| {
        let why = reason.map_or(Cell::Missing, |reason| Cell::Message(reason.clone()));
        vec![Cell::name("action", action), why, Cell::Count(count)]
    };
    let rows: Vec<_> = counts.into_iter().take(MOST_NEEDS).map(row).collect();
    (!rows.is_empty()).then(|| titled("refusals", &["action", "reason", "count"], rows))
}

const CHANGES: [&str; 4] = ["what-changed", "changed-done", "changed-refused", "changed-open"];

/// What became of a step.
enum Fate {
    Done,
    Refused,
    Open,
}

fn fate(outcome: &Outcome) -> Fate {
    match outcome.state {
        JournalState::Confirmed | JournalState::Planned => Fate::Done,
        JournalState::Refused => Fate::Refused,
        _ => Fate::Open,
    }
}

/// The caps, and the most that was spent in a day, in a week and in all.
fn caps(result: &RunResult, whole: &RunResult) -> Block {
    let limits = &result.plan.limits;
    let days: Vec<_> = result.days.iter().map(|day| day.metrics.spend).collect();
    let most = |length: usize| {
        let sum = |days: &[Money]| Money::sum(days.iter().copied()).ok().flatten();
        days.windows(length.min(days.len()).max(1)).filter_map(sum).max_by_key(|sum| sum.micros())
    };
    let row = |name: &str, cap: Money, spent: Option<Money>| {
        let share = spent.filter(|_| cap.is_positive()).map(|spent| spent.to_units() / cap.to_units());
        let spent = spent.map_or(Cell::Missing, Cell::Money);
        vec![Cell::Message(text(name)), Cell::Money(cap), spent, Cell::ratio(share)]
    };
    let rows = vec![
        row("daily-cap", limits.daily_cap, most(1)),
        row("weekly-cap", limits.weekly_cap, most(WEEK)),
        row("lifetime-cap", limits.lifetime_cap, Some(whole.totals.spend)),
    ];
    titled("cap-use", &["limit", "value", "most-spent", "cap-share"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Estimate;
    use crate::report::Scale;

    fn tile(ends: Option<[f64; 2]>, is_met: bool) -> Tile {
        let value = ends.map_or(Cell::number(Some(2.5)), |[low, high]| {
            let (method, warnings) = ("m".to_owned(), Vec::new());
            Cell::Estimate(
                Estimate { value: 2.5, low, high, level: 0.9, method, sample_size: 9, warnings },
                Scale::Plain,
            )
        });
        let target = Cell::number(Some(2.0));
        Tile { label: text("roas"), value, target, is_met: Some(is_met), holds_target: ends.map(|[low, _]| low < 2.0) }
    }

    #[test]
    fn a_target_inside_the_interval_is_not_called_met() {
        assert_eq!(tile(Some([2.1, 2.9]), true).verdict(), Some("met"));
        assert_eq!(tile(Some([1.5, 3.5]), true).verdict(), Some("unsure"));
        assert_eq!(tile(None, false).verdict(), Some("not-met"));
    }
}
