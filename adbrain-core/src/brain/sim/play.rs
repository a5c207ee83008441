//! One trial: a policy decides each morning, the market goes on, the scores are kept.

use std::sync::Arc;

use jiff::Timestamp;

use super::edits::{breaks_a_cap, present, submit};
use super::events::{self, Happening};
use super::ground::{self, Ground, Member};
use super::people::{self, Act, People};
use super::policy::{CampaignView, Decision, Expected, Goal, Policy, View};
use super::reports::Known;
use crate::budget::{ResponseCurve, ShareRequest, split};
use crate::error::{Error, ErrorKind, Result};
use crate::market::{FaultRates, Trial, World, Worth};
use crate::model::Money;
use crate::stats::random::Random;

/// The place of a seed's spread between campaigns.
const DISPERSION: u64 = 0x7370_7265_6164;
/// Budgets at which the truth is asked for, in twentieths of the equal one: dense where it bends most.
const GRID: [i64; 14] = [1, 2, 4, 7, 10, 14, 20, 27, 35, 45, 60, 80, 110, 160];
/// A conversion rate below this part of what it was is a break.
const BREAK: f64 = 0.75;
/// Days after which a break counts as never answered.
pub(super) const NEVER: u32 = 30;

/// What came of a trial.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Played {
    /// What the scored days brought in truth, in units.
    pub(super) value: f64,
    /// What they cost, in units.
    pub(super) spend: f64,
    /// Days on which the plan, or the worst case of what may deliver, was above its cap.
    pub(super) cap_breaches: u32,
    /// Edits that the door or a fault kept from being done.
    pub(super) refused: u32,
    /// Days from each break of a campaign's conversion rate until its budget was halved, [`NEVER`] at most.
    pub(super) reactions: Vec<u32>,
    /// Alarms about campaigns that something had happened to, and about others.
    pub(super) alarms: [u32; 2],
    /// How well it foretold.
    pub(super) foretold: Foretold,
}

/// Days of campaigns of which a policy said what they would bring, and those of them that lay within what it said.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Foretold {
    pub(super) days: u32,
    /// Whose value lay within its interval.
    pub(super) value: u32,
    /// Whose value over spend lay within the interval over the budget.
    pub(super) roas: u32,
}

/// A world with a trial and a seed, all that is drawn for it.
pub(super) struct Stage {
    world: Arc<World>,
    pub(super) trial: Trial,
    pub(super) seed: u64,
    happenings: Vec<Happening>,
    people: Vec<Act>,
    equal: Vec<Money>,
}

impl Stage {
    /// Draws what will happen.
    pub(super) async fn set(world: &World, seed: u64) -> Result<Self> {
        let trial = world.trial.clone().ok_or_else(|| {
            Error::invalid("world.trial", "is missing")
                .next("give the account that policies are tried on; docs/reference/worlds.md has every field")
        })?;
        let [low, high] = trial.dispersion;
        let dispersion = low + (high - low) * Random::at(seed, &[DISPERSION]).uniform();
        let equal = equal(world, &trial)?;
        let calm = Arc::new(world.with(world.shock.clone(), dispersion));
        let is_ranked = events::needs_ranking(world) || people::needs_ranking(world);
        let ranking = if is_ranked { ranking(&calm, &trial, (seed, &equal)).await? } else { Vec::new() };
        let happenings = events::draw(world, &trial, (seed, &ranking))?;
        let people = people::draw(world, &trial, (seed, &ranking))?;
        let shocks = happenings.iter().map(|happening| happening.shock.clone());
        let world = Arc::new(calm.with(calm.shock.iter().cloned().chain(shocks).collect(), 1.0));
        Ok(Self { world, trial, seed, happenings, people, equal })
    }

    /// The accounts with their campaigns, which have begun with equal budgets; and these.
    pub(super) async fn ground(&self) -> Result<(Ground, Vec<Money>)> {
        Ok((Ground::open(&self.world, &self.trial, (self.seed, &self.equal)).await?, self.equal.clone()))
    }

    /// What will happen.
    pub(super) fn happenings(&self) -> &[Happening] {
        &self.happenings
    }

    /// What people will do by hand.
    #[cfg(test)]
    pub(super) fn people(&self) -> &[Act] {
        &self.people
    }

    /// Plays a policy for a goal.
    pub(super) async fn play(&self, policy: &mut dyn Policy, goal: Goal) -> Result<Played> {
        let (ground, mut budgets) = self.ground().await?;
        let mut known = Known::of(ground.members.len());
        let mut people = People::new(&self.people, (ground.members.len(), self.trial.total()));
        let mut book = Book { history: Vec::new(), expected: Vec::new(), played: Played::nothing() };
        for day in 0..self.trial.all_days() {
            if people.until(&ground, ground.flight.start_of_day(i64::from(day))?).await? {
                budgets = present(&ground).await?;
            }
            ground.go_to(day)?;
            known.read(&ground, day).await?;
            if day >= self.trial.warm_up_days {
                let view = self.view(&ground, (&known, &people), (policy.sees_truth(), goal, day, &budgets)).await?;
                let decision = policy.decide(&view).await?;
                check(&view, &decision)?;
                book.played.refused += submit(&ground, (&view, &decision.budgets)).await?;
                self.count_alarms(&decision, day, &mut book)?;
                budgets = present(&ground).await?;
                book.expected.push((day, decision.expected.clone()));
                book.played.cap_breaches += u32::from(breaks_a_cap(&ground, self.trial.total()).await?);
            }
            book.history.push(budgets.iter().map(|budget| budget.micros()).collect());
        }
        ground.go_to(self.trial.all_days())?;
        self.close(&ground, book).await
    }

