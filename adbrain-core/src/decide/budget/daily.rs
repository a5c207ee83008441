//! One morning's budgets: curves from the days that are known, the exact allocation within a step, and small random probes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::allocate::{Allocation, BindingLimit, allocate};
use super::estimate::{CampaignDay, CampaignDays, CurveBeliefs, CurveEstimate, ORDER_DEVIATION, estimate_curves};
use super::probe::{Probe, Probing, Room, probe};
use super::request::{AllocationRequest, EditPrice, GroupLimit, Receiver};
use crate::error::{Error, Result};
use crate::model::Money;
use crate::stats::distribution::{NORMAL_80, normal_cdf};

/// A campaign whose conversions fell may be cut further for so many days.
const EMERGENCY_DAYS: usize = 7;

/// A morning: what campaigns did until now, and what they may get today.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DailyRequest {
    /// What all together get at most today.
    pub total: Money,
    /// The campaigns, each with the same days.
    pub campaigns: Vec<DailyCampaign>,
    /// What is left of a unit of value before the spend is taken off; without it all of the total is spent.
    #[serde(default)]
    pub margin: Option<f64>,
    /// Limits on groups of campaigns, by the groups' names.
    #[serde(default)]
    pub groups: Vec<GroupLimit>,
    /// What is believed before the days are looked at.
    #[serde(default)]
    pub beliefs: CurveBeliefs,
    /// How budgets are probed; not at all where nothing is said.
    #[serde(default)]
    pub probing: Option<Probing>,
    /// Budgets stay as they are where moving them gains less than this part of the day's value: edits are not free.
    #[serde(default)]
    pub least_gain: f64,
}

/// One campaign on a morning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DailyCampaign {
    /// Its name, which no other has.
    pub name: String,
    /// The platform, or whatever shares what is learnt more closely than the account does.
    pub group: String,
    /// Its days, the first day first.
    pub days: Vec<CampaignDay>,
    /// The daily budget that holds now.
    pub current: Money,
    /// The least daily budget that the platform takes.
    #[serde(default)]
    pub least: Option<Money>,
    /// The most by which it may be raised, in percent.
    #[serde(default = "a_fifth")]
    pub max_raise_percent: f64,
    /// The most by which it may be cut, in percent.
    #[serde(default = "a_fifth")]
    pub max_cut_percent: f64,
    /// The most by which it may be cut in the week after its conversions fell, in percent; at least as much as any day.
    #[serde(default = "an_emergency")]
    pub max_emergency_cut_percent: f64,
    /// The price of an edit.
    #[serde(default)]
    pub edit: Option<EditPrice>,
}

fn a_fifth() -> f64 {
    20.0
}

fn an_emergency() -> f64 {
    60.0
}

impl DailyCampaign {
    /// A campaign that may move by a fifth, and in an emergency fall by 60 %.
    pub fn new(days: CampaignDays, current: Money) -> Self {
        let CampaignDays { name, group, days } = days;
        Self {
            name,
            group,
            days,
            current,
            least: None,
            max_raise_percent: a_fifth(),
            max_cut_percent: a_fifth(),
            max_emergency_cut_percent: an_emergency(),
            edit: None,
        }
    }
}

/// The budgets of a day, with what they are expected to bring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DailyBudgets {
    /// What each campaign gets, in the order of the request.
    pub parts: Vec<DailyBudget>,
    /// All of it together: never more than the total.
    pub spend: Money,
    /// What the day brings more than it would with the budgets of now.
    pub gain: Gain,
    /// What the next unit of money would bring.
    pub price: f64,
    /// How much better any budgets can be at most, by these curves and before probes, as a part of what they are worth.
    pub gap: f64,
    /// The limits that hold something back, and what loosening each by a unit of money would bring.
    pub binding: Vec<BindingLimit>,
}

