//! Fitting files and copy to placements, by name.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Method;
use crate::error::{Error, Result};
use crate::model::{Language, Message, Platform, TransformStep, TrendList};
use crate::platform::adapt::{
    AdaptOptions, AssetFacts, AssetLists, Check, Follow, Outcome, ToneReport, Verdict, adapt, check_assets, lint_tone,
};
use crate::platform::spec::{Force, SpecBook};

pub(super) const METHODS: &[Method] = &[
    checked_method!(
        "adapt_creative",
        "What a file and its copy need for a placement: transform, losses, checks.",
        adapted
    ),
    checked_method!("check_ad_assets", "Whether lists of assets make up an ad of Google's.", assets),
    checked_method!("lint_tone", "How professional a text is, and the words that cost points.", tone),
    checked_method!("text_length", "The length of a text as a platform counts it.", length),
    checked_method!("read_trends", "Reads a list of trending sounds with their licences.", trends),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToAdapt {
    facts: AssetFacts,
    platform: Platform,
    placement: String,
    #[serde(default = "advice")]
    follow: Follow,
    #[serde(default = "english")]
    language: Language,
    #[serde(default = "english")]
    copy_language: Language,
    #[serde(default)]
    trends: Option<TrendList>,
    #[serde(default)]
    until: Option<String>,
}

fn advice() -> Follow {
    Follow::Advice
}

fn english() -> Language {
    Language::English
}

#[derive(Serialize)]
struct Adapted {
    outcome: Outcome,
    width: u32,
    height: u32,
    length_ms: Option<u64>,
    steps: Vec<Step>,
    losses: Vec<String>,
    checks: Vec<Checked>,
}

#[derive(Serialize)]
struct Step {
    #[serde(flatten)]
    step: TransformStep,
    why: String,
}

/// A check with its reason as text.
#[derive(Serialize)]
struct Checked {
    name: String,
    verdict: Verdict,
    force: Force,
    reason: String,
    source: String,
}

fn checked(checks: Vec<Check>, language: Language) -> Result<Vec<Checked>> {
    let written = |check: Check| {
        let Check { name, verdict, force, reason, source } = check;
        Ok(Checked { name, verdict, force, reason: reason.try_text(language)?, source })
    };
    checks.into_iter().map(written).collect()
}

fn adapted(input: &ToAdapt) -> Result<Adapted> {
    let until = input.until.as_deref().map(day).transpose()?;
    let trends = input.trends.clone().map(TrendList::checked).transpose()?;
    let options = AdaptOptions { follow: input.follow, language: input.copy_language, trends, until };
    let found = adapt(&input.facts, input.platform, &input.placement, &options)?;
    let text = |message: &Message| message.try_text(input.language);
    let steps = found.steps.iter().map(|planned| Ok(Step { step: planned.step.clone(), why: text(&planned.why)? }));
    Ok(Adapted {
        outcome: found.outcome,
        width: found.width,
        height: found.height,
        length_ms: found.length_ms,
        steps: steps.collect::<Result<_>>()?,
        losses: found.losses.iter().map(text).collect::<Result<_>>()?,
        checks: checked(found.checks, input.language)?,
    })
}

fn day(text: &str) -> Result<Date> {
    /// The length of `2027-01-31`.
    const LENGTH: usize = 10;
    text.parse().ok().filter(|_| text.len() == LENGTH).ok_or_else(|| {
        Error::invalid("until", format!("{text:?} is no date")).next("write the day alone, as 2027-01-31")
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToCheck {
    ad_type: String,
    lists: AssetLists,
    #[serde(default = "google")]
    platform: Platform,
    #[serde(default = "english")]
    language: Language,
}

fn google() -> Platform {
    Platform::Google
}

#[derive(Serialize)]
struct AssetsChecked {
    is_complete: bool,
    checks: Vec<Checked>,
}

fn assets(input: &ToCheck) -> Result<AssetsChecked> {
    let found = check_assets(input.platform, &input.ad_type, &input.lists)?;
    Ok(AssetsChecked { is_complete: found.is_complete, checks: checked(found.checks, input.language)? })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CopyText {
    text: String,
    #[serde(default = "english")]
    language: Language,
}

fn tone(input: &CopyText) -> Result<ToneReport> {
    lint_tone(&input.text, input.language)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToMeasure {
    text: String,
    platform: Platform,
}

#[derive(Serialize)]
struct Measured {
    length: usize,
    refused_letter: Option<String>,
}

fn length(input: &ToMeasure) -> Result<Measured> {
    let spec = SpecBook::shipped()?.platform(input.platform)?;
    let refused_letter = spec.refused_letter(&input.text).map(|letter| letter.to_string());
    Ok(Measured { length: spec.length(&input.text), refused_letter })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToRead {
    text: String,
    #[serde(default)]
    format: TrendFormat,
}

/// How a list of trends is written.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum TrendFormat {
    #[default]
    Csv,
    Json,
}

fn trends(input: &ToRead) -> Result<TrendList> {
    match input.format {
        TrendFormat::Csv => TrendList::from_csv(&input.text),
        TrendFormat::Json => TrendList::from_json(&input.text),
    }
}
