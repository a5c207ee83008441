//! A made-up account to try things on, and estimates with their intervals as a drawing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Picture, usual_language};
use crate::error::Result;
use crate::measure::{DemoRow, demo_rows};
use crate::model::Language;
use crate::report::{IntervalChart, interval_svg};

pub(super) const METHODS: &[Method] = &[
    checked_method!("demo_rows", "A made-up account with known truths in it, as rows, one for each ad and day.", demo),
    checked_method!("interval_chart", "Estimates with their intervals, one below the other, as SVG.", interval_chart),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The seed of its luck.
    #[serde(default = "usual_seed")]
    seed: u64,
    /// How many days there are, from 1 to 730.
    #[serde(default = "usual_days")]
    days: u32,
}

fn usual_seed() -> u64 {
    7
}

fn usual_days() -> u32 {
    84
}

#[derive(Serialize)]
struct Rows {
    rows: Vec<DemoRow>,
}

fn demo(input: &Wanted) -> Result<Rows> {
    demo_rows(input.seed, input.days).map(|rows| Rows { rows })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Drawn {
    /// What each estimate is of.
    names: Vec<String>,
    /// The estimates.
    value: Vec<f64>,
    /// The lower ends.
    low: Vec<f64>,
    /// The upper ends.
    high: Vec<f64>,
    /// The language of the figures.
    #[serde(default = "usual_language")]
    language: Language,
}

fn interval_chart(input: &Drawn) -> Result<Picture> {
    let chart = IntervalChart {
        names: input.names.clone(),
        value: input.value.clone(),
        low: input.low.clone(),
        high: input.high.clone(),
    };
    interval_svg(&chart, input.language).map(|svg| Picture { svg })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::numbers::call;

    #[test]
    fn an_account_is_made_up_by_name() {
        let found = call("demo_rows", &json!({"days": 2})).unwrap();
        assert_eq!(found["rows"].as_array().map(Vec::len), Some(64), "{found}");
        assert_eq!(found["rows"][0]["platform"], "meta");
        assert_eq!(found, call("demo_rows", &json!({"days": 2, "seed": 7})).unwrap());
    }

    #[test]
    fn estimates_are_drawn_by_name() {
        let given = json!({"names": ["a", "<b>"], "value": [0.1, -0.2], "low": [0.0, -0.4], "high": [0.2, 0.1]});
        let svg = call("interval_chart", &given).unwrap()["svg"].as_str().unwrap().to_owned();
        assert!(svg.contains("&lt;b&gt;") && !svg.contains("<b>"), "{svg}");
    }
}
