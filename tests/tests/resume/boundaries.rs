//! Kills at exact places: at both sides of each write that keeps steps, and of writes of any kind.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Child;

use adbrain_core::ErrorKind;
use adbrain_core::brain::{Brain, Watch};
use adbrain_core::stats::random::Random;

use crate::account::{self, End};
use crate::child::{self, Heard};
use crate::stop::{STANDS, Side, Stop, Which};
use crate::{Outcome, moments};

/// Writes of any kind at which the process is killed.
const ANY_WRITES: u64 = 20;
/// At least so many boundaries between steps are met on each side, of 21 steps of which two may be kept together.
const LEAST: u32 = 20;

#[tokio::test]
async fn a_run_killed_before_each_step_is_kept_ends_as_if_nothing_had_happened() -> Outcome {
    every_boundary(Side::Before).await
}

#[tokio::test]
async fn a_run_killed_after_each_step_is_kept_ends_as_if_nothing_had_happened() -> Outcome {
    every_boundary(Side::After).await
}

async fn every_boundary(side: Side) -> Outcome {
    let whole = Whole::run().await?;
    let mut kills = 0;
    for number in 1..=whole.heard.step_writes {
        kills += u32::from(whole.check(Stop { side, which: Which::Step, number }).await?);
    }
    assert!(kills >= LEAST, "{kills} boundaries were met");
    let (steps, sent) = (whole.heard.started.len(), whole.end.sent()?);
    println!(
        "{side:?}: {kills} kills, {steps} steps: same bytes, no step again, {sent} trees and files sent once each"
    );
    Ok(())
}

#[tokio::test]
async fn a_run_killed_at_any_write_ends_as_if_nothing_had_happened() -> Outcome {
    let whole = Whole::run().await?;
    let mut random = Random::at(moments::SEED, &[1]);
    for kill in 0..ANY_WRITES {
        let number = 1 + u32::try_from(random.below(whole.heard.all_writes.into()))?;
        let side = if kill % 2 == 0 { Side::Before } else { Side::After };
        whole.check(Stop { side, which: Which::Any, number }).await?;
    }
    println!("up to {ANY_WRITES} kills at random ones of {} writes: same bytes, nothing twice", whole.heard.all_writes);
    Ok(())
}

#[tokio::test]
async fn a_second_process_is_refused_while_the_first_one_works_and_goes_on_once_it_is_killed() -> Outcome {
    let whole = Whole::run().await?;
    let folder = tempfile::tempdir()?;
    let stop = Stop { side: Side::After, which: Which::Step, number: whole.heard.step_writes / 2 };
    let mut first = standing(folder.path(), stop)?.ok_or("the run did not come there")?;
    let kept = account::kept(folder.path()).await?;
    let brain = Brain::local(&folder.path().join(child::DATABASE)).await?;
    let refused = brain.run(child::request(child::DAYS)?, Watch::default()).await;
    let error = refused.err().ok_or("two processes worked on one run")?;
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert!(error.to_string().contains(&format!("process {}", first.id())), "{error}");
    assert_eq!(account::kept(folder.path()).await?, kept);
    kill(&mut first, stop)?;
    child::to_its_end(folder.path())?;
    account::end(folder.path()).await?.check_same(&whole.end, "after a second process was refused");
    Ok(())
}

/// A run that nobody killed.
struct Whole {
    heard: Heard,
    end: End,
}

impl Whole {
    async fn run() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let heard = child::to_its_end(folder.path())?;
        assert!(heard.resumed.is_empty());
        Ok(Self { end: account::end(folder.path()).await?, heard })
    }

    /// Kills a run at a place, resumes it and compares it with this one. Two steps that finish at once may be kept together, so
    /// that a run can have one write less than another and end before it comes to the last place; then nothing was killed.
    async fn check(&self, stop: Stop) -> Outcome<bool> {
        let folder = tempfile::tempdir()?;
        if !killed_at(folder.path(), stop)? {
            let last = if matches!(stop.which, Which::Step) { self.heard.step_writes } else { self.heard.all_writes };
            assert_eq!(stop.number, last, "{stop}: the run did not come there");
            account::end(folder.path()).await?.check_same(&self.end, &stop.to_string());
            return Ok(false);
        }
        let kept = account::kept(folder.path()).await?;
        let heard = child::to_its_end(folder.path()).map_err(|error| format!("{stop}: {error}"))?;
        assert_eq!(heard.resumed, kept, "{stop}: other steps were loaded than were kept");
        let left: BTreeSet<_> = self.heard.started.difference(&kept).cloned().collect();
        assert_eq!(heard.started, left, "{stop}: other steps ran than were left");
        account::end(folder.path()).await?.check_same(&self.end, &stop.to_string());
        Ok(true)
    }
}

/// Runs the loop up to a place and kills it there; false where the run ended before.
fn killed_at(folder: &Path, stop: Stop) -> Outcome<bool> {
    let Some(mut process) = standing(folder, stop)? else { return Ok(false) };
    kill(&mut process, stop)?;
    Ok(true)
}

/// A process that has run the loop up to a place and stands still there; none where the run ended before.
fn standing(folder: &Path, stop: Stop) -> Outcome<Option<Child>> {
    let mut process = child::library(folder, Some(stop))?;
    let output = process.stdout.take().ok_or("no output")?;
    let stands = BufReader::new(output).lines().any(|line| line.is_ok_and(|line| line == STANDS));
    if stands {
        return Ok(Some(process));
    }
    let status = process.wait()?;
    assert!(status.success(), "{stop}: the run failed before it came there: {status}");
    Ok(None)
}

fn kill(process: &mut Child, stop: Stop) -> Outcome {
    process.kill()?;
    let status = process.wait()?;
    assert_eq!(status.signal(), Some(9), "{stop}: {status}");
    Ok(())
}
