//! Calls of the user's own Python code.
//!
//! In: an object, a method, values. Out: the value that the method returned, awaited where it is a coroutine. Called by agent,
//! platform, memory and predict. Never runs Python on a worker thread of the runtime, never loses an exception.

use std::sync::{Arc, Mutex, PoisonError};

use adbrain_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyDict, PyTuple};
use pyo3_async_runtimes::TaskLocals;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{error, value};

/// An object of the user, with the event loop that its coroutines run on.
#[derive(Clone)]
pub(crate) struct UserObject {
    inner: Arc<Inner>,
}

struct Inner {
    object: Py<PyAny>,
    /// What it serves as, for errors: `strategist`.
    role: &'static str,
    locals: TaskLocals,
}

/// One argument of a call.
pub(crate) enum Argument {
    /// Anything that JSON can hold.
    Json(Value),
    /// The content of a file with the JSON around it: its key becomes `bytes`.
    WithBytes(Value, Vec<u8>),
}

impl Argument {
    /// Makes an argument of a value of ours.
    pub(crate) fn of(value: &impl Serialize) -> Result<Self> {
        value::json(value).map(Self::Json)
    }

    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        match self {
            Self::Json(json) => value::to_python(py, &json),
            Self::WithBytes(json, bytes) => {
                let object = value::to_python(py, &json)?;
                object.cast::<PyDict>()?.set_item("bytes", PyBytes::new(py, &bytes))?;
                Ok(object)
            }
        }
    }
}

impl UserObject {
    /// Takes an object that serves as `role`.
    pub(crate) fn new(role: &'static str, object: Py<PyAny>, locals: TaskLocals) -> Self {
        Self { inner: Arc::new(Inner { object, role, locals }) }
    }

    /// Calls a method, waits for its coroutine where it returns one, and reads what it gives.
    pub(crate) async fn call<T: DeserializeOwned>(&self, method: &'static str, arguments: Vec<Argument>) -> Result<T> {
        let answer = self.answer(Call { method, arguments, reads: true }).await?;
        value::typed(&self.inner.named(method), answer)
    }

    /// The same for a method whose answer nobody needs.
    pub(crate) async fn tell(&self, method: &'static str, arguments: Vec<Argument>) -> Result<()> {
        self.answer(Call { method, arguments, reads: false }).await.map(drop)
    }

    async fn answer(&self, call: Call) -> Result<Value> {
        let (method, reads) = (call.method, call.reads);
        let this = Arc::clone(&self.inner);
        let begun = tokio::task::spawn_blocking(move || attached(|py| this.begin(py, call)));
        let mut task = match begun.await.map_err(|_| lost(self.inner.role, method))?? {
            Begun::Done(answer) => return Ok(answer),
            Begun::Pending(task) => task,
        };
        let future = task.done().await.ok_or_else(|| lost(self.inner.role, method))?;
        let this = Arc::clone(&self.inner);
        let read = tokio::task::spawn_blocking(move || {
            attached(|py| {
                let returned = future.bind(py).call_method0("result");
                this.read(method, reads, returned.map_err(|raised| this.raised(py, method, raised))?)
            })
        });
        read.await.map_err(|_| lost(self.inner.role, method))?
    }
}

/// One call: what is called with what, and whether its answer is read.
struct Call {
    method: &'static str,
    arguments: Vec<Argument>,
    reads: bool,
}

/// What became of a call at once.
enum Begun {
    Done(Value),
    Pending(Task),
}

impl Inner {
    fn begin(&self, py: Python<'_>, call: Call) -> Result<Begun> {
        let (method, reads) = (call.method, call.reads);
        let raised = |raised| self.raised(py, method, raised);
        let returned = self.invoke(py, call).map_err(raised)?;
        if is_coroutine(&returned).map_err(raised)? {
            return Task::start(&self.locals, &returned).map(Begun::Pending).map_err(raised);
        }
        self.read(method, reads, returned).map(Begun::Done)
    }

    /// Calls the method in a copy of the context of the run, so that its context variables are seen.
    fn invoke<'py>(&self, py: Python<'py>, call: Call) -> PyResult<Bound<'py, PyAny>> {
        let mut all = vec![self.object.bind(py).getattr(call.method)?];
        for argument in call.arguments {
            all.push(argument.into_python(py)?);
        }
        let context = self.locals.context(py).call_method0("copy")?;
        context.call_method1("run", PyTuple::new(py, all)?)
    }

    #[expect(clippy::needless_pass_by_value, reason = "the answer ends here")]
    fn read(&self, method: &str, reads: bool, returned: Bound<'_, PyAny>) -> Result<Value> {
        if reads { value::from_python(&self.named(method), &returned) } else { Ok(Value::Null) }
    }

    fn raised(&self, py: Python<'_>, method: &str, raised: PyErr) -> Error {
        error::from_python(py, &self.named(method), raised)
    }

    fn named(&self, method: &str) -> String {
        format!("{}.{method}()", self.role)
    }
}

fn is_coroutine(returned: &Bound<'_, PyAny>) -> PyResult<bool> {
    returned.py().import("asyncio")?.call_method1("iscoroutine", (returned,))?.is_truthy()
}

/// A coroutine of the user on its event loop; cancelled when it is dropped unfinished.
struct Task {
    future: Py<PyAny>,
    finished: Option<oneshot::Receiver<()>>,
}

impl Task {
    fn start(locals: &TaskLocals, coroutine: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = coroutine.py();
        let submit = py.import("asyncio")?.getattr("run_coroutine_threadsafe")?;
        let context = locals.context(py).call_method0("copy")?;
        let future = context.call_method1("run", (submit, coroutine, locals.event_loop(py)))?;
        let (sender, receiver) = oneshot::channel();
        let sender = Mutex::new(Some(sender));
        let tell = PyCFunction::new_closure(py, None, None, move |_, _| {
            if let Some(sender) = sender.lock().unwrap_or_else(PoisonError::into_inner).take() {
                // Nobody listens any more where the run was cancelled.
                let _ = sender.send(());
            }
        })?;
        future.call_method1("add_done_callback", (tell,))?;
        Ok(Self { future: future.unbind(), finished: Some(receiver) })
    }

    /// Waits; gives the finished `concurrent.futures.Future`, or nothing where its loop went away.
    async fn done(&mut self) -> Option<Py<PyAny>> {
        let outcome = match &mut self.finished {
            Some(receiver) => receiver.await,
            None => return None,
        };
        self.finished = None;
        outcome.ok()?;
        Python::try_attach(|py| self.future.clone_ref(py))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if self.finished.is_some() {
            // A loop that is closed already has cancelled the coroutine itself.
            Python::try_attach(|py| drop(self.future.call_method0(py, "cancel")));
        }
    }
}

fn attached<T>(work: impl FnOnce(Python<'_>) -> Result<T>) -> Result<T> {
    Python::try_attach(work)
        .unwrap_or_else(|| Err(Error::new(ErrorKind::Cancelled, "the interpreter is shutting down")))
}

fn lost(role: &str, method: &str) -> Error {
    Error::new(ErrorKind::Cancelled, format!("{role}.{method}() was cut off"))
        .next("keep the event loop running until the run ends")
}
