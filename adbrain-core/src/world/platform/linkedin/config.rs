//! What a `LinkedIn` ad account is opened with.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::http::Secret;
use crate::model::{Format, Platform};
use crate::platform::{TokenRefresh, versions};

/// The API's own address.
const BASE: &str = "https://api.linkedin.com";
/// What a button may say; the labels that `LinkedIn`'s documents list for posts and lead forms.
const LABELS: [&str; 11] = [
    "APPLY",
    "DOWNLOAD",
    "VIEW_QUOTE",
    "LEARN_MORE",
    "SIGN_UP",
    "SUBSCRIBE",
    "REGISTER",
    "REQUEST_DEMO",
    "JOIN",
    "ATTEND",
    "UNLOCK_FULL_DOCUMENT",
];

/// A language and a country, as an ad is marked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Locale {
    /// ISO 3166-1 alpha-2 in capitals: `BR`.
    pub country: String,
    /// ISO 639-1 in small letters: `pt`.
    pub language: String,
}

/// A `LinkedIn` ad account, the page in whose name its ads speak, and what `LinkedIn` asks beside our model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkedInConfig {
    /// The ad account: its digits, or `urn:li:sponsoredAccount:` and its digits.
    pub account: String,
    /// A member's token with the scopes `rw_ads`, `r_ads_reporting` and `w_organization_social`. It may be left out where `refresh` is
    /// given.
    #[serde(default)]
    #[schemars(with = "String")]
    pub token: Secret,
    /// How access tokens are made from a refresh token; the token itself may be left out then.
    #[serde(default)]
    pub refresh: Option<TokenRefresh>,
    /// The last day of the token, where it has one: `2027-01-31`. It is warned of 30 days ahead.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub token_expires: Option<Date>,
    /// The page of the ads: its digits, or `urn:li:organization:` and its digits.
    pub organization: String,
    /// The language of the ads.
    pub locale: Locale,
    /// The one format that new ad sets take, `video` or `carousel`: `LinkedIn` fixes it before the first ad is made. `video` by default.
    #[serde(default = "video")]
    pub format: Format,
    /// Whether ads may also be shown outside of `LinkedIn`, in its Audience Network. It has to be said either way; no by default.
    #[serde(default)]
    pub offsite_delivery: bool,
    /// What the button says: `LEARN_MORE` by default.
    #[serde(default = "learn_more")]
    pub call_to_action: String,
    /// The form of lead ads: its digits, or `urn:li:adForm:` and its digits; needed for leads.
    #[serde(default)]
    pub lead_form: Option<String>,
    /// Job titles that every audience is narrowed to, as `LinkedIn` lists them in English, `Chief Financial Officer`, or as `urn:li:title:100`.
    /// `LinkedIn` combines them with no seniorities.
    #[serde(default)]
    pub titles: Vec<String>,
    /// Seniorities that every audience is narrowed to: `Director`, or `urn:li:seniority:6`.
    #[serde(default)]
    pub seniorities: Vec<String>,
    /// Industries that every audience is narrowed to: `Software Development`, or `urn:li:industry:4`.
    #[serde(default)]
    pub industries: Vec<String>,
    /// Places of countries, where `LinkedIn`'s own look-up does not find them: `{"BR": "urn:li:geo:106057199"}`.
    #[serde(default)]
    pub geos: BTreeMap<String, String>,
    /// The name that `LinkedIn` gave the app for its audiences (`sourcePlatform`), with the right `rw_dmp_segments`; needed for filling
    /// custom audiences.
    #[serde(default)]
    pub source_platform: Option<String>,
    /// Seconds until the lists surely show a write. `LinkedIn` does not say; 30 by default.
    #[serde(default = "half_a_minute")]
    pub settle_seconds: u32,
    /// The API version, a year and a month: `202608`. Each lives for a year.
    #[serde(default = "version")]
    pub version: String,
    /// Where the API is reached; `LinkedIn`'s own address by default.
    #[serde(default = "base")]
    pub base_url: String,
}

impl LinkedInConfig {
    /// An account with everything else as usual.
    pub fn new(account: &str, token: Secret, organization: &str, locale: Locale) -> Self {
        Self {
            account: account.to_owned(),
            token,
            refresh: None,
            token_expires: None,
            organization: organization.to_owned(),
            locale,
            format: video(),
            offsite_delivery: false,
            call_to_action: learn_more(),
            lead_form: None,
            titles: Vec::new(),
            seniorities: Vec::new(),
            industries: Vec::new(),
            geos: BTreeMap::new(),
            source_platform: None,
            settle_seconds: half_a_minute(),
            version: version(),
            base_url: base(),
        }
    }

    /// Refuses what can be no account.
    pub(super) fn check(&self) -> Result<()> {
        numbered("account", &self.account, "sponsoredAccount")?;
        numbered("organization", &self.organization, "organization")?;
        self.lead_form.as_deref().map_or(Ok(()), |form| numbered("lead_form", form, "adForm"))?;
        versions::expires(Platform::LinkedIn, &self.version)?;
        match &self.refresh {
            Some(refresh) => refresh.check()?,
            None if self.token.is_empty() => {
                return Err(Error::invalid("token", "is empty").next("sign a member in with the scope rw_ads"));
            }
            None => {}
        }
        self.check_locale()?;
        if ![Format::Video, Format::Carousel].contains(&self.format) {
            return Err(Error::invalid("format", format!("LinkedIn ads here are no {}", self.format))
                .next("choose video or carousel"));
        }
        if !LABELS.contains(&self.call_to_action.as_str()) {
            return Err(Error::invalid(
                "call_to_action",
                format!("LinkedIn knows no button {:?}", self.call_to_action),
            )
            .next(format!("use one of: {}", LABELS.join(", "))));
        }
        self.check_facets()
    }

