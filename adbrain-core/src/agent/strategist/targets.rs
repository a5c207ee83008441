//! Why the objective, the formats and the targets are what they are.

use crate::model::message::Argument;
use crate::model::{CheckedBrief, Evidence, Format, Message, PlatformChoice, Reason, Targets};

/// The brief's targets, with the usual cost of a conversion where it names none.
pub(super) fn of(brief: &CheckedBrief) -> Targets {
    Targets { max_cpa: Some(brief.max_cpa()), ..brief.targets.clone() }
}

/// What the brief leaves out and how it was filled in.
pub(super) fn assumed(brief: &CheckedBrief) -> Vec<Reason> {
    brief.assumed.iter().map(|assumed| by_brief("assumed", assumed.message())).collect()
}

pub(super) fn objective_reason(brief: &CheckedBrief) -> Reason {
    by_brief("objective", Message::new("reason-objective").with("objective", brief.objective.as_str()))
}

pub(super) fn formats_reason(formats: &[Format]) -> Reason {
    let names: Vec<_> = formats.iter().map(|format| format.as_str()).collect();
    by_brief("formats", Message::new("reason-formats").with("formats", names.join(", ")))
}

/// The targets, and a warning for each platform of which the whole expected interval misses the target for ROAS.
pub(super) fn reasons(brief: &CheckedBrief, platforms: &[PlatformChoice]) -> Vec<Reason> {
    let (own, is_usual) = (of(brief), brief.targets == Targets::default());
    let key = if is_usual { "reason-targets-usual" } else { "reason-targets" };
    let message = Message::new(key)
        .with("ctr", Argument::Ratio(own.min_ctr))
        .with("roas", Argument::Number(own.min_roas))
        .with("cpa", brief.max_cpa());
    let out_of_reach = platforms.iter().filter(|choice| choice.expected_roas.high < own.min_roas);
    std::iter::once(by_brief("targets", message))
        .chain(out_of_reach.map(|choice| unlikely(choice, own.min_roas)))
        .collect()
}

fn unlikely(choice: &PlatformChoice, target: f64) -> Reason {
    let message = Message::new("reason-target-unlikely")
        .with("platform", choice.platform.as_str())
        .with("target", Argument::Number(target))
        .with("high", Argument::Number(choice.expected_roas.high));
    let evidence = Evidence {
        source: "prediction".into(),
        subject: format!("roas on {}", choice.platform),
        estimate: Some(choice.expected_roas.clone()),
    };
    Reason { choice: "targets".into(), message, evidence: vec![evidence] }
}

fn by_brief(choice: &str, message: Message) -> Reason {
    let evidence = vec![Evidence { source: "brief".into(), subject: choice.into(), estimate: None }];
    Reason { choice: choice.into(), message, evidence }
}
