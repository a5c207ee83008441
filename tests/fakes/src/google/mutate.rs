//! Writes: all operations of a request, or none.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::gaql::set;
use super::{CUSTOMER, LEAST_BUDGET, Store};

/// What is wrong with an operation: the family and the code of the platform, and the field.
pub(super) struct Wrong {
    pub(super) family: &'static str,
    pub(super) code: &'static str,
    pub(super) field: &'static str,
}

fn wrong(family: &'static str, code: &'static str, field: &'static str) -> Wrong {
    Wrong { family, code, field }
}

/// The operations that are known here, what they act on, and how the resource is called in an answer.
const OPERATIONS: [(&str, &str, &str); 8] = [
    ("adGroupAdOperation", "adGroupAds", "adGroupAd"),
    ("adGroupCriterionOperation", "adGroupCriteria", "adGroupCriterion"),
    ("adGroupOperation", "adGroups", "adGroup"),
    ("assetOperation", "assets", "asset"),
    ("audienceOperation", "audiences", "audience"),
    ("campaignBudgetOperation", "campaignBudgets", "campaignBudget"),
    ("campaignGroupOperation", "campaignGroups", "campaignGroup"),
    ("campaignOperation", "campaigns", "campaign"),
];

/// The ways to bid, and what the platform calls them when it is asked.
const BIDDING: [(&str, &str); 4] = [
    ("targetSpend", "TARGET_SPEND"),
    ("targetCpc", "TARGET_CPC"),
    ("targetCpa", "TARGET_CPA"),
    ("maximizeConversions", "MAXIMIZE_CONVERSIONS"),
];

/// One request's operations on a store.
pub(super) struct Mutate<'a> {
    pub(super) store: &'a mut Store,
    pub(super) today: Date,
    new: BTreeMap<String, String>,
}

impl<'a> Mutate<'a> {
    pub(super) fn new(store: &'a mut Store, today: Date) -> Self {
        Self { store, today, new: BTreeMap::new() }
    }

    /// Carries out one operation.
    pub(super) fn operation(&mut self, operation: &Value) -> Result<Value, Wrong> {
        let known = OPERATIONS.iter().find(|(name, _, _)| operation.get(name).is_some());
        let (name, collection, resource) = known.ok_or(wrong("requestError", "OPERATION_REQUIRED", "operation"))?;
        let inner = &operation[name];
        let made = match (inner.get("create"), inner.get("update"), inner.get("remove")) {
            (Some(create), None, None) => self.create(collection, create)?,
            (None, Some(update), None) => self.update(update, inner["updateMask"].as_str().unwrap_or_default())?,
            (None, None, Some(remove)) => self.remove(remove.as_str().unwrap_or_default())?,
            _ => return Err(wrong("requestError", "OPERATION_REQUIRED", "operation")),
        };
        let fields = self.store.get(&made).cloned().unwrap_or_default();
        Ok(json!({format!("{resource}Result"): {"resourceName": made, *resource: fields}}))
    }

    fn create(&mut self, collection: &str, create: &Value) -> Result<String, Wrong> {
        let mut fields = create.clone();
        let own = create["resourceName"].as_str().unwrap_or_default().to_owned();
        if let Some(object) = fields.as_object_mut() {
            object.remove("resourceName");
        }
        self.refer(&mut fields)?;
        match collection {
            "campaignGroups" => Self::group(&mut fields)?,
            "campaignBudgets" => budget(&fields["amountMicros"])?,
            "campaigns" => self.campaign(&mut fields)?,
            "adGroups" => self.ad_group(&mut fields)?,
            "adGroupAds" => self.ad(&mut fields)?,
            "adGroupCriteria" => self.there(&fields["adGroup"], "create.ad_group")?,
            "audiences" => self.audience(&mut fields)?,
            _ => {}
        }
        let made = self.store.keep(collection, fields);
        if !own.is_empty() {
            let number = own.rsplit('/').next().unwrap_or_default().to_owned();
            let is_new = number.starts_with('-') && !self.new.keys().any(|name| name.ends_with(&format!("/{number}")));
            if !is_new {
                return Err(wrong("mutateError", "ID_EXISTS_IN_MULTIPLE_MUTATES", "create.resource_name"));
            }
            self.new.insert(own, made.clone());
        }
        Ok(made)
    }

    /// Puts real names for those that stand for new resources; such a name has to be made before.
    fn refer(&self, value: &mut Value) -> Result<(), Wrong> {
        match value {
            Value::String(text) if text.starts_with("customers/") && text.contains("/-") => {
                let real = self.new.get(text).ok_or(wrong("mutateError", "RESOURCE_NOT_FOUND", "create"))?;
                text.clone_from(real);
                Ok(())
            }
            Value::Array(values) => values.iter_mut().try_for_each(|value| self.refer(value)),
            Value::Object(fields) => fields.values_mut().try_for_each(|value| self.refer(value)),
            _ => Ok(()),
        }
    }

