//! The table: kinds of faults, operations, and what is expected.

use adbrain_fakes::Instead;

/// What the engine does with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Campaign,
    AdSet,
    Image,
    Video,
    Ad,
    Activate,
    Pause,
    Budget,
    Bid,
    List,
    Report,
    Estimate,
    Journal,
}

use Operation::{Activate, Ad, AdSet, Bid, Budget, Campaign, Estimate, Image, Journal, List, Pause, Report, Video};

/// The operations that write to an account.
pub(crate) const WRITES: [Operation; 9] = [Campaign, AdSet, Image, Video, Ad, Activate, Pause, Budget, Bid];

/// The operations that only read.
pub(crate) const READS: [Operation; 3] = [List, Report, Estimate];

/// What is expected after a fault at a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// It is done in the same call: once.
    Done,
    /// It is refused, and done when it is asked for again.
    Refused,
    /// The launch is taken back.
    TakenBack,
}

/// One fault at a write.
pub(crate) struct Wrong {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) canned: Instead,
}

impl Wrong {
    pub(crate) fn expected(&self, operation: Operation) -> Expected {
        match (self.kind, operation) {
            ("F7", Activate | Pause | Budget | Bid) => Expected::Refused,
            ("F7", _) => Expected::TakenBack,
            _ => Expected::Done,
        }
    }
}

fn wrong(
    kind: &'static str,
    name: impl Into<String>,
    (is_applied, status): (bool, u16),
    body: impl Into<Vec<u8>>,
) -> Wrong {
    Wrong { kind, name: name.into(), canned: Instead { is_applied, status, header: None, body: body.into() } }
}

/// Meta's own words for too many requests.
pub(crate) const THROTTLED: &str =
    r#"{"error":{"message":"too many calls","type":"OAuthException","code":80004,"fbtrace_id":"x"}}"#;
/// And for a token that is no longer valid.
pub(crate) const EXPIRED: &str =
    r#"{"error":{"message":"expired","type":"OAuthException","code":190,"error_subcode":463,"fbtrace_id":"x"}}"#;
const FAILED: &str =
    r#"{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1,"fbtrace_id":"x"}}"#;
/// F1: seconds, a date, nothing, and what makes no sense.
const RETRY_AFTER: [Option<&str>; 7] =
    [Some("1"), Some("Mon, 30 Nov 2026 13:00:00 GMT"), None, Some("36000"), Some("-1"), Some("soon"), Some("")];

/// Answers of a wrong shape to a write that was done.
pub(crate) fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("null", b"null".to_vec()),
        ("a list", b"[]".to_vec()),
        ("nothing in it", b"{}".to_vec()),
        ("an id that is null", br#"{"id": null}"#.to_vec()),
        ("a page for people", b"<html><body>502</body></html>".to_vec()),
        ("no text", vec![0xff, 0xfe, 0x00, 0x80]),
        ("deep nesting", "[".repeat(10_000).into_bytes()),
        ("nothing", Vec::new()),
    ]
}

/// Every fault at a write.
pub(crate) fn wrongs() -> Vec<Wrong> {
    let mut all: Vec<_> = RETRY_AFTER
        .iter()
        .map(|wait| {
            let mut one = wrong("F1", format!("429, retry after {wait:?}"), (false, 429), "");
            one.canned.header = wait.map(|wait| ("retry-after".to_owned(), wait.to_owned()));
            one
        })
        .collect();
    all.extend([400, 200].map(|status| wrong("F2", format!("throttled with {status}"), (false, status), THROTTLED)));
    all.extend([500, 502, 503, 504].map(|status| wrong("F3", format!("{status} before"), (false, status), FAILED)));
    all.extend([500, 502, 503, 504].map(|status| wrong("F4", format!("{status} after"), (true, status), FAILED)));
    all.extend([1, 5, 9].map(|bytes| wrong("F5", format!("{bytes} bytes"), (true, 200), &br#"{"id": "12"}"#[..bytes])));
    all.extend(garbage().into_iter().map(|(name, body)| wrong("F6", name, (true, 200), body)));
    all.push(wrong("F7", "an expired token", (false, 401), EXPIRED));
    all
}

/// Pairs that other suites of this workspace cover: the launch is killed at every boundary of these operations; people edit
/// between all of these.
pub(crate) const ELSEWHERE: &[(&str, &[Operation], &str)] = &[
    ("F13", &[Campaign, AdSet, Image, Video, Ad, Activate, Journal], "kills"),
    ("F13", &[Pause, Budget], "simulation"),
    ("F14", &[Journal], "simulation"),
    ("F16", &[Activate, Pause, Budget, List], "simulation"),
];

/// What is not covered: the kind, how many pairs of the notes, and why.
pub(crate) const NOT_COVERED: &[(&str, usize, &str)] = &[
    (
        "F1 to F7",
        10,
        "reports that run apart, refreshing a token, language models and notifications are not tried here",
    ),
    ("F8", 2, "clocks that jump are tried in the tests of caps alone"),
    ("F9", 7, "control sends one object, or one tree that is made as a whole: no batch can be done in part"),
    ("F11", 1, "reports that run apart are not tried here"),
    ("F12", 1, "moved offsets are what each fake asks for in any upload; there is no pair of its own"),
    ("F14", 1, "the memory is not tried here"),
    ("F15", 2, "no server of remote libSQL runs in these tests"),
    ("F17", 3, "restated and damaged figures are not tried here"),
    ("F18", 1, "there is no inbound webhook"),
    ("F19", 1, "there are no notifications"),
    ("F20", 1, "there is no language model"),
];
