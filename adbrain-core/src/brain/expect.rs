//! What the predictor expects of the campaign before launch: by platform, and by segment where the brief names no audience.

use super::session::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{BestPractice, Estimate, Expectation, History};
use crate::predict::PredictionInput;

/// The fewest ads behind a practice before its segment is asked about.
const LEAST_ADS: u64 = 10;

/// What the predictor expects, and whether it has learnt from what it was to learn from: one that takes nothing, or finds too little, has not.
pub(super) async fn expectations(
    session: &Session,
    (practices, taught): (&[BestPractice], Option<&History>),
) -> Result<(Vec<Expectation>, bool)> {
    let questions = questions(session, practices);
    let usual = &session.parts.predictor;
    let learnt = taught.map(|history| usual.learnt_from(history)).transpose()?.flatten();
    let answers = learnt.as_ref().unwrap_or(usual).predict_roas(&questions).await?;
    if answers.len() != questions.len() {
        let message = format!("the predictor answered {} of {} questions", answers.len(), questions.len());
        return Err(Error::new(ErrorKind::UserCode, message).next("return one estimate per input, in the same order"));
    }
    for (place, answer) in answers.iter().enumerate() {
        let negative = (answer.low < 0.0).then_some("is a ROAS below zero");
        if let Some(problem) = answer.problem().or(negative) {
            let message = format!("answer {place} of the predictor {problem}");
            return Err(Error::new(ErrorKind::UserCode, message)
                .next("return 0 <= low <= value <= high and a level such as 0.9"));
        }
    }
    let of = |(question, roas): (PredictionInput, Estimate)| Expectation {
        platform: question.platform,
        segment: question.segment,
        roas,
    };
    Ok((questions.into_iter().zip(answers).map(of).collect(), learnt.is_some()))
}

/// Each platform of the brief, then each segment of memory on each of them.
fn questions(session: &Session, practices: &[BestPractice]) -> Vec<PredictionInput> {
    let brief = &session.brief;
    let mut creative_types: Vec<String> = brief.formats.iter().map(|format| format.as_str().to_owned()).collect();
    creative_types.sort();
    creative_types.dedup();
    let ask = |platform, segment| PredictionInput {
        industry: brief.industry.clone(),
        objective: brief.objective,
        platform,
        segment,
        audiences: brief.audiences.clone(),
        creative_types: creative_types.clone(),
        practices: practices.to_vec(),
    };
    let platforms = brief.platforms();
    let whole = platforms.iter().map(|platform| ask(*platform, None));
    let is_asked =
        |practice: &&BestPractice| practice.practice_type.starts_with("audience:") && practice.sample_size >= LEAST_ADS;
    let segments = practices.iter().filter(is_asked).filter(|_| brief.audiences.is_empty());
    let parts = segments.flat_map(|practice| {
        platforms.iter().map(|platform| ask(*platform, Some(practice.practice_type.clone()))).collect::<Vec<_>>()
    });
    whole.chain(parts).collect()
}
