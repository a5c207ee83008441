//! A test look by look, and where it stopped.

use super::design::{Bounds, Planned};
use super::measured::Measured;
use super::readout::Look;
use super::series::Series;
use super::settings::{Looks, Settings};
use crate::stats::Defined;

/// What was seen at one look.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) units: u64,
    pub(super) measured: Defined<Measured>,
}

/// Every look up to now, in order.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) seen: Vec<Seen>,
    /// The units of the whole series.
    pub(super) units: u64,
}

/// Where a test stands under an error level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    /// The look that counts, by its place in the path.
    pub(super) at: usize,
    /// The planned look that it is, counted from 0; none unless group sequential.
    pub(super) planned: Option<usize>,
    /// The one look of a fixed design.
    pub(super) is_one_look: bool,
    /// Zero is outside.
    pub(super) is_rejected: bool,
    /// The planned end has come, or the test was given up for good.
    pub(super) is_over: bool,
    /// Whether to go on from here.
    pub(super) advice: Advice,
}

/// Whether a test is likely enough to show something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    GoOn,
    GiveUp,
}

impl Path {
    /// Follows a series from its least units on; people and regions have one look only.
    pub(super) fn of(series: &Series, settings: &Settings) -> Self {
        let units = series.units();
        let first = match series {
            Series::Paired { .. } => settings.least_units().min(units).max(1),
            _ => units,
        };
        let seen = (first..=units).map(|units| Seen { units, measured: series.measure(units) });
        Self { seen: seen.collect(), units }
    }

    /// Where it stands by the design: at the first planned look whose bound is passed or at which it is given up for good, else at the
    /// last look.
    pub(super) fn stop(&self, settings: &Settings, bounds: &Bounds) -> Option<Stop> {
        let last = self.seen.len().checked_sub(1)?;
        if bounds.planned.is_empty() {
            return Some(self.stop_at_last(settings, bounds, last));
        }
        let mut stop = Stop {
            at: last,
            planned: None,
            is_one_look: false,
            is_rejected: false,
            is_over: false,
            advice: Advice::GoOn,
        };
        for (planned, look) in bounds.planned.iter().enumerate() {
            let Some(at) = self.look_at(look.units, bounds) else { continue };
            let is_rejected = self.is_beyond(at, look.bound);
            let advice = self.advice(at, look.futility);
            let is_given_up = bounds.is_binding && !is_rejected && advice == Advice::GiveUp;
            let is_over = planned + 1 == bounds.planned.len() || is_given_up;
            if is_rejected || is_over {
                return Some(Stop { at, planned: Some(planned), is_rejected, is_over, advice, ..stop });
            }
            stop = Stop { at: last, planned: Some(planned), advice, ..stop };
        }
        Some(stop)
    }

    fn stop_at_last(&self, settings: &Settings, bounds: &Bounds, last: usize) -> Stop {
        let is_anytime = settings.design() == Looks::Anytime;
        let bound = if is_anytime { bounds.anytime(self.units) } else { bounds.fixed };
        let end = settings.planned_units.unwrap_or(if is_anytime { u64::MAX } else { 0 });
        let is_over = self.units >= end;
        let is_rejected = (is_anytime || is_over) && self.z(last).is_some_and(|z| z.abs() >= bound);
        let is_one_look = is_over && !is_anytime;
        Stop { at: last, planned: None, is_one_look, is_rejected, is_over, advice: Advice::GoOn }
    }

    /// The place of the look at so many units. People arrive in any number: their one look is the last planned one they have reached.
    fn look_at(&self, units: u64, bounds: &Bounds) -> Option<usize> {
        if self.seen.len() > 1 || self.seen.first().is_some_and(|seen| seen.units == units) {
            return self.seen.iter().position(|seen| seen.units == units);
        }
        let reached = bounds.planned.iter().map(|look| look.units).rfind(|units| *units <= self.units);
        (reached == Some(units)).then_some(0)
    }

    fn is_beyond(&self, at: usize, bound: Option<f64>) -> bool {
        self.z(at).zip(bound).is_some_and(|(z, bound)| z.abs() >= bound)
    }

    fn advice(&self, at: usize, futility: Option<f64>) -> Advice {
        let is_within = self.z(at).zip(futility).is_some_and(|(z, bound)| z.abs() <= bound);
        if is_within { Advice::GiveUp } else { Advice::GoOn }
    }

    /// The statistic at a place.
    pub(super) fn z(&self, at: usize) -> Option<f64> {
        self.seen.get(at)?.measured.as_ref().ok().map(Measured::z)
    }

    /// What was measured at a place.
    pub(super) fn measured(&self, at: usize) -> Option<&Measured> {
        self.seen.get(at)?.measured.as_ref().ok()
    }

    /// The least p value of the confidence sequence up to now.
    pub(super) fn anytime_p(&self, bounds: &Bounds) -> Option<f64> {
        let values = self.seen.iter().filter_map(|seen| {
            let measured = seen.measured.as_ref().ok()?;
            Some(bounds.anytime_p(measured.z(), seen.units))
        });
        values.reduce(f64::min)
    }

    /// Every look with the interval that holds there: that of the design at its own looks, the confidence sequence elsewhere.
    pub(super) fn looks(&self, series: &Series, settings: &Settings, bounds: &Bounds) -> Vec<Look> {
        self.seen.iter().filter_map(|seen| self.look(seen, series, settings, bounds)).collect()
    }

    fn look(&self, seen: &Seen, series: &Series, settings: &Settings, bounds: &Bounds) -> Option<Look> {
        let measured = seen.measured.as_ref().ok()?;
        let bound = self.bound_at(seen.units, settings, bounds);
        let reach = bound.unwrap_or(bounds.anytime(seen.units));
        let [estimate, low, high] = measured.lift_within(reach).unwrap_or_else(|| {
            let [low, high] = measured.difference_within(reach);
            [measured.difference.estimate, low, high]
        });
        let z = measured.z();
        let is_crossed = bound.is_some_and(|bound| z.abs() >= bound);
        let futility = self.planned_at(seen.units, bounds).and_then(|look| look.futility);
        let (unit, units) = (series.name(seen.units), seen.units);
        Some(Look { unit, units, estimate, low, high, z, bound, futility, is_crossed })
            .filter(|look| [look.low, look.high, look.estimate].into_iter().all(f64::is_finite))
    }

    /// The bound that holds at so many units, where the design may stop there.
    pub(super) fn bound_at(&self, units: u64, settings: &Settings, bounds: &Bounds) -> Option<f64> {
        match settings.design() {
            Looks::Anytime => Some(bounds.anytime(units)),
            Looks::FixedEnd => {
                let end = settings.planned_units.unwrap_or(0);
                (units == self.units && units >= end).then_some(bounds.fixed)
            }
            Looks::GroupSequential { .. } => self.planned_at(units, bounds).and_then(|look| look.bound),
        }
    }

    /// The planned look at so many units.
    fn planned_at<'a>(&self, units: u64, bounds: &'a Bounds) -> Option<&'a Planned> {
        let seen = |look: &Planned| self.look_at(look.units, bounds).and_then(|at| self.seen.get(at));
        bounds.planned.iter().rfind(|look| seen(look).is_some_and(|seen| seen.units == units))
    }
}
