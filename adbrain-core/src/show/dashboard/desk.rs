//! The desk of the person who decides: runs as the brain sees them, put on the board, and orders handed to the brain.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::board::Board;
use super::views;
use crate::agent::workflow::{Event, EventKind};
use crate::brain::{
    ApproveOrder, Brain, BrainBuilder, Ordered, Overview, Pause, Plan, RefuseOrder, RunRequest, SilenceOrder,
    StopOrder, Switched, UndoOrder, Watch,
};
use crate::clock::{Clock as _, SystemClock};
use crate::control::{KeptSilence, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Assumed, Brief, Message, RunId};
use crate::store::{Place, Steps};

/// Runs that are shown: the newest ones.
const RUNS: usize = 8;
/// The time between two looks at what changed.
const LOOK: Duration = Duration::from_millis(500);
/// A run is looked at again after this time, whether it has changed or not.
const AGAIN: Duration = Duration::from_secs(15);
/// The same for real accounts, each of which is read for it; and the shortest time between two such looks.
const AGAIN_REAL: Duration = Duration::from_secs(60);
const SOON_REAL: Duration = Duration::from_secs(10);

/// What a person sees on the page and orders there. Clones share one desk.
#[derive(Clone)]
pub struct Desk {
    brain: Brain,
    builder: BrainBuilder,
    place: Place,
    mode: Mode,
    /// What the media paths of a brief that is written on the page are relative to.
    folder: PathBuf,
    /// Woken by orders, so that what they changed is seen at once.
    ordered: Arc<Notify>,
    /// Woken where a run goes on that had waited.
    went_on: Arc<Notify>,
}

/// What a person orders.
#[derive(Debug)]
pub(super) enum Order {
    /// A plan may deliver, or a proposal be done.
    Approve(ApproveOrder),
    /// It may not.
    Refuse(RefuseOrder),
    /// The kill switch goes on.
    Stop(StopOrder),
    /// The kill switch goes off, by this person.
    Resume(String),
    /// A step is taken back.
    Undo { entry: String, by: String },
    /// A letter has been taken note of.
    Acknowledge { letter: String, by: String },
    /// Alerts are kept quiet for a time.
    Silence(SilenceOrder),
    /// A silence ends before its time.
    Unsilence { id: String, by: String },
}

/// What came of an order, as texts for people and what control did.
pub(super) struct Done {
    pub(super) text: Message,
    pub(super) notes: Vec<Message>,
    pub(super) problems: Vec<String>,
    pub(super) outcomes: Vec<Outcome>,
    /// What is kept quiet, or was, in place of the text.
    pub(super) silence: Option<KeptSilence>,
}

impl Done {
    fn ordered(ordered: Ordered, text: Message) -> Self {
        let text = text.with("hash", ordered.hash.short(12)).with("run", ordered.run.as_str());
        let notes = ordered.goes_on.then(|| Message::new("dashboard-goes-on")).into_iter().collect();
        Self { notes, outcomes: ordered.outcomes, ..Self::said(text) }
    }

    fn said(text: Message) -> Self {
        Self { text, notes: Vec::new(), problems: Vec::new(), outcomes: Vec::new(), silence: None }
    }

    fn quiet(kept: KeptSilence) -> Self {
        Self { silence: Some(kept), ..Self::said(Message::new("dashboard-silences")) }
    }

    fn switched(switched: Switched, text: &str) -> Self {
        let notes = (!switched.is_noted).then(|| Message::new("cli-not-noted")).into_iter().collect();
        Self { notes, problems: switched.problems, outcomes: switched.outcomes, ..Self::said(Message::new(text)) }
    }
}

/// A run as it was last looked at.
struct Seen {
    mark: String,
    at: Instant,
    overview: Overview,
}

/// All runs as they were last looked at.
#[derive(Default)]
struct Sight {
    runs: BTreeMap<RunId, Seen>,
    /// Steps of runs that have been told.
    told: BTreeSet<(RunId, String)>,
    /// Whether the board shows them.
    is_shown: bool,
}

