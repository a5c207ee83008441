//! A cut plan in whole frames.

use super::ExportJob;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Cut, ManifestEntry};

/// Frames in one second of an export; every platform takes 30 or less.
pub(super) const RATE: u64 = 30;

/// One piece in whole frames, with the file that it comes from.
pub(super) struct Piece<'a> {
    pub(super) entry: &'a ManifestEntry,
    pub(super) source_start: u64,
    pub(super) start: u64,
    pub(super) length: u64,
}

/// The pieces of a plan. Ends are rounded, not lengths, so that no gap opens; a piece without a whole frame is left out.
pub(super) fn pieces<'a>(job: &ExportJob<'a>) -> Result<Vec<Piece<'a>>> {
    let pieces = job.plan.cuts.iter().map(|cut| piece(job, cut)).collect::<Result<Vec<_>>>()?;
    Ok(pieces.into_iter().filter(|piece| piece.length > 0).collect())
}

fn piece<'a>(job: &ExportJob<'a>, cut: &Cut) -> Result<Piece<'a>> {
    let entry = job.manifest.iter().find(|entry| entry.hash == cut.source).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "a cut names a file that is not in the manifest")
            .with("file", &cut.source)
            .next("add the file to the manifest, or take the cut out of the plan")
    })?;
    let start = frames(cut.start_ms);
    let length = frames(cut.start_ms.saturating_add(cut.length_ms)) - start;
    Ok(Piece { entry, source_start: frames(cut.source_start_ms), start, length })
}

/// Milliseconds as frames, rounded half up.
pub(super) fn frames(milliseconds: u64) -> u64 {
    milliseconds.saturating_mul(RATE).saturating_add(500) / 1000
}
