//! The brain: runs the loop for Python.
//!
//! In: a brief, past results, options, the user's own parts. Out: the result of the run. Called by Python. Never keeps a run's
//! event loop beyond the run: the core's brain is put together anew for each run, so that coroutines of the user's parts always
//! run on the loop that waits for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use adbrain_core::agent::language::Words;
use adbrain_core::agent::workflow::{Cancel, Event, Events, OnFailure, Subscription};
use adbrain_core::alert::notify::Channels;
use adbrain_core::brain::{AlertRules, ApproveOrder, Brain, BrainBuilder, Feed, MonitorOptions, RunRequest, Watch};
use adbrain_core::control::{Autonomy, Mode};
use adbrain_core::dashboard::Desk;
use adbrain_core::foreign::{
    Foreign, ForeignAgent, ForeignConnector, ForeignEmbedder, ForeignMemory, ForeignPredictor,
};
use adbrain_core::http::Secret;
use adbrain_core::market::World;
use adbrain_core::measure::HistoryMapping;
use adbrain_core::media::FilmProgram;
use adbrain_core::model::{Brief, RunId};
use adbrain_core::persona::PeopleGiven;
use adbrain_core::platform::AccountConfig;
use adbrain_core::report::Schedules;
use adbrain_core::store::Place;
use adbrain_core::{Error, ErrorKind, Result, orders};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_async_runtimes::TaskLocals;
use serde_json::Value;
use tokio::sync::Notify;

use crate::call::UserObject;
use crate::follow::Follower;
use crate::page::{Page, Wish};
use crate::report::RunResult;
use crate::sources::SourceCall;
use crate::{error, file, measure, runtime, value};

/// The store and the user's own parts; `adbrain.Brain` is made of one.
#[pyclass(frozen, module = "adbrain._adbrain")]
pub(crate) struct Engine {
    store: Store,
    parts: Py<PyDict>,
    feed: Feed,
}

/// Where the store is, and the path beside which the files lie that belong to it.
#[derive(Clone)]
struct Store {
    place: Place,
    path: PathBuf,
}

#[pymethods]
impl Engine {
    /// Takes the path of the store, the address and token of a server where it is one, and the user's own parts by name.
    #[new]
    #[pyo3(signature = (path, parts, server=None, /))]
    fn new(path: PathBuf, parts: Py<PyDict>, server: Option<(String, String)>) -> Self {
        let place = match server {
            Some((url, token)) => Place::Server(url, Secret::new(token)),
            None => Place::File(path.clone()),
        };
        Self { store: Store { place, path }, parts, feed: Feed::default() }
    }

