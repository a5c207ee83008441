//! A run as the parts of the page, and what waits in all of them.

use serde_json::{Value, json};

use super::blocks::{blocks, section};
use super::board::Board;
use crate::brain::{Overview, Standing};
use crate::control::{CapUse, Mode, Period};
use crate::model::{Language, Message, Money, RunId};
use crate::report::{overview_basis, overview_sections, proposals_block, switch_text, waiting_blocks};

/// What stands where nothing is known; never a zero.
const MISSING: &str = "–";

/// Puts the parts of a run on the board; `place` is its place among the runs, the oldest first.
pub(super) fn show(board: &Board, place: usize, overview: &Overview) {
    let (language, run) = (board.language(), &overview.status.run);
    let put = |name: &str, value: Value| board.put(Some(run), name, value);
    put("head", head(place, overview, language));
    put("caps", caps(overview, language));
    put("daily", daily(overview, language));
    let sections = overview_sections(overview);
    sections.iter().enumerate().for_each(|(order, one)| {
        let mut value = section(one, language);
        if let Some(value) = value.as_object_mut() {
            value.insert("order".to_owned(), json!(order));
        }
        put(&format!("section-{}", one.id), value);
    });
}

/// Puts on the board what holds for all runs: what waits, the kill switch, how far an order goes.
pub(super) fn show_all(board: &Board, overviews: &[Overview], mode: Mode) {
    let language = board.language();
    let waiting = overviews.iter().filter(|overview| overview.standing == Standing::Waits);
    let plans: Vec<_> = waiting.map(|overview| plan(overview, language)).collect();
    let proposals = overviews.iter().filter(|overview| !overview.proposals().is_empty());
    let proposals: Vec<_> = proposals.map(|overview| proposal(overview, language)).collect();
    board.put(None, "waits", json!({"plans": plans, "proposals": proposals}));
    let switch = overviews.last().map(|overview| &overview.status.control.switch);
    let text = |name: &str| Message::new(name).text(language);
    let mode = match mode {
        Mode::DryRun => "dry-run",
        Mode::Sandbox => "sandbox",
        Mode::Live => "live",
    };
    let value = json!({
        "is_on": switch.map(|switch| switch.is_on),
        "text": switch.map_or_else(String::new, |switch| switch_text(switch, language)),
        "mode": text(&format!("dashboard-mode-{mode}")),
        "can_decide": true,
    });
    board.put(None, "control", value);
}

fn named(overview: &Overview, language: Language) -> Value {
    let run: &RunId = &overview.status.run;
    json!({"run": run.as_str(), "name": overview.plan.name, "basis": overview_basis(overview).text(language)})
}

fn with(mut value: Value, more: Value) -> Value {
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    value
}

fn head(place: usize, overview: &Overview, language: Language) -> Value {
    let waits = overview.standing == Standing::Waits || !overview.proposals().is_empty();
    with(named(overview, language), json!({"place": place, "waits": waits}))
}

fn plan(overview: &Overview, language: Language) -> Value {
    let day = overview.preview.iter().flat_map(|preview| &preview.caps).find(|cap| cap.period == Period::Day);
    let about = Message::new("dashboard-day-hash")
        .with("worst", day.map_or_else(|| MISSING.to_owned(), |cap| language.money(cap.worst)))
        .with("hash", overview.status.plan_hash.short(12));
    let more = json!({
        "hash": overview.status.plan_hash.as_str(),
        "about": about.text(language),
        "blocks": blocks(&waiting_blocks(overview), language),
    });
    with(named(overview, language), more)
}

fn proposal(overview: &Overview, language: Language) -> Value {
    with(named(overview, language), json!({"blocks": blocks(&[proposals_block(overview)], language)}))
}

/// Each cap with the worst case and what is planned, as text and as shares of the cap.
fn caps(overview: &Overview, language: Language) -> Value {
    let caps = overview.preview.as_ref().map_or(&overview.status.control.caps, |preview| &preview.caps);
    let bar = |cap: &CapUse| {
        let planned = planned(overview, cap.period);
        let label = match cap.period {
            Period::Day => "report-daily-cap",
            Period::Week => "report-weekly-cap",
            Period::Lifetime => "report-lifetime-cap",
        };
        let text = Message::new("dashboard-caps-of")
            .with("worst", language.money(cap.worst))
            .with("cap", language.money(cap.cap))
            .with("planned", planned.map_or_else(|| MISSING.to_owned(), |planned| language.money(planned)));
        json!({
            "label": Message::new(label).text(language),
            "text": text.text(language),
            "worst_share": share(cap.worst, cap.cap),
            "planned_share": planned.map(|planned| share(planned, cap.cap)),
        })
    };
    caps.iter().map(bar).collect()
}

/// What is to be spent in a stretch of time, where the plan says so.
fn planned(overview: &Overview, period: Period) -> Option<Money> {
    let day = overview.plan.daily_budget().ok()?;
    match period {
        Period::Day => Some(day),
        Period::Week => Some(Money::from_micros(day.micros().checked_mul(7)?, day.currency())),
        Period::Lifetime => overview.budget,
    }
}

fn share(part: Money, whole: Money) -> f64 {
    if whole.is_positive() { part.to_units() / whole.to_units() } else { 0.0 }
}

/// Spend and revenue by day, to be drawn, with the amounts as text.
fn daily(overview: &Overview, language: Language) -> Value {
    let Some(figures) = overview.figures.as_ref().filter(|figures| !figures.days.is_empty()) else {
        return Value::Null;
    };
    let text = |name: &str| Message::new(format!("report-{name}")).text(language);
    let days = figures.days.iter().map(|day| {
        let (spend, revenue) = (day.metrics.spend, day.metrics.revenue);
        json!({
            "day": day.date.to_string(),
            "spend": spend.to_units(),
            "revenue": revenue.to_units(),
            "spend_text": language.money(spend),
            "revenue_text": language.money(revenue),
        })
    });
    json!({
        "title": text("daily-chart"),
        "day": text("day"),
        "spend": text("spend"),
        "revenue": text("revenue"),
        "days": days.collect::<Vec<_>>(),
    })
}
