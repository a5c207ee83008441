//! Meta: Facebook and Instagram, through the Marketing API.
//!
//! In: what every connector takes. Out: objects and report rows of one ad account. Called like every connector. Never writes without a
//! permit, never makes anything that is not paused, never keeps a state of its own: what it has to know again is read from the account.

mod audience;
mod config;
mod creative;
mod error;
mod insights;
mod jobs;
mod map;
mod media;
mod objects;
pub(super) mod spec;
mod usage;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

pub use config::{MetaConfig, PromotedApp};
pub(crate) use error::judge;

use super::audiences;
use super::check::Check;
use super::due::{Due, warnings};
use super::remote::{Line, Remote};
use super::rules::{self, PlatformRules};
use super::tokens::Tokens;
use super::{
    AudienceFill, Capabilities, Connector, InsightsQuery, Level, LookUp, LookUpAnswer, ObjectChange, Permit,
    RemoteObject, RemoteOptions, Upload,
};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Request, query};
use crate::model::{
    AccountId, AdSetDraft, Audience, BidStrategy, CampaignDraft, ChangeKind, Currency, Draft, DraftTree, Format,
    Message, MetricsRow, Money, ObjectId, Platform, Tag,
};

/// Seconds until a new object is surely listed. Meta promises none; what it takes in practice is seconds.
const SETTLE_SECONDS: u32 = 60;
/// The account may spend.
const ACTIVE: i64 = 1;

/// An ad account on Meta.
///
/// Budgets lie on ad sets. A campaign, each ad set and each ad with its creative is one request. Reports count clicks on links, and
/// conversions within seven days of a click. Days are those of the account.
pub struct Meta {
    config: MetaConfig,
    remote: Remote,
    clock: Arc<dyn Clock>,
    currency: Currency,
    zone: TimeZone,
    least_daily_budget: Money,
    rules: PlatformRules,
    warnings: Vec<Message>,
}

