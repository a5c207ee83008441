//! A model as JSON that people read.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::leaves::Leaves;
use super::super::model::Model;
use super::super::schema::{Kind, Schema};
use super::super::table::MISSING;
use super::super::tree::{Side, Step, Tree};
use super::envelope::FOREST;
use crate::error::{Error, ErrorKind, Result};

pub(super) fn text(model: &Model) -> Result<String> {
    #[derive(Serialize)]
    struct Shown<'a> {
        format: u32,
        card: &'a super::super::Card,
        settings: &'a super::super::Settings,
        schema: &'a Schema,
        trees: Vec<Vec<Value>>,
    }
    let forest = model.forest();
    let trees = forest.trees().map(|(tree, leaves)| nodes(forest.schema(), tree, leaves)).collect();
    let shown = Shown {
        format: FOREST.version,
        card: model.card(),
        settings: forest.settings(),
        schema: forest.schema(),
        trees,
    };
    serde_json::to_string(&shown)
        .map_err(|error| Error::new(ErrorKind::Internal, "a model cannot be written as JSON").caused_by(error))
}

/// The nodes of a tree in its order; `left` and `right` are places in the list.
fn nodes(schema: &Schema, tree: &Tree, leaves: &Leaves) -> Vec<Value> {
    (0..tree.len()).filter_map(|at| Some(node(schema, &tree.step(at)?, leaves))).collect()
}

fn node(schema: &Schema, step: &Step<'_>, leaves: &Leaves) -> Value {
    let column = |place: usize| schema.columns.get(place);
    let name = |place: usize| column(place).map(|column| column.name.as_str());
    match *step {
        Step::Leaf { leaf } => json!({"mean": leaves.mean(leaf), "weight": leaves.weight(leaf)}),
        Step::Numbers { column: place, cut, missing, left } => {
            let at_most = match column(place).map(|column| &column.kind) {
                // Beyond the last cut lie no numbers: what is missing is told apart.
                Some(Kind::Numbers { cuts }) => usize::from(cut).checked_sub(1).and_then(|at| cuts.get(at)),
                _ => None,
            };
            json!({"column": name(place), "at_most": at_most, "missing": side(missing), "left": left, "right": left + 1})
        }
        Step::Categories { column: place, listed, others, left } => {
            let level = |code: &u32| match column(place).map(|column| &column.kind) {
                Some(Kind::Categories { levels }) if *code != MISSING => levels.get(*code as usize).cloned(),
                _ => None,
            };
            let listed: Vec<_> = listed.iter().map(level).collect();
            json!({"column": name(place), "listed": listed, "others": side(others), "left": left, "right": left + 1})
        }
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}
