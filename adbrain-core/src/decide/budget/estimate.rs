//! Response curves from days of spend, clicks and conversions: what each campaign's next unit of money brings.
//!
//! What is dense is asked of what is dense: how many clicks a spend buys comes from clicks and changes fast; what a click is worth comes
//! from conversions, which are few and late, and is shared between the campaigns of a platform and of the account.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::curve::ResponseCurve;
use super::noise::noise;
use super::outages::outages;
use super::rate::{Prior, Rate, rate};
use crate::error::{Error, Result};
use crate::stats::distribution::gamma_quantile;

/// One day of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignDay {
    /// The daily budget that held, in units of the currency.
    pub budget: f64,
    /// What was spent, in units of the currency.
    pub spend: f64,
    /// Impressions.
    pub impressions: f64,
    /// Clicks.
    pub clicks: f64,
    /// Conversions that are known by now.
    pub conversions: f64,
    /// What they are worth, in units.
    pub revenue: f64,
    /// Which share of the day's conversions should be known by now, above 0 up to 1.
    pub known: f64,
}

/// The days of a campaign, the first day first; the campaigns of one question have the same days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignDays {
    /// Its name.
    pub name: String,
    /// The platform, or whatever shares what is learnt more closely than the account does.
    pub group: String,
    /// Its days.
    pub days: Vec<CampaignDay>,
}

/// What is believed before the days are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CurveBeliefs {
    /// The exponent of the curve `scale * spend^exponent`.
    pub exponent: f64,
    /// Its standard deviation.
    pub exponent_sd: f64,
    /// How much more an audience tires of a spend that stays than a day shows; taken off the exponent that the days give.
    pub tiring: f64,
    /// Days after which a day's clicks count half.
    pub clicks_half_life: f64,
    /// Days after which a day's conversions count half.
    pub conversions_half_life: f64,
    /// How different the conversion rates of campaigns of one group are: the standard deviation of their logarithms, where the days do not
    /// say otherwise.
    pub spread: f64,
    /// How likely it is that the conversion rate of a campaign breaks on a day.
    pub hazard: f64,
    /// How different the rate after a break may be from its group's: the standard deviation of the logarithm.
    pub break_spread: f64,
    /// Which part of a day's effect is left the next day (geometric adstock), from 0 to below 1: clicks that convert later for other reasons
    /// than reports that come late.
    pub carry_over: f64,
}

impl Default for CurveBeliefs {
    fn default() -> Self {
        Self {
            exponent: 0.75,
            exponent_sd: 0.1,
            tiring: 0.17,
            clicks_half_life: 3.0,
            conversions_half_life: 40.0,
            spread: 0.4,
            hazard: 0.001,
            break_spread: 0.7,
            carry_over: 0.0,
        }
    }
}

/// The curve of a campaign with what it is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CurveEstimate {
    /// The campaign's name.
    pub name: String,
    /// What a day's spend brings.
    pub curve: ResponseCurve,
    /// Conversions per click.
    pub conversion_rate: f64,
    /// The 80 % interval of it.
    pub conversion_rate_low: f64,
    /// Its upper end.
    pub conversion_rate_high: f64,
    /// The value of a conversion, in units.
    pub order_value: f64,
    /// What the next day at the last budget brings, in units.
    pub value: f64,
    /// The 80 % interval of it: the luck of prices and of delivery and what is not known of the campaign, without the luck of single orders.
    pub value_low: f64,
    /// Its upper end.
    pub value_high: f64,
    /// The newest day on which its conversion rate broke, from 0; what lies before it counts no more. None where none surely did.
    pub broke_on: Option<usize>,
    /// Whether its rate fell there.
    pub fell: bool,
    /// Days that are left out because conversions of the whole group, or of the account, are missing while clicks are as usual: tracking,
    /// until shown otherwise.
    pub held_days: Vec<usize>,
}

