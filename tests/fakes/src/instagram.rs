//! A fake of Instagram's and Facebook pages' insights: two accounts, of which one has hardly any followers, and a page.

use serde_json::{Value, json};

use crate::{Answer, Api, Fault, Received};

/// An account with followers enough.
pub const ACCOUNT: &str = "17841400000000001";
/// An account with fewer than 100 followers.
pub const SMALL_ACCOUNT: &str = "17841400000000002";
/// A page.
pub const PAGE: &str = "1777000111";
/// The token that all of them take.
pub const TOKEN: &str = "EAAB-canary-insights";

/// The insights of the accounts and the page.
#[derive(Default)]
pub struct InstagramApi;

type Outcome = Result<Value, Answer>;

impl InstagramApi {
    fn route(request: &Received) -> Outcome {
        if request.header("authorization") != format!("Bearer {TOKEN}") {
            return Err(failed(401, 190, "Error validating access token: Session has expired"));
        }
        match request.path.strip_prefix("/v26.0/").and_then(|path| path.strip_suffix("/insights")) {
            Some(ACCOUNT) => demographics(request),
            Some(SMALL_ACCOUNT) => demographics(request).map(|_| json!({"data": []})),
            Some(PAGE) => page(request),
            _ => Err(failed(400, 100, "Unsupported get request")),
        }
    }
}

fn demographics(request: &Received) -> Outcome {
    let asked = |name: &str| request.query.get(name).map_or("", String::as_str);
    if asked("period") != "lifetime" || asked("metric_type") != "total_value" {
        return Err(failed(400, 100, "(#100) Incompatible metrics (demographics) with period or metric type"));
    }
    let is_engaged = match asked("metric") {
        "follower_demographics" => false,
        "engaged_audience_demographics" if asked("timeframe") == "this_month" => true,
        _ => return Err(failed(400, 100, "(#100) metric must be one of the known values")),
    };
    let breakdown = asked("breakdown");
    let groups: &[(&str, u64)] = match breakdown {
        "age" => &[("13-17", 4), ("18-24", 310), ("25-34", 640), ("35-44", 280)],
        "gender" => &[("F", 820), ("M", 390), ("U", 24)],
        "city" => &[("Recife, Pernambuco", 700), ("Olinda, Pernambuco", 130)],
        "country" => &[("BR", 1_180), ("PT", 54)],
        _ => return Err(failed(400, 100, "(#100) breakdown must be one of the known values")),
    };
    let result = |(label, value): &(&str, u64)| {
        let values = if is_engaged { json!(["this_month", label]) } else { json!([label]) };
        json!({"dimension_values": values, "value": if is_engaged { value / 2 } else { *value }})
    };
    let keys = if is_engaged { json!(["timeframe", breakdown]) } else { json!([breakdown]) };
    let results: Vec<_> = groups.iter().map(result).collect();
    Ok(json!({"data": [{"name": asked("metric"), "period": "lifetime", "id": format!("{ACCOUNT}/insights"),
        "total_value": {"breakdowns": [{"dimension_keys": keys, "results": results}]}}]}))
}

fn page(request: &Received) -> Outcome {
    let asked = |name: &str| request.query.get(name).map_or("", String::as_str);
    if asked("metric") != "page_follows_country" || asked("period") != "day" {
        return Err(failed(400, 100, "(#100) The value must be a valid insights metric"));
    }
    let day = |end: &str, people: u64| json!({"value": {"BR": people, "PT": 61}, "end_time": end});
    let values = [day("2026-11-29T08:00:00+0000", 2_400), day("2026-11-30T08:00:00+0000", 2_410)];
    Ok(
        json!({"data": [{"name": "page_follows_country", "period": "day", "values": values, "id": format!("{PAGE}/insights")}]}),
    )
}

fn failed(status: u16, code: i64, message: &str) -> Answer {
    let error = json!({"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2"});
    Answer::json(status, &json!({"error": error}))
}

impl Api for InstagramApi {
    fn platform(&self) -> &'static str {
        "instagram"
    }

    fn host(&self) -> &'static str {
        "graph.facebook.com"
    }

    fn is_write(&self, _request: &Received) -> bool {
        false
    }

    fn answer(&mut self, request: &Received) -> Answer {
        Self::route(request).map_or_else(|answer| answer, |body| Answer::json(200, &body))
    }

    fn failure(&self, _fault: Fault) -> Answer {
        failed(500, 2, "Service temporarily unavailable")
    }
}
