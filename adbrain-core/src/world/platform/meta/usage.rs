//! How far an account has used its limits: Meta says so in the headers of every answer, before it throttles.

use std::time::Duration;

use serde_json::Value;

use crate::http::{Lane, Response};

/// What the headers of an answer say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Used {
    /// The most used limit, in percent of it.
    pub(super) percent: f64,
    /// How long the account is blocked; none where it is not.
    pub(super) silence: Option<Duration>,
}

/// Tells an account's lane what an answer says of its limits.
pub(super) fn heard(response: &Response, account: &str, lane: &Lane) {
    let headers = ["x-business-use-case-usage", "x-app-usage", "x-ad-account-usage"];
    if !headers.iter().any(|name| response.header(name).is_some()) {
        return;
    }
    let Used { percent, silence } = of(response, Some(account));
    lane.used(percent);
    if let Some(silence) = silence {
        lane.silent_for(silence);
    }
}

/// What the headers say of one account, or of all that they name. A header that cannot be read says nothing.
pub(super) fn of(response: &Response, account: Option<&str>) -> Used {
    let header = |name| serde_json::from_str::<Value>(response.header(name)?).ok();
    let mut found = Used::default();
    // {"1234": [{"type": "ads_insights", "call_count": 100, ..., "estimated_time_to_regain_access": 3}]}, minutes.
    let cases = header("x-business-use-case-usage");
    for (id, uses) in cases.iter().filter_map(Value::as_object).flatten() {
        if account.is_none_or(|account| account == id.trim_start_matches("act_")) {
            for used in uses.as_array().into_iter().flatten() {
                found.add(used);
            }
        }
    }
    if let Some(used) = header("x-app-usage") {
        found.add(&used);
    }
    // {"acc_id_util_pct": 9.67, "reset_time_duration": 100}, seconds.
    if let Some(used) = header("x-ad-account-usage") {
        let percent = used.get("acc_id_util_pct").and_then(Value::as_f64).unwrap_or_default();
        found.percent = found.percent.max(percent);
        if percent >= 100.0 {
            found.silent(used.get("reset_time_duration").and_then(Value::as_u64));
        }
    }
    found
}

impl Used {
    fn add(&mut self, used: &Value) {
        let parts = ["call_count", "total_cputime", "total_time"].into_iter();
        let percent = parts.filter_map(|part| used.get(part)?.as_f64()).fold(0.0, f64::max);
        self.percent = self.percent.max(percent);
        let minutes = used.get("estimated_time_to_regain_access").and_then(Value::as_u64);
        self.silent(minutes.map(|minutes| minutes.saturating_mul(60)));
    }

    fn silent(&mut self, seconds: Option<u64>) {
        let silence = seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs);
        self.silence = self.silence.max(silence);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(headers: &[(&str, Value)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        Response { status: 200, headers, body: Vec::new() }
    }

    #[test]
    fn the_most_used_limit_and_the_longest_silence_count() {
        let uses = json!([{"type": "ads_insights", "call_count": 12, "total_cputime": 81.5, "total_time": 20},
                          {"type": "ads_management", "call_count": 3, "estimated_time_to_regain_access": 2}]);
        let response = answer(&[
            ("x-business-use-case-usage", json!({"77": uses, "88": [{"call_count": 99}]})),
            ("x-app-usage", json!({"call_count": 50})),
            ("x-ad-account-usage", json!({"acc_id_util_pct": 9.67, "reset_time_duration": 900})),
        ]);
        assert_eq!(of(&response, Some("77")), Used { percent: 81.5, silence: Some(Duration::from_secs(120)) });
        // What another account has used slows this one not at all.
        assert_eq!(of(&response, Some("66")), Used { percent: 50.0, silence: None });
    }

    #[test]
    fn a_full_ad_account_is_silent_until_its_reset_and_nonsense_says_nothing() {
        let full = answer(&[("x-ad-account-usage", json!({"acc_id_util_pct": 100, "reset_time_duration": 900}))]);
        assert_eq!(of(&full, None), Used { percent: 100.0, silence: Some(Duration::from_secs(900)) });
        for strange in [json!("soon"), json!({"77": -1}), json!([1]), json!({"call_count": "x"}), json!(null)] {
            let response = answer(&[("x-business-use-case-usage", strange.clone()), ("x-app-usage", strange)]);
            assert_eq!(of(&response, Some("77")), Used::default());
        }
    }
}
