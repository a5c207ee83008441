//! How near the predicted days come to the true ones.

use adbrain_core::predict::saturation::{Delivery, DeliveryDay, Options, Saturation, days_to_saturation};
use adbrain_core::stats::Undefined;
use serde_json::{Map, Value, json};

use super::campaigns::{Campaign, Generator, HORIZON};

/// A week: the day below which the audience is expanded.
const WEEK: usize = 7;

/// A campaign with what was predicted, days counted from day 1.
struct Judged {
    generator: Generator,
    truth: usize,
    predicted: usize,
    is_covered: bool,
}

/// The figures of each generator and of all together.
pub(crate) fn figures(campaigns: &[&Campaign]) -> Result<Value, Undefined> {
    let judged = campaigns.iter().map(|campaign| judged(campaign)).collect::<Result<Vec<_>, _>>()?;
    let of = |generator| judged.iter().filter(move |one| one.generator == generator).collect::<Vec<_>>();
    let mut all: Map<_, _> =
        Generator::ALL.map(|generator| (generator.name().to_owned(), of_some(&of(generator)))).into_iter().collect();
    all.insert("all".into(), of_some(&judged.iter().collect::<Vec<_>>()));
    Ok(Value::Object(all))
}

fn judged(campaign: &Campaign) -> Result<Judged, Undefined> {
    let found = predicted(campaign)?;
    let day = |day: Option<u32>| day.map_or(HORIZON + 1, |day| day as usize);
    let days = found.day_of_saturation.ok_or(Undefined::Empty)?;
    let truth = campaign.true_day.unwrap_or(HORIZON + 1);
    Ok(Judged {
        generator: campaign.generator,
        truth,
        predicted: day(days.median),
        is_covered: (day(days.lower)..=day(days.upper)).contains(&truth),
    })
}

fn predicted(campaign: &Campaign) -> Result<Saturation, Undefined> {
    let days = campaign.days.iter().map(|day| DeliveryDay {
        impressions: day.impressions,
        reach: day.reach,
        clicks: Some(day.clicks),
    });
    let delivery = Delivery { size: campaign.size, overlap: campaign.overlap, days: days.collect() };
    let horizon = u32::try_from(HORIZON - campaign.days.len()).unwrap_or_default();
    days_to_saturation(&delivery, &Options { horizon, ..Options::default() })
}

/// Median absolute log error with censored days at the horizon, mean balanced accuracy of "below a week", and how often the 80 %
/// interval held the true day.
fn of_some(judged: &[&Judged]) -> Value {
    let day = |day: usize| day.min(HORIZON) as f64;
    let mut errors: Vec<f64> = judged.iter().map(|one| libm::log(day(one.predicted) / day(one.truth)).abs()).collect();
    let covered = judged.iter().filter(|one| one.is_covered).count() as f64 / judged.len() as f64;
    json!({"error": median(&mut errors), "balanced_accuracy": balanced_accuracy(judged), "coverage": covered})
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = |place: usize| values.get(place).copied();
    Some(f64::midpoint(middle((values.len() - 1) / 2)?, middle(values.len() / 2)?))
}

/// The mean of the share of quick campaigns called quick and that of slow ones called slow.
fn balanced_accuracy(judged: &[&Judged]) -> f64 {
    let share = |is_quick: bool| {
        let group = judged.iter().filter(|one| (one.truth < WEEK) == is_quick);
        let right = group.clone().filter(|one| (one.predicted < WEEK) == is_quick).count();
        right as f64 / group.count() as f64
    };
    f64::midpoint(share(true), share(false))
}
