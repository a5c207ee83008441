//! A request as a problem in numbers, and its answer back in whole minor units.
#![expect(clippy::indexing_slicing, reason = "positions are those of the request's own receivers and groups")]

use std::collections::BTreeMap;

use super::relax::{Group, Item, Piece, Problem};
use super::request::{AllocationRequest, Receiver, Target};
use crate::error::{Error, Result};
use crate::model::{Currency, Money};

/// Whole minor units from the least to the most, or nothing where `may_be_zero`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) may_be_zero: bool,
}

/// One node of the tree of limits, in minor units.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// What it is called in a request: a path.
    pub(super) field: String,
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) parent: Option<usize>,
}

/// A checked request.
pub(super) struct Plan {
    pub(super) problem: Problem,
    pub(super) currency: Currency,
    /// Of each receiver.
    pub(super) limits: Vec<Limits>,
    /// The group of each receiver.
    pub(super) group_of: Vec<usize>,
    /// Of each group of the problem; the last one is the total.
    pub(super) nodes: Vec<Node>,
}

impl Plan {
    pub(super) fn of(request: &AllocationRequest) -> Result<Self> {
        let currency = request.total.currency();
        check_request(request)?;
        let total = down(request.total);
        let (nodes, order) = nodes(request, total)?;
        let root = nodes.len() - 1;
        let mut limits = Vec::new();
        let mut items = Vec::new();
        let mut group_of = Vec::new();
        for (index, receiver) in request.receivers.iter().enumerate() {
            let field = format!("receivers[{index}]");
            let own = limits_of(receiver, (&field, currency), total)?;
            items.push(item(receiver, own, currency));
            limits.push(own);
            let named = receiver.group.as_ref().map(|name| {
                order.get(name.as_str()).copied().ok_or_else(|| {
                    Error::invalid(&format!("{field}.group"), format!("is {name:?}, which is no group"))
                        .next("name one of `groups`, or none")
                })
            });
            group_of.push(named.transpose()?.unwrap_or(root));
        }
        let size = unit(currency);
        let groups = nodes.iter().enumerate().map(|(index, node)| Group {
            low: node.low as f64 * size,
            high: node.high as f64 * size,
            groups: (0..index).filter(|below| nodes[*below].parent == Some(index)).collect(),
            items: (0..items.len()).filter(|item| group_of[*item] == index).collect(),
        });
        let groups = groups.collect();
        let target = request.target.map(|target| match target {
            Target::Roas(value) => value,
            Target::Cpa(money) => 1.0 / money,
        });
        let problem = Problem { items, groups, floor_price: request.margin.map_or(0.0, |margin| 1.0 / margin), target };
        let plan = Self { problem, currency, limits, group_of, nodes };
        plan.check_room(request)?;
        Ok(plan)
    }

    /// Money of minor units.
    pub(super) fn money(&self, units: i64) -> Money {
        Money::from_micros(units.saturating_mul(self.currency.minor_unit_micros()), self.currency)
    }

    pub(super) fn number(&self, units: i64) -> f64 {
        units as f64 * unit(self.currency)
    }

