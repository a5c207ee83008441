//! Creative's answer to feedback.

use std::collections::BTreeSet;

use crate::model::{Answer, AssetSet, Feedback, FeedbackKind, Format, Maturity, Message, Recipient, Response};

/// The fewest impressions on which Creative changes anything: at a target of 2 % they hold 20 expected clicks.
const LEAST_IMPRESSIONS: u64 = 1000;
/// With fewer formats than this there is nothing else to test.
const LEAST_FORMATS: usize = 2;

/// Answers a feedback: accepted where another format can be tested, deferred on thin or immature data, else rejected.
pub fn respond(feedback: &Feedback, assets: &AssetSet) -> Response {
    let formats: BTreeSet<Format> =
        assets.assets.iter().filter(|asset| asset.missing.is_empty()).map(|asset| asset.format).collect();
    let (answer, plan) = if feedback.recipient != Recipient::Creative || feedback.kind != FeedbackKind::CtrLow {
        (Answer::Rejected, Message::new("creative-answer-not-mine"))
    } else if let Some(reason) = wait(feedback) {
        (Answer::Deferred, reason)
    } else if formats.len() < LEAST_FORMATS {
        (Answer::Rejected, Message::new("creative-answer-nothing-else"))
    } else {
        let names: Vec<_> = formats.iter().map(|format| format.as_str()).collect();
        (Answer::Accepted, Message::new("creative-answer-test").with("formats", names.join(", ")))
    };
    Response::new(feedback, answer, plan)
}

/// Why it is too early to act; none where it is not.
fn wait(feedback: &Feedback) -> Option<Message> {
    let evidence = &feedback.evidence;
    if feedback.maturity == Maturity::Immature {
        return Some(Message::new("creative-answer-immature"));
    }
    if evidence.sample_size < LEAST_IMPRESSIONS {
        let least = i64::try_from(LEAST_IMPRESSIONS).unwrap_or(i64::MAX);
        let sample = i64::try_from(evidence.sample_size).unwrap_or(i64::MAX);
        return Some(Message::new("creative-answer-thin").with("sample", sample).with("least", least));
    }
    let target = feedback.data.get("target")?;
    (evidence.high >= *target).then(|| Message::new("creative-answer-uncertain"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::creative::{Made, asset, combine};
    use crate::model::{AssetContent, Estimate, Platform};

    fn feedback(sample_size: u64, maturity: Maturity, high: f64) -> Feedback {
        Feedback {
            id: "run/ctr_low/1".into(),
            recipient: Recipient::Creative,
            kind: FeedbackKind::CtrLow,
            object: None,
            message: Message::new("feedback-ctr-low"),
            data: [("current_ctr".to_owned(), 0.01), ("target".to_owned(), 0.02)].into(),
            evidence: Estimate {
                value: 0.01,
                low: 0.005,
                high,
                level: 0.9,
                method: "wilson".into(),
                sample_size,
                warnings: Vec::new(),
            },
            maturity,
            window_end: "2027-01-10T00:00:00Z".parse().unwrap(),
            round: 1,
        }
    }

    fn assets(formats: &[Format]) -> AssetSet {
        let content = |format: &Format| {
            if *format == Format::Video {
                AssetContent::Story { frames: Vec::new() }
            } else {
                AssetContent::Carousel { cards: Vec::new() }
            }
        };
        let one = |format: &Format| asset(format.to_string(), *format, Platform::Meta, content(format));
        let made = Made { assets: formats.iter().map(one).collect(), skipped: Vec::new() };
        combine::combine([made], &[], formats, &[Platform::Meta]).unwrap()
    }

    #[test]
    fn another_format_is_tested_on_solid_data_alone() {
        let both = assets(&[Format::Video, Format::Carousel]);
        let one = assets(&[Format::Video]);
        let answer = |feedback, assets| respond(&feedback, assets).answer;
        assert_eq!(answer(feedback(50_000, Maturity::Mature, 0.012), &both), Answer::Accepted);
        assert_eq!(answer(feedback(500, Maturity::Mature, 0.012), &both), Answer::Deferred);
        assert_eq!(answer(feedback(50_000, Maturity::Immature, 0.012), &both), Answer::Deferred);
        assert_eq!(answer(feedback(50_000, Maturity::Mature, 0.03), &both), Answer::Deferred);
        assert_eq!(answer(feedback(50_000, Maturity::Mature, 0.012), &one), Answer::Rejected);
        let not_mine = Feedback { recipient: Recipient::Optimizer, ..feedback(50_000, Maturity::Mature, 0.012) };
        assert_eq!(answer(not_mine, &both), Answer::Rejected);
    }
}
