//! `serve`: the live page, over a run of its own or over the runs of a database.

use std::path::PathBuf;

use super::args::{Input, Serve};
use super::{campaign, database};
use crate::agent::workflow::{Event, Events};
use crate::brain::RunRequest;
use crate::dashboard::{Board, Desk, ServeOptions, serve};
use crate::error::{Error, ErrorKind, Result, Source};
use crate::model::{Language, Message};

/// Bytes of luck in a token: 256 bits.
const TOKEN_BYTES: usize = 32;

/// Opens the page, prints its addresses, and stays until Ctrl-C.
pub(super) async fn run(args: Serve) -> Result<()> {
    let request = args.brief.as_deref().map(|brief| campaign::request(brief, &args.input)).transpose()?;
    let brief_language =
        request.as_ref().map_or(Language::English, |request| campaign::language(&request.brief, &args.input));
    let language = args.input.lang.map_or(brief_language, Into::into);
    let desk = desk(&args.input, request.as_ref()).await?;
    let board = Board::new(language);
    let options = ServeOptions::local(args.port, token()?).viewer(token()?).desk(desk.clone());
    let options = match args.listeners {
        Some(listeners) => options.listeners(listeners),
        None => options,
    };
    let server = serve(options, board.clone()).await?;
    super::print(&server.url())?;
    if let Some(url) = server.viewer_url() {
        super::print(&Message::new("cli-serve-viewer").with("url", url).text(language))?;
    }
    let (followed, followed_board) = (desk.clone(), board.clone());
    let following = tokio::spawn(async move { followed.follow(&followed_board).await });
    let shown = Box::pin(until_stopped(&args.input, request, (&desk, &board))).await;
    following.abort();
    server.stop().await;
    shown
}

/// The desk over the database. Without a run of its own there is nothing to show but what a database holds: a mistyped path makes no empty one.
async fn desk(input: &Input, request: Option<&RunRequest>) -> Result<Desk> {
    let builder = campaign::builder(input)?;
    let opened = match request {
        Some(request) => {
            builder.check(request)?;
            database::connect(&input.db).await?
        }
        None => database::open(&input.db).await?,
    };
    let brain = builder.clone().database(opened).build().await?;
    let folder = request.map_or_else(|| PathBuf::from("."), |request| request.folder.clone());
    Ok(Desk::new(brain, (builder, database::store_at(&input.db)?), input.mode.into()).folder(folder))
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

/// Runs a request while the page shows it, again where somebody approves what it waits for; the page stays open after the end.
async fn until_stopped(input: &Input, request: Option<RunRequest>, (desk, board): (&Desk, &Board)) -> Result<()> {
    let Some(request) = request else { return until_interrupted().await };
    loop {
        let told = board.clone();
        let events = Events::callback(std::sync::Arc::new(move |event: &Event| told.tell(event)));
        campaign::execute(input, (campaign::builder(input)?, request.clone()), events).await?;
        tokio::select! {
            interrupted = until_interrupted() => return interrupted,
            () = desk.goes_on() => {}
        }
    }
}

async fn until_interrupted() -> Result<()> {
    tokio::signal::ctrl_c().await.map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the machine gives no signals")
            .next("serve the page from another machine")
            .caused_by(Box::new(error) as Source)
    })
}
