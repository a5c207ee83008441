//! Changes to one object as operations of one request: all of it happens, or nothing.

use serde_json::{Value, json};

use super::account::View;
use super::api::Api;
use super::map;
use super::wire::Row;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ChangeKind, Money};
use crate::platform::check::Check;
use crate::platform::{Level, RemoteObject};

/// One change of one object, with what was read about it.
pub(super) struct Change<'a> {
    pub(super) api: &'a Api,
    pub(super) view: &'a View,
    pub(super) object: &'a RemoteObject,
    pub(super) check: Check<'a>,
}

impl Change<'_> {
    /// The operations of a change.
    pub(super) fn operations(&self, kind: &ChangeKind) -> Result<Vec<Value>> {
        match kind {
            ChangeKind::Activate => self.set_status("ENABLED"),
            ChangeKind::Pause => self.set_status("PAUSED"),
            ChangeKind::Archive => self.archive(),
            ChangeKind::SetDailyBudget { after, .. } => self.set_daily_budget(*after),
            ChangeKind::SetBid { after, .. } => self.set_bid(*after),
            ChangeKind::Create { .. } => {
                Err(Error::invalid("kind", "create is not a change to an object")
                    .next("make new objects with `create`"))
            }
        }
    }

    fn resource(&self) -> String {
        self.api.resource(self.object.id.as_str())
    }

    /// The campaigns that our object stands for, where it is a campaign: those of its group, or itself.
    fn campaigns(&self) -> Vec<String> {
        let resource = self.resource();
        if !self.object.id.as_str().starts_with("campaignGroups/") {
            return vec![resource];
        }
        self.view.of_group(&resource).map(|row| row.campaign.resource_name.clone()).collect()
    }

    fn set_status(&self, status: &str) -> Result<Vec<Value>> {
        let resource = self.resource();
        let update = |operation: &str, resource: &str| json!({operation: {"update": {"resourceName": resource, "status": status}, "updateMask": "status"}});
        match self.object.level {
            Level::Campaign => {
                Ok(self.campaigns().iter().map(|campaign| update("campaignOperation", campaign)).collect())
            }
            Level::Ad => Ok(vec![update("adGroupAdOperation", &resource)]),
            Level::AdSet => {
                let campaign = &self.campaign()?.campaign;
                let mut operations = vec![update("adGroupOperation", &resource)];
                if status == "ENABLED" && self.view.is_held(campaign) {
                    operations.push(update("campaignOperation", &campaign.resource_name));
                }
                Ok(operations)
            }
        }
    }

    fn archive(&self) -> Result<Vec<Value>> {
        let remove = |operation: &str, resource: &str| json!({operation: {"remove": resource}});
        let resource = self.resource();
        match self.object.level {
            Level::Campaign => {
                Ok(self.campaigns().iter().map(|campaign| remove("campaignOperation", campaign)).collect())
            }
            Level::Ad => Ok(vec![remove("adGroupAdOperation", &resource)]),
            Level::AdSet => {
                let campaign = &self.campaign()?.campaign;
                let is_own = self.object.tag.is_some() && self.view.is_ours(campaign);
                // What is ours goes with its campaign and budget; of others' campaigns the ad group alone.
                Ok(vec![if is_own {
                    remove("campaignOperation", &campaign.resource_name)
                } else {
                    remove("adGroupOperation", &resource)
                }])
            }
        }
    }

    fn set_daily_budget(&self, after: Money) -> Result<Vec<Value>> {
        self.check.daily_budget(after)?;
        let row = self.ad_set("daily_budget")?;
        if row.campaign_budget.explicitly_shared {
            return Err(map::unsupported("daily_budget", "a budget that several campaigns share", "change it by hand"));
        }
        let budget = &row.campaign.campaign_budget;
        Ok(vec![json!({"campaignBudgetOperation": {
            "update": {"resourceName": budget, "amountMicros": map::micros(after)},
            "updateMask": "amountMicros",
        }})])
    }

    fn set_bid(&self, after: Money) -> Result<Vec<Value>> {
        self.check.bid(after)?;
        let campaign = &self.ad_set("bid")?.campaign;
        let Some((outer, inner, _)) = map::bid_field(campaign) else {
            return Err(map::unsupported("bid", "an amount with this bid strategy", "leave the bid as it is"));
        };
        let resource = &campaign.resource_name;
        Ok(vec![json!({"campaignOperation": {
            "update": {"resourceName": resource, outer: {inner: map::micros(after)}},
            "updateMask": format!("{outer}.{inner}"),
        }})])
    }

    /// The campaign of an ad set, where the object is one.
    fn ad_set(&self, field: &'static str) -> Result<&Row> {
        if self.object.level != Level::AdSet {
            return Err(map::unsupported(field, "one on a campaign or an ad", "change an ad set"));
        }
        self.campaign()
    }

    fn campaign(&self) -> Result<&Row> {
        self.view.campaign_of(&self.resource()).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "the ad set has no campaign")
                .next("look in the account whether it was removed")
        })
    }
}
