//! Forests: columns and targets in, predictions with intervals out; what moved them; a rule that people can read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, Picture, usual_language};
use crate::error::Result;
use crate::model::{ContentHash, Language};
use crate::predict::forest::{
    Band, Card, Column, Data, Goal, Guarantee, ImportanceSettings, Model, ModelSettings, Settings, Table,
};
use crate::predict::rule::{self, Learnt, Question, RuleSettings};
use crate::report::{BandChart, band_svg};

pub(super) const METHODS: &[Method] = &[
    checked_method!(
        "forest_predict",
        "A forest grown on columns and targets: mean, median and a calibrated interval of each row asked about.",
        predict
    ),
    checked_method!(
        "forest_explain",
        "The same forest: what each column adds to each prediction, what each column is worth, past rows that are alike.",
        explain
    ),
    checked_method!(
        "readable_rule",
        "A rule of a few lines that says whether a target is reached, or why none is shown.",
        readable_rule
    ),
    checked_method!("band_chart", "Predictions with their band, and what came of them, as SVG.", band_chart),
];

/// A column by its name: numbers, or names of levels; `null` is missing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Given {
    name: String,
    values: Cells,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Cells {
    Numbers(Vec<Option<Number>>),
    Names(Vec<Option<String>>),
}

fn table(columns: &[Given]) -> Result<Table> {
    let column = |column: &Given| match &column.values {
        Cells::Numbers(values) => {
            let values = values.iter().map(|value| value.map_or(f64::NAN, |number| number.0)).collect();
            Column::numbers(&column.name, values)
        }
        Cells::Names(values) => {
            Column::categories(&column.name, values.iter().map(|value| value.as_deref().unwrap_or_default()))
        }
    };
    Table::new(columns.iter().map(column).collect())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// What was known of past rows, a column each: `{"name": "budget", "values": [10, null, 30]}`.
    columns: Vec<Given>,
    /// What came of each past row.
    targets: Vec<f64>,
    /// The same columns of the rows that are asked about.
    asked: Vec<Given>,
    /// What each past row counts; one each by default.
    #[serde(default)]
    weights: Option<Vec<f64>>,
    /// How the forest is grown.
    #[serde(default)]
    settings: Settings,
    /// What leaf size, columns per split and mode are chosen for out of bag; by default `settings` say them.
    #[serde(default)]
    tune: Option<Goal>,
    /// What the level of the intervals rests on: every row by the trees that have not seen it, or a quarter of the rows held out.
    #[serde(default = "usual_guarantee")]
    guarantee: Guarantee,
    /// The level of the intervals.
    #[serde(default = "usual_level")]
    level: f64,
}

fn usual_level() -> f64 {
    0.9
}

fn usual_guarantee() -> Guarantee {
    Guarantee::OutOfBag
}

impl Request {
    fn fit(&self) -> Result<Model> {
        let table = table(&self.columns)?;
        let weights = self.weights.as_deref();
        let settings = ModelSettings { forest: self.settings, tune: self.tune, guarantee: self.guarantee };
        Model::fit(&Data { table: &table, targets: &self.targets, weights, target: "target", window: None }, &settings)
    }
}

#[derive(Serialize)]
struct Predicted {
    mean: Vec<f64>,
    median: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    card: Card,
    /// The SHA-256 of the model's file: the same model has the same one in every language.
    model_hash: ContentHash,
}

fn predict(input: &Request) -> Result<Predicted> {
    let (model, asked) = (input.fit()?, table(&input.asked)?);
    let bands = model.intervals(&asked, input.level)?;
    let column = |read: fn(&Band) -> f64| bands.iter().map(read).collect();
    Ok(Predicted {
        mean: model.forest().predict(&asked)?,
        median: column(|band| band.median),
        low: column(|band| band.low),
        high: column(|band| band.high),
        card: model.card().clone(),
        model_hash: ContentHash::of(&model.to_bytes()),
    })
}

/// So many past rows are named.
const NEIGHBOURS: usize = 3;

#[derive(Serialize)]
struct Explained {
    columns: Vec<String>,
    expected: f64,
    contributions: Vec<Vec<f64>>,
    importances: Vec<Worth>,
    nearest: Vec<Vec<Alike>>,
}

#[derive(Serialize)]
struct Worth {
    column: String,
    increase: f64,
    share_of_variance: f64,
}

#[derive(Serialize)]
struct Alike {
    row: usize,
    proximity: f64,
    target: f64,
}

