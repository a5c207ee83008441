//! The list of platforms: an ad account as a file or a mapping names it, and the connector that it opens.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::google::{Google, GoogleConfig};
use super::linkedin::{LinkedIn, LinkedInConfig};
use super::meta::{Meta, MetaConfig};
use super::tiktok::{TikTok, TikTokConfig};
use super::{Connector, RemoteOptions};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::model::{Message, Platform};
use crate::store::Database;

/// An ad account on a platform, with its token.
///
/// ```
/// use adbrain_core::platform::AccountConfig;
/// let account = serde_json::json!({"platform": "meta", "account": "act_123", "token": "EAAB...", "page_id": "77"});
/// let account = AccountConfig::from_value(&account)?;
/// assert_eq!(account.platform().as_str(), "meta");
/// assert!(!format!("{account:?}").contains("EAAB"));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "platform", rename_all = "lowercase")]
#[non_exhaustive]
pub enum AccountConfig {
    /// On Meta.
    Meta(MetaConfig),
    /// On Google Ads.
    Google(GoogleConfig),
    /// On `TikTok`.
    TikTok(TikTokConfig),
    /// On `LinkedIn`.
    LinkedIn(LinkedInConfig),
}

impl AccountConfig {
    /// Reads an account from JSON. No error shows a token.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn from_value(value: &Value) -> Result<Self> {
        Self::deserialize(value).map_err(|error| {
            let what = secrets(value).into_iter().fold(error.to_string(), |text, secret| text.replace(secret, "***"));
            Error::invalid("account", what).next("compare it with its JSON Schema (`adbrain schema account`)")
        })
    }

    /// The platform.
    pub fn platform(&self) -> Platform {
        match self {
            Self::Meta(_) => Platform::Meta,
            Self::Google(_) => Platform::Google,
            Self::TikTok(_) => Platform::TikTok,
            Self::LinkedIn(_) => Platform::LinkedIn,
        }
    }

    /// The account on the platform.
    pub fn account(&self) -> &str {
        match self {
            Self::Meta(config) => &config.account,
            Self::Google(config) => config.account.as_str(),
            Self::TikTok(config) => &config.account,
            Self::LinkedIn(config) => &config.account,
        }
    }

    /// What was left out, and what cannot run without it.
    pub fn missing(&self) -> Vec<Message> {
        match self {
            Self::Meta(config) => {
                missing(&[("pixel_id", config.pixel_id.is_none(), "leads-sales"), ("app", config.app.is_none(), "app")])
            }
            Self::Google(_) => Vec::new(),
            Self::TikTok(config) => missing(&[
                ("pixel_id", config.pixel_id.is_none(), "leads-sales"),
                ("sales_event", config.sales_event.is_none(), "sales"),
                ("lead_event", config.lead_event.is_none(), "leads"),
                ("app", config.app.is_none(), "app"),
                ("carousel_music_id", config.carousel_music_id.is_none(), "carousels"),
            ]),
            Self::LinkedIn(config) => missing(&[
                ("lead_form", config.lead_form.is_none(), "leads"),
                ("source_platform", config.source_platform.is_none(), "customers"),
            ]),
        }
    }

    /// Opens the account: its currency and time zone are read, and whether it may be used. Nothing is written to it.
    ///
    /// # Errors
    /// Those of the platform's `open`.
    pub async fn open(
        self,
        options: RemoteOptions,
        database: Arc<dyn Database>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn Connector>> {
        Ok(match self {
            Self::Meta(config) => Arc::new(Meta::open(config, options, clock).await?),
            Self::Google(config) => Arc::new(Google::open(config, options, clock).await?),
            Self::TikTok(config) => Arc::new(TikTok::open(config, options, clock).await?),
            Self::LinkedIn(config) => Arc::new(LinkedIn::open(config, options, database, clock).await?),
        })
    }
}

fn missing(fields: &[(&str, bool, &str)]) -> Vec<Message> {
    let left_out = fields.iter().filter(|(_, is_missing, _)| *is_missing);
    left_out.map(|(field, _, what)| Message::new(format!("account-without-{what}")).with("field", *field)).collect()
}

/// The texts that stand where secrets do.
fn secrets(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value.as_str() {
                Some(text) if (name.contains("token") || name.contains("secret")) && !text.is_empty() => vec![text],
                _ => secrets(value),
            })
            .collect(),
        Value::Array(values) => values.iter().flat_map(secrets).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wrong_account_names_its_field_and_never_shows_a_secret() {
        for (value, told) in [
            (json!({"account": "1"}), "platform"),
            (json!({"platform": "myspace"}), "myspace"),
            (json!({"platform": "meta", "account": "1", "token": "canary", "page_id": 7}), "invalid type"),
            (
                json!({"platform": "meta", "account": "1", "token": "canary", "page_id": "7", "pagge": "canary"}),
                "pagge",
            ),
            (
                json!({"platform": "google", "account": "1234567890", "business_name": "x", "logo_asset": "1", "refresh":
                       {"client_id": "a", "client_secret": "canary", "refresh_token": "canary", "clientt": "canary"}}),
                "clientt",
            ),
            (
                json!({"platform": "linkedin", "account": "1", "organization": "2", "locale": {"country": "BR", "language": "pt"},
                       "refresh": {"client_id": "a", "client_secret": "canary", "refresh_token": ["canary"]}}),
                "invalid type",
            ),
        ] {
            let error = AccountConfig::from_value(&value).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn each_platform_can_be_named() {
        for platform in Platform::ALL {
            let error = AccountConfig::from_value(&json!({"platform": platform.as_str()})).unwrap_err().to_string();
            assert!(error.contains("missing field"), "{error}");
        }
    }
}
