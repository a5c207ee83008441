//! The brain: builds the loop and runs it.
//!
//! In: a brief, history, options. Out: the result of a run with its report. Called by the command line and the bindings. Never
//! computes: it calls.

mod result;

pub use result::{DaySummary, HistorySummary, PlatformResult, RunResult, TargetCheck};
