//! A mixture of forests inside another file: the forests with their shares; what is calibrated follows from them.

use super::super::calibrate::{Calibration, Method};
use super::super::interval::{IntervalForest, borrowed};
use super::bytes::{Reader, Writer};
use super::{read, write};
use crate::error::Result;

/// A forest for each mode.
const MOST_MEMBERS: usize = 2;

impl IntervalForest {
    /// Writes the forests, the method of their calibration and what was tried. The groups of the rows are the caller's to keep.
    pub(in crate::know::predict) fn write(&self, out: &mut Writer) {
        out.short(self.members.len() as u64);
        for (forest, share) in &self.members {
            out.double(*share);
            write::forest(out, forest, &[]);
        }
        // Texts and numbers alone, which JSON always holds.
        let kept = (self.calibration.method, self.calibration.level(), &self.tried);
        out.text(&serde_json::to_string(&kept).unwrap_or_default());
    }

    /// Reads what [`IntervalForest::write`] wrote, with the group of each training row, and calibrates it again: to the same bits.
    pub(in crate::know::predict) fn read(body: &mut Reader<'_>, groups: Vec<String>) -> Result<Self> {
        let count = body.count(1)?;
        if !(1..=MOST_MEMBERS).contains(&count) {
            return Err(body.wrong("a mixture has a wrong number of forests"));
        }
        let mut members = Vec::with_capacity(count);
        for _ in 0..count {
            let share = body.double()?;
            let (forest, _) = read::forest(body, None)?;
            if !(0.0..=1.0).contains(&share) || forest.training.len() != groups.len() {
                return Err(body.wrong("a forest does not fit its mixture"));
            }
            members.push((forest, share));
        }
        let text = body.text()?;
        let kept: (Method, f64, Vec<super::super::tune::Candidate>) = serde_json::from_str(&text)
            .map_err(|error| body.wrong("the calibration cannot be read").caused_by(error))?;
        let (method, level, tried) = kept;
        let calibration = Calibration::by(method, &borrowed(&members), &groups, level)
            .map_err(|error| body.wrong("the calibration is wrong").caused_by(error))?;
        Ok(Self { members, tried, groups, calibration })
    }
}
