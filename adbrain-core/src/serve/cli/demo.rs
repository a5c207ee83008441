//! `demo`: the whole loop on an example that the program brings along, in the simulated market or over fake platforms.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use super::args::{self, Demo, Input, Run, WinnerRule};
use super::{campaign, files, plan};
#[cfg(feature = "dashboard")]
use crate::dashboard::{ServeOptions, new_token};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Client, ClientOptions, Reach, Request};
#[cfg(feature = "dashboard")]
use crate::model::Message;
use crate::model::{AgeRange, Brief, Format};
use crate::report::plan_document;

/// A file of the example: its path in the folder, and its bytes.
macro_rules! example {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_bytes!(concat!("../../../example/", $path)).as_slice())),*]
    };
}

/// The example: a brief with its media, and past results.
const EXAMPLE: [(&str, &[u8]); 9] = example![
    "brief.json",
    "history.csv",
    "media/cliente-corrida.jpg",
    "media/cliente-praia.jpg",
    "media/cliente-video.mp4",
    "media/tenis-detalhe.jpg",
    "media/tenis-quadrado.png",
    "media/tenis-vertical.mp4",
    "media/tenis-vertical.png",
];

/// Writes the example into a folder and runs it there.
pub(super) async fn run(args: Demo) -> Result<()> {
    let example = args.out.join("example");
    write_example(&example)?;
    if args.wire.is_some() {
        for_the_fakes(&example.join("brief.json"))?;
    }
    let accounts = match &args.wire {
        Some(wire) => Some(accounts(wire, &args.out).await?),
        None => None,
    };
    let input = input(&args, &example, accounts);
    let run = Run { brief: example.join("brief.json"), input, json: args.json, out: Some(args.out.join("report")) };
    let is_for_people = !super::is_in_place(run.json.as_deref());
    if is_for_people {
        // The plan is there within seconds; the run goes on from it.
        let (plan, language) = plan::make(&run.brief, &run.input).await?;
        super::print(&plan_document(&plan).text(language))?;
    }
    let sight = Sight::of(args.open, args.no_open, is_for_people && is_a_terminal());
    Box::pin(show(run, sight, &args.out)).await
}

/// What the loop of the example is made from.
fn input(args: &Demo, example: &Path, accounts: Option<PathBuf>) -> Input {
    Input {
        history: Some(example.join("history.csv")),
        mapping: None,
        db: args.out.join("brain.db"),
        accounts,
        people: None,
        ffmpeg: None,
        world: None,
        rules: "guarded".into(),
        channels: None,
        words: None,
        autonomy: None,
        daily_budgets: false,
        seed: args.seed,
        days: Some(args.days),
        mode: args::Reach::Sandbox,
        run_id: None,
        winner_rule: WinnerRule::Practical,
        step_timeout: None,
        retries: None,
        lang: args.lang,
    }
}

/// How much a person is to see of the run besides its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// The report alone.
    Report,
    /// The live page too, by its address.
    Page,
    /// The live page, in the browser.
    Browser,
}

impl Sight {
    /// What the arguments want, where there is a terminal; without one nobody looks.
    fn of(open: bool, no_open: bool, is_a_terminal: bool) -> Self {
        match (is_a_terminal, open, no_open) {
            (false, ..) | (true, _, true) => Self::Report,
            (true, true, false) => Self::Browser,
            (true, false, false) => Self::Page,
        }
    }
}

fn is_a_terminal() -> bool {
    std::io::stdout().is_terminal() && std::io::stderr().is_terminal()
}

/// Runs beside a live page, which stays open until Ctrl-C.
#[cfg(feature = "dashboard")]
async fn show(run: Run, sight: Sight, folder: &Path) -> Result<()> {
    if sight == Sight::Report {
        return campaign::run(run).await;
    }
    let request = campaign::request(&run.brief, &run.input)?;
    let page = super::page::Page::open(&run.input, Some(&request), ServeOptions::local(0, new_token()?)).await?;
    let say = |message: Message| super::print(&message.text(page.language()));
    say(Message::new("cli-page").with("url", page.url()))?;
    if sight == Sight::Browser {
        page.browse(folder);
    }
    campaign::run_beside(run, page.room().events()).await?;
    let ended = super::interrupted();
    say(Message::new("cli-page-stays"))?;
    let ended = ended.await;
    page.close().await;
    ended
}

/// There is no page without the feature.
#[cfg(not(feature = "dashboard"))]
async fn show(run: Run, _sight: Sight, _folder: &Path) -> Result<()> {
    campaign::run(run).await
}

/// Fits the example to the fakes: their accounts live in UTC, take videos, and know few interests; Google takes none.
fn for_the_fakes(file: &Path) -> Result<()> {
    let damaged = |error| {
        Error::new(ErrorKind::Internal, "the example is no brief").next("install the release anew").caused_by(error)
    };
    let mut brief: Brief = serde_json::from_slice(&files::read(file)?).map_err(damaged)?;
    for audience in &mut brief.audiences {
        audience.interests.clear();
        // LinkedIn has brackets of its own.
        audience.ages = Some(AgeRange { min: 25, max: 54 });
    }
    "UTC".clone_into(&mut brief.flight.time_zone);
    brief.formats = vec![Format::Video];
    files::write(file, &serde_json::to_vec_pretty(&brief).map_err(damaged)?)
}

/// Writes the example into a folder.
pub(super) fn write_example(folder: &Path) -> Result<()> {
    EXAMPLE.iter().try_for_each(|(path, bytes)| files::write(&folder.join(path), bytes))
}

/// The file of accounts: as it was named, or as the fakes give it at their address.
async fn accounts(wire: &Path, folder: &Path) -> Result<PathBuf> {
    let Some(url) = wire.to_str().filter(|text| text.starts_with("http://") || text.starts_with("https://")) else {
        return Ok(wire.to_owned());
    };
    let request = Request::get(format!("{}/accounts.json", url.trim_end_matches('/')));
    let options = ClientOptions { reach: Reach::Loopback, ..ClientOptions::default() };
    let answer = Client::new(options)?.send(&request).await?;
    let path = folder.join("accounts.json");
    files::write(&path, &answer.body)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_opened_on_a_terminal_alone_and_in_the_browser_where_that_is_asked_for() {
        for (open, no_open) in [(false, false), (true, false), (false, true)] {
            assert_eq!(Sight::of(open, no_open, false), Sight::Report);
        }
        assert_eq!(Sight::of(false, false, true), Sight::Page);
        assert_eq!(Sight::of(true, false, true), Sight::Browser);
        assert_eq!(Sight::of(false, true, true), Sight::Report);
    }
}
