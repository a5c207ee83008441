//! `TikTok`'s shapes, in `TikTok`'s words.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::platform::audiences;
use crate::platform::pages::Keyed;

/// An answer's data.
#[derive(Debug, Deserialize)]
pub(super) struct Answer<T> {
    pub(super) data: T,
}

/// One page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    #[serde(default = "Vec::new")]
    pub(super) list: Vec<T>,
    #[serde(default)]
    pub(super) page_info: PageInfo,
}

/// Which page it is.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PageInfo {
    #[serde(default)]
    pub(super) total_page: u64,
    #[serde(default)]
    pub(super) total_number: Option<u64>,
}

/// The ad account.
#[derive(Debug, Deserialize)]
pub(super) struct Advertiser {
    pub(super) currency: String,
    #[serde(default)]
    pub(super) timezone: Option<String>,
    #[serde(default)]
    pub(super) display_timezone: Option<String>,
    #[serde(default)]
    pub(super) status: Option<String>,
}

/// A campaign, ad group or ad of either flow, as far as it is read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Listed {
    pub(super) campaign_id: Option<String>,
    pub(super) campaign_name: Option<String>,
    pub(super) adgroup_id: Option<String>,
    pub(super) adgroup_name: Option<String>,
    pub(super) ad_id: Option<String>,
    pub(super) smart_plus_ad_id: Option<String>,
    pub(super) ad_name: Option<String>,
    pub(super) operation_status: Option<String>,
    pub(super) secondary_status: Option<String>,
    pub(super) budget_mode: Option<String>,
    pub(super) budget: Option<Number>,
    pub(super) bid_type: Option<String>,
    pub(super) bid_price: Option<Number>,
    pub(super) conversion_bid_price: Option<Number>,
}

/// The answer to a classic ad that was made.
#[derive(Debug, Deserialize)]
pub(super) struct MadeAds {
    #[serde(default)]
    pub(super) creatives: Vec<Listed>,
}

/// The answer to a change of status.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChangedStatus {
    pub(super) status: Option<String>,
}

/// A campaign that is made.
#[derive(Debug, Serialize)]
pub(super) struct CampaignBody<'a> {
    pub(super) advertiser_id: &'a str,
    pub(super) request_id: String,
    pub(super) campaign_name: String,
    pub(super) objective_type: &'static str,
    pub(super) operation_status: &'static str,
    pub(super) budget_optimize_on: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) budget_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sales_destination: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) app_promotion_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) special_industries: Vec<&'static str>,
}

/// An ad group that is made.
#[derive(Debug, Default, Serialize)]
pub(super) struct AdGroupBody<'a> {
    pub(super) advertiser_id: &'a str,
    pub(super) campaign_id: &'a str,
    pub(super) request_id: String,
    pub(super) adgroup_name: String,
    pub(super) operation_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) promotion_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) promotion_target_type: Option<&'static str>,
    pub(super) placement_type: &'static str,
    pub(super) placements: [&'static str; 1],
    pub(super) optimization_goal: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) optimization_event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pixel_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) app_id: Option<&'a str>,
    pub(super) billing_event: &'static str,
    pub(super) bid_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bid_price: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversion_bid_price: Option<Number>,
    pub(super) budget_mode: &'static str,
    pub(super) budget: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pacing: Option<&'static str>,
    pub(super) schedule_type: &'static str,
    pub(super) schedule_start_time: String,
    pub(super) schedule_end_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) click_attribution_window: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) view_attribution_window: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attribution_event_count: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) targeting_optimization_mode: Option<&'static str>,
    /// Smart+ wants the audience in a structure of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) targeting_spec: Option<Targeting>,
    /// The classic flow wants it beside everything else.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) targeting: Option<Targeting>,
}

/// An audience.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Targeting {
    pub(super) location_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) age_groups: Vec<&'static str>,
    pub(super) gender: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) interest_category_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) audience_ids: Vec<String>,
}

/// A classic ad that is made.
#[derive(Debug, Serialize)]
pub(super) struct AdBody<'a> {
    pub(super) advertiser_id: &'a str,
    pub(super) adgroup_id: &'a str,
    pub(super) creatives: [ClassicCreative<'a>; 1],
}

/// The one creative of a classic ad.
#[derive(Debug, Serialize)]
pub(super) struct ClassicCreative<'a> {
    pub(super) ad_name: String,
    pub(super) operation_status: &'static str,
    pub(super) ad_format: &'static str,
    pub(super) ad_text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) video_id: Option<String>,
    pub(super) image_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) music_id: Option<&'a str>,
    pub(super) identity_type: &'static str,
    pub(super) identity_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity_authorized_bc_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dark_post_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_name: Option<&'a str>,
    pub(super) call_to_action: &'a str,
    pub(super) landing_page_url: &'a str,
}

/// A Smart+ ad that is made. Its lists and structures are `TikTok`'s own, so they are written as JSON.
#[derive(Debug, Serialize)]
pub(super) struct SmartAdBody<'a> {
    pub(super) advertiser_id: &'a str,
    pub(super) adgroup_id: &'a str,
    pub(super) ad_name: String,
    pub(super) operation_status: &'static str,
    pub(super) creative_list: Value,
    pub(super) ad_text_list: Value,
    pub(super) call_to_action_list: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) landing_page_url_list: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ad_configuration: Option<Value>,
}

