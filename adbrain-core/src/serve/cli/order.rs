//! `adopt`, `release`, `apply`, `approve`, `refuse`, `status`, `drift`, `stop`, `resume` and `undo`: what a person orders or asks about a run that was started before.

use super::args::{Adopt, Apply, Approve, Desk, Refuse, Release, Resume, Status, Stop, Undo};
use super::database;
use crate::brain::{ApplyOrder, ApproveOrder, Brain, Ordered, Pause, RefuseOrder, StopOrder, Switched, UndoOrder};
use crate::control::{AdoptOrder, JournalState, Mode, NEEDS_APPROVAL, Outcome, ReleaseOrder};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Flight, Language, Message, ObjectId, RunId};
use crate::report::{drift_document, status_document};

async fn brain(desk: &Desk) -> Result<Brain> {
    database::brain(&desk.store.db, desk.accounts.as_deref()).await
}

/// Records the approval of a plan and lets the plan deliver, or does a proposal that waits; in a dry run only says what would be done.
pub(super) async fn approve(args: Approve) -> Result<()> {
    let order = ApproveOrder {
        valid_for: args.valid_for,
        run: args.run_id.map(RunId::new),
        mode: args.order.mode.into(),
        ..ApproveOrder::new(args.hash, args.by.as_str())
    };
    let ordered = brain(&args.order.desk).await?.approve(&order).await?;
    let text = match ordered.mode {
        Mode::DryRun => said("cli-would-approve", &ordered),
        _ => said("cli-approved", &ordered).with("time", format!("{:#}", args.valid_for)),
    };
    tell(&args.order.desk, &ordered, [Some(text.with("by", args.by)), goes_on(&ordered)])
}

/// Records a person's no.
pub(super) async fn refuse(args: Refuse) -> Result<()> {
    let (by, run) = (args.by.clone(), args.run_id.map(RunId::new));
    let order = RefuseOrder { plan_hash: args.hash, by, reason: args.reason, run };
    let ordered = brain(&args.desk).await?.refuse(&order).await?;
    let texts = [Some(said("cli-refused", &ordered).with("by", args.by)), None];
    // That what was refused is refused is no failure.
    super::tell(
        args.desk.answer.json.as_deref(),
        &ordered,
        &lines(texts, &ordered.outcomes, args.desk.answer.lang.into()),
    )
}

/// Launches the plan that was shown.
pub(super) async fn apply(args: Apply) -> Result<()> {
    let (run, mode) = (args.run_id.map(RunId::new), args.order.mode.into());
    let order = ApplyOrder { run, mode, ..ApplyOrder::new(args.hash) };
    let ordered = brain(&args.order.desk).await?.apply(&order).await?;
    let text = if ordered.mode == Mode::DryRun { "cli-would-apply" } else { "cli-applied" };
    tell(&args.order.desk, &ordered, [Some(said(text, &ordered)), goes_on(&ordered)])
}

/// Takes back what a journal entry says; in a dry run the steps are checked and recorded as planned.
pub(super) async fn undo(args: Undo) -> Result<()> {
    let order = UndoOrder { entry: args.entry, by: args.by, mode: args.order.mode.into() };
    let ordered = brain(&args.order.desk).await?.undo_by(&order).await?;
    let text = (ordered.mode == Mode::DryRun).then(|| Message::new("cli-would-undo"));
    tell(&args.order.desk, &ordered, [text, None])
}

/// Shows where a run stands.
pub(super) async fn status(args: Status) -> Result<()> {
    let status = brain(&args.desk).await?.status(args.run.as_deref()).await?;
    let text = status_document(&status).text(args.desk.answer.lang.into());
    super::tell(args.desk.answer.json.as_deref(), &status, &text)
}

/// Shows what on a run's objects is not as the run left it.
pub(super) async fn drift(args: Status) -> Result<()> {
    let drift = brain(&args.desk).await?.drift(args.run.as_deref()).await?;
    let text = drift_document(&drift).text(args.desk.answer.lang.into());
    super::tell(args.desk.answer.json.as_deref(), &drift, &text)
}

