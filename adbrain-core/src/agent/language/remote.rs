//! A model behind HTTP: one request, heard while it is answered, tried again by the class of its failure.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::wire::{Hearing, Wire};
use super::{LanguageModel, ModelAnswer, ModelRequest, Provider, Words, anthropic, openai};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::http::{Client, ClientOptions, Effect, Request, Retry, Secret, Traffic};

/// How long all tries of a call may take together with their waits.
const DEADLINE: Duration = Duration::from_secs(300);

/// How long an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteTimes {
    /// Until its first word.
    pub first_word: Duration,
    /// Until its end.
    pub whole_answer: Duration,
}

/// A model of a provider, asked over HTTP.
pub struct Remote {
    client: Client,
    wire: Wire,
    base: String,
    key: Secret,
    model: String,
    name: String,
    is_stream: bool,
    times: RemoteTimes,
    tries: u32,
}

impl Remote {
    /// Opens a model by its settings; the key is read by the name of its variable.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] where the variable is not set; [`crate::ErrorKind::Unavailable`] where TLS cannot be set up.
    pub fn open(words: &Words, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        Self::with_traffic(words, variable, (&Traffic::default(), Arc::new(SystemClock)))
    }

    /// The same with lanes and a clock of one's own, for tests that wait without sleeping.
    ///
    /// # Errors
    /// As [`Remote::open`].
    pub fn with_traffic(
        words: &Words,
        variable: &dyn Fn(&str) -> Option<String>,
        (traffic, clock): (&Traffic, Arc<dyn Clock>),
    ) -> Result<Self> {
        let base = words
            .base_url
            .clone()
            .ok_or_else(|| Error::invalid("words.base_url", "is missing").next("give the address of the model"))?;
        let (first_word, whole_answer) = words.times()?;
        let retry = Retry { attempts: words.tries, deadline: DEADLINE, ..Retry::default() };
        let client = Client::new(ClientOptions { timeout: whole_answer, retry, reach: words.reach.into() })?;
        let account = words.key_env.clone().unwrap_or_default();
        let wire = if words.provider == Provider::Anthropic { Wire::Anthropic } else { Wire::OpenAi };
        Ok(Self {
            client: client.on(traffic.lane([&base, "language", &account], clock)),
            wire,
            key: key(words, variable)?,
            model: words.model.clone(),
            name: format!("{}/{}", words.provider, words.model),
            is_stream: words.stream,
            times: RemoteTimes { first_word, whole_answer },
            tries: words.tries,
            base,
        })
    }

    fn request(&self, asked: &ModelRequest) -> Result<Request> {
        let request = match self.wire {
            Wire::OpenAi => {
                let body = openai::body(asked, (&self.model, &self.base, self.is_stream))?;
                let request = Request::post(openai::address(&self.base)).json(&body)?;
                if self.key.is_empty() { request } else { request.bearer(&self.key) }
            }
            Wire::Anthropic => {
                let body = anthropic::body(asked, (&self.model, self.is_stream))?;
                let request = Request::post(anthropic::address(&self.base)).json(&body)?;
                let request = request.header("anthropic-version", anthropic::VERSION);
                if self.key.is_empty() { request } else { request.secret_header("x-api-key", &self.key) }
            }
        };
        // A call changes nothing at the provider: it may be sent again, and each try is budgeted for.
        Ok(request.effect(Effect::Read).timeout(self.times.whole_answer))
    }
}

fn key(words: &Words, variable: &dyn Fn(&str) -> Option<String>) -> Result<Secret> {
    let Some(name) = &words.key_env else { return Ok(Secret::default()) };
    let value = variable(name).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
        Error::invalid("words.key_env", format!("the environment variable {name} is not set"))
            .next("set it for the process that runs adbrain, and nowhere in a file")
    })?;
    Ok(Secret::new(value.trim()))
}

#[async_trait]
impl LanguageModel for Remote {
    fn name(&self) -> &str {
        &self.name
    }

    async fn answer(&self, request: &ModelRequest) -> Result<ModelAnswer> {
        let (sent, wire) = (self.request(request)?, self.wire);
        let fresh = |content_type: &str| Hearing::of(wire, content_type);
        let (answer, broken) = self.client.listen(&sent, self.times.first_word, fresh).await?;
        Ok(ModelAnswer { broken, ..answer })
    }

    fn most_tries(&self) -> u32 {
        self.tries
    }
}
