//! Google Ads: Demand Gen campaigns through the REST interface.
//!
//! In: what every connector takes. Out: objects and report rows of a Google Ads account. Called like every connector. Never makes a part
//! of a tree: one request makes all of it, paused, or nothing. README.md says how our three levels lie on the platform's four.

mod account;
mod api;
mod audience;
mod change;
mod config;
mod error;
mod insights;
mod map;
mod media;
mod query;
pub(super) mod spec;
mod tree;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::tz::TimeZone;

use self::account::{Scope, View};
use self::api::Api;
use self::change::Change;
use self::insights::Report;
use self::tree::{Material, Tree};
use super::check::Check;
use super::due::{Due, warnings};
use super::remote::{Line, Remote, says_no_usage};
use super::report::Days;
use super::rules;
use super::tokens::{TokenPlace, Tokens};
use super::{
    AudienceFill, Capabilities, Connector, InsightsQuery, LookUp, LookUpAnswer, ObjectChange, Permit, RemoteObject,
    RemoteOptions, Upload,
};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    AdDraft, AdSetDraft, BidStrategy, CampaignSetting, ContentHash, Currency, Draft, DraftTree, Format, MetricsRow,
    Money, ObjectId, Platform, Tag,
};

pub use config::GoogleConfig;

/// Seconds until a search surely shows a write. The platform states none; a minute has been enough for its own pages.
const SETTLE_SECONDS: u32 = 60;
/// Access tokens out of a refresh token (developers.google.com/identity/protocols/oauth2/web-server, read November 2026).
const TOKENS: TokenPlace =
    TokenPlace { url: "https://oauth2.googleapis.com/token", scope: "https://www.googleapis.com/auth/adwords" };

/// One Google Ads account.
pub struct Google {
    api: Api,
    capabilities: Capabilities,
    zone: TimeZone,
    clock: Arc<dyn Clock>,
}

impl Google {
    /// Opens an account: reads its currency, time zone and state, and the least budget of a Demand Gen campaign in its currency.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming a wrong field of the configuration, [`ErrorKind::Unauthorized`] for a token that is not valid
    /// for the account, [`ErrorKind::Unsupported`] for a manager account and one that is not enabled.
    pub async fn open(config: GoogleConfig, options: RemoteOptions, clock: Arc<dyn Clock>) -> Result<Self> {
        config.check()?;
        let tokens = Arc::new(match &config.refresh {
            Some(refresh) => Tokens::refreshed(&config.token, (refresh, TOKENS), &options, clock.clone())?,
            None => Tokens::fixed(&config.token, clock.clone()),
        });
        let remote = Remote::open(line(&config, &tokens), &options, clock.clone())?;
        let api = Api { remote, config };
        let opened = Self::read(&api).await.map_err(|error| error.with("account", &api.config.account))?;
        let (mut capabilities, zone) = opened;
        let GoogleConfig { version, token_expires, refresh, .. } = &api.config;
        let due = Due { platform: Platform::Google, version, token: *token_expires, refresh: refresh.as_ref() };
        capabilities.warnings = warnings(&due, clock.as_ref());
        Ok(Self { api, capabilities, zone, clock })
    }

    async fn read(api: &Api) -> Result<(Capabilities, TimeZone)> {
        let fields = "customer.currency_code, customer.time_zone, customer.status, customer.manager";
        let rows = api.search(&format!("SELECT {fields} FROM customer")).await?;
        let customer = rows.first().map(|row| row.customer.clone()).unwrap_or_default();
        if customer.manager {
            return Err(map::unsupported("account", "a manager account", "give the account that holds the campaigns"));
        }
        if customer.status != "ENABLED" {
            let what = format!("account: it is {:?} and may not spend", customer.status);
            return Err(Error::new(ErrorKind::Unsupported, what).next("let Google enable the account first"));
        }
        let currency: Currency = customer.currency_code.parse()?;
        let zone = TimeZone::get(&customer.time_zone).map_err(|_| {
            Error::new(ErrorKind::Unsupported, format!("the account's time zone {:?} is not known", customer.time_zone))
                .next("bring the time zone data of this machine up to date")
        })?;
        let least = least_daily_budget(api, currency).await?;
        let capabilities =
            Capabilities { time_zone: zone.iana_name().map(str::to_owned), ..capabilities(api, currency, least)? };
        Ok((capabilities, zone))
    }

