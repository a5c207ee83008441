//! Response curves: what a day's spend brings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a day's spend brings, in units of value, by the spend `x` in units of the currency, from zero up. Never falls.
///
/// ```
/// use adbrain_core::budget::ResponseCurve;
/// let curve = ResponseCurve::Hill { top: 100.0, half: 50.0, shape: 1.0 };
/// assert_eq!(curve.value(50.0), 50.0);
/// assert_eq!(curve.marginal(50.0), 0.5);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ResponseCurve {
    /// `top * x^shape / (x^shape + half^shape)`: concave up to a shape of 1, S-shaped above (A. V. Hill, 1910, "The possible effects of the
    /// aggregation of the molecules of haemoglobin on its dissociation curves"; the saturation of Robyn and Meridian).
    Hill {
        /// What no spend exceeds.
        top: f64,
        /// The spend that brings half of it.
        half: f64,
        /// The steepness.
        shape: f64,
    },
    /// `scale * x^exponent`, with an exponent up to 1.
    Power {
        /// What the first unit of money brings.
        scale: f64,
        /// Above zero, up to 1.
        exponent: f64,
    },
    /// `scale * ln(1 + x / unit)`.
    Log {
        /// The value of each time that the spend grows by a factor of e, far from zero.
        scale: f64,
        /// The spend at which the curve bends.
        unit: f64,
    },
    /// `top * (1 - exp(-x / unit))`.
    Exponential {
        /// What no spend exceeds.
        top: f64,
        /// The spend after which all but 1/e of it is reached.
        unit: f64,
    },
    /// Straight lines between points of spend and value, flat after the last: of posterior draws, or of data.
    Piecewise {
        /// The points, by rising spend; the first at no spend.
        points: Vec<[f64; 2]>,
    },
}

impl ResponseCurve {
    /// Checks the parameters; `field` is what the curve is called in an error.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a parameter that is out of its range or no number, and for points that fall.
    pub fn check(&self, field: &str) -> Result<()> {
        let parameters = match self {
            Self::Hill { top, half, shape } => vec![("top", *top), ("half", *half), ("shape", *shape)],
            Self::Power { scale, exponent } => vec![("scale", *scale), ("exponent", *exponent)],
            Self::Log { scale, unit } => vec![("scale", *scale), ("unit", *unit)],
            Self::Exponential { top, unit } => vec![("top", *top), ("unit", *unit)],
            Self::Piecewise { points } => return check_points(field, points),
        };
        for (name, value) in parameters {
            let is_within = value.is_finite() && value > 0.0 && (name != "exponent" || value <= 1.0);
            if !is_within {
                let range = if name == "exponent" { "above zero, up to 1" } else { "above zero" };
                return Err(Error::invalid(&format!("{field}.{name}"), format!("is {value}"))
                    .next(format!("give a finite number {range}: a curve never falls")));
            }
        }
        Ok(())
    }

    /// What a spend brings.
    pub fn value(&self, spend: f64) -> f64 {
        match self {
            Self::Hill { top, half, shape } if spend > 0.0 => top * share(shape * libm::log(spend / half)),
            Self::Hill { .. } => 0.0,
            Self::Power { scale, exponent } => scale * libm::pow(spend, *exponent),
            Self::Log { scale, unit } => scale * libm::log1p(spend / unit),
            Self::Exponential { top, unit } => -top * libm::expm1(-spend / unit),
            Self::Piecewise { points } => line(points, spend),
        }
    }

    /// What the next unit of money brings.
    pub fn marginal(&self, spend: f64) -> f64 {
        match self {
            Self::Hill { top, half, shape } => {
                let u = shape * libm::log(spend / half);
                let part = share(u);
                if spend > 0.0 {
                    top * shape / spend * part * (1.0 - part)
                } else {
                    match shape.total_cmp(&1.0) {
                        std::cmp::Ordering::Less => f64::INFINITY,
                        std::cmp::Ordering::Equal => top / half,
                        std::cmp::Ordering::Greater => 0.0,
                    }
                }
            }
            Self::Power { scale, exponent } => scale * exponent * libm::pow(spend, exponent - 1.0),
            Self::Log { scale, unit } => scale / (unit + spend),
            Self::Exponential { top, unit } => top / unit * libm::exp(-spend / unit),
            Self::Piecewise { points } => slope(points, spend),
        }
    }

    /// The spend between two at which `value - price * spend` is highest, the lower one where several are, and the value there.
    pub(super) fn best(&self, price: f64, (low, high): (f64, f64)) -> (f64, f64) {
        if low >= high {
            return (low, self.value(low));
        }
        if price <= 0.0 {
            return (high, self.value(high));
        }
        match self {
            Self::Hill { top, half, shape } => hill(self, (*top, *half, *shape), price, (low, high)),
            Self::Power { exponent, .. } if *exponent >= 1.0 => self.end(price, (low, high)),
            Self::Power { scale, exponent } => {
                self.at(libm::pow(scale * exponent / price, 1.0 / (1.0 - exponent)), (low, high))
            }
            Self::Log { scale, unit } => self.at(scale / price - unit, (low, high)),
            Self::Exponential { top, unit } => self.at(unit * libm::log(top / (unit * price)), (low, high)),
            Self::Piecewise { points } => {
                let corners = points.iter().map(|point| point[0]).filter(|spend| (low..high).contains(spend));
                let all = std::iter::once(low).chain(corners).chain(std::iter::once(high));
                all.map(|spend| (spend, self.value(spend))).fold((low, self.value(low)), |best, next| {
                    if next.1 - price * next.0 > best.1 - price * best.0 { next } else { best }
                })
            }
        }
    }

