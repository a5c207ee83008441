//! Control: the one door to money.
//!
//! In: plans and proposed changes. Out: outcomes, each with its journal entries. Called by brain and the command line. Never
//! sends without a policy that says yes and an intent on disk; nothing else holds a connector that can write.

mod activate;
mod adopt;
mod apply;
mod approval;
mod audit;
mod autonomy;
mod caps;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod diff;
mod drift;
mod edit;
#[cfg(test)]
mod fake;
mod fill;
mod journal;
mod kill;
mod launch;
#[cfg(test)]
mod laws;
mod ledger;
mod lookup;
mod moves;
mod options;
mod policy;
mod reconcile;
mod records;
mod release;
mod send;
mod signature;
mod silence;
mod status;
mod step;
#[cfg(test)]
mod tests;
mod undo;
mod waiting;
mod words;
mod writers;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, SystemClock};
use crate::error::Result;
use crate::model::{Change, ContentHash, MediaPlan, Message, ObjectId, Platform, Tag};
use crate::platform::{AudienceFill, Connectors, HashedCustomers};
use crate::store::{Database, Leases};

pub use adopt::AdoptOrder;
pub use approval::Decision;
pub(crate) use approval::NEEDS_APPROVAL;
pub use audit::{Head, Problem, ProblemKind, Verification, entry_times, head, verify, verify_to};
pub use autonomy::{Autonomy, AutonomyLevel};
pub use diff::PlannedStep;
pub use drift::{Author, Drift, DriftField, FieldValue};
pub use kill::turn_on;
pub use options::{ControlOptions, FileSource, NoFiles, NoWait, Settle, SleepSettle};
pub use release::ReleaseOrder;
pub use signature::{SignedHead, new_signing_key, public_key, sign_head, sign_journal, verify_signed};
pub(crate) use silence::EVERY_RUN;
pub use silence::{EndedSilence, KeptSilence, Silences};
pub use status::{CapUse, ControlStatus, Foreseen, ObjectStatus, Period, SwitchStatus};
pub use undo::find_entry;
pub use waiting::Waiting;
pub(crate) use waiting::find_waiting;

use apply::Session;
use journal::Journal;
use kill::KillSwitch;

/// How far control may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing is sent; every change is checked and recorded as planned.
    #[default]
    DryRun,
    /// Changes are sent to connectors that declare themselves a sandbox, and to no others.
    Sandbox,
    /// Changes are sent wherever the policy allows.
    Live,
}

/// Where a change stands in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JournalState {
    /// Checked; not to be sent (dry run), or waiting.
    Planned,
    /// About to be sent: on disk before the request.
    Intent,
    /// The request is out.
    Sent,
    /// The platform confirmed it.
    Confirmed,
    /// The answer was lost; the object has to be looked up.
    Unknown,
    /// It is being undone.
    Compensating,
    /// It was undone.
    Compensated,
    /// A person has to decide.
    NeedsPerson,
    /// The policy said no.
    Refused,
}

impl JournalState {
    /// The name as text: `needs_person`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Intent => "intent",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Unknown => "unknown",
            Self::Compensating => "compensating",
            Self::Compensated => "compensated",
            Self::NeedsPerson => "needs_person",
            Self::Refused => "refused",
        }
    }
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The identity of the step: the hash of run, platform, target, action and cause. The same in a resumed run.
    pub entry: ContentHash,
    /// The platform.
    pub platform: Platform,
    /// Our mark on the object.
    pub target: Tag,
    /// The action: `upload`, `fill_audience`, `create`, `activate`, `pause`, `set_daily_budget`, `set_bid`, `archive`, `adopt`, `release`.
    pub action: String,
    /// Who asked for it.
    pub cause: String,
    /// Where it stands.
    pub state: JournalState,
    /// The object's id on the platform, once known.
    pub object: Option<ObjectId>,
    /// Why, where it was refused or needs a person.
    pub reason: Option<Message>,
}

/// The one door to money: checks, journals, sends, looks up and undoes, and nothing else does.
///
/// One operation runs at a time; dropping it half-way leaves a journal from which the next one goes on. An operation that writes about an
/// account holds the account's lease: another process that wants to write to it meanwhile gets [`crate::ErrorKind::Conflict`].
pub struct Control {
    connectors: Connectors,
    clock: Arc<dyn Clock>,
    options: ControlOptions,
    kill: KillSwitch,
    journal: tokio::sync::Mutex<Journal>,
}

