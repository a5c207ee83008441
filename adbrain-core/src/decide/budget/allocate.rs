//! The allocation of a day's money over response curves, with a proof of how good it is.
#![expect(clippy::indexing_slicing, reason = "positions are those of the request's own receivers and groups")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::branch::{self, Effort};
use super::request::AllocationRequest;
use super::units::Plan;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Money;

/// How the money is divided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Allocation {
    /// What each receiver gets, in the order of the request.
    pub parts: Vec<Part>,
    /// All of it together: never more than the total that was asked for.
    pub spend: Money,
    /// What it brings.
    pub value: f64,
    /// Value less the prices of edits, less the spend over the margin where there is one: what is as large as it can be.
    pub worth: f64,
    /// Nothing within the limits is worth more.
    pub bound: f64,
    /// How much better anything can be at most, as a part of `worth`.
    pub gap: f64,
    /// What the next unit of money would bring.
    pub price: f64,
    /// The limits that hold something back, by what loosening each by a unit of money would bring, the most first. Limits of groups and of the
    /// total are priced in the relaxation, where the gap is the error.
    pub binding: Vec<BindingLimit>,
    /// How many relaxations were solved.
    pub nodes: u32,
}

/// What one receiver gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its money.
    pub amount: Money,
    /// What that brings.
    pub value: f64,
    /// What its next unit of money would bring.
    pub marginal: f64,
    /// The value that is lost by the edit.
    pub edit_cost: f64,
}

/// A limit that holds something back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BindingLimit {
    /// Which one, as a path in the request: `total`, `groups[NAME].cap`, `receivers[NAME].high`.
    pub limit: String,
    /// Where it stands.
    pub at: Money,
    /// What a unit of money more, or for a lower limit one less, would bring.
    pub per_unit: f64,
}

/// Below this, prices are rounding.
const LEAST_PRICE: f64 = 1e-9;

/// Divides a day's money so that it brings the most, within all limits.
///
/// Concave curves are solved by the price of money; S-shaped ones, and limits such as "nothing or at least", by branch and bound over their
/// concave envelopes. The answer carries an upper bound, so its gap is proven. Amounts are whole minor units by the largest remainder, which
/// the gap counts as well.
///
/// ```
/// use adbrain_core::budget::{AllocationRequest, Receiver, ResponseCurve, allocate};
/// use adbrain_core::model::{Currency, Money};
/// let log = |scale| ResponseCurve::Log { scale, unit: 10.0 };
/// let receivers = vec![Receiver::new("a", log(30.0)), Receiver::new("b", log(10.0))];
/// let answer = allocate(&AllocationRequest::new(Money::parse("60", Currency::BRL)?, receivers))?;
/// let amounts: Vec<_> = answer.parts.iter().map(|part| part.amount.amount_text()).collect();
/// assert_eq!(amounts, ["50.00", "10.00"]); // 30 / (10 + 50) = 10 / (10 + 10) = 0.5
/// assert!((answer.price - 0.5).abs() < 1e-9 && answer.gap < 1e-9);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a curve or a limit that is none, and for limits that leave no room for each other, which it names;
/// [`ErrorKind::NotFound`] where the target cannot be met, or nothing was found within the limits.
pub fn allocate(request: &AllocationRequest) -> Result<Allocation> {
    let plan = Plan::of(request)?;
    let effort = Effort { gap: request.search.gap, nodes: request.search.nodes };
    let found = branch::solve(&plan.problem, effort).ok_or_else(|| nothing(request))?;
    let mut parts = plan.round(&found.spends);
    plan.meet_target(&mut parts);
    let spends: Vec<f64> = parts.iter().map(|part| plan.number(*part)).collect();
    let worth = plan.problem.worth(&spends).ok_or_else(|| nothing(request))?;
    let rows = request.receivers.iter().zip(&plan.problem.items).zip(parts.iter().zip(&spends));
    let rows: Vec<Part> = rows
        .map(|((receiver, item), (units, spend))| {
            let value = item.curve.value(*spend);
            let edit_cost = value - item.gain(*spend).unwrap_or(value);
            let marginal = item.curve.marginal(*spend);
            Part { name: receiver.name.clone(), amount: plan.money(*units), value, marginal, edit_cost }
        })
        .collect();
    let bound = found.bound.max(worth);
    Ok(Allocation {
        spend: plan.money(parts.iter().sum()),
        value: rows.iter().map(|row| row.value).sum(),
        worth,
        bound,
        gap: if bound > worth { (bound - worth) / worth.abs().max(f64::MIN_POSITIVE) } else { 0.0 },
        price: found.prices.last().copied().unwrap_or(0.0),
        binding: binding(&plan, request, (&parts, &rows), &found.prices),
        parts: rows,
        nodes: found.nodes,
    })
}

fn nothing(request: &AllocationRequest) -> Error {
    let (what, next) = match request.target {
        Some(target) => {
            (format!("the target {target:?} cannot be met within the limits"), "lower the target or the floors")
        }
        None => {
            ("no amounts keep all limits".to_owned(), "loosen the floors of groups, or `least` of receivers below them")
        }
    };
    Error::new(ErrorKind::NotFound, what).next(next)
}

fn binding(
    plan: &Plan,
    request: &AllocationRequest,
    (parts, rows): (&[i64], &[Part]),
    prices: &[f64],
) -> Vec<BindingLimit> {
    let mut found = Vec::new();
    let mut add = |limit: String, units: i64, per_unit: f64| {
        if per_unit > LEAST_PRICE {
            found.push(BindingLimit { limit, at: plan.money(units), per_unit });
        }
    };
    for (node, price) in plan.nodes.iter().zip(prices) {
        let above = node.parent.map_or(plan.problem.floor_price, |parent| prices[parent]);
        let extra = price - above;
        match node.parent {
            None => add(node.field.clone(), node.high, extra),
            Some(_) if extra > 0.0 => add(format!("{}.cap", node.field), node.high, extra),
            Some(_) => add(format!("{}.floor", node.field), node.low, -extra),
        }
    }
    for (index, receiver) in request.receivers.iter().enumerate() {
        let (limits, part, price) = (plan.limits[index], parts[index], prices[plan.group_of[index]]);
        let extra = rows[index].marginal - price;
        if part == limits.high && part > 0 {
            add(format!("receivers[{}].high", receiver.name), limits.high, extra);
        } else if part == limits.low && part > 0 {
            add(format!("receivers[{}].low", receiver.name), limits.low, -extra);
        }
    }
    found.sort_by(|one, other| other.per_unit.total_cmp(&one.per_unit).then_with(|| one.limit.cmp(&other.limit)));
    found
}
