//! The rights ledger: no valid right for paid ads, no ad.

use crate::model::{Flight, MediaItem, Message};

/// Whether a file may be used in paid ads through the whole flight; the reason where it may not.
///
/// A file that the advertiser made needs no entry. A file by users needs one, and an entry that exists has to hold.
pub(super) fn check(item: &MediaItem, flight: &Flight) -> Result<(), Message> {
    match &item.rights {
        Some(rights) => rights.refusal(flight).map_or(Ok(()), |reason| Err(reason.with("file", item.path.as_str()))),
        None if item.is_user_content => Err(Message::new("creative-skip-rights-none").with("file", item.path.as_str())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MediaKind, Rights, RightsScope};

    fn reason(scope: RightsScope, expires: Option<&str>, proof: &str) -> Option<String> {
        let rights = Rights {
            creator: "Ana".into(),
            scope,
            expires: expires.map(|day| day.parse().unwrap()),
            proof: proof.into(),
        };
        let item = MediaItem {
            path: "a.jpg".into(),
            kind: MediaKind::Image,
            alternative_text: "a".into(),
            is_user_content: true,
            rights: Some(rights),
        };
        let flight = Flight {
            start: "2027-01-04".parse().unwrap(),
            end: "2027-02-02".parse().unwrap(),
            time_zone: "America/Sao_Paulo".into(),
        };
        check(&item, &flight).err().map(|reason| reason.key)
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
