//! Trials that are short enough to run always; the bars are measured by the benches.

mod beside;

use async_trait::async_trait;

use super::ground::members;
use super::play::Stage;
use super::policy::{Decision, Goal, Policy, View};
use super::{Contender, POLICIES, Score, run, summary};
use crate::error::{ErrorKind, Result};
use crate::market::World;
use crate::model::Money;

/// The score of one policy.
async fn one(world: &World, name: &str, seed: u64) -> Score {
    run(world, &[Contender::named(name).unwrap()], seed).await.unwrap().remove(0)
}

/// A family with a short trial on two platforms.
fn short(family: &str) -> World {
    let mut world = World::family(family).unwrap();
    let trial = world.trial.as_mut().unwrap();
    trial.campaigns.retain(|platform, count| {
        *count = 2;
        matches!(platform.as_str(), "meta" | "google")
    });
    (trial.warm_up_days, trial.days, trial.daily_budget) = (7, 10, 400.0);
    world
}

#[tokio::test]
async fn every_policy_plays_without_a_breach_of_a_cap_and_the_same_each_time() {
    let world = short("stationary");
    let names: Vec<Contender> = POLICIES.iter().map(|(name, _)| Contender::named(name).unwrap()).collect();
    let scores = run(&world, &names, 3).await.unwrap();
    for score in &scores {
        assert_eq!((score.cap_breaches, score.refused_edits), (0, 0), "{score:?}");
        assert!(score.value_share > 0.5 && score.value_share <= 1.1, "{score:?}");
        assert!((score.spend / scores[0].spend - 1.0).abs() < 0.05, "{score:?}");
    }
    assert_eq!(run(&world, &names, 3).await.unwrap(), scores);
    let share = |wanted: &str| scores.iter().find(|score| score.policy == wanted).unwrap().value_share;
    assert!((share("oracle").max(share("oracle_20")) - 1.0).abs() < 1e-12, "{scores:?}");
    assert!(share("oracle") > share("equal") && share("candidate") > share("equal"), "{scores:?}");
}

#[tokio::test]
async fn the_second_market_is_played_like_the_first_and_its_truth_is_worth_seeing() {
    let world = short("second/stationary");
    let names = ["equal", "oracle", "oracle_20"].map(|name| Contender::named(name).unwrap());
    let scores = run(&world, &names, 3).await.unwrap();
    assert!(scores.iter().all(|score| (score.cap_breaches, score.refused_edits) == (0, 0)), "{scores:?}");
    let [equal, free, slow] = [0, 1, 2].map(|place: usize| scores[place].value);
    assert!(free.max(slow) > 1.05 * equal, "{scores:?}");
    assert_ne!(equal.to_bits(), one(&short("stationary"), "equal", 3).await.value.to_bits());
}

#[tokio::test]
async fn faults_change_nothing_that_is_paid_for_and_every_edit_is_done_in_the_end() {
    let score = one(&short("faults"), "candidate", 2).await;
    assert_eq!(score.cap_breaches, 0);
    assert!(score.refused_edits <= 3, "{score:?}");
}

#[tokio::test]
async fn what_happens_follows_from_the_seed_alone() {
    let world = World::family("conversion_break").unwrap();
    let (one, again, other) = (
        Stage::set(&world, 1).await.unwrap(),
        Stage::set(&world, 1).await.unwrap(),
        Stage::set(&world, 2).await.unwrap(),
    );
    assert_eq!(one.happenings(), again.happenings());
    assert_ne!(one.happenings(), other.happenings());
    assert!((1..=3).contains(&one.happenings().len()));
    for happening in one.happenings() {
        assert!((0.25..=0.6).contains(&happening.shock.conversion));
        assert_eq!(happening.campaigns.len(), 1);
    }
}

#[tokio::test]
async fn a_break_is_answered_in_days_that_are_counted() {
    let mut world = short("conversion_break");
    let event = world.event.first_mut().unwrap();
    (event.day, event.conversion, event.count) = ([9.0, 9.0], [0.05, 0.05], [1, 1]);
    let own = one(&world, "oracle", 1).await;
    assert!(own.reaction_days.is_some_and(|days| days <= 2.0), "{own:?}");
    assert_eq!(one(&world, "equal", 1).await.reaction_days, Some(30.0));
}

struct Greedy;

#[async_trait]
impl Policy for Greedy {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        Ok(Decision::of(vec![view.total; view.campaigns.len()]))
    }
}

struct Silent;

#[async_trait]
impl Policy for Silent {
    async fn decide(&mut self, _view: &View) -> Result<Decision> {
        Ok(Decision::of(Vec::new()))
    }
}

struct Poor;

#[async_trait]
impl Policy for Poor {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        Ok(Decision::of(vec![Money::zero(view.total.currency()); view.campaigns.len()]))
    }
}

#[tokio::test]
async fn what_a_policy_may_not_say_ends_the_trial_with_a_clear_error() {
    let stage = Stage::set(&short("stationary"), 1).await.unwrap();
    let policies: [(Box<dyn Policy>, &str); 3] =
        [(Box::new(Greedy), "in all, more than"), (Box::new(Silent), "0 budgets for 4"), (Box::new(Poor), "least")];
    for (mut policy, wanted) in policies {
        let error = stage.play(policy.as_mut(), Goal::Value).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UserCode);
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

#[tokio::test]
async fn names_that_nobody_has_are_answered_with_those_that_there_are() {
    let world = World::builtin().unwrap();
    let error = Contender::named("nothing").err().unwrap();
    assert!(error.kind() == ErrorKind::NotFound && error.next_step().unwrap().contains("candidate"), "{error}");
    let error = run(&world, &[], 1).await.unwrap_err();
    assert_eq!(error.context_of("field"), Some("world.trial"));
    assert!(World::family("nothing").is_err());
}

#[test]
fn every_family_is_a_sound_world_with_a_trial() {
    for name in World::names() {
        let world = World::family(name).unwrap();
        assert_eq!(world.name, name);
        assert!(members(world.trial.as_ref().unwrap()).len() >= 12, "{name}");
    }
}

#[tokio::test]
async fn scores_are_summed_up_with_an_interval_over_seeds() {
    let world = short("stationary");
    let (one, two) = (one(&world, "human", 1).await, one(&world, "human", 2).await);
    let both = summary(&[one.clone(), two.clone()]).unwrap();
    let range = both.value_share.unwrap();
    assert!((range.mean - f64::midpoint(one.value_share, two.value_share)).abs() < 1e-12);
    assert!(range.low < range.mean && range.mean < range.high && range.p5 <= range.mean);
    assert!(summary(&[]).is_none());
}
