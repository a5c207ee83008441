//! The sandbox platform: a connector over the simulated market. It spends nothing.
//!
//! In: what every connector takes. Out: objects and report rows of a simulated account. Called like every connector. Never
//! answers a write before the write is in its ledger, so that a killed process finds the same account again.

mod account;
mod ledger;
mod options;

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use self::account::{Account, Effect};
use self::ledger::{Entry, Operation};
use super::audiences;
use super::{
    AudienceFill, Capabilities, Connector, InsightsQuery, InsightsStep, LookUp, LookUpAnswer, ObjectChange, Pace,
    Permit, RemoteObject, Upload,
};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::market::{Market, MarketOptions, Prospect, Tally, Worth};
use crate::model::{Attribution, ChangeKind, ContentHash, DraftTree, MetricsRow, ObjectId, Tag};
use crate::store::Database;

pub use options::{Faults, SandboxOptions};

/// A simulated account. Objects are kept in a ledger in the database; the market is simulated again from the ledger, so the
/// same seed, world, ledger and time give the same results in any process.
///
/// An ad delivers while it, its ad set and its campaign are active. Report hours are full hours in UTC.
pub struct Sandbox {
    options: SandboxOptions,
    capabilities: Capabilities,
    attribution: Attribution,
    database: Arc<dyn Database>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    account: Account,
    market: Market,
    /// The number of the next line of the ledger.
    next: i64,
    /// The time of the last line.
    last: Timestamp,
    /// Writes tried since the account was opened.
    writes: u64,
    /// Reports asked for since then.
    reports: u64,
}

impl Sandbox {
    /// Opens an account: finds what its ledger holds, or starts an empty one.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the world lacks the platform or the currency, [`ErrorKind::Corrupt`] for a damaged
    /// ledger, and what the database fails with.
    pub async fn open(options: SandboxOptions, database: Arc<dyn Database>, clock: Arc<dyn Clock>) -> Result<Self> {
        let capabilities = capabilities(&options)?;
        let attribution = options.world.platform(options.platform)?.attribution;
        let (world, platform) = (options.world.clone(), options.platform);
        let market = Market::new(MarketOptions { world, platform, currency: options.currency, seed: options.seed })?;
        let account = Account::default();
        let mut state = State { account, market, next: 1, last: Timestamp::MIN, writes: 0, reports: 0 };
        for entry in ledger::load(database.as_ref(), &options.account).await? {
            state.carry_out(&capabilities, &entry)?;
        }
        Ok(Self { options, capabilities, attribution, database, clock, state: Mutex::new(state) })
    }

    /// Appends a write to the ledger and carries it out, unless a fault is injected.
    async fn write(&self, state: &mut State, operation: Operation) -> Result<Effect> {
        state.account.check(&self.capabilities, &operation).map_err(|error| self.here(error))?;
        state.writes += 1;
        if self.options.faults.fail_before.contains(&state.writes) {
            let error = Error::new(ErrorKind::Unavailable, "the write was refused by an injected fault")
                .next("take its number out of `fail_before`");
            return Err(self.here(error));
        }
        let effect = self.enter(state, operation).await?;
        if self.options.faults.lose_answer_of.contains(&state.writes) {
            let lost = Error::new(ErrorKind::OutcomeUnknown, "the answer to a write was lost by an injected fault")
                .next("look the object up by its tag");
            return Err(self.here(lost));
        }
        Ok(effect)
    }

    /// Appends a write that was checked to the ledger and carries it out.
    async fn enter(&self, state: &mut State, operation: Operation) -> Result<Effect> {
        let at = self.clock.now().max(state.last).max(state.market.simulated_until().unwrap_or(Timestamp::MIN));
        let entry = Entry { at, operation };
        ledger::append(self.database.as_ref(), &self.options.account, state.next, &entry).await?;
        state.carry_out(&self.capabilities, &entry)
    }

    /// Changes what carries a tag as a person does in the account's own pages: no permit is asked for, and no fault meets it. For what people do
    /// in trials, never for a change of ours.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where nothing carries the tag, and as [`Connector::change`] for what cannot be done.
    pub(crate) async fn change_by_hand(&self, tag: &Tag, kind: ChangeKind) -> Result<()> {
        let mut state = self.state.lock().await;
        let found =
            state.account.live().find(|object| object.tag.as_ref() == Some(tag)).map(|object| object.id.clone());
        let id = found.ok_or_else(|| {
            let what = format!("nothing in the account carries {tag}");
            self.here(Error::new(ErrorKind::NotFound, what).next("name an object that `list` gives"))
        })?;
        let operation = Operation::Change(ObjectChange { id, kind });
        state.account.check(&self.capabilities, &operation).map_err(|error| self.here(error))?;
        self.enter(&mut state, operation).await.map(|_| ())
    }

    fn here(&self, error: Error) -> Error {
        error.with("account", &self.options.account)
    }

    fn allow(&self, permit: &Permit, target: Option<&Tag>) -> Result<()> {
        permit.check(target).map_err(|error| self.here(error))
    }

    /// What the account really brought in a window, up to now: for the scores of trials, never for a policy.
    ///
    /// # Errors
    /// As [`Connector::insights`].
    pub(crate) async fn worth(&self, window: &Range<Timestamp>, object: Option<&Tag>) -> Result<Worth> {
        let mut state = self.state.lock().await;
        state.market.advance_to(self.clock.now())?;
        Ok(state.market.worth(window, object))
    }

