//! A fake of `LinkedIn`'s Marketing API: one ad account with its page.

mod audiences;
mod check;
mod media;
mod report;

use std::sync::Arc;

use adbrain_core::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::world::{self, Placed};
use crate::{Answer, Api, Audiences, Fault, Received, WorldAccount};

pub use audiences::SOURCE_PLATFORM;

/// The ad account.
pub const ACCOUNT: &str = "5012345";
/// The page of its ads.
pub const ORGANIZATION: &str = "2414183";
/// The token that it takes.
pub const TOKEN: &str = "AQV-canary-token";
/// The oldest version that is alive.
pub const OLDEST_VERSION: &str = "202512";
/// Objects on one page, whatever is asked for.
const PAGE_SIZE: usize = 2;
/// Seconds until a new object is listed, by default.
const LAG_SECONDS: i64 = 30;

/// The state of the account.
pub struct LinkedInApi {
    clock: Arc<dyn Clock>,
    objects: Vec<Object>,
    media: media::Media,
    audiences: Audiences,
    /// Where its creatives deliver; reports have fixed figures where there is none.
    world: Option<WorldAccount>,
    next: u64,
    /// Seconds until a new object is listed and found.
    lag_seconds: i64,
}

/// Which list an object is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Group,
    Campaign,
    Creative,
}

impl Edge {
    fn of(name: &str) -> Option<Self> {
        match name {
            "adCampaignGroups" => Some(Self::Group),
            "adCampaigns" => Some(Self::Campaign),
            "creatives" => Some(Self::Creative),
            _ => None,
        }
    }

    fn status(self) -> &'static str {
        if self == Self::Creative { "intendedStatus" } else { "status" }
    }
}

/// A campaign group, campaign or creative.
struct Object {
    edge: Edge,
    /// As it stands in paths and headers.
    id: String,
    fields: Map<String, Value>,
    made: Timestamp,
}

impl Object {
    fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn status(&self) -> &str {
        self.text(self.edge.status())
    }
}

type Outcome = Result<Answer, Answer>;

