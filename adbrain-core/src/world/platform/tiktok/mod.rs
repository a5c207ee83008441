//! `TikTok`: a connector over the Business API.
//!
//! In: what every connector takes. Out: objects and report rows of one ad account. Called like every connector. Never makes anything that
//! delivers, never sends a write twice, never waits for a video.

mod audience;
mod config;
mod create;
mod error;
mod insights;
mod map;
mod media;
mod read;
mod place;
pub(super) mod spec;
mod target;
mod tasks;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;
use url::form_urlencoded;

use self::read::Found;
use self::wire::{Advertiser, Answer, ChangedStatus, Page};
use super::check::Check;
use super::due::{Due, warnings};
use super::remote::{Line, Remote, says_no_usage};
use super::rules;
use super::tokens::Tokens;
use super::{
    AudienceFill, Capabilities, Connector, InsightsQuery, Level, LookUp, LookUpAnswer, ObjectChange, Permit,
    RemoteObject, RemoteOptions, Upload,
};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::http::Request;
use crate::market::World;
use crate::model::{
    AccountId, BidStrategy, CampaignDraft, ChangeKind, Currency, DraftTree, Format, MetricsRow, Money, ObjectId,
    Platform, Tag,
};

pub use config::{AppSystem, Identity, IdentityKind, TikTokApp, TikTokConfig};

/// The one placement of our ads.
const PLACEMENT: &str = "PLACEMENT_TIKTOK";
/// How long lists may lag behind writes, in seconds. `TikTok` does not say; this is a guess on the safe side.
const SETTLE_SECONDS: u32 = 30;

/// One `TikTok` ad account. Sales, leads and app promotion go through Smart+, everything else through the classic flow.
pub struct TikTok {
    config: TikTokConfig,
    remote: Remote,
    capabilities: Capabilities,
    zone: TimeZone,
    clock: Arc<dyn Clock>,
    /// What was made through this connector and may not be listed yet. It only helps: nothing is ever decided by an object's absence here.
    young: Mutex<BTreeMap<ObjectId, Found>>,
}

impl TikTok {
    /// Opens an account: reads its currency, time zone and state once.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for settings that cannot work, [`ErrorKind::Refused`] for an account that may not advertise,
    /// [`ErrorKind::Unauthorized`] for a token that does not reach it, and what the connection fails with.
    pub async fn open(config: TikTokConfig, options: RemoteOptions, clock: Arc<dyn Clock>) -> Result<Self> {
        config.check()?;
        let tokens = Arc::new(Tokens::fixed(&config.token, clock.clone()));
        let line = Line {
            platform: Platform::TikTok,
            account: &config.account,
            base: &config.base_url,
            app: config.token.expose(),
            tokens: &tokens,
            judge: error::judge,
            usage: says_no_usage,
        };
        let remote = Remote::open(line, &options, clock.clone())?;
        let account = advertiser(&config, &remote).await.map_err(|error| error.with("account", &config.account))?;
        let is_sandbox = remote.is_own_machine() || config.is_platform_sandbox();
        may_advertise(&account, &config, is_sandbox)?;
        let currency: Currency = account.currency.parse()?;
        let zone = zone(&account)?;
        let mut capabilities = capabilities(&config, currency, is_sandbox)?;
        capabilities.time_zone = zone.iana_name().map(str::to_owned);
        let due =
            Due { platform: Platform::TikTok, version: &config.version, token: config.token_expires, refresh: None };
        capabilities.warnings = warnings(&due, clock.as_ref());
        Ok(Self { config, remote, capabilities, zone, clock, young: Mutex::default() })
    }

    fn get(&self, path: &str, parameters: &[(&str, String)]) -> Request {
        get(&self.config, &self.remote, path, parameters)
    }

    fn request_post(&self, path: &str) -> Request {
        let url = self.remote.url(&format!("/open_api/{}{path}", self.config.version));
        Request::post(url).authorized("access-token")
    }

    fn post(&self, path: &str, body: &impl Serialize) -> Result<Request> {
        self.request_post(path).json(body)
    }

    fn remember(&self, found: Found) {
        let mut young = self.young.lock().unwrap_or_else(PoisonError::into_inner);
        young.insert(found.object.id.clone(), found);
    }

