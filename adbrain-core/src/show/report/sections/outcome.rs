//! What was reached: tiles, history beside the run, days, platforms.

use crate::brain::{DaySummary, PlatformResult, RunResult, TargetCheck};
use crate::control::Head;
use crate::model::{Estimate, Metrics};
use crate::report::cell::{Cell, Scale, figure, hash_cell};
use crate::report::document::{Block, DailyChart, RoasPoint, Section, Tile, table, text, titled};

/// The figures that every report opens with, in this order.
const TILES: [&str; 4] = ["roas", "cpa", "spend", "ctr"];

/// The figures that were aimed at, with their intervals.
pub(super) fn tiles(result: &RunResult) -> Vec<Tile> {
    let others = result.targets.iter().map(|check| check.metric.as_str()).filter(|metric| !TILES.contains(metric));
    TILES.into_iter().chain(others).map(|metric| tile(metric, result)).collect()
}

fn tile(metric: &str, result: &RunResult) -> Tile {
    let (check, currency) = (result.targets.iter().find(|check| check.metric == metric), result.brief.currency());
    let shown = |value: Option<f64>| value.map_or(Cell::Missing, |value| figure(metric, value, currency));
    let reached = check.map_or_else(|| rate(metric, &result.totals), |check: &TargetCheck| check.reached);
    let estimate = reached.and_then(|_| result.estimate(metric));
    let holds =
        |(estimate, check): (&Estimate, &TargetCheck)| estimate.low < check.target && check.target < estimate.high;
    Tile {
        label: text(metric),
        target: shown(check.map(|check| check.target)),
        is_met: check.and_then(|check| check.is_met),
        holds_target: estimate.as_ref().zip(check).map(holds),
        value: match estimate {
            Some(estimate) if metric == "cpa" => Cell::Amount(estimate, currency),
            Some(estimate) if metric == "ctr" => Cell::Estimate(estimate, Scale::Percent),
            Some(estimate) => Cell::Estimate(estimate, Scale::Plain),
            None => shown(reached),
        },
    }
}

fn rate(metric: &str, metrics: &Metrics) -> Option<f64> {
    match metric {
        "roas" => metrics.roas(),
        "cpa" => metrics.cpa(),
        "spend" => Some(metrics.spend.to_units()),
        "ctr" => metrics.ctr(),
        _ => None,
    }
}

/// The facts of the run.
pub(super) fn facts(result: &RunResult, head: Option<&Head>) -> Vec<Vec<Cell>> {
    let brief = &result.brief;
    let fact = |name: &str, cell| vec![Cell::Message(text(name)), cell];
    let mut facts = vec![
        fact("period", period(result)),
        fact("freshness", freshness(result)),
        fact("maturity", maturity(result)),
        fact("brand", Cell::text(&brief.brand)),
        fact("product", Cell::List(vec![Cell::text(&brief.product.name), Cell::text(&brief.product.url)])),
        fact("budget", Cell::Money(brief.budget)),
        fact("flight", Cell::List(vec![Cell::Date(brief.flight.start), Cell::Date(brief.flight.end)])),
        fact("time-zone", Cell::text(&brief.flight.time_zone)),
        fact("mode", Cell::named("mode", &result.mode)),
        fact("run", Cell::text(result.run.as_str())),
        fact("seed", Cell::text(result.seed.to_string())),
        fact("plan-hash", hash_cell(&result.plan_hash)),
    ];
    let last = result.launch.iter().chain(&result.actions).next_back();
    match (head, last) {
        (Some(head), _) => facts.push(fact("journal-end", Cell::text(head.head.as_str()))),
        (None, Some(last)) => facts.push(fact("journal-last", Cell::text(last.entry.as_str()))),
        (None, None) => {}
    }
    facts
}

