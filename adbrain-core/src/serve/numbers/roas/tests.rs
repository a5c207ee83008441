//! Forecasts and backtests by name.

use super::*;
use crate::numbers::call;

fn history(rows: usize) -> Vec<Value> {
    let row = |at: usize| {
        let platform = ["meta", "tiktok"][at % 2];
        let creative_type = ["video", "carousel"][at / 2 % 2];
        let ratio = if platform == "meta" { 4.0 } else { 1.0 } + (at * 7 % 11) as f64 * 0.1;
        let day = jiff::ToSpan::days(i64::try_from(at / 4).unwrap());
        let date = jiff::civil::date(2026, 1, 1).saturating_add(day).to_string();
        json!({
            "platform": platform, "creative_type": creative_type, "age": "25-34", "date": date,
            "impressions": 10_000, "clicks": 100 + at % 9, "conversions": at % 5, "spend": 100.0, "revenue": 100.0 * ratio,
        })
    };
    (0..rows).map(row).collect()
}

fn ask(history: &[Value], row: &Value) -> Result<Value> {
    let found = call("predict_roas", &json!({"history": history, "rows": [row], "trees": 40}))?;
    Ok(found["predictions"][0].clone())
}

#[test]
fn what_came_of_a_row_is_not_taken_for_zero_where_it_is_not_known() {
    let row = |at: usize| json!({"platform": "meta", "spend": 100, "clicks": 50, "conversions": at % 5});
    let rows: Vec<Value> = (0..20).map(row).collect();
    let found = ask(&rows, &json!({"platform": "meta"})).unwrap();
    assert!((found["predicted_roas"].as_f64().unwrap() - 2.0).abs() < 1e-6, "{found}");
    assert_eq!(
        (&found["sample_size"], &found["warnings"][1]["key"]),
        (&json!(0), &json!("forecast-skipped")),
        "{found}"
    );
}

#[test]
fn no_question_changes_the_answer_to_another() {
    let (history, row) = (history(60), json!({"platform": "meta", "creative_type": "video"}));
    let beside = json!({"platform": "tiktok", "age": "25-34", "date": "2026-02-01"});
    let asked = json!({"history": history, "rows": [beside, row], "trees": 20});
    let alone = json!({"history": history, "rows": [row], "trees": 20});
    let (both, one) = (call("predict_roas", &asked).unwrap(), call("predict_roas", &alone).unwrap());
    assert_eq!(both["predictions"][1], one["predictions"][0]);
}

fn refused(row: &Value) -> String {
    let mut rows = history(20);
    rows[4] = row.clone();
    ask(&rows, &json!({"platform": "meta"})).unwrap_err().to_string()
}

#[test]
fn the_answer_has_the_names_of_the_outline_and_texts_in_two_languages() {
    let found = ask(&history(120), &json!({"platform": "meta", "creative_type": "video"})).unwrap();
    let value = found["predicted_roas"].as_f64().unwrap();
    assert!((4.0..=5.0).contains(&value), "{found}");
    assert!(found["confidence_interval"][0].as_f64().unwrap() > 3.0);
    assert_eq!((&found["recommendation"], &found["sample_size"]), (&json!("invest"), &json!(120)));
    assert!(found["recommendation_text"]["pt-BR"].as_str().unwrap().contains("invista"));
}

#[test]
fn an_unseen_platform_is_not_guessed() {
    let found = ask(&history(120), &json!({"platform": "linkedin"})).unwrap();
    assert_eq!((&found["predicted_roas"], &found["confidence_interval"]), (&Value::Null, &Value::Null));
    assert!(found["warning_texts"][0]["en"].as_str().unwrap().contains("linkedin"), "{found}");
    assert_eq!(found["recommendation"], "abstain");
}

#[test]
fn without_history_the_prior_answers_and_says_so() {
    let found = ask(&[], &json!({"platform": "meta"})).unwrap();
    assert!((found["predicted_roas"].as_f64().unwrap() - 2.0).abs() < 1e-9);
    assert_eq!(
        (&found["method"], &found["warnings"][0]["key"]),
        (&json!("empirical_bayes"), &json!("forecast-cold-start"))
    );
}

#[test]
fn bad_rows_are_refused_by_their_field() {
    let spend = |value: Value| json!({"platform": "meta", "spend": value, "revenue": 1.0});
    for (row, start) in [
        (spend(json!(-5.0)), "history[4].spend: is -5"),
        (spend(json!("inf")), "history[4].spend: is inf"),
        (json!({"platform": "meta", "age": "old", "spend": 1.0, "revenue": 1.0}), "history[4].age"),
        (json!({"platform": "meta", "spend": 1.0, "revenue": 1.0, "currency": "USD"}), "currency: amounts are in"),
        (json!({"platform": "myspace"}), "history[4].platform"),
        (json!({"audience_size": 1e13, "spend": 1.0, "revenue": 1.0}), "history[4].audience_size"),
    ] {
        let error = refused(&row);
        assert!(error.starts_with(start), "{error}");
    }
    let gap = json!({"spend": "nan", "revenue": "nan"});
    let missing = ask(&vec![gap; 30], &json!({"platform": "meta"})).unwrap();
    assert!(
        missing["warnings"].as_array().unwrap().iter().any(|warning| warning["key"] == "forecast-skipped"),
        "{missing}"
    );
}

#[test]
fn other_rates_have_their_own_name() {
    let arguments = json!({"history": history(120), "rows": [{"platform": "meta"}], "rate": "ctr", "trees": 40});
    let found = call("predict_roas", &arguments).unwrap();
    let value = found["predictions"][0]["predicted_ctr"].as_f64().unwrap();
    assert!((0.01..=0.011).contains(&value), "{found}");
}

#[test]
fn a_backtest_says_how_good_each_method_was() {
    let found = call("backtest_roas", &json!({"history": history(160), "trees": 30, "retrain_days": 10})).unwrap();
    let scores = found["scores"].as_array().unwrap();
    let score = |method: &str| {
        let own = scores.iter().find(|score| score["method"] == method).unwrap();
        own["interval_score"].as_f64().unwrap()
    };
    assert!(score("forecast") < score("prior"), "{}", found["scores"]);
    assert!(found["rolling"].as_array().unwrap().len() > 10);
    let error = call("backtest_roas", &json!({"history": [{"spend": 1.0, "revenue": 1.0}]})).unwrap_err();
    assert!(error.to_string().starts_with("history[0].date"), "{error}");
}
