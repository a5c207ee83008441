//! One step: its attempts, its time limit, and the wall around its panics.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tracing::Instrument as _;

use super::input::Edge;
use super::output::{Output, Slot, Value};
use super::{Context, EventKind, Inputs, Resolver, StepOptions};
use crate::error::{Error, ErrorKind, Result};

/// One attempt, ready to be made as often as needed.
pub(super) type Attempt = Box<dyn Fn(Context) -> BoxFuture<'static, Result<Value>> + Send + Sync>;

/// Takes the inputs of a step from the outputs before it.
type Body = Box<dyn Fn(&[Slot]) -> Result<Attempt> + Send + Sync>;

/// A step without the types of its inputs and output.
pub(super) struct Step {
    pub(super) name: Arc<str>,
    pub(super) place: u64,
    pub(super) options: StepOptions,
    pub(super) edges: Vec<Edge>,
    pub(super) dependents: Vec<usize>,
    pub(super) body: Body,
    pub(super) write: fn(&Value) -> Result<String>,
    pub(super) read: fn(&str) -> Result<Value>,
}

/// Takes the types off a step's work.
pub(super) fn body<I, T, F, Fut>(inputs: I, work: F) -> Body
where
    I: Inputs,
    T: Output,
    F: Fn(Context, I::Values) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let work = Arc::new(work);
    Box::new(move |slots| {
        let values = inputs.take(&Resolver { slots })?;
        let work = Arc::clone(&work);
        Ok(Box::new(move |context| {
            let (work, values) = (Arc::clone(&work), values.clone());
            async move { work(context, values).await.map(|output| Arc::new(output) as Value) }.boxed()
        }))
    })
}

/// Where a step draws its luck: FNV-1a (Fowler, Noll, Vo) of its name, 64 bits.
pub(super) fn place_of(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Runs a step to its end; gives its output and the attempt that brought it. A panic becomes an error.
pub(super) async fn execute(step: &Step, attempt: Attempt, context: Context) -> Result<(Value, u32)> {
    let span = tracing::info_span!(
        "step",
        name = &*step.name,
        otel.name = format!("step {}", step.name),
        otel.status_code = tracing::field::Empty,
        error.type = tracing::field::Empty,
    );
    let guarded = AssertUnwindSafe(attempts(step, attempt, context)).catch_unwind().instrument(span.clone());
    let done = guarded.await.unwrap_or_else(|panic| Err(panicked(&*panic)));
    done.inspect_err(|error| error.mark(&span)).map_err(|error| name_step(error, &step.name))
}

async fn attempts(step: &Step, attempt: Attempt, mut context: Context) -> Result<(Value, u32)> {
    loop {
        context.emit(EventKind::Started { attempt: context.attempt });
        let error = match limited(attempt(context.clone()), step.options.timeout).await {
            Ok(value) => return Ok((value, context.attempt)),
            Err(error) => error,
        };
        let Some(wait) = step.options.retry.wait_after(context.attempt, &error) else { return Err(error) };
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        context.emit(EventKind::Retried { attempt: context.attempt, wait_ms, error: error.to_string() });
        tokio::time::sleep(wait).await;
        context.attempt += 1;
    }
}

/// Waits for `work` no longer than `limit`; the timer is made only once the work has to wait at all.
async fn limited<T>(work: impl Future<Output = Result<T>>, limit: Option<Duration>) -> Result<T> {
    let Some(limit) = limit else { return work.await };
    let mut work = pin!(work);
    let first = std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    });
    if let Some(done) = first.await {
        return done;
    }
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => Err(Error::new(ErrorKind::TimedOut, format!("the step took longer than {} ms", limit.as_millis()))
            .next("raise the step's time limit, or see what it waits for")),
    }
}

fn name_step(error: Error, step: &str) -> Error {
    if error.context_of("step").is_some() { error } else { error.with("step", step) }
}

/// The error for a panic, with the text of the panic.
pub(super) fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::new(ErrorKind::Internal, format!("panicked: {}", text.unwrap_or("without a text")))
        .next("report it with the text of the panic")
}
