//! Lanes by a clock that waiting moves.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::clock::ManualClock;

/// Moves the clock and keeps how long was waited in all.
#[derive(Clone)]
struct Moves(ManualClock, Arc<Mutex<Duration>>);

#[async_trait]
impl Wait for Moves {
    async fn wait(&self, time: Duration) {
        *self.1.lock().unwrap() += time;
        self.0.advance(SignedDuration::try_from(time).unwrap());
    }
}

struct Road {
    clock: ManualClock,
    waited: Arc<Mutex<Duration>>,
    traffic: Traffic,
}

impl Road {
    fn new() -> Self {
        let clock = ManualClock::at("2026-11-30T22:00:00Z".parse().unwrap());
        let waited = Arc::<Mutex<Duration>>::default();
        let traffic = Traffic::new(Arc::new(Moves(clock.clone(), waited.clone())));
        Self { clock, waited, traffic }
    }

    fn lane(&self, app: &str, account: &str) -> Lane {
        self.traffic.lane(["meta", app, account], Arc::new(self.clock.clone()))
    }

    /// Milliseconds that a request waits, or the error that it ends with.
    async fn enter(&self, lane: &Lane, request: &Request, patience: u64) -> Result<u128> {
        let before = *self.waited.lock().unwrap();
        let mut trip = Trip::new(lane.now(), Duration::from_secs(patience));
        lane.enter(request, &mut trip).await?;
        Ok(self.waited.lock().unwrap().checked_sub(before).unwrap().as_millis())
    }
}

