//! A run over real accounts watches the days that have closed, one go after the other, and a monitor the hours of today, over the fake of Meta.

mod campaign;
mod monitor;

use adbrain_core::brain::{RunResult, Standing};
use adbrain_core::control::JournalState;
use adbrain_core::measure::{Ingestion, KnownQuery};
use adbrain_core::platform::InsightsStep;
use adbrain_fakes::meta::ACCOUNT;
use jiff::civil::Date;

use campaign::{Campaign, date, moment};

/// Purchases of an ad on a day when the day has just ended, and two days later.
const EARLY: u64 = 6;
const ALL: u64 = 8;

fn ads(result: &RunResult) -> u64 {
    result.plan.ad_sets().map(|set| set.ads.len() as u64).sum()
}

/// Conversions of each watched day over all ads.
fn conversions(result: &RunResult) -> Vec<u64> {
    result.days.iter().map(|day| day.metrics.conversions / ads(result)).collect()
}

fn until(result: &RunResult) -> (Option<Date>, bool) {
    let watched = result.watched.as_ref().unwrap();
    assert!(watched.refused.is_empty(), "{watched:?}");
    (watched.until, watched.goes_on)
}

#[tokio::test]
async fn days_that_have_closed_are_watched_go_by_go_and_late_purchases_restate_them() {
    let campaign = Campaign::new().await;
    let launched = campaign.go("2026-11-30T12:00:00Z").await;
    assert!(!launched.is_simulated && ads(&launched) > 0);
    let activated = launched.launch.iter().filter(|outcome| outcome.action == "activate");
    assert!(activated.clone().count() > 0 && activated.clone().all(|outcome| outcome.state == JournalState::Confirmed));
    assert_eq!((until(&launched), launched.days.len()), ((None, true), 0));

    let same_day = campaign.go("2026-12-01T23:59:00Z").await;
    assert_eq!((until(&same_day), same_day.days.len()), ((None, true), 0), "the day has not closed");
    assert_eq!(campaign.reports(), 0, "and is not asked for");

    let first = campaign.go("2026-12-02T01:00:00Z").await;
    assert_eq!((until(&first), conversions(&first)), ((Some(date("2026-12-01")), true), vec![EARLY]));
    assert_eq!(first.totals.impressions, 2_400 * ads(&first), "the ads of others do not count");
    let asked = campaign.reports();
    let again = campaign.go("2026-12-02T05:00:00Z").await;
    assert_eq!((again.days, campaign.reports()), (first.days, asked));

    let third = campaign.go("2026-12-04T12:00:00Z").await;
    assert_eq!((until(&third), conversions(&third)), ((Some(date("2026-12-03")), true), vec![ALL, EARLY, EARLY]));

    let asked = campaign.reports();
    let seen = campaign.brain(None).await.overview(&third.run).await.unwrap();
    assert_eq!((seen.standing, &seen.targets), (Standing::LetGo, &third.targets));
    assert_eq!(seen.figures.unwrap().days, third.days, "a look at the whole run shows what the store knows");
    assert_eq!(campaign.reports(), asked, "and asks for no report");

    let last = campaign.go("2026-12-20T12:00:00Z").await;
    assert_eq!((until(&last), conversions(&last)), ((Some(date("2026-12-04")), false), vec![ALL; 4]));
    assert_eq!(last.plan_hash, launched.plan_hash);
    let asked = campaign.reports();
    assert_eq!(
        (campaign.go("2027-02-01T12:00:00Z").await, campaign.reports()),
        (last, asked),
        "it is given back as stored"
    );
}

#[tokio::test]
async fn what_a_day_saw_stays_known_after_it_has_been_restated() {
    let campaign = Campaign::new().await;
    campaign.go("2026-11-30T12:00:00Z").await;
    campaign.go("2026-12-02T01:00:00Z").await;
    campaign.go("2026-12-04T12:00:00Z").await;
    let ingestion = Ingestion::new(campaign.database.clone(), campaign.stage.clock());
    let question = |as_of: &str| KnownQuery {
        source: format!("meta/act_{ACCOUNT}"),
        step: InsightsStep::Day,
        first: date("2026-12-01"),
        last: date("2026-12-01"),
        as_of: moment(as_of),
    };
    for (as_of, purchases) in [("2026-12-02T02:00:00Z", EARLY), ("2026-12-05T00:00:00Z", ALL)] {
        let rows = ingestion.rows(&question(as_of)).await.unwrap();
        assert!(rows.len() > 1 && rows.iter().all(|known| known.is_closed), "{rows:?}");
        assert!(rows.iter().all(|known| known.row.metrics.conversions == purchases), "{as_of}");
    }
    assert!(ingestion.rows(&question("2026-12-01T12:00:00Z")).await.unwrap().is_empty());
}
