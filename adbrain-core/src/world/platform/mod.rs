//! Advertising platforms behind one trait.
//!
//! In: drafts, changes and queries in our words. Out: objects, report rows, look-ups in our words. Called by
//! measure and brain for reading, by control alone for writing, because a write takes a [`Permit`]. Never decides, never loops.

mod accounts;
pub mod adapt;
mod audiences;
mod check;
mod customers;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod due;
pub mod google;
pub mod linkedin;
pub mod meta;
mod pages;
mod permit;
mod reader;
mod remote;
mod report;
mod rules;
pub mod sandbox;
pub mod spec;
mod tagged;
pub mod tiktok;
mod tokens;
mod versions;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    AccountId, Audience, BidStrategy, CampaignDraft, ChangeKind, ContentHash, Currency, DraftTree, Format, MediaKind,
    Message, MetricsRow, Money, ObjectId, Platform, Tag,
};

pub use accounts::AccountConfig;
pub use audiences::AudienceFill;
pub use customers::{Customer, CustomerConsent, HashedCustomers, hash_customers};
pub use permit::Permit;
pub(crate) use reader::Reader;
pub use remote::RemoteOptions;
pub use rules::Pace;
pub(crate) use rules::worst_day_percent;
pub use tokens::TokenRefresh;

/// What a connector can do. What it cannot do is refused with the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// The platform.
    pub platform: Platform,
    /// The ad account.
    pub account: AccountId,
    /// The currency of the account.
    pub currency: Currency,
    /// The IANA name of the account's time zone, whose days its reports have; none where the flight's own is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Whether no real money can be spent here. The contract suite runs against sandboxes alone.
    pub is_sandbox: bool,
    /// Whether `create` makes a whole campaign tree in one request, all or nothing.
    pub creates_whole_trees: bool,
    /// Seconds after a write until `find` and `list` surely show it.
    pub settle_seconds: u32,
    /// The most that a day may cost, in percent of the daily budget: 200 where the platform may spend twice.
    pub worst_case_day_percent: u32,
    /// The least daily budget of an ad set.
    pub least_daily_budget: Money,
    /// How often and how far amounts may be changed, by the platform's own rules.
    #[serde(default, skip_serializing_if = "Pace::is_free")]
    pub pace: Pace,
    /// The formats that ads can have.
    pub formats: Vec<Format>,
    /// The bid strategies that ad sets can have.
    pub bid_strategies: Vec<BidStrategy>,
    /// What will stop working soon: a version of the platform, a token.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Message>,
}

/// The level of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A campaign.
    Campaign,
    /// An ad set.
    AdSet,
    /// An ad.
    Ad,
}

/// Whether an object may deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does not deliver.
    Paused,
    /// It may deliver.
    Active,
    /// It is out of use for good.
    Archived,
}

/// An object as the platform has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoteObject {
    /// The platform's id.
    pub id: ObjectId,
    /// Our mark, where it carries one.
    pub tag: Option<Tag>,
    /// What it hangs below.
    pub parent: Option<ObjectId>,
    /// Its level.
    pub level: Level,
    /// Its name; others may have edited it.
    pub name: String,
    /// Whether it may deliver.
    pub status: Status,
    /// Its daily budget, on ad sets.
    pub daily_budget: Option<Money>,
    /// Its bid amount, on ad sets with a bidding cap.
    pub bid: Option<Money>,
}

/// A media file on its way to a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// The hash of the bytes; uploading the same file twice gives the same object.
    pub hash: ContentHash,
    /// What it is.
    pub kind: MediaKind,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A change to one object that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectChange {
    /// The object.
    pub id: ObjectId,
    /// What is done; never [`ChangeKind::Create`].
    pub kind: ChangeKind,
}

/// Which report rows are wanted: one row per ad and hour or day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InsightsQuery {
    /// The start, included.
    #[schemars(with = "String")]
    pub start: Timestamp,
    /// The end, not included.
    #[schemars(with = "String")]
    pub end: Timestamp,
    /// The length of one row.
    pub step: InsightsStep,
}

/// The length of one report row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InsightsStep {
    /// One hour.
    Hour,
    /// Twenty-four hours from the start of the query.
    Day,
}

