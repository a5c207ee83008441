//! A fake of `TikTok`'s Business API: one ad account with Smart+ and classic campaigns.

mod audiences;
mod check;
mod media;
mod report;
mod tasks;

use std::collections::BTreeMap;
use std::sync::Arc;

use adbrain_core::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::world::{self, Placed};
use crate::{Answer, Api, Audiences, Fault, Received, WorldAccount};

pub use tasks::TaskFate;

/// The ad account.
pub const ACCOUNT: &str = "7000000000001";
/// The identity of its ads.
pub const IDENTITY: &str = "7100";
/// Its pixel.
pub const PIXEL: &str = "7200";
/// Its app.
pub const APP: &str = "7300";
/// Its music.
pub const MUSIC: &str = "7400";
/// The token that it takes.
pub const TOKEN: &str = "tiktok-canary-token";
/// Objects on one page, whatever is asked for.
const PAGE_SIZE: usize = 3;
/// Seconds until a new object is listed, by default.
const LAG_SECONDS: i64 = 30;
/// Seconds for which a request id is remembered.
const DUPLICATE_SECONDS: i64 = 10;

/// The state of the account.
pub struct TikTokApi {
    clock: Arc<dyn Clock>,
    objects: Vec<Object>,
    media: media::Media,
    audiences: Audiences,
    files: audiences::Files,
    requests: BTreeMap<String, Timestamp>,
    next: u64,
    tasks: tasks::Tasks,
    /// Where its ads deliver; reports have fixed figures where there is none.
    world: Option<WorldAccount>,
    /// Seconds until a new object is listed and found.
    lag_seconds: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    is_smart: bool,
    level: &'static str,
}

/// A campaign, ad group or ad.
struct Object {
    place: Place,
    fields: Map<String, Value>,
    made: Timestamp,
}

impl Object {
    fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn id(&self) -> &str {
        self.text(self.place.id_field())
    }

    fn parent(&self) -> &str {
        match self.place.level {
            "ad" => self.text("adgroup_id"),
            "adgroup" => self.text("campaign_id"),
            _ => "",
        }
    }
}

impl Place {
    fn id_field(self) -> &'static str {
        match (self.level, self.is_smart) {
            ("campaign", _) => "campaign_id",
            ("adgroup", _) => "adgroup_id",
            (_, true) => "smart_plus_ad_id",
            _ => "ad_id",
        }
    }

    fn status_field(self) -> &'static str {
        match self.level {
            "campaign" => "CAMPAIGN_STATUS",
            "adgroup" => "ADGROUP_STATUS",
            _ => "AD_STATUS",
        }
    }
}

/// Data, or a failure with its code and message.
type Outcome = Result<Value, Failure>;

/// A code and a message.
type Failure = (i64, String);

fn wrong(field: &str, what: &str) -> Failure {
    (40_002, format!("{field}: {what}"))
}

