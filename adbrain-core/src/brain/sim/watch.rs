//! Alert rules in worlds: how much of what happens they tell, how often they wake people for nothing, and what they would have changed wrongly.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::known;
use super::events::Happening;
use super::ground::{Ground, Member};
use super::play::Stage;
use super::reports::report;
use crate::alert::rules::{ActionKind, Episode, NotificationKind, RuleSet};
use crate::alert::{DecisionRecord, Detector, KnownDay, Look, Observation};
use crate::error::Result;
use crate::market::{Trial, World};
use crate::model::{Currency, Metrics, MetricsRow, Money, Platform, Tag};
use crate::platform::{InsightsQuery, InsightsStep};
use crate::stats::quantile::quantile;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Days of hours that an hour is compared with.
const HOURLY_DAYS: i64 = 14;
/// An alarm within so much time of the end of something is about it still.
const AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What rules made of one seed of a world in which nobody acts: budgets stay equal. Days of the warm-up count for nothing; a campaign
/// has one ad set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WatchScore {
    /// The name of the world.
    pub world: String,
    /// The rules by the name that they were given by.
    pub rules: String,
    /// The seed.
    pub seed: u64,
    /// Campaigns times scored days.
    pub campaign_days: u32,
    /// Notifications that ask for attention: episodes that opened or were told again.
    pub items: u32,
    /// Those about a campaign or a platform to which nothing had happened, within a week after it; an alarm about the returns of a campaign that
    /// truly lie below the target is not among them.
    pub false_items: u32,
    /// Attention items for 100 campaigns and a day.
    pub items_per_100_campaigns_and_day: f64,
    /// The false ones for a campaign and a day.
    pub false_alarm_rate: f64,
    /// Things that happened to a campaign.
    pub happened: u32,
    /// Those of which something was told while they lasted, or within a week after.
    pub told: u32,
    /// The share of them; none where nothing happened.
    pub recall: Option<f64>,
    /// The median of hours until they were told.
    pub hours_until_told: Option<f64>,
    /// Actions that were proposed.
    pub actions: u32,
    /// Of these cuts and pauses on campaigns to which nothing had happened and that truly return the target or more, pauses of ads that return
    /// more than the others beside them, and moves of money to a campaign that returns less.
    pub wrong_actions: u32,
    /// Campaigns to which nothing happened.
    pub unchanged: u32,
    /// Those of them that a wrong action met.
    pub wronged: u32,
    /// Actions on a campaign while its conversions were not reported.
    pub actions_in_outages: u32,
}

/// What rules made of all seeds of a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WatchSummary {
    /// The name of the world.
    pub world: String,
    /// The rules.
    pub rules: String,
    /// How many seeds.
    pub seeds: u64,
    /// As [`WatchScore::items_per_100_campaigns_and_day`], over all seeds.
    pub items_per_100_campaigns_and_day: f64,
    /// As [`WatchScore::false_alarm_rate`], over all seeds.
    pub false_alarm_rate: f64,
    /// Things that happened to campaigns.
    pub happened: u64,
    /// The share of them that was told; none where nothing happened.
    pub recall: Option<f64>,
    /// The median over the seeds of [`WatchScore::hours_until_told`].
    pub hours_until_told: Option<f64>,
    /// Actions that were proposed.
    pub actions: u64,
    /// As [`WatchScore::wrong_actions`].
    pub wrong_actions: u64,
    /// As [`WatchScore::unchanged`].
    pub unchanged: u64,
    /// As [`WatchScore::wronged`].
    pub wronged: u64,
    /// As [`WatchScore::actions_in_outages`].
    pub actions_in_outages: u64,
}

/// Sums up the scores of one world and one set of rules; none without a score.
pub fn watch_summary(scores: &[WatchScore]) -> Option<WatchSummary> {
    let first = scores.first()?;
    let sum = |of: fn(&WatchScore) -> u32| scores.iter().map(|score| u64::from(of(score))).sum::<u64>();
    let days = sum(|score| score.campaign_days).max(1) as f64;
    let (happened, told) = (sum(|score| score.happened), sum(|score| score.told));
    let hours: Vec<f64> = scores.iter().filter_map(|score| score.hours_until_told).collect();
    Some(WatchSummary {
        world: first.world.clone(),
        rules: first.rules.clone(),
        seeds: scores.len() as u64,
        items_per_100_campaigns_and_day: 100.0 * sum(|score| score.items) as f64 / days,
        false_alarm_rate: sum(|score| score.false_items) as f64 / days,
        happened,
        recall: (happened > 0).then(|| told as f64 / happened as f64),
        hours_until_told: quantile(&hours, 0.5).ok(),
        actions: sum(|score| score.actions),
        wrong_actions: sum(|score| score.wrong_actions),
        unchanged: sum(|score| score.unchanged),
        wronged: sum(|score| score.wronged),
        actions_in_outages: sum(|score| score.actions_in_outages),
    })
}

