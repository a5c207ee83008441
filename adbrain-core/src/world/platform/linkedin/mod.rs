//! `LinkedIn` ads: the Marketing API, one ad account.
//!
//! In: drafts, changes and questions in our words. Out: objects, report rows and sizes in our words. Called like every connector. Never
//! makes anything that is not paused, and never says for the advertiser what it was not told.

mod api;
mod audience;
mod config;
mod countries;
mod draft;
mod error;
mod insights;
mod map;
mod media;
mod restli;
mod shelf;
pub(super) mod spec;
mod targeting;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use serde_json::json;

use self::api::Api;
use self::media::Courier;
use self::restli::Value;
use self::shelf::Shelf;
use self::targeting::Targeting;
use super::check::Check;
use super::due::{Due, warnings};
use super::remote::{Line, Remote, RemoteOptions, says_no_usage};
use super::report::Days;
use super::rules;
use super::tokens::{TokenPlace, Tokens};
use super::{
    AudienceFill, Capabilities, Connector, InsightsQuery, InsightsStep, Level, LookUp, LookUpAnswer, ObjectChange,
    Permit, RemoteObject, Status, Upload, audiences,
};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::market::World;
use crate::model::{
    AccountId, AdDraft, AdSetDraft, Attribution, BidStrategy, CampaignDraft, CampaignSetting, ChangeKind, Currency,
    Draft, DraftTree, MetricsRow, Money, ObjectId, ObjectPath, Platform, Tag,
};
use crate::store::Database;

pub use config::{LinkedInConfig, Locale};

/// Access tokens out of a refresh token (learn.microsoft.com/linkedin/shared/authentication/programmatic-refresh-tokens, read November 2026).
const TOKENS: TokenPlace = TokenPlace { url: "https://www.linkedin.com/oauth/v2/accessToken", scope: "rw_ads" };
/// Statuses of what is in use, as the lists are asked for them.
const IN_USE: [&str; 4] = ["ACTIVE", "PAUSED", "DRAFT", "COMPLETED"];
/// Statuses of everything that reports may speak of.
const EVER: [&str; 5] = ["ACTIVE", "PAUSED", "DRAFT", "COMPLETED", "ARCHIVED"];

/// One `LinkedIn` ad account.
pub struct LinkedIn {
    config: LinkedInConfig,
    api: Api,
    shelf: Shelf,
    targeting: Targeting,
    clock: Arc<dyn Clock>,
    capabilities: Capabilities,
}

impl LinkedIn {
    /// Opens an account: reads its currency, and whether it may be used. The database keeps which picture or video holds which file.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the field of the config; [`ErrorKind::Refused`] for an account that is not active; what `LinkedIn`
    /// answers, and what the database fails with.
    pub async fn open(
        config: LinkedInConfig,
        options: RemoteOptions,
        database: Arc<dyn Database>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        config.check()?;
        let tokens = Arc::new(match &config.refresh {
            Some(refresh) => Tokens::refreshed(&config.token, (refresh, TOKENS), &options, clock.clone())?,
            None => Tokens::fixed(&config.token, clock.clone()),
        });
        let app = config.refresh.as_ref().map_or(config.token.expose(), |refresh| refresh.client_id.as_str());
        let line = Line {
            platform: Platform::LinkedIn,
            account: config.account_id(),
            base: &config.base_url,
            app,
            tokens: &tokens,
            judge: error::judge,
            usage: says_no_usage,
        };
        let remote = Remote::open(line, &options, clock.clone())?;
        let media = remote.judged_by(media::judge);
        let api = Api { remote, media, version: config.version.clone() };
        let account: wire::Account = api.read(&format!("/adAccounts/{}", config.account_id()), "").await?;
        if account.status != "ACTIVE" {
            let what = format!("account: {} is {} at LinkedIn", config.account, account.status);
            return Err(
                Error::new(ErrorKind::Refused, what).next("activate it in Campaign Manager, or use another account")
            );
        }
        let currency = account.currency.parse()?;
        let mut capabilities = capabilities(&config, currency, api.remote.is_own_machine())?;
        let LinkedInConfig { version, token_expires, refresh, .. } = &config;
        let due = Due { platform: Platform::LinkedIn, version, token: *token_expires, refresh: refresh.as_ref() };
        capabilities.warnings = warnings(&due, clock.as_ref());
        let shelf = Shelf::open(database, config.organization_urn()).await?;
        Ok(Self { config, api, shelf, targeting: Targeting::default(), clock, capabilities })
    }

    fn here(&self, error: Error) -> Error {
        error.with("account", &self.capabilities.account)
    }

