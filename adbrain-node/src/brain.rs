//! The brain, its runs and their reports.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use adbrain_core::agent::language::Words;
use adbrain_core::agent::workflow::{Cancel, Events, OnFailure};
use adbrain_core::alert::notify::Channels;
use adbrain_core::brain::{
    AlertRules, ApproveOrder, Brain as CoreBrain, BrainBuilder, Feed, MonitorOptions, RunRequest,
    RunResult as CoreResult, Watch,
};
use adbrain_core::control::{Autonomy, Mode};
use adbrain_core::experiment::Apply;
use adbrain_core::foreign::{ForeignAgent, ForeignConnector, ForeignEmbedder, ForeignMemory, ForeignPredictor};
use adbrain_core::http::Secret;
use adbrain_core::market::World;
use adbrain_core::media::FilmProgram;
use adbrain_core::model::{Brief, Currency, History, Language, RunId};
use adbrain_core::persona::PeopleGiven;
use adbrain_core::platform::AccountConfig;
use adbrain_core::report::{Report as CoreReport, Schedules};
use adbrain_core::store::{Database, Place};
use adbrain_core::{Error, ErrorKind, Result, measure};
use napi::bindgen_prelude::{BigInt, Buffer, Function, Promise};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::errors::{guard, guard_async, read, write};
use crate::user::UserObject;

/// Collects the parts that JavaScript replaces before the brain is opened.
#[napi]
#[derive(Default, Clone)]
pub struct NativeParts {
    parts: Vec<(String, String, Arc<UserObject>)>,
    world: Option<String>,
    people: Option<PeopleGiven>,
    ffmpeg: Option<String>,
    rules: Option<AlertRules>,
    channels: Option<Channels>,
    schedules: Option<Schedules>,
    words: Option<Words>,
    autonomy: Option<Autonomy>,
    daily_budgets: bool,
    accounts: Vec<AccountConfig>,
}

#[napi]
impl NativeParts {
    /// No part is replaced.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces a part by an object; `name` tells it from others in the same place.
    #[napi]
    pub fn replace(
        &mut self,
        part: String,
        name: String,
        call: Function<'_, String, Promise<String>>,
    ) -> napi::Result<()> {
        let object = UserObject::new(part.clone(), &call)?;
        self.parts.push((part, name, object));
        Ok(())
    }

    /// Replaces the simulated world by the one in a TOML text.
    #[napi]
    pub fn world(&mut self, text: String) {
        self.world = Some(text);
    }

    /// Names the program that crops films.
    #[napi]
    pub fn ffmpeg(&mut self, program: String) {
        self.ffmpeg = Some(program);
    }

    /// Names the alert rules: a preset or a file.
    #[napi]
    pub fn rules(&mut self, name: String) -> napi::Result<()> {
        guard(|| {
            self.rules = Some(AlertRules::named(Path::new(&name))?);
            Ok(())
        })
    }

    /// Names the channels by which people are told: a file.
    #[napi]
    pub fn channels_file(&mut self, path: String) -> napi::Result<()> {
        guard(|| {
            self.channels = Some(Channels::read(Path::new(&path))?);
            Ok(())
        })
    }

    /// Says by which channels people are told, as JSON text.
    #[napi]
    pub fn channels(&mut self, channels: String) -> napi::Result<()> {
        guard(|| {
            self.channels = Some(Channels::from_value(read("channels", &channels)?)?);
            Ok(())
        })
    }

    /// Names the schedules of reports that a monitor makes: a file.
    #[napi]
    pub fn schedules_file(&mut self, path: String) -> napi::Result<()> {
        guard(|| {
            self.schedules = Some(Schedules::read(Path::new(&path))?);
            Ok(())
        })
    }

    /// Names the language model that finds words: a file.
    #[napi]
    pub fn words_file(&mut self, path: String) -> napi::Result<()> {
        guard(|| {
            self.words = Some(Words::read(Path::new(&path))?);
            Ok(())
        })
    }

    /// Gives the schedules of reports that a monitor makes, as JSON text.
    #[napi]
    pub fn schedules(&mut self, schedules: String) -> napi::Result<()> {
        guard(|| {
            self.schedules = Some(Schedules::from_value(read("schedules", &schedules)?)?);
            Ok(())
        })
    }

