//! The strategist: objective, platforms, audiences, budget split, formats and targets, each with its reason.
//!
//! In: the brief, best practices, similar campaigns, what is expected, personas. Out: a strategy. Called by the brain's cycle. Never reads
//! memory itself, and never acts.

mod earlier;
mod people;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Agent, Standings};
use crate::budget::{self, ShareRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    AgeRange, Answer, Audience, BestPractice, CheckedBrief, Estimate, Evidence, Expectation, Feedback, Gender,
    Learning, Message, Money, Platform, PlatformChoice, Reason, Response, Strategy, WinningCombination,
};
use crate::persona::Persona;

use earlier::Earlier;

pub use earlier::practice_type;

/// What the strategist reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StrategistInput {
    /// What is asked for.
    #[schemars(with = "crate::model::Brief")]
    pub brief: CheckedBrief,
    /// What usually works in the trade.
    pub practices: Vec<BestPractice>,
    /// What did best.
    pub combinations: Vec<WinningCombination>,
    /// What similar campaigns taught.
    pub similar: Vec<Learning>,
    /// What the predictor expects of each platform of the brief, and of segments there.
    #[serde(default)]
    pub expectations: Vec<Expectation>,
    /// The brand's people in groups, where they were handed over, and the groups behind past results; largest first within each.
    #[serde(default)]
    pub personas: Vec<Persona>,
}

/// How many audiences a strategy names at most.
const MAX_AUDIENCES: usize = 3;
/// How many interests an audience keeps, best first.
const MAX_INTERESTS: usize = 5;
/// The age limits of an audience that neither brief nor memory narrows.
const BROAD_AGES: AgeRange = AgeRange { min: 18, max: 65 };
/// The fewest ads behind a practice before it may choose an audience or an interest.
const LEAST_ADS: u64 = 10;

/// The default strategist: rules and numbers, no language model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strategist;

/// What is expected of each platform of the brief, in the order of its platforms.
fn expectations(input: &StrategistInput) -> Result<Vec<Estimate>> {
    let expected = |platform: Platform| {
        let of = |known: &&Expectation| known.platform == platform && known.segment.is_none();
        input.expectations.iter().find(of).map(|known| known.roas.clone()).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, format!("expectations: nothing is expected of {platform}"))
                .next("give one expectation without a segment per platform of the brief")
        })
    };
    input.brief.platforms().into_iter().map(expected).collect()
}

/// What is expected of a segment on each platform.
fn of_segment<'a>(input: &'a StrategistInput, segment: &'a str) -> impl Iterator<Item = &'a Expectation> {
    input.expectations.iter().filter(move |known| known.segment.as_deref() == Some(segment))
}

#[async_trait]
impl Agent for Strategist {
    type Input = StrategistInput;
    type Output = Strategy;

    async fn run(&self, input: StrategistInput) -> Result<Strategy> {
        let expectations = expectations(&input)?;
        let earlier = Earlier::of(&input.practices, &input.brief.brand);
        let platforms = split(&input.brief, expectations, &earlier)?;
        let (audiences, audience_reasons) = audiences(&input);
        let formats = earlier.ordered(formats(&input.brief));
        let mut reasons = targets::assumed(&input.brief);
        reasons.extend([targets::objective_reason(&input.brief), targets::formats_reason(&formats)]);
        reasons.extend(targets::reasons(&input.brief, &platforms));
        reasons.extend(earlier.reasons());
        reasons.extend(platforms.iter().map(platform_reason));
        reasons.extend(audience_reasons);
        reasons.extend(people::reasons(&input.personas, &audiences));
        reasons.extend(learning_reasons(&input));
        Ok(Strategy {
            objective: input.brief.objective,
            platforms,
            audiences,
            formats,
            targets: Some(targets::of(&input.brief)),
            proven_styles: proven_styles(&input),
            reasons,
            words: Vec::new(),
            brief: input.brief,
        })
    }
}

