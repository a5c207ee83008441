//! The brief: what a person asks for, checked once at the door.

mod assume;
mod check;

pub use assume::Assumed;
pub(crate) use check::line;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Approvals, Audience, Currency, Flight, Format, Language, LaunchRule, MediaItem, MediaKind, Money, Objective,
    Platform,
};
use crate::error::{Error, Result};

/// What a person asks for. Unknown fields are refused. What follows from the rest may be left out; the check fills it in and says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Brief {
    /// A name for people: `Verão 2027`. The product's name where it is left out.
    #[schemars(length(min = 1, max = 2000))]
    #[serde(default, deserialize_with = "assume::text", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The advertiser.
    #[schemars(length(min = 1, max = 2000))]
    pub brand: String,
    /// The trade, in lower case: `fashion`, `education`.
    #[schemars(length(min = 1, max = 2000))]
    pub industry: String,
    /// What the campaign is for.
    pub objective: Objective,
    /// ISO 3166-1 alpha-2 countries: `["BR"]`.
    #[schemars(length(min = 1, max = 200), inner(regex(pattern = r"^[A-Z]{2}$")))]
    pub markets: Vec<String>,
    /// The language of the ads. It may be left out where there is one market, which has one official language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// When it runs. Its time zone may be left out where there is one market, which has one time zone.
    #[serde(deserialize_with = "assume::flight")]
    #[schemars(with = "assume::AskedFlight")]
    pub flight: Flight,
    /// The most that may be spent over the whole flight; its currency is the accounts' currency.
    pub budget: Money,
    /// The platforms that may be used; empty means all four.
    #[serde(default)]
    pub platforms: Vec<Platform>,
    /// The creative formats that are wanted. They may be left out where all media are films of the advertiser, or all are by users.
    #[schemars(length(min = 1, max = 200))]
    #[serde(default, deserialize_with = "assume::list", skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<Format>,
    /// What is sold, and what may be said about it.
    pub product: Product,
    /// The results that are wanted.
    #[serde(default)]
    pub targets: Targets,
    /// Audiences that the person already has in mind; empty leaves the choice to the strategist.
    #[serde(default)]
    pub audiences: Vec<Audience>,
    /// The files that ads can be made of.
    #[serde(default)]
    pub media: Vec<MediaItem>,
    /// Limits to the budget split.
    #[serde(default)]
    pub shares: Shares,
    /// What the advertiser has to declare to the platforms; asked for, never guessed.
    #[serde(default)]
    pub declarations: Declarations,
    /// What becomes of the launch where a part of it fails: all platforms or none, unless it says otherwise.
    #[serde(default, skip_serializing_if = "LaunchRule::is_usual")]
    pub launch: LaunchRule,
    /// Who has to approve what may cost how much; a person everything, unless it says otherwise.
    #[serde(default, skip_serializing_if = "Approvals::is_usual")]
    pub approvals: Approvals,
    /// What was left out and how the check filled it in; what somebody writes here counts for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("readOnly" = true))]
    pub assumed: Vec<Assumed>,
}

/// What is sold, and what may be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The name of the product.
    pub name: String,
    /// The page that an ad leads to.
    #[schemars(regex(pattern = r"^https?://[^\s/]+"))]
    pub url: String,
    /// Statements that can be proved; a copy may claim nothing else.
    #[serde(default)]
    pub facts: Vec<Claim>,
    /// What the customer gains.
    #[schemars(length(min = 1, max = 200))]
    pub benefits: Vec<String>,
    /// Offers that hold during the flight.
    #[serde(default)]
    pub offers: Vec<String>,
    /// How the copy should sound; friendly where nothing is said.
    #[serde(default = "friendly")]
    pub tone: Tone,
    /// Words that must not appear.
    #[serde(default)]
    pub forbidden_words: Vec<String>,
}

fn friendly() -> Tone {
    Tone::Friendly
}

/// A statement and where its proof is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The statement.
    pub text: String,
    /// Where the proof is kept.
    pub proof: String,
}

super::platform::named! {
    /// How copy sounds.
    Tone {
        /// Warm and close.
        Friendly = "friendly",
        /// Factual and calm.
        Professional = "professional",
        /// Pressing for a decision.
        Urgent = "urgent",
    }
}

