//! Kills at every boundary: each write to the store before and after, each request when it arrived, was applied and was answered.

use adbrain_core::platform::RemoteObject;
use adbrain_core::stats::random::Random;
use adbrain_fakes::Moment;

use crate::killer::Stop;
use crate::look::{self, Look};
use crate::scene::{Run, Scene};
use crate::{Outcome, is_long, now, seed};

/// What a launch says at its end: 16 creates, for Google's tree is one, and 20 activations.
const DONE: &str = "36 of 36";

/// The normal suite takes one boundary in so many, from one at random on; `ADBRAIN_STRIDE` gives another number.
const STRIDE: usize = 12;
/// The normal suite kills one recovery in so many once more.
const RECOVERIES: usize = 2;
/// The long suite kills every recovery once more, and one in so many at each of its boundaries.
const RECOVERIES_IN_WHOLE: usize = 40;

/// The boundaries of a run with so many writes to the store and these requests.
fn boundaries(writes: u64, requests: &[String]) -> Vec<Stop> {
    let writes = (1..=writes).flat_map(|number| [Stop::BeforeWrite(number), Stop::AfterWrite(number)]);
    let moments = [Moment::Arrived, Moment::Applied, Moment::Answered];
    // What only reads leaves everything as it is; the long suite is killed there as well.
    let counts = |request: &str| is_long() || is_write(request);
    let requests = (1..).zip(requests).filter(|(_, request)| counts(request)).map(|(number, _)| number);
    writes.chain(requests.flat_map(|number| moments.map(|moment| Stop::At(moment, number)))).collect()
}

/// By the method; Google's searches are posted too.
fn is_write(request: &str) -> bool {
    !request.starts_with("GET ") && !request.contains("search")
}

/// A launch that nobody kills, in accounts with that lag.
async fn whole(lag: i64) -> Outcome<(Run, Vec<RemoteObject>)> {
    let scene = Scene::new(lag).await;
    std::fs::File::create(scene.folder.path().join("launch.db"))?;
    let before = look::others(&Look::at(&scene).await?);
    let run = scene.run(Stop::Nowhere)?;
    assert_eq!(run.done.as_deref(), Some(DONE), "{}", scene.errors());
    Look::at(&scene).await?.check_end(&before, "a launch that nobody kills");
    Ok((run, before))
}

/// Kills a launch at each of the places, one process after the other, and then lets it come to its end.
pub(crate) async fn case(lag: i64, stops: &[Stop], before: &[RemoteObject]) -> Outcome<Run> {
    let scene = Scene::new(lag).await;
    let name = stops.iter().map(ToString::to_string).collect::<Vec<_>>().join(", then ");
    let name = format!("lag {lag}: {name}");
    for stop in stops {
        let run = scene.run(*stop).map_err(|error| format!("{name}: {error}"))?;
        // An answer is on the line before the kill, so the last ones may bring the process to its end.
        let may_end = matches!(stop, Stop::After(_) | Stop::At(Moment::Answered, _));
        assert!(run.is_killed || may_end, "{name}: it did not come to {stop}");
        Look::at(&scene).await?.check_midway(before, &name);
    }
    let run = scene.run(Stop::Nowhere).map_err(|error| format!("{name}: {error}"))?;
    assert_eq!(run.done.as_deref(), Some(DONE), "{name}: {}", scene.errors());
    Look::at(&scene).await?.check_end(before, &name);
    Ok(run)
}

/// One kill at every boundary, and a second one at boundaries of the recovery; the normal suite takes one in [`STRIDE`] and in
/// [`RECOVERIES`].
async fn sweep(lag: i64) -> Outcome {
    let began = now();
    let (run, before) = whole(lag).await?;
    let all = boundaries(run.writes, &run.requests);
    let mut random = Random::at(seed(), &[lag.unsigned_abs()]);
    let stride = stride();
    let first = usize::try_from(random.below(stride as u64))?;
    let (mut once, mut twice) = (0, 0);
    for stop in all.iter().skip(first).step_by(stride) {
        let recovery = case(lag, &[*stop], &before).await?;
        once += 1;
        let (writes, requests) = recovery.opened.ok_or("it did not open")?;
        let seconds = boundaries(writes, &recovery.requests[..requests]);
        for second in chosen(&seconds, once, &mut random) {
            case(lag, &[*stop, second], &before).await?;
            twice += 1;
        }
    }
    println!(
        "kills, listing lag {lag} s: {once} of {} boundaries ({} writes to the store, {} requests), {twice} second kills in recoveries, \
         {:.0} s: 0 duplicates, 0 lost, 0 activated by mistake, 0 cap breaches, journal whole",
        all.len(),
        run.writes,
        run.requests.len(),
        began.elapsed().as_secs_f64()
    );
    Ok(())
}

fn stride() -> usize {
    let asked = std::env::var("ADBRAIN_STRIDE").ok().and_then(|stride| stride.parse().ok());
    asked.unwrap_or(if is_long() { 1 } else { STRIDE })
}

/// The boundaries of a recovery at which a second kill comes.
fn chosen(seconds: &[Stop], number: usize, random: &mut Random) -> Vec<Stop> {
    if is_long() && number.is_multiple_of(RECOVERIES_IN_WHOLE) {
        return seconds.to_vec();
    }
    let place = usize::try_from(random.below(seconds.len() as u64)).unwrap_or_default();
    let is_chosen = is_long() || number.is_multiple_of(RECOVERIES);
    seconds.get(place).filter(|_| is_chosen).copied().into_iter().collect()
}

#[tokio::test]
async fn a_launch_killed_at_any_boundary_goes_on_where_listings_are_at_once() -> Outcome {
    sweep(0).await
}

#[tokio::test]
async fn a_launch_killed_at_any_boundary_goes_on_where_listings_lag() -> Outcome {
    sweep(30).await
}

/// The harness sees duplicates where there are some: a platform that lists later than its settle window.
#[tokio::test]
async fn a_platform_that_lists_later_than_it_says_gets_duplicates_which_the_harness_sees() -> Outcome {
    let (run, _) = whole(30).await?;
    let is_create = |request: &String| request.starts_with("POST") && request.ends_with("/campaigns");
    let number = 1 + run.requests.iter().position(is_create).ok_or("no campaign was made")?;
    let scene = Scene::new(300).await;
    scene.run(Stop::At(Moment::Applied, number as u64))?;
    scene.run(Stop::Nowhere)?;
    assert_eq!(Look::at(&scene).await?.duplicates(), 1);
    Ok(())
}
