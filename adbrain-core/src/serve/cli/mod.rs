//! The command line: one `run(args)` that the binary, the wheel and the npm package call.
//!
//! In: arguments. Out: text and an exit code. Called by the binary and the bindings. Never holds logic of its own.

mod alerts;
mod args;
mod audit;
mod campaign;
mod connect;
mod database;
mod demo;
mod doctor;
mod export;
mod files;
mod guide;
mod init;
mod memory;
mod monitor;
mod order;
#[cfg(feature = "dashboard")]
mod page;
mod plan;
mod progress;
mod pull;
mod reference;
mod report;
mod roi;
mod rules;
#[cfg(feature = "dashboard")]
mod serve;
mod sim;
#[cfg(test)]
mod tests;
mod twin;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use clap::{CommandFactory as _, Parser as _};
use serde::Serialize;

use crate::error::{Error, ErrorKind, Result, Source};
use crate::model::canonical_json;
use crate::schema;
use args::{Cli, Command};

pub use reference::reference;

/// Everything went well.
const DONE: i32 = 0;
/// Something failed.
const FAILED: i32 = 1;
/// The arguments or the files given are wrong.
const WRONG_INPUT: i32 = 2;
/// Policy, a cap, a person or the kill switch says no, or a person has to say yes first.
const REFUSED: i32 = 4;
/// Something was sent, and what came of it is not known.
const UNKNOWN: i32 = 5;
/// Stopped by Ctrl-C or SIGTERM, as shells write it.
const STOPPED: i32 = 130;

/// Runs the command line with its arguments, the program's name first. Gives the exit code: 0 done, 1 failed, 2 wrong arguments or
/// wrong input, 4 refused, 5 the outcome is not known, 130 stopped.
///
/// ```
/// assert_eq!(adbrain_core::cli::run(["adbrain", "schema", "--list"].map(Into::into)), 0);
/// assert_eq!(adbrain_core::cli::run(["adbrain", "schema", "nothing"].map(Into::into)), 2);
/// ```
pub fn run(args: impl IntoIterator<Item = OsString>) -> i32 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            drop(error.print());
            return error.exit_code();
        }
    };
    match traced(|| execute(cli.command)) {
        Ok(()) => DONE,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "{}", error_line(&error)));
            exit_code(error.kind())
        }
    }
}

/// What the process ends with after an error.
fn exit_code(kind: ErrorKind) -> i32 {
    match kind {
        ErrorKind::InvalidInput => WRONG_INPUT,
        ErrorKind::Refused | ErrorKind::NeedsApproval => REFUSED,
        ErrorKind::OutcomeUnknown => UNKNOWN,
        ErrorKind::Cancelled => STOPPED,
        _ => FAILED,
    }
}

/// Does some work and sends its spans where the standard variables of OpenTelemetry say. A collector that is not there fails nothing.
#[cfg(feature = "telemetry")]
fn traced(work: impl FnOnce() -> Result<()>) -> Result<()> {
    let Some(telemetry) = crate::telemetry::Telemetry::from_environment()? else { return work() };
    // A program that this command line is part of may listen already; then it decides where spans go.
    let is_ours = telemetry.install().is_ok();
    let done = work();
    if let Err(error) = telemetry.close()
        && is_ours
    {
        drop(writeln!(std::io::stderr(), "{}", error_line(&error)));
    }
    done
}

#[cfg(not(feature = "telemetry"))]
fn traced(work: impl FnOnce() -> Result<()>) -> Result<()> {
    work()
}

