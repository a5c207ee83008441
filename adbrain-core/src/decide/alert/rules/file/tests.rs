//! Tests of what a file may say.

use super::super::RuleSet;

const RULE: &str = "version = 1\n[[rule]]\nname = \"dear\"\nvalue = \"cpm_hour\"\nabove = 10\nseverity = \"high\"\n";

fn refused(text: &str) -> String {
    RuleSet::from_text(text).map_or_else(|error| error.to_string(), |_| format!("was taken: {text}"))
}

#[test]
fn a_small_file_is_read_in_toml_and_json() {
    let json = r#"{"version": 1, "rule": [{"name": "dear", "value": "cpm_hour", "above": 10, "severity": "high"}]}"#;
    assert_eq!(RuleSet::from_text(RULE).unwrap(), RuleSet::from_text(json).unwrap());
}

#[test]
fn a_field_that_is_wrong_is_refused_with_its_rule() {
    let cases = [
        ("clear = 12", "rule.dear.clear: 12 is on the wrong side of above = 10; write 10 or less"),
        ("below = 3", "rule.dear.above: stands beside below"),
        ("for = \"soon\"", "rule.dear.for: \"soon\" is no length of time; write whole numbers with w, d, h, m or s"),
        ("keep_firing_for = \"10\"", "rule.dear.keep_firing_for: \"10\" is no length of time"),
        ("max_data_age = \"0m\"", "rule.dear.max_data_age: is zero"),
        (
            "min_volume = { impresions = 10 }",
            "rule.dear.min_volume.impresions: there is no metric \"impresions\"; use one of",
        ),
        ("min_volume = { impressions_hour = 0 }", "rule.dear.min_volume.impressions_hour: 0 is not above zero"),
        ("require = [{ value = \"cpm_hour\" }]", "rule.dear.require.1.above: is missing, and below too"),
        ("require = [{ value = \"cpm_hour +\", above = 1 }]", "rule.dear.require.1.value: expression: ends too early"),
        ("require = [{ value = \"x\", above = 1 }]", "rule.dear.require.1.value: there is no metric \"x\""),
        ("no_data = \"maybe\"", "rule.dear.no_data: unknown variant `maybe`, expected one of `ok`, `alert`, `keep`"),
        ("colour = \"red\"", "unknown field `colour`, expected one of `name`, `value`, `above`"),
        (
            "group_by = [\"platfrom\"]",
            "rule.dear.group_by: there is no label \"platfrom\"; use one of campaign, level, object",
        ),
        ("match = { market = \"BR\" }", "rule.dear.match: there is no label \"market\""),
        ("labels = { rule = \"x\" }", "rule.dear.labels.rule: is a label that every alert has"),
        ("labels = { Team = \"x\" }", "rule.dear.labels.Team: \"Team\" is no name"),
        ("actions = [{ kind = \"cut_bid\" }]", "rule.dear.actions.1.percent: is missing; write percent = 10"),
        ("actions = [{ kind = \"cut_bid\", percent = 100 }]", "rule.dear.actions.1.percent: 100 is out of range"),
        ("actions = [{ kind = \"cut_bid\", at_most = 1 }]", "rule.dear.actions.1.at_most: is not of cut_bid"),
        ("actions = [{ kind = \"pause_worst_ads\", at_most = 0 }]", "rule.dear.actions.1.at_most: 0 is out of range"),
        (
            "actions = [{ kind = \"cut_bid\", percent = 5, max_per_day = 0 }]",
            "rule.dear.actions.1.max_per_day: is zero",
        ),
        ("actions = [{ kind = \"double\" }]", "rule.dear.actions[0].kind: unknown variant `double`"),
    ];
    for (field, expected) in cases {
        let error = refused(&format!("{RULE}{field}\n"));
        assert!(error.contains(expected), "{field}: {error}");
    }
    let inf = refused(&RULE.replace("above = 10", "above = inf"));
    assert!(inf.contains("above: inf is no finite number"), "{inf}");
    let lost = refused(&RULE.replace("cpm_hour", "cpm_hourly / 2"));
    assert!(
        lost.contains("rule.dear.value: there is no metric \"cpm_hourly\"; use one of") && lost.contains("cpm_hour,"),
        "{lost}"
    );
}