/// Plays rules in a world over one seed: each hour they are shown all ad sets. The target ROAS is what the account returned in the warm-up.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a world without a trial; those of the market.
pub async fn watch(world: &World, (name, rules): (&str, &RuleSet), seed: u64) -> Result<WatchScore> {
    let stage = Stage::set(world, seed).await?;
    let (ground, equal) = stage.ground().await?;
    let mut shown = Seen::of(&ground, equal);
    let mut detector = Detector::new(rules.clone());
    let mut counts = Counts::new(stage.happenings(), &ground.members);
    let trial = &stage.trial;
    for day in 0..trial.all_days() {
        ground.go_to(day)?;
        shown.read_days(&ground, day, &detector).await?;
        if day == trial.warm_up_days {
            shown.target = shown.returned();
        }
        let (start, end) =
            (ground.flight.start_of_day(i64::from(day))?, ground.flight.start_of_day(i64::from(day) + 1)?);
        let mut hour = start;
        while hour < end {
            let next = hour.checked_add(HOUR).unwrap_or(end).min(end);
            ground.clock.set(next);
            shown.read_hour(&ground, [hour, next]).await?;
            let found = detector.observe(next, &shown.observations(&ground, next)?)?;
            if day >= trial.warm_up_days {
                counts.count(&found, next);
            }
            hour = next;
        }
    }
    let truth = Truth::of(&ground, trial, shown.target).await?;
    let campaign_days = trial.days * u32::try_from(ground.members.len()).unwrap_or(u32::MAX);
    Ok(counts.score((&world.name, name, seed), (campaign_days, &truth)))
}

/// What is shown of the account.
struct Seen {
    budgets: Vec<Money>,
    target: Option<f64>,
    tags: Vec<Tag>,
    hourly: Vec<Vec<(Timestamp, Metrics)>>,
    days: Vec<Vec<KnownDay>>,
    /// The mature figures of each campaign's ads.
    ads: Vec<Vec<(Tag, Metrics)>>,
}

impl Seen {
    fn of(ground: &Ground, budgets: Vec<Money>) -> Self {
        let (tags, count) = (ground.members.iter().map(Member::ad_set).collect(), ground.members.len());
        let (hourly, days, ads) = (vec![Vec::new(); count], vec![Vec::new(); count], vec![Vec::new(); count]);
        Self { budgets, target: None, tags, hourly, days, ads }
    }

    /// Reads the days before a day, as they are known by now.
    async fn read_days(&mut self, ground: &Ground, day: u32, detector: &Detector) -> Result<()> {
        if day == 0 {
            return Ok(());
        }
        let [start, end] = [0, i64::from(day)].map(|day| ground.flight.start_of_day(day));
        let query = InsightsQuery { start: start?, end: end?, step: InsightsStep::Day };
        for account in &ground.accounts {
            let Some(rows) = report(account, &query).await? else { continue };
            for (place, member) in ground.members.iter().enumerate() {
                let own: Vec<&MetricsRow> = rows.iter().filter(|row| row.path.campaign == member.name).collect();
                if !own.is_empty() {
                    self.keep_days(place, &own, (detector, query.end))?;
                }
            }
        }
        Ok(())
    }

    fn keep_days(&mut self, place: usize, rows: &[&MetricsRow], (detector, now): (&Detector, Timestamp)) -> Result<()> {
        let currency = self.budgets.first().map_or(Currency::USD, |budget| budget.currency());
        let is_trusted = |row: &&MetricsRow| !detector.is_held(row.platform, row.start);
        let trusted = rows.iter().copied().filter(is_trusted);
        let figures = known::matured(trusted, (now, currency))?;
        if let (Some(own), Some(ads)) = (self.days.get_mut(place), self.ads.get_mut(place)) {
            *own = known::days(rows.iter().copied(), now)?;
            *ads = figures.into_iter().map(|(ad, metrics)| (Tag::new(ad), metrics)).collect();
        }
        Ok(())
    }