    /// Starts a run on the running event loop; gives an awaitable. Cancelling it drops the run.
    #[pyo3(signature = (request, /))]
    fn run<'py>(&self, py: Python<'py>, request: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let (locals, job, parts) = self.prepare(py, request)?;
        let (store, feed) = (self.store.clone(), self.feed.clone());
        let work = async move {
            Box::pin(feed.during(job.request.run.clone(), Box::pin(job.run(parts, &store, &feed)))).await
        };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Runs the loop up to its plan; gives an awaitable of the plan as JSON text.
    #[pyo3(signature = (request, /))]
    fn plan<'py>(&self, py: Python<'py>, request: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let (locals, job, parts) = self.prepare(py, request)?;
        let (store, feed) = (self.store.clone(), self.feed.clone());
        let work = async move {
            Box::pin(feed.during(job.request.run.clone(), Box::pin(job.plan(parts, &store, &feed)))).await
        };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Looks at a launched campaign until its flight is over; gives an awaitable of what was done as JSON text.
    #[pyo3(signature = (request, /))]
    fn monitor<'py>(&self, py: Python<'py>, request: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let (locals, job, parts) = self.prepare(py, request)?;
        let options = error::guard(py, || monitor_options(request))?;
        let (store, feed) = (self.store.clone(), self.feed.clone());
        let work = async move {
            let run = job.request.run.clone();
            Box::pin(feed.during(run, Box::pin(job.monitor(options, parts, (&store, &feed))))).await
        };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Carries out `apply`, `refuse`, `undo`, `status` and the like; gives an awaitable of the answer. Order and answer are JSON text.
    #[pyo3(signature = (name, order, /))]
    fn order<'py>(&self, py: Python<'py>, name: String, order: String) -> PyResult<Bound<'py, PyAny>> {
        let (locals, parts) = self.parts(py)?;
        let store = self.store.clone();
        let work = async move { orders::order(&parts.open(&store).await?, &name, &order).await };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Carries out `stop` or `resume`, before the store is opened; gives an awaitable of the answer. Order and answer are JSON text.
    #[pyo3(signature = (name, order, /))]
    fn switch<'py>(&self, py: Python<'py>, name: String, order: String) -> PyResult<Bound<'py, PyAny>> {
        let (locals, parts) = self.parts(py)?;
        let store = self.store.clone();
        let work = async move { orders::switch(parts.builder(&store).await?, &store.place, (&name, &order)).await };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Serves the live page of this brain's runs; gives an awaitable of it.
    #[pyo3(signature = (wish, /))]
    fn serve<'py>(&self, py: Python<'py>, wish: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let (locals, parts) = self.parts(py)?;
        let wish: Wish = error::guard(py, || value::read("dashboard", wish))?;
        let store = self.store.clone();
        let work = async move { Page::serve(parts.desk(&store, wish.mode).await?, wish).await };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Follows a run from now on, or the first one that is heard of.
    #[pyo3(signature = (run=None, /))]
    fn follow(&self, run: Option<String>) -> Follower {
        Follower::new(self.feed.follow(run.map(RunId::new)))
    }

    /// Draws the loop that a request would run; gives an awaitable.
    #[pyo3(signature = (request, /))]
    fn graph<'py>(&self, py: Python<'py>, request: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let (locals, job, parts) = self.prepare(py, request)?;
        let store = self.store.clone();
        let work = async move { parts.build(&store, &job.request).await?.graph(job.import().await?).await };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Records a person's approval of a plan and lets the plan deliver; gives an awaitable.
    #[pyo3(signature = (order, /))]
    fn approve<'py>(&self, py: Python<'py>, order: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let (locals, parts) = self.parts(py)?;
        let order = error::guard(py, || approve_order(order))?;
        let store = self.store.clone();
        let work = async move { orders::text(&parts.open(&store).await?.approve(&order).await?) };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Brings accounts or a file into the store, or asks what is known; gives an awaitable.
    #[pyo3(signature = (call, request, /))]
    fn sources<'py>(&self, py: Python<'py>, call: &str, request: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let (locals, parts) = self.parts(py)?;
        let call = error::guard(py, || SourceCall::read(call, request))?;
        let store = self.store.clone();
        let work = async move {
            let brain = parts.builder(&store).await?.database(store.place.open().await?).build().await?;
            call.answer(&brain).await
        };
        runtime::awaitable(py, locals, error::guarded(work))
    }
}

fn monitor_options(given: &Bound<'_, PyDict>) -> Result<MonitorOptions> {
    MonitorOptions::of(option(given, "every", "a number of seconds")?, option(given, "looks", "a whole number")?)
}

fn approve_order(given: &Bound<'_, PyDict>) -> Result<ApproveOrder> {
    let needed = |name: &str| option::<String>(given, name, "text").map(Option::unwrap_or_default);
    let mut order = ApproveOrder::new(needed("plan_hash")?, needed("by")?);
    order.run = option::<String>(given, "run_id", "text")?.map(RunId::new);
    if let Some(hours) = option::<f64>(given, "hours", "a number of hours")? {
        order = order.for_hours(hours)?;
    }
    if let Some(mode) = option::<String>(given, "mode", "text")? {
        order.mode = value::typed("mode", Value::from(mode))?;
    }
    Ok(order)
}

impl Engine {
    /// The user's own parts on the running event loop, for orders about runs that were started before.
    fn parts(&self, py: Python<'_>) -> PyResult<(TaskLocals, Parts)> {
        let locals = TaskLocals::with_running_loop(py)?.copy_context(py)?;
        error::guard(py, || {
            runtime::handle()?;
            Ok((locals.clone(), Parts::read(self.parts.bind(py), &locals)?))
        })
    }

