//! The arguments.

pub(super) mod alerts;
mod desk;
mod rules;
mod setup;
mod sim;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;
use jiff::civil::Date;

use crate::control::{Autonomy, Mode};
use crate::experiment::{self, Rule};
use crate::model::Language;

pub(super) use alerts::Alerts;
pub(super) use desk::{Adopt, Apply, Approve, Desk, Refuse, Release, Resume, Status, Stop, Undo};
pub(super) use rules::{Backtest, Check as RulesCheck, Rules, Test as RulesTest};
pub(super) use setup::{Completions, Doctor, Init};
pub(super) use sim::{Roi, Seeds, Sim};

/// The seed where none is given; any fixed number would do.
const SEED: u64 = 7;

/// Plan, launch, watch and improve paid-media campaigns. Spends nothing: campaigns run in a simulated market.
#[derive(Debug, Parser)]
#[command(name = "adbrain", version, propagate_version = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Runs the whole loop and writes its report.
    Run(Run),
    /// Looks at a launched campaign every minute until its flight is over: closed days, the hours of today, the alert rules.
    Monitor(Monitor),
    /// Prints the JSON Schema of a message, for example of a brief.
    Schema(Schema),
    /// Writes a folder to start from: a brief with its film, alert rules, accounts to fill in, and what comes next. Writes over nothing.
    Init(Init),
    /// Looks at what is needed before real money is spent, and says the next step for what is missing. Writes nothing. Exit code 1 where
    /// something is wrong.
    Doctor(Doctor),
    /// Prints what makes a shell complete these commands.
    Completions(Completions),
    /// Draws the loop as a Mermaid flow chart.
    Graph(Graph),
    /// Opens ad accounts, reads what is in them, and writes nothing.
    Connect(Connect),
    /// Brings the closed days of ad accounts, or the rows of a file, into the database.
    Pull(Pull),
    /// Runs the loop on an example, in the simulated market or over fake platforms.
    Demo(Demo),
    /// Makes a plan and shows what it would do, what it may cost at most and what needs a person. Writes nothing to a platform.
    Plan(Plan),
    /// Approves a plan by its hash and lets what was created of it deliver.
    Approve(Approve),
    /// Refuses a plan by its hash: it is not launched until a person approves it.
    Refuse(Refuse),
    /// Launches the plan that was shown, paused, and lets it deliver where it is approved or may be.
    Apply(Apply),
    /// Shows where a run stands: steps, objects, caps, what waits for a person, the kill switch.
    Status(Status),
    /// Shows what people changed on a run's objects, field by field.
    Drift(Status),
    /// Takes a campaign that people made under a run's management, as it stands; writes nothing to the platform.
    Adopt(Adopt),
    /// Gives a campaign back that a run adopted: it is neither changed nor paused any more. Writes nothing to the platform.
    Release(Release),
    /// Turns the kill switch on: nothing but pauses is sent, by any process.
    Stop(Stop),
    /// Turns the kill switch off.
    Resume(Resume),
    /// Takes back a launch or a change by its journal entry.
    Undo(Undo),
    /// Writes the report of a run as a page, a text, a workbook or a table.
    Report(Report),
    /// Writes the cut plans of a run's videos for programs that cut video.
    Export(Export),
    /// Checks the journal of what was done.
    #[command(subcommand)]
    Audit(Audit),
    /// Tries policies of budgets in simulated worlds and prints their scores; fits a world to past results, and tries a plan in one. Spends
    /// nothing.
    Sim(Sim),
    /// Checks, tests and backtests alert rules; shows the presets and the metrics.
    #[command(subcommand)]
    Rules(Rules),
    /// Lists what people were told, takes note of it, and sends what is due.
    #[command(subcommand)]
    Alerts(Alerts),
    /// Measures in simulated worlds what the engine is made for: set-up, returns, reaction and campaigns for the same attention, each beside its baseline.
    /// Takes some minutes.
    Roi(Roi),
    /// Shows the loop's events on a local page.
    #[cfg(feature = "dashboard")]
    Serve(Serve),
}

