//! Test matrices and their effects.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Method, read, usual_level, written};
use crate::error::{ErrorKind, Result};
use crate::experiment::matrix::{
    Combination, DesignOptions, Factor, Factors, MatrixEffects, MeasuredRow, Mode, TestMatrix, Traffic, analyse, design,
};

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "test_matrix",
        about: "The rows of a test: every pair of levels, the most telling rows, or all; with what they can tell and cost.",
        work: |arguments| run(arguments, test_matrix),
        arguments: schema::<Wanted>,
    },
    Method {
        name: "test_matrix_effects",
        about: "The effect of each level from the measured rows of a test matrix, shrunk by factor.",
        work: |arguments| run(arguments, test_matrix_effects),
        arguments: schema::<Measured>,
    },
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    factors: Vec<Factor>,
    #[serde(default = "usual_mode")]
    mode: Mode,
    #[serde(default = "usual_strength")]
    strength: usize,
    #[serde(default)]
    rows: Option<usize>,
    #[serde(default)]
    constraints: Vec<Combination>,
    #[serde(default)]
    seeded_rows: Vec<Combination>,
    #[serde(default = "usual_seed")]
    seed: u64,
    #[serde(default)]
    traffic: Option<Traffic>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Measured {
    factors: Vec<Factor>,
    rows: Vec<MeasuredRow>,
    #[serde(default = "usual_level")]
    level: f64,
}

fn usual_mode() -> Mode {
    Mode::Cover
}

fn usual_strength() -> usize {
    DesignOptions::default().strength
}

fn usual_seed() -> u64 {
    DesignOptions::default().seed
}

fn test_matrix(wanted: Wanted) -> Result<TestMatrix> {
    let Wanted { factors, mode, strength, rows, constraints, seeded_rows, seed, traffic } = wanted;
    let options = DesignOptions { strength, rows, seed, traffic };
    design(&Factors { factors, constraints, seeded_rows }, mode, &options)
}

fn test_matrix_effects(measured: Measured) -> Result<MatrixEffects> {
    analyse(&Factors::new(measured.factors), &measured.rows, measured.level)
}

/// As for the other methods, with an error that can name a place in lists.
fn run<I: DeserializeOwned, O: Serialize>(arguments: &Value, work: fn(I) -> Result<O>) -> Result<Value> {
    match work(read(arguments)?) {
        Ok(output) => written(&output),
        Err(error) if error.kind() == ErrorKind::NotEnoughData => Ok(json!({
            "undefined": {"reason": error.context_of("reason").unwrap_or("not_enough_data"), "message": error.message()}
        })),
        Err(error) => Err(error),
    }
}

fn schema<I: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<I>()
}

#[cfg(test)]
mod tests {
    use super::super::call;
    use super::*;

    #[test]
    fn a_matrix_is_made_and_read_by_name() {
        let factors = json!([
            {"name": "creative", "kind": "creative", "levels": ["video", {"name": "image", "weight": 2.0}]},
            {"name": "bid", "kind": "bid_strategy", "levels": ["lowest_cost", "cost_cap"]}
        ]);
        let constraints = json!([{"creative": "image", "bid": "cost_cap"}]);
        let found = call("test_matrix", &json!({"factors": factors, "constraints": constraints})).unwrap();
        assert_eq!((found["rows"].as_array().unwrap().len(), &found["report"]["pairs"]["share"]), (3, &json!(1.0)));
        let rows: Vec<Value> = found["rows"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
            .map(|(at, row)| json!({"levels": row, "outcome": {"n": 50, "mean": at, "variance": 0.5}}))
            .collect();
        let effects = call("test_matrix_effects", &json!({"factors": factors, "rows": rows})).unwrap();
        assert_eq!(effects["effects"].as_array().unwrap().len(), 4);
        let none = call("test_matrix_effects", &json!({"factors": factors, "rows": []})).unwrap();
        assert_eq!(none["undefined"]["reason"], "empty");
        let wrong =
            call("test_matrix", &json!({"factors": factors, "constraints": [{"creative": "gif", "bid": "cost_cap"}]}));
        assert!(wrong.unwrap_err().to_string().contains("constraints[0].creative"));
        assert!(call("test_matrix", &json!({"factors": factors, "row": 3})).is_err());
    }
}