/// Takes a campaign that people made under management.
pub(super) async fn adopt(args: Adopt) -> Result<()> {
    let flight = Flight { start: args.start, end: args.end, time_zone: args.time_zone };
    let order = AdoptOrder { platform: args.platform, campaign: ObjectId::new(args.campaign), flight, by: args.by };
    let ordered = brain(&args.desk).await?.adopt(args.run_id.as_deref(), &order).await?;
    tell(&args.desk, &ordered, [None, None])
}

/// Gives a campaign back that was adopted.
pub(super) async fn release(args: Release) -> Result<()> {
    let order = ReleaseOrder { platform: args.platform, campaign: ObjectId::new(args.campaign), by: args.by };
    let ordered = brain(&args.desk).await?.release(args.run_id.as_deref(), &order).await?;
    tell(&args.desk, &ordered, [None, None])
}

/// Turns the kill switch on.
pub(super) async fn stop(args: Stop) -> Result<()> {
    let pause = match (args.pause, args.run_id) {
        (false, _) => Pause::None,
        (true, None) => Pause::All,
        (true, Some(run)) => Pause::Run(RunId::new(run)),
    };
    let key = if pause == Pause::None { "cli-stopped" } else { "cli-stopped-paused" };
    let order = StopOrder { reason: args.reason, by: args.by, pause };
    let builder = database::builder(&args.desk.store.db, args.desk.accounts.as_deref())?;
    let switched = builder.stop(&database::store_at(&args.desk.store.db)?, &order).await?;
    let unnoted = (!switched.is_noted).then(|| Message::new("cli-not-noted"));
    tell_switched(&args.desk, &switched, [Some(Message::new(key)), unnoted])
}

/// Turns the kill switch off.
pub(super) async fn resume(args: Resume) -> Result<()> {
    let builder = database::builder(&args.desk.store.db, None)?;
    let switched = builder.resume(&database::store_at(&args.desk.store.db)?, &args.by).await?;
    let key = if switched.is_on { "cli-still-on" } else { "cli-resumed" };
    tell_switched(&args.desk, &switched, [Some(Message::new(key)), None])
}

fn said(key: &str, ordered: &Ordered) -> Message {
    Message::new(key).with("hash", ordered.hash.as_str()).with("run", ordered.run.as_str())
}

fn goes_on(ordered: &Ordered) -> Option<Message> {
    ordered.goes_on.then(|| Message::new("cli-goes-on"))
}

/// Prints what was done and writes it as JSON; a step that was not done is an error.
fn tell(desk: &Desk, ordered: &Ordered, texts: [Option<Message>; 2]) -> Result<()> {
    super::tell(desk.answer.json.as_deref(), ordered, &lines(texts, &ordered.outcomes, desk.answer.lang.into()))?;
    ordered.outcomes.iter().find_map(failure).map_or(Ok(()), Err)
}

fn tell_switched(desk: &Desk, switched: &Switched, texts: [Option<Message>; 2]) -> Result<()> {
    let text = lines(texts, &switched.outcomes, desk.answer.lang.into());
    let problems = switched.problems.iter().map(|problem| format!("  {problem}"));
    let text = std::iter::once(text).chain(problems).collect::<Vec<_>>().join("\n");
    super::tell(desk.answer.json.as_deref(), switched, &text)?;
    switched.outcomes.iter().find_map(failure).map_or(Ok(()), Err)
}

fn lines(texts: [Option<Message>; 2], outcomes: &[Outcome], language: Language) -> String {
    let texts = texts.into_iter().flatten().map(|text| text.text(language));
    texts.chain(outcomes.iter().map(|outcome| line(outcome, language))).collect::<Vec<_>>().join("\n")
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
        JournalState::Refused if outcome.reason.as_ref().is_some_and(|reason| reason.key == NEEDS_APPROVAL) => {
            (ErrorKind::NeedsApproval, "have a person approve the hash that it names: `adbrain approve`")
        }
        JournalState::Refused => (ErrorKind::Refused, "remove the reason, then order it again"),
        JournalState::NeedsPerson => (ErrorKind::NeedsApproval, "have a person decide it, then order it again"),
        JournalState::Unknown => (ErrorKind::OutcomeUnknown, "look on the platform whether it was done"),
        _ => return None,
    };
    let reason = outcome.reason.as_ref().map_or_else(String::new, |reason| reason.text(Language::English));
    let what = format!("{} {}: {reason}", outcome.action, outcome.target);
    Some(Error::new(kind, what).with("entry", &outcome.entry).next(next))
}
