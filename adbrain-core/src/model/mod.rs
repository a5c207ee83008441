//! The values of the trade.
//!
//! In: nothing. Out: the types that every other folder speaks. Called by all. Never does I/O, reads a clock or draws a number.

mod audience;
mod brief;
mod change;
mod copy;
mod creative;
mod estimate;
mod feedback;
mod flight;
mod history;
mod id;
mod learning;
mod media;
pub mod message;
mod metrics;
mod money;
#[cfg(test)]
mod money_tests;
mod plan;
mod platform;
mod profile;
mod strategy;
mod transform;
mod trend;
mod words;

pub use audience::{AgeRange, Audience, Gender, Interest};
pub(crate) use brief::line;
pub use brief::{Assumed, Brief, CheckedBrief, Claim, Declarations, Product, Shares, SpecialCategory, Targets, Tone};
pub(crate) use change::undo;
pub use change::{Change, ChangeKind, Draft, DraftTree};
pub use copy::{CopySet, CopySlot, CopyVariant, RefusedClaim};
pub use creative::{
    Asset, AssetContent, AssetSet, CarouselCard, Coverage, Crop, Cut, CutPlan, InteractiveElement, ManifestEntry,
    MissingFile, Shot, SkippedAsset, StoryFrame,
};
pub use estimate::{Estimate, Evidence, Expectation, Reason};
pub use feedback::{Answer, Answered, Done, Effect, Feedback, FeedbackId, FeedbackKind, Recipient, Response};
pub use flight::Flight;
pub use history::{History, HistoryRow, RowProblem};
pub use id::{AccountId, ContentHash, ObjectId, RunId, Tag};
pub use learning::{BestPractice, Grounds, Learning, LearningType, Period, PooledPractice, Taint, WinningCombination};
pub use media::{MediaFacts, MediaItem, MediaKind, Rights, RightsScope};
pub use message::{Language, Message};
pub use metrics::{Attribution, Maturity, Metrics, MetricsRow, ObjectPath};
pub use money::{Currency, MICROS_PER_UNIT, Money};
pub use plan::{
    AdDraft, AdSetDraft, Approvals, BidStrategy, CampaignDraft, CampaignSetting, CreativeDraft, LaunchRule, Limits,
    MediaPlan, TestCell, TestDesign, TestMatrix,
};
pub(crate) use platform::named;
pub use platform::{Format, Objective, Platform};
pub use profile::CampaignProfile;
pub use strategy::{PlatformChoice, Strategy};
pub use transform::TransformStep;
pub use trend::{SoundLicence, TrendList, TrendingSound};
pub(crate) use words::{count_phrase, words};

use serde_json::Value;

/// Writes a value as the JSON that we hash and compare: two-space indents left out, maps sorted, one line.
///
/// # Errors
/// [`crate::ErrorKind::Internal`] where the value cannot be written as JSON.
pub fn canonical_json(value: &impl serde::Serialize) -> crate::Result<Vec<u8>> {
    let internal = |error| {
        crate::Error::new(crate::ErrorKind::Internal, "a value cannot be written as JSON")
            .caused_by(Box::new(error) as crate::error::Source)
    };
    serde_json::to_value(value).and_then(|tree| serde_json::to_vec(&tree)).map_err(internal)
}

/// Reads a value from JSON text; `name` says in an error what was read.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] naming the path of the wrong field, with line and column.
pub fn read_json<T: serde::de::DeserializeOwned>(text: &str, name: &str) -> crate::Result<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        // JSON that breaks off has a path that ends in nothing: `.`, `?` or `budget.?`.
        let path = error.path().to_string();
        let field = path.trim_end_matches(['?', '.']);
        let field = if field.is_empty() { name } else { field };
        crate::Error::invalid(field, error.inner()).next(format!("correct the {name} at that place"))
    })?;
    reader.end().map_err(|error| {
        crate::Error::invalid(name, error).next(format!("end the {name} after its last closing brace"))
    })?;
    Ok(value)
}

/// As [`read_json`], for what people write by hand: objects are read from objects alone. A list of their values in order, which serde
/// takes too, is refused.
///
/// # Errors
/// As [`read_json`].
pub(crate) fn read_by_hand<T>(text: &str, name: &str) -> crate::Result<T>
where
    T: serde::de::DeserializeOwned + serde::Serialize,
{
    let value: T = read_json(text, name)?;
    let written = serde_json::from_str(text).and_then(|read| Ok((read, serde_json::to_value(&value)?)));
    let (read, written) = written.map_err(|error| crate::Error::invalid(name, error).next("write it as JSON"))?;
    match list_for_object(&read, &written) {
        None => Ok(value),
        Some(path) => {
            let field = if path.is_empty() { name } else { path.trim_start_matches('.') };
            Err(crate::Error::invalid(field, "is a list, not an object")
                .next("write each value with its name, in braces"))
        }
    }
}

/// The path of the first place where a list was read and an object would be written.
fn list_for_object(read: &Value, written: &Value) -> Option<String> {
    match (read, written) {
        (Value::Array(_), Value::Object(_)) => Some(String::new()),
        (Value::Array(read), Value::Array(written)) => {
            read.iter().zip(written).enumerate().find_map(|(place, (read, written))| {
                list_for_object(read, written).map(|rest| format!("[{place}]{rest}"))
            })
        }
        (Value::Object(read), Value::Object(written)) => read
            .iter()
            .find_map(|(key, read)| list_for_object(read, written.get(key)?).map(|rest| format!(".{key}{rest}"))),
        _ => None,
    }
}
