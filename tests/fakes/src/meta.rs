//! A fake of Meta's Marketing API: one ad account with its page.

mod audiences;
mod jobs;
mod media;
mod report;

use std::collections::BTreeMap;
use std::sync::Arc;

use adbrain_core::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::world::{self, Placed};
use crate::{Answer, Api, Audiences, Fault, Received, WorldAccount};

pub use jobs::{JobFate, Question};

/// The ad account, without `act_`.
pub const ACCOUNT: &str = "1234567890";
/// The page of its ads.
pub const PAGE: &str = "1777";
/// Its pixel.
pub const PIXEL: &str = "1888";
/// The token that it takes.
pub const TOKEN: &str = "EAAB-canary-token";
/// Objects on one page, whatever is asked for.
const PAGE_SIZE: usize = 3;
/// Budgets are whole cents.
const MICROS_PER_CENT: i64 = 10_000;
/// Seconds until a new object is listed, by default.
const LAG_SECONDS: i64 = 30;

/// The state of the account.
pub struct MetaApi {
    clock: Arc<dyn Clock>,
    objects: Vec<Object>,
    media: media::Media,
    audiences: Audiences,
    jobs: jobs::Jobs,
    /// Where its ads deliver; reports have fixed figures where there is none.
    world: Option<WorldAccount>,
    /// The share of its limit that the account has used, in percent, and the minutes for which it is blocked.
    used: Option<[u64; 2]>,
    next: u64,
    /// Seconds until a new object is listed and found.
    lag_seconds: i64,
}

/// A campaign, ad set or ad.
struct Object {
    edge: &'static str,
    fields: Map<String, Value>,
    made: Timestamp,
}

