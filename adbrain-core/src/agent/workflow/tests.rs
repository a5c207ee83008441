//! The promises of the engine, each as a test.

use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::*;
use crate::clock::ManualClock;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Message, RunId};

fn options() -> RunOptions {
    let clock = Arc::new(ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap()));
    RunOptions { clock, ..RunOptions::new(RunId::new("run"), 7) }
}

fn plain() -> StepOptions {
    StepOptions::default()
}

/// Adds a step that takes `millis` of virtual time and then gives the sum of its inputs plus one.
fn slow(graph: &mut Graph, name: &str, millis: u64, inputs: Vec<Node<u64>>) -> Node<u64> {
    graph.step(name, plain(), (inputs,), move |_, (inputs,): (Vec<Arc<u64>>,)| async move {
        sleep(Duration::from_millis(millis)).await;
        Ok(inputs.iter().map(|input| **input).sum::<u64>() + 1)
    })
}

/// The loop's own shape: one, two at once, one, one.
fn diamond(graph: &mut Graph) -> Node<u64> {
    let strategy = slow(graph, "strategist", 100, vec![]);
    let assets = slow(graph, "creative", 300, vec![strategy]);
    let copy = slow(graph, "copywriter", 200, vec![strategy]);
    let plan = slow(graph, "optimizer", 50, vec![assets, copy]);
    slow(graph, "analyst", 10, vec![plan])
}

fn failing(graph: &mut Graph, name: &str, kind: ErrorKind, options: StepOptions) -> (Node<u64>, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let node = graph.step(name, options, (), move |_, ()| {
        counter.fetch_add(1, Ordering::SeqCst);
        async move { Err(Error::new(kind, "no answer")) }
    });
    (node, calls)
}

fn listen(options: &mut RunOptions) -> Subscription {
    options.events = Events::channel();
    options.events.subscribe()
}

fn told(subscription: &mut Subscription) -> Vec<String> {
    let mut lines = Vec::new();
    while let Some(event) = subscription.try_next() {
        assert_eq!(event.sequence, lines.len() as u64);
        let kind = serde_json::to_value(&event.kind).unwrap();
        lines.push(format!("{} {}", event.step.as_deref().unwrap_or("run"), kind["type"].as_str().unwrap()));
    }
    lines
}