    /// The groups that a receiver is in, from its own to the total.
    fn above(&self, receiver: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(self.group_of[receiver]), |group| self.nodes[*group].parent)
    }

    /// Says which limits leave no room for each other.
    fn check_room(&self, request: &AllocationRequest) -> Result<()> {
        let mut room: Vec<(i64, i64)> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let mut below: Vec<(String, i64, i64)> = (0..index)
                .filter(|group| self.nodes[*group].parent == Some(index))
                .map(|group| (self.nodes[group].field.clone(), room[group].0, room[group].1))
                .collect();
            let own = request.receivers.iter().zip(&self.limits).zip(&self.group_of);
            below.extend(own.filter(|(_, group)| **group == index).map(|((receiver, limits), _)| {
                let least = if limits.may_be_zero { 0 } else { limits.low };
                (receiver.name.clone(), least, limits.high)
            }));
            let least = below.iter().map(|(_, least, _)| *least).sum::<i64>();
            let most = below.iter().map(|(_, _, most)| *most).fold(0_i64, i64::saturating_add);
            if least > node.high {
                let who = told(below.iter().filter(|part| part.1 > 0).map(|part| (&part.0, self.money(part.1))));
                let field = if node.parent.is_none() { node.field.clone() } else { format!("{}.cap", node.field) };
                let what = format!(
                    "is {}, and what belongs to it takes {} at least: {who}",
                    self.money(node.high),
                    self.money(least)
                );
                return Err(Error::invalid(&field, what).next("raise it, or lower one of these floors or step limits"));
            }
            if most < node.low {
                let who = told(below.iter().map(|part| (&part.0, self.money(part.2))));
                let what = format!(
                    "is {}, and what belongs to it takes {} at most: {who}",
                    self.money(node.low),
                    self.money(most)
                );
                return Err(Error::invalid(&format!("{}.floor", node.field), what)
                    .next("lower it, or raise one of these caps or step limits"));
            }
            room.push((least.max(node.low), most.min(node.high)));
        }
        Ok(())
    }

    /// Spends in whole minor units: rounded down, and what is left one unit each by the largest remainder, wherever all limits have room.
    pub(super) fn round(&self, spends: &[f64]) -> Vec<i64> {
        let size = unit(self.currency);
        let exact: Vec<f64> = spends.iter().map(|spend| spend / size).collect();
        let mut parts: Vec<i64> =
            exact.iter().zip(&self.limits).map(|(exact, limits)| whole(*exact, *limits)).collect();
        let mut sums = self.sums(&parts);
        let all: f64 = exact.iter().sum();
        let rest = |receiver: usize, parts: &[i64]| exact[receiver] - parts[receiver] as f64;
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by(|one, other| rest(*other, &parts).total_cmp(&rest(*one, &parts)).then(one.cmp(other)));
        let has_room =
            |receiver: usize, sums: &[i64]| self.above(receiver).all(|group| sums[group] < self.nodes[group].high);
        // Groups below their floors first, the lowest in the tree before those that hold them.
        for group in 0..self.nodes.len() {
            let is_last = group + 1 == self.nodes.len();
            let wanted = if is_last { minor(libm::floor(all + 1e-6)) } else { self.nodes[group].low };
            for receiver in order.iter().copied().filter(|receiver| self.above(*receiver).any(|above| above == group)) {
                let limits = self.limits[receiver];
                let may_grow =
                    parts[receiver] < limits.high && (parts[receiver] > 0 || !limits.may_be_zero || limits.low <= 1);
                let is_due = sums[group] < wanted && rest(receiver, &parts) > 1e-9;
                if is_due && may_grow && has_room(receiver, &sums) {
                    parts[receiver] += 1;
                    self.above(receiver).for_each(|above| sums[above] += 1);
                }
            }
        }
        parts
    }

    /// What each group and the total hold.
    fn sums(&self, parts: &[i64]) -> Vec<i64> {
        let mut sums = vec![0_i64; self.nodes.len()];
        for (receiver, part) in parts.iter().enumerate() {
            self.above(receiver).for_each(|group| sums[group] += part);
        }
        sums
    }

    /// How many units a receiver can give away without breaking a limit.
    fn spare(&self, receiver: usize, (parts, sums): (&[i64], &[i64])) -> i64 {
        let own = parts[receiver] - self.limits[receiver].low;
        self.above(receiver).map(|group| sums[group] - self.nodes[group].low).fold(own, i64::min)
    }

    /// Takes units back, where they bring least, until what was rounded meets the target as well, or no unit is left that brings less than the
    /// target asks for.
    pub(super) fn meet_target(&self, parts: &mut [i64]) {
        let Some(target) = self.problem.target else { return };
        let (size, items) = (unit(self.currency), &self.problem.items);
        let mut sums = self.sums(parts);
        for _ in 0..ROUNDS_FOR_TARGET * parts.len() {
            let spends = || parts.iter().map(|part| self.number(*part));
            let gain: f64 = items.iter().zip(spends()).filter_map(|(item, spend)| item.gain(spend)).sum();
            let missing = target * spends().sum::<f64>() - gain;
            if missing <= 0.0 {
                return;
            }
            let able = items.iter().zip(spends()).enumerate().filter_map(|(receiver, (item, spend))| {
                let (spare, marginal) = (self.spare(receiver, (parts, &sums)), item.curve.marginal(spend));
                (spare > 0 && marginal < target).then_some((receiver, spare, marginal))
            });
            let Some((least, spare, marginal)) = able.min_by(|one, other| one.2.total_cmp(&other.2)) else { return };
            let units = minor(libm::ceil(missing / ((target - marginal) * size))).clamp(1, spare);
            parts[least] -= units;
            self.above(least).for_each(|group| sums[group] -= units);
        }
    }
}

