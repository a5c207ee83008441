//! A fake of a token endpoint (OAuth 2, RFC 6749): gives one access token for one refresh token, as Google and `LinkedIn` do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::http::Uri;
use serde_json::json;

use crate::{Answer, Api, Fault, Received};

/// The app that may ask.
pub const CLIENT: &str = "app-123";
/// Its secret.
pub const SECRET: &str = "GOCSPX-canary-secret";
/// The refresh token of the person who consented.
pub const REFRESH_TOKEN: &str = "1//canary-refresh";

/// What became of a person's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consent {
    /// It holds.
    #[default]
    Given,
    /// It was taken back, or the refresh token has expired.
    TakenBack,
    /// It holds for other rights.
    OtherRights,
    /// It holds, and the server is down.
    Unreachable,
}

/// The endpoint; clones share the consent.
#[derive(Clone)]
pub struct OAuthApi {
    token: String,
    scope: String,
    consent: Arc<Mutex<Consent>>,
}

impl OAuthApi {
    /// An endpoint that gives out `token`, good for an hour and for `scope`.
    pub fn new(token: &str, scope: &str) -> Self {
        Self { token: token.to_owned(), scope: scope.to_owned(), consent: Arc::default() }
    }

    /// Changes what became of the consent.
    pub fn set(&self, consent: Consent) {
        *self.consent.lock().expect("no fake panics") = consent;
    }

    fn refused(status: u16, error: &str, told: &str) -> Answer {
        Answer::json(status, &json!({"error": error, "error_description": format!("{told} ({REFRESH_TOKEN})")}))
    }
}

impl Api for OAuthApi {
    fn platform(&self) -> &'static str {
        "oauth"
    }

    fn host(&self) -> &'static str {
        "oauth2.googleapis.com"
    }

    fn is_write(&self, _: &Received) -> bool {
        true
    }

    fn answer(&mut self, request: &Received) -> Answer {
        let form = form(&request.body);
        let is = |field: &str, value: &str| form.get(field).is_some_and(|found| found == value);
        if !is("grant_type", "refresh_token") {
            return Self::refused(400, "unsupported_grant_type", "Invalid grant_type");
        }
        if !is("client_id", CLIENT) || !is("client_secret", SECRET) {
            return Self::refused(401, "invalid_client", "The OAuth client was not found.");
        }
        let consent = *self.consent.lock().expect("no fake panics");
        match consent {
            _ if !is("refresh_token", REFRESH_TOKEN) => Self::refused(400, "invalid_grant", "Bad Request"),
            Consent::TakenBack => Self::refused(400, "invalid_grant", "Token has been expired or revoked."),
            Consent::Unreachable => self.failure(Fault::FailsBefore),
            Consent::Given | Consent::OtherRights => {
                let scope = if consent == Consent::Given { self.scope.as_str() } else { "openid" };
                let made =
                    json!({"access_token": self.token, "expires_in": 3_599, "scope": scope, "token_type": "Bearer"});
                Answer::json(200, &made)
            }
        }
    }

    fn failure(&self, _: Fault) -> Answer {
        Answer::json(503, &json!({"error": "temporarily_unavailable"}))
    }
}

/// The fields of a form; a form is written like a query.
fn form(body: &[u8]) -> BTreeMap<String, String> {
    let uri = format!("/?{}", String::from_utf8_lossy(body)).parse::<Uri>().unwrap_or_default();
    axum::extract::Query::<BTreeMap<String, String>>::try_from_uri(&uri).map(|query| query.0).unwrap_or_default()
}
