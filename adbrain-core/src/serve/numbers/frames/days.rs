//! Rows of days as campaigns, and their curves as rows.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Row;
use super::receivers::Cells;
use crate::budget::{CampaignDay, CampaignDays, CurveBeliefs, CurveEstimate, estimate_curves};
use crate::error::{Error, ErrorKind, Result};

const COLUMNS: [&str; 10] =
    ["campaign", "group", "date", "budget", "spend", "impressions", "clicks", "conversions", "revenue", "known"];
/// The group of campaigns that name none.
const ACCOUNT: &str = "account";

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// One for each campaign and day: `campaign`, where wanted `group`, `date`, `budget`, `spend`, `impressions`, `clicks`, `conversions`,
    /// `revenue` and `known`. All campaigns have the same days, none left out.
    rows: Vec<Row>,
    /// What is believed before the days are looked at.
    #[serde(default)]
    beliefs: CurveBeliefs,
}

#[derive(Serialize)]
pub(super) struct Found {
    /// One for each campaign, in the order in which they first appear.
    rows: Vec<Row>,
}

/// The days of a campaign by their date.
struct Campaign {
    name: String,
    group: Option<String>,
    days: BTreeMap<Date, CampaignDay>,
}

pub(super) fn estimate_rows(input: &Asked) -> Result<Found> {
    let campaigns = campaigns(&input.rows)?;
    let dates = dates(&campaigns)?;
    let given: Vec<CampaignDays> = campaigns
        .into_iter()
        .map(|campaign| CampaignDays {
            name: campaign.name,
            group: campaign.group.unwrap_or_else(|| ACCOUNT.to_owned()),
            days: campaign.days.into_values().collect(),
        })
        .collect();
    let found = estimate_curves(&given, &input.beliefs)?;
    let rows = found.iter().zip(&given).map(|(found, campaign)| row(found, &campaign.group, &dates));
    Ok(Found { rows: rows.collect::<Result<_>>()? })
}

fn campaigns(rows: &[Row]) -> Result<Vec<Campaign>> {
    let mut found: Vec<Campaign> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let cells = Cells { row, at };
        cells.check(&[&COLUMNS])?;
        let name = cells.text("campaign")?.ok_or_else(|| cells.missing("campaign"))?;
        let place = *places.entry(name.clone()).or_insert(found.len());
        if place == found.len() {
            found.push(Campaign { name, group: cells.text("group")?, days: BTreeMap::new() });
        }
        let Some(campaign) = found.get_mut(place) else { continue };
        if campaign.group != cells.text("group")? {
            return Err(Error::invalid(
                &cells.field("group"),
                format!("is another one than {} had before", campaign.name),
            )
            .next("give a campaign one group"));
        }
        let date = date(&cells)?;
        if campaign.days.insert(date, day(&cells)?).is_some() {
            return Err(Error::invalid(&cells.field("date"), format!("{} has {date} twice", campaign.name))
                .next("give one row for each campaign and day"));
        }
    }
    Ok(found)
}

fn date(cells: &Cells<'_>) -> Result<Date> {
    let text = cells.text("date")?.ok_or_else(|| cells.missing("date"))?;
    text.parse()
        .map_err(|_| Error::invalid(&cells.field("date"), format!("is {text:?}")).next("write it as 2027-01-31"))
}

fn day(cells: &Cells<'_>) -> Result<CampaignDay> {
    let number = |column: &str| cells.read::<f64>(column)?.ok_or_else(|| cells.missing(column));
    Ok(CampaignDay {
        budget: number("budget")?,
        spend: number("spend")?,
        impressions: number("impressions")?,
        clicks: number("clicks")?,
        conversions: number("conversions")?,
        revenue: number("revenue")?,
        known: cells.read("known")?.ok_or_else(|| {
            cells
                .missing("known")
                .next("give the share of the day's conversions that is known by now, 1 for a day long past")
        })?,
    })
}

/// The days that all campaigns have; one after the other, or a day's age would be told wrongly.
fn dates(campaigns: &[Campaign]) -> Result<Vec<Date>> {
    let Some(first) = campaigns.first() else {
        return Err(Error::invalid("rows", "is empty").next("give a row for each campaign and day"));
    };
    let dates: Vec<Date> = first.days.keys().copied().collect();
    let lacking = |campaign: &Campaign, date: Date| {
        Error::invalid("rows", format!("{} has no row for {date}", campaign.name))
            .next("give all campaigns the same days, with zeros where nothing ran")
    };
    for pair in dates.windows(2) {
        if let [day, next] = pair
            && let Ok(following) = day.tomorrow()
            && following != *next
        {
            return Err(lacking(first, following));
        }
    }
    for campaign in campaigns {
        if let Some(date) = dates.iter().find(|date| !campaign.days.contains_key(date)) {
            return Err(lacking(campaign, *date));
        }
        if let Some(date) = campaign.days.keys().find(|date| !first.days.contains_key(date)) {
            return Err(lacking(first, *date));
        }
    }
    Ok(dates)
}

fn row(found: &CurveEstimate, group: &str, dates: &[Date]) -> Result<Row> {
    let internal = |error: serde_json::Error| {
        Error::new(ErrorKind::Internal, "a curve cannot be written as JSON").caused_by(error)
    };
    let broke_on = found.broke_on.and_then(|day| dates.get(day)).map(ToString::to_string);
    let mut row = Map::from_iter([("name".to_owned(), Value::from(found.name.clone()))]);
    row.insert("group".to_owned(), Value::from(group));
    if let Value::Object(curve) = serde_json::to_value(&found.curve).map_err(internal)? {
        row.extend(curve);
    }
    for (column, value) in [
        ("conversion_rate", found.conversion_rate),
        ("conversion_rate_low", found.conversion_rate_low),
        ("conversion_rate_high", found.conversion_rate_high),
        ("order_value", found.order_value),
        ("value", found.value),
        ("value_low", found.value_low),
        ("value_high", found.value_high),
    ] {
        row.insert(column.to_owned(), Value::from(value));
    }
    row.insert("broke_on".to_owned(), Value::from(broke_on));
    row.insert("fell".to_owned(), Value::from(found.fell));
    row.insert("held_days".to_owned(), Value::from(found.held_days.len()));
    Ok(row)
}
