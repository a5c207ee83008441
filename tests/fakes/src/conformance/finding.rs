//! What a check has found.

use std::fmt;

use serde_json::Value;

/// What a finding contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The official definition.
    Spec,
    /// A rule of the documents that no definition holds.
    Rule,
    /// Our own policy: what is created is paused.
    Policy,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The path of the field: `body.operations[0].create.status`.
    pub place: String,
    /// What is wrong with it.
    pub wrong: String,
    /// What it contradicts.
    pub basis: Basis,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let basis = match self.basis {
            Basis::Spec => "spec",
            Basis::Rule => "rule",
            Basis::Policy => "policy",
        };
        write!(formatter, "{basis}: {}: {}", self.place, self.wrong)
    }
}

/// The findings of one request, as they come.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn spec(&mut self, place: &str, wrong: impl Into<String>) {
        self.0.push(Finding { place: place.to_owned(), wrong: wrong.into(), basis: Basis::Spec });
    }

    pub(super) fn rule(&mut self, place: &str, wrong: impl Into<String>) {
        self.0.push(Finding { place: place.to_owned(), wrong: wrong.into(), basis: Basis::Rule });
    }

    pub(super) fn policy(&mut self, place: &str, wrong: impl Into<String>) {
        self.0.push(Finding { place: place.to_owned(), wrong: wrong.into(), basis: Basis::Policy });
    }

    /// A value of the wrong type.
    pub(super) fn wants(&mut self, place: &str, wanted: &str, value: &Value) {
        self.spec(place, format!("wants {wanted}, has {}", shown(value)));
    }
}

/// A value in few letters.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 60 { text } else { text.chars().take(57).chain("...".chars()).collect() }
}