impl Object {
    fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

type Outcome = Result<Value, Answer>;

impl MetaApi {
    /// An account in which somebody already runs a campaign with an ad set and an ad.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let mut api = Self {
            clock,
            objects: Vec::new(),
            media: media::Media::default(),
            audiences: Audiences::default(),
            jobs: jobs::Jobs::default(),
            world: None,
            used: None,
            next: 120_000_000,
            lag_seconds: LAG_SECONDS,
        };
        let campaign =
            api.keep("campaigns", &json!({"name": "Summer [old]", "status": "ACTIVE", "objective": "OUTCOME_SALES"}));
        let set = json!({"name": "All", "status": "ACTIVE", "campaign_id": campaign, "daily_budget": "5000"});
        let ad_set = api.keep("adsets", &set);
        api.keep("ads", &json!({"name": "Picture", "status": "ACTIVE", "adset_id": ad_set}));
        for object in &mut api.objects {
            object.made = Timestamp::UNIX_EPOCH;
        }
        api
    }

    /// The custom audiences that are made in it.
    pub fn audiences(&self) -> Audiences {
        self.audiences.clone()
    }

    /// What becomes of the reports that are made as jobs, in their order; the later ones are done.
    #[must_use]
    pub fn with_jobs(mut self, fates: &[JobFate]) -> Self {
        self.jobs.fates = fates.to_vec();
        self
    }

    /// Says with every answer how far the account has used its limit, in percent, and for how many minutes it is blocked.
    #[must_use]
    pub fn used(mut self, percent: u64, blocked_minutes: u64) -> Self {
        self.used = Some([percent, blocked_minutes]);
        self
    }

    /// Which questions are too large for an answer and fail as a job.
    #[must_use]
    pub fn too_large(mut self, is_too_large: fn(&Question<'_>) -> bool) -> Self {
        self.jobs.is_too_large = is_too_large;
        self
    }

    /// Lists new objects so many seconds late; 30 by default.
    #[must_use]
    pub fn lagging(mut self, seconds: i64) -> Self {
        self.lag_seconds = seconds;
        self
    }

    /// Lets the ads deliver in a simulated account, which reports come from.
    #[must_use]
    pub fn in_world(mut self, account: WorldAccount) -> Self {
        self.world = Some(account);
        self.deliver();
        self
    }

    fn keep(&mut self, edge: &'static str, fields: &Value) -> String {
        self.next += 1;
        let id = self.next.to_string();
        let mut fields = fields.as_object().cloned().unwrap_or_default();
        fields.insert("id".to_owned(), json!(id));
        self.objects.push(Object { edge, fields, made: self.clock.now() });
        id
    }

    fn route(&mut self, request: &Received) -> Outcome {
        if request.header("authorization") != format!("Bearer {TOKEN}") {
            return Err(failed(401, 190, None, "Error validating access token: Session has expired"));
        }
        let Some(path) = request.path.strip_prefix("/v26.0/") else {
            return Err(failed(400, 2635, None, "You are calling a deprecated version of the Ads API"));
        };
        let account = format!("act_{ACCOUNT}");
        match (request.method.as_str(), path.split_once('/')) {
            ("GET", None) if path == account => Ok(the_account()),
            ("GET", None) if self.jobs.has(path) => self.jobs.state(path, self.clock.now()),
            ("GET", Some((run, "insights"))) if self.jobs.has(run) => {
                let rows = self.jobs.rows(run)?;
                Ok(page(&rows, request))
            }
            ("GET", Some((owner, "insights"))) => self.insights(owner, request).map(|rows| page(&rows, request)),
            ("POST", Some((owner, "insights"))) => self.begin(owner, request),
            ("GET", None) => self.node(path),
            ("POST", None) => self.update(path, &request.json()),
            ("GET", Some((owner, edge))) if owner == account => self.edge(edge, request),
            ("POST", Some((owner, edge))) if owner == account => self.create(edge, request),
            ("POST", Some((audience, "users"))) => self.fill_audience(audience, &request.json()),
            ("GET", Some((video, "thumbnails"))) => self.media.thumbnails(video),
            _ => Err(unknown(path)),
        }
    }

    fn node(&self, id: &str) -> Outcome {
        let object = self.objects.iter().find(|object| object.text("id") == id);
        object.map(|object| Value::Object(object.fields.clone())).ok_or_else(|| unknown(id))
    }

    fn edge(&mut self, edge: &str, request: &Received) -> Outcome {
        match edge {
            "campaigns" | "adsets" | "ads" => {
                let found = self.listed(edge, request)?;
                Ok(page(&found, request))
            }
            "adimages" => Ok(page(&self.media.images(request), request)),
            "advideos" => Ok(page(&self.media.videos(request), request)),
            "customaudiences" => Ok(page(&self.audiences_listed(), request)),
            "targetingsearch" => Ok(page(&interests(request), request)),
            "delivery_estimate" => Ok(json!({"data": [{"estimate_ready": true, "estimate_mau_lower_bound": 1_000_000,
                                                       "estimate_mau_upper_bound": 1_200_000}]})),
            _ => Err(unknown(edge)),
        }
    }

    /// What is listed: in use, old enough to be seen, with a name that holds what is asked for.
    fn listed(&self, edge: &str, request: &Received) -> Result<Vec<Value>, Answer> {
        let wanted = match request.query.get("filtering") {
            None => None,
            Some(text) => Some(contained(text).ok_or_else(|| wrong("filtering", "is no filter of names"))?),
        };
        let seen = self.clock.now() - SignedDuration::from_secs(self.lag_seconds);
        let found = self.objects.iter().filter(|object| {
            let is_named = wanted.as_ref().is_none_or(|wanted| object.text("name").contains(wanted));
            let is_live = !["ARCHIVED", "DELETED"].contains(&object.text("status"));
            object.edge == edge && object.made <= seen && is_live && is_named
        });
        Ok(found.map(|object| Value::Object(object.fields.clone())).collect())
    }

    /// The rows below the account, a campaign or an ad set.
    fn insights(&self, owner: &str, request: &Received) -> Result<Vec<Value>, Answer> {
        let question = Question::of(owner, request);
        if (self.jobs.is_too_large)(&question) {
            return Err(report::too_much());
        }
        report::rows(&self.below(owner), request, (self.clock.now(), self.world.as_ref()))
    }

    fn below(&self, owner: &str) -> Vec<report::Ad<'_>> {
        let is_all = owner == format!("act_{ACCOUNT}");
        self.ads().into_iter().filter(|ad| is_all || ad.ids.contains(&owner)).collect()
    }

    /// A report that is made on Meta's own time.
    fn begin(&mut self, owner: &str, request: &Received) -> Outcome {
        let request = jobs::as_query(request);
        let is_too_large = (self.jobs.is_too_large)(&Question::of(owner, &request));
        let rows = report::rows_of_job(&self.below(owner), &request, (self.clock.now(), self.world.as_ref()))?;
        self.next += 1;
        let run = self.next.to_string();
        self.jobs.begin(&run, if is_too_large { None } else { Some(rows) }, self.clock.now());
        Ok(json!({"report_run_id": run}))
    }

    fn ads(&self) -> Vec<report::Ad<'_>> {
        let field = |id: &str, name: &'static str| {
            self.objects
                .iter()
                .find(|object| object.text("id") == id)
                .map(|object| object.text(name))
                .unwrap_or_default()
        };
        let ads = self.objects.iter().filter(|object| object.edge == "ads");
        let ads = ads.map(|ad| {
            let set = ad.text("adset_id");
            let campaign = field(set, "campaign_id");
            let names = [field(campaign, "name"), field(set, "name"), ad.text("name")];
            report::Ad {
                ids: [campaign, set, ad.text("id")],
                names,
                is_active: ad.text("status") == "ACTIVE",
                made: ad.made,
            }
        });
        ads.collect()
    }

    /// Tells the simulated account what is here now.
    fn deliver(&self) {
        let Some(world) = &self.world else { return };
        let object = |id: &str| self.objects.iter().find(|object| object.text("id") == id);
        let placed = self.ads().into_iter().map(|ad| {
            let of_set = |field| object(ad.ids[1]).map_or("", |set| set.text(field));
            Placed {
                ids: ad.ids.map(str::to_owned),
                runs: ad.ids.map(|id| object(id).is_some_and(|object| object.text("status") == "ACTIVE")),
                budget: of_set("daily_budget").parse::<i64>().unwrap_or(0) * MICROS_PER_CENT,
                flight: ["start_time", "end_time"].map(|field| world::moment(of_set(field))),
            }
        });
        world.enter(placed, self.clock.now());
    }

    fn create(&mut self, edge: &str, request: &Received) -> Outcome {
        let body = request.json();
        match edge {
            "campaigns" => {
                need(&body, &["name", "objective", "special_ad_categories"])?;
                let objective = body["objective"].as_str().unwrap_or_default();
                if !objective.starts_with("OUTCOME_") {
                    return Err(wrong("objective", "is no longer offered"));
                }
                Ok(json!({"id": self.keep("campaigns", &with_status(&body)?)}))
            }
            "adsets" => self.create_ad_set(&body),
            "ads" => self.create_ad(&body),
            "customaudiences" => self.make_audience(&body),
            "adimages" => self.media.add_image(request),
            "advideos" => self.media.upload(request),
            _ => Err(unknown(edge)),
        }
    }

    fn create_ad_set(&mut self, body: &Value) -> Outcome {
        need(
            body,
            &["name", "campaign_id", "targeting", "daily_budget", "optimization_goal", "billing_event", "bid_strategy"],
        )?;
        self.parent("campaigns", body, "campaign_id")?;
        if body["targeting"]["geo_locations"]["countries"].as_array().is_none_or(Vec::is_empty) {
            return Err(wrong("targeting", "needs a place"));
        }
        let Some(budget) = whole(&body["daily_budget"]).filter(|budget| *budget >= 600) else {
            return Err(wrong("daily_budget", "is below the minimum"));
        };
        let mut fields = with_status(body)?;
        fields["daily_budget"] = json!(budget.to_string());
        Ok(json!({"id": self.keep("adsets", &fields)}))
    }

    fn create_ad(&mut self, body: &Value) -> Outcome {
        need(body, &["name", "adset_id", "creative"])?;
        self.parent("adsets", body, "adset_id")?;
        let story = &body["creative"]["object_story_spec"];
        if story["page_id"] != json!(PAGE) {
            return Err(wrong("object_story_spec", "names a page that the account may not use"));
        }
        self.media.check(story)?;
        Ok(json!({"id": self.keep("ads", &with_status(body)?)}))
    }

    fn parent(&self, edge: &str, body: &Value, field: &'static str) -> Result<(), Answer> {
        let id = body[field].as_str().unwrap_or_default();
        let is_there = self.objects.iter().any(|object| object.edge == edge && object.text("id") == id);
        if is_there { Ok(()) } else { Err(wrong(field, "does not exist")) }
    }

    fn update(&mut self, id: &str, body: &Value) -> Outcome {
        let object = self.objects.iter_mut().find(|object| object.text("id") == id).ok_or_else(|| unknown(id))?;
        let changes =
            body.as_object().filter(|changes| !changes.is_empty()).ok_or_else(|| wrong("body", "is empty"))?;
        for (field, value) in changes {
            let value = match (field.as_str(), object.edge) {
                ("status", _) if ["ACTIVE", "PAUSED", "ARCHIVED"].contains(&value.as_str().unwrap_or_default()) => {
                    value.clone()
                }
                ("daily_budget", "adsets") if value.as_i64().is_some_and(|budget| budget >= 600) => {
                    json!(value.to_string())
                }
                ("bid_amount", "adsets") if value.as_i64().is_some_and(|bid| bid > 0) => value.clone(),
                _ => return Err(wrong("parameter", &format!("{field} cannot be {value} here"))),
            };
            object.fields.insert(field.clone(), value);
        }
        Ok(json!({"success": true}))
    }
}

