//! What the benches share: measuring wall and processor time.

use std::time::{Duration, Instant};

/// The time that some work took.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// By the clock on the wall.
    pub wall: Duration,
    /// Of the processor, user and system, all threads of the process.
    pub cpu: Duration,
}

impl Taken {
    /// Wall time per run in microseconds.
    pub fn wall_us(&self, runs: u32) -> f64 {
        self.wall.as_secs_f64() * 1e6 / f64::from(runs)
    }

    /// Processor time per run in microseconds.
    pub fn cpu_us(&self, runs: u32) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / f64::from(runs)
    }
}

/// Measures the time that `work` takes.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub async fn measure<T>(work: impl Future<Output = T>) -> (T, Taken) {
    let (wall, cpu) = (Instant::now(), cpu_time());
    let result = work.await;
    (result, Taken { wall: wall.elapsed(), cpu: cpu_time().saturating_sub(cpu) })
}

/// The processor time of this process so far.
#[expect(unsafe_code, reason = "getrusage has no safe form in std; it only fills the struct that it is given")]
pub fn cpu_time() -> Duration {
    // SAFETY: rusage is plain numbers, for which zero is valid, and the pointer lives through the call.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    duration(usage.ru_utime) + duration(usage.ru_stime)
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_micros(u64::try_from(time.tv_usec).unwrap_or_default())
}
