//! A test look by look, and where it stopped.

use super::checks;
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
    /// What stands against an answer from this look, whatever its statistic.
    pub(super) doubt: Option<Doubt>,
}

/// Why a statistic beyond its bound is no answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Doubt {
    /// The usual day goes one way, all units together the other: both relative, the usual day first.
    Totals { usual: f64, totals: f64 },
    /// Without one day, all units together go the other way.
    OneDay(String),
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
    /// Zero is outside, and nothing stands against it.
    pub(super) is_rejected: bool,
    /// The look at which zero is outside, but with a doubt about it.
    pub(super) in_doubt: Option<usize>,
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
        let seen = |units| {
            let measured = series.measure(units);
            let doubt = measured.as_ref().ok().and_then(|measured| doubt(series, units, measured));
            Seen { units, measured, doubt }
        };
        Self { seen: (first..=units).map(seen).collect(), units }
    }

    /// Where it stands by the design: at the first look that may stop it and whose bound is passed or at which it is given up for good,
    /// else at the last look. What comes after a stop is left out.
    pub(super) fn stop(&self, settings: &Settings, bounds: &Bounds) -> Option<Stop> {
        let last = self.seen.len().checked_sub(1)?;
        match settings.design() {
            Looks::Anytime => Some(self.stop_at_any(settings, bounds, last)),
            Looks::FixedEnd => Some(self.stop_at_the_end(settings, bounds, last)),
            Looks::GroupSequential { .. } => Some(self.stop_at_planned(bounds, last)),
        }
    }

    /// A confidence sequence holds at all looks together, so the first one that leaves zero out decides.
    fn stop_at_any(&self, settings: &Settings, bounds: &Bounds, last: usize) -> Stop {
        let bound = |at: usize| self.seen.get(at).map(|seen| bounds.anytime(seen.units));
        let crossed = (0..=last).find(|at| self.is_shown(*at, bound(*at)));
        let at = crossed.unwrap_or(last);
        let is_over = settings.planned_units.is_some_and(|end| self.units >= end);
        Stop { is_rejected: crossed.is_some(), in_doubt: self.in_doubt(at, bound(at)), is_over, ..Stop::at(at) }
    }

    /// The one look of a fixed design: at its planned end where units arrive one by one, else at all of them.
    fn stop_at_the_end(&self, settings: &Settings, bounds: &Bounds, last: usize) -> Stop {
        let end = settings.planned_units.unwrap_or(0);
        if self.units < end {
            return Stop::at(last);
        }
        let at = self.seen.iter().position(|seen| seen.units == end).unwrap_or(last);
        let bound = Some(bounds.fixed);
        let (is_rejected, in_doubt) = (self.is_shown(at, bound), self.in_doubt(at, bound));
        Stop { is_one_look: true, is_over: true, is_rejected, in_doubt, ..Stop::at(at) }
    }

    fn stop_at_planned(&self, bounds: &Bounds, last: usize) -> Stop {
        let mut stop = Stop::at(last);
        for (planned, look) in bounds.planned.iter().enumerate() {
            let Some(at) = self.look_at(look.units) else { continue };
            let is_rejected = self.is_shown(at, look.bound);
            let advice = self.advice(at, look.futility);
            let is_given_up = bounds.is_binding && !is_rejected && advice == Advice::GiveUp;
            let is_over = planned + 1 == bounds.planned.len() || is_given_up;
            let in_doubt = self.in_doubt(at, look.bound);
            let found = Stop { planned: Some(planned), is_rejected, in_doubt, is_over, advice, ..Stop::at(at) };
            if is_rejected || is_over {
                return found;
            }
            stop = Stop { at: last, ..found };
        }
        stop
    }

    /// The place of the look at exactly so many units. People arrive in any number and are there all at once, so that a number between
    /// two looks is no look: a bound bought for one of them holds there only.
    fn look_at(&self, units: u64) -> Option<usize> {
        self.seen.iter().position(|seen| seen.units == units)
    }

    fn is_beyond(&self, at: usize, bound: Option<f64>) -> bool {
        self.z(at).zip(bound).is_some_and(|(z, bound)| z.abs() >= bound)
    }

    fn is_shown(&self, at: usize, bound: Option<f64>) -> bool {
        self.is_beyond(at, bound) && self.doubt(at).is_none()
    }

    fn in_doubt(&self, at: usize, bound: Option<f64>) -> Option<usize> {
        (self.is_beyond(at, bound) && self.doubt(at).is_some()).then_some(at)
    }

    /// What stands against an answer at a place.
    pub(super) fn doubt(&self, at: usize) -> Option<&Doubt> {
        self.seen.get(at)?.doubt.as_ref()
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
        let futility = planned_at(seen.units, bounds).and_then(|look| look.futility);
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
                let is_end = units == end || (self.seen.len() == 1 && units >= end);
                is_end.then_some(bounds.fixed)
            }
            Looks::GroupSequential { .. } => planned_at(units, bounds).and_then(|look| look.bound),
        }
    }
}

impl Stop {
    /// At a look that says nothing yet.
    fn at(at: usize) -> Self {
        Self {
            at,
            planned: None,
            is_one_look: false,
            is_rejected: false,
            in_doubt: None,
            is_over: false,
            advice: Advice::GoOn,
        }
    }
}

/// The planned look at exactly so many units.
pub(super) fn planned_at(units: u64, bounds: &Bounds) -> Option<&Planned> {
    bounds.planned.iter().find(|look| look.units == units)
}

/// The paired test speaks of a usual day, on which each day weighs the same; money is made on all days together. Where they part, or where
/// one day makes the sum, no answer is safe to act on.
fn doubt(series: &Series, units: u64, measured: &Measured) -> Option<Doubt> {
    let Series::Paired { .. } = series else { return None };
    let [control, treatment] = measured.values;
    let usual = measured.lift.map_or(measured.t, |(scale, part)| scale.to_lift(part.estimate));
    if (treatment - control) * usual < 0.0 {
        return Some(Doubt::Totals { usual, totals: (treatment - control) / control.abs() });
    }
    let one = checks::dominance(series, units).filter(|one| one.turns)?;
    Some(Doubt::OneDay(one.influential))
}
