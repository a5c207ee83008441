//! Models behind real sockets, budgets, and the words that pass.

mod desk;
mod remote;
mod server;
mod words;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;

use super::{Finish, LanguageModel, ModelAnswer, ModelRequest, Prompt, Reporting, Sampling, Usage, Words};
use crate::clock::ManualClock;
use crate::error::Result;
use crate::http::{Traffic, Wait};
use crate::store::Database;

/// The form of an answer with sentences.
const SENTENCES: &str = r#"{"type":"object","properties":{"sentences":{"type":"array","items":{"type":"string"}}},"required":["sentences"],"additionalProperties":false}"#;

/// A question.
fn question() -> ModelRequest {
    let sampling = Sampling { max_tokens: 100, seed: Some(7), temperature: None };
    Prompt::<Reporting>::new("Say hello.").say("Hello?").ask(SENTENCES, sampling)
}

/// Settings for a model at an address.
fn words(provider: &str, base: &str, more: &str) -> Words {
    let head = format!(
        "version = 1\nprovider = \"{provider}\"\nmodel = \"m-1\"\nbase_url = \"{base}\"\nreach = \"loopback\"\n"
    );
    Words::from_text(&format!("{head}key_env = \"MODEL_KEY\"\n{more}")).unwrap()
}

/// The secret of the tests.
const KEY: &str = "sk-very-secret-key";

fn variable(name: &str) -> Option<String> {
    (name == "MODEL_KEY").then(|| KEY.to_owned())
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2027-01-05T12:00:00Z".parse().unwrap()))
}

/// Notes how long it was to wait, and does not.
#[derive(Default)]
struct Noted(Mutex<Vec<Duration>>);

#[async_trait]
impl Wait for Noted {
    async fn wait(&self, time: Duration) {
        self.0.lock().unwrap().push(time);
    }
}

fn traffic() -> (Traffic, Arc<Noted>) {
    let noted = Arc::new(Noted::default());
    (Traffic::new(noted.clone()), noted)
}

async fn database() -> (tempfile::TempDir, Arc<dyn Database>) {
    let folder = tempfile::tempdir().unwrap();
    let database = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
    (folder, database)
}

/// A model that answers what it is told to, the last answer again and again.
struct Scripted {
    answers: Vec<(String, Finish)>,
    asked: Mutex<Vec<ModelRequest>>,
    usage: Option<Usage>,
}

impl Scripted {
    fn new(answers: &[&str]) -> Arc<Self> {
        let answers = answers.iter().map(|answer| ((*answer).to_owned(), Finish::Done)).collect();
        Arc::new(Self { answers, asked: Mutex::default(), usage: Some(Usage { input_tokens: 50, output_tokens: 10 }) })
    }

    fn declining() -> Arc<Self> {
        let answers = vec![("I cannot help with that.".to_owned(), Finish::Refused)];
        Arc::new(Self { answers, asked: Mutex::default(), usage: None })
    }

    fn asked(&self) -> Vec<ModelRequest> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl LanguageModel for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn answer(&self, request: &ModelRequest) -> Result<ModelAnswer> {
        let mut asked = self.asked.lock().unwrap();
        let place = asked.len().min(self.answers.len() - 1);
        asked.push(request.clone());
        let (text, finish) = self.answers[place].clone();
        Ok(ModelAnswer { text, usage: self.usage, model: "scripted-1".into(), finish, broken: 0 })
    }
}