impl TikTokApi {
    /// An account in which somebody already runs a classic and a Smart+ campaign, each with an ad group and an ad.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let media = media::Media::new(clock.clone());
        let mut api = Self {
            clock,
            objects: Vec::new(),
            media,
            audiences: Audiences::default(),
            files: BTreeMap::new(),
            requests: BTreeMap::new(),
            tasks: tasks::Tasks::default(),
            world: None,
            next: 1_800_000_000,
            lag_seconds: LAG_SECONDS,
        };
        for is_smart in [false, true] {
            let place = |level| Place { is_smart, level };
            let on = |mut fields: Value| {
                fields["operation_status"] = json!("ENABLE");
                fields
            };
            let campaign = api.keep(place("campaign"), &on(json!({"campaign_name": "Summer [old]"})));
            let group = json!({"adgroup_name": "All", "campaign_id": campaign, "budget": 50.0, "bid_type": "BID_TYPE_NO_BID",
                               "budget_mode": "BUDGET_MODE_DAY", "bid_price": 0, "conversion_bid_price": 0});
            let group = api.keep(place("adgroup"), &on(group));
            api.keep(place("ad"), &on(json!({"ad_name": "Film", "campaign_id": campaign, "adgroup_id": group})));
        }
        for object in &mut api.objects {
            object.made = Timestamp::UNIX_EPOCH;
        }
        api
    }

    /// The custom audiences that are made in it.
    pub fn audiences(&self) -> Audiences {
        self.audiences.clone()
    }

    /// What becomes of the reports that are made as tasks, in their order; the later ones are done.
    #[must_use]
    pub fn with_tasks(mut self, fates: &[TaskFate]) -> Self {
        self.tasks.fates = fates.to_vec();
        self
    }

    /// Calls every answer of the integrated report too large.
    #[must_use]
    pub fn with_large_reports(mut self) -> Self {
        self.tasks.are_answers_too_large = true;
        self
    }

    /// Lists new objects so many seconds late; 30 by default.
    #[must_use]
    pub fn lagging(mut self, seconds: i64) -> Self {
        self.lag_seconds = seconds;
        self
    }

    /// Lets a video take so many seconds until it can be shown.
    #[must_use]
    pub fn processing(mut self, seconds: i64) -> Self {
        self.media.processing_seconds = seconds;
        self
    }

    /// Lets the ads deliver in a simulated account, which reports come from.
    #[must_use]
    pub fn in_world(mut self, account: WorldAccount) -> Self {
        self.world = Some(account);
        self.deliver();
        self
    }

    /// Tells the simulated account what is here now.
    fn deliver(&self) {
        let Some(world) = &self.world else { return };
        let ads = self.objects.iter().filter(|object| object.place.level == "ad");
        let placed = ads.filter_map(|ad| {
            let group = self.above(ad)?;
            let levels = [self.above(group)?, group, ad];
            let budget = group.fields.get("budget").map(Value::to_string).unwrap_or_default();
            Some(Placed {
                ids: levels.map(|object| object.id().to_owned()),
                runs: levels.map(|object| object.text("operation_status") == "ENABLE"),
                budget: world::micros(&budget),
                flight: ["schedule_start_time", "schedule_end_time"].map(|field| world::moment(group.text(field))),
            })
        });
        world.enter(placed, self.clock.now());
    }

    fn keep(&mut self, place: Place, fields: &Value) -> String {
        self.next += 1;
        let id = self.next.to_string();
        let mut fields = fields.as_object().cloned().unwrap_or_default();
        fields.insert(place.id_field().to_owned(), json!(id));
        fields.remove("request_id");
        // TikTok switches on what does not say otherwise.
        fields.entry("operation_status").or_insert(json!("ENABLE"));
        if place.is_smart && place.level == "ad" {
            self.next += 1;
            fields.insert("part".to_owned(), json!(self.next.to_string()));
        }
        self.objects.push(Object { place, fields, made: self.clock.now() });
        id
    }

    fn route(&mut self, request: &Received) -> Outcome {
        if request.header("access-token") != TOKEN {
            return Err((40_105, "Access token is incorrect or has been revoked.".to_owned()));
        }
        let path = request.path.strip_prefix("/open_api/v1.3").unwrap_or_default();
        if request.method == "POST" && path == "/dmp/custom_audience/file/upload/" {
            return self.put_hashes(request);
        }
        if request.method == "POST" && !path.starts_with("/file/") {
            let body = request.json();
            return match body["advertiser_id"].as_str() {
                Some(ACCOUNT) if path == "/report/task/create/" => {
                    let table = report::table(&self.reported(), &tasks::as_query(request), self.at())?;
                    Ok(self.tasks.begin(table, self.clock.now()))
                }
                Some(ACCOUNT) if path == "/dmp/custom_audience/create/" => self.make_audience(&body),
                Some(ACCOUNT) if path == "/dmp/custom_audience/update/" => self.append(&body),
                Some(ACCOUNT) => self.write(path, &body),
                Some(_) => Err((40_001, "No permission to operate the advertiser.".to_owned())),
                None => Err(wrong("advertiser_id", "Missing data for required field.")),
            };
        }
        self.read(path, request)
    }

    fn read(&mut self, path: &str, request: &Received) -> Outcome {
        if path == "/advertiser/info/" {
            return Ok(
                json!({"list": [{"advertiser_id": ACCOUNT, "name": "Fake", "currency": "BRL", "timezone": "Etc/GMT",
                                       "display_timezone": "UTC", "status": "STATUS_ENABLE"}]}),
            );
        }
        if !path.starts_with("/file/") && request.query.get("advertiser_id").map(String::as_str) != Some(ACCOUNT) {
            return Err((40_001, "No permission to operate the advertiser.".to_owned()));
        }
        match (request.method.as_str(), path) {
            ("POST", "/file/image/ad/upload/" | "/file/video/ad/upload/") => self.media.upload(path, request),
            ("GET", "/file/image/ad/search/" | "/file/video/ad/search/") => {
                page(self.media.search(path), request, PAGE_SIZE)
            }
            ("GET", "/file/video/ad/info/") => self.media.info(request),
            ("GET", "/dmp/custom_audience/list/") => page(self.audiences_listed(), request, PAGE_SIZE),
            ("GET", "/tool/region/") => regions(request),
            ("GET", "/tool/interest_category/") => Ok(json!({"interest_categories": [
                {"interest_category_id": "15", "interest_category_name": "Travel", "level": 1},
                {"interest_category_id": "23", "interest_category_name": "Home Improvement", "level": 1}]})),
            ("GET", "/report/integrated/get/") if self.tasks.are_answers_too_large => {
                Err((40_002, "The data volume is too large. Please use the asynchronous report.".to_owned()))
            }
            ("GET", "/report/integrated/get/") => report::integrated(&self.reported(), request, self.at()),
            ("GET", "/report/task/check/") => self.tasks.state(request, self.clock.now()),
            ("GET", "/smart_plus/material_report/breakdown/") => {
                report::breakdown(&self.reported(), request, self.at())
            }
            ("GET", _) => self.list(path, request),
            _ => Err((40_006, "Unknown path.".to_owned())),
        }
    }

    fn list(&self, path: &str, request: &Received) -> Outcome {
        let (place, "get") = place(path)? else { return Err((40_006, "Unknown path.".to_owned())) };
        let filter = request.query.get("filtering").map_or("{}", String::as_str);
        let filter: Value = serde_json::from_str(filter).map_err(|_| wrong("filtering", "Not a valid JSON."))?;
        let ids = filter.as_object().into_iter().flatten().find(|(name, _)| name.ends_with("_ids"));
        let ids = ids.map(|(_, ids)| ids.as_array().cloned().unwrap_or_default());
        let with_deleted = filter["primary_status"] == "STATUS_ALL";
        let seen = self.clock.now() - SignedDuration::from_secs(self.lag_seconds);
        let found = self.objects.iter().filter(|object| {
            // The classic list shows the parts of Smart+ ads too.
            let is_part = !place.is_smart && place.level == "ad" && object.place.is_smart && object.place.level == "ad";
            let is_wanted = ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id == object.id()));
            (object.place == place || is_part)
                && object.made <= seen
                && is_wanted
                && (with_deleted || !self.is_gone(object))
        });
        let most = if place.is_smart && place.level == "ad" { 100 } else { 1_000 };
        check::page_size(request, most)?;
        page(found.map(|object| self.shown(object, place)).collect(), request, PAGE_SIZE)
    }

    fn shown(&self, object: &Object, list: Place) -> Value {
        let mut fields = object.fields.clone();
        for (level, id, name) in
            [("adgroup", "adgroup_id", "adgroup_name"), ("campaign", "campaign_id", "campaign_name")]
        {
            let above = fields.get(id).and_then(Value::as_str).and_then(|id| self.object(id, level));
            if let Some(above) = above {
                fields.insert(name.to_owned(), json!(above.text(name)));
            }
        }
        if let Some(part) = fields.remove("part").filter(|_| list != object.place) {
            fields.insert("ad_id".to_owned(), part);
        }
        let status = if self.is_gone(object) { "DELETE" } else { "DISABLE" };
        fields.insert("secondary_status".to_owned(), json!(format!("{}_{status}", object.place.status_field())));
        Value::Object(fields)
    }

    fn object(&self, id: &str, level: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.id() == id && object.place.level == level)
    }

    fn above(&self, object: &Object) -> Option<&Object> {
        let level = if object.place.level == "ad" { "adgroup" } else { "campaign" };
        self.object(object.parent(), level)
    }

    fn is_gone(&self, object: &Object) -> bool {
        object.text("operation_status") == "DELETE" || self.above(object).is_some_and(|above| self.is_gone(above))
    }

    /// When a report is asked for, and the simulated account that it comes from.
    fn at(&self) -> report::At<'_> {
        (self.clock.now(), self.world.as_ref())
    }

    fn reported(&self) -> Vec<report::Ad> {
        let ads = self.objects.iter().filter(|object| object.place.level == "ad");
        let ads = ads.map(|object| report::Ad {
            id: object.id().to_owned(),
            part: object.fields.get("part").and_then(Value::as_str).map(str::to_owned),
            is_gone: self.is_gone(object),
        });
        ads.collect()
    }

    fn write(&mut self, path: &str, body: &Value) -> Outcome {
        let (place, action) = place(path)?;
        match (action, place.level) {
            ("create", _) => self.create(place, body),
            ("status/update", _) => self.set_status(place, body),
            ("update", "adgroup") => self.update(place, body),
            _ => Err((40_006, "Unknown path.".to_owned())),
        }
    }

    fn create(&mut self, place: Place, body: &Value) -> Outcome {
        self.not_twice(body)?;
        let object = |id: &str, level: &str| {
            self.object(id, level).filter(|object| object.place.is_smart == place.is_smart && !self.is_gone(object))
        };
        match place.level {
            "campaign" => check::campaign(place.is_smart, body)?,
            "adgroup" => {
                let campaign = object(body["campaign_id"].as_str().unwrap_or_default(), "campaign");
                let campaign = campaign.ok_or_else(|| wrong("campaign_id", "The campaign does not exist."))?;
                check::ad_group(place.is_smart, campaign.text("objective_type"), body)?;
            }
            _ => {
                let group = object(body["adgroup_id"].as_str().unwrap_or_default(), "adgroup");
                group.ok_or_else(|| wrong("adgroup_id", "The ad group does not exist."))?;
                check::ad(place.is_smart, body, &self.media)?;
            }
        }
        Ok(self.created(place, body))
    }

    fn created(&mut self, place: Place, body: &Value) -> Value {
        let mut fields = body.clone();
        if place.level == "ad" && !place.is_smart {
            fields = body["creatives"][0].clone();
            fields["adgroup_id"] = body["adgroup_id"].clone();
        }
        if place.level == "ad" {
            let group = fields["adgroup_id"].as_str().unwrap_or_default();
            fields["campaign_id"] = json!(self.object(group, "adgroup").map_or("", |group| group.text("campaign_id")));
        }
        let id = self.keep(place, &fields);
        let made = self.object(&id, place.level).map(|object| self.shown(object, place)).unwrap_or_default();
        match (place.level, place.is_smart) {
            ("ad", false) => json!({"ad_ids": [id], "creatives": [made], "need_audit": true}),
            _ => made,
        }
    }

    /// One request id, one success within some seconds.
    fn not_twice(&mut self, body: &Value) -> Result<(), Failure> {
        let Some(id) = body["request_id"].as_str() else { return Ok(()) };
        if id.parse::<i64>().is_err() {
            return Err(wrong("request_id", "Not a valid 64-bit integer."));
        }
        let now = self.clock.now();
        let last = self.requests.insert(id.to_owned(), now);
        match last.filter(|last| now < *last + SignedDuration::from_secs(DUPLICATE_SECONDS)) {
            Some(_) => Err((40_050, "Duplicate request.".to_owned())),
            None => Ok(()),
        }
    }

    fn set_status(&mut self, place: Place, body: &Value) -> Outcome {
        let field = format!("{}s", place.id_field());
        let ids: Vec<_> = body[&field].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let status = body["operation_status"].as_str().unwrap_or_default();
        if !["ENABLE", "DISABLE", "DELETE"].contains(&status) {
            return Err(wrong("operation_status", "Must be one of: ENABLE, DISABLE, DELETE."));
        }
        let [id] = ids[..] else { return Err(wrong(&field, "Length must be between 1 and 20.")) };
        let gone = self.object(id, place.level).is_none_or(|object| object.place != place || self.is_gone(object));
        if gone {
            return Err(wrong(&field, "The object does not exist."));
        }
        let found = self.objects.iter_mut().find(|object| object.place == place && object.id() == id);
        if let Some(object) = found {
            object.fields.insert("operation_status".to_owned(), json!(status));
        }
        Ok(json!({field: [id], "status": status}))
    }

    fn update(&mut self, place: Place, body: &Value) -> Outcome {
        let id = body["adgroup_id"].as_str().unwrap_or_default();
        let found = self.objects.iter_mut().find(|object| object.place == place && object.id() == id);
        let object = found.ok_or_else(|| wrong("adgroup_id", "The ad group does not exist."))?;
        for (field, value) in body.as_object().into_iter().flatten() {
            match field.as_str() {
                "advertiser_id" | "adgroup_id" => {}
                "budget" | "bid_price" | "conversion_bid_price" if value.is_number() => {
                    object.fields.insert(field.clone(), value.clone());
                }
                _ => return Err(wrong(field, "Unknown field.")),
            }
        }
        Ok(Value::Object(object.fields.clone()))
    }
}