    /// Reads what was asked for while the GIL is held.
    fn prepare(&self, py: Python<'_>, request: &Bound<'_, PyDict>) -> PyResult<(TaskLocals, Job, Parts)> {
        let locals = TaskLocals::with_running_loop(py)?.copy_context(py)?;
        error::guard(py, || {
            runtime::handle()?;
            let (job, parts) = (Job::read(request, &locals)?, Parts::read(self.parts.bind(py), &locals)?);
            Ok((locals, job, parts))
        })
    }
}

/// The user's own parts, bound to the event loop of one run.
struct Parts {
    strategist: Option<Arc<dyn Foreign>>,
    creative: Option<Arc<dyn Foreign>>,
    copywriter: Option<Arc<dyn Foreign>>,
    optimizer: Option<Arc<dyn Foreign>>,
    analyst: Option<Arc<dyn Foreign>>,
    memory: Option<Arc<dyn Foreign>>,
    embedder: Option<Arc<dyn Foreign>>,
    predictor: Option<Arc<dyn Foreign>>,
    connectors: Vec<Arc<dyn Foreign>>,
    accounts: Vec<AccountConfig>,
    world: Option<String>,
    /// What the user's own parts are, by role and class.
    names: Vec<String>,
    people: Option<PeopleGiven>,
    ffmpeg: Option<PathBuf>,
    rules: Option<AlertRules>,
    channels: Option<Channels>,
    schedules: Option<Schedules>,
    words: Option<Words>,
    autonomy: Option<Autonomy>,
    daily_budgets: bool,
}

impl Parts {
    fn read(parts: &Bound<'_, PyDict>, locals: &TaskLocals) -> Result<Self> {
        let one = |role: &'static str| {
            let object: Option<Py<PyAny>> = option(parts, role, "an object")?;
            Ok::<_, Error>(object.map(|object| foreign(role, object, locals)))
        };
        let people: Option<Bound<'_, PyAny>> =
            option(parts, "people", "what `adbrain.personas` calls people, or a source")?;
        let connectors: Option<Vec<Py<PyAny>>> = option(parts, "connectors", "a list of connectors")?;
        let accounts: Option<Vec<Bound<'_, PyAny>>> = option(parts, "accounts", "a list of dicts")?;
        let accounts = accounts.unwrap_or_default().into_iter();
        let world: Option<PathBuf> = option(parts, "world", "a path")?;
        let rules: Option<PathBuf> = option(parts, "rules", "a preset or a path")?;
        let channels: Option<Bound<'_, PyAny>> = option(parts, "channels", "a path or a dict")?;
        let schedules: Option<Bound<'_, PyAny>> = option(parts, "schedules", "a path or a dict")?;
        let words: Option<Bound<'_, PyAny>> = option(parts, "words", "a path or a dict")?;
        let autonomy: Option<String> = option(parts, "autonomy", "levels")?;
        let names: Option<Vec<String>> = option(parts, "names", "a list of texts")?;
        let connectors = connectors.unwrap_or_default().into_iter();
        Ok(Self {
            strategist: one("strategist")?,
            creative: one("creative")?,
            copywriter: one("copywriter")?,
            optimizer: one("optimizer")?,
            analyst: one("analyst")?,
            memory: one("memory")?,
            embedder: one("embedder")?,
            predictor: one("predictor")?,
            connectors: connectors.map(|object| foreign("connector", object, locals)).collect(),
            accounts: accounts
                .map(|account| AccountConfig::from_value(&value::from_python("connectors", &account)?))
                .collect::<Result<_>>()?,
            world: world.map(|path| file::text("world", &path)).transpose()?,
            names: names.unwrap_or_default(),
            ffmpeg: option(parts, "ffmpeg", "the path of a program")?,
            rules: rules.map(|name| AlertRules::named(&name)).transpose()?,
            channels: channels.as_ref().map(channels_of).transpose()?,
            schedules: schedules.as_ref().map(schedules_of).transpose()?,
            words: words.as_ref().map(words_of).transpose()?,
            autonomy: autonomy.as_deref().map(str::parse).transpose()?,
            daily_budgets: option(parts, "daily_budgets", "true or false")?.unwrap_or(false),
            people: people
                .map(|people| PeopleGiven::from_value(&value::from_python("people", &people)?))
                .transpose()?,
        })
    }

    /// Puts the parts together and checks the request before the store is opened, so that a wrong one makes no file.
    async fn build(self, store: &Store, request: &RunRequest) -> Result<Brain> {
        let builder = self.builder(store).await?;
        builder.check(request)?;
        builder.database(store.place.open().await?).build().await
    }

    /// The same over a store that has to be there.
    async fn open(self, store: &Store) -> Result<Brain> {
        self.builder(store).await?.database(store.place.open_existing().await?).build().await
    }

    /// The desk of who looks at the runs of a store and decides.
    async fn desk(self, store: &Store, mode: Mode) -> Result<Desk> {
        let builder = self.builder(store).await?;
        let brain = builder.clone().database(store.place.open().await?).build().await?;
        Ok(Desk::new(brain, (builder, store.place.clone()), mode))
    }

    async fn builder(self, store: &Store) -> Result<BrainBuilder> {
        let mut builder = self.names.into_iter().fold(Brain::builder().local(&store.path), BrainBuilder::named);
        if let Some(text) = self.world {
            builder = builder.world(Arc::new(World::from_toml(&text)?));
        }
        if let Some(object) = self.strategist {
            builder = builder.strategist(Arc::new(ForeignAgent::new(object)));
        }
        if let Some(object) = self.creative {
            builder = builder.creative(Arc::new(ForeignAgent::new(object)));
        }
        if let Some(object) = self.copywriter {
            builder = builder.copywriter(Arc::new(ForeignAgent::new(object)));
        }
        if let Some(object) = self.optimizer {
            builder = builder.optimizer(Arc::new(ForeignAgent::new(object)));
        }
        if let Some(object) = self.analyst {
            builder = builder.analyst(Arc::new(ForeignAgent::new(object)));
        }
        if let Some(object) = self.memory {
            builder = builder.memory(Arc::new(ForeignMemory(object)));
        }
        if let Some(object) = self.embedder {
            builder = builder.embedder(Arc::new(ForeignEmbedder::new(object)));
        }
        if let Some(object) = self.predictor {
            builder = builder.predictor(Arc::new(ForeignPredictor(object)));
        }
        if let Some(people) = self.people {
            builder = builder.people_given(people);
        }
        if let Some(program) = self.ffmpeg {
            builder = builder.films(FilmProgram::at(program));
        }
        if let Some(rules) = self.rules {
            builder = builder.rules(rules);
        }
        if let Some(channels) = self.channels {
            builder = builder.channels(channels);
        }
        if let Some(schedules) = self.schedules {
            builder = builder.duty(Arc::new(schedules));
        }
        if let Some(words) = self.words {
            builder = builder.words(words);
        }
        if self.daily_budgets {
            builder = builder.daily_budgets(true);
        }
        if let Some(autonomy) = self.autonomy {
            builder = builder.autonomy(autonomy);
        }
        builder = self.accounts.into_iter().fold(builder, BrainBuilder::account);
        for object in self.connectors {
            builder = builder.connector(Arc::new(ForeignConnector::open(object).await?));
        }
        Ok(builder)
    }
}