impl Control {
    /// Opens the door over a database, merges what an emergency file holds, and settles what an earlier process left.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Corrupt`] where the journal was changed from outside; any error of the database.
    pub async fn open(
        database: Arc<dyn Database>,
        connectors: Connectors,
        clock: Arc<dyn Clock>,
        options: ControlOptions,
    ) -> Result<Self> {
        let control = Self::open_to_read(database, connectors, clock, options).await?;
        control.reconcile().await?;
        Ok(control)
    }

    /// Opens the door as [`Control::open`] does but settles nothing, so that nothing at all is sent: for a look at what is there, also while
    /// another process works on the run.
    ///
    /// # Errors
    /// As [`Control::open`].
    pub async fn open_to_read(
        database: Arc<dyn Database>,
        connectors: Connectors,
        clock: Arc<dyn Clock>,
        options: ControlOptions,
    ) -> Result<Self> {
        let leases = options.leases.clone().unwrap_or_else(|| on_this_machine(&database));
        let journal = Journal::open(database, options.emergency_file.clone(), leases).await?;
        let kill = KillSwitch::new(options.kill_file.clone());
        Ok(Self { connectors, clock, options, kill, journal: tokio::sync::Mutex::new(journal) })
    }

    /// The difference between the plan and the accounts, with the verdict of the policy; sends and writes nothing.
    ///
    /// # Errors
    /// Any error of the database; an account that cannot be read gives refused steps.
    pub async fn preview(&self, plan: &MediaPlan) -> Result<Vec<PlannedStep>> {
        self.session().await?.preview(plan).await
    }

