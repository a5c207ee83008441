//! What the Analyst tells the other agents, and what they answer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Estimate, Maturity, Message, Tag};

super::platform::named! {
    /// The agent that a feedback goes to.
    Recipient {
        /// The strategist.
        Strategist = "strategist",
        /// Creative.
        Creative = "creative",
        /// The optimizer.
        Optimizer = "optimizer",
    }
}

super::platform::named! {
    /// What fell short.
    FeedbackKind {
        /// Clicks per impression below target: new visual formats.
        CtrLow = "ctr_low",
        /// Revenue per money spent below target: review targeting.
        RoasLow = "roas_low",
        /// Cost per conversion above its limit: review bids and targeting.
        CpaHigh = "cpa_high",
        /// An audience that has fewer than seven days left until it is saturated: expand it.
        AudienceTires = "audience_tires",
    }
}

/// The identity of a feedback: run, kind, object where it is about one, and window. The same one is never sent twice.
pub type FeedbackId = String;

/// One message from the Analyst.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    /// Its identity.
    pub id: FeedbackId,
    /// Who should act.
    pub recipient: Recipient,
    /// What fell short.
    pub kind: FeedbackKind,
    /// The ad set that it is about; none where it is about the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Tag>,
    /// The text.
    pub message: Message,
    /// The figures by the names of the outline: `current_ctr`, `current_roas`, `current_cpa` or `current_days`, and `target`; for an audience
    /// also `people`, and `people_without_interests` where that can be told.
    pub data: BTreeMap<String, f64>,
    /// The measured value with its interval and sample size.
    pub evidence: Estimate,
    /// Whether late conversions can still change it.
    pub maturity: Maturity,
    /// The end of the window that it speaks of.
    #[schemars(with = "String")]
    pub window_end: Timestamp,
    /// The round of the loop, from 1.
    pub round: u32,
}

super::platform::named! {
    /// What a recipient says.
    Answer {
        /// It will do what the plan says.
        Accepted = "accepted",
        /// Later, when the plan's condition holds.
        Deferred = "deferred",
        /// No, for the reason given.
        Rejected = "rejected",
    }
}

/// A recipient's answer, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The feedback that it answers.
    pub feedback: FeedbackId,
    /// The answer.
    pub answer: Answer,
    /// What will be done, or why not.
    pub plan: Message,
    /// When it was answered; the effect is measured over the days from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub answered_at: Option<Timestamp>,
    /// What control did about it; none where nothing was handed to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Done>,
    /// What became of it otherwise: nothing changes while the ads run, or a later review looked at it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Message>,
    /// The relative change of the metric since then, once the days after the answer have been measured; the newest measurement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Estimate>,
}

/// What control did about the changes that an accepted answer asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// Changes that were asked for.
    pub asked: u64,
    /// Changes that the platforms confirmed.
    pub confirmed: u64,
    /// Why others were not made, each reason once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Message>,
}

/// A feedback with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The feedback.
    pub feedback: Feedback,
    /// The answer.
    pub response: Response,
}

/// How a metric has moved since an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The feedback that was answered.
    pub feedback: FeedbackId,
    /// The relative change, -0.1 for a tenth less, with its interval.
    pub change: Estimate,
}

impl Response {
    /// Why an answer waits: late conversions can still change the figures much. None where they cannot.
    pub fn waiting(feedback: &Feedback) -> Option<Self> {
        let wait = Message::new("response-wait-for-maturity");
        (feedback.maturity == Maturity::Immature).then(|| Self::new(feedback, Answer::Deferred, wait))
    }

    /// An answer whose effect has not been measured yet.
    pub fn new(feedback: &Feedback, answer: Answer, plan: Message) -> Self {
        Self { feedback: feedback.id.clone(), answer, plan, answered_at: None, done: None, note: None, effect: None }
    }
}
