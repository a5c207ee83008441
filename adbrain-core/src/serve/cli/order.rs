//! `approve` and `undo`: what a person orders about a run that was started before.

use super::args::{Approve, Order, Undo};
use super::{database, files};
use crate::brain::{ApproveOrder, Ordered};
use crate::control::{JournalState, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Language, Message, RunId, canonical_json};

/// Records the approval of a plan and lets the plan deliver; in a dry run only says what would be done.
pub(super) async fn approve(args: Approve) -> Result<()> {
    let brain = database::brain(&args.order.db, args.order.accounts.as_deref()).await?;
    let order = ApproveOrder {
        valid_for: args.valid_for,
        run: args.run_id.map(RunId::new),
        mode: args.order.mode.into(),
        ..ApproveOrder::new(args.hash, args.by.as_str())
    };
    let ordered = brain.approve(&order).await?;
    let said = |key: &str| {
        Message::new(key)
            .with("by", args.by.as_str())
            .with("hash", ordered.hash.as_str())
            .with("run", ordered.run.as_str())
    };
    let text = match ordered.mode {
        Mode::DryRun => said("cli-would-approve"),
        _ => said("cli-approved").with("time", format!("{:#}", args.valid_for)),
    };
    tell(&args.order, &ordered, std::iter::once(text).chain(ordered.goes_on.then(|| Message::new("cli-goes-on"))))
}

/// Takes back what a journal entry says; in a dry run the steps are checked and recorded as planned.
pub(super) async fn undo(args: Undo) -> Result<()> {
    let brain = database::brain(&args.order.db, args.order.accounts.as_deref()).await?;
    let ordered = brain.undo(&args.entry, args.order.mode.into()).await?;
    let text = (ordered.mode == Mode::DryRun).then(|| Message::new("cli-would-undo"));
    tell(&args.order, &ordered, text)
}

/// Prints what was done and writes it as JSON; a step that was not done is an error.
fn tell(order: &Order, ordered: &Ordered, texts: impl IntoIterator<Item = Message>) -> Result<()> {
    let (language, outcomes) = (order.lang.into(), &ordered.outcomes);
    if let Some(path) = &order.json {
        files::write(path, &canonical_json(ordered)?)?;
    }
    let lines = outcomes.iter().map(|outcome| line(outcome, language));
    let lines: Vec<_> = texts.into_iter().map(|text| text.text(language)).chain(lines).collect();
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
    let (kind, next) = match outcome.state {
        JournalState::Refused => (ErrorKind::Refused, "remove the reason, then order it again"),
        JournalState::NeedsPerson => (ErrorKind::NeedsApproval, "have a person decide it, then order it again"),
        JournalState::Unknown => (ErrorKind::OutcomeUnknown, "look on the platform whether it was done"),
        _ => return None,
    };
    let reason = outcome.reason.as_ref().map_or_else(String::new, |reason| reason.text(Language::English));
    let what = format!("{} {}: {reason}", outcome.action, outcome.target);
    Some(Error::new(kind, what).with("entry", &outcome.entry).next(next))
}