impl Meta {
    /// Opens an account: reads its currency, its time zone and whether it may spend.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the field of the config, [`ErrorKind::Unauthorized`] for the token, [`ErrorKind::Refused`] for
    /// an account that may not spend, and what the network fails with.
    pub async fn open(config: MetaConfig, options: RemoteOptions, clock: Arc<dyn Clock>) -> Result<Self> {
        config.check()?;
        let tokens = Arc::new(Tokens::fixed(&config.token, clock.clone()));
        let line = Line {
            platform: Platform::Meta,
            account: config.digits(),
            base: &config.base_url,
            app: config.token.expose(),
            tokens: &tokens,
            judge: error::judge,
            usage: usage::heard,
        };
        let remote = Remote::open(line, &options, clock.clone())?;
        let path = format!("/{}/act_{}", config.version, config.digits());
        let query = query(&[("fields", "currency,timezone_name,account_status,min_daily_budget")]);
        let request = Request::get(remote.url(&format!("{path}?{query}"))).authorized("authorization");
        let account: super::meta::wire::Account = remote.read(&request).await?;
        if account.account_status != ACTIVE {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("the account has the status {} at Meta", account.account_status),
            )
            .with("account", config.digits())
            .next("look at its billing and quality pages: only active accounts may spend"));
        }
        let currency: Currency = account.currency.parse()?;
        let zone = TimeZone::get(&account.timezone_name).map_err(|error| {
            Error::new(
                ErrorKind::Unsupported,
                format!("the account's time zone {:?} is not known", account.timezone_name),
            )
            .next("install the system's time zones")
            .caused_by(error)
        })?;
        let least_daily_budget = map::from_minor_units(account.min_daily_budget.unwrap_or(1).max(1), currency)?;
        let due =
            Due { platform: Platform::Meta, version: &config.version, token: config.token_expires, refresh: None };
        let warnings = warnings(&due, clock.as_ref());
        let rules = rules::of(Platform::Meta)?;
        Ok(Self { config, remote, clock, currency, zone, least_daily_budget, rules, warnings })
    }

    fn account(&self) -> String {
        format!("act_{}", self.config.digits())
    }

    fn url(&self, path: &str) -> String {
        self.remote.url(&format!("/{}{path}", self.config.version))
    }

    fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Request {
        Request::get(self.url(&format!("{path}?{}", query(parameters)))).authorized("authorization")
    }

    fn post(&self, path: &str, body: &Value) -> Result<Request> {
        Request::post(self.url(path)).authorized("authorization").json(body)
    }

    fn here(&self, error: Error) -> Error {
        error.with("account", self.account())
    }

    async fn make_ad_set(&self, campaign: &ObjectId, draft: &AdSetDraft, tree: &DraftTree) -> Result<RemoteObject> {
        let segments = self.segments(&draft.audience).await?;
        let place = map::Place { campaign, setting: &tree.setting, now: self.clock.now() };
        let body = map::ad_set(&self.config, draft, &place, &segments)?;
        self.make("adsets", &body, Level::AdSet).await
    }

    /// The parts of an audience with Meta's ids.
    async fn segments(&self, audience: &Audience) -> Result<map::Segments> {
        let (interests, custom) = (self.interests(audience).await?, self.custom_audiences(audience).await?);
        Ok(map::Segments { interests, custom })
    }

    /// The ids of the custom audiences that an audience names.
    async fn custom_audiences(&self, audience: &Audience) -> Result<Vec<String>> {
        let wanted = audience.custom_on(Platform::Meta);
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let query = [("fields", "id,name,delivery_status,operation_status")];
        let listed: Vec<wire::CustomAudience> =
            self.pages(&format!("/{}/customaudiences", self.account()), &query).await?;
        let listed: Vec<_> = listed.into_iter().map(wire::CustomAudience::ours).collect();
        audiences::resolve(Platform::Meta, wanted, &listed)
    }

    /// The interests of an audience with Meta's ids. A name has to be the platform's own: the nearest other one would reach other people.
    async fn interests(&self, audience: &Audience) -> Result<Vec<wire::Interest>> {
        let mut found = Vec::new();
        for interest in &audience.interests {
            let query = [("q", interest.as_str()), ("limit_type", "interests")];
            let offered: Vec<wire::Interest> =
                self.pages(&format!("/{}/targetingsearch", self.account()), &query).await?;
            let is_it =
                |offer: &wire::Interest| offer.id == *interest || offer.name.to_lowercase() == interest.to_lowercase();
            let names: Vec<_> = offered.iter().take(5).map(|offer| offer.name.clone()).collect();
            found.push(offered.into_iter().find(is_it).ok_or_else(|| {
                Error::invalid("audience.interests", format!("Meta has no interest {interest:?}")).next(
                    if names.is_empty() {
                        "leave it out".to_owned()
                    } else {
                        format!("use one of: {}", names.join(", "))
                    },
                )
            })?);
        }
        Ok(found)
    }

    async fn create_part(&self, tree: &DraftTree) -> Result<RemoteObject> {
        let can = self.capabilities();
        let check = Check { can: &can };
        if tree.platform != Platform::Meta {
            return Err(Error::invalid("platform", format!("the tree is for {}", tree.platform))
                .next("use an account of its platform"));
        }
        match &tree.draft {
            Draft::Campaign { draft } => {
                check.campaign(draft)?;
                self.make("campaigns", &map::campaign(draft, &tree.setting)?, Level::Campaign).await
            }
            Draft::AdSet { campaign, draft } => {
                check.ad_set(draft)?;
                self.make_ad_set(campaign, draft, tree).await
            }
            Draft::Ad { ad_set, draft } => {
                check.ad(draft)?;
                let media = self.media(&draft.creative.files).await?;
                self.make("ads", &creative::ad(&self.config, ad_set, draft, &media)?, Level::Ad).await
            }
        }
    }

    async fn change_object(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        permit.check(self.tag_of(&change.id).await?.as_ref())?;
        let can = self.capabilities();
        let check = Check { can: &can };
        let body = match &change.kind {
            ChangeKind::Activate => json!({"status": "ACTIVE"}),
            ChangeKind::Pause => json!({"status": "PAUSED"}),
            ChangeKind::Archive => json!({"status": "ARCHIVED"}),
            ChangeKind::SetDailyBudget { after, .. } => {
                check.daily_budget(*after)?;
                json!({"daily_budget": map::minor_units(*after)})
            }
            ChangeKind::SetBid { after, .. } => {
                check.bid(*after)?;
                json!({"bid_amount": map::minor_units(*after)})
            }
            ChangeKind::Create { .. } => {
                return Err(Error::invalid("kind", "create is not a change to an object")
                    .next("make new objects with `create`"));
            }
        };
        let request = self.post(&format!("/{}", change.id), &body)?;
        let done: wire::Changed = self.remote.read(&request).await?;
        if done.success {
            return Ok(());
        }
        Err(Error::new(ErrorKind::OutcomeUnknown, "meta did not confirm the change")
            .with("object", &change.id)
            .next("read the object again"))
    }
}

