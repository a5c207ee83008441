//! A model from bytes. A file is checked whole before it is taken apart, and each part again: a checksum keeps out accidents, not
//! people.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::super::card::Card;
use super::super::fitted::Forest;
use super::super::model::Model;
use super::super::schema::{Codes, ColumnCodes, ColumnSchema, Kind, Schema};
use super::super::settings::{Mode, Settings};
use super::super::table::MISSING;
use super::super::training::Training;
use super::super::tree::{Group, Node, Side, Sort, Tree};
use super::bytes::{Reader, corrupt};
use super::envelope::{self, hash};
use crate::error::Result;

/// What leaves keep may take this much room for each byte of the file, and [`ALWAYS`] in any case. A forest with 1,000 trees over a
/// million rows of ten columns takes about 200.
const ROOM_PER_BYTE: u64 = 256;
/// 256 MiB.
const ALWAYS: u64 = 1 << 28;

pub(super) fn model(bytes: &[u8]) -> Result<Model> {
    let (schema_hash, body) = envelope::opened(&envelope::FOREST, bytes)?;
    let mut body = Reader::new(body);
    let card = card(&mut body)?;
    let (forest, scores) = forest(&mut body, Some(schema_hash))?;
    body.done()?;
    Ok(Model { forest, card, scores })
}

/// A forest and the scores of its calibration.
pub(super) fn forest(body: &mut Reader<'_>, schema_hash: Option<&[u8]>) -> Result<(Forest, Vec<f64>)> {
    let settings = settings(body)?;
    let schema = schema(body, schema_hash)?;
    let (training, scores) = training(body, schema)?;
    check_room(body.size(), training.len(), settings.trees)?;
    let trees = (0..settings.trees).map(|_| tree(body, &training)).collect::<Result<Vec<_>>>()?;
    let trees: Vec<_> = trees.into_iter().map(|tree| Mutex::new(Some(tree))).collect();
    let taken = |at: usize| trees.get(at).and_then(|tree| tree.lock().ok()?.take()).unwrap_or_default();
    let forest = Forest::of_trees(settings, training, |_, at, _| taken(at));
    let is_settled =
        |leaf: usize, leaves: &super::super::Leaves| leaves.weight(leaf).is_some_and(|weight| weight > 0.0);
    if !forest.trees().all(|(tree, leaves)| (0..tree.leaves()).all(|leaf| is_settled(leaf, leaves))) {
        return Err(corrupt("a leaf has no rows"));
    }
    Ok((forest, scores))
}

fn card(body: &mut Reader<'_>) -> Result<Card> {
    let text = body.text()?;
    serde_json::from_str(&text).map_err(|error| body.wrong("the card cannot be read").caused_by(error))
}

fn settings(body: &mut Reader<'_>) -> Result<Settings> {
    let mut whole = || body.long().map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    let (trees, min_leaf) = (whole()?, whole()?);
    let columns_per_split = body.double()?;
    let mode = match body.byte()? {
        0 => Mode::RandomForest,
        1 => Mode::ExtraTrees,
        _ => return Err(body.wrong("the mode is unknown")),
    };
    let bins = usize::try_from(body.long()?).unwrap_or(usize::MAX);
    let settings = Settings { trees, min_leaf, columns_per_split, mode, bins, seed: body.long()?, threads: 1 };
    settings.check().map_err(|error| body.wrong("the settings are wrong").caused_by(error))?;
    Ok(settings)
}

fn schema(body: &mut Reader<'_>, wanted: Option<&[u8]>) -> Result<Schema> {
    let before = body.rest();
    let columns = (0..body.count(2)?).map(|_| column(body)).collect::<Result<Vec<_>>>()?;
    let read = before.get(..before.len() - body.rest().len()).unwrap_or_default();
    if wanted.is_some_and(|wanted| hash(read) != wanted) {
        return Err(body.wrong("the schema does not match its hash"));
    }
    let names: BTreeSet<_> = columns.iter().map(|column| &column.name).collect();
    if columns.is_empty() || names.len() != columns.len() || u16::try_from(columns.len()).is_err() {
        return Err(body.wrong("the columns are wrong"));
    }
    Ok(Schema { columns })
}

fn column(body: &mut Reader<'_>) -> Result<ColumnSchema> {
    let name = body.text()?;
    let kind = match body.byte()? {
        0 => Kind::Numbers { cuts: body.doubles()? },
        1 => Kind::Categories { levels: (0..body.count(1)?).map(|_| body.text()).collect::<Result<_>>()? },
        _ => return Err(body.wrong("a column is of no known kind")),
    };
    let is_good = match &kind {
        Kind::Numbers { cuts } => {
            cuts.len() < usize::from(u8::MAX)
                && cuts.iter().all(|cut| cut.is_finite())
                && cuts.windows(2).all(|pair| matches!(pair, [low, high] if low < high))
        }
        Kind::Categories { levels } => levels.iter().collect::<BTreeSet<_>>().len() == levels.len(),
    };
    if is_good { Ok(ColumnSchema { name, kind }) } else { Err(body.wrong("a column is wrong")) }
}