/// What one campaign gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DailyBudget {
    /// Its name.
    pub name: String,
    /// What it has now.
    pub before: Money,
    /// What it gets.
    pub after: Money,
    /// What the day brings with that, in units of value.
    pub value: f64,
    /// The lower end of its interval of 80 %.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// By how much its budget is off the best one on purpose, and by what chance; none where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Probe>,
    /// The curve, with what it is made of.
    pub estimate: CurveEstimate,
}

/// What budgets bring more than others, as the curves say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gain {
    /// The mean, in units of value.
    pub value: f64,
    /// The lower end of its interval of 80 %.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability that it is above zero, 0 to 1.
    pub chance: f64,
}

/// Divides a day's money by what the days before show.
///
/// [`estimate_curves`] gives the curves and [`allocate`] divides by them, no budget further from what it is than its step; a campaign whose
/// conversions surely fell in the last week may be cut further. Then pairs of campaigns of a group are probed: one gets a little more
/// than the best, the other as much less, by the toss of a coin. Without probes a budget that never moves teaches nothing of its curve.
///
/// The gain is the sum of `value after - value before`, each value known as well as its interval says; with normal intervals, independent
/// between campaigns.
///
/// ```
/// use adbrain_core::budget::{CampaignDay, CampaignDays, DailyCampaign, DailyRequest, daily_budgets};
/// use adbrain_core::model::{Currency, Money};
/// let day = |conversions| CampaignDay {
///     budget: 100.0, spend: 100.0, impressions: 10_000.0, clicks: 90.0, conversions, revenue: 120.0 * conversions, known: 1.0,
/// };
/// let hundred = Money::parse("100", Currency::BRL)?;
/// let of = |name: &str, conversions| {
///     let days = CampaignDays { name: name.to_owned(), group: "meta".to_owned(), days: vec![day(conversions); 20] };
///     DailyCampaign::new(days, hundred)
/// };
/// let request = DailyRequest::new(Money::parse("200", Currency::BRL)?, vec![of("a", 2.0), of("b", 6.0)]);
/// let found = daily_budgets(&request)?;
/// let amounts: Vec<_> = found.parts.iter().map(|part| part.after.amount_text()).collect();
/// assert_eq!(amounts, ["80.00", "120.00"]);
/// assert!(found.gain.low > 0.0);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] naming the field that is out of its range; those of [`estimate_curves`] and [`allocate`].
pub fn daily_budgets(request: &DailyRequest) -> Result<DailyBudgets> {
    request.check()?;
    let histories: Vec<CampaignDays> = request.campaigns.iter().map(DailyCampaign::history).collect();
    let found = estimate_curves(&histories, &request.beliefs)?;
    let own = || request.campaigns.iter().zip(&found);
    let rooms: Vec<Room> = own().map(|(campaign, one)| campaign.room(one)).collect();
    let best = allocate(&request.allocation(&found, &rooms))?;
    let amounts: Vec<Money> = best.parts.iter().map(|part| part.amount).collect();
    let at_best = |((campaign, one), best): ((&DailyCampaign, &CurveEstimate), &Money)| {
        DailyBudget::of(campaign, one.clone()).at(*best)
    };
    let best_parts: Vec<DailyBudget> = own().zip(&amounts).map(at_best).collect();
    if !request.is_worth_it(&best_parts)? {
        return answer(best, best_parts.into_iter().map(|part| part.at(part.before)).collect());
    }
    let probes = request.probing.as_ref().map(|probing| {
        let groups: Vec<&str> = request.campaigns.iter().map(|campaign| campaign.group.as_str()).collect();
        let day = histories.first().map_or(0, |history| history.days.len());
        probe(probing, day, (&groups, &amounts, &rooms))
    });
    let probes = probes.unwrap_or_else(|| vec![None; amounts.len()]);
    let with_probe = |(part, probe): (DailyBudget, Option<Probe>)| match probe {
        Some(probe) => DailyBudget { probe: Some(probe.clone()), ..part.at(probe.of(part.after)) },
        None => part,
    };
    answer(best, best_parts.into_iter().zip(probes).map(with_probe).collect())
}

