//! The kill switch in the environment: nothing is sent while it is on.

use std::path::Path;
use std::process::Command;

use super::{count, local, request, run};

/// The folder that the other process works in; without it the child test does nothing.
const FOLDER: &str = "ADBRAIN_TEST_FOLDER";
/// The switch.
const KILL: &str = "ADBRAIN_KILL";

#[tokio::test]
async fn the_loop_under_the_switch() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    run(&local(Path::new(&folder)).await, request(7)).await;
}

/// Runs the loop in a process of its own; gives the writes to the accounts, and the refusals by the switch.
fn writes_and_refusals(value: &str) -> (i64, i64) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["kill::the_loop_under_the_switch", "--exact", "--test-threads=1"]);
    let done = command.env(FOLDER, folder.path()).env(KILL, value).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let brain = local(folder.path()).await;
        let refused = "SELECT count(*) FROM journal WHERE state = 'refused' AND body LIKE '%refused-kill-switch%'";
        (count(&brain, "SELECT count(*) FROM sandbox_ledger").await, count(&brain, refused).await)
    })
}

#[test]
fn the_switch_in_the_environment_stops_every_write_and_no_or_zero_does_not() {
    for on in ["1", "on"] {
        let (writes, refusals) = writes_and_refusals(on);
        assert!(writes == 0 && refusals > 0, "{on}: {writes} writes, {refusals} refusals");
    }
    for off in ["0", ""] {
        let (writes, refusals) = writes_and_refusals(off);
        assert!(writes > 0 && refusals == 0, "{off}: {writes} writes, {refusals} refusals");
    }
}