    /// Creates what the plan asks for, paused: files first, then trees; then counts what is there.
    ///
    /// A launch of which a part is refused is undone in reverse, whole or on that platform alone, as [`MediaPlan::launch`] says; one whose
    /// outcome is unknown stays paused and is reported.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the files that its ads lack (a dry run gives refused outcomes instead).
    pub async fn launch(&self, plan: &MediaPlan, files: &dyn FileSource) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.launch(plan, files).await;
        session.end(done).await
    }

    /// Adds customers who consented to the custom audience of a name on the platform that they were hashed for, and makes it where there is
    /// none: from then on [`crate::model::Audience::custom_audiences`] can name it. The journal keeps the name, how many there are and what
    /// stands for the list; the hashes go to the platform alone.
    ///
    /// The same list is sent once. One whose answer was lost, or that was cut off, goes on when the same list is given again.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use adbrain_core::clock::{Clock, ManualClock};
    /// # use adbrain_core::control::{Control, ControlOptions, JournalState, Mode};
    /// # use adbrain_core::http::Secret;
    /// # use adbrain_core::model::{Approvals, Currency, Limits, Money, Platform, RunId};
    /// # use adbrain_core::platform::sandbox::{Sandbox, SandboxOptions};
    /// # use adbrain_core::platform::{Connector, Connectors, Customer, CustomerConsent, hash_customers};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let store = adbrain_core::store::open(&folder.path().join("brain.db")).await?;
    /// # let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2027-01-04T03:00:00Z".parse().unwrap()));
    /// # let amount = |units: i64| Money::from_micros(units * 1_000_000, Currency::BRL);
    /// # let limits = Limits {
    /// #     daily_cap: amount(200), weekly_cap: amount(1_400), lifetime_cap: amount(3_000), max_raise_percent: 20,
    /// #     max_cut_percent: 30, max_changes_per_object_and_day: 2, max_pauses_per_hour: 3, learning_hours: 72,
    /// #     approvals: Approvals::default(),
    /// # };
    /// # let meta = Sandbox::open(SandboxOptions::new(Platform::Meta, Currency::BRL, 7)?, store.clone(), clock.clone()).await?;
    /// # let connectors = Connectors::from([(Platform::Meta, Arc::new(meta) as Arc<dyn Connector>)]);
    /// # let options = ControlOptions::new(RunId::new("summer"), Mode::Sandbox, limits);
    /// # let control = Control::open(store, connectors, clock, options).await?;
    /// let people = [Customer::Email(Secret::new("mary@example.com"))];
    /// let customers = hash_customers(Platform::Meta, &people, CustomerConsent::Given)?;
    /// let outcome = control.fill_audience("Buyers of a year", &customers).await?;
    /// assert_eq!(outcome.state, JournalState::Confirmed);
    /// # Ok::<(), adbrain_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a name that is none and for a list without anybody; any error of the database. What may not be
    /// is a refused outcome.
    pub async fn fill_audience(&self, name: &str, customers: &HashedCustomers) -> Result<Outcome> {
        let fill = AudienceFill::new(name, customers.clone())?;
        let mut session = self.session().await?;
        let done = session.fill_audience(&fill).await;
        session.end(done).await
    }

    /// Lets the plan deliver: needs an approval of its hash, or amounts that the policy approves by itself, and a census. Ads and ad sets
    /// go first, the campaigns of all platforms last; where all have to deliver or none, one that cannot go pauses the others again.
    ///
    /// # Errors
    /// Any error of the database; what may not be is a refused outcome.
    pub async fn activate(&self, plan: &MediaPlan) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.activate(plan).await;
        session.end(done).await
    }

    /// What on the objects of this run is not as it was left, field by field, and who changed it.
    ///
    /// # Errors
    /// Any error of the database; an account that cannot be read shows no drift.
    pub async fn drift(&self) -> Result<Vec<Drift>> {
        self.session().await?.drift().await
    }

    /// Does proposed changes: those that stop or lower first, then the others.
    ///
    /// A change that needs a person is refused with the hash that [`Control::approve`] takes.
    ///
    /// # Errors
    /// Any error of the database; what may not be is a refused outcome.
    pub async fn submit(&self, changes: &[Change]) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.submit(changes).await;
        session.end(done).await
    }

    /// Moves money between budgets: all of the changes or none, cuts first. Where one may not be, or a person has to approve, none is done, and
    /// the others say why; one approval, of the hash that the outcomes name, is enough for all. The least autonomy of any of them counts.
    ///
    /// # Errors
    /// Any error of the database; what may not be is a refused outcome.
    pub async fn submit_move(&self, changes: &[Change]) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.submit_move(changes).await;
        session.end(done).await
    }

    /// A move between budgets as far as the caps leave room for it now, in hundredths of its way; empty where they leave none. Sends and writes
    /// nothing.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn largest_move(&self, changes: &[Change]) -> Result<Vec<Change>> {
        self.session().await?.largest_move(changes).await
    }

    /// Settles every step whose answer was lost: adopts, sends once more, or asks a person.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn reconcile(&self) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.reconcile().await;
        session.end(done).await
    }

    /// Takes back the last confirmed change of a target. Caps hold for it; limits on the size of a step and on pauses do not.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where there is nothing to take back.
    pub async fn undo(&self, target: &Tag) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.undo(target).await;
        session.end(done).await
    }

    /// Takes back one confirmed step by its journal entry: the newest step first, so that delivery stops before anything is
    /// archived. A create is taken back with everything that was made and let go below it.
    ///
    /// Gives each step that takes something back, followed by what it took back. Stops at the first one that is not done.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] for an entry that this run does not have, [`crate::ErrorKind::Conflict`] for one that is
    /// not confirmed, [`crate::ErrorKind::Unsupported`] for one that cannot be taken back.
    pub async fn undo_entry(&self, entry: &ContentHash) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.undo_entry(entry, None).await;
        session.end(done).await
    }

    /// The same by the order of a person with a name: it counts as that person's approval of each step, and stands in the journal.
    ///
    /// # Errors
    /// As [`Control::undo_entry`]; [`crate::ErrorKind::InvalidInput`] for a name that is none.
    pub async fn undo_entry_by(&self, entry: &ContentHash, by: &str) -> Result<Vec<Outcome>> {
        approval::check_person(by)?;
        let mut session = self.session().await?;
        let done = session.undo_entry(entry, Some(by.trim())).await;
        session.end(done).await
    }

    /// Pauses every campaign of this run that may deliver. The kill switch does not stop it, nor do the limits on pauses.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn pause_all(&self) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.pause_all().await;
        session.end(done).await
    }

    /// The newest state of every step of this run, in the order of their first entries.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn outcomes(&self) -> Result<Vec<Outcome>> {
        Ok(self.session().await?.journal.outcomes(&self.options.run))
    }

    /// The hash of the newest journal entry: kept outside the database, it shows with [`verify_to`] that nothing was rewritten.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn head(&self) -> Result<ContentHash> {
        Ok(self.session().await?.journal.head())
    }

    async fn session(&self) -> Result<Session<'_>> {
        let mut journal = self.journal.lock().await;
        journal.refresh().await?;
        self.kill.follow(journal.switch());
        Ok(Session::new(self, journal))
    }
}

/// Leases whose holders' files lie in the machine's folder for such things: right for processes of one machine.
fn on_this_machine(database: &Arc<dyn Database>) -> Leases {
    Leases::new(database.clone(), Arc::new(SystemClock), &std::env::temp_dir().join("adbrain"))
}