/// A question that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "question", deny_unknown_fields)]
#[non_exhaustive]
pub enum LookUp {
    /// How many people an audience holds.
    AudienceSize {
        /// The audience.
        audience: Audience,
    },
}

/// The answer to a [`LookUp`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "answer", deny_unknown_fields)]
#[non_exhaustive]
pub enum LookUpAnswer {
    /// A range of people.
    AudienceSize {
        /// At least.
        low: u64,
        /// At most.
        high: u64,
    },
}

/// One ad account on one platform.
///
/// Eight methods; one more for connectors that make campaigns level by level, and two for those that fill custom audiences. Those that write take a [`Permit`], which only `control` can make. A write whose answer is lost fails
/// with [`crate::ErrorKind::OutcomeUnknown`]; the caller looks the object up by its tag and never sends again blindly.
/// Objects are created paused at every level; there is no way to ask for anything else.
///
/// ```
/// use std::sync::Arc;
/// use adbrain_core::Connector;
/// use adbrain_core::clock::ManualClock;
/// use adbrain_core::model::{Audience, Currency, Platform};
/// use adbrain_core::platform::sandbox::{Sandbox, SandboxOptions};
/// use adbrain_core::platform::{LookUp, LookUpAnswer};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let folder = tempfile::tempdir().unwrap();
/// let store = adbrain_core::store::open(&folder.path().join("brain.db")).await?;
/// let clock = Arc::new(ManualClock::at("2027-01-04T03:00:00Z".parse().unwrap()));
/// let meta = Sandbox::open(SandboxOptions::new(Platform::Meta, Currency::BRL, 7)?, store, clock).await?;
/// assert!(meta.capabilities().is_sandbox);
/// let audience: Audience = serde_json::from_str(r#"{"name": "all", "countries": ["BR"]}"#).unwrap();
/// let LookUpAnswer::AudienceSize { low, high } = meta.look_up(&LookUp::AudienceSize { audience }).await? else { unreachable!() };
/// assert!(low > 0 && low <= high);
/// # Ok::<(), adbrain_core::Error>(())
/// # }).unwrap();
/// ```
#[async_trait]
pub trait Connector: Send + Sync {
    /// What this connector can do.
    fn capabilities(&self) -> Capabilities;

    /// Makes a whole or partial tree, paused. Returns every object made.
    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>>;

    /// Uploads a media file.
    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId>;

    /// Changes one object.
    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()>;

    /// Every object that carries a tag, archived ones left out.
    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>>;

    /// Every object of the account, archived ones left out, parents first.
    async fn list(&self) -> Result<Vec<RemoteObject>>;

    /// Report rows as known now.
    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>>;

    /// Answers a question that changes nothing.
    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer>;

    /// Looks whether the account has what the parts of a campaign name, such as custom audiences, before the first of them is made. Changes
    /// nothing. Asked where campaigns are made level by level; one that is made in one request is looked at with it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming what is not there.
    async fn check_campaign(&self, _campaign: &CampaignDraft) -> Result<()> {
        Ok(())
    }

    /// Refuses customers that the account cannot take, before anything is sent and without a look at the account.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the connector fills no custom audiences, which is so unless it says otherwise.
    fn check_fill(&self, fill: &AudienceFill) -> Result<()> {
        Err(fills_none(self.capabilities().platform, fill))
    }

    /// Adds customers to the custom audience of a name that was made here; makes it where there is none of the name. Adding somebody twice
    /// changes nothing, so the same list may be sent again once the account surely shows what was written before. Gives the audience.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the connector fills no custom audiences; [`ErrorKind::Conflict`] for an audience of the name that
    /// was not made here.
    async fn fill_audience(&self, permit: &Permit, fill: &AudienceFill) -> Result<ObjectId> {
        permit.check_fill(fill)?;
        Err(fills_none(self.capabilities().platform, fill))
    }
}

fn fills_none(platform: Platform, fill: &AudienceFill) -> Error {
    Error::new(ErrorKind::Unsupported, format!("customers: the connector of {platform} fills no custom audiences"))
        .with("field", "customers")
        .with("audience", fill.name())
        .next("upload the list on the platform's own pages, and name the audience in `custom_audiences`")
}

/// The connectors of one brain, one per platform.
pub type Connectors = BTreeMap<Platform, Arc<dyn Connector>>;
