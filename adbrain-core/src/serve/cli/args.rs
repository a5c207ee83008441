//! The arguments.

mod accounts;
pub(super) mod alerts;
mod audit;
mod common;
mod desk;
mod input;
pub(super) mod memory;
mod report;
mod rules;
mod run;
mod setup;
mod sim;

use clap::{Parser, Subcommand};

pub(super) use accounts::{Connect, Pull};
pub(super) use alerts::Alerts;
pub(super) use audit::{Audit, NewKey, Sign, Verify};
pub(super) use common::{Answer, Reach, Store, Tongue, WinnerRule};
pub(super) use desk::{Adopt, Apply, Approve, Desk, Refuse, Release, Resume, Status, Stop, Undo};
pub(super) use input::Input;
pub(super) use memory::Memory;
pub(super) use report::{Export, Report, ReportFormat, Tool};
pub(super) use rules::{Backtest, Check as RulesCheck, Rules, Test as RulesTest};
#[cfg(feature = "dashboard")]
pub(super) use run::Serve;
pub(super) use run::{Demo, Graph, Monitor, Plan, Run};
pub(super) use setup::{Completions, Doctor, Init, Schema};
pub(super) use sim::{Roi, Seeds, Sim};

/// What each exit code says, and what is read from the environment.
const AFTER_HELP: &str = "\
Exit codes:
    0  done
    1  failed
    2  wrong arguments or wrong input
    4  refused: by policy, a cap, a person or the kill switch, or it waits for an approval
    5  sent, and what came of it is not known: look before it is ordered again
  130  stopped by Ctrl-C or SIGTERM; the same command goes on

The answer goes to the standard output, progress and errors to the standard error. An error ends with what to do next.
NO_COLOR turns colours off. ADBRAIN_DB_TOKEN is the token of a database server.";

/// Plan, launch, watch and improve paid-media campaigns. Spends nothing: campaigns run in a simulated market.
#[derive(Debug, Parser)]
#[command(name = "adbrain", version, propagate_version = true, after_help = AFTER_HELP)]
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
    #[command(visible_alias = "import")]
    Pull(Pull),
    /// Runs the loop on an example, in the simulated market or over fake platforms.
    Demo(Demo),
    /// Makes a plan and shows what it would do, what it may cost at most and what needs a person. Writes nothing to a platform.
    Plan(Plan),
    /// Approves a plan by its hash and lets what was created of it deliver, or a proposal that waits and does it.
    Approve(Approve),
    /// Refuses a plan or a proposal by its hash: it is not done until a person approves it.
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
    /// Lists what campaigns have taught, forgets and exports it, and backs the database up.
    #[command(subcommand)]
    Memory(Memory),
    /// Measures in simulated worlds what the engine is made for: set-up, returns, reaction and campaigns for the same attention, each beside its baseline.
    /// Takes some minutes.
    Roi(Roi),
    /// Shows the loop's events on a local page.
    #[cfg(feature = "dashboard")]
    Serve(Serve),
}