/// Rounds per receiver in which units are taken back for a target.
const ROUNDS_FOR_TARGET: usize = 8;

/// A minor unit in units of the currency.
fn unit(currency: Currency) -> f64 {
    Money::from_micros(currency.minor_unit_micros(), currency).to_units()
}

#[expect(clippy::cast_possible_truncation, reason = "amounts in minor units are far below 2^53")]
fn whole(exact: f64, limits: Limits) -> i64 {
    let part = libm::floor(exact + 1e-9) as i64;
    if limits.may_be_zero && part < limits.low { 0 } else { part.clamp(limits.low, limits.high) }
}

/// Minor units of an amount, rounded down.
fn down(money: Money) -> i64 {
    money.micros().div_euclid(money.currency().minor_unit_micros())
}

/// Minor units of an amount, rounded up.
fn up(money: Money) -> i64 {
    -(-money.micros()).div_euclid(money.currency().minor_unit_micros())
}

fn told<'a>(parts: impl Iterator<Item = (&'a String, Money)>) -> String {
    const SHOWN: usize = 5;
    let all: Vec<String> = parts.map(|(name, money)| format!("{name} {money}")).collect();
    let more = all.len().saturating_sub(SHOWN);
    let shown = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

fn check_request(request: &AllocationRequest) -> Result<()> {
    let bad = |field: &str, what: String, next: &str| Err(Error::invalid(field, what).next(next));
    if request.total.micros() < 0 {
        return bad("total", format!("is {}", request.total), "give an amount from zero up");
    }
    if request.receivers.is_empty() {
        return bad("receivers", "is empty".to_owned(), "give at least one receiver");
    }
    if let Some(margin) = request.margin.filter(|margin| !(*margin > 0.0 && *margin <= 1.0)) {
        return bad("margin", format!("is {margin}"), "give a part of the value, above 0 up to 1");
    }
    if let Some(Target::Roas(value) | Target::Cpa(value)) = request.target
        && !(value.is_finite() && value > 0.0)
    {
        return bad("target", format!("is {value}"), "give a finite number above zero");
    }
    if !(request.search.gap.is_finite() && request.search.gap >= 0.0) || request.search.nodes == 0 {
        return bad(
            "search",
            "has a gap below zero or no nodes".to_owned(),
            "give a gap from zero up and at least one node",
        );
    }
    let mut seen = std::collections::BTreeSet::new();
    for (index, receiver) in request.receivers.iter().enumerate() {
        if receiver.name.is_empty() || !seen.insert(&receiver.name) {
            let what = format!("is {:?}, which is empty or another's name", receiver.name);
            return bad(&format!("receivers[{index}].name"), what, "give each receiver a name of its own");
        }
    }
    Ok(())
}

/// An amount of a request, checked: in the currency, from zero up.
fn amount(money: Option<Money>, field: &str, currency: Currency) -> Result<Option<Money>> {
    match money {
        Some(money) if money.currency() != currency || money.micros() < 0 => {
            Err(Error::invalid(field, format!("is {money}"))
                .next(format!("give an amount in {currency}, from zero up")))
        }
        money => Ok(money),
    }
}

fn percent(value: Option<f64>, field: &str, most: f64) -> Result<Option<f64>> {
    match value {
        Some(value) if !(0.0..=most).contains(&value) => {
            Err(Error::invalid(field, format!("is {value}")).next(format!("give a percentage from 0 to {most}")))
        }
        value => Ok(value),
    }
}

const MOST_PERCENT: f64 = 1e6;

/// The range of a receiver, in minor units.
fn limits_of(receiver: &Receiver, (field, currency): (&str, Currency), total: i64) -> Result<Limits> {
    receiver.curve.check(&format!("{field}.curve"))?;
    if !(0.0..1.0).contains(&receiver.carry_over) {
        return Err(Error::invalid(&format!("{field}.carry_over"), format!("is {}", receiver.carry_over))
            .next("give a part from 0 to below 1"));
    }
    let money = |money, name: &str| amount(money, &format!("{field}.{name}"), currency);
    let floor = money(receiver.floor, "floor")?.map_or(0, up);
    let cap = money(receiver.cap, "cap")?.map_or(total, down);
    let least = money(receiver.least, "least")?.map_or(0, up);
    let current = money(receiver.current, "current")?.map(Money::to_units).filter(|current| *current > 0.0);
    let raise = percent(receiver.max_raise_percent, &format!("{field}.max_raise_percent"), MOST_PERCENT)?;
    let cut = percent(receiver.max_cut_percent, &format!("{field}.max_cut_percent"), 100.0)?;
    if let Some(edit) = receiver.edit
        && !(edit.value.is_finite() && edit.value >= 0.0 && (0.0..=MOST_PERCENT).contains(&edit.free_percent))
    {
        return Err(Error::invalid(&format!("{field}.edit"), "has a value or a percentage below zero")
            .next("give both from zero up"));
    }
    if (raise.or(cut).is_some() || receiver.edit.is_some()) && receiver.current.is_none() {
        return Err(Error::invalid(
            &format!("{field}.current"),
            "is missing beside a step limit or the price of an edit",
        )
        .next("give what the receiver gets now"));
    }
    let size = unit(currency);
    let stepped = |part: f64, round: fn(f64) -> f64| current.map(|current| minor(round(current * part / size)));
    let lowest = cut.and_then(|cut| stepped(1.0 - cut / 100.0, |units| libm::ceil(units - 1e-6))).unwrap_or(0);
    let highest =
        raise.and_then(|raise| stepped(1.0 + raise / 100.0, |units| libm::floor(units + 1e-6))).unwrap_or(i64::MAX);
    let (low, high) = (floor.max(lowest), cap.min(highest).min(total));
    let may_be_zero = low == 0 && least > 0;
    if low.max(least) > high && !may_be_zero || low > high {
        let what = format!("get {} at least and {} at most", shown(low.max(least), currency), shown(high, currency));
        return Err(Error::invalid(field, format!("{:?} would {what}", receiver.name))
            .next("loosen its floor, cap, least or step limits, or raise the total"));
    }
    // Where even the least is out of reach it gets nothing.
    let low = low.max(least);
    Ok(if low > high { Limits { low: 0, high: 0, may_be_zero: false } } else { Limits { low, high, may_be_zero } })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast of a float saturates, and limits beyond the total do not matter"
)]
fn minor(units: f64) -> i64 {
    units as i64
}

