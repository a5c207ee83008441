//! Rendering a cut plan from the real files, where the program `ffmpeg` is installed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;

use super::timeline::RATE;
use super::{CreativeTool, ExportJob, target};
use crate::error::Result;
use crate::media::{FilmProgram, seconds};
use crate::model::CutPlan;

/// Renders a cut plan as MP4 (H.264, no sound) through `ffmpeg`.
#[derive(Debug, Clone, Default)]
pub struct Ffmpeg {
    program: FilmProgram,
}

impl Ffmpeg {
    /// Takes the program at this path instead of the one on the search path.
    #[must_use]
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: FilmProgram::at(program) }
    }

    /// Sets the time that one rendering may take.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.program = self.program.with_deadline(deadline);
        self
    }
}

#[async_trait]
impl CreativeTool for Ffmpeg {
    fn name(&self) -> &'static str {
        "ffmpeg"
    }

    async fn export(&self, job: &ExportJob<'_>) -> Result<PathBuf> {
        let path = target(job, "mp4")?;
        let ended = self.program.run(arguments(job, &path)?).await;
        ended.map_err(|error| error.with("plan", &job.plan.name))?;
        Ok(path)
    }
}

/// The arguments: one input per cut, all scaled and cropped to the frame, joined. Nothing passes through a shell.
fn arguments(job: &ExportJob<'_>, target: &Path) -> Result<Vec<String>> {
    let mut arguments = Vec::new();
    for cut in &job.plan.cuts {
        let source = job.library.path(&cut.source)?;
        arguments.extend(["-ss".into(), seconds(cut.source_start_ms), "-t".into(), seconds(cut.length_ms)]);
        arguments.extend(["-protocol_whitelist".into(), "file".into(), "-i".into(), source.display().to_string()]);
    }
    arguments.extend(["-filter_complex".into(), filter(job.plan), "-map".into(), "[out]".into()]);
    arguments.extend(["-t".into(), seconds(job.plan.length_ms)]);
    arguments.extend(["-an", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart"].map(str::to_owned));
    arguments.extend(["-bitexact".into(), target.display().to_string()]);
    Ok(arguments)
}

fn filter(plan: &CutPlan) -> String {
    let (width, height) = (plan.width, plan.height);
    let fit = format!(
        "scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},setsar=1,fps={RATE}"
    );
    let numbers = 0..plan.cuts.len();
    let inputs: Vec<_> = numbers.clone().map(|number| format!("[{number}:v]{fit}[v{number}];")).collect();
    let joined: Vec<_> = numbers.map(|number| format!("[v{number}]")).collect();
    format!("{}{}concat=n={}:v=1:a=0[out]", inputs.concat(), joined.concat(), plan.cuts.len())
}