/// A whole number, in a form as text.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

impl Api for MetaApi {
    fn platform(&self) -> &'static str {
        "meta"
    }

    fn host(&self) -> &'static str {
        "graph.facebook.com"
    }

    fn is_write(&self, request: &Received) -> bool {
        request.method != "GET"
    }

    fn answer(&mut self, request: &Received) -> Answer {
        let answer = match self.route(request) {
            Ok(body) => Answer::json(200, &body),
            Err(answer) => answer,
        };
        self.deliver();
        match self.used {
            None => answer,
            Some([percent, minutes]) => answer.header("x-business-use-case-usage", usage(percent, minutes)),
        }
    }

    fn failure(&self, fault: Fault) -> Answer {
        match fault {
            Fault::Throttled => {
                let used = json!({ACCOUNT: [{"type": "ads_management", "call_count": 100, "total_cputime": 20, "total_time": 20,
                                             "estimated_time_to_regain_access": 2}]});
                let message = "There have been too many calls to this ad-account. Wait a bit and try again.";
                failed(400, 80_004, Some(2_446_079), message).header("x-business-use-case-usage", used.to_string())
            }
            Fault::TokenExpired => failed(401, 190, Some(463), "Error validating access token: Session has expired"),
            Fault::FailsBefore | Fault::FailsAfter | Fault::CutAfter(_) => {
                failed(500, 1, Some(99), "An unknown error occurred")
            }
        }
    }
}