    /// Says which language model finds words, as JSON text.
    #[napi]
    pub fn words(&mut self, words: String) -> napi::Result<()> {
        guard(|| {
            self.words = Some(Words::from_value(read("words", &words)?)?);
            Ok(())
        })
    }

    /// Says how far proposals go by themselves: `all=shadow,meta.pause=automatic`.
    #[napi]
    pub fn autonomy(&mut self, levels: String) -> napi::Result<()> {
        guard(|| {
            self.autonomy = Some(levels.parse()?);
            Ok(())
        })
    }

    /// Moves money between ad sets each day by what their days show.
    #[napi]
    pub fn daily_budgets(&mut self, is_on: bool) {
        self.daily_budgets = is_on;
    }

    /// Adds an ad account, as JSON text.
    #[napi]
    pub fn account(&mut self, account: String) -> napi::Result<()> {
        guard(|| {
            self.accounts.push(AccountConfig::from_value(&read("connectors", &account)?)?);
            Ok(())
        })
    }

    /// Hands over the brand's people, or the sources that they are read from, as JSON text.
    #[napi]
    pub fn people(&mut self, people: String) -> napi::Result<()> {
        guard(|| {
            self.people = Some(PeopleGiven::from_value(&read("people", &people)?)?);
            Ok(())
        })
    }
}

/// The engine over one store, which is opened when it is first needed.
#[napi]
pub struct NativeBrain {
    pub(crate) opening: Opening,
}

impl NativeBrain {
    /// The store to be opened, and by what its run is watched.
    pub(crate) fn begin(&self, cancel: &NativeCancel, events: Option<&NativeEvents>) -> (Opening, Watch) {
        let events = events.map_or_else(Events::none, |events| events.events.clone());
        let watch = Watch { events: self.opening.feed.beside(events), cancel: cancel.cancel.clone() };
        (self.opening.clone(), watch)
    }
}

#[derive(Clone)]
pub(crate) struct Opening {
    pub(crate) builder: BrainBuilder,
    pub(crate) place: Place,
    pub(crate) feed: Feed,
    brain: Arc<Mutex<Option<CoreBrain>>>,
}

impl Opening {
    fn new(builder: BrainBuilder, place: Place) -> Self {
        Self { builder, place, feed: Feed::default(), brain: Arc::default() }
    }

    /// Checks the request before the store is opened, so that a wrong one makes no file.
    pub(crate) async fn for_request(&self, request: &RunRequest) -> Result<CoreBrain> {
        self.builder.check(request)?;
        self.opened().await
    }

    /// The brain over a store, which is made where it is missing.
    pub(crate) async fn opened(&self) -> Result<CoreBrain> {
        self.or_open(self.place.open()).await
    }

    /// The brain over a store that has to be there.
    pub(crate) async fn existing(&self) -> Result<CoreBrain> {
        self.or_open(self.place.open_existing()).await
    }

    /// The brain that is open, or one over the store that is opened now; many requests share one.
    async fn or_open(&self, store: impl Future<Output = Result<Arc<dyn Database>>>) -> Result<CoreBrain> {
        let mut brain = self.brain.lock().await;
        if let Some(brain) = &*brain {
            return Ok(brain.clone());
        }
        let opened = self.builder.clone().database(store.await?).build().await?;
        *brain = Some(opened.clone());
        Ok(opened)
    }
}

#[napi]
impl NativeBrain {
    /// Makes a brain over a libSQL file.
    #[napi(factory)]
    pub async fn local(path: String, parts: &NativeParts) -> napi::Result<Self> {
        let builder = builder(CoreBrain::builder().local(path.as_ref()), parts.clone());
        let place = Place::File(path.into());
        guard_async(async move { Ok(Self { opening: Opening::new(builder.await?, place) }) }).await
    }

    /// Makes a brain over a libSQL server; files that do not go into a database lie beside the path `files`.
    #[napi(factory)]
    pub async fn remote(url: String, token: String, files: String, parts: &NativeParts) -> napi::Result<Self> {
        let builder = builder(CoreBrain::builder().local(files.as_ref()), parts.clone());
        let place = Place::Server(url, Secret::new(token));
        guard_async(async move { Ok(Self { opening: Opening::new(builder.await?, place) }) }).await
    }