/// What a run is made from.
#[derive(Debug, Args)]
pub(super) struct Input {
    /// Past results, a CSV file.
    #[arg(long, value_name = "FILE.csv")]
    pub(super) history: Option<PathBuf>,
    /// How the columns of the history are to be read, a JSON file (`adbrain schema history_mapping`).
    #[arg(long, value_name = "FILE.json", requires = "history")]
    pub(super) mapping: Option<PathBuf>,
    /// The database: a file, which is made where it is missing, or a server at `libsql://…`, whose token is in `ADBRAIN_DB_TOKEN`.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(super) db: PathBuf,
    /// The ad accounts that are used in place of the simulated market, a JSON file with a list (`adbrain schema account`).
    #[arg(long, value_name = "FILE.json", conflicts_with = "world")]
    pub(super) accounts: Option<PathBuf>,
    /// The brand's people, a JSON file: what `personas` gave back as people, or sources that they are read from at the start of the run
    /// (`adbrain schema people_source`).
    #[arg(long, value_name = "FILE.json")]
    pub(super) people: Option<PathBuf>,
    /// The program `ffmpeg`: crops the brief's own films where none has the shape that a platform takes.
    #[arg(long, value_name = "PROGRAM")]
    pub(super) ffmpeg: Option<PathBuf>,
    /// The simulated market, a TOML file as `adbrain-core/worlds/default.toml`; the built-in one by default.
    #[arg(long, value_name = "FILE.toml")]
    pub(super) world: Option<PathBuf>,
    /// The alert rules: a preset, or a TOML or JSON file as `adbrain rules show guarded` prints one, which is read anew each watched day.
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "guarded")]
    pub(super) rules: PathBuf,
    /// How people are told what alert rules have to tell: a TOML or JSON file (`adbrain schema channels`). Secrets are read from the environment.
    #[arg(long, value_name = "FILE.toml")]
    pub(super) channels: Option<PathBuf>,
    /// A language model that finds words: a TOML or JSON file (`adbrain schema words`). Its key is read from the environment.
    #[arg(long, value_name = "FILE.toml")]
    pub(super) words: Option<PathBuf>,
    /// Moves money between ad sets each day from the second week on, by what their days show.
    #[arg(long)]
    pub(super) daily_budgets: bool,
    /// How far proposals of alerts, tests and feedback go by themselves: observe, shadow, approve or automatic, also by platform and action, as
    /// `shadow,meta.pause=automatic`.
    #[arg(long, value_name = "LEVELS")]
    pub(super) autonomy: Option<Autonomy>,
    /// The seed of all luck.
    #[arg(long, default_value_t = SEED)]
    pub(super) seed: u64,
    /// How many days of the flight to run; all by default.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=731))]
    pub(super) days: Option<u32>,
    /// How far control may go.
    #[arg(long, value_enum, default_value_t = Reach::Sandbox)]
    pub(super) mode: Reach,
    /// The name of the run; a run that was cut off goes on where it was.
    #[arg(long, value_name = "ID")]
    pub(super) run_id: Option<String>,
    /// How the winner of a test is found: by its interval, or by the literal rule p < 0.05 and d > 0.3.
    #[arg(long, value_enum, default_value_t = WinnerRule::Practical)]
    pub(super) winner_rule: WinnerRule,
    /// How long one attempt of a step may take, for example `90s` or `15m`; 15 minutes by default.
    #[arg(long, value_name = "TIME")]
    pub(super) step_timeout: Option<SignedDuration>,
    /// How often a step is tried again after an error that says it may be; twice by default.
    #[arg(long, value_name = "TIMES")]
    pub(super) retries: Option<u32>,
    /// The language of what is printed; the brief's by default.
    #[arg(long, value_enum)]
    pub(super) lang: Option<Tongue>,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// What is asked for, a JSON file (`adbrain schema brief`).
    #[arg(long, value_name = "FILE.json")]
    pub(super) brief: PathBuf,
    #[command(flatten)]
    pub(super) input: Input,
    /// Where to write the result as JSON.
    #[arg(long, value_name = "FILE.json")]
    pub(super) json: Option<PathBuf>,
    /// The folder for the report in both languages; beside the database by default.
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Monitor {
    /// What was asked for, the same JSON file as that of the run.
    #[arg(long, value_name = "FILE.json")]
    pub(super) brief: PathBuf,
    #[command(flatten)]
    pub(super) input: Input,
    /// Seconds from one look to the next, 10 or more.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    pub(super) every: f64,
    /// Ends after so many looks; at the end of the flight by default.
    #[arg(long, value_name = "N")]
    pub(super) looks: Option<u64>,
    /// Prints each look as one line of JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The name of the message; `--list` names all.
    #[arg(required_unless_present = "list")]
    pub(super) name: Option<String>,
    /// Lists the names.
    #[arg(long)]
    pub(super) list: bool,
}

