//! The brain, its runs and their reports.

use std::path::PathBuf;
use std::sync::Arc;

use adbrain_core::agent::workflow::{Cancel, Events, OnFailure};
use adbrain_core::brain::{Brain as CoreBrain, RunRequest, RunResult as CoreResult, Watch};
use adbrain_core::control::Mode;
use adbrain_core::experiment::Apply;
use adbrain_core::foreign::{ForeignAgent, ForeignConnector, ForeignMemory, ForeignPredictor};
use adbrain_core::model::{Brief, History, Language, RunId};
use adbrain_core::persona::People;
use adbrain_core::report::Report as CoreReport;
use adbrain_core::{Error, Result};
use napi::bindgen_prelude::{Function, Promise};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use serde::Deserialize;

use crate::errors::{guard, guard_async, read, write};
use crate::user::UserObject;

/// Collects the parts that JavaScript replaces before the brain is opened.
#[napi]
#[derive(Default)]
pub struct NativeParts {
    parts: Vec<(String, Arc<UserObject>)>,
    people: Option<Arc<People>>,
}

#[napi]
impl NativeParts {
    /// No part is replaced.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces a part by an object of a class `name`.
    #[napi]
    pub fn replace(
        &mut self,
        part: String,
        name: String,
        call: Function<'_, String, Promise<String>>,
    ) -> napi::Result<()> {
        self.parts.push((part, UserObject::new(name, &call)?));
        Ok(())
    }

    /// Hands over the brand's people, as JSON text.
    #[napi]
    pub fn people(&mut self, people: String) -> napi::Result<()> {
        guard(|| {
            self.people = Some(Arc::new(read("people", &people)?));
            Ok(())
        })
    }
}

/// The engine over one store.
#[napi]
pub struct NativeBrain {
    brain: CoreBrain,
}

#[napi]
impl NativeBrain {
    /// Opens a brain over a libSQL file.
    #[napi(factory)]
    pub async fn local(path: String, parts: &NativeParts) -> napi::Result<Self> {
        let (parts, people) = (parts.parts.clone(), parts.people.clone());
        guard_async(async move { Ok(Self { brain: open(path, parts, people).await? }) }).await
    }

    /// Runs the loop; `request` is JSON text.
    #[napi]
    pub async fn run(
        &self,
        request: String,
        cancel: &NativeCancel,
        events: Option<&NativeEvents>,
    ) -> napi::Result<NativeResult> {
        let (brain, cancel) = (self.brain.clone(), cancel.cancel.clone());
        let events = events.map_or_else(Events::none, |events| events.events.clone());
        guard_async(async move {
            let request = read::<Request>("request", &request)?.checked()?;
            let result = brain.run(request, Watch { events, cancel }).await?;
            Ok(NativeResult { result: Arc::new(result) })
        })
        .await
    }

    /// Draws the loop of a request as a Mermaid chart.
    #[napi]
    pub async fn graph(&self, request: String) -> napi::Result<String> {
        let brain = self.brain.clone();
        guard_async(async move { brain.graph(read::<Request>("request", &request)?.checked()?).await }).await
    }
}

async fn open(path: String, parts: Vec<(String, Arc<UserObject>)>, people: Option<Arc<People>>) -> Result<CoreBrain> {
    let mut builder = CoreBrain::builder().local(path.as_ref());
    if let Some(people) = people {
        builder = builder.people(people);
    }
    for (part, object) in parts {
        builder = match part.as_str() {
            "strategist" => builder.strategist(Arc::new(ForeignAgent::new(object))),
            "creative" => builder.creative(Arc::new(ForeignAgent::new(object))),
            "copywriter" => builder.copywriter(Arc::new(ForeignAgent::new(object))),
            "optimizer" => builder.optimizer(Arc::new(ForeignAgent::new(object))),
            "analyst" => builder.analyst(Arc::new(ForeignAgent::new(object))),
            "memory" => builder.memory(Arc::new(ForeignMemory(object))),
            "predictor" => builder.predictor(Arc::new(ForeignPredictor(object))),
            "connector" => builder.connector(Arc::new(ForeignConnector::open(object).await?)),
            other => return Err(Error::invalid(other, "is no part of a brain").next("see the options of Brain.local")),
        };
    }
    builder.build().await
}

/// What a run needs, as JavaScript writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Request {
    brief: serde_json::Value,
    folder: Option<PathBuf>,
    history: Option<History>,
    seed: Option<u64>,
    days: Option<u32>,
    mode: Option<Mode>,
    run_id: Option<String>,
    on_failure: Option<Policy>,
    apply: Option<Apply>,
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
        let brief = Brief::from_json(self.brief.to_string().as_bytes())?;
        let defaults = RunRequest::new(brief);
        Ok(RunRequest {
            folder: self.folder.unwrap_or(defaults.folder),
            history: self.history,
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

/// Stops a run.
#[napi]
#[derive(Default)]
pub struct NativeCancel {
    cancel: Cancel,
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
    events: Events,
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
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes)
        .map_err(|error| Error::new(adbrain_core::ErrorKind::Internal, "JSON is not UTF-8").caused_by(error))
}
