//! The tokio runtime of the extension, joined before the interpreter ends.
//!
//! In: futures. Out: awaitables. Called by brain. Never holds the GIL while it waits.
//!
//! The stock runtime of `pyo3-async-runtimes` is never joined: a worker that still holds the GIL while the interpreter
//! finalises ends the process with an abort. This one is taken down by an `atexit` function, with the GIL released and
//! within [`SHUTDOWN`].

use std::any::Any;
use std::cell::OnceCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use adbrain_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3_async_runtimes::TaskLocals;
use pyo3_async_runtimes::generic::{self, ContextExt, JoinError};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::{error, logging};

/// The longest that the end of the interpreter waits for work in flight.
const SHUTDOWN: Duration = Duration::from_secs(5);

static STATE: Mutex<State> = Mutex::new(State::Idle);

enum State {
    /// Nothing was run yet.
    Idle,
    /// It runs in the process of this id; after a fork its threads are gone.
    Running { process: u32, runtime: Runtime },
    /// The interpreter ends.
    Closed,
}

/// What to do where the interpreter ends before the work.
pub(crate) const WAIT: &str = "wait for the work before the program ends";

/// The runtime, started on first use.
pub(crate) fn handle() -> Result<Handle> {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    let here = std::process::id();
    match &*state {
        State::Closed => {
            return Err(Error::new(ErrorKind::Unavailable, "the interpreter is shutting down").next(WAIT));
        }
        State::Running { process, runtime } if *process == here => return Ok(runtime.handle().clone()),
        State::Running { .. } | State::Idle => {}
    }
    let runtime = Builder::new_multi_thread().enable_all().thread_name("adbrain").build().map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the worker threads cannot be started")
            .next("free some memory or threads, then try again")
            .caused_by(error)
    })?;
    let handle = runtime.handle().clone();
    if let State::Running { runtime, .. } = std::mem::replace(&mut *state, State::Running { process: here, runtime }) {
        // The threads of the parent process do not exist here; joining them would wait for ever.
        std::mem::forget(runtime);
    }
    Ok(handle)
}

/// Ends the runtime; registered with `atexit`. Work in flight is dropped.
#[pyfunction]
#[pyo3(name = "_shutdown")]
pub(crate) fn shutdown(py: Python<'_>) {
    let state = {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *state, State::Closed)
    };
    match state {
        State::Running { process, runtime } if process == std::process::id() => {
            py.detach(|| {
                runtime.shutdown_timeout(SHUTDOWN);
                logging::end();
            });
        }
        State::Running { runtime, .. } => std::mem::forget(runtime),
        State::Idle | State::Closed => {}
    }
}

/// Waits for a future on this thread, with the GIL released.
pub(crate) fn block_on<T: Send>(py: Python<'_>, future: impl Future<Output = Result<T>> + Send) -> Result<T> {
    let handle = handle()?;
    py.detach(|| handle.block_on(future))
}

/// The time between two looks for Ctrl-C.
const GLANCE: Duration = Duration::from_millis(20);

/// Computes on a thread of its own while this one, with the GIL released, stays open for signals: Ctrl-C raises at once and the
/// computation, which touches nothing outside itself, is left to end unheard.
pub(crate) fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> PyResult<T> {
    let (sender, receiver) = channel();
    let guarded = move || {
        // Nobody listens any more where it was interrupted.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
    };
    let thread = std::thread::Builder::new().name("adbrain-work".to_owned());
    error::guard(py, || {
        thread.spawn(guarded).map(drop).map_err(|error| {
            Error::new(ErrorKind::Unavailable, "no thread can be started to compute on")
                .next("free some memory or threads, then try again")
                .caused_by(error)
        })
    })?;
    let waiting = Mutex::new(receiver);
    loop {
        let answer = py.detach(|| waiting.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(GLANCE));
        match answer {
            Ok(done) => return error::guard(py, || done.unwrap_or_else(|panic| resume_unwind(panic))),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => {
                return error::guard(py, || Err(Error::new(ErrorKind::Internal, "a computation was lost")));
            }
        }
    }
}

/// Makes an awaitable of a future, on the event loop of `locals`.
pub(crate) fn awaitable<'py, T>(
    py: Python<'py>,
    locals: TaskLocals,
    future: impl Future<Output = PyResult<T>> + Send + 'static,
) -> PyResult<Bound<'py, PyAny>>
where
    T: for<'any> IntoPyObject<'any> + Send + 'static,
{
    logging::listen(py)?;
    let told = async move {
        let done = future.await;
        logging::heard().await;
        done
    };
    generic::future_into_py_with_locals::<Tokio, _, T>(py, locals, told)
}

/// Ours, as `pyo3-async-runtimes` wants to see it.
struct Tokio;

/// A task that may have been lost because the interpreter ends.
struct Joined(Option<tokio::task::JoinHandle<()>>);

/// Why a task gave nothing.
struct Lost(Option<tokio::task::JoinError>);

impl Future for Joined {
    type Output = std::result::Result<(), Lost>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(task) => Pin::new(task).poll(context).map_err(|error| Lost(Some(error))),
            None => Poll::Ready(Err(Lost(None))),
        }
    }
}

impl JoinError for Lost {
    fn is_panic(&self) -> bool {
        self.0.as_ref().is_some_and(tokio::task::JoinError::is_panic)
    }

    fn into_panic(self) -> Box<dyn Any + Send + 'static> {
        match self.0.map(tokio::task::JoinError::try_into_panic) {
            Some(Ok(payload)) => payload,
            Some(Err(_)) | None => Box::new("the interpreter is shutting down"),
        }
    }
}

tokio::task_local! {
    static LOCALS: OnceCell<TaskLocals>;
}

impl generic::Runtime for Tokio {
    type JoinError = Lost;
    type JoinHandle = Joined;

    fn spawn<F: Future<Output = ()> + Send + 'static>(future: F) -> Joined {
        Joined(handle().ok().map(|handle| handle.spawn(future)))
    }

    fn spawn_blocking<F: FnOnce() + Send + 'static>(work: F) -> Joined {
        Joined(handle().ok().map(|handle| handle.spawn_blocking(work)))
    }
}

impl ContextExt for Tokio {
    fn scope<F, R>(locals: TaskLocals, future: F) -> Pin<Box<dyn Future<Output = R> + Send>>
    where
        F: Future<Output = R> + Send + 'static,
    {
        Box::pin(LOCALS.scope(OnceCell::from(locals), future))
    }

    fn get_task_locals() -> Option<TaskLocals> {
        LOCALS.try_with(|cell| cell.get().cloned()).unwrap_or_default()
    }
}