    fn folder(&self, level: Level) -> String {
        let name = match level {
            Level::Campaign => "adCampaignGroups",
            Level::AdSet => "adCampaigns",
            Level::Ad => "creatives",
        };
        format!("/adAccounts/{}/{name}", self.config.account_id())
    }

    /// The path of one object: groups and campaigns by their bare number, creatives by their whole URN.
    fn path(&self, id: &ObjectId) -> Result<String> {
        let level = map::level(id)?;
        let number = id.as_str().trim_start_matches(map::GROUP).trim_start_matches(map::CAMPAIGN);
        Ok(format!("{}/{}", self.folder(level), restli::encode(number)))
    }

    /// One object as it is now.
    async fn object(&self, id: &ObjectId) -> Result<RemoteObject> {
        let path = self.path(id)?;
        match map::level(id)? {
            Level::Campaign => map::group(&self.api.read(&path, "").await?),
            Level::AdSet => map::campaign(&self.api.read(&path, "").await?),
            Level::Ad => map::creative(&self.api.read(&path, "").await?),
        }
    }

    /// One object that is in use.
    async fn in_use(&self, id: &ObjectId) -> Result<RemoteObject> {
        let object = self.object(id).await?;
        if object.status == Status::Archived { Err(out_of_use(id)) } else { Ok(object) }
    }

    /// Reads a new object back: it has to be there, marked and paused. Where that cannot be seen, nobody knows what became of it.
    async fn verified(&self, id: ObjectId, tag: &Tag) -> Result<RemoteObject> {
        let unclear = |what: String| {
            Error::new(ErrorKind::OutcomeUnknown, format!("{id} was made, but {what}")).next("look it up by its tag")
        };
        let object =
            self.object(&id).await.map_err(|error| unclear(format!("cannot be read back: {}", error.message())))?;
        if object.status != Status::Paused || object.tag.as_ref() != Some(tag) {
            return Err(unclear(format!("is {:?} under the name {:?}", object.status, object.name)));
        }
        Ok(object)
    }

    async fn create_campaign(&self, draft: &CampaignDraft) -> Result<RemoteObject> {
        self.check().campaign(draft)?;
        let body = draft::group(&self.config, draft, self.clock.now())?;
        let id = self.api.create(&self.folder(Level::Campaign), &body).await?;
        self.verified(ObjectId::new(map::urn(map::GROUP, &id)), &draft.tag).await
    }

    async fn create_ad_set(
        &self,
        setting: &CampaignSetting,
        group: &ObjectId,
        draft: &AdSetDraft,
    ) -> Result<RemoteObject> {
        self.check().ad_set(draft)?;
        is_at(group, Level::Campaign)?;
        self.in_use(group).await?;
        let criteria = self.targeting.criteria(&self.api, &self.config, &draft.audience).await?;
        let around = draft::Around { config: &self.config, setting, group, now: self.clock.now() };
        let body = draft::campaign(&around, draft, criteria)?;
        let id = self.api.create(&self.folder(Level::AdSet), &body).await?;
        self.verified(ObjectId::new(map::urn(map::CAMPAIGN, &id)), &draft.tag).await
    }

    async fn create_ad(&self, setting: &CampaignSetting, campaign: &ObjectId, draft: &AdDraft) -> Result<RemoteObject> {
        self.check().ad(draft)?;
        draft::check_texts(&self.config, setting.objective, &draft.creative)?;
        is_at(campaign, Level::AdSet)?;
        self.takes_our_format(campaign).await?;
        let courier = self.courier();
        let mut media = Vec::new();
        for hash in &draft.creative.files {
            media.push(courier.ready(hash).await?);
        }
        let body = draft::creative(&self.config, setting.objective, campaign, (draft, &media))?;
        let id = self.api.create(&format!("{}?action=createInline", self.folder(Level::Ad)), &body).await?;
        self.verified(ObjectId::new(map::urn(map::CREATIVE, &id)), &draft.tag).await
    }

    /// A campaign has to be in use, and takes the one format that it was made with.
    async fn takes_our_format(&self, campaign: &ObjectId) -> Result<()> {
        let found: wire::Campaign = self.api.read(&self.path(campaign)?, "").await?;
        let wanted = draft::format(self.config.format)?;
        if map::campaign(&found)?.status == Status::Archived {
            return Err(out_of_use(campaign));
        }
        if found.format.as_deref().is_none_or(|format| format == wanted) {
            return Ok(());
        }
        Err(draft::unsupported(
            "creative.format",
            &format!("{campaign} takes {} alone", found.format.unwrap_or_default()),
        ))
    }

