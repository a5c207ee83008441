//! One variant against the control, before several are weighed together.

use super::data::{Arm, Block};
use super::design::Bounds;
use super::measured::{Measured, Part};
use super::metric::{Metric, MetricKind};
use super::path::{Doubt, Path, Stop, planned_at};
use super::readout::{ArmSummary, Check, CheckState, EffectSizes, GuardReading};
use super::series::{Series, moments};
use super::settings::{Guard, Settings};
use crate::model::Estimate;
use crate::stats::distribution::normal_quantile;
use crate::stats::effect::{cohen_d, cohen_h, hedges_g};
use crate::stats::sequential::Stop as Halt;
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Undefined};

/// Fewer units before the test say nothing about its arms.
const LEAST_BEFORE: u64 = 7;
/// A comparison before the test below this p value fails; alike arms do so once in a hundred tests.
const BEFORE_ALPHA: f64 = 0.01;

/// One variant and its path.
#[derive(Debug)]
pub(super) struct Analysis<'a> {
    pub(super) control: &'a Arm,
    pub(super) arm: &'a Arm,
    pub(super) series: Defined<Series>,
    pub(super) path: Path,
}

/// An estimate with its interval, and how it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reported {
    /// Centre, low and high, in standard normal values from the estimate as it was measured.
    shifts: [f64; 3],
    method: Way,
    /// The p value that counts the looks, where the test has stopped.
    pub(super) p_value: Option<f64>,
}

/// How an interval treats the looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    OneLook,
    Anytime,
    Repeated,
    AfterStopping,
    NotCorrected,
}

impl Way {
    fn suffix(self) -> &'static str {
        match self {
            Self::OneLook => "",
            Self::Anytime => "_confidence_sequence",
            Self::Repeated => "_repeated_interval",
            Self::AfterStopping => "_bias_adjusted",
            Self::NotCorrected => "_not_corrected",
        }
    }
}

impl<'a> Analysis<'a> {
    pub(super) fn of(control: &'a Arm, arm: &'a Arm, settings: &Settings) -> Self {
        let series = Series::of(control, arm, settings.metric, settings.unit);
        let path = series.as_ref().map_or(Path { seen: Vec::new(), units: 0 }, |series| Path::of(series, settings));
        Self { control, arm, series, path }
    }

    /// What was measured at a stop, or why nothing was.
    pub(super) fn measured(&self, stop: Option<Stop>) -> Defined<&Measured> {
        if let Err(undefined) = &self.series {
            return Err(*undefined);
        }
        let seen = stop.and_then(|stop| self.path.seen.get(stop.at)).ok_or(Undefined::Empty)?;
        seen.measured.as_ref().map_err(|undefined| *undefined)
    }

    /// The interval at a level that the design allows at this stop.
    pub(super) fn reported(&self, stop: Stop, bounds: &Bounds, at_level: &Bounds) -> Option<Reported> {
        let measured = self.path.measured(stop.at)?;
        let (z, units) = (measured.z(), self.path.seen.get(stop.at)?.units);
        let around = |reach: f64, method| Reported { shifts: [0.0, -reach, reach], method, p_value: None };
        let Some(inference) = &bounds.inference else {
            let anytime = around(at_level.anytime(units), Way::Anytime);
            return Some(if stop.is_one_look { around(at_level.fixed, Way::OneLook) } else { anytime });
        };
        let (Some(look), true) = (stop.planned, stop.is_rejected || stop.is_over) else {
            let bound = planned_at(units, at_level).and_then(|look| look.bound);
            let anytime = around(at_level.anytime(units), Way::Anytime);
            return Some(bound.map_or(anytime, |bound| around(bound, Way::Repeated)));
        };
        let halt = Halt { look, estimate: z, standard_error: 1.0 };
        let found = inference.after(&halt, 1.0 - at_level.alpha).ok();
        Some(found.map_or(around(at_level.fixed, Way::NotCorrected), |found| Reported {
            shifts: [found.bias_adjusted - z, found.low - z, found.high - z],
            method: Way::AfterStopping,
            p_value: Some(found.p_value),
        }))
    }

    /// What stands against the answer of a stop that passed its bound.
    pub(super) fn doubt(&self, stop: Option<Stop>) -> Option<&Doubt> {
        self.path.doubt(stop?.in_doubt?)
    }

    /// Units that came after the test had ended.
    pub(super) fn left_out(&self, stop: Option<Stop>) -> u64 {
        let ended = stop.filter(|stop| stop.is_rejected || stop.is_over);
        let seen = ended.and_then(|stop| self.path.seen.get(stop.at));
        seen.map_or(0, |seen| self.path.units.saturating_sub(seen.units))
    }

    /// Effect sizes between the units of analysis.
    pub(super) fn effect(&self, metric: Metric) -> EffectSizes {
        let [Some(control), Some(treatment)] = [self.control, self.arm].map(|arm| spread(arm, metric)) else {
            return EffectSizes::default();
        };
        let h = (metric.kind() == MetricKind::Proportion || is_counted(self.arm))
            .then(|| cohen_h(share(self.control, metric)?, share(self.arm, metric)?).ok())
            .flatten();
        EffectSizes { d: cohen_d(&control, &treatment).ok(), g: hedges_g(&control, &treatment).ok(), h }
    }