/// The days whose figures are told.
fn period(result: &RunResult) -> Cell {
    match (result.days.first(), result.days.last()) {
        (Some(first), Some(last)) => Cell::List(vec![Cell::Date(first.date), Cell::Date(last.date)]),
        _ => Cell::Missing,
    }
}

/// Up to when the figures are known: the last day that is whole, and whether more days follow.
fn freshness(result: &RunResult) -> Cell {
    let watched = result.watched.as_ref();
    let until = watched.map_or_else(|| result.days.last().map(|day| day.date), |watched| watched.until);
    let Some(until) = until else { return Cell::Missing };
    let goes_on = watched.is_some_and(|watched| watched.goes_on);
    let name = if goes_on { "fresh-goes-on" } else { "fresh-until" };
    Cell::Message(text(name).with("day", until.to_string()))
}

/// How many days late conversions cannot change any more.
fn maturity(result: &RunResult) -> Cell {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let days = text("mature-days").with("mature", count(result.mature_days())).with("days", count(result.days.len()));
    if result.days.is_empty() { Cell::Missing } else { Cell::Message(days) }
}

/// Past results beside those of the run; the two are never mixed.
pub(super) fn comparison(result: &RunResult) -> Section {
    let past = result.history.as_ref().map(|history| &history.totals);
    let past_cells = past.map_or_else(|| vec![Cell::Missing; FIGURES.len()], figures);
    let rows = FIGURES.iter().zip(past_cells).zip(figures(&result.totals));
    let rows = rows.map(|((name, past), run)| vec![Cell::Message(text(name)), past, run]).collect();
    let run_column = if result.is_simulated { "simulated" } else { "measured" };
    let mut blocks = vec![Block::Note(text("comparison-note")), table(&["figure", "past", run_column], rows)];
    if let Some(history) = &result.history {
        let message = text("history-note")
            .with("mapping", history.mapping.as_str())
            .with("rows", i64::try_from(history.rows).unwrap_or(i64::MAX))
            .with("problems", i64::try_from(history.problems.len()).unwrap_or(i64::MAX));
        blocks.push(Block::Note(message));
    }
    Section::new("comparison", blocks)
}

const FIGURES: [&str; 8] = ["impressions", "clicks", "conversions", "spend", "revenue", "ctr", "cpa", "roas"];

/// The figures of a window, in the order of [`FIGURES`].
pub(super) fn figures(metrics: &Metrics) -> Vec<Cell> {
    vec![
        Cell::Count(metrics.impressions),
        Cell::Count(metrics.clicks),
        Cell::Count(metrics.conversions),
        Cell::Money(metrics.spend),
        Cell::Money(metrics.revenue),
        Cell::ratio(metrics.ctr()),
        Cell::units(metrics.cpa(), metrics.spend.currency()),
        Cell::number(metrics.roas()),
    ]
}

/// The figures of a period beside those of as many days before, with the change; rates with its interval, from three days on.
pub(super) fn against(result: &RunResult, before: Option<&RunResult>) -> Vec<Block> {
    let Some(before) = before else { return vec![Block::Note(text("none-before"))] };
    let changes = FIGURES.iter().zip(changes(&result.totals, &before.totals)).map(|(name, plain)| {
        let change = result.change_since(before, name);
        change.map_or_else(|| Cell::ratio(plain), |change| Cell::Estimate(change, Scale::Percent))
    });
    let rows = FIGURES.iter().zip(figures(&result.totals)).zip(figures(&before.totals)).zip(changes);
    let rows = rows.map(|(((name, now), then), change)| vec![Cell::Message(text(name)), now, then, change]);
    let mut blocks =
        vec![titled("against-before", &["figure", "this-period", "period-before", "change"], rows.collect())];
    let immature = result.days.len() - result.mature_days();
    if immature > 0 {
        let days = i64::try_from(immature).unwrap_or(i64::MAX);
        blocks.push(Block::Note(text("immature-note").with("days", days)));
    }
    blocks
}

