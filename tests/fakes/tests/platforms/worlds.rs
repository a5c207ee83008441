//! Fakes in a simulated account: what is launched over the wire is reported over the wire as the market says that it did.

use std::collections::BTreeMap;
use std::sync::Arc;

use adbrain_core::Connector;
use adbrain_core::control::JournalState;
use adbrain_core::market::World;
use adbrain_core::model::{Change, ChangeKind, Currency, MediaPlan, Metrics, MetricsRow, Money, Platform, Tag};
use adbrain_core::platform::{InsightsQuery, InsightsStep};
use adbrain_fakes::google::GoogleApi;
use adbrain_fakes::linkedin::LinkedInApi;
use adbrain_fakes::meta::MetaApi;
use adbrain_fakes::stage::{Files, Stage, plan};
use adbrain_fakes::tiktok::TikTokApi;
use adbrain_fakes::{Fake, Faults, WorldAccount};
use jiff::{SignedDuration, Timestamp};

const DAYS: i64 = 6;
/// The day on which a budget is cut and one ad set is paused.
const EDITED: i64 = 3;
const HOURS_PER_DAY: i64 = 24;

/// The counts of a day of an ad set: impressions, clicks, conversions, spend and revenue in cents.
type Counts = [i64; 5];

fn moment(day: i64) -> Timestamp {
    "2026-12-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(HOURS_PER_DAY * day)
}

async fn opened(stage: &Stage, account: &WorldAccount, platform: Platform) -> (Fake, Arc<dyn Connector>) {
    let (clock, account, none) = (stage.clock(), account.clone(), Faults::default);
    match platform {
        Platform::Meta => {
            let (fake, meta) = super::meta::open_on(stage, MetaApi::new(clock).in_world(account), none()).await;
            (fake, meta)
        }
        Platform::Google => {
            let (fake, google) = super::google::open_on(stage, GoogleApi::new(clock).in_world(account), none()).await;
            (fake, google)
        }
        Platform::TikTok => {
            let (fake, tiktok) = super::tiktok::start(stage, TikTokApi::new(clock).in_world(account), none()).await;
            (fake, tiktok)
        }
        _ => {
            let api = LinkedInApi::new(clock).in_world(account);
            let (fake, linkedin) = super::linkedin::start(stage, api, (none(), |_| {})).await;
            (fake, linkedin)
        }
    }
}

fn a_plan(platform: Platform) -> MediaPlan {
    if platform == Platform::LinkedIn { super::linkedin::a_plan() } else { plan(platform, Currency::BRL) }
}

fn counts(metrics: &Metrics) -> Counts {
    let count = |count: u64| i64::try_from(count).unwrap();
    let cents = |money: Money| (money.micros() + 5_000).div_euclid(10_000);
    [
        count(metrics.impressions),
        count(metrics.clicks),
        count(metrics.conversions),
        cents(metrics.spend),
        cents(metrics.revenue),
    ]
}

/// What the market says of each day, the counts of every ad, in an order of its own.
fn said(account: &WorldAccount, now: Timestamp) -> BTreeMap<Timestamp, Vec<Counts>> {
    let mut days: BTreeMap<Timestamp, Vec<Counts>> = BTreeMap::new();
    for tally in account.report(moment(0)..moment(DAYS), HOURS_PER_DAY, now).unwrap() {
        days.entry(tally.start).or_default().push(counts(&tally.metrics));
    }
    sorted(days)
}

fn reported(rows: &[MetricsRow]) -> BTreeMap<Timestamp, Vec<Counts>> {
    let mut days: BTreeMap<Timestamp, Vec<Counts>> = BTreeMap::new();
    for row in rows {
        days.entry(row.start).or_default().push(counts(&row.metrics));
    }
    sorted(days)
}

fn sorted(mut days: BTreeMap<Timestamp, Vec<Counts>>) -> BTreeMap<Timestamp, Vec<Counts>> {
    for day in days.values_mut() {
        day.sort_unstable();
    }
    days
}

