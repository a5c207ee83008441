//! The units of two arms, matched, and what any first part of them says.

use std::collections::{BTreeMap, BTreeSet};

use super::data::{Arm, Block};
use super::measured::{Measured, Moments};
use super::metric::Metric;
use super::sample::Sample;
use super::settings::Unit;
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Undefined};

/// The parts of a ratio in one unit: numerator and denominator.
pub(super) type Parts = [f64; 2];

/// Two arms made comparable.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Series {
    /// The same days in both arms, in the control's order: unit, control, treatment.
    Paired { days: Vec<(String, Parts, Parts)>, dropped: u64 },
    /// Regions or people, each in one arm.
    Apart { control: Vec<Parts>, treatment: Vec<Parts>, dropped: u64 },
    /// People, summed up.
    People { control: Moments, treatment: Moments },
}

impl Series {
    /// Matches the units of two arms for a metric.
    pub(super) fn of(control: &Arm, treatment: &Arm, metric: Metric, unit: Unit) -> Defined<Self> {
        match (&control.sample, &treatment.sample) {
            (Some(first), Some(second)) => Ok(Self::People { control: moments(first)?, treatment: moments(second)? }),
            (None, None) => Ok(Self::of_blocks([&control.blocks, &treatment.blocks], metric, unit)),
            _ => Err(Undefined::Input { field: "arms", problem: "must all have blocks, or all have a sample" }),
        }
    }

    /// Matches blocks: days by their name, regions and people not at all.
    pub(super) fn of_blocks([control, treatment]: [&[Block]; 2], metric: Metric, unit: Unit) -> Self {
        if unit == Unit::Day { paired(control, treatment, metric) } else { apart(control, treatment, metric) }
    }

    /// Units that a verdict can rest on: days, or the smaller arm.
    pub(super) fn units(&self) -> u64 {
        match self {
            Self::Paired { days, .. } => days.len() as u64,
            Self::Apart { control, treatment, .. } => control.len().min(treatment.len()) as u64,
            Self::People { control, treatment } => control.summary.n.min(treatment.summary.n),
        }
    }

    /// Units left out because an arm lacks them.
    pub(super) fn dropped(&self) -> u64 {
        match self {
            Self::Paired { dropped, .. } | Self::Apart { dropped, .. } => *dropped,
            Self::People { .. } => 0,
        }
    }

    /// The name of the unit at a place, counted from 1; empty where units have no order in time.
    pub(super) fn name(&self, units: u64) -> String {
        match self {
            Self::Paired { days, .. } => usize::try_from(units)
                .ok()
                .and_then(|units| days.get(units.checked_sub(1)?))
                .map_or_else(String::new, |(unit, ..)| unit.clone()),
            _ => String::new(),
        }
    }

    /// What the first units say; regions and people come all at once.
    pub(super) fn measure(&self, units: u64) -> Defined<Measured> {
        match self {
            Self::Paired { days, .. } => {
                let days: Vec<_> = days.iter().take(usize::try_from(units).unwrap_or(usize::MAX)).collect();
                let control: Vec<_> = days.iter().map(|day| day.1).collect();
                let treatment: Vec<_> = days.iter().map(|day| day.2).collect();
                Measured::paired(&control, &treatment)
            }
            Self::Apart { control, treatment, .. } => Measured::apart(control, treatment),
            Self::People { control, treatment } => Measured::people(control, treatment),
        }
    }
}

fn paired(control: &[Block], treatment: &[Block], metric: Metric) -> Series {
    let of = |block: &Block| Some((block.unit.clone(), usable(block, metric)?));
    let second: BTreeMap<String, Parts> = treatment.iter().filter_map(of).collect();
    let both = |(unit, control): (String, Parts)| second.get(&unit).map(|treatment| (unit, control, *treatment));
    let days: Vec<_> = control.iter().filter_map(of).filter_map(both).collect();
    let all: BTreeSet<&String> = control.iter().chain(treatment).map(|block| &block.unit).collect();
    let dropped = all.len().saturating_sub(days.len()) as u64;
    Series::Paired { days, dropped }
}

fn apart(control: &[Block], treatment: &[Block], metric: Metric) -> Series {
    let of = |blocks: &[Block]| -> Vec<Parts> { blocks.iter().filter_map(|block| usable(block, metric)).collect() };
    let (first, second) = (of(control), of(treatment));
    let dropped = (control.len() + treatment.len()).saturating_sub(first.len() + second.len()) as u64;
    Series::Apart { control: first, treatment: second, dropped }
}

/// The parts of a block in which the arm ran at all; a ratio of nothing over nothing was not measured.
fn usable(block: &Block, metric: Metric) -> Option<Parts> {
    let parts = block.parts(metric)?;
    let [upper, lower] = parts;
    (upper.abs() > 0.0 || lower > 0.0).then_some(parts)
}

/// People as count, mean and spread; counts become zeros and ones.
pub(super) fn moments(sample: &Sample) -> Defined<Moments> {
    match sample {
        Sample::Counts { trials: 0, .. } => Err(Undefined::NoTrials),
        Sample::Counts { successes, trials } => {
            let (hits, n) = (*successes as f64, *trials as f64);
            let summary = Summary::new(*trials, hits / n, hits * (n - hits) / n);
            Ok(Moments { summary, successes: Some(*successes) })
        }
        Sample::Moments { n: 0, .. } => Err(Undefined::Empty),
        Sample::Moments { n, mean, m2 } => Ok(Moments { summary: Summary::new(*n, *mean, *m2), successes: None }),
        Sample::Values(values) if values.is_empty() => Err(Undefined::Empty),
        Sample::Values(values) => Ok(Moments { summary: Summary::of(values)?, successes: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(rows: &[(&str, f64, f64)]) -> Vec<Block> {
        rows.iter().map(|(unit, upper, lower)| Block::ratio(*unit, *upper, *lower)).collect()
    }

    #[test]
    fn a_day_that_one_arm_lacks_is_dropped_from_both_and_counted() {
        let control = blocks(&[("d1", 1.0, 10.0), ("d2", 0.0, 0.0), ("d3", 2.0, 10.0)]);
        let treatment = blocks(&[("d3", 3.0, 9.0), ("d2", 1.0, 10.0), ("d4", 1.0, 1.0)]);
        let series = Series::of_blocks([&control, &treatment], Metric::Ratio, Unit::Day);
        assert_eq!((series.units(), series.dropped()), (1, 3));
        assert_eq!(series.name(1), "d3");
    }

    #[test]
    fn a_day_without_conversions_stays() {
        let control = blocks(&[("d1", 50.0, 2.0), ("d2", 40.0, 0.0)]);
        let series = Series::of_blocks([&control, &control], Metric::Ratio, Unit::Day);
        assert_eq!(series.units(), 2);
    }
}
