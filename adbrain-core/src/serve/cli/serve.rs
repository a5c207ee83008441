//! `serve`: the live page, over a run of its own or over the runs of a database.

use std::pin::Pin;

use super::args::{Input, Serve};
use super::campaign;
use super::page::Page;
use crate::brain::RunRequest;
use crate::dashboard::{ServeOptions, new_token};
use crate::error::Result;
use crate::model::Message;

/// Opens the page, prints its addresses, and stays until it is to end.
pub(super) async fn run(args: Serve) -> Result<()> {
    let request = args.brief.as_deref().map(|brief| campaign::request(brief, &args.input)).transpose()?;
    // Before the addresses are told: who reads them may end the page at once.
    let ended = std::pin::pin!(super::interrupted());
    let options = ServeOptions::local(args.port, new_token()?);
    let options = match args.listeners {
        Some(listeners) => options.listeners(listeners),
        None => options,
    };
    let page = Page::open(&args.input, request.as_ref(), options).await?;
    let viewer = page.viewer_url().map(|url| Message::new("cli-serve-viewer").with("url", url).text(page.language()));
    let text: Vec<_> = [Some(page.url()), viewer].into_iter().flatten().collect();
    super::tell(args.json.as_deref(), &page.addresses(), &text.join("\n"))?;
    let shown = Box::pin(until_stopped(&args.input, request, &page, ended)).await;
    page.close().await;
    shown
}

/// Runs a request while the page shows it, again where somebody approves what it waits for; the page stays open after the end.
async fn until_stopped(
    input: &Input,
    request: Option<RunRequest>,
    page: &Page,
    mut ended: Pin<&mut impl Future<Output = Result<()>>>,
) -> Result<()> {
    let Some(request) = request else { return ended.await };
    loop {
        Box::pin(campaign::execute(input, (campaign::builder(input)?, request.clone()), page.room().events())).await?;
        tokio::select! {
            interrupted = &mut ended => return interrupted,
            () = page.room().goes_on() => {}
        }
    }
}
