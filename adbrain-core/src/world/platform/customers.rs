//! Customers as platforms match them: e-mail addresses and phone numbers, written by each platform's rule and hashed with SHA-256.
//!
//! A raw address or number is a [`Secret`]: it is never shown, kept or logged, and only its hash leaves this module. Hashes are sent to the
//! platform and go nowhere else.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;
use crate::model::{ContentHash, Platform};

/// The digits of a phone number with its country: E.164 allows 15; shorter ones than 8 have no country.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Whether the people consented to be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerConsent {
    /// They did, for this use, and the advertiser can show it.
    Given,
    /// They did not, or nobody knows.
    #[default]
    NotGiven,
}

/// How a person is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Customer {
    /// By an e-mail address.
    Email(Secret),
    /// By a phone number that begins with `+` and its country.
    Phone(Secret),
}

impl Customer {
    /// Reads people as other languages write them, each an object with one field, `email` or `phone`.
    ///
    /// ```
    /// use adbrain_core::platform::Customer;
    /// let people = serde_json::json!([{"email": "mary@example.com"}, {"phone": "+55 11 98765-4321"}]);
    /// assert_eq!(Customer::read_list(&people)?.len(), 2);
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the place of somebody who is written otherwise: `customers[3]`. It quotes nobody.
    pub fn read_list(list: &serde_json::Value) -> Result<Vec<Self>> {
        let wrong = |place: &str| {
            Error::invalid(place, "is written otherwise than a person is")
                .next(r#"give a list of objects such as {"email": "..."} and {"phone": "+55 ..."}, one field each"#)
        };
        let one = |(at, person): (usize, &serde_json::Value)| {
            let fields = person.as_object().filter(|fields| fields.len() == 1);
            let field = fields.and_then(|fields| fields.iter().next());
            match field.map(|(name, value)| (name.as_str(), value.as_str())) {
                Some(("email", Some(email))) => Ok(Self::Email(Secret::new(email))),
                Some(("phone", Some(phone))) => Ok(Self::Phone(Secret::new(phone))),
                _ => Err(wrong(&format!("customers[{at}]"))),
            }
        };
        list.as_array().ok_or_else(|| wrong("customers"))?.iter().enumerate().map(one).collect()
    }
}

/// Hashes that a platform takes, each once and in their order, so that they say nothing about the order of the people.
///
/// Only [`hash_customers`] makes them, with consent. They are neither serialized nor shown: `Debug` tells how many there are.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedCustomers {
    platform: Platform,
    emails: Vec<String>,
    phones: Vec<String>,
    left_out: u64,
}

impl HashedCustomers {
    /// The platform by whose rule they were written.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// SHA-256 of e-mail addresses, in small hexadecimal digits.
    pub fn emails(&self) -> &[String] {
        &self.emails
    }

    /// SHA-256 of phone numbers, in small hexadecimal digits.
    pub fn phones(&self) -> &[String] {
        &self.phones
    }

    /// How many people were left out because they have no address or no number with its country, or because the platform matches none of
    /// the kind.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether there is nobody to match.
    pub fn is_empty(&self) -> bool {
        self.emails.is_empty() && self.phones.is_empty()
    }

    /// What stands for the whole list: the same people on the same platform give the same.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where it cannot be computed.
    pub fn content_hash(&self) -> Result<ContentHash> {
        ContentHash::of_value(&(self.platform, &self.emails, &self.phones))
    }
}

impl fmt::Debug for HashedCustomers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { platform, emails, phones, left_out } = self;
        let (emails, phones) = (emails.len(), phones.len());
        write!(
            out,
            "HashedCustomers {{ platform: {platform}, emails: {emails}, phones: {phones}, left_out: {left_out} }}"
        )
    }
}

