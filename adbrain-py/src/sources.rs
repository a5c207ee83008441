//! Rows from outside: accounts and files into the store, and what is known of them.
//!
//! In: the name of a call and what it is given. Out: its answer as JSON text. Called by the brain. Never keeps a store open.

use std::path::PathBuf;

use adbrain_core::brain::{Brain, FactFile, KnownRequest, PullRequest};
use adbrain_core::orders;
use adbrain_core::{Error, Result};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use crate::brain::option;
use crate::{file, value};

/// What is asked of the rows from outside.
pub(crate) enum SourceCall {
    Pull(PullRequest),
    Add(FactFile),
    Known(KnownRequest),
}

impl SourceCall {
    /// Reads a call by its name and what it is given.
    pub(crate) fn read(call: &str, request: &Bound<'_, PyDict>) -> Result<Self> {
        match call {
            "pull" => value::read("pull", request).map(Self::Pull),
            "add" => Self::file(request).map(Self::Add),
            _ => value::read("known", request).map(Self::Known),
        }
    }

    fn file(request: &Bound<'_, PyDict>) -> Result<FactFile> {
        let path: PathBuf = option(request, "file", "a path")?.unwrap_or_default();
        let mapping: Option<Bound<'_, PyAny>> = option(request, "mapping", "a dict")?;
        let mapping = mapping.ok_or_else(|| {
            Error::invalid("mapping", "is missing")
                .next("say what the columns are (`adbrain.schema(\"fact_mapping\")`)")
        })?;
        let jumps = option::<String>(request, "jumps", "text")?.unwrap_or_default();
        Ok(FactFile {
            text: file::text("file", &path)?,
            mapping: value::read("mapping", &mapping)?,
            jumps: value::typed("jumps", Value::from(jumps))?,
        })
    }

    /// Carries the call out; gives the answer as JSON text.
    pub(crate) async fn answer(self, brain: &Brain) -> Result<String> {
        match self {
            Self::Pull(request) => orders::text(&brain.pull(&request).await?),
            Self::Add(file) => orders::text(&brain.add_facts(&file).await?),
            Self::Known(request) => orders::text(&brain.known(&request).await?),
        }
    }
}