/// Splits the budget by the lower end of what each platform is expected to bring, inside the brief's floors and caps.
///
/// The lower end, not the middle: a platform of which little is known has a wide interval and gets less, but never nothing.
fn split(brief: &CheckedBrief, expectations: Vec<Estimate>, earlier: &Earlier) -> Result<Vec<PlatformChoice>> {
    let platforms = brief.platforms();
    let requests: Vec<_> = platforms
        .iter()
        .zip(&expectations)
        .map(|(platform, expected)| {
            Ok(ShareRequest {
                weight: expected.low.max(expected.value * 0.1).max(1e-6) * earlier.factor(*platform),
                floor: share(brief, &brief.shares.floors, *platform)?.unwrap_or(Money::zero(brief.currency())),
                cap: share(brief, &brief.shares.caps, *platform)?,
            })
        })
        .collect::<Result<_>>()?;
    let budgets = budget::split(brief.budget, &requests)?;
    let choices = platforms.into_iter().zip(budgets).zip(expectations);
    Ok(choices
        .map(|((platform, budget), expected_roas)| PlatformChoice { platform, budget, expected_roas })
        .filter(|choice| choice.budget.is_positive())
        .collect())
}

/// A platform's floor or cap as money: the ratio in whole millionths of the budget.
fn share(brief: &CheckedBrief, shares: &BTreeMap<Platform, f64>, platform: Platform) -> Result<Option<Money>> {
    #[expect(clippy::cast_possible_truncation, reason = "a checked share lies between 0 and 1")]
    let millionths = |share: &f64| libm::round(share * 1e6) as i64;
    shares
        .get(&platform)
        .map(|share| Ok(brief.budget.scale(millionths(share), 1_000_000)?.floor_to_minor_unit()))
        .transpose()
}

fn platform_reason(choice: &PlatformChoice) -> Reason {
    let message = Message::new("reason-platform")
        .with("platform", choice.platform.as_str())
        .with("budget", choice.budget)
        .with("low", crate::model::message::Argument::Number(choice.expected_roas.low))
        .with("high", crate::model::message::Argument::Number(choice.expected_roas.high));
    let evidence = Evidence {
        source: "prediction".into(),
        subject: format!("roas on {}", choice.platform),
        estimate: Some(choice.expected_roas.clone()),
    };
    Reason { choice: "platform".into(), message, evidence: vec![evidence] }
}

/// The brief's own audiences, or those that did best in memory, or the personas of the brand's people, or one broad audience.
fn audiences(input: &StrategistInput) -> (Vec<Audience>, Vec<Reason>) {
    if !input.brief.audiences.is_empty() {
        let named = input.brief.audiences.iter().map(|audience| with_markets(audience.clone(), &input.brief)).collect();
        return (named, vec![plain_reason("reason-audience-brief")]);
    }
    let found: Vec<_> = best_segments(input).into_iter().take(MAX_AUDIENCES).collect();
    if found.is_empty() {
        let (audiences, reasons) = people::audiences(&input.personas, &input.brief);
        if !audiences.is_empty() {
            return (audiences, reasons);
        }
        let broad = Audience { ages: Some(BROAD_AGES), ..Audience::new("broad", input.brief.markets.clone()) };
        return (vec![broad], vec![plain_reason("reason-audience-broad")]);
    }
    let interests = interests(&input.practices);
    let audiences = found.iter().map(|practice| remembered(practice, &input.brief, &interests)).collect();
    (audiences, found.into_iter().map(|practice| audience_reason(input, practice)).collect())
}

fn with_markets(mut audience: Audience, brief: &CheckedBrief) -> Audience {
    if audience.countries.is_empty() {
        audience.countries.clone_from(&brief.markets);
    }
    audience
}

/// The segments of memory with enough ads behind them, best first by the lower end of what is expected of them, as the mean over the
/// platforms: a segment that did well on few ads has a wide interval and stands further back.
fn best_segments(input: &StrategistInput) -> Vec<&BestPractice> {
    let low = |practice: &BestPractice| {
        let ends: Vec<f64> = of_segment(input, &practice.practice_type).map(|known| known.roas.low).collect();
        ends.iter().sum::<f64>() / ends.len().max(1) as f64
    };
    let mut found = best(&input.practices, "audience:");
    found.sort_by(|a, b| low(b).total_cmp(&low(a)));
    found
}

/// Practices of one kind with enough ads behind them, best mean ROAS first.
fn best<'a>(practices: &'a [BestPractice], kind: &str) -> Vec<&'a BestPractice> {
    let roas = |practice: &BestPractice| practice.average_performance.get("roas").copied().unwrap_or(0.0);
    let mut found: Vec<_> = practices
        .iter()
        .filter(|practice| practice.practice_type.starts_with(kind) && practice.sample_size >= LEAST_ADS)
        .collect();
    found.sort_by(|a, b| roas(b).total_cmp(&roas(a)).then_with(|| a.practice_type.cmp(&b.practice_type)));
    found
}