fn answer(best: Allocation, parts: Vec<DailyBudget>) -> Result<DailyBudgets> {
    let spend = Money::sum(parts.iter().map(|part| part.after))?.unwrap_or(best.spend);
    Ok(DailyBudgets { gain: Gain::of(&parts), spend, parts, price: best.price, gap: best.gap, binding: best.binding })
}

impl DailyBudget {
    /// A campaign that keeps its budget.
    fn of(campaign: &DailyCampaign, estimate: CurveEstimate) -> Self {
        Self {
            name: campaign.name.clone(),
            before: campaign.current,
            after: campaign.current,
            value: estimate.value,
            low: estimate.value_low,
            high: estimate.value_high,
            probe: None,
            estimate,
        }
    }

    /// The same with another budget: as much more or less as the curve says. A probe is that of one amount.
    #[must_use]
    pub fn at(&self, after: Money) -> Self {
        let (curve, estimate) = (&self.estimate.curve, &self.estimate);
        let before = curve.value(self.before.to_units());
        let times = if before > 0.0 { curve.value(after.to_units()) / before } else { 0.0 };
        Self {
            after,
            value: estimate.value * times,
            low: estimate.value_low * times,
            high: estimate.value_high * times,
            probe: self.probe.clone().filter(|_| after == self.after),
            ..self.clone()
        }
    }

    /// The interval of 80 % of what a report will show of the day. It counts the luck of single orders as well, which the mean of many such
    /// days does not have: a Poisson number of orders, whose values deviate as those of orders do.
    pub(crate) fn reported(&self) -> [f64; 2] {
        let deviation = (self.high - self.low) / (2.0 * NORMAL_80);
        let luck = self.value * self.estimate.order_value * (1.0 + ORDER_DEVIATION * ORDER_DEVIATION);
        let half = NORMAL_80 * libm::sqrt(deviation * deviation + luck);
        [(self.value - half).max(0.0), self.value + half]
    }
}

impl Gain {
    /// What budgets bring more than those before them.
    pub fn of(parts: &[DailyBudget]) -> Self {
        let (mut mean, mut variance) = (0.0, 0.0);
        for DailyBudget { value, estimate, .. } in parts {
            let gain = value - estimate.value;
            let spread = (estimate.value_high - estimate.value_low) / (2.0 * NORMAL_80);
            let relative = if estimate.value > 0.0 { spread / estimate.value } else { 0.0 };
            mean += gain;
            variance += gain * gain * relative * relative;
        }
        let deviation = libm::sqrt(variance);
        let chance = if deviation > 0.0 { normal_cdf(mean / deviation) } else { 0.5 };
        Self { value: mean, low: mean - NORMAL_80 * deviation, high: mean + NORMAL_80 * deviation, chance }
    }
}

impl DailyRequest {
    /// A total for campaigns, all of it to be spent, without limits on groups and without probes.
    pub fn new(total: Money, campaigns: Vec<DailyCampaign>) -> Self {
        let (groups, beliefs) = (Vec::new(), CurveBeliefs::default());
        Self { total, campaigns, margin: None, groups, beliefs, probing: None, least_gain: 0.0 }
    }

    /// Whether budgets gain enough, the spend over the margin taken off; where those of now are more than the total they cannot stay.
    fn is_worth_it(&self, parts: &[DailyBudget]) -> Result<bool> {
        let sum = |of: fn(&DailyBudget) -> Money| Money::sum(parts.iter().map(of));
        let (Some(before), Some(after)) = (sum(|part| part.before)?, sum(|part| part.after)?) else { return Ok(true) };
        let now: f64 = parts.iter().map(|part| part.estimate.value).sum();
        let saved = self.margin.map_or(0.0, |margin| (before.to_units() - after.to_units()) / margin);
        let gain = Gain::of(parts).value + saved;
        Ok(before.micros() > self.total.micros() || gain >= self.least_gain * now)
    }