    fn check(&self) -> Check<'_> {
        Check { can: &self.capabilities }
    }

    fn courier(&self) -> Courier<'_> {
        Courier { api: &self.api, shelf: &self.shelf, owner: self.config.organization_urn() }
    }

    /// Every object with one of the statuses, parents first; what hangs below something that is not among them is left out.
    async fn objects(&self, statuses: &[&str]) -> Result<Vec<RemoteObject>> {
        let groups: Vec<wire::Group> = self.search(Level::Campaign, statuses).await?;
        let campaigns: Vec<wire::Campaign> = self.search(Level::AdSet, statuses).await?;
        let creatives: Vec<wire::Creative> = self.search(Level::Ad, statuses).await?;
        let groups = groups.iter().map(map::group);
        let all = groups.chain(campaigns.iter().map(map::campaign)).chain(creatives.iter().map(map::creative));
        let mut found = BTreeSet::new();
        let mut objects = Vec::new();
        for object in all {
            let object = object?;
            let has_parent = object.parent.as_ref().is_none_or(|parent| found.contains(parent));
            if has_parent && found.insert(object.id.clone()) {
                objects.push(object);
            }
        }
        Ok(objects)
    }

    async fn search<T: serde::de::DeserializeOwned + super::pages::Keyed>(
        &self,
        level: Level,
        statuses: &[&str],
    ) -> Result<Vec<T>> {
        // Only campaigns can be completed.
        let statuses = statuses.iter().filter(|status| level == Level::AdSet || **status != "COMPLETED");
        let statuses = Value::texts(statuses);
        let parameters = match level {
            Level::Ad => [("q", "criteria".into()), ("intendedStatuses", statuses), ("pageSize", 100.into())],
            Level::Campaign | Level::AdSet => {
                let search = Value::one("status", Value::one("values", statuses));
                [("q", "search".into()), ("search", search), ("pageSize", 1_000.into())]
            }
        };
        self.api.list(&self.folder(level), &restli::query(&parameters)).await
    }

    /// Carries out a change to an object as it is now.
    async fn carry_out(&self, object: &RemoteObject, kind: &ChangeKind) -> Result<()> {
        let status = if object.level == Level::Ad { "intendedStatus" } else { "status" };
        let fields = match kind {
            ChangeKind::Activate => json!({status: "ACTIVE"}),
            ChangeKind::Pause => json!({status: "PAUSED"}),
            ChangeKind::Archive => json!({status: "ARCHIVED"}),
            ChangeKind::SetDailyBudget { after, .. } => {
                if object.level != Level::AdSet {
                    return Err(draft::unsupported("daily_budget", "only ad sets have one"));
                }
                self.check().daily_budget(*after)?;
                json!({"dailyBudget": map::amount(*after)})
            }
            ChangeKind::SetBid { after, .. } => {
                if object.bid.is_none() {
                    return Err(draft::unsupported("bid", &format!("{} takes no amount", object.id)));
                }
                self.check().bid(*after)?;
                json!({"unitCost": map::amount(*after)})
            }
            ChangeKind::Create { .. } => {
                return Err(Error::invalid("kind", "create is not a change to an object")
                    .next("make new objects with `create`"));
            }
        };
        self.api.set(&self.path(&object.id)?, &fields).await
    }

    /// The report rows of the days, each with our tags above its ad.
    async fn rows(&self, days: &Days) -> Result<Vec<MetricsRow>> {
        let report = insights::read(&self.api, &self.config.account_urn(), days, self.capabilities.currency).await?;
        let objects: BTreeMap<_, _> =
            self.objects(&EVER).await?.into_iter().map(|object| (object.id.clone(), object)).collect();
        let as_of = self.clock.now();
        let mut rows = Vec::new();
        for ((date, creative), metrics) in report {
            let [start, end] = days.day(date)?;
            let path = path_of(&objects, &ObjectId::new(creative));
            let (platform, attribution) = (Platform::LinkedIn, Attribution::Unknown);
            rows.push(MetricsRow { platform, path, start, end, as_of, attribution, reach: None, metrics });
        }
        Ok(rows)
    }
}

/// The object above has to be of the right level.
fn is_at(id: &ObjectId, level: Level) -> Result<()> {
    match map::level(id)? {
        found if found == level => Ok(()),
        found => {
            let what = format!("{id} is a {found:?}, not a {level:?}");
            Err(Error::invalid("parent", what).next("give the id of the object above"))
        }
    }
}

fn out_of_use(id: &ObjectId) -> Error {
    Error::new(ErrorKind::NotFound, format!("{id} is out of use")).next("name an object that `list` gives")
}