    async fn view(
        &self,
        ground: &Ground,
        (known, people): (&Known, &People<'_>),
        (sees_truth, goal, day, budgets): (bool, Goal, u32, &[Money]),
    ) -> Result<View> {
        let mut campaigns = Vec::new();
        for (place, ((member, budget), days)) in ground.members.iter().zip(budgets).zip(&known.days).enumerate() {
            let (name, platform, days) = (member.name.clone(), member.platform, days.clone());
            let (is_held, is_paused) = people.of(place);
            let least = if is_held { *budget } else { ground.least(member)? };
            campaigns.push(CampaignView { name, platform, budget: *budget, least, is_held, is_paused, days });
        }
        let truth = if sees_truth { Some(truth(ground, &self.equal).await?) } else { None };
        Ok(View { day, goal, margin: self.trial.margin, total: self.trial.total(), campaigns, truth })
    }

    /// An alarm is right while something happens to the campaign, and for a week after; a person's edit by hand happens to it too.
    fn count_alarms(&self, decision: &Decision, day: u32, book: &mut Book) -> Result<()> {
        let now = ground::flight(&self.trial)?.start_of_day(i64::from(day))?;
        let week = jiff::SignedDuration::from_hours(7 * 24);
        for place in &decision.alarms {
            let is_right = self.happenings.iter().any(|happening| {
                let until = happening.shock.end.checked_add(week).unwrap_or(Timestamp::MAX);
                happening.campaigns.contains(place) && happening.shock.start <= now && now < until
            });
            let is_edited = self.people.iter().any(|act| {
                act.campaign == *place && act.at <= now && now < act.at.checked_add(week).unwrap_or(Timestamp::MAX)
            });
            let [right, wrong] = &mut book.played.alarms;
            *(if is_right || is_edited { right } else { wrong }) += 1;
        }
        Ok(())
    }

    async fn close(&self, ground: &Ground, book: Book) -> Result<Played> {
        let start = ground.flight.start_of_day(i64::from(self.trial.warm_up_days))?;
        let window = start..ground.flight.start_of_day(i64::from(self.trial.all_days()))?;
        let units = 1.0 / crate::model::MICROS_PER_UNIT as f64;
        let foretold = self.foretold(ground, &book).await?;
        let mut played = Played { foretold, ..book.played };
        for account in &ground.accounts {
            let worth = account.worth(&window, None).await?;
            played.value += worth.value * units;
            played.spend += worth.spend * units;
        }
        for happening in self.happenings.iter().filter(|happening| happening.shock.conversion < BREAK) {
            let began = day_of(ground, self.trial.all_days(), happening.shock.start)?;
            if happening.shock.campaign.is_some() && began >= self.trial.warm_up_days {
                let react = |place: &usize| reaction(&book.history, (*place, began));
                played.reactions.extend(happening.campaigns.iter().map(react));
            }
        }
        Ok(played)
    }

    /// Compares what the policy expected of each campaign's day with what the day brought.
    async fn foretold(&self, ground: &Ground, book: &Book) -> Result<Foretold> {
        let mut foretold = Foretold::default();
        for (day, expected) in &book.expected {
            let [start, end] = [*day, day + 1].map(|day| ground.flight.start_of_day(i64::from(day)));
            let window = start?..end?;
            let budgets =
                usize::try_from(*day).ok().and_then(|day| book.history.get(day)).map_or(&[][..], Vec::as_slice);
            for ((member, own), budget) in ground.members.iter().zip(expected).zip(budgets) {
                let worth = ground.account(member.platform)?.worth(&window, Some(&member.ad_set())).await?;
                foretold.count(own, (worth, *budget as f64));
            }
        }
        Ok(foretold)
    }
}

impl Foretold {
    fn count(&mut self, expected: &Expected, (worth, budget): (Worth, f64)) {
        if worth.spend <= 0.0 || budget <= 0.0 {
            return;
        }
        let units = crate::model::MICROS_PER_UNIT as f64;
        let (low, high) = (expected.low * units, expected.high * units);
        self.days += 1;
        self.value += u32::from((low..=high).contains(&worth.value));
        self.roas += u32::from((low / budget..=high / budget).contains(&(worth.value / worth.spend)));
    }
}

/// A decision gives each campaign its least at least, and all together no more than there is.
fn check(view: &View, decision: &Decision) -> Result<()> {
    let bad = |what: String| {
        Err(Error::new(ErrorKind::UserCode, format!("on day {} the policy {what}", view.day))
            .next("give one budget for each campaign, in their order, in whole minor units"))
    };
    if !decision.expected.is_empty() && decision.expected.len() != view.campaigns.len() {
        return bad(format!(
            "said of {} of {} campaigns what it expects, and it is all or none",
            decision.expected.len(),
            view.campaigns.len()
        ));
    }
    if decision.budgets.len() != view.campaigns.len() {
        return bad(format!("gave {} budgets for {} campaigns", decision.budgets.len(), view.campaigns.len()));
    }
    for (campaign, budget) in view.campaigns.iter().zip(&decision.budgets) {
        if budget.currency() != view.total.currency() || budget.micros() < campaign.least.micros() {
            return bad(format!("gave {budget} to {:?}, whose least is {}", campaign.name, campaign.least));
        }
        if !budget.is_whole() {
            return bad(format!("gave {budget} to {:?}, which is no whole minor unit", campaign.name));
        }
    }
    let sum = Money::sum(decision.budgets.iter().copied())?.unwrap_or(view.total);
    if sum.micros() > view.total.micros() {
        return bad(format!("gave {sum} in all, more than {}", view.total));
    }
    Ok(())
}

impl Played {
    fn nothing() -> Self {
        Self {
            value: 0.0,
            spend: 0.0,
            cap_breaches: 0,
            refused: 0,
            reactions: Vec::new(),
            alarms: [0; 2],
            foretold: Foretold::default(),
        }
    }
}

struct Book {
    /// The budgets of each day in micros.
    history: Vec<Vec<i64>>,
    /// What the policy expected of each day on which it decided.
    expected: Vec<(u32, Vec<Expected>)>,
    played: Played,
}

/// The total in equal parts, none below its platform's least.
fn equal(world: &World, trial: &Trial) -> Result<Vec<Money>> {
    let shares: Vec<ShareRequest> = ground::members(trial)
        .iter()
        .map(|member| {
            let floor = world.least_daily_budget(member.platform, trial.currency)?;
            Ok(ShareRequest { floor, ..ShareRequest::of(1.0, trial.currency) })
        })
        .collect::<Result<_>>()?;
    split(trial.total(), &shares)
}

/// The places of the campaigns, those first that would bring most for an equal budget on the first day.
async fn ranking(world: &Arc<World>, trial: &Trial, (seed, equal): (u64, &[Money])) -> Result<Vec<usize>> {
    let mut calm = World::clone(world);
    calm.faults = FaultRates::default();
    let calm = Arc::new(calm);
    let ground = Ground::open(&calm, trial, (seed, equal)).await?;
    let truth = truth(&ground, equal).await?;
    let worth = |place: &usize| match (truth.get(*place), equal.get(*place)) {
        (Some(curve), Some(budget)) => curve.value(budget.to_units()),
        _ => 0.0,
    };
    let mut places: Vec<usize> = (0..truth.len()).collect();
    places.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.cmp(b)));
    Ok(places)
}