fn throttle(context: &[(&'static str, &str)]) -> Error {
    let error = Error::new(ErrorKind::RateLimited, "slow").next("wait");
    context.iter().fold(error, |error, (key, value)| error.with(key, value))
}

fn read() -> Request {
    Request::get("https://api.example.com/rest/adAccounts/12/adCampaigns?q=1")
}

#[tokio::test]
async fn a_throttled_account_waits_and_slows_no_other() {
    let road = Road::new();
    let [one, same, other] = [road.lane("app", "1"), road.lane("app", "1"), road.lane("app", "2")];
    one.hear(&read(), &throttle(&[("retry_after_seconds", "30")]));
    assert_eq!(road.enter(&other, &read(), 120).await.unwrap(), 0);
    assert_eq!(road.enter(&same, &read(), 120).await.unwrap(), 30_000);
    assert_eq!(road.enter(&one, &read(), 120).await.unwrap(), 0);
}

#[tokio::test]
async fn a_limit_of_the_app_stops_all_of_its_accounts_and_no_other_apps() {
    let road = Road::new();
    road.lane("app", "1").hear(&read(), &throttle(&[("retry_after_seconds", "30"), ("rate_scope", "app")]));
    assert_eq!(road.enter(&road.lane("other", "1"), &read(), 120).await.unwrap(), 0);
    assert_eq!(road.enter(&road.lane("app", "2"), &read(), 120).await.unwrap(), 30_000);
}

#[tokio::test]
async fn a_limit_of_an_endpoint_leaves_the_others_open() {
    let road = Road::new();
    let lane = road.lane("app", "1");
    lane.hear(&read(), &throttle(&[("retry_after", class::NEXT_UTC_DAY), ("rate_scope", "endpoint")]));
    let pause = Request::post("https://api.example.com/rest/adAccounts/12/adCampaigns/7");
    lane.hear(&pause, &throttle(&[("retry_after", class::NEXT_UTC_DAY), ("rate_scope", "endpoint")]));
    assert_eq!(road.enter(&lane, &pause, 1).await.unwrap(), 0);
    let other = Request::get("https://api.example.com/rest/adAccounts/99/adCampaigns/5");
    let error = road.enter(&lane, &other, 120).await.unwrap_err();
    assert_eq!(error.context_of("retry_after_seconds"), Some("7200"));
    assert!(error.to_string().contains("2026-12-01T00:00:00Z"), "{error}");
    road.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(road.enter(&lane, &read(), 0).await.unwrap(), 0);
}

#[tokio::test]
async fn who_has_no_patience_is_refused_before_anything_is_sent() {
    let road = Road::new();
    let lane = road.lane("app", "1");
    lane.hear(&read(), &throttle(&[("retry_after_seconds", "30")]));
    let error = road.enter(&lane, &Request::post("https://api.example.com/x"), 1).await.unwrap_err();
    assert_eq!((error.kind(), error.context_of("retry_after_seconds")), (ErrorKind::RateLimited, Some("30")));
    assert_eq!(*road.waited.lock().unwrap(), Duration::ZERO);
}

#[tokio::test]
async fn requests_are_spread_as_the_use_rises() {
    let road = Road::new();
    let lane = road.lane("app", "1");
    for (used, apart) in [(0.0, 0), (75.0, 0), (80.0, 1_000), (100.0, 5_000), (250.0, 5_000), (10.0, 0)] {
        lane.used(used);
        road.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(road.enter(&lane, &read(), 120).await.unwrap(), 0, "{used}");
        assert_eq!(road.enter(&lane, &read(), 120).await.unwrap(), apart, "{used}");
    }
}

#[tokio::test]
async fn a_write_is_slowed_by_a_second_at_most() {
    let road = Road::new();
    let lane = road.lane("app", "1");
    lane.used(100.0);
    let write = Request::post("https://api.example.com/x");
    assert_eq!(road.enter(&lane, &write, 1).await.unwrap(), 0);
    assert_eq!(road.enter(&lane, &write, 1).await.unwrap(), 1_000);
}

#[test]
fn absurd_waits_stop_an_account_for_a_day_at_most_and_nonsense_for_no_time() {
    let road = Road::new();
    for (asked, until) in [
        ("999999999999", Some("2026-12-01T22:00:00Z")),
        ("-1", None),
        ("soon", None),
        ("0", None),
        ("36000", Some("2026-12-01T08:00:00Z")),
    ] {
        let lane = road.lane("app", asked);
        lane.hear(&read(), &throttle(&[("retry_after_seconds", asked)]));
        assert_eq!(lane.stopped_until(&read()).map(|until| until.to_string()).as_deref(), until, "{asked}");
    }
}

#[test]
fn the_budget_of_retries_is_used_up_and_comes_back_by_the_clock() {
    let road = Road::new();
    let lane = road.lane("app", "1");
    assert_eq!((0..30).filter(|_| lane.pay(10)).count(), 10);
    assert!(!lane.pay(5));
    assert!(road.lane("app", "2").pay(10));
    road.clock.advance(SignedDuration::from_secs(5));
    assert!(lane.pay(5) && !lane.pay(5));
    road.clock.advance(SignedDuration::from_hours(9));
    assert_eq!((0..30).filter(|_| lane.pay(10)).count(), 10);
    assert!(Lane::free().pay(1_000));
}

/// Waiting takes no time here: a clock that stands still ends nevertheless.
#[tokio::test]
async fn a_clock_that_stands_still_does_not_wait_for_ever() {
    struct Counts(AtomicUsize);
    #[async_trait]
    impl Wait for Counts {
        async fn wait(&self, _: Duration) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let (count, clock) = (Arc::new(Counts(AtomicUsize::new(0))), ManualClock::at(Timestamp::UNIX_EPOCH));
    let lane = Traffic::new(count.clone()).lane(["meta", "app", "1"], Arc::new(clock));
    lane.hear(&read(), &throttle(&[("retry_after_seconds", "30")]));
    let mut trip = Trip::new(lane.now(), Duration::from_secs(120));
    lane.enter(&read(), &mut trip).await.unwrap();
    assert_eq!(count.0.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn the_machine_s_own_wait_takes_its_time() {
    let before = tokio::time::Instant::now();
    SleepWait.wait(Duration::from_secs(7)).await;
    assert!(before.elapsed() >= Duration::from_secs(7));
}

#[test]
fn traffic_shows_how_many_lanes_it_has() {
    let road = Road::new();
    drop((road.lane("app", "1"), road.lane("app", "2"), road.lane("app", "1")));
    assert_eq!(format!("{:?}", road.traffic), "Traffic { lanes: 3, .. }");
}

#[tokio::test]
async fn an_account_that_is_wanted_silent_is_silent_for_so_long() {
    let road = Road::new();
    let (lane, other) = (road.lane("app", "1"), road.lane("app", "2"));
    lane.silent_for(Duration::from_secs(30));
    assert_eq!(road.enter(&other, &read(), 60).await.unwrap(), 0);
    assert_eq!(road.enter(&lane, &read(), 60).await.unwrap(), 30_000);
    assert_eq!(road.enter(&lane, &read(), 60).await.unwrap(), 0);
}