/// A place that can be targeted.
#[derive(Debug, Deserialize)]
pub(super) struct Region {
    pub(super) location_id: String,
    #[serde(default, rename = "region_code")]
    pub(super) code: String,
    #[serde(default)]
    pub(super) level: String,
    #[serde(default)]
    pub(super) support_below_18: Option<bool>,
}

/// The places that can be targeted.
#[derive(Debug, Deserialize)]
pub(super) struct Regions {
    #[serde(default = "Vec::new")]
    pub(super) region_info: Vec<Region>,
}

/// An interest that can be targeted.
#[derive(Debug, Deserialize)]
pub(super) struct InterestCategory {
    pub(super) interest_category_id: String,
    #[serde(default)]
    pub(super) interest_category_name: String,
}

/// The interests that can be targeted.
#[derive(Debug, Deserialize)]
pub(super) struct InterestCategories {
    #[serde(default = "Vec::new")]
    pub(super) interest_categories: Vec<InterestCategory>,
}

/// A file in the account's library.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    pub(super) video_id: Option<String>,
    pub(super) image_id: Option<String>,
    #[serde(rename = "file_name")]
    pub(super) name: Option<String>,
    pub(super) displayable: Option<bool>,
    pub(super) duration: Option<Number>,
    pub(super) video_cover_url: Option<String>,
}

/// A row of a report.
#[derive(Debug, Deserialize)]
pub(super) struct ReportRow {
    pub(super) dimensions: Dimensions,
    pub(super) metrics: ReportMetrics,
}

/// What a row is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Dimensions {
    pub(super) ad_id: Option<String>,
    pub(super) main_material_id: Option<String>,
    pub(super) stat_time_day: Option<String>,
    pub(super) stat_time_hour: Option<String>,
}

/// The numbers of a row, as text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReportMetrics {
    pub(super) spend: Value,
    pub(super) impressions: Value,
    pub(super) clicks: Value,
    pub(super) conversion: Value,
    pub(super) total_complete_payment_rate: Value,
    pub(super) total_purchase_value: Value,
}

impl Keyed for Listed {
    fn key(&self) -> Option<String> {
        let ids = [&self.ad_id, &self.smart_plus_ad_id, &self.adgroup_id, &self.campaign_id];
        ids.into_iter().flatten().next().cloned()
    }
}

impl Keyed for ReportRow {
    fn key(&self) -> Option<String> {
        let Dimensions { ad_id, main_material_id, stat_time_day, stat_time_hour } = &self.dimensions;
        let id = ad_id.as_ref().or(main_material_id.as_ref())?;
        Some(format!("{id} {}", stat_time_hour.as_ref().or(stat_time_day.as_ref())?))
    }
}

/// A custom audience of the account.
#[derive(Debug, Deserialize)]
pub(super) struct CustomAudience {
    pub(super) audience_id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) is_valid: Option<bool>,
    #[serde(default)]
    pub(super) error_msg: Option<String>,
    /// `Customer File`: made of a list of customers.
    #[serde(default)]
    pub(super) audience_type: Option<String>,
    /// What its list holds: `EMAIL_SHA256`.
    #[serde(default)]
    pub(super) calculate_type: Option<String>,
}

/// A file of hashes that was uploaded.
#[derive(Debug, Deserialize)]
pub(super) struct AudienceFile {
    pub(super) file_path: String,
}

/// A new custom audience.
#[derive(Debug, Deserialize)]
pub(super) struct MadeAudience {
    pub(super) custom_audience_id: String,
}

impl CustomAudience {
    /// As far as filling it with one kind of hashes goes.
    pub(super) fn vessel(self, kind: &str) -> audiences::Vessel {
        let is_file = self.audience_type.is_some_and(|found| found == "Customer File");
        let closed = match self.calculate_type {
            _ if !is_file => Some(audiences::NOT_OURS),
            Some(found) if found != kind => Some("holds hashes of another kind"),
            _ => None,
        };
        audiences::Vessel { id: self.audience_id, name: self.name, closed }
    }

    pub(super) fn ours(self) -> audiences::CustomAudience {
        let why = self.error_msg.filter(|why| !why.is_empty());
        let unusable = (self.is_valid == Some(false)).then(|| why.unwrap_or_else(|| "it is not valid".to_owned()));
        audiences::CustomAudience { id: self.audience_id, name: self.name, unusable }
    }
}

impl Keyed for CustomAudience {
    fn key(&self) -> Option<String> {
        Some(self.audience_id.clone())
    }
}

/// A report that is being made.
#[derive(Debug, Deserialize)]
pub(super) struct Task {
    pub(super) task_id: String,
}

/// How far it is.
#[derive(Debug, Deserialize)]
pub(super) struct TaskState {
    pub(super) status: String,
    #[serde(default)]
    pub(super) message: String,
}