fn place(path: &str) -> Result<(Place, &str), Failure> {
    let unknown = || (40_006, "Unknown path.".to_owned());
    let path = path.strip_suffix('/').ok_or_else(unknown)?;
    let (is_smart, rest) = match path.strip_prefix("/smart_plus") {
        Some(rest) => (true, rest),
        None => (false, path),
    };
    let (level, action) = rest.strip_prefix('/').and_then(|rest| rest.split_once('/')).ok_or_else(unknown)?;
    let level = ["campaign", "adgroup", "ad"].into_iter().find(|known| *known == level).ok_or_else(unknown)?;
    Ok((Place { is_smart, level }, action))
}

/// One page of rows.
fn page(rows: Vec<Value>, request: &Received, most: usize) -> Outcome {
    let number = |name: &str, usual: usize| {
        request.query.get(name).map_or(Ok(usual), |text| text.parse().map_err(|_| wrong(name, "Not a valid integer.")))
    };
    let (page, size) = (number("page", 1)?.max(1), number("page_size", 10)?.clamp(1, most));
    let (total, pages) = (rows.len(), rows.len().div_ceil(size));
    let list: Vec<_> = rows.into_iter().skip((page - 1) * size).take(size).collect();
    Ok(
        json!({"list": list, "page_info": {"page": page, "page_size": size, "total_number": total, "total_page": pages}}),
    )
}

