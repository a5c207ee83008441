//! The cut plans of a run, handed to programs that cut video.

use std::path::{Path, PathBuf};

use super::Brain;
use super::cycle::ASSETS_STEP;
use crate::agent::creative::tools::{CreativeTool, ExportJob};
use crate::error::{Error, ErrorKind, Result, Source};
use crate::media::Library;
use crate::model::{AssetContent, AssetSet, RunId};
use crate::store::Steps;

impl Brain {
    /// Writes every cut plan of a run's videos through a tool, a file each, and tells where. Plans without cuts, for which the brief
    /// brought no video, are left out.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a run that is not known or has made no assets yet; [`ErrorKind::NotEnoughData`] where no plan has
    /// cuts; those of the tool.
    pub async fn export(&self, run: &RunId, tool: &dyn CreativeTool, folder: &Path) -> Result<Vec<PathBuf>> {
        let assets = self.assets(run).await?;
        let library = Library::open(&self.parts.folder, Path::new("."))?;
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
        let mut written = Vec::new();
        for asset in &assets.assets {
            let AssetContent::Video { plan } = &asset.content else { continue };
            if !plan.cuts.is_empty() {
                let name = format!("{}-{}", plan.name, asset.platform);
                let job = ExportJob { name: &name, plan, manifest: &assets.manifest, library: &library, folder };
                written.push(tool.export(&job).await?);
            }
        }
        if written.is_empty() {
            let message = format!("no asset of the run {run} is a video with cuts");
            return Err(
                Error::new(ErrorKind::NotEnoughData, message).next("ask for video and bring one in the brief's media")
            );
        }
        Ok(written)
    }

    async fn assets(&self, run: &RunId) -> Result<AssetSet> {
        let text = Steps::new(self.database().clone()).load(run, ASSETS_STEP).await?.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("there are no assets of a run {run}"))
                .next("check the name of the run and the database")
        })?;
        serde_json::from_str(&text).map_err(|error| {
            Error::new(ErrorKind::Corrupt, "the stored assets cannot be read")
                .with("run", run)
                .next("start a new run; this one comes from another version or was changed outside")
                .caused_by(error)
        })
    }
}

fn unwritable(folder: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, format!("cannot make the folder {}", folder.display()))
        .next("choose another folder")
        .caused_by(Box::new(error) as Source)
}
