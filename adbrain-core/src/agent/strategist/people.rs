//! What the strategist makes of personas: evidence for the audiences that reach them, and audiences where nothing better is known.

use std::collections::BTreeMap;

use super::{BROAD_AGES, MAX_AUDIENCES, MAX_INTERESTS};
use crate::model::message::Argument;
use crate::model::{AgeRange, Audience, CheckedBrief, Evidence, Gender, Message, Reason};
use crate::persona::Persona;

/// An audience reaches a persona where it holds at least this share of it.
const MOST: f64 = 0.5;
/// An audience made of a persona takes in at least this share of its people whose age is known.
const ENOUGH: f64 = 0.8;
/// From this share on a persona has one gender.
const ONE_GENDER: f64 = 2.0 / 3.0;

/// The personas that the audiences reach, largest first, one reason each; an audience that everyone is in says nothing.
pub(super) fn reasons(personas: &[Persona], audiences: &[Audience]) -> Vec<Reason> {
    let is_narrow =
        |audience: &&Audience| audience.ages.is_some_and(|ages| ages != BROAD_AGES) || !audience.genders.is_empty();
    let narrow: Vec<&Audience> = audiences.iter().filter(is_narrow).collect();
    let told = personas.iter().filter(|persona| narrow.iter().any(|audience| reached(audience, persona) >= MOST));
    told.filter_map(reason).take(MAX_AUDIENCES).collect()
}

/// The share of a persona that an audience holds by age and gender, as if the two had nothing to do with each other; 0 where neither is
/// known.
fn reached(audience: &Audience, persona: &Persona) -> f64 {
    let ages: Vec<(AgeRange, f64)> = known_ages(persona);
    let genders: Vec<(Gender, f64)> = known(&persona.genders, |name| name.parse().ok());
    if ages.is_empty() && genders.is_empty() {
        return 0.0;
    }
    let by_age = audience.ages.map_or(1.0, |wanted| part(&ages, |had| wanted.overlaps(*had)));
    let wanted = &audience.genders;
    let by_gender = if wanted.is_empty() { 1.0 } else { part(&genders, |had| wanted.contains(had)) };
    by_age * by_gender
}

/// The shares under names that can be read; what is unknown, or folded together because it is small, cannot.
fn known<T>(shares: &BTreeMap<String, f64>, read: impl Fn(&str) -> Option<T>) -> Vec<(T, f64)> {
    shares.iter().filter_map(|(name, share)| Some((read(name)?, *share))).collect()
}

fn known_ages(persona: &Persona) -> Vec<(AgeRange, f64)> {
    known(&persona.ages, |name| name.parse().ok())
}

/// The share of what fits among all that is known; all of it where nothing is.
fn part<T>(shares: &[(T, f64)], fits: impl Fn(&T) -> bool) -> f64 {
    let all: f64 = shares.iter().map(|(_, share)| share).sum();
    let fitting: f64 = shares.iter().filter(|(value, _)| fits(value)).map(|(_, share)| share).sum();
    if all > 0.0 { fitting / all } else { 1.0 }
}

/// By results where the persona has some, else by what its buyers bring, else by its size.
fn reason(persona: &Persona) -> Option<Reason> {
    let (key, estimate) = match (&persona.roas, &persona.value) {
        (Some(roas), _) => ("reason-persona", Some(roas)),
        (None, Some(value)) => ("reason-persona-value", Some(value)),
        // A group of ad results without a ROAS spent nothing and says nothing.
        (None, None) if persona.metrics.is_some() => return None,
        (None, None) => ("reason-persona-size", None),
    };
    let mut message = about(key, persona);
    if let Some(estimate) = estimate {
        message = message.with("low", Argument::Number(estimate.low)).with("high", Argument::Number(estimate.high));
    }
    Some(because(persona, message, estimate.cloned()))
}

fn about(key: &str, persona: &Persona) -> Message {
    let label =
        if persona.name.is_empty() { Argument::Text(persona.id.clone()) } else { Argument::List(persona.name.clone()) };
    let people = i64::try_from(persona.people).unwrap_or(i64::MAX);
    Message::new(key).with("label", label).with("people", people).with("share", Argument::Ratio(persona.share))
}

fn because(persona: &Persona, message: Message, estimate: Option<crate::model::Estimate>) -> Reason {
    let evidence = Evidence { source: "persona".into(), subject: persona.id.clone(), estimate };
    Reason { choice: "audience".into(), message, evidence: vec![evidence] }
}

/// The largest personas of the brand's people as audiences. Groups of ad results are left out: as segments they are asked about by what they
/// brought.
pub(super) fn audiences(personas: &[Persona], brief: &CheckedBrief) -> (Vec<Audience>, Vec<Reason>) {
    let of = |persona: &Persona| {
        let (ages, genders) = (main_ages(persona), main_gender(persona));
        let is_told = persona.metrics.is_none() && (ages.is_some() || !genders.is_empty());
        let reason = because(persona, about("reason-audience-persona", persona), None);
        is_told.then(|| (audience(persona, brief, (ages, genders)), reason))
    };
    personas.iter().filter_map(of).take(MAX_AUDIENCES).unzip()
}

fn audience(persona: &Persona, brief: &CheckedBrief, (ages, genders): (Option<AgeRange>, Vec<Gender>)) -> Audience {
    let mut interests: Vec<_> = persona.interests.iter().filter(|(_, lift)| **lift > 1.0).collect();
    interests.sort_by(|a, b| b.1.total_cmp(a.1).then_with(|| a.0.cmp(b.0)));
    Audience {
        name: persona.id.clone(),
        countries: brief.markets.clone(),
        ages,
        genders,
        interests: interests.into_iter().take(MAX_INTERESTS).map(|(name, _)| name.clone()).collect(),
        custom_audiences: std::collections::BTreeMap::new(),
        size: None,
    }
}

/// The range that holds the most frequent ages, taken one after the other until four of five people are in.
fn main_ages(persona: &Persona) -> Option<AgeRange> {
    let mut ages = known_ages(persona);
    ages.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let all: f64 = ages.iter().map(|(_, share)| share).sum();
    let (mut range, mut held): (Option<AgeRange>, f64) = (None, 0.0);
    for (next, share) in ages {
        if held >= ENOUGH * all {
            break;
        }
        held += share;
        let wider = |had: AgeRange| AgeRange { min: had.min.min(next.min), max: had.max.max(next.max) };
        range = Some(range.map_or(next, wider));
    }
    range.filter(|range| range.check("ages").is_ok())
}

fn main_gender(persona: &Persona) -> Vec<Gender> {
    let genders: Vec<(Gender, f64)> = known(&persona.genders, |name| name.parse().ok());
    let is_main = |wanted: &Gender| !genders.is_empty() && part(&genders, |had| had == wanted) >= ONE_GENDER;
    Gender::ALL.iter().copied().filter(is_main).collect()
}
