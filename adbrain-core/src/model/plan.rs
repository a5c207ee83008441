//! The media plan: campaigns, ad sets and ads as drafts. A draft has no status; it is created paused, always.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Audience, ContentHash, CopyVariant, Currency, Declarations, Flight, Format, MissingFile, Money, Objective,
    Platform, Reason, Tag,
};
use crate::error::{Error, Result};

super::platform::named! {
    /// How a platform is told to bid.
    BidStrategy {
        /// As many results as the budget buys.
        LowestCost = "lowest_cost",
        /// An average cost per result.
        CostCap = "cost_cap",
        /// A highest bid.
        BidCap = "bid_cap",
    }
}

/// The creative of one ad: files and texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreativeDraft {
    /// The asset by its key in the asset set.
    pub asset: String,
    /// Its format.
    pub format: Format,
    /// The files by their hashes.
    pub files: Vec<ContentHash>,
    /// The texts.
    pub copy: Vec<CopyVariant>,
    /// The page that it leads to.
    pub url: String,
}

/// One ad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdDraft {
    /// Our mark on it.
    pub tag: Tag,
    /// A name for people.
    pub name: String,
    /// What it shows.
    pub creative: CreativeDraft,
}

/// One ad set: an audience, a daily budget, a bid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdSetDraft {
    /// Our mark on it.
    pub tag: Tag,
    /// A name for people.
    pub name: String,
    /// Who sees it.
    pub audience: Audience,
    /// What it may spend a day, in whole minor units.
    pub daily_budget: Money,
    /// How it bids.
    pub bid_strategy: BidStrategy,
    /// The amount that the bid strategy needs; none with lowest cost.
    pub bid: Option<Money>,
    /// Its ads, at least one.
    pub ads: Vec<AdDraft>,
}

/// One campaign on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignDraft {
    /// Our mark on it.
    pub tag: Tag,
    /// The platform.
    pub platform: Platform,
    /// A name for people.
    pub name: String,
    /// What it is for.
    pub objective: Objective,
    /// When it runs.
    pub flight: Flight,
    /// What the advertiser declared.
    pub declarations: Declarations,
    /// Its ad sets, at least one.
    pub ad_sets: Vec<AdSetDraft>,
}

/// What holds for a whole campaign: platforms ask for it again at its ad sets and ads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignSetting {
    /// What the campaign is for.
    pub objective: Objective,
    /// When it runs.
    pub flight: Flight,
    /// What the advertiser declared.
    pub declarations: Declarations,
    /// The countries of all its audiences, sorted; empty where one of them has no limit.
    pub countries: Vec<String>,
}

impl CampaignDraft {
    /// What holds for all of its parts.
    pub fn setting(&self) -> CampaignSetting {
        let audiences = || self.ad_sets.iter().map(|ad_set| &ad_set.audience.countries);
        let is_limited = audiences().all(|countries| !countries.is_empty());
        let countries: BTreeSet<_> = audiences().flatten().filter(|_| is_limited).cloned().collect();
        CampaignSetting {
            objective: self.objective,
            flight: self.flight.clone(),
            declarations: self.declarations.clone(),
            countries: countries.into_iter().collect(),
        }
    }
}

/// Limits that `control` holds the plan to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The most that the worst case of one day may cost over all platforms.
    pub daily_cap: Money,
    /// The most that the worst case of seven days may cost.
    pub weekly_cap: Money,
    /// The most that the whole flight may cost.
    pub lifetime_cap: Money,
    /// The greatest single raise of a budget, in percent.
    pub max_raise_percent: u8,
    /// The greatest single cut of a budget or bid, in percent.
    pub max_cut_percent: u8,
    /// Changes to one object in one day.
    pub max_changes_per_object_and_day: u32,
    /// Pauses in one hour over the whole account.
    pub max_pauses_per_hour: u32,
    /// Hours after activation in which only pauses and cuts are allowed.
    pub learning_hours: u32,
    /// Who has to approve what may cost how much.
    #[serde(default, skip_serializing_if = "Approvals::is_usual")]
    pub approvals: Approvals,
}

/// Who has to approve what may cost how much: the worst case of a day over all platforms decides. What people change themselves, and what
/// only saves money, needs no approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// Up to this amount the policy approves by itself, and records that; nothing, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub none_up_to: Option<Money>,
    /// Up to this amount one person is enough; above it two people have to approve. One is enough for any amount, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_up_to: Option<Money>,
}

impl Approvals {
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Says no to amounts that are not above zero, in another currency than the budget's, or the wrong way round.
    pub(crate) fn check(&self, currency: Currency) -> Result<()> {
        for (field, amount) in [("approvals.none_up_to", self.none_up_to), ("approvals.one_up_to", self.one_up_to)] {
            let Some(amount) = amount else { continue };
            if amount.currency() != currency || !amount.is_positive() {
                let what = format!("{amount} is no amount above zero in {currency}");
                return Err(Error::invalid(field, what).next("give it in the currency of the budget"));
            }
        }
        match self.none_up_to.zip(self.one_up_to) {
            Some((none, one)) if none.micros() > one.micros() => {
                Err(Error::invalid("approvals.one_up_to", format!("{one} is below {none}, for which nobody is asked"))
                    .next("give the larger amount here"))
            }
            _ => Ok(()),
        }
    }
}

