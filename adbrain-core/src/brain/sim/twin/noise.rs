//! How an account moves from day to day: weekdays, competition, the drift of conversion rates, the spread of orders, the price of spending more.

use jiff::civil::Date;

use super::days::{Account, Counts, Known};
use super::replay::Days;
use crate::model::Platform;

/// Days of a week.
const WEEK: usize = 7;
/// How far a weekday's price lies from the world's, as the deviation of its logarithm.
const WEEKDAY_SD: f64 = 0.05;
/// Days in all, and sightings of each weekday, from which on the shape of the week is learnt.
const DAYS_OF_WEEKDAYS: usize = 28;
const SIGHTINGS_OF_WEEKDAYS: usize = 3;
/// Days of platforms that the world's competition weighs as much as.
const COMPETITION_WEIGHT: f64 = 30.0;
/// Pairs of days, one after the other, from which on a memory is learnt.
const PAIRS: usize = 10;
/// Conversions of a week from which on it says something of drift.
const CONVERSIONS_OF_DRIFT: f64 = 8.0;
/// The variance of the change of a random walk's mean from one week to the next, over that of a daily step: `7 * 2/3`, and a little for the
/// days being whole.
const WEEKS_APART: f64 = 4.67;
/// The largest daily step that is believed.
const LARGEST_DRIFT: f64 = 0.05;
/// Days with conversions that the world's spread of orders weighs as much as.
const ORDER_WEIGHT: f64 = 20.0;
/// How far the exponent of an account lies from the world's.
const EXPONENT_SD: f64 = 0.05;
/// The least variance of the logarithm of a campaign's daily spend, and the fewest days, that tell what more spend does to prices.
const SPEND_VARIANCE: f64 = 0.04;
const DAYS_OF_EXPONENT: usize = 28;
/// The largest error of an exponent that still tells something.
const LARGEST_ERROR: f64 = 0.1;

/// The logarithm of a platform's prices over those of the calm market, day by day; none where it did not deliver.
#[derive(Debug, Clone)]
pub(super) struct Residuals(Vec<(Platform, Vec<Option<f64>>)>);

impl Residuals {
    /// Over the days from which is learnt.
    pub(super) fn of(account: &Account, simulated: &Days) -> Self {
        let of_platform = |platform| {
            let day = |day: usize| {
                let own = |days: &[Counts]| days.get(day).copied().unwrap_or_default();
                let both = account.campaigns.iter().zip(simulated).filter(|(known, _)| known.platform == platform);
                let (real, twin) = both.fold((Counts::default(), Counts::default()), |(mut real, mut twin), both| {
                    real.add(&own(&both.0.days));
                    twin.add(&own(both.1));
                    (real, twin)
                });
                Some(log_price(&real)? - log_price(&twin)?)
            };
            let days: Vec<Option<f64>> = (0..account.split).map(day).collect();
            let known: Vec<f64> = days.iter().flatten().copied().collect();
            let mean = known.iter().sum::<f64>() / (known.len() as f64).max(1.0);
            (platform, days.into_iter().map(|day| day.map(|value| value - mean)).collect())
        };
        Self(account.platforms().into_iter().map(of_platform).collect())
    }

    /// The same with factors of weekdays taken out.
    pub(super) fn without(&self, first: Date, weekdays: &[f64]) -> Self {
        let rest = |(day, value): (usize, &Option<f64>)| {
            let factor = weekdays.get(weekday(first, day)).copied().unwrap_or(1.0);
            value.map(|value| value - libm::log(factor))
        };
        Self(self.0.iter().map(|(name, days)| (*name, days.iter().enumerate().map(rest).collect())).collect())
    }
}

fn log_price(counts: &Counts) -> Option<f64> {
    counts.is_delivered().then(|| libm::log(counts.spend / counts.impressions))
}

/// Monday is 0.
fn weekday(first: Date, day: usize) -> usize {
    (usize::from(first.weekday().to_monday_zero_offset().unsigned_abs()) + day) % WEEK
}

