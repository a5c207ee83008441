//! A request as it is written into a recording.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One request, without its tokens: one line of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The platform's name.
    pub platform: String,
    /// `GET` or another method.
    pub method: String,
    /// The platform's own host, whatever the fake's address is.
    pub host: String,
    /// The path, percent signs as they were sent.
    pub path: String,
    /// The query, decoded, each name once.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// The query as it was sent, where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub raw_query: String,
    /// The headers in small letters; the value of a token is `x`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body: JSON as it is, text as text, bytes as their number.
    #[serde(default)]
    pub body: Value,
}
