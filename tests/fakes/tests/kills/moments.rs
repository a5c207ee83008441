//! Kills at random moments.

use std::time::Duration;

use adbrain_core::stats::random::Random;

use crate::boundaries::case;
use crate::killer::Stop;
use crate::look::{self, Look};
use crate::scene::Scene;
use crate::{Outcome, is_long, now, seed};

/// One launch is killed at most so often.
const MOST_TIMES: u64 = 3;

#[tokio::test]
async fn a_launch_killed_at_random_moments_goes_on() -> Outcome {
    let kills = if is_long() { 500 } else { 50 };
    let scene = Scene::new(30).await;
    std::fs::File::create(scene.folder.path().join("launch.db"))?;
    let before = look::others(&Look::at(&scene).await?);
    let began = now();
    scene.run(Stop::Nowhere)?;
    let longest = u64::try_from(began.elapsed().as_micros())?;
    let mut random = Random::at(seed(), &[1]);
    let (mut done, mut launches) = (0, 0);
    while done < kills {
        let times = (1 + random.below(MOST_TIMES)).min(kills - done);
        let stops: Vec<_> = (0..times).map(|_| Stop::After(Duration::from_micros(random.below(longest)))).collect();
        let lag = if random.below(2) == 0 { 0 } else { 30 };
        case(lag, &stops, &before).await?;
        (done, launches) = (done + times, launches + 1);
    }
    println!(
        "kills at random moments, seed {}: {done} in {launches} launches: 0 duplicates, 0 lost, 0 activated by mistake, \
         0 cap breaches, journal whole",
        seed()
    );
    Ok(())
}
