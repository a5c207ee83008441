//! `approve` and `undo`: what a person orders about a run that was started before.

use serde_json::json;

use super::args::{Approve, Order, Undo};
use super::files;
use crate::brain::Brain;
use crate::control::{JournalState, Mode, Outcome, find_entry};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Language, Message, RunId, canonical_json};

/// Records the approval of a plan and lets the plan deliver; in a dry run only says what would be done.
pub(super) async fn approve(args: Approve) -> Result<()> {
    let (brain, mode) = open(&args.order).await?;
    let (run, hash) = match args.run_id {
        Some(run) => (RunId::new(run), ContentHash::new(args.hash)),
        None => brain.find_plan(&args.hash).await?,
    };
    let door = brain.door(&run, mode).await?;
    let own = door.plan.hash()?;
    if own != hash {
        return Err(Error::invalid("hash", format!("is not that of the plan of run {run}, which is {own}"))
            .next("look at the plan before you approve it"));
    }
    let said = |key: &str| {
        Message::new(key).with("by", args.by.as_str()).with("hash", hash.as_str()).with("run", run.as_str())
    };
    let (text, outcomes) = if mode == Mode::DryRun {
        (said("cli-would-approve"), Vec::new())
    } else {
        door.control.approve(&hash, &args.by, args.valid_for).await?;
        let text = said("cli-approved").with("time", format!("{:#}", args.valid_for));
        (text, door.control.activate(&door.plan).await?)
    };
    door.close().await?;
    tell(&args.order, (&run, mode), (Some(text), &outcomes))
}

/// Takes back what a journal entry says; in a dry run the steps are checked and recorded as planned.
pub(super) async fn undo(args: Undo) -> Result<()> {
    let (brain, mode) = open(&args.order).await?;
    let (run, entry) = find_entry(brain.database().as_ref(), &args.entry).await?;
    let door = brain.door(&run, mode).await?;
    let outcomes = door.control.undo_entry(&entry).await?;
    door.close().await?;
    let text = (mode == Mode::DryRun).then(|| Message::new("cli-would-undo"));
    tell(&args.order, (&run, mode), (text, &outcomes))
}

async fn open(order: &Order) -> Result<(Brain, Mode)> {
    files::check_database(&order.db)?;
    Ok((Brain::local(&order.db).await?, order.mode.into()))
}

/// Prints what was done and writes it as JSON; a step that was not done is an error.
fn tell(order: &Order, (run, mode): (&RunId, Mode), (text, outcomes): (Option<Message>, &[Outcome])) -> Result<()> {
    let language = order.lang.into();
    if let Some(path) = &order.json {
        files::write(path, &canonical_json(&json!({"run": run, "mode": mode, "outcomes": outcomes}))?)?;
    }
    let lines = outcomes.iter().map(|outcome| line(outcome, language));
    let lines: Vec<_> = text.iter().map(|text| text.text(language)).chain(lines).collect();
    super::print(&lines.join("\n"))?;
    outcomes.iter().find_map(failure).map_or(Ok(()), Err)
}

fn line(outcome: &Outcome, language: Language) -> String {
    let state = outcome.state.as_str().replace('_', "-");
    let line = Message::new("cli-outcome")
        .with("platform", outcome.platform.as_str())
        .with("action", outcome.action.as_str())
        .with("target", outcome.target.as_str())
        .with("state", Message::new(format!("report-state-{state}")).text(language))
        .text(language);
    let reason = outcome.reason.as_ref().filter(|_| is_not_done(outcome));
    reason.map_or_else(|| line.clone(), |reason| format!("{line}: {}", reason.text(language)))
}

fn is_not_done(outcome: &Outcome) -> bool {
    matches!(outcome.state, JournalState::Refused | JournalState::Unknown | JournalState::NeedsPerson)
}

fn failure(outcome: &Outcome) -> Option<Error> {
    let kind = match outcome.state {
        JournalState::Refused => ErrorKind::Refused,
        JournalState::NeedsPerson => ErrorKind::NeedsApproval,
        JournalState::Unknown => ErrorKind::OutcomeUnknown,
        _ => return None,
    };
    let reason = outcome.reason.as_ref().map_or_else(String::new, |reason| reason.text(Language::English));
    Some(Error::new(kind, format!("{} {}: {reason}", outcome.action, outcome.target)).with("entry", &outcome.entry))
}
