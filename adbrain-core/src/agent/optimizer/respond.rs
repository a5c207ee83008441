//! The optimizer's answers to feedback.

use crate::model::{Answer, Feedback, FeedbackKind, Message, Response};

/// Answers a feedback about cost per conversion (thin or immature data waits, else bids and budgets are cut by a step) or about an audience
/// that tires.
pub fn respond(feedback: &Feedback) -> Response {
    if feedback.kind == FeedbackKind::AudienceTires {
        return expand(feedback);
    }
    let cut = || Response::new(feedback, Answer::Accepted, Message::new("response-cut-costly"));
    Response::waiting(feedback).unwrap_or_else(cut)
}

/// Without its interests an audience must hold this many times its people, or there is hardly anyone to expand to.
const WIDER: f64 = 1.2;

/// An audience is expanded by leaving out its interests, in the next plan: a running ad set would learn anew.
fn expand(feedback: &Feedback) -> Response {
    let people = |key: &str| feedback.data.get(key).copied().filter(|people| people.is_finite());
    let wider = people("people").zip(people("people_without_interests"));
    match wider.filter(|(now, wider)| *wider >= WIDER * now) {
        Some((_, wider)) => {
            #[expect(clippy::cast_possible_truncation, reason = "a cast to a whole number saturates")]
            let plan = Message::new("response-expand-audience").with("people", libm::round(wider) as i64);
            Response::new(feedback, Answer::Accepted, plan)
        }
        None => Response::new(feedback, Answer::Rejected, Message::new("response-no-wider-audience")),
    }
}
