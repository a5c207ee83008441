//! The statistics by name: one table that Python, Node and the reference cases call.
//!
//! In: the name of a method and its named arguments as JSON. Out: its result as JSON. Called by the bindings and the tests.
//! Never computes: each entry reads its arguments, calls `stats`, `experiment` or `platform::adapt` and writes what came back.

/// One entry: the name, what it answers, and the function that reads its arguments as one struct; then, where the statistic calls a value
/// otherwise than the table does, both names, so that an error names the argument.
macro_rules! method {
    ($name:literal, $about:literal, $work:path) => {
        method!($name, $about, $work, named[])
    };
    ($name:literal, $about:literal, $work:path, named $names:expr) => {
        $crate::serve::numbers::Method {
            name: $name,
            about: $about,
            work: |arguments| $crate::serve::numbers::run(arguments, $work, &$names),
            arguments: || $crate::serve::numbers::schema_of($work),
        }
    };
}

/// An entry whose function has errors of its own, which name the field; data that hold no answer are one of them, of kind
/// `NotEnoughData`, never an `undefined` result.
macro_rules! checked_method {
    ($name:literal, $about:literal, $work:path) => {
        $crate::serve::numbers::Method {
            name: $name,
            about: $about,
            work: |arguments| $crate::serve::numbers::written(&$work(&$crate::serve::numbers::read(arguments)?)?),
            arguments: || $crate::serve::numbers::schema_of($work),
        }
    };
}

mod arrays;
mod arms;
mod bandit;
mod bayes;
mod budget;
mod charts;
mod distribution;
mod experiment;
mod forest;
mod frames;
mod geo;
mod off_policy;
mod saturation;
mod series;
mod cluster;
mod matrix;
mod persona;
mod sequential;
mod two_sample;
mod proportions;
mod ratio;
mod multiple;
mod checks;
mod power;
mod relative;
mod effect;
mod ranks;
mod robust;
mod resample;
mod value;
mod roas;
mod creative;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

pub use arrays::{Arrays, Found, call_on_arrays};
pub use roas::{ask_forecaster, learn_forecaster};

use crate::error::{Error, ErrorKind, Result};
use crate::model::Language;
use crate::stats::{Defined, Interval, Undefined};

/// One entry of the table.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Its name, the same in every language: `welch_t`.
    pub name: &'static str,
    /// What it answers, in one sentence.
    pub about: &'static str,
    work: fn(&Value) -> Result<Value>,
    arguments: fn() -> Schema,
}

/// Formula, assumptions, limits and source of every method, as a text that people read: `## name`, then the section.
const REFERENCE: &str = include_str!("reference.md");

impl Method {
    /// The formula with its symbols, what it assumes, when it misleads, and its source: its section of `reference.md`.
    pub fn reference(&self) -> &'static str {
        let mut sections = REFERENCE.split("\n## ").filter_map(|section| section.split_once('\n'));
        sections.find(|(name, _)| *name == self.name).map_or("", |(_, text)| text.trim())
    }

    /// The JSON Schema of its arguments: one object; those that it requires stand in their order.
    pub fn arguments(&self) -> Schema {
        (self.arguments)()
    }
}

/// Every method, group by group.
pub fn methods() -> impl Iterator<Item = &'static Method> {
    [
        distribution::METHODS,
        two_sample::METHODS,
        proportions::METHODS,
        ratio::METHODS,
        multiple::METHODS,
        checks::METHODS,
        power::METHODS,
        relative::METHODS,
        effect::METHODS,
        ranks::METHODS,
        robust::METHODS,
        resample::METHODS,
        sequential::METHODS,
        bayes::METHODS,
        matrix::METHODS,
        experiment::METHODS,
        bandit::METHODS,
        geo::METHODS,
        off_policy::METHODS,
        value::METHODS,
        saturation::METHODS,
        budget::METHODS,
        series::METHODS,
        cluster::METHODS,
        persona::METHODS,
        roas::METHODS,
        forest::METHODS,
        frames::METHODS,
        creative::METHODS,
        charts::METHODS,
    ]
    .into_iter()
    .flatten()
}

/// Calls a method by its name with its arguments as one JSON object; numbers that JSON cannot hold are the texts `nan`, `inf` and
/// `-inf`.
///
/// Where the data hold no answer, the result is `{"undefined": {"reason": "no_spread", "message": "..."}}`; of the methods below that have
/// errors of their own it is an error of kind [`ErrorKind::NotEnoughData`].
///
/// ```
/// use adbrain_core::numbers;
/// use serde_json::json;
/// let arm = |mean| json!({"n": 1000, "mean": mean, "sd": 3.0});
/// let found = numbers::call("welch_t_from_stats", &json!({"control": arm(10.0), "treatment": arm(11.2)}))?;
/// assert!(found["p_two_sided"].as_f64().unwrap() < 1e-17);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::NotFound`] for an unknown name, [`ErrorKind::InvalidInput`] naming the argument that is wrong.
///
/// [`ErrorKind::NotEnoughData`] where the data hold no answer for a method whose function has errors of its own: `forest_predict`,
/// `forest_explain`, `readable_rule`, `hdbscan`, those of customer value (`customer_...`), `predict_roas` and `backtest_roas`. (Where past
/// rows are merely few, `predict_roas` abstains row by row; what `ab_test`, `readout` and `decide` cannot say stands in their result.)
/// [`ErrorKind::Unsupported`] for `hdbscan` in a build without its feature.
pub fn call(name: &str, arguments: &Value) -> Result<Value> {
    let method = methods().find(|method| method.name == name).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "no such statistic").with("name", name).next("see the list of methods")
    })?;
    (method.work)(arguments).map_err(|error| error.with("method", name))
}

