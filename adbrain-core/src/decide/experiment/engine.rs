//! Measures a test by its settings: every variant against the control, several weighed together.

use super::analysis::{self, Analysis};
use super::checks;
use super::compare::compare;
use super::data::{Arm, Data};
use super::delivery;
use super::design::Bounds;
use super::order;
use super::path::Stop;
use super::readout::{Check, Comparison, Readout, Unevenness};
use super::settings::{Label, Settings};
use crate::error::Result;
use crate::model::Message;
use crate::model::message::Argument;
use crate::stats::Defined;

/// Settings with their bounds worked out once, for a test that is read many times.
///
/// ```
/// use adbrain_core::experiment::{Arm, Block, Data, Engine, Metric, Settings, VerdictKind};
/// let days = |rate: f64, cycle: u32| (1..=28).map(|day| {
///     let impressions = 5000.0 + f64::from(day % 7) * 300.0;
///     Block::ratio(format!("2027-03-{day:02}"), (rate + f64::from(day % cycle) * 0.001) * impressions, impressions)
/// }).collect();
/// let data = Data::of(vec![Arm::of_blocks("image", days(0.020, 3)), Arm::of_blocks("video", days(0.0215, 5))]);
/// let engine = Engine::new(Settings::until(Metric::Ratio, 28), 1)?;
/// let readout = engine.readout(&data)?;
/// assert_eq!(readout.comparisons[0].verdict.kind, VerdictKind::Winner);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Engine {
    settings: Settings,
    /// The bounds at the test's own alpha, alpha / 2, ... for as many variants.
    steps: Vec<Bounds>,
    /// The bounds at the level of the shown intervals.
    shown: Bounds,
}

/// Measures a test once; see [`Engine`] for many times.
///
/// Days, the default unit, are paired: Student's paired t on the daily log ratios `ln(R_t / R_c)` of both arms (Student, 1908), which makes
/// the lift that of a usual day; where a day lacks something in a part of an arm, the delta method on the paired days. Regions, and people
/// with blocks of their own, by the delta method in each arm (Deng, Knoblich and Lu, 2018), people's values by Welch's t (Welch, 1947),
/// counts by the pooled z test or Fisher's (1935), several variants by Holm (1979), repeated looks by the settings' design (Lan and
/// `DeMets`, 1983, or Waudby-Smith and others, 2023). Differences are in the unit of the metric, lifts without unit. It assumes
/// independent units: days, regions or people.
///
/// It misleads where ads share people, so that days of one arm are not independent of each other.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] naming the field of the settings or the data that is wrong.
pub fn readout(settings: &Settings, data: &Data) -> Result<Readout> {
    Engine::new(settings.clone(), data.arms.len().saturating_sub(1))?.readout(data)
}

/// Everything that several variants share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) settings: &'a Settings,
    pub(super) data: &'a Data,
    pub(super) split: Check,
    /// The bounds at the level of the shown intervals.
    pub(super) shown: &'a Bounds,
}