#[tokio::test(start_paused = true)]
async fn steps_that_do_not_need_each_other_take_the_longest_and_not_the_sum() {
    let mut graph = Graph::new("campaign");
    let last = diamond(&mut graph);
    let began = Instant::now();
    let outputs = graph.run(options()).await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_millis(100 + 300 + 50 + 10));
    assert_eq!(*outputs.get(last).unwrap(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_one_at_once_takes_the_sum() {
    let mut graph = Graph::new("campaign");
    diamond(&mut graph);
    let began = Instant::now();
    graph.run(RunOptions { at_once: std::num::NonZeroUsize::new(1), ..options() }).await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_millis(660));
}

#[tokio::test(start_paused = true)]
async fn a_step_per_day_may_be_added_in_a_loop() {
    let mut graph = Graph::new("days");
    let mut days = vec![slow(&mut graph, "day 0", 1, vec![])];
    for day in 1..30 {
        days.push(slow(&mut graph, &format!("day {day}"), 1, days.last().copied().into_iter().collect()));
    }
    let total = slow(&mut graph, "total", 1, days);
    assert_eq!(*graph.run(options()).await.unwrap().get(total).unwrap(), (1..=30).sum::<u64>() + 1);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_takes_too_long_times_out() {
    let mut graph = Graph::new("campaign");
    let limit = plain().timeout(Duration::from_secs(2));
    let _: Node<u64> = graph.step("creative", limit, (), |_, ()| pending());
    let began = Instant::now();
    let error = graph.run(options()).await.unwrap_err();
    assert_eq!((error.kind(), began.elapsed().as_secs()), (ErrorKind::TimedOut, 2));
    assert_eq!(error.context_of("step"), Some("creative"));
}

#[tokio::test(start_paused = true)]
async fn only_errors_that_may_pass_are_tried_again() {
    for (kind, calls_wanted) in [(ErrorKind::RateLimited, 3), (ErrorKind::InvalidInput, 1)] {
        let mut graph = Graph::new("campaign");
        let (_, calls) = failing(&mut graph, "strategist", kind, plain().retry(Retry::times(3)));
        let began = Instant::now();
        assert_eq!(graph.run(options()).await.unwrap_err().kind(), kind);
        assert_eq!(calls.load(Ordering::SeqCst), calls_wanted);
        let waited = if calls_wanted == 3 { 200 + 400 } else { 0 };
        assert_eq!(began.elapsed(), Duration::from_millis(waited));
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_sees_its_number_and_the_same_seed() {
    let mut graph = Graph::new("campaign");
    let seeds = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&seeds);
    let node = graph.step("strategist", plain().retry(Retry::times(2)), (), move |context, ()| {
        seen.lock().unwrap().push(context.seed());
        async move {
            if context.attempt() == 1 { Err(Error::new(ErrorKind::Unavailable, "line is down")) } else { Ok(5_u64) }
        }
    });
    let mut options = options();
    let mut subscription = listen(&mut options);
    assert_eq!(*graph.run(options).await.unwrap().get(node).unwrap(), 5);
    let seeds = seeds.lock().unwrap();
    assert_eq!((seeds.len(), seeds[0]), (2, seeds[1]));
    let lines = [
        "run started",
        "strategist started",
        "strategist retried",
        "strategist started",
        "strategist finished",
        "run finished",
    ];
    assert_eq!(told(&mut subscription), lines);
}

/// Tells when the future that holds it is dropped.
struct Dropped(Arc<AtomicU32>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_stops_at_once_and_drops_its_steps() {
    let mut graph = Graph::new("campaign");
    let drops = Arc::new(AtomicU32::new(0));
    let held = Arc::clone(&drops);
    let _: Node<u64> = graph.step("creative", plain(), (), move |_, ()| {
        let guard = Dropped(Arc::clone(&held));
        async move {
            let _guard = guard;
            pending().await
        }
    });
    let mut options = options();
    let mut subscription = listen(&mut options);
    let cancel = options.cancel.clone();
    let began = Instant::now();
    let stop = async {
        sleep(Duration::from_secs(1)).await;
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(graph.run(options), stop);
    assert_eq!((result.unwrap_err().kind(), began.elapsed().as_secs()), (ErrorKind::Cancelled, 1));
    assert_eq!(drops.load(Ordering::SeqCst), 1);
    assert_eq!(told(&mut subscription), ["run started", "creative started", "creative cancelled", "run cancelled"]);
}

#[tokio::test]
async fn a_run_cancelled_before_it_begins_runs_nothing() {
    let mut graph = Graph::new("campaign");
    let (_, calls) = failing(&mut graph, "strategist", ErrorKind::UserCode, plain());
    let options = options();
    options.cancel.cancel();
    assert_eq!(graph.run(options).await.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_goes_on_uses_what_there_is_and_skips_what_it_cannot_do() {
    let mut graph = Graph::new("campaign");
    let (assets, _) = failing(&mut graph, "creative", ErrorKind::UserCode, plain());
    let copy = slow(&mut graph, "copywriter", 100, vec![]);
    let sum = |_, (assets, copy): (Option<Arc<u64>>, Arc<u64>)| async move { Ok((assets.is_some(), *copy)) };
    let plan = graph.step("optimizer", plain(), (assets.optional(), copy), sum);
    let needs = slow(&mut graph, "needs assets", 1, vec![assets]);
    let after = slow(&mut graph, "after it", 1, vec![needs]);
    let outputs = graph.run(RunOptions { on_failure: OnFailure::Continue, ..options() }).await.unwrap();
    assert_eq!(*outputs.get(plan).unwrap(), (false, 1));
    assert_eq!(outputs.get(assets).unwrap_err().kind(), ErrorKind::UserCode);
    assert_eq!(outputs.get(needs).unwrap_err().context_of("needs"), Some("creative"));
    assert_eq!(outputs.get(after).unwrap_err().context_of("needs"), Some("needs assets"));
    assert_eq!(outputs.failures().map(|(step, _)| step).collect::<Vec<_>>(), ["creative"]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_the_other_steps_unless_told_otherwise() {
    let mut graph = Graph::new("campaign");
    failing(&mut graph, "creative", ErrorKind::UserCode, plain());
    slow(&mut graph, "copywriter", 60_000, vec![]);
    let began = Instant::now();
    assert_eq!(graph.run(options()).await.unwrap_err().kind(), ErrorKind::UserCode);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_panic_becomes_an_error_with_its_text() {
    let mut graph = Graph::new("campaign");
    let later = |_, ()| async { if true { panic!("after {} waits", 1) } else { Ok(1_u64) } };
    graph.step("creative", plain(), (), later);
    let error = graph.run(options()).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Internal, "panicked: after 1 waits"));

    let mut graph = Graph::new("campaign");
    let _: Node<u64> =
        graph.step("copywriter", plain(), (), |_, ()| -> std::future::Ready<Result<u64>> { panic!("at once") });
    assert_eq!(graph.run(options()).await.unwrap_err().message(), "panicked: at once");
}

#[tokio::test(start_paused = true)]
async fn events_come_in_order_and_numbered() {
    let mut graph = Graph::new("campaign");
    diamond(&mut graph);
    let mut options = options();
    let mut subscription = listen(&mut options);
    graph.run(options).await.unwrap();
    let lines = [
        "run started",
        "strategist started",
        "strategist finished",
        "creative started",
        "copywriter started",
        "copywriter finished",
        "creative finished",
        "optimizer started",
        "optimizer finished",
        "analyst started",
        "analyst finished",
        "run finished",
    ];
    assert_eq!(told(&mut subscription), lines);
}

#[tokio::test]
async fn a_callback_hears_notes_and_cannot_break_the_run() {
    let mut graph = Graph::new("campaign");
    let node = graph.step("creative", plain(), (), |context, ()| async move {
        context.note(Message::new("half-done"));
        Ok(1_u64)
    });
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    let tell = move |event: &Event| sink.lock().unwrap().push(serde_json::to_string(event).unwrap());
    let events = Events::callback(Arc::new(tell));
    graph.run(RunOptions { events: events.clone(), ..options() }).await.unwrap();
    events.flush().await;
    let told = r#"{"run":"run","sequence":2,"at":"2026-01-01T00:00:00Z","step":"creative","kind":{"type":"note","message":{"key":"half-done"}}}"#;
    assert_eq!(heard.lock().unwrap().get(2).map(String::as_str), Some(told));

    let broken = Events::callback(Arc::new(|_| panic!("in the listener")));
    assert!(graph.run(RunOptions { events: broken.clone(), ..options() }).await.unwrap().get(node).is_ok());
    broken.flush().await;
}

#[test]
fn a_graph_refuses_names_twice_and_nodes_of_others() {
    let (mut graph, mut other) = (Graph::new("one"), Graph::new("two"));
    let node = slow(&mut graph, "day", 1, vec![]);
    slow(&mut other, "night", 1, vec![node]);
    slow(&mut graph, "day", 1, vec![]);
    assert_eq!(graph.check().unwrap_err().context_of("step"), Some("day"));
    assert_eq!(other.check().unwrap_err().context_of("step"), Some("night"));
}

#[test]
fn the_graph_is_drawn() {
    let mut graph = Graph::new("campaign");
    diamond(&mut graph);
    let drawn = graph.mermaid();
    assert!(drawn.starts_with("flowchart LR\n    s0[\"strategist\"]\n"), "{drawn}");
    assert!(drawn.ends_with("    s0 --> s1\n    s0 --> s2\n    s1 --> s3\n    s2 --> s3\n    s3 --> s4\n"), "{drawn}");
    assert_eq!(graph.outline().order().unwrap().len(), 5);
}

#[tokio::test]
async fn a_held_step_and_what_needs_it_are_left_for_a_later_go() {
    let saver: Arc<dyn Saver> = Arc::new(MemorySaver::default());
    let mut graph = Graph::new("days");
    let first = graph.step("day-1", StepOptions::default(), (), |_, ()| async { Ok(1_u32) });
    let second =
        graph.step("day-2", StepOptions::default(), (first,), |_, (first,): (Arc<u32>,)| async move { Ok(*first + 1) });
    let last = graph
        .step("end", StepOptions::default(), (second,), |_, (second,): (Arc<u32>,)| async move { Ok(*second + 1) });
    let with = |held: &[&str]| RunOptions {
        saver: Some(saver.clone()),
        held: held.iter().map(|name| (*name).to_owned()).collect(),
        ..options()
    };
    let outputs = graph.run(with(&["day-2"])).await.unwrap();
    assert_eq!(*outputs.get(first).unwrap(), 1);
    assert!(outputs.get(second).is_err() && outputs.get(last).is_err());
    assert_eq!(outputs.failures().count(), 0);
    let outputs = graph.run(with(&[])).await.unwrap();
    assert_eq!((*outputs.get(second).unwrap(), *outputs.get(last).unwrap()), (2, 3));
    let outputs = graph.run(with(&["day-1"])).await.unwrap();
    assert_eq!(*outputs.get(last).unwrap(), 3, "what is saved is not held");
}
