//! A rule of a few lines that people can read: "will ROAS clear the target?"
//!
//! In: columns, outcomes, a target and what the forest says of rows that it has not seen. Out: conditions in the columns' own units,
//! as a value and as text, or why no rule is shown. Called by the bindings and the report. Never shows a rule that predicts clearly
//! worse than the forest.

mod coding;
mod text;
mod tree;

use std::cmp::Ordering;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::forest::{Table, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Message;
use crate::model::message::Argument;
use crate::stats::random::Random;
use tree::{Rows, grow};

/// The deepest rule: four conditions in a row are what a reader keeps in mind.
const DEEPEST: u8 = 4;
/// More rows than this are thinned evenly: the crate adds weights in single precision.
const MOST_ROWS: usize = 1 << 16;
/// The place of the folds' random numbers under the seed.
const FOLDS: u64 = 0x666F_6C64;

/// How a rule is learnt.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuleSettings {
    /// The most conditions in a row, 1 to 4; 4 by default.
    pub depth: u8,
    /// The fewest past rows behind each answer; 20 by default.
    pub least_rows: u64,
    /// The number of parts for the accuracy on rows not seen, 2 or more; 10 by default.
    pub folds: u64,
    /// The seed of the parts.
    pub seed: u64,
    /// How much less accurate than the forest a rule may be and still be shown; 0.03 by default.
    pub tolerance: f64,
}

impl Default for RuleSettings {
    fn default() -> Self {
        Self { depth: DEEPEST, least_rows: 20, folds: 10, seed: 0, tolerance: 0.03 }
    }
}

/// What stands in one row of one column.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Missing,
    Number(f64),
    Name(Arc<str>),
}

impl Cell {
    /// The cells of a column.
    fn all(values: &Values) -> Vec<Self> {
        match values {
            Values::Numbers(values) => {
                let cell = |value: &f64| if value.is_nan() { Self::Missing } else { Self::Number(*value) };
                values.iter().map(cell).collect()
            }
            Values::Categories { codes, levels } => {
                let levels: Vec<Arc<str>> = levels.iter().map(|level| level.as_str().into()).collect();
                let cell =
                    |code: &u32| levels.get(*code as usize).map_or(Self::Missing, |level| Self::Name(level.clone()));
                codes.iter().map(cell).collect()
            }
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => (a + 0.0).total_cmp(&(b + 0.0)),
            (Self::Name(a), Self::Name(b)) => a.cmp(b),
            _ => self.kind().cmp(&other.kind()),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Number(_) => 1,
            Self::Name(_) => 2,
        }
    }
}

/// A condition on one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// The number is at most `value`.
    AtMost {
        /// The threshold, in the column's own units.
        value: f64,
        /// Whether rows without a value are taken to satisfy it.
        holds_for_missing: bool,
    },
    /// The level is one of these.
    OneOf {
        /// The levels, sorted.
        levels: Vec<String>,
        /// Whether rows without a value are taken to satisfy it.
        holds_for_missing: bool,
    },
    /// There is no value.
    IsMissing,
}

impl Condition {
    /// Whether it holds for a cell. A level that was never seen is none of a list.
    fn holds(&self, cell: &Cell) -> bool {
        match (self, cell) {
            (Self::IsMissing, cell) => *cell == Cell::Missing,
            (Self::AtMost { holds_for_missing, .. } | Self::OneOf { holds_for_missing, .. }, Cell::Missing) => {
                *holds_for_missing
            }
            (Self::AtMost { value, .. }, Cell::Number(number)) => number <= value,
            (Self::OneOf { levels, .. }, Cell::Name(name)) => levels.iter().any(|level| **level == **name),
            (Self::AtMost { .. } | Self::OneOf { .. }, _) => false,
        }
    }
}

/// A part of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Node {
    /// The answer.
    Leaf {
        /// Past rows that came here.
        rows: u64,
        /// Those of them that cleared the target.
        cleared: u64,
    },
    /// A question.
    Split {
        /// The place of the column.
        column: usize,
        /// What is asked of it.
        condition: Condition,
        /// Where it holds.
        yes: Box<Node>,
        /// Where it does not.
        no: Box<Node>,
    },
}

impl Node {
    /// Whether more than half of the past rows cleared the target; `None` for a question.
    fn says(&self) -> Option<bool> {
        match self {
            Self::Leaf { rows, cleared } => Some(2 * cleared > *rows),
            Self::Split { .. } => None,
        }
    }

    /// What is said of a row.
    fn answer(&self, row: &[&Cell]) -> bool {
        match self {
            Self::Leaf { rows, cleared } => 2 * cleared > *rows,
            Self::Split { column, condition, yes, no } => {
                let holds = row.get(*column).is_some_and(|cell| condition.holds(cell));
                if holds { yes.answer(row) } else { no.answer(row) }
            }
        }
    }
}

