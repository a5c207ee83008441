//! Any receiver, by a signed webhook as <https://www.standardwebhooks.com> describes it.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::{Attempt, Channel, Letter};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Client, Effect, Request, Secrecy, Secret};
use crate::model::{Language, canonical_json};

/// How secrets begin.
const PREFIX: &str = "whsec_";
/// Bytes of a secret, the fewest and the most.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// Signs webhooks.
#[derive(Clone)]
pub struct Signer {
    key: Vec<u8>,
}

impl Signer {
    /// A signer with a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`; `field` names it in an error, which shows nothing of it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a secret that is not written so.
    pub fn new(secret: &Secret, field: &str) -> Result<Self> {
        let key = secret.expose().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let key = key.filter(|key| LENGTHS.contains(&key.len())).ok_or_else(|| {
            Error::invalid(field, "is no secret of a webhook").next("write whsec_ and 24 to 64 bytes in base64")
        })?;
        Ok(Self { key })
    }

    /// The signature of a body with its id and the moment in seconds: `v1,` and the HMAC-SHA256 of `id.seconds.body` in base64.
    ///
    /// ```
    /// use adbrain_core::alert::notify::Signer;
    /// use adbrain_core::http::Secret;
    /// // The example of the specification.
    /// let signer = Signer::new(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "secret")?;
    /// let signature = signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#)?;
    /// assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where the key cannot be used.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> Result<String> {
        let mut code = Hmac::<Sha256>::new_from_slice(&self.key)
            .map_err(|_| Error::new(ErrorKind::Internal, "the secret of a webhook cannot be used as a key"))?;
        code.update(format!("{id}.{seconds}.").as_bytes());
        code.update(body);
        Ok(format!("v1,{}", STANDARD.encode(code.finalize().into_bytes())))
    }
}

/// Sends letters to one address.
pub(super) struct Webhook {
    pub(super) client: Client,
    pub(super) url: Secret,
    pub(super) signer: Signer,
    pub(super) language: Option<Language>,
}

#[async_trait]
impl Channel for Webhook {
    async fn send(&self, letter: &Letter, attempt: Attempt) -> Result<()> {
        let body = body(letter, attempt, self.language.unwrap_or(letter.language))?;
        let seconds = attempt.at.as_second();
        let signature = self.signer.sign(&letter.id, seconds, &body)?;
        // The receiver drops a second one by its id.
        let request = Request::post(self.url.expose())
            .effect(Effect::Idempotent)
            .secrecy(Secrecy::Sensitive)
            .hiding([&self.url])
            .header("webhook-id", &letter.id)
            .header("webhook-timestamp", &seconds.to_string())
            .header("webhook-signature", &signature)
            .body(body, "application/json");
        self.client.send(&request).await.map(drop)
    }
}

/// What is sent: the letter with its texts in a language. It is the same at every try.
fn body(letter: &Letter, attempt: Attempt, language: Language) -> Result<Vec<u8>> {
    if let Some(report) = &letter.report {
        return canonical_json(&json!({
            "type": "adbrain.report",
            "timestamp": letter.at.to_string(),
            "data": {
                "id": letter.id, "run": letter.run, "is_simulated": letter.is_simulated, "language": letter.language,
                "schedule": report.schedule, "first": report.first, "last": report.last, "headline": report.headline,
                "lines": report.lines, "path": report.path,
            },
        }));
    }
    let items = letter.items.iter().map(|item| {
        json!({
            "key": item.key, "rule": item.rule, "kind": item.kind, "platforms": item.platforms, "objects": item.objects,
            "text": item.message.text(language), "advice": item.advice.as_ref().map(|advice| advice.text(language)),
        })
    });
    let escalated: Option<i64> = attempt.escalates_after.map(|time| time.as_secs());
    canonical_json(&json!({
        "type": "adbrain.alert",
        "timestamp": letter.at.to_string(),
        "data": {
            "id": letter.id, "run": letter.run, "severity": letter.severity, "is_simulated": letter.is_simulated,
            "language": language, "headline": letter.headline(language), "items": items.collect::<Vec<_>>(),
            "unacknowledged_seconds": escalated,
        },
    }))
}
