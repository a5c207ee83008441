//! Budgets from rows, as frames hold them: receivers in, amounts out; days in, curves out; and the drawing of an allocation.

mod days;
mod receivers;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Method, usual_language};
use crate::budget::{Allocation, AllocationRequest, ResponseCurve, SearchLimits, Target, allocate};
use crate::error::{Error, Result};
use crate::model::{Currency, Language, Money};
use crate::report::{AllocationChart, CurveLine, DrawnCurve, allocation_svg};

use receivers::{Given, GroupRow};

pub(super) const METHODS: &[Method] = &[
    checked_method!(
        "allocate_rows",
        "The division of a day's money from rows, one for each receiver, with the prices of all limits as rows.",
        allocate_rows
    ),
    checked_method!(
        "estimate_rows",
        "Response curves from rows of days, as rows that `allocate_rows` takes as they are.",
        days::estimate_rows
    ),
    checked_method!(
        "allocation_chart",
        "The curve of each receiver with its amount and the price of money as the slope there, as SVG.",
        allocation_chart
    ),
];

/// A row of a frame.
type Row = Map<String, Value>;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// One for each receiver: `name`; `curve`, or `kind` with its parameters; where wanted `group`, `floor`, `cap`, `least`, `current`,
    /// `max_raise_percent`, `max_cut_percent` and `carry_over`. Amounts are in units, as numbers or texts.
    rows: Vec<Row>,
    /// What all together get at most, in units.
    total: Given,
    /// The currency of all amounts.
    #[serde(default = "usual_currency")]
    currency: String,
    /// Limits on the groups that rows name; a group that is not here has none.
    #[serde(default)]
    groups: Vec<GroupRow>,
    /// What is left of a unit of value before the spend is taken off, above 0 up to 1.
    #[serde(default)]
    margin: Option<f64>,
    /// What all of the money has to bring on average.
    #[serde(default)]
    target: Option<Target>,
    /// When the search ends.
    #[serde(default)]
    search: SearchLimits,
}

fn usual_currency() -> String {
    "USD".to_owned()
}

#[derive(Serialize)]
struct Divided {
    /// One for each receiver, in their order.
    rows: Vec<DividedRow>,
    /// The limits that hold something back, by what loosening each by a unit of money would bring.
    limits: Vec<LimitRow>,
    spend: Money,
    value: f64,
    worth: f64,
    price: f64,
    bound: f64,
    gap: f64,
    nodes: u32,
    /// The curves of a constant daily spend, as `allocation_chart` takes them.
    curves: Vec<Drawn>,
}

#[derive(Serialize)]
struct DividedRow {
    name: String,
    amount: f64,
    value: f64,
    marginal: f64,
    /// What loosening the receiver's own limits by a unit of money would bring.
    shadow_price: f64,
}

#[derive(Serialize)]
struct LimitRow {
    limit: String,
    at: f64,
    per_unit: f64,
}

fn allocate_rows(input: &Asked) -> Result<Divided> {
    let currency: Currency = input.currency.parse().map_err(|error: Error| error.in_field("currency"))?;
    let receivers = receivers::of_rows(&input.rows, currency)?;
    let groups = receivers::groups(&input.groups, &receivers, currency)?;
    let request = AllocationRequest {
        total: input.total.money("total", currency)?,
        receivers,
        groups,
        margin: input.margin,
        target: input.target,
        search: input.search,
    };
    let found = allocate(&request).map_err(receivers::about_rows)?;
    Ok(divided(&request, found))
}

fn divided(request: &AllocationRequest, found: Allocation) -> Divided {
    let own = |name: &str| {
        let field = format!("receivers[{name}].");
        let of_it = found.binding.iter().filter(move |limit| {
            limit.limit.strip_prefix(field.as_str()).is_some_and(|end| ["low", "high"].contains(&end))
        });
        of_it.fold(0.0, |sum, limit| sum + limit.per_unit)
    };
    let rows = found.parts.iter().map(|part| DividedRow {
        name: part.name.clone(),
        amount: part.amount.to_units(),
        value: part.value,
        marginal: part.marginal,
        shadow_price: own(&part.name),
    });
    let curves = request.receivers.iter().zip(&found.parts).map(|(receiver, part)| Drawn {
        name: receiver.name.clone(),
        curve: receiver.curve.steady(receiver.carry_over),
        amount: part.amount.to_units(),
    });
    let (rows, curves) = (rows.collect(), curves.collect());
    let limits = found.binding.into_iter().map(|limit| LimitRow {
        limit: limit.limit,
        at: limit.at.to_units(),
        per_unit: limit.per_unit,
    });
    Divided {
        rows,
        limits: limits.collect(),
        spend: found.spend,
        value: found.value,
        worth: found.worth,
        price: found.price,
        bound: found.bound,
        gap: found.gap,
        nodes: found.nodes,
        curves,
    }
}

/// A curve as it is drawn.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Drawn {
    /// The receiver.
    name: String,
    /// What a day's spend brings.
    curve: ResponseCurve,
    /// What it gets, in units.
    amount: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Drawing {
    /// The curves, one for each receiver.
    curves: Vec<Drawn>,
    /// What the next unit of money would bring.
    price: f64,
    /// The language of the figures.
    #[serde(default = "usual_language")]
    language: Language,
}

/// A drawing, and the points that it is made of.
#[derive(Serialize)]
struct DrawnLines {
    svg: String,
    lines: Vec<CurveLine>,
}

fn allocation_chart(input: &Drawing) -> Result<DrawnLines> {
    let drawn = |one: &Drawn| DrawnCurve { name: one.name.clone(), curve: one.curve.clone(), amount: one.amount };
    let chart = AllocationChart { curves: input.curves.iter().map(drawn).collect(), price: input.price };
    Ok(DrawnLines { svg: allocation_svg(&chart, input.language)?, lines: chart.lines()? })
}

#[cfg(test)]
mod tests;
