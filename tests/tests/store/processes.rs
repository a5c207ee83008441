//! Other processes: this test binary, started again as one of its own tests with a task in its environment.

use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What the other process does; without it a child test does nothing.
const TASK: &str = "ADBRAIN_TEST_TASK";
/// The database that it works on.
const FILE: &str = "ADBRAIN_TEST_FILE";

/// Starts the test called `name` in a process of its own, with a task and a file.
pub(crate) fn start(name: &str, task: &str, file: &Path) -> std::io::Result<Child> {
    let arguments = [name, "--exact", "--nocapture", "--test-threads=1"];
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).env(TASK, task).env(FILE, file).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()
}

/// The task and the file, where this process was started with some.
pub(crate) fn task() -> Option<(String, std::path::PathBuf)> {
    Some((std::env::var(TASK).ok()?, std::env::var_os(FILE)?.into()))
}
