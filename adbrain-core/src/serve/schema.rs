//! JSON Schemas of what people write and agents say.
//!
//! In: the name of a value. Out: its schema as JSON text. Called by the command line and the bindings. Never holds a schema of its
//! own: each is made from the type.

use schemars::{JsonSchema, Schema, schema_for};

use crate::error::{Error, ErrorKind, Result, Source};
use crate::measure::HistoryMapping;
use crate::model;

/// A name and what makes its schema.
type Named = (&'static str, fn() -> Schema);

/// Every schema by its name, sorted.
const SCHEMAS: [Named; 17] = [
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

/// The names of all schemas, sorted.
pub fn names() -> Vec<&'static str> {
    SCHEMAS.iter().map(|(name, _)| *name).collect()
}

/// The schema of a value by its name, as JSON text.
///
/// ```
/// assert!(adbrain_core::schema::text("brief")?.contains("budget"));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for an unknown name.
pub fn text(name: &str) -> Result<String> {
    let (_, schema) = SCHEMAS.iter().find(|(known, _)| *known == name).ok_or_else(|| {
        Error::invalid("NAME", format!("there is no schema {name:?}"))
            .next(format!("use one of: {}", names().join(", ")))
    })?;
    serde_json::to_string_pretty(&schema()).map_err(|error| {
        Error::new(ErrorKind::Internal, "a schema cannot be written as JSON").caused_by(Box::new(error) as Source)
    })
}