/// Channels from a file by its path, or from a dict.
fn channels_of(given: &Bound<'_, PyAny>) -> Result<Channels> {
    match path_of("channels", given)? {
        Some(path) => Channels::read(&path),
        None => Channels::from_value(value::from_python("channels", given)?),
    }
}

/// Schedules from a file by its path, or from a dict.
fn schedules_of(given: &Bound<'_, PyAny>) -> Result<Schedules> {
    match path_of("schedules", given)? {
        Some(path) => Schedules::read(&path),
        None => Schedules::from_value(value::from_python("schedules", given)?),
    }
}

/// The path that was given; none where it is a dict.
fn path_of(field: &str, given: &Bound<'_, PyAny>) -> Result<Option<PathBuf>> {
    if given.is_instance_of::<PyDict>() {
        return Ok(None);
    }
    let wrong = |_| Error::invalid(field, "is neither a path nor a dict").next("give one of the two");
    given.extract::<PathBuf>().map(Some).map_err(wrong)
}

/// Words from a file by its path, or from a dict.
fn words_of(given: &Bound<'_, PyAny>) -> Result<Words> {
    if given.is_instance_of::<PyDict>() {
        return Words::from_value(value::from_python("words", given)?);
    }
    let path = given
        .extract::<PathBuf>()
        .map_err(|_| Error::invalid("words", "is neither a path nor a dict").next("give one of the two"))?;
    Words::read(&path)
}

