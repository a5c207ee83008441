//! Reference cases: inputs and expected outputs of named peers, compared with what the statistics say.

use adbrain_core::numbers;
use serde_json::Value;

/// What came of a file.
#[derive(Debug)]
pub struct Report {
    /// The number of cases.
    pub cases: usize,
    /// One line per failing case.
    pub failures: Vec<String>,
}

/// Keys of `expected` that explain and are not computed.
const WORDS: &[&str] = &["note", "why"];

/// Runs every case of a file.
///
/// # Errors
/// Text that is not JSON or has no list `cases`.
pub fn run(text: &str) -> Result<Report, String> {
    let file: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let cases = file["cases"].as_array().ok_or("there is no list `cases`")?;
    let failures = cases.iter().filter_map(|case| check(case).err().map(|what| format!("{}: {what}", name(case))));
    Ok(Report { cases: cases.len(), failures: failures.collect() })
}

fn name(case: &Value) -> String {
    format!("{} {}", case["id"].as_str().unwrap_or("?"), case["method"].as_str().unwrap_or("?"))
}

fn check(case: &Value) -> Result<(), String> {
    let method = case["method"].as_str().ok_or("has no method")?;
    let mut input = case["input"].clone();
    if let Some(arguments) = input.as_object_mut() {
        arguments.remove("name");
    }
    let found = numbers::call(method, &input);
    if case["undefined"] == Value::Bool(true) {
        return undefined(&case["expected"], found);
    }
    let found = found.map_err(|error| format!("got the error {error}"))?;
    let tolerance = [case["rtol"].as_f64().unwrap_or(0.0), case["atol"].as_f64().unwrap_or(0.0)];
    let expected = case["expected"].as_object().ok_or("has no expected values")?;
    for (key, wanted) in expected.iter().filter(|(key, _)| !WORDS.contains(&key.as_str())) {
        let got = &found[our_key(key)];
        if !is_close(got, wanted, tolerance) {
            return Err(format!("{key}: got {got}, expected {wanted}"));
        }
    }
    Ok(())
}

/// The files write the level of an interval into its name, we do not: `ci95` is `ci`.
fn our_key(key: &str) -> String {
    key.replace("95", "")
}

/// An undefined state has a reason and no number; what is wrong input for `expected` is an error.
fn undefined(expected: &Value, found: adbrain_core::Result<Value>) -> Result<(), String> {
    match found {
        Err(_) => Ok(()),
        Ok(value) if expected.get("error").is_some() => Err(format!("got {value}, expected an error")),
        Ok(value) if value["undefined"]["reason"].is_string() => Ok(()),
        Ok(value) => Err(format!("got {value}, expected an undefined state with its reason")),
    }
}

fn is_close(got: &Value, wanted: &Value, tolerance: [f64; 2]) -> bool {
    match (got, wanted) {
        (Value::Array(got), Value::Array(wanted)) => {
            got.len() == wanted.len() && got.iter().zip(wanted).all(|(got, wanted)| is_close(got, wanted, tolerance))
        }
        (Value::Object(got), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| got.get(&our_key(key)).is_some_and(|got| is_close(got, wanted, tolerance))),
        (Value::Number(got), Value::Number(wanted)) => {
            let (got, wanted) = (got.as_f64().unwrap_or(f64::NAN), wanted.as_f64().unwrap_or(f64::NAN));
            (got - wanted).abs() <= tolerance[1] + tolerance[0] * wanted.abs()
        }
        (got, wanted) => got == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(expected: &str) -> Report {
        let input =
            r#"{"control": {"n": 500, "mean": 2.5, "sd": 1.1}, "treatment": {"n": 480, "mean": 2.61, "sd": 1.4}}"#;
        run(&format!(
            r#"{{"cases": [{{"id": "one", "method": "welch_t_from_stats", "input": {input}, "expected": {expected},
                "rtol": 1e-8, "atol": 0}}]}}"#
        ))
        .unwrap()
    }

    #[test]
    fn a_case_fails_with_what_was_got_and_expected() {
        assert_eq!(report(r#"{"t": 1.3640323734191635}"#).failures.len(), 0);
        let failures = report(r#"{"t": 1.364}"#).failures;
        assert!(failures[0].contains("got 1.36403") && failures[0].contains("expected 1.364"), "{failures:?}");
        assert_eq!(report(r#"{"nothing": 1}"#).failures.len(), 1);
    }
}