/// The training rows and the scores of the calibration.
fn training(body: &mut Reader<'_>, schema: Schema) -> Result<(Training, Vec<f64>)> {
    let (targets, weights, scores) = (body.doubles()?, body.doubles()?, body.doubles()?);
    let rows = targets.len();
    let is_good = rows >= 2
        && u32::try_from(rows).is_ok()
        && targets.iter().all(|target| target.is_finite())
        && (weights.is_empty() || weights.len() == rows)
        && weights.iter().all(|weight| weight.is_finite() && *weight > 0.0)
        && scores.len() <= rows
        && scores.iter().all(|score| (0.0..=2.0).contains(score));
    if !is_good {
        return Err(body.wrong("the targets, weights or scores are wrong"));
    }
    let columns = schema.columns.iter().map(|column| codes(body, &column.kind, rows)).collect::<Result<_>>()?;
    Ok((Training::assemble(schema, Codes { rows, columns }, targets, weights), scores))
}

fn codes(body: &mut Reader<'_>, kind: &Kind, rows: usize) -> Result<ColumnCodes> {
    match kind {
        Kind::Numbers { cuts } => {
            let codes = body.raw(rows)?.to_vec();
            if codes.iter().any(|code| usize::from(*code) > cuts.len() + 1) {
                return Err(body.wrong("a row has a number beyond the cuts"));
            }
            Ok(ColumnCodes::Numbers(codes))
        }
        Kind::Categories { levels } => {
            let one = |body: &mut Reader<'_>| match u32::try_from(body.short()?) {
                Ok(0) => Ok(MISSING),
                Ok(code) if code as usize <= levels.len() => Ok(code - 1),
                _ => Err(body.wrong("a row has a level that is not there")),
            };
            (0..rows).map(|_| one(body)).collect::<Result<_>>().map(ColumnCodes::Categories)
        }
    }
}

/// Refuses a forest whose leaves would take far more room than its file.
fn check_room(bytes: usize, rows: usize, trees: usize) -> Result<()> {
    let room = (rows as u64).saturating_mul(trees as u64).saturating_mul(size_of::<u32>() as u64);
    if room > ALWAYS.saturating_add((bytes as u64).saturating_mul(ROOM_PER_BYTE)) {
        return Err(corrupt(&format!("{trees} trees over {rows} rows cannot come from so few bytes")));
    }
    Ok(())
}

fn tree(body: &mut Reader<'_>, training: &Training) -> Result<Tree> {
    let count = body.count(1)?;
    // Every leaf has a row, so there are not twice as many nodes as rows.
    if count.is_multiple_of(2) || count / 2 >= training.len() {
        return Err(body.wrong("a tree has a wrong number of nodes"));
    }
    let mut tree = Tree { nodes: Vec::with_capacity(count), ..Tree::default() };
    let mut child: u32 = 1;
    for _ in 0..count {
        let node = node(body, &mut tree, (child, training))?;
        child += if node.sort == Sort::Leaf { 0 } else { 2 };
        tree.nodes.push(node);
        // Breadth first: a node that waits for its turn is there until the last one.
        if (child as usize) < tree.nodes.len() || child as usize > count {
            return Err(body.wrong("the nodes of a tree do not hang together"));
        }
    }
    if child as usize == count { Ok(tree) } else { Err(body.wrong("the nodes of a tree do not hang together")) }
}

fn node(body: &mut Reader<'_>, tree: &mut Tree, (child, training): (u32, &Training)) -> Result<Node> {
    let tag = body.short()?;
    let column = u16::try_from(tag >> 2).map_err(|_| body.wrong("a node asks about no column"))?;
    let kind = training.schema.columns.get(usize::from(column)).map(|column| &column.kind);
    let sort = match tag & 3 {
        0 => Sort::MissingLeft,
        1 => Sort::MissingRight,
        2 => Sort::Levels,
        _ => Sort::Leaf,
    };
    match (sort, kind) {
        (Sort::Leaf, _) if column == 0 => {
            tree.leaves += 1;
            let child = u32::try_from(tree.leaves - 1).unwrap_or(u32::MAX);
            Ok(Node { child, column, cut: 0, sort })
        }
        (Sort::MissingLeft | Sort::MissingRight, Some(Kind::Numbers { cuts })) => {
            let cut = body.byte()?;
            if usize::from(cut) > cuts.len() {
                return Err(body.wrong("a node cuts where no cut is"));
            }
            Ok(Node { child, column, cut, sort })
        }
        (Sort::Levels, Some(Kind::Categories { .. })) => {
            let group = group(body, child)?;
            tree.groups.push(group);
            let child = u32::try_from(tree.groups.len() - 1).unwrap_or(u32::MAX);
            Ok(Node { child, column, cut: 0, sort })
        }
        _ => Err(body.wrong("a node asks about a column of another kind")),
    }
}

fn group(body: &mut Reader<'_>, child: u32) -> Result<Group> {
    let head = body.short()?;
    let others = if head & 1 == 1 { Side::Right } else { Side::Left };
    let count = body.fits(head >> 1, 1)?;
    let (mut listed, mut before) = (Vec::with_capacity(count), 0_u32);
    for at in 0..count {
        let step = u32::try_from(body.short()?).ok().filter(|step| at == 0 || *step > 0);
        let code = step.and_then(|step| before.checked_add(step));
        before = code.ok_or_else(|| body.wrong("a node lists levels out of order"))?;
        listed.push(before);
    }
    Ok(Group { child, listed, others })
}