impl LinkedInApi {
    /// An account in which somebody already runs a group with a campaign and a creative, and keeps an archived group.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let mut api = Self {
            clock,
            objects: Vec::new(),
            media: media::Media::default(),
            audiences: Audiences::default(),
            world: None,
            next: 600_000,
            lag_seconds: LAG_SECONDS,
        };
        let group = api.keep(Edge::Group, &json!({"name": "Summer [old]", "status": "ACTIVE"}));
        api.keep(Edge::Group, &json!({"name": "Winter", "status": "ARCHIVED"}));
        let campaign = api.keep(
            Edge::Campaign,
            &json!({
                "name": "All", "status": "ACTIVE", "campaignGroup": format!("urn:li:sponsoredCampaignGroup:{group}"),
                "dailyBudget": {"amount": "50", "currencyCode": "BRL"}, "unitCost": {"amount": "0", "currencyCode": "BRL"},
                "optimizationTargetType": "MAX_CLICK", "format": "STANDARD_UPDATE",
            }),
        );
        let campaign = format!("urn:li:sponsoredCampaign:{campaign}");
        api.keep(Edge::Creative, &json!({"name": "Picture", "intendedStatus": "ACTIVE", "campaign": campaign}));
        for object in &mut api.objects {
            object.made = Timestamp::UNIX_EPOCH;
        }
        api
    }

    /// The segments that are made in it.
    pub fn audiences(&self) -> Audiences {
        self.audiences.clone()
    }

    /// Lists new objects so many seconds late; 30 by default.
    #[must_use]
    pub fn lagging(mut self, seconds: i64) -> Self {
        self.lag_seconds = seconds;
        self
    }

    /// Lets `LinkedIn` work on each video for so many seconds; none by default.
    #[must_use]
    pub fn working_for(mut self, seconds: i64) -> Self {
        self.media.work_seconds = seconds;
        self
    }

    /// Lets the creatives deliver in a simulated account, which reports come from.
    #[must_use]
    pub fn in_world(mut self, account: WorldAccount) -> Self {
        self.world = Some(account);
        self.deliver();
        self
    }

    /// Tells the simulated account what is here now.
    fn deliver(&self) {
        let Some(world) = &self.world else { return };
        let above = |object: &Object, (field, edge)| {
            let id = object.text(field).rsplit(':').next().unwrap_or_default().to_owned();
            self.object(edge, &id).ok()
        };
        let creatives = self.objects.iter().filter(|object| object.edge == Edge::Creative);
        let placed = creatives.filter_map(|creative| {
            let campaign = above(creative, ("campaign", Edge::Campaign))?;
            let levels = [above(campaign, ("campaignGroup", Edge::Group))?, campaign, creative];
            let field = |name: &str| campaign.fields.get(name).cloned().unwrap_or_default();
            let moment = |name: &str| Timestamp::from_millisecond(field("runSchedule")[name].as_i64()?).ok();
            Some(Placed {
                ids: levels.map(|object| object.id.clone()),
                runs: levels.map(|object| object.status() == "ACTIVE"),
                budget: world::micros(field("dailyBudget")["amount"].as_str().unwrap_or_default()),
                flight: ["start", "end"].map(moment),
            })
        });
        world.enter(placed, self.clock.now());
    }

    fn keep(&mut self, edge: Edge, fields: &Value) -> String {
        self.next += 1;
        let mut fields = fields.as_object().cloned().unwrap_or_default();
        let id = if edge == Edge::Creative {
            format!("urn:li:sponsoredCreative:{}", self.next)
        } else {
            self.next.to_string()
        };
        let shown = if edge == Edge::Creative { json!(id) } else { json!(self.next) };
        fields.insert("id".to_owned(), shown);
        self.objects.push(Object { edge, id: id.clone(), fields, made: self.clock.now() });
        id
    }

    fn route(&mut self, request: &Received) -> Outcome {
        if let Some(upload) = request.path.strip_prefix("/dms-uploads/") {
            return self.media.put(upload, request, self.clock.now());
        }
        check::headers(request)?;
        let path = request.path.strip_prefix("/rest/").ok_or_else(|| unknown(&request.path))?;
        let parts: Vec<_> = path.split('/').map(decoded).collect();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["adAccounts", account]) if *account == ACCOUNT => Ok(ok(&json!({
                "id": 5_012_345, "name": "Example", "currency": "BRL", "status": "ACTIVE", "type": "BUSINESS", "test": true,
                "reference": format!("urn:li:organization:{ORGANIZATION}"), "servingStatuses": ["RUNNABLE"],
            }))),
            ("GET", ["dmpSegments"]) => Ok(ok(&self.segments(request)?)),
            ("POST", ["dmpSegments"]) => self.make_segment(&request.json()),
            ("POST", ["dmpSegments", segment, "users"]) => self.add_members(segment, request),
            (method, ["adAccounts", account, edge, rest @ ..]) if *account == ACCOUNT => {
                let edge = Edge::of(edge).ok_or_else(|| unknown(path))?;
                match (method, rest) {
                    ("GET", []) => self.list(edge, request),
                    ("GET", [id]) => self.object(edge, id).map(|object| ok(&Value::Object(object.fields.clone()))),
                    ("POST", []) => self.create(edge, request),
                    ("POST", [id]) => self.update(edge, id, request),
                    _ => Err(unknown(path)),
                }
            }
            ("POST", ["images" | "videos"]) => self.media.act(parts[0], request, self.clock.now()),
            ("GET", ["images" | "videos", urn]) => self.media.status(urn, self.clock.now()),
            ("GET", ["adAnalytics"]) => report::rows(&self.ads(), request, (self.clock.now(), self.world.as_ref())),
            ("GET", ["adTargetingEntities"]) => entities(request),
            ("GET", ["audienceCounts"]) => audience(request),
            _ => Err(unknown(path)),
        }
    }

    fn object(&self, edge: Edge, id: &str) -> Result<&Object, Answer> {
        self.objects.iter().find(|object| object.edge == edge && object.id == id).ok_or_else(|| unknown(id))
    }

    /// The creatives that were ever there.
    fn ads(&self) -> Vec<&str> {
        self.objects.iter().filter(|object| object.edge == Edge::Creative).map(|object| object.id.as_str()).collect()
    }

    /// What is listed: old enough to be seen, with one of the statuses.
    fn list(&self, edge: Edge, request: &Received) -> Outcome {
        let (finder, filter) = match edge {
            Edge::Creative => ("criteria", "intendedStatuses"),
            Edge::Group | Edge::Campaign => ("search", "search"),
        };
        if request.query.get("q").map(String::as_str) != Some(finder) {
            return Err(wrong("q", "INVALID_VALUE", "no such finder"));
        }
        if edge == Edge::Creative && request.header("x-restli-method") != "FINDER" {
            return Err(wrong("X-RestLi-Method", "MISSING_FIELD", "has to be FINDER"));
        }
        let most = if edge == Edge::Creative { 100 } else { 1_000 };
        if request.query.get("pageSize").is_some_and(|size| size.parse::<usize>().map_or(true, |size| size > most)) {
            return Err(wrong("pageSize", "VALUE_TOO_HIGH", "is too large"));
        }
        let wanted = statuses(edge, request.query.get(filter).map_or("", String::as_str))?;
        let seen = self.clock.now() - SignedDuration::from_secs(self.lag_seconds);
        let found = self.objects.iter().filter(|object| {
            object.edge == edge && object.made <= seen && wanted.iter().any(|status| status == object.status())
        });
        page(&found.map(|object| Value::Object(object.fields.clone())).collect::<Vec<_>>(), request)
    }

    fn create(&mut self, edge: Edge, request: &Received) -> Outcome {
        let body = request.json();
        let id = match edge {
            Edge::Group => {
                check::group(&body)?;
                self.keep(edge, &body)
            }
            Edge::Campaign => {
                check::campaign(&body)?;
                let group = check::urn(&body, "campaignGroup", "urn:li:sponsoredCampaignGroup:")?;
                let above = self.object(Edge::Group, &group)?.status();
                if above == "DRAFT" && body["status"] != "DRAFT" {
                    return Err(wrong("/Campaign/status", "INVALID_STATUS", "the campaign group is a draft"));
                }
                self.keep(edge, &body)
            }
            Edge::Creative => self.create_creative(request, &body)?,
        };
        let answer = Answer { status: 201, headers: Vec::new(), body: Vec::new() };
        Ok(answer.header("x-restli-id", &id).header("x-linkedin-id", &id))
    }

    fn create_creative(&mut self, request: &Received, body: &Value) -> Result<String, Answer> {
        if request.query.get("action").map(String::as_str) != Some("createInline") {
            return Err(wrong("/content/reference", "MISSING_FIELD", "this fake makes creatives inline alone"));
        }
        let creative = &body["creative"];
        let media = check::creative(creative)?;
        let campaign = check::urn(creative, "campaign", "urn:li:sponsoredCampaign:")?;
        let above = self.object(Edge::Campaign, &campaign)?;
        let kind = if media.len() > 1 { "CAROUSEL" } else { "SINGLE_VIDEO" };
        if above.text("format") != kind {
            return Err(wrong("/content", "INVALID_FORMAT", "the campaign has another format"));
        }
        for urn in &media {
            if !self.media.is_ready(urn, self.clock.now()) {
                return Err(wrong("/inlineContent/post/content/media/id", "MEDIA_ASSET_NOT_AVAILABLE", "is not ready"));
            }
        }
        let mut kept = json!({"name": creative["name"], "campaign": creative["campaign"]});
        // Where nothing is said, LinkedIn lets it deliver.
        kept["intendedStatus"] = creative.get("intendedStatus").cloned().unwrap_or(json!("ACTIVE"));
        kept["content"] = json!({"reference": format!("urn:li:share:{}", self.next + 7_000_000)});
        Ok(self.keep(Edge::Creative, &kept))
    }

    fn update(&mut self, edge: Edge, id: &str, request: &Received) -> Outcome {
        if request.header("x-restli-method") != "PARTIAL_UPDATE" {
            return Err(wrong("X-RestLi-Method", "MISSING_FIELD", "has to be PARTIAL_UPDATE"));
        }
        let body = request.json();
        let set = body.pointer("/patch/$set").and_then(Value::as_object).cloned();
        let set = set.ok_or_else(|| wrong("/patch/$set", "MISSING_FIELD", "is missing"))?;
        self.object(edge, id)?;
        for (field, value) in &set {
            check::patch(edge.status(), field, value)?;
        }
        let object = self.objects.iter_mut().find(|object| object.edge == edge && object.id == id);
        object.expect("it was found before").fields.extend(set);
        Ok(Answer { status: 204, headers: Vec::new(), body: Vec::new() })
    }
}

