//! `alerts`: what people were told, and whether it arrived.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::{Alerts, alerts};
use super::database;
use crate::alert::notify::{Channels, Delivered, Delivery, KeptLetter, Letter, Notifier, Outbox};
use crate::brain::SilenceOrder;
use crate::clock::{Clock as _, SystemClock};
use crate::control::{KeptSilence, Silences};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Language, Message, RunId};
use crate::report::silence_text;
use crate::store::Database;

const SECONDS_PER_HOUR: f64 = 3_600.0;

pub(super) async fn run(args: Alerts) -> Result<()> {
    match args {
        Alerts::List(args) => list(args).await,
        Alerts::Ack(args) => acknowledge(args).await,
        Alerts::Silence(args) => silence(args).await,
        Alerts::Silences(args) => silences(args).await,
        Alerts::Unsilence(args) => unsilence(args).await,
        Alerts::Send(args) => send(args).await,
        Alerts::Test(args) => test(args).await,
    }
}

async fn list(args: alerts::List) -> Result<()> {
    let letters = Outbox::new(database::open(&args.store.db).await?).letters(args.most).await?;
    let language = args.answer.lang.into();
    let text = match &letters[..] {
        [] => Message::new("cli-alerts-none").text(language),
        letters => letters.iter().flat_map(|letter| lines(letter, language)).collect::<Vec<_>>().join("\n"),
    };
    super::tell(args.answer.json.as_deref(), &letters, &text)
}

async fn acknowledge(args: alerts::Ack) -> Result<()> {
    let outbox = Outbox::new(database::open(&args.store.db).await?);
    let letter = outbox.acknowledge(&args.id, (&args.by, SystemClock.now())).await?;
    super::tell(args.answer.json.as_deref(), &letter, &lines(&letter, args.answer.lang.into()).join("\n"))
}

async fn silence(args: alerts::Silence) -> Result<()> {
    let order = SilenceOrder {
        only: args.labels.iter().map(|label| labelled(label)).collect::<Result<_>>()?,
        hours: args.time.as_secs_f64() / SECONDS_PER_HOUR,
        by: args.by,
        reason: args.reason,
        run: args.run_id.map(RunId::new),
    };
    let brain = database::brain(&args.desk.store.db, args.desk.accounts.as_deref()).await?;
    let kept = brain.silence(&order).await?;
    super::tell(args.desk.answer.json.as_deref(), &kept, &silence_line(&kept, args.desk.answer.lang.into()))
}

fn labelled(text: &str) -> Result<(String, String)> {
    let pair = text.split_once('=').filter(|(label, value)| !label.trim().is_empty() && !value.trim().is_empty());
    let (label, value) = pair.ok_or_else(|| {
        Error::invalid("match", format!("{text:?} is no label with a value")).next("write it as rule=cost_spike")
    })?;
    Ok((label.trim().to_owned(), value.trim().to_owned()))
}

async fn silences(args: alerts::List) -> Result<()> {
    let all = database::brain(&args.store.db, None).await?.silences().await?;
    let newest: Vec<_> = all.into_iter().take(usize::try_from(args.most).unwrap_or(usize::MAX)).collect();
    let language = args.answer.lang.into();
    let text = match &newest[..] {
        [] => Message::new("cli-silences-none").text(language),
        kept => kept.iter().map(|kept| silence_line(kept, language)).collect::<Vec<_>>().join("\n"),
    };
    super::tell(args.answer.json.as_deref(), &newest, &text)
}

async fn unsilence(args: alerts::Unsilence) -> Result<()> {
    let brain = database::brain(&args.desk.store.db, args.desk.accounts.as_deref()).await?;
    let kept = brain.end_silence(&args.id, &args.by).await?;
    super::tell(args.desk.answer.json.as_deref(), &kept, &silence_line(&kept, args.desk.answer.lang.into()))
}

/// A silence in a line: its id, what is quiet, until when, by whom and why.
fn silence_line(kept: &KeptSilence, language: Language) -> String {
    format!("{}  {}", kept.id.short(12), silence_text(kept, language))
}

async fn send(args: alerts::Send) -> Result<()> {
    let channels = Channels::read(&args.channels)?;
    let (database, now) = (database::open(&args.store.db).await?, SystemClock.now());
    let silences = Silences::of(&*database).await?;
    let delivered = notifier(&channels, database)?.deliver_but(&|letter| silences.cover(letter, now)).await?;
    super::tell(args.answer.json.as_deref(), &delivered, &sent(&delivered, args.answer.lang.into()))
}

/// The store of the example is a folder that goes when it has been sent.
async fn test(args: alerts::Test) -> Result<()> {
    let (channels, language) = (Channels::read(&args.channels)?, args.answer.lang.into());
    let folder = super::files::TemporaryFolder::make("adbrain-alerts")?;
    let notifier = notifier(&channels, crate::store::open(&folder.path().join("test.db")).await?)?;
    let found = notifier.try_out(&Letter::example(SystemClock.now(), language)).await;
    let line = |(channel, error): (&String, &Option<Error>)| match error {
        None => Message::new("cli-alerts-arrived").with("channel", channel.as_str()).text(language),
        Some(error) => undelivered(channel, &error.to_string()).text(language),
    };
    let told: BTreeMap<_, _> =
        found.iter().map(|(channel, error)| (channel, error.as_ref().map(ToString::to_string))).collect();
    super::tell(args.answer.json.as_deref(), &told, &found.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    let failed = found.values().filter(|error| error.is_some()).count();
    if failed == 0 {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Unavailable, format!("{failed} of {} channels took no letter", found.len()))
        .next("correct the channels that are named above"))
}

fn notifier(channels: &Channels, database: Arc<dyn Database>) -> Result<Notifier> {
    Notifier::open(channels, (database, Arc::new(SystemClock)), &|name| std::env::var(name).ok())
}

fn sent(delivered: &Delivered, language: Language) -> String {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let sent = delivered.sent.iter().map(|(channel, sent)| {
        Message::new("cli-alerts-sent").with("channel", channel.as_str()).with("count", count(*sent))
    });
    let problems = delivered.problems.iter().map(|(channel, problem)| undelivered(channel, problem));
    let lines: Vec<_> = sent.chain(problems).map(|line| line.text(language)).collect();
    if lines.is_empty() { Message::new("cli-alerts-nothing-due").text(language) } else { lines.join("\n") }
}

pub(super) fn undelivered(channel: &str, why: &str) -> Message {
    Message::new("cli-undelivered").with("channel", channel).with("why", why)
}

/// A letter: its head, what it tells, its ways, who has taken note.
fn lines(kept: &KeptLetter, language: Language) -> Vec<String> {
    let letter = &kept.letter;
    let head = format!("{}  {}  {}", letter.at, letter.id, letter.headline(language));
    let way = |delivery: &Delivery| {
        let state = Message::new(format!("cli-alerts-state-{}", delivery.state)).text(language);
        let problem = delivery.problem.as_ref().map_or_else(String::new, |problem| format!(": {problem}"));
        format!("  {}: {state}{problem}", delivery.channel)
    };
    let noted = kept.acknowledged.iter().map(|noted| {
        let text = Message::new("cli-alerts-noted").with("by", noted.by.as_str()).with("at", noted.at.to_string());
        format!("  {}", text.text(language))
    });
    let told = letter.lines(language).into_iter().map(|line| format!("  {line}"));
    std::iter::once(head).chain(told).chain(kept.deliveries.iter().map(way)).chain(noted).collect()
}
