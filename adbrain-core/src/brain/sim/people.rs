//! People who edit the account of a trial by hand: drawn by the seed, done behind the connector as somebody else's.

use jiff::{SignedDuration, Timestamp};

use super::edits::present;
use super::events::{moment, whole_hours, whom};
use super::ground::{Ground, members};
use crate::clock::Clock as _;
use crate::error::{Error, ErrorKind, Result};
use crate::market::{Does, Edit, Hits, Trial, World};
use crate::model::{ChangeKind, Money, Tag};
use crate::stats::random::Random;

/// The place of people's edits in a seed; never another one's.
const PEOPLE: u64 = 0x7065_6f70_6c65;

/// What a person does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Deed {
    /// Sets the budget to this part of what it is.
    SetBudget(f64),
    Pause,
    /// Lets what was paused deliver again.
    Resume,
}

/// One thing that a person does to a campaign, by its place among them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Act {
    pub(super) at: Timestamp,
    pub(super) campaign: usize,
    pub(super) deed: Deed,
}

/// Draws what people do, in the order of its time. What a policy did before changes no draw.
pub(super) fn draw(world: &World, trial: &Trial, (seed, ranking): (u64, &[usize])) -> Result<Vec<Act>> {
    let members = members(trial);
    let mut acts = Vec::new();
    for (place, edit) in (0_u64..).zip(&world.edit) {
        let hit = whom((edit.hits, edit.count), &members, ranking, &mut Random::at(seed, &[PEOPLE, place]));
        for (number, campaign) in (1_u64..).zip(hit.into_iter().flatten()) {
            acts.extend(of_edit(edit, trial, (campaign, &mut Random::at(seed, &[PEOPLE, place, number])))?);
        }
    }
    acts.sort_by_key(|act| (act.at, act.campaign));
    Ok(acts)
}

/// Whether people choose the best campaigns, so that their ranking has to be known.
pub(super) fn needs_ranking(world: &World) -> bool {
    world.edit.iter().any(|edit| edit.hits == Hits::BestCampaigns)
}

fn of_edit(edit: &Edit, trial: &Trial, (campaign, random): (usize, &mut Random)) -> Result<Vec<Act>> {
    let mut within = |[low, high]: [f64; 2]| low + (high - low) * random.uniform();
    let at = moment(trial, within(edit.day))?;
    let act = |at, deed| Act { at, campaign, deed };
    Ok(match edit.does {
        Does::SetBudget => vec![act(at, Deed::SetBudget(within(edit.factor.unwrap_or([1.0; 2]))))],
        Does::Pause => {
            let end = edit.hours.map(|hours| {
                let hours = whole_hours(libm::exp(within(hours.map(libm::log))));
                at.checked_add(SignedDuration::from_secs(hours * 3_600)).unwrap_or(Timestamp::MAX)
            });
            [act(at, Deed::Pause)].into_iter().chain(end.map(|end| act(end, Deed::Resume))).collect()
        }
    })
}

/// How far people have come in a trial.
pub(super) struct People<'a> {
    left: std::slice::Iter<'a, Act>,
    total: Money,
    /// The campaigns whose budget a person set: the door leaves it to that person from then on.
    held: Vec<bool>,
    paused: Vec<bool>,
}

impl<'a> People<'a> {
    pub(super) fn new(acts: &'a [Act], (campaigns, total): (usize, Money)) -> Self {
        Self { left: acts.iter(), total, held: vec![false; campaigns], paused: vec![false; campaigns] }
    }

    /// Does what people do up to a moment, each thing at its own time; says whether there was any.
    pub(super) async fn until(&mut self, ground: &Ground, moment: Timestamp) -> Result<bool> {
        let mut has_acted = false;
        while let Some(act) = self.left.as_slice().first().filter(|act| act.at <= moment) {
            self.left.next();
            ground.clock.set(act.at.max(ground.clock.now()));
            self.act(ground, act).await?;
            has_acted = true;
        }
        Ok(has_acted)
    }

    /// Whether a person set a campaign's budget, and whether one paused it.
    pub(super) fn of(&self, campaign: usize) -> (bool, bool) {
        let is = |list: &[bool]| list.get(campaign).copied().unwrap_or(false);
        (is(&self.held), is(&self.paused))
    }

    async fn act(&mut self, ground: &Ground, act: &Act) -> Result<()> {
        let (kind, is_paused) = match act.deed {
            Deed::SetBudget(factor) => return self.set_budget(ground, (act.campaign, factor)).await,
            Deed::Pause => (ChangeKind::Pause, true),
            Deed::Resume => (ChangeKind::Activate, false),
        };
        if let Some(paused) = self.paused.get_mut(act.campaign) {
            *paused = is_paused;
        }
        let member = ground.members.get(act.campaign).ok_or_else(absent)?;
        ground.account(member.platform)?.change_by_hand(&Tag::new(member.name.clone()), kind).await
    }

    /// A raise beyond the total takes what it lacks from the campaign that has most, as far as that one's least lets it.
    async fn set_budget(&mut self, ground: &Ground, (campaign, factor): (usize, f64)) -> Result<()> {
        let budgets = present(ground).await?;
        let before = *budgets.get(campaign).ok_or_else(absent)?;
        let least = |place: usize| ground.members.get(place).ok_or_else(absent).and_then(|member| ground.least(member));
        let wanted = super::policies::scaled(before, factor).micros().max(least(campaign)?.micros());
        let room = self.total.micros() - budgets.iter().map(|budget| budget.micros()).sum::<i64>();
        let lacking = (wanted - before.micros() - room.max(0)).max(0);
        let others = budgets.iter().enumerate().filter(|(place, _)| *place != campaign);
        let richest = others.max_by_key(|(place, budget)| (budget.micros(), std::cmp::Reverse(*place)));
        let mut taken = 0;
        if let Some((place, budget)) = richest.filter(|_| lacking > 0) {
            taken = lacking.min((budget.micros() - least(place)?.micros()).max(0));
            self.write(ground, (place, budget.micros() - taken), *budget).await?;
        }
        self.write(ground, (campaign, wanted - lacking + taken), before).await
    }

    async fn write(&mut self, ground: &Ground, (campaign, micros): (usize, i64), before: Money) -> Result<()> {
        let after = Money::from_micros(micros, before.currency());
        if let Some(held) = self.held.get_mut(campaign) {
            *held |= after != before;
        }
        let member = ground.members.get(campaign).ok_or_else(absent)?;
        let kind = ChangeKind::SetDailyBudget { before, after };
        ground.account(member.platform)?.change_by_hand(&member.ad_set(), kind).await
    }
}

fn absent() -> Error {
    Error::new(ErrorKind::Internal, "a person acts on a campaign that the trial does not have").next("report this")
}