/// Estimates the curve of each campaign.
///
/// With `w_t = 2^(-age / half-life)`, clicks follow `k * budget^p` with `k = sum(w clicks) / sum(w budget^p)`, and `p` is one less the
/// elasticity of prices: the slope of changes of `ln(spend / impressions)` from day to day on changes of `ln(budget)`, less the group's mean
/// of that day, under a normal prior. Conversions are Poisson with mean `rate * clicks * known`; a rate has a Gamma prior around its group's
/// mean, that one around the account's, and how different the rates of a group are is taken from them by moments (empirical Bayes; C. Morris,
/// "Parametric empirical Bayes inference", 1983). The curve is `k * rate * order value * spend^(p - tiring)`, through what the last budget brings.
///
/// With a `carry_over` c conversions follow the clicks that are carried, `e_t = (1 - c) clicks_t + c e_(t-1)` in place of the day's own (geometric
/// adstock; Broadbent, "One way TV advertisements work", 1979); the curve is that of a spend that stays the same.
///
/// Conversions before a break count no more, as far as the break is likely. Days on which the conversions of a whole group are missing are left
/// out.
///
/// ```
/// use adbrain_core::budget::{CampaignDay, CampaignDays, CurveBeliefs, estimate_curves};
/// let day = |conversions| CampaignDay {
///     budget: 100.0, spend: 100.0, impressions: 10_000.0, clicks: 90.0, conversions, revenue: 120.0 * conversions, known: 1.0,
/// };
/// let of = |name: &str, conversions| CampaignDays {
///     name: name.to_owned(), group: "meta".to_owned(), days: vec![day(conversions); 20],
/// };
/// let found = estimate_curves(&[of("a", 2.0), of("b", 4.0)], &CurveBeliefs::default())?;
/// assert!(found[1].curve.marginal(100.0) > 1.5 * found[0].curve.marginal(100.0));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] naming the field of a day or a belief that is out of its range, and for campaigns with different numbers
/// of days.
pub fn estimate_curves(campaigns: &[CampaignDays], beliefs: &CurveBeliefs) -> Result<Vec<CurveEstimate>> {
    check(campaigns, beliefs)?;
    let held = outages(campaigns);
    let exponent = exponent(campaigns, beliefs);
    let noise = noise(campaigns, (exponent, beliefs.clicks_half_life));
    let seen: Vec<Seen> =
        campaigns.iter().zip(&held).map(|(campaign, held)| Seen::of(campaign, held, (exponent, beliefs))).collect();
    let rates = Rates::of(campaigns, &seen, beliefs);
    let order = ratio(sum(&seen, |one| one.revenue), sum(&seen, |one| one.conversions));
    let curve = |((campaign, seen), held): ((&CampaignDays, &Seen), &Vec<usize>)| {
        let found = rates.of_campaign(campaign, held, beliefs);
        let of = |mean: f64, shape: f64, p: f64| gamma_quantile(p, shape) * mean / shape;
        let order_value = (seen.revenue + ORDERS * order) / (seen.conversions + ORDERS);
        let last = campaign.days.iter().rev().map(|day| day.budget).find(|budget| *budget > 0.0).unwrap_or(1.0);
        let clicks = seen.clicks_level * libm::pow(last, exponent);
        let steady = clicks * found.mean * order_value;
        let now = steady * seen.carried_tomorrow(clicks, beliefs.carry_over);
        let long = (exponent - beliefs.tiring).clamp(LEAST_EXPONENT, 1.0);
        let scale = (steady / libm::pow(last, long)).max(f64::MIN_POSITIVE);
        let broke = found.broke.filter(|(_, share)| *share >= SURE);
        let orders = ORDER_DEVIATION * ORDER_DEVIATION / (seen.conversions + ORDERS);
        let shape = 1.0 / (1.0 / found.shape + noise * noise + orders + UNSEEN * UNSEEN);
        CurveEstimate {
            name: campaign.name.clone(),
            curve: ResponseCurve::Power { scale, exponent: long },
            conversion_rate: found.mean,
            conversion_rate_low: of(found.mean, found.shape, 0.1),
            conversion_rate_high: of(found.mean, found.shape, 0.9),
            order_value,
            value: now,
            value_low: of(now, shape, 0.1),
            value_high: of(now, shape, 0.9),
            broke_on: broke.map(|(day, _)| day),
            fell: broke.is_some() && found.mean < found.before,
            held_days: held.clone(),
        }
    };
    Ok(campaigns.iter().zip(&seen).zip(&held).map(curve).collect())
}

