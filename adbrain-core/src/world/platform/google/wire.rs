//! The platform's shapes: rows of a search, answers to a mutate. What is sent is made in `tree.rs` and `change.rs`.

use serde::{Deserialize, Deserializer};

use crate::platform::audiences;
use crate::platform::pages::Keyed;

/// One page of a search.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Page {
    pub(super) results: Vec<Row>,
    pub(super) next_page_token: String,
}

/// One row of a search: what was selected, the rest empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Row {
    pub(super) ad_group: AdGroup,
    pub(super) ad_group_ad: AdGroupAd,
    pub(super) asset: Asset,
    pub(super) asset_group: AdGroup,
    pub(super) audience: Named,
    pub(super) campaign: Campaign,
    pub(super) campaign_budget: CampaignBudget,
    pub(super) campaign_group: Named,
    pub(super) currency_constant: CurrencyConstant,
    pub(super) customer: Customer,
    pub(super) geo_target_constant: GeoTargetConstant,
    pub(super) metrics: Metrics,
    pub(super) segments: Segments,
    pub(super) user_list: UserList,
    pub(super) you_tube_video_upload: YouTubeVideoUpload,
}

impl Keyed for Row {
    /// The resources that were selected, and the day and hour of a report.
    fn key(&self) -> Option<String> {
        let resources = [
            &self.ad_group_ad.resource_name,
            &self.ad_group.resource_name,
            &self.asset_group.resource_name,
            &self.asset.resource_name,
            &self.audience.resource_name,
            &self.campaign.resource_name,
            &self.campaign_group.resource_name,
            &self.geo_target_constant.resource_name,
            &self.user_list.resource_name,
            &self.you_tube_video_upload.resource_name,
        ];
        let names: Vec<_> = resources.into_iter().filter(|name| !name.is_empty()).map(String::as_str).collect();
        (!names.is_empty()).then(|| format!("{} {} {}", names.join(" "), self.segments.date, self.segments.hour))
    }
}

/// A list of people that the advertiser gave or gathers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct UserList {
    pub(super) resource_name: String,
    pub(super) name: String,
    /// `OPEN`, or `CLOSED`: nobody is added any more.
    pub(super) membership_status: String,
    /// Whether it may be used for ads outside of the search.
    pub(super) eligible_for_display: bool,
    pub(super) description: String,
    /// `CRM_BASED`: made of a list of customers.
    pub(super) r#type: String,
}

/// What became of new user lists.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct UserListsAnswer {
    pub(super) results: Vec<Named>,
}

/// A new job that takes customers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct JobAnswer {
    pub(super) resource_name: String,
}

impl UserList {
    pub(super) fn ours(self) -> audiences::CustomAudience {
        let unusable = match self.membership_status.as_str() {
            "CLOSED" => Some("its membership is closed"),
            _ if !self.eligible_for_display => Some("it is not eligible for display: it may be too small"),
            _ => None,
        };
        let unusable = unusable.map(str::to_owned);
        audiences::CustomAudience { id: self.resource_name, name: self.name, unusable }
    }

    pub(super) fn vessel(self) -> audiences::Vessel {
        let is_ours = self.r#type == "CRM_BASED" && self.description.contains(audiences::MARK);
        audiences::Vessel { id: self.resource_name, name: self.name, closed: (!is_ours).then_some(audiences::NOT_OURS) }
    }
}

/// A campaign group or an audience.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Named {
    pub(super) resource_name: String,
    pub(super) name: String,
}