    /// Gives the store back; it is opened again where the brain is used again. Who calls it has waited for what was under way.
    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        let opening = self.opening.clone();
        guard_async(async move {
            drop(opening.brain.lock().await.take());
            Ok(())
        })
        .await
    }

    /// Records a person's approval of a plan and lets the plan deliver; gives what came of it as JSON text.
    #[napi]
    pub async fn approve(&self, order: String, cancel: &NativeCancel) -> napi::Result<String> {
        let opening = self.opening.clone();
        cancellable(cancel, async move {
            let order = read::<Order>("order", &order)?.checked()?;
            write(&opening.existing().await?.approve(&order).await?)
        })
        .await
    }

    /// Runs the loop; `request` is JSON text.
    #[napi]
    pub async fn run(
        &self,
        request: String,
        cancel: &NativeCancel,
        events: Option<&NativeEvents>,
    ) -> napi::Result<NativeResult> {
        let (opening, watch) = self.begin(cancel, events);
        let feed = opening.feed.clone();
        let work = async move {
            let request = imported(request).await?;
            let result = opening.for_request(&request).await?.run(request, watch).await?;
            Ok(NativeResult { result: Arc::new(result) })
        };
        guard_async(Box::pin(async move { feed.during(None, Box::pin(work)).await })).await
    }

    /// Looks at a launched campaign until its flight is over; `request` is JSON text, and so is what was done.
    #[napi]
    pub async fn monitor(
        &self,
        request: String,
        options: String,
        cancel: &NativeCancel,
        events: Option<&NativeEvents>,
    ) -> napi::Result<String> {
        let (opening, watch) = self.begin(cancel, events);
        let feed = opening.feed.clone();
        let work = async move {
            let options = read::<Looks>("options", &options)?;
            let options = MonitorOptions::of(options.every, options.looks)?;
            let request = imported(request).await?;
            write(&opening.for_request(&request).await?.monitor(request, options, watch).await?)
        };
        guard_async(Box::pin(async move { feed.during(None, Box::pin(work)).await })).await
    }

    /// Draws the loop of a request as a Mermaid chart.
    #[napi]
    pub async fn graph(&self, request: String, cancel: &NativeCancel) -> napi::Result<String> {
        let opening = self.opening.clone();
        cancellable(cancel, async move {
            let request = imported(request).await?;
            opening.for_request(&request).await?.graph(request).await
        })
        .await
    }
}

/// Does work until it is cancelled. What was sent by then stands in the journal, and the same order goes on from there as after a crash.
pub(crate) async fn cancellable<T>(
    cancel: &NativeCancel,
    work: impl Future<Output = Result<T>> + Send,
) -> napi::Result<T> {
    let cancel = cancel.cancel.clone();
    guard_async(Box::pin(async move {
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Error::new(ErrorKind::Cancelled, "the order was cancelled").next("order it again")),
            done = work => done,
        }
    }))
    .await
}

/// Reads a request and imports its history on a thread that may take its time.
pub(crate) async fn imported(request: String) -> Result<RunRequest> {
    let work = move || read::<Request>("request", &request)?.checked();
    let lost = |_| {
        Error::new(ErrorKind::Cancelled, "the import of the history was cut off")
            .next("keep the process running until the run ends")
    };
    tokio::task::spawn_blocking(work).await.map_err(lost)?
}

