//! What the platforms say about overdelivery, learning and changes: one table for all four (`rules.toml`), read once.

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spec::SourceKind;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Platform;

const TABLE: &str = include_str!("rules.toml");
/// What a day may cost on a platform that is not known, in percent of the budget: the worst of the known ones.
const WORST_DAY: u32 = 200;

/// How often and how far amounts may be changed, by the platform's own rules; none where it publishes no figure. They hold beside the limits
/// of the plan: the stricter one counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Hours after an activation or a significant edit during which nothing is raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_hours: Option<u32>,
    /// An amount that is changed by more percent begins the learning anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub significant_edit_percent: Option<u32>,
    /// Changes of a budget that one ad set takes in an hour, cuts among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits_per_hour: Option<u32>,
    /// Changes of one ad set in a day after which it is not raised again that day; cuts and pauses are never kept waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits_per_day: Option<u32>,
}

impl Pace {
    /// Whether the platform publishes no figure at all.
    pub(crate) fn is_free(&self) -> bool {
        *self == Self::default()
    }
}

/// The rules of one platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlatformRules {
    /// The most that a day may cost, in percent of the daily budget.
    pub(super) worst_day_percent: u32,
    /// How often and how far amounts may be changed.
    pub(super) pace: Pace,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    meta: Lines,
    google: Lines,
    tiktok: Lines,
    linkedin: Lines,
}

/// The rules of one platform as they are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    worst_day: Line,
    learning: Line,
    significant_edit: Line,
    edits_per_hour: Line,
    edits_per_day: Line,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "unit, date and source are for readers, and a test wants them there"))]
struct Line {
    value: Option<u32>,
    unit: Unit,
    kind: SourceKind,
    looked_up: toml::value::Datetime,
    source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unit {
    Percent,
    Hours,
    Edits,
}

fn lines(platform: Platform) -> Result<&'static Lines> {
    static READ: OnceLock<Result<Table, String>> = OnceLock::new();
    let table = READ.get_or_init(|| toml::from_str(TABLE).map_err(|error| error.to_string())).as_ref();
    let table = table.map_err(|error| Error::new(ErrorKind::Internal, format!("the platforms' rules: {error}")))?;
    Ok(match platform {
        Platform::Meta => &table.meta,
        Platform::Google => &table.google,
        Platform::TikTok => &table.tiktok,
        Platform::LinkedIn => &table.linkedin,
    })
}

/// The rules of a platform.
///
/// # Errors
/// [`ErrorKind::Internal`] where the shipped table is damaged.
pub(super) fn of(platform: Platform) -> Result<PlatformRules> {
    let lines = lines(platform)?;
    let pace = Pace {
        learning_hours: lines.learning.value,
        significant_edit_percent: lines.significant_edit.value,
        edits_per_hour: lines.edits_per_hour.value,
        edits_per_day: lines.edits_per_day.value,
    };
    Ok(PlatformRules { worst_day_percent: lines.worst_day.value.unwrap_or(WORST_DAY), pace })
}

/// What a day may cost at most on any platform, in percent of the daily budget: for an account of which nothing is known.
pub(crate) fn worst_day_percent() -> u32 {
    Platform::ALL
        .iter()
        .filter_map(|platform| of(*platform).ok())
        .map(|rules| rules.worst_day_percent)
        .fold(WORST_DAY, u32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lines: &Lines) -> [(&Line, Unit); 5] {
        [
            (&lines.worst_day, Unit::Percent),
            (&lines.learning, Unit::Hours),
            (&lines.significant_edit, Unit::Percent),
            (&lines.edits_per_hour, Unit::Edits),
            (&lines.edits_per_day, Unit::Edits),
        ]
    }

    #[test]
    fn each_platform_has_each_rule_with_a_unit_a_date_and_a_source() {
        for platform in Platform::ALL.iter().copied() {
            for (line, unit) in all(lines(platform).unwrap()) {
                assert!(line.source.len() > 10 && line.unit == unit, "{platform}: {line:?}");
                assert!(line.looked_up.date.is_some_and(|day| day.year >= 2026), "{platform}: {line:?}");
                assert!(line.value != Some(0), "{platform}: {line:?}");
                let is_published = line.kind != SourceKind::Engine;
                assert!(line.value.is_some() || !is_published, "{platform}: a source without a figure: {line:?}");
            }
        }
    }

    #[test]
    fn no_rule_is_laxer_than_the_figures_that_held_before() {
        for (platform, worst) in
            [(Platform::Meta, 175), (Platform::Google, 200), (Platform::TikTok, 125), (Platform::LinkedIn, 150)]
        {
            let rules = of(platform).unwrap();
            assert!(rules.worst_day_percent >= worst, "{platform}");
            assert!(rules.pace.learning_hours.is_some_and(|hours| hours >= 72), "{platform}");
        }
        assert_eq!(worst_day_percent(), 200);
    }

    #[test]
    fn the_guide_shows_the_figures_of_the_table() {
        let guide = std::fs::read_to_string(
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides/platforms.md"),
        )
        .unwrap();
        for platform in Platform::ALL.iter().copied() {
            let lines = lines(platform).unwrap();
            let cells =
                all(lines).map(|(line, _)| line.value.map_or_else(|| "-".to_owned(), |value| value.to_string()));
            let row = format!("| {platform} | {} |", cells.join(" | "));
            assert!(guide.contains(&row), "docs/guides/platforms.md lacks {row}");
        }
    }
}