/// Factors on the world's weekdays, Monday first; none where there are too few weeks.
///
/// Each day is compared with the mean of the seven around it, which leaves out what moves slowly; the mean of a weekday is shrunk by its
/// error and [`WEEKDAY_SD`].
pub(super) fn weekdays(residuals: &Residuals, first: Date) -> Option<Vec<f64>> {
    let mut of: [Vec<f64>; WEEK] = Default::default();
    for (_, days) in &residuals.0 {
        for (place, around) in days.windows(WEEK).enumerate() {
            let known: Vec<f64> = around.iter().flatten().copied().collect();
            let middle = around.get(WEEK / 2).copied().flatten();
            if let Some(middle) = middle.filter(|_| known.len() + 1 >= WEEK) {
                let mean = known.iter().sum::<f64>() / known.len() as f64;
                if let Some(list) = of.get_mut(weekday(first, place + WEEK / 2)) {
                    list.push(middle - mean);
                }
            }
        }
    }
    let longest = residuals.0.iter().map(|(_, days)| days.iter().flatten().count()).max().unwrap_or(0);
    if longest < DAYS_OF_WEEKDAYS || of.iter().any(|list| list.len() < SIGHTINGS_OF_WEEKDAYS) {
        return None;
    }
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    let square = |list: &Vec<f64>| list.iter().map(|value| value - mean(list)).map(|gap| gap * gap).sum::<f64>();
    let count = of.iter().map(Vec::len).sum::<usize>() as f64;
    let variance = of.iter().map(square).sum::<f64>() / (count - WEEK as f64).max(1.0);
    let prior = WEEKDAY_SD * WEEKDAY_SD;
    let shrunk = |list: &Vec<f64>| mean(list) * prior / (prior + variance / list.len() as f64);
    let logs: Vec<f64> = of.iter().map(shrunk).collect();
    let centre = mean(&logs);
    Some(logs.iter().map(|log| libm::exp(log - centre)).collect())
}

/// The memory of competition, and the deviation of its daily step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Competition {
    pub(super) memory: f64,
    pub(super) sd: f64,
    /// Days, and pairs of days one after the other.
    pub(super) days: usize,
    pub(super) pairs: usize,
}

impl Competition {
    /// The variance that the mean of `n` days has, times `n`: `sd^2 / (1 - memory)^2`.
    pub(super) fn weather(&self) -> f64 {
        let rest = (1.0 - self.memory).max(0.05);
        self.sd * self.sd / (rest * rest)
    }
}

/// An AR(1) process of the residuals, with `n / (n + 30)` of the history's own; its memory is corrected by `(1 + 3 memory) / n` (Kendall,
/// 1954). The world's memory is kept where there are too few pairs of days.
pub(super) fn competition(residuals: &Residuals, world: Competition) -> Competition {
    let (mut squares, mut days, mut products, mut pairs, mut platforms) = (0.0, 0, 0.0, 0, 0);
    for (_, list) in &residuals.0 {
        let known = list.iter().flatten();
        squares += known.clone().map(|value| value * value).sum::<f64>();
        days += known.clone().count();
        platforms += usize::from(known.count() > 0);
        for pair in list.windows(2) {
            if let [Some(one), Some(next)] = pair {
                products += one * next;
                pairs += 1;
            }
        }
    }
    if days <= platforms + 1 {
        return world;
    }
    let count = days as f64;
    let variance = squares / (count - platforms as f64);
    let own = if pairs < PAIRS || variance <= 0.0 {
        world.memory
    } else {
        let raw = products / pairs as f64 / variance;
        raw + (1.0 + 3.0 * raw) / (count / platforms as f64)
    };
    let weight = |n: f64| n / (n + COMPETITION_WEIGHT);
    let by_pairs = if pairs < PAIRS { 0.0 } else { weight(pairs as f64) };
    let memory = (world.memory + by_pairs * (own - world.memory)).clamp(0.0, 0.95);
    let usual = world.sd * world.sd / (1.0 - world.memory * world.memory).max(0.05);
    // The mean of correlated days hides a part of their variance.
    let hidden = 1.0 - ((1.0 + memory) / (1.0 - memory) / (count / platforms as f64)).min(0.5);
    let spread = usual + weight(count) * (variance / hidden - usual);
    let sd = libm::sqrt(spread.max(1e-6) * (1.0 - memory * memory)).min(1.0);
    Competition { memory, sd, days, pairs }
}

/// The deviation of the daily step of conversion rates, and over how many pairs of weeks it was taken: the change of a campaign's rate from
/// week to week less what counting brings, with the world's counted in by its variance. None without such pairs.
pub(super) fn drift(account: &Account, usual: f64) -> Option<(f64, usize)> {
    let prior = usual * usual;
    let (mut sum, mut weights, mut pairs) = (0.25 / prior.max(1e-8), 0.25 / (prior * prior).max(1e-16), 0);
    for known in &account.campaigns {
        let learnt: Vec<Counts> = known.days.iter().take(account.split).copied().collect();
        let weeks: Vec<Counts> = learnt.chunks_exact(WEEK).map(Counts::sum).collect();
        for pair in weeks.windows(2) {
            let [one, next] = pair else { continue };
            if one.conversions.min(next.conversions) < CONVERSIONS_OF_DRIFT || one.clicks.min(next.clicks) <= 0.0 {
                continue;
            }
            let rate = |week: &Counts| libm::log(week.conversions / week.clicks);
            let change = rate(next) - rate(one);
            let counting = 1.0 / one.conversions + 1.0 / next.conversions;
            let error = (counting + WEEKS_APART * prior) / WEEKS_APART;
            let weight = 0.5 / (error * error);
            sum += weight * (change * change - counting) / WEEKS_APART;
            weights += weight;
            pairs += 1;
        }
    }
    (pairs > 0).then(|| (libm::sqrt((sum / weights).max(0.0)).min(LARGEST_DRIFT), pairs))
}