    fn here(&self, error: Error) -> Error {
        error.with("account", &self.api.config.account)
    }

    fn allow(&self, permit: &Permit, target: Option<&Tag>) -> Result<()> {
        permit.check(target).map_err(|error| self.here(error))
    }

    async fn make(&self, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        self.check(tree)?;
        let material = self.material(tree).await?;
        let made = Tree::of(&self.api, tree, &material)?;
        let (request, answers) = self.api.mutate(&made.operations).await?;
        made.made(&request, &answers)
    }

    /// Refuses a tree before anything is sent.
    fn check(&self, tree: &DraftTree) -> Result<()> {
        if tree.platform != Platform::Google {
            let what = format!("the tree is for {}", tree.platform);
            return Err(Error::invalid("platform", what).next("use an account of the tree's platform"));
        }
        let check = Check { can: &self.capabilities };
        match &tree.draft {
            Draft::Campaign { draft } => check.campaign(draft)?,
            Draft::AdSet { campaign, draft } => {
                is_below(campaign, "campaignGroups/", "a campaign that was not made here")?;
                check.ad_set(draft)?;
            }
            Draft::Ad { ad_set, draft } => {
                is_below(ad_set, "adGroups/", "an ad set that was not made here")?;
                check.ad(draft)?;
            }
        }
        for ad_set in ad_sets(&tree.draft) {
            map::bidding(tree.setting.objective, ad_set)?;
            map::people(&ad_set.audience, &tree.setting)?;
        }
        map::political(&tree.setting)?;
        self.flight(&tree.setting)
    }

    /// The platform takes whole days in the account's time zone alone.
    fn flight(&self, setting: &CampaignSetting) -> Result<()> {
        let flight = &setting.flight;
        let beyond = |_| Error::invalid("flight", "is beyond the calendar").next("check the years of the flight");
        for (day, moment) in
            [(flight.start, flight.start_of_day(0)?), (flight.end, flight.start_of_day(flight.days() - 1)?)]
        {
            let ours = day.to_zoned_datetime(self.zone.clone()).map_err(beyond)?.timestamp();
            if ours != moment {
                let zone = self.zone.iana_name().unwrap_or("another zone");
                let what = format!("{} is not the account's time zone {zone}", flight.time_zone);
                return Err(Error::invalid("flight.time_zone", what).next("give the flight in the account's time zone"));
            }
        }
        Ok(())
    }

    /// What a tree refers to: countries, audiences, files.
    async fn material(&self, tree: &DraftTree) -> Result<Material> {
        let ad_sets = ad_sets(&tree.draft);
        let countries: BTreeSet<_> =
            ad_sets.iter().flat_map(|ad_set| &ad_set.audience.countries).map(String::as_str).collect();
        let user_lists = self.user_lists(&ad_sets).await?;
        let audiences = ad_sets.iter().map(|ad_set| tree::audience(ad_set, &tree.setting, &user_lists));
        let audiences: Vec<_> = audiences.filter_map(Result::transpose).collect::<Result<_>>()?;
        let files: BTreeSet<&ContentHash> = ads(&tree.draft).into_iter().flat_map(|ad| &ad.creative.files).collect();
        let media = self.api.media(&files).await?;
        if let Some(hash) = files.iter().find(|hash| !media.contains_key(**hash)) {
            return Err(media::absent(hash));
        }
        let mut material = Material { countries: BTreeMap::new(), audiences: BTreeMap::new(), user_lists, media };
        if !countries.is_empty() {
            let codes = query::is_one_of("geo_target_constant.country_code", countries);
            let places = format!(
                "SELECT geo_target_constant.resource_name, geo_target_constant.country_code FROM geo_target_constant \
                 WHERE geo_target_constant.target_type = 'Country' AND geo_target_constant.status = 'ENABLED' AND {codes}"
            );
            let found = self.api.search(&places).await?.into_iter().map(|row| row.geo_target_constant);
            material.countries = found.map(|place| (place.country_code, place.resource_name)).collect();
        }
        if !audiences.is_empty() {
            let names = query::is_one_of("audience.name", audiences.iter().map(|(name, _)| name.as_str()));
            let there = format!(
                "SELECT audience.resource_name, audience.name FROM audience WHERE audience.status = 'ENABLED' AND {names}"
            );
            let found = self.api.search(&there).await?.into_iter().map(|row| row.audience);
            material.audiences = found.map(|audience| (audience.name, audience.resource_name)).collect();
        }
        Ok(material)
    }

