//! A plan to look at and the standing of a run, as documents.

use super::cell::{Cell, MISSING, hash_cell};
use super::desk::proposals_table;
use super::document::{Block, Document, Section, table, text};
use super::words::word;
use crate::brain::{Plan, PlanStep, RunDrift, RunStatus};
use crate::control::{CapUse, Decision, Drift, FieldValue, Mode, ObjectStatus, Outcome, Period, SwitchStatus};
use crate::model::message::Argument;
use crate::model::{CampaignDraft, Message, Money};

/// A plan as a document: what it would do, what it may cost at most, what needs a person.
pub fn plan_document(plan: &Plan) -> Document {
    let about = text("plan-note").with("name", plan.plan.name.as_str()).with("hash", plan.plan_hash.as_str());
    let campaigns = plan.plan.campaigns.iter().map(campaign);
    let summary = vec![
        Block::Note(about),
        Block::Note(text("run-note").with("run", plan.run.as_str()).with("mode", mode(plan.mode))),
        table(&["platform", "campaign", "ad-sets", "ads", "daily-budget", "flight"], campaigns.collect()),
        caps(&plan.caps),
    ];
    let columns = ["platform", "action", "object", "before", "after", "verdict"];
    let steps = plan.steps.iter().map(step).collect();
    let mut sections = vec![
        Section::new("plan", summary),
        Section::new("needs", notes(&plan.needs)),
        Section::new("diff", vec![table(&columns, steps)]),
    ];
    if !plan.assumed.is_empty() {
        sections.insert(1, Section::new("assumed", notes(&plan.assumed)));
    }
    Document { head: text("plan"), title: plan.plan.name.clone(), basis: basis(plan.is_simulated), sections }
}

/// Where a run stands, as a document.
pub fn status_document(status: &RunStatus) -> Document {
    let about = text("plan-note").with("name", status.plan_name.as_str()).with("hash", status.plan_hash.as_str());
    let control = &status.control;
    let unread = control.unread.iter().map(|platform| text("unread-note").with("platform", platform.as_str()));
    let head = Message::new("cli-journal")
        .with("entries", i64::try_from(control.head.entries).unwrap_or(i64::MAX))
        .with("head", control.head.head.as_str());
    let mut summary = vec![Block::Note(about), Block::Note(stage_note(status))];
    summary.extend(control.decision.as_ref().map(|said| Block::Note(decision(said))));
    summary.push(Block::Note(switch(&control.switch)));
    summary.extend(unread.map(Block::Note));
    summary.extend([Block::Note(head), caps(&control.caps)]);
    let sections = vec![
        Section::new("summary", summary),
        Section::new("needs", vec![steps(&status.waits)]),
        Section::new("proposals", vec![proposals_table(&status.proposals)]),
        Section::new("objects", vec![objects(&control.objects)]),
        Section::new("steps", vec![steps(&control.steps)]),
    ];
    let basis = basis(status.is_simulated);
    Document { head: text("status"), title: status.plan_name.clone(), basis, sections }
}

/// What on a run's objects is not as the run left it, as a document.
pub fn drift_document(drift: &RunDrift) -> Document {
    let blocks = vec![Block::Note(text("drift-note").with("run", drift.run.as_str())), drift_table(&drift.fields)];
    let sections = vec![Section::new("drift", blocks)];
    Document { head: text("drift"), title: drift.plan_name.clone(), basis: basis(drift.is_simulated), sections }
}

/// Every field that differs, and who made the difference.
pub(super) fn drift_table(fields: &[Drift]) -> Block {
    let value = |value: &Option<FieldValue>| match value {
        None => Cell::Missing,
        Some(FieldValue::Amount(money)) => Cell::Money(*money),
        Some(FieldValue::Status(status)) => Cell::named("status", status),
        Some(FieldValue::Text(text)) => Cell::text(text),
    };
    let row = |one: &Drift| {
        vec![
            Cell::named("platform", &one.platform),
            Cell::text(one.target.as_str()),
            one.object.as_ref().map_or(Cell::Missing, |id| Cell::text(id.as_str())),
            Cell::name("field", one.field.as_str()),
            value(&one.desired),
            value(&one.observed),
            Cell::named("author", &one.by),
        ]
    };
    let columns = ["platform", "tag", "object", "field", "desired", "observed", "author"];
    table(&columns, fields.iter().map(row).collect())
}

/// How far the loop has come.
pub(super) fn stage_note(status: &RunStatus) -> Message {
    Message::new(format!("report-stage-{}", stage(status)))
        .with("run", status.run.as_str())
        .with("days", i64::try_from(status.days).unwrap_or(i64::MAX))
}

