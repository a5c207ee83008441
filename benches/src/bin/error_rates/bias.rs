//! How far estimates lie from the truth where a test stops early, as they are and corrected.

use adbrain_core::stats::sequential::{Bounds, ConfidenceSequence, Design, Inference, Mixture, Spending, Stop};
use adbrain_core::stats::two_sample::welch;
use adbrain_core::stats::{Defined, Undefined};

use crate::Line;
use crate::course::{BASE_RATE, DAYS, Look, PEOPLE_PER_DAY, simulate};

const LIFT: f64 = 0.1;
/// The correction takes milliseconds, so this many tests at most.
const MOST_TESTS: u64 = 4_000;

/// One stopped test: the lift as it was, corrected, and whether it stopped as a winner.
struct Stopped {
    naive: f64,
    corrected: f64,
    is_winner: bool,
}

pub(crate) fn lines(tests: u64) -> Defined<Vec<Line>> {
    let tests = tests.min(MOST_TESTS);
    let mut lines = Vec::new();
    for (name, spending) in [("O'Brien-Fleming", Spending::ObrienFleming), ("Pocock", Spending::Pocock)] {
        let stopped = stopped(tests, spending)?;
        let bias = |of: fn(&Stopped) -> f64, winners: bool| {
            let chosen: Vec<f64> = stopped.iter().filter(|one| one.is_winner || !winners).map(of).collect();
            chosen.iter().sum::<f64>() / chosen.len() as f64 - LIFT
        };
        let (naive, corrected) = (bias(|one| one.naive, false), bias(|one| one.corrected, false));
        let mut line = |what: &str, figure: f64, promised: Option<(f64, f64)>| {
            lines.push(Line::share(format!("{name}: {what}"), figure, promised));
        };
        let half = naive.abs() / 2.0;
        line("mean lift less the truth, all runs, as it was", naive, None);
        line("mean lift less the truth, all runs, corrected", corrected, Some((-half, half)));
        line("mean lift less the truth, winners alone, as it was", bias(|one| one.naive, true), None);
        line("mean lift less the truth, winners alone, corrected", bias(|one| one.corrected, true), None);
    }
    lines.extend(not_corrected(tests)?);
    Ok(lines)
}

/// Rules whose estimate at the stop is told as it was: how far it lies from the truth.
fn not_corrected(tests: u64) -> Defined<Vec<Line>> {
    let planned = (2 * u64::from(DAYS) * PEOPLE_PER_DAY) as f64;
    let (sequence, mixture) = (ConfidenceSequence::new(0.05, planned)?, Mixture::new(0.05, 0.01)?);
    let leaves = |look: &Look| {
        let (effect, error) = look.effect()?;
        Some(effect.abs() > sequence.half_width(error * error, 2.0 * look.people as f64))
    };
    let crosses = |look: &Look| {
        let (effect, error) = look.effect()?;
        Some(mixture.at(effect, error).ok()?.p_value < 0.05)
    };
    let differs = |look: &Look| {
        let [control, treatment] = look.arms().ok()?;
        Some(welch(&control, &treatment, 0.95).ok()?.p_value < 0.05)
    };
    let rules: [(&str, &Stops<'_>); 3] = [
        ("confidence sequence", &leaves),
        ("mixture likelihood ratio, tau 0.01", &crosses),
        ("daily t test, stop at p < 0.05", &differs),
    ];
    let mut lines = Vec::new();
    for (name, stops) in rules {
        let found: Vec<(f64, bool)> = (0..tests).filter_map(|number| as_it_was(number, stops)).collect();
        let bias = |winners: bool| {
            let chosen: Vec<f64> = found.iter().filter(|one| one.1 || !winners).map(|one| one.0).collect();
            chosen.iter().sum::<f64>() / chosen.len() as f64 - LIFT
        };
        for (what, winners) in [("all runs", false), ("winners alone", true)] {
            lines.push(Line::share(
                format!("{name}: mean lift less the truth, {what}, as it was"),
                bias(winners),
                None,
            ));
        }
    }
    Ok(lines)
}

type Stops<'a> = dyn Fn(&Look) -> Option<bool> + 'a;

/// The lift at the first look that stops, else at the last one, and whether it is a winner's.
fn as_it_was(number: u64, stops: &Stops<'_>) -> Option<(f64, bool)> {
    let looks = simulate(number, LIFT);
    let stop = looks.iter().find(|look| stops(look).unwrap_or(false));
    let (effect, _) = stop.or(looks.last())?.effect()?;
    Some((effect / BASE_RATE, stop.is_some() && effect > 0.0))
}

fn stopped(tests: u64, spending: Spending) -> Defined<Vec<Stopped>> {
    let times: Vec<f64> = (1..=DAYS).map(|day| f64::from(day) / f64::from(DAYS)).collect();
    let bounds = Design { spending, ..Design::default() }.bounds(&times)?;
    let inference = Inference::new(&bounds);
    let (bounds, inference) = (&bounds, &inference);
    let run = |from: u64, to: u64| (from..to).map(|number| one(number, bounds, inference)).collect::<Defined<Vec<_>>>();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| run(0, tests / 2));
        let second = run(tests / 2, tests)?;
        let mut all = first.join().map_err(|_| Undefined::NotConverged)??;
        all.extend(second);
        Ok(all)
    })
}

fn one(number: u64, bounds: &Bounds, inference: &Inference) -> Defined<Stopped> {
    let looks = simulate(number, LIFT);
    let crosses = |(look, bound): (&Look, &adbrain_core::stats::sequential::Look)| {
        bound.upper.is_some_and(|upper| look.z().abs() >= upper)
    };
    let stop = looks.iter().zip(bounds.looks()).position(crosses);
    let at = stop.unwrap_or(looks.len() - 1);
    let (estimate, standard_error) = looks.get(at).and_then(Look::effect).ok_or(Undefined::NoSpread)?;
    let after = inference.after(&Stop { look: at, estimate, standard_error }, 0.95)?;
    Ok(Stopped {
        naive: estimate / BASE_RATE,
        corrected: after.bias_adjusted / BASE_RATE,
        is_winner: stop.is_some() && estimate > 0.0,
    })
}
