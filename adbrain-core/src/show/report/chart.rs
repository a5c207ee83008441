//! Charts as inline SVG; the page's style sheet gives them the colours of the reader's theme.

use std::fmt::Display;

use plotters::coord::Shift;
use plotters::prelude::{
    ChartBuilder, Circle, DrawingArea, IntoDrawingArea, IntoFont, LineSeries, PathElement, RGBColor, Rectangle,
    SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoTextStyle, TextStyle};

use super::cell::Cell;
use super::document::{DailyChart, RoasPoint};
use crate::error::{Error, ErrorKind, Result};
use crate::experiment::Look;
use crate::model::Language;

/// Pixels across and down; the page scales the drawing.
pub(super) const SIZE: (u32, u32) = (760, 260);
/// Room for the figures of the upright axis, in pixels.
pub(super) const UPRIGHT_ROOM: u32 = 80;
/// Room for the days, in pixels.
pub(super) const LEVEL_ROOM: u32 = 30;
/// Free air above the highest point, as a factor.
const HEADROOM: f64 = 1.15;
/// The first colour: spend, the expected; the page's style sheet names the same colours.
pub(super) const FIRST: RGBColor = RGBColor(0x09, 0x69, 0xDA);
/// The second colour: revenue, the reached.
pub(super) const SECOND: RGBColor = RGBColor(0x1A, 0x7F, 0x37);
/// Half the width of a mark, of a whole of 1 per platform.
const HALF_MARK: f64 = 0.12;

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Spend and revenue by day.
pub(super) fn daily(chart: &DailyChart, language: Language) -> Result<String> {
    let top = highest(chart.days.iter().flat_map(|(_, spend, revenue)| [*spend, *revenue]));
    draw(|area| {
        let last = chart.days.len().saturating_sub(1).max(1) as f64;
        let mut plane = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(LEVEL_ROOM)
            .y_label_area_size(UPRIGHT_ROOM)
            .build_cartesian_2d(0.0..last, 0.0..top)
            .map_err(undrawn)?;
        plane
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(chart.days.len().min(8))
            .x_label_formatter(&|position| day_label(chart, *position, language))
            .y_labels(5)
            .y_label_formatter(&|value| language.number(*value, 0))
            .draw()
            .map_err(undrawn)?;
        let points = |pick: fn(&(jiff::civil::Date, f64, f64)) -> f64| {
            chart.days.iter().enumerate().map(move |(day, values)| (day as f64, pick(values)))
        };
        plane.draw_series(LineSeries::new(points(|day| day.1), FIRST.stroke_width(2))).map_err(undrawn)?;
        plane.draw_series(LineSeries::new(points(|day| day.2), SECOND.stroke_width(2))).map_err(undrawn)?;
        plane.draw_series(points(|day| day.1).map(|at| Circle::new(at, 3, FIRST.filled()))).map_err(undrawn)?;
        plane.draw_series(points(|day| day.2).map(|at| Circle::new(at, 3, SECOND.filled()))).map_err(undrawn)?;
        Ok(())
    })
}

/// The date at a whole position; nothing between two days.
fn day_label(chart: &DailyChart, position: f64, language: Language) -> String {
    let nearest = position.round();
    let is_whole = (position - nearest).abs() < 0.01;
    let day = chart.days.iter().enumerate().find(|(index, _)| (*index as f64 - nearest).abs() < 0.5);
    match day {
        Some((_, (date, ..))) if is_whole => Cell::Date(*date).write(language),
        _ => String::new(),
    }
}

/// ROAS by platform: the expected as a mark with its interval, the reached as a bar.
pub(super) fn roas(points: &[RoasPoint], language: Language) -> Result<String> {
    let values =
        points.iter().flat_map(|point| [point.expected.high, point.expected.value, point.reached.unwrap_or(0.0)]);
    let top = highest(values);
    draw(|area| {
        let mut plane = ChartBuilder::on(area)
            .margin(10)
            .y_label_area_size(UPRIGHT_ROOM)
            .build_cartesian_2d(0.0..points.len() as f64, 0.0..top)
            .map_err(undrawn)?;
        plane
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(0)
            .y_labels(5)
            .y_label_formatter(&|value| language.number(*value, 1))
            .draw()
            .map_err(undrawn)?;
        for (index, point) in points.iter().enumerate() {
            let middle = index as f64 + 0.5;
            plane.draw_series(point.reached.map(|roas| bar(middle + HALF_MARK, roas))).map_err(undrawn)?;
            plane.draw_series(whisker(middle - HALF_MARK, point)).map_err(undrawn)?;
            let mark = Circle::new((middle - HALF_MARK, bounded(point.expected.value)), 4, FIRST.filled());
            plane.draw_series([mark]).map_err(undrawn)?;
            let name = Cell::named("platform", &point.platform).write(language);
            plane.draw_series([Text::new(name, (middle, top), label())]).map_err(undrawn)?;
        }
        Ok(())
    })
}