pub(super) fn basis(is_simulated: bool) -> Message {
    text(if is_simulated { "simulated" } else { "real-accounts" })
}

fn mode(mode: Mode) -> Argument {
    let name = match mode {
        Mode::DryRun => "dry_run",
        Mode::Sandbox => "sandbox",
        Mode::Live => "live",
    };
    Argument::List(vec![word("mode", name)])
}

fn stage(status: &RunStatus) -> &'static str {
    match status.stage {
        crate::brain::Stage::Planned => "planned",
        crate::brain::Stage::Launched => "launched",
        crate::brain::Stage::Finished => "finished",
    }
}

pub(super) fn campaign(campaign: &CampaignDraft) -> Vec<Cell> {
    let ads = campaign.ad_sets.iter().map(|ad_set| ad_set.ads.len()).sum::<usize>();
    let budget = Money::sum(campaign.ad_sets.iter().map(|ad_set| ad_set.daily_budget)).ok().flatten();
    vec![
        Cell::named("platform", &campaign.platform),
        Cell::text(&campaign.name),
        Cell::Count(campaign.ad_sets.len() as u64),
        Cell::Count(ads as u64),
        budget.map_or(Cell::Missing, Cell::Money),
        Cell::text(format!("{} – {}", campaign.flight.start, campaign.flight.end)),
    ]
}

pub(super) fn caps(caps: &[CapUse]) -> Block {
    let limit = |period| match period {
        Period::Day => "daily-cap",
        Period::Week => "weekly-cap",
        Period::Lifetime => "lifetime-cap",
    };
    let row = |one: &CapUse| vec![Cell::Message(text(limit(one.period))), Cell::Money(one.cap), Cell::Money(one.worst)];
    table(&["limit", "value", "worst-case"], caps.iter().map(row).collect())
}

pub(super) fn step(step: &PlanStep) -> Vec<Cell> {
    let money = |money: Option<Money>| money.map_or(Cell::Missing, Cell::Money);
    let allowed = || Cell::Message(text("allowed"));
    vec![
        Cell::named("platform", &step.platform),
        Cell::name("action", &step.action),
        step.name.as_ref().map_or_else(|| Cell::text(step.target.as_str()), Cell::text),
        money(step.before),
        money(step.after),
        step.refused.clone().map_or_else(allowed, Cell::Message),
    ]
}

pub(super) fn notes(messages: &[Message]) -> Vec<Block> {
    if messages.is_empty() {
        return vec![Block::Note(text("nothing"))];
    }
    messages.iter().cloned().map(Block::Note).collect()
}

pub(super) fn steps<'a>(steps: impl IntoIterator<Item = &'a Outcome>) -> Block {
    let row = |step: &Outcome| {
        vec![
            Cell::named("platform", &step.platform),
            Cell::name("action", &step.action),
            Cell::text(step.target.as_str()),
            Cell::named("state", &step.state),
            step.reason.clone().map_or(Cell::Missing, Cell::Message),
            hash_cell(&step.entry),
        ]
    };
    table(&["platform", "action", "tag", "state", "reason", "journal-entry"], steps.into_iter().map(row).collect())
}

pub(super) fn objects(objects: &[ObjectStatus]) -> Block {
    let row = |object: &ObjectStatus| {
        vec![
            Cell::named("platform", &object.platform),
            Cell::named("level", &object.level),
            Cell::text(object.tag.as_str()),
            object.object.as_ref().map_or(Cell::Missing, |id| Cell::text(id.as_str())),
            Cell::name("delivery", &object.delivery),
            object.daily_budget.map_or(Cell::Missing, Cell::Money),
        ]
    };
    table(&["platform", "level", "tag", "object", "state", "daily-budget"], objects.iter().map(row).collect())
}

pub(super) fn decision(said: &Decision) -> Message {
    match said {
        Decision::Approved { by, at, expires } => text("approved-note")
            .with("by", by.as_str())
            .with("at", at.to_string())
            .with("expires", expires.to_string()),
        Decision::Refused { by, at, reason } => {
            text("refused-note").with("by", by.as_str()).with("at", at.to_string()).with("why", reason.as_str())
        }
    }
}

pub(super) fn switch(switch: &SwitchStatus) -> Message {
    if !switch.is_on {
        return text("switch-off");
    }
    let by = switch.by.as_deref().unwrap_or(MISSING);
    let why = switch.reason.clone().unwrap_or_else(|| text("nothing-said"));
    text("switch-on").with("by", by).with("why", Argument::List(vec![why]))
}
