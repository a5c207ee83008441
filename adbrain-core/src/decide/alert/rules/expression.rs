//! Expressions over named metrics: `cpm_hour / cpm_same_hour_median - 1`.
//!
//! Numbers, names, `+ - * /`, brackets, `min`, `max` and `abs`. No comparisons: what fires and what clears stands beside the expression,
//! so that both thresholds speak of the same value.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::parser;
use crate::error::{Error, Result};
use crate::model::Message;

/// An expression that has been read.
///
/// ```
/// use adbrain_core::alert::rules::Expression;
/// let metrics = [("cpm_hour".to_owned(), 24.0), ("cpm_same_hour_median".to_owned(), 20.0)].into();
/// let rise = Expression::parse("cpm_hour / cpm_same_hour_median - 1")?;
/// assert!((rise.value(&metrics).unwrap() - 0.2).abs() < 1e-12);
/// assert!(Expression::parse("cpm_hour >").is_err());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    text: String,
    root: Node,
}

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Number(f64),
    Metric(String),
    Negative(Box<Node>),
    Pair(Sign, Box<[Node; 2]>),
    Call(Function, Vec<Node>),
}

/// What joins two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
    Times,
    Over,
}

/// A function by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Min,
    Max,
    Abs,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// A metric is not known.
    Missing(String),
    /// Something is divided by zero.
    Division,
    /// The value is beyond what can be counted.
    Overflow,
}

impl Lack {
    /// The reason as a text for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Missing(metric) => Message::new("rule-lack-metric").with("metric", metric.as_str()),
            Self::Division => Message::new("rule-lack-division"),
            Self::Overflow => Message::new("rule-lack-overflow"),
        }
    }
}

impl Expression {
    /// Reads an expression of up to 1,000 characters.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the place in the text. Whether the metrics are known is checked by the file that it
    /// stands in.
    pub fn parse(text: &str) -> Result<Self> {
        let root = parser::parse(text).map_err(|fault| {
            Error::invalid("expression", format!("{} (at character {} of {text:?})", fault.what, fault.at + 1)).next(
                "write metrics and numbers with + - * /, brackets, min(a, b), max(a, b) or abs(a); comparisons go into \
                 above, below and clear",
            )
        })?;
        Ok(Self { text: text.to_owned(), root })
    }

    /// The metrics that it names.
    pub fn metrics(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.root.collect(&mut names);
        names
    }

    /// Its value where every metric is known; never NaN and never infinite.
    ///
    /// # Errors
    /// A [`Lack`]: a metric that is not known (or not a finite number), a division by zero, an overflow.
    pub fn value(&self, metrics: &BTreeMap<String, f64>) -> std::result::Result<f64, Lack> {
        self.root.value(metrics)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Node {
    fn collect<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Self::Number(_) => {}
            Self::Metric(name) => {
                names.insert(name);
            }
            Self::Negative(part) => part.collect(names),
            Self::Pair(_, parts) => parts.iter().for_each(|part| part.collect(names)),
            Self::Call(_, parts) => parts.iter().for_each(|part| part.collect(names)),
        }
    }

    fn value(&self, metrics: &BTreeMap<String, f64>) -> std::result::Result<f64, Lack> {
        let value = match self {
            Self::Number(number) => *number,
            Self::Metric(name) => {
                let known = metrics.get(name).copied().filter(|value| value.is_finite());
                known.ok_or_else(|| Lack::Missing(name.clone()))?
            }
            Self::Negative(part) => -part.value(metrics)?,
            Self::Pair(sign, parts) => {
                let [left, right] = &**parts;
                sign.join(left.value(metrics)?, right.value(metrics)?)?
            }
            Self::Call(function, parts) => {
                let values =
                    parts.iter().map(|part| part.value(metrics)).collect::<std::result::Result<Vec<_>, _>>()?;
                function.of(&values)
            }
        };
        if value.is_finite() { Ok(value) } else { Err(Lack::Overflow) }
    }
}