    /// The same comparison on the period before.
    pub(super) fn before(&self, settings: &Settings) -> Check {
        let series = Series::of_blocks([&self.control.before, &self.arm.before], settings.metric, settings.unit);
        if series.units() < LEAST_BEFORE {
            return Check::default();
        }
        series.measure(series.units()).map_or(Check::default(), |measured| {
            let p_value = measured.p_value();
            let state = if p_value < BEFORE_ALPHA { CheckState::Failed } else { CheckState::Passed };
            Check { state, p_value: Some(p_value) }
        })
    }

    /// What a guard metric says up to now.
    pub(super) fn guard(&self, guard: &Guard, settings: &Settings) -> GuardReading {
        let series = Series::of(self.control, self.arm, guard.metric, settings.unit);
        let z = -normal_quantile((1.0 - settings.level) / 2.0);
        let found = series.and_then(|series| series.measure(series.units())).ok();
        let lift = found.and_then(|found| {
            let [value, low, high] = found.lift_within(z)?;
            let (method, sample_size) = (found.method.to_owned(), found.units);
            Some(Estimate { value, low, high, level: settings.level, method, sample_size, warnings: Vec::new() })
        });
        let state = lift.as_ref().map_or(CheckState::NotChecked, |lift| {
            let sign = guard.metric.direction().sign();
            let (worst, best) =
                (f64::min(sign * lift.low, sign * lift.high), f64::max(sign * lift.low, sign * lift.high));
            let is_loud = guard.margin.map_or(best < 0.0, |margin| worst < -margin);
            if is_loud { CheckState::Failed } else { CheckState::Passed }
        });
        GuardReading { metric: guard.metric, lift, state }
    }
}

impl Reported {
    /// The relative lift: value, low, high.
    pub(super) fn lift(&self, measured: &Measured) -> Option<[f64; 3]> {
        let (scale, part) = measured.lift?;
        finite(self.around(part, measured).map(|value| scale.to_lift(value)))
    }

    /// The difference: value, low, high.
    pub(super) fn difference(&self, measured: &Measured) -> Option<[f64; 3]> {
        finite(self.around(measured.difference, measured))
    }

    fn around(&self, part: Part, measured: &Measured) -> [f64; 3] {
        self.shifts.map(|shift| part.estimate + measured.errors(shift) * part.error)
    }

    /// The name of the method.
    pub(super) fn method(&self, measured: &Measured) -> String {
        format!("{}{}", measured.method, self.method.suffix())
    }

    /// Whether it holds at any time, and its centre is the estimate as it was measured.
    pub(super) fn is_anytime(&self) -> bool {
        self.method == Way::Anytime
    }

    /// Whether it is that of the one look of a fixed design.
    pub(super) fn is_one_look(&self) -> bool {
        self.method == Way::OneLook
    }

    /// Whether the looks could not be counted.
    pub(super) fn is_not_corrected(&self) -> bool {
        self.method == Way::NotCorrected
    }
}

fn finite(numbers: [f64; 3]) -> Option<[f64; 3]> {
    numbers.iter().all(|number| number.is_finite()).then_some(numbers)
}

/// An arm in short.
pub(super) fn summary(arm: &Arm, metric: Metric) -> ArmSummary {
    let people = arm.sample.as_ref().and_then(|sample| moments(sample).ok());
    let units = people.map_or(arm.blocks.len() as u64, |people| people.summary.n);
    ArmSummary { name: arm.name.clone(), value: share(arm, metric), units, sample: sample(arm, metric) }
}

/// What the floor of the sample size counts in an arm.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of counts, checked to be finite and not negative"
)]
pub(super) fn sample(arm: &Arm, metric: Metric) -> Option<u64> {
    if let Some(people) = &arm.sample {
        return Some(moments(people).map_or(0, |people| people.summary.n));
    }
    let counts: Vec<f64> = arm.blocks.iter().filter_map(|block| block.sample(metric)).collect();
    (!counts.is_empty()).then(|| counts.iter().sum::<f64>() as u64)
}

fn is_counted(arm: &Arm) -> bool {
    matches!(arm.sample, Some(super::sample::Sample::Counts { .. }))
}

/// The metric of an arm over all its units.
fn share(arm: &Arm, metric: Metric) -> Option<f64> {
    if let Some(people) = &arm.sample {
        return moments(people).ok().map(|people| people.summary.mean);
    }
    let parts = arm.blocks.iter().filter_map(|block| block.parts(metric));
    let (upper, lower) = parts.fold((0.0, 0.0), |sums, [upper, lower]| (sums.0 + upper, sums.1 + lower));
    (lower > 0.0).then(|| upper / lower)
}

/// The values of an arm's units: people, or the metric of each block.
fn spread(arm: &Arm, metric: Metric) -> Option<Summary> {
    if let Some(people) = &arm.sample {
        return moments(people).ok().map(|people| people.summary);
    }
    let value = |block: &Block| block.parts(metric).filter(|parts| parts[1] > 0.0).map(|[upper, lower]| upper / lower);
    Summary::of(&arm.blocks.iter().filter_map(value).collect::<Vec<_>>()).ok()
}
