//! The runs as Prometheus reads them: text, one sample a line. Amounts are in units of the currency.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::board::Board;
use super::guard::bearer;
use super::server::Shared;
use crate::brain::{Overview, Standing};
use crate::control::Period;
use crate::model::Money;

/// Every metric with its kind and what it tells, in the order in which they are written. Names, units and texts follow the rules of
/// Prometheus: units in full at the end, `_total` on counters alone. What a platform takes back later is a gauge, for it may fall.
pub(super) const METRICS: [(&str, &str, &str); 20] = [
    ("adbrain_build_info", "gauge", "1, with the version of the engine as a label."),
    (
        "adbrain_run_info",
        "gauge",
        "1 for each run that is shown, with the name of its plan and whether its accounts are simulated.",
    ),
    ("adbrain_spend_currency_units", "gauge", "Spend of a run on a platform so far, in units of the currency."),
    (
        "adbrain_revenue_currency_units",
        "gauge",
        "Revenue that a platform attributes to a run so far, in units of the currency.",
    ),
    ("adbrain_impressions", "gauge", "Times that the ads of a run were shown on a platform so far."),
    ("adbrain_clicks", "gauge", "Clicks on the ads of a run on a platform so far."),
    ("adbrain_conversions", "gauge", "Results that a platform attributes to a run so far."),
    (
        "adbrain_conversions_known_ratio",
        "gauge",
        "Share of its conversions that a platform is expected to have told, from 0 to 1.",
    ),
    (
        "adbrain_figures_timestamp_seconds",
        "gauge",
        "When the figures of a run were known, in seconds since 1970; simulated runs have simulated time.",
    ),
    (
        "adbrain_read_timestamp_seconds",
        "gauge",
        "When the accounts of a run were last read, in seconds since 1970; simulated runs have simulated time.",
    ),
    (
        "adbrain_cap_currency_units",
        "gauge",
        "What a run may cost at most in a stretch of time, in units of the currency.",
    ),
    (
        "adbrain_worst_case_currency_units",
        "gauge",
        "What a run may cost in the worst case in a stretch of time, in units of the currency.",
    ),
    (
        "adbrain_unread_platforms",
        "gauge",
        "Platforms of a run whose accounts could not be read when they were last looked at.",
    ),
    ("adbrain_open_alerts", "gauge", "Alerts of a run that are open, by severity."),
    ("adbrain_waiting_plans", "gauge", "Plans that wait for the approval of a person."),
    ("adbrain_waiting_steps", "gauge", "Steps that wait for a person beside the plans."),
    ("adbrain_kill_switch_on", "gauge", "1 while the kill switch is on, else 0."),
    ("adbrain_listeners", "gauge", "Pages and programs that listen now."),
    ("adbrain_listeners_max", "gauge", "How many may listen at once."),
    ("adbrain_changes_total", "counter", "Changes that the page was told since it was started."),
];

/// Samples by metric: labels and value.
#[derive(Default)]
struct Samples(BTreeMap<&'static str, Vec<(String, String)>>);

impl Samples {
    fn add(&mut self, metric: &'static str, labels: &[(&str, &str)], value: &impl ToString) {
        let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        self.0.entry(metric).or_default().push((labels, value.to_string()));
    }

    fn money(&mut self, metric: &'static str, labels: &[(&str, &str)], money: Money) {
        let currency = money.currency();
        let labels: Vec<_> = labels.iter().copied().chain([("currency", currency.code())]).collect();
        self.add(metric, &labels, &money.amount_text());
    }

    fn write(&self) -> String {
        let mut lines = Vec::new();
        for (metric, kind, help) in METRICS {
            let Some(samples) = self.0.get(metric) else { continue };
            lines.extend([format!("# HELP {metric} {help}\n"), format!("# TYPE {metric} {kind}\n")]);
            lines.extend(samples.iter().map(|(labels, value)| format!("{metric}{labels} {value}\n")));
        }
        lines.concat()
    }
}

/// A label's value: backslash, quote and line feed are written as the format wants them.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Gives the samples to who shows a token, which Prometheus sends as `authorization: credentials`.
pub(super) async fn metrics(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if bearer(&headers).and_then(|token| shared.guard.role(token)).is_none() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(&shared.board, shared.seats.count()))
        .into_response()
}

/// All samples of a board, whose page has so many places, so many of them taken.
pub(super) fn text(board: &Board, (places, taken): (usize, usize)) -> String {
    let (mut samples, overviews) = (Samples::default(), board.overviews());
    samples.add("adbrain_build_info", &[("version", crate::VERSION)], &1);
    for overview in overviews.iter() {
        of_run(&mut samples, overview);
    }
    let waiting = overviews.iter().filter(|overview| overview.standing == Standing::Waits).count();
    samples.add("adbrain_waiting_plans", &[], &waiting);
    samples.add("adbrain_waiting_steps", &[], &overviews.iter().map(Overview::waiting).sum::<usize>());
    if let Some(overview) = overviews.last() {
        samples.add("adbrain_kill_switch_on", &[], &u8::from(overview.status.control.switch.is_on));
    }
    samples.add("adbrain_listeners", &[], &taken);
    samples.add("adbrain_listeners_max", &[], &places);
    samples.add("adbrain_changes_total", &[], &board.number());
    samples.write()
}

