//! Insights of Instagram accounts and Facebook pages, by what Meta's reference says of them: no definition that a machine can read
//! holds these edges.

use super::finding::Findings;
use super::{check_bearer, check_host};
use crate::Recorded;

/// Metrics of an Instagram account that count people.
const DEMOGRAPHICS: [&str; 2] = ["follower_demographics", "engaged_audience_demographics"];
/// What they are told apart by.
const BREAKDOWNS: [&str; 4] = ["age", "gender", "city", "country"];
/// Time frames of people who engaged.
const TIMEFRAMES: [&str; 2] = ["this_month", "this_week"];

pub(super) fn check(request: &Recorded, findings: &mut Findings) {
    check_host(request, &["graph.facebook.com"], findings);
    check_bearer(request, findings);
    let place = request.path.strip_prefix("/v26.0/").and_then(|path| path.strip_suffix("/insights"));
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    if request.method != "GET" || !place.is_some_and(is_id) {
        return findings.rule("path", format!("{} {}: no such edge", request.method, request.path));
    }
    let asked = |name: &str| request.query.get(name).map_or("", String::as_str);
    let metric = asked("metric");
    let wanted: &[(&str, &[&str])] = if metric.starts_with("page_") {
        &[("metric", &[]), ("period", &["day"])]
    } else {
        &[
            ("metric", &DEMOGRAPHICS),
            ("period", &["lifetime"]),
            ("metric_type", &["total_value"]),
            ("breakdown", &BREAKDOWNS),
            ("timeframe", &TIMEFRAMES),
        ]
    };
    for name in request.query.keys() {
        if !wanted.iter().any(|(known, _)| known == name) {
            findings.rule(&format!("query.{name}"), "unknown parameter");
        }
    }
    for (name, values) in wanted {
        let is_missing = asked(name).is_empty() && (*name != "timeframe" || metric == DEMOGRAPHICS[1]);
        let is_wrong = !asked(name).is_empty() && !values.is_empty() && !values.contains(&asked(name));
        if is_missing || is_wrong {
            findings.rule(&format!("query.{name}"), format!("is {:?}, not one of {values:?}", asked(name)));
        }
    }
}
