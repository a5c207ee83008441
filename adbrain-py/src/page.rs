//! The live page of a brain's runs, served beside the program.
//!
//! In: a brain, its tokens, who may show it in a frame. Out: the addresses. Called by `adbrain.Brain.dashboard`. Never listens beyond this
//! machine.

use std::sync::{Mutex, PoisonError};

use adbrain_core::Result;
use adbrain_core::control::Mode;
use adbrain_core::dashboard::{Board, Desk, ServeOptions, Server, serve};
use adbrain_core::model::Language;
use pyo3::prelude::*;
use serde::Deserialize;
use tokio::task::JoinHandle;

use crate::{error, runtime};

/// What is wished of a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    port: u16,
    token: String,
    viewer: String,
    language: Language,
    pub(crate) mode: Mode,
    frames: Vec<String>,
}

/// A page that is served until it is closed or forgotten.
#[pyclass(frozen, module = "adbrain._adbrain")]
pub(crate) struct Page {
    open: Mutex<Option<Open>>,
    url: String,
    viewer_url: String,
}

struct Open {
    server: Server,
    following: JoinHandle<()>,
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(open) = self.open.lock().unwrap_or_else(PoisonError::into_inner).take() {
            open.following.abort();
        }
    }
}

impl Page {
    /// Serves what a desk sees.
    pub(crate) async fn serve(desk: Desk, wish: Wish) -> Result<Self> {
        let board = Board::new(wish.language);
        let options = ServeOptions::local(wish.port, wish.token).viewer(wish.viewer).framed_by(wish.frames);
        let server = serve(options.desk(desk.clone()), board.clone()).await?;
        let (url, viewer_url) = (server.url(), server.viewer_url().unwrap_or_default());
        let following = tokio::spawn(async move { desk.follow(&board).await });
        Ok(Self { open: Mutex::new(Some(Open { server, following })), url, viewer_url })
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
        let Some(open) = self.open.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
        open.following.abort();
        let server = open.server;
        error::guard(py, || {
            runtime::block_on(py, async move {
                server.stop().await;
                Ok(())
            })
        })
    }
}
