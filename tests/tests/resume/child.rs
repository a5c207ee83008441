//! The process that is killed: this test binary, started again to run the whole loop in a folder.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use adbrain_core::agent::workflow::{Cancel, Event, EventKind, Events};
use adbrain_core::brain::{Brain, RunRequest, Watch};
use adbrain_core::control::Mode;
use adbrain_core::measure::import_file;
use adbrain_core::model::Brief;
use adbrain_core::report::Report;
use adbrain_core::store;

use crate::Outcome;
use crate::stop::{Stop, StoppingDatabase, Which, Writes};

/// The folder that the other process works in; without it a child test does nothing.
const FOLDER: &str = "ADBRAIN_TEST_FOLDER";
/// Where it stands still.
const STOP: &str = "ADBRAIN_TEST_STOP";

/// Days of the flight: two reviews by the analyst, and 21 steps in all.
pub(crate) const DAYS: u32 = 8;
/// The database in the folder.
pub(crate) const DATABASE: &str = "brain.db";
/// The result as JSON, as `adbrain run --json` writes it.
pub(crate) const RESULT: &str = "result.json";
/// What was heard of a run that came to its end, one event a line.
const HEARD: &str = "heard.txt";

/// The whole loop through the library, with a database that may stand still.
pub(crate) fn library(folder: &Path, stop: Option<Stop>) -> std::io::Result<Child> {
    start("child::the_loop_that_is_killed", folder, stop)
}

/// The whole loop as the command line runs it.
pub(crate) fn command_line(folder: &Path) -> std::io::Result<Child> {
    start("child::the_command_line_that_is_killed", folder, None)
}

fn start(name: &str, folder: &Path, stop: Option<Stop>) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    if let Some(stop) = stop {
        command.env(STOP, stop.to_string());
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// The example: brief, history and media.
pub(crate) fn request(days: u32) -> Outcome<RunRequest> {
    let examples = adbrain_tests::root().join("examples");
    let brief = Brief::from_json(&std::fs::read(examples.join("brief.json"))?)?;
    let history = import_file(&std::fs::read(examples.join("history.csv"))?, None, brief.budget.currency())?;
    let (days, mode) = (Some(days), Mode::Sandbox);
    Ok(RunRequest { folder: examples, history: Some(history), days, mode, ..RunRequest::new(brief) })
}

#[tokio::test]
async fn the_loop_that_is_killed() -> Outcome {
    let Some(folder) = std::env::var_os(FOLDER) else { return Ok(()) };
    let stop = std::env::var(STOP).ok().map(|text| text.parse::<Stop>()).transpose()?;
    let (folder, writes) = (Path::new(&folder), Arc::new(Writes::default()));
    let path = folder.join(DATABASE);
    let database = StoppingDatabase { inner: store::open(&path).await?, stop, writes: Arc::clone(&writes) };
    let brain = Brain::builder().local(&path).database(Arc::new(database)).build().await?;
    let events = Events::channel();
    let mut subscription = events.subscribe();
    let result = brain.run(request(DAYS)?, Watch { events, cancel: Cancel::new() }).await?;
    let mut heard = format!("writes Step {}\nwrites Any {}\n", writes.count(Which::Step), writes.count(Which::Any));
    while let Some(event) = subscription.try_next() {
        heard.extend(line(&event));
    }
    assert_eq!(subscription.missed(), 0);
    std::fs::write(folder.join(RESULT), Report::of(&result).json()?)?;
    Ok(std::fs::write(folder.join(HEARD), heard)?)
}

fn line(event: &Event) -> Option<String> {
    let step = event.step.as_deref()?;
    match event.kind {
        EventKind::Started { .. } => Some(format!("started {step}\n")),
        EventKind::Resumed => Some(format!("resumed {step}\n")),
        _ => None,
    }
}

#[test]
fn the_command_line_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (folder, examples) = (Path::new(&folder), adbrain_tests::root().join("examples"));
    let days = DAYS.to_string();
    let files = [
        ("--brief", examples.join("brief.json")),
        ("--history", examples.join("history.csv")),
        ("--db", folder.join(DATABASE)),
        ("--json", folder.join(RESULT)),
    ];
    let files = files.into_iter().flat_map(|(name, path)| [name.into(), path.into_os_string()]);
    let words = ["adbrain", "run", "--seed", "7", "--days", &days].map(Into::into);
    assert_eq!(adbrain_core::cli::run(words.into_iter().chain(files)), 0);
}

/// What a run that came to its end said of itself.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Steps that ran.
    pub(crate) started: BTreeSet<String>,
    /// Steps that were loaded.
    pub(crate) resumed: BTreeSet<String>,
    /// Transactions that kept finished steps.
    pub(crate) step_writes: u32,
    /// All transactions.
    pub(crate) all_writes: u32,
}

/// Runs the loop in a folder to its end.
pub(crate) fn to_its_end(folder: &Path) -> Outcome<Heard> {
    let output = library(folder, None)?.wait_with_output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stdout).into_owned().into());
    }
    let mut heard = Heard::default();
    for line in std::fs::read_to_string(folder.join(HEARD))?.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["started", step] => drop(heard.started.insert(step.to_owned())),
            ["resumed", step] => drop(heard.resumed.insert(step.to_owned())),
            ["writes", "Step", count] => heard.step_writes = count.parse()?,
            ["writes", "Any", count] => heard.all_writes = count.parse()?,
            _ => return Err(format!("not understood: {line}").into()),
        }
    }
    Ok(heard)
}
