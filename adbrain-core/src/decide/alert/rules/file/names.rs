//! Whether the names that a file uses are known, and whether rules keep each other silent in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Expression;
use super::super::metrics::{METRICS, is_known};
use super::RulesFile;
use crate::error::{Error, Result};

/// Labels that every alert has.
const LABELS: [&str; 6] = ["rule", "severity", "platform", "level", "object", "campaign"];

/// The names that a file may use.
pub(super) struct Names<'a> {
    file: &'a RulesFile,
    rules: BTreeSet<&'a str>,
    labels: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn of(file: &'a RulesFile) -> Self {
        let rules = file.rules.iter().map(|rule| rule.name.as_str()).collect();
        let of_rules = file.rules.iter().flat_map(|rule| rule.labels.keys().map(String::as_str));
        let labels = LABELS.into_iter().chain(file.sample_labels.iter().map(String::as_str)).chain(of_rules).collect();
        Self { file, rules, labels }
    }

    /// Reads an expression over known metrics.
    pub(super) fn expression(&self, text: &str, field: &str) -> Result<Expression> {
        let expression = Expression::parse(text).map_err(|error| error.in_field(field))?;
        expression.metrics().into_iter().try_for_each(|name| self.metric(name, field))?;
        Ok(expression)
    }

    pub(super) fn metric(&self, name: &str, field: &str) -> Result<()> {
        if is_known(name) || self.file.metrics.contains_key(name) {
            return Ok(());
        }
        let built_in = METRICS.iter().map(|metric| metric.name);
        let known: Vec<_> = built_in.chain(self.file.metrics.keys().map(String::as_str)).collect();
        Err(Error::invalid(field, format!("there is no metric {name:?}"))
            .next(format!("use one of {}, or declare your own under [metrics]", known.join(", "))))
    }

    pub(super) fn label(&self, name: &str, field: &str) -> Result<()> {
        if self.labels.contains(name) {
            return Ok(());
        }
        let known: Vec<_> = self.labels.iter().copied().collect();
        Err(Error::invalid(field, format!("there is no label {name:?}"))
            .next(format!("use one of {}, or declare it in sample_labels", known.join(", "))))
    }

    pub(super) fn rule(&self, name: &str, field: &str) -> Result<()> {
        if self.rules.contains(name) {
            return Ok(());
        }
        let known: Vec<_> = self.rules.iter().copied().collect();
        Err(Error::invalid(field, format!("there is no rule {name:?}"))
            .next(format!("use one of {}", known.join(", "))))
    }

    /// Checks that each entry has a good name and no name is used twice.
    pub(super) fn check_own(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for rule in &self.file.rules {
            good_name(&rule.name, &format!("rule.{}.name", rule.name))?;
            if !seen.insert(&rule.name) {
                return Err(Error::invalid(&format!("rule.{}.name", rule.name), "is the name of two rules")
                    .next("give each rule a name of its own"));
            }
            for label in rule.labels.keys() {
                let field = format!("rule.{}.labels.{label}", rule.name);
                good_name(label, &field)?;
                if LABELS.contains(&label.as_str()) {
                    return Err(Error::invalid(&field, "is a label that every alert has").next("choose another name"));
                }
            }
        }
        for name in self.file.metrics.keys() {
            good_name(name, &format!("metrics.{name}"))?;
            if is_known(name) {
                return Err(
                    Error::invalid(&format!("metrics.{name}"), "is a built-in metric").next("choose another name")
                );
            }
        }
        self.file.sample_labels.iter().try_for_each(|label| good_name(label, "sample_labels"))
    }

    /// Checks the rules, the labels and the order of the inhibitions.
    pub(super) fn check_inhibitions(&self) -> Result<()> {
        let mut silences: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (place, entry) in self.file.inhibitions.iter().enumerate() {
            let field = |name: &str| format!("inhibit.{}.{name}", place + 1);
            self.rule(&entry.source, &field("source"))?;
            entry.target.iter().try_for_each(|target| self.rule(target, &field("target")))?;
            entry.equal.iter().try_for_each(|label| self.label(label, &field("equal")))?;
            if entry.target.is_empty() {
                return Err(
                    Error::invalid(&field("target"), "names no rule").next("name the rules that it keeps silent")
                );
            }
            silences.entry(&entry.source).or_default().extend(entry.target.iter().map(String::as_str));
        }
        match circle(&silences) {
            None => Ok(()),
            Some(circle) => Err(Error::invalid("inhibit", format!("goes in a circle: {}", circle.join(" -> ")))
                .next("leave one of them out: each would keep the other silent")),
        }
    }
}

/// A way through the inhibitions that comes back to where it began. Rules that keep none of the others silent are taken away until
/// nothing is left, or only rules from which a way never ends.
fn circle<'a>(silences: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    let mut left: BTreeSet<&str> = silences.keys().copied().collect();
    let targets = |rule: &str| silences.get(rule).into_iter().flatten().copied();
    loop {
        let kept: BTreeSet<&str> =
            left.iter().copied().filter(|rule| targets(rule).any(|target| left.contains(target))).collect();
        if kept.len() == left.len() {
            break;
        }
        left = kept;
    }
    let mut way = vec![*left.first()?];
    loop {
        let next = targets(way.last()?).find(|target| left.contains(target))?;
        if let Some(place) = way.iter().position(|rule| *rule == next) {
            way.push(next);
            return way.get(place..).map(<[&str]>::to_vec);
        }
        way.push(next);
    }
}

/// Names are small letters, digits and `_`, and begin with a letter.
fn good_name(name: &str, field: &str) -> Result<()> {
    let is_good = name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name.len() <= 64
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if is_good {
        return Ok(());
    }
    Err(Error::invalid(field, format!("{name:?} is no name")).next("use up to 64 small letters, digits and _"))
}