    fn check(&self) -> Result<()> {
        if self.campaigns.is_empty() {
            return Err(Error::invalid("campaigns", "is empty").next("give one campaign at least"));
        }
        for (place, campaign) in self.campaigns.iter().enumerate() {
            let before = self.campaigns.iter().take(place);
            if campaign.name.is_empty() || before.into_iter().any(|other| other.name == campaign.name) {
                let what = format!("is {:?}, which is empty or another's name", campaign.name);
                return Err(Error::invalid(&format!("campaigns[{place}].name"), what)
                    .next("give each campaign a name of its own"));
            }
            let steps = [
                ("max_raise_percent", campaign.max_raise_percent, 1_000.0),
                ("max_cut_percent", campaign.max_cut_percent, 99.0),
                ("max_emergency_cut_percent", campaign.max_emergency_cut_percent, 99.0),
            ];
            for (name, percent, most) in steps {
                if !(percent >= 0.0 && percent <= most) {
                    return Err(Error::invalid(&format!("campaigns[{place}].{name}"), format!("is {percent}"))
                        .next(format!("give 0 to {most} percent")));
                }
            }
            let amounts = [("current", Some(campaign.current)), ("least", campaign.least)];
            for (name, amount) in amounts {
                let Some(amount) = amount else { continue };
                if amount.currency() != self.total.currency() || amount.micros() < 0 {
                    let what = format!("{amount} is no amount in {}", self.total.currency());
                    return Err(Error::invalid(&format!("campaigns[{place}].{name}"), what)
                        .next("give an amount of zero or more in the currency of the total"));
                }
            }
        }
        if !(self.least_gain >= 0.0 && self.least_gain <= 1.0) {
            return Err(Error::invalid("least_gain", format!("is {}", self.least_gain)).next("give a part, 0 to 1"));
        }
        self.probing.as_ref().map_or(Ok(()), Probing::check)
    }

    fn allocation(&self, found: &[CurveEstimate], rooms: &[Room]) -> AllocationRequest {
        let is_limited = |group: &str| self.groups.iter().any(|limit| limit.name == group);
        let receivers = self.campaigns.iter().zip(found).zip(rooms).map(|((campaign, one), room)| Receiver {
            group: is_limited(&campaign.group).then(|| campaign.group.clone()),
            floor: Some(room.floor),
            cap: Some(room.cap),
            current: campaign.edit.map(|_| campaign.current),
            edit: campaign.edit,
            ..Receiver::new(campaign.name.clone(), one.curve.clone())
        });
        let request = AllocationRequest::new(self.total, receivers.collect());
        AllocationRequest { groups: self.groups.clone(), margin: self.margin, ..request }
    }
}

impl DailyCampaign {
    fn history(&self) -> CampaignDays {
        CampaignDays { name: self.name.clone(), group: self.group.clone(), days: self.days.clone() }
    }

    /// Where its budget may lie today, in whole minor units: no further than the step, and not below the platform's least.
    fn room(&self, estimate: &CurveEstimate) -> Room {
        let fell_lately = estimate.fell && estimate.broke_on.is_some_and(|day| day + EMERGENCY_DAYS > self.days.len());
        let emergency = if fell_lately { self.max_emergency_cut_percent } else { 0.0 };
        let cut = self.max_cut_percent.max(emergency);
        let cap = part_of(self.current, 1.0 + self.max_raise_percent / 100.0).floor_to_minor_unit();
        let lowest = part_of(self.current, 1.0 - cut / 100.0);
        let rounded = lowest.floor_to_minor_unit();
        let unit = if rounded == lowest { 0 } else { lowest.currency().minor_unit_micros() };
        let floor = Money::from_micros(rounded.micros() + unit, lowest.currency());
        let floor = self.least.filter(|least| least.micros() > floor.micros()).unwrap_or(floor);
        Room { floor, cap: if cap.micros() < floor.micros() { floor } else { cap } }
    }
}

/// A part of an amount, in whole micros.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
fn part_of(amount: Money, part: f64) -> Money {
    let micros = libm::round((amount.micros() as f64 * part).clamp(0.0, 9.0e15)) as i64;
    Money::from_micros(micros, amount.currency())
}
