//! The digital twin of an account: a world in which it does what it did, and plans tried in it before they cost anything.
//!
//! In: past results by day, a plan. Out: a world, how well it fits, what a plan may bring. Called by the command line. Never promises: what
//! a history does not tell is as in the built-in world, and is said.

mod days;
mod judge;
mod learn;
mod levels;
mod noise;
mod plan;
mod replay;
mod told;

pub use plan::{Outlook, PlanFigures, PlanOptions, PlanTrial, try_plan};
pub use told::{Fit, Kept, Learnt, MetricFit, PartFit, PlatformFit, Shape, Verdict};

use std::ops::RangeInclusive;

use jiff::civil::Date;

use self::days::Account;
use self::replay::Stage;
use crate::error::{Error, Result};
use crate::market::{Trial, World};
use crate::model::{History, MICROS_PER_UNIT, Message, Money};

/// The fewest seeds that make an interval of 80 %.
const LEAST_SEEDS: u64 = 9;
/// The most seeds of one fit.
const MOST_SEEDS: u64 = 1_000;
/// Days of a trial in the twin's world: with equal budgets, and scored.
const TRIAL_DAYS: (u32, u32) = (14, 42);
/// Margin, cap and audiences of that trial: as in the shipped worlds.
const MARGIN: f64 = 0.45;
const CAP_PERCENT: u32 = 400;
const AUDIENCE: [u64; 2] = [150_000, 3_000_000];
/// How far above the least budgets of its campaigns the daily budget of a trial lies at least.
const ABOVE_LEAST: f64 = 1.05;

/// What a twin is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitOptions {
    /// The name of its world.
    pub name: String,
    /// The seeds that it is judged over: 9 to 1,000.
    pub seeds: RangeInclusive<u64>,
    /// The day on which the history was exported: the last days lack conversions that came later. Where it is left out, all have arrived.
    pub exported: Option<Date>,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { name: "twin".to_owned(), seeds: 1..=40, exported: None }
    }
}

/// The twin of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    /// The world, with a trial of the account's size that begins on the day after the history.
    pub world: World,
    /// How well it does what the account did.
    pub fit: Fit,
}

/// Fits a world to an account's past results by day.
///
/// The first three quarters of the days on which something was delivered are learnt from, the last quarter is held out and judges. Levels are
/// taken against a market that is played with the same campaigns and the same daily spend, and shrunk towards the built-in world: n days
/// weigh `n^2 / (n^2 + 5^2)`, and few clicks or conversions less. A campaign counts as one ad set for sales; its days begin at midnight UTC.
///
/// ```
/// use adbrain_core::{measure::import_file, sim};
/// let mut file = String::from("platform,date,campaign,ad,impressions,clicks,conversions,spend,revenue\n");
/// for day in 1..=28 {
///     file += &format!("meta,2026-09-{day:02},c,a,9000,{},{},100.00,{}\n", 85 + day % 7, 2 + day % 3, 150 * (2 + day % 3));
/// }
/// let history = import_file(file.as_bytes(), None, "USD".parse()?)?;
/// let twin = sim::fit(&history, &sim::FitOptions { seeds: 1..=9, ..Default::default() })?;
/// assert_eq!(twin.fit.platforms[0].held_out.days, 7);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a history without days, in mixed currencies, with more clicks than impressions, or for too few
/// seeds; [`crate::ErrorKind::NotEnoughData`] for fewer than three days; [`crate::ErrorKind::Unsupported`] for a currency without a rate.
pub fn fit(history: &History, options: &FitOptions) -> Result<Twin> {
    check(options)?;
    let base = World::builtin()?;
    let account = Account::read(history)?;
    let stage = Stage::of(&account, (history.currency, base.units_per_usd(history.currency)?), options.exported)?;
    let lesson = learn::learn(&base, &stage)?;
    let plain = base.with_learnt(&options.name, &lesson.learnable, None)?;
    let trial = trial(&plain, &stage, lesson.ads)?;
    let world = base.with_learnt(&options.name, &lesson.learnable, Some(trial))?;
    let platforms = judge::judge(&world, &stage, (&lesson, options.seeds.clone()))?;
    let fit = Fit {
        currency: history.currency,
        first: account.first,
        held_out_from: stage.date(account.split)?,
        last: stage.date(account.length - 1)?,
        seeds: options.seeds.clone().count() as u64,
        platforms,
        learnt: lesson.learnt,
        kept: lesson.kept,
        notes: notes(&account),
    };
    Ok(Twin { world, fit })
}

fn check(options: &FitOptions) -> Result<()> {
    if options.name.trim().is_empty() {
        return Err(Error::invalid("name", "is empty").next("name the world"));
    }
    check_seeds(&options.seeds)
}

/// Says no to seeds that make no interval of 80 %.
fn check_seeds(seeds: &RangeInclusive<u64>) -> Result<()> {
    let (first, last) = (*seeds.start(), *seeds.end());
    let count = last.checked_sub(first).map_or(0, |more| more.saturating_add(1));
    if !(LEAST_SEEDS..=MOST_SEEDS).contains(&count) {
        return Err(Error::invalid("seeds", format!("are {count}, not {LEAST_SEEDS} to {MOST_SEEDS}"))
            .next("give a range as 1..40: an interval of 80 % takes at least nine"));
    }
    Ok(())
}

/// An account of the same size, for policies: as many campaigns on each platform, and the mean daily spend, but not less than all least budgets.
fn trial(world: &World, stage: &Stage<'_>, ads: u32) -> Result<Trial> {
    let (spend, campaigns) = learn::size(stage);
    let mut least = 0.0;
    for (platform, count) in &campaigns {
        least += f64::from(*count) * world.least_daily_budget(*platform, stage.currency)?.to_units();
    }
    let highest = spend.max(ABOVE_LEAST * least);
    Ok(Trial {
        start: stage.date(stage.account.length)?,
        time_zone: "UTC".to_owned(),
        currency: stage.currency,
        warm_up_days: TRIAL_DAYS.0,
        days: TRIAL_DAYS.1,
        daily_budget: whole_units(highest, stage),
        cap_percent: CAP_PERCENT,
        margin: MARGIN,
        campaigns,
        ads,
        audience: AUDIENCE,
        dispersion: [1.0, 1.0],
    })
}

/// An amount in whole minor units of the currency.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
fn whole_units(units: f64, stage: &Stage<'_>) -> f64 {
    let micros = libm::ceil(units * MICROS_PER_UNIT as f64).clamp(0.0, 9.0e15) as i64;
    let unit = stage.currency.minor_unit_micros();
    Money::from_micros(micros.saturating_add(unit - 1), stage.currency).floor_to_minor_unit().to_units()
}

fn notes(account: &Account) -> Vec<Message> {
    let note = |key: &str, count: u64| {
        (count > 0).then(|| Message::new(key).with("count", i64::try_from(count).unwrap_or(i64::MAX)))
    };
    [note("twin-undated", account.undated), note("twin-old", account.old)].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
