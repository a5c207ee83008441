//! An allocation as a drawing: curves, amounts, and the price of money.

use plotters::prelude::{ChartBuilder, Circle, EmptyElement, LineSeries, RGBColor, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, IntoTextStyle, TextStyle};
use serde::Serialize;

use super::chart::{FIRST, LEVEL_ROOM, SECOND, SIZE, UPRIGHT_ROOM, draw, undrawn};
use crate::budget::ResponseCurve;
use crate::error::{Error, Result};
use crate::model::Language;

/// The colours of curves, one after the other and again.
const COLOURS: [RGBColor; 6] = [
    FIRST,
    SECOND,
    RGBColor(0xBC, 0x4C, 0x00),
    RGBColor(0x82, 0x50, 0xDF),
    RGBColor(0xBF, 0x39, 0x89),
    RGBColor(0x6E, 0x77, 0x81),
];
/// Straight pieces that a curve is drawn of.
const PIECES: u32 = 80;
/// How far the picture reaches beyond the largest amount.
const ROOM: f64 = 1.3;
/// How far the price is drawn to each side of an amount, as a share of the width.
const TANGENT: f64 = 0.08;
/// Below this share of the width a name has no room to the left of its mark.
const LEFT_ROOM: f64 = 0.2;
/// Receivers that are named, those with the largest amounts; the names of more would hide the curves.
const NAMED: usize = 12;
/// The largest number on an axis.
const MOST: f64 = 1e15;
/// The longest name that is written out, in characters.
const LONGEST: usize = 24;

/// Receivers with their curves and amounts, and what the next unit of money would bring.
#[derive(Debug, Clone, PartialEq)]
pub struct AllocationChart {
    /// One for each receiver.
    pub curves: Vec<DrawnCurve>,
    /// What the next unit of money would bring: the slope at every amount that no limit holds.
    pub price: f64,
}

/// The curve of a receiver and where it stands on it.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnCurve {
    /// The receiver.
    pub name: String,
    /// What a day's spend brings.
    pub curve: ResponseCurve,
    /// What it gets, in units.
    pub amount: f64,
}

/// A curve as the points that it is drawn of, for who draws it otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurveLine {
    /// The receiver.
    pub name: String,
    /// Spend from left to right, in units.
    pub spend: Vec<f64>,
    /// What each brings.
    pub value: Vec<f64>,
    /// What the receiver gets, in units.
    pub amount: f64,
    /// What that brings.
    pub brings: f64,
}

impl AllocationChart {
    /// The points of every curve.
    ///
    /// # Errors
    /// As [`allocation_svg`].
    pub fn lines(&self) -> Result<Vec<CurveLine>> {
        self.check()?;
        let width = self.width();
        let line = |one: &DrawnCurve| {
            let (spend, value) = one.points(width).unzip();
            let (amount, brings) = one.mark();
            CurveLine { name: one.name.clone(), spend, value, amount, brings }
        };
        Ok(self.curves.iter().map(line).collect())
    }

    fn check(&self) -> Result<()> {
        if self.curves.is_empty() {
            return Err(Error::invalid("curves", "is empty").next("give at least one receiver"));
        }
        for (at, one) in self.curves.iter().enumerate() {
            one.curve.check(&format!("curves[{at}].curve"))?;
            if !(one.amount.is_finite() && one.amount >= 0.0) {
                return Err(Error::invalid(&format!("curves[{at}].amount"), format!("is {}", one.amount))
                    .next("give a finite number from zero up"));
            }
        }
        if !(self.price.is_finite() && self.price >= 0.0) {
            return Err(Error::invalid("price", format!("is {}", self.price)).next("give a finite number from zero up"));
        }
        let width = self.width();
        let fits = |one: &DrawnCurve| width <= MOST && one.curve.value(width) <= MOST;
        match self.curves.iter().position(|one| !fits(one)) {
            None => Ok(()),
            Some(at) => {
                Err(Error::invalid(&format!("curves[{at}]"), "is too large to be drawn").next("give other units"))
            }
        }
    }

    /// The largest spend that is drawn.
    fn width(&self) -> f64 {
        let most = self.curves.iter().map(|one| one.amount).fold(0.0, f64::max);
        if most > 0.0 { most * ROOM } else { 1.0 }
    }

    /// Which receivers are named.
    fn named(&self) -> Vec<usize> {
        let amount = |place: usize| self.curves.get(place).map_or(0.0, |one| one.amount);
        let mut order: Vec<usize> = (0..self.curves.len()).collect();
        order.sort_by(|one, other| amount(*other).total_cmp(&amount(*one)).then(one.cmp(other)));
        order.truncate(NAMED);
        order
    }
}

impl DrawnCurve {
    fn points(&self, width: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
        (0..=PIECES).map(move |piece| {
            let spend = width * f64::from(piece) / f64::from(PIECES);
            (spend, self.curve.value(spend))
        })
    }

    /// The amount, and what it brings.
    fn mark(&self) -> (f64, f64) {
        (self.amount, self.curve.value(self.amount))
    }

    /// The price as a slope through the mark.
    fn slope(&self, price: f64, (width, height): (f64, f64)) -> [(f64, f64); 2] {
        let (spend, value) = self.mark();
        // Not out of the picture, whatever the price.
        let down = if price > 0.0 { (value / price).min(spend) } else { spend };
        let up = if price > 0.0 { (height - value) / price } else { width };
        let (left, right) = (down.min(width * TANGENT), up.min(width * TANGENT));
        [(spend - left, value - price * left), (spend + right, value + price * right)]
    }

