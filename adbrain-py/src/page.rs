//! The live page of a brain's runs, served beside the program.
//!
//! In: a brain, its tokens, who may show it in a frame. Out: the addresses. Called by `adbrain.Brain.dashboard`. Never listens beyond this
//! machine.

use std::sync::{Mutex, PoisonError};

use adbrain_core::Result;
use adbrain_core::control::Mode;
use adbrain_core::dashboard::{Desk, Room, ServeOptions, new_token};
use adbrain_core::model::Language;
use pyo3::prelude::*;
use serde::Deserialize;

use crate::{error, runtime};

/// What is wished of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    port: u16,
    language: Language,
    pub(crate) mode: Mode,
    frames: Vec<String>,
}

/// A page that is served until it is closed or forgotten.
#[pyclass(frozen, module = "adbrain._adbrain")]
pub(crate) struct Page {
    room: Mutex<Option<Room>>,
    url: String,
    viewer_url: String,
}

impl Page {
    /// Serves what a desk sees.
    pub(crate) async fn serve(desk: Desk, wish: Wish) -> Result<Self> {
        let options = ServeOptions::local(wish.port, new_token()?).viewer(new_token()?).framed_by(wish.frames);
        let room = Room::open(desk, options, wish.language).await?;
        let (url, viewer_url) = (room.server().url(), room.server().viewer_url().unwrap_or_default());
        Ok(Self { room: Mutex::new(Some(room)), url, viewer_url })
    }
}

#[pymethods]
impl Page {
    /// The address for who decides.
    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    /// The address for who may only look.
    #[getter]
    fn viewer_url(&self) -> &str {
        &self.viewer_url
    }

    /// Stops serving; nothing where it has stopped.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let Some(room) = self.room.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
        error::guard(py, || {
            runtime::block_on(py, async move {
                room.close().await;
                Ok(())
            })
        })
    }
}
