//! CMX 3600 edit decision lists, which Premiere, Resolve and Avid read.

use std::fmt::Write as _;
use std::path::PathBuf;

use async_trait::async_trait;

use super::timeline::{Piece, RATE, pieces};
use super::{CreativeTool, ExportJob, target, write};
use crate::error::Result;

/// Seconds at which the timeline starts; one hour, as is the custom.
const START_SECONDS: u64 = 3600;
/// Events that a CMX 3600 list can number.
const MOST_EVENTS: usize = 999;

/// Writes a cut plan as a CMX 3600 list at 30 frames per second, without drop frames.
#[derive(Debug, Clone, Copy, Default)]
pub struct Edl;

#[async_trait]
impl CreativeTool for Edl {
    fn name(&self) -> &'static str {
        "edl"
    }

    async fn export(&self, job: &ExportJob<'_>) -> Result<PathBuf> {
        let path = target(job, "edl")?;
        write(&path, list(job)?).await?;
        Ok(path)
    }
}

fn list(job: &ExportJob<'_>) -> Result<String> {
    let pieces = pieces(job)?;
    if pieces.len() > MOST_EVENTS {
        let what = format!("{} cuts do not fit a CMX 3600 list", pieces.len());
        return Err(crate::Error::invalid("plan.cuts", what).next("export as FCPXML"));
    }
    let mut text = format!("TITLE: {}\nFCM: NON-DROP FRAME\n\n", job.name);
    for (number, piece) in pieces.iter().enumerate() {
        event(&mut text, number + 1, piece);
    }
    Ok(text)
}

fn event(text: &mut String, number: usize, piece: &Piece<'_>) {
    let record = START_SECONDS * RATE + piece.start;
    let times = [piece.source_start, piece.source_start + piece.length, record, record + piece.length].map(timecode);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{number:03}  AX       V     C        {}", times.join(" "));
    let _ = writeln!(text, "* FROM CLIP NAME: {}", piece.entry.path.replace(['\n', '\r'], " "));
}

fn timecode(frames: u64) -> String {
    let seconds = frames / RATE;
    format!("{:02}:{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60, frames % RATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_become_timecode() {
        assert_eq!(timecode(0), "00:00:00:00");
        assert_eq!(timecode(3600 * 30 + 61 * 30 + 29), "01:01:01:29");
    }
}