/// An object of the user, bound to an event loop, that serves as `role`.
pub(crate) fn foreign(role: &'static str, object: Py<PyAny>, locals: &TaskLocals) -> Arc<dyn Foreign> {
    Arc::new(UserObject::new(role, object, locals.clone()))
}

/// One run as it was asked for.
struct Job {
    request: RunRequest,
    history: Option<measure::Source>,
    mapping: Option<HistoryMapping>,
    on_event: Option<UserObject>,
}

impl Job {
    fn read(given: &Bound<'_, PyDict>, locals: &TaskLocals) -> Result<Self> {
        let (brief, folder) = brief(given)?;
        let mut request = RunRequest::new(brief);
        request.folder = option(given, "folder", "a path")?.unwrap_or(folder);
        request.seed = option(given, "seed", "a whole number from 0 to 2^64 - 1")?.unwrap_or(request.seed);
        request.days = option(given, "days", "a whole number from 0 to 2^32 - 1")?;
        if let Some(mode) = option::<String>(given, "mode", "text")? {
            request.mode = value::typed("mode", Value::from(mode))?;
        }
        if let Some(policy) = option::<String>(given, "on_failure", "text")? {
            request.on_failure = on_failure(&policy)?;
        }
        let apply: Option<Bound<'_, PyAny>> = option(given, "apply", "a dict")?;
        request.apply = apply.map(|apply| value::read("apply", &apply)).transpose()?;
        request.run = option::<String>(given, "run_id", "text")?.map(RunId::new);
        if let Some(seconds) = option::<f64>(given, "step_timeout", "a number of seconds")? {
            request.steps.timeout = Some(step_time(seconds)?);
        }
        if let Some(retries) = option::<u32>(given, "retries", "a whole number from 0 to 2^32 - 1")? {
            request.steps.retry.attempts = retries.saturating_add(1);
        }
        let history: Option<Bound<'_, PyAny>> = option(given, "history", "a path or a data frame")?;
        let mapping: Option<Bound<'_, PyAny>> = option(given, "mapping", "a name, a path or a dict")?;
        let on_event: Option<Py<PyAny>> = option(given, "on_event", "a function")?;
        let history = history.as_ref().map(measure::source).transpose()?;
        if mapping.is_some() && matches!(history, None | Some(measure::Source::Imported(_))) {
            return Err(Error::invalid("mapping", "is given without the table that it is for")
                .next("give a history too: the path of a CSV file or a data frame"));
        }
        Ok(Self {
            request,
            history,
            mapping: mapping.as_ref().map(measure::mapping).transpose()?,
            on_event: on_event.map(|object| UserObject::new("on_event", object, locals.clone())),
        })
    }

    async fn run(self, parts: Parts, store: &Store, feed: &Feed) -> Result<RunResult> {
        let mut ready = self.ready(parts, (store, feed)).await?;
        let work = ready.brain.run(ready.request, ready.watch);
        Box::pin(told(work, &mut ready.events, (&ready.stop, ready.listener.as_ref()))).await.map(RunResult::new)
    }

    async fn plan(self, parts: Parts, store: &Store, feed: &Feed) -> Result<String> {
        let mut ready = self.ready(parts, (store, feed)).await?;
        let work = ready.brain.plan(ready.request, ready.watch);
        orders::text(&Box::pin(told(work, &mut ready.events, (&ready.stop, ready.listener.as_ref()))).await?)
    }

    async fn monitor(self, options: MonitorOptions, parts: Parts, (store, feed): (&Store, &Feed)) -> Result<String> {
        let mut ready = self.ready(parts, (store, feed)).await?;
        let work = ready.brain.monitor(ready.request, options, ready.watch);
        orders::text(&Box::pin(told(work, &mut ready.events, (&ready.stop, ready.listener.as_ref()))).await?)
    }

    /// Opens the brain; events go to the listener and to whoever follows.
    async fn ready(mut self, parts: Parts, (store, feed): (&Store, &Feed)) -> Result<Ready> {
        let listener = self.on_event.take();
        let request = self.import().await?;
        let brain = parts.build(store, &request).await?;
        let stop = Stop(Cancel::new());
        let events = listener.as_ref().map_or_else(Events::none, |_| Events::channel());
        let subscription = events.subscribe();
        let watch = Watch { events: feed.beside(events), cancel: stop.0.clone() };
        Ok(Ready { brain, request, watch, listener, events: subscription, stop })
    }