    /// The user lists that ad sets name, by their names.
    async fn user_lists(&self, ad_sets: &[&AdSetDraft]) -> Result<BTreeMap<String, String>> {
        let names = ad_sets.iter().flat_map(|ad_set| ad_set.audience.custom_on(Platform::Google));
        let wanted: Vec<_> = names.cloned().collect::<BTreeSet<_>>().into_iter().collect();
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let is_wanted = query::is_one_of("user_list.name", wanted.iter().map(String::as_str));
        let lists = format!(
            "SELECT user_list.resource_name, user_list.name, user_list.membership_status, user_list.eligible_for_display \
             FROM user_list WHERE {is_wanted}"
        );
        let listed: Vec<_> = self.api.search(&lists).await?.into_iter().map(|row| row.user_list.ours()).collect();
        let found = super::audiences::resolve(Platform::Google, &wanted, &listed)?;
        Ok(wanted.into_iter().zip(found).collect())
    }

    async fn objects(&self, scope: Scope<'_>) -> Result<(View, Vec<RemoteObject>)> {
        let view = View::read(&self.api, scope).await?;
        let objects = view.objects(&self.api, self.capabilities.currency)?;
        Ok((view, objects))
    }

    async fn apply(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        let (view, objects) = self.objects(Scope::Id(&change.id)).await?;
        let object = objects.iter().find(|object| object.id == change.id).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "there is no such object in the account")
                .with("object", &change.id)
                .next("name an object that `list` gives")
        })?;
        permit.check(object.tag.as_ref())?;
        let check = Check { can: &self.capabilities };
        let operations = Change { api: &self.api, view: &view, object, check }.operations(&change.kind);
        let operations = operations.map_err(|error| error.with("object", &change.id))?;
        self.api.mutate(&operations).await.map(|_| ()).map_err(|error| error.with("object", &change.id))
    }
}

#[async_trait]
impl Connector for Google {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        self.allow(permit, Some(tree.draft.tag()))?;
        self.make(tree).await.map_err(|error| self.here(error))
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        permit.check_upload(upload).map_err(|error| self.here(error))?;
        self.api.upload(upload).await.map_err(|error| self.here(error))
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        self.apply(permit, change).await.map_err(|error| self.here(error))
    }

    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        let (_, mut objects) = self.objects(Scope::Tag(tag)).await.map_err(|error| self.here(error))?;
        objects.retain(|object| object.tag.as_ref() == Some(tag));
        Ok(objects)
    }

    /// What hangs below something that is not there yet is left out: the platform shows new objects one by one.
    async fn list(&self) -> Result<Vec<RemoteObject>> {
        let (_, objects) = self.objects(Scope::All).await.map_err(|error| self.here(error))?;
        let mut seen = BTreeSet::new();
        let whole = objects.into_iter().filter(|object| {
            let is_known = object.parent.as_ref().is_none_or(|parent| seen.contains(parent));
            is_known && seen.insert(object.id.clone())
        });
        Ok(whole.collect())
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        let days = Days::of(query, &self.zone).map_err(|error| self.here(error))?;
        let (api, currency, as_of) = (&self.api, self.capabilities.currency, self.clock.now());
        let report = Report { api, days: &days, step: query.step, currency, as_of };
        report.rows().await.map_err(|error| self.here(error))
    }

    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer> {
        let LookUp::AudienceSize { .. } = question;
        Err(self.here(map::unsupported("question", "audience sizes", "leave the size open")))
    }

    fn check_fill(&self, fill: &AudienceFill) -> Result<()> {
        super::audiences::check_platform(Platform::Google, fill).map_err(|error| self.here(error))
    }

    async fn fill_audience(&self, permit: &Permit, fill: &AudienceFill) -> Result<ObjectId> {
        permit.check_fill(fill).map_err(|error| self.here(error))?;
        self.check_fill(fill)?;
        self.api.fill(fill).await.map_err(|error| self.here(error))
    }
}

