//! New words for texts that the rules wrote: the model may answer with words for numbered places, and with nothing else.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::desk::Desk;
use super::repair::{Objection, with_one_repair};
use super::{Prompt, Proposing, Trusted, WordAgent, lint};
use crate::agent::wording::{Material, likeness};
use crate::error::Result;
use crate::model::{CheckedBrief, Message, RefusedClaim, RunId};
use crate::platform::spec::PlatformSpec;

/// Two texts of one group that share this part of their words or more say nearly the same.
const NEAR_DUPLICATE: f64 = 0.7;

/// The form of an answer.
pub(super) const SCHEMA: &str = r#"{"type":"object","properties":{"texts":{"type":"array","items":{"type":"object","properties":{"number":{"type":"integer"},"text":{"type":"string"}},"required":["number","text"],"additionalProperties":false}}},"required":["texts"],"additionalProperties":false}"#;

/// What the model is told.
const RULES: &str = "You write short texts for advertisements. You are given a product, what may be said about it, and numbered places. \
Write one text for each place you can, in the language that is named, and keep to the greatest number of characters of the place. \
Say only what the given benefits, facts and offers say: no other figure, no superlative, no promise, no other name. \
Write sentences with a capital letter at their beginning alone, without links, handles, hashtags, emoji or line breaks. \
Texts of one group must differ clearly. Answer with JSON of the given schema and nothing else.";

/// The answer. Unknown fields are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    texts: Vec<Written>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    number: usize,
    text: String,
}

/// A place for words.
pub(super) struct Place<'a> {
    /// What it is for: `headline`, `carousel card`.
    pub(super) kind: &'static str,
    /// What it speaks about.
    pub(super) role: &'static str,
    pub(super) spec: &'a PlatformSpec,
    pub(super) platform: crate::model::Platform,
    /// The greatest length, as the platform counts it.
    pub(super) limit: usize,
    /// Texts of one group must differ.
    pub(super) group: String,
    /// The rules' text.
    pub(super) text: String,
}

/// What a model's words came to.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    /// New texts by the place's number, from 0.
    pub(super) texts: BTreeMap<usize, String>,
    /// What was refused.
    pub(super) refused: Vec<RefusedClaim>,
}

/// Asks for words for the places; what passes every check is kept.
pub(super) async fn rewrite(
    desk: &Desk,
    about: (&RunId, WordAgent),
    brief: &CheckedBrief,
    places: &[Place<'_>],
) -> Result<Rewritten> {
    let mut found = Rewritten::default();
    if places.is_empty() {
        return Ok(found);
    }
    let request = prompt(brief, places)?.ask(SCHEMA, desk.sampling());
    let judge = |answer: Answer| judged(answer, (brief, places), &mut found);
    with_one_repair(desk, about, &request, judge).await?;
    found.refused.sort_by(|a, b| a.text.cmp(&b.text));
    found.refused.dedup();
    Ok(found)
}

fn prompt(brief: &CheckedBrief, places: &[Place<'_>]) -> Result<Prompt<Proposing>> {
    let material = Material::of(brief)?;
    let list = |texts: &[String]| {
        let texts = texts.iter().filter_map(|text| Trusted::stated(text, brief));
        Trusted::of(texts.flat_map(|text| [text, "; ".into()]))
    };
    let mut prompt = Prompt::new(RULES)
        .state("Language", brief.language())
        .state("Advertiser", Trusted::brand(brief))
        .state("Product", Trusted::product(brief))
        .state("Tone", brief.product.tone)
        .state("Benefits", list(&material.benefits))
        .state("Facts", list(&material.facts))
        .state("Offers", list(&material.offers));
    for word in Trusted::forbidden(brief) {
        prompt = prompt.state("Never write", word);
    }
    Ok(places.iter().enumerate().fold(prompt, |prompt, (number, place)| prompt.say(described(number, place))))
}

fn described(number: usize, place: &Place<'_>) -> Trusted {
    Trusted::of([
        "Place ".into(),
        Trusted::from(number + 1),
        ": ".into(),
        place.kind.into(),
        " on ".into(),
        place.platform.into(),
        ", about: ".into(),
        place.role.into(),
        ", at most ".into(),
        place.limit.into(),
        " characters".into(),
    ])
}

/// Takes the texts that pass; says what is wrong with the others.
fn judged(
    answer: Answer,
    (brief, places): (&CheckedBrief, &[Place<'_>]),
    found: &mut Rewritten,
) -> Result<Vec<Objection>> {
    let mut wrong = Vec::new();
    for written in answer.texts {
        let number = written.number;
        let Some((index, place)) = number.checked_sub(1).and_then(|index| Some((index, places.get(index)?))) else {
            wrong.push((None, "A number is not among the places.".into()));
            continue;
        };
        match objection(&written.text, (index, place), (brief, places), &found.texts)? {
            None => drop(found.texts.insert(index, written.text)),
            Some(reason) => {
                wrong.push((Some(number), why(&reason)));
                found.refused.push(RefusedClaim { text: shortened(&written.text), reason });
            }
        }
    }
    Ok(wrong)
}

/// A refused text as it is shown: a model may answer with anything of any length.
fn shortened(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() && !super::taint::is_turning(*letter)).take(200).collect()
}

fn objection(
    text: &str,
    (index, place): (usize, &Place<'_>),
    (brief, places): (&CheckedBrief, &[Place<'_>]),
    taken: &BTreeMap<usize, String>,
) -> Result<Option<Message>> {
    if place.spec.length(text) > place.limit {
        let too_long = Message::new("copy-refused-too-long")
            .with("slot", place.kind)
            .with("platform", place.platform.as_str())
            .with("limit", i64::try_from(place.limit).unwrap_or(i64::MAX));
        return Ok(Some(too_long));
    }
    if let Some(reason) = place.spec.refuses_letters(text, place.platform) {
        return Ok(Some(reason));
    }
    if let Some(reason) = lint::ad_text(text, brief, place.spec)? {
        return Ok(Some(reason));
    }
    let of_group = places.iter().enumerate().filter(|(other, known)| *other != index && known.group == place.group);
    let now = |(other, known): (usize, &'_ Place<'_>)| taken.get(&other).unwrap_or(&known.text).clone();
    let near = of_group.map(now).find(|other| likeness(other, text) >= NEAR_DUPLICATE);
    Ok(near.map(|other| Message::new("copy-refused-near-duplicate").with("other", other)))
}

/// An objection as the model is told it: by our own sentence, without a word of the answer.
fn why(reason: &Message) -> Trusted {
    match reason.key.as_str() {
        "copy-refused-too-long" => "too long for its place".into(),
        "copy-refused-characters" => "letters that the platform refuses".into(),
        "copy-refused-forbidden-word" => "a word that must not be written".into(),
        "copy-refused-figure" => "a figure that stands in no fact and no offer".into(),
        "copy-refused-superlative" => "a superlative or a promise without a fact".into(),
        "copy-refused-near-duplicate" => "says nearly the same as another text of its group".into(),
        "words-refused-name" => "a capital letter inside the sentence, or a name that is not the product's".into(),
        "words-refused-contact" => "a link, a handle, a number to call or a placeholder".into(),
        "words-refused-order" => "a word for machines that an ad has no use for".into(),
        "words-refused-tone" => "too loud for the tone".into(),
        _ => "empty, more than one line, or with hidden letters".into(),
    }
}
