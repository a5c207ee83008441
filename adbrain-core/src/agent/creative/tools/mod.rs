//! Tools that turn a cut plan into something that other programs read.
//!
//! In: a cut plan and the files behind it. Out: files. Called by people and the command line. Never changes a source file.

#[cfg(feature = "canva")]
mod canva;
mod edl;
mod fcpxml;
mod ffmpeg;
mod timeline;

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result, Source};
use crate::media::Library;
use crate::model::{CutPlan, ManifestEntry};

#[cfg(feature = "canva")]
pub use canva::{Canva, CanvaExport};
pub use edl::Edl;
pub use fcpxml::Fcpxml;
pub use ffmpeg::Ffmpeg;

/// What a tool works from.
#[derive(Debug, Clone, Copy)]
pub struct ExportJob<'a> {
    /// The name of the result without ending: letters, digits, `-` and `_`.
    pub name: &'a str,
    /// The plan; it needs cuts.
    pub plan: &'a CutPlan,
    /// The files that the plan names.
    pub manifest: &'a [ManifestEntry],
    /// Where those files are kept.
    pub library: &'a Library,
    /// The folder for the result.
    pub folder: &'a Path,
}

/// A program or format that cut plans can be handed to.
#[async_trait]
pub trait CreativeTool: Send + Sync {
    /// Its name: `edl`, `fcpxml`, `ffmpeg`.
    fn name(&self) -> &'static str;

    /// Writes the plan out and tells where.
    async fn export(&self, job: &ExportJob<'_>) -> Result<PathBuf>;
}

/// The path of the result, after the checks that every tool needs.
fn target(job: &ExportJob<'_>, ending: &str) -> Result<PathBuf> {
    if job.plan.cuts.is_empty() {
        return Err(Error::invalid("plan.cuts", format!("the plan {:?} has no cuts", job.plan.name))
            .next("bring a video that fits the plan"));
    }
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if job.name.is_empty() || !job.name.chars().all(is_plain) {
        return Err(Error::invalid("name", format!("{:?} is not a plain file name", job.name))
            .next("use letters, digits, - and _"));
    }
    Ok(job.folder.join(format!("{}.{ending}", job.name)))
}

async fn write(path: &Path, text: String) -> Result<()> {
    tokio::fs::write(path, text).await.map_err(|cause| {
        Error::new(ErrorKind::Unavailable, "the export cannot be written")
            .with("file", path.display())
            .next("give a folder that can be written")
            .caused_by(Box::new(cause) as Source)
    })
}