    async fn read_hour(&mut self, ground: &Ground, [start, end]: [Timestamp; 2]) -> Result<()> {
        let from = start.checked_sub(DAY * i32::try_from(HOURLY_DAYS).unwrap_or(i32::MAX)).unwrap_or(start);
        for account in &ground.accounts {
            let query = InsightsQuery { start, end, step: InsightsStep::Hour };
            let Some(rows) = report(account, &query).await? else { continue };
            for (member, hours) in ground.members.iter().zip(&mut self.hourly) {
                let mut own = rows.iter().filter(|row| row.path.campaign == member.name).map(|row| &row.metrics);
                if let Some(first) = own.next() {
                    let sum = own.try_fold(first.clone(), |sum, metrics| sum.merge(metrics))?;
                    hours.push((start, sum));
                }
                hours.retain(|(hour, _)| *hour >= from);
            }
        }
        Ok(())
    }

    /// What the account returned on its mature days.
    fn returned(&self) -> Option<f64> {
        let all = self.ads.iter().flatten();
        let [spend, revenue] = all.fold([0.0; 2], |[spend, revenue], (_, metrics)| {
            [spend + metrics.spend.to_units(), revenue + metrics.revenue.to_units()]
        });
        (spend > 0.0 && revenue > 0.0).then(|| revenue / spend)
    }

    fn observations(&self, ground: &Ground, at: Timestamp) -> Result<Vec<Observation<'_>>> {
        let mut all = Vec::with_capacity(self.tags.len());
        let own = self.tags.iter().zip(&self.hourly).zip(&self.days).zip(&self.ads).zip(&self.budgets);
        for (member, ((((tag, hourly), days), ads), budget)) in ground.members.iter().zip(own) {
            all.push(Observation {
                hourly,
                days,
                matured: Metrics::total(ads.iter().map(|(_, metrics)| metrics), budget.currency())?,
                target_roas: self.target,
                active_ads: ads,
                ..Observation::new(member.platform, tag, at, *budget)
            });
        }
        Ok(all)
    }
}

/// What ad sets and ads truly returned over all days, on average over the luck of conversions.
struct Truth {
    target: f64,
    returns: BTreeMap<Tag, f64>,
}

impl Truth {
    async fn of(ground: &Ground, trial: &Trial, target: Option<f64>) -> Result<Self> {
        let window = ground.flight.start_of_day(0)?..ground.flight.start_of_day(i64::from(trial.all_days()))?;
        let mut returns = BTreeMap::new();
        for member in &ground.members {
            let ads = (1..=trial.ads).map(|number| Tag::new(format!("{}-ad{number}", member.name)));
            for tag in ads.chain([member.ad_set()]) {
                let worth = ground.account(member.platform)?.worth(&window, Some(&tag)).await?;
                if worth.spend > 0.0 {
                    returns.insert(tag, worth.value / worth.spend);
                }
            }
        }
        Ok(Self { target: target.unwrap_or(f64::INFINITY), returns })
    }

    fn is_below_target(&self, tag: &Tag) -> bool {
        self.returns.get(tag).is_none_or(|roas| *roas < self.target)
    }

    /// Whether a change takes from what returns enough, or from the better one.
    fn is_wrong(&self, decision: &DecisionRecord) -> bool {
        let returns = |tag: &Tag| self.returns.get(tag).copied().unwrap_or_default();
        let set = Tag::new(decision.object.as_str());
        match (decision.action, decision.changes.as_slice()) {
            (ActionKind::PauseWorstAds, [paused, ..]) => returns(&paused.target) >= returns(&set),
            (ActionKind::MoveBudget, [from, to, ..]) => returns(&from.target) >= returns(&to.target),
            _ => !self.is_below_target(&set),
        }
    }
}

/// What was told and proposed.
struct Counts<'a> {
    happenings: &'a [Happening],
    members: &'a [Member],
    items: u32,
    /// Those about nothing that happened: the ad set whose returns they speak of, where they do.
    unfounded: Vec<Option<Tag>>,
    actions: u32,
    /// Decisions about campaigns to which nothing had happened.
    untimely: Vec<DecisionRecord>,
    actions_in_outages: u32,
    /// When each happening of each campaign was first told.
    told: BTreeMap<(usize, usize), Timestamp>,
}

impl<'a> Counts<'a> {
    fn new(happenings: &'a [Happening], members: &'a [Member]) -> Self {
        Self {
            happenings,
            members,
            items: 0,
            unfounded: Vec::new(),
            actions: 0,
            untimely: Vec::new(),
            actions_in_outages: 0,
            told: BTreeMap::new(),
        }
    }

