//! `serve`: the live page, over a run of its own or over the runs of a database.

use std::collections::BTreeSet;
use std::time::Duration;

use super::args::{Input, Serve};
use super::{campaign, database};
use crate::agent::workflow::{Event, EventKind, Events};
use crate::brain::RunRequest;
use crate::clock::{Clock as _, SystemClock};
use crate::dashboard::{Board, ServeOptions, serve};
use crate::error::{Error, ErrorKind, Result, Source};
use crate::model::{Language, RunId};
use crate::store::Steps;

/// Bytes of luck in a token: 256 bits.
const TOKEN_BYTES: usize = 32;
/// The time between two looks into the database.
const LOOK: Duration = Duration::from_millis(500);

/// Opens the page, prints its address, and stays until Ctrl-C.
pub(super) async fn run(args: Serve) -> Result<()> {
    let request = args.brief.as_deref().map(|brief| campaign::request(brief, &args.input)).transpose()?;
    let brief_language =
        request.as_ref().map_or(Language::English, |request| campaign::language(&request.brief, &args.input));
    // Without a run of its own there is nothing to show but what a database holds: a mistyped path makes no empty one.
    let steps = match &request {
        Some(_) => None,
        None => Some(Steps::new(database::open(&args.input.db).await?)),
    };
    let board = Board::new(args.input.lang.map_or(brief_language, Into::into));
    let server = serve(ServeOptions::local(args.port, token()?), board.clone()).await?;
    super::print(&server.url())?;
    let shown = match (request, steps) {
        (Some(request), _) => Box::pin(run_and_show(&args.input, request, &board)).await,
        (None, Some(steps)) => follow_until_stopped(steps, &board).await,
        (None, None) => Ok(()),
    };
    server.stop().await;
    shown
}

fn token() -> Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the machine gives no random numbers")
            .next("serve the page from another machine")
            .caused_by(Box::new(error) as Source)
    })?;
    Ok(hex::encode(bytes))
}

/// Runs a request while the page shows it; the page stays open after the end.
async fn run_and_show(input: &Input, request: RunRequest, board: &Board) -> Result<()> {
    let told = board.clone();
    let events = Events::callback(std::sync::Arc::new(move |event: &Event| told.tell(event)));
    let (result, _) = campaign::execute(input, (campaign::builder(input)?, request), events).await?;
    board.show(&result);
    until_interrupted().await
}

async fn until_interrupted() -> Result<()> {
    tokio::signal::ctrl_c().await.map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the machine gives no signals")
            .next("serve the page from another machine")
            .caused_by(Box::new(error) as Source)
    })
}

/// Shows the steps that another process saves, until Ctrl-C.
async fn follow_until_stopped(steps: Steps, board: &Board) -> Result<()> {
    tokio::select! {
        followed = follow(steps, board) => followed,
        stopped = until_interrupted() => stopped,
    }
}

async fn follow(steps: Steps, board: &Board) -> Result<()> {
    let mut shown = BTreeSet::new();
    loop {
        for run in steps.runs().await? {
            for name in steps.load_all(&run.run).await?.into_keys() {
                if shown.insert((run.run.clone(), name.clone())) {
                    board.tell(&saved(&run.run, name, shown.len()));
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A saved step as an event, dated when it was seen.
fn saved(run: &RunId, step: String, number: usize) -> Event {
    let kind = EventKind::Finished { attempt: 1 };
    Event { run: run.clone(), sequence: number as u64, at: SystemClock.now(), step: Some(step), kind }
}
