//! Films through the program `ffmpeg`, where it is installed. Nothing passes through a shell.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::error::{Error, ErrorKind, Result, Source};
use crate::model::TransformStep;

/// The time that one call may take, where nothing else is said.
const DEADLINE: Duration = Duration::from_secs(300);
/// Bytes of the program's complaint that go into an error.
const COMPLAINT_BYTES: usize = 400;
/// Arguments before all others: errors alone, no questions, an existing result is written over.
const BEFORE: [&str; 4] = ["-v", "error", "-nostdin", "-y"];
/// Nothing of the machine or the moment gets into the result, and one thread gives the same bytes everywhere.
const PLAIN: [&str; 10] =
    ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-threads", "1"];

/// The program that films are cut with.
#[derive(Debug, Clone)]
pub struct FilmProgram {
    program: PathBuf,
    deadline: Duration,
}

impl Default for FilmProgram {
    fn default() -> Self {
        Self { program: "ffmpeg".into(), deadline: DEADLINE }
    }
}

impl FilmProgram {
    /// Takes the program at this path instead of the one on the search path.
    #[must_use]
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), ..Self::default() }
    }

    /// Sets the time that one call may take.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Runs the program.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where it cannot be started, [`ErrorKind::TimedOut`] where it takes too long,
    /// [`ErrorKind::Unavailable`] with its complaint where it fails.
    pub async fn run(&self, arguments: Vec<String>) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.args(BEFORE).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child =
            command.kill_on_drop(true).spawn().map_err(|cause| self.missing().caused_by(Box::new(cause) as Source))?;
        let ended = tokio::time::timeout(self.deadline, child.wait_with_output()).await;
        let output = ended.map_err(|_| failed(ErrorKind::TimedOut, "took too long", "give it more time"))?;
        let output = output.map_err(|_| failed(ErrorKind::Unavailable, "was cut off", "try it again"))?;
        if output.status.success() {
            return Ok(());
        }
        let complaint =
            String::from_utf8_lossy(output.stderr.get(..COMPLAINT_BYTES).unwrap_or(&output.stderr)).into_owned();
        Err(failed(ErrorKind::Unavailable, complaint.trim(), "check the media files"))
    }

    fn missing(&self) -> Error {
        Error::new(ErrorKind::Unsupported, "the program ffmpeg cannot be started")
            .with("program", self.program.display())
            .next("install ffmpeg, or cut the film elsewhere: cut plans are exported as EDL and FCPXML too")
    }
}

fn failed(kind: ErrorKind, what: &str, next: &str) -> Error {
    Error::new(kind, format!("rendering failed: {what}")).next(next)
}

/// The arguments that carry out the steps on a film.
pub(super) fn transform(source: &Path, target: &Path, steps: &[TransformStep]) -> Result<Vec<String>> {
    let mut arguments = Vec::new();
    let mut filters = Vec::new();
    for step in steps {
        match step {
            TransformStep::Trim { start_ms, length_ms } => {
                arguments.extend(["-ss".into(), seconds(*start_ms), "-t".into(), seconds(*length_ms)]);
            }
            TransformStep::Crop { x, y, width, height } => {
                filters.push(format!("crop={width}:{height}:{x}:{y}:exact=1"));
            }
            TransformStep::Scale { width, height } => filters.push(format!("scale={width}:{height}:flags=bicubic")),
            TransformStep::Pad { width, height, x, y } => filters.push(format!("pad={width}:{height}:{x}:{y}")),
            TransformStep::Encode { format } if format == "mp4" => (),
            TransformStep::Encode { format } => {
                return Err(
                    Error::invalid("steps", format!("a film is not written as {format}")).next("write it as mp4")
                );
            }
        }
    }
    filters.push("setsar=1".to_owned());
    arguments.extend(input(source));
    arguments.extend(["-map", "0:v:0", "-map", "0:a:0?", "-vf"].map(str::to_owned));
    arguments.push(filters.join(","));
    arguments.extend(
        ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"].map(str::to_owned),
    );
    arguments.extend(PLAIN.map(str::to_owned));
    arguments.extend(["-f".into(), "mp4".into(), target.display().to_string()]);
    Ok(arguments)
}

/// The arguments that take one picture out of a film.
pub(super) fn thumbnail(source: &Path, target: &Path, at_ms: u64) -> Vec<String> {
    let mut arguments = vec!["-ss".to_owned(), seconds(at_ms)];
    arguments.extend(input(source));
    arguments.extend(["-map", "0:v:0", "-frames:v", "1", "-vf", "setsar=1"].map(str::to_owned));
    arguments.extend(PLAIN.map(str::to_owned));
    arguments.extend(["-c:v", "png", "-f", "image2", "-update", "1"].map(str::to_owned));
    arguments.push(target.display().to_string());
    arguments
}

/// A local file alone: no protocol of the net is opened, whatever a file says.
fn input(source: &Path) -> [String; 4] {
    ["-protocol_whitelist".into(), "file".into(), "-i".into(), source.display().to_string()]
}

/// Milliseconds as the program writes seconds.
pub(crate) fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_become_arguments_and_paths_stay_one_argument() {
        let steps = [
            TransformStep::Crop { x: 1, y: 2, width: 606, height: 1080 },
            TransformStep::Scale { width: 540, height: 960 },
            TransformStep::Trim { start_ms: 0, length_ms: 15_000 },
        ];
        let arguments = transform(Path::new("a b;c.mp4"), Path::new("out.mp4"), &steps).unwrap();
        assert_eq!(arguments[..4], ["-ss", "0.000", "-t", "15.000"]);
        assert!(arguments.contains(&"a b;c.mp4".to_owned()));
        assert!(arguments.contains(&"crop=606:1080:1:2:exact=1,scale=540:960:flags=bicubic,setsar=1".to_owned()));
        let wrong = [TransformStep::Encode { format: "gif".into() }];
        assert!(transform(Path::new("a"), Path::new("b"), &wrong).unwrap_err().next_step().is_some());
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named_with_the_next_step() {
        let error = FilmProgram::at("no-such-program").run(Vec::new()).await.unwrap_err();
        assert_eq!((error.kind(), error.context_of("program")), (ErrorKind::Unsupported, Some("no-such-program")));
        assert!(error.next_step().unwrap().contains("install ffmpeg"));
    }
}