    /// Where the name stands beside the mark, in pixels: above the curve to the left of it, or below it where there is no room to the left.
    fn beside(&self, width: f64) -> ((i32, i32), Pos) {
        if self.amount < width * LEFT_ROOM {
            ((7, 5), Pos::new(HPos::Left, VPos::Top))
        } else {
            ((-7, -5), Pos::new(HPos::Right, VPos::Bottom))
        }
    }

    fn label(&self) -> String {
        if self.name.chars().count() <= LONGEST {
            return self.name.clone();
        }
        let start: String = self.name.chars().take(LONGEST - 1).collect();
        format!("{start}…")
    }
}

fn name_style(colour: RGBColor, place: Pos) -> TextStyle<'static> {
    let style = ("sans-serif", 13).into_font().into_text_style(&SIZE).pos(place);
    TextStyle { color: colour.to_backend_color(), ..style }
}

/// Each receiver's curve, its amount as a dot, and the price as the slope there; no script, nothing loaded.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a curve that is none and for numbers that are not finite.
pub fn allocation_svg(chart: &AllocationChart, language: Language) -> Result<String> {
    chart.check()?;
    let width = chart.width();
    let top = chart.curves.iter().map(|one| one.curve.value(width)).fold(0.0, f64::max);
    let height = if top > 0.0 { top * 1.05 } else { 1.0 };
    draw(|area| {
        let mut plane = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(LEVEL_ROOM)
            .y_label_area_size(UPRIGHT_ROOM)
            .build_cartesian_2d(0.0..width, 0.0..height)
            .map_err(undrawn)?;
        plane
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(8)
            .x_label_formatter(&|value| language.number(*value, places(width)))
            .y_labels(5)
            .y_label_formatter(&|value| language.number(*value, places(height)))
            .draw()
            .map_err(undrawn)?;
        let named = chart.named();
        for (one, colour) in chart.curves.iter().zip(COLOURS.iter().cycle()) {
            plane.draw_series(LineSeries::new(one.points(width), colour.stroke_width(2))).map_err(undrawn)?;
            let slope = one.slope(chart.price, (width, height));
            plane.draw_series(LineSeries::new(slope, colour.mix(0.6).stroke_width(4))).map_err(undrawn)?;
            plane.draw_series([Circle::new(one.mark(), 4, colour.filled())]).map_err(undrawn)?;
        }
        // Names last: no curve runs through them.
        for (place, (one, colour)) in chart.curves.iter().zip(COLOURS.iter().cycle()).enumerate() {
            if named.contains(&place) {
                let (offset, pos) = one.beside(width);
                let text = Text::new(one.label(), offset, name_style(*colour, pos));
                plane.draw_series([EmptyElement::at(one.mark()) + text]).map_err(undrawn)?;
            }
        }
        Ok(())
    })
}

/// Decimal places that figures of an axis need.
fn places(most: f64) -> usize {
    if most >= 10.0 { 0 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(names: &[&str]) -> AllocationChart {
        let curve = |name: &&str| DrawnCurve {
            name: (*name).to_owned(),
            curve: ResponseCurve::Hill { top: 100.0, half: 50.0, shape: 1.0 },
            amount: 50.0,
        };
        AllocationChart { curves: names.iter().map(curve).collect(), price: 0.5 }
    }

    #[test]
    fn every_receiver_is_drawn_named_and_marked_and_the_same_chart_gives_the_same_bytes() {
        let given = chart(&["search", "a <b> & c"]);
        let svg = allocation_svg(&given, Language::English).unwrap();
        assert_eq!((svg.matches("<circle").count(), svg.contains("search")), (2, true), "{svg}");
        assert!(svg.contains("a &lt;b&gt; &amp; c") && !svg.contains("<b>"), "{svg}");
        assert_eq!(svg, allocation_svg(&given, Language::English).unwrap());
        let many: Vec<String> = (0..30).map(|number| format!("n{number:02}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let svg = allocation_svg(&chart(&many), Language::English).unwrap();
        assert_eq!((svg.matches("<circle").count(), svg.matches("\nn").count()), (30, NAMED), "{svg}");
    }

    #[test]
    fn the_points_of_a_curve_run_from_nothing_beyond_its_amount() {
        let lines = chart(&["a"]).lines().unwrap();
        let line = &lines[0];
        assert_eq!((line.spend[0].to_bits(), line.value[0].to_bits()), (0.0_f64.to_bits(), 0.0_f64.to_bits()));
        assert!((line.brings - 50.0).abs() < 1e-12 && line.spend.last().is_some_and(|last| *last > line.amount));
    }

    #[test]
    fn the_slope_at_an_amount_is_the_price() {
        let given = chart(&["a"]);
        let [(left, low), (right, high)] = given.curves[0].slope(given.price, (given.width(), 100.0));
        assert!(((high - low) / (right - left) - 0.5).abs() < 1e-12 && left < 50.0 && right > 50.0);
        assert!((given.curves[0].curve.marginal(50.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let told = |chart: &AllocationChart| allocation_svg(chart, Language::English).unwrap_err().to_string();
        assert!(told(&chart(&[])).starts_with("curves"));
        assert!(told(&AllocationChart { price: f64::NAN, ..chart(&["a"]) }).starts_with("price"));
        let mut wrong = chart(&["a"]);
        wrong.curves[0].amount = -1.0;
        assert!(told(&wrong).starts_with("curves[0].amount"));
        wrong.curves[0].curve = ResponseCurve::Log { scale: f64::INFINITY, unit: 1.0 };
        assert!(told(&wrong).starts_with("curves[0].curve.scale"));
        let mut nothing = chart(&["a"]);
        nothing.curves[0].amount = 0.0;
        assert!(allocation_svg(&nothing, Language::English).unwrap().contains("<circle"));
    }
}
