//! The reference launch is killed with SIGKILL at every boundary, and at random moments: nothing is made twice, nothing is lost,
//! nothing delivers by mistake, no cap is passed, and the journal is whole.
#![cfg(unix)]

mod boundaries;
mod killer;
mod look;
mod moments;
mod scene;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Whether the long suite was asked for.
fn is_long() -> bool {
    std::env::var_os("ADBRAIN_LONG").is_some_and(|value| !value.is_empty())
}

/// The seed of the places and moments; `ADBRAIN_SEED` gives another one.
fn seed() -> u64 {
    std::env::var("ADBRAIN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_270_105)
}

/// The machine's own time, for the figures that are printed.
#[expect(clippy::disallowed_methods, reason = "a suite measures real time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