/// A break is told once it is as likely as this.
const SURE: f64 = 0.8;
/// Orders that the account's mean value counts as much as: mean values of campaigns differ by about a tenth, those of orders by
/// [`ORDER_DEVIATION`].
const ORDERS: f64 = 40.0;
/// The deviation of the values of orders over their mean.
pub(super) const ORDER_DEVIATION: f64 = 0.6;
/// How far a day's value lies off for what no figure shows, such as a learning phase: a deviation, over the value.
const UNSEEN: f64 = 0.135;
/// Conversions that the account's rate counts as much as, in a group's.
const GROUP_PRIOR: f64 = 4.0;
/// A curve bends at least so far and at most.
const LEAST_EXPONENT: f64 = 0.2;
/// The deviation of a day's change of the logarithm of a price, where too few days say.
const USUAL_NOISE: f64 = 0.1;
/// Spreads of rates that are believed.
const SPREADS: [f64; 2] = [0.1, 1.5];

fn check(campaigns: &[CampaignDays], beliefs: &CurveBeliefs) -> Result<()> {
    let bad = |field: String, what: String, next: &str| Err(Error::invalid(&field, what).next(next.to_owned()));
    let days = campaigns.first().map_or(0, |campaign| campaign.days.len());
    for (place, campaign) in campaigns.iter().enumerate() {
        if campaign.days.len() != days {
            let what = format!("has {} days, the first campaign has {days}", campaign.days.len());
            return bad(
                format!("campaigns[{place}].days"),
                what,
                "give the same days for all, zeros where nothing ran",
            );
        }
        for (number, day) in campaign.days.iter().enumerate() {
            let amounts = [day.budget, day.spend, day.impressions, day.clicks, day.conversions, day.revenue];
            let is_share = day.known > 0.0 && day.known <= 1.0;
            if !amounts.iter().all(|amount| amount.is_finite() && *amount >= 0.0) || !is_share {
                let what = "holds a number below zero, no number, or a share that is none".to_owned();
                let next = "give finite numbers from zero on, and `known` above 0 up to 1";
                return bad(format!("campaigns[{place}].days[{number}]"), what, next);
            }
        }
    }
    let beliefs = [
        ("exponent", beliefs.exponent, LEAST_EXPONENT, 1.0),
        ("exponent_sd", beliefs.exponent_sd, 1e-6, 1.0),
        ("tiring", beliefs.tiring, 0.0, 0.9),
        ("clicks_half_life", beliefs.clicks_half_life, 0.1, 1e6),
        ("conversions_half_life", beliefs.conversions_half_life, 0.1, 1e6),
        ("spread", beliefs.spread, SPREADS[0], SPREADS[1]),
        ("hazard", beliefs.hazard, 1e-9, 0.5),
        ("break_spread", beliefs.break_spread, SPREADS[0], SPREADS[1]),
        ("carry_over", beliefs.carry_over, 0.0, 0.95),
    ];
    for (name, value, low, high) in beliefs {
        if !(value >= low && value <= high) {
            return bad(format!("beliefs.{name}"), format!("is {value}"), &format!("give {low} to {high}"));
        }
    }
    Ok(())
}