/// Hashes customers by a platform's rule.
///
/// ```
/// use adbrain_core::http::Secret;
/// use adbrain_core::model::Platform;
/// use adbrain_core::platform::{Customer, CustomerConsent, hash_customers};
/// let people = [Customer::Email(Secret::new(" Mary@Example.com ")), Customer::Phone(Secret::new("+1 (650) 555-1212"))];
/// let hashed = hash_customers(Platform::Meta, &people, CustomerConsent::Given)?;
/// // Meta's own examples.
/// assert_eq!(hashed.emails(), ["f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79"]);
/// assert_eq!(hashed.phones(), ["e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"]);
/// assert!(hash_customers(Platform::Meta, &people, CustomerConsent::NotGiven).is_err());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Refused`] without consent.
pub fn hash_customers(platform: Platform, customers: &[Customer], consent: CustomerConsent) -> Result<HashedCustomers> {
    if consent == CustomerConsent::NotGiven {
        return Err(Error::new(
            ErrorKind::Refused,
            "consent: the people did not consent to be matched with a platform",
        )
        .with("field", "consent")
        .next("ask them, and give those who consented"));
    }
    let mut hashed = HashedCustomers { platform, emails: Vec::new(), phones: Vec::new(), left_out: 0 };
    for customer in customers {
        match customer {
            Customer::Email(email) => match email_of(platform, email.expose()) {
                Some(email) => hashed.emails.push(sha256(&email)),
                None => hashed.left_out += 1,
            },
            Customer::Phone(phone) => match phone_of(platform, phone.expose()) {
                Some(phone) => hashed.phones.push(sha256(&phone)),
                None => hashed.left_out += 1,
            },
        }
    }
    for hashes in [&mut hashed.emails, &mut hashed.phones] {
        hashes.sort_unstable();
        hashes.dedup();
    }
    Ok(hashed)
}

/// An address as a platform matches it; none for what is no address.
///
/// All four trim it and write it in small letters. Google drops the dots of Gmail's local parts (developers.google.com/google-ads/api,
/// customer match; dots alone, as the guide's own code does); `TikTok` drops what follows a plus sign (ads.tiktok.com/help, supported ids of
/// customer files, August 2025).
fn email_of(platform: Platform, raw: &str) -> Option<String> {
    let email = raw.trim().to_lowercase();
    let (local, domain) = email.split_once('@')?;
    let is_whole = !local.is_empty() && domain.contains('.') && !domain.contains('@');
    if !is_whole || email.contains(char::is_whitespace) {
        return None;
    }
    let local = match platform {
        Platform::Google if ["gmail.com", "googlemail.com"].contains(&domain) => local.replace('.', ""),
        Platform::TikTok => local.split('+').next().unwrap_or_default().to_owned(),
        Platform::Meta | Platform::Google | Platform::LinkedIn => local.to_owned(),
    };
    (!local.is_empty()).then(|| format!("{local}@{domain}"))
}