    fn there(&self, name: &Value, field: &'static str) -> Result<(), Wrong> {
        let found = name.as_str().and_then(|name| self.store.get(name));
        match found {
            Some(found) if found["status"] != "REMOVED" => Ok(()),
            _ => Err(wrong("mutateError", "RESOURCE_NOT_FOUND", field)),
        }
    }

    fn is_taken(&self, collection: &str, name: &Value) -> bool {
        let mut others = self.store.of(collection).filter(|(_, fields)| fields["status"] != "REMOVED");
        others.any(|(_, fields)| fields["name"] == *name)
    }

    fn group(fields: &mut Value) -> Result<(), Wrong> {
        named(fields)?;
        set(fields, "status", json!("ENABLED"));
        Ok(())
    }

    fn campaign(&self, fields: &mut Value) -> Result<(), Wrong> {
        named(fields)?;
        if self.is_taken("campaigns", &fields["name"]) {
            return Err(wrong("campaignError", "DUPLICATE_CAMPAIGN_NAME", "create.name"));
        }
        if fields.get("containsEuPoliticalAdvertising").is_none() {
            let code = "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED";
            return Err(wrong("mutateError", code, "create.contains_eu_political_advertising"));
        }
        if fields["advertisingChannelType"] != "DEMAND_GEN" {
            return Err(wrong("requestError", "REQUIRED_FIELD_MISSING", "create.advertising_channel_type"));
        }
        self.there(&fields["campaignBudget"], "create.campaign_budget")?;
        if fields.get("campaignGroup").is_some() {
            self.there(&fields["campaignGroup"], "create.campaign_group")?;
        }
        let start =
            fields["startDateTime"].as_str().and_then(|start| start.get(..10)).and_then(|day| day.parse::<Date>().ok());
        if start.is_some_and(|start| start < self.today) {
            return Err(wrong("dateRangeError", "CANNOT_SET_DATE_TO_PAST", "create.start_date_time"));
        }
        let bidding: Vec<_> = BIDDING.iter().filter(|(field, _)| fields.get(field).is_some()).collect();
        match bidding.as_slice() {
            [(_, word)] => set(fields, "biddingStrategyType", json!(word)),
            _ => return Err(wrong("requestError", "REQUIRED_FIELD_MISSING", "create.campaign_bidding_strategy")),
        }
        enabled_by_default(fields);
        Ok(())
    }

    fn ad_group(&self, fields: &mut Value) -> Result<(), Wrong> {
        named(fields)?;
        self.there(&fields["campaign"], "create.campaign")?;
        if fields.get("type").is_some() {
            return Err(wrong("adGroupError", "AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE", "create.type"));
        }
        enabled_by_default(fields);
        Ok(())
    }

    fn ad(&self, fields: &mut Value) -> Result<(), Wrong> {
        self.there(&fields["adGroup"], "create.ad_group")?;
        let ad = &fields["ad"];
        if ad["finalUrls"].as_array().is_none_or(Vec::is_empty) {
            return Err(wrong("adError", "MISSING_FINAL_URL", "create.ad.final_urls"));
        }
        let missing = |field| wrong("requestError", "REQUIRED_FIELD_MISSING", field);
        let has = |kind: &str, field: &str| !ad[kind][field].is_null() && ad[kind][field] != json!([]);
        let kind = ["demandGenMultiAssetAd", "demandGenCarouselAd", "demandGenVideoResponsiveAd"];
        let kind = kind.into_iter().find(|kind| ad.get(kind).is_some()).ok_or_else(|| missing("create.ad.ad_data"))?;
        let needed: &[&str] = match kind {
            "demandGenMultiAssetAd" => &["headlines", "descriptions", "businessName", "logoImages"],
            "demandGenCarouselAd" => &["headline", "description", "businessName", "logoImage", "carouselCards"],
            _ => &["headlines", "descriptions", "businessName", "logoImages", "videos"],
        };
        if !needed.iter().all(|field| has(kind, field)) {
            return Err(missing("create.ad"));
        }
        let is_shown =
            kind != "demandGenMultiAssetAd" || has(kind, "marketingImages") || has(kind, "squareMarketingImages");
        if !is_shown {
            return Err(missing("create.ad.demand_gen_multi_asset_ad.marketing_images"));
        }
        self.assets(ad)?;
        texts(&ad[kind])?;
        let id = self.store.next.to_string();
        set(fields, "ad.id", json!(id));
        enabled_by_default(fields);
        Ok(())
    }