/// The results that are wanted. The feedback loop compares with them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Targets {
    /// Clicks per impression as a ratio: 0.02 is 2 %.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1))]
    pub min_ctr: f64,
    /// Revenue per money spent: 3.0.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1000))]
    pub min_roas: f64,
    /// The most that a conversion may cost, in the currency of the budget; none means 50 units of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cpa: Option<Money>,
}

impl Default for Targets {
    fn default() -> Self {
        Self { min_ctr: 0.02, min_roas: 3.0, max_cpa: None }
    }
}

/// Limits to each platform's share of the budget, as ratios from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Shares {
    /// The least share of a platform.
    pub floors: BTreeMap<Platform, f64>,
    /// The greatest share of a platform.
    pub caps: BTreeMap<Platform, f64>,
}

super::platform::named! {
    /// A trade that platforms treat by special rules.
    SpecialCategory {
        /// Housing.
        Housing = "housing",
        /// Work.
        Employment = "employment",
        /// Credit and financial products.
        Financial = "financial",
        /// Elections, politics and social issues.
        Politics = "politics",
    }
}

/// What the advertiser declares. `None` means "not answered yet": such a plan can be reported but not launched live.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Declarations {
    /// Special categories; an empty list says "none of them".
    pub special_categories: Option<Vec<SpecialCategory>>,
    /// Whether the ads are political.
    pub is_political: Option<bool>,
    /// Who pays for the ads, as shown in the European Union.
    pub payer: Option<String>,
    /// Who benefits from the ads.
    pub beneficiary: Option<String>,
}

/// A brief that has passed its check; the rest of the code takes this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckedBrief(Brief);

impl CheckedBrief {
    /// The currency of the accounts.
    pub fn currency(&self) -> Currency {
        self.0.budget.currency()
    }

    /// The platforms that may be used, each once, in a fixed order.
    pub fn platforms(&self) -> Vec<Platform> {
        let wanted: BTreeSet<_> = self.0.platforms.iter().copied().collect();
        let all = wanted.is_empty();
        Platform::ALL.iter().copied().filter(|platform| all || wanted.contains(platform)).collect()
    }

    /// The most that a conversion may cost.
    pub fn max_cpa(&self) -> Money {
        self.0.targets.max_cpa.unwrap_or(Money::from_micros(50 * super::MICROS_PER_UNIT, self.currency()))
    }

    /// The language of the ads.
    pub fn language(&self) -> Language {
        // The check has filled it in.
        self.0.language.unwrap_or(Language::English)
    }

    /// The whole days of the flight.
    pub fn days(&self) -> i64 {
        self.0.flight.days()
    }
}

impl std::ops::Deref for CheckedBrief {
    type Target = Brief;

    fn deref(&self) -> &Brief {
        &self.0
    }
}

/// The largest brief that is read, in bytes.
const MAX_BYTES: usize = 1 << 20;

impl Brief {
    /// Reads a brief from JSON.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the line and column, or the field.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_BYTES {
            return Err(Error::invalid("brief", format!("is {} bytes long", bytes.len())).next("keep it under 1 MiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Error::invalid("brief", format!("is not UTF-8 at byte {}", error.valid_up_to()))
                .next("save the file as UTF-8")
        })?;
        super::read_by_hand(text.trim_start_matches('\u{feff}'), "brief")
            .map_err(|error| error.next("compare it with `adbrain schema brief`"))
    }

    /// Checks everything that the types alone cannot say, and fills in what follows from the rest.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the first field that is wrong, or left out and follows from nothing.
    pub fn check(self) -> Result<CheckedBrief> {
        self.checked(None)
    }

    /// The same with the media at hand: `kind` says of a path of [`Brief::media`] what the file is.
    ///
    /// # Errors
    /// As [`Brief::check`].
    pub fn check_with(self, kind: &dyn Fn(&str) -> Result<MediaKind>) -> Result<CheckedBrief> {
        self.checked(Some(kind))
    }

    fn checked(mut self, kind: Option<&assume::KindOf<'_>>) -> Result<CheckedBrief> {
        self.assumed.clear();
        self.assume_name();
        self.check_texts()?;
        self.check_places()?;
        self.assume_rest(kind)?;
        self.flight.check()?;
        self.check_budget()?;
        self.check_targets()?;
        self.check_shares()?;
        self.check_lists()?;
        Ok(CheckedBrief(self))
    }
}
