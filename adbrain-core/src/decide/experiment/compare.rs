//! One variant's numbers, checks and verdict put together.

use super::analysis::{self, Analysis, Reported};
use super::checks;
use super::engine::{Judged, Shared};
use super::measured::Measured;
use super::path::{Advice, Stop};
use super::readout::{CheckState, Comparison, EffectSizes};
use super::settings::{Label, Settings, Unit};
use super::verdict::{Standing, Verdict, VerdictKind, undefined_message};
use crate::model::message::Argument;
use crate::model::{Estimate, Message};
use crate::stats::distribution::{normal_cdf, normal_quantile};
use crate::stats::proportions::miettinen_nurminen;

/// Above this ratio, tests that take events as independent err often: 28 % false alarms at a ratio of about 3.
const OVERDISPERSED: f64 = 2.0;
/// A day with more than this share of all events carries the result alone.
const DOMINANT: f64 = 0.5;

/// Puts a comparison together.
pub(super) fn compare(analysis: &Analysis<'_>, judged: Judged<'_>, shared: &Shared<'_>) -> Comparison {
    let settings = shared.settings;
    let mut comparison = blank(analysis, settings);
    let measured = analysis.measured(judged.stop);
    let (mut least, mut given_up) = (None, None);
    let seen = judged.stop.and_then(|stop| analysis.path.seen.get(stop.at)).map_or(0, |seen| seen.units);
    if let (Ok(measured), Some(stop)) = (measured, judged.stop) {
        let shown = analysis.reported(stop, judged.bounds, shared.shown);
        if let Some(reported) = &shown {
            fill(&mut comparison, measured, reported, settings);
            if stop.is_rejected && reported.is_anytime() {
                comparison.warnings.push(Message::new("experiment-anytime-biased"));
            }
        }
        least =
            decisive(analysis, stop, judged, (shown, shared)).and_then(|found| least_gain(&found, measured, settings));
        comparison.p_anytime = analysis.path.anytime_p(shared.shown);
        comparison.needed_units = needed_units(measured, seen, settings);
        given_up = judged.bounds.given_up.map(|drift| effect_of(drift, measured, seen, settings));
    }
    if let Ok(series) = &analysis.series {
        comparison.looks = analysis.path.looks(series, settings, judged.bounds);
        comparison.dominance = checks::dominance(series, seen);
    }
    comparison.undefined = measured.err().map(undefined_message);
    comparison.warnings = warnings(&comparison, analysis, judged.stop, settings);
    let standing = Standing {
        settings,
        units: analysis.path.units,
        sample: smaller_sample(analysis, settings),
        maturity: shared.data.maturity,
        split: shared.split,
        is_over: judged.stop.is_some_and(|stop| stop.is_over),
        is_rejected: judged.stop.is_some_and(|stop| stop.is_rejected),
        advice: judged.stop.map_or(Advice::GoOn, |stop| stop.advice),
        doubt: analysis.doubt(judged.stop),
        is_between_looks: settings.unit == Unit::User && judged.bounds.is_between_looks(analysis.path.units),
        given_up,
        least,
    };
    comparison.verdict = standing.verdict(&comparison, measured.err());
    comparison
}

