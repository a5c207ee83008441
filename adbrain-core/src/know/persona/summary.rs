//! A group of people, as the strategist and the report see it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Estimate, Language, Message, Metrics};

/// A group of people. Every share, lift and name rests on at least as many people as the floor of small cells asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// Stable for the same group: `persona-2`, or `30-34/female` for a group of ad results.
    pub id: String,
    /// What tells it apart, strongest first, as texts in both languages.
    pub name: Vec<Message>,
    /// The people of the group: customers, users and followers, at least `settings.least_people` (50 by default, never below 20); or at
    /// least 50 clicks where only ad results are known.
    pub people: u64,
    /// Its share of all people, as a ratio.
    pub share: f64,
    /// The ages, as shares of those whose age is known. Small groups are added up as `other`, as in the next two.
    pub ages: BTreeMap<String, f64>,
    /// The genders, as shares.
    pub genders: BTreeMap<String, f64>,
    /// Cities, regions or countries, as shares.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub places: BTreeMap<String, f64>,
    /// Interests by lift: the share in this group over the share in all; the strongest five.
    pub interests: BTreeMap<String, f64>,
    /// Kinds of content by lift; the strongest five.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub content: BTreeMap<String, f64>,
    /// When the people are active.
    #[serde(default)]
    pub online: OnlineHours,
    /// Events that are more frequent in this group than among all other people, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// What they buy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buying: Option<Buying>,
    /// What a buyer is expected to bring in the next twelve months, in units of the currency, discounted by 1 % a month, with interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Estimate>,
    /// What a buyer has brought so far, in units of the currency, with interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue_so_far: Option<Estimate>,
    /// The results of the group, where it comes from ad results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
    /// Its ROAS with interval, where there is enough data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roas: Option<Estimate>,
    /// How well the group comes out again when the data are drawn anew: the mean over draws of the share of people that its best match
    /// and it both have (Jaccard index), from 0 to 1; `None` for a group that was not clustered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stability: Option<f64>,
}

/// When people are active, as shares of all their known activity. Hours with few people are left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnlineHours {
    /// By hour of the week in the account's time zone, 0 is Monday from midnight to one; where the sources say the day.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub week: BTreeMap<u8, f64>,
    /// By hour of the day.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub day: BTreeMap<u8, f64>,
}

/// An event that sets a group apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The event as the source names it.
    pub event: String,
    /// How much more frequent it is here than among the others, relative: 0.4 for 40 % more, with interval.
    pub lift: Estimate,
}

/// What the buyers of a group buy, as means over buyers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Buying {
    /// The buyers; `None` where so few others are left that they could be told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyers: Option<u64>,
    /// Days since the last order.
    pub recency_days: f64,
    /// Orders.
    pub orders: f64,
    /// Units of the currency per order.
    pub order_value: f64,
    /// Items per order.
    pub basket: f64,
    /// Days between orders of those who ordered again; `None` where fewer than the floor did.
    pub interval_days: Option<f64>,
}

impl Persona {
    /// The name in a language, its parts joined by commas; the id where nothing sets the group apart.
    pub fn label(&self, language: Language) -> String {
        let parts: Vec<_> = self.name.iter().map(|part| part.text(language)).collect();
        if parts.is_empty() { self.id.clone() } else { parts.join(", ") }
    }
}
