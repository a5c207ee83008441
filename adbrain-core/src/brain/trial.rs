//! The tests of a running campaign: read at the end of each day; what they decide goes through control, once per test.

use std::collections::BTreeMap;

use super::monitor::Progress;
use super::result::DecidedTest;
use super::session::Session;
use crate::control::{Control, JournalState};
use crate::error::{Error, Result};
use crate::experiment::{
    self, Arm, ArmBudget, ArmObject, Block, Data, Decision, Guard, Looks, Metric, Readout, Rule, Settings, Spending,
    TestObjects,
};
use crate::measure;
use crate::model::{AdSetDraft, Change, ChangeKind, MediaPlan, Metrics, MetricsRow, Money, Platform, Tag, TestCell};
use crate::platform::Status;

/// The fewest days that the literal rule needs to have a spread.
const LEGACY_DAYS: u64 = 2;

/// One look at a flight of so many days that has ended; the platforms chose who saw which ad.
pub(super) fn at_the_end(metric: Metric, days: u64) -> Settings {
    let settings = Settings { looks: Some(Looks::FixedEnd), ..Settings::new(metric) };
    Settings { planned_units: Some(days.max(settings.least_units())), ..settings }
}

/// The rules of the plan's tests: looks over the days that are run, clicks that must not get dearer, one error level over all ad sets.
/// Runs of fewer days than a verdict needs have one look and no verdict.
fn settings(session: &Session, plan: &MediaPlan) -> Result<Settings> {
    let tests = &plan.tests;
    let metric = Metric::named(&tests.metric).ok_or_else(|| {
        Error::invalid("tests.metric", format!("{:?} is no metric", tests.metric))
            .next(format!("use one of: {}", Metric::ALL.map(Metric::as_str).join(", ")))
    })?;
    let run = u64::try_from(session.days).unwrap_or(0);
    let end = tests.planned_days.map_or(run, |planned| planned.min(run));
    let settings = Settings {
        minimum_relative_effect: tests.minimum_relative_effect,
        margin: tests.margin,
        guards: if metric == Metric::Ctr { vec![Guard { metric: Metric::Cpc, margin: None }] } else { Vec::new() },
        apply: session.apply,
        tests: shared_by(plan),
        ..at_the_end(metric, end)
    };
    if end < settings.least_units() {
        return Ok(settings);
    }
    let every = (settings.least_units()..end).rev().take(experiment::MAX_LOOKS - 1).collect();
    let mut at = if tests.looks.is_empty() { every } else { tests.looks.clone() };
    at.retain(|look| *look > 0 && *look < end);
    at.push(end);
    at.sort_unstable();
    at.dedup();
    let looks = Some(Looks::GroupSequential { at, spending: Spending::default() });
    Ok(Settings { looks, planned_units: Some(end), ..settings })
}

/// The tests that share the error of a run: ad sets with ads to compare.
fn shared_by(plan: &MediaPlan) -> u64 {
    (plan.ad_sets().filter(|set| set.ads.len() > 1).count() as u64).max(1)
}

/// The days of each ad, by its tag.
type AdDays = BTreeMap<String, Vec<Block>>;

fn ad_days(session: &Session, rows: &[MetricsRow]) -> Result<AdDays> {
    let zone = session.brief.flight.zone()?;
    let mut rows_of: BTreeMap<&str, Vec<MetricsRow>> = BTreeMap::new();
    for row in rows {
        rows_of.entry(row.path.ad.as_str()).or_default().push(row.clone());
    }
    let blocks = |(ad, rows): (&str, Vec<MetricsRow>)| {
        let days = measure::by_day(&rows, &zone)?;
        let shown = |metrics: &Metrics| metrics.impressions > 0;
        let shown = days.iter().filter(|(_, metrics)| shown(metrics));
        Ok((ad.to_owned(), shown.map(|(date, metrics)| Block::of(date.to_string(), metrics)).collect()))
    };
    rows_of.into_iter().map(blocks).collect()
}

/// The test of one ad set: its ads as arms, the first one the control.
struct Test<'a> {
    name: String,
    platform: Platform,
    ad_set: &'a AdSetDraft,
    ads: Vec<Tag>,
    arms: Vec<Arm>,
}

/// The tests of a plan as far as two of their ads have been shown.
fn tests<'a>(plan: &'a MediaPlan, days: &AdDays) -> Vec<Test<'a>> {
    let mut tests = Vec::new();
    for campaign in &plan.campaigns {
        for ad_set in &campaign.ad_sets {
            let cells = ad_set.ads.iter().filter_map(|ad| plan.tests.cells.iter().find(|cell| cell.ad == ad.tag));
            let (ads, arms): (Vec<Tag>, Vec<Arm>) = arms(cells, days).into_iter().unzip();
            if arms.len() > 1 {
                let name = format!("{}/{}", campaign.platform, ad_set.name);
                tests.push(Test { name, platform: campaign.platform, ad_set, ads, arms });
            }
        }
    }
    tests
}

/// The arms of an ad set; a name that is taken gets the ad's tag.
fn arms<'a>(cells: impl Iterator<Item = &'a TestCell>, days: &AdDays) -> Vec<(Tag, Arm)> {
    let mut arms: Vec<(Tag, Arm)> = Vec::new();
    let shown = |cell: &'a TestCell| Some((cell, days.get(cell.ad.as_str()).filter(|blocks| !blocks.is_empty())?));
    for (cell, blocks) in cells.filter_map(shown) {
        let mut name = cell.name();
        if arms.iter().any(|(_, arm)| arm.name == name) {
            name = format!("{name} | {}", cell.ad);
        }
        arms.push((cell.ad.clone(), Arm::of_blocks(name, blocks.clone())));
    }
    arms
}

