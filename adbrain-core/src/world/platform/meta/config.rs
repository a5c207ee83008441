//! What a Meta ad account is opened with.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::http::Secret;
use crate::model::Platform;
use crate::platform::versions;

/// The Graph API's own address.
const BASE: &str = "https://graph.facebook.com";

/// A Meta ad account and the page in whose name its ads speak.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetaConfig {
    /// The ad account: digits, with or without `act_` before them.
    pub account: String,
    /// A system user's or user's token with the rights `ads_management` and `ads_read`.
    #[schemars(with = "String")]
    pub token: Secret,
    /// The last day of the token, where it has one: `2027-01-31`. It is warned of 30 days ahead.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub token_expires: Option<Date>,
    /// The Facebook page of the ads.
    pub page_id: String,
    /// The Instagram account of the ads, where there is one.
    #[serde(default)]
    pub instagram_user_id: Option<String>,
    /// The pixel whose events are conversions; needed for leads and sales.
    #[serde(default)]
    pub pixel_id: Option<String>,
    /// The app that is promoted, with its page in the store; needed for app promotion.
    #[serde(default)]
    pub app: Option<PromotedApp>,
    /// What a click promises: `LEARN_MORE` by default, or another of Meta's call-to-action types.
    #[serde(default = "learn_more")]
    pub call_to_action: String,
    /// The action that counts as a conversion in reports; a purchase on the website by default.
    #[serde(default = "purchase")]
    pub conversion_action: String,
    /// Whether Meta may go beyond the audience of an ad set ("Advantage+ audience"). It has to be said either way; no by default.
    #[serde(default)]
    pub advantage_audience: bool,
    /// The API version: `v26.0`.
    #[serde(default = "version")]
    pub version: String,
    /// Where the API is reached; Meta's own address by default.
    #[serde(default = "base")]
    pub base_url: String,
}

/// An app that ads promote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotedApp {
    /// Its id at Meta.
    pub id: String,
    /// Its page in the store.
    pub store_url: String,
}

impl MetaConfig {
    /// An account with everything else as usual.
    pub fn new(account: &str, token: Secret, page_id: &str) -> Self {
        Self {
            account: account.to_owned(),
            token,
            token_expires: None,
            page_id: page_id.to_owned(),
            instagram_user_id: None,
            pixel_id: None,
            app: None,
            call_to_action: learn_more(),
            conversion_action: purchase(),
            advantage_audience: false,
            version: version(),
            base_url: base(),
        }
    }

    /// Refuses what can be no account.
    pub(super) fn check(&self) -> Result<()> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(self.digits()) {
            return Err(Error::invalid("account", format!("{:?} is no ad account", self.account))
                .next("give its digits, as in the address of the Ads Manager after act="));
        }
        if !is_number(&self.page_id) {
            return Err(Error::invalid("page_id", format!("{:?} is no page", self.page_id))
                .next("give the digits of the page's id"));
        }
        let version = self.version.strip_prefix('v').and_then(|version| version.strip_suffix(".0"));
        if !version.is_some_and(is_number) {
            return Err(
                Error::invalid("version", format!("{:?} is no version", self.version)).next("write it as v26.0")
            );
        }
        if self.token.is_empty() {
            return Err(Error::invalid("token", "is empty").next("make a token of a system user with ads_management"));
        }
        Ok(())
    }

    /// The account without `act_`.
    pub(super) fn digits(&self) -> &str {
        self.account.strip_prefix("act_").unwrap_or(&self.account)
    }
}

fn learn_more() -> String {
    "LEARN_MORE".to_owned()
}

fn purchase() -> String {
    "offsite_conversion.fb_pixel_purchase".to_owned()
}

fn version() -> String {
    versions::checked(Platform::Meta).to_owned()
}

fn base() -> String {
    BASE.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_names_the_field_that_is_wrong_and_never_shows_its_token() {
        let right = MetaConfig::new("act_123", Secret::new("canary"), "77");
        right.check().unwrap();
        assert_eq!(right.digits(), "123");
        assert!(!format!("{right:?}").contains("canary"));
        for (wrong, field) in [
            (MetaConfig { account: "act_x".into(), ..right.clone() }, "account"),
            (MetaConfig { page_id: String::new(), ..right.clone() }, "page_id"),
            (MetaConfig { version: "26".into(), ..right.clone() }, "version"),
            (MetaConfig { token: Secret::new(""), ..right.clone() }, "token"),
        ] {
            assert!(wrong.check().unwrap_err().to_string().contains(field), "{field}");
        }
    }
}
