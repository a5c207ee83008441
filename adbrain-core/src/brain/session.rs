//! What one run works with: the checked brief, a clock, connectors, and the one control.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::RunRequest;
use super::builder::Parts;
use super::stop::nothing;
use crate::agent::workflow::StepOptions;
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::control::{Control, ControlOptions, EVERY_RUN, FileSource, Mode, NoWait};
use crate::error::{Error, ErrorKind, Result};
use crate::experiment::{Apply, Label, Metric, Settings};
use crate::media::{Library, fingerprint};
use crate::model::{
    AccountId, CheckedBrief, ContentHash, Currency, History, Limits, MediaKind, MetricsRow, Platform, RunId, line,
};
use crate::platform::sandbox::{Sandbox, SandboxOptions};
use crate::platform::{Capabilities, Connector, Connectors, InsightsQuery};
use crate::store::{Lease, Leases};

/// Digits of a run's name: 16 hexadecimal digits are 64 bits.
const RUN_LENGTH: usize = 16;

/// Everything that the steps of one run share.
pub(super) struct Session {
    pub(super) run: RunId,
    pub(super) seed: u64,
    pub(super) mode: Mode,
    pub(super) days: i64,
    /// When the winner of a test is acted on.
    pub(super) apply: Apply,
    /// The same as it was asked for, part of the request's identity.
    wanted: Option<Apply>,
    /// The hashes of the brief's media files as they are now, part of the request's identity.
    media: Vec<Option<ContentHash>>,
    /// How long a step may take, and how often it is tried.
    pub(super) steps: StepOptions,
    pub(super) brief: CheckedBrief,
    pub(super) brief_folder: PathBuf,
    pub(super) history: Option<History>,
    pub(super) clock: RunClock,
    pub(super) connectors: Connectors,
    pub(super) parts: Arc<Parts>,
}

/// The clock of a run: set by the loop while the world is simulated, that of the brain where it is real.
#[derive(Clone)]
pub(super) enum RunClock {
    /// The loop sets the time.
    Simulated(ManualClock),
    /// Time passes by itself.
    Real(Arc<dyn Clock>),
}

impl RunClock {
    pub(super) fn set(&self, now: jiff::Timestamp) {
        if let Self::Simulated(clock) = self {
            clock.set(now);
        }
    }

    pub(super) fn is_simulated(&self) -> bool {
        matches!(self, Self::Simulated(_))
    }
}

impl Clock for RunClock {
    fn now(&self) -> jiff::Timestamp {
        match self {
            Self::Simulated(clock) => clock.now(),
            Self::Real(clock) => clock.now(),
        }
    }
}

impl Session {
    /// Checks the request and sets the clock; [`Session::connect`] comes next.
    pub(super) fn new(parts: Arc<Parts>, request: RunRequest) -> Result<Self> {
        let brief = request.checked_brief()?;
        let apply = request.apply.unwrap_or_else(|| usual_apply(request.mode));
        Settings { apply, ..Settings::new(Metric::Ctr) }.check()?;
        check_history(&brief, request.history.as_ref())?;
        if let Some(run) = &request.run {
            line("run_id", run.as_str())?;
        }
        if request.days == Some(0) {
            return Err(Error::invalid("days", "is 0").next("give 1 or more, or leave it out for the whole flight"));
        }
        parts.rules.load()?;
        let days = i64::from(request.days.unwrap_or(u32::MAX)).min(brief.days());
        let is_simulated = is_simulated(&parts);
        let clock = if is_simulated {
            RunClock::Simulated(ManualClock::at(brief.flight.start_of_day(0)?))
        } else {
            RunClock::Real(parts.clock.clone())
        };
        let mut session = Self {
            run: RunId::new(""),
            seed: request.seed,
            mode: request.mode,
            // A dry run over accounts lets nothing go, so that no day of them is its own.
            days: if is_simulated || request.mode != Mode::DryRun { days } else { 0 },
            apply,
            wanted: request.apply,
            media: brief.media.iter().map(|item| fingerprint(&request.folder.join(&item.path))).collect(),
            steps: request.steps,
            brief_folder: request.folder,
            history: request.history,
            connectors: parts.connectors.clone(),
            brief,
            clock,
            parts,
        };
        session.run = match request.run {
            Some(run) => run,
            None => RunId::new(session.identity()?.short(RUN_LENGTH)),
        };
        if !session.connectors.is_empty() {
            session.check_platforms()?;
        }
        Ok(session)
    }

    /// Opens the simulated accounts, where the caller brought no connectors.
    pub(super) async fn connect(mut self) -> Result<Self> {
        if self.connectors.is_empty() {
            let account = Account { run: &self.run, currency: self.brief.currency(), seed: self.seed };
            self.connectors = sandboxes(&self.parts, self.brief.platforms(), (account, &self.clock)).await?;
        }
        Ok(self)
    }

    /// What the run was asked for and made of, as one hash; a saved run is resumed by the same request alone. Another picture
    /// under the same path, another world or another part of the caller's is another run.
    pub(super) fn identity(&self) -> Result<ContentHash> {
        let history = self.history.as_ref().map(|history| &history.hash);
        let asked = (&self.brief, history, self.seed, self.days, self.mode);
        let people = self.parts.people.as_ref().map(|people| people.profiles());
        ContentHash::of_value(&(asked, &self.wanted, &self.media, &self.parts.own, people))
    }

    fn check_platforms(&self) -> Result<()> {
        for platform in self.brief.platforms() {
            let able = self.connector(platform)?.capabilities();
            if able.currency != self.brief.currency() {
                let what = format!("is in {}, the account on {platform} in {}", self.brief.currency(), able.currency);
                return Err(Error::invalid("budget.currency", what).next("write the brief in the account's currency"));
            }
        }
        Ok(())
    }