fn explain(input: &Request) -> Result<Explained> {
    let (model, asked) = (input.fit()?, table(&input.asked)?);
    let forest = model.forest();
    let whys = forest.explain(&asked)?;
    let importances = forest.importances(&ImportanceSettings::default())?.into_iter().map(|one| Worth {
        column: one.column,
        increase: one.increase,
        share_of_variance: one.share_of_variance,
    });
    let alike = |past: &crate::predict::forest::Neighbour| Alike {
        row: past.row,
        proximity: past.proximity,
        target: past.target,
    };
    let nearest = model.nearest(&asked, NEIGHBOURS)?;
    Ok(Explained {
        columns: model.card().features.clone(),
        expected: whys.first().map_or(f64::NAN, |why| why.expected),
        contributions: whys.into_iter().map(|why| why.contributions).collect(),
        importances: importances.collect(),
        nearest: nearest.iter().map(|row| row.iter().map(alike).collect()).collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ruled {
    /// What was known of past rows, a column each.
    columns: Vec<Given>,
    /// What came of each past row.
    outcomes: Vec<f64>,
    /// What has to be reached.
    target: f64,
    /// The name of the outcome.
    #[serde(default = "usual_outcome")]
    outcome: String,
    /// How the forest that the rule is compared with is grown.
    #[serde(default)]
    forest: Settings,
    /// How the rule is learnt.
    #[serde(default)]
    settings: RuleSettings,
}

fn usual_outcome() -> String {
    "roas".to_owned()
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    learnt: Learnt,
    /// The rule, or why there is none, in both languages.
    text: Texts,
}

#[derive(Serialize)]
struct Texts {
    #[serde(rename = "pt-BR")]
    portuguese: String,
    en: String,
}

fn readable_rule(input: &Ruled) -> Result<Told> {
    let table = table(&input.columns)?;
    let forest = crate::predict::forest::Forest::fit(&table, &input.outcomes, None, &input.forest)?;
    let says: Vec<f64> = forest.out_of_bag_means().into_iter().map(|mean| mean.unwrap_or(f64::NAN)).collect();
    let question = Question {
        table: &table,
        outcome: &input.outcome,
        outcomes: &input.outcomes,
        target: input.target,
        forest: &says,
    };
    let learnt = rule::learn(&question, &input.settings)?;
    let text = |language| match &learnt {
        Learnt::Rule(rule) => rule.text(language),
        Learnt::Refused { reason, .. } => reason.text(language),
    };
    let text = Texts { portuguese: text(Language::Portuguese), en: text(Language::English) };
    Ok(Told { learnt, text })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Drawn {
    /// The middle of each band.
    median: Vec<f64>,
    /// The lower ends.
    low: Vec<f64>,
    /// The upper ends.
    high: Vec<f64>,
    /// What came of each, where it is known.
    #[serde(default)]
    actual: Vec<Option<Number>>,
    /// Where each stands from left to right; 0, 1, ... by default.
    #[serde(default)]
    at: Option<Vec<f64>>,
    /// The language of the figures.
    #[serde(default = "usual_language")]
    language: Language,
}

fn band_chart(input: &Drawn) -> Result<Picture> {
    let places = || (0..input.median.len()).map(|place| place as f64).collect();
    let chart = BandChart {
        at: input.at.clone().unwrap_or_else(places),
        median: input.median.clone(),
        low: input.low.clone(),
        high: input.high.clone(),
        actual: input.actual.iter().map(|actual| actual.map_or(f64::NAN, |number| number.0)).collect(),
    };
    band_svg(&chart, input.language).map(|svg| Picture { svg })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::numbers::call;

    fn asked() -> Value {
        let budget: Vec<Value> = (0..60).map(|row| if row % 9 == 0 { Value::Null } else { json!(row) }).collect();
        let platform: Vec<_> = (0..60).map(|row| ["meta", "tiktok"][row % 2]).collect();
        let targets: Vec<_> = (0..60).map(|row| if row < 30 { 3.0 } else { 1.0 }).collect();
        json!({
            "columns": [{"name": "budget", "values": budget}, {"name": "platform", "values": platform}],
            "targets": targets,
            "asked": [{"name": "platform", "values": ["meta", null]}, {"name": "budget", "values": [10, 50]}],
            "settings": {"trees": 30},
        })
    }

    #[test]
    fn a_forest_is_grown_and_asked_by_name() {
        let found = call("forest_predict", &asked()).unwrap();
        assert_eq!((&found["median"][0], &found["median"][1]), (&json!(3.0), &json!(1.0)), "{found}");
        assert_eq!(found["card"]["rows"], 60);
        assert_eq!(found["model_hash"].as_str().map(str::len), Some(64), "{found}");
        let why = call("forest_explain", &asked()).unwrap();
        let total = why["expected"].as_f64().unwrap()
            + why["contributions"][0].as_array().unwrap().iter().filter_map(Value::as_f64).sum::<f64>();
        assert!((total - found["mean"][0].as_f64().unwrap()).abs() < 1e-9, "{why}");
        assert_eq!(why["importances"][0]["column"], "budget");
        let mut wrong = asked();
        wrong["settings"]["trees"] = json!(0);
        assert!(call("forest_predict", &wrong).unwrap_err().to_string().starts_with("trees"));
    }

    #[test]
    fn a_rule_is_told_in_both_languages() {
        let given = asked();
        let found = call(
            "readable_rule",
            &json!({"columns": given["columns"], "outcomes": given["targets"], "target": 2, "settings": {"least_rows": 10}}),
        );
        let found = found.unwrap();
        assert!(found["text"]["en"].as_str().unwrap().contains("budget is at most"), "{found}");
        assert!(found["text"]["pt-BR"].as_str().unwrap().contains("se budget for"), "{found}");
        assert_eq!(found["rule"]["root"]["condition"]["kind"], "at_most");
    }

    #[test]
    fn a_band_is_drawn() {
        let band = json!({"median": [1, 2], "low": [0.5, 1], "high": [2, 3], "actual": [1.5, null]});
        assert!(call("band_chart", &band).unwrap()["svg"].as_str().unwrap().starts_with("<svg"));
        let wrong = json!({"median": [1, 2], "low": [0.5], "high": [2, 3]});
        assert!(call("band_chart", &wrong).unwrap_err().to_string().starts_with("low"));
    }
}
