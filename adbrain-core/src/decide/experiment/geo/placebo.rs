//! Placebo tests in time: how large an "effect" the method finds where there was none.

use super::regression::Regression;
use crate::stats::{Defined, Undefined};

/// A p value from windows before the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placebo {
    /// (1 + windows with an effect at least as large) / (1 + windows); it cannot fall below 1 / (1 + windows).
    pub p_value: f64,
    /// How many windows were tried.
    pub windows: u64,
}

/// The p value of a statistic `t` among all windows of `test_periods` in the time before the test, each window left out of its own fit.
///
/// Windows overlap, so it is a check on the model and no exact test; a few long windows say little.
pub(super) fn placebo_in_time(control: &[f64], treatment: &[f64], test_periods: usize, t: f64) -> Defined<Placebo> {
    let statistics = placebo_statistics(control, treatment, test_periods)?;
    let extreme = statistics.iter().filter(|other| libm::fabs(**other) >= libm::fabs(t)).count();
    let windows = statistics.len();
    Ok(Placebo { p_value: (1 + extreme) as f64 / (1 + windows) as f64, windows: windows as u64 })
}

fn placebo_statistics(control: &[f64], treatment: &[f64], test_periods: usize) -> Defined<Vec<f64>> {
    let starts = 0..(control.len() + 1).saturating_sub(test_periods);
    let found: Vec<f64> = starts
        .filter_map(|start| window(control, treatment, start, test_periods))
        .filter_map(|window| Regression::fit(&window.rest[0], &window.rest[1]).ok().map(|line| (line, window)))
        .filter_map(|(line, window)| line.cumulative(window.inside[0], window.inside[1]).t().ok())
        .collect();
    if found.is_empty() { Err(Undefined::TooFew { needed: test_periods as u64 + 3 }) } else { Ok(found) }
}

/// A window of control and treatment, and the periods around it.
pub(super) struct Window<'a> {
    pub(super) inside: [&'a [f64]; 2],
    pub(super) rest: [Vec<f64>; 2],
}

pub(super) fn window<'a>(control: &'a [f64], treatment: &'a [f64], start: usize, length: usize) -> Option<Window<'a>> {
    let cut = |values: &'a [f64]| {
        let inside = values.get(start..start + length)?;
        let rest = values.get(..start)?.iter().chain(values.get(start + length..)?).copied().collect::<Vec<_>>();
        Some((inside, rest))
    };
    let ((x, x_rest), (y, y_rest)) = (cut(control)?, cut(treatment)?);
    Some(Window { inside: [x, y], rest: [x_rest, y_rest] })
}
