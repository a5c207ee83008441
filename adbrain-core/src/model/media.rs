//! The user's own media files and the rights to use them.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::flight::plain_date;
use super::{Flight, Message};

super::platform::named! {
    /// What a media file is.
    MediaKind {
        /// A still picture.
        Image = "image",
        /// A moving picture.
        Video = "video",
    }
}

super::platform::named! {
    /// What a right allows.
    RightsScope {
        /// Unpaid posts alone: not enough for an ad.
        Organic = "organic",
        /// Paid advertising.
        PaidAds = "paid_ads",
    }
}

/// A permission to use somebody's content, as the rights ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// Who made the content.
    pub creator: String,
    /// What the permission allows.
    pub scope: RightsScope,
    /// The last day of the permission, included; none means without end.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "plain_date::or_none")]
    #[schemars(with = "Option<String>")]
    pub expires: Option<Date>,
    /// Where the proof is kept: a contract number, a message, a link.
    pub proof: String,
}

impl Rights {
    /// Why content with this permission may not be in paid ads through a whole flight; none where it may. The text wants `file`.
    pub fn refusal(&self, flight: &Flight) -> Option<Message> {
        if self.scope != RightsScope::PaidAds {
            return Some(Message::new("creative-skip-rights-scope").with("creator", self.creator.as_str()));
        }
        if self.proof.trim().is_empty() || self.creator.trim().is_empty() {
            return Some(Message::new("creative-skip-rights-proof"));
        }
        let expires = self.expires.filter(|expires| *expires < flight.end)?;
        let message = Message::new("creative-skip-rights-expired").with("expires", expires.to_string());
        Some(message.with("end", flight.end.to_string()))
    }
}

/// A file that the brief brings along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaItem {
    /// The path, relative to the brief's own folder or absolute.
    pub path: String,
    /// What it is; by its own bytes where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MediaKind>,
    /// What it shows, for people who cannot see it.
    pub alternative_text: String,
    /// Whether users of the product made it; then rights are needed.
    #[serde(default)]
    pub is_user_content: bool,
    /// The permission to use it, where somebody else made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<Rights>,
}

impl MediaItem {
    /// Why paid ads may not show it through a whole flight; none where they may. A file that the advertiser made needs no entry in the
    /// rights ledger; a file by users needs one, and an entry that exists has to hold.
    pub fn refusal(&self, flight: &Flight) -> Option<Message> {
        let reason = match &self.rights {
            Some(rights) => rights.refusal(flight)?,
            None if self.is_user_content => Message::new("creative-skip-rights-none"),
            None => return None,
        };
        Some(reason.with("file", self.path.as_str()))
    }
}

/// What was found by looking into a media file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaFacts {
    /// The format by the file's own bytes: `png`, `jpeg`, `mp4`.
    pub format: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Length of a video in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Size in bytes.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(scope: RightsScope, expires: Option<&str>, proof: &str) -> Option<String> {
        let rights = Rights {
            creator: "Ana".into(),
            scope,
            expires: expires.map(|day| day.parse().unwrap()),
            proof: proof.into(),
        };
        let item = MediaItem {
            path: "a.jpg".into(),
            kind: Some(MediaKind::Image),
            alternative_text: "a".into(),
            is_user_content: true,
            rights: Some(rights),
        };
        let flight = Flight {
            start: "2027-01-04".parse().unwrap(),
            end: "2027-02-02".parse().unwrap(),
            time_zone: "America/Sao_Paulo".into(),
        };
        item.refusal(&flight).map(|reason| reason.key)
    }

    #[test]
    fn a_right_has_to_cover_paid_ads_the_whole_flight_with_proof() {
        let paid = RightsScope::PaidAds;
        assert_eq!(reason(paid, None, "c-1"), None);
        assert_eq!(reason(paid, Some("2027-02-02"), "c-1"), None);
        assert_eq!(reason(paid, Some("2027-02-01"), "c-1").unwrap(), "creative-skip-rights-expired");
        assert_eq!(reason(paid, None, " ").unwrap(), "creative-skip-rights-proof");
        assert_eq!(reason(RightsScope::Organic, None, "c-1").unwrap(), "creative-skip-rights-scope");
    }
}
