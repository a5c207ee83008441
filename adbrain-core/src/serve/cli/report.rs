//! `report`: writes the report of a result file or of a run of the database in one format, or those that are due by schedule.

use std::io::Write as _;
use std::path::Path;

use super::args::{Report as Args, ReportFormat};
use super::{database, files};
use crate::alert::notify::Channels;
use crate::brain::RunResult;
use crate::clock::{Clock as _, SystemClock};
use crate::control::head;
use crate::error::{Error, Result, Source};
use crate::model::{Language, Message};
use crate::report::{MadeReport, MadeReports, Report, Schedules};

/// Writes the report to a file, or to the standard output.
pub(super) async fn run(args: Args) -> Result<()> {
    if let Some(path) = &args.schedules {
        return due(&args, path).await;
    }
    if let Some(path) = &args.out {
        files::check_target(path)?;
    } else if matches!(args.format, ReportFormat::Xlsx | ReportFormat::Pdf) {
        return Err(
            Error::invalid("--out", "is needed for a workbook and for PDF").next("name a file: --out report.xlsx")
        );
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
        ReportFormat::Pdf => report.pdf(language),
    }
}

/// Makes the reports that are due, sends what is due to the channels, and fails where something could not be made.
async fn due(args: &Args, path: &Path) -> Result<()> {
    let schedules = Schedules::read(path)?;
    let mut builder = database::builder(&args.store.db, None)?;
    if let Some(path) = &args.channels {
        builder = builder.channels(Channels::read(path)?);
    }
    let brain = builder.database(database::open(&args.store.db).await?).build().await?;
    let made = schedules.make(&brain, args.run_id.as_deref(), args.now.unwrap_or_else(|| SystemClock.now())).await?;
    let language = args.lang.map_or(Language::English, Into::into);
    super::tell(args.json.as_deref(), &made, &told(&made, language))?;
    for (channel, why) in brain.deliver().await?.problems {
        eprintln!("{}", super::alerts::undelivered(&channel, &why).text(language));
    }
    if made.problems.is_empty() {
        return Ok(());
    }
    Err(Error::new(crate::ErrorKind::Unavailable, format!("{} schedules made no report", made.problems.len()))
        .next("correct what is said of each, then call it again: what was made is not made twice"))
}

/// A line for each report, then what went wrong.
fn told(made: &MadeReports, language: Language) -> String {
    let line = |made: &MadeReport| {
        let files: Vec<_> = made.files.iter().map(|path| path.display().to_string()).collect();
        let places = files.into_iter().chain(made.channels.clone()).collect::<Vec<_>>().join(", ");
        Message::new("cli-report-made")
            .with("schedule", made.schedule.as_str())
            .with("first", made.first.to_string())
            .with("last", made.last.to_string())
            .with("places", places)
    };
    let wrong = |(schedule, why): (&String, &String)| {
        Message::new("cli-report-not-made").with("schedule", schedule.as_str()).with("why", why.as_str())
    };
    let lines: Vec<_> = made.made.iter().map(line).chain(made.problems.iter().map(wrong)).collect();
    if lines.is_empty() {
        return Message::new("cli-report-nothing-due").text(language);
    }
    lines.iter().map(|line| line.text(language)).collect::<Vec<_>>().join("\n")
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
