//! Meta's own shapes: what its answers hold, in its words.
#![expect(clippy::struct_field_names, reason = "the names are Meta's")]

use serde::Deserialize;

use crate::platform::audiences;
use crate::platform::pages::Keyed;

/// The ad account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Account {
    pub(super) currency: String,
    pub(super) timezone_name: String,
    pub(super) account_status: i64,
    /// In minor units of the currency.
    pub(super) min_daily_budget: Option<i64>,
}

/// One page of a list.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    pub(super) paging: Option<Paging>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Paging {
    pub(super) cursors: Option<Cursors>,
    /// There is another page.
    pub(super) next: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Cursors {
    pub(super) after: Option<String>,
}

/// A campaign, ad set or ad.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: String,
    /// In minor units, as text.
    pub(super) daily_budget: Option<String>,
    /// In minor units.
    pub(super) bid_amount: Option<i64>,
    pub(super) campaign_id: Option<String>,
    pub(super) adset_id: Option<String>,
}

/// What a create answers.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Created {
    pub(super) id: String,
}

/// What a change answers.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Changed {
    pub(super) success: bool,
}

/// A picture of the account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Image {
    pub(super) hash: String,
    pub(super) name: Option<String>,
}

/// A video of the account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Video {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) status: Option<VideoStatus>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct VideoStatus {
    /// `ready`, `processing` or `error`.
    pub(super) video_status: String,
}

/// A picture out of a video.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Thumbnail {
    pub(super) uri: String,
    #[serde(default)]
    pub(super) is_preferred: bool,
}

/// What the start of a chunked upload answers.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct UploadStarted {
    pub(super) upload_session_id: String,
    pub(super) video_id: String,
    #[serde(flatten)]
    pub(super) range: UploadRange,
}

/// The bytes that are wanted next; none where both ends are equal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct UploadRange {
    pub(super) start_offset: String,
    pub(super) end_offset: String,
}

/// An interest that can be targeted.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Interest {
    pub(super) id: String,
    pub(super) name: String,
}

/// An estimate of an audience.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Estimate {
    pub(super) estimate_ready: bool,
    pub(super) estimate_mau_lower_bound: i64,
    pub(super) estimate_mau_upper_bound: i64,
}

/// One row of a report.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Insight {
    pub(super) campaign_id: String,
    pub(super) campaign_name: String,
    pub(super) adset_id: String,
    pub(super) adset_name: String,
    pub(super) ad_id: String,
    pub(super) ad_name: String,
    pub(super) date_start: String,
    pub(super) impressions: Option<String>,
    pub(super) inline_link_clicks: Option<String>,
    /// Decimal text in units of the currency.
    pub(super) spend: Option<String>,
    #[serde(default)]
    pub(super) actions: Vec<Action>,
    #[serde(default)]
    pub(super) action_values: Vec<Action>,
    /// `13:00:00 - 13:59:59`.
    #[serde(rename = "hourly_stats_aggregated_by_advertiser_time_zone")]
    pub(super) hour: Option<String>,
}

impl Insight {
    /// Takes over what only the other has.
    pub(super) fn complete(&mut self, other: Self) {
        self.impressions = self.impressions.take().or(other.impressions);
        self.inline_link_clicks = self.inline_link_clicks.take().or(other.inline_link_clicks);
        self.spend = self.spend.take().or(other.spend);
        if self.actions.is_empty() {
            self.actions = other.actions;
        }
        if self.action_values.is_empty() {
            self.action_values = other.action_values;
        }
    }
}

/// A count or a value of one kind of action, by attribution window.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Action {
    pub(super) action_type: String,
    /// Within seven days of a click.
    #[serde(rename = "7d_click")]
    pub(super) seven_day_click: Option<String>,
}

impl Keyed for Object {
    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

impl Keyed for Image {
    fn key(&self) -> Option<String> {
        Some(self.hash.clone())
    }
}

impl Keyed for Video {
    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

impl Keyed for Thumbnail {
    fn key(&self) -> Option<String> {
        Some(self.uri.clone())
    }
}

impl Keyed for Interest {
    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

impl Keyed for Insight {
    fn key(&self) -> Option<String> {
        Some([self.ad_id.as_str(), &self.date_start, self.hour.as_deref().unwrap_or_default()].join(" "))
    }
}

impl Keyed for Spender {
    fn key(&self) -> Option<String> {
        self.id().cloned()
    }
}

/// A custom audience of the account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct CustomAudience {
    pub(super) id: String,
    pub(super) name: String,
    /// Code 200: it can be shown ads; 300: it is too small.
    pub(super) delivery_status: Option<AudienceStatus>,
    /// Code 200 and 4xx: it is there, perhaps still being filled; 5xx: it is broken.
    pub(super) operation_status: Option<AudienceStatus>,
    /// `CUSTOM`: made of a list of customers.
    pub(super) subtype: Option<String>,
    pub(super) description: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct AudienceStatus {
    pub(super) code: i64,
    #[serde(default)]
    pub(super) description: String,
}

impl CustomAudience {
    pub(super) fn ours(self) -> audiences::CustomAudience {
        let unfit = self.delivery_status.filter(|status| status.code != 200);
        let broken = self.operation_status.filter(|status| status.code >= 500);
        let told = |status: AudienceStatus| format!("{} (status {})", status.description, status.code);
        audiences::CustomAudience { id: self.id, name: self.name, unusable: broken.or(unfit).map(told) }
    }

    pub(super) fn vessel(self) -> audiences::Vessel {
        let is_marked = self.description.is_some_and(|description| description.contains(audiences::MARK));
        let is_ours = is_marked && self.subtype.as_deref() == Some("CUSTOM");
        audiences::Vessel { id: self.id, name: self.name, closed: (!is_ours).then_some(audiences::NOT_OURS) }
    }
}

/// What became of a batch of customers. Samples of what was wrong with them are not read: they would be hashes.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct AudienceFilled {
    pub(super) num_received: Option<u64>,
}

impl Keyed for CustomAudience {
    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

/// A campaign or ad set that a report has rows of.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Spender {
    pub(super) campaign_id: Option<String>,
    pub(super) adset_id: Option<String>,
}

impl Spender {
    /// The lowest object that is named.
    pub(super) fn id(&self) -> Option<&String> {
        self.adset_id.as_ref().or(self.campaign_id.as_ref())
    }
}

/// A report that is being made.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Run {
    pub(super) report_run_id: String,
}

/// How far it is.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct RunState {
    pub(super) async_status: String,
    #[serde(default)]
    pub(super) async_percent_completion: u64,
}

/// What stands in place of an answer where something went wrong.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Failed {
    pub(super) error: Failure,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) code: i64,
    pub(super) error_subcode: Option<i64>,
    pub(super) error_user_msg: Option<String>,
    pub(super) is_transient: bool,
    pub(super) fbtrace_id: Option<String>,
    pub(super) error_data: Option<serde_json::Value>,
}
