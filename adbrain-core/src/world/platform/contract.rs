//! What every connector has to keep, for reading. Run it over a connector of your own:
//!
//! ```
//! # use adbrain_core::{clock::ManualClock, platform::{contract, sandbox::{Sandbox, SandboxOptions}}};
//! # #[cfg(feature = "contract")]
//! # async fn check(sandbox: Sandbox) {
//! contract::read(&sandbox).await.expect("the connector keeps the contract");
//! # }
//! ```
//!
//! The cases that write go through `control`, as every write does. A connector that does not declare itself a sandbox is
//! refused: the suite is never run on an account with money.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Capabilities, Connector, InsightsQuery, InsightsStep, LookUp, LookUpAnswer, RemoteObject};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Audience, Metrics, MetricsRow, Tag};

/// A tag that no account holds.
const NOBODYS_TAG: &str = "adbrain-contract-no-such-tag";

/// Runs every reading case over the days from `start`; the name of the first broken promise is in the error.
///
/// # Errors
/// [`ErrorKind::Refused`] for a connector that is no sandbox, [`ErrorKind::Conflict`] with the broken promise, and what the
/// connector itself fails with.
pub async fn read_from(connector: &dyn Connector, start: Timestamp) -> Result<()> {
    let can = connector.capabilities();
    if !can.is_sandbox {
        return Err(Error::new(ErrorKind::Refused, "the contract suite runs against sandboxes alone")
            .with("account", &can.account)
            .next("declare is_sandbox only where no real money can be spent"));
    }
    capabilities_are_sound(&can)?;
    parents_are_listed_before_their_children(&connector.list().await?)?;
    what_is_listed_is_found_by_its_tag(connector).await?;
    an_unknown_tag_finds_nothing(connector).await?;
    reports_add_up(connector, start).await?;
    an_empty_window_is_refused(connector, start).await?;
    audiences_have_a_size(connector).await
}

/// [`read_from`] over the days after 1 January 2026.
///
/// # Errors
/// As [`read_from`].
pub async fn read(connector: &dyn Connector) -> Result<()> {
    const NEW_YEAR_2026: i64 = 1_767_225_600;
    read_from(connector, Timestamp::from_second(NEW_YEAR_2026).unwrap_or(Timestamp::UNIX_EPOCH)).await
}

fn promise(name: &'static str, is_kept: bool) -> Result<()> {
    if is_kept {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Conflict, format!("broken promise: {name}")).next("make the connector keep it"))
}

fn capabilities_are_sound(can: &Capabilities) -> Result<()> {
    promise("the worst case of a day is at least the budget", can.worst_case_day_percent >= 100)?;
    promise("the least daily budget is in the account's currency", can.least_daily_budget.currency() == can.currency)?;
    promise("there is a format and a bid strategy", !can.formats.is_empty() && !can.bid_strategies.is_empty())
}

/// Parents come first, and nobody names a parent that is not there.
fn parents_are_listed_before_their_children(objects: &[RemoteObject]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for object in objects {
        let is_known = object.parent.as_ref().is_none_or(|parent| seen.contains(parent));
        promise("parents are listed before their children", is_known)?;
        promise("ids are unique", seen.insert(object.id.clone()))?;
    }
    Ok(())
}

async fn what_is_listed_is_found_by_its_tag(connector: &dyn Connector) -> Result<()> {
    for object in connector.list().await? {
        if let Some(tag) = &object.tag {
            let found = connector.find(tag).await?;
            promise("what is listed is found by its tag", found.iter().any(|other| other.id == object.id))?;
        }
    }
    Ok(())
}

async fn an_unknown_tag_finds_nothing(connector: &dyn Connector) -> Result<()> {
    promise("an unknown tag finds nothing", connector.find(&Tag::new(NOBODYS_TAG)).await?.is_empty())
}

/// Seven days, by hours where there are any and by days: the same sums, and no row outside the window or with more clicks than impressions.
async fn reports_add_up(connector: &dyn Connector, start: Timestamp) -> Result<()> {
    let end = start + SignedDuration::from_hours(24 * 7);
    let hours = match connector.insights(&InsightsQuery { start, end, step: InsightsStep::Hour }).await {
        Err(error) if error.kind() == ErrorKind::Unsupported => None,
        hours => Some(hours?),
    };
    let days = connector.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await?;
    let currency = connector.capabilities().currency;
    let sum = |rows: &[MetricsRow]| Metrics::total(rows.iter().map(|row| &row.metrics), currency);
    if let Some(hours) = &hours {
        promise("hours add up to days", sum(hours)? == sum(&days)?)?;
    }
    for row in hours.iter().flatten().chain(&days) {
        promise("rows lie in the window", start <= row.start && row.start < row.end && row.end <= end)?;
        promise("clicks are not more than impressions", row.metrics.clicks <= row.metrics.impressions)?;
        promise("money is never negative", row.metrics.spend.micros() >= 0 && row.metrics.revenue.micros() >= 0)?;
    }
    Ok(())
}

async fn an_empty_window_is_refused(connector: &dyn Connector, start: Timestamp) -> Result<()> {
    let query = InsightsQuery { start, end: start, step: InsightsStep::Day };
    promise("an empty window is refused", connector.insights(&query).await.is_err())
}

async fn audiences_have_a_size(connector: &dyn Connector) -> Result<()> {
    let audience = Audience::new("contract", vec!["BR".to_owned()]);
    match connector.look_up(&LookUp::AudienceSize { audience }).await {
        Ok(LookUpAnswer::AudienceSize { low, high }) => promise("an audience has a size in order", low <= high),
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
        Err(error) => Err(error),
    }
}
