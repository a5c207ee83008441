//! The access token of an account: as it was given, or made anew from a refresh token, once for everybody who waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::form_urlencoded;

use super::remote::{RemoteOptions, client};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Client, Effect, Request, Response, Secret};

/// A token is made anew so long before its end, for clocks differ and requests take their time.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// How access tokens are made from a refresh token, by OAuth 2 (RFC 6749, section 6).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRefresh {
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    #[schemars(with = "String")]
    pub client_secret: Secret,
    /// The refresh token that the person who consented was given for.
    #[schemars(with = "String")]
    pub refresh_token: Secret,
    /// The last day of the refresh token, where it has one: `2027-10-31`. It is warned of 30 days ahead.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub expires: Option<Date>,
    /// Where tokens are made; the platform's own address by default.
    #[serde(default)]
    pub url: Option<String>,
}

impl TokenRefresh {
    /// Refuses what can make no token.
    pub(super) fn check(&self) -> Result<()> {
        let (id, secret, token) = (&self.client_id, &self.client_secret, &self.refresh_token);
        for (field, is_empty) in [
            ("refresh.client_id", id.is_empty()),
            ("refresh.client_secret", secret.is_empty()),
            ("refresh.refresh_token", token.is_empty()),
        ] {
            if is_empty {
                return Err(Error::invalid(field, "is empty").next("copy it from the app's page and its consent"));
            }
        }
        Ok(())
    }
}

/// Where a platform makes tokens, and what they have to be good for.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenPlace {
    pub(super) url: &'static str,
    /// The right without which nothing works; asked for where the answer names the rights of the token.
    pub(super) scope: &'static str,
}

/// A token and its number: the next one has the next number.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) token: Secret,
    number: u64,
}

/// The token of one account.
pub(super) struct Tokens {
    mint: Option<Mint>,
    clock: Arc<dyn Clock>,
    /// Rounds that were asked for at the platform and have ended, well or badly.
    rounds: AtomicU64,
    state: Mutex<State>,
}

struct Mint {
    client: Client,
    refresh: TokenRefresh,
    place: TokenPlace,
}

struct State {
    held: Held,
    expires: Option<Timestamp>,
    /// The refresh token in force: some platforms give a new one each time.
    refresh_token: Secret,
    failed: Option<Failed>,
}

/// Why the last round failed, for those who waited for it. A refresh token that was refused is not sent again.
struct Failed {
    round: u64,
    kind: ErrorKind,
    message: String,
    next: String,
}

impl Tokens {
    /// A token as it was given.
    pub(super) fn fixed(token: &Secret, clock: Arc<dyn Clock>) -> Self {
        let held = Held { token: token.clone(), number: 0 };
        let state = State { held, expires: None, refresh_token: Secret::new(""), failed: None };
        Self { mint: None, clock, rounds: AtomicU64::new(0), state: Mutex::new(state) }
    }

    /// Tokens out of a refresh token; `token` is used first, where it is not empty.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for an address that is no https address, nor one on this machine.
    pub(super) fn refreshed(
        token: &Secret,
        (refresh, place): (&TokenRefresh, TokenPlace),
        options: &RemoteOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let (client, _) = client("refresh.url", refresh.url.as_deref().unwrap_or(place.url), options)?;
        let tokens = Self::fixed(token, clock);
        let mut state = tokens.state.into_inner();
        state.refresh_token = refresh.refresh_token.clone();
        let mint = Some(Mint { client, refresh: refresh.clone(), place });
        Ok(Self { mint, state: Mutex::new(state), ..tokens })
    }

    /// The token in force, made anew where it is about to end.
    ///
    /// # Errors
    /// What the making fails with: [`ErrorKind::Unauthorized`] for a refresh token that was refused.
    pub(super) async fn held(&self) -> Result<Held> {
        let before = self.rounds.load(Ordering::SeqCst);
        let mut state = self.state.lock().await;
        let ends = state.expires.map(|expires| expires - MARGIN);
        let is_fresh = !state.held.token.is_empty() && ends.is_none_or(|ends| self.clock.now() < ends);
        match &self.mint {
            Some(mint) if !is_fresh => self.renew(mint, &mut state, before).await,
            _ => Ok(state.held.clone()),
        }
    }

    /// The token after one that the platform calls expired; none where it cannot be made anew. Whoever finds that it was made anew in the
    /// meantime takes that one.
    ///
    /// # Errors
    /// As [`Tokens::held`].
    pub(super) async fn after(&self, seen: &Held) -> Result<Option<Held>> {
        let Some(mint) = &self.mint else { return Ok(None) };
        let before = self.rounds.load(Ordering::SeqCst);
        let mut state = self.state.lock().await;
        if state.held.number != seen.number {
            return Ok(Some(state.held.clone()));
        }
        self.renew(mint, &mut state, before).await.map(Some)
    }

    async fn renew(&self, mint: &Mint, state: &mut State, before: u64) -> Result<Held> {
        if let Some(failed) = &state.failed
            && (failed.round > before || failed.kind == ErrorKind::Unauthorized)
        {
            return Err(Error::new(failed.kind, failed.message.clone()).next(failed.next.clone()));
        }
        let made = mint.make(&state.refresh_token).await;
        let round = self.rounds.fetch_add(1, Ordering::SeqCst) + 1;
        let made = made.inspect_err(|error| {
            let next = error.next_step().unwrap_or_default().to_owned();
            state.failed = Some(Failed { round, kind: error.kind(), message: error.message().to_owned(), next });
        })?;
        state.failed = None;
        state.held = Held { token: made.access_token, number: state.held.number + 1 };
        state.expires = made.expires_in.and_then(|seconds| self.clock.now().checked_add(lifetime(seconds)).ok());
        state.refresh_token = made.refresh_token.unwrap_or_else(|| state.refresh_token.clone());
        Ok(state.held.clone())
    }
}

