//! `demo`: the whole loop on an example that the program brings along, in the simulated market or over fake platforms.

use std::path::{Path, PathBuf};

use super::args::{self, Demo, Input, Run, WinnerRule};
use super::{campaign, files};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Client, ClientOptions, Reach, Request};
use crate::model::{AgeRange, Brief, Format};

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
    let input = Input {
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
    };
    let out = Some(args.out.join("report"));
    Box::pin(campaign::run(Run { brief: example.join("brief.json"), input, json: args.json, out })).await
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
