//! Tests of tests of rules.

use super::super::RuleSet;
use super::*;

const RULES: &str = r#"
version = 1
[[rule]]
name = "dear"
value = "cpm_hour"
above = 25
clear = 22
for = "10m"
max_data_age = "30m"
no_data = "alert"
on_error = "alert"
severity = "high"
actions = [{ kind = "cut_bid", percent = 10 }]
"#;

fn run(test: &str) -> Result<Vec<TestResult>> {
    let file = format!("rules = \"dear.toml\"\n[[test]]\nname = \"one\"\nstart = 2026-12-01T00:00:00Z\n{test}");
    RuleTests::from_text(&file)?.run(&RuleSet::from_text(RULES)?)
}

fn differences(test: &str) -> Vec<String> {
    run(test).unwrap().remove(0).differences
}

/// A test over one series with expectations.
fn test(expected: &str, values: &str, more: &str) -> String {
    format!(
        "step = \"10m\"\n{expected}\n[[test.series]]\nplatform = \"meta\"\nobject = \"set\"\nmetrics = {{ cpm_hour = \"{values}\" }}\n{more}\n"
    )
}

#[test]
fn what_is_as_expected_passes_and_what_is_not_is_told_line_by_line() {
    let expected =
        "notifications = [\"20m dear opened set\", \"40m dear closed set\"]\nproposals = [\"20m dear cut_bid set\"]";
    let state = |at: &str, is: &str| {
        format!("[[test.state]]\nat = \"{at}\"\nrule = \"dear\"\nobject = \"set\"\nis = \"{is}\"\n")
    };
    let good = state("10m", "pending") + &state("40m", "normal") + &state("20m", "firing");
    assert_eq!(differences(&test(expected, "20 30x3 20", &good)), [""; 0]);
    let bad = test("notifications = [\"30m dear opened set\"]", "20 30x3 20", &state("10m", "firing"));
    let lines = [
        "- 10m dear set is firing",
        "+ 10m dear set is pending",
        "- 30m dear opened set",
        "+ 20m dear opened set",
        "+ 40m dear closed set",
    ];
    assert_eq!(differences(&bad), lines);
    let swapped = expected
        .replace("20m dear opened", "x")
        .replace("40m dear closed", "20m dear opened")
        .replace('x', "40m dear closed");
    assert!(differences(&test(&swapped, "20 30x3 20", ""))[1].ends_with("(in another order)"));
}

#[test]
fn gaps_old_data_and_errors_can_be_written() {
    let told = |lines: &str| format!("notifications = [{lines}]");
    for (more, line) in [
        ("", ""),
        ("data_stop_at = \"10m\"", "\"1h dear opened set\""),
        ("gone_at = \"30m\"", "\"40m dear opened set\""),
    ] {
        assert_eq!(differences(&test(&told(line), "20x7", more)), [""; 0], "{more}");
    }
    assert_eq!(differences(&test(&told("\"50m dear opened set\""), "20x7", "error_at = \"40m\"")), [""; 0]);
    assert_eq!(
        differences(&test(&told("\"10m dear opened set\", \"20m dear closed set\""), "_x2 20+0.5x3", "")),
        [""; 0]
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let state = "[[test.state]]\nat = \"15m\"\nrule = \"dear\"\nobject = \"set\"\nis = \"firing\"\n";
    let cases = [
        (test("", "20 x", ""), "test.one.series.set.metrics.cpm_hour: \"x\" is no value"),
        (test("", "20x", ""), "\"20x\" is no value"),
        (test("", "nan", ""), "\"nan\" is no value"),
        (test("", "1x999999", ""), "has more than 100000 values"),
        (test("", "20", "gone_at = \"soon\""), "test.one.series.set.gone_at: \"soon\" is no length of time"),
        (test("", "20", "colour = 1"), "unknown field `colour`"),
        (test("", "20", "").replace("cpm_hour", "cpm_ours"), "test.one.series.set.metrics.cpm_ours: is no metric"),
        (test("", "20x9", state), "test.one.state.at: nothing is evaluated at 15m"),
        (test("", "20", &state.replace("15m", "10m")), "test.one.state.at: nothing is evaluated at 10m"),
        (
            test("", "20", &state.replace("\"dear\"", "\"cheap\"")),
            "test.one.state.rule: there is no rule \"cheap\"; use one of dear",
        ),
        (test("", "20", "").replace("10m", "0m"), "test.one.step: is zero"),
        (test("", "20", "").replace("meta", "orkut"), "unknown variant `orkut`"),
    ];
    for (text, expected) in cases {
        let error = run(&text).map_or_else(|error| error.to_string(), |_| "was taken".to_owned());
        assert!(error.contains(expected), "{text}\n{error}");
    }
    assert!(RuleTests::from_text("rules = \"x\"").unwrap_err().to_string().starts_with("test: there is none"));
}

#[test]
fn the_example_passes() {
    let read = |name: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/alerts");
        std::fs::read_to_string(folder.join(name)).unwrap()
    };
    let tests = RuleTests::from_text(&read("tests.toml")).unwrap();
    let results = tests.run(&RuleSet::from_text(&read(&tests.rules)).unwrap()).unwrap();
    assert!(results.len() >= 4 && results.iter().all(TestResult::is_passed), "{results:#?}");
}