/// What the tests of the plan say, ad set by ad set.
pub(super) fn readouts(session: &Session, plan: &MediaPlan, rows: &[MetricsRow]) -> Result<Vec<Readout>> {
    let settings = settings(session, plan)?;
    let days = ad_days(session, rows)?;
    tests(plan, &days).into_iter().map(|test| experiment::readout(&settings, &Data::of(test.arms))).collect()
}

/// Reads the tests after a day and hands to control what they decide. A test whose winner was acted on is not read again.
pub(super) async fn decide(
    session: &Session,
    plan: &MediaPlan,
    (control, progress): (&Control, &mut Progress),
) -> Result<()> {
    let settings = settings(session, plan)?;
    let least = if settings.apply.rule == Rule::Legacy { LEGACY_DAYS } else { settings.least_units() };
    if u64::try_from(progress.days).unwrap_or(0) < least {
        return Ok(());
    }
    again(control, progress).await?;
    let known_at = session.known_at(progress.days).await?;
    let rows = session.ad_rows(plan, (progress.days, known_at)).await?;
    let days = ad_days(session, &rows)?;
    for test in tests(plan, &days) {
        let earlier: Vec<&DecidedTest> = progress.tests.iter().filter(|known| known.test == test.name).collect();
        if earlier.iter().any(|known| known.decision.winner.is_some()) {
            continue;
        }
        let readout = experiment::readout(&settings, &Data::of(test.arms.clone()))?;
        let objects = objects(session, &test).await?;
        let decision = decision(&readout, &settings, (&test, &objects))?;
        let known: Vec<&Change> = earlier.iter().flat_map(|known| &known.decision.proposals).collect();
        let is_news = decision.proposals.iter().any(|change| !known.contains(&change));
        if !is_news {
            continue;
        }
        let outcomes = control.submit(&decision.proposals).await?;
        progress.actions.extend(outcomes.iter().cloned());
        let Test { name: test, platform, ad_set, .. } = test;
        let (days, ad_set) = (progress.days, ad_set.tag.clone());
        progress.tests.push(DecidedTest { test, platform, ad_set, days, readout, decision, outcomes });
    }
    Ok(())
}

/// Submits pauses once more that were refused, for example because there had been too many in that hour.
async fn again(control: &Control, progress: &mut Progress) -> Result<()> {
    for test in &mut progress.tests {
        let refused = |change: &&Change| {
            let of = |outcome: &&crate::control::Outcome| {
                outcome.target == change.target && outcome.state == JournalState::Refused
            };
            change.kind == ChangeKind::Pause && test.outcomes.iter().any(|outcome| of(&outcome))
        };
        let waiting: Vec<Change> = test.decision.proposals.iter().filter(refused).cloned().collect();
        if waiting.is_empty() {
            continue;
        }
        for outcome in control.submit(&waiting).await? {
            if outcome.state == JournalState::Refused {
                continue;
            }
            test.outcomes.retain(|known| known.entry != outcome.entry);
            test.outcomes.push(outcome.clone());
            progress.actions.push(outcome);
        }
    }
    Ok(())
}

/// What runs on the platform now: the ads of a test that deliver, and the daily budget of its ad set.
struct Objects {
    running: Vec<Tag>,
    budget: Option<Money>,
}

async fn objects(session: &Session, test: &Test<'_>) -> Result<Objects> {
    let seen = session.connector(test.platform)?.list().await?;
    let of = |tag: &Tag| seen.iter().find(|object| object.tag.as_ref() == Some(tag));
    let is_running = |tag: &&Tag| of(tag).is_some_and(|object| object.status == Status::Active);
    let running = test.ad_set.ads.iter().map(|ad| &ad.tag).filter(is_running).cloned().collect();
    Ok(Objects { running, budget: of(&test.ad_set.tag).and_then(|object| object.daily_budget) })
}

/// What a readout leads to, given what runs. Ads that rest are left alone and the last ad of an ad set is never paused. Ads have no budgets
/// of their own, so a winner is raised by its ad set's; the control and the losers are paused first, so that what is added goes to the
/// winner and to ads that nothing has shown to be worse than the control was.
fn decision(readout: &Readout, settings: &Settings, (test, seen): (&Test<'_>, &Objects)) -> Result<Decision> {
    let decide = |objects: Vec<ArmObject>| {
        experiment::decide(readout, settings, &TestObjects { test: test.name.clone(), objects })
    };
    let found = decide(running(test, seen, None))?;
    let is_paused = |tag: &&Tag| found.proposals.iter().any(|change| change.target == **tag);
    let left: Vec<&Tag> = seen.running.iter().filter(|tag| !is_paused(tag)).collect();
    let winner = found.winner.as_ref().and_then(|name| test.arms.iter().position(|arm| arm.name == *name));
    let winner = winner.and_then(|place| test.ads.get(place));
    if left.is_empty() || winner.is_some_and(|tag| !left.contains(&tag)) {
        return decide(Vec::new());
    }
    let Some(daily) = seen.budget.filter(|_| winner.is_some()) else { return Ok(found) };
    decide(running(test, seen, Some(&ArmBudget { ad_set: test.ad_set.tag.clone(), daily, steps: 0 })))
}

/// The arms whose ads deliver.
fn running(test: &Test<'_>, seen: &Objects, budget: Option<&ArmBudget>) -> Vec<ArmObject> {
    let arms = test.arms.iter().zip(&test.ads).filter(|(_, tag)| seen.running.contains(tag));
    let object = |(arm, tag): (&Arm, &Tag)| ArmObject {
        arm: arm.name.clone(),
        platform: test.platform,
        tag: tag.clone(),
        budget: budget.cloned(),
    };
    arms.map(object).collect()
}