/// A test look by look: the estimate, and both ends of its interval.
pub(super) fn looks(looks: &[Look], language: Language) -> Result<String> {
    let ends = || looks.iter().flat_map(|look| [look.low, look.high, look.estimate, 0.0]).filter(|end| end.is_finite());
    let (low, high) = ends().fold((0.0, 0.0), |(low, high): (f64, f64), end| (low.min(end), high.max(end)));
    let room = ((high - low) * 0.05).max(f64::MIN_POSITIVE);
    draw(|area| {
        let last = looks.len().saturating_sub(1).max(1) as f64;
        let mut plane = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(LEVEL_ROOM)
            .y_label_area_size(UPRIGHT_ROOM)
            .build_cartesian_2d(0.0..last, low - room..high + room)
            .map_err(undrawn)?;
        plane
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(looks.len().min(8))
            .x_label_formatter(&|position| unit_label(looks, *position))
            .y_labels(5)
            .y_label_formatter(&|value| language.number(*value, 3))
            .draw()
            .map_err(undrawn)?;
        let points = |pick: fn(&Look) -> f64| {
            let point_of = move |(at, look): (usize, &Look)| (at as f64, pick(look));
            looks.iter().enumerate().map(point_of).filter(|point| point.1.is_finite())
        };
        plane.draw_series(LineSeries::new(points(|look| look.low), FIRST.stroke_width(1))).map_err(undrawn)?;
        plane.draw_series(LineSeries::new(points(|look| look.high), FIRST.stroke_width(1))).map_err(undrawn)?;
        plane.draw_series(LineSeries::new(points(|look| look.estimate), SECOND.stroke_width(2))).map_err(undrawn)?;
        let marks = points(|look| look.estimate).map(|at| Circle::new(at, 3, SECOND.filled()));
        plane.draw_series(marks).map_err(undrawn)?;
        Ok(())
    })
}

/// The unit at a whole position; nothing between two.
fn unit_label(looks: &[Look], position: f64) -> String {
    let look = looks.iter().enumerate().find(|(at, _)| (*at as f64 - position).abs() < 0.01);
    look.map_or_else(String::new, |(_, look)| look.unit.clone())
}

fn bar(middle: f64, height: f64) -> Rectangle<(f64, f64)> {
    Rectangle::new([(middle - HALF_MARK / 2.0, 0.0), (middle + HALF_MARK / 2.0, bounded(height))], SECOND.filled())
}

/// The interval as an upright line with a foot and a head.
fn whisker(middle: f64, point: &RoasPoint) -> Vec<PathElement<(f64, f64)>> {
    let (low, high) = (bounded(point.expected.low), bounded(point.expected.high));
    let (left, right) = (middle - HALF_MARK / 2.0, middle + HALF_MARK / 2.0);
    let lines = [[(middle, low), (middle, high)], [(left, low), (right, low)], [(left, high), (right, high)]];
    lines.into_iter().map(|line| PathElement::new(line.to_vec(), FIRST.stroke_width(2))).collect()
}

fn label() -> TextStyle<'static> {
    ("sans-serif", 14).into_font().into_text_style(&SIZE).pos(Pos::new(HPos::Center, VPos::Top))
}

/// A height that can be drawn: nothing below zero, nothing without end.
fn bounded(value: f64) -> f64 {
    if value.is_finite() { value.max(0.0) } else { 0.0 }
}

fn highest(values: impl Iterator<Item = f64>) -> f64 {
    let top = values.map(bounded).fold(0.0, f64::max);
    if top > 0.0 { top * HEADROOM } else { 1.0 }
}

pub(super) fn draw(paint: impl FnOnce(&Area<'_>) -> Result<()>) -> Result<String> {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    paint(&area)?;
    area.present().map_err(undrawn)?;
    drop(area);
    Ok(svg)
}

pub(super) fn undrawn(error: impl Display) -> Error {
    Error::new(ErrorKind::Internal, format!("a chart cannot be drawn: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;

    fn chart(days: i8) -> DailyChart {
        let days = (1..=days).map(|day| (jiff::civil::date(2027, 1, day), f64::from(day), 3.0)).collect();
        DailyChart { currency: Currency::BRL, days }
    }

    #[test]
    fn one_day_is_drawn_and_the_same_chart_gives_the_same_bytes() {
        let svg = daily(&chart(1), Language::English).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
        assert_eq!(daily(&chart(14), Language::English).unwrap(), daily(&chart(14), Language::English).unwrap());
    }

    #[test]
    fn days_stand_below_the_axis_in_the_readers_language() {
        assert!(daily(&chart(5), Language::Portuguese).unwrap().contains("01/01/2027"));
    }
}