#[test]
fn a_file_that_contradicts_itself_is_refused() {
    let second = RULE.replace("version = 1\n", "").replace("dear", "dearer");
    let inhibit = |source: &str, target: &str| {
        format!("[[inhibit]]\nsource = \"{source}\"\ntarget = [\"{target}\"]\nequal = [\"object\"]\n")
    };
    let silence = |fields: &str| {
        format!("{RULE}[[silence]]\nfrom = 2026-12-01T00:00:00Z\nby = \"Ana\"\nreason = \"a sale\"\n{fields}")
    };
    let later = "until = 2026-12-02T00:00:00Z\n";
    let cases = [
        (String::new(), "version"),
        ("version = 2\n".to_owned(), "version: 2 is not known"),
        ("version = 1\n".to_owned(), "rule: there is none"),
        ("version = 1\nrule = 3\n".to_owned(), "rule: is no list"),
        ("version = 1\nrule = [[1]]\n".to_owned(), "rule.1: is no table of named fields"),
        ("version = ".to_owned(), "rules: TOML parse error"),
        ("{\"version\": 1,".to_owned(), "EOF while parsing"),
        (format!("{RULE}[colour]\n"), "unknown field `colour`"),
        (format!("time_zone = \"Mars/Base\"\n{RULE}"), "time_zone: unknown time zone \"Mars/Base\""),
        (format!("{RULE}{}", RULE.replace("version = 1\n", "")), "rule.dear.name: is the name of two rules"),
        (RULE.replace("\"dear\"", "\"Dear one\""), "rule.Dear one.name: \"Dear one\" is no name"),
        (format!("{RULE}[metrics]\ncpm_hour = \"mine\"\n"), "metrics.cpm_hour: is a built-in metric"),
        (
            format!("{RULE}{}", inhibit("cheap", "dear")),
            "inhibit.1.source: there is no rule \"cheap\"; use one of dear",
        ),
        (format!("{RULE}{}", inhibit("dear", "dear")), "inhibit: goes in a circle: dear -> dear"),
        (
            format!("{RULE}{second}{}{}", inhibit("dear", "dearer"), inhibit("dearer", "dear")),
            "inhibit: goes in a circle: dear -> dearer -> dear",
        ),
        (silence(later), "silence.1: missing field `match`"),
        (silence(&format!("{later}match = {{}}\n")), "silence.1.match: is empty and would silence everything"),
        (silence(&format!("{later}match = {{ rule = \"cheap\" }}\n")), "silence.1.match.rule: there is no rule"),
        (silence("until = 2026-12-01T00:00:00Z\nmatch = { rule = \"dear\" }\n"), "silence.1.until: is not after from"),
        (silence("until = 2026-12-02\nmatch = { rule = \"dear\" }\n"), "silence.1.until: "),
        (format!("{RULE}[[quiet_hours]]\nfrom = \"22:00\"\n"), "quiet_hours.1.from: and until belong together"),
        (
            format!("{RULE}[[quiet_hours]]\nfrom = \"25:00\"\nuntil = \"07:00\"\n"),
            "quiet_hours.1.from: \"25:00\" is no time",
        ),
        (format!("{RULE}[[quiet_hours]]\nfrom = \"07:00\"\nuntil = \"07:00\"\n"), "quiet_hours.1.until: is the same"),
        (format!("{RULE}[[quiet_hours]]\n"), "quiet_hours.1.from: is missing, and until and days too"),
    ];
    for (text, expected) in cases {
        let error = refused(&text);
        assert!(error.contains(expected), "{text}\n{error}");
    }
}

#[test]
fn many_rules_that_keep_others_silent_without_a_circle_are_taken() {
    let rule = |rule: u32| RULE.replace("version = 1\n", "").replace("dear", &format!("dear_{rule}"));
    let inhibit = |source: u32| {
        let targets: Vec<_> = (source + 1..40).map(|target| format!("\"dear_{target}\"")).collect();
        format!("[[inhibit]]\nsource = \"dear_{source}\"\ntarget = [{}]\nequal = []\n", targets.join(", "))
    };
    let parts: Vec<String> = (0..40).map(rule).chain((0..39).map(inhibit)).collect();
    let text = format!("version = 1\n{}", parts.concat());
    assert_eq!(RuleSet::from_text(&text).unwrap().rules().len(), 40);
}

#[test]
fn own_metrics_and_labels_are_taken_once_they_are_declared() {
    let text =
        RULE.replace("cpm_hour", "stock / 2").replace("version = 1", "version = 1\nsample_labels = [\"market\"]");
    let text = format!("{text}match = {{ market = \"BR\" }}\n[metrics]\nstock = \"Units in stock\"\n");
    assert_eq!(RuleSet::from_text(&text).unwrap().rules()[0].name(), "dear");
}