    fn remembered(&self, id: &ObjectId) -> Option<Found> {
        self.young.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn forget(&self, id: &ObjectId) {
        self.young.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    fn here(&self, error: Error) -> Error {
        error.with("platform", Platform::TikTok).with("account", &self.config.account)
    }

    async fn set_status(&self, found: &Found, status: &str) -> Result<()> {
        let mut body = serde_json::Map::new();
        body.insert("advertiser_id".to_owned(), self.config.account.as_str().into());
        body.insert(found.place.ids().to_owned(), json!([found.object.id.as_str()]));
        body.insert("operation_status".to_owned(), status.into());
        let request = self.post(&found.place.path("status/update"), &body)?;
        let answer: Answer<Option<ChangedStatus>> = self.remote.read(&request).await?;
        match answer.data.and_then(|data| data.status) {
            Some(other) if other != status => {
                Err(request.lost(format!("{status} was asked for, and the answer shows {other:?}")))
            }
            _ => Ok(()),
        }
    }

    async fn set_amount(&self, found: &Found, field: &str, amount: Money) -> Result<()> {
        let mut body = serde_json::Map::new();
        body.insert("advertiser_id".to_owned(), self.config.account.as_str().into());
        body.insert("adgroup_id".to_owned(), found.object.id.as_str().into());
        body.insert(field.to_owned(), map::number(field, amount)?.into());
        let request = self.post(&found.place.path("update"), &body)?;
        self.remote.ask(&request).await.map(|_| ())
    }

    async fn change_one(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        let found = self.one(&change.id).await?;
        permit.check(found.object.tag.as_ref())?;
        let check = Check { can: &self.capabilities };
        match &change.kind {
            ChangeKind::Activate => self.set_status(&found, "ENABLE").await,
            ChangeKind::Pause => self.set_status(&found, "DISABLE").await,
            ChangeKind::Archive => {
                self.set_status(&found, "DELETE").await?;
                self.forget(&change.id);
                Ok(())
            }
            ChangeKind::SetDailyBudget { after, .. } => {
                on_ad_sets(&found, "daily_budget", found.object.daily_budget)?;
                check.daily_budget(*after)?;
                self.set_amount(&found, "budget", *after).await
            }
            ChangeKind::SetBid { after, .. } => {
                on_ad_sets(&found, "bid", found.object.bid)?;
                check.bid(*after)?;
                self.set_amount(&found, map::bid_field(&found.listed, self.capabilities.currency), *after).await
            }
            ChangeKind::Create { .. } => {
                Err(Error::invalid("kind", "create is not a change to an object")
                    .next("make new objects with `create`"))
            }
        }
    }
}

#[async_trait]
impl Connector for TikTok {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        permit.check(Some(tree.draft.tag())).map_err(|error| self.here(error))?;
        let made = self.make(tree).await.map_err(|error| self.here(error).with("tag", tree.draft.tag()))?;
        Ok(vec![made])
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        permit.check_upload(upload).map_err(|error| self.here(error))?;
        self.put(upload).await.map_err(|error| self.here(error))
    }

    /// An archived object is deleted at `TikTok`, which knows no archive; its reports stay.
    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        self.change_one(permit, change).await.map_err(|error| self.here(error).with("object", &change.id))
    }

    /// Lists and compares: the search by name is vague, and has none for Smart+ ads; an object that it missed would be made twice.
    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        let objects = self.list().await?;
        Ok(objects.into_iter().filter(|object| object.tag.as_ref() == Some(tag)).collect())
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        let found = self.all().await.map_err(|error| self.here(error))?;
        Ok(found.into_iter().map(|found| found.object).collect())
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        self.report(query).await.map_err(|error| self.here(error))
    }

    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer> {
        let LookUp::AudienceSize { .. } = question;
        let error =
            Error::new(ErrorKind::Unsupported, "question: TikTok's API tells no audience sizes for auction ads")
                .next("leave the size open");
        Err(self.here(error.with("field", "question")))
    }

    async fn check_campaign(&self, campaign: &CampaignDraft) -> Result<()> {
        for ad_set in &campaign.ad_sets {
            self.custom_audiences(&ad_set.audience).await.map_err(|error| self.here(error))?;
        }
        Ok(())
    }

    fn check_fill(&self, fill: &AudienceFill) -> Result<()> {
        audience::check(fill).map_err(|error| self.here(error))
    }

    async fn fill_audience(&self, permit: &Permit, fill: &AudienceFill) -> Result<ObjectId> {
        permit.check_fill(fill).map_err(|error| self.here(error))?;
        self.check_fill(fill)?;
        self.fill(fill).await.map_err(|error| self.here(error))
    }
}

