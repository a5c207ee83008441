//! Estimates with their intervals as a drawing, one below the other.

use plotters::prelude::{ChartBuilder, Circle, IntoFont, PathElement, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoTextStyle, TextStyle};

use super::chart::{FIRST, LEVEL_ROOM, SECOND, SIZE, draw, undrawn};
use crate::error::{Error, Result};
use crate::model::Language;

/// Estimates that are drawn at most; more lines than this would lie on each other.
const MOST: usize = 24;
/// Free air on both sides, as a share of the whole.
const AIR: f64 = 0.05;
/// The share of the picture that names take, left of the intervals.
const NAMES: f64 = 0.35;
/// The longest name that is written out, in characters.
const LONGEST: usize = 28;

/// Estimates with their intervals. Every list is as long as `names`.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalChart {
    /// What each is of.
    pub names: Vec<String>,
    /// The estimates.
    pub value: Vec<f64>,
    /// The lower ends.
    pub low: Vec<f64>,
    /// The upper ends.
    pub high: Vec<f64>,
}

impl IntervalChart {
    fn check(&self) -> Result<()> {
        let wanted = self.names.len();
        if wanted == 0 || wanted > MOST {
            return Err(Error::invalid("names", format!("has {wanted} names")).next(format!("give 1 to {MOST}")));
        }
        for (field, values) in [("value", &self.value), ("low", &self.low), ("high", &self.high)] {
            if values.len() != wanted {
                return Err(Error::invalid(field, format!("has {} values, `names` has {wanted}", values.len()))
                    .next("give one value for each name"));
            }
            if values.iter().any(|value| !value.is_finite()) {
                return Err(Error::invalid(field, "holds a number that is not finite").next("leave such ones out"));
            }
        }
        Ok(())
    }

    /// From the least to the greatest number with zero inside, and room for the names on the left.
    fn range(&self) -> std::ops::Range<f64> {
        let all = self.low.iter().chain(&self.high).chain(&self.value);
        let (low, high) = all.fold((0.0, 0.0), |(low, high): (f64, f64), one| (low.min(*one), high.max(*one)));
        let width = if high > low { high - low } else { 1.0 };
        low - width * (AIR + NAMES)..high + width * AIR
    }

    /// Each with its name and its place from above.
    fn lines(&self) -> impl Iterator<Item = (&str, f64, [f64; 3])> {
        let numbers = self.low.iter().zip(&self.value).zip(&self.high);
        let placed = self.names.iter().zip(numbers).enumerate();
        placed.map(|(place, (name, ((low, value), high)))| (name.as_str(), -(place as f64), [*low, *value, *high]))
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let start: String = name.chars().take(LONGEST - 1).collect();
    format!("{start}…")
}

fn name_style() -> TextStyle<'static> {
    ("sans-serif", 13).into_font().into_text_style(&SIZE).pos(Pos::new(HPos::Left, VPos::Center))
}

/// The interval of each as a line, its estimate as a dot, and zero as an upright line; no script, nothing loaded.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) where lists differ in length, are too long, or hold a number that is not finite.
pub fn interval_svg(chart: &IntervalChart, language: Language) -> Result<String> {
    chart.check()?;
    let range = chart.range();
    let (left, last) = (range.start, chart.names.len() as f64);
    let (width, places) = (range.end - range.start, if range.end - range.start >= 10.0 { 0 } else { 2 });
    // Steps of an axis come near zero from both sides, and -0.00 is no figure.
    let plain = move |value: f64| if value.abs() < width * 1e-6 { 0.0 } else { value };
    draw(|area| {
        let mut plane = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(LEVEL_ROOM)
            .build_cartesian_2d(range, -last + 0.5..0.5)
            .map_err(undrawn)?;
        plane
            .configure_mesh()
            .disable_y_mesh()
            .x_labels(8)
            .x_label_formatter(&|value| language.number(plain(*value), places))
            .draw()
            .map_err(undrawn)?;
        let zero = PathElement::new(vec![(0.0, -last + 0.5), (0.0, 0.5)], SECOND.stroke_width(1));
        plane.draw_series([zero]).map_err(undrawn)?;
        for (name, height, [low, value, high]) in chart.lines() {
            let interval = PathElement::new(vec![(low, height), (high, height)], FIRST.stroke_width(3));
            plane.draw_series([interval]).map_err(undrawn)?;
            plane.draw_series([Circle::new((value, height), 5, FIRST.filled())]).map_err(undrawn)?;
            plane.draw_series([Text::new(short(name), (left, height), name_style())]).map_err(undrawn)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> IntervalChart {
        let names = ["video", "a <b> & c"].map(str::to_owned).to_vec();
        IntervalChart { names, value: vec![0.1, -0.2], low: vec![0.0, -0.4], high: vec![0.2, 0.1] }
    }

    #[test]
    fn every_estimate_is_drawn_and_named_and_the_same_chart_gives_the_same_bytes() {
        let svg = interval_svg(&chart(), Language::English).unwrap();
        assert_eq!(svg.matches("<circle").count(), 2, "{svg}");
        assert!(svg.contains("video") && svg.contains("a &lt;b&gt; &amp; c") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("0.00") && !svg.contains("-0.00"), "{svg}");
        assert_eq!(svg, interval_svg(&chart(), Language::English).unwrap());
        let point = IntervalChart { value: vec![0.0; 2], low: vec![0.0; 2], high: vec![0.0; 2], ..chart() };
        assert_eq!(interval_svg(&point, Language::Portuguese).unwrap().matches("<circle").count(), 2);
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let told = |chart: IntervalChart| interval_svg(&chart, Language::English).unwrap_err().to_string();
        assert!(told(IntervalChart { names: vec![], ..chart() }).starts_with("names"));
        assert!(told(IntervalChart { low: vec![0.0], ..chart() }).starts_with("low"));
        assert!(told(IntervalChart { high: vec![f64::NAN, 0.0], ..chart() }).starts_with("high"));
    }
}
