//! Kills at random moments of the command line, which goes on with the same command.

use std::io::{BufRead as _, BufReader, Lines};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr};
use std::time::Duration;

use adbrain_core::stats::random::Random;

use crate::Outcome;
use crate::account::{self, End};
use crate::child::{self, DAYS};

/// The seed of the places and moments; any fixed number would do.
pub(crate) const SEED: u64 = 20_270_104;
/// So many runs are killed.
const KILLS: u32 = 20;
/// Lines of progress that a run prints at least: one for each day.
const LINES: u64 = DAYS as u64;
/// The kill comes at most so many microseconds after a line, so that it meets the middle of a step.
const LATER: u64 = 12_000;

#[tokio::test]
async fn a_command_killed_at_random_moments_goes_on_when_it_is_given_again() -> Outcome {
    let whole = uninterrupted().await?;
    let mut random = Random::at(SEED, &[2]);
    let (mut kills, mut steps) = (0, 0);
    while kills < KILLS {
        let folder = tempfile::tempdir()?;
        // Some runs are killed more than once before they may end.
        let times = 1 + random.below(3);
        for _ in 0..times {
            kills += u32::from(killed(folder.path(), &mut random)?);
        }
        steps += account::kept(folder.path()).await?.len();
        finish(folder.path())?;
        account::end(folder.path()).await?.check_same(&whole, &format!("after {kills} kills"));
    }
    println!("{kills} kills at random moments, {steps} steps kept before them: same bytes, nothing twice");
    Ok(())
}

async fn uninterrupted() -> Outcome<End> {
    let (folder, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    finish(folder.path())?;
    child::to_its_end(other.path())?;
    let end = account::end(folder.path()).await?;
    end.check_same(&account::end(other.path()).await?, "command line and library");
    Ok(end)
}

fn finish(folder: &Path) -> Outcome {
    let output = child::command_line(folder)?.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}

/// Kills the command some time after some line of its progress. False where it was done before.
fn killed(folder: &Path, random: &mut Random) -> Outcome<bool> {
    let mut process = child::command_line(folder)?;
    let errors = process.stderr.take().ok_or("no progress")?;
    let mut lines = BufReader::new(errors).lines();
    wait_for(&mut lines, random.below(LINES))?;
    std::thread::sleep(Duration::from_micros(random.below(LATER)));
    end(process, lines)
}

fn wait_for(lines: &mut Lines<BufReader<ChildStderr>>, count: u64) -> Outcome {
    for _ in 0..count {
        if lines.next().transpose()?.is_none() {
            break;
        }
    }
    Ok(())
}

fn end(mut process: Child, lines: Lines<BufReader<ChildStderr>>) -> Outcome<bool> {
    process.kill()?;
    let status = process.wait()?;
    let rest: Vec<_> = lines.map_while(Result::ok).collect();
    assert!(status.signal() == Some(9) || status.success(), "{status}: {rest:?}");
    Ok(status.signal() == Some(9))
}