#[derive(Debug, Args)]
pub(super) struct Connect {
    /// The ad accounts, a JSON file with a list (`adbrain schema account`); or the name of a platform, to be told how an account is connected.
    #[arg(value_name = "FILE.json|PLATFORM")]
    pub(super) accounts: PathBuf,
    /// The database that remembers uploaded files.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(super) db: PathBuf,
    /// Where to write what was found as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(super) json: Option<PathBuf>,
    /// The language of what is printed.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    pub(super) lang: Tongue,
}

#[derive(Debug, Args)]
pub(super) struct Pull {
    /// The ad accounts, a JSON file with a list (`adbrain schema account`). Nothing is written to them.
    #[arg(value_name = "FILE.json", required_unless_present_any = ["facts", "analytics"])]
    pub(super) accounts: Option<PathBuf>,
    /// Properties of Google Analytics, a JSON file with one or a list of them (`adbrain schema analytics_source`).
    #[arg(long, value_name = "FILE.json")]
    pub(super) analytics: Option<PathBuf>,
    /// The first day that is read of accounts and analytics.
    #[arg(long, value_name = "DAY")]
    pub(super) first: Option<Date>,
    /// The last day, included; days that have not closed are left for later.
    #[arg(long, value_name = "DAY")]
    pub(super) last: Option<Date>,
    /// The time zone of accounts that do not tell theirs.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(super) time_zone: String,
    /// Analytics rows or orders, a CSV file.
    #[arg(long, value_name = "FILE.csv", requires = "mapping")]
    pub(super) facts: Option<PathBuf>,
    /// What the columns of the file are, a JSON file (`adbrain schema fact_mapping`).
    #[arg(long, value_name = "FILE.json", requires = "facts")]
    pub(super) mapping: Option<PathBuf>,
    /// Takes money that jumps by 100,000 times or more: somebody has looked at it.
    #[arg(long)]
    pub(super) accept_jumps: bool,
    /// The database.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(super) db: PathBuf,
    /// The language of what is printed.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    pub(super) lang: Tongue,
}

#[derive(Debug, Args)]
pub(super) struct Graph {
    /// How many days the loop runs.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=731))]
    pub(super) days: u32,
    /// Where to write the chart as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(super) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The accounts of fake platforms: the file that the program `fakes` writes, or the address that it prints. The simulated market by default.
    #[arg(long, value_name = "ACCOUNTS.json|URL")]
    pub(super) wire: Option<PathBuf>,
    /// The folder for the example, the database and the report.
    #[arg(long, value_name = "FOLDER", default_value = "adbrain-demo")]
    pub(super) out: PathBuf,
    /// The seed of all luck.
    #[arg(long, default_value_t = SEED)]
    pub(super) seed: u64,
    /// How many days of the simulated market to run.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=731))]
    pub(super) days: u32,
    /// Where to write the result as JSON.
    #[arg(long, value_name = "FILE.json")]
    pub(super) json: Option<PathBuf>,
    /// The language of what is printed; the brief's, Portuguese, by default.
    #[arg(long, value_enum)]
    pub(super) lang: Option<Tongue>,
}