#[expect(clippy::struct_field_names, reason = "the platform names them so")]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Campaign {
    pub(super) resource_name: String,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) campaign_group: String,
    pub(super) campaign_budget: String,
    pub(super) bidding_strategy_type: String,
    pub(super) target_cpa: TargetCpa,
    pub(super) target_cpc: TargetCpc,
    pub(super) target_spend: TargetSpend,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TargetCpa {
    #[serde(deserialize_with = "int64")]
    pub(super) target_cpa_micros: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TargetCpc {
    #[serde(deserialize_with = "int64")]
    pub(super) target_cpc_micros: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TargetSpend {
    #[serde(deserialize_with = "int64")]
    pub(super) cpc_bid_ceiling_micros: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CampaignBudget {
    #[serde(deserialize_with = "int64")]
    pub(super) amount_micros: Option<i64>,
    pub(super) explicitly_shared: bool,
}

/// An ad group, or an asset group, which has the same fields here.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AdGroup {
    pub(super) resource_name: String,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) campaign: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AdGroupAd {
    pub(super) resource_name: String,
    pub(super) status: String,
    pub(super) ad_group: String,
    pub(super) ad: Ad,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Ad {
    pub(super) name: String,
}

#[expect(clippy::struct_field_names, reason = "the platform names them so")]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Asset {
    pub(super) resource_name: String,
    pub(super) name: String,
    pub(super) image_asset: ImageAsset,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ImageAsset {
    pub(super) full_size: FullSize,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FullSize {
    #[serde(deserialize_with = "int64")]
    pub(super) width_pixels: Option<i64>,
    #[serde(deserialize_with = "int64")]
    pub(super) height_pixels: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CurrencyConstant {
    pub(super) demand_gen_info: DemandGenInfo,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DemandGenInfo {
    #[serde(deserialize_with = "int64")]
    pub(super) minimum_budget_per_day_micros: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Customer {
    pub(super) currency_code: String,
    pub(super) time_zone: String,
    pub(super) status: String,
    pub(super) manager: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct GeoTargetConstant {
    pub(super) resource_name: String,
    pub(super) country_code: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metrics {
    #[serde(deserialize_with = "int64")]
    pub(super) impressions: Option<i64>,
    #[serde(deserialize_with = "int64")]
    pub(super) clicks: Option<i64>,
    #[serde(deserialize_with = "int64")]
    pub(super) cost_micros: Option<i64>,
    pub(super) conversions: f64,
    pub(super) conversions_value: f64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Segments {
    pub(super) date: String,
    pub(super) hour: i8,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct YouTubeVideoUpload {
    pub(super) resource_name: String,
    pub(super) video_title: String,
    pub(super) video_id: String,
    pub(super) state: String,
}

/// The answer to `googleAds:mutate`: one entry per operation, in their order.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MutateAnswer {
    pub(super) mutate_operation_responses: Vec<Mutated>,
}

/// What one operation did. One of the fields is there.
#[expect(clippy::struct_field_names, reason = "the platform names them so")]
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Mutated {
    pub(super) ad_group_ad_result: Option<MutatedAdGroupAd>,
    pub(super) ad_group_result: Option<MutatedAdGroup>,
    pub(super) campaign_group_result: Option<Named>,
    pub(super) campaign_result: Option<MutatedCampaign>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MutatedCampaign {
    pub(super) campaign: Campaign,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MutatedAdGroup {
    pub(super) resource_name: String,
    pub(super) ad_group: AdGroup,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MutatedAdGroupAd {
    pub(super) resource_name: String,
    pub(super) ad_group_ad: AdGroupAd,
}

/// The answer to `assets:mutate`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AssetsAnswer {
    pub(super) results: Vec<MutatedAsset>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MutatedAsset {
    pub(super) resource_name: String,
    pub(super) asset: Asset,
}

/// The answer that ends the upload of a film.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct UploadAnswer {
    pub(super) resource_name: String,
}

/// A failure: the outer shape of every Google API, with the platform's own list inside `details`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) error: FailureStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FailureStatus {
    pub(super) status: String,
    pub(super) message: String,
    pub(super) details: Vec<FailureDetails>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FailureDetails {
    pub(super) errors: Vec<FailureError>,
    pub(super) request_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FailureError {
    pub(super) error_code: std::collections::BTreeMap<String, String>,
    pub(super) message: String,
    pub(super) location: Location,
    pub(super) details: ErrorDetails,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Location {
    pub(super) field_path_elements: Vec<FieldPathElement>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FieldPathElement {
    pub(super) field_name: String,
    pub(super) index: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ErrorDetails {
    pub(super) quota_error_details: QuotaErrorDetails,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct QuotaErrorDetails {
    pub(super) retry_delay: String,
    /// `ACCOUNT` or `DEVELOPER`.
    pub(super) rate_scope: String,
}

/// 64-bit numbers are text in JSON; a number is taken too.
fn int64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Int64 {
        Text(String),
        Number(i64),
    }
    match Option::<Int64>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Int64::Number(number)) => Ok(Some(number)),
        Some(Int64::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_read_from_text_and_what_is_new_is_passed_over() {
        let row: Row = serde_json::from_str(
            r#"{"campaignBudget": {"amountMicros": "9007199254740993", "news": 1}, "metrics": {"clicks": 7}, "other": {}}"#,
        )
        .unwrap();
        assert_eq!(row.campaign_budget.amount_micros, Some(9_007_199_254_740_993));
        assert_eq!(row.metrics.clicks, Some(7));
        assert!(serde_json::from_str::<Row>(r#"{"metrics": {"clicks": "many"}}"#).is_err());
    }
}
