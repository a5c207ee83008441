//! What a Google Ads account is opened with.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::http::Secret;
use crate::model::{AccountId, Platform};
use crate::platform::{TokenRefresh, spec, versions};

/// The platform's own address.
const BASE_URL: &str = "https://googleads.googleapis.com";
/// Digits of a customer id.
const CUSTOMER_DIGITS: usize = 10;

/// What a Google Ads account is opened with. The token is read and never written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoogleConfig {
    /// The customer id: ten digits without dashes. A manager account cannot hold campaigns.
    pub account: AccountId,
    /// The OAuth 2 access token; it lasts one hour. It may be left out where `refresh` is given.
    #[serde(default, skip_serializing)]
    #[schemars(with = "String")]
    pub token: Secret,
    /// How access tokens are made from a refresh token; the token itself may be left out then.
    #[serde(default, skip_serializing)]
    pub refresh: Option<TokenRefresh>,
    /// The last day of the token, where it has one: `2027-01-31`. It is warned of 30 days ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub token_expires: Option<Date>,
    /// The customer id of the manager account through which the account is reached, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_customer: Option<String>,
    /// The address without a path; the platform's own by default.
    #[serde(default = "base_url")]
    pub base_url: String,
    /// The version of the API: `v26` by default.
    #[serde(default = "version")]
    pub version: String,
    /// The name of the advertiser as ads show it: 1 to 25 characters.
    pub business_name: String,
    /// The id of a square image asset of the account that ads show as the logo: digits.
    pub logo_asset: String,
}

fn base_url() -> String {
    BASE_URL.to_owned()
}

fn version() -> String {
    versions::checked(Platform::Google).to_owned()
}

impl GoogleConfig {
    /// Refuses what cannot be a customer id, a version, a name or an asset.
    pub(super) fn check(&self) -> Result<()> {
        customer("account", self.account.as_str())?;
        if let Some(manager) = &self.login_customer {
            customer("login_customer", manager)?;
        }
        match &self.refresh {
            Some(refresh) => refresh.check()?,
            None if self.token.is_empty() => {
                let next = "give the token that the platform issued, or `refresh` to have tokens made";
                return Err(Error::invalid("token", "is empty").next(next));
            }
            None => {}
        }
        if !self.version.strip_prefix('v').is_some_and(is_digits) {
            return Err(Error::invalid("version", format!("{:?} is no version", self.version)).next("write it as v26"));
        }
        if self.business_name.is_empty() || !spec::of(Platform::Google)?.holds("business_name", &self.business_name) {
            return Err(Error::invalid("business_name", "has to have 1 to 25 characters").next("shorten the name"));
        }
        if !is_digits(&self.logo_asset) {
            return Err(Error::invalid("logo_asset", format!("{:?} is no id of an asset", self.logo_asset))
                .next("give the digits of a square image asset of the account"));
        }
        Ok(())
    }
}

fn customer(field: &str, id: &str) -> Result<()> {
    if id.len() == CUSTOMER_DIGITS && is_digits(id) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("{id:?} is no customer id")).next("write its ten digits without dashes"))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn config() -> GoogleConfig {
        serde_json::from_str(
            r#"{"account": "1234567890", "token": "t0ken", "business_name": "Example", "logo_asset": "77"}"#,
        )
        .unwrap()
    }

    #[test]
    fn what_is_left_out_is_the_platforms_own_and_tokens_are_never_written() {
        let config = config();
        config.check().unwrap();
        assert_eq!((config.base_url.as_str(), config.version.as_str()), (BASE_URL, "v26"));
        let written = serde_json::to_string(&config).unwrap() + &format!("{config:?}");
        assert!(!written.contains("t0ken"), "{written}");
    }

    type Spoil = fn(&mut GoogleConfig);

    #[test]
    fn a_wrong_value_is_refused_by_its_field() {
        let wrong: [(&str, Spoil); 6] = [
            ("account", |config| config.account = AccountId::new("123-456-7890")),
            ("login_customer", |config| config.login_customer = Some("12".to_owned())),
            ("token", |config| config.token = Secret::new("")),
            ("version", |config| config.version = "26".to_owned()),
            ("business_name", |config| config.business_name = "x".repeat(26)),
            ("logo_asset", |config| config.logo_asset = "logo.png".to_owned()),
        ];
        for (field, spoil) in wrong {
            let mut config = config();
            spoil(&mut config);
            let error = config.check().unwrap_err();
            assert!(error.to_string().starts_with(field) && error.next_step().is_some(), "{error}");
        }
    }
}