fn interests(practices: &[BestPractice]) -> Vec<String> {
    let names = best(practices, "interest:").into_iter().take(MAX_INTERESTS);
    names.filter_map(|practice| practice.practice_type.split_once(':').map(|(_, name)| name.to_owned())).collect()
}

fn remembered(practice: &BestPractice, brief: &CheckedBrief, interests: &[String]) -> Audience {
    let segment = practice.practice_type.split_once(':').map_or("", |(_, segment)| segment);
    let ages = segment.split_whitespace().find_map(|word| word.parse().ok());
    let genders: Vec<Gender> = segment.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    Audience { ages, genders, interests: interests.to_vec(), ..Audience::new(segment, brief.markets.clone()) }
}

fn audience_reason(input: &StrategistInput, practice: &BestPractice) -> Reason {
    let segment = practice.practice_type.split_once(':').map_or("", |(_, segment)| segment);
    let roas = practice.average_performance.get("roas").copied().unwrap_or(0.0);
    let message = Message::new("reason-audience")
        .with("segment", segment)
        .with("roas", crate::model::message::Argument::Number(roas))
        .with("ads", i64::try_from(practice.sample_size).unwrap_or(i64::MAX));
    let mut evidence =
        vec![Evidence { source: "memory".into(), subject: practice.description.clone(), estimate: None }];
    evidence.extend(of_segment(input, &practice.practice_type).map(|known| Evidence {
        source: "prediction".into(),
        subject: format!("roas of {segment} on {}", known.platform),
        estimate: Some(known.roas.clone()),
    }));
    Reason { choice: "audience".into(), message, evidence }
}

fn plain_reason(key: &str) -> Reason {
    let choice = "audience".into();
    let evidence = vec![Evidence { source: "brief".into(), subject: "audiences".into(), estimate: None }];
    Reason { choice, message: Message::new(key), evidence }
}

fn learning_reasons(input: &StrategistInput) -> Vec<Reason> {
    let reason = |learning: &Learning| Reason {
        choice: learning.learning_type.as_str().into(),
        message: Message::new("reason-learning")
            .with("insight", learning.insight.as_str())
            .with("impact", crate::model::message::Argument::Ratio(learning.impact.value)),
        evidence: vec![Evidence {
            source: "memory".into(),
            subject: learning.insight.clone(),
            estimate: Some(learning.impact.clone()),
        }],
    };
    input.similar.iter().filter(|learning| learning.impact.low > 0.0).take(3).map(reason).collect()
}

/// The brief's formats, each once, in the brief's order.
fn formats(brief: &CheckedBrief) -> Vec<crate::model::Format> {
    let mut formats = Vec::new();
    for format in &brief.formats {
        if !formats.contains(format) {
            formats.push(*format);
        }
    }
    formats
}

/// Styles that did better than the mean, from memory, best first and each once.
fn proven_styles(input: &StrategistInput) -> Vec<String> {
    let mut best: BTreeMap<&str, f64> = BTreeMap::new();
    for combination in input.combinations.iter().filter(|combination| combination.times_used >= 3) {
        for style in [combination.copy_style.as_str(), combination.creative_type.as_str()] {
            let rate = combination.success_rate();
            best.entry(style).and_modify(|known| *known = known.max(rate)).or_insert(rate);
        }
    }
    best.remove("unknown");
    let mut styles: Vec<_> = best.into_iter().filter(|(_, rate)| *rate > 0.5).collect();
    styles.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    styles.into_iter().map(|(style, _)| style.to_owned()).collect()
}

/// Answers a feedback: thin or immature data waits, else the worst platform loses a step of budget now and in the next plan.
pub fn respond(feedback: &Feedback, platforms: &Standings) -> Response {
    if let Some(waiting) = Response::waiting(feedback) {
        return waiting;
    }
    let known = platforms.iter().filter_map(|(platform, standing)| standing.roas.map(|roas| (platform, roas)));
    let worst = known.min_by(|a, b| a.1.total_cmp(&b.1));
    match worst {
        Some((platform, _)) if platforms.len() > 1 => {
            let plan = Message::new("response-shift-budget").with("platform", platform.as_str());
            Response::new(feedback, Answer::Accepted, plan)
        }
        _ => Response::new(feedback, Answer::Rejected, Message::new("response-no-alternative")),
    }
}
