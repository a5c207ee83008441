//! Slack, by an incoming webhook. Its address is the secret, so that no error shows more of it than the host.

use async_trait::async_trait;
use serde_json::json;

use super::{Attempt, Channel, Letter};
use crate::error::Result;
use crate::http::{Client, Request, Secrecy, Secret};
use crate::model::Language;

/// Sends letters to one channel of a workspace.
pub(super) struct Slack {
    pub(super) client: Client,
    pub(super) url: Secret,
    pub(super) language: Option<Language>,
}

#[async_trait]
impl Channel for Slack {
    async fn send(&self, letter: &Letter, attempt: Attempt) -> Result<()> {
        let text = text(letter, attempt, self.language.unwrap_or(letter.language));
        let request = Request::post(self.url.expose()).secrecy(Secrecy::Sensitive).hiding([&self.url]);
        self.client.send(&request.json(&json!({"text": text}))?).await.map(drop)
    }
}

/// The text with Slack's marks.
pub(super) fn text(letter: &Letter, attempt: Attempt, language: Language) -> String {
    let items = letter.lines(language).into_iter().map(|line| format!("• {}", escaped(&line)));
    let notes = letter.notes(attempt, language).into_iter().map(|note| format!("_{}_", escaped(&note)));
    let head = format!("*{}*", escaped(&letter.headline(language)));
    std::iter::once(head).chain(items).chain(notes).collect::<Vec<_>>().join("\n")
}

/// Takes the meaning from the three signs that Slack reads: no name calls a whole channel or becomes a link.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
