//! Many spoiled answers for every platform, each in a process of its own whose memory is measured.

use std::process::Command;
use std::time::Instant;

use adbrain_core::model::Platform;
use adbrain_fakes::fire::{Range, Reading, Shot};
use adbrain_fakes::{Answer, spoiled};
use serde_json::Value;

/// Which platform a process of its own is for, and with how many bodies.
const CHILD: &str = "ADBRAIN_FIRE";
/// The bodies of the usual run and of the long one.
const BODIES: [u64; 2] = [2_000, 1_000_000];
/// An opening makes new connections, which takes long: one in so many bodies.
const OPENINGS: u64 = 200;
/// The size of a huge body, in bytes.
const HUGE: usize = 50 << 20;
/// The most memory that a process may ever have had, in kilobytes.
const MEMORY: u64 = 256 << 10;

fn bodies() -> u64 {
    BODIES[usize::from(std::env::var_os("ADBRAIN_LONG").is_some())]
}

/// Runs one test of this file in a process of its own, and wants its memory small.
fn alone(test: &str, platform: Platform) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("spoiled::{test}"), "--nocapture"])
        .env(CHILD, platform.as_str())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{platform}: {told}\n{}", String::from_utf8_lossy(&output.stderr));
    let line = told.lines().find(|line| line.contains("peak memory")).unwrap();
    println!("{line}");
    let memory: u64 = line.rsplit(' ').nth(1).unwrap().parse().unwrap();
    assert!(memory < MEMORY, "{line}");
}

/// The platform that this process is for; none in the process of the tests themselves.
fn child() -> Option<Platform> {
    std::env::var(CHILD).ok().map(|platform| platform.parse().unwrap())
}

/// The most memory that this process has had, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the speed of a test is measured in real time")]
async fn spoiled_bodies_give_values_or_errors_in_little_memory() {
    let Some(platform) = child() else {
        return Platform::ALL.iter().copied().for_each(|platform| {
            alone("spoiled_bodies_give_values_or_errors_in_little_memory", platform);
        });
    };
    let (range, began) = (Range::of(platform).await, Instant::now());
    let parsed: Vec<(&Shot, Value)> =
        range.shots.iter().map(|shot| (shot, serde_json::from_slice(&shot.exchange.answer.body).unwrap())).collect();
    let (openings, readings): (Vec<_>, Vec<_>) =
        parsed.into_iter().partition(|(shot, _)| shot.reading == Reading::Open);
    let (mut values, mut errors) = (0_u64, 0_u64);
    for number in 0..bodies() {
        let shots = if number.is_multiple_of(OPENINGS) { &openings } else { &readings };
        let (shot, good) = &shots[usize::try_from(number).unwrap() % shots.len()];
        match range.fire(shot, spoiled(&shot.exchange.answer, good, number)).await {
            Ok(_) => values += 1,
            Err(error) => {
                errors += 1;
                assert!(!error.message().is_empty() && !error.to_string().contains("canary"), "{error:?}");
            }
        }
    }
    assert!(values > bodies() / 50 && errors > bodies() / 50, "{values} values, {errors} errors");
    #[expect(clippy::cast_precision_loss, reason = "some millions")]
    let speed = bodies() as f64 / began.elapsed().as_secs_f64();
    println!(
        "{platform}: {} bodies, {values} values, {errors} errors, {} requests, {speed:.0} bodies/s, peak memory {} kB",
        bodies(),
        range.asked(),
        peak()
    );
}

/// How many kinds of huge bodies there are.
const SHAPES: usize = 10;

/// Bodies of fifty megabytes: blanks, texts, numbers, objects, brackets, broken letters, and errors that never end.
fn huge(shape: usize) -> Vec<u8> {
    let fill = |start: &str, unit: &str, end: &str| {
        let mut body = Vec::with_capacity(HUGE + unit.len() + end.len());
        body.extend(start.as_bytes());
        while body.len() < HUGE {
            body.extend(unit.as_bytes());
        }
        body.extend(end.as_bytes());
        body
    };
    match shape {
        0 => fill("", " ", ""),
        1 => fill("{\"data\": \"", "x", "\"}"),
        2 => fill("{\"data\": [", "0,", "0]}"),
        3 => fill("{\"data\": [", "{},", "{}]}"),
        4 => fill("", "[", ""),
        5 => vec![0xff; HUGE],
        6 => fill("{\"error\": {\"code\": 1, \"message\": \"m\", \"error_data\": [", "0,", "0]}}"),
        7 => fill("{\"code\": 0, \"message\": \"OK\", \"elements\": [", "{\"a\":0},", "{}]}"),
        8 => fill("{\"code\": 40002, \"message\": \"", "x", "\"}"),
        _ => fill("{\"error\": {\"code\": 100, \"message\": \"", "x", "\"}}"),
    }
}

#[tokio::test]
async fn huge_bodies_give_values_or_errors_in_little_memory() {
    let Some(platform) = child() else {
        return Platform::ALL.iter().copied().for_each(|platform| {
            alone("huge_bodies_give_values_or_errors_in_little_memory", platform);
        });
    };
    let range = Range::of(platform).await;
    let first = |reading| range.shots.iter().find(|shot| shot.reading == reading).unwrap();
    let mut worst = 0;
    let usual = [(Reading::List, 200), (Reading::Days, 400)];
    let rest = if bodies() == BODIES[1] { &[(Reading::Open, 200), (Reading::Days, 200)][..] } else { &[] };
    for (reading, status) in usual.iter().chain(rest).copied() {
        for shape in 0..SHAPES {
            let before = peak();
            let answer = Answer { status, body: huge(shape), ..first(reading).exchange.answer.clone() };
            let outcome = range.fire(first(reading), answer).await;
            assert!(outcome.is_err() || reading != Reading::Open, "{reading:?} {status} {shape}");
            if let Err(error) = outcome {
                assert!(error.to_string().len() < 10_000, "{reading:?} {status} {shape}: an error of its own size");
            }
            if peak() > before {
                worst = peak();
                println!("{platform}: {reading:?} with {status}, shape {shape}: {worst} kB");
            }
        }
    }
    println!("{platform}: bodies of {} MB, peak memory {worst} kB", HUGE >> 20);
}