impl Sight {
    /// Takes over a look at a run, and shows it on the board at its place.
    fn saw(&mut self, run: &RunId, new: Seen, (board, place): (&Board, usize)) {
        views::show(board, place, &new.overview);
        self.runs.insert(run.clone(), new);
        self.is_shown = false;
    }

    /// Shows what holds for all runs, where something has changed; forgets the others.
    fn show(&mut self, runs: &[RunId], (board, mode): (&Board, Mode)) {
        let before = self.runs.len();
        self.runs.retain(|run, _| runs.contains(run));
        if self.is_shown && self.runs.len() == before {
            return;
        }
        let overviews: Vec<_> =
            runs.iter().filter_map(|run| self.runs.get(run)).map(|one| one.overview.clone()).collect();
        board.keep(runs);
        views::show_all(board, &overviews, mode);
        board.saw(overviews);
        self.is_shown = true;
    }
}

impl Seen {
    /// Whether it is time for another look.
    fn is_due(&self, mark: &str) -> bool {
        let age = self.at.elapsed();
        let (soon, again) =
            if self.overview.status.is_simulated { (Duration::ZERO, AGAIN) } else { (SOON_REAL, AGAIN_REAL) };
        age >= again || (self.mark != mark && age >= soon)
    }
}

impl Desk {
    /// A desk over a store: the brain reads it and decides, the builder turns its kill switch, and an approval goes as far as `mode` says.
    pub fn new(brain: Brain, (builder, place): (BrainBuilder, Place), mode: Mode) -> Self {
        let (folder, ordered, went_on) = (PathBuf::from("."), Arc::default(), Arc::default());
        Self { brain, builder, place, mode, folder, ordered, went_on }
    }

    /// The folder that media paths of a brief from the page are relative to; the working folder where nothing is said.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Checks a brief as a run would, and gives what it assumes.
    pub(super) fn check_brief(&self, json: &[u8]) -> Result<Vec<Assumed>> {
        let request = self.request(json)?;
        self.builder.check(&request)?;
        Ok(request.checked_brief()?.assumed.clone())
    }

    /// Makes a plan of a brief and looks what it would do. Nothing is written to a platform, whatever the mode of the page.
    pub(super) async fn dry_run(&self, json: Vec<u8>, watch: Watch) -> Result<Plan> {
        let request = self.request(&json)?;
        self.builder.check(&request)?;
        let brain = self.brain.clone();
        let done = tokio::spawn(async move { brain.plan(request, watch).await }).await;
        self.ordered.notify_one();
        done.map_err(|broken| Error::new(ErrorKind::Internal, "the dry run broke off").caused_by(broken))?
    }

    fn request(&self, json: &[u8]) -> Result<RunRequest> {
        let (folder, mode) = (self.folder.clone(), Mode::DryRun);
        Ok(RunRequest { folder, mode, ..RunRequest::new(Brief::from_json(json)?) })
    }

    /// Waits until a run goes on that had waited for an approval.
    pub async fn goes_on(&self) {
        self.went_on.notified().await;
    }

