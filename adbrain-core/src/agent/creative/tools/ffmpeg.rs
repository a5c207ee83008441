//! Rendering a cut plan from the real files, where the program `ffmpeg` is installed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::process::Command;

use super::timeline::RATE;
use super::{CreativeTool, ExportJob, target};
use crate::error::{Error, ErrorKind, Result, Source};
use crate::model::CutPlan;

/// The time that one rendering may take, where nothing else is said.
const DEADLINE: Duration = Duration::from_secs(300);
/// Bytes of the program's complaint that go into an error.
const COMPLAINT_BYTES: usize = 400;

/// Renders a cut plan as MP4 (H.264, no sound) through `ffmpeg`.
#[derive(Debug, Clone)]
pub struct Ffmpeg {
    program: PathBuf,
    deadline: Duration,
}

impl Default for Ffmpeg {
    fn default() -> Self {
        Self { program: "ffmpeg".into(), deadline: DEADLINE }
    }
}

impl Ffmpeg {
    /// Takes the program at this path instead of the one on the search path.
    #[must_use]
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), ..Self::default() }
    }

    /// Sets the time that one rendering may take.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    fn missing(&self) -> Error {
        Error::new(ErrorKind::Unsupported, "the program ffmpeg cannot be started")
            .with("program", self.program.display())
            .next("install ffmpeg, or export the plan as EDL or FCPXML")
    }
}

#[async_trait]
impl CreativeTool for Ffmpeg {
    fn name(&self) -> &'static str {
        "ffmpeg"
    }

    async fn export(&self, job: &ExportJob<'_>) -> Result<PathBuf> {
        let path = target(job, "mp4")?;
        let mut command = Command::new(&self.program);
        command.args(arguments(job, &path)?).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child =
            command.kill_on_drop(true).spawn().map_err(|cause| self.missing().caused_by(Box::new(cause) as Source))?;
        let ended = tokio::time::timeout(self.deadline, child.wait_with_output()).await;
        let output = ended.map_err(|_| {
            failed(ErrorKind::TimedOut, job, "took too long", "give it more time with `Ffmpeg::with_deadline`")
        })?;
        let output = output.map_err(|_| failed(ErrorKind::Unavailable, job, "was cut off", "export the plan again"))?;
        if output.status.success() {
            return Ok(path);
        }
        let complaint =
            String::from_utf8_lossy(output.stderr.get(..COMPLAINT_BYTES).unwrap_or(&output.stderr)).into_owned();
        Err(failed(
            ErrorKind::Unavailable,
            job,
            complaint.trim(),
            "check the media files, or export the plan as EDL or FCPXML",
        ))
    }
}

fn failed(kind: ErrorKind, job: &ExportJob<'_>, what: &str, next: &str) -> Error {
    Error::new(kind, format!("rendering failed: {what}")).with("plan", &job.plan.name).next(next)
}

/// The arguments: one input per cut, all scaled and cropped to the frame, joined. Nothing passes through a shell.
fn arguments(job: &ExportJob<'_>, target: &Path) -> Result<Vec<String>> {
    let mut arguments: Vec<String> = ["-v", "error", "-nostdin", "-y"].map(str::to_owned).into();
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

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}