/// The interval at the level of the decision, where there is one to make.
fn decisive(
    analysis: &Analysis<'_>,
    stop: Stop,
    judged: Judged<'_>,
    (shown, shared): (Option<Reported>, &Shared<'_>),
) -> Option<Reported> {
    if !stop.is_rejected {
        return None;
    }
    let is_same = judged.bounds.alpha >= shared.shown.alpha;
    if is_same { shown } else { analysis.reported(stop, judged.bounds, judged.bounds) }
}

fn blank(analysis: &Analysis<'_>, settings: &Settings) -> Comparison {
    let metric = settings.metric;
    Comparison {
        arm: analysis.arm.name.clone(),
        difference: None,
        lift: None,
        test: None,
        undefined: None,
        p_value: None,
        p_anytime: None,
        p_stopped: None,
        p_better: None,
        effect: EffectSizes::default(),
        overdispersion: checks::overdispersion([analysis.control, analysis.arm], metric),
        dominance: None,
        before: analysis.before(settings),
        guards: settings.guards.iter().map(|guard| analysis.guard(guard, settings)).collect(),
        looks: Vec::new(),
        needed_units: None,
        warnings: Vec::new(),
        verdict: Verdict { kind: VerdictKind::KeepRunning, reason: Message::new("experiment-not-shown-yet") },
    }
    .with_effect(analysis.effect(metric))
}

impl Comparison {
    fn with_effect(self, effect: EffectSizes) -> Self {
        Self { effect, ..self }
    }
}

fn fill(comparison: &mut Comparison, measured: &Measured, reported: &Reported, settings: &Settings) {
    let estimate = |[value, low, high]: [f64; 3]| Estimate {
        value,
        low,
        high,
        level: settings.level,
        method: reported.method(measured),
        sample_size: measured.units,
        warnings: Vec::new(),
    };
    comparison.difference =
        score_interval(measured, reported, settings.level).or(reported.difference(measured).map(estimate));
    comparison.test = Some(measured.method.to_owned());
    comparison.lift = reported.lift(measured).map(estimate);
    comparison.p_value = Some(measured.p_value());
    comparison.p_stopped = reported.p_value;
    comparison.p_better = Some(normal_cdf(settings.direction().sign() * measured.z()));
    if reported.is_not_corrected() {
        comparison.warnings.push(Message::new("experiment-not-corrected"));
    }
}

/// The difference of two shares at one look by the score interval of Miettinen and Nurminen, which holds its level where events are rare.
fn score_interval(measured: &Measured, reported: &Reported, level: f64) -> Option<Estimate> {
    let [control, treatment] = measured.shares.filter(|_| reported.is_one_look())?;
    miettinen_nurminen(control, treatment, level).ok().map(Estimate::from)
}

/// The lower end of the gain under the bounds of the decision.
fn least_gain(decisive: &Reported, measured: &Measured, settings: &Settings) -> Option<f64> {
    let sign = settings.direction().sign();
    decisive.lift(measured).map(|[_, low, high]| f64::min(sign * low, sign * high))
}

/// The effect under which z has the mean `drift` at the planned end, from the spread seen: drift error sqrt(n / planned n), relative where
/// there is a lift.
fn effect_of(drift: f64, measured: &Measured, units: u64, settings: &Settings) -> Argument {
    let reach = drift * libm::sqrt(units as f64 / settings.planned_units.unwrap_or(units).max(1) as f64);
    match measured.lift {
        Some((scale, part)) => Argument::Ratio(scale.to_lift(reach * part.error)),
        None => Argument::Number(reach * measured.difference.error),
    }
}

/// Units per arm for the planned effect at the planned power: n (z(1 - alpha / 2) + z(power))^2 (error / effect)^2.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to fit first")]
fn needed_units(measured: &Measured, units: u64, settings: &Settings) -> Option<u64> {
    let (scale, part) = measured.lift?;
    let effect = scale.of_lift(settings.minimum_relative_effect);
    let reach = normal_quantile(f64::midpoint(1.0, settings.level)) + normal_quantile(settings.power);
    let needed = units as f64 * (reach * part.error / effect) * (reach * part.error / effect);
    (needed.is_finite() && needed < 9.0e15).then(|| libm::ceil(needed).max(2.0) as u64)
}

fn smaller_sample(analysis: &Analysis<'_>, settings: &Settings) -> Option<u64> {
    let of = |arm| analysis::sample(arm, settings.metric);
    of(analysis.control).zip(of(analysis.arm)).map(|(first, second)| first.min(second))
}

fn warnings(comparison: &Comparison, analysis: &Analysis<'_>, stop: Option<Stop>, settings: &Settings) -> Vec<Message> {
    let mut warnings = comparison.warnings.clone();
    let count = |units: u64| Argument::Count(i64::try_from(units).unwrap_or(i64::MAX));
    let dropped = analysis.series.as_ref().map_or(0, super::series::Series::dropped);
    if dropped > 0 {
        warnings.push(Message::new("experiment-units-dropped").with("units", count(dropped)));
    }
    let left_out = analysis.left_out(stop);
    if left_out > 0 {
        warnings.push(Message::new("experiment-units-after-the-end").with("units", count(left_out)));
    }
    let is_short = |needed: &u64| settings.planned_units.is_some_and(|end| *needed > end);
    let is_open = stop.is_some_and(|stop| !stop.is_rejected);
    if let Some(needed) = comparison.needed_units.filter(|needed| is_open && is_short(needed)) {
        let message = Message::new("experiment-planned-too-short").with("needed", count(needed));
        warnings.push(message.with("effect", Argument::Ratio(settings.minimum_relative_effect)));
    }
    if let Some(ratio) = comparison.overdispersion.filter(|ratio| *ratio > OVERDISPERSED) {
        warnings.push(Message::new("experiment-overdispersed").with("ratio", Argument::Number(ratio)));
    }
    if let Some(one) = comparison.dominance.as_ref().filter(|one| one.share > DOMINANT || one.turns) {
        let message = Message::new("experiment-dominant-unit")
            .with("unit", if one.turns { one.influential.as_str() } else { one.unit.as_str() });
        warnings.push(message.with("share", Argument::Ratio(one.share)));
    }
    if checks::is_skewed(analysis.control, analysis.arm, settings) {
        warnings.push(Message::new("experiment-skewed"));
    }
    let is_causal = settings.assignment.label() == Label::Causal;
    if comparison.before.state == CheckState::Failed && !is_causal {
        warnings.push(Message::new("experiment-differed-before"));
    }
    warnings
}
