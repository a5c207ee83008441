//! How like two campaigns are, and the order that this gives learnings.
//!
//! In: a campaign, and candidates of its trade and objective. Out: their ids, the most telling first. Called by the memories. Never looks
//! at a campaign of another trade or objective: the memory has filtered before.

mod embed;
#[cfg(test)]
mod grades;
mod profile;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::decay::Faded;
use super::{Ranking, SimilarQuery};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{CampaignProfile, Learning, LearningType};

pub use embed::{Embedder, HashedText};
pub use profile::likeness;

/// What ranking needs of a learning.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) about: LearningType,
    pub(super) insight: String,
    /// Value, low, high and level.
    pub(super) impact: (f64, f64, f64, f64),
    pub(super) learnt_at: Timestamp,
    pub(super) profile: Option<CampaignProfile>,
}

impl From<&Learning> for Candidate {
    fn from(learning: &Learning) -> Self {
        let impact = &learning.impact;
        Self {
            id: learning.id.clone(),
            about: learning.learning_type,
            insight: learning.insight.clone(),
            impact: (impact.value, impact.low, impact.high, impact.level),
            learnt_at: learning.learnt_at,
            profile: learning.grounds.profile.clone(),
        }
    }
}

/// The ids of the candidates in the order of the question, ties by id, at most its limit.
pub(super) async fn rank(
    query: &SimilarQuery,
    candidates: &[Candidate],
    embedder: &dyn Embedder,
) -> Result<Vec<String>> {
    let campaign = query.campaign.as_ref().ok_or_else(|| {
        Error::invalid("campaign", "is missing: there is nothing to compare campaigns with")
            .next("give the profile of the campaign, or rank by `impact` or `lower_bound`")
    })?;
    let likeness = likenesses(campaign, candidates, embedder).await?;
    let now = query.as_of.or_else(|| candidates.iter().map(|candidate| candidate.learnt_at).max());
    let mut ranked: Vec<(f64, &str)> = candidates
        .iter()
        .zip(likeness)
        .map(|(candidate, likeness)| (score(query.ranking, candidate, (likeness, now)), candidate.id.as_str()))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    Ok(ranked.into_iter().take(query.limit as usize).map(|(_, id)| id.to_owned()).collect())
}

fn score(ranking: Ranking, candidate: &Candidate, (likeness, now): (f64, Option<Timestamp>)) -> f64 {
    if ranking == Ranking::Likeness {
        return likeness;
    }
    let when = (candidate.about, candidate.learnt_at, now.unwrap_or(candidate.learnt_at));
    likeness * Faded::of(candidate.impact, when).low
}

/// How like each candidate's campaign is: the features that both have, and the cosine of the texts.
async fn likenesses(campaign: &CampaignProfile, candidates: &[Candidate], embedder: &dyn Embedder) -> Result<Vec<f64>> {
    let cosines = cosines(campaign, candidates, embedder).await?;
    let none = CampaignProfile::default();
    let mixed = candidates.iter().zip(cosines).map(|(candidate, cosine)| {
        // The text alone speaks for a row of before profiles were kept.
        let profile = candidate.profile.as_ref().unwrap_or(&none);
        profile::with_text((campaign, profile), cosine).unwrap_or(0.0)
    });
    Ok(mixed.collect())
}

/// The cosines of the question's text with those of the candidates, each text embedded once; none where the question has no text. Opposed
/// texts count as unrelated ones.
async fn cosines(
    campaign: &CampaignProfile,
    candidates: &[Candidate],
    embedder: &dyn Embedder,
) -> Result<Vec<Option<f64>>> {
    let question = words(campaign, "");
    if question.trim().is_empty() {
        return Ok(vec![None; candidates.len()]);
    }
    let mut texts = vec![question];
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let none = CampaignProfile::default();
    let place = |candidate: &Candidate| {
        let text = words(candidate.profile.as_ref().unwrap_or(&none), &candidate.insight);
        *places.entry(text).or_insert_with_key(|text| {
            texts.push(text.clone());
            texts.len() - 1
        })
    };
    let places: Vec<usize> = candidates.iter().map(place).collect();
    let vectors = embedder.embed(&texts).await?;
    check(&vectors, texts.len())?;
    let first = vectors.first().map(Vec::as_slice).unwrap_or_default();
    let cosines: Vec<f64> = vectors.iter().map(|vector| embed::cosine(first, vector).max(0.0)).collect();
    Ok(places.into_iter().map(|place| cosines.get(place).copied()).collect())
}

fn words(profile: &CampaignProfile, insight: &str) -> String {
    [profile.text.as_str(), profile.audience.as_deref().unwrap_or_default(), insight].join(" ")
}

/// One vector for each text, all of one length, with numbers that are finite.
fn check(vectors: &[Vec<f64>], texts: usize) -> Result<()> {
    let length = vectors.first().map_or(0, Vec::len);
    let is_sound = |vector: &Vec<f64>| vector.len() == length && vector.iter().all(|number| number.is_finite());
    if vectors.len() == texts && vectors.iter().all(is_sound) {
        return Ok(());
    }
    let message =
        format!("the embedder gave {} vectors for {texts} texts, or some that differ in length", vectors.len());
    Err(Error::new(ErrorKind::UserCode, message)
        .next("return one list of finite numbers per text, in the same order, all of one length"))
}
