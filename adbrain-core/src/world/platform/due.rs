//! What will stop working soon: a version, a token, a refresh token. Told when an account is opened.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{TokenRefresh, versions};
use crate::clock::Clock;
use crate::model::{Language, Message, Platform};

/// So many days before a token ends it is warned of.
const WARNING_DAYS: i32 = 30;

/// What an account depends on.
pub(super) struct Due<'a> {
    pub(super) platform: Platform,
    pub(super) version: &'a str,
    /// The last day of the token.
    pub(super) token: Option<Date>,
    pub(super) refresh: Option<&'a TokenRefresh>,
}

/// What to say today, for the capabilities of the account; also written to the log.
pub(super) fn warnings(due: &Due<'_>, clock: &dyn Clock) -> Vec<Message> {
    let today = clock.now().to_zoned_datetime(TimeZone::UTC).date();
    let version = versions::warning(due.platform, due.version, today);
    // A token that is made anew may end.
    let token = due.token.filter(|_| due.refresh.is_none());
    let token = token.and_then(|last| ending(["platform-token-ends", "platform-token-ended"], due, last, today));
    let refresh = due.refresh.and_then(|refresh| refresh.expires);
    let keys = ["platform-refresh-token-ends", "platform-refresh-token-ended"];
    let refresh = refresh.and_then(|last| ending(keys, due, last, today));
    let found: Vec<_> = version.into_iter().chain(token).chain(refresh).collect();
    for warning in &found {
        tracing::warn!("{}", warning.text(Language::English));
    }
    found
}

/// Nothing while there are more than 30 days; the last day counts as one on which it works.
fn ending([ends, ended]: [&str; 2], due: &Due<'_>, last: Date, today: Date) -> Option<Message> {
    let days = (last - today).get_days();
    let message = Message::new(if days >= 0 { ends } else { ended })
        .with("platform", due.platform.as_str())
        .with("day", last.to_string())
        .with("days", i64::from(days));
    (days <= WARNING_DAYS).then_some(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn keys(due: &Due<'_>, now: &str) -> Vec<String> {
        let clock = ManualClock::at(now.parse().unwrap());
        warnings(due, &clock).into_iter().map(|message| message.key).collect()
    }

    #[test]
    fn a_token_is_warned_of_thirty_days_ahead_and_after_its_last_day() {
        let token = Some("2027-01-31".parse().unwrap());
        let due = Due { platform: Platform::Meta, version: "v26.0", token, refresh: None };
        assert!(keys(&due, "2026-12-31T23:59:00Z").is_empty());
        assert_eq!(keys(&due, "2027-01-01T00:00:00Z"), ["platform-token-ends"]);
        assert_eq!(keys(&due, "2027-01-31T12:00:00Z"), ["platform-token-ends"]);
        assert_eq!(keys(&due, "2027-02-01T00:00:00Z"), ["platform-token-ended"]);
    }

    #[test]
    fn with_a_refresh_token_its_own_end_counts() {
        let refresh: TokenRefresh = serde_json::from_str(
            r#"{"client_id": "a", "client_secret": "b", "refresh_token": "c", "expires": "2027-01-31"}"#,
        )
        .unwrap();
        let token = Some("2026-12-01".parse().unwrap());
        let due = Due { platform: Platform::LinkedIn, version: "202608", token, refresh: Some(&refresh) };
        assert!(keys(&due, "2026-12-05T00:00:00Z").is_empty());
        assert_eq!(keys(&due, "2027-01-20T00:00:00Z"), ["platform-refresh-token-ends"]);
        let told = warnings(&due, &ManualClock::at("2027-01-20T00:00:00Z".parse().unwrap()));
        for language in [Language::English, Language::Portuguese] {
            assert!(told[0].text(language).contains("2027-01-31"), "{}", told[0].text(language));
        }
    }
}