/// Reads the arguments, computes, and writes the result or why there is none; a field of `names` is called as the table calls it.
fn run<I: DeserializeOwned, O: Serialize>(
    arguments: &Value,
    work: impl FnOnce(&I) -> Defined<O>,
    names: &[(&str, &'static str)],
) -> Result<Value> {
    outcome(work(&read(arguments)?).map_err(|undefined| undefined.renamed(names)))
}

/// A result as JSON, or why there is none.
fn outcome(found: Defined<impl Serialize>) -> Result<Value> {
    match found {
        Ok(output) => written(&output),
        Err(bad @ Undefined::Input { .. }) => Err(bad.into()),
        Err(undefined) => Ok(json!({
            "undefined": {"reason": undefined.reason(), "message": undefined.to_string()}
        })),
    }
}

fn read<I: DeserializeOwned>(arguments: &Value) -> Result<I> {
    serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "arguments" } else { &path };
        if is_not_finite(error.inner()) {
            return Error::invalid(field, "is not a finite number").next("leave out what is not a finite number");
        }
        Error::invalid(field, error.into_inner()).next("compare it with the arguments that the function documents")
    })
}

/// Whether a number of the caller's was one of the texts of what JSON cannot hold.
fn is_not_finite(error: &serde_json::Error) -> bool {
    let said = error.to_string();
    ["nan", "inf", "-inf"].iter().any(|text| said.contains(&format!("invalid type: string \"{text}\"")))
}

fn written(output: &impl Serialize) -> Result<Value> {
    serde_json::to_value(output)
        .map_err(|error| Error::new(ErrorKind::Internal, "a result cannot be written as JSON").caused_by(error))
}

fn schema_of<I: JsonSchema, O, E>(_: fn(&I) -> std::result::Result<O, E>) -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<I>()
}

/// The level of intervals where the caller names none.
fn usual_level() -> f64 {
    0.95
}

/// The language of texts where the caller names none.
fn usual_language() -> Language {
    Language::English
}

/// A drawing.
#[derive(Serialize)]
struct Picture {
    svg: String,
}

/// A number that may also be the text `nan`, `inf` or `-inf`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Number(f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(f64),
            Text(String),
        }
        match Either::deserialize(deserializer)? {
            Either::Number(number) => Ok(Self(number)),
            Either::Text(text) => match text.as_str() {
                "nan" => Ok(Self(f64::NAN)),
                "inf" => Ok(Self(f64::INFINITY)),
                "-inf" => Ok(Self(f64::NEG_INFINITY)),
                _ => Err(serde::de::Error::custom(format!("`{text}` is not a number"))),
            },
        }
    }
}

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        f64::json_schema(generator)
    }
}

/// The ends of an interval.
fn ends(interval: &Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

/// The numbers of a list.
fn plain(numbers: &[Number]) -> Vec<f64> {
    numbers.iter().map(|number| number.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_and_a_wrong_argument_are_named() {
        assert_eq!(call("nothing", &json!({})).unwrap_err().kind(), ErrorKind::NotFound);
        let error = call("welch_t", &json!({"control": [1, "two"], "treatment": []})).unwrap_err();
        assert!(error.to_string().contains("control"), "{error}");
    }

    #[test]
    fn an_undefined_result_has_its_reason_and_no_numbers() {
        let found = call("welch_t", &json!({"control": [2.0, 2.0], "treatment": [3.0, 3.0]})).unwrap();
        assert_eq!(found["undefined"]["reason"], "no_spread");
        assert_eq!(found.get("p_two_sided"), None);
    }

    #[test]
    fn every_method_says_what_it_takes() {
        for method in methods() {
            let schema = method.arguments();
            assert!(schema.get("properties").is_some_and(Value::is_object), "{}: {schema:?}", method.name);
        }
    }

    #[test]
    fn names_are_not_taken_twice() {
        let names: Vec<_> = methods().map(|method| method.name).collect();
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), unique.len());
    }

    #[test]
    fn every_method_gives_its_formula_assumptions_limits_and_source() {
        for method in methods() {
            let lacks =
                ["Assumes: ", "Misleads: ", "Source: "].into_iter().find(|part| !method.reference().contains(part));
            assert_eq!(lacks, None, "{}", method.name);
        }
        assert_eq!(REFERENCE.matches("\n## ").count(), methods().count(), "a section belongs to no method");
    }
}
