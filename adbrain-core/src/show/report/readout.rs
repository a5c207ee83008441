//! One test as a page fragment: its arms, what each variant says, and the looks as a drawing.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::chart;
use super::document::text;
use super::words::word;
use crate::error::{Error, ErrorKind, Result};
use crate::experiment::{Comparison, Metric, Readout};
use crate::model::{Estimate, Language};

/// The readout of a test as HTML for a notebook or a page: no script, nothing loaded, every text escaped.
///
/// # Errors
/// [`ErrorKind::Internal`] where the drawing or the page cannot be written.
pub fn readout_html(readout: &Readout, language: Language) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("readout.html", include_str!("readout.html")).map_err(broken)?;
    let arms = readout.arms.iter().map(|arm| {
        let value = arm.value.map_or_else(|| "–".to_owned(), |value| value_text(readout.metric, value, language));
        vec![arm.name.clone(), value, language.number(arm.units as f64, 0)]
    });
    let variants = readout.comparisons.iter().map(|one| variant(one, language)).collect::<Result<Vec<_>>>()?;
    let metric = word("metric", readout.metric.as_str()).text(language);
    let values = context! {
        title => format!("{metric} ({})", text(label_key(readout)).text(language)),
        columns => ["readout-arm", "readout-value", "readout-units"].map(|key| text(key).text(language)),
        arms => arms.collect::<Vec<_>>(),
        variants => variants,
        keys => ["readout-estimate", "readout-interval"].map(|key| text(key).text(language)),
        warnings => readout.warnings.iter().map(|warning| warning.text(language)).collect::<Vec<_>>(),
    };
    environment.get_template("readout.html").and_then(|template| template.render(values)).map_err(broken)
}

/// Shares are written as percent.
fn value_text(metric: Metric, value: f64, language: Language) -> String {
    match metric {
        Metric::Ctr | Metric::Cvr | Metric::Proportion => language.percent(value, 2),
        _ => language.number(value, 4),
    }
}

fn label_key(readout: &Readout) -> &'static str {
    match readout.label {
        crate::experiment::Label::Causal => "readout-causal",
        crate::experiment::Label::Associational => "readout-associational",
    }
}

fn variant(one: &Comparison, language: Language) -> Result<Value> {
    let drawing = if one.looks.is_empty() { String::new() } else { chart::looks(&one.looks, language)? };
    let why = one.undefined.as_ref().map_or_else(String::new, |reason| reason.text(language));
    Ok(context! {
        name => one.arm.clone(),
        verdict => one.verdict.reason.text(language),
        lift => one.lift.as_ref().map_or(why, |lift| interval(lift, language)),
        svg => Value::from_safe_string(drawing),
        warnings => one.warnings.iter().map(|warning| warning.text(language)).collect::<Vec<_>>(),
    })
}

fn interval(lift: &Estimate, language: Language) -> String {
    let percent = |ratio: f64| format!("{} %", language.number(ratio * 100.0, 1));
    format!("{} ({} … {})", percent(lift.value), percent(lift.low), percent(lift.high))
}

fn broken(error: minijinja::Error) -> Error {
    Error::new(ErrorKind::Internal, "the page of a readout cannot be written").caused_by(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Arm, Block, Data, Metric, Settings, readout};

    fn arm(name: &str, rate: f64) -> Arm {
        let day = |day: u32| {
            let clicks = 5000.0 * rate + f64::from(day * 7 % 11);
            Block::ratio(format!("2027-03-{day:02}"), clicks, 5000.0)
        };
        Arm::of_blocks(name, (1..=28).map(day).collect())
    }

    #[test]
    fn a_readout_shows_its_verdict_its_looks_and_nothing_unescaped() {
        let data = Data::of(vec![arm("image", 0.02), arm("<b>video</b>", 0.024)]);
        let readout = readout(&Settings::until(Metric::Ratio, 28), &data).unwrap();
        let html = readout_html(&readout, Language::English).unwrap();
        assert!(html.contains("Winner") && html.contains("<svg") && html.contains("&lt;b&gt;video"), "{html}");
        assert!(!html.contains("<b>video") && !html.contains("<script"));
        assert!(readout_html(&readout, Language::Portuguese).unwrap().contains("Vencedor"));
    }
}
