//! The file of a forecaster is the same in every language: each language's own suite compares with this case.

use adbrain_core::model::ContentHash;
use adbrain_core::numbers::{ask_forecaster, learn_forecaster};
use adbrain_core::predict::roas::Forecaster;
use serde_json::Value;

#[test]
fn a_forecaster_has_the_bytes_and_the_forecasts_of_the_shared_case() {
    let path = adbrain_tests::root().join("tests/cases/files/forecaster.json");
    let case: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let bytes = learn_forecaster(&case["given"]).unwrap().to_bytes().unwrap();
    assert_eq!(ContentHash::of(&bytes).as_str(), case["sha256"].as_str().unwrap());
    let again = Forecaster::from_bytes(&bytes).unwrap();
    assert_eq!(ask_forecaster(&again, &case["rows"]).unwrap(), case["expected"]);
}

#[test]
fn rows_in_another_currency_and_rows_to_learn_from_are_told_apart() {
    let row = |spend: u32| serde_json::json!({"platform": "meta", "budget": spend, "spend": spend, "revenue": 2 * spend + spend % 7});
    let history: Vec<Value> = (40..100).map(row).collect();
    let given = serde_json::json!({"history": history, "currency": "BRL", "trees": 10, "tune": false});
    let model = learn_forecaster(&given).unwrap();
    let other = ask_forecaster(&model, &serde_json::json!([{"budget": 50, "currency": "USD"}])).unwrap_err();
    assert!(other.to_string().contains("BRL") && other.to_string().contains("USD"), "{other}");
    let mut given = given;
    given["rows"] = serde_json::json!([]);
    assert_eq!(learn_forecaster(&given).unwrap_err().context_of("field"), Some("rows"));
}

#[test]
fn a_row_that_knows_less_is_asked_of_a_model_without_it() {
    let path = adbrain_tests::root().join("tests/cases/files/forecaster.json");
    let case: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let model = learn_forecaster(&case["given"]).unwrap();
    let rows =
        serde_json::json!([{"platform": "tiktok"}, {"platform": "meta", "creative_type": "video", "budget": 70}]);
    let found = ask_forecaster(&model, &rows).unwrap();
    let mut asked = case["given"].clone();
    asked["rows"] = rows;
    let anew = adbrain_core::numbers::call("predict_roas", &asked).unwrap();
    assert_eq!(found["predictions"], anew["predictions"]);
}

#[test]
fn what_a_day_spent_changes_no_forecast_of_it_or_before() {
    let row = |at: u32, spend: u32| {
        let platform = if at.is_multiple_of(2) { "meta" } else { "tiktok" };
        serde_json::json!({"platform": platform, "date": format!("2026-{:02}-{:02}", 1 + at / 28, 1 + at % 28),
            "spend": spend, "revenue": f64::from(spend) * (1.5 + f64::from(at * 7 % 11) / 10.0)})
    };
    let points = |last: u32| {
        let history: Vec<Value> = (0..60).map(|at| row(at, if at == 59 { last } else { 20 + at * 13 % 50 })).collect();
        let given = serde_json::json!({"history": history, "trees": 20, "tune": false, "retrain_days": 1});
        let found = adbrain_core::numbers::call("backtest_roas", &given).unwrap();
        let told = |point: &Value| (point["value"].clone(), point["low"].clone(), point["high"].clone());
        found["points"].as_array().unwrap().iter().map(told).collect::<Vec<_>>()
    };
    assert!(points(15).len() > 20);
    assert_eq!(points(15), points(55));
}
