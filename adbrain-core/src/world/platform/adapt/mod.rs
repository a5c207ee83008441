//! Fitting a file and its copy to a placement.
//!
//! In: facts about a file and its copy, a platform, a placement. Out: a plan of transforms with the reason for each, what is lost, and
//! every check with verdict and reason. Called by creative and by people, through `numbers`. Never touches a file.

mod area;
mod assets;
mod check;
mod facts;
mod plan;
#[cfg(test)]
mod tests;
mod tone;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spec::{self, Force};
use crate::error::{Error, Result};
use crate::model::{Language, Message, Platform, TransformStep, TrendList, named};

pub use assets::{AssetLists, AssetReport, check_assets};
pub use facts::{AssetFacts, Bars, MarkedBox, PlacedText, ProfessionalFacets, Sound};
pub use tone::{ToneFault, ToneFinding, ToneReport, lint_tone};

use check::Checker;
use plan::Plan;

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/guides/creatives.md")]
pub struct Guide;

named! {
    /// What came of a check.
    Verdict {
        /// The file fulfils it as it is.
        Met = "met",
        /// It fulfils it once the plan is carried out.
        MetAfter = "met_after",
        /// It does not.
        NotMet = "not_met",
        /// What would tell is not known.
        NotKnown = "not_known",
    }
}

named! {
    /// What came of all checks.
    Outcome {
        /// The file can be used as it is.
        Fits = "fits",
        /// It can be used once the plan is carried out.
        Adapted = "adapted",
        /// Something that the platform asks for is not known.
        NotKnown = "not_known",
        /// Something that the platform asks for is not there and no transform gives it.
        Refused = "refused",
    }
}

named! {
    /// Which rules a plan follows.
    Follow {
        /// What platforms refuse, and what is advised.
        Advice = "advice",
        /// What platforms refuse alone.
        Required = "required",
    }
}

/// A step of a plan, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// What is done.
    pub step: TransformStep,
    /// Why.
    pub why: Message,
}

/// One check, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its name: `ratio`, `length`, `safe_zone`.
    pub name: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Whether the platform refuses what does not fulfil it.
    pub force: Force,
    /// What was found and what is wanted.
    pub reason: Message,
    /// Who says so, and when that was read.
    pub source: String,
}

/// What a file needs for a placement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adaptation {
    /// The platform.
    pub platform: Platform,
    /// The placement.
    pub placement: String,
    /// What came of all checks.
    pub outcome: Outcome,
    /// The transform; empty where the file stays as it is.
    pub steps: Vec<PlannedStep>,
    /// Pixels across of the result.
    pub width: u32,
    /// Pixels down of the result.
    pub height: u32,
    /// Length of the result in milliseconds, for video.
    pub length_ms: Option<u64>,
    /// What the transform, the platform or the audience loses.
    pub losses: Vec<Message>,
    /// The checks, in the order of the platform's file.
    pub checks: Vec<Check>,
}

impl Adaptation {
    /// The steps without their reasons, as [`crate::media::Library::render`] takes them.
    pub fn transform(&self) -> Vec<TransformStep> {
        self.steps.iter().map(|planned| planned.step.clone()).collect()
    }
}

/// How a file is adapted.
#[derive(Debug, Clone)]
pub struct AdaptOptions {
    /// Which rules the plan follows; advice too by default.
    pub follow: Follow,
    /// The language of the copy; English by default.
    pub language: Language,
    /// The sounds that are trending; none by default.
    pub trends: Option<TrendList>,
    /// The last day on which the ad is shown, which licences have to reach; not known by default.
    pub until: Option<Date>,
}

impl Default for AdaptOptions {
    fn default() -> Self {
        Self { follow: Follow::Advice, language: Language::English, trends: None, until: None }
    }
}

/// Plans how a file is made to fit a placement, and checks what the platform and habit ask for.
///
/// The crop keeps the greatest part that has the ratio of a frame; it is moved from the middle where texts and logos would be cut or
/// covered. Nothing is made larger. A film is cut at its end. A text is never cut.
///
/// ```
/// use adbrain_core::model::{MediaFacts, MediaKind, Platform, TransformStep};
/// use adbrain_core::platform::adapt::{AdaptOptions, AssetFacts, adapt};
/// let file = MediaFacts { format: "jpeg".into(), width: 2000, height: 1000, duration_ms: None, bytes: 300_000 };
/// let plan = adapt(&AssetFacts::new(MediaKind::Image, file), Platform::LinkedIn, "carousel", &AdaptOptions::default())?;
/// assert_eq!(plan.transform()[0], TransformStep::Crop { x: 500, y: 0, width: 1000, height: 1000 });
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for facts that contradict each other, for a placement that the platform does not have and for a
/// kind of file that it does not show.
pub fn adapt(facts: &AssetFacts, platform: Platform, placement: &str, options: &AdaptOptions) -> Result<Adaptation> {
    facts.check()?;
    let spec = spec::of(platform)?;
    let place = spec.placements.get(placement).ok_or_else(|| {
        let known: Vec<_> = spec.placements.keys().map(String::as_str).collect();
        Error::invalid("placement", format!("{platform} has no {placement:?}"))
            .with("platform", platform)
            .next(format!("use one of: {}", known.join(", ")))
    })?;
    if !place.kinds.contains(&facts.kind) {
        return Err(Error::invalid("kind", format!("{placement} of {platform} shows no {}", facts.kind))
            .next("name another placement"));
    }
    let plan = Plan::of(facts, spec, place, options);
    let checker = Checker { facts, spec, place, plan: &plan, platform, options };
    let (checks, lost) = checker.all()?;
    Ok(Adaptation {
        platform,
        placement: placement.to_owned(),
        outcome: outcome(&checks, plan.steps.is_empty()),
        width: plan.size.0,
        height: plan.size.1,
        length_ms: plan.length_ms,
        losses: plan.losses.iter().cloned().chain(lost).collect(),
        steps: plan.steps,
        checks,
    })
}

/// What the required checks come to.
fn outcome(checks: &[Check], is_unchanged: bool) -> Outcome {
    let is = |verdict: Verdict| checks.iter().any(|check| check.force == Force::Required && check.verdict == verdict);
    match (is(Verdict::NotMet), is(Verdict::NotKnown)) {
        (true, _) => Outcome::Refused,
        (false, true) => Outcome::NotKnown,
        (false, false) if is_unchanged => Outcome::Fits,
        (false, false) => Outcome::Adapted,
    }
}