    /// What each running ad set would bring on the day that begins now, at each of some daily budgets in micros.
    ///
    /// # Errors
    /// As [`Connector::insights`].
    pub(crate) async fn prospects(&self, budgets: &[i64]) -> Result<Vec<Prospect>> {
        let mut state = self.state.lock().await;
        state.market.advance_to(self.clock.now())?;
        state.market.prospects(budgets)
    }

    fn row(&self, tally: Tally, as_of: Timestamp) -> MetricsRow {
        MetricsRow {
            platform: self.options.platform,
            path: tally.path,
            start: tally.start,
            end: tally.end,
            as_of,
            attribution: self.attribution,
            reach: Some(tally.reach),
            metrics: tally.metrics,
        }
    }
}

impl State {
    fn carry_out(&mut self, can: &Capabilities, entry: &Entry) -> Result<Effect> {
        let mut effect = self.account.carry_out(can, &entry.operation)?;
        for instruction in std::mem::take(&mut effect.instructions) {
            self.market.instruct(entry.at, instruction);
        }
        self.next += 1;
        self.last = entry.at;
        Ok(effect)
    }
}

#[async_trait]
impl Connector for Sandbox {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        self.allow(permit, Some(tree.draft.tag()))?;
        let mut state = self.state.lock().await;
        self.write(&mut state, Operation::Create(Box::new(tree.clone()))).await.map(|effect| effect.made)
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        permit.check_upload(upload).map_err(|error| self.here(error))?;
        let mut state = self.state.lock().await;
        if let Some(id) = state.account.uploaded(&upload.hash) {
            return Ok(id.clone());
        }
        self.write(&mut state, Operation::Upload { hash: upload.hash.clone(), kind: upload.kind }).await?;
        let absent = || self.here(Error::new(ErrorKind::Internal, "an uploaded file is not in the account"));
        state.account.uploaded(&upload.hash).cloned().ok_or_else(absent)
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        let mut state = self.state.lock().await;
        let tag = state.account.object(&change.id).map_err(|error| self.here(error))?.tag.clone();
        self.allow(permit, tag.as_ref())?;
        self.write(&mut state, Operation::Change(change.clone())).await.map(|_| ())
    }

    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        let state = self.state.lock().await;
        Ok(state.account.live().filter(|object| object.tag.as_ref() == Some(tag)).cloned().collect())
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        let state = self.state.lock().await;
        let mut objects: Vec<_> = state.account.live().cloned().collect();
        objects.sort_by_key(|object| object.level);
        Ok(objects)
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        if query.end <= query.start {
            return Err(self.here(Error::invalid("query.end", "is not after the start").next("give a later end")));
        }
        let now = self.clock.now();
        let mut state = self.state.lock().await;
        state.market.advance_to(now)?;
        state.reports += 1;
        let (number, faults) = (state.reports, &self.options.faults);
        if faults.refuse_report.contains(&number) {
            let error = Error::new(ErrorKind::RateLimited, "the report was refused by an injected fault")
                .next("ask again, or take its number out of `refuse_report`");
            return Err(self.here(error));
        }
        let yesterday = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        let known_at = if faults.stale_report.contains(&number) { yesterday } else { now };
        let step_hours = match query.step {
            InsightsStep::Hour => 1,
            InsightsStep::Day => 24,
        };
        let end = query.end.min(known_at.max(query.start));
        let tallies = state.market.report(query.start..end, step_hours, known_at)?;
        let times = if faults.repeat_rows_of.contains(&number) { 2 } else { 1 };
        let rows = tallies.into_iter().map(|tally| self.row(tally, known_at));
        Ok(rows.flat_map(|row| std::iter::repeat_n(row, times)).collect())
    }

    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer> {
        let LookUp::AudienceSize { audience } = question;
        let (low, high) = self.options.world.audience_range(self.options.platform, audience)?;
        Ok(LookUpAnswer::AudienceSize { low, high })
    }

    fn check_fill(&self, fill: &AudienceFill) -> Result<()> {
        audiences::check_platform(self.options.platform, fill).map_err(|error| self.here(error))
    }

    /// The market knows no people by name: an audience is kept with the count of its people, and narrows nothing.
    async fn fill_audience(&self, permit: &Permit, fill: &AudienceFill) -> Result<ObjectId> {
        permit.check_fill(fill).and_then(|()| self.check_fill(fill)).map_err(|error| self.here(error))?;
        let (audience, hash) = (fill.name().to_owned(), fill.customers().content_hash()?);
        let id = format!("{}-audience-{}", self.options.platform, ContentHash::of(audience.as_bytes()).short(16));
        let mut state = self.state.lock().await;
        if !state.account.holds(&audience, &hash) {
            let (emails, phones) = (fill.customers().emails().len(), fill.customers().phones().len());
            self.write(&mut state, Operation::Fill { audience, emails, phones, hash }).await?;
        }
        Ok(ObjectId::new(id))
    }
}

fn capabilities(options: &SandboxOptions) -> Result<Capabilities> {
    let platform = options.world.platform(options.platform)?;
    Ok(Capabilities {
        platform: options.platform,
        account: options.account.clone(),
        currency: options.currency,
        time_zone: None,
        is_sandbox: true,
        creates_whole_trees: platform.creates_whole_trees,
        settle_seconds: 0,
        worst_case_day_percent: platform.worst_case_day_percent,
        least_daily_budget: options.world.least_daily_budget(options.platform, options.currency)?,
        // The simulated market has no rules of pace: the plan's own limits hold.
        pace: Pace::default(),
        formats: platform.formats.clone(),
        bid_strategies: platform.bid_strategies.clone(),
        warnings: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
