//! Following the runs of a brain as they happen: a bounded stream that ends with the run it follows.

use crate::agent::workflow::{Event, EventKind, Events, Subscription};
use crate::error::Result;
use crate::model::RunId;

/// Where the runs of one brain tell their events, for any number of followers in the same process.
#[derive(Clone, Debug)]
pub struct Feed {
    events: Events,
}

impl Default for Feed {
    fn default() -> Self {
        Self { events: Events::channel() }
    }
}

impl Feed {
    /// What a run of this brain is to be watched with, beside the listener of its own.
    pub fn beside(&self, events: Events) -> Events {
        events.and(self.events.clone())
    }

    /// Follows a run from now on, or the first one that it hears of. Up to 1,024 events are kept for a follower that is behind.
    pub fn follow(&self, run: Option<RunId>) -> Follower {
        Follower { subscription: Some(self.events.subscribe()), run, told: 0, next: None }
    }

    /// Does the work of a request and makes sure that its end is told, also where it fails or is dropped before its run begins, so that nobody
    /// waits for it in vain. An event about a request whose run has no name yet has an empty one.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn during<T>(&self, run: Option<RunId>, work: impl Future<Output = Result<T>>) -> Result<T> {
        let run = run.unwrap_or_else(|| RunId::new(""));
        let mut untold = Untold { events: self.events.clone(), run, end: Some(EventKind::Cancelled) };
        let result = work.await;
        untold.end = result.as_ref().err().map(EventKind::failure);
        result
    }
}

/// Tells the end of a request when it is dropped.
struct Untold {
    events: Events,
    run: RunId,
    end: Option<EventKind>,
}

impl Drop for Untold {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            self.events.tell_end(&self.run, end);
        }
    }
}

/// One follower of a [`Feed`].
#[derive(Debug)]
pub struct Follower {
    subscription: Option<Subscription>,
    run: Option<RunId>,
    /// How many lost events have been told.
    told: u64,
    next: Option<Event>,
}

impl Follower {
    /// Waits for the next event; none after the last one of the run that it follows, and once it is closed. Where the follower was too slow
    /// the oldest events are lost, and an event of the kind `missed` says how many.
    pub async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.next.take() {
            return Some(self.passed(event));
        }
        loop {
            let subscription = self.subscription.as_mut()?;
            let Some(event) = subscription.next().await else {
                self.close();
                return None;
            };
            let lost = subscription.missed() - self.told;
            self.told += lost;
            if !self.is_of_run(&event) {
                continue;
            }
            if lost > 0 {
                let sequence = event.sequence.saturating_sub(lost);
                let missed = Event { sequence, step: None, kind: EventKind::Missed { count: lost }, ..event.clone() };
                self.next = Some(event);
                return Some(missed);
            }
            return Some(self.passed(event));
        }
    }

    /// Ends the stream: nothing is kept for it any more.
    pub fn close(&mut self) {
        (self.subscription, self.next) = (None, None);
    }

    /// Whether an event is of the run that is followed; the first one decides where none was named. A request that failed before its run had a
    /// name is over for everybody who waits for the first.
    fn is_of_run(&mut self, event: &Event) -> bool {
        let run = self.run.get_or_insert_with(|| event.run.clone());
        *run == event.run
    }

    /// Gives an event on; the one that ends the run is the last.
    fn passed(&mut self, event: Event) -> Event {
        let is_end = matches!(event.kind, EventKind::Finished { .. } | EventKind::Failed { .. } | EventKind::Cancelled);
        if event.step.is_none() && is_end {
            self.close();
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::agent::workflow::{Graph, RunOptions, StepOptions};

    async fn run(feed: &Feed, name: &str, steps: usize) {
        let mut graph = Graph::new("example");
        let mut last = graph.step("0", StepOptions::default(), (), |_, ()| async { Ok(0_u64) });
        for step in 1..steps {
            let next = |_, (value,): (Arc<u64>,)| async move { Ok(*value + 1) };
            last = graph.step(step.to_string(), StepOptions::default(), (last,), next);
        }
        let events = feed.beside(Events::none());
        graph.run(RunOptions { events, ..RunOptions::new(RunId::new(name), 7) }).await.unwrap();
    }

    #[tokio::test]
    async fn a_follower_hears_one_run_whole_and_ends_with_it() {
        let feed = Feed::default();
        let (mut first, mut named) = (feed.follow(None), feed.follow(Some(RunId::new("b"))));
        run(&feed, "a", 2).await;
        run(&feed, "b", 1).await;
        let mut heard = Vec::new();
        while let Some(event) = first.next().await {
            heard.push(event);
        }
        assert!(heard.iter().all(|event| event.run.as_str() == "a"));
        assert_eq!(heard.iter().map(|event| event.sequence).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(named.next().await.unwrap().run.as_str(), "b");
        named.close();
        assert_eq!(named.next().await, None);
    }

    #[tokio::test]
    async fn a_slow_follower_loses_the_oldest_events_and_is_told_how_many() {
        let feed = Feed::default();
        let mut slow = feed.follow(None);
        run(&feed, "long", 700).await;
        let first = slow.next().await.unwrap();
        let EventKind::Missed { count } = first.kind else { panic!("{first:?}") };
        let mut kept = 0;
        while slow.next().await.is_some() {
            kept += 1;
        }
        // 700 steps tell two events each, and so does the run.
        assert_eq!(count + kept, 1402);
        assert_eq!(kept, 1024);
    }

    #[tokio::test]
    async fn a_run_that_is_dropped_and_a_request_that_fails_end_the_stream() {
        let feed = Feed::default();
        let (mut follower, mut other) = (feed.follow(None), feed.follow(None));
        let mut graph = Graph::new("example");
        graph.step("stuck", StepOptions::default(), (), |_, ()| std::future::pending::<crate::Result<u64>>());
        let options = RunOptions { events: feed.beside(Events::none()), ..RunOptions::new(RunId::new("run"), 7) };
        tokio::select! {
            _ = graph.run(options) => panic!("it is stuck"),
            () = tokio::time::sleep(std::time::Duration::from_millis(20)) => {}
        }
        let mut last = None;
        while let Some(event) = follower.next().await {
            last = Some(event.kind);
        }
        assert_eq!(last, Some(EventKind::Cancelled));
        while other.next().await.is_some() {}
        let mut waiting = feed.follow(None);
        let wrong = async { Err::<(), _>(crate::Error::invalid("brief", "is no brief").next("write one")) };
        assert!(feed.during(None, wrong).await.is_err());
        assert!(matches!(waiting.next().await.unwrap().kind, EventKind::Failed { .. }));
        assert_eq!(waiting.next().await, None);
        let mut named = feed.follow(Some(RunId::new("run")));
        drop(feed.during(None, std::future::pending::<crate::Result<()>>()));
        let stuck = feed.during(Some(RunId::new("run")), std::future::pending::<crate::Result<()>>());
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), stuck).await.is_err());
        assert_eq!(named.next().await.unwrap().kind, EventKind::Cancelled);
    }
}