/// Puts the user's own parts into a builder.
async fn builder(mut builder: BrainBuilder, parts: NativeParts) -> Result<BrainBuilder> {
    if let Some(text) = parts.world {
        builder = builder.world(Arc::new(World::from_toml(&text)?));
    }
    if let Some(people) = parts.people {
        builder = builder.people_given(people);
    }
    if let Some(program) = parts.ffmpeg {
        builder = builder.films(FilmProgram::at(program));
    }
    if let Some(rules) = parts.rules {
        builder = builder.rules(rules);
    }
    if let Some(channels) = parts.channels {
        builder = builder.channels(channels);
    }
    if let Some(schedules) = parts.schedules {
        builder = builder.duty(Arc::new(schedules));
    }
    if let Some(words) = parts.words {
        builder = builder.words(words);
    }
    if parts.daily_budgets {
        builder = builder.daily_budgets(true);
    }
    if let Some(autonomy) = parts.autonomy {
        builder = builder.autonomy(autonomy);
    }
    builder = parts.accounts.into_iter().fold(builder, BrainBuilder::account);
    for (part, name, object) in parts.parts {
        builder = builder.named(format!("{part} {name}"));
        builder = match part.as_str() {
            "strategist" => builder.strategist(Arc::new(ForeignAgent::new(object))),
            "creative" => builder.creative(Arc::new(ForeignAgent::new(object))),
            "copywriter" => builder.copywriter(Arc::new(ForeignAgent::new(object))),
            "optimizer" => builder.optimizer(Arc::new(ForeignAgent::new(object))),
            "analyst" => builder.analyst(Arc::new(ForeignAgent::new(object))),
            "memory" => builder.memory(Arc::new(ForeignMemory(object))),
            "embedder" => builder.embedder(Arc::new(ForeignEmbedder::new(object))),
            "predictor" => builder.predictor(Arc::new(ForeignPredictor(object))),
            "connector" => builder.connector(Arc::new(ForeignConnector::open(object).await?)),
            other => return Err(Error::invalid(other, "is no part of a brain").next("see the options of Brain.local")),
        };
    }
    Ok(builder)
}

/// How a monitor looks, as JavaScript writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Looks {
    every: Option<f64>,
    looks: Option<u64>,
}

/// A person's approval, as JavaScript writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Order {
    plan_hash: String,
    by: String,
    hours: Option<f64>,
    run_id: Option<String>,
    mode: Option<Mode>,
}

impl Order {
    fn checked(self) -> Result<ApproveOrder> {
        let defaults = ApproveOrder::new(self.plan_hash, self.by);
        let order =
            ApproveOrder { run: self.run_id.map(RunId::new), mode: self.mode.unwrap_or(defaults.mode), ..defaults };
        self.hours.map_or(Ok(order.clone()), |hours| order.for_hours(hours))
    }
}

/// What a run needs, as JavaScript writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Request {
    /// The brief itself, or else its JSON file.
    brief: Option<serde_json::Value>,
    brief_file: Option<PathBuf>,
    folder: Option<PathBuf>,
    history: Option<History>,
    /// A CSV file to import, and how: the name of a built-in mapping, or a mapping as JSON text.
    history_file: Option<PathBuf>,
    mapping: Option<String>,
    seed: Option<u64>,
    days: Option<u32>,
    mode: Option<Mode>,
    run_id: Option<String>,
    on_failure: Option<Policy>,
    apply: Option<Apply>,
    /// The longest that one attempt of a step may take, in seconds.
    step_timeout: Option<f64>,
    retries: Option<u32>,
}

/// What happens to the other branches when one fails.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Policy {
    Abort,
    Continue,
}

impl From<Policy> for OnFailure {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Abort => Self::Abort,
            Policy::Continue => Self::Continue,
        }
    }
}

impl Request {
    fn checked(self) -> Result<RunRequest> {
        let defaults = RunRequest::new(brief(self.brief.as_ref(), self.brief_file.as_deref())?);
        let mut steps = defaults.steps;
        if let Some(seconds) = self.step_timeout {
            steps.timeout = Some(step_time(seconds)?);
        }
        steps.retry.attempts = self.retries.map_or(steps.retry.attempts, |retries| retries.saturating_add(1));
        let history = match &self.history_file {
            Some(file) => Some(import(file, defaults.brief.budget.currency(), self.mapping.as_deref())?),
            None => self.history,
        };
        Ok(RunRequest {
            folder: self.folder.unwrap_or(defaults.folder),
            history,
            steps,
            seed: self.seed.unwrap_or(defaults.seed),
            days: self.days,
            mode: self.mode.unwrap_or(Mode::Sandbox),
            run: self.run_id.map(RunId::new),
            on_failure: self.on_failure.map(Into::into).unwrap_or_default(),
            apply: self.apply,
            brief: defaults.brief,
        })
    }
}

fn step_time(seconds: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero()).ok_or_else(|| {
        Error::invalid("stepTimeout", format!("is {seconds}")).next("give a number of seconds above zero")
    })
}

fn brief(given: Option<&serde_json::Value>, file: Option<&Path>) -> Result<Brief> {
    match (given, file) {
        (Some(brief), _) => Brief::from_json(brief.to_string().as_bytes()),
        (None, Some(file)) => Brief::from_json(&bytes("brief", file)?),
        (None, None) => Err(Error::invalid("brief", "is missing").next("give an object or the path of a JSON file")),
    }
}

