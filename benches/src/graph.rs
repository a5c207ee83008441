//! A graph of the loop's own shape with trivial steps.

use std::sync::Arc;
use std::time::Duration;

use adbrain_core::Result;
use adbrain_core::agent::workflow::{Context, Graph, Node, StepOptions};

/// Five steps, two of them side by side, each with a time limit; the last gives 6.
#[must_use]
pub fn diamond() -> (Graph, Node<u64>) {
    let mut graph = Graph::new("campaign");
    let limit = StepOptions::default().timeout(Duration::from_secs(30));
    let strategy = graph.step("strategist", limit, (), |_, ()| async { Ok(1_u64) });
    let assets = graph.step("creative", limit, (strategy,), next);
    let copy = graph.step("copywriter", limit, (strategy,), next);
    let plan = graph.step("optimizer", limit, (assets, copy), |_, (assets, copy): (Arc<u64>, Arc<u64>)| async move {
        Ok(*assets + *copy + 1)
    });
    let last = graph.step("analyst", limit, (plan,), next);
    (graph, last)
}

async fn next(_: Context, (input,): (Arc<u64>,)) -> Result<u64> {
    Ok(*input + 1)
}