/// By what share each of [`FIGURES`] differs; none where there was nothing.
fn changes(now: &Metrics, then: &Metrics) -> Vec<Option<f64>> {
    let numbers = |metrics: &Metrics| {
        let money = |money: crate::model::Money| Some(money.to_units());
        let count = |count: u64| Some(count as f64);
        let counts = [metrics.impressions, metrics.clicks, metrics.conversions].map(count);
        let rates = [money(metrics.spend), money(metrics.revenue), metrics.ctr(), metrics.cpa(), metrics.roas()];
        counts.into_iter().chain(rates)
    };
    let change = |(now, then): (Option<f64>, Option<f64>)| {
        let then = then.filter(|then| *then > 0.0)?;
        now.map(|now| now / then - 1.0)
    };
    numbers(now).zip(numbers(then)).map(change).collect()
}

/// The days, drawn and as rows.
pub(super) fn days(result: &RunResult) -> Section {
    let days = result.days.iter().map(|day| {
        let metrics = &day.metrics;
        (day.date, metrics.spend.to_units(), metrics.revenue.to_units())
    });
    let chart = DailyChart { currency: result.brief.currency(), days: days.collect() };
    let columns = columns("day", "maturity");
    let rows = result.days.iter().map(day_row).collect();
    let mut blocks = vec![table(&columns, rows)];
    if !chart.days.is_empty() {
        blocks.insert(0, Block::Daily(chart));
        blocks.push(by_platform(&result.days));
    }
    Section::new("days", blocks)
}

fn columns(first: &'static str, last: &'static str) -> Vec<&'static str> {
    [first].into_iter().chain(FIGURES).chain([last]).collect()
}

fn day_row(day: &DaySummary) -> Vec<Cell> {
    let mut row = vec![Cell::Date(day.date)];
    row.extend(figures(&day.metrics));
    row.push(Cell::named("maturity", &day.maturity));
    row
}

fn by_platform(days: &[DaySummary]) -> Block {
    let rows = days.iter().flat_map(|day| {
        day.platforms.iter().map(|(platform, metrics)| {
            let mut row = vec![Cell::Date(day.date), Cell::named("platform", platform)];
            row.extend(figures(metrics));
            row
        })
    });
    let columns: Vec<_> = ["day", "platform"].into_iter().chain(FIGURES).collect();
    titled("days-by-platform", &columns, rows.collect())
}

/// The platforms with the ROAS that was expected of them.
pub(super) fn platforms(result: &RunResult) -> Section {
    let points = result.platforms.iter().map(|platform| RoasPoint {
        platform: platform.platform,
        expected: platform.expected_roas.clone(),
        reached: platform.metrics.roas(),
    });
    let points: Vec<_> = points.collect();
    let columns: Vec<_> = ["platform"].into_iter().chain(FIGURES).chain(["expected-roas", "completeness"]).collect();
    let mut blocks = vec![table(&columns, result.platforms.iter().map(platform_row).collect())];
    if !points.is_empty() {
        blocks.insert(0, Block::Roas(points));
    }
    Section::new("platforms", blocks)
}

/// The platforms over some days: how complete their conversions are is known of the whole run alone.
pub(super) fn platforms_of_period(result: &RunResult) -> Section {
    let columns: Vec<_> = ["platform"].into_iter().chain(FIGURES).chain(["expected-roas"]).collect();
    let row = |platform: &PlatformResult| {
        let mut row = platform_row(platform);
        row.pop();
        row
    };
    Section::new("platforms", vec![table(&columns, result.platforms.iter().map(row).collect())])
}

fn platform_row(platform: &PlatformResult) -> Vec<Cell> {
    let mut row = vec![Cell::named("platform", &platform.platform)];
    row.extend(figures(&platform.metrics));
    row.push(Cell::Estimate(platform.expected_roas.clone(), Scale::Plain));
    row.push(Cell::ratio(Some(platform.completeness)));
    row
}
