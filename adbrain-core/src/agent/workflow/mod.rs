//! The workflow: a typed graph of steps, run on tokio.
//!
//! In: steps with typed inputs, and the options of a run. Out: the steps' outputs, and events as they happen. Called by the
//! brain's cycle. Never touches a platform: effects happen in control alone, so a step that was cut may run again.

mod cancel;
mod context;
mod event;
mod graph;
mod input;
mod options;
mod outline;
mod output;
mod run;
mod save;
mod step;
mod store;
#[cfg(test)]
mod spans;
#[cfg(test)]
mod tests;

pub use cancel::Cancel;
pub use context::Context;
pub use event::{Event, EventKind, Events, Subscription};
pub use graph::{Graph, Node, Optional};
pub use input::{Input, Inputs, Resolver};
pub use options::{OnFailure, Retry, RunOptions, StepOptions};
pub use outline::{Outline, OutlineInput, OutlineStep};
pub use output::{Output, Outputs};
pub use save::{Batch, MemorySaver, SavedRun, Saver};
pub use store::StoreSaver;