/// One less the elasticity of prices: normal prior, normal changes.
fn exponent(campaigns: &[CampaignDays], beliefs: &CurveBeliefs) -> f64 {
    let days = campaigns.first().map_or(0, |campaign| campaign.days.len());
    let (mut square, mut cross, mut rest, mut count) = (0.0, 0.0, 0.0, 0.0);
    for day in 1..days {
        let mut groups: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        for (group, x, y) in campaigns.iter().filter_map(|campaign| changes(campaign, day)) {
            groups.entry(group).or_default().push((x, y));
        }
        for own in groups.values().filter(|own| own.len() > 1) {
            let n = own.len() as f64;
            let mean = |of: fn(&(f64, f64)) -> f64| own.iter().map(of).sum::<f64>() / n;
            let (mean_x, mean_y) = (mean(|change| change.0), mean(|change| change.1));
            for (x, y) in own {
                let (x, y) = (x - mean_x, y - mean_y);
                square += x * x;
                cross += x * y;
                rest += y * y;
                count += 1.0;
            }
        }
    }
    let slope = ratio(cross, square);
    let noise = if count > 10.0 { ((rest - slope * cross) / count).max(1e-6) } else { USUAL_NOISE * USUAL_NOISE };
    let prior = 1.0 / (beliefs.exponent_sd * beliefs.exponent_sd);
    let elasticity = ((1.0 - beliefs.exponent) * prior + cross / noise) / (prior + square / noise);
    (1.0 - elasticity).clamp(LEAST_EXPONENT, 1.0)
}

/// The changes of the logarithms of a campaign's budget and of its price on a day.
fn changes(campaign: &CampaignDays, day: usize) -> Option<(&str, f64, f64)> {
    let [before, now] = [campaign.days.get(day.checked_sub(1)?)?, campaign.days.get(day)?];
    let is_full = |day: &CampaignDay| day.budget > 0.0 && day.spend > 0.0 && day.impressions >= 100.0;
    if !(is_full(before) && is_full(now)) {
        return None;
    }
    let price = |day: &CampaignDay| libm::log(day.spend / day.impressions);
    Some((&campaign.group, libm::log(now.budget / before.budget), price(now) - price(before)))
}

/// What the days of a campaign say, discounted.
pub(super) struct Seen {
    /// Clicks over what they should be proportional to.
    clicks_level: f64,
    conversions: f64,
    /// Clicks whose conversions are known.
    effort: f64,
    revenue: f64,
    /// Clicks that are carried over from the last day.
    carried: f64,
}

/// The clicks of each day with those that are carried over to it.
fn carried(days: &[CampaignDay], carry_over: f64) -> Vec<f64> {
    let mut level = days.first().map_or(0.0, |day| day.clicks);
    let carry = |day: &CampaignDay| {
        level = (1.0 - carry_over) * day.clicks + carry_over * level;
        level
    };
    days.iter().map(carry).collect()
}

impl Seen {
    fn of(campaign: &CampaignDays, held: &[usize], (exponent, beliefs): (f64, &CurveBeliefs)) -> Self {
        let (mut above, mut below) = (0.0, 0.0);
        let clicks = carried(&campaign.days, beliefs.carry_over);
        let last = clicks.last().copied().unwrap_or(0.0);
        let mut seen = Self { clicks_level: 0.0, conversions: 0.0, effort: 0.0, revenue: 0.0, carried: last };
        let ages = campaign.days.iter().enumerate().rev().zip(0..);
        for ((number, day), age) in ages {
            let age = f64::from(age);
            if day.spend > 0.0 {
                let weight = libm::pow(0.5, age / beliefs.clicks_half_life);
                above += weight * day.clicks;
                below += weight * libm::pow(day.budget, exponent);
            }
            if held.contains(&number) {
                continue;
            }
            let weight = libm::pow(0.5, age / beliefs.conversions_half_life);
            seen.conversions += weight * day.conversions;
            seen.effort += weight * clicks.get(number).copied().unwrap_or(0.0) * day.known;
            seen.revenue += weight * day.revenue;
        }
        seen.clicks_level = ratio(above, below);
        seen
    }

