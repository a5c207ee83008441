//! The shape of a graph as a value: names and edges, checked, ordered and drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The shape of a graph.
///
/// ```
/// use adbrain_core::agent::workflow::Outline;
/// let outline = Outline::from_edges("loop", &["plan", "launch"], &[("plan", "launch")])?;
/// assert_eq!(outline.order()?, ["plan", "launch"]);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// The name of the graph.
    pub name: String,
    /// The steps, in the order in which they were added.
    pub steps: Vec<OutlineStep>,
}

/// One step of a graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutlineStep {
    /// Its name.
    pub name: String,
    /// The steps that it takes.
    pub inputs: Vec<OutlineInput>,
}

/// One edge, seen from the step that takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutlineInput {
    /// The step that gives.
    pub from: String,
    /// Whether the step runs without it too.
    pub is_optional: bool,
}

impl Outline {
    /// Makes an outline from names and edges (from, to), for graphs that come from outside.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a name given twice, an edge to an unknown step, or a cycle.
    pub fn from_edges(name: &str, steps: &[&str], edges: &[(&str, &str)]) -> Result<Self> {
        for (from, to) in edges {
            if let Some(unknown) = [from, to].into_iter().find(|end| !steps.contains(end)) {
                return Err(Error::invalid("edges", format!("{from} -> {to}: there is no step {unknown}"))
                    .next(format!("use one of: {}", steps.join(", "))));
            }
        }
        let inputs_of = |step: &str| {
            let into = edges.iter().filter(|(_, to)| *to == step);
            into.map(|(from, _)| OutlineInput { from: (*from).to_owned(), is_optional: false }).collect()
        };
        let steps = steps.iter().map(|step| OutlineStep { name: (*step).to_owned(), inputs: inputs_of(step) });
        let outline = Self { name: name.to_owned(), steps: steps.collect() };
        outline.order()?;
        Ok(outline)
    }

    /// The steps in an order in which they can run: each after all that it takes; of several, the one added first.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a name given twice, an edge from an unknown step, or a cycle.
    pub fn order(&self) -> Result<Vec<&str>> {
        self.check_names()?;
        let (mut order, mut placed) = (Vec::new(), BTreeSet::new());
        while order.len() < self.steps.len() {
            let mut candidates = self.steps.iter().filter(|step| !placed.contains(step.name.as_str()));
            let free = candidates.find(|step| step.inputs.iter().all(|input| placed.contains(input.from.as_str())));
            let Some(step) = free else { return Err(self.cycle(&placed)) };
            placed.insert(step.name.as_str());
            order.push(step.name.as_str());
        }
        Ok(order)
    }

    /// The graph as a Mermaid flow chart; broken lines are optional inputs.
    pub fn mermaid(&self) -> String {
        let ids: BTreeMap<&str, usize> = self.steps.iter().map(|step| step.name.as_str()).zip(0..).collect();
        let mut text = String::from("flowchart LR\n");
        for (index, step) in self.steps.iter().enumerate() {
            let _ = writeln!(text, "    s{index}[\"{}\"]", escaped(&step.name));
        }
        for (index, step) in self.steps.iter().enumerate() {
            for input in &step.inputs {
                let arrow = if input.is_optional { "-.->" } else { "-->" };
                if let Some(from) = ids.get(input.from.as_str()) {
                    let _ = writeln!(text, "    s{from} {arrow} s{index}");
                }
            }
        }
        text
    }

    fn check_names(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        if let Some(step) = self.steps.iter().find(|step| !names.insert(step.name.as_str())) {
            return Err(Error::invalid("steps", format!("the name {} is given twice", step.name))
                .next("give each step a name of its own"));
        }
        let mut inputs = self.steps.iter().flat_map(|step| &step.inputs);
        match inputs.find(|input| !names.contains(input.from.as_str())) {
            Some(input) => Err(Error::invalid("edges", format!("there is no step {}", input.from))
                .next("name the step among the steps, or leave the edge out")),
            None => Ok(()),
        }
    }

    fn cycle(&self, placed: &BTreeSet<&str>) -> Error {
        let names = self.steps.iter().map(|step| step.name.as_str()).filter(|name| !placed.contains(name));
        let names: Vec<_> = names.collect();
        Error::invalid("edges", format!("a cycle runs through or before: {}", names.join(", ")))
            .next("take out one edge of the cycle; feedback goes into the next run")
    }
}

/// Mermaid takes quotes and angle brackets in a label only as entities.
fn escaped(name: &str) -> String {
    name.chars().fold(String::new(), |mut text, sign| {
        match sign {
            '"' | '<' | '>' | '#' | '&' | ';' | '\n' | '\r' => {
                let _ = write!(text, "#{};", u32::from(sign));
            }
            _ => text.push(sign),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_refused_with_its_steps() {
        let edges = [("a", "b"), ("b", "c"), ("c", "b")];
        let error = Outline::from_edges("loop", &["a", "b", "c"], &edges).unwrap_err();
        assert!(error.to_string().contains("cycle runs through or before: b, c"), "{error}");
    }

    #[test]
    fn the_order_puts_each_step_after_what_it_takes() {
        let edges = [("plan", "launch"), ("copy", "plan"), ("art", "plan")];
        let outline = Outline::from_edges("loop", &["launch", "plan", "art", "copy"], &edges).unwrap();
        assert_eq!(outline.order().unwrap(), ["art", "copy", "plan", "launch"]);
    }

    #[test]
    fn twice_the_same_name_and_unknown_ends_are_refused() {
        assert!(Outline::from_edges("loop", &["a", "a"], &[]).is_err());
        assert!(Outline::from_edges("loop", &["a"], &[("a", "z")]).is_err());
    }

    #[test]
    fn a_name_cannot_break_out_of_its_label() {
        let outline = Outline::from_edges("loop", &["a\"]; click", "b"], &[("a\"]; click", "b")]).unwrap();
        assert_eq!(outline.mermaid(), "flowchart LR\n    s0[\"a#34;]#59; click\"]\n    s1[\"b\"]\n    s0 --> s1\n");
    }
}
