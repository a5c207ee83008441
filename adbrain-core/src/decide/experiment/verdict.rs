//! What a readout says, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::path::{Advice, Doubt};
use super::readout::{Check, CheckState, Comparison};
use super::settings::{Futility, Label, Settings};
use crate::model::message::Argument;
use crate::model::{Maturity, Message};
use crate::stats::Undefined;

/// The five verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// Better than the control by more than the margin.
    Winner,
    /// Worse than the control.
    Loser,
    /// The test is over and shows no difference beyond the margin, or is unlikely to show one.
    NoDifference,
    /// It is too early to say.
    KeepRunning,
    /// The numbers cannot be trusted, whatever they say.
    Invalid,
}

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Which of the five.
    pub kind: VerdictKind,
    /// Why.
    pub reason: Message,
}

impl Verdict {
    fn of(kind: VerdictKind, reason: &str) -> Self {
        Self { kind, reason: Message::new(format!("experiment-{reason}")) }
    }

    fn with(mut self, name: &str, value: impl Into<Argument>) -> Self {
        self.reason = self.reason.with(name, value);
        self
    }
}

/// The reason of a test that ended with an interval too wide for an answer.
pub(super) const INCONCLUSIVE: &str = "experiment-inconclusive";

/// Where a test stands, apart from its numbers.
#[derive(Debug, Clone)]
pub(super) struct Standing<'a> {
    pub(super) settings: &'a Settings,
    /// Units that both arms have.
    pub(super) units: u64,
    /// The smaller arm's sample, where something is counted.
    pub(super) sample: Option<u64>,
    pub(super) maturity: Option<Maturity>,
    pub(super) split: Check,
    /// The planned end has come, or the test was given up for good.
    pub(super) is_over: bool,
    /// Whether to go on.
    pub(super) advice: Advice,
    /// What stands against an interval that leaves zero out.
    pub(super) doubt: Option<&'a Doubt>,
    /// People were counted, but not as many as at any planned look.
    pub(super) is_between_looks: bool,
    /// The effect that the test would give up on: relative, or absolute where there is no lift.
    pub(super) given_up: Option<Argument>,
    /// Zero lies outside by the design of the looks, corrected for several variants.
    pub(super) is_rejected: bool,
    /// The lower end of the relative gain, corrected like the rejection.
    pub(super) least: Option<f64>,
}