/// Where an ad hangs: by our tags, else by `LinkedIn`'s ids; nothing above an ad that is gone.
fn path_of(objects: &BTreeMap<ObjectId, RemoteObject>, ad: &ObjectId) -> ObjectPath {
    let above = |id: Option<&ObjectId>| id.and_then(|id| objects.get(id)?.parent.clone());
    let name = |id: Option<&ObjectId>| {
        let tag = id.and_then(|id| objects.get(id)?.tag.as_ref());
        tag.map(Tag::as_str).or(id.map(ObjectId::as_str)).unwrap_or_default().to_owned()
    };
    let ad_set = above(Some(ad));
    let campaign = above(ad_set.as_ref());
    ObjectPath { campaign: name(campaign.as_ref()), ad_set: name(ad_set.as_ref()), ad: name(Some(ad)) }
}

fn capabilities(config: &LinkedInConfig, currency: Currency, is_sandbox: bool) -> Result<Capabilities> {
    let (unit, rules) = (currency.minor_unit_micros(), rules::of(Platform::LinkedIn)?);
    let least = World::builtin()?.least_daily_budget_micros(Platform::LinkedIn, currency)?;
    Ok(Capabilities {
        platform: Platform::LinkedIn,
        account: AccountId::new(config.account_id()),
        currency,
        time_zone: Some("UTC".to_owned()),
        is_sandbox,
        creates_whole_trees: false,
        settle_seconds: config.settle_seconds,
        worst_case_day_percent: rules.worst_day_percent,
        least_daily_budget: Money::from_micros(least.div_euclid(unit).max(1) * unit, currency),
        pace: rules.pace,
        formats: vec![config.format],
        bid_strategies: vec![BidStrategy::LowestCost, BidStrategy::BidCap],
        warnings: Vec::new(),
    })
}

#[async_trait]
impl Connector for LinkedIn {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        permit.check(Some(tree.draft.tag())).map_err(|error| self.here(error))?;
        if tree.platform != Platform::LinkedIn {
            let error = Error::invalid("platform", format!("the tree is for {}", tree.platform))
                .next("use an account of the tree's platform");
            return Err(self.here(error));
        }
        draft::check(&self.config, &tree.setting, self.clock.now()).map_err(|error| self.here(error))?;
        let made = match &tree.draft {
            Draft::Campaign { draft } => self.create_campaign(draft).await,
            Draft::AdSet { campaign, draft } => self.create_ad_set(&tree.setting, campaign, draft).await,
            Draft::Ad { ad_set, draft } => self.create_ad(&tree.setting, ad_set, draft).await,
        };
        made.map(|object| vec![object]).map_err(|error| self.here(error))
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        permit.check_upload(upload).map_err(|error| self.here(error))?;
        self.courier().send(upload).await.map_err(|error| self.here(error))
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        let object = self.in_use(&change.id).await.map_err(|error| self.here(error))?;
        permit.check(object.tag.as_ref()).map_err(|error| self.here(error))?;
        self.carry_out(&object, &change.kind).await.map_err(|error| self.here(error.with("object", &object.id)))
    }

    /// `LinkedIn` finds names only as a whole, and people edit names: the account is listed.
    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        let objects = self.list().await?;
        Ok(objects.into_iter().filter(|object| object.tag.as_ref() == Some(tag)).collect())
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        self.objects(&IN_USE).await.map_err(|error| self.here(error))
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        if query.step == InsightsStep::Hour {
            let error =
                Error::new(ErrorKind::Unsupported, "query.step: LinkedIn reports no hours").next("ask for days");
            return Err(self.here(error.with("field", "query.step")));
        }
        let days = Days::of(query, &TimeZone::UTC).map_err(|error| self.here(error))?;
        self.rows(&days).await.map_err(|error| self.here(error))
    }

    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer> {
        let LookUp::AudienceSize { audience } = question;
        self.targeting.size(&self.api, &self.config, audience).await.map_err(|error| self.here(error))
    }

    async fn check_campaign(&self, campaign: &CampaignDraft) -> Result<()> {
        for ad_set in &campaign.ad_sets {
            targeting::check(&ad_set.audience).map_err(|error| self.here(error))?;
            let found = self.targeting.segments(&self.api, &self.config, &ad_set.audience).await;
            found.map_err(|error| self.here(error))?;
        }
        Ok(())
    }

    fn check_fill(&self, fill: &AudienceFill) -> Result<()> {
        let can = audiences::check_platform(Platform::LinkedIn, fill).and_then(|()| self.source_platform());
        can.map(|_| ()).map_err(|error| self.here(error))
    }

    async fn fill_audience(&self, permit: &Permit, fill: &AudienceFill) -> Result<ObjectId> {
        permit.check_fill(fill).map_err(|error| self.here(error))?;
        self.check_fill(fill)?;
        self.fill(fill).await.map_err(|error| self.here(error))
    }
}
