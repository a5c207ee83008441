//! A run as the parts of the page, and what waits in all of them.

use serde_json::{Value, json};

use super::alerts::alerts;
use super::blocks::{blocks, section};
use super::board::Board;
use super::charts::charts;
use super::course::course;
use crate::brain::{Overview, Standing};
use crate::control::{CapUse, Mode, Period, Waiting};
use crate::model::{Language, Message, Money, RunId};
use crate::report::{
    Trail, moment_text, others_block, overview_basis, overview_sections, switch_text, trails, waiting_blocks,
    waiting_proposal_blocks,
};

/// What stands where nothing is known; never a zero.
const MISSING: &str = "–";

/// Puts the parts of a run on the board; `place` is its place among the runs, the oldest first.
pub(super) fn show(board: &Board, place: usize, overview: &Overview) {
    let (language, run) = (board.language(), &overview.status.run);
    let put = |name: &str, value: Value| board.put(Some(run), name, value);
    put("head", head(place, overview, language));
    put("caps", caps(overview, language));
    put("charts", charts(overview, language));
    put("alerts", alerts(overview, language));
    put("loop", course(overview, language));
    put("trail", trail(overview, language));
    // What the page shows in a form of its own is left out.
    let sections =
        overview_sections(overview).into_iter().filter(|one| !["alerts", "decisions", "budgets"].contains(&one.id));
    sections.enumerate().for_each(|(order, one)| {
        let mut value = section(&one, language);
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
    let proposals: Vec<_> = overviews.iter().flat_map(|overview| proposals(overview, language)).collect();
    let others = overviews.iter().filter(|overview| !overview.others().is_empty());
    let others: Vec<_> = others.map(|overview| with(named(overview, language), other(overview, language))).collect();
    board.put(None, "waits", json!({"plans": plans, "proposals": proposals, "others": others}));
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
    let waits = overview.standing == Standing::Waits || overview.waiting() > 0;
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

/// Proposals that a person approves or refuses one by one.
fn proposals(overview: &Overview, language: Language) -> Vec<Value> {
    let one = |waiting: &Waiting| {
        let since = moment_text(waiting.since, language);
        let more = json!({
            "hash": waiting.hash.as_str(),
            "about": Message::new("dashboard-opened").with("at", since).text(language),
            "blocks": blocks(&waiting_proposal_blocks(overview, waiting), language),
        });
        with(named(overview, language), more)
    };
    overview.status.proposals.iter().map(one).collect()
}

/// Steps that wait for a look at the account: there is no hash to approve.
fn other(overview: &Overview, language: Language) -> Value {
    json!({"blocks": blocks(&[others_block(overview)], language)})
}

/// How decisions came about, each with what can be taken back.
fn trail(overview: &Overview, language: Language) -> Value {
    let one = |trail: &Trail| {
        let undo =
            trail.steps(language).into_iter().map(|(entry, text)| json!({"entry": entry.as_str(), "text": text}));
        json!({
            "title": trail.title(language),
            "blocks": blocks(&trail.blocks, language),
            "undo": undo.collect::<Vec<_>>(),
        })
    };
    trails(overview).iter().map(one).collect()
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