/// Refuses to change an amount that an object does not have.
fn on_ad_sets(found: &Found, field: &'static str, amount: Option<Money>) -> Result<()> {
    if found.object.level == Level::AdSet && amount.is_some() {
        return Ok(());
    }
    let what = format!("{field}: the object has none of its own");
    Err(Error::new(ErrorKind::Unsupported, what).with("field", field).next("change an ad set that has one"))
}

fn get(config: &TikTokConfig, remote: &Remote, path: &str, parameters: &[(&str, String)]) -> Request {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let url = remote.url(&format!("/open_api/{}{path}?{query}", config.version));
    Request::get(url).authorized("access-token")
}

/// A list as it stands in a query: `["a","b"]`.
fn list_text<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<_> = items.into_iter().collect();
    json!(items).to_string()
}

async fn advertiser(config: &TikTokConfig, remote: &Remote) -> Result<Advertiser> {
    let fields = ["advertiser_id", "name", "currency", "timezone", "display_timezone", "status"];
    let parameters = [("advertiser_ids", list_text([config.account.as_str()])), ("fields", list_text(fields))];
    let answer: Answer<Page<Advertiser>> = remote.read(&get(config, remote, "/advertiser/info/", &parameters)).await?;
    answer.data.list.into_iter().next().ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "the token does not reach the ad account")
            .next("check the account's number, and authorise the app for it")
    })
}

/// Refuses an account that `TikTok` has not released. The sandbox releases none.
fn may_advertise(account: &Advertiser, config: &TikTokConfig, is_sandbox: bool) -> Result<()> {
    let status = account.status.as_deref().unwrap_or("none");
    if status == "STATUS_ENABLE" || is_sandbox && config.is_platform_sandbox() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Refused, format!("the ad account may not advertise: its status is {status}"))
        .with("account", &config.account)
        .next("finish its verification in the Ads Manager"))
}

/// The zone by its name in the time-zone database; `TikTok` also knows plain offsets.
fn zone(account: &Advertiser) -> Result<TimeZone> {
    let names = [&account.display_timezone, &account.timezone];
    let mut zones = names.into_iter().flatten().filter_map(|name| TimeZone::get(name).ok());
    zones.next().ok_or_else(|| {
        let what = format!("the ad account has no known time zone: {:?} and {:?}", names[0], names[1]);
        Error::new(ErrorKind::Unsupported, what).next("update the time-zone database of this machine")
    })
}

fn capabilities(config: &TikTokConfig, currency: Currency, is_sandbox: bool) -> Result<Capabilities> {
    let rules = rules::of(Platform::TikTok)?;
    Ok(Capabilities {
        platform: Platform::TikTok,
        account: AccountId::new(config.account.clone()),
        currency,
        time_zone: None,
        is_sandbox,
        creates_whole_trees: false,
        settle_seconds: SETTLE_SECONDS,
        worst_case_day_percent: rules.worst_day_percent,
        least_daily_budget: least_daily_budget(config, currency)?,
        pace: rules.pace,
        formats: vec![Format::Video, Format::Carousel, Format::Ugc],
        bid_strategies: vec![BidStrategy::LowestCost, BidStrategy::CostCap],
        warnings: Vec::new(),
    })
}

fn least_daily_budget(config: &TikTokConfig, currency: Currency) -> Result<Money> {
    let field = "tiktok.least_daily_budget";
    match config.least_daily_budget {
        Some(least) if least.currency() == currency && least.is_positive() => Ok(least),
        Some(least) => Err(Error::invalid(field, format!("{least} is no amount above zero in {currency}"))
            .next("give it in the account's currency")),
        None => {
            let unknown = |error: Error| error.in_field(field).next("give it in the settings of the TikTok account");
            let micros = World::builtin()?.least_daily_budget_micros(Platform::TikTok, currency).map_err(unknown)?;
            let unit = currency.minor_unit_micros();
            // Rounded up: a minor unit less might be refused.
            let units = micros.div_euclid(unit) + i64::from(micros.rem_euclid(unit) > 0);
            Ok(Money::from_micros(units.max(1) * unit, currency))
        }
    }
}
