//! Learnings as a table for other programs.

use std::fmt::Write as _;

use crate::error::Result;
use crate::model::{Learning, canonical_json};

/// The columns, in their order.
const COLUMNS: [&str; 23] = [
    "id",
    "campaign",
    "brand",
    "learning_type",
    "industry",
    "objective",
    "insight",
    "impact",
    "impact_low",
    "impact_high",
    "level",
    "method",
    "sample_size",
    "learnt_at",
    "period_start",
    "period_end",
    "test",
    "maturity",
    "taint",
    "entry",
    "expires_at",
    "supersedes",
    "more",
];

/// Learnings as CSV (RFC 4180), a line each: numbers and moments for programs, `more` the profile, warnings and further fields as JSON. A text
/// that a spreadsheet would take for a formula begins with an apostrophe.
///
/// # Errors
/// [`crate::ErrorKind::Internal`] where a field cannot be written.
pub fn csv(learnings: &[Learning]) -> Result<String> {
    let mut text = COLUMNS.join(",") + "\r\n";
    for learning in learnings {
        let cells: Vec<String> = cells(learning)?.iter().map(|cell| quoted(cell)).collect();
        // Writing into a text does not fail.
        let _ = write!(text, "{}\r\n", cells.join(","));
    }
    Ok(text)
}

fn cells(learning: &Learning) -> Result<[String; COLUMNS.len()]> {
    let (impact, grounds) = (&learning.impact, &learning.grounds);
    let moment = |at: Option<jiff::Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let more = canonical_json(&(&grounds.profile, &impact.warnings, &learning.metadata))?;
    Ok([
        learning.id.clone(),
        harmless(&learning.campaign),
        harmless(grounds.brand.as_deref().unwrap_or_default()),
        learning.learning_type.to_string(),
        harmless(&learning.industry),
        learning.objective.to_string(),
        harmless(&learning.insight),
        impact.value.to_string(),
        impact.low.to_string(),
        impact.high.to_string(),
        impact.level.to_string(),
        harmless(&impact.method),
        impact.sample_size.to_string(),
        learning.learnt_at.to_string(),
        moment(grounds.period.map(|period| period.start)),
        moment(grounds.period.map(|period| period.end)),
        harmless(grounds.test.as_deref().unwrap_or_default()),
        grounds.maturity.map_or_else(String::new, |maturity| maturity.to_string()),
        grounds.taint.to_string(),
        grounds.entry.as_ref().map_or_else(String::new, ToString::to_string),
        moment(grounds.expires_at),
        grounds.supersedes.clone().unwrap_or_default(),
        String::from_utf8_lossy(&more).into_owned(),
    ])
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::contract;

    #[test]
    fn every_learning_is_a_line_and_no_text_becomes_a_formula() {
        let mut learning = contract::learning("fashion", "a", 0.5);
        learning.insight = "=HYPERLINK(\"http://x\",1)".to_owned();
        let text = csv(&[learning]).unwrap();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!((lines.len(), lines[2]), (3, ""));
        assert_eq!(lines[0].split(',').count(), COLUMNS.len());
        assert!(lines[1].contains("\"'=HYPERLINK(\"\"http://x\"\",1)\""), "{}", lines[1]);
        assert!(lines[1].contains(",0.5,0.3,0.7,0.9,"), "{}", lines[1]);
    }
}
