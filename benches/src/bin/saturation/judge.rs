//! How near the predicted days come to the true ones.

use adbrain_core::predict::saturation::{DayQuantiles, Delivery, DeliveryDay, Options, days_to_saturation};
use adbrain_core::stats::Undefined;
use serde_json::{Map, Value, json};

use super::campaigns::{Campaign, Generator, HORIZON};

/// A week: the day below which the audience is expanded.
const WEEK: usize = 7;
/// The share of the belief within the interval that is judged.
const LEVEL: f64 = 0.8;
/// The quantiles of the day that may decide whether it comes within the week: the bound is the caller's to choose.
const BOUNDS: [f64; 6] = [0.499, 0.45, 0.4, 0.35, 0.3, 0.25];

/// A campaign with what was predicted, days counted from day 1.
struct Judged {
    generator: Generator,
    truth: usize,
    predicted: usize,
    /// The day that decides about the week, by the bound chosen.
    bound: usize,
    is_covered: bool,
}

/// The bound whose calls of "below a week" are right most often, by balanced accuracy on these campaigns.
pub(crate) fn best_bound(campaigns: &[&Campaign]) -> Result<f64, Undefined> {
    let mut best = (0.0, BOUNDS[0]);
    for bound in BOUNDS {
        let called =
            campaigns.iter().map(|one| Ok((truth(one), deciding(one, bound)?))).collect::<Result<Vec<_>, _>>()?;
        let accuracy = balanced_accuracy(&called);
        if accuracy > best.0 {
            best = (accuracy, bound);
        }
    }
    Ok(best.1)
}

/// The figures of each generator and of all together.
pub(crate) fn figures(campaigns: &[&Campaign], bound: f64) -> Result<Value, Undefined> {
    let judged = campaigns.iter().map(|campaign| judged(campaign, bound)).collect::<Result<Vec<_>, _>>()?;
    let of = |generator| judged.iter().filter(move |one| one.generator == generator).collect::<Vec<_>>();
    let mut all: Map<_, _> =
        Generator::ALL.map(|generator| (generator.name().to_owned(), of_some(&of(generator)))).into_iter().collect();
    all.insert("all".into(), of_some(&judged.iter().collect::<Vec<_>>()));
    Ok(Value::Object(all))
}

fn judged(campaign: &Campaign, bound: f64) -> Result<Judged, Undefined> {
    let days = predicted(campaign, LEVEL)?;
    let truth = truth(campaign);
    Ok(Judged {
        generator: campaign.generator,
        truth,
        predicted: day(days.median),
        bound: deciding(campaign, bound)?,
        is_covered: (day(days.lower)..=day(days.upper)).contains(&truth),
    })
}

fn truth(campaign: &Campaign) -> usize {
    campaign.true_day.unwrap_or(HORIZON + 1)
}

/// The day that decides about the week.
fn deciding(campaign: &Campaign, bound: f64) -> Result<usize, Undefined> {
    Ok(day(predicted(campaign, 1.0 - 2.0 * bound)?.lower))
}

fn day(day: Option<u32>) -> usize {
    day.map_or(HORIZON + 1, |day| day as usize)
}

/// The day of saturation and its interval at a level.
fn predicted(campaign: &Campaign, level: f64) -> Result<DayQuantiles, Undefined> {
    let days = campaign.days.iter().map(|day| DeliveryDay {
        impressions: day.impressions,
        reach: day.reach,
        clicks: Some(day.clicks),
    });
    let delivery = Delivery { size: campaign.size, overlap: campaign.overlap, days: days.collect() };
    let horizon = u32::try_from(HORIZON - campaign.days.len()).unwrap_or_default();
    let found = days_to_saturation(&delivery, &Options { horizon, level, ..Options::default() })?;
    found.day_of_saturation.ok_or(Undefined::Empty)
}

/// Median absolute log error with censored days at the horizon, mean balanced accuracy of "below a week", and how often the 80 %
/// interval held the true day.
fn of_some(judged: &[&Judged]) -> Value {
    let day = |day: usize| day.min(HORIZON) as f64;
    let mut errors: Vec<f64> = judged.iter().map(|one| libm::log(day(one.predicted) / day(one.truth)).abs()).collect();
    let called: Vec<_> = judged.iter().map(|one| (one.truth, one.bound)).collect();
    let covered = judged.iter().filter(|one| one.is_covered).count() as f64 / judged.len() as f64;
    json!({"error": median(&mut errors), "balanced_accuracy": balanced_accuracy(&called), "coverage": covered})
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = |place: usize| values.get(place).copied();
    Some(f64::midpoint(middle((values.len() - 1) / 2)?, middle(values.len() / 2)?))
}

/// The mean of the share of quick campaigns called quick and that of slow ones called slow.
fn balanced_accuracy(called: &[(usize, usize)]) -> f64 {
    let share = |is_quick: bool| {
        let group = called.iter().filter(|(truth, _)| (*truth < WEEK) == is_quick);
        let right = group.clone().filter(|(_, bound)| (*bound < WEEK) == is_quick).count();
        right as f64 / group.count() as f64
    };
    f64::midpoint(share(true), share(false))
}