#[derive(Debug, Args)]
pub(super) struct Plan {
    /// What is asked for, a JSON file (`adbrain schema brief`).
    #[arg(long, value_name = "FILE.json")]
    pub(super) brief: PathBuf,
    #[command(flatten)]
    pub(super) input: Input,
    /// Where to write the plan as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(super) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Report {
    /// The result of a run, the file that `run --json` wrote; without it a run of the database.
    #[arg(value_name = "RESULT.json", conflicts_with_all = ["db", "run_id"])]
    pub(super) result: Option<PathBuf>,
    /// The database.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(super) db: PathBuf,
    /// The run, or the hash of its plan or the first digits of that; the newest one by default.
    #[arg(long = "run", value_name = "ID")]
    pub(super) run_id: Option<String>,
    /// What is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Html)]
    pub(super) format: ReportFormat,
    /// Where to write it; the standard output by default.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// The language; the brief's by default.
    #[arg(long, value_enum)]
    pub(super) lang: Option<Tongue>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
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
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The run: `run` in its result, or the line of its report.
    #[arg(long = "run", value_name = "ID")]
    pub(super) run_id: String,
    /// What to write.
    #[arg(long, value_enum)]
    pub(super) tool: Tool,
    /// The folder for the files; it is made where it is missing.
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: PathBuf,
    /// The database.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(super) db: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Tool {
    /// CMX 3600 lists, for Premiere, Resolve and Avid.
    Edl,
    /// FCPXML, for Final Cut Pro and Resolve.
    Fcpxml,
    /// MP4 videos, through the program ffmpeg.
    Ffmpeg,
}

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Walks the whole journal and checks that no entry was changed, moved or removed.
    Verify(Verify),
    /// Makes a signing key in a file, and prints the public key that belongs to it.
    Key(NewKey),
    /// Signs where the journal ends, so that it can be checked later that nothing was cut off or rewritten.
    Sign(Sign),
}

#[derive(Debug, Args)]
pub(super) struct NewKey {
    /// Where the key goes; the file must not be there yet.
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Where to write the public key as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(super) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Sign {
    /// The database.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(super) db: PathBuf,
    /// The file with the signing key, as `adbrain audit key` makes it.
    #[arg(long, value_name = "FILE")]
    pub(super) key: PathBuf,
    /// Where the signed head goes; printed where it is left out.
    #[arg(long, value_name = "FILE.json")]
    pub(super) out: Option<PathBuf>,
    /// Where to write the signed head as JSON on one line; `-` prints it.
    #[arg(long, value_name = "FILE.json|-", conflicts_with = "out")]
    pub(super) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The database.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(super) db: PathBuf,
    /// The hash of an entry that must be there: the head of an earlier audit. Shows whether the end was cut off.
    #[arg(long, value_name = "HASH")]
    pub(super) head: Option<String>,
    /// A signed head, as `adbrain audit sign` wrote it: its signature is checked, and that the journal still holds it.
    #[arg(long, value_name = "FILE.json", requires = "public_key", conflicts_with = "head")]
    pub(super) signed: Option<PathBuf>,
    /// The public key of who signed it.
    #[arg(long, value_name = "HEX", requires = "signed")]
    pub(super) public_key: Option<String>,
    /// Where to write what was found as JSON, damage too; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(super) json: Option<PathBuf>,
}

#[cfg(feature = "dashboard")]
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// A brief to run while the page is open; without one the runs of the database are shown.
    #[arg(long, value_name = "FILE.json")]
    pub(super) brief: Option<PathBuf>,
    #[command(flatten)]
    pub(super) input: Input,
    /// The port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(super) port: u16,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Reach {
    /// Nothing is sent; every change is checked and recorded as planned.
    DryRun,
    /// Changes are sent to the simulated platforms.
    Sandbox,
    /// As with real money: a plan waits, paused, until a person approves it. The platforms are simulated here too.
    Live,
}

impl From<Reach> for Mode {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::DryRun => Self::DryRun,
            Reach::Sandbox => Self::Sandbox,
            Reach::Live => Self::Live,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum WinnerRule {
    /// The whole interval of the lift above the margin, with clicks no dearer.
    Practical,
    /// The literal rule, which errs in both directions: see the documentation.
    Legacy,
}

impl WinnerRule {
    /// What a run is told; nothing where its own default holds.
    pub(super) fn apply(self) -> Option<experiment::Apply> {
        match self {
            Self::Practical => None,
            Self::Legacy => Some(experiment::Apply { rule: Rule::Legacy, ..experiment::Apply::default() }),
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Tongue {
    /// Brazilian Portuguese.
    #[value(name = "pt-BR")]
    Portuguese,
    /// English.
    #[value(name = "en")]
    English,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Portuguese => Self::Portuguese,
            Tongue::English => Self::English,
        }
    }
}
