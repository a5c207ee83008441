//! The arguments of what is written about a run.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Store, Tongue};

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Report {
    /// The result of a run, the file that `run --json` wrote; without it a run of the database.
    #[arg(value_name = "RESULT.json", conflicts_with_all = ["db", "run_id"])]
    pub(in crate::serve::cli) result: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    /// The run, or the hash of its plan or the first digits of that; the newest one by default.
    #[arg(long = "run", value_name = "ID")]
    pub(in crate::serve::cli) run_id: Option<String>,
    /// What is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Html)]
    pub(in crate::serve::cli) format: ReportFormat,
    /// Where to write it; the standard output by default.
    #[arg(long, value_name = "FILE")]
    pub(in crate::serve::cli) out: Option<PathBuf>,
    /// Where to write the result itself, or what was made of schedules, as JSON; `-` prints it in place of the report.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
    /// The language; the brief's by default.
    #[arg(long, value_enum)]
    pub(in crate::serve::cli) lang: Option<Tongue>,
    /// Makes the reports that are due by these schedules, each once, in place of one report: a TOML or JSON file (`adbrain schema schedules`).
    #[arg(long = "schedule", value_name = "FILE.toml", conflicts_with_all = ["result", "format", "out"])]
    pub(in crate::serve::cli) schedules: Option<PathBuf>,
    /// The moment whose reports are due, `2027-01-04T11:00:00Z`; now by default.
    #[arg(long, value_name = "TIME", requires = "schedules")]
    pub(in crate::serve::cli) now: Option<jiff::Timestamp>,
    /// The channels that schedules name, a TOML or JSON file (`adbrain schema channels`): what is due is sent.
    #[arg(long, value_name = "FILE.toml", requires = "schedules")]
    pub(in crate::serve::cli) channels: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::serve::cli) enum ReportFormat {
    /// One page with everything in it.
    Html,
    /// Markdown with tables.
    Md,
    /// The result itself.
    Json,
    /// One table, a line for each cell of the report.
    Csv,
    /// A workbook with a sheet for each section.
    Xlsx,
    /// Pages to print; in builds with the feature `pdf`.
    Pdf,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Export {
    /// The run: `run` in its result, or the line of its report.
    #[arg(long = "run", value_name = "ID")]
    pub(in crate::serve::cli) run_id: String,
    /// What to write.
    #[arg(long, value_enum)]
    pub(in crate::serve::cli) tool: Tool,
    /// The folder for the files; it is made where it is missing.
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::serve::cli) out: PathBuf,
    /// Where to write the paths as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::serve::cli) enum Tool {
    /// CMX 3600 lists, for Premiere, Resolve and Avid.
    Edl,
    /// FCPXML, for Final Cut Pro and Resolve.
    Fcpxml,
    /// MP4 videos, through the program ffmpeg.
    Ffmpeg,
}
