//! The live page over a brain.

use adbrain_core::control::Mode;
use adbrain_core::dashboard::{Desk, Room, ServeOptions, new_token};
use adbrain_core::model::Language;
use napi_derive::napi;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::brain::NativeBrain;
use crate::errors::{guard_async, read};

/// How the page is served, as JavaScript writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Serving {
    port: u16,
    mode: Mode,
    language: String,
}

#[napi]
impl NativeBrain {
    /// Opens the live page over the brain's store; options are JSON text.
    #[napi]
    pub async fn dashboard(&self, options: String) -> napi::Result<NativePage> {
        let opening = self.opening.clone();
        guard_async(Box::pin(async move {
            let Serving { port, mode, language } = read("options", &options)?;
            let desk = Desk::new(opening.opened().await?, (opening.builder.clone(), opening.place.clone()), mode);
            let tokens = ServeOptions::local(port, new_token()?).viewer(new_token()?);
            let room = Room::open(desk, tokens, language.parse::<Language>()?).await?;
            let (url, viewer_url) = (room.server().url(), room.server().viewer_url());
            Ok(NativePage { url, viewer_url, room: Mutex::new(Some(room)) })
        }))
        .await
    }
}

/// An open page.
#[napi]
pub struct NativePage {
    url: String,
    viewer_url: Option<String>,
    room: Mutex<Option<Room>>,
}

#[napi]
impl NativePage {
    /// The address with which a person decides.
    #[napi]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The address that only shows.
    #[napi]
    pub fn viewer_url(&self) -> Option<String> {
        self.viewer_url.clone()
    }

    /// Closes the page; nothing where it is closed.
    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        guard_async(async move {
            if let Some(room) = self.room.lock().await.take() {
                room.close().await;
            }
            Ok(())
        })
        .await
    }
}