    fn count(&mut self, found: &Look, at: Timestamp) {
        for notification in found.notifications.iter().filter(|told| told.kind != NotificationKind::Closed) {
            self.items += 1;
            let subjects =
                notification.episodes.iter().map(|episode| (&episode.subject.platform, &episode.subject.object));
            let about: BTreeSet<usize> =
                subjects.flat_map(|(platform, object)| self.about(*platform, object)).collect();
            let mut is_founded = false;
            for (number, happening) in self.happenings.iter().enumerate().filter(|(_, one)| is_near(one, at)) {
                for place in happening.campaigns.iter().filter(|place| about.contains(place)) {
                    is_founded = true;
                    self.told.entry((number, *place)).or_insert(at);
                }
            }
            if !is_founded {
                self.unfounded.push(notification.episodes.first().and_then(about_returns));
            }
        }
        for decision in found.decisions.iter().filter(|decision| decision.is_proposed) {
            self.actions += 1;
            let about = self.about(decision.platform, &decision.object);
            let near = |one: &&Happening| is_near(one, at) && about.iter().any(|place| one.campaigns.contains(place));
            if !self.happenings.iter().any(|one| near(&one)) {
                self.untimely.push(decision.clone());
            }
            let is_out = |one: &Happening| one.shock.tracked < 1.0 && one.shock.start <= at && at < one.shock.end;
            self.actions_in_outages += u32::from(self.happenings.iter().filter(near).any(is_out));
        }
    }

    /// The campaigns that an object is, or that a platform has.
    fn about(&self, platform: Platform, object: &str) -> Vec<usize> {
        let is_it = |member: &Member| {
            member.platform == platform && (object == platform.as_str() || member.ad_set().as_str() == object)
        };
        self.members.iter().enumerate().filter(|(_, member)| is_it(member)).map(|(place, _)| place).collect()
    }

    fn score(self, (world, rules, seed): (&str, &str, u64), (campaign_days, truth): (u32, &Truth)) -> WatchScore {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let happened: usize = self.happenings.iter().map(|one| one.campaigns.len()).sum();
        let hours: Vec<f64> = self
            .told
            .iter()
            .filter_map(|((number, _), at)| {
                Some(at.duration_since(self.happenings.get(*number)?.shock.start).as_secs_f64() / 3_600.0)
            })
            .collect();
        let is_false = |about: &&Option<Tag>| !about.as_ref().is_some_and(|tag| truth.is_below_target(tag));
        let false_items = count(self.unfounded.iter().filter(is_false).count());
        let wrong: Vec<&DecisionRecord> = self.untimely.iter().filter(|decision| truth.is_wrong(decision)).collect();
        let hit: BTreeSet<usize> = self.happenings.iter().flat_map(|one| one.campaigns.iter().copied()).collect();
        let wronged: BTreeSet<usize> =
            wrong.iter().flat_map(|decision| self.about(decision.platform, &decision.object)).collect();
        let (told, days) = (self.told.len(), f64::from(campaign_days.max(1)));
        WatchScore {
            world: world.to_owned(),
            rules: rules.to_owned(),
            seed,
            campaign_days,
            items: self.items,
            false_items,
            items_per_100_campaigns_and_day: 100.0 * f64::from(self.items) / days,
            false_alarm_rate: f64::from(false_items) / days,
            happened: count(happened),
            told: count(told),
            recall: (happened > 0).then(|| told as f64 / happened as f64),
            hours_until_told: quantile(&hours, 0.5).ok(),
            actions: self.actions,
            wrong_actions: count(wrong.len()),
            unchanged: count(self.members.len() - hit.len()),
            wronged: count(wronged.difference(&hit).count()),
            actions_in_outages: self.actions_in_outages,
        }
    }
}

/// The ad set whose returns an episode speaks of, where it does.
fn about_returns(episode: &Episode) -> Option<Tag> {
    let is_about = episode.evidence.keys().any(|name| name.starts_with("roas"));
    is_about.then(|| Tag::new(episode.subject.object.as_str()))
}

/// Whether something goes on, or was over a short time ago.
fn is_near(happening: &Happening, at: Timestamp) -> bool {
    happening.shock.start <= at && at < happening.shock.end.checked_add(AFTER).unwrap_or(Timestamp::MAX)
}
