//! Every design of the looks through the engine, on days, people and regions without a difference.

use adbrain_core::experiment::{
    Arm, Assignment, Block, Data, Futility, Looks, Metric, Sample, Settings, Spending, Unit,
};
use adbrain_core::stats::random::Random;

use crate::course::{share, shares};
use crate::engine::{DAYS, Trial, USUAL, World, settings};
use crate::{Line, Lines};

/// What asymptotic tests keep over 20,000 tests at 5 %.
const ASYMPTOTIC: (f64, f64) = (0.0, 0.056);
/// What confidence sequences keep, and looks at days, which spend nine tenths of the error.
const AT_MOST_FIVE: (f64, f64) = (0.0, 0.050);
/// Means of a few dozen log-normal regions: within a point.
const FEW_REGIONS: (f64, f64) = (0.0, 0.060);
/// The part of the error that looks at days spend.
const SPENT_ON_DAYS: f64 = 0.9;

pub(crate) fn lines(tests: u64) -> Lines {
    let mut lines = days(tests)?;
    lines.extend(normal_days(tests)?);
    lines.extend(people(tests)?);
    lines.push(regions(tests)?);
    Ok(lines)
}

fn daily(spending: Spending) -> Looks {
    Looks::GroupSequential { at: Vec::new(), spending }
}

fn days(tests: u64) -> Lines {
    let better = World { seed: 6, lift: 0.2, ..USUAL };
    let mut lines = Vec::new();
    for (name, looks) in [
        ("days, Pocock", daily(Spending::Pocock)),
        ("days, power family 2", daily(Spending::Power(2.0))),
        ("days, anytime", Looks::Anytime),
        ("days, one look at the end", Looks::FixedEnd),
    ] {
        let promised = if looks == Looks::FixedEnd { ASYMPTOTIC } else { AT_MOST_FIVE };
        let trial = Trial::of(Settings { looks: Some(looks), ..settings(Futility::None) }, 2)?;
        let [alarms, _] = shares(tests, |test| trial.outcome(&World { seed: 7, ..USUAL }.data(test, DAYS)))?;
        lines.push(Line::share(format!("{name}: no difference, anything is changed"), alarms, Some(promised)));
        let [_, power] = shares(tests, |test| trial.outcome(&better.data(test, DAYS)))?;
        lines.push(Line::share(format!("{name}: +20 %, the variant is raised"), power, None));
    }
    Ok(lines)
}

/// Days whose log ratios are exactly normal: what the bounds of a normal walk do to t statistics of few days, with all the error and with the
/// part of it that the engine spends.
fn normal_days(tests: u64) -> Lines {
    let data = |test: u64| {
        let block = |arm: u64, day: u64| {
            let value = Random::at(8, &[test, arm, day]).log_normal(0.2);
            Block::ratio(format!("day {day:02}"), value, 1.0)
        };
        let arm = |arm: u64| Arm {
            assigned: Some(50_000),
            ..Arm::of_blocks(arm.to_string(), (0..DAYS).map(|day| block(arm, day)).collect())
        };
        Data::of(vec![arm(0), arm(1)])
    };
    let mut lines = Vec::new();
    for (name, spent, promised) in [
        ("normal days, 15 looks, all of 5 % spent", 0.05 / SPENT_ON_DAYS, None),
        ("normal days, 15 looks, nine tenths of 5 % spent", 0.05, Some(AT_MOST_FIVE)),
    ] {
        let usual = Settings { metric: Metric::Ratio, level: 1.0 - spent, ..settings(Futility::None) };
        let trial = Trial::of(usual, 2)?;
        let alarms = share(tests, |test| trial.outcome(&data(test))[0])?;
        lines.push(Line::share(format!("{name}: no difference, anything is changed"), alarms, promised));
    }
    Ok(lines)
}

/// People counted at three planned looks, or once.
fn people(tests: u64) -> Lines {
    const LOOKS: [u64; 3] = [2_000, 4_000, 6_000];
    let settings = |looks| Settings {
        unit: Unit::User,
        assignment: Assignment::SplitTest,
        futility: Futility::None,
        looks: Some(looks),
        ..Settings::until(Metric::Mean, LOOKS[2])
    };
    let any = |trial: &Trial, test: u64| {
        let mut luck = Random::at(9, &[test]);
        let mut hits = [0, 0];
        LOOKS.into_iter().any(|trials| {
            hits = hits.map(|hits| hits + luck.binomial(LOOKS[0], 0.05));
            let arm = |(place, successes): (usize, &u64)| {
                Arm::of_sample(place.to_string(), Sample::Counts { successes: *successes, trials })
            };
            trial.outcome(&Data::of(hits.iter().enumerate().map(arm).collect()))[0]
        })
    };
    let mut lines = Vec::new();
    for (name, spending) in [
        ("people, O'Brien-Fleming", Spending::ObrienFleming),
        ("people, Pocock", Spending::Pocock),
        ("people, power family 2", Spending::Power(2.0)),
    ] {
        let trial = Trial::of(settings(Looks::GroupSequential { at: LOOKS.to_vec(), spending }), 2)?;
        let alarms = share(tests, |test| any(&trial, test))?;
        lines.push(Line::share(
            format!("{name}, 3 looks: no difference, anything is changed"),
            alarms,
            Some(ASYMPTOTIC),
        ));
    }
    for (name, looks, promised) in [
        ("people, anytime, 3 looks", Looks::Anytime, AT_MOST_FIVE),
        ("people, one look at the end", Looks::FixedEnd, ASYMPTOTIC),
    ] {
        let trial = Trial::of(settings(looks), 2)?;
        let alarms = share(tests, |test| any(&trial, test))?;
        lines.push(Line::share(format!("{name}: no difference, anything is changed"), alarms, Some(promised)));
    }
    Ok(lines)
}

/// Thirty regions in each arm, of sizes that differ, read once.
fn regions(tests: u64) -> Result<Line, Box<dyn std::error::Error>> {
    const REGIONS: u64 = 30;
    let data = |test: u64| {
        let block = |arm: u64, region: u64| {
            let mut luck = Random::at(10, &[test, arm, region]);
            let size = 10_000.0 * luck.log_normal(0.5);
            Block::ratio(format!("{arm} {region}"), size * 0.02 * luck.log_normal(0.2), size)
        };
        let arm = |arm: u64| Arm {
            assigned: Some(REGIONS),
            ..Arm::of_blocks(arm.to_string(), (0..REGIONS).map(|region| block(arm, region)).collect())
        };
        Data::of(vec![arm(0), arm(1)])
    };
    let settings = Settings { unit: Unit::Geo, assignment: Assignment::LiftDesign, ..Settings::new(Metric::Ratio) };
    let trial = Trial::of(settings, 2)?;
    let alarms = share(tests, |test| trial.outcome(&data(test))[0])?;
    Ok(Line::share("30 regions per arm, one look: no difference, anything is changed", alarms, Some(FEW_REGIONS)))
}
