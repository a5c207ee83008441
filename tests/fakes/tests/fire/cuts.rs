//! Every answer cut at every byte.

use adbrain_core::control::JournalState;
use adbrain_core::model::{Change, ChangeKind, Currency, Money, Platform, Tag};
use adbrain_core::platform::AccountConfig;
use adbrain_fakes::fire::{Range, a_plan, account};
use adbrain_fakes::stage::{Files, Stage};
use adbrain_fakes::{Answer, Api, Exchange, Fake, Faults, Keeping, google, linkedin, meta, tiktok};
use jiff::SignedDuration;

/// Readings are cut at every byte in the long run, at one byte in so many in the usual one.
const STEP: usize = 8;

fn is_long() -> bool {
    std::env::var_os("ADBRAIN_LONG").is_some()
}

#[tokio::test]
async fn every_answer_to_a_reading_cut_at_every_byte_gives_a_value_or_an_error() {
    for platform in Platform::ALL.iter().copied() {
        let range = Range::of(platform).await;
        let (mut cuts, mut values) = (0, 0);
        let mut seen = std::collections::BTreeSet::new();
        for shot in range.shots.iter().filter(|shot| seen.insert((shot.reading, &shot.exchange.answer.body))) {
            let good = &shot.exchange.answer;
            for bytes in (0..good.body.len()).step_by(if is_long() { 1 } else { STEP }) {
                let answer = Answer { body: good.body[..bytes].to_vec(), ..good.clone() };
                cuts += 1;
                values += usize::from(range.fire(shot, answer).await.is_ok());
            }
            assert!(range.fire(shot, good.clone()).await.is_ok(), "{platform}: {:?}", shot.reading);
        }
        println!("{platform}: {} answers of readings, {cuts} cuts, {values} of them still whole", seen.len());
        // Half of a JSON object is none.
        assert!(cuts > 1_000 && values == 0, "{platform}: {cuts} cuts, {values} values");
    }
}

#[tokio::test]
async fn every_answer_to_a_write_cut_at_any_byte_makes_nothing_twice_and_gives_no_panic() {
    for platform in Platform::ALL.iter().copied() {
        let (_, whole) = drive(platform, None).await;
        let (mut cuts, mut writes) = (0, 0);
        for (number, exchange) in whole.iter().enumerate().filter(|(_, exchange)| is_write(exchange)) {
            writes += 1;
            for bytes in places(exchange.answer.body.len()) {
                let (twice, _) = drive(platform, Some((number, bytes))).await;
                assert!(twice.is_empty(), "{platform}: {} cut after {bytes}: {twice:?}", exchange.asked);
                cuts += 1;
            }
        }
        println!("{platform}: {writes} answers to writes, {cuts} cuts");
        assert!(writes >= 5, "{platform}");
    }
}

/// Where an answer is cut: at every byte in the long run, before the first one and in the middle in the usual one. Each is a launch of its own.
fn places(length: usize) -> Vec<usize> {
    if is_long() {
        return (0..length).collect();
    }
    std::collections::BTreeSet::from([0, length / 2]).into_iter().filter(|bytes| *bytes < length).collect()
}

/// Everything but a query of Google's, which is a POST too.
fn is_write(exchange: &Exchange) -> bool {
    !exchange.asked.starts_with("GET ") && !exchange.asked.contains("googleAds:search")
}

/// A launch with its changes over a fake, one of whose answers is cut: the tags that are there more than once, and every exchange.
async fn drive(platform: Platform, cut: Option<(usize, usize)>) -> (Vec<Tag>, Vec<Exchange>) {
    let stage = Stage::new().await;
    let clock = stage.clock();
    match platform {
        Platform::Meta => drive_over(stage, meta::MetaApi::new(clock), platform, cut).await,
        Platform::Google => drive_over(stage, google::GoogleApi::new(clock), platform, cut).await,
        Platform::TikTok => drive_over(stage, tiktok::TikTokApi::new(clock), platform, cut).await,
        Platform::LinkedIn => drive_over(stage, linkedin::LinkedInApi::new(clock), platform, cut).await,
        other => panic!("no fake of {other}"),
    }
}

async fn drive_over(
    stage: Stage,
    api: impl Api,
    platform: Platform,
    cut: Option<(usize, usize)>,
) -> (Vec<Tag>, Vec<Exchange>) {
    let (mut api, kept) = Keeping::new(api);
    if let Some((answer, bytes)) = cut {
        api = api.cutting(answer, bytes);
    }
    let fake = Fake::start(api, Faults::default()).await.unwrap();
    let mut account = account(platform);
    account["base_url"] = fake.url().into();
    let account = AccountConfig::from_value(&account).unwrap();
    let connector = account.open(stage.remote(), stage.database.clone(), stage.clock()).await.unwrap();
    let plan = a_plan(platform);
    let control = stage.control(connector.clone(), &plan).await;
    let mut outcomes = control.launch(&plan, &Files).await.unwrap_or_default();
    for _ in 0..2 {
        if outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed) {
            break;
        }
        stage.clock.advance(SignedDuration::from_mins(10));
        outcomes = control.launch(&plan, &Files).await.unwrap_or_default();
    }
    let _ = control.activate(&plan).await;
    stage.clock.advance(SignedDuration::from_hours(100));
    let money = |units: i64| Money::from_micros(units * 1_000_000, Currency::BRL);
    let kind = ChangeKind::SetDailyBudget { before: money(60), after: money(50) };
    let change = Change { platform, target: Tag::new("abs0000000001"), kind, cause: "test".into() };
    let _ = control.submit(&[change]).await;
    let _ = control.pause_all().await;
    stage.clock.advance(SignedDuration::from_mins(10));
    // Before the exchanges are taken: the cut is counted by those that are kept.
    let objects = connector.list().await.unwrap();
    let exchanges = kept.take();
    let mut tags: Vec<_> = objects.into_iter().filter_map(|object| object.tag).collect();
    tags.sort();
    let twice = tags.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0].clone()).collect();
    (twice, exchanges)
}
