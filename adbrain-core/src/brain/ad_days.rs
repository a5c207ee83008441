//! The settled days of a run's ads as rows of a history, which later runs learn from.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::forecast::SettledDay;
use super::session::Session;
use crate::error::Result;
use crate::model::{AdDraft, AdSetDraft, CampaignDraft, HistoryRow, MediaPlan, Metrics, MetricsRow, Platform};

/// The figures of each ad, by its tag, on each day.
type Figures<'a> = BTreeMap<(&'a str, Date), Metrics>;

/// One row for each ad and day that has settled with money spent, in the order of the plan. The campaign's name holds the run, because the
/// same brief gives the same tags again.
pub(super) fn of(
    session: &Session,
    plan: &MediaPlan,
    (rows, settled): (&[MetricsRow], &[SettledDay]),
) -> Result<Vec<HistoryRow>> {
    let figures = figures(session, rows)?;
    let mut found: Vec<HistoryRow> = Vec::new();
    for campaign in &plan.campaigns {
        let days = settled_days(settled, campaign.platform);
        for ad_set in &campaign.ad_sets {
            for ad in &ad_set.ads {
                let paid = days.iter().filter_map(|day| Some((*day, figures.get(&(ad.tag.as_str(), *day))?)));
                for (day, metrics) in paid.filter(|(_, metrics)| metrics.spend.is_positive()) {
                    let line = found.len() as u64 + 1;
                    let place = (campaign, ad_set, ad);
                    let row = row(session, plan, place);
                    found.push(HistoryRow { line, date: Some(day), metrics: metrics.clone(), ..row });
                }
            }
        }
    }
    Ok(found)
}

fn figures<'a>(session: &Session, rows: &'a [MetricsRow]) -> Result<Figures<'a>> {
    let zone = session.brief.flight.zone()?;
    let mut figures = Figures::new();
    for row in rows {
        let day = row.start.to_zoned_datetime(zone.clone()).date();
        let none = || Metrics::none(session.brief.currency());
        let sum = figures.entry((row.path.ad.as_str(), day)).or_insert_with(none);
        *sum = sum.merge(&row.metrics)?;
    }
    Ok(figures)
}

fn settled_days(settled: &[SettledDay], platform: Platform) -> Vec<Date> {
    let mut days: Vec<Date> = settled.iter().filter(|day| day.platform == platform).map(|day| day.date).collect();
    days.sort_unstable();
    days
}

/// What is known of an ad. A row has one gender and one interest: an audience of several says none.
fn row(
    session: &Session,
    plan: &MediaPlan,
    (campaign, ad_set, ad): (&CampaignDraft, &AdSetDraft, &AdDraft),
) -> HistoryRow {
    let audience = &ad_set.audience;
    let style = plan.tests.cells.iter().find(|cell| cell.ad == ad.tag).map(|cell| cell.copy_style.clone());
    HistoryRow {
        line: 0,
        platform: campaign.platform,
        campaign: format!("{}/{}", session.run, campaign.tag),
        ad: ad.tag.to_string(),
        date: None,
        ages: audience.ages,
        gender: only(&audience.genders).copied(),
        interest: only(&audience.interests).cloned(),
        creative_type: Some(ad.creative.format.as_str().to_owned()),
        copy_style: style.filter(|style| !style.is_empty()),
        metrics: Metrics::none(session.brief.currency()),
    }
}

fn only<T>(values: &[T]) -> Option<&T> {
    match values {
        [one] => Some(one),
        _ => None,
    }
}
