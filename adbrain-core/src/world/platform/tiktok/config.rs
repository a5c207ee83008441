//! What a `TikTok` ad account is opened with.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::http::Secret;
use crate::model::{Money, Platform};
use crate::platform::versions;

/// The Business API's own address.
const BASE: &str = "https://business-api.tiktok.com";
/// The address at which nothing costs money.
const SANDBOX: &str = "https://sandbox-ads.tiktok.com";

/// A `TikTok` ad account and the identity in whose name its ads speak.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TikTokConfig {
    /// The ad account ("advertiser"): digits.
    pub account: String,
    /// A token of an app that the advertiser has authorised.
    #[schemars(with = "String")]
    pub token: Secret,
    /// The last day of the token, where it has one: `2027-01-31`. It is warned of 30 days ahead.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub token_expires: Option<Date>,
    /// In whose name the ads speak.
    pub identity: Identity,
    /// The name that stands on ads of the classic flow, 1 to 40 characters; the identity's own by default.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The pixel whose events are conversions; needed for sales and leads.
    #[serde(default)]
    pub pixel_id: Option<String>,
    /// The pixel's event that is a sale, as `TikTok` names it: `SHOPPING`; needed for sales.
    #[serde(default)]
    pub sales_event: Option<String>,
    /// The pixel's event that is an enquiry, as `TikTok` names it: `FORM`; needed for leads.
    #[serde(default)]
    pub lead_event: Option<String>,
    /// The app that is promoted; needed for app promotion.
    #[serde(default)]
    pub app: Option<TikTokApp>,
    /// The piece of music below carousels, with the right to use it in ads; needed for carousels.
    #[serde(default)]
    pub carousel_music_id: Option<String>,
    /// What a click promises: `LEARN_MORE` by default, or another of `TikTok`'s calls to action.
    #[serde(default = "learn_more")]
    pub call_to_action: String,
    /// The least daily budget of an ad set in the account's currency; 20 US dollars at the built-in rates by default.
    #[serde(default)]
    pub least_daily_budget: Option<Money>,
    /// The API version: `v1.3`.
    #[serde(default = "version")]
    pub version: String,
    /// Where the API is reached; `TikTok`'s own address by default, its sandbox or a fake on this machine instead.
    #[serde(default = "base")]
    pub base_url: String,
}

/// In whose name ads speak.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Its id at `TikTok`.
    pub id: String,
    /// What it is.
    pub kind: IdentityKind,
    /// The business centre that the account was added to; needed for its accounts.
    #[serde(default)]
    pub business_center: Option<String>,
}

/// What an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// A name and a picture that were made for ads.
    Custom,
    /// A `TikTok` account of the advertiser.
    Account,
    /// A `TikTok` account in a business centre.
    BusinessCenterAccount,
}

impl IdentityKind {
    /// `TikTok`'s word.
    pub(super) fn wire(self) -> &'static str {
        match self {
            Self::Custom => "CUSTOMIZED_USER",
            Self::Account => "TT_USER",
            Self::BusinessCenterAccount => "BC_AUTH_TT",
        }
    }
}

/// An app that ads promote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TikTokApp {
    /// Its id at `TikTok`.
    pub id: String,
    /// Where it runs.
    pub system: AppSystem,
}

/// Where an app runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppSystem {
    /// Android.
    Android,
    /// iOS.
    Ios,
}

impl TikTokConfig {
    /// An account with everything else as usual.
    pub fn new(account: &str, token: Secret, identity: Identity) -> Self {
        Self {
            account: account.to_owned(),
            token,
            token_expires: None,
            identity,
            display_name: None,
            pixel_id: None,
            sales_event: None,
            lead_event: None,
            app: None,
            carousel_music_id: None,
            call_to_action: learn_more(),
            least_daily_budget: None,
            version: version(),
            base_url: base(),
        }
    }

    /// Refuses what can be no account.
    pub(super) fn check(&self) -> Result<()> {
        if self.account.is_empty() || !self.account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::invalid("account", format!("{:?} is no ad account", self.account))
                .next("give its digits, as in the address of the Ads Manager after aadvid="));
        }
        if self.token.is_empty() {
            return Err(
                Error::invalid("token", "is empty").next("give a token of an app that the advertiser authorised")
            );
        }
        if self.identity.id.is_empty() {
            return Err(Error::invalid("identity.id", "is empty").next("copy it from the list of identities"));
        }
        if self.identity.kind == IdentityKind::BusinessCenterAccount && self.identity.business_center.is_none() {
            return Err(Error::invalid("identity.business_center", "is missing")
                .next("give the id of the business centre that the account was added to"));
        }
        if !self.version.starts_with('v') || self.version.contains('/') {
            return Err(Error::invalid("version", format!("{:?} is no version", self.version)).next("use v1.3"));
        }
        Ok(())
    }

    /// Whether the address is `TikTok`'s sandbox.
    pub(super) fn is_platform_sandbox(&self) -> bool {
        self.base_url.trim_end_matches('/') == SANDBOX
    }
}

fn learn_more() -> String {
    "LEARN_MORE".to_owned()
}

fn version() -> String {
    versions::checked(Platform::TikTok).to_owned()
}

fn base() -> String {
    BASE.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> TikTokConfig {
        let text = r#"{"account": "7000", "token": "canary", "identity": {"id": "1", "kind": "custom"}}"#;
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_config_shows_no_token_and_needs_no_more_than_account_token_and_identity() {
        assert!(config().check().is_ok() && !config().is_platform_sandbox());
        assert!(!format!("{:?}", config()).contains("canary"));
        let sandbox = TikTokConfig { base_url: format!("{SANDBOX}/"), ..config() };
        assert!(sandbox.is_platform_sandbox());
    }

    #[test]
    fn what_can_be_no_account_is_refused_with_the_field() {
        let of = |identity| TikTokConfig::new("7000", Secret::new("t"), identity);
        let custom = config().identity;
        let lonely = Identity { kind: IdentityKind::BusinessCenterAccount, ..custom.clone() };
        for (config, field) in [
            (TikTokConfig { account: "act_7".to_owned(), ..config() }, "account"),
            (TikTokConfig { token: Secret::new(""), ..config() }, "token"),
            (TikTokConfig { version: "1.3".to_owned(), ..config() }, "version"),
            (of(Identity { id: String::new(), ..custom }), "identity.id"),
            (of(lonely), "identity.business_center"),
        ] {
            assert_eq!(config.check().unwrap_err().context_of("field"), Some(field));
        }
    }
}
