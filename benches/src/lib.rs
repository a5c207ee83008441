//! What the benches share: measuring wall and processor time, and the work that several of them measure.

pub mod graph;
pub mod learnings;
pub mod season;

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

/// The best time of some work, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Best {
    /// Of the processor.
    pub cpu_ms: f64,
    /// By the clock on the wall.
    pub wall_ms: f64,
}

impl Best {
    /// What so many times the work would take.
    #[must_use]
    pub fn times(self, count: f64) -> Self {
        Self { cpu_ms: self.cpu_ms * count, wall_ms: self.wall_ms * count }
    }
}

/// A round lasts at least so long, so that the clocks' steps do not show.
const SHORTEST: Duration = Duration::from_millis(2);

/// The best of so many rounds, for processor and wall each: other work on the machine can only add time.
///
/// # Errors
/// What `work` fails with.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub fn best<T, E>(rounds: u32, mut work: impl FnMut() -> Result<T, E>) -> Result<Best, E> {
    let mut least = Best { cpu_ms: f64::INFINITY, wall_ms: f64::INFINITY };
    let mut runs = 1;
    let mut left = rounds;
    while left > 0 {
        let (wall, cpu) = (Instant::now(), cpu_time());
        for _ in 0..runs {
            std::hint::black_box(work()?);
        }
        let taken = Taken { wall: wall.elapsed(), cpu: cpu_time().saturating_sub(cpu) };
        if taken.wall < SHORTEST {
            runs *= 4;
            continue;
        }
        least.cpu_ms = least.cpu_ms.min(taken.cpu_us(runs) / 1e3);
        least.wall_ms = least.wall_ms.min(taken.wall_us(runs) / 1e3);
        left -= 1;
    }
    Ok(least)
}

/// The processor time of this process so far.
pub fn cpu_time() -> Duration {
    let usage = usage();
    duration(usage.ru_utime) + duration(usage.ru_stime)
}

/// The most memory that this process had so far, in megabytes.
pub fn peak_memory_mb() -> f64 {
    // Kilobytes but on macOS, where they are bytes.
    let unit = if cfg!(target_os = "macos") { 1.0 } else { 1024.0 };
    usage().ru_maxrss as f64 * unit / 1e6
}

#[expect(unsafe_code, reason = "getrusage has no safe form in std; it only fills the struct that it is given")]
fn usage() -> libc::rusage {
    // SAFETY: rusage is plain numbers, for which zero is valid, and the pointer lives through the call.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    }
}

/// Lets this process open so many files and sockets where the system allows it; how many it may open now.
#[expect(
    unsafe_code,
    reason = "limits of a process have no safe form in std; the calls only read and fill the struct that they are given"
)]
pub fn raise_open_files(wanted: u64) -> u64 {
    // SAFETY: rlimit is plain numbers, for which zero is valid, and the pointers live through the calls.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) != 0 {
            return 0;
        }
        let raised = libc::rlimit { rlim_cur: wanted.max(limit.rlim_cur), rlim_max: wanted.max(limit.rlim_max) };
        let within = libc::rlimit { rlim_cur: wanted.max(limit.rlim_cur).min(limit.rlim_max), ..limit };
        for next in [raised, within] {
            if libc::setrlimit(libc::RLIMIT_NOFILE, &raw const next) == 0 {
                return next.rlim_cur;
            }
        }
        limit.rlim_cur
    }
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_micros(u64::try_from(time.tv_usec).unwrap_or_default())
}
