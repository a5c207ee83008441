//! A model as bytes.

use super::super::fitted::Forest;
use super::super::model::Model;
use super::super::schema::{ColumnCodes, Kind, Schema};
use super::super::settings::{Mode, Settings};
use super::super::tree::{Group, Side, Sort, Tree};
use super::bytes::Writer;
use super::envelope;

pub(super) fn model(model: &Model) -> Vec<u8> {
    let mut body = Writer::default();
    // A card is made of texts and numbers alone, which JSON always holds.
    body.text(&serde_json::to_string(&model.card).unwrap_or_default());
    forest(&mut body, &model.forest, &model.scores);
    envelope::closed(&envelope::FOREST, &schema(model.forest.schema()), &body.bytes)
}

/// A forest and the scores of its calibration.
pub(super) fn forest(body: &mut Writer, forest: &Forest, scores: &[f64]) {
    let Forest { settings: how, training, trees, .. } = forest;
    settings(body, how);
    body.raw(&schema(forest.schema()));
    body.doubles(&training.targets);
    body.doubles(&training.weights);
    body.doubles(scores);
    for column in &training.codes.columns {
        codes(body, column);
    }
    for (tree, _) in trees {
        self::tree(body, tree);
    }
}

fn settings(out: &mut Writer, settings: &Settings) {
    out.long(settings.trees as u64);
    out.long(settings.min_leaf as u64);
    out.double(settings.columns_per_split);
    out.raw(&[match settings.mode {
        Mode::RandomForest => 0,
        Mode::ExtraTrees => 1,
    }]);
    out.long(settings.bins as u64);
    out.long(settings.seed);
}

fn schema(schema: &Schema) -> Vec<u8> {
    let mut out = Writer::default();
    out.short(schema.columns.len() as u64);
    for column in &schema.columns {
        out.text(&column.name);
        match &column.kind {
            Kind::Numbers { cuts } => {
                out.raw(&[0]);
                out.doubles(cuts);
            }
            Kind::Categories { levels } => {
                out.raw(&[1]);
                out.short(levels.len() as u64);
                for level in levels {
                    out.text(level);
                }
            }
        }
    }
    out.bytes
}

/// A byte each for numbers; for categories one more than the code, so that what is missing is 0.
fn codes(out: &mut Writer, column: &ColumnCodes) {
    match column {
        ColumnCodes::Numbers(codes) => out.raw(codes),
        ColumnCodes::Categories(codes) => codes.iter().for_each(|code| out.short(u64::from(code.wrapping_add(1)))),
    }
}

fn tree(out: &mut Writer, tree: &Tree) {
    out.short(tree.nodes.len() as u64);
    for node in &tree.nodes {
        if node.sort == Sort::Leaf {
            out.raw(&[Sort::Leaf as u8]);
            continue;
        }
        out.short(u64::from(node.column) << 2 | node.sort as u64);
        match tree.groups.get(node.child as usize).filter(|_| node.sort == Sort::Levels) {
            Some(group) => self::group(out, group),
            None => out.raw(&[node.cut]),
        }
    }
}

/// The side of the others and the listed codes, each as what it is above the one before.
fn group(out: &mut Writer, group: &Group) {
    out.short((group.listed.len() as u64) << 1 | u64::from(group.others == Side::Right));
    let mut before = 0;
    for code in &group.listed {
        out.short(u64::from(code - before));
        before = *code;
    }
}
