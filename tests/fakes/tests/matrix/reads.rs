//! Faults while an account is listed.

use adbrain_core::platform::{InsightsQuery, InsightsStep, LookUp};
use adbrain_core::{Connector as _, ErrorKind};
use adbrain_fakes::Instead;
use serde_json::json;

use crate::bench::Bench;
use crate::table::{EXPIRED, Operation, READS, THROTTLED, garbage};

/// A page that names itself as the next one.
const CIRCLE: &str =
    r#"{"data":[],"paging":{"cursors":{"before":"0","after":"0"},"next":"https://graph.facebook.com/next"}}"#;
/// More pages than any account has.
const MANY: u64 = 3_000;

fn canned(status: u16, body: impl Into<Vec<u8>>) -> Instead {
    Instead { is_applied: false, status, header: None, body: body.into() }
}

/// What a read gives where the next requests are answered so.
async fn read(operation: Operation, answers: u64, canned: Instead) -> Result<(), ErrorKind> {
    let bench = Bench::new(None).await;
    for number in 1..=answers {
        bench.fake.answer_read(number, canned.clone());
    }
    let read = match operation {
        Operation::Report => {
            let (start, end) = ("2026-11-01T00:00:00Z".parse().unwrap(), "2026-11-03T00:00:00Z".parse().unwrap());
            bench.meta.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await.map(|_| ())
        }
        Operation::Estimate => {
            let audience = serde_json::from_value(json!({"name": "all", "countries": ["BR"]})).unwrap();
            bench.meta.look_up(&LookUp::AudienceSize { audience }).await.map(|_| ())
        }
        _ => bench.meta.list().await.map(|objects| assert_eq!(objects.len(), 3)),
    };
    read.map_err(|error| error.kind())
}

/// Runs all of them, and gives the pairs that they are. What passes is tried again, what stays is told.
pub(crate) async fn all() -> Vec<(&'static str, Operation)> {
    let mut pairs = Vec::new();
    for operation in READS {
        faults(operation).await;
        pairs.extend(["F1", "F2", "F3", "F5", "F6", "F7"].map(|kind| (kind, operation)));
    }
    let found = read(Operation::List, MANY, canned(200, CIRCLE)).await;
    assert_eq!(found, Err(ErrorKind::Unavailable), "F10");
    pairs.push(("F10", Operation::List));
    pairs
}

async fn faults(operation: Operation) {
    let case = |kind: &str| format!("{kind} at {operation:?}");
    let kind = async |answers, canned| read(operation, answers, canned).await;
    assert_eq!(kind(1, canned(429, "")).await, Ok(()), "{}", case("F1 once"));
    assert_eq!(kind(3, canned(429, "")).await, Err(ErrorKind::RateLimited), "{}", case("F1"));
    for status in [400, 200] {
        let found = kind(3, canned(status, THROTTLED)).await;
        assert_eq!(found, Err(ErrorKind::RateLimited), "{}", case("F2"));
    }
    for status in [500, 502, 503, 504] {
        assert_eq!(kind(1, canned(status, "")).await, Ok(()), "{}", case("F3 once"));
        assert_eq!(kind(3, canned(status, "")).await, Err(ErrorKind::Unavailable), "{}", case("F3"));
    }
    let cut = kind(3, canned(200, &br#"{"data":[{"id"#[..])).await;
    assert_eq!(cut, Err(ErrorKind::Unavailable), "{}", case("F5"));
    for (name, body) in garbage() {
        let found = kind(3, canned(200, body)).await;
        assert_eq!(found, Err(ErrorKind::Unavailable), "{}: {name}", case("F6"));
    }
    assert_eq!(kind(1, canned(401, EXPIRED)).await, Err(ErrorKind::Unauthorized), "{}", case("F7"));
}
