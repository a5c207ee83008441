//! `run` and `graph`: files in, one call of the brain, report out.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::alerts::undelivered;
use super::args::{Graph, Input, Run};
use super::progress::Progress;
use super::{database, files};
use crate::agent::language::Words;
use crate::agent::workflow::{Cancel, Events};
use crate::alert::notify::{Channels, DeliveryState};
use crate::brain::{AlertRules, Brain, BrainBuilder, RunRequest, RunResult, Watch};
use crate::control::{Head, JournalState, Outcome, head};
use crate::error::{Error, Result};
use crate::market::World;
use crate::measure::{HistoryMapping, import_file};
use crate::media::FilmProgram;
use crate::model::{Brief, Currency, History, Language, Message, RunId, canonical_json};
use crate::persona::PeopleGiven;
use crate::report::{Block, Report};

/// The mapping of the project's own layout, whose amounts are in the currency of the brief by definition.
const OWN_LAYOUT: &str = "adbrain";
/// The file beside the report that says where the journal ended.
const HEAD_FILE: &str = "journal.json";

/// The newest letters that are looked at for what did not arrive.
const LETTERS: u32 = 50;

/// Runs the loop, writes the files, prints the tiles and the paths.
pub(super) async fn run(args: Run) -> Result<()> {
    run_beside(args, Events::none()).await
}

/// As [`run`], told to a listener besides.
pub(super) async fn run_beside(args: Run, listener: Events) -> Result<()> {
    let request = request(&args.brief, &args.input)?;
    let builder = builder(&args.input)?;
    builder.check(&request)?;
    let folder = args.out.unwrap_or_else(|| database::place(&args.input.db).with_extension("report"));
    // Before the run, not after it: a result that cannot be written would be lost time.
    let json = args.json.as_deref();
    let target = json.filter(|_| !super::is_in_place(json));
    target.into_iter().chain([&*folder.join(HEAD_FILE)]).try_for_each(files::check_target)?;
    let language = language(&request.brief, &args.input);
    let progress = Progress::new(language);
    let result = Box::pin(execute(&args.input, (builder, request), progress.events().and(listener))).await;
    progress.close().await;
    let (result, head) = result?;
    let report = Report::of(&result).sealed(&head);
    let mut written = write_report(&report, &folder)?;
    let head_file = folder.join(HEAD_FILE);
    files::write(&head_file, &canonical_json(&head)?)?;
    written.push(head_file);
    super::write_json_bytes(json, || report.json())?;
    if super::is_in_place(json) {
        return Ok(());
    }
    written.extend(target.map(Path::to_owned));
    let currency = currency_taken(&result, args.input.mapping.as_deref(), language)?;
    let notes = [
        rows_refused(&result, language),
        not_launched(&result, language),
        currency,
        watched(&result, language),
        Some(journal_line(&head, language)),
    ];
    super::print(&summary(&report, (notes.into_iter().flatten(), &written), language))
}

/// How many rows of the history were not taken, and the first of them.
fn rows_refused(result: &RunResult, language: Language) -> Option<String> {
    let problems = &result.history.as_ref()?.problems;
    let first = problems.first()?;
    let text = Message::new("cli-rows-refused")
        .with("count", i64::try_from(problems.len()).unwrap_or(i64::MAX))
        .with("line", first.line.to_string())
        .with("column", first.column.as_str())
        .with("problem", first.problem.as_str());
    Some(text.text(language))
}

/// How far real accounts have been watched, what stops it, and whether the same command goes on.
fn watched(result: &RunResult, language: Language) -> Option<String> {
    let watched = result.watched.as_ref()?;
    let mut lines = Vec::new();
    lines.push(match watched.until {
        Some(day) => Message::new("cli-watched").with("until", day.to_string()),
        None => Message::new("cli-watched-nothing"),
    });
    if watched.goes_on {
        lines.push(Message::new("cli-watch-goes-on"));
    }
    lines.extend(watched.refused.first().map(|row| {
        Message::new("cli-watch-refused")
            .with("day", row.day.to_string())
            .with("row", row.row.as_str())
            .with("field", row.field.as_str())
            .with("problem", row.problem.as_str())
    }));
    Some(lines.iter().map(|line| line.text(language)).collect::<Vec<_>>().join("\n"))
}

