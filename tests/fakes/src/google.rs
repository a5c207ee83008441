//! A fake of the Google Ads API: one account, reached through its REST interface.

mod audiences;
mod gaql;
mod mutate;

use std::sync::Arc;

use adbrain_core::clock::Clock;
use adbrain_core::model::{Currency, MICROS_PER_UNIT, Money};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use self::gaql::{Query, camel, set};
use self::mutate::{Mutate, Wrong};
use crate::world::{self, Figures, Placed, window};
use crate::{Answer, Api, Audiences, Fault, Received, WorldAccount};

/// The account.
pub const CUSTOMER: &str = "1234567890";
/// The token that it takes.
pub const TOKEN: &str = "ya29.canary-token";
/// The asset of the logo.
pub const LOGO: &str = "77";
/// The name of a campaign, an ad group, an asset group and an ad of others each begins with this.
pub const OTHERS: &str = "Summer";
/// Rows on one page.
const PAGE_SIZE: usize = 3;
/// Seconds until a new campaign, ad group or ad is found; media are found at once.
const LAG_SECONDS: i64 = 30;
/// The least daily budget in micros: 25.00.
const LEAST_BUDGET: i64 = 25_000_000;
/// Impressions and clicks of an ad in an hour, for a unit of money.
const IN_AN_HOUR: [u64; 2] = [100, 2];
/// What a conversion is worth in micros.
const VALUE: i64 = 50_500_000;

/// What the account holds.
#[derive(Clone, Default)]
struct Store {
    things: Vec<Thing>,
    next: u64,
    now: Timestamp,
}

#[derive(Clone)]
struct Thing {
    collection: String,
    fields: Value,
    made: Timestamp,
}

impl Store {
    /// Keeps a resource under a new name, which is given back.
    fn keep(&mut self, collection: &str, mut fields: Value) -> String {
        self.next += 1;
        let above = fields["adGroup"].as_str().and_then(|name| name.rsplit('/').next()).map(|id| format!("{id}~"));
        let above = above.filter(|_| collection.starts_with("adGroup")).unwrap_or_default();
        let name = format!("customers/{CUSTOMER}/{collection}/{above}{}", self.next);
        set(&mut fields, "resourceName", json!(name));
        self.things.push(Thing { collection: collection.to_owned(), fields, made: self.now });
        name
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.things.iter().map(|thing| &thing.fields).find(|fields| fields["resourceName"] == name)
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.things.iter_mut().map(|thing| &mut thing.fields).find(|fields| fields["resourceName"] == name)
    }

    fn of<'a>(&'a self, collection: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let things = self.things.iter().filter(move |thing| thing.collection == collection);
        things.filter_map(|thing| Some((thing.fields["resourceName"].as_str()?, &thing.fields)))
    }

    fn named(&self, name: &Value) -> Value {
        name.as_str().and_then(|name| self.get(name)).cloned().unwrap_or_default()
    }
}

/// The state of the account.
pub struct GoogleApi {
    clock: Arc<dyn Clock>,
    store: Store,
    /// Titles of films of which the bytes are still to come.
    sessions: Vec<Value>,
    audiences: Audiences,
    jobs: Vec<audiences::Job>,
    /// Where its ads deliver; reports have fixed figures where there is none.
    world: Option<WorldAccount>,
    film_seconds: i64,
    /// Seconds until a new object is listed and found.
    lag_seconds: i64,
}

