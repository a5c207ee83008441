//! `report`: writes the report of a result file or of a run of the database in one format.

use std::io::Write as _;

use super::args::{Report as Args, ReportFormat};
use super::{database, files};
use crate::brain::RunResult;
use crate::control::head;
use crate::error::{Error, Result, Source};
use crate::model::Language;
use crate::report::Report;

/// Writes the report to a file, or to the standard output.
pub(super) async fn run(args: Args) -> Result<()> {
    if let Some(path) = &args.out {
        files::check_target(path)?;
    } else if args.format == ReportFormat::Xlsx {
        return Err(Error::invalid("--out", "is needed for a workbook").next("name a file: --out report.xlsx"));
    }
    let (report, own) = report(&args).await?;
    super::write_json_bytes(args.json.as_deref(), || report.json())?;
    if super::is_in_place(args.json.as_deref()) {
        return Ok(());
    }
    let bytes = write(&report, args.format, args.lang.map_or(own, Into::into))?;
    match &args.out {
        Some(path) => files::write(path, &bytes),
        None => print(&bytes),
    }
}

/// The report, and the language of its brief.
async fn report(args: &Args) -> Result<(Report, Language)> {
    if let Some(path) = &args.result {
        let result: RunResult = serde_json::from_slice(&files::read(path)?).map_err(|error| {
            let what =
                format!("{} is no result of a run: line {}, column {}", path.display(), error.line(), error.column());
            Error::invalid("RESULT", what).next("give the file that `adbrain run --json` wrote").caused_by(error)
        })?;
        return Ok((Report::of(&result), result.brief.language()));
    }
    let brain = database::brain(&args.store.db, None).await?;
    let result = brain.result(args.run_id.as_deref()).await?;
    let head = head(brain.database().as_ref()).await?;
    Ok((Report::of(&result).sealed(&head), result.brief.language()))
}

fn write(report: &Report, format: ReportFormat, language: Language) -> Result<Vec<u8>> {
    match format {
        ReportFormat::Html => report.html(language).map(String::into_bytes),
        ReportFormat::Md => report.markdown(language).map(String::into_bytes),
        ReportFormat::Csv => report.csv(language).map(String::into_bytes),
        ReportFormat::Json => report.json(),
        ReportFormat::Xlsx => report.xlsx(language),
    }
}

/// Writes bytes as they are to the standard output; a reader that has gone away is no failure.
fn print(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(crate::ErrorKind::Unavailable, "the output cannot be written")
                .next("check the free space where it goes")
                .caused_by(Box::new(error) as Source))
        }
        _ => Ok(()),
    }
}
