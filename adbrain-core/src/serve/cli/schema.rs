//! `schema`: the JSON Schema of what people write and agents say.

use schemars::{JsonSchema, Schema, schema_for};

use super::args;
use crate::error::{Error, ErrorKind, Result, Source};
use crate::measure::HistoryMapping;
use crate::model;

/// Every schema by its name, sorted.
const SCHEMAS: [(&str, fn() -> Schema); 17] = [
    ("asset_set", of::<model::AssetSet>),
    ("best_practice", of::<model::BestPractice>),
    ("brief", of::<model::Brief>),
    ("change", of::<model::Change>),
    ("copy_set", of::<model::CopySet>),
    ("draft_tree", of::<model::DraftTree>),
    ("feedback", of::<model::Feedback>),
    ("history", of::<model::History>),
    ("history_mapping", of::<HistoryMapping>),
    ("learning", of::<model::Learning>),
    ("media_plan", of::<model::MediaPlan>),
    ("message", of::<model::Message>),
    ("metrics_row", of::<model::MetricsRow>),
    ("outcome", of::<crate::control::Outcome>),
    ("response", of::<model::Response>),
    ("strategy", of::<model::Strategy>),
    ("winning_combination", of::<model::WinningCombination>),
];

fn of<T: JsonSchema>() -> Schema {
    schema_for!(T)
}

/// The schema, or the names of all.
pub(super) fn text(args: &args::Schema) -> Result<String> {
    let names = || SCHEMAS.map(|(name, _)| name);
    let wanted = match &args.name {
        Some(name) if !args.list => name,
        _ => return Ok(names().join("\n")),
    };
    let (_, schema) = SCHEMAS.iter().find(|(name, _)| name == wanted).ok_or_else(|| {
        Error::invalid("NAME", format!("there is no schema {wanted:?}"))
            .next(format!("use one of: {}", names().join(", ")))
    })?;
    serde_json::to_string_pretty(&schema()).map_err(|error| {
        Error::new(ErrorKind::Internal, "a schema cannot be written as JSON").caused_by(Box::new(error) as Source)
    })
}