/// No token is believed to live for longer than a year.
fn lifetime(seconds: u64) -> SignedDuration {
    const YEAR: i64 = 366 * 24 * 3_600;
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(YEAR).min(YEAR))
}

/// A new token.
#[derive(Deserialize)]
struct Made {
    access_token: Secret,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<Secret>,
    #[serde(default)]
    scope: Option<String>,
}

/// Why there is no new token.
#[derive(Deserialize, Default)]
#[serde(default)]
struct NotMade {
    error: String,
    error_description: String,
}

impl Mint {
    async fn make(&self, refresh_token: &Secret) -> Result<Made> {
        let TokenRefresh { client_id, client_secret, url, .. } = &self.refresh;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", refresh_token.expose())
            .append_pair("client_id", client_id)
            .append_pair("client_secret", client_secret.expose())
            .finish();
        // A second token harms nobody, so the caller may ask again.
        let request = Request::post(url.as_deref().unwrap_or(self.place.url))
            .effect(Effect::Idempotent)
            .hiding([refresh_token, client_secret])
            .body(form, "application/x-www-form-urlencoded");
        let answer = self.client.ask(&request, judge).await?;
        let unreadable = |_| {
            // The error of serde may quote the token.
            Error::new(ErrorKind::Unavailable, format!("the answer to {request:?} holds no token"))
                .next("try again later")
        };
        let made: Made = serde_json::from_slice(&answer.body).map_err(unreadable)?;
        self.check_scope(&made)?;
        Ok(made)
    }

    /// A person may take rights back without taking the token back.
    fn check_scope(&self, made: &Made) -> Result<()> {
        let wanted = self.place.scope;
        let has = |scope: &str| scope.split([' ', ',']).any(|scope| scope == wanted);
        if made.scope.as_deref().is_none_or(has) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Unauthorized, format!("the new token lacks the right {wanted}"))
            .next(format!("authorise the app again with the scope {wanted} and give the new refresh token")))
    }
}

/// What the answer of a token endpoint means (RFC 6749, section 5.2).
fn judge(request: &Request, response: &Response) -> Result<()> {
    if (200..300).contains(&response.status) {
        return Ok(());
    }
    let NotMade { error, error_description } = serde_json::from_slice(&response.body).unwrap_or_default();
    let next = match error.as_str() {
        "invalid_grant" => {
            "the refresh token has expired or was taken back: authorise the app again and give the new one"
        }
        "invalid_client" | "unauthorized_client" => "check `refresh.client_id` and `refresh.client_secret`",
        "invalid_scope" => "authorise the app again with the scopes that the README of the platform names",
        _ => return response.clone().success(request).map(|_| ()),
    };
    let what = format!("no new access token: {request:?} was answered with {error}: {error_description}");
    let what = request.lost(what).message().to_owned();
    Err(Error::new(ErrorKind::Unauthorized, what).with("status", response.status).next(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mint(scope: &'static str) -> Mint {
        let refresh: TokenRefresh = serde_json::from_str(
            r#"{"client_id": "app", "client_secret": "canary-secret", "refresh_token": "canary-refresh"}"#,
        )
        .unwrap();
        refresh.check().unwrap();
        let (client, _) = client("refresh.url", "https://example.com/token", &RemoteOptions::default()).unwrap();
        Mint { client, refresh, place: TokenPlace { url: "https://example.com/token", scope } }
    }

    fn made(scope: Option<&str>) -> Made {
        Made { access_token: Secret::new("a"), expires_in: None, refresh_token: None, scope: scope.map(str::to_owned) }
    }

    #[test]
    fn a_token_without_its_right_is_refused_and_one_that_says_nothing_is_taken() {
        let mint = mint("rw_ads");
        for scope in [None, Some("r_ads_reporting,rw_ads"), Some("rw_ads r_basicprofile")] {
            assert!(mint.check_scope(&made(scope)).is_ok(), "{scope:?}");
        }
        for scope in ["", "r_ads", "rw_ads2"] {
            let error = mint.check_scope(&made(Some(scope))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthorized);
            assert!(error.next_step().unwrap().contains("rw_ads"), "{scope:?}");
        }
    }

    #[test]
    fn an_answer_of_the_token_endpoint_shows_no_secret() {
        let mint = mint("rw_ads");
        let request = Request::post("https://example.com/token")
            .effect(Effect::Idempotent)
            .hiding([&mint.refresh.refresh_token, &mint.refresh.client_secret]);
        for (status, error, kind) in [
            (400, "invalid_grant", ErrorKind::Unauthorized),
            (401, "invalid_client", ErrorKind::Unauthorized),
            (400, "invalid_scope", ErrorKind::Unauthorized),
            (400, "invalid_request", ErrorKind::InvalidInput),
            (503, "", ErrorKind::Unavailable),
        ] {
            let told = "canary-refresh of canary-secret is bad";
            let body = serde_json::json!({"error": error, "error_description": told}).to_string().into_bytes();
            let error = judge(&request, &Response { status, headers: Vec::new(), body }).unwrap_err();
            assert_eq!(error.kind(), kind, "{status}");
            assert!(error.next_step().is_some() && !format!("{error} {error:?}").contains("canary"), "{error}");
        }
        assert!(!format!("{:?} {request:?}", mint.refresh).contains("canary"));
    }

    #[test]
    fn an_empty_field_is_named() {
        let TokenRefresh { client_id, client_secret, .. } = mint("x").refresh;
        let empty = TokenRefresh { client_id, client_secret, refresh_token: Secret::new(""), expires: None, url: None };
        assert_eq!(empty.check().unwrap_err().context_of("field"), Some("refresh.refresh_token"));
    }
}