    /// Every asset that an ad names is in the account.
    fn assets(&self, value: &Value) -> Result<(), Wrong> {
        match value {
            Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
                if name == "asset" { self.there(value, "create.ad") } else { self.assets(value) }
            }),
            Value::Array(values) => values.iter().try_for_each(|value| self.assets(value)),
            _ => Ok(()),
        }
    }

    fn audience(&self, fields: &mut Value) -> Result<(), Wrong> {
        named(fields)?;
        if self.is_taken("audiences", &fields["name"]) {
            return Err(wrong("audienceError", "NAME_ALREADY_IN_USE", "create.name"));
        }
        for range in fields["dimensions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["age"]["ageRanges"].as_array())
            .flatten()
        {
            let is_first = [18, 25, 35, 45, 55, 65].iter().any(|age| range["minAge"] == *age);
            let is_last =
                range.get("maxAge").is_none() || [24, 34, 44, 54, 64].iter().any(|age| range["maxAge"] == *age);
            if !is_first || !is_last {
                return Err(wrong("audienceError", "DIMENSION_INVALID", "create.dimensions"));
            }
        }
        set(fields, "status", json!("ENABLED"));
        Ok(())
    }

    /// Sets what the mask names; what is in the body and not in the mask is passed over.
    fn update(&mut self, update: &Value, mask: &str) -> Result<String, Wrong> {
        let name = update["resourceName"].as_str().unwrap_or_default().to_owned();
        self.there(&json!(name), "update.resource_name")?;
        if mask.is_empty() {
            return Err(wrong("fieldMaskError", "FIELD_MASK_MISSING", "update_mask"));
        }
        for path in mask.split(',') {
            let value = path.split('.').try_fold(update, |value, field| value.get(field)).cloned().unwrap_or_default();
            if path == "amountMicros" {
                budget(&value)?;
            }
            if let Some(fields) = self.store.get_mut(&name) {
                set(fields, path, value);
            }
        }
        Ok(name)
    }

    fn remove(&mut self, name: &str) -> Result<String, Wrong> {
        self.there(&json!(name), "remove")?;
        if let Some(fields) = self.store.get_mut(name) {
            set(fields, "status", json!("REMOVED"));
        }
        Ok(name.to_owned())
    }
}

fn named(fields: &Value) -> Result<(), Wrong> {
    match fields["name"].as_str() {
        Some(name) if !name.is_empty() && !name.contains('\n') => Ok(()),
        _ => Err(wrong("requestError", "REQUIRED_FIELD_MISSING", "create.name")),
    }
}

/// What is not said to be paused may deliver.
fn enabled_by_default(fields: &mut Value) {
    if fields.get("status").is_none() {
        set(fields, "status", json!("ENABLED"));
    }
}

fn budget(amount: &Value) -> Result<(), Wrong> {
    let amount = amount.as_str().and_then(|amount| amount.parse::<i64>().ok()).unwrap_or_default();
    if amount % 10_000 != 0 {
        return Err(wrong("campaignBudgetError", "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT", "create.amount_micros"));
    }
    if amount < LEAST_BUDGET {
        return Err(wrong("campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM", "create.amount_micros"));
    }
    Ok(())
}

fn texts(ad: &Value) -> Result<(), Wrong> {
    for (field, widest) in [("headlines", 30), ("longHeadlines", 90), ("descriptions", 90)] {
        let texts = ad[field].as_array().map_or(&[] as &[Value], Vec::as_slice);
        let is_long = |text: &Value| text["text"].as_str().is_none_or(|text| text.chars().count() > widest);
        if texts.len() > 5 || texts.iter().any(is_long) {
            return Err(wrong("stringLengthError", "TOO_LONG", "create.ad"));
        }
    }
    Ok(())
}

/// A picture: the same bytes are kept once, under their first name; a name that is taken gets an end.
pub(super) fn picture(store: &mut Store, create: &Value) -> Result<String, Wrong> {
    let data = &create["imageAsset"]["data"];
    if data.as_str().is_none_or(str::is_empty) {
        return Err(wrong("assetError", "ASSET_DATA_IS_MISSING", "create.image_asset.data"));
    }
    if let Some((name, _)) = store.of("assets").find(|(_, fields)| fields["imageAsset"]["data"] == *data) {
        return Ok(name.to_owned());
    }
    let mut fields = create.clone();
    if store.of("assets").any(|(_, fields)| fields["name"] == create["name"]) {
        let name = format!("{} #{CUSTOMER}", create["name"].as_str().unwrap_or_default());
        set(&mut fields, "name", json!(name));
    }
    set(&mut fields, "type", json!("IMAGE"));
    set(&mut fields, "imageAsset.fullSize", json!({"widthPixels": "1080", "heightPixels": "1080"}));
    Ok(store.keep("assets", fields))
}
