//! Worlds beside the families: a cap that binds, and people who edit.

use async_trait::async_trait;

use super::super::edits::{breaks_a_cap, present, submit};
use super::super::ground::{Ground, Member};
use super::super::people::{Act, Deed};
use super::super::play::{Played, Stage};
use super::super::policy::{CampaignView, Decision, Goal, Policy, View};
use crate::error::Result;
use crate::market::{Does, World};
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
        is_held: false,
        is_paused: false,
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

/// The world of people's edits with one edit of a kind, in the middle of a day of a short trial.
fn edited(does: Does, range: [f64; 2]) -> World {
    let mut world = short("people");
    world.edit.retain(|edit| edit.does == does);
    world.edit.truncate(1);
    let edit = world.edit.first_mut().unwrap();
    (edit.day, edit.count) = ([4.4, 4.6], [1, 1]);
    *(if does == Does::Pause { &mut edit.hours } else { &mut edit.factor }) = Some(range);
    world
}

/// Keeps what it sees, and wants what it wants whatever people do.
struct Sees {
    views: Vec<View>,
    wants: fn(&View) -> Decision,
}

#[async_trait]
impl Policy for Sees {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        self.views.push(view.clone());
        Ok((self.wants)(view))
    }
}

/// Everything as it is, and back to equal parts whatever a person did: less than there is, so that nothing else is in its way.
fn stubborn(view: &View) -> Decision {
    let equal = Money::from_micros(view.total.micros() / 12, view.total.currency()).floor_to_minor_unit();
    let wanted =
        |campaign: &CampaignView| if campaign.least.micros() > equal.micros() { campaign.least } else { equal };
    Decision::of(view.campaigns.iter().map(wanted).collect())
}

async fn seen(world: &World, wants: fn(&View) -> Decision) -> (Vec<View>, Played, Act) {
    let stage = Stage::set(world, 1).await.unwrap();
    let mut policy = Sees { views: Vec::new(), wants };
    let played = stage.play(&mut policy, Goal::Value).await.unwrap();
    (policy.views, played, stage.people()[0])
}

#[tokio::test]
async fn a_budget_that_a_person_cut_is_seen_and_left_to_that_person() {
    let world = edited(Does::SetBudget, [0.5, 0.5]);
    let (views, played, act) = seen(&world, stubborn).await;
    assert_eq!(act.deed, Deed::SetBudget(0.5));
    let own = |view: &View| view.campaigns[act.campaign].clone();
    let before = own(&views[0]);
    for view in &views {
        let (own, is_after) = (own(view), view.day > 4);
        let expected = if is_after { before.budget.micros() / 2 } else { before.budget.micros() };
        assert_eq!((own.budget.micros(), own.is_held), (expected, is_after), "{}", view.day);
        assert_eq!(view.campaigns.iter().filter(|campaign| campaign.is_held).count(), usize::from(is_after));
    }
    // One edit that is asked for on each of the five days after, and refused each time.
    assert_eq!((played.refused, played.cap_breaches), (5, 0), "{played:?}");
    let (_, polite, _) = seen(&world, Decision::keep).await;
    assert_eq!((polite.refused, polite.cap_breaches), (0, 0), "{polite:?}");
}

#[tokio::test]
async fn a_raise_by_hand_takes_what_it_lacks_from_the_campaign_that_has_most() {
    let (views, played, act) = seen(&edited(Does::SetBudget, [1.5, 1.5]), Decision::keep).await;
    let [before, after] = [&views[0], views.last().unwrap()];
    let sum = |view: &View| view.campaigns.iter().map(|campaign| campaign.budget.micros()).sum::<i64>();
    assert_eq!((sum(before), sum(after)), (before.total.micros(), before.total.micros()));
    let [was, is] = [before, after].map(|view| view.campaigns[act.campaign].budget.micros());
    assert_eq!(is * 2, was * 3);
    assert_eq!(after.campaigns.iter().filter(|campaign| campaign.is_held).count(), 2);
    assert_eq!((played.refused, played.cap_breaches), (0, 0), "{played:?}");
}

#[tokio::test]
async fn a_campaign_that_a_person_paused_costs_nothing_until_it_is_let_go_again() {
    let (views, played, act) = seen(&edited(Does::Pause, [48.0, 48.0]), Decision::keep).await;
    let paused: Vec<u32> =
        views.iter().filter(|view| view.campaigns[act.campaign].is_paused).map(|view| view.day).collect();
    assert_eq!(paused, [5, 6]);
    let spend = |day: usize| views.last().unwrap().campaigns[act.campaign].days[day].spend.micros();
    assert!(spend(5) == 0 && spend(3) > 0 && spend(7) > 0 && spend(8) > 0, "{:?}", [3, 4, 5, 6, 7].map(spend));
    assert_eq!((played.refused, played.cap_breaches), (0, 0), "{played:?}");
}

#[tokio::test]
async fn what_people_do_follows_from_the_seed_alone() {
    let world = World::family("people").unwrap();
    let (one, again, other) = (
        Stage::set(&world, 1).await.unwrap(),
        Stage::set(&world, 1).await.unwrap(),
        Stage::set(&world, 2).await.unwrap(),
    );
    assert_eq!(one.people(), again.people());
    assert_ne!(one.people(), other.people());
    assert!(one.people().is_sorted_by_key(|act| act.at));
    let cuts = one.people().iter().filter(|act| matches!(act.deed, Deed::SetBudget(factor) if factor < 1.0)).count();
    assert!((1..=2).contains(&cuts), "{:?}", one.people());
}

#[test]
fn what_is_wrong_about_an_edit_is_named() {
    let text = |fields: &str| {
        format!("extends = \"default\"\nname = \"x\"\n[[edit]]\nname = \"x\"\nhits = \"campaigns\"\n{fields}")
    };
    let cases = [
        ("does = \"set_budget\"\nday = [3.0, 4.0]", "world.edit[0].factor"),
        ("does = \"set_budget\"\nday = [3.0, 4.0]\nfactor = [0.5, 0.6]\nhours = [5.0, 6.0]", "world.edit[0].hours"),
        ("does = \"set_budget\"\nday = [3.0, 4.0]\nfactor = [0.6, 0.5]", "world.edit[0].factor"),
        ("does = \"pause\"\nday = [3.0, 4.0]\nfactor = [0.6, 0.7]", "world.edit[0].factor"),
        ("does = \"pause\"\nday = [4.0, 3.0]", "world.edit[0].day"),
        ("does = \"pause\"\nday = [3.0, 4.0]\ncount = [0, 1]", "world.edit[0].count"),
        ("does = \"delete\"\nday = [3.0, 4.0]", "delete"),
    ];
    for (fields, wanted) in cases {
        let error = World::from_toml(&text(fields)).unwrap_err();
        assert!(error.to_string().contains(wanted), "{wanted}: {error}");
    }
}