fn import(file: &Path, currency: Currency, mapping: Option<&str>) -> Result<History> {
    let mapping = mapping.map(crate::functions::mapping).transpose()?;
    measure::import_file(&bytes("history", file)?, mapping.as_ref(), currency)
}

/// Reads a file; `what` says what it was to be, for errors.
fn bytes(what: &str, file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::IsADirectory => ErrorKind::InvalidInput,
            _ => ErrorKind::Unavailable,
        };
        Error::new(kind, format!("{what}: {} cannot be read: {error}", file.display())).next("check the path")
    })
}

/// Stops a run.
#[napi]
#[derive(Default)]
pub struct NativeCancel {
    pub(crate) cancel: Cancel,
}

#[napi]
impl NativeCancel {
    /// A token that nobody has cancelled.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the run at once.
    #[napi]
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// Where the events of a run go: a function that takes JSON text and never throws.
#[napi]
pub struct NativeEvents {
    pub(crate) events: Events,
    listener: Arc<Listener>,
}

/// A weak callback: it does not keep the process alive.
type Listener = ThreadsafeFunction<String, (), String, napi::Status, false, true>;

#[napi]
impl NativeEvents {
    /// Sends every event to `listener`; a slow listener never holds up the run.
    #[napi(constructor)]
    pub fn new(listener: Function<'_, String, ()>) -> napi::Result<Self> {
        let listener: Arc<Listener> = Arc::new(listener.build_threadsafe_function().weak::<true>().build()?);
        let teller = listener.clone();
        let events = Events::callback(Arc::new(move |event| {
            if let Ok(text) = write(event) {
                teller.call(text, ThreadsafeFunctionCallMode::NonBlocking);
            }
        }));
        Ok(Self { events, listener })
    }

    /// Waits until the listener has heard everything that was told so far; empty text is the last thing that it hears.
    #[napi]
    pub async fn drain(&self) -> napi::Result<()> {
        let (events, listener) = (self.events.clone(), self.listener.clone());
        events.flush().await;
        listener.call_async(String::new()).await
    }
}

/// Everything that a run did and found.
#[napi]
pub struct NativeResult {
    result: Arc<CoreResult>,
}

#[napi]
impl NativeResult {
    /// The whole result as JSON text, the same bytes in every language.
    #[napi]
    pub fn json(&self) -> napi::Result<String> {
        guard(|| text(CoreReport::of(&self.result).json()?))
    }

    /// The seed with all its 64 bits.
    #[napi]
    pub fn seed(&self) -> BigInt {
        self.result.seed.into()
    }

    /// The plan as JSON text, the same bytes in every language.
    #[napi]
    pub fn plan_json(&self) -> napi::Result<String> {
        guard(|| text(adbrain_core::model::canonical_json(&self.result.plan)?))
    }

    /// The report as Markdown.
    #[napi]
    pub fn markdown(&self, language: String) -> napi::Result<String> {
        guard(|| CoreReport::of(&self.result).markdown(language.parse::<Language>()?))
    }

    /// The report as one self-contained HTML file.
    #[napi]
    pub fn html(&self, language: String) -> napi::Result<String> {
        guard(|| CoreReport::of(&self.result).html(language.parse::<Language>()?))
    }

    /// The tables of the report as one CSV table, a line for each cell.
    #[napi]
    pub fn csv(&self, language: String) -> napi::Result<String> {
        guard(|| CoreReport::of(&self.result).csv(language.parse::<Language>()?))
    }

    /// The report as the bytes of an XLSX workbook.
    #[napi]
    pub fn xlsx(&self, language: String) -> napi::Result<Buffer> {
        guard(|| CoreReport::of(&self.result).xlsx(language.parse::<Language>()?)).map(Into::into)
    }

    /// The report as the bytes of a PDF.
    #[napi]
    pub fn pdf(&self, language: String) -> napi::Result<Buffer> {
        guard(|| CoreReport::of(&self.result).pdf(language.parse::<Language>()?)).map(Into::into)
    }
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| Error::new(ErrorKind::Internal, "JSON is not UTF-8").caused_by(error))
}