/// A number as a platform matches it; none for what has no country, and on `LinkedIn`, which matches no phone numbers.
///
/// Meta and `TikTok` take the digits alone, Google E.164 with its plus sign.
fn phone_of(platform: Platform, raw: &str) -> Option<String> {
    let number = raw.trim().strip_prefix('+')?;
    let is_written_so = number.chars().all(|letter| letter.is_ascii_digit() || " -().".contains(letter));
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let has_country = !digits.starts_with('0') && PHONE_DIGITS.contains(&digits.len());
    match platform {
        _ if !is_written_so || !has_country => None,
        Platform::LinkedIn => None,
        Platform::Google => Some(format!("+{digits}")),
        Platform::Meta | Platform::TikTok => Some(digits),
    }
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(platform: Platform, raw: &str) -> Vec<String> {
        let people = [Customer::Email(Secret::new(raw))];
        hash_customers(platform, &people, CustomerConsent::Given).unwrap().emails
    }

    fn phone(platform: Platform, raw: &str) -> Vec<String> {
        let people = [Customer::Phone(Secret::new(raw))];
        hash_customers(platform, &people, CustomerConsent::Given).unwrap().phones
    }

    #[test]
    fn published_examples_are_met() {
        // Meta, customer file custom audiences: mary@example.com and 1-650-555-1212.
        let mary = "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79";
        assert_eq!(email(Platform::Meta, "mary@example.com"), [mary]);
        let number = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176";
        assert_eq!(phone(Platform::Meta, "+1-650-555-1212"), [number]);
        // TikTok, supported ids of customer files: janedoe@gmail.com and 374-93-828222.
        let jane = "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69";
        assert_eq!(email(Platform::TikTok, " JaneDoe+ads@gmail.com"), [jane]);
        let number = "65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4";
        assert_eq!(phone(Platform::TikTok, "+374-93-828222"), [number]);
    }

    #[test]
    fn each_platform_writes_an_address_and_a_number_by_its_rule() {
        let raw = " Jane.Doe+Ads@GMail.com";
        for (platform, written) in [
            (Platform::Meta, "jane.doe+ads@gmail.com"),
            (Platform::Google, "janedoe+ads@gmail.com"),
            (Platform::TikTok, "jane.doe@gmail.com"),
            (Platform::LinkedIn, "jane.doe+ads@gmail.com"),
        ] {
            assert_eq!(email_of(platform, raw).as_deref(), Some(written), "{platform}");
        }
        assert_eq!(email_of(Platform::Google, "a.b@example.com").as_deref(), Some("a.b@example.com"));
        for (platform, written) in [
            (Platform::Meta, Some("5511987654321")),
            (Platform::Google, Some("+5511987654321")),
            (Platform::TikTok, Some("5511987654321")),
            (Platform::LinkedIn, None),
        ] {
            assert_eq!(phone_of(platform, "+55 (11) 98765-4321").as_deref(), written, "{platform}");
        }
    }

    #[test]
    fn what_is_no_address_or_has_no_country_is_left_out_and_counted() {
        for wrong in ["", "mary", "@example.com", "mary@", "mary@com", "a b@example.com", "a@b@example.com"] {
            assert!(email(Platform::Meta, wrong).is_empty(), "{wrong}");
        }
        for wrong in ["", "11 98765-4321", "+0 11 98765", "+55", "+55 11 ab", "+1234567890123456"] {
            assert!(phone(Platform::Google, wrong).is_empty(), "{wrong}");
        }
        let people = [Customer::Email(Secret::new("no")), Customer::Phone(Secret::new("no"))];
        assert_eq!(hash_customers(Platform::Meta, &people, CustomerConsent::Given).unwrap().left_out, 2);
    }

    #[test]
    fn a_person_who_is_there_twice_counts_once_and_nothing_raw_is_shown() {
        let people = ["canary@example.com", "CANARY@example.com "].map(|email| Customer::Email(Secret::new(email)));
        let hashed = hash_customers(Platform::Meta, &people, CustomerConsent::Given).unwrap();
        assert_eq!(hashed.emails.len(), 1);
        let shown = format!("{people:?} {hashed:?}");
        assert!(!shown.to_lowercase().contains("canary") && !shown.contains(&hashed.emails[0]), "{shown}");
        let again = hash_customers(Platform::Meta, &people[..1], CustomerConsent::Given).unwrap();
        assert_eq!(again.content_hash().unwrap(), hashed.content_hash().unwrap());
        let elsewhere = hash_customers(Platform::LinkedIn, &people, CustomerConsent::Given).unwrap();
        assert_ne!(elsewhere.content_hash().unwrap(), hashed.content_hash().unwrap());
    }

    #[test]
    fn people_are_read_from_a_list_and_none_is_quoted() {
        let read = |list| Customer::read_list(&list);
        let people = read(serde_json::json!([{"email": "a@example.com"}, {"phone": "+1"}])).unwrap();
        assert_eq!(people, [Customer::Email(Secret::new("a@example.com")), Customer::Phone(Secret::new("+1"))]);
        for (wrong, place) in [
            (serde_json::json!("canary@example.com"), "customers"),
            (serde_json::json!(["canary@example.com"]), "customers[0]"),
            (serde_json::json!([{"email": "a@example.com"}, {"canary@example.com": 1}]), "customers[1]"),
            (serde_json::json!([{"email": "canary@example.com", "phone": "+1"}]), "customers[0]"),
            (serde_json::json!([{"email": 7}]), "customers[0]"),
        ] {
            let error = read(wrong).unwrap_err();
            assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some(place)));
            assert!(!format!("{error:?}").contains("canary"), "{error}");
        }
    }

    #[test]
    fn without_consent_nothing_is_hashed() {
        let error = hash_customers(Platform::Meta, &[], CustomerConsent::default()).unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::Refused, Some("consent")));
    }
}
