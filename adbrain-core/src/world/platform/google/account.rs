//! The objects of the account as our three levels.
//!
//! Our campaign is a campaign group that carries our mark; our ad set is a Google campaign of that group together with its one ad group,
//! which carries the mark; our ad is an ad. Campaigns of other people are shown as they are.

use std::collections::{BTreeMap, BTreeSet};

use super::api::Api;
use super::map;
use super::query;
use super::wire::{AdGroup, Campaign, Row};
use crate::error::Result;
use crate::model::{Currency, ObjectId, Tag};
use crate::platform::{Level, RemoteObject, Status, tagged};

const GROUPS: &str = "SELECT campaign_group.resource_name, campaign_group.name FROM campaign_group WHERE campaign_group.status = 'ENABLED'";
const CAMPAIGNS: &str = "SELECT campaign.resource_name, campaign.name, campaign.status, campaign.campaign_group, \
     campaign.campaign_budget, campaign_budget.amount_micros, campaign_budget.explicitly_shared, \
     campaign.bidding_strategy_type, campaign.target_spend.cpc_bid_ceiling_micros, \
     campaign.target_cpc.target_cpc_micros, campaign.target_cpa.target_cpa_micros \
     FROM campaign WHERE campaign.status != 'REMOVED'";
const AD_GROUPS: &str = "SELECT ad_group.resource_name, ad_group.name, ad_group.status, ad_group.campaign, \
     campaign.campaign_group FROM ad_group WHERE ad_group.status != 'REMOVED' AND campaign.status != 'REMOVED'";
const ASSET_GROUPS: &str = "SELECT asset_group.resource_name, asset_group.name, asset_group.status, asset_group.campaign \
     FROM asset_group WHERE asset_group.status != 'REMOVED' AND campaign.status != 'REMOVED'";
const ADS: &str = "SELECT ad_group_ad.resource_name, ad_group_ad.status, ad_group_ad.ad_group, ad_group_ad.ad.name \
     FROM ad_group_ad WHERE ad_group_ad.status != 'REMOVED' AND ad_group.status != 'REMOVED' \
     AND campaign.status != 'REMOVED'";

/// What was read of the account.
#[derive(Debug, Default)]
pub(super) struct View {
    groups: BTreeMap<String, String>,
    campaigns: BTreeMap<String, Row>,
    ad_sets: Vec<AdGroup>,
    ads: Vec<Row>,
}