    /// Puts what the store holds on a board, and what changes there, until it is dropped. What cannot be read is said on the board.
    pub async fn follow(&self, board: &Board) {
        let mut seen = Sight::default();
        loop {
            let problem = self.look(board, &mut seen).await.err();
            board.put(None, "problem", problem.map_or(serde_json::Value::Null, |error| json!(error.to_string())));
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = self.ordered.notified() => seen.runs.clear(),
            }
        }
    }

    /// Hands an order to the brain; the board shows what it changed at the next look, which comes at once. An order that is begun ends, also
    /// where the page that sent it is gone.
    pub(super) async fn order(&self, order: Order) -> Result<Done> {
        let desk = self.clone();
        let done = tokio::spawn(async move { desk.hand_on(order).await }).await;
        self.ordered.notify_one();
        done.map_err(|broken| Error::new(ErrorKind::Internal, "the order broke off").caused_by(broken))?
    }

    async fn hand_on(&self, order: Order) -> Result<Done> {
        match order {
            Order::Approve(order) => {
                let order = ApproveOrder { mode: self.mode, ..order };
                let ordered = self.brain.approve(&order).await?;
                if ordered.goes_on {
                    self.went_on.notify_one();
                }
                let key = if self.mode == Mode::DryRun { "dashboard-would-approve" } else { "dashboard-approved" };
                Ok(Done::ordered(ordered, Message::new(key).with("by", order.by)))
            }
            Order::Refuse(order) => {
                let ordered = self.brain.refuse(&order).await?;
                Ok(Done::ordered(ordered, Message::new("dashboard-refused").with("by", order.by)))
            }
            Order::Stop(order) => {
                let key = if order.pause == Pause::None { "cli-stopped" } else { "cli-stopped-paused" };
                Ok(Done::switched(self.builder.clone().stop(&self.place, &order).await?, key))
            }
            Order::Resume(by) => {
                let switched = self.builder.clone().resume(&self.place, &by).await?;
                let key = if switched.is_on { "cli-still-on" } else { "cli-resumed" };
                Ok(Done::switched(switched, key))
            }
            Order::Undo { entry, by } => self.undo(entry, by).await,
            Order::Acknowledge { letter, by } => {
                let kept = self.brain.acknowledge(&letter, &by).await?;
                let by = kept.acknowledged.map_or(by, |noted| noted.by);
                Ok(Done::said(Message::new("dashboard-acknowledged").with("by", by).with("letter", letter)))
            }
            Order::Silence(order) => Ok(Done::quiet(self.brain.silence(&order).await?)),
            Order::Unsilence { id, by } => Ok(Done::quiet(self.brain.end_silence(&id, &by).await?)),
        }
    }

    async fn undo(&self, entry: String, by: String) -> Result<Done> {
        let order = UndoOrder { entry, by: Some(by.clone()), mode: self.mode };
        let ordered = self.brain.undo_by(&order).await?;
        let key = if self.mode == Mode::DryRun { "dashboard-would-undo" } else { "dashboard-undone" };
        Ok(Done { outcomes: ordered.outcomes, ..Done::said(Message::new(key).with("by", by)) })
    }

    /// Looks once at every run that has changed; one that cannot be read does not keep the others from being seen.
    async fn look(&self, board: &Board, seen: &mut Sight) -> Result<()> {
        self.tell_steps(board, seen).await?;
        let (mut runs, mut problem) = (Vec::new(), None);
        for (place, run, mark) in self.brain.marks(RUNS).await? {
            if seen.runs.get(&run).is_none_or(|seen| seen.is_due(&mark)) {
                match self.brain.overview(&run).await {
                    Ok(overview) => seen.saw(&run, Seen { mark, at: Instant::now(), overview }, (board, place)),
                    Err(error) => problem = Some(error.with("run", &run)),
                }
            }
            runs.push(run);
        }
        seen.show(&runs, (board, self.mode));
        problem.map_or(Ok(()), Err)
    }

    /// Tells steps of the newest runs that another process has saved as events, dated when they were seen.
    async fn tell_steps(&self, board: &Board, seen: &mut Sight) -> Result<()> {
        let steps = Steps::new(self.brain.database().clone());
        let runs = steps.runs().await?;
        for known in runs.iter().skip(runs.len().saturating_sub(RUNS)) {
            for name in steps.names(&known.run).await? {
                let is_new = seen.told.insert((known.run.clone(), name.clone()));
                if is_new && !board.knows(&known.run, &name) {
                    let (kind, at) = (EventKind::Finished { attempt: 1 }, SystemClock.now());
                    board.tell(&Event { run: known.run.clone(), sequence: board.number(), at, step: Some(name), kind });
                }
            }
        }
        Ok(())
    }
}
