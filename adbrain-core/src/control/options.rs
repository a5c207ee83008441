//! What control needs to be told, and the two small ports that it takes: how to wait, and where files come from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Autonomy, Mode};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Limits, MediaKind, Money, Platform, RunId};
use crate::store::Leases;

/// How control is set up.
#[derive(Clone)]
pub struct ControlOptions {
    /// The run whose changes these are; the limits hold over everything that this run made.
    pub run: RunId,
    /// How far it may go.
    pub mode: Mode,
    /// What the run may cost and how fast it may change.
    pub limits: Limits,
    /// How far proposals go by themselves.
    pub autonomy: Autonomy,
    /// While this file exists, no write but a pause is sent.
    pub kill_file: Option<PathBuf>,
    /// Where intents go while the database cannot be written; none means that nothing is sent then.
    pub emergency_file: Option<PathBuf>,
    /// The most that the worst case of a day may cost in one account, objects of other runs and people included.
    pub account_daily_caps: BTreeMap<Platform, Money>,
    /// The most that the worst case of a day may cost for one ad set.
    pub object_daily_cap: Option<Money>,
    /// How to wait until a platform shows what was written.
    pub settle: Arc<dyn Settle>,
    /// Who may write to an account; none means leases in the database with the holders' files in the machine's temporary folder.
    pub leases: Option<Leases>,
}

impl ControlOptions {
    /// The strictest options: every amount needs a person, no kill file, no emergency file.
    ///
    /// ```
    /// use adbrain_core::control::{ControlOptions, Mode};
    /// use adbrain_core::model::{Approvals, Currency, Limits, Money, RunId};
    /// let amount = |units: i64| Money::from_micros(units * 1_000_000, Currency::BRL);
    /// let limits = Limits {
    ///     daily_cap: amount(200), weekly_cap: amount(1_400), lifetime_cap: amount(3_000), max_raise_percent: 20,
    ///     max_cut_percent: 30, max_changes_per_object_and_day: 2, max_pauses_per_hour: 3, learning_hours: 72,
    ///     approvals: Approvals::default(),
    /// };
    /// let options = ControlOptions::new(RunId::new("summer"), Mode::DryRun, limits);
    /// assert!(options.limits.approvals.none_up_to.is_none());
    /// ```
    pub fn new(run: RunId, mode: Mode, limits: Limits) -> Self {
        Self {
            run,
            mode,
            limits,
            autonomy: Autonomy::default(),
            kill_file: None,
            emergency_file: None,
            account_daily_caps: BTreeMap::new(),
            object_daily_cap: None,
            settle: Arc::new(SleepSettle),
            leases: None,
        }
    }
}

/// Waits until a platform shows what was written.
#[async_trait]
pub trait Settle: Send + Sync {
    /// Waits about `seconds`. The clock decides afterwards whether the time has passed.
    async fn wait(&self, seconds: u32);
}

/// Sleeps on the machine's own time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SleepSettle;

#[async_trait]
impl Settle for SleepSettle {
    async fn wait(&self, seconds: u32) {
        tokio::time::sleep(std::time::Duration::from_secs(u64::from(seconds))).await;
    }
}

/// Does not wait: for simulated time, where what has not settled stays unknown until the next look.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWait;

#[async_trait]
impl Settle for NoWait {
    async fn wait(&self, _seconds: u32) {}
}

/// Gives media files by their hash; the media library does.
pub trait FileSource: Send + Sync {
    /// The kind and the bytes of a file.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a hash that it does not know.
    fn read(&self, hash: &ContentHash) -> Result<(MediaKind, Vec<u8>)>;
}

/// A source without files, for plans whose ads need none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl FileSource for NoFiles {
    fn read(&self, hash: &ContentHash) -> Result<(MediaKind, Vec<u8>)> {
        Err(Error::new(ErrorKind::NotFound, "there is no such media file")
            .with("hash", hash.as_str())
            .next("give a `FileSource` that holds it"))
    }
}