/// What becomes of a launch over several platforms where a part of it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LaunchRule {
    /// All platforms or none: what was made is archived in reverse, what had begun to deliver is paused.
    #[default]
    AllOrNothing,
    /// The platforms on which everything came about go ahead; the others are taken back and reported.
    BestEffort,
}

impl LaunchRule {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// One combination that is tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestCell {
    /// The ad that carries it.
    pub ad: Tag,
    /// The creative: an asset key.
    pub creative: String,
    /// The copy style.
    pub copy_style: String,
    /// The audience by its name.
    pub audience: String,
    /// The platform.
    pub platform: Platform,
}

impl TestCell {
    /// The name of its arm in a test: creative, copy style and audience.
    pub fn name(&self) -> String {
        format!("{} | {} | {}", self.creative, self.copy_style, self.audience)
    }
}

/// What the rows of a test matrix can tell, said before anything is launched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestDesign {
    /// How the rows were chosen: `full`, `cover` or `screen`.
    pub mode: String,
    /// Rows: the ads of all ad sets.
    pub rows: u64,
    /// Different rows over all rows that the levels could make.
    pub share_of_full: f64,
    /// The share of the possible pairs of levels that the rows hold; none with one factor.
    pub share_of_pairs: Option<f64>,
    /// Factors of which the effects of all levels can be told, main effects alone assumed.
    pub estimable: Vec<String>,
    /// Factors of which some cannot.
    pub mixed: Vec<String>,
    /// Impressions of each row that tell the levels of the estimable factors apart, rows taken together; none where there are none.
    pub impressions_per_row: Option<u64>,
    /// What the row with the least money may spend over the planned days.
    pub budget_per_row: Option<Money>,
    /// The price of a thousand impressions up to which that money buys them.
    pub highest_cpm: Option<Money>,
    /// How much the rate of an ad moves from day to day beyond chance, relative to it, in the account's own days; none where they are not
    /// known, and then chance alone is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_deviation: Option<f64>,
    /// Days that those impressions take at the account's own price of a thousand, where its days are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_needed: Option<u64>,
}

/// What is tested against what, and how many people that takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestMatrix {
    /// The metric that decides: `ctr`.
    pub metric: String,
    /// The smallest relative difference that matters, 0.2 for 20 %.
    pub minimum_relative_effect: f64,
    /// Impressions per cell that such a difference needs at 80 % power and 5 % error, two-sided: by the account's own days where they are
    /// known, else by chance alone.
    pub impressions_per_cell: u64,
    /// Days after which a test ends; those of the flight where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_days: Option<u64>,
    /// Days after which is looked with the power to stop; each day from the least on where nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<u64>,
    /// The relative lift that the lower bound must pass for a winner.
    #[serde(default)]
    pub margin: f64,
    /// What the matrix can tell; none where a plan was not made from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<TestDesign>,
    /// The combinations; the first one of an ad set is the control of the others.
    pub cells: Vec<TestCell>,
}

impl TestMatrix {
    /// A matrix without cells: that of a plan which tests nothing.
    pub fn none() -> Self {
        Self {
            metric: "ctr".into(),
            minimum_relative_effect: 0.2,
            impressions_per_cell: 1,
            planned_days: None,
            looks: Vec::new(),
            margin: 0.0,
            design: None,
            cells: Vec::new(),
        }
    }
}

/// What should be: the account structure with budgets, bids, a test matrix and limits. It acts on nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaPlan {
    /// A name for people: the brief's.
    pub name: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The campaigns, in the order of [`Platform::ALL`].
    pub campaigns: Vec<CampaignDraft>,
    /// What is tested.
    pub tests: TestMatrix,
    /// What `control` holds it to.
    pub limits: Limits,
    /// What becomes of the launch where a part of it fails.
    #[serde(default, skip_serializing_if = "LaunchRule::is_usual")]
    pub launch: LaunchRule,
    /// Files that its ads lack. A plan that lacks files can be reported but not applied.
    pub missing: Vec<MissingFile>,
    /// Why bids and budgets are as they are.
    pub reasons: Vec<Reason>,
}

impl MediaPlan {
    /// The hash to which an approval binds.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where the plan cannot be written as JSON.
    pub fn hash(&self) -> Result<ContentHash> {
        ContentHash::of_value(self)
    }

    /// All ad sets, campaign by campaign.
    pub fn ad_sets(&self) -> impl Iterator<Item = &AdSetDraft> {
        self.campaigns.iter().flat_map(|campaign| &campaign.ad_sets)
    }

    /// The sum of all daily budgets.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for mixed currencies.
    pub fn daily_budget(&self) -> Result<Money> {
        Ok(Money::sum(self.ad_sets().map(|set| set.daily_budget))?.unwrap_or(Money::zero(self.currency)))
    }
}
