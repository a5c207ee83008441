//! Experiments: two samples at once, readouts with verdicts, decisions.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Method, usual_language, usual_level, written};
use crate::error::Result;
use crate::experiment::{
    self, AbOptions, AbTest, Data, Decision, Direction, Readout, Sample, Settings, TestObjects, ab_test_with,
};
use crate::model::{Language, Message};
use crate::report;

pub(super) const METHODS: &[Method] = &[
    checked_method!("ab_test", "Two samples at one look: values, counts or moments, with a recommendation.", ab_test),
    checked_method!(
        "readout",
        "A test by its settings and data: estimates, checks and a verdict per variant.",
        readout
    ),
    checked_method!("readout_html", "A readout as HTML with its plot, in `en` or `pt-BR`.", readout_html),
    checked_method!("decide", "A test and its objects: what to pause, what to scale, whom to tell.", decide),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Samples {
    /// A list of values, `{"successes", "trials"}` or `{"n", "mean", "m2"}`.
    control: Sample,
    /// The same of the variant.
    variant: Sample,
    #[serde(default = "usual_level")]
    level: f64,
    /// Which way is good.
    #[serde(default = "usual_direction")]
    direction: Direction,
    /// No recommendation to act below so many values per arm.
    #[serde(default = "usual_sample")]
    minimum_sample: u64,
    /// The smallest relative difference that matters.
    #[serde(default = "usual_effect")]
    minimum_relative_effect: f64,
}

fn usual_direction() -> Direction {
    AbOptions::default().direction
}

fn usual_sample() -> u64 {
    AbOptions::default().minimum_sample
}

fn usual_effect() -> f64 {
    AbOptions::default().minimum_relative_effect
}

/// A result with its reason in both languages.
#[derive(Serialize)]
struct Told<T> {
    #[serde(flatten)]
    result: T,
    reason_text: Texts,
}

#[derive(Serialize)]
struct Texts {
    #[serde(rename = "pt-BR")]
    portuguese: String,
    en: String,
}

impl Texts {
    fn of(message: &Message) -> Self {
        let text = |language| message.text(language);
        Self { portuguese: text(Language::Portuguese), en: text(Language::English) }
    }
}

fn ab_test(input: &Samples) -> Result<Told<AbTest>> {
    let options = AbOptions {
        level: input.level,
        direction: input.direction,
        minimum_sample: input.minimum_sample,
        minimum_relative_effect: input.minimum_relative_effect,
    };
    let result = ab_test_with(&input.control, &input.variant, &options)?;
    let reason_text = Texts::of(&result.reason);
    Ok(Told { result, reason_text })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Test {
    /// The rules, set before the data are seen.
    settings: Settings,
    /// The arms.
    data: Data,
}

/// The key of a text beside the reason that it tells.
const TEXT: &str = "reason_text";

/// A readout whose verdicts have their reasons in both languages.
fn readout(input: &Test) -> Result<Value> {
    let found = experiment::readout(&input.settings, &input.data)?;
    let mut value = written(&found)?;
    for (verdict, one) in verdicts(&mut value).zip(&found.comparisons) {
        if let Some(verdict) = verdict.as_object_mut() {
            verdict.insert(TEXT.to_owned(), written(&Texts::of(&one.verdict.reason))?);
        }
    }
    Ok(value)
}

fn verdicts(readout: &mut Value) -> impl Iterator<Item = &mut Value> {
    let comparisons = readout.get_mut("comparisons").and_then(Value::as_array_mut);
    comparisons.into_iter().flatten().filter_map(|one| one.get_mut("verdict"))
}

/// A readout with or without its texts.
fn without_texts<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Readout, D::Error> {
    let mut value = Value::deserialize(deserializer)?;
    verdicts(&mut value).filter_map(Value::as_object_mut).for_each(|verdict| {
        verdict.remove(TEXT);
    });
    serde_path_to_error::deserialize(value).map_err(serde::de::Error::custom)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shown {
    /// What `readout` gave.
    #[serde(deserialize_with = "without_texts")]
    readout: Readout,
    /// The language of the texts.
    #[serde(default = "usual_language")]
    language: Language,
}

#[derive(Serialize)]
struct Page {
    html: String,
}

fn readout_html(input: &Shown) -> Result<Page> {
    report::readout_html(&input.readout, input.language).map(|html| Page { html })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TestWithObjects {
    /// The rules, set before the data are seen.
    settings: Settings,
    /// The arms.
    data: Data,
    /// What runs the arms.
    objects: TestObjects,
}

fn decide(input: &TestWithObjects) -> Result<Decision> {
    let readout = experiment::readout(&input.settings, &input.data)?;
    experiment::decide(&readout, &input.settings, &input.objects)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::numbers::call;

    #[test]
    fn two_samples_are_compared_by_name() {
        let counts = |successes| json!({"successes": successes, "trials": 10_000});
        let found = call("ab_test", &json!({"control": counts(500), "variant": counts(600)})).unwrap();
        assert_eq!((&found["is_significant"], &found["recommendation"]), (&json!(true), &json!("apply_variant")));
        for key in ["p_value", "effect_size", "confidence", "p_better", "p_anytime"] {
            assert!(found[key].is_f64(), "{key} {found}");
        }
        assert!(found["reason_text"]["pt-BR"].as_str().unwrap().contains("Vencedor"));
        let flat = call("ab_test", &json!({"control": [1, 1], "variant": [2, 2]})).unwrap();
        assert_eq!((&flat["p_value"], &flat["is_significant"]), (&json!(null), &json!(false)));
    }

    #[test]
    fn a_readout_tells_its_reasons_in_both_languages_and_is_shown() {
        let arm = |name: &str, successes| json!({"name": name, "sample": {"successes": successes, "trials": 10_000}});
        let settings = json!({"metric": "proportion", "unit": "user", "assignment": "split_test", "looks": {"design": "fixed_end"}});
        let arms = json!({"arms": [arm("a", 500), arm("b", 650)]});
        let found = call("readout", &json!({"settings": settings, "data": arms})).unwrap();
        let one = &found["comparisons"][0];
        assert!(one["verdict"]["reason_text"]["en"].as_str().unwrap().contains("Winner"), "{found}");
        assert!(one["verdict"]["reason_text"]["pt-BR"].as_str().unwrap().contains("Vencedor"));
        assert!(one["warnings"].is_array() && found["warnings"] == json!([]), "{found}");
        let page = call("readout_html", &json!({"readout": found, "language": "pt-BR"})).unwrap();
        assert!(page["html"].as_str().unwrap().contains("Vencedor"));
        let samples =
            json!({"control": {"successes": 500, "trials": 10_000}, "variant": {"successes": 650, "trials": 10_000}});
        assert_eq!(call("ab_test", &samples).unwrap()["warnings"], json!([]));
    }

    #[test]
    fn what_is_not_finite_is_named_as_such() {
        for (arguments, field) in [
            (json!({"control": [1, "nan"], "variant": [2, 3]}), "control"),
            (json!({"control": [1, 2], "variant": [2, "-inf"]}), "variant"),
            (json!({"control": [1, 2], "variant": [2, 3], "level": "nan"}), "level"),
        ] {
            let said = call("ab_test", &arguments).unwrap_err().to_string();
            assert!(said.starts_with(field) && said.contains("is not a finite number"), "{said}");
        }
    }

    #[test]
    fn a_baseline_near_zero_is_not_called_zero() {
        let (near, far) = ([0.1, -0.1, 0.2, -0.19, 0.0], [5.0, 5.1, 4.9, 5.2, 4.8]);
        let found = call("ab_test", &json!({"control": near, "variant": far, "minimum_sample": 1})).unwrap();
        assert!(found["lift"].is_null() && found["recommendation"] == "apply_variant", "{found}");
        assert!(found["reason_text"]["en"].as_str().unwrap().contains("cannot be told from zero"));
    }

    #[test]
    fn wrong_arguments_are_named() {
        let block = |unit: &str, clicks: i64| json!({"unit": unit, "clicks": clicks, "impressions": 100});
        let data = |clicks| json!({"arms": [{"name": "a", "blocks": [block("1", 1)]}, {"name": "b", "blocks": [block("1", clicks)]}]});
        let said = |clicks| {
            call("readout", &json!({"settings": {"metric": "ctr"}, "data": data(clicks)})).unwrap_err().to_string()
        };
        assert!(said(-1).contains("data.arms[1].blocks[0].clicks"), "{}", said(-1));
        assert!(said(101).contains("arms[1].blocks[0].clicks"), "{}", said(101));
        let level = json!({"control": [1, 2], "variant": [2, 3], "level": 64});
        assert!(call("ab_test", &level).unwrap_err().to_string().contains("level"));
    }
}