impl Engine {
    /// Checks the settings and works out the bounds for so many variants.
    ///
    /// Several variants against one control are decided by Holm's step-down ("A simple sequentially rejective multiple test procedure",
    /// 1979): the strongest must pass its bound at alpha / m, the next at alpha / (m - 1), and so on; with group sequential bounds
    /// this keeps the error over all variants and looks (Maurer and Bretz, "Multiple testing in group sequential trials using graphical
    /// approaches", 2013). Alpha is (1 - level) over the tests that share it.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field that is wrong.
    pub fn new(settings: Settings, variants: usize) -> Result<Self> {
        settings.check()?;
        let shown = Bounds::of(&settings, 1.0 - settings.level)?;
        let alpha = shown.alpha / settings.tests as f64;
        let at = |step: usize| match (settings.tests, step) {
            (1, 1) => Ok(shown.clone()),
            _ => Bounds::of(&settings, alpha / step as f64),
        };
        let steps = (1..=variants.max(1)).map(at).collect::<Defined<Vec<_>>>()?;
        Ok(Self { settings, steps, shown })
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Measures the data as they stand now, as the function [`readout`] does: differences in the unit of the metric, lifts without unit,
    /// for every arm against the control. Methods, with their sources, are named there and at [`Engine::new`].
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field of the data that is wrong.
    pub fn readout(&self, data: &Data) -> Result<Readout> {
        let settings = &self.settings;
        let mut metrics = vec![settings.metric];
        metrics.extend(settings.guards.iter().map(|guard| guard.metric));
        data.check(&metrics)?;
        let data = &*order::in_time(data, settings.unit);
        let Some(control) = data.control() else {
            return Err(crate::Error::invalid("control", "does not exist").next("name one of the arms"));
        };
        let variants: Vec<&Arm> = data.arms.iter().filter(|arm| arm.name != control.name).collect();
        if variants.len() > self.steps.len() {
            let what = format!("has {} variants, the engine was made for {}", variants.len(), self.steps.len());
            return Err(crate::Error::invalid("arms", what).next("make an engine for as many variants"));
        }
        let analyses: Vec<_> = variants.iter().map(|arm| Analysis::of(control, arm, settings)).collect();
        let comparisons = self.compare_all(&analyses, data);
        let arms = [control].into_iter().chain(variants).map(|arm| analysis::summary(arm, settings.metric)).collect();
        let delivery = delivery::delivery(data);
        Ok(Readout {
            metric: settings.metric,
            direction: settings.direction(),
            label: settings.assignment.label(),
            design: settings.design(),
            control: control.name.clone(),
            arms,
            comparisons,
            split: checks::split(data, self.settings.assignment),
            warnings: self.warnings(data, &delivery),
            delivery,
            maturity: data.maturity,
        })
    }

    fn compare_all(&self, analyses: &[Analysis<'_>], data: &Data) -> Vec<Comparison> {
        let split = checks::split(data, self.settings.assignment);
        let shared = Shared { settings: &self.settings, data, split, shown: &self.shown };
        let judged = self.judge(analyses);
        analyses.iter().zip(judged).map(|(analysis, judged)| compare(analysis, judged, &shared)).collect()
    }

    /// Holm's step-down over the variants: where each stands, and under which bounds.
    fn judge(&self, analyses: &[Analysis<'_>]) -> Vec<Judged<'_>> {
        let mut judged: Vec<Judged<'_>> = Vec::new();
        let mut left = analyses.len();
        while let Some(bounds) = left.checked_sub(1).and_then(|step| self.steps.get(step)) {
            let again = analyses.iter().enumerate().map(|(place, analysis)| match judged.get(place) {
                Some(done) if done.is_rejected() => *done,
                _ => Judged { stop: analysis.path.stop(&self.settings, bounds), bounds },
            });
            judged = again.collect();
            let open = judged.iter().filter(|one| !one.is_rejected()).count();
            if open == left {
                break;
            }
            left = open;
        }
        judged
    }

    fn warnings(&self, data: &Data, delivery: &[Unevenness]) -> Vec<Message> {
        let mut warnings = Vec::new();
        if self.settings.assignment.label() == Label::Associational {
            warnings.push(Message::new("experiment-associational"));
        }
        let uneven = delivery.iter().filter(|one| one.is_uneven);
        warnings.extend(uneven.map(|one| {
            Message::new("experiment-uneven")
                .with("dimension", one.dimension.as_str())
                .with("distance", Argument::Ratio(one.distance))
        }));
        if self.settings.metric.is_delayed() && data.maturity.is_none() {
            warnings.push(Message::new("experiment-maturity-unknown"));
        }
        warnings
    }
}

/// Where a variant stands, and under which bounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'a> {
    pub(super) stop: Option<Stop>,
    pub(super) bounds: &'a Bounds,
}

impl Judged<'_> {
    fn is_rejected(&self) -> bool {
        self.stop.is_some_and(|stop| stop.is_rejected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Block, Metric, VerdictKind};
    use crate::model::Maturity;
    use crate::stats::random::Random;

    fn arm(name: &str, seed: u64, level: f64, days: u64) -> Arm {
        let blocks = (0..days).map(|day| {
            let (mut shared, mut own) = (Random::at(5, &[day]), Random::at(seed, &[day]));
            let shock = shared.log_normal(0.25);
            Block::ratio(format!("day {day:03}"), level * shock * own.log_normal(0.1), 1.0)
        });
        Arm::of_blocks(name, blocks.collect())
    }

    fn settings() -> Settings {
        Settings::until(Metric::Ratio, 28)
    }

    #[test]
    fn pairing_by_day_finds_what_shocks_hide() {
        let data = Data::of(vec![arm("old", 1, 2.0, 28), arm("new", 2, 2.4, 28)]);
        let found = readout(&settings(), &data).unwrap();
        let one = &found.comparisons[0];
        assert_eq!(one.verdict.kind, VerdictKind::Winner, "{one:?}");
        let lift = one.lift.as_ref().unwrap();
        assert!(lift.low > 0.0 && lift.low < 0.2 && lift.high > 0.2, "{lift:?}");
        assert!(one.looks.iter().any(|look| look.is_crossed) && one.looks[0].units == 14);
        assert_eq!(found.winner().map(|one| one.arm.as_str()), Some("new"));
    }

    #[test]
    fn swapping_the_arms_mirrors_the_result() {
        let (a, b) = (arm("a", 1, 2.0, 20), arm("b", 2, 2.1, 20));
        let looks = Some(crate::experiment::Looks::FixedEnd);
        let fixed = Settings { looks, planned_units: Some(20), ..settings() };
        let there = readout(&fixed, &Data::of(vec![a.clone(), b.clone()])).unwrap();
        let back = readout(&fixed, &Data::of(vec![b, a])).unwrap();
        let (there, back) = (&there.comparisons[0], &back.comparisons[0]);
        let (first, second) = (there.lift.as_ref().unwrap(), back.lift.as_ref().unwrap());
        assert!(((1.0 + first.value) * (1.0 + second.value) - 1.0).abs() < 1e-12);
        assert!(((1.0 + first.low) * (1.0 + second.high) - 1.0).abs() < 1e-12);
        assert!((there.p_value.unwrap() - back.p_value.unwrap()).abs() < 1e-12);
    }

    #[test]
    fn less_is_better_where_the_metric_costs() {
        let mut cost = settings();
        cost.direction = Some(crate::experiment::Direction::LowerIsBetter);
        let data = Data::of(vec![arm("old", 1, 2.0, 28), arm("new", 2, 2.4, 28)]);
        assert_eq!(readout(&cost, &data).unwrap().comparisons[0].verdict.kind, VerdictKind::Loser);
    }

    #[test]
    fn several_variants_are_weighed_together() {
        let data = Data::of(vec![
            arm("old", 1, 2.0, 28),
            arm("same", 3, 2.0, 28),
            arm("worse", 4, 1.6, 28),
            arm("better", 2, 2.4, 28),
        ]);
        let found = readout(&settings(), &data).unwrap();
        let kinds: Vec<_> = found.comparisons.iter().map(|one| one.verdict.kind).collect();
        assert_eq!(kinds, [VerdictKind::NoDifference, VerdictKind::Loser, VerdictKind::Winner]);
    }

    #[test]
    fn too_little_gets_a_reason_and_no_verdict() {
        for (days, reason) in [(1, "experiment-too-few-units"), (13, "experiment-too-few-units")] {
            let data = Data::of(vec![arm("a", 1, 2.0, days), arm("b", 2, 9.0, days)]);
            let found = readout(&settings(), &data).unwrap();
            let verdict = &found.comparisons[0].verdict;
            assert_eq!((verdict.kind, verdict.reason.key.as_str()), (VerdictKind::KeepRunning, reason));
        }
    }

    #[test]
    fn constant_arms_have_no_numbers_but_a_reason() {
        let flat = |name: &str, value: f64| {
            Arm::of_blocks(name, (0..28).map(|day| Block::value(format!("{day:02}"), value)).collect())
        };
        let settings = Settings::until(Metric::Mean, 28);
        for (a, b, key) in [(2.0, 3.0, "no-spread"), (0.0, 0.0, "nothing-observed")] {
            let found = readout(&settings, &Data::of(vec![flat("a", a), flat("b", b)])).unwrap();
            let one = &found.comparisons[0];
            assert_eq!((one.p_value, one.p_anytime, one.lift.clone()), (None, None, None));
            assert_eq!(one.undefined.as_ref().unwrap().key, format!("experiment-undefined-{key}"));
            assert_eq!(one.verdict.kind, VerdictKind::Invalid);
        }
    }

    #[test]
    fn immature_data_get_no_verdict_on_late_metrics() {
        let paid = |name: &str, factor: u64| {
            let block = |day: u64| Block {
                impressions: Some(10_000),
                conversions: Some(factor * (20 + day % 5)),
                clicks: Some(400 + (day * factor) % 7),
                ..Block { unit: format!("{day:02}"), ..Block::default() }
            };
            Arm::of_blocks(name, (0..28).map(block).collect())
        };
        let data = Data { maturity: Some(Maturity::Immature), ..Data::of(vec![paid("a", 1), paid("b", 2)]) };
        let found = readout(&Settings::until(Metric::Cvr, 28), &data).unwrap();
        assert_eq!(found.comparisons[0].verdict.reason.key, "experiment-immature");
        let ripe = Data { maturity: Some(Maturity::Mature), ..data };
        let found = readout(&Settings::until(Metric::Cvr, 28), &ripe).unwrap();
        assert_eq!(found.comparisons[0].verdict.kind, VerdictKind::Winner);
    }
}
