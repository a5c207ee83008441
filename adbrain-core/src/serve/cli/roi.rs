//! `roi`: what the engine promises its users, measured: each figure with its baseline.

use std::io::Write as _;

use serde::Serialize;

use super::args::Roi;
use super::rules;
use crate::clock::{Clock as _, SystemClock};
use crate::error::Result;
use crate::market::World;
use crate::model::{Language, Message};
use crate::sim::{Contender, Load, Range, Score, WatchScore};
use crate::trials::{Trials, watch_seeds};

/// The world in which returns are compared, that in which conversions break, and those in which alarms are.
const CALM: &str = "stationary";
const BROKEN: &str = "conversion_break";
const SHOCKED: [&str; 2] = ["price_shock", BROKEN];
/// Campaigns that are watched and decided on in one cycle.
const CAMPAIGNS: u32 = 10_000;
/// Values that a person writes, and calls, for the same launch on four platforms: ours, and those of a script over the platforms' own packages.
/// Counted by `benches/src/bin/setup.rs` from what goes over the wire.
const SETUP: Setup = Setup { ours: [15, 2], script: [212, 26] };

struct Setup {
    ours: [u32; 2],
    script: [u32; 2],
}

/// One promise.
#[derive(Debug, Serialize)]
struct Measured {
    /// What it is about: `setup`, `returns`, `reaction`, `management`.
    promise: &'static str,
    /// What was promised: -0.6 for 60 % less.
    promised: f64,
    /// What was measured.
    figure: Option<f64>,
    /// The interval of 95 % over seeds, where there are several.
    low: Option<f64>,
    high: Option<f64>,
    /// What it is measured against.
    baseline: Message,
}

pub(super) async fn run(args: Roi) -> Result<()> {
    let seeds = [args.seeds.first, args.seeds.last];
    let language = args.answer.lang.into();
    let mut claims = vec![setup()];
    claims.extend(returns(seeds).await?);
    claims.extend(reaction(seeds).await?);
    claims.extend(management(seeds).await?);
    super::tell(args.answer.json.as_deref(), &claims, &text(&claims, language))
}

/// A change against a baseline, without an interval.
fn change(promise: &'static str, promised: f64, (ours, theirs): (f64, f64), baseline: Message) -> Measured {
    let measured = (theirs > 0.0).then(|| ours / theirs - 1.0);
    Measured { promise, promised, figure: measured, low: None, high: None, baseline }
}

fn setup() -> Measured {
    let sum = |[inputs, calls]: [u32; 2]| f64::from(inputs + calls);
    let baseline = Message::new("roi-setup")
        .with("inputs", i64::from(SETUP.ours[0]))
        .with("calls", i64::from(SETUP.ours[1]))
        .with("script_inputs", i64::from(SETUP.script[0]))
        .with("script_calls", i64::from(SETUP.script[1]));
    change("setup", -0.6, (sum(SETUP.ours), sum(SETUP.script)), baseline)
}

/// Return on the same spend, seed by seed in the same luck.
async fn returns(seeds: [u64; 2]) -> Result<Vec<Measured>> {
    let rivals = ["equal", "human", "proportional"];
    let scores = play(CALM, &["brain", "equal", "human", "proportional"], seeds).await?;
    let of =
        |policy: &str| scores.iter().filter(|score| score.policy == policy).map(|score| score.roas).collect::<Vec<_>>();
    let ours = of("brain");
    let claim = |rival: &&str| {
        let ratios: Vec<f64> = ours.iter().zip(of(rival)).map(|(ours, theirs)| ours / theirs - 1.0).collect();
        let range = Range::of(&ratios);
        // One seed alone says nothing of how much seeds differ.
        let interval = range.filter(|_| ratios.len() > 1);
        let baseline = Message::new(format!("roi-returns-{rival}")).with("seeds", seeds_of(seeds));
        Measured {
            promise: "returns",
            promised: 0.4,
            figure: range.map(|range| range.mean),
            low: interval.map(|range| range.low),
            high: interval.map(|range| range.high),
            baseline,
        }
    };
    Ok(rivals.iter().map(claim).collect())
}

/// Days until the budget of a campaign whose conversions broke is halved.
async fn reaction(seeds: [u64; 2]) -> Result<Vec<Measured>> {
    let scores = play(BROKEN, &["brain", "human"], seeds).await?;
    let days = |policy: &str| {
        let own = scores.iter().filter(|score| score.policy == policy);
        let days: Vec<f64> = own.filter_map(|score| score.reaction_days).collect();
        days.iter().sum::<f64>() / days.len().max(1) as f64
    };
    let (ours, theirs) = (days("brain"), days("human"));
    let baseline = Message::new("roi-reaction").with("seeds", seeds_of(seeds));
    Ok(vec![change("reaction", -0.5, (ours, theirs), baseline)])
}

/// A cycle over many campaigns on this machine, and how many things ask for a person.
async fn management(seeds: [u64; 2]) -> Result<Vec<Measured>> {
    let mut load = Load::new(CAMPAIGNS)?;
    load.turn()?;
    let began = SystemClock.now();
    load.turn()?;
    let seconds = SystemClock.now().duration_since(began).as_secs_f64();
    let (mut guarded, mut legacy) = (0.0, 0.0);
    for world in SHOCKED {
        let world = World::family(world)?;
        for (name, sum) in [("guarded", &mut guarded), ("legacy", &mut legacy)] {
            let set = rules::load(name.as_ref())?;
            *sum += items(&watch_seeds(&world, (name, &set), seeds).await?);
        }
    }
    let baseline = Message::new("roi-management")
        .with("campaigns", i64::from(CAMPAIGNS))
        .with("seconds", crate::model::message::Argument::Number(seconds))
        .with("seeds", seeds_of(seeds));
    // Ten times as many campaigns with the same attention: a tenth of it for each.
    let measured = (guarded > 0.0).then(|| legacy / guarded);
    Ok(vec![Measured { promise: "management", promised: 10.0, figure: measured, low: None, high: None, baseline }])
}

fn items(scores: &[WatchScore]) -> f64 {
    scores.iter().map(|score| f64::from(score.items)).sum()
}

async fn play(world: &str, policies: &[&str], seeds: [u64; 2]) -> Result<Vec<Score>> {
    let contenders = policies.iter().map(|name| Contender::named(name)).collect::<Result<Vec<_>>>()?;
    // Trials take minutes: people see that something goes on.
    drop(writeln!(std::io::stderr(), "{world} …"));
    Trials::of(World::family(world)?, contenders, seeds)?.play(|_| Ok(())).await
}

fn seeds_of([first, last]: [u64; 2]) -> String {
    format!("{first}..{last}")
}

fn text(claims: &[Measured], language: Language) -> String {
    let line = |claim: &Measured| {
        let figure = |value: f64| match claim.promise {
            "management" => format!("{}x", language.number(value, 1)),
            _ => format!("{}{}", if value > 0.0 { "+" } else { "" }, language.percent(value, 1)),
        };
        let interval = match (claim.low, claim.high) {
            (Some(low), Some(high)) => format!(" ({} – {})", figure(low), figure(high)),
            _ => String::new(),
        };
        let measured = claim.figure.map_or_else(|| "–".to_owned(), figure);
        let head = Message::new(format!("roi-{}", claim.promise.replace('_', "-") + "-name"))
            .with("promised", figure(claim.promised))
            .with("measured", measured + &interval);
        format!("{}\n  {}", head.text(language), claim.baseline.text(language))
    };
    let lines = claims.iter().map(line).collect::<Vec<_>>().join("\n");
    format!("{lines}\n\n{}", Message::new("roi-no-promise").text(language))
}
