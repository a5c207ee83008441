//! `run` and `graph`: files in, one call of the brain, report out.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::{Graph, Input, Run};
use super::files;
use super::progress::Progress;
use crate::agent::workflow::{Cancel, Events};
use crate::brain::{Brain, RunRequest, RunResult, Watch};
use crate::error::{Error, Result};
use crate::measure::{HistoryMapping, import_csv};
use crate::model::{Brief, Currency, History, Language, Message, RunId};
use crate::report::{Block, Report};

/// Runs the loop, writes the files, prints the tiles and the paths.
pub(super) async fn run(args: Run) -> Result<()> {
    let request = request(&args.brief, &args.input)?;
    let language = language(&request.brief, &args.input);
    let progress = Progress::new(language);
    let result = execute(&args.input, request, progress.events()).await;
    progress.close().await;
    let result = result?;
    let report = Report::of(&result);
    let folder = args.out.unwrap_or_else(|| args.input.db.with_extension("report"));
    let mut written = write_report(&report, &folder)?;
    if let Some(path) = args.json {
        files::write(&path, &report.json()?)?;
        written.push(path);
    }
    super::print(&summary(&report, &written, language))
}

/// Reads the brief and the history of a run.
pub(super) fn request(brief_path: &Path, input: &Input) -> Result<RunRequest> {
    let brief = Brief::from_json(&files::read(brief_path)?)?;
    let history = history(input, brief.budget.currency())?;
    Ok(RunRequest {
        folder: files::folder_of(brief_path),
        history,
        seed: input.seed,
        days: input.days,
        mode: input.mode.into(),
        run: input.run_id.as_deref().map(RunId::new),
        apply: input.winner_rule.apply(),
        ..RunRequest::new(brief)
    })
}

fn history(input: &Input, currency: Currency) -> Result<Option<History>> {
    let Some(path) = &input.history else { return Ok(None) };
    let mapping = input.mapping.as_deref().map(mapping).transpose()?;
    import_csv(&files::read(path)?, mapping.as_ref(), currency).map(Some)
}

fn mapping(path: &Path) -> Result<HistoryMapping> {
    serde_json::from_slice(&files::read(path)?)
        .map_err(|error| Error::invalid("mapping", error).next("compare it with `adbrain schema history_mapping`"))
}

/// The language of what is printed.
pub(super) fn language(brief: &Brief, input: &Input) -> Language {
    input.lang.map_or(brief.language, Into::into)
}

/// Runs a request to its end; Ctrl-C stops it, and the same command goes on from there.
pub(super) async fn execute(input: &Input, request: RunRequest, events: Events) -> Result<RunResult> {
    files::make_folder_of(&input.db)?;
    request.brief.clone().check()?;
    let brain = Brain::local(&input.db).await?;
    let cancel = Cancel::new();
    let run = brain.run(request, Watch { events, cancel: cancel.clone() });
    tokio::pin!(run);
    tokio::select! {
        result = &mut run => result,
        _ = tokio::signal::ctrl_c() => {
            cancel.cancel();
            run.await
        }
    }
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

/// The tiles, one a line, and the paths.
fn summary(report: &Report, written: &[PathBuf], language: Language) -> String {
    let document = report.document();
    let mut lines = vec![format!("{} ({})", document.title, document.basis.text(language))];
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let tiles = blocks.filter_map(|block| if let Block::Tiles(tiles) = block { Some(tiles) } else { None }).flatten();
    lines.extend(tiles.map(|tile| {
        Message::new("cli-tile")
            .with("label", format!("{:<6}", tile.label.text(language)))
            .with("value", tile.value.write(language))
            .with("target", tile.target.write(language))
            .text(language)
    }));
    let paths = written.iter().map(|path| path.display().to_string());
    lines.push(Message::new("cli-written").text(language));
    lines.extend(paths.map(|path| format!("  {path}")));
    lines.join("\n")
}

/// Draws the loop for a small brief of so many days; nothing runs and nothing is kept.
pub(super) async fn graph(args: Graph) -> Result<String> {
    let folder = files::TemporaryFolder::make("adbrain-graph")?;
    let brain = Brain::local(&folder.path().join("graph.db")).await?;
    brain.graph(RunRequest { days: Some(args.days), ..RunRequest::new(small_brief()?) }).await
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