    /// How much of its steady effect the next day has, once `clicks` are bought on it.
    fn carried_tomorrow(&self, clicks: f64, carry_over: f64) -> f64 {
        if clicks > 0.0 { 1.0 - carry_over + carry_over * self.carried / clicks } else { 1.0 }
    }
}

/// The conversion rates of the account and of its groups, and how different those of campaigns are.
struct Rates {
    groups: BTreeMap<String, f64>,
    account: f64,
    /// The shape of the Gamma prior of a campaign.
    shape: f64,
}

impl Rates {
    fn of(campaigns: &[CampaignDays], seen: &[Seen], beliefs: &CurveBeliefs) -> Self {
        let account = ratio(sum(seen, |one| one.conversions), sum(seen, |one| one.effort)).max(1e-9);
        let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for (campaign, one) in campaigns.iter().zip(seen) {
            let sum = sums.entry(&campaign.group).or_default();
            *sum = (sum.0 + one.conversions, sum.1 + one.effort);
        }
        let rate = |(conversions, effort): (f64, f64)| (conversions + GROUP_PRIOR) / (effort + GROUP_PRIOR / account);
        let groups = sums.into_iter().map(|(group, sum)| (group.to_owned(), rate(sum))).collect();
        let mut rates = Self { groups, account, shape: 1.0 / (beliefs.spread * beliefs.spread) };
        rates.shape = rates.shape_by_moments(campaigns, seen, beliefs);
        rates
    }

    fn of_group(&self, group: &str) -> f64 {
        self.groups.get(group).copied().unwrap_or(self.account)
    }

    /// `sum((c - m)^2 - m) / sum(m^2)`, with `m` the conversions that the group's rate gives, is the square of the spread; the belief counts as
    /// four campaigns of ten conversions.
    fn shape_by_moments(&self, campaigns: &[CampaignDays], seen: &[Seen], beliefs: &CurveBeliefs) -> f64 {
        let believed = 400.0;
        let (above, below) = campaigns.iter().zip(seen).fold((0.0, 0.0), |(above, below), (campaign, one)| {
            let expected = self.of_group(&campaign.group) * one.effort;
            let rest = one.conversions - expected;
            // Few conversions say little of the spread, and many must not drown the rest.
            let weight = 1.0 / (1.0 + expected / 10.0);
            (above + weight * (rest * rest - expected), below + weight * expected * expected)
        });
        let square = (above + believed * beliefs.spread * beliefs.spread) / (below + believed);
        let spread = libm::sqrt(square.max(0.0)).clamp(SPREADS[0], SPREADS[1]);
        1.0 / (spread * spread)
    }

    /// The posterior of a campaign's conversions per click.
    fn of_campaign(&self, campaign: &CampaignDays, held: &[usize], beliefs: &CurveBeliefs) -> Rate {
        let count = |(number, (day, clicks)): (usize, (&CampaignDay, f64))| {
            if held.contains(&number) { (0.0, 0.0) } else { (day.conversions, clicks * day.known) }
        };
        let clicks = carried(&campaign.days, beliefs.carry_over);
        let days: Vec<(f64, f64)> = campaign.days.iter().zip(clicks).enumerate().map(count).collect();
        let memory = libm::pow(0.5, 1.0 / beliefs.conversions_half_life);
        let (shape, mean) = (self.shape, self.of_group(&campaign.group));
        let broken_shape = 1.0 / (beliefs.break_spread * beliefs.break_spread);
        rate(&days, Prior { shape, broken_shape, mean, hazard: beliefs.hazard, memory })
    }
}

fn sum(seen: &[Seen], of: fn(&Seen) -> f64) -> f64 {
    seen.iter().map(of).sum()
}

fn ratio(above: f64, below: f64) -> f64 {
    if below > 0.0 { above / below } else { 0.0 }
}