fn shown(units: i64, currency: Currency) -> Money {
    Money::from_micros(units.saturating_mul(currency.minor_unit_micros()), currency)
}

/// The spends that a receiver may have: its range, nothing where it may get nothing, cut at the ends of what an edit costs nothing for.
fn item(receiver: &Receiver, limits: Limits, currency: Currency) -> Item {
    let size = unit(currency);
    let mut ranges = vec![(limits.low, limits.high)];
    if limits.may_be_zero {
        ranges.insert(0, (0, 0));
    }
    let current = receiver.current.map_or(0.0, Money::to_units);
    let free = receiver.edit.map(|edit| {
        let band = current * edit.free_percent / 100.0;
        let low = minor(libm::ceil((current - band) / size - 1e-6));
        (low, minor(libm::floor((current + band) / size + 1e-6)).max(low))
    });
    let cost = receiver.edit.map_or(0.0, |edit| edit.value);
    let mut pieces = Vec::new();
    let mut add = |low: i64, high: i64, cost: f64| {
        if low <= high {
            pieces.push(Piece { low: low as f64 * size, high: high as f64 * size, cost });
        }
    };
    for (low, high) in ranges {
        let Some((from, to)) = free else {
            add(low, high, 0.0);
            continue;
        };
        add(low, high.min(from), cost);
        add(low.max(from), high.min(to), 0.0);
        add(low.max(to), high, cost);
    }
    Item { curve: receiver.curve.steady(receiver.carry_over), pieces }
}

