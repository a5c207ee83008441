//! What a policy is told of the past: report rows of the accounts as days of campaigns.

use jiff::Timestamp;

use super::ground::{Ground, Member};
use crate::error::{ErrorKind, Result};
use crate::model::{Currency, Metrics, MetricsRow};
use crate::platform::sandbox::Sandbox;
use crate::platform::{Connector as _, InsightsQuery, InsightsStep};

/// How often a report is asked for that is refused.
const REPORT_TRIES: usize = 10;

/// What is known of the past days of each campaign.
pub(super) struct Known {
    pub(super) days: Vec<Vec<Metrics>>,
}

impl Known {
    /// Nothing is known of so many campaigns.
    pub(super) fn of(campaigns: usize) -> Self {
        Self { days: vec![Vec::new(); campaigns] }
    }

    /// Reads all days before a day once more: late conversions change them. A report that is refused is asked for again; where it is refused
    /// to the end, what was known stays.
    pub(super) async fn read(&mut self, ground: &Ground, day: u32) -> Result<()> {
        let start = ground.flight.start_of_day(0)?;
        for account in &ground.accounts {
            let currency = account.capabilities().currency;
            let platform = account.capabilities().platform;
            let own = |(member, _): &(&Member, &mut Vec<Metrics>)| member.platform == platform;
            if day > 0 {
                let end = ground.flight.start_of_day(i64::from(day))?;
                let query = InsightsQuery { start, end, step: InsightsStep::Day };
                if let Some(rows) = report(account, &query).await? {
                    for (member, days) in ground.members.iter().zip(&mut self.days).filter(own) {
                        days.clear();
                        add(days, rows.iter().filter(|row| row.path.campaign == member.name), (start, currency))?;
                    }
                }
            }
            let wanted = usize::try_from(day).unwrap_or(usize::MAX);
            for (_, days) in ground.members.iter().zip(&mut self.days).filter(own) {
                days.resize(wanted, Metrics::none(currency));
            }
        }
        Ok(())
    }
}

/// The rows of a report without repetitions; none where it is refused to the end.
pub(super) async fn report(account: &Sandbox, query: &InsightsQuery) -> Result<Option<Vec<MetricsRow>>> {
    for _ in 0..REPORT_TRIES {
        match account.insights(query).await {
            Err(error) if error.kind() == ErrorKind::RateLimited => {}
            other => {
                let mut rows = other?;
                // A row that comes twice is one.
                rows.sort_by(|a, b| (&a.path.ad, a.start).cmp(&(&b.path.ad, b.start)));
                rows.dedup_by(|a, b| a.path == b.path && a.start == b.start);
                return Ok(Some(rows));
            }
        }
    }
    Ok(None)
}

/// Adds the rows of a campaign's ads to its days.
fn add<'a>(
    days: &mut Vec<Metrics>,
    rows: impl Iterator<Item = &'a MetricsRow>,
    (start, currency): (Timestamp, Currency),
) -> Result<()> {
    for row in rows {
        let day = row.start.duration_since(start).as_hours().div_euclid(24);
        let place = usize::try_from(day).unwrap_or(0);
        if days.len() <= place {
            days.resize(place + 1, Metrics::none(currency));
        }
        if let Some(sum) = days.get_mut(place) {
            *sum = sum.merge(&row.metrics)?;
        }
    }
    Ok(())
}