fn of_run(samples: &mut Samples, overview: &Overview) {
    let run = ("run", overview.status.run.as_str());
    let is_simulated = if overview.status.is_simulated { "true" } else { "false" };
    samples.add("adbrain_run_info", &[run, ("plan", &overview.plan.name), ("is_simulated", is_simulated)], &1);
    samples.add("adbrain_read_timestamp_seconds", &[run], &overview.read_at.as_second());
    samples.add("adbrain_unread_platforms", &[run], &overview.status.control.unread.len());
    of_figures(samples, run, overview);
    of_caps(samples, run, overview);
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for episode in overview.alerts.iter().filter(|episode| episode.closed_at.is_none()) {
        *open.entry(episode.severity.as_str()).or_default() += 1;
    }
    for (severity, count) in open {
        samples.add("adbrain_open_alerts", &[run, ("severity", severity)], &count);
    }
}

fn of_figures(samples: &mut Samples, run: (&str, &str), overview: &Overview) {
    let Some(figures) = &overview.figures else { return };
    samples.add("adbrain_figures_timestamp_seconds", &[run], &figures.as_of.as_second());
    for (platform, (metrics, known)) in &figures.platforms {
        let labels = [run, ("platform", platform.as_str())];
        samples.money("adbrain_spend_currency_units", &labels, metrics.spend);
        samples.money("adbrain_revenue_currency_units", &labels, metrics.revenue);
        samples.add("adbrain_impressions", &labels, &metrics.impressions);
        samples.add("adbrain_clicks", &labels, &metrics.clicks);
        samples.add("adbrain_conversions", &labels, &metrics.conversions);
        samples.add("adbrain_conversions_known_ratio", &labels, known);
    }
}

fn of_caps(samples: &mut Samples, run: (&str, &str), overview: &Overview) {
    for cap in &overview.status.control.caps {
        let period = match cap.period {
            Period::Day => "day",
            Period::Week => "week",
            Period::Lifetime => "lifetime",
        };
        samples.money("adbrain_cap_currency_units", &[run, ("period", period)], cap.cap);
        samples.money("adbrain_worst_case_currency_units", &[run, ("period", period)], cap.worst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Prometheus' own check of metrics (`promtool check metrics`) complains of, as far as it can happen here.
    fn complaint(name: &str, kind: &str, help: &str) -> Option<&'static str> {
        let is_word = |part: &str| !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_lowercase());
        let words: Vec<_> = name.split('_').collect();
        let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
        let ends = |names: &[&str]| names.contains(words.last().unwrap());
        match () {
            () if !words.iter().all(|word| is_word(word)) => Some("letters other than small ones"),
            () if words.first() != Some(&"adbrain") => Some("no namespace"),
            () if help.is_empty() || !help.ends_with('.') => Some("no help"),
            () if (kind == "counter") != ends(&["total"]) => Some("total on counters alone"),
            () if ends(&["count", "sum", "bucket"]) => Some("a name of histograms"),
            () if has(&["gauge", "counter", "summary", "histogram"]) => Some("the kind in the name"),
            () if has(&[
                "ms",
                "sec",
                "secs",
                "min",
                "hour",
                "pct",
                "percent",
                "kb",
                "mb",
                "milliseconds",
                "minutes",
                "hours",
            ]) =>
            {
                Some("another unit than the base unit")
            }
            () => None,
        }
    }

    #[test]
    fn names_kinds_and_texts_follow_the_rules_of_prometheus() {
        for (name, kind, help) in METRICS {
            assert_eq!(complaint(name, kind, help), None, "{name}");
        }
        assert_eq!(complaint("adbrain_steps", "counter", "Steps."), Some("total on counters alone"));
        assert_eq!(complaint("adbrain_age_min", "gauge", "Age."), Some("another unit than the base unit"));
        assert_eq!(complaint("adbrain_Age", "gauge", "Age."), Some("letters other than small ones"));
    }

    /// The metrics that an expression of Prometheus names.
    fn named(expression: &str) -> Vec<String> {
        let mut names: Vec<String> = expression
            .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .filter(|word| word.starts_with("adbrain_"))
            .map(str::to_owned)
            .collect();
        names.dedup();
        names
    }

    #[test]
    fn the_dashboard_for_grafana_asks_for_metrics_that_there_are_and_leaves_none_out() {
        let file = include_str!("../../../../docs/grafana/adbrain.json");
        let dashboard: serde_json::Value = serde_json::from_str(file).unwrap();
        assert_eq!((&dashboard["schemaVersion"], &dashboard["uid"]), (&42.into(), &"adbrain".into()));
        let panels = dashboard["panels"].as_array().unwrap();
        let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
        let expressions: Vec<_> = targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect();
        let variables = dashboard["templating"]["list"].as_array().unwrap();
        let queries = variables.iter().filter_map(|variable| variable["query"]["query"].as_str().map(str::to_owned));
        let asked: std::collections::BTreeSet<_> =
            expressions.iter().cloned().chain(queries).flat_map(|text| named(&text)).collect();
        let known: std::collections::BTreeSet<_> = METRICS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(asked, known);
        let mut ids: Vec<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "two panels have one id");
        for panel in panels.iter().filter(|panel| panel["type"] != "row") {
            assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
            assert!(!panel["title"].as_str().unwrap().is_empty() && !panel["targets"].as_array().unwrap().is_empty());
        }
    }

    #[test]
    fn a_hostile_name_stays_within_its_label() {
        let mut samples = Samples::default();
        samples.add("adbrain_open_alerts", &[("run", "a\"} 1\nadbrain_kill_switch_on 1\\")], &2);
        let text = samples.write();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.ends_with("{run=\"a\\\"} 1\\nadbrain_kill_switch_on 1\\\\\"} 2\n"), "{text}");
    }
}