impl Api for LinkedInApi {
    fn platform(&self) -> &'static str {
        "linkedin"
    }

    fn host(&self) -> &'static str {
        "api.linkedin.com"
    }

    fn is_write(&self, request: &Received) -> bool {
        request.method != "GET"
    }

    fn answer(&mut self, request: &Received) -> Answer {
        let answer = self.route(request).unwrap_or_else(|refused| refused);
        self.deliver();
        answer
    }

    /// Throttled answers have no header that says for how long.
    fn failure(&self, fault: Fault) -> Answer {
        match fault {
            Fault::Throttled => {
                let what = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.";
                Answer::json(
                    429,
                    &json!({"status": 429, "serviceErrorCode": 101, "code": "TOO_MANY_REQUESTS", "message": what}),
                )
            }
            Fault::TokenExpired => expired(),
            Fault::FailsBefore | Fault::FailsAfter | Fault::CutAfter(_) => {
                Answer::json(500, &json!({"status": 500, "message": "Internal Server Error"}))
            }
        }
    }
}

fn expired() -> Answer {
    let what = "The token used in the request has expired";
    Answer::json(
        401,
        &json!({"status": 401, "serviceErrorCode": 65_602, "code": "EXPIRED_ACCESS_TOKEN", "message": what}),
    )
}

fn ok(body: &Value) -> Answer {
    Answer::json(200, body)
}

fn unknown(what: &str) -> Answer {
    let message = format!("Not able to locate {what}");
    Answer::json(404, &json!({"status": 404, "code": "RESOURCE_NOT_FOUND", "message": message}))
}

