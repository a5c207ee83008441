//! `LinkedIn`'s own shapes, in its words. What it calls a campaign group is our campaign, what it calls a campaign is our ad set, and what it
//! calls a creative is our ad.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::config::Locale;
use crate::platform::audiences;
use crate::platform::pages::Keyed;

/// The ad account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Account {
    pub(super) currency: String,
    pub(super) status: String,
}

/// One page of a list.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Page<T> {
    pub(super) elements: Vec<T>,
    pub(super) metadata: Option<PageMetadata>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageMetadata {
    pub(super) next_page_token: Option<String>,
}

/// An amount: decimal text in units of the currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Amount {
    #[serde(deserialize_with = "text")]
    pub(super) amount: String,
    pub(super) currency_code: String,
}

/// When something runs, in milliseconds since 1970; the end is not included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RunSchedule {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// A campaign group that is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewGroup {
    pub(super) account: String,
    pub(super) name: String,
    pub(super) run_schedule: RunSchedule,
    pub(super) status: &'static str,
}

/// A campaign that is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCampaign {
    pub(super) account: String,
    pub(super) associated_entity: String,
    pub(super) audience_expansion_enabled: bool,
    pub(super) campaign_group: String,
    pub(super) cost_type: &'static str,
    pub(super) daily_budget: Amount,
    pub(super) format: &'static str,
    pub(super) locale: Locale,
    pub(super) name: String,
    pub(super) objective_type: &'static str,
    pub(super) offsite_delivery_enabled: bool,
    pub(super) optimization_target_type: &'static str,
    pub(super) political_intent: &'static str,
    pub(super) run_schedule: RunSchedule,
    pub(super) status: &'static str,
    pub(super) targeting_criteria: TargetingCriteria,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) unit_cost: Amount,
}

/// Who sees a campaign: every one of the facets, with any of its entities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct TargetingCriteria {
    pub(super) include: Include,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Include {
    pub(super) and: Vec<AnyOf>,
}

/// One facet with its entities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct AnyOf {
    pub(super) or: BTreeMap<String, Vec<String>>,
}

/// A creative that is made together with its post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct CreateInline {
    pub(super) creative: NewCreative,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCreative {
    pub(super) campaign: String,
    pub(super) inline_content: InlineContent,
    pub(super) intended_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) leadgen_call_to_action: Option<LeadgenCallToAction>,
    pub(super) name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct LeadgenCallToAction {
    pub(super) destination: String,
    pub(super) label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct InlineContent {
    pub(super) post: Post,
}

/// A post that only its ad shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Post {
    pub(super) ad_context: AdContext,
    pub(super) author: String,
    pub(super) commentary: String,
    pub(super) content: Content,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_call_to_action_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_landing_page: Option<String>,
    pub(super) distribution: Distribution,
    pub(super) is_reshare_disabled_by_author: bool,
    pub(super) lifecycle_state: &'static str,
    pub(super) visibility: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AdContext {
    pub(super) dsc_ad_account: String,
    pub(super) dsc_status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the platform's own names")]
pub(super) struct Distribution {
    pub(super) feed_distribution: &'static str,
    pub(super) target_entities: Vec<String>,
    pub(super) third_party_distribution_channels: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Content {
    Media(Media),
    Carousel(Carousel),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Media {
    pub(super) id: String,
    pub(super) title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Carousel {
    pub(super) cards: Vec<Card>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    pub(super) landing_page: String,
    pub(super) media: Media,
}

/// A campaign group as it is.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Group {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) name: String,
    pub(super) status: String,
}

/// A campaign as it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the platform's own names")]
pub(super) struct Campaign {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) name: String,
    pub(super) status: String,
    pub(super) campaign_group: String,
    pub(super) daily_budget: Option<Amount>,
    pub(super) unit_cost: Option<Amount>,
    pub(super) optimization_target_type: Option<String>,
    pub(super) format: Option<String>,
}

/// A creative as it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Creative {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) name: String,
    pub(super) intended_status: String,
    pub(super) campaign: String,
}

/// What an action answers.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Acted<T> {
    pub(super) value: T,
}

/// Where a picture goes.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageUpload {
    pub(super) upload_url: String,
    pub(super) image: String,
}