/// The error on one line: kind, what, and what to do next.
fn error_line(error: &Error) -> String {
    let text = format!("error[{}]: {error}", error.kind());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn execute(command: Command) -> Result<()> {
    match command {
        Command::Run(args) => block_on(campaign::run(args)),
        Command::Monitor(args) => block_on(monitor::run(args)),
        Command::Schema(args) => show_schema(&args),
        Command::Init(args) => init::run(&args),
        Command::Doctor(args) => block_on(doctor::run(args)),
        Command::Completions(args) => print(completions(args.shell).trim_end()),
        Command::Graph(args) => block_on(campaign::graph(args)),
        Command::Connect(args) => block_on(connect::run(args)),
        Command::Pull(args) => block_on(pull::run(args)),
        Command::Demo(args) => block_on(demo::run(args)),
        Command::Plan(args) => block_on(plan::run(args)),
        Command::Approve(args) => block_on(order::approve(args)),
        Command::Refuse(args) => block_on(order::refuse(args)),
        Command::Apply(args) => block_on(order::apply(args)),
        Command::Status(args) => block_on(order::status(args)),
        Command::Drift(args) => block_on(order::drift(args)),
        Command::Adopt(args) => block_on(order::adopt(args)),
        Command::Release(args) => block_on(order::release(args)),
        Command::Stop(args) => block_on(order::stop(args)),
        Command::Resume(args) => block_on(order::resume(args)),
        Command::Undo(args) => block_on(order::undo(args)),
        Command::Report(args) => block_on(report::run(args)),
        Command::Export(args) => block_on(export::run(args)),
        Command::Audit(args) => block_on(audit::run(args)),
        Command::Sim(args) => block_on(sim::run(args)),
        Command::Rules(args) => rules::run(args),
        Command::Alerts(args) => block_on(alerts::run(args)),
        Command::Memory(args) => block_on(memory::run(args)),
        Command::Roi(args) => block_on(roi::run(args)),
        #[cfg(feature = "dashboard")]
        Command::Serve(args) => block_on(serve::run(args)),
    }
}

/// Prints a schema or the names of all; a schema is JSON in any case.
fn show_schema(args: &args::Schema) -> Result<()> {
    let text = schema_text(args)?;
    let json = args.json.as_deref();
    if args.list { tell(json, &schema::names(), &text) } else { tell(json, &raw(&text)?, &text) }
}

/// JSON text as a value.
fn raw(text: &str) -> Result<serde_json::Value> {
    serde_json::from_str(text)
        .map_err(|error| Error::new(ErrorKind::Internal, "a schema is no JSON").next("report it").caused_by(error))
}

/// The schema, or the names of all.
fn schema_text(args: &args::Schema) -> Result<String> {
    match &args.name {
        Some(name) if !args.list => schema::text(name),
        _ => Ok(schema::names().join("\n")),
    }
}

/// The script that makes a shell complete the commands and their options.
fn completions(shell: clap_complete::Shell) -> String {
    let (mut command, mut script) = (Cli::command(), Vec::new());
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Runs one command to its end on a runtime of its own.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the runtime cannot start")
            .next("free some memory or threads, then try again")
            .caused_by(Box::new(error) as Source)
    })?;
    runtime.block_on(work)
}

/// Listens from the moment of the call on, and waits until the process is to end: by Ctrl-C, or by SIGTERM as service managers and containers
/// send it.
fn interrupted() -> impl Future<Output = Result<()>> {
    let signals = signals();
    async move {
        let (mut interrupt, mut terminate) = signals.map_err(|error| {
            Error::new(ErrorKind::Unavailable, "the machine gives no signals")
                .next("run it on another machine")
                .caused_by(Box::new(error) as Source)
        })?;
        tokio::select! {
            _ = interrupt.recv() => Ok(()),
            _ = terminate.recv() => Ok(()),
        }
    }
}

#[cfg(unix)]
fn signals() -> std::io::Result<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
}

#[cfg(windows)]
fn signals() -> std::io::Result<(tokio::signal::windows::CtrlC, tokio::signal::windows::CtrlBreak)> {
    Ok((tokio::signal::windows::ctrl_c()?, tokio::signal::windows::ctrl_break()?))
}

/// Prints text, and writes the value as JSON where that is asked for; `-` prints the JSON in place of the text.
fn tell(json: Option<&Path>, value: &impl Serialize, text: &str) -> Result<()> {
    write_json(json, value)?;
    if is_in_place(json) { Ok(()) } else { print(text) }
}

/// Writes the value as JSON where that is asked for; `-` prints it.
fn write_json(json: Option<&Path>, value: &impl Serialize) -> Result<()> {
    write_json_bytes(json, || canonical_json(value))
}

/// Writes what is JSON already where that is asked for; `-` prints it.
fn write_json_bytes(json: Option<&Path>, bytes: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
    let Some(path) = json else { return Ok(()) };
    let bytes = bytes()?;
    if is_in_place(json) { print(&String::from_utf8_lossy(&bytes)) } else { files::write(path, &bytes) }
}

/// Whether the JSON is printed in place of the text.
fn is_in_place(json: Option<&Path>) -> bool {
    json.is_some_and(|path| path.as_os_str() == "-")
}

/// Writes text to the standard output; a reader that has gone away is no failure.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(ErrorKind::Unavailable, "the output cannot be written")
                .next("check the free space where it goes")
                .caused_by(Box::new(error) as Source))
        }
        _ => Ok(()),
    }
}