fn line<'a>(config: &'a GoogleConfig, tokens: &'a Arc<Tokens>) -> Line<'a> {
    let app = config.refresh.as_ref().map_or(config.token.expose(), |refresh| refresh.client_id.as_str());
    Line {
        platform: Platform::Google,
        account: config.account.as_str(),
        base: &config.base_url,
        app,
        tokens,
        judge: error::judge,
        usage: says_no_usage,
    }
}

fn is_below(parent: &ObjectId, collection: &str, what: &str) -> Result<()> {
    if parent.as_str().starts_with(collection) {
        return Ok(());
    }
    Err(map::unsupported("parent", what, "give the id of an object that `create` made").with("object", parent))
}

fn ad_sets(draft: &Draft) -> Vec<&AdSetDraft> {
    match draft {
        Draft::Campaign { draft } => draft.ad_sets.iter().collect(),
        Draft::AdSet { draft, .. } => vec![draft],
        Draft::Ad { .. } => Vec::new(),
    }
}

fn ads(draft: &Draft) -> Vec<&AdDraft> {
    match draft {
        Draft::Ad { draft, .. } => vec![draft],
        _ => ad_sets(draft).into_iter().flat_map(|ad_set| &ad_set.ads).collect(),
    }
}

fn capabilities(api: &Api, currency: Currency, least_daily_budget: Money) -> Result<Capabilities> {
    let rules = rules::of(Platform::Google)?;
    Ok(Capabilities {
        platform: Platform::Google,
        account: api.config.account.clone(),
        currency,
        time_zone: None,
        is_sandbox: api.remote.is_own_machine(),
        creates_whole_trees: true,
        settle_seconds: SETTLE_SECONDS,
        worst_case_day_percent: rules.worst_day_percent,
        least_daily_budget,
        pace: rules.pace,
        formats: vec![Format::Video, Format::Carousel, Format::Stories, Format::Ugc],
        bid_strategies: vec![BidStrategy::LowestCost, BidStrategy::CostCap, BidStrategy::BidCap],
        warnings: Vec::new(),
    })
}

/// The least budget of a Demand Gen campaign, up to a whole minor unit; one such unit where the platform names none.
async fn least_daily_budget(api: &Api, currency: Currency) -> Result<Money> {
    let code = query::text(currency.code());
    let constant = format!(
        "SELECT currency_constant.code, currency_constant.demand_gen_info.minimum_budget_per_day_micros \
         FROM currency_constant WHERE currency_constant.code = {code}"
    );
    let rows = api.search(&constant).await?;
    let micros = rows.first().and_then(|row| row.currency_constant.demand_gen_info.minimum_budget_per_day_micros);
    let unit = currency.minor_unit_micros();
    let units = micros.unwrap_or(unit).saturating_add(unit - 1).div_euclid(unit).max(1);
    Ok(Money::from_micros(units.saturating_mul(unit), currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls that go nowhere.
    pub(super) fn api() -> Api {
        let config = GoogleConfig { base_url: "http://127.0.0.1:1".to_owned(), ..config::tests::config() };
        let clock: Arc<dyn Clock> = Arc::new(crate::clock::SystemClock);
        let tokens = Arc::new(Tokens::fixed(&config.token, clock.clone()));
        let remote = Remote::open(line(&config, &tokens), &RemoteOptions::default(), clock).unwrap();
        Api { remote, config }
    }

    #[test]
    fn resources_and_ids_go_both_ways() {
        let api = api();
        let resource = api.resource("adGroupAds/9~3");
        assert_eq!((resource.as_str(), api.id(&resource)), ("customers/1234567890/adGroupAds/9~3", "adGroupAds/9~3"));
        assert_eq!(api.id("customers/12345678901/assets/1"), "customers/12345678901/assets/1");
    }
}