#[async_trait]
impl Connector for Meta {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: Platform::Meta,
            account: AccountId::new(self.account()),
            currency: self.currency,
            time_zone: self.zone.iana_name().map(str::to_owned),
            is_sandbox: self.remote.is_own_machine(),
            creates_whole_trees: false,
            settle_seconds: SETTLE_SECONDS,
            worst_case_day_percent: self.rules.worst_day_percent,
            least_daily_budget: self.least_daily_budget,
            pace: self.rules.pace,
            formats: Format::ALL.to_vec(),
            bid_strategies: BidStrategy::ALL.to_vec(),
            warnings: self.warnings.clone(),
        }
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        permit.check(Some(tree.draft.tag())).map_err(|error| self.here(error))?;
        self.create_part(tree).await.map(|made| vec![made]).map_err(|error| self.here(error))
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        permit.check_upload(upload).map_err(|error| self.here(error))?;
        self.store(upload).await.map_err(|error| self.here(error))
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        self.change_object(permit, change).await.map_err(|error| self.here(error))
    }

    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        self.tagged(tag).await.map_err(|error| self.here(error))
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        self.objects().await.map_err(|error| self.here(error))
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        self.report(query).await.map_err(|error| self.here(error))
    }

    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer> {
        let LookUp::AudienceSize { audience } = question;
        let segments = self.segments(audience).await?;
        let targeting = map::targeting(audience, &self.config, &segments)?.to_string();
        let query = [("optimization_goal", "REACH"), ("targeting_spec", targeting.as_str())];
        let found: wire::Page<wire::Estimate> =
            self.remote.read(&self.get(&format!("/{}/delivery_estimate", self.account()), &query)).await?;
        let ready = found.data.into_iter().find(|estimate| estimate.estimate_ready);
        let [low, high] =
            ready.map_or([-1; 2], |found| [found.estimate_mau_lower_bound, found.estimate_mau_upper_bound]);
        match (u64::try_from(low), u64::try_from(high)) {
            (Ok(low), Ok(high)) if low <= high => Ok(LookUpAnswer::AudienceSize { low, high }),
            _ => Err(self.here(
                Error::new(ErrorKind::NotEnoughData, "Meta has no estimate for this audience")
                    .next("make the audience wider"),
            )),
        }
    }

    async fn check_campaign(&self, campaign: &CampaignDraft) -> Result<()> {
        for ad_set in &campaign.ad_sets {
            self.custom_audiences(&ad_set.audience).await.map_err(|error| self.here(error))?;
        }
        Ok(())
    }

    fn check_fill(&self, fill: &AudienceFill) -> Result<()> {
        audiences::check_platform(Platform::Meta, fill).map_err(|error| self.here(error))
    }

    async fn fill_audience(&self, permit: &Permit, fill: &AudienceFill) -> Result<ObjectId> {
        permit.check_fill(fill).map_err(|error| self.here(error))?;
        self.check_fill(fill)?;
        self.fill(fill).await.map_err(|error| self.here(error))
    }
}