/// Where the parts of a video go.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VideoUpload {
    pub(super) video: String,
    #[serde(default)]
    pub(super) upload_token: String,
    pub(super) upload_instructions: Vec<UploadPart>,
}

/// One part of a video, both ends included.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UploadPart {
    pub(super) upload_url: String,
    pub(super) first_byte: usize,
    pub(super) last_byte: usize,
}

/// How far a picture or video is: `WAITING_UPLOAD`, `PROCESSING`, `AVAILABLE`, `PROCESSING_FAILED`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Asset {
    pub(super) status: String,
}

/// Something that can be targeted.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Entity {
    pub(super) urn: Option<String>,
    pub(super) name: Option<String>,
}

/// How many members an audience holds; 0 below 300.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct AudienceCount {
    pub(super) total: u64,
}

/// One row of a report; the metrics that were asked for stand beside.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReportRow {
    pub(super) date_range: DateRange,
    pub(super) pivot_values: Vec<String>,
    #[serde(flatten)]
    pub(super) metrics: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct DateRange {
    pub(super) start: Day,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the platform's own names")]
pub(super) struct Day {
    pub(super) year: i16,
    pub(super) month: i8,
    pub(super) day: i8,
}

/// A failure. Older answers have `serviceErrorCode` alone, newer ones `code` and `errorDetails`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failure {
    #[serde(default)]
    pub(super) message: String,
    pub(super) service_error_code: Option<i64>,
    pub(super) code: Option<String>,
    pub(super) error_details: Option<ErrorDetails>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorDetails {
    #[serde(default)]
    pub(super) input_errors: Vec<InputError>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct InputError {
    pub(super) code: Option<String>,
    pub(super) description: Option<String>,
    pub(super) input: Option<Input>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    pub(super) input_path: Option<InputPath>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InputPath {
    pub(super) field_path: Option<String>,
}

/// Numbers and texts alike: ids and amounts come as either. A name that is null is none.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    })
}

impl Keyed for Group {
    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

impl Keyed for Campaign {
    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

impl Keyed for Creative {
    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

/// A custom audience: what was given to `LinkedIn` (the DMP segment), and what ads can be shown to (its destination).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DmpSegment {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) destinations: Vec<Outlet>,
    #[serde(default)]
    pub(super) description: Option<String>,
    /// `USER`: made of people.
    #[serde(default)]
    pub(super) r#type: Option<String>,
}

/// What became of one member of a batch.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Added {
    pub(super) status: u16,
}

/// Where a segment can be used.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outlet {
    #[serde(default)]
    pub(super) destination: String,
    #[serde(default)]
    pub(super) destination_segment_id: Option<String>,
    #[serde(default)]
    pub(super) status: String,
}

impl DmpSegment {
    pub(super) fn ours(self) -> audiences::CustomAudience {
        let there = self.destinations.into_iter().find(|place| place.destination == "LINKEDIN");
        let usable = there.as_ref().is_some_and(|place| ["READY", "UPDATING"].contains(&place.status.as_str()));
        let status = there.as_ref().map_or_else(|| "not matched".to_owned(), |place| place.status.clone());
        let segment = there.and_then(|place| place.destination_segment_id).filter(|_| usable);
        let unusable = segment.is_none().then(|| format!("its status is {status}"));
        audiences::CustomAudience { id: segment.unwrap_or_default(), name: self.name, unusable }
    }

    pub(super) fn vessel(self) -> audiences::Vessel {
        let is_marked = self.description.is_some_and(|description| description.contains(audiences::MARK));
        let is_ours = is_marked && self.r#type.as_deref() == Some("USER");
        audiences::Vessel { id: self.id, name: self.name, closed: (!is_ours).then_some(audiences::NOT_OURS) }
    }
}

impl Keyed for DmpSegment {
    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}