impl GoogleApi {
    /// An account in which somebody already runs two campaigns. Films can be used at once.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let mut store = Store { next: 1_000, now: Timestamp::UNIX_EPOCH, ..Store::default() };
        let budget = |amount: &str| json!({"amountMicros": amount, "explicitlyShared": false});
        for (amount, kind) in [("50000000", "SEARCH"), ("30000000", "PERFORMANCE_MAX")] {
            let budget = store.keep("campaignBudgets", budget(amount));
            let campaign = store.keep(
                "campaigns",
                json!({"name": format!("{OTHERS} {kind} [old]"), "status": "ENABLED", "advertisingChannelType": kind,
                    "biddingStrategyType": "MAXIMIZE_CONVERSIONS", "maximizeConversions": {}, "campaignBudget": budget}),
            );
            let below = json!({"name": format!("{OTHERS} all"), "status": "ENABLED", "campaign": campaign});
            if kind == "SEARCH" {
                let ad_group = store.keep("adGroups", below);
                store.keep(
                    "adGroupAds",
                    json!({"status": "ENABLED", "adGroup": ad_group, "ad": {"name": format!("{OTHERS} text")}}),
                );
            } else {
                store.keep("assetGroups", below);
            }
        }
        let logo = format!("customers/{CUSTOMER}/assets/{LOGO}");
        let fields = json!({"resourceName": logo, "name": "logo", "type": "IMAGE", "imageAsset": {"data": "bG9nbw=="}});
        store.things.push(Thing { collection: "assets".to_owned(), fields, made: Timestamp::UNIX_EPOCH });
        Self {
            clock,
            store,
            sessions: Vec::new(),
            audiences: Audiences::default(),
            jobs: Vec::new(),
            world: None,
            film_seconds: 0,
            lag_seconds: LAG_SECONDS,
        }
    }

    /// The user lists that are made in it.
    pub fn audiences(&self) -> Audiences {
        self.audiences.clone()
    }

    /// The same with films that are processed for so many seconds.
    #[must_use]
    pub fn with_slow_films(mut self, seconds: i64) -> Self {
        self.film_seconds = seconds;
        self
    }

    /// Lists new objects so many seconds late; 30 by default.
    #[must_use]
    pub fn lagging(mut self, seconds: i64) -> Self {
        self.lag_seconds = seconds;
        self
    }

    /// The same with a picture that somebody has uploaded under a name of their own: its bytes in base64.
    #[must_use]
    pub fn with_picture(mut self, name: &str, data: &str) -> Self {
        self.store.keep("assets", json!({"name": name, "type": "IMAGE", "imageAsset": {"data": data}}));
        self
    }

    /// Lets the ads deliver in a simulated account, which reports come from.
    #[must_use]
    pub fn in_world(mut self, account: WorldAccount) -> Self {
        self.world = Some(account);
        self.deliver();
        self
    }

    /// Tells the simulated account what is here now: budgets and days are those of the campaign above an ad group.
    fn deliver(&self) {
        let Some(world) = &self.world else { return };
        let ads = self.store.things.iter().filter(|thing| thing.collection == "adGroupAds");
        let placed = ads.map(|thing| {
            let row = self.row("ad_group_ad", thing);
            let levels = ["campaign", "adGroup", "adGroupAd"].map(|level| &row[level]);
            let budget = self.store.named(&row["campaign"]["campaignBudget"]);
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            Placed {
                ids: levels.map(|level| text(&level["resourceName"])),
                runs: levels.map(|level| level["status"] == "ENABLED"),
                budget: text(&budget["amountMicros"]).parse().unwrap_or(0),
                flight: ["startDateTime", "endDateTime"].map(|field| world::moment(&text(&row["campaign"][field]))),
            }
        });
        world.enter(placed, self.clock.now());
    }

    fn search(&self, request: &Value) -> Answer {
        let text = request["query"].as_str().unwrap_or_default();
        let Some(query) = Query::read(text) else {
            return failed(&[], &one("queryError", "UNEXPECTED_INPUT", "query"));
        };
        let rows = match self.rows(&query) {
            Ok(rows) => rows,
            Err(wrong) => return failed(&[], &wrong),
        };
        let rows: Vec<_> = rows.iter().filter_map(|row| query.apply(row)).collect();
        let start = match request["pageToken"].as_str() {
            None => 0,
            Some(token) => match token.strip_prefix("page-").and_then(|start| start.parse().ok()) {
                Some(start) => start,
                None => return failed(&[], &one("requestError", "INVALID_PAGE_TOKEN", "page_token")),
            },
        };
        let end = rows.len().min(start + PAGE_SIZE);
        let fields: Vec<_> = query.select.iter().map(|field| camel(field)).collect();
        let mut page = json!({"results": rows.get(start..end).unwrap_or_default(), "fieldMask": fields.join(",")});
        if end < rows.len() {
            set(&mut page, "nextPageToken", json!(format!("page-{end}")));
        }
        Answer::json(200, &page)
    }

    /// Every row of the resource that is asked for, with what it hangs below.
    fn rows(&self, query: &Query) -> Result<Vec<Value>, Wrong> {
        let (collection, with): (&str, &[&str]) = match query.from.as_str() {
            "campaign" => ("campaigns", &["campaign_budget"]),
            "campaign_group" => ("campaignGroups", &[]),
            "ad_group" => ("adGroups", &["campaign"]),
            "asset_group" => ("assetGroups", &["campaign"]),
            "ad_group_ad" => ("adGroupAds", &["ad_group", "campaign", "segments", "metrics"]),
            "asset" => ("assets", &[]),
            "audience" => ("audiences", &[]),
            "you_tube_video_upload" => ("youTubeVideoUploads", &[]),
            "user_list" => return Ok(self.user_lists()),
            "customer" | "currency_constant" | "geo_target_constant" => return Ok(constants(&query.from)),
            _ => return Err(one("queryError", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", "query")),
        };
        if query.resources().any(|resource| resource != query.from && !with.contains(&resource)) {
            return Err(one("queryError", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE", "query"));
        }
        let is_late = matches!(collection, "campaigns" | "campaignGroups" | "adGroups" | "adGroupAds" | "audiences");
        let latest = self.clock.now() - SignedDuration::from_secs(if is_late { self.lag_seconds } else { 0 });
        let things = self.store.things.iter().filter(|thing| thing.collection == collection && thing.made <= latest);
        let rows: Vec<_> = things.map(|thing| self.row(&query.from, thing)).collect();
        let at = (self.clock.now(), self.world.as_ref());
        if query.resources().any(|resource| resource == "metrics") { report(query, &rows, at) } else { Ok(rows) }
    }

    fn row(&self, from: &str, thing: &Thing) -> Value {
        let mut fields = thing.fields.clone();
        match from {
            "campaign" => {
                json!({"campaignBudget": self.store.named(&fields["campaignBudget"]), "campaign": fields})
            }
            "ad_group" => json!({"campaign": self.store.named(&fields["campaign"]), "adGroup": fields}),
            "asset_group" => json!({"campaign": self.store.named(&fields["campaign"]), "assetGroup": fields}),
            "ad_group_ad" => {
                let ad_group = self.store.named(&fields["adGroup"]);
                json!({"campaign": self.store.named(&ad_group["campaign"]), "adGroup": ad_group, "adGroupAd": fields})
            }
            "campaign_group" => json!({"campaignGroup": fields}),
            "you_tube_video_upload" => {
                let is_ready = thing.made + SignedDuration::from_secs(self.film_seconds) <= self.clock.now();
                set(&mut fields, "state", json!(if is_ready { "PROCESSED" } else { "UPLOADED" }));
                json!({"youTubeVideoUpload": fields})
            }
            from => json!({from: fields}),
        }
    }

    fn mutate(&mut self, request: &Value) -> Answer {
        let mut store = Store { now: self.clock.now(), ..self.store.clone() };
        let today = self.clock.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let mut mutate = Mutate::new(&mut store, today);
        let mut answers = Vec::new();
        let operations = request["mutateOperations"].as_array().cloned().unwrap_or_default();
        if operations.is_empty() {
            return failed(&[], &one("requestError", "REQUIRED_FIELD_MISSING", "mutate_operations"));
        }
        for (index, operation) in operations.iter().enumerate() {
            match mutate.operation(operation) {
                Ok(answer) => answers.push(answer),
                Err(wrong) => return failed(&[("mutate_operations", index)], &wrong),
            }
        }
        self.store = store;
        self.deliver();
        Answer::json(200, &json!({"mutateOperationResponses": answers}))
    }

    fn assets(&mut self, request: &Value) -> Answer {
        self.store.now = self.clock.now();
        let mut results = Vec::new();
        for (index, operation) in request["operations"].as_array().into_iter().flatten().enumerate() {
            match mutate::picture(&mut self.store, &operation["create"]) {
                Ok(name) => {
                    let mut asset = self.store.get(&name).cloned().unwrap_or_default();
                    set(&mut asset, "imageAsset", json!({"mimeType": "IMAGE_JPEG"}));
                    results.push(json!({"resourceName": name, "asset": asset}));
                }
                Err(wrong) => return failed(&[("operations", index)], &wrong),
            }
        }
        Answer::json(200, &json!({"results": results}))
    }

    /// The first request of a film: the platform names the address that takes its bytes.
    fn start_film(&mut self, request: &Received) -> Answer {
        let film = request.json()["youTubeVideoUpload"].clone();
        let is_start = request.header("x-goog-upload-protocol") == "resumable"
            && request.header("x-goog-upload-command") == "start";
        if !is_start || film["videoTitle"].as_str().is_none_or(str::is_empty) {
            return failed(&[], &one("requestError", "REQUIRED_FIELD_MISSING", "you_tube_video_upload"));
        }
        self.sessions.push(film);
        let address = format!("http://{}/resumable/session/{}", request.header("host"), self.sessions.len());
        Answer::json(200, &json!({})).header("x-goog-upload-url", address).header("x-goog-upload-status", "active")
    }

    fn film(&mut self, request: &Received, session: &str) -> Answer {
        let number = session.parse::<usize>().unwrap_or_default();
        let film = number.checked_sub(1).and_then(|index| self.sessions.get(index)).cloned();
        let is_whole = request.header("x-goog-upload-command") == "upload, finalize"
            && request.header("x-goog-upload-offset") == "0";
        let (Some(mut film), true, false) = (film, is_whole, request.body.is_empty()) else {
            return failed(&[], &one("requestError", "BAD_RESOURCE_ID", "upload"));
        };
        self.store.now = self.clock.now();
        set(&mut film, "videoId", json!(format!("video{number:06}")));
        let name = self.store.keep("youTubeVideoUploads", film);
        Answer::json(200, &json!({"resourceName": name})).header("x-goog-upload-status", "final")
    }
}

impl Api for GoogleApi {
    fn platform(&self) -> &'static str {
        "google"
    }

    fn host(&self) -> &'static str {
        "googleads.googleapis.com"
    }

    fn is_write(&self, request: &Received) -> bool {
        !request.path.ends_with("googleAds:search")
    }

    fn answer(&mut self, request: &Received) -> Answer {
        if request.header("authorization") != format!("Bearer {TOKEN}") {
            return unauthorized("OAUTH_TOKEN_INVALID");
        }
        let path = request.path.clone();
        if let Some(session) = path.strip_prefix("/resumable/session/") {
            return self.film(request, session);
        }
        let account = format!("/v26/customers/{CUSTOMER}/");
        if path == format!("/resumable/upload{account}youTubeVideoUploads:create") {
            return self.start_film(request);
        }
        match path.strip_prefix(&account) {
            Some("googleAds:search") => self.search(&request.json()),
            Some("googleAds:mutate") => self.mutate(&request.json()),
            Some("assets:mutate") => self.assets(&request.json()),
            Some("userLists:mutate") => self.make_user_lists(&request.json()),
            Some("offlineUserDataJobs:create") => self.make_job(&request.json()),
            Some(call) if call.starts_with("offlineUserDataJobs/") => {
                self.job(call.trim_start_matches("offlineUserDataJobs/"), &request.json())
            }
            _ => Answer::json(
                404,
                &json!({"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}}),
            ),
        }
    }

    fn failure(&self, fault: Fault) -> Answer {
        match fault {
            Fault::TokenExpired => unauthorized("OAUTH_TOKEN_EXPIRED"),
            Fault::Throttled => {
                let details = json!({"quotaErrorDetails": {"rateScope": "ACCOUNT", "rateName": "Requests per service", "retryDelay": "30s"}});
                let error = json!({"errorCode": {"quotaError": "RESOURCE_TEMPORARILY_EXHAUSTED"}, "message": "Too many requests. Retry in 30 seconds.", "details": details});
                failure(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", &error)
            }
            Fault::FailsBefore | Fault::FailsAfter | Fault::CutAfter(_) => Answer::json(
                500,
                &json!({"error": {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}}),
            ),
        }
    }
}

/// What Google keeps for everybody, and the account itself.
fn constants(from: &str) -> Vec<Value> {
    let place = |id: u32, code: &str| {
        json!({"geoTargetConstant": {"resourceName": format!("geoTargetConstants/{id}"), "countryCode": code,
            "targetType": "Country", "status": "ENABLED"}})
    };
    match from {
        "customer" => vec![json!({"customer": {"resourceName": format!("customers/{CUSTOMER}"), "currencyCode": "BRL",
            "timeZone": "Etc/UTC", "status": "ENABLED", "manager": false}})],
        "currency_constant" => {
            vec![json!({"currencyConstant": {"resourceName": "currencyConstants/BRL", "code": "BRL",
            "demandGenInfo": {"minimumBudgetPerDayMicros": LEAST_BUDGET.to_string()}}})]
        }
        _ => vec![place(2076, "BR"), place(2620, "PT"), place(2840, "US")],
    }
}

/// The same figures for each ad in each hour, so that sums are known; at noon one conversion.
fn fixed(hour: Option<i8>) -> Figures {
    let hours: u64 = if hour.is_some() { 1 } else { 24 };
    let [impressions, clicks] = IN_AN_HOUR.map(|figure| figure * hours);
    let conversions = u64::from(hour.is_none_or(|hour| hour == 12));
    let (spend, revenue) = (MICROS_PER_UNIT * hours.cast_signed(), VALUE * conversions.cast_signed());
    Figures { impressions, clicks, conversions, spend, revenue }
}

fn metrics(figures: &Figures) -> Value {
    let count = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let units = |micros| Money::from_micros(micros, Currency::BRL).to_units();
    json!({"impressions": figures.impressions.to_string(), "clicks": figures.clicks.to_string(),
        "costMicros": figures.spend.to_string(), "conversions": count(figures.conversions),
        "conversionsValue": units(figures.revenue)})
}

/// A row for each ad and day or hour, with the fixed figures or those of a simulated account.
fn report(query: &Query, ads: &[Value], (now, world): (Timestamp, Option<&WorldAccount>)) -> Result<Vec<Value>, Wrong> {
    let days = query.days().and_then(|(first, last)| Some((first.parse::<Date>().ok()?, last.parse::<Date>().ok()?)));
    let (mut day, last) = days.ok_or_else(|| one("queryError", "REQUIRES_FILTER_BY_SINGLE_DATE", "query"))?;
    let is_hourly = query.select.iter().any(|field| field == "segments.hour");
    let mut rows = Vec::new();
    while day <= last {
        for ad in ads {
            let name = ad["adGroupAd"]["resourceName"].as_str().unwrap_or_default();
            let hours: Vec<Option<i8>> = if is_hourly { (0..24).map(Some).collect() } else { vec![None] };
            for hour in hours {
                let figures = match world {
                    Some(world) => world.figures(name, window(day, hour), now),
                    None => Some(fixed(hour)),
                };
                let Some(figures) = figures else { continue };
                let mut row = ad.clone();
                set(&mut row, "segments.date", json!(day.to_string()));
                set(&mut row, "segments.hour", json!(hour.unwrap_or(0)));
                set(&mut row, "metrics", metrics(&figures));
                rows.push(row);
            }
        }
        day =
            day.checked_add(1.day()).map_err(|_| one("queryError", "INVALID_VALUE_WITH_BETWEEN_OPERATOR", "query"))?;
    }
    Ok(rows)
}

fn one(family: &'static str, code: &'static str, field: &'static str) -> Wrong {
    Wrong { family, code, field }
}

/// A failure at a field, in the platform's shape.
fn failed(above: &[(&str, usize)], wrong: &Wrong) -> Answer {
    let elements = above.iter().map(|(name, index)| json!({"fieldName": name, "index": index}));
    let elements: Vec<_> = elements.chain(wrong.field.split('.').map(|name| json!({"fieldName": name}))).collect();
    let error = json!({"errorCode": {wrong.family: wrong.code}, "message": format!("The fake says {}.", wrong.code),
        "location": {"fieldPathElements": elements}});
    failure(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", &error)
}

fn unauthorized(code: &str) -> Answer {
    let error = json!({"errorCode": {"authenticationError": code}, "message": "The token is not valid."});
    failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", &error)
}

fn failure(status: u16, words: &str, message: &str, error: &Value) -> Answer {
    let details = json!([{
        "@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure",
        "errors": [error],
        "requestId": "fake-request",
    }]);
    Answer::json(status, &json!({"error": {"code": status, "message": message, "status": words, "details": details}}))
}
