//! The spans that a run leaves for whoever listens.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{Graph, RunOptions, StepOptions};
use crate::model::RunId;

/// Keeps each span with its fields, in the order in which they were opened.
#[derive(Clone, Default)]
struct Kept {
    spans: Arc<Mutex<Vec<String>>>,
    next: Arc<AtomicU64>,
}

struct Fields(Vec<String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push(format!("{field}={value:?}"));
    }
}

impl Subscriber for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(vec![span.metadata().name().to_owned()]);
        span.record(&mut fields);
        self.spans.lock().unwrap().push(fields.0.join(" "));
        Id::from_u64(self.next.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_run_and_each_of_its_steps_have_a_span_with_their_names() {
    let kept = Kept::default();
    let mut graph = Graph::new("campaign");
    let first = graph.step("strategist", StepOptions::default(), (), |_, ()| async { Ok(1_u64) });
    graph.step("optimizer", StepOptions::default(), (first,), |_, (first,)| async move { Ok(*first + 1) });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = || runtime.block_on(graph.run(RunOptions::new(RunId::new("summer"), 7)));
    tracing::subscriber::with_default(kept.clone(), run).unwrap();
    let spans = kept.spans.lock().unwrap().clone();
    let step = |name: &str| format!("step name=\"{name}\" otel.name=\"step {name}\"");
    assert_eq!(spans, ["run flow=\"campaign\" run=summer".to_owned(), step("strategist"), step("optimizer")]);
}
