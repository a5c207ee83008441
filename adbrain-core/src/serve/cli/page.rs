//! The live page over a database, for the commands that show it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::args::Input;
use super::{campaign, database, files};
use crate::brain::RunRequest;
use crate::dashboard::{Desk, Room, ServeOptions, new_token};
use crate::error::Result;
use crate::model::Language;

/// The file that leads a browser to the page.
const WAY: &str = "open.html";
/// What opens a file with the person's own program for it.
const OPENER: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(windows) {
    "explorer"
} else {
    "xdg-open"
};

/// An open page.
pub(super) struct Page {
    room: Room,
    language: Language,
}

impl Page {
    /// Opens the page over the database of the arguments; one that is not there is made where there is a run of its own alone: a mistyped path
    /// makes no empty one.
    pub(super) async fn open(input: &Input, request: Option<&RunRequest>, options: ServeOptions) -> Result<Self> {
        let of_brief = request.map_or(Language::English, |request| campaign::language(&request.brief, input));
        let language = input.lang.map_or(of_brief, Into::into);
        let options = options.viewer(new_token()?);
        Ok(Self { room: Room::open(desk(input, request).await?, options, language).await?, language })
    }

    /// What runs beside it.
    pub(super) fn room(&self) -> &Room {
        &self.room
    }

    /// The address with which a person decides.
    pub(super) fn url(&self) -> String {
        self.room.server().url()
    }

    /// The address that only shows.
    pub(super) fn viewer_url(&self) -> Option<String> {
        self.room.server().viewer_url()
    }

    /// Both addresses as programs read them.
    pub(super) fn addresses(&self) -> Value {
        json!({"url": self.url(), "viewer_url": self.viewer_url()})
    }

    /// The language of its texts.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Shows the page in the person's browser, by a file that nobody else may read: as an argument the token would stand in the list of
    /// processes. Where there is no browser the printed address is left.
    pub(super) fn browse(&self, folder: &Path) {
        let way = folder.join(WAY);
        drop(std::fs::remove_file(&way));
        let page = format!("<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={}\">\n", self.url());
        if files::write_private(&way, &page).is_ok() {
            let mut command = Command::new(OPENER);
            drop(command.arg(way).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn());
        }
    }

    /// Closes the page.
    pub(super) async fn close(self) {
        self.room.close().await;
    }
}

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