impl Standing<'_> {
    /// The verdict on one comparison: first what makes it invalid, then what is missing, then what the interval says.
    pub(super) fn verdict(&self, comparison: &Comparison, undefined: Option<Undefined>) -> Verdict {
        self.invalid(comparison)
            .or_else(|| self.too_early())
            .or_else(|| undefined.map(|reason| self.no_number(reason)))
            .unwrap_or_else(|| self.by_interval(comparison))
    }

    fn invalid(&self, comparison: &Comparison) -> Option<Verdict> {
        if self.split.state == CheckState::Failed {
            let verdict = Verdict::of(VerdictKind::Invalid, "invalid-split");
            return Some(verdict.with("p", Argument::Text(p_text(self.split.p_value))));
        }
        let is_causal = self.settings.assignment.label() == Label::Causal;
        (is_causal && comparison.before.state == CheckState::Failed).then(|| {
            let verdict = Verdict::of(VerdictKind::Invalid, "invalid-before");
            verdict.with("p", Argument::Text(p_text(comparison.before.p_value)))
        })
    }

    fn too_early(&self) -> Option<Verdict> {
        let (least, settings) = (self.settings.least_units(), self.settings);
        if self.units < least {
            let verdict = Verdict::of(VerdictKind::KeepRunning, "too-few-units");
            return Some(verdict.with("units", count(self.units)).with("least", count(least)));
        }
        let floor = settings.minimum_sample;
        if let Some(sample) = self.sample.filter(|sample| *sample < floor) {
            let verdict = Verdict::of(VerdictKind::KeepRunning, "too-small");
            return Some(verdict.with("sample", count(sample)).with("least", count(floor)));
        }
        (settings.metric.is_delayed() && self.maturity == Some(Maturity::Immature))
            .then(|| Verdict::of(VerdictKind::KeepRunning, "immature"))
    }

    fn no_number(&self, undefined: Undefined) -> Verdict {
        let kind = if self.is_over { VerdictKind::Invalid } else { VerdictKind::KeepRunning };
        Verdict { kind, reason: undefined_message(undefined) }
    }

    fn by_interval(&self, comparison: &Comparison) -> Verdict {
        let Some(lift) = &comparison.lift else { return self.by_difference(comparison) };
        let sign = self.settings.direction().sign();
        let gain = sign * lift.value;
        let least = self.least.unwrap_or(f64::NEG_INFINITY);
        let told = |verdict: Verdict| {
            verdict.with("gain", Argument::Ratio(gain)).with("margin", Argument::Ratio(self.settings.margin))
        };
        if self.is_rejected && gain < 0.0 {
            return told(Verdict::of(VerdictKind::Loser, "loser").with("loss", Argument::Ratio(-gain)));
        }
        if self.is_rejected && least > self.settings.margin {
            return told(Verdict::of(VerdictKind::Winner, "winner"));
        }
        self.undecided(lift.low.abs().max(lift.high.abs()))
    }

    /// Where there is no relative lift, because the baseline is zero, the sign of the difference decides; a margin needs a lift.
    fn by_difference(&self, comparison: &Comparison) -> Verdict {
        let gain = comparison.difference.as_ref().map_or(0.0, |found| self.settings.direction().sign() * found.value);
        if self.is_rejected && gain < 0.0 {
            Verdict::of(VerdictKind::Loser, "loser-absolute")
        } else if self.is_rejected && self.settings.margin <= 0.0 {
            Verdict::of(VerdictKind::Winner, "winner-absolute")
        } else {
            self.undecided(f64::INFINITY)
        }
    }

    /// An interval that leaves zero out, but is not safe to act on: later days may tell, after the end nothing does.
    fn doubtful(&self, doubt: &Doubt) -> Verdict {
        let kind = if self.is_over { VerdictKind::Invalid } else { VerdictKind::KeepRunning };
        match doubt {
            Doubt::Totals { usual, totals } => Verdict::of(kind, "totals-disagree")
                .with("usual", Argument::Ratio(*usual))
                .with("totals", Argument::Ratio(*totals)),
            Doubt::OneDay(unit) => Verdict::of(kind, "one-unit-decides").with("unit", unit.as_str()),
        }
    }

    fn undecided(&self, largest: f64) -> Verdict {
        let effect = self.settings.minimum_relative_effect;
        if let Some(doubt) = self.doubt {
            return self.doubtful(doubt);
        }
        if let (Advice::GiveUp, Some(given_up)) = (self.advice, &self.given_up) {
            let is_binding = self.settings.futility == Futility::Binding;
            let reason = if is_binding { "futile-ended" } else { "futile" };
            let power = Argument::Ratio(self.settings.power);
            return Verdict::of(VerdictKind::NoDifference, reason)
                .with("effect", given_up.clone())
                .with("power", power);
        }
        if self.is_between_looks {
            return Verdict::of(VerdictKind::KeepRunning, "between-looks").with("units", count(self.units));
        }
        if !self.is_over {
            return Verdict::of(VerdictKind::KeepRunning, "not-shown-yet");
        }
        if largest < effect {
            let verdict = Verdict::of(VerdictKind::NoDifference, "equivalent");
            return verdict.with("effect", Argument::Ratio(effect));
        }
        let verdict = Verdict { kind: VerdictKind::NoDifference, reason: Message::new(INCONCLUSIVE) };
        verdict.with("effect", Argument::Ratio(effect))
    }
}

/// Why there is no number, as a text.
pub(super) fn undefined_message(undefined: Undefined) -> Message {
    Message::new(format!("experiment-undefined-{}", undefined.reason().replace('_', "-")))
}

fn count(count: u64) -> Argument {
    Argument::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

fn p_text(p_value: Option<f64>) -> String {
    p_value.map_or_else(String::new, |p| format!("{p:.2e}"))
}
