//! Who may come in, and what they may do: the Host, the Origin and the token.
//!
//! A page of another site can reach a local port by DNS rebinding or by opening a WebSocket; neither can name our Host and
//! Origin, and neither knows the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// Only our own files, no forms; who may show the page in a frame follows.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors";

/// What somebody with a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Look.
    Viewer,
    /// Look and decide.
    Operator,
}

impl Role {
    /// The name as text: `viewer`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
        }
    }
}

/// The names under which the server may be called, and the hashes of its tokens. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    hosts: Arc<[String]>,
    tokens: Arc<[([u8; 32], Role)]>,
    /// The origins whose pages may show ours in a frame, as the policy has them.
    frames: Arc<str>,
}

/// Origins as a policy has them, such as `http://localhost:*`; without any, no page may show ours.
fn ancestors(origins: &[String]) -> Result<String> {
    let is_origin = |text: &String| {
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:*[]".contains(&byte);
        rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('*') && rest.bytes().all(is_plain))
    };
    match origins.iter().find(|text| !is_origin(text)) {
        Some(wrong) => Err(Error::invalid("frames", format!("has {wrong:?}, which is no origin"))
            .next("give origins, such as http://localhost:8888")),
        None if origins.is_empty() => Ok("'none'".to_owned()),
        None => Ok(origins.join(" ")),
    }
}

impl Guard {
    /// A guard for a port of this machine.
    pub(super) fn new(port: u16, operator: &str, viewer: Option<&str>) -> Self {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")).into();
        let tokens = [(Some(operator), Role::Operator), (viewer, Role::Viewer)];
        let hashed = |(token, role): (Option<&str>, Role)| Some((Sha256::digest(token?).into(), role));
        Self { hosts, tokens: tokens.into_iter().filter_map(hashed).collect(), frames: "'none'".into() }
    }

    /// Lets pages of these origins show ours in a frame.
    pub(super) fn framed_by(self, frames: &[String]) -> Result<Self> {
        Ok(Self { frames: ancestors(frames)?.into(), ..self })
    }

    /// Whether the request names this server.
    pub(super) fn is_our_host(&self, headers: &HeaderMap) -> bool {
        single(headers, header::HOST).is_some_and(|host| self.hosts.iter().any(|known| known == host))
    }

    /// Whether the request comes from our own page. A missing Origin is not ours.
    pub(super) fn is_our_origin(&self, headers: &HeaderMap) -> bool {
        let origin = single(headers, header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
        origin.is_some_and(|host| self.hosts.iter().any(|known| known == host))
    }

    /// Whose token a text is; hashes are compared, so that the time tells nothing about it.
    pub(super) fn role(&self, text: &str) -> Option<Role> {
        let shown = <[u8; 32]>::from(Sha256::digest(text));
        self.tokens.iter().find(|(token, _)| *token == shown).map(|(_, role)| *role)
    }
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    single(headers, header::AUTHORIZATION)?.strip_prefix("Bearer ").map(str::trim)
}

/// The value of a header that stands there once.
fn single(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value)?.to_str().ok()
}

/// Refuses other Hosts and puts the protecting headers on every answer.
pub(super) async fn protect(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = if guard.is_our_host(request.headers()) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Origins are checked to be of plain characters; were they not, no page would get through.
    let policy = HeaderValue::from_str(&format!("{POLICY} {}", guard.frames));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.unwrap_or(HeaderValue::from_static("default-src 'none'")));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &header::HeaderName, values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_names_pass() {
        let guard = Guard::new(8080, "secret", Some("to look"));
        assert!(guard.is_our_host(&headers(&header::HOST, &["127.0.0.1:8080"])));
        assert!(guard.is_our_origin(&headers(&header::ORIGIN, &["http://localhost:8080"])));
        for host in ["evil.example:8080", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8080.evil.example", ""] {
            assert!(!guard.is_our_host(&headers(&header::HOST, &[host])), "{host}");
        }
        for origin in ["null", "https://127.0.0.1:8080", "http://evil.example", "http://127.0.0.1:8080@evil.example"] {
            assert!(!guard.is_our_origin(&headers(&header::ORIGIN, &[origin])), "{origin}");
        }
        assert!(!guard.is_our_origin(&HeaderMap::new()));
        assert!(guard.role("Secret").is_none() && guard.role("").is_none());
        assert_eq!((guard.role("secret"), guard.role("to look")), (Some(Role::Operator), Some(Role::Viewer)));
    }

    #[test]
    fn frames_are_for_origins_that_are_named() {
        assert_eq!(ancestors(&[]).unwrap(), "'none'");
        let notebooks = ["http://localhost:*", "http://127.0.0.1:*"].map(str::to_owned);
        assert_eq!(ancestors(&notebooks).unwrap(), "http://localhost:* http://127.0.0.1:*");
        for wrong in ["*", "http://*", "http://", "localhost", "http://a.b; script-src *", "http://a b", "https://é"] {
            let error = ancestors(&[wrong.to_owned()]).unwrap_err().to_string();
            assert!(error.starts_with("frames"), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_header_that_stands_twice_is_not_trusted() {
        let mut twice = headers(&header::HOST, &["127.0.0.1:8080"]);
        twice.append(header::HOST, HeaderValue::from_static("evil.example"));
        assert!(!Guard::new(8080, "secret", Some("to look")).is_our_host(&twice));
    }
}