    pub(super) fn connector(&self, platform: Platform) -> Result<&Arc<dyn Connector>> {
        self.connectors.get(&platform).ok_or_else(|| {
            Error::invalid("platforms", format!("there is no connector for {platform}"))
                .next("add one, or name in the brief only platforms that have one")
        })
    }

    /// What the platforms of the brief can do, in their fixed order.
    pub(super) fn capabilities(&self) -> Result<Vec<Capabilities>> {
        self.brief.platforms().into_iter().map(|platform| Ok(self.connector(platform)?.capabilities())).collect()
    }

    /// Report rows of all platforms, in the order of the platforms.
    pub(super) async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        let mut rows = Vec::new();
        for connector in self.connectors.values() {
            rows.extend(connector.insights(query).await?);
        }
        Ok(rows)
    }

    /// Opens the one door to the platforms, under the limits of a plan.
    pub(super) async fn control(&self, limits: &Limits) -> Result<Control> {
        let world = (self.connectors.clone(), self.clock.clone());
        control(&self.parts, world, (&self.run, self.mode, limits)).await
    }
}

/// Real money moves on randomised evidence alone.
fn usual_apply(mode: Mode) -> Apply {
    let evidence = if mode == Mode::Live { Label::Causal } else { Label::Associational };
    Apply { evidence, ..Apply::default() }
}

/// Takes the lease of a run: one process at a time works on it.
pub(super) async fn lease(parts: &Parts, run: &RunId) -> Result<Lease> {
    leases(parts).take(&format!("run {run}")).await
}

fn leases(parts: &Parts) -> Leases {
    Leases::new(parts.database.clone(), Arc::new(SystemClock), &parts.folder)
}

/// Whether the loop runs in simulated time: without connectors, or with sandboxes alone. Accounts that the engine opened itself have a
/// time of their own, also where they are sandboxes.
pub(super) fn is_simulated(parts: &Parts) -> bool {
    !parts.has_accounts && parts.connectors.values().all(|connector| connector.capabilities().is_sandbox)
}

/// The simulated accounts of one run.
#[derive(Clone, Copy)]
pub(super) struct Account<'a> {
    pub(super) run: &'a RunId,
    pub(super) currency: Currency,
    pub(super) seed: u64,
}

/// One simulated account per platform; each run has accounts of its own.
pub(super) async fn sandboxes(
    parts: &Parts,
    platforms: impl IntoIterator<Item = Platform>,
    (account, clock): (Account<'_>, &RunClock),
) -> Result<Connectors> {
    let mut connectors = Connectors::new();
    for platform in platforms {
        let options = SandboxOptions {
            account: AccountId::new(format!("sandbox-{platform}-{}", account.run)),
            world: parts.world.clone(),
            ..SandboxOptions::new(platform, account.currency, account.seed)?
        };
        let sandbox = Sandbox::open(options, parts.database.clone(), Arc::new(clock.clone())).await?;
        connectors.insert(platform, Arc::new(sandbox));
    }
    Ok(connectors)
}

/// Opens control over the accounts of a run.
pub(super) async fn control(
    parts: &Parts,
    (connectors, clock): (Connectors, RunClock),
    about: (&RunId, Mode, &Limits),
) -> Result<Control> {
    let options = control_options(parts, &clock, about);
    Control::open(parts.database.clone(), connectors, Arc::new(clock), options).await
}

/// The same for a look: settles and sends nothing.
pub(super) async fn control_to_read(
    parts: &Parts,
    (connectors, clock): (Connectors, RunClock),
    about: (&RunId, Mode, &Limits),
) -> Result<Control> {
    let options = control_options(parts, &clock, about);
    Control::open_to_read(parts.database.clone(), connectors, Arc::new(clock), options).await
}

/// A control that notes what people order and changes no object.
pub(super) async fn control_to_note(parts: &Parts, clock: RunClock) -> Result<Control> {
    let every = RunId::new(EVERY_RUN);
    control_to_read(parts, (Connectors::new(), clock), (&every, Mode::DryRun, &nothing())).await
}

fn control_options(parts: &Parts, clock: &RunClock, (run, mode, limits): (&RunId, Mode, &Limits)) -> ControlOptions {
    ControlOptions {
        kill_file: Some(kill_file(&parts.folder)),
        emergency_file: Some(emergency_file(&parts.folder)),
        leases: Some(leases(parts)),
        autonomy: parts.autonomy.clone(),
        settle: if clock.is_simulated() { Arc::new(NoWait) } else { parts.settle.clone() },
        ..ControlOptions::new(run.clone(), mode, limits.clone())
    }
}

/// The file beside a store that turns its kill switch on; all paths beside a store follow from one of them.
pub(super) fn kill_file(beside: &Path) -> PathBuf {
    beside.with_extension("kill")
}

/// Where intents go while the store cannot be written.
pub(super) fn emergency_file(beside: &Path) -> PathBuf {
    beside.with_extension("emergency")
}

fn check_history(brief: &CheckedBrief, history: Option<&History>) -> Result<()> {
    match history {
        Some(history) if history.currency != brief.currency() => {
            let what = format!("is in {}, the brief in {}", history.currency, brief.currency());
            Err(Error::new(ErrorKind::InvalidInput, format!("history: {what}")).next("convert the amounts first"))
        }
        _ => Ok(()),
    }
}

/// Reads the plan's files from the media library.
pub(super) struct Files(pub(super) Library);

impl FileSource for Files {
    fn read(&self, hash: &ContentHash) -> Result<(MediaKind, Vec<u8>)> {
        Ok((self.0.kind(hash)?, self.0.read(hash)?))
    }
}