async fn edit(stage: &Stage, (connector, plan): (&Arc<dyn Connector>, &MediaPlan)) {
    let control = stage.control(connector.clone(), plan).await;
    let money = |units: i64| Money::from_micros(units * 1_000_000, Currency::BRL);
    let platform = plan.campaigns[0].platform;
    let change = |tag: &str, kind| Change { platform, target: Tag::new(tag), kind, cause: "test".into() };
    let changes = [
        change("abs0000000001", ChangeKind::SetDailyBudget { before: money(60), after: money(55) }),
        change("aba0000000002", ChangeKind::Pause),
    ];
    let outcomes = control.submit(&changes).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{outcomes:?}");
}

#[tokio::test]
async fn a_campaign_that_is_launched_over_the_wire_reports_over_the_wire_what_the_market_says() {
    let mut conversions = 0;
    for platform in Platform::ALL {
        let stage = Stage::new().await;
        let account = WorldAccount::open(World::builtin().unwrap(), *platform, 7).unwrap();
        let (_fake, connector) = opened(&stage, &account, *platform).await;
        let plan = a_plan(*platform);
        let control = stage.control(connector.clone(), &plan).await;
        control.launch(&plan, &Files).await.unwrap();
        let outcomes = control.activate(&plan).await.unwrap();
        assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{outcomes:?}");
        drop(control);

        stage.clock.set(moment(EDITED));
        edit(&stage, (&connector, &plan)).await;
        stage.clock.set(moment(DAYS) + SignedDuration::from_hours(30));
        let query = InsightsQuery { start: moment(0), end: moment(DAYS), step: InsightsStep::Day };
        let rows = connector.insights(&query).await.unwrap();
        assert_eq!(reported(&rows), said(&account, stage.clock().now()), "{platform}");

        let of = |ad: &str, days: std::ops::Range<i64>| {
            let own = rows.iter().filter(|row| row.path.ad.contains(ad));
            let own = own.filter(|row| (moment(days.start)..moment(days.end)).contains(&row.start));
            own.map(|row| row.metrics.spend.to_units()).sum::<f64>()
        };
        let [before, after] = [of("aba0000000001", 0..EDITED), of("aba0000000001", EDITED..DAYS)];
        assert!(before > 100.0 && after > 80.0, "{platform}: {before} {after}");
        assert!(of("aba0000000002", 0..EDITED) > 100.0, "{platform}");
        assert!(of("aba0000000002", EDITED..DAYS) < 0.01, "{platform}: what is paused costs nothing");
        conversions += rows.iter().map(|row| row.metrics.conversions).sum::<u64>();
    }
    assert!(conversions > 0, "small budgets on Google alone bring none in these days");
}

#[tokio::test]
async fn hours_add_up_to_their_day() {
    let stage = Stage::new().await;
    let account = WorldAccount::open(World::builtin().unwrap(), Platform::Meta, 7).unwrap();
    let (_fake, meta) = opened(&stage, &account, Platform::Meta).await;
    let plan = a_plan(Platform::Meta);
    let control = stage.control(meta.clone(), &plan).await;
    control.launch(&plan, &Files).await.unwrap();
    control.activate(&plan).await.unwrap();
    stage.clock.set(moment(2));
    let mut sums = Vec::new();
    for step in [InsightsStep::Day, InsightsStep::Hour] {
        let rows = meta.insights(&InsightsQuery { start: moment(0), end: moment(1), step }).await.unwrap();
        sums.push(counts(&Metrics::total(rows.iter().map(|row| &row.metrics), Currency::BRL).unwrap()));
    }
    // Money is rounded to cents in each row.
    assert_eq!(sums[0][..3], sums[1][..3]);
    assert!(sums[0][0] > 0 && (sums[0][3] - sums[1][3]).abs() <= 50, "{sums:?}");
}
