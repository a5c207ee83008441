//! Predictions with their band as a drawing.

use plotters::prelude::{ChartBuilder, Circle, LineSeries, Polygon};
use plotters::style::Color;

use super::chart::{FIRST, LEVEL_ROOM, SECOND, UPRIGHT_ROOM, draw, undrawn};
use crate::error::{Error, Result};
use crate::model::Language;

/// How dark the band is, of the colour of its line.
const SHADE: f64 = 0.18;
/// Free air above and below, as a share of the whole.
const AIR: f64 = 0.05;

/// Predictions with their band. Every list is as long as `at`, `actual` may be empty.
#[derive(Debug, Clone, PartialEq)]
pub struct BandChart {
    /// Where each prediction stands from left to right, in any order: a day, a budget, a row.
    pub at: Vec<f64>,
    /// The middle of each.
    pub median: Vec<f64>,
    /// The lower ends.
    pub low: Vec<f64>,
    /// The upper ends.
    pub high: Vec<f64>,
    /// What came of each; NaN where it is not known.
    pub actual: Vec<f64>,
}

fn uneven(field: &str, given: usize, wanted: usize) -> Error {
    Error::invalid(field, format!("has {given} values, `at` has {wanted}")).next("give one value for each prediction")
}

impl BandChart {
    fn check(&self) -> Result<()> {
        let wanted = self.at.len();
        if wanted == 0 {
            return Err(Error::invalid("median", "is empty").next("give at least one prediction"));
        }
        for (field, values) in [("median", &self.median), ("low", &self.low), ("high", &self.high), ("at", &self.at)] {
            if values.len() != wanted {
                return Err(uneven(field, values.len(), wanted));
            }
            if values.iter().any(|value| !value.is_finite()) {
                return Err(
                    Error::invalid(field, "holds a number that is not finite").next("leave such predictions out")
                );
            }
        }
        if !self.actual.is_empty() && self.actual.len() != wanted {
            return Err(uneven("actual", self.actual.len(), wanted));
        }
        Ok(())
    }

    /// The places from left to right.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.at.len()).collect();
        order.sort_by(|a, b| value(&self.at, *a).total_cmp(&value(&self.at, *b)));
        order
    }

    fn points<'a>(&'a self, values: &'a [f64], order: &'a [usize]) -> impl DoubleEndedIterator<Item = (f64, f64)> + 'a {
        order.iter().map(|place| (value(&self.at, *place), value(values, *place)))
    }
}

fn value(values: &[f64], place: usize) -> f64 {
    values.get(place).copied().unwrap_or(f64::NAN)
}

/// The least and the greatest number, with air on both sides.
fn range<'a>(values: impl Iterator<Item = &'a f64>) -> std::ops::Range<f64> {
    let known = values.copied().filter(|value| value.is_finite());
    let (low, high) = known.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    let air = (high - low).max(f64::MIN_POSITIVE.max(high.abs() * 1e-9)) * AIR;
    low - air..high + air
}

/// The band shaded, the middle as a line, what came of it as dots; no script, nothing loaded.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) where lists differ in length or hold a number that is not finite.
pub fn band_svg(chart: &BandChart, language: Language) -> Result<String> {
    chart.check()?;
    let order = chart.order();
    let heights = range(chart.low.iter().chain(&chart.high).chain(&chart.median).chain(&chart.actual));
    draw(|area| {
        let mut plane = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(LEVEL_ROOM)
            .y_label_area_size(UPRIGHT_ROOM)
            .build_cartesian_2d(range(chart.at.iter()), heights.clone())
            .map_err(undrawn)?;
        plane
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(8)
            .x_label_formatter(&|value| language.number(*value, 1))
            .y_labels(5)
            .y_label_formatter(&|value| language.number(*value, 2))
            .draw()
            .map_err(undrawn)?;
        let outline = chart.points(&chart.low, &order).chain(chart.points(&chart.high, &order).rev());
        plane.draw_series([Polygon::new(outline.collect::<Vec<_>>(), FIRST.mix(SHADE))]).map_err(undrawn)?;
        let line = LineSeries::new(chart.points(&chart.median, &order), FIRST.stroke_width(2));
        plane.draw_series(line).map_err(undrawn)?;
        let actual = chart.points(&chart.actual, &order).filter(|point| point.1.is_finite());
        plane.draw_series(actual.map(|at| Circle::new(at, 3, SECOND.filled()))).map_err(undrawn)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_prediction_is_drawn_and_the_order_changes_nothing() {
        let one = BandChart { at: vec![1.0], median: vec![2.0], low: vec![2.0], high: vec![2.0], actual: vec![] };
        assert!(band_svg(&one, Language::English).unwrap().contains("<polygon"));
        let chart = |order: [usize; 3]| BandChart {
            at: order.map(|at| at as f64).to_vec(),
            median: order.map(|at| 2.0 + at as f64).to_vec(),
            low: order.map(|at| 1.0 + at as f64).to_vec(),
            high: order.map(|at| 4.0 + at as f64).to_vec(),
            actual: order.map(|at| if at == 1 { f64::NAN } else { 3.0 }).to_vec(),
        };
        let svg = band_svg(&chart([0, 1, 2]), Language::Portuguese).unwrap();
        assert_eq!(svg, band_svg(&chart([2, 0, 1]), Language::Portuguese).unwrap());
        assert!(svg.matches("<circle").count() == 2 && svg.contains("2,0"), "{svg}");
    }

    #[test]
    fn lists_that_do_not_fit_are_named() {
        let chart = BandChart { at: vec![1.0], median: vec![2.0], low: vec![], high: vec![2.0], actual: vec![] };
        assert!(band_svg(&chart, Language::English).unwrap_err().to_string().starts_with("low"));
        let chart = BandChart { low: vec![f64::NAN], ..chart };
        assert!(band_svg(&chart, Language::English).unwrap_err().to_string().contains("not finite"));
    }
}
