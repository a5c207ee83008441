//! What pausing an ad, cutting a bid and moving money are expected to bring.

use std::collections::BTreeMap;

use super::super::{MetricSettings, Observation, returns};
use super::{Expected, Valued};
use crate::model::{Metrics, Tag};

/// What a paused ad frees is counted for so many days: after a week other ads tire, and the choice is made anew.
pub(in super::super) const PAUSE_DAYS: u32 = 7;
/// A dear day: a bid is looked at again after it.
pub(in super::super) const BID_DAYS: u32 = 1;
/// As for a pause.
pub(in super::super) const BUDGET_DAYS: u32 = 7;
/// What is known of all ads together counts for one of them as so many conversions: ads of one ad set differ by 30 % or so (assumed), and
/// `1 / 0.3^2` is 11.
const PRIOR_CONVERSIONS: f64 = 11.0;
/// More money brings less: the part of the mean return that the last of the money brings.
const MARGINAL: f64 = 0.7;
/// Spend falls by as much as the bid, up to three times as much; every part in between is as likely.
const BID_RESPONSE: [f64; 2] = [1.0, 3.0];

/// A ROAS that is not known for certain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Returns {
    pub(super) mean: f64,
    pub(super) variance: f64,
}

/// What orders are worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Orders {
    pub(super) value: f64,
    /// One plus the squared coefficient of variation.
    pub(super) dispersion: f64,
}

impl Returns {
    /// The posterior of a ROAS. Conversions of mean value v are Poisson; a gamma prior around `around` counts as k = 11 of them, so with c
    /// conversions on the spend s the mean is `v (c + k) / (s + k v / around)` and the variance `v^2 d (c + k) / (s + k v / around)^2`, d the
    /// dispersion of order values.
    pub(super) fn of(metrics: &Metrics, orders: Orders, around: f64) -> Option<Self> {
        if !(around > 0.0 && orders.value > 0.0) {
            return None;
        }
        let conversions = metrics.revenue.to_units() / orders.value + PRIOR_CONVERSIONS;
        let spend = metrics.spend.to_units() + PRIOR_CONVERSIONS * orders.value / around;
        let mean = orders.value * conversions / spend;
        let variance = orders.value * orders.value * orders.dispersion * conversions / (spend * spend);
        Some(Self { mean, variance })
    }
}

/// What an ad set's mature days say.
fn orders(settings: &MetricSettings, seen: &Observation<'_>) -> Option<(Orders, f64)> {
    let value = returns::order_value(seen)?;
    let around = seen.matured.roas().filter(|roas| *roas > 0.0).or(seen.target_roas)?;
    Some((Orders { value, dispersion: settings.order_value_dispersion }, around))
}

fn evidence<const N: usize>(figures: [(&str, f64); N]) -> BTreeMap<String, f64> {
    figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Pausing an ad gives its money to the others: with the ad's share f of the mature spend, the daily budget b and h days
/// `f b h (ROAS of the others - ROAS of the ad)`. What comes varies by orders, too: `v d f b h (both ROAS)`.
pub(in super::super) fn pause(settings: &MetricSettings, seen: &Observation<'_>, ad: &Tag) -> Option<Valued> {
    let (orders, around) = orders(settings, seen)?;
    let currency = seen.daily_budget.currency();
    let own = seen.active_ads.iter().find(|(tag, _)| tag == ad).map(|(_, metrics)| metrics)?;
    let others = seen.active_ads.iter().filter(|(tag, _)| tag != ad).map(|(_, metrics)| metrics);
    let others = Metrics::total(others, currency).ok()?;
    let (spend, all) = (own.spend.to_units(), own.spend.to_units() + others.spend.to_units());
    if !(all > 0.0 && others.spend.is_positive()) {
        return None;
    }
    let (bad, good) = (Returns::of(own, orders, around)?, Returns::of(&others, orders, around)?);
    let money = spend / all * seen.daily_budget.to_units() * f64::from(PAUSE_DAYS);
    let luck = orders.value * orders.dispersion * money * (good.mean + bad.mean);
    let doubt = money * money * (good.variance + bad.variance);
    let figures = [("roas_ad", bad.mean), ("roas_others", good.mean), ("money", money)];
    Some(Valued {
        expected: Expected::of(PAUSE_DAYS, money * (good.mean - bad.mean), (doubt, luck)),
        evidence: evidence(figures),
    })
}

/// Cutting a bid keeps money that would have been spent at the raised price. With the rise r of prices and the part u of the daily budget b
/// that is kept, `u b (target ROAS - ROAS / (1 + r))`: what is kept is worth the target. u is `cut * k`, k uniform from 1 to 3.
pub(in super::super) fn cut_bid(
    settings: &MetricSettings,
    seen: &Observation<'_>,
    (percent, rise): (u32, f64),
) -> Option<Valued> {
    let (orders, around) = orders(settings, seen)?;
    let target = seen.target_roas.filter(|target| *target > 0.0)?;
    let now = Returns::of(&seen.matured, orders, around)?;
    let price = 1.0 + rise.max(0.0);
    let (mean, variance) = (now.mean / price, now.variance / (price * price));
    let budget = seen.daily_budget.to_units() * f64::from(BID_DAYS);
    let [least, most] = BID_RESPONSE.map(|times| (times * f64::from(percent) / 100.0).min(1.0));
    let (part, spread) = (f64::midpoint(least, most), (most - least) * (most - least) / 12.0);
    let gain = target - mean;
    let money = part * budget;
    let luck = orders.value * orders.dispersion * money * mean;
    let doubt = budget * budget * (part * part * variance + spread * (gain * gain + variance));
    let figures = [("roas", now.mean), ("target_roas", target), ("change", rise), ("money", money)];
    Some(Valued { expected: Expected::of(BID_DAYS, money * gain, (doubt, luck)), evidence: evidence(figures) })
}

/// Moving the amount m a day for h days from one ad set to another: `m h 0.7 (ROAS there - ROAS here)`, as the last of the money brings
/// less than the mean.
pub(in super::super) fn budget_move(
    settings: &MetricSettings,
    (from, to): (&Observation<'_>, &Observation<'_>),
    amount: f64,
) -> Option<Valued> {
    let mean_of = |seen| {
        let (orders, around) = orders(settings, seen)?;
        Some((orders, Returns::of(&seen.matured, orders, around)?))
    };
    let ((orders, here), (_, there)) = (mean_of(from)?, mean_of(to)?);
    let money = amount * f64::from(BUDGET_DAYS) * MARGINAL;
    let luck = orders.value * orders.dispersion * money * (here.mean + there.mean);
    let doubt = money * money * (here.variance + there.variance);
    let figures = [("roas", here.mean), ("roas_there", there.mean), ("money", amount * f64::from(BUDGET_DAYS))];
    Some(Valued {
        expected: Expected::of(BUDGET_DAYS, money * (there.mean - here.mean), (doubt, luck)),
        evidence: evidence(figures),
    })
}
