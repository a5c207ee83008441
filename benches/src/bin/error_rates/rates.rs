//! False alarms without an effect, and power with one.

use adbrain_core::stats::Defined;
use adbrain_core::stats::effect::cohen_d;
use adbrain_core::stats::proportions::{Proportion, fisher_exact, z_test};
use adbrain_core::stats::sequential::{ConfidenceSequence, Design, Mixture, Spending};
use adbrain_core::stats::two_sample::welch;

use crate::Line;
use crate::course::{DAYS, Look, PEOPLE_PER_DAY, share, simulate, simulate_many};

/// What asymptotic tests keep over 20,000 tests at 5 %.
const ASYMPTOTIC: (f64, f64) = (0.040, 0.056);
const AT_MOST_FIVE: (f64, f64) = (0.0, 0.050);
const EXACT: (f64, f64) = (0.0, 0.056);
/// How far a group sequential test's power may lie from that of one final look.
const POWER_LOST: f64 = 0.025;

type Rule = Box<dyn Fn(&[Look]) -> bool + Sync>;

pub(crate) fn lines(tests: u64) -> Defined<Vec<Line>> {
    let mut lines = Vec::new();
    let mut final_look = 0.0;
    for (name, promised, rule) in rules()? {
        let at = |lift: f64| share(tests, |number| rule(&simulate(number, lift)));
        let (alarms, power) = (at(0.0)?, at(0.1)?);
        lines.push(Line::share(format!("{name}: false alarms"), alarms, promised));
        let is_sequential = name == "group sequential, O'Brien-Fleming";
        let wanted = is_sequential.then_some((final_look - POWER_LOST, 1.0));
        lines.push(Line::share(format!("{name}: power at +10 %"), power, wanted));
        if name == "Welch, one final look" {
            final_look = power;
        }
    }
    let ten = share(tests, |number| any_of(&simulate_many(number, 10)))?;
    lines.push(Line::share("daily t tests of ten variants, stop at the first p < 0.05: false alarms", ten, None));
    Ok(lines)
}

type Promised = (&'static str, Option<(f64, f64)>, Rule);

fn rules() -> Defined<Vec<Promised>> {
    let at_the_end = |test: fn(&Look) -> Option<f64>| -> Rule {
        Box::new(move |looks| looks.last().and_then(test).is_some_and(|p| p < 0.05))
    };
    let mut rules: Vec<Promised> = vec![
        ("Welch, one final look", Some(ASYMPTOTIC), at_the_end(welch_p)),
        ("pooled z, one final look", Some(ASYMPTOTIC), at_the_end(z_p)),
        ("Fisher's exact test, one final look", Some(EXACT), at_the_end(fisher_p)),
    ];
    for (name, spending) in [
        ("group sequential, O'Brien-Fleming", Spending::ObrienFleming),
        ("group sequential, Pocock", Spending::Pocock),
        ("group sequential, power family 2", Spending::Power { phi: 2.0 }),
    ] {
        rules.push((name, Some(ASYMPTOTIC), group_sequential(spending)?));
    }
    let planned = (2 * u64::from(DAYS) * PEOPLE_PER_DAY) as f64;
    let sequence = ConfidenceSequence::new(0.05, planned)?;
    let excludes = move |look: &Look| {
        let (effect, error) = look.effect()?;
        Some(effect.abs() > sequence.half_width(error * error, 2.0 * look.people as f64))
    };
    rules.push(("confidence sequence", Some(AT_MOST_FIVE), any_look(excludes)));
    let mixture = Mixture::new(0.05, 0.01)?;
    let crosses = move |look: &Look| {
        let (effect, error) = look.effect()?;
        Some(mixture.at(effect, error).ok()?.p_value < 0.05)
    };
    rules.push(("mixture likelihood ratio, tau 0.01", Some(AT_MOST_FIVE), any_look(crosses)));
    rules.push(("daily t test, stop at p < 0.05", None, any_look(|look| Some(welch_p(look)? < 0.05))));
    let late = |look: &Look| Some(look.people >= 1000 && welch_p(look)? < 0.05);
    rules.push(("daily t test from 1,000 per arm on, stop at p < 0.05", None, any_look(late)));
    rules.push(("legacy: p < 0.05 and d > 0.3, daily", None, any_look(legacy)));
    Ok(rules)
}

fn any_look(test: impl Fn(&Look) -> Option<bool> + Sync + 'static) -> Rule {
    Box::new(move |looks| looks.iter().any(|look| test(look).unwrap_or(false)))
}

/// Whether any variant differs from the control on any day.
fn any_of(variants: &[Vec<Look>]) -> bool {
    variants.iter().flatten().any(|look| welch_p(look).is_some_and(|p| p < 0.05))
}

fn group_sequential(spending: Spending) -> Defined<Rule> {
    let times: Vec<f64> = (1..=DAYS).map(|day| f64::from(day) / f64::from(DAYS)).collect();
    let bounds = Design { spending, ..Design::default() }.bounds(&times)?;
    let upper: Vec<f64> = bounds.looks().iter().map(|look| look.upper.unwrap_or(f64::INFINITY)).collect();
    Ok(Box::new(move |looks| looks.iter().zip(&upper).any(|(look, bound)| look.z().abs() >= *bound)))
}

fn welch_p(look: &Look) -> Option<f64> {
    let [control, treatment] = look.arms().ok()?;
    welch(&control, &treatment, 0.95).ok().map(|found| found.p_value)
}

fn shares(look: &Look) -> Option<[Proportion; 2]> {
    let share = |successes| Proportion::new(successes, look.people).ok();
    Some([share(look.successes[0])?, share(look.successes[1])?])
}

fn z_p(look: &Look) -> Option<f64> {
    let [control, treatment] = shares(look)?;
    z_test(control, treatment).ok().map(|found| found.p_two_sided)
}

fn fisher_p(look: &Look) -> Option<f64> {
    let [control, treatment] = shares(look)?;
    fisher_exact(control, treatment).ok().map(|found| found.p_two_sided)
}

fn legacy(look: &Look) -> Option<bool> {
    let [control, treatment] = look.arms().ok()?;
    let is_large = look.people >= 1000 && cohen_d(&control, &treatment).ok()? > 0.3;
    Some(is_large && welch_p(look)? < 0.05)
}