impl Sign {
    fn join(self, left: f64, right: f64) -> std::result::Result<f64, Lack> {
        match self {
            Self::Plus => Ok(left + right),
            Self::Minus => Ok(left - right),
            Self::Times => Ok(left * right),
            Self::Over if right.abs() > 0.0 => Ok(left / right),
            Self::Over => Err(Lack::Division),
        }
    }
}

impl Function {
    /// How many values it takes, at least and at most.
    pub(super) fn takes(self) -> (usize, usize) {
        match self {
            Self::Min | Self::Max => (2, 16),
            Self::Abs => (1, 1),
        }
    }

    /// The function with a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "min" => Some(Self::Min),
            "max" => Some(Self::Max),
            "abs" => Some(Self::Abs),
            _ => None,
        }
    }

    fn of(self, values: &[f64]) -> f64 {
        match self {
            Self::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Abs => values.iter().map(|value| value.abs()).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> std::result::Result<f64, Lack> {
        let metrics = [("a", 6.0), ("b_1", 4.0), ("zero", 0.0), ("huge", 1e308), ("nan", f64::NAN)];
        let metrics = metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Expression::parse(text).unwrap().value(&metrics)
    }

    #[test]
    fn signs_bind_as_in_school() {
        let cases = [
            ("1 + 2 * 3", 7.0),
            ("(1 + 2) * 3", 9.0),
            ("a / b_1 - 1", 0.5),
            ("10 - 4 - 3", 3.0),
            ("24 / 4 / 3", 2.0),
            ("-a + 10", 4.0),
            ("2 * -3", -6.0),
            ("--2", 2.0),
            ("min(a, b_1, 5) + max(a, 7)", 11.0),
            ("abs(b_1 - a)", 2.0),
            ("1.5e2 + .5", 150.5),
        ];
        for (text, expected) in cases {
            assert!((value(text).unwrap() - expected).abs() < 1e-12, "{text}: {:?}", value(text));
        }
    }

    #[test]
    fn what_cannot_be_counted_is_no_data_and_never_nan() {
        let cases = [
            ("a / zero", Lack::Division),
            ("a / (b_1 - 4)", Lack::Division),
            ("zero / zero", Lack::Division),
            ("missing + 1", Lack::Missing("missing".into())),
            ("nan + 1", Lack::Missing("nan".into())),
            ("huge * huge", Lack::Overflow),
            ("huge * 10 - huge * 10", Lack::Overflow),
            ("min(a, 1 / zero)", Lack::Division),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn an_expression_that_cannot_be_read_is_refused_with_its_place() {
        let deep = format!("{}a{}", "(".repeat(40), ")".repeat(40));
        let long = "a + ".repeat(300) + "a";
        let cases = [
            ("", "is empty", 1),
            ("   ", "is empty", 4),
            ("a +", "ends too early", 4),
            ("a b", "\"b\" is not expected", 3),
            ("a > 2", "'>' is no sign", 3),
            ("(a", "a bracket is not closed", 3),
            ("a)", "')' is not expected", 2),
            ("median(a)", "there is no function \"median\"", 1),
            ("min(a)", "min takes 2 to 16 values, not 1", 1),
            ("abs(a, b_1)", "abs takes 1 value, not 2", 1),
            ("abs()", "')' is not expected", 5),
            ("1e999", "1e999 is too large", 1),
            ("1.2.3", "1.2.3 is no number", 1),
            ("a / é", "'é' is no sign", 5),
            (&deep, "is nested too deeply", 33),
            (&long, "is longer than 1000 characters", 1001),
        ];
        for (text, what, at) in cases {
            let error = Expression::parse(text).unwrap_err().to_string();
            assert!(error.contains(what) && error.contains(&format!("(at character {at} of")), "{text}: {error}");
        }
    }

    #[test]
    fn the_metrics_are_named_once_each() {
        let read = Expression::parse("a / b + max(a, c)").unwrap();
        assert_eq!(read.metrics().into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(read.to_string(), "a / b + max(a, c)");
    }
}
