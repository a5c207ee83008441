//! Which column of a history file means what.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::fold;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Platform, read_by_hand};

/// The mappings that are built in: name and text.
const BUILT_IN: [&str; 2] = [include_str!("mappings/adbrain.json"), include_str!("mappings/facebook-conversions.json")];

/// Where the platform of a row comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlatformColumn {
    /// All rows belong to one platform.
    Constant(Platform),
    /// A column names it.
    Column(String),
}

/// What one event of a column is worth, for files without revenue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevenueValue {
    /// The column that counts the events.
    pub column: String,
    /// Decimal text, the value of one event in units of the currency: `"100"`.
    pub value: String,
}

/// Which column of a history file means what. Headers are compared without regard to case and outer spaces.
///
/// ```
/// use adbrain_core::measure::HistoryMapping;
/// let headers = ["platform", "campaign", "ad", "impressions", "clicks", "conversions", "spend", "revenue"];
/// let headers: Vec<String> = headers.iter().map(ToString::to_string).collect();
/// assert_eq!(HistoryMapping::detect(&headers)?.name, "adbrain");
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryMapping {
    /// The name of the mapping.
    pub name: String,
    /// The platform of a row.
    pub platform: PlatformColumn,
    /// The currency of the amounts, where the file always has the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The column of the campaign.
    pub campaign: String,
    /// The column of the ad.
    pub ad: String,
    /// The column of the day, `2026-12-01`. A file without it has rows without dates; so with the next five.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The column of the ages, `30-34` or `65+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages: Option<String>,
    /// The column of the gender, `F`, `M`, `female`, `male`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// The column of the interest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest: Option<String>,
    /// The column of the kind of creative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creative_type: Option<String>,
    /// The column of the copy style.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_style: Option<String>,
    /// The column of the impressions.
    pub impressions: String,
    /// The column of the clicks.
    pub clicks: String,
    /// The column of the money spent.
    pub spend: String,
    /// The column of the conversions.
    pub conversions: String,
    /// The column of the revenue; either this or `revenue_values`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<String>,
    /// What events are worth; the revenue of a row is the sum of count times value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revenue_values: Vec<RevenueValue>,
}

impl HistoryMapping {
    /// Reads a mapping from JSON; unknown fields are refused.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the text is no mapping, or names neither or both sources of revenue.
    pub fn from_json(text: &str) -> Result<Self> {
        let mapping: Self = read_by_hand(text, "mapping")
            .map_err(|error| error.next("compare it with `adbrain schema history_mapping`"))?;
        mapping.check()?;
        Ok(mapping)
    }

    /// The built-in mappings: `adbrain` and `facebook-conversions`.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where a built-in file is damaged.
    pub fn built_in() -> Result<Vec<Self>> {
        let damaged = |error: Error| Error::new(ErrorKind::Internal, "a built-in mapping is damaged").caused_by(error);
        BUILT_IN.iter().map(|text| Self::from_json(text).map_err(damaged)).collect()
    }

    /// The first built-in mapping whose required columns are all among `headers`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the columns that the nearest mapping lacks.
    pub fn detect(headers: &[String]) -> Result<Self> {
        let mut nearest: Option<(Vec<String>, String)> = None;
        for mapping in Self::built_in()? {
            let missing = mapping.missing(headers);
            if missing.is_empty() {
                return Ok(mapping);
            }
            if nearest.as_ref().is_none_or(|(fewest, _)| missing.len() < fewest.len()) {
                nearest = Some((missing, mapping.name));
            }
        }
        let (missing, name) = nearest.unwrap_or_default();
        let what = format!("the headers fit no known mapping; the nearest, {name:?}, lacks: {}", missing.join(", "));
        Err(Error::invalid("history.headers", what).next(next_step(headers)))
    }

    /// The required columns that `headers` lacks, in the order of the mapping.
    pub(super) fn missing(&self, headers: &[String]) -> Vec<String> {
        let present: BTreeSet<String> = headers.iter().map(|header| fold(header)).collect();
        let lacks = |column: &&String| !present.contains(&fold(column));
        self.required().into_iter().filter(lacks).cloned().collect()
    }