fn regions(request: &Received) -> Outcome {
    for field in ["placements", "objective_type"] {
        if !request.query.contains_key(field) {
            return Err(wrong(field, "Missing data for required field."));
        }
    }
    Ok(json!({"region_list": ["BR", "PT"], "region_info": [
        {"location_id": check::BRAZIL, "region_code": "BR", "level": "COUNTRY", "name": "Brazil", "support_below_18": false},
        {"location_id": "2264397", "region_code": "PT", "level": "COUNTRY", "name": "Portugal", "support_below_18": false}]}))
}

fn envelope(code: i64, message: &str, data: &Value) -> Answer {
    Answer::json(
        200,
        &json!({"code": code, "message": message, "request_id": "202611300000000000000000000000", "data": data}),
    )
}

impl Api for TikTokApi {
    fn platform(&self) -> &'static str {
        "tiktok"
    }

    fn host(&self) -> &'static str {
        "business-api.tiktok.com"
    }

    fn is_write(&self, request: &Received) -> bool {
        request.method == "POST"
    }

    fn answer(&mut self, request: &Received) -> Answer {
        if !request.path.ends_with('/') {
            return Answer::json(404, &json!({"message": "404 page not found"}));
        }
        if request.path.ends_with("/report/task/download/") {
            return match self.tasks.table(request) {
                Ok(table) => Answer { status: 200, headers: Vec::new(), body: table.into_bytes() },
                Err((code, message)) => envelope(code, &message, &json!({})),
            };
        }
        let answer = match self.route(request) {
            Ok(data) => envelope(0, "OK", &data),
            Err((code, message)) => envelope(code, &message, &json!({})),
        };
        self.deliver();
        answer
    }

    fn failure(&self, fault: Fault) -> Answer {
        match fault {
            Fault::Throttled => envelope(40_100, "Requests made too frequently.", &json!({})),
            Fault::TokenExpired => envelope(40_105, "Access token is incorrect or has been revoked.", &json!({})),
            _ => envelope(50_000, "Internal service error.", &json!({})),
        }
    }
}
