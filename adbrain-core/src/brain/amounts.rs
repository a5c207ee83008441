//! The budgets and bids that are in force, where control has changed them since the launch.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::session::Session;
use crate::error::Result;
use crate::model::{AdSetDraft, MediaPlan, Money, Tag};

/// The amounts of one ad set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amount {
    daily_budget: Money,
    bid: Option<Money>,
}

/// The amounts of ad sets by their tags; those that are missing are as planned.
pub(super) type Amounts = BTreeMap<Tag, Amount>;

/// Reads from the platforms what the ad sets of a plan may spend and bid now.
pub(super) async fn read(session: &Session, plan: &MediaPlan) -> Result<Amounts> {
    let mut found = Amounts::new();
    for campaign in &plan.campaigns {
        let objects = session.connector(campaign.platform)?.list().await?;
        for set in &campaign.ad_sets {
            let Some(object) = objects.iter().find(|object| object.tag.as_ref() == Some(&set.tag)) else { continue };
            let daily_budget = object.daily_budget.unwrap_or(set.daily_budget);
            found.insert(set.tag.clone(), Amount { daily_budget, bid: object.bid.or(set.bid) });
        }
    }
    Ok(found)
}

/// A plan with the amounts that are in force: a change that starts from another one is refused by control.
pub(super) fn as_it_is(plan: &MediaPlan, amounts: &Amounts) -> MediaPlan {
    let mut plan = plan.clone();
    let sets = plan.campaigns.iter_mut().flat_map(|campaign| &mut campaign.ad_sets);
    let known = sets.filter_map(|set: &mut AdSetDraft| Some((amounts.get(&set.tag)?, set)));
    for (amount, set) in known {
        set.daily_budget = amount.daily_budget;
        set.bid = amount.bid;
    }
    plan
}
