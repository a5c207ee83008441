//! Days of operation in one process, without sockets and on a clock by hand, with everything going wrong at once. What must always
//! hold is asserted at every write to an account.
//!
//! `ADBRAIN_LONG=1` lives through 10,000 seeds instead of 500; `ADBRAIN_SEED=n` lives through one again.

mod account;
mod crash;
mod people;
mod sim;
mod world;

use sim::{Counts, Sim};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const SEEDS: u64 = 500;
const SEEDS_OF_THE_LONG_SUITE: u64 = 10_000;
/// Each on a thread of its own.
const THREADS: u64 = 2;

/// Says how to live through a seed again, where it fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let again = "cargo test -p adbrain-fakes --test simulation";
            println!("seed {} failed; again with: ADBRAIN_SEED={} {again}", self.0, self.0);
        }
    }
}

fn live_through(seeds: impl Iterator<Item = u64>) -> Counts {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut counts = Counts::default();
    for seed in seeds {
        let _seed = Seed(seed);
        counts.add(&runtime.block_on(Sim::live(seed)).unwrap_or_else(|error| panic!("seed {seed}: {error}")));
    }
    counts
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn nothing_that_goes_wrong_in_days_of_operation_breaks_a_promise() {
    let began = now();
    let is_long = std::env::var_os("ADBRAIN_LONG").is_some_and(|value| !value.is_empty());
    let seeds = match number("ADBRAIN_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..if is_long { SEEDS_OF_THE_LONG_SUITE } else { SEEDS },
    };
    let count = seeds.end - seeds.start;
    let share = |thread| seeds.clone().filter(move |seed| seed % THREADS == thread);
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            std::thread::spawn({
                let share = share(thread);
                move || live_through(share)
            })
        })
        .collect();
    let mut counts = Counts::default();
    for thread in threads {
        counts.add(&thread.join().unwrap());
    }
    println!("simulation: {count} seeds, {:.0} s; {counts}: no promise broken", began.elapsed().as_secs_f64());
    if count > 100 {
        counts.check_all_met();
    }
}

/// The machine's own time, for the figures that are printed.
#[expect(clippy::disallowed_methods, reason = "a suite measures real time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
