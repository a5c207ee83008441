//! A request as it is written into a recording.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// One request, without its tokens: one line of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The platform's name.
    pub platform: String,
    /// `GET` or another method.
    pub method: String,
    /// The platform's own host, whatever the fake's address is; empty where a recording by hand leaves it out.
    #[serde(default)]
    pub host: String,
    /// The path, percent signs as they were sent.
    pub path: String,
    /// The query, decoded, each name once.
    #[serde(default, deserialize_with = "as_texts")]
    pub query: BTreeMap<String, String>,
    /// The query as it was sent, where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub raw_query: String,
    /// The headers in small letters; the value of a token is `x`.
    #[serde(default, deserialize_with = "in_small_letters")]
    pub headers: BTreeMap<String, String>,
    /// The body: JSON as it is, text as text, bytes as their number.
    #[serde(default)]
    pub body: Value,
}

impl Recorded {
    /// Reads a recording: one request a line, empty lines left out. A failure names the line.
    pub fn lines(text: &str) -> Result<Vec<Self>, String> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let read =
            |(at, line): (usize, &str)| serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1));
        lines.map(read).collect()
    }
}

/// Recordings of other hands have numbers and switches in a query, as they are written in a programme; on the wire all is text.
fn as_texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let values = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
    let text = |(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    };
    Ok(values.into_iter().map(text).collect())
}

fn in_small_letters<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let headers = BTreeMap::<String, String>::deserialize(deserializer)?;
    Ok(headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect())
}
