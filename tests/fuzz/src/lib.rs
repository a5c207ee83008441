//! Fuzz targets for everything that reads what others wrote: the answers of four platforms, briefs, plans, accounts, histories, and the
//! journal's emergency file.
//!
//! Each target is a test in `tests/targets.rs`. A usual run takes the kept corpus and some hundred inputs of chance; so many minutes for
//! one target, on stable Rust:
//!
//! ```sh
//! BOLERO_RANDOM_TEST_TIME_MS=600000 cargo test -p adbrain-fuzz --test targets meta
//! ```
//!
//! With `cargo-bolero` and a nightly toolchain the same targets run under libFuzzer, which keeps what it finds in the corpus:
//! `cargo bolero test meta --engine libfuzzer`. The corpus lies in `tests/__fuzz__/`.

use adbrain_core::model::Platform;
use adbrain_fakes::fire::Range;
use adbrain_fakes::{Answer, spoiled};
use tokio::runtime::{Builder, Runtime};

/// A connector, and the runtime that its server lives in.
pub struct Target {
    runtime: Runtime,
    range: Range,
}

impl Target {
    /// A platform's connector over kept answers.
    pub fn of(platform: Platform) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let range = runtime.block_on(Range::of(platform));
        Self { runtime, range }
    }

    /// Replaces one answer. The first byte says which; where the second is even, the next eight are the number of a spoiled answer, else
    /// all that follows is the body as it is.
    pub fn read(&self, input: &[u8]) {
        let [which, how, rest @ ..] = input else { return };
        let shot = &self.range.shots[usize::from(*which) % self.range.shots.len()];
        let good = &shot.exchange.answer;
        let answer = if how.is_multiple_of(2) {
            let mut number = [0; 8];
            number.iter_mut().zip(rest).for_each(|(byte, given)| *byte = *given);
            let parsed = serde_json::from_slice(&good.body).expect("fakes answer JSON");
            spoiled(good, &parsed, u64::from_le_bytes(number))
        } else {
            Answer { body: rest.to_vec(), ..good.clone() }
        };
        // A value or an error; a panic ends the test.
        let outcome = self.runtime.block_on(self.range.fire(shot, answer));
        if let Err(error) = outcome {
            assert!(!error.to_string().contains("canary"), "{error:?}");
        }
    }

    /// An input for each answer, as it was given.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let seed = |(which, shot): (u8, &adbrain_fakes::fire::Shot)| {
            [&[which, 1], shot.exchange.answer.body.as_slice()].concat()
        };
        (0..=u8::MAX).zip(&self.range.shots).map(seed).collect()
    }
}
