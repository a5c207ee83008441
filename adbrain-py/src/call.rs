//! Calls of the user's own Python code.
//!
//! In: an object, a method, JSON. Out: the value that the method returned, awaited where it is a coroutine. Called by the core,
//! for agents, connectors, stores, predictors and policies. Never runs Python on a worker thread of the runtime, never loses an exception.

use std::sync::{Arc, Mutex, PoisonError};

use adbrain_core::foreign::{Foreign, OPTIONAL};
use adbrain_core::{Error, ErrorKind, Result};
use async_trait::async_trait;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyDict};
use pyo3_async_runtimes::TaskLocals;
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use crate::{error, runtime, value};

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

impl UserObject {
    /// Takes an object that serves as `role`.
    pub(crate) fn new(role: &'static str, object: Py<PyAny>, locals: TaskLocals) -> Self {
        Self { inner: Arc::new(Inner { object, role, locals }) }
    }

    /// Calls a method whose answer nobody needs, and waits until it is done.
    pub(crate) async fn tell(&self, method: &'static str, input: Value) -> Result<()> {
        self.answer(Call { method, input, reads: false }).await.map(drop)
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

/// Methods of several arguments, which are given by their names.
const BY_NAME: [&str; 4] = ["create", "upload", "change", "record_combinations"];

#[async_trait]
impl Foreign for UserObject {
    fn name(&self) -> String {
        self.inner.role.to_owned()
    }

    async fn call(&self, method: &'static str, input: Value) -> Result<Value> {
        self.answer(Call { method, input, reads: true }).await
    }
}

/// One call: what is called with what, and whether its answer is read.
struct Call {
    method: &'static str,
    input: Value,
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
        if OPTIONAL.contains(&method) && !self.object.bind(py).hasattr(method).map_err(raised)? {
            return Ok(Begun::Done(Value::Null));
        }
        let returned = self.invoke(py, call).map_err(raised)?;
        if is_coroutine(&returned).map_err(raised)? {
            return Task::start(&self.locals, &returned).map(Begun::Pending).map_err(raised);
        }
        self.read(method, reads, returned).map(Begun::Done)
    }

    /// Calls the method in a copy of the context of the run, so that its context variables are seen.
    fn invoke<'py>(&self, py: Python<'py>, call: Call) -> PyResult<Bound<'py, PyAny>> {
        let method = self.object.bind(py).getattr(call.method)?;
        let context = self.locals.context(py).call_method0("copy")?;
        match call.input {
            Value::Null => context.call_method1("run", (method,)),
            Value::Object(named) if BY_NAME.contains(&call.method) => {
                context.call_method("run", (method,), Some(&by_name(py, named)?))
            }
            input => context.call_method1("run", (method, value::to_python(py, &input)?)),
        }
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

/// Gives each part of the input as an argument of its own; the content of a file as `bytes`.
fn by_name(py: Python<'_>, named: Map<String, Value>) -> PyResult<Bound<'_, PyDict>> {
    let arguments = PyDict::new(py);
    for (name, mut part) in named {
        let bytes = part.get_mut("bytes").map(Value::take);
        let part = value::to_python(py, &part)?;
        if let Some(Value::Array(numbers)) = bytes {
            let byte = |number: &Value| number.as_u64().and_then(|number| u8::try_from(number).ok());
            let bytes: Vec<u8> = numbers.iter().filter_map(byte).collect();
            part.set_item("bytes", PyBytes::new(py, &bytes))?;
        }
        arguments.set_item(name, part)?;
    }
    Ok(arguments)
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
    Python::try_attach(work).unwrap_or_else(|| {
        Err(Error::new(ErrorKind::Cancelled, "the interpreter is shutting down").next(runtime::WAIT))
    })
}

fn lost(role: &str, method: &str) -> Error {
    Error::new(ErrorKind::Cancelled, format!("{role}.{method}() was cut off"))
        .next("keep the event loop running until the run ends")
}