    /// Checks that it says where revenue comes from, once, that no column counts twice, and that values are amounts above zero.
    pub(super) fn check(&self) -> Result<()> {
        if self.revenue.is_some() != self.revenue_values.is_empty() {
            let what = "needs either a revenue column or revenue_values, and not both";
            return Err(Error::invalid("mapping.revenue", what).next("name the revenue column or the value of events"));
        }
        let columns = |field: &'static str, values: Vec<&String>| {
            let mut seen = BTreeSet::new();
            let twice = values.into_iter().find(|column| !seen.insert(fold(column)));
            twice.map_or(Ok(()), |column| {
                Err(Error::invalid(field, format!("reads the column {column:?} twice")).next("name each column once"))
            })
        };
        let counts = [&self.impressions, &self.clicks, &self.spend, &self.conversions];
        columns("mapping", counts.into_iter().chain(&self.revenue).collect())?;
        columns("mapping.revenue_values", self.revenue_values.iter().map(|value| &value.column).collect())?;
        for value in &self.revenue_values {
            let problem = match super::number::amount(&value.value) {
                Ok(0) => "is worth nothing".to_owned(),
                Ok(_) => continue,
                Err(problem) => problem,
            };
            let what = format!("{:?} {problem}", value.value);
            let next = "write the value as decimal text such as \"100.00\"";
            return Err(Error::invalid("mapping.revenue_values", what).next(next));
        }
        Ok(())
    }

    fn required(&self) -> Vec<&String> {
        let mut columns = vec![&self.campaign, &self.ad, &self.impressions, &self.clicks];
        columns.extend([&self.spend, &self.conversions]);
        columns.extend(&self.revenue);
        columns.extend(self.revenue_values.iter().map(|value| &value.column));
        if let PlatformColumn::Column(column) = &self.platform {
            columns.push(column);
        }
        columns
    }
}

fn next_step(headers: &[String]) -> String {
    match headers {
        [one] if one.contains(';') => "the file seems to be separated by semicolons: save it with commas".to_owned(),
        [one] if one.contains('\t') => "the file seems to be separated by tabs: save it with commas".to_owned(),
        _ => "rename the columns or pass a mapping".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &str) -> Vec<String> {
        line.split(',').map(ToOwned::to_owned).collect()
    }

    #[test]
    fn headers_choose_the_mapping() {
        let canonical = headers("platform,date,campaign,ad,impressions,clicks,conversions,spend,revenue");
        assert_eq!(HistoryMapping::detect(&canonical).unwrap().name, "adbrain");
        let facebook = headers(
            "ad_id,xyz_campaign_id,fb_campaign_id,age,gender,interest,Impressions,Clicks,Spent,Total_Conversion,Approved_Conversion",
        );
        assert_eq!(HistoryMapping::detect(&facebook).unwrap().name, "facebook-conversions");
    }

    #[test]
    fn headers_that_fit_nothing_name_what_lacks() {
        let error =
            HistoryMapping::detect(&headers("platform,campaign,ad,clicks,spend,conversions,revenue")).unwrap_err();
        assert!(error.to_string().contains("lacks: impressions"), "{error}");
        let error = HistoryMapping::detect(&["platform;ad".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("semicolons"), "{error}");
    }

    #[test]
    fn a_mapping_with_a_misspelt_field_is_refused() {
        assert!(HistoryMapping::from_json("{\"nme\": \"x\"}").is_err());
        let text = BUILT_IN[0].replace("\"revenue\": \"revenue\"", "\"copy_style\": \"x\"");
        assert!(HistoryMapping::from_json(&text).is_err());
    }

    #[test]
    fn a_column_counts_once_and_a_value_is_above_zero() {
        let twice = BUILT_IN[0].replace("\"clicks\": \"clicks\"", "\"clicks\": \"Impressions\"");
        let error = HistoryMapping::from_json(&twice).unwrap_err();
        assert!(error.to_string().contains("\"Impressions\" twice"), "{error}");
        let values = |values: &str| {
            let given = format!("\"revenue_values\": {values}");
            HistoryMapping::from_json(&BUILT_IN[0].replace("\"revenue\": \"revenue\"", &given))
        };
        assert!(values(r#"[{"column": "sales", "value": "5"}, {"column": "leads", "value": "0.01"}]"#).is_ok());
        for wrong in [
            r#"[{"column": "sales", "value": "5"}, {"column": "Sales", "value": "7"}]"#,
            r#"[{"column": "sales", "value": "0.0000001"}]"#,
            r#"[{"column": "sales", "value": "five"}]"#,
            r#"[["sales", "5"]]"#,
        ] {
            let error = values(wrong).unwrap_err();
            assert!(error.context_of("field").is_some_and(|field| field.contains("revenue_values")), "{error}");
        }
    }
}
