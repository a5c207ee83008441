//! The columns by name, and how each is read off the features.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Features;

crate::model::named! {
    /// A feature, as a column of the table.
    Feature {
        /// The trade.
        Industry = "industry",
        /// What it is for.
        Objective = "objective",
        /// The platform.
        Platform = "platform",
        /// The campaign or its group.
        Campaign = "campaign",
        /// What may be spent.
        Budget = "budget",
        /// How many people the audience holds.
        AudienceSize = "audience_size",
        /// The kind of creative.
        CreativeType = "creative_type",
        /// The copy style.
        CopyStyle = "copy_style",
        /// The day of the week.
        Weekday = "weekday",
        /// The month.
        Month = "month",
        /// The demand of the season.
        Seasonality = "seasonality",
        /// How hard others bid.
        CompetitionLevel = "competition_level",
        /// The ages, by their middle.
        Age = "age",
        /// The gender.
        Gender = "gender",
        /// The interest.
        Interest = "interest",
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// A level of a category.
    Level(String),
    /// A number on the scale that it is learnt on.
    Number(f64),
}

impl Feature {
    /// Whether it is a number; the others are categories.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Budget | Self::AudienceSize | Self::Seasonality | Self::CompetitionLevel | Self::Age)
    }

    /// Whether a row says something about it.
    pub fn is_in(self, row: &Features) -> bool {
        self.of(row).is_some()
    }

    /// What the features say; nothing where they do not.
    pub(super) fn of(self, row: &Features) -> Option<Cell> {
        match self {
            Self::Industry => row.industry.as_deref().and_then(level),
            Self::Objective => row.objective.and_then(|objective| level(objective.as_str())),
            Self::Platform => row.platform.and_then(|platform| level(platform.as_str())),
            Self::Campaign => row.campaign.as_deref().and_then(level),
            Self::CreativeType => row.creative_type.as_deref().and_then(level),
            Self::CopyStyle => row.copy_style.as_deref().and_then(level),
            Self::Weekday => row.date.and_then(|date| {
                level(WEEKDAYS.get(usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()))?)
            }),
            Self::Month => row.date.and_then(|date| level(&format!("{:02}", date.month()))),
            Self::Gender => row.gender.and_then(|gender| level(gender.as_str())),
            Self::Interest => row.interest.as_deref().and_then(level),
            Self::Budget => row.budget.map(|budget| Cell::Number(libm::log1p(budget.to_units()))),
            Self::AudienceSize => row.audience_size.map(|size| Cell::Number(libm::log1p(size as f64))),
            Self::Seasonality => row.seasonality.map(|level| Cell::Number(level.value())),
            Self::CompetitionLevel => row.competition_level.map(|level| Cell::Number(level.value())),
            Self::Age => row.ages.map(|ages| Cell::Number(f64::midpoint(ages.min.into(), ages.max.into()))),
        }
    }

    /// A number of the column as people read it: budgets and audiences are learnt on ln(1 + x).
    pub(super) fn shown(self, number: f64) -> f64 {
        match self {
            Self::Budget | Self::AudienceSize => libm::expm1(number),
            _ => number,
        }
    }
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A level by its name; an empty name is missing.
fn level(name: &str) -> Option<Cell> {
    let name = name.trim();
    (!name.is_empty()).then(|| Cell::Level(name.to_owned()))
}