    /// The request with its history, which is imported on a thread that may take its time.
    async fn import(mut self) -> Result<RunRequest> {
        if let Some(source) = self.history.take() {
            let (mapping, currency) = (self.mapping.take(), self.request.brief.budget.currency());
            let import = move || measure::import(&source, mapping.as_ref(), currency);
            let imported = tokio::task::spawn_blocking(import).await;
            let lost = |_| {
                Error::new(ErrorKind::Cancelled, "the import of the history was cut off")
                    .next("keep the event loop running until the run ends")
            };
            self.request.history = Some(imported.map_err(lost)??);
        }
        Ok(self.request)
    }
}

/// All that the work on a request needs.
struct Ready {
    brain: Brain,
    request: RunRequest,
    watch: Watch,
    listener: Option<UserObject>,
    events: Subscription,
    stop: Stop,
}

/// Stops the run's own tasks when the run is dropped.
struct Stop(Cancel);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Does the work, and tells each event to the listener, in order. A listener that raises stops the run, and its exception is the answer.
async fn told<T>(
    work: impl Future<Output = Result<T>>,
    subscription: &mut Subscription,
    (stop, listener): (&Stop, Option<&UserObject>),
) -> Result<T> {
    let Some(listener) = listener else { return work.await };
    let ended = Notify::new();
    let run = async {
        let result = work.await;
        ended.notify_one();
        result
    };
    let tell = async {
        loop {
            tokio::select! {
                biased;
                event = subscription.next() => match event {
                    Some(event) => tell_one(listener, &event).await?,
                    None => return Ok(()),
                },
                () = ended.notified() => break,
            }
        }
        while let Some(event) = subscription.try_next() {
            tell_one(listener, &event).await?;
        }
        Ok::<(), Error>(())
    };
    let tell = async {
        let outcome = tell.await;
        if outcome.is_err() {
            stop.0.cancel();
        }
        outcome
    };
    let (result, outcome) = futures::join!(run, tell);
    outcome.and(result)
}

async fn tell_one(listener: &UserObject, event: &Event) -> Result<()> {
    listener.tell("__call__", value::json(event)?).await
}

fn step_time(seconds: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero()).ok_or_else(|| {
        Error::invalid("step_timeout", format!("is {seconds}")).next("give a number of seconds above zero")
    })
}

fn on_failure(policy: &str) -> Result<OnFailure> {
    match policy {
        "abort" => Ok(OnFailure::Abort),
        "continue" => Ok(OnFailure::Continue),
        other => {
            Err(Error::invalid("on_failure", format!("{other:?} is no policy")).next("use \"abort\" or \"continue\""))
        }
    }
}

/// The brief and the folder that its media paths are relative to: beside the file where it is one.
fn brief(given: &Bound<'_, PyDict>) -> Result<(Brief, PathBuf)> {
    let brief: Bound<'_, PyAny> = option(given, "brief", "a dict or a path")?
        .ok_or_else(|| Error::invalid("brief", "is missing").next("give a dict or the path of a JSON file"))?;
    if brief.is_instance_of::<PyDict>() {
        return Ok((value::read("brief", &brief)?, PathBuf::from(".")));
    }
    let path: PathBuf = brief.extract().map_err(|_| {
        Error::invalid("brief", "is neither a dict nor a path").next("give a dict or the path of a JSON file")
    })?;
    let bytes = file::read("brief", &path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok((Brief::from_json(&bytes)?, folder.map_or_else(|| PathBuf::from("."), ToOwned::to_owned)))
}

/// An option by its name; none where it is left out or `None`.
pub(crate) fn option<'py, T>(given: &Bound<'py, PyDict>, name: &str, expected: &str) -> Result<Option<T>>
where
    T: for<'any> FromPyObject<'any, 'py>,
{
    let value = given.get_item(name).ok().flatten().filter(|value| !value.is_none());
    let wrong = |value: &Bound<'_, PyAny>| {
        Error::invalid(name, format!("is {}", value::shown(value))).next(format!("give {expected}"))
    };
    value.map(|value| value.extract().map_err(|_| wrong(&value))).transpose()
}
