//! Worlds beside the families: a cap that binds.

use async_trait::async_trait;

use super::super::edits::{breaks_a_cap, present, submit};
use super::super::ground::{Ground, Member};
use super::super::play::{Played, Stage};
use super::super::policy::{CampaignView, Decision, Goal, Policy, View};
use crate::error::Result;
use crate::market::World;
use crate::model::{Money, Platform};

const WARM_UP: u32 = 2;

/// A world with a short trial.
fn short(name: &str) -> World {
    let mut world = World::family(name).unwrap();
    let trial = world.trial.as_mut().unwrap();
    (trial.warm_up_days, trial.days) = (WARM_UP, 8);
    world
}

/// Wants all money on one platform, from the first day on.
struct AllOn(Platform);

#[async_trait]
impl Policy for AllOn {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        let is_chosen = |campaign: &CampaignView| campaign.platform == self.0;
        let others: i64 =
            view.campaigns.iter().filter(|one| !is_chosen(one)).map(|campaign| campaign.least.micros()).sum();
        let chosen = i64::try_from(view.campaigns.iter().filter(|one| is_chosen(one)).count()).unwrap();
        let each = Money::from_micros((view.total.micros() - others) / chosen, view.total.currency());
        let budget =
            |campaign: &CampaignView| if is_chosen(campaign) { each.floor_to_minor_unit() } else { campaign.least };
        Ok(Decision::of(view.campaigns.iter().map(budget).collect()))
    }
}

async fn played(world: &World, policy: &mut dyn Policy) -> Played {
    Stage::set(world, 1).await.unwrap().play(policy, Goal::Value).await.unwrap()
}

#[tokio::test]
async fn a_cap_that_binds_refuses_whoever_asks_for_too_much_and_is_never_passed() {
    let world = short("tight_cap");
    let greedy = played(&world, &mut AllOn(Platform::Google)).await;
    assert!(greedy.refused > 0 && greedy.cap_breaches == 0, "{greedy:?}");
    // A day on TikTok costs its budget and no more: there is room for all of the money.
    let modest = played(&world, &mut AllOn(Platform::TikTok)).await;
    assert_eq!((modest.refused, modest.cap_breaches), (0, 0), "{modest:?}");
    let mut wide = world;
    wide.trial.as_mut().unwrap().cap_percent = 400;
    let free = played(&wide, &mut AllOn(Platform::Google)).await;
    assert_eq!((free.refused, free.cap_breaches), (0, 0), "{free:?}");
}

/// What a policy is shown of budgets.
async fn view(ground: &Ground, total: Money) -> View {
    let budgets = present(ground).await.unwrap();
    let campaign = |(member, budget): (&Member, &Money)| CampaignView {
        name: member.name.clone(),
        platform: member.platform,
        budget: *budget,
        least: ground.least(member).unwrap(),
        days: Vec::new(),
    };
    let campaigns = ground.members.iter().zip(&budgets).map(campaign).collect();
    View { day: WARM_UP, goal: Goal::Value, margin: 0.5, total, campaigns, truth: None }
}

#[tokio::test]
async fn money_that_is_moved_at_noon_counts_on_both_sides_against_the_cap() {
    for (hours, is_held_back) in [(0, false), (12, true)] {
        let stage = Stage::set(&short("tight_cap"), 1).await.unwrap();
        let (ground, mut budgets) = stage.ground().await.unwrap();
        ground.go_to(WARM_UP).unwrap();
        ground.clock.advance(jiff::SignedDuration::from_hours(hours));
        // The first of each platform gives most of what it has to the second: the sum on each platform stays.
        for platform in [Platform::Meta, Platform::Google] {
            let first = ground.members.iter().position(|member| member.platform == platform).unwrap();
            let moved = Money::from_micros(80_000_000, budgets[first].currency());
            budgets[first] = budgets[first].sub(moved).unwrap();
            budgets[first + 1] = budgets[first + 1].add(moved).unwrap();
        }
        let refused = submit(&ground, (&view(&ground, stage.trial.total()).await, &budgets)).await.unwrap();
        assert_eq!(refused > 0, is_held_back, "{hours}");
        assert!(!breaks_a_cap(&ground, stage.trial.total()).await.unwrap());
        let sum = |budgets: &[Money]| budgets.iter().map(|budget| budget.micros()).sum::<i64>();
        assert!(sum(&present(&ground).await.unwrap()) <= sum(&budgets), "what is refused is not spent elsewhere");
    }
}
