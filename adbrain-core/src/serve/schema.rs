//! JSON Schemas of what people write and agents say.
//!
//! In: the name of a value. Out: its schema as JSON text. Called by the command line and the bindings. Never holds a schema of its
//! own: each is made from the type.

use schemars::{JsonSchema, Schema, schema_for};

use crate::agent::Review;
use crate::agent::analyst::{Analysis, AnalystInput};
use crate::agent::language::Words;
use crate::agent::optimizer::OptimizerInput;
use crate::agent::strategist::StrategistInput;
use crate::agent::workflow::Event;
use crate::alert::notify::Channels;
use crate::alert::rules::RulesFile;
use crate::error::{Error, ErrorKind, Result, Source};
use crate::measure::{AnalyticsSource, FactMapping, HistoryMapping, Pulled};
use crate::memory::{self, Forget, LearningQuery, SimilarQuery};
use crate::persona::PeopleSource;
use crate::predict::PredictionInput;
use crate::report::Schedules;
use crate::{model, platform, sim};

/// A name and what makes its schema.
type Named = (&'static str, fn() -> Schema);

/// Every schema by its name, sorted.
const SCHEMAS: [Named; 52] = [
    ("account", of::<platform::AccountConfig>),
    ("analysis", of::<Analysis>),
    ("analyst_input", of::<AnalystInput>),
    ("analytics_source", of::<AnalyticsSource>),
    ("asset_set", of::<model::AssetSet>),
    ("best_practice", of::<model::BestPractice>),
    ("brief", of::<model::Brief>),
    ("campaign_profile", of::<model::CampaignProfile>),
    ("capabilities", of::<platform::Capabilities>),
    ("change", of::<model::Change>),
    ("channels", of::<Channels>),
    ("copy_set", of::<model::CopySet>),
    ("draft_tree", of::<model::DraftTree>),
    ("estimate", of::<model::Estimate>),
    ("event", of::<Event>),
    ("fact_mapping", of::<FactMapping>),
    ("feedback", of::<model::Feedback>),
    ("forget", of::<Forget>),
    ("history", of::<model::History>),
    ("history_mapping", of::<HistoryMapping>),
    ("insights_query", of::<platform::InsightsQuery>),
    ("learning", of::<model::Learning>),
    ("learning_query", of::<LearningQuery>),
    ("look_up", of::<platform::LookUp>),
    ("look_up_answer", of::<platform::LookUpAnswer>),
    ("media_plan", of::<model::MediaPlan>),
    ("message", of::<model::Message>),
    ("metrics_row", of::<model::MetricsRow>),
    ("object_change", of::<platform::ObjectChange>),
    ("optimizer_input", of::<OptimizerInput>),
    ("outcome", of::<crate::control::Outcome>),
    ("people_source", of::<PeopleSource>),
    ("pooled_practice", of::<model::PooledPractice>),
    ("prediction_input", of::<PredictionInput>),
    ("proven_combination", of::<memory::ProvenCombination>),
    ("pulled", of::<Pulled>),
    ("remote_object", of::<platform::RemoteObject>),
    ("response", of::<model::Response>),
    ("review", of::<Review>),
    ("rules_file", of::<RulesFile>),
    ("schedules", of::<Schedules>),
    ("similar_query", of::<SimilarQuery>),
    ("strategist_input", of::<StrategistInput>),
    ("strategy", of::<model::Strategy>),
    ("trial_decision", of::<sim::Decision>),
    ("trial_score", of::<sim::Score>),
    ("trial_summary", of::<sim::Summary>),
    ("trial_view", of::<sim::View>),
    ("watch_score", of::<sim::WatchScore>),
    ("watch_summary", of::<sim::WatchSummary>),
    ("winning_combination", of::<model::WinningCombination>),
    ("words", of::<Words>),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted_and_each_has_a_schema_of_its_own() {
        let names = names();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
        for name in names {
            let schema: serde_json::Value = serde_json::from_str(&text(name).unwrap()).unwrap();
            assert!(schema.get("title").is_some(), "{name}");
        }
    }

    /// The part of the brief's schema at a JSON pointer.
    fn of_brief(pointer: &str) -> serde_json::Value {
        let schema: serde_json::Value = serde_json::from_str(&text("brief").unwrap()).unwrap();
        schema.pointer(pointer).cloned().unwrap_or_default()
    }

    #[test]
    fn the_brief_s_schema_says_what_the_types_alone_do_not() {
        assert_eq!(of_brief("/$defs/Money/properties/amount/pattern"), "^-?[0-9]+([.][0-9]{1,6})?$");
        assert_eq!(of_brief("/$defs/Flight/properties/start/format"), "date");
        assert_eq!(of_brief("/$defs/Targets/properties/min_ctr/exclusiveMinimum"), 0);
        assert_eq!(of_brief("/$defs/Targets/properties/min_ctr/maximum"), 1);
        assert_eq!(of_brief("/properties/markets/minItems"), 1);
        assert_eq!(of_brief("/properties/markets/items/pattern"), "^[A-Z]{2}$");
        assert_eq!(of_brief("/properties/name/minLength"), 1);
    }
}