/// A bad field, in `LinkedIn`'s newer shape.
fn wrong(path: &str, code: &str, what: &str) -> Answer {
    let input =
        json!({"code": code, "description": format!("{path} {what}"), "input": {"inputPath": {"fieldPath": path}}});
    Answer::json(
        400,
        &json!({
            "status": 400, "code": code, "message": format!("{path} {what}"),
            "errorDetailType": "com.linkedin.common.error.BadRequest", "errorDetails": {"inputErrors": [input]},
        }),
    )
}

/// The statuses out of a filter, written as Rest.li wants it.
fn statuses(edge: Edge, filter: &str) -> Result<Vec<String>, Answer> {
    let list = match edge {
        Edge::Creative => Some(filter),
        Edge::Group | Edge::Campaign => {
            filter.strip_prefix("(status:(values:").and_then(|rest| rest.strip_suffix("))"))
        }
    };
    let list = list.and_then(|list| list.strip_prefix("List(")?.strip_suffix(')'));
    let list = list.ok_or_else(|| wrong("search", "QUERY_PARAM_NOT_ALLOWED", "is no list of statuses"))?;
    Ok(list.split(',').map(str::to_owned).collect())
}

/// One page of what was found; the token is the place where the next begins.
fn page(found: &[Value], request: &Received) -> Outcome {
    let start = request.query.get("pageToken").map_or(Ok(0), |token| token.trim_start_matches("at/").parse::<usize>());
    let start = start.map_err(|_| wrong("pageToken", "INVALID_VALUE", "is no token"))?;
    let end = (start + PAGE_SIZE).min(found.len());
    let next = (end < found.len()).then(|| format!("at/{end}"));
    let metadata = next.map_or(json!({}), |next| json!({"nextPageToken": next}));
    Ok(ok(&json!({"elements": found.get(start..end).unwrap_or_default(), "metadata": metadata})))
}

/// Places and interests whose names begin with what is asked for.
fn entities(request: &Received) -> Outcome {
    let known = [
        ("locations", "Brazil", "urn:li:geo:106057199"),
        ("locations", "Brazil, Indiana, United States", "urn:li:geo:100501126"),
        ("locations", "Portugal", "urn:li:geo:100364837"),
        ("interests", "Cloud Computing", "urn:li:interest:101"),
        ("interests", "Cloud Computing Security", "urn:li:interest:102"),
        ("titles", "Chief Financial Officer", "urn:li:title:68"),
        ("industries", "Software Development", "urn:li:industry:4"),
        ("seniorities", "Manager", "urn:li:seniority:5"),
        ("seniorities", "Director", "urn:li:seniority:6"),
    ];
    let (q, version) = (request.query.get("q"), request.query.get("queryVersion"));
    let (facet, query) = (request.query.get("facet").cloned().unwrap_or_default(), request.query.get("query"));
    // Closed lists are given whole and not searched in.
    let finder = if facet.ends_with(":seniorities") { "adTargetingFacet" } else { "typeahead" };
    if q.map(String::as_str) != Some(finder) || version.map(String::as_str) != Some("QUERY_USES_URNS") {
        return Err(wrong("q", "INVALID_VALUE", "has to be the finder of the facet, by URNs"));
    }
    let query = match finder {
        "typeahead" => {
            query.map(|query| query.to_lowercase()).ok_or_else(|| wrong("query", "MISSING_FIELD", "is missing"))?
        }
        _ => String::new(),
    };
    let is_it = |kind: &str, name: &str| {
        facet == format!("urn:li:adTargetingFacet:{kind}") && name.to_lowercase().starts_with(&query)
    };
    let found = known.into_iter().filter(|(kind, name, _)| is_it(kind, name));
    let found: Vec<_> = found.map(|(_, name, urn)| json!({"name": name, "urn": urn, "facetUrn": facet})).collect();
    Ok(ok(&json!({"elements": found})))
}

/// Two hundred thousand members for any targeting, written as Rest.li wants it; too few to tell in Portugal.
fn audience(request: &Received) -> Outcome {
    let raw = request.raw_query.strip_prefix("q=targetingCriteriaV2&targetingCriteria=").unwrap_or_default();
    if !raw.starts_with("(include:(and:List((or:(urn%3Ali%3AadTargetingFacet%3A") || raw.contains("urn:") {
        return Err(wrong("targetingCriteria", "INVALID_VALUE", "Failed to fully deserialize expression"));
    }
    let total = if raw.contains("urn%3Ali%3Ageo%3A100364837") { 0 } else { 200_000 };
    Ok(ok(&json!({"elements": [{"active": 0, "total": total}]})))
}

/// A part of a path without its percent signs.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        let encoded = hex.filter(|_| *first == b'%');
        bytes.push(encoded.unwrap_or(*first));
        rest = if encoded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