    fn check_locale(&self) -> Result<()> {
        let Locale { country, language } = &self.locale;
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::invalid("locale.country", format!("{country:?} is no country")).next("write it as BR"));
        }
        if language.len() != 2 || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(
                Error::invalid("locale.language", format!("{language:?} is no language")).next("write it as pt")
            );
        }
        Ok(())
    }

    fn check_facets(&self) -> Result<()> {
        let lists = [
            ("titles", &self.titles, "title"),
            ("seniorities", &self.seniorities, "seniority"),
            ("industries", &self.industries, "industry"),
        ];
        for (field, urns, kind) in lists {
            urns.iter().try_for_each(|given| name_or_urn(field, given, kind))?;
        }
        self.geos.values().try_for_each(|urn| full_urn("geos", urn, "geo"))?;
        if !self.titles.is_empty() && !self.seniorities.is_empty() {
            return Err(Error::invalid("titles", "LinkedIn combines job titles with no seniorities")
                .next("leave one of them out"));
        }
        Ok(())
    }

    /// The digits of the account.
    pub(super) fn account_id(&self) -> &str {
        digits(&self.account)
    }

    /// The URN of the account.
    pub(super) fn account_urn(&self) -> String {
        format!("urn:li:sponsoredAccount:{}", self.account_id())
    }

    /// The URN of the page.
    pub(super) fn organization_urn(&self) -> String {
        format!("urn:li:organization:{}", digits(&self.organization))
    }

    /// The URN of the lead form, where there is one.
    pub(super) fn lead_form_urn(&self) -> Option<String> {
        self.lead_form.as_deref().map(|form| format!("urn:li:adForm:{}", digits(form)))
    }
}

/// What follows the last colon.
fn digits(text: &str) -> &str {
    text.rsplit_once(':').map_or(text, |(_, digits)| digits)
}

/// Digits alone, or a URN of the kind.
fn numbered(field: &str, text: &str, kind: &str) -> Result<()> {
    let id = text.strip_prefix(&format!("urn:li:{kind}:")).unwrap_or(text);
    if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("{text:?} is no {kind}"))
        .next(format!("give its digits, or urn:li:{kind}: and its digits")))
}

/// A name, which is looked up, or a URN of the kind.
fn name_or_urn(field: &str, text: &str, kind: &str) -> Result<()> {
    if text.starts_with("urn:") {
        return numbered(field, text, kind);
    }
    if text.chars().any(char::is_alphabetic) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("{text:?} is neither a name nor a URN"))
        .next(format!("write it as LinkedIn lists it in English, or as urn:li:{kind}:1")))
}

fn full_urn(field: &str, text: &str, kind: &str) -> Result<()> {
    if text.starts_with("urn:") {
        return numbered(field, text, kind);
    }
    Err(Error::invalid(field, format!("{text:?} is no URN")).next(format!("write it as urn:li:{kind}:1")))
}

fn video() -> Format {
    Format::Video
}

fn learn_more() -> String {
    "LEARN_MORE".to_owned()
}

fn half_a_minute() -> u32 {
    30
}

fn version() -> String {
    versions::checked(Platform::LinkedIn).to_owned()
}

fn base() -> String {
    BASE.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_names_the_field_that_is_wrong_and_never_shows_its_token() {
        let locale = Locale { country: "BR".into(), language: "pt".into() };
        let right = LinkedInConfig::new("urn:li:sponsoredAccount:12", Secret::new("canary"), "77", locale);
        right.check().unwrap();
        assert_eq!((right.account_id(), right.organization_urn().as_str()), ("12", "urn:li:organization:77"));
        assert!(!format!("{right:?}").contains("canary"));
        let bad_locale = Locale { country: "br".into(), language: "pt".into() };
        let seniorities = vec!["urn:li:seniority:6".to_owned()];
        for (wrong, field) in [
            (LinkedInConfig { account: "act_1".into(), ..right.clone() }, "account"),
            (LinkedInConfig { organization: "urn:li:person:1".into(), ..right.clone() }, "organization"),
            (LinkedInConfig { version: "26".into(), ..right.clone() }, "version"),
            (LinkedInConfig { token: Secret::new(""), ..right.clone() }, "token"),
            (LinkedInConfig { locale: bad_locale, ..right.clone() }, "locale.country"),
            (LinkedInConfig { format: Format::Stories, ..right.clone() }, "format"),
            (LinkedInConfig { call_to_action: "BUY".into(), ..right.clone() }, "call_to_action"),
            (LinkedInConfig { titles: vec!["6".into()], ..right.clone() }, "titles"),
            (LinkedInConfig { titles: vec!["urn:li:industry:6".into()], ..right.clone() }, "titles"),
            (LinkedInConfig { titles: vec!["urn:li:title:1".into()], seniorities, ..right.clone() }, "titles"),
        ] {
            assert!(wrong.check().unwrap_err().to_string().contains(field), "{field}");
        }
    }
}