/// A readable rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What is predicted: `roas`.
    pub outcome: String,
    /// What has to be reached.
    pub target: f64,
    /// The names of the columns that it may ask about.
    pub columns: Vec<String>,
    /// Its first question, or its only answer.
    pub root: Node,
    /// How often it is right on rows that it has not seen, and what that is worth.
    pub accuracy: Accuracy,
}

/// Shares of rows whose answer was right, each on rows that were not seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accuracy {
    /// Of the rule, by folds.
    pub rule: f64,
    /// Of the forest with its prediction held against the target.
    pub forest: f64,
    /// Of the more frequent answer for all rows.
    pub majority: f64,
    /// The rows compared.
    pub rows: u64,
}

/// A rule, or why none is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Learnt {
    /// It predicts about as well as the forest.
    Rule(Rule),
    /// It does not, or its tree asks no question and so gives every row the same answer.
    Refused {
        /// Why, as text.
        reason: Message,
        /// The figures behind it.
        accuracy: Accuracy,
    },
}

/// What a rule is learnt from.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// What was known of each row.
    pub table: &'a Table,
    /// What is predicted, by name: `roas`.
    pub outcome: &'a str,
    /// What came of each row.
    pub outcomes: &'a [f64],
    /// What has to be reached.
    pub target: f64,
    /// The forest's prediction of each row by the trees that have not seen it; NaN where all trees have.
    pub forest: &'a [f64],
}

/// Learns a rule and compares it with the forest on rows that neither has seen.
///
/// The tree is `linfa-trees`' stumps, node by node, on rank-coded columns (so differences below that crate's 1e-5 count), with both
/// classes weighing the same in each node. Bins are chosen within the rows of a node. The order of the rows changes nothing. An
/// answer that ties says that the target is missed.
///
/// ```
/// use adbrain_core::predict::forest::{Column, Table};
/// use adbrain_core::predict::rule::{Learnt, Question, RuleSettings, learn};
/// let table = Table::new(vec![Column::numbers("spend", (0..200).map(f64::from).collect())])?;
/// let roas: Vec<_> = (0..200).map(|row| if row < 80 { 4.0 } else { 1.0 }).collect();
/// let question = Question { table: &table, outcome: "roas", outcomes: &roas, target: 2.0, forest: &roas };
/// let Learnt::Rule(rule) = learn(&question, &RuleSettings::default())? else { unreachable!() };
/// assert!(rule.text(adbrain_core::model::Language::English).contains("if spend is at most 79.5"));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] where lengths differ, a number is not finite or a setting is out of its range;
/// [`ErrorKind::NotEnoughData`] where there are fewer than two leaves' worth of rows, or all rows did the same.
pub fn learn(question: &Question<'_>, settings: &RuleSettings) -> Result<Learnt> {
    check(question, settings)?;
    let (rows, forest) = ordered(question);
    let cleared = rows.clears.iter().filter(|clears| **clears).count();
    let all = rows.clears.len();
    if (all as u64) < settings.least_rows.saturating_mul(2) || cleared == 0 || cleared == all {
        return Err(too_little(all, cleared, settings));
    }
    let depth = usize::from(settings.depth);
    let accuracy = Accuracy {
        rule: out_of_fold(&rows, settings),
        forest: share(&rows.clears, |row| forest.get(row).map(|forest| *forest >= question.target)),
        majority: cleared.max(all - cleared) as f64 / all as f64,
        rows: all as u64,
    };
    let root = grow(&rows, depth, settings);
    Ok(match refusal(&root, &accuracy, settings) {
        Some(reason) => Learnt::Refused { reason, accuracy },
        None => Learnt::Rule(Rule {
            outcome: question.outcome.to_owned(),
            target: question.target,
            columns: question.table.columns().iter().map(|column| column.name.clone()).collect(),
            root,
            accuracy,
        }),
    })
}

impl Rule {
    /// Whether each row of a table is said to clear the target. Columns are found by name.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`], naming a column that is missing.
    pub fn clears(&self, table: &Table) -> Result<Vec<bool>> {
        let column = |name: &String| match table.column(name) {
            Some(column) => Ok(Cell::all(&column.values)),
            None => Err(Error::invalid(name, "is a column of the rule and is not here")
                .next("give the columns that the rule was learnt from")),
        };
        let columns = self.columns.iter().map(column).collect::<Result<_>>()?;
        let rows = Rows { columns, clears: vec![false; table.rows()] };
        Ok((0..table.rows()).map(|row| self.root.answer(&rows.row(row))).collect())
    }
}