/// The deviation of the logarithm of orders, and over how many days of campaigns it was taken: the mean of `k` orders has the variance
/// `(e^(sd^2) - 1) / k` of its square. None without orders.
pub(super) fn order_spread(account: &Account, usual: f64) -> Option<(f64, usize)> {
    let (mut sum, mut degrees, mut seen) = (0.0, 0.0, 0);
    for known in &account.campaigns {
        let days: Vec<&Counts> = orders(account, known).collect();
        let all = Counts::sum(days.iter().copied());
        if days.len() < 2 {
            continue;
        }
        let mean = all.revenue / all.conversions;
        let square = |day: &&Counts| {
            let gap = day.revenue / day.conversions / mean - 1.0;
            day.conversions * gap * gap
        };
        sum += days.iter().map(square).sum::<f64>();
        degrees += days.len() as f64 - 1.0;
        seen += days.len();
    }
    let prior = libm::expm1(usual * usual);
    let found = (ORDER_WEIGHT * prior + sum) / (ORDER_WEIGHT + degrees);
    (seen > 0).then(|| (libm::sqrt(libm::log1p(found)).min(1.0), seen))
}

/// The days of a campaign with orders that have a value.
pub(super) fn orders<'a>(account: &Account, known: &'a Known) -> impl Iterator<Item = &'a Counts> + use<'a> {
    known.days.iter().take(account.split).filter(|day| day.conversions > 0.0 && day.revenue > 0.0)
}

/// Why an exponent was not learnt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unknown {
    TooFewDays,
    SpendHardlyMoves,
    TooNoisy,
}

/// The exponent of prices over spend: the slope of the logarithm of a campaign's prices over those of the calm market on the logarithm of its
/// spend, which is what the world's exponent lacks, with the error of the spend as a sign of the budget counted out and the world's counted in.
pub(super) fn exponent(
    account: &Account,
    simulated: &Days,
    (usual, pacing, competition): (f64, f64, Competition),
) -> Result<(f64, usize), Unknown> {
    let (mut squares, mut products, mut rests, mut days, mut campaigns) = (0.0, 0.0, 0.0, 0, 0);
    for (known, twin) in account.campaigns.iter().zip(simulated) {
        let both = known.days.iter().zip(twin).take(account.split);
        let points: Vec<(f64, f64)> = both
            .filter_map(|(real, twin)| Some((libm::log(real.spend), log_price(real)? - log_price(twin)?)))
            .collect();
        let count = points.len() as f64;
        if points.len() < 2 {
            continue;
        }
        let (x, y) =
            (points.iter().map(|at| at.0).sum::<f64>() / count, points.iter().map(|at| at.1).sum::<f64>() / count);
        squares += points.iter().map(|at| (at.0 - x) * (at.0 - x)).sum::<f64>();
        products += points.iter().map(|at| (at.0 - x) * (at.1 - y)).sum::<f64>();
        rests += points.iter().map(|at| (at.1 - y) * (at.1 - y)).sum::<f64>();
        days += points.len();
        campaigns += 1;
    }
    if days < DAYS_OF_EXPONENT {
        return Err(Unknown::TooFewDays);
    }
    let degrees = (days - campaigns) as f64;
    if squares / degrees < SPEND_VARIANCE {
        return Err(Unknown::SpendHardlyMoves);
    }
    let slope = products / squares;
    let rest = (rests - slope * products).max(0.0) / (degrees - 1.0).max(1.0);
    // Days that follow each other are not independent of each other.
    let memory = competition.memory;
    let variance = rest * (1.0 + memory) / (1.0 - memory).max(0.05) / squares;
    if libm::sqrt(variance) > LARGEST_ERROR {
        return Err(Unknown::TooNoisy);
    }
    let signal = (1.0 - pacing * pacing / (squares / degrees)).max(0.5);
    let own = (slope + usual) / signal;
    let prior = EXPONENT_SD * EXPONENT_SD;
    let found = usual + (own - usual) * prior / (prior + variance / (signal * signal));
    Ok((found.clamp(0.0, 1.0), days))
}
