//! Alert rules as data: a file of expressions and thresholds in, episodes, notifications and proposals out, each once.
//!
//! In: a file in TOML or JSON, and samples of objects at a moment. Out: what to tell people, and what to propose to control. Called by
//! the command line and by callers with metrics of their own. Never acts, and never reads a clock or a file.
//!
//! ```
//! use adbrain_core::alert::rules::{Engine, Level, RuleSet, Sample};
//! use adbrain_core::model::Platform;
//! let rules = RuleSet::from_text(
//!     r#"
//!     version = 1
//!     [[rule]]
//!     name = "dear_hours"
//!     value = "cpm_hour"
//!     above = 30
//!     clear = 25
//!     severity = "high"
//!     "#,
//! )?;
//! let mut engine = Engine::new(rules);
//! let at = "2026-12-01T12:00:00Z".parse().unwrap();
//! let sample = Sample::new(Platform::Meta, "set-1", Level::AdSet, at).with("cpm_hour", 31.0);
//! let found = engine.evaluate(at, &[sample])?;
//! assert_eq!(found.told.notifications[0].rule, "dear_hours");
//! # Ok::<(), adbrain_core::Error>(())
//! ```

mod engine;
mod expression;
mod file;
mod metrics;
mod parser;
mod presets;
mod quiet;
mod replay;
mod rule;
mod sample;
mod trial;

use jiff::tz::TimeZone;

use quiet::Quiet;

pub use engine::{
    Cause, Engine, EngineState, Episode, Evaluated, Held, Notification, NotificationKind, Proposal, Standing, Status,
    Subject, Told, Transition, Why,
};
pub use expression::{Expression, Lack};
pub(crate) use file::span::span;
pub(super) use file::span::written;
pub use file::{
    ActionEntry, ActionKind, Day, Inhibition, OnLack, QuietHours, Requirement, RuleEntry, RulesFile, Silence,
};
pub(crate) use file::{decoded, parts, value_of};
pub use metrics::{METRICS, Metric, metrics_markdown};
pub use presets::{PRESETS, preset_text};
pub use replay::{Replay, ReplaySettings, RuleReplay, replay};
pub use rule::Rule;
pub use sample::{Level, Sample};
pub use trial::{ExpectedState, RuleTest, RuleTests, Series, TestResult};

/// Rules that have been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    zone: TimeZone,
    rules: Vec<Rule>,
    quiet: Vec<Quiet>,
    /// The file that they are of.
    file: RulesFile,
}

impl RuleSet {
    /// The rules, in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The same rules with more that is kept silent, as people ordered it.
    #[must_use]
    pub(crate) fn with_silences(mut self, silences: Vec<Silence>) -> Self {
        self.file.silences.extend(silences);
        self
    }

    /// The file that they are of.
    pub fn file(&self) -> &RulesFile {
        &self.file
    }
}

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/guides/alerts.md")]
pub struct Guide;
