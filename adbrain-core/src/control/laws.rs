//! Laws of the door: what holds for any plan, any proposals and any faults.

use jiff::SignedDuration;

use super::fake::{Bench, Fault, OneFile, brl, plan};
use super::{Control, verify};
use crate::model::{Change, ChangeKind, MediaPlan, Money, Platform, Tag};
use crate::platform::Status;
use crate::stats::random::Random;

const SEEDS: u64 = 30;
const ROUNDS: usize = 12;

/// A plan with random budgets, whose cap is its own worst day, as the optimizer makes it.
fn random_plan(random: &mut Random) -> MediaPlan {
    let mut plan = plan();
    for ad_set in plan.campaigns.iter_mut().flat_map(|campaign| &mut campaign.ad_sets) {
        ad_set.daily_budget = brl(2 + i64::try_from(random.below(40)).unwrap());
    }
    let day = plan.daily_budget().unwrap();
    plan.limits.daily_cap = day.scale(2, 1).unwrap();
    plan.limits.weekly_cap = day.scale(14, 1).unwrap();
    plan.limits.lifetime_cap = day.scale(10, 1).unwrap();
    plan.limits.learning_hours = 1;
    plan
}

fn fault(random: &mut Random) -> Fault {
    match random.below(8) {
        0 => Fault::LostBefore,
        1 => Fault::LostAfter,
        2 => Fault::Rejected,
        _ => Fault::None,
    }
}

/// A random proposal about a random ad set or ad.
fn proposal(bench: &Bench, random: &mut Random, cause: &str) -> Change {
    let platform = if random.below(2) == 0 { Platform::Meta } else { Platform::Google };
    let fake = if platform == Platform::Meta { &bench.meta } else { &bench.google };
    let target = format!("{platform}-{}", 1 + random.below(2));
    let before = fake.get(&target).daily_budget.unwrap();
    let percent = 75 + i64::try_from(random.below(50)).unwrap();
    let after: Money = before.scale(percent, 100).unwrap().floor_to_minor_unit();
    let kind = match random.below(6) {
        0 => ChangeKind::Pause,
        1 => ChangeKind::Activate,
        _ => ChangeKind::SetDailyBudget { before, after },
    };
    Change { platform, target: Tag::new(target), kind, cause: cause.to_owned() }
}

async fn live_through(bench: &Bench, control: &Control, random: &mut Random) {
    for round in 0..ROUNDS {
        bench.clock.advance(SignedDuration::from_hours(i64::try_from(random.below(20)).unwrap()));
        for fake in [&bench.meta, &bench.google] {
            fake.fail_next((0..4).map(|_| fault(random)).collect::<Vec<_>>());
        }
        let changes: Vec<_> = (0..3).map(|index| proposal(bench, random, &format!("{round}-{index}"))).collect();
        control.submit(&changes).await.unwrap();
        if random.below(4) == 0 {
            control.reconcile().await.unwrap();
        }
        if random.below(6) == 0 {
            // Nothing to take back is no failure here.
            drop(control.undo(&changes[0].target).await);
        }
    }
}

#[tokio::test]
async fn no_random_run_passes_its_cap_whatever_answers_are_lost() {
    let mut launched = 0;
    for seed in 0..SEEDS {
        let mut random = Random::at(seed, &[1]);
        let wanted = random_plan(&mut random);
        let mut bench = Bench::new().await;
        bench.options.limits = wanted.limits.clone();
        let control = bench.open().await;
        bench.meta.fail_next((0..9).map(|_| fault(&mut random)).collect::<Vec<_>>());
        bench.google.fail_next((0..2).map(|_| fault(&mut random)).collect::<Vec<_>>());
        control.launch(&wanted, &OneFile).await.unwrap();
        // What was refused at first holds the campaigns back, until it is asked for again.
        control.activate(&wanted).await.unwrap();
        control.activate(&wanted).await.unwrap();
        if bench.meta.count("meta-c") == 1 && bench.meta.get("meta-c").status == Status::Active {
            launched += 1;
            live_through(&bench, &control, &mut random).await;
        }
        let highest = bench.watch.lock().unwrap().highest;
        assert!(highest <= wanted.limits.daily_cap.micros(), "seed {seed}: {highest}");
        assert!(verify(bench.database.as_ref()).await.unwrap().is_intact, "seed {seed}");
    }
    assert!(launched > 5, "only {launched} of {SEEDS} runs came to deliver");
}