/// The header that tells of the limits of this account and of another one, which is blocked.
fn usage(percent: u64, minutes: u64) -> String {
    let used = |percent: u64, minutes: u64| {
        json!([{"type": "ads_management", "call_count": percent, "total_cputime": 1, "total_time": 1,
                "estimated_time_to_regain_access": minutes}])
    };
    json!({ACCOUNT: used(percent, minutes), "999": used(100, 60)}).to_string()
}

fn the_account() -> Value {
    json!({"currency": "BRL", "timezone_name": "UTC", "account_status": 1, "min_daily_budget": 600,
           "id": format!("act_{ACCOUNT}")})
}

/// An object is active unless the request says otherwise, as on the platform.
fn with_status(body: &Value) -> Outcome {
    let mut body = body.clone();
    match body.get("status").and_then(Value::as_str) {
        None => body["status"] = json!("ACTIVE"),
        Some("ACTIVE" | "PAUSED") => {}
        Some(_) => return Err(wrong("status", "is neither ACTIVE nor PAUSED")),
    }
    Ok(body)
}

fn need(body: &Value, fields: &[&'static str]) -> Result<(), Answer> {
    fields
        .iter()
        .try_for_each(|field| if body.get(field).is_some() { Ok(()) } else { Err(wrong(field, "is required")) })
}

/// The text of a filter that names contain it.
fn contained(text: &str) -> Option<String> {
    let filter: Value = serde_json::from_str(text).ok()?;
    let filter = filter.as_array().filter(|filters| filters.len() == 1)?.first()?;
    (filter["field"] == "name" && filter["operator"] == "CONTAIN")
        .then(|| filter["value"].as_str().map(str::to_owned))?
}

/// One page of a list; its cursor is the place of its last entry.
fn page(all: &[Value], request: &Received) -> Value {
    let first = request.query.get("after").and_then(|after| after.parse::<usize>().ok()).unwrap_or(0);
    let data: Vec<_> = all.iter().skip(first).take(PAGE_SIZE).cloned().collect();
    let after = first + data.len();
    let mut paging = json!({"cursors": {"before": first.to_string(), "after": after.to_string()}});
    if after < all.len() {
        paging["next"] = json!("https://graph.facebook.com/next");
    }
    json!({"data": data, "paging": paging})
}

fn interests(request: &Received) -> Vec<Value> {
    let known = BTreeMap::from([("Football", "6003107902433"), ("Fitness", "6003384248805")]);
    let asked = request.query.get("q").map(String::as_str).unwrap_or_default().to_lowercase();
    let found = known.into_iter().filter(|(name, _)| name.to_lowercase().contains(&asked));
    found.map(|(name, id)| json!({"id": id, "name": name, "type": "interests"})).collect()
}

fn unknown(id: &str) -> Answer {
    failed(
        400,
        100,
        Some(33),
        &format!(
            "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions"
        ),
    )
}

fn wrong(field: &str, what: &str) -> Answer {
    let mut answer = json!({"error": {"message": format!("Invalid parameter: {field} {what}"), "type": "OAuthException", "code": 100,
                                      "fbtrace_id": "A1b2", "is_transient": false}});
    answer["error"]["error_data"] = json!({"blame_field_specs": [[field]]});
    Answer::json(400, &answer)
}

fn failed(status: u16, code: i64, subcode: Option<i64>, message: &str) -> Answer {
    let error = json!({"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode,
                       "is_transient": false, "fbtrace_id": "A1b2"});
    Answer::json(status, &json!({"error": error}))
}