    fn at(&self, spend: f64, (low, high): (f64, f64)) -> (f64, f64) {
        let spend = spend.clamp(low, high);
        (spend, self.value(spend))
    }

    fn end(&self, price: f64, (low, high): (f64, f64)) -> (f64, f64) {
        let (at_low, at_high) = (self.value(low), self.value(high));
        if at_high - price * high > at_low - price * low { (high, at_high) } else { (low, at_low) }
    }

    /// The curve of a constant daily spend whose effect of each day carries over to the next with a factor: what a day's spend brings in
    /// all, once the carry-over is in balance.
    #[must_use]
    pub fn steady(&self, carry_over: f64) -> Self {
        let rest = 1.0 - carry_over;
        match self.clone() {
            Self::Hill { top, half, shape } => Self::Hill { top, half: half * rest, shape },
            Self::Power { scale, exponent } => Self::Power { scale: scale / libm::pow(rest, exponent), exponent },
            Self::Log { scale, unit } => Self::Log { scale, unit: unit * rest },
            Self::Exponential { top, unit } => Self::Exponential { top, unit: unit * rest },
            Self::Piecewise { points } => {
                Self::Piecewise { points: points.into_iter().map(|[spend, value]| [spend * rest, value]).collect() }
            }
        }
    }
}

fn check_points(field: &str, points: &[[f64; 2]]) -> Result<()> {
    let bad = |index: usize, what: &str| {
        Err(Error::invalid(&format!("{field}.points[{index}]"), what.to_owned())
            .next("give points [spend, value] from no spend on, by rising spend, with values that do not fall"))
    };
    if points.first().is_none_or(|[spend, _]| *spend != 0.0) {
        return bad(0, "does not begin at no spend");
    }
    for (index, point) in points.iter().enumerate() {
        if !point.iter().all(|number| number.is_finite()) {
            return bad(index, "is no finite number");
        }
        if let Some([spend, value]) = index.checked_sub(1).and_then(|before| points.get(before)) {
            if point[0] <= *spend {
                return bad(index, "has no higher spend than the point before");
            }
            if point[1] < *value {
                return bad(index, "falls below the point before");
            }
        }
    }
    Ok(())
}

/// `e^u / (1 + e^u)`.
fn share(u: f64) -> f64 {
    if u > 0.0 { 1.0 / (1.0 + libm::exp(-u)) } else { libm::exp(u) / (1.0 + libm::exp(u)) }
}

/// With `u = shape * ln(x / half)` the logarithm of the marginal is `ln(top * shape / half) + (1 - 1 / shape) * u - 2 * ln(1 + e^u)`: concave,
/// and falling to the right of the inflection. Newton's method from the right of the root comes down to it without passing it.
fn hill(curve: &ResponseCurve, (top, half, shape): (f64, f64, f64), price: f64, (low, high): (f64, f64)) -> (f64, f64) {
    let above = libm::log(top * shape / half) - libm::log(price);
    let rise = 1.0 - 1.0 / shape;
    // ln(1 + e^u) >= max(u, 0): the root is not above where either bound meets the price.
    let mut u = above / (1.0 + 1.0 / shape);
    if rise < 0.0 {
        u = u.min(-above / rise);
    }
    let mut part = share(u);
    for _ in 0..60 {
        let slope = rise - 2.0 * part;
        if slope >= 0.0 {
            // To the left of the inflection: the marginal is below the price wherever the curve bends down.
            return (low, curve.value(low));
        }
        let excess = above + rise * u - 2.0 * log_1p_exp(u);
        let step = excess / slope;
        if step.abs() <= 1e-13 * (1.0 + u.abs()) {
            break;
        }
        u -= step;
        part = share(u);
    }
    let spend = half * libm::exp(u / shape);
    let best = if spend >= high {
        (high, curve.value(high))
    } else if spend <= low {
        return (low, curve.value(low));
    } else {
        (spend, top * part)
    };
    if shape <= 1.0 {
        return best;
    }
    let at_low = curve.value(low);
    if best.1 - price * best.0 > at_low - price * low { best } else { (low, at_low) }
}

fn log_1p_exp(u: f64) -> f64 {
    if u > 0.0 { u + libm::log1p(libm::exp(-u)) } else { libm::log1p(libm::exp(u)) }
}

fn line(points: &[[f64; 2]], spend: f64) -> f64 {
    let after = points.partition_point(|point| point[0] <= spend);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some([x, y]), Some([next, high])) => y + (high - y) * (spend - x) / (next - x),
        (Some([_, y]), None) | (None, Some([_, y])) => *y,
        (None, None) => 0.0,
    }
}

fn slope(points: &[[f64; 2]], spend: f64) -> f64 {
    let after = points.partition_point(|point| point[0] <= spend);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some([x, y]), Some([next, high])) => (high - y) / (next - x),
        _ => 0.0,
    }
}
