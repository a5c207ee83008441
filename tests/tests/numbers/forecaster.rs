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