/// The groups with those in groups before them, and the total last; where each name stands.
fn nodes(request: &AllocationRequest, total: i64) -> Result<(Vec<Node>, BTreeMap<&str, usize>)> {
    let currency = request.total.currency();
    let mut given: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, group) in request.groups.iter().enumerate() {
        if group.name.is_empty() || given.insert(&group.name, index).is_some() {
            let what = format!("is {:?}, which is empty or another's name", group.name);
            return Err(
                Error::invalid(&format!("groups[{index}].name"), what).next("give each group a name of its own")
            );
        }
    }
    let parent = |index: usize| -> Result<Option<usize>> {
        let Some(name) = &request.groups[index].parent else { return Ok(None) };
        given.get(name.as_str()).copied().map(Some).ok_or_else(|| {
            Error::invalid(&format!("groups[{index}].parent"), format!("is {name:?}, which is no group"))
                .next("name one of `groups`, or none")
        })
    };
    // The deeper, the earlier.
    let mut depths = Vec::new();
    for index in 0..request.groups.len() {
        let (mut depth, mut above) = (0, parent(index)?);
        while let Some(next) = above {
            depth += 1;
            if depth > request.groups.len() {
                return Err(Error::invalid(&format!("groups[{index}].parent"), "belongs to itself in the end")
                    .next("name a group outside of it, or none"));
            }
            above = parent(next)?;
        }
        depths.push(depth);
    }
    let mut order: Vec<usize> = (0..request.groups.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(depths[*index]), *index));
    let place: BTreeMap<usize, usize> = order.iter().enumerate().map(|(place, index)| (*index, place)).collect();
    let root = order.len();
    let mut nodes = Vec::new();
    for index in order {
        let (group, field) = (&request.groups[index], format!("groups[{}]", request.groups[index].name));
        let low = amount(group.floor, &format!("{field}.floor"), currency)?.map_or(0, up);
        let high = amount(group.cap, &format!("{field}.cap"), currency)?.map_or(total, down).min(total);
        if low > high {
            let what = format!("is {}, above what the group may get: {}", shown(low, currency), shown(high, currency));
            return Err(Error::invalid(&format!("{field}.floor"), what).next("lower it, or raise the cap or the total"));
        }
        let parent = parent(index)?.map_or(Some(root), |above| place.get(&above).copied());
        nodes.push(Node { field, low, high, parent });
    }
    nodes.push(Node { field: "total".to_owned(), low: 0, high: total, parent: None });
    let places = given.into_iter().filter_map(|(name, index)| Some((name, *place.get(&index)?))).collect();
    Ok((nodes, places))
}