/// What became of a launch that is not wholly done, with the reasons.
fn not_launched(result: &RunResult, language: Language) -> Option<String> {
    if result.plan.campaigns.is_empty() {
        return Some(Message::new("cli-no-ads").text(language));
    }
    let is_open = |outcome: &&Outcome| {
        matches!(outcome.state, JournalState::Refused | JournalState::Unknown | JournalState::NeedsPerson)
    };
    let open: Vec<_> = result.launch.iter().filter(is_open).collect();
    if open.is_empty() {
        return None;
    }
    let reasons: BTreeSet<_> =
        open.iter().filter_map(|outcome| Some(outcome.reason.as_ref()?.text(language))).collect();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let line = Message::new("cli-not-launched")
        .with("open", count(open.len()))
        .with("all", count(result.launch.len()))
        .with("why", reasons.into_iter().collect::<Vec<_>>().join("; "));
    Some(line.text(language))
}

/// That the currency of the history is a guess, where a layout of others does not state it.
fn currency_taken(result: &RunResult, mapped: Option<&Path>, language: Language) -> Result<Option<String>> {
    let Some(history) = result.history.as_ref().filter(|history| history.mapping != OWN_LAYOUT) else {
        return Ok(None);
    };
    let stated = match mapped {
        Some(path) => mapping(path)?.currency,
        None => HistoryMapping::built_in()?
            .into_iter()
            .find(|known| known.name == history.mapping)
            .and_then(|known| known.currency),
    };
    let currency = history.totals.spend.currency();
    let line = || Message::new("cli-currency-taken").with("currency", currency.code()).text(language);
    Ok(stated.is_none().then(line))
}

fn journal_line(head: &Head, language: Language) -> String {
    let entries = i64::try_from(head.entries).unwrap_or(i64::MAX);
    Message::new("cli-journal").with("entries", entries).with("head", head.head.as_str()).text(language)
}

/// A brain with the parts that the arguments name, over a database that is not opened yet.
pub(super) fn builder(input: &Input) -> Result<BrainBuilder> {
    let mut builder = database::builder(&input.db, input.accounts.as_deref())?;
    if let Some(path) = &input.people {
        builder = builder.people_given(people(path)?);
    }
    if let Some(program) = &input.ffmpeg {
        builder = builder.films(FilmProgram::at(program));
    }
    if input.rules.as_os_str() != "guarded" {
        builder = builder.rules(AlertRules::named(&input.rules)?);
    }
    if let Some(path) = &input.channels {
        builder = builder.channels(Channels::read(path)?);
    }
    if let Some(path) = &input.words {
        builder = builder.words(Words::read(path)?);
    }
    if input.daily_budgets {
        builder = builder.daily_budgets(true);
    }
    if let Some(autonomy) = &input.autonomy {
        builder = builder.autonomy(autonomy.clone());
    }
    let Some(path) = &input.world else { return Ok(builder) };
    Ok(builder.world(Arc::new(World::from_toml(&files::text(path, "--world")?)?)))
}

/// Reads people, or the sources that they are read from.
fn people(path: &Path) -> Result<PeopleGiven> {
    let value = serde_json::from_slice(&files::read(path)?).map_err(|error| {
        // The error of serde shows no text of the file, which may hold tokens.
        let place = format!("{} is no JSON: line {}, column {}", path.display(), error.line(), error.column());
        Error::invalid("--people", place).next("write a source (`adbrain schema people_source`) or a list of them")
    })?;
    PeopleGiven::from_value(&value)
}

/// Reads the brief and the history of a run.
pub(super) fn request(brief_path: &Path, input: &Input) -> Result<RunRequest> {
    let brief = Brief::from_json(&files::read(brief_path)?)?;
    let history = history(input, brief.budget.currency())?;
    let defaults = RunRequest::new(brief);
    let mut steps = defaults.steps;
    steps.timeout = input.step_timeout.map(step_time).transpose()?.or(steps.timeout);
    steps.retry.attempts = input.retries.map_or(steps.retry.attempts, |retries| retries.saturating_add(1));
    Ok(RunRequest {
        folder: files::folder_of(brief_path),
        history,
        steps,
        seed: input.seed,
        days: input.days,
        mode: input.mode.into(),
        run: input.run_id.as_deref().map(RunId::new),
        apply: input.winner_rule.apply(),
        ..defaults
    })
}

fn step_time(time: SignedDuration) -> Result<Duration> {
    Duration::try_from(time).ok().filter(|time| !time.is_zero()).ok_or_else(|| {
        Error::invalid("--step-timeout", format!("{time:#} is not above zero")).next("give a time such as 90s or 15m")
    })
}

fn history(input: &Input, currency: Currency) -> Result<Option<History>> {
    let Some(path) = &input.history else { return Ok(None) };
    let mapping = input.mapping.as_deref().map(mapping).transpose()?;
    import_file(&files::read(path)?, mapping.as_ref(), currency).map(Some)
}

