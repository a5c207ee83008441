//! What a sandbox account is opened with.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::Result;
use crate::market::World;
use crate::model::{AccountId, Currency, Platform};

/// Faults that are injected; writes and reports count from 1, each for themselves, since the account was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// These writes are carried out, but their answer is lost: [`crate::ErrorKind::OutcomeUnknown`].
    pub lose_answer_of: BTreeSet<u64>,
    /// These writes are not carried out: [`crate::ErrorKind::Unavailable`].
    pub fail_before: BTreeSet<u64>,
    /// These reports are refused: [`crate::ErrorKind::RateLimited`].
    pub refuse_report: BTreeSet<u64>,
    /// These reports are as they were a day before.
    pub stale_report: BTreeSet<u64>,
    /// These reports hold each row twice.
    pub repeat_rows_of: BTreeSet<u64>,
}

/// What a sandbox account is opened with.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// The platform that it plays.
    pub platform: Platform,
    /// The account; its ledger is kept under this name.
    pub account: AccountId,
    /// The currency of the account.
    pub currency: Currency,
    /// The market around it.
    pub world: Arc<World>,
    /// The seed of the market's luck.
    pub seed: u64,
    /// Faults to inject; none by default.
    pub faults: Faults,
}

impl SandboxOptions {
    /// The account `sandbox-<platform>` in the built-in world, without faults.
    ///
    /// # Errors
    /// As [`World::builtin`].
    pub fn new(platform: Platform, currency: Currency, seed: u64) -> Result<Self> {
        let account = AccountId::new(format!("sandbox-{platform}"));
        let world = Arc::new(World::builtin()?);
        Ok(Self { platform, account, currency, world, seed, faults: Faults::default() })
    }
}
