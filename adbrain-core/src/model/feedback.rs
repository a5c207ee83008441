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
    /// The relative change of the metric since then, once a later window has been measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Estimate>,
}

impl Response {
    /// Why an answer waits: late conversions can still change the figures much. None where they cannot.
    pub fn waiting(feedback: &Feedback) -> Option<Self> {
        let wait = Message::new("response-wait-for-maturity");
        (feedback.maturity == Maturity::Immature).then(|| Self::new(feedback, Answer::Deferred, wait))
    }

    /// An answer whose effect has not been measured yet.
    pub fn new(feedback: &Feedback, answer: Answer, plan: Message) -> Self {
        Self { feedback: feedback.id.clone(), answer, plan, effect: None }
    }
}