pub(super) fn mapping(path: &Path) -> Result<HistoryMapping> {
    let text = String::from_utf8(files::read(path)?)
        .map_err(|error| Error::invalid("--mapping", "is not UTF-8").next("save it as UTF-8").caused_by(error))?;
    HistoryMapping::from_json(&text)
}

/// The language of what is printed.
pub(super) fn language(brief: &Brief, input: &Input) -> Language {
    input.lang.map_or_else(|| brief.spoken().unwrap_or(Language::English), Into::into)
}

/// Runs a request to its end; Ctrl-C stops it, and the same command goes on from there.
pub(super) async fn execute(
    input: &Input,
    (builder, request): (BrainBuilder, RunRequest),
    events: Events,
) -> Result<(RunResult, Head)> {
    builder.check(&request)?;
    let brain = builder.database(database::connect(&input.db).await?).build().await?;
    let cancel = Cancel::new();
    let mut run = Box::pin(brain.run(request, Watch { events, cancel: cancel.clone() }));
    let result = tokio::select! {
        result = &mut run => result,
        _ = super::interrupted() => {
            cancel.cancel();
            run.await
        }
    };
    let result = result?;
    if input.channels.is_some() {
        tell_undelivered(&brain, language(&result.brief, input)).await?;
    }
    Ok((result, head(brain.database().as_ref()).await?))
}

/// Says on the standard error what did not arrive, the newest problem of each channel.
async fn tell_undelivered(brain: &Brain, language: Language) -> Result<()> {
    let mut told = BTreeSet::new();
    for delivery in brain.letters(LETTERS).await?.into_iter().flat_map(|letter| letter.deliveries) {
        let is_open = matches!(delivery.state, DeliveryState::Waiting | DeliveryState::Sending | DeliveryState::Failed);
        let Some(problem) = delivery.problem.filter(|_| is_open) else { continue };
        if told.insert(delivery.channel.clone()) {
            let line = undelivered(&delivery.channel, &problem).text(language);
            drop(writeln!(std::io::stderr(), "{line}"));
        }
    }
    Ok(())
}

fn write_report(report: &Report, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for language in Language::ALL {
        let pages = [("html", report.html(*language)?), ("md", report.markdown(*language)?)];
        for (ending, text) in pages {
            let path = folder.join(format!("report.{language}.{ending}"));
            files::write(&path, text.as_bytes())?;
            written.push(path);
        }
    }
    Ok(written)
}

/// The tiles, one a line, what is to be known besides, and the paths.
fn summary(
    report: &Report,
    (notes, written): (impl IntoIterator<Item = String>, &[PathBuf]),
    language: Language,
) -> String {
    let document = report.document();
    let mut lines = vec![format!("{} ({})", document.title, document.basis.text(language))];
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let tiles = blocks.filter_map(|block| if let Block::Tiles(tiles) = block { Some(tiles) } else { None }).flatten();
    lines.extend(tiles.map(|tile| {
        Message::new("cli-tile")
            .with("label", format!("{:<6}", tile.label.text(language)))
            .with("value", tile.reached(language))
            .with("target", tile.target.write(language))
            .text(language)
    }));
    lines.extend(notes);
    let paths = written.iter().map(|path| path.display().to_string());
    lines.push(Message::new("cli-written").text(language));
    lines.extend(paths.map(|path| format!("  {path}")));
    lines.join("\n")
}

/// Draws the loop for a small brief of so many days; nothing runs and nothing is kept.
pub(super) async fn graph(args: Graph) -> Result<()> {
    let folder = files::TemporaryFolder::make("adbrain-graph")?;
    let brain = Brain::local(&folder.path().join("graph.db")).await?;
    let mermaid = brain.graph(RunRequest { days: Some(args.days), ..RunRequest::new(small_brief()?) }).await?;
    super::tell(args.json.as_deref(), &json!({"days": args.days, "mermaid": mermaid}), &mermaid)
}

/// The least brief that passes its check, over the longest flight.
fn small_brief() -> Result<Brief> {
    let brief = json!({
        "name": "graph", "brand": "graph", "industry": "graph", "objective": "sales", "markets": ["BR"], "language": "en",
        "flight": {"start": "2027-01-01", "end": "2028-12-31", "time_zone": "UTC"},
        "budget": {"amount": "100000.00", "currency": "BRL"}, "formats": ["video"],
        "product": {"name": "graph", "url": "https://example.com", "benefits": ["graph"]},
    });
    Brief::from_json(brief.to_string().as_bytes())
}
