//! What the tests of a run teach: one learning for each comparison that has come to an end.

use std::collections::BTreeMap;

use super::{AnalystInput, grounds};
use crate::error::Result;
use crate::experiment::{Comparison, Label, Readout, VerdictKind};
use crate::model::{Grounds, Learning, LearningType, Metrics, TestCell};

/// The verdicts of the readouts, as learnings; what is still running or cannot be trusted teaches nothing.
pub(super) fn learnings(input: &AnalystInput, total: &Metrics) -> Result<Vec<Learning>> {
    let mut found = Vec::new();
    for readout in &input.readouts {
        for comparison in &readout.comparisons {
            found.extend(learning((input, total), readout, comparison)?);
        }
    }
    Ok(found)
}

fn learning(
    (input, total): (&AnalystInput, &Metrics),
    readout: &Readout,
    comparison: &Comparison,
) -> Result<Option<Learning>> {
    let Some(lift) = &comparison.lift else { return Ok(None) };
    let verdict = match comparison.verdict.kind {
        VerdictKind::Winner => "winner",
        VerdictKind::Loser => "loser",
        VerdictKind::NoDifference => "no_difference",
        VerdictKind::KeepRunning | VerdictKind::Invalid => return Ok(None),
    };
    let insight = format!("test={} against={} verdict={verdict}", comparison.arm, readout.control);
    let causal = match readout.label {
        Label::Causal => "yes: the arms were randomised",
        Label::Associational => "no: platforms deliver ads unevenly",
    };
    let mut metadata = BTreeMap::from([
        ("metric".to_owned(), readout.metric.as_str().to_owned()),
        ("verdict".to_owned(), verdict.to_owned()),
        ("causal".to_owned(), causal.to_owned()),
    ]);
    for (name, arm) in [("arm", &comparison.arm), ("control", &readout.control)] {
        if let Some(arm) = readout.arms.iter().find(|known| known.name == *arm) {
            metadata.insert(format!("{name}_units"), arm.units.to_string());
            metadata.extend(arm.sample.map(|sample| (format!("{name}_sample"), sample.to_string())));
        }
    }
    let learning = Learning {
        id: String::new(),
        campaign: input.run.to_string(),
        learning_type: differs(input, readout, comparison),
        industry: input.brief.industry.clone(),
        objective: input.brief.objective,
        insight,
        impact: lift.clone(),
        learnt_at: input.window_end,
        grounds: Grounds {
            test: Some(format!("{} against {} by {}", comparison.arm, readout.control, readout.metric.as_str())),
            maturity: readout.maturity,
            ..grounds(input, total)
        },
        metadata,
    };
    learning.identified().map(Some)
}

/// What the arms differ in: the text where they show the same creative.
fn differs(input: &AnalystInput, readout: &Readout, comparison: &Comparison) -> LearningType {
    let cell = |arm: &str| input.tests.cells.iter().find(|cell: &&TestCell| arm.starts_with(&cell.name()));
    match (cell(&readout.control), cell(&comparison.arm)) {
        (Some(control), Some(variant)) if control.creative == variant.creative => LearningType::Copy,
        _ => LearningType::Creative,
    }
}
