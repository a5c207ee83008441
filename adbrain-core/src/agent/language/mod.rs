//! Language models on a leash: they find words, and nothing else.
//!
//! In: what an agent's rules made. Out: the same with better words where they pass every check, and sentences for people. Called by the
//! brain's cycle. Never sees or sets money, never names an object, never keeps a text that the rules would refuse, and is never needed.
//!
//! Text carries its origin in its type ([`Trusted`], [`Outside`]), every call is budgeted before it is made and kept in a chain of hashes
//! after ([`Calls`]), and a recorded answer is given again without a network ([`Recorded`]).

mod anthropic;
mod calls;
mod copy;
mod creative;
mod desk;
mod facts;
mod figures;
mod lint;
mod openai;
mod record;
mod remote;
mod repair;
mod rewrite;
mod settings;
mod sse;
mod story;
mod taint;
#[cfg(test)]
mod tests;
mod wire;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::ContentHash;

pub use calls::{Call, CallState, Calls, Chain};
pub(crate) use copy::copy;
pub(crate) use creative::creative;
pub(crate) use desk::Desk;
pub use record::Recorded;
pub use remote::{Remote, RemoteTimes};
pub use settings::{Heard, Prices, Provider, Source, SpendLimits, WordAgent, Words};
pub(crate) use story::{ReportFacts, report, strategy};
pub use taint::{Outside, Prompt, Proposing, Reporting, Trusted};

/// Who says a part of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// This program.
    User,
    /// The model, in an answer that it gave before.
    Model,
}

/// One part of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// Who says it.
    pub speaker: Speaker,
    /// The text.
    pub text: String,
}

/// How freely a model chooses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sampling {
    /// The most tokens of the answer.
    pub max_tokens: u32,
    /// The seed, for models that take one.
    pub seed: Option<u64>,
    /// From 0, which repeats itself, up to 2; the model's own where nothing is said.
    pub temperature: Option<f64>,
}

/// What a model is asked. Only a [`Prompt`] makes one, so that nothing else can stand in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelRequest {
    system: String,
    turns: Vec<Turn>,
    schema: &'static str,
    sampling: Sampling,
}

impl ModelRequest {
    /// The rules of the conversation.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The conversation, the newest part last.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// The JSON Schema of the answer.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where it is none.
    pub fn schema(&self) -> Result<serde_json::Value> {
        serde_json::from_str(self.schema).map_err(|error| {
            crate::Error::new(crate::ErrorKind::Internal, "the schema of an answer is no JSON").caused_by(error)
        })
    }

    /// How freely the model may choose.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// The SHA-256 of the request to a model: the same question to the same model has the same one.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where it cannot be written as JSON.
    pub fn hash(&self, model: &str) -> Result<ContentHash> {
        ContentHash::of_value(&(model, self))
    }

    /// The most tokens that the prompt can have: no tokenizer makes more tokens than there are bytes.
    pub fn most_input_tokens(&self) -> u64 {
        let texts = self.turns.iter().map(|turn| turn.text.len() + TURN_OVERHEAD).sum::<usize>();
        (self.system.len() + texts + self.schema.len() + TURN_OVERHEAD) as u64
    }

    /// The same conversation with the model's answer and what is wrong with it.
    fn after(&self, answer: &str, wrong: &Trusted) -> Self {
        let mut next = self.clone();
        next.turns.push(Turn { speaker: Speaker::Model, text: answer.to_owned() });
        next.turns.push(Turn { speaker: Speaker::User, text: wrong.as_str().to_owned() });
        next
    }
}

/// Tokens around the text of a turn, at most.
const TURN_OVERHEAD: usize = 16;

/// Tokens of one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    /// Of the prompt.
    pub input_tokens: u64,
    /// Of the answer.
    pub output_tokens: u64,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It was done.
    Done,
    /// The answer reached its greatest length.
    Length,
    /// It would not answer.
    Refused,
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelAnswer {
    /// The text: JSON where the model kept the form that it was asked for.
    pub text: String,
    /// What it used; none where the model did not say, which counts as the most that it can be.
    pub usage: Option<Usage>,
    /// The model by its own name.
    pub model: String,
    /// Why it stopped.
    pub finish: Finish,
    /// Answers that broke off before this one, each of which may have been paid for.
    #[serde(default)]
    pub broken: u32,
}

/// A text model.
///
/// ```
/// use adbrain_core::agent::language::{Finish, LanguageModel, ModelAnswer, ModelRequest, Usage};
///
/// struct Quiet;
///
/// #[async_trait::async_trait]
/// impl LanguageModel for Quiet {
///     fn name(&self) -> &str {
///         "quiet"
///     }
///
///     async fn answer(&self, _request: &ModelRequest) -> adbrain_core::Result<ModelAnswer> {
///         let text = r#"{"texts": []}"#.to_owned();
///         Ok(ModelAnswer { text, usage: Some(Usage::default()), model: "quiet".into(), finish: Finish::Done, broken: 0 })
///     }
/// }
/// # let model: Box<dyn LanguageModel> = Box::new(Quiet);
/// # assert_eq!(model.most_tries(), 1);
/// ```
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// The name that its calls are kept under.
    fn name(&self) -> &str;

    /// Answers. A refusal by the model is an answer; an error says that there is none.
    async fn answer(&self, request: &ModelRequest) -> Result<ModelAnswer>;

    /// How often it may ask before it gives up: each try may have to be paid.
    fn most_tries(&self) -> u32 {
        1
    }

    /// Whether the answer is at hand and costs nothing.
    fn is_free(&self, request: &ModelRequest) -> bool {
        let _ = request;
        false
    }
}

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/language-models.md")]
pub struct Guide;