/// Which part of the account is read.
pub(super) enum Scope<'a> {
    /// All of it.
    All,
    /// What carries a tag.
    Tag(&'a Tag),
    /// One object.
    Id(&'a ObjectId),
}

impl View {
    /// Reads a part of the account, and what is needed above it to say how it stands.
    pub(super) async fn read(api: &Api, scope: Scope<'_>) -> Result<Self> {
        let mut view = Self::default();
        let ad_groups = api.rows(AD_GROUPS, api.narrow(&scope, "ad_group", "adGroups")).await?;
        view.ads = api.rows(ADS, api.narrow(&scope, "ad_group_ad", "adGroupAds")).await?;
        view.add_groups(api.rows(GROUPS, api.narrow(&scope, "campaign_group", "campaignGroups")).await?);
        view.ad_sets = ad_groups.iter().map(|row| row.ad_group.clone()).collect();
        match scope {
            Scope::All => {
                view.add_campaigns(api.search(CAMPAIGNS).await?);
                let asset_groups = api.search(ASSET_GROUPS).await?;
                view.ad_sets.extend(asset_groups.into_iter().map(|row| row.asset_group));
            }
            Scope::Tag(_) | Scope::Id(_) => {
                let own = api.narrow(&scope, "campaign", "campaigns");
                view.add_campaigns(api.rows(CAMPAIGNS, own).await?);
                view.read_above(api, &ad_groups).await?;
            }
        }
        Ok(view)
    }

    /// The groups and campaigns that the ad groups and groups belong to.
    async fn read_above(&mut self, api: &Api, ad_groups: &[Row]) -> Result<()> {
        let groups = ad_groups.iter().map(|row| row.campaign.campaign_group.as_str());
        let groups: BTreeSet<_> =
            groups.chain(self.groups.keys().map(String::as_str)).filter(|name| !name.is_empty()).collect();
        let groups: Vec<String> = groups.into_iter().map(str::to_owned).collect();
        let alone = ad_groups.iter().filter(|row| row.campaign.campaign_group.is_empty());
        let alone: BTreeSet<_> = alone.map(|row| row.ad_group.campaign.as_str()).collect();
        let unknown: Vec<_> =
            groups.iter().filter(|name| !self.groups.contains_key(*name)).map(String::as_str).collect();
        if !unknown.is_empty() {
            let of_these = query::is_one_of("campaign_group.resource_name", unknown);
            let found = api.search(&format!("{GROUPS} AND {of_these}")).await?;
            self.add_groups(found);
        }
        if !groups.is_empty() {
            let of_these = query::is_one_of("campaign.campaign_group", groups.iter().map(String::as_str));
            self.add_campaigns(api.search(&format!("{CAMPAIGNS} AND {of_these}")).await?);
        }
        if !alone.is_empty() {
            let of_these = query::is_one_of("campaign.resource_name", alone);
            self.add_campaigns(api.search(&format!("{CAMPAIGNS} AND {of_these}")).await?);
        }
        Ok(())
    }

    fn add_groups(&mut self, rows: Vec<Row>) {
        let marked =
            rows.into_iter().map(|row| row.campaign_group).filter(|group| tagged::split(&group.name).1.is_some());
        self.groups.extend(marked.map(|group| (group.resource_name, group.name)));
    }

    fn add_campaigns(&mut self, rows: Vec<Row>) {
        self.campaigns.extend(rows.into_iter().map(|row| (row.campaign.resource_name.clone(), row)));
    }

    /// The campaigns of a group.
    pub(super) fn of_group<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Row> {
        self.campaigns.values().filter(move |row| row.campaign.campaign_group == group)
    }

    /// The campaign of an ad group.
    pub(super) fn campaign_of(&self, ad_group: &str) -> Option<&Row> {
        let ad_group = self.ad_sets.iter().find(|found| found.resource_name == ad_group)?;
        self.campaigns.get(&ad_group.campaign)
    }

    /// Whether a campaign belongs to a group of ours.
    pub(super) fn is_ours(&self, campaign: &Campaign) -> bool {
        self.groups.contains_key(&campaign.campaign_group)
    }

    /// Whether other campaigns of the group may deliver while this one does not: a person has paused it.
    pub(super) fn is_held(&self, campaign: &Campaign) -> bool {
        let is_enabled = |row: &Row| row.campaign.status == "ENABLED";
        self.is_ours(campaign) && campaign.status == "PAUSED" && self.of_group(&campaign.campaign_group).any(is_enabled)
    }

    /// The objects, parents first.
    pub(super) fn objects(&self, api: &Api, currency: Currency) -> Result<Vec<RemoteObject>> {
        let mut objects = Vec::new();
        for (resource, name) in &self.groups {
            objects.extend(self.group(resource, name).map(|object| with_id(api, object, resource)));
        }
        for (resource, row) in self.campaigns.iter().filter(|(_, row)| !self.is_ours(&row.campaign)) {
            let object = plain(Level::Campaign, &row.campaign.name, map::status(&row.campaign.status, resource)?);
            objects.push(with_id(api, object, resource));
        }
        let paying = self.paying();
        for ad_group in &self.ad_sets {
            objects.extend(self.ad_set(api, ad_group, &paying, currency)?);
        }
        for row in &self.ads {
            let ad = &row.ad_group_ad;
            let (name, tag) = tagged::split(&ad.ad.name);
            let object = plain(Level::Ad, name, map::status(&ad.status, &ad.resource_name)?);
            let parent = Some(ObjectId::new(api.id(&ad.ad_group)));
            objects.push(with_id(api, RemoteObject { tag, parent, ..object }, &ad.resource_name));
        }
        Ok(objects)
    }

    /// A group of ours; gone where no campaign is left in it, since nothing can deliver then.
    fn group(&self, resource: &str, name: &str) -> Option<RemoteObject> {
        let mut campaigns = self.of_group(resource).peekable();
        campaigns.peek()?;
        let is_active = campaigns.any(|row| row.campaign.status != "PAUSED");
        let (name, tag) = tagged::split(name);
        let status = if is_active { Status::Active } else { Status::Paused };
        Some(RemoteObject { tag, ..plain(Level::Campaign, name, status) })
    }

    /// An ad group or asset group; none where its campaign was not read, for example because it is being made.
    fn ad_set(
        &self,
        api: &Api,
        ad_group: &AdGroup,
        paying: &BTreeSet<&str>,
        currency: Currency,
    ) -> Result<Option<RemoteObject>> {
        let Some(row) = self.campaigns.get(&ad_group.campaign) else { return Ok(None) };
        let campaign = &row.campaign;
        let (name, tag) = tagged::split(&ad_group.name);
        let own = map::status(&ad_group.status, &ad_group.resource_name)?;
        let status = if self.is_held(campaign) { Status::Paused } else { own };
        let parent = if self.is_ours(campaign) { &campaign.campaign_group } else { &campaign.resource_name };
        let is_paying = paying.contains(ad_group.resource_name.as_str());
        let object = RemoteObject {
            tag,
            parent: Some(ObjectId::new(api.id(parent))),
            daily_budget: map::money(row.campaign_budget.amount_micros, currency).filter(|_| is_paying),
            bid: map::bid_field(campaign).and_then(|(_, _, amount)| map::money(Some(amount), currency)),
            ..plain(Level::AdSet, name, status)
        };
        Ok(Some(with_id(api, object, &ad_group.resource_name)))
    }

    /// The one ad group per budget that shows it, so that sums are right: ours first, then one that delivers.
    fn paying(&self) -> BTreeSet<&str> {
        let mut best: BTreeMap<&str, (u8, &str)> = BTreeMap::new();
        for ad_group in &self.ad_sets {
            let Some(row) = self.campaigns.get(&ad_group.campaign) else { continue };
            let is_marked = tagged::split(&ad_group.name).1.is_some();
            let delivers = ad_group.status == "ENABLED" && row.campaign.status == "ENABLED";
            let rank = u8::from(is_marked) * 2 + u8::from(delivers);
            let found = best.entry(&row.campaign.campaign_budget).or_insert((rank, &ad_group.resource_name));
            if rank > found.0 {
                *found = (rank, &ad_group.resource_name);
            }
        }
        best.into_values().map(|(_, resource)| resource).collect()
    }
}

fn plain(level: Level, name: &str, status: Status) -> RemoteObject {
    let id = ObjectId::new("");
    RemoteObject { id, tag: None, parent: None, level, name: name.to_owned(), status, daily_budget: None, bid: None }
}

fn with_id(api: &Api, object: RemoteObject, resource: &str) -> RemoteObject {
    RemoteObject { id: ObjectId::new(api.id(resource)), ..object }
}

impl Api {
    /// The rows of a query, narrowed.
    async fn rows(&self, query: &str, narrow: Narrow) -> Result<Vec<Row>> {
        match narrow {
            Narrow::Nothing => Ok(Vec::new()),
            Narrow::Everything => self.search(query).await,
            Narrow::To(condition) => self.search(&format!("{query} AND {condition}")).await,
        }
    }

    /// How a scope narrows the query of one kind of resource.
    fn narrow(&self, scope: &Scope<'_>, field: &str, collection: &str) -> Narrow {
        match scope {
            Scope::All if field == "campaign_group" => Narrow::To(query::carries_any("campaign_group.name")),
            Scope::All => Narrow::Everything,
            // A Google campaign is no object of ours.
            Scope::Tag(_) if field == "campaign" => Narrow::Nothing,
            Scope::Tag(tag) if field == "ad_group_ad" => Narrow::To(query::carries("ad_group_ad.ad.name", tag)),
            Scope::Tag(tag) => Narrow::To(query::carries(&format!("{field}.name"), tag)),
            Scope::Id(id) if id.as_str().split_once('/').is_some_and(|(found, _)| found == collection) => {
                Narrow::To(format!("{field}.resource_name = {}", query::text(&self.resource(id.as_str()))))
            }
            Scope::Id(_) => Narrow::Nothing,
        }
    }
}

/// How a query is narrowed.
enum Narrow {
    Nothing,
    Everything,
    To(String),
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
