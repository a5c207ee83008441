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

/// Every metric with its kind and what it tells, in the order in which they are written.
const METRICS: [(&str, &str, &str); 9] = [
    ("adbrain_spend", "gauge", "Spend of a run on a platform, in units of the currency."),
    ("adbrain_revenue", "gauge", "Revenue that a platform attributes to a run, in units of the currency."),
    ("adbrain_cap", "gauge", "What a run may cost at most in a stretch of time, in units of the currency."),
    ("adbrain_worst_case", "gauge", "What a run may cost in the worst case, in units of the currency."),
    ("adbrain_open_alerts", "gauge", "Alerts of a run that are open, by severity."),
    ("adbrain_waiting_plans", "gauge", "Plans that wait for the approval of a person."),
    ("adbrain_waiting_steps", "gauge", "Steps that wait for a person beside the plans."),
    ("adbrain_kill_switch", "gauge", "1 while the kill switch is on."),
    ("adbrain_events_total", "counter", "Changes that the page was told since it was started."),
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
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(&shared.board)).into_response()
}

/// All samples of a board.
pub(super) fn text(board: &Board) -> String {
    let (mut samples, overviews) = (Samples::default(), board.overviews());
    for overview in overviews.iter() {
        of_run(&mut samples, overview);
    }
    let waiting = overviews.iter().filter(|overview| overview.standing == Standing::Waits).count();
    samples.add("adbrain_waiting_plans", &[], &waiting);
    samples.add("adbrain_waiting_steps", &[], &overviews.iter().map(Overview::waiting).sum::<usize>());
    if let Some(overview) = overviews.last() {
        samples.add("adbrain_kill_switch", &[], &u8::from(overview.status.control.switch.is_on));
    }
    samples.add("adbrain_events_total", &[], &board.number());
    samples.write()
}

fn of_run(samples: &mut Samples, overview: &Overview) {
    let run = ("run", overview.status.run.as_str());
    for (platform, (metrics, _)) in overview.figures.iter().flat_map(|figures| &figures.platforms) {
        let labels = [run, ("platform", platform.as_str())];
        samples.money("adbrain_spend", &labels, metrics.spend);
        samples.money("adbrain_revenue", &labels, metrics.revenue);
    }
    for cap in &overview.status.control.caps {
        let period = match cap.period {
            Period::Day => "day",
            Period::Week => "week",
            Period::Lifetime => "lifetime",
        };
        samples.money("adbrain_cap", &[run, ("period", period)], cap.cap);
        samples.money("adbrain_worst_case", &[run, ("period", period)], cap.worst);
    }
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for episode in overview.alerts.iter().filter(|episode| episode.closed_at.is_none()) {
        *open.entry(episode.severity.as_str()).or_default() += 1;
    }
    for (severity, count) in open {
        samples.add("adbrain_open_alerts", &[run, ("severity", severity)], &count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_within_its_label() {
        let mut samples = Samples::default();
        samples.add("adbrain_open_alerts", &[("run", "a\"} 1\nadbrain_kill_switch 1\\")], &2);
        let text = samples.write();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.ends_with("{run=\"a\\\"} 1\\nadbrain_kill_switch 1\\\\\"} 2\n"), "{text}");
    }
}