fn check(question: &Question<'_>, settings: &RuleSettings) -> Result<()> {
    let rows = question.table.rows();
    for (field, given) in [("outcomes", question.outcomes.len()), ("forest", question.forest.len())] {
        if given != rows {
            return Err(Error::invalid(field, format!("has {given} rows, the table has {rows}"))
                .next("give one value for each row of the table"));
        }
    }
    if question.outcomes.iter().chain([&question.target]).any(|number| !number.is_finite()) {
        return Err(Error::invalid("outcomes", "hold a number that is not finite").next("leave such rows out"));
    }
    let (field, next) = match settings {
        RuleSettings { depth, .. } if !(1..=DEEPEST).contains(depth) => ("depth", "give 1 to 4"),
        RuleSettings { least_rows: 0, .. } => ("least_rows", "give 1 or more"),
        RuleSettings { folds: 0 | 1, .. } => ("folds", "give 2 or more"),
        RuleSettings { tolerance, .. } if !(0.0..=1.0).contains(tolerance) => {
            ("tolerance", "give a number from 0 to 1")
        }
        _ => return Ok(()),
    };
    Err(Error::invalid(field, "is out of its range").next(next))
}

/// The rows in an order of their own, so that the order in which they came changes nothing; only those that the forest has an
/// opinion of, and no more than single precision bears.
fn ordered(question: &Question<'_>) -> (Rows, Vec<f64>) {
    let clears: Vec<_> = question.outcomes.iter().map(|outcome| *outcome >= question.target).collect();
    let mut rows: Vec<usize> = (0..clears.len()).filter(|row| !is_unknown(question.forest, *row)).collect();
    let columns: Vec<_> = question.table.columns().iter().map(|column| Cell::all(&column.values)).collect();
    let compared = |a: &usize, b: &usize| {
        let by_column = columns.iter().map(|cells| match (cells.get(*a), cells.get(*b)) {
            (Some(a), Some(b)) => a.order(b),
            _ => Ordering::Equal,
        });
        by_column.fold(Ordering::Equal, Ordering::then).then_with(|| clears.get(*a).cmp(&clears.get(*b)))
    };
    rows.sort_by(compared);
    let step = rows.len().div_ceil(MOST_ROWS).max(1);
    let rows: Vec<_> = rows.into_iter().step_by(step).collect();
    let forest = rows.iter().filter_map(|row| question.forest.get(*row).copied()).collect();
    (Rows { columns, clears }.of(&rows), forest)
}

fn is_unknown(forest: &[f64], row: usize) -> bool {
    forest.get(row).is_none_or(|prediction| prediction.is_nan())
}

/// How often trees that have not seen a row are right about it.
fn out_of_fold(rows: &Rows, settings: &RuleSettings) -> f64 {
    let all = rows.clears.len();
    let folds = usize::try_from(settings.folds).unwrap_or(usize::MAX).min(all);
    let mut fold_of: Vec<usize> = (0..all).map(|row| row % folds).collect();
    let mut luck = Random::at(settings.seed, &[FOLDS]);
    for row in (1..all).rev() {
        fold_of.swap(row, usize::try_from(luck.below(row as u64 + 1)).unwrap_or(row));
    }
    let mut said = vec![None; all];
    for fold in 0..folds {
        let (held, seen): (Vec<_>, Vec<_>) = (0..all).partition(|row| fold_of.get(*row) == Some(&fold));
        let tree = grow(&rows.of(&seen), usize::from(settings.depth), settings);
        for row in held {
            if let Some(place) = said.get_mut(row) {
                *place = Some(tree.answer(&rows.row(row)));
            }
        }
    }
    share(&rows.clears, |row| said.get(row).copied().flatten())
}

/// The share of rows that were told right.
fn share(clears: &[bool], said: impl Fn(usize) -> Option<bool>) -> f64 {
    let right = clears.iter().enumerate().filter(|(row, clears)| said(*row) == Some(**clears)).count();
    right as f64 / clears.len() as f64
}

fn refusal(root: &Node, accuracy: &Accuracy, settings: &RuleSettings) -> Option<Message> {
    let share = Argument::Ratio;
    if accuracy.rule < accuracy.forest - settings.tolerance {
        let reason = Message::new("rule-worse-than-forest").with("rule", share(accuracy.rule));
        return Some(reason.with("forest", share(accuracy.forest)));
    }
    let says_nothing = matches!(root, Node::Leaf { .. });
    says_nothing.then(|| Message::new("rule-says-nothing").with("majority", share(accuracy.majority)))
}

fn too_little(rows: usize, cleared: usize, settings: &RuleSettings) -> Error {
    let least = settings.least_rows.saturating_mul(2);
    let message =
        format!("a rule needs at least {least} rows, some of which clear the target and some of which miss it");
    Error::new(ErrorKind::NotEnoughData, message)
        .with("rows", rows)
        .with("cleared", cleared)
        .next("give more history or another target")
}

#[cfg(test)]
mod tests;