/// What each campaign will bring today by its budget, as lines between what the market itself expects.
async fn truth(ground: &Ground, equal: &[Money]) -> Result<Vec<ResponseCurve>> {
    let mean = equal.iter().map(|budget| budget.micros()).sum::<i64>() / i64::try_from(equal.len().max(1)).unwrap_or(1);
    let budgets: Vec<i64> = GRID.iter().map(|part| (mean * part / 20).max(1)).collect();
    let units = 1.0 / crate::model::MICROS_PER_UNIT as f64;
    let mut prospects = Vec::new();
    for account in &ground.accounts {
        prospects.extend(account.prospects(&budgets).await?);
    }
    let curve = |member: &Member| {
        let found = prospects.iter().find(|prospect| prospect.ad_set == member.ad_set());
        let mut points = vec![[0.0, 0.0]];
        for (budget, worth) in budgets.iter().zip(found.map_or(&[][..], |prospect| &prospect.worth)) {
            let before = points.last().map_or(0.0, |point| point[1]);
            points.push([*budget as f64 * units, (worth.value * units).max(before)]);
        }
        ResponseCurve::Piecewise { points }
    };
    Ok(ground.members.iter().map(curve).collect())
}

/// The first day of the trial that begins at a moment or after it.
fn day_of(ground: &Ground, days: u32, moment: Timestamp) -> Result<u32> {
    for day in 0..days {
        if ground.flight.start_of_day(i64::from(day))? >= moment {
            return Ok(day);
        }
    }
    Ok(days)
}

/// Days until a campaign has half of what it had on the day before its break.
fn reaction(history: &[Vec<i64>], (place, began): (usize, u32)) -> u32 {
    let began = usize::try_from(began).unwrap_or(usize::MAX);
    let budget = |day: usize| history.get(day).and_then(|day| day.get(place)).copied();
    let Some(before) = began.checked_sub(1).and_then(budget) else { return NEVER };
    let halved = (began..history.len()).position(|day| budget(day).is_some_and(|now| 2 * now <= before));
    halved.and_then(|days| u32::try_from(days).ok()).unwrap_or(NEVER).min(NEVER)
}
