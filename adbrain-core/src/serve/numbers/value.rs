//! Customer value by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Arrays, Found, Method, Number, plain, read, usual_level, written};
use crate::error::{Error, Result};
use crate::model::{Currency, Estimate, Message};
use crate::predict::ltv::{
    self, Birth, Customer, Customers, FitOptions, Forecasts, OrderBook, OrderLine, PurchaseFit, PurchaseModel,
    PurchaseProcess, Shrinkage, SpendFit, SpendProcess, Spending, SummaryPlan, TimeUnit, ValueOptions, ValuePlan,
};

pub(super) const METHODS: &[Method] = &[
    checked_method!(
        "customer_summaries",
        "Order lines as one row per customer: repeat purchases, recency, age and spend.",
        summaries
    ),
    checked_method!(
        "customer_value_fit",
        "How customers buy and leave, and what they spend per purchase: parameters with intervals.",
        fit
    ),
    checked_method!(
        "customer_value_predict",
        "What to expect of each customer under fitted models: still there, purchases, spend, value.",
        predict
    ),
    checked_method!(
        "customer_forecast",
        "What to expect of one customer, with the intervals of the expectation and the range of what may happen.",
        forecast
    ),
    checked_method!(
        "customer_values",
        "From order lines to what each customer is worth, with ranges and totals.",
        values
    ),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Observed {
    /// Lines in any order; lines of one customer and day are one purchase.
    orders: Vec<OrderLine>,
    /// The last day of the observation.
    #[schemars(with = "String")]
    until: jiff::civil::Date,
    /// When customers came, where it was before their first order.
    #[serde(default)]
    births: Vec<Birth>,
    /// The unit of all times.
    #[serde(default)]
    time_unit: TimeUnit,
}

impl Observed {
    fn summaries(&self) -> Result<ltv::Summaries> {
        let plan = SummaryPlan { until: self.until, time_unit: self.time_unit };
        OrderBook::new(&self.orders)?.with_births(&self.births)?.summaries(&plan)
    }
}

#[derive(Serialize)]
struct Summarised {
    #[serde(flatten)]
    found: ltv::Summaries,
    columns: ltv::Columns,
}

fn summaries(input: &Observed) -> Result<Summarised> {
    let found = input.summaries()?;
    let columns = found.columns();
    Ok(Summarised { found, columns })
}

/// What a fit takes beside its columns.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FitPlan {
    #[serde(default)]
    model: PurchaseModel,
    #[serde(default)]
    shrinkage: Shrinkage,
    #[serde(default)]
    time_unit: TimeUnit,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToFit {
    /// Purchases after the first one, one per customer.
    frequency: Vec<Number>,
    /// The time from the first purchase to the last.
    recency: Vec<Number>,
    /// The time from the first purchase to the end of the observation.
    age: Vec<Number>,
    /// The mean spend per repeat purchase; with it the spend model is fitted too.
    mean_spend: Option<Vec<Number>>,
    /// How customers buy and leave.
    #[serde(default)]
    model: PurchaseModel,
    /// Whether the fits are drawn to what is usual elsewhere.
    #[serde(default)]
    shrinkage: Shrinkage,
    /// The unit of all times.
    #[serde(default)]
    time_unit: TimeUnit,
    #[serde(default = "usual_level")]
    level: f64,
}

/// Parameters with the ends of their intervals.
#[derive(Serialize)]
struct Named {
    names: Vec<&'static str>,
    parameters: Vec<f64>,
    ci: Vec<[f64; 2]>,
}

impl From<Vec<(&'static str, Estimate)>> for Named {
    fn from(found: Vec<(&'static str, Estimate)>) -> Self {
        Self {
            names: found.iter().map(|(name, _)| *name).collect(),
            parameters: found.iter().map(|(_, one)| one.value).collect(),
            ci: found.iter().map(|(_, one)| [one.low, one.high]).collect(),
        }
    }
}

#[derive(Serialize)]
struct Fitted {
    model: PurchaseModel,
    #[serde(flatten)]
    named: Named,
    covariance: [[f64; 4]; 4],
    log_likelihood: f64,
    method: &'static str,
    #[serde(flatten)]
    sample: ltv::Sample,
    histogram: ltv::Histogram,
    warnings: Vec<Message>,
    spend: Option<FittedSpend>,
}

#[derive(Serialize)]
struct FittedSpend {
    #[serde(flatten)]
    named: Named,
    covariance: [[f64; 3]; 3],
    log_likelihood: f64,
    method: &'static str,
    #[serde(flatten)]
    sample: ltv::Sample,
    correlation: Option<f64>,
    warnings: Vec<Message>,
}

impl Fitted {
    fn new(fit: PurchaseFit, spend: Option<SpendFit>, level: f64) -> Self {
        Self {
            model: fit.process.model(),
            named: fit.parameters(level).into(),
            covariance: fit.covariance,
            log_likelihood: fit.log_likelihood,
            method: fit.method,
            sample: fit.sample,
            histogram: fit.histogram,
            warnings: fit.warnings,
            spend: spend.map(|spend| FittedSpend::new(spend, level)),
        }
    }
}

impl FittedSpend {
    fn new(fit: SpendFit, level: f64) -> Self {
        Self {
            named: fit.parameters(level).into(),
            covariance: fit.covariance,
            log_likelihood: fit.log_likelihood,
            method: fit.method,
            sample: fit.sample,
            correlation: fit.correlation,
            warnings: fit.warnings,
        }
    }
}

fn fit(input: &ToFit) -> Result<Fitted> {
    let [frequency, recency, age] = [&input.frequency, &input.recency, &input.age].map(|column| plain(column));
    let spend = input.mean_spend.as_ref().map(|column| plain(column));
    let ToFit { model, shrinkage, time_unit, level, .. } = *input;
    let plan = FitPlan { model, shrinkage, time_unit, level };
    fitted(&Customers::new(&frequency, &recency, &age)?, spend.as_deref(), &plan)
}

fn fitted(customers: &Customers<'_>, mean_spend: Option<&[f64]>, plan: &FitPlan) -> Result<Fitted> {
    if !(plan.level > 0.0 && plan.level < 1.0) {
        return Err(Error::invalid("level", format!("is {}", plan.level)).next("give a number above 0 and below 1"));
    }
    let options = FitOptions { shrinkage: plan.shrinkage, time_unit: plan.time_unit };
    let purchases = ltv::fit_purchases(plan.model, customers, &options)?;
    let spend = mean_spend.map(|mean_spend| ltv::fit_spend(customers, mean_spend, &options)).transpose()?;
    Ok(Fitted::new(purchases, spend, plan.level))
}

/// What a prediction takes beside its columns.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PredictPlan {
    model: PurchaseModel,
    parameters: [f64; 4],
    spend: Option<[f64; 3]>,
    #[serde(default)]
    plan: ValuePlan,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToPredict {
    /// How customers buy and leave.
    model: PurchaseModel,
    /// What the fit found, in its order.
    parameters: [f64; 4],
    /// Purchases after the first one, one per customer.
    frequency: Vec<Number>,
    /// The time from the first purchase to the last.
    recency: Vec<Number>,
    /// The time from the first purchase to the end of the observation.
    age: Vec<Number>,
    /// The mean spend per repeat purchase; needed for spends and values.
    mean_spend: Option<Vec<Number>>,
    /// p, q and v of the spend model; needed for spends and values.
    spend: Option<[f64; 3]>,
    /// Over what time, and what later money is worth.
    #[serde(default)]
    plan: ValuePlan,
}

fn predict(input: &ToPredict) -> Result<Value> {
    let [frequency, recency, age] = [&input.frequency, &input.recency, &input.age].map(|column| plain(column));
    let spend = input.mean_spend.as_ref().map(|column| plain(column));
    let ToPredict { model, parameters, spend: by, plan, .. } = *input;
    let plan = PredictPlan { model, parameters, spend: by, plan };
    let found = predicted(&Customers::new(&frequency, &recency, &age)?, spend.as_deref(), &plan)?;
    Ok(Value::Object(columns(found).into_iter().map(|(name, column)| (name.to_owned(), json!(column))).collect()))
}

fn predicted(customers: &Customers<'_>, mean_spend: Option<&[f64]>, plan: &PredictPlan) -> Result<Forecasts> {
    let process = PurchaseProcess::new(plan.model, plan.parameters)?;
    let spending = match (plan.spend, mean_spend) {
        (Some(spend), Some(mean_spend)) => Some(Spending { process: SpendProcess::new(spend)?, mean_spend }),
        (None, None) => None,
        (Some(_), None) => return Err(beside("mean_spend", "the spend model")),
        (None, Some(_)) => return Err(beside("spend", "the mean spends")),
    };
    ltv::forecast(&process, spending.as_ref(), customers, &plan.plan)
}

fn beside(field: &str, other: &str) -> Error {
    Error::invalid(field, format!("is missing beside {other}")).next("give both or neither")
}

/// The columns that a prediction has.
fn columns(found: Forecasts) -> Vec<(&'static str, Vec<f64>)> {
    let mut columns =
        vec![("probability_alive", found.probability_alive), ("expected_purchases", found.expected_purchases)];
    if !found.expected_spend.is_empty() {
        columns.extend([("expected_spend", found.expected_spend), ("value", found.value)]);
    }
    columns
}

/// The columns of a call as arrays.
struct Given<'a> {
    times: [&'a [f64]; 3],
    mean_spend: Option<&'a [f64]>,
}

/// The arrays, where they are those of customers, with or without spends.
fn given(arrays: Arrays<'_>) -> Option<Given<'_>> {
    if let Some([frequency, recency, age, spend]) = arrays.of(["frequency", "recency", "age", "mean_spend"]) {
        return Some(Given { times: [frequency, recency, age], mean_spend: Some(spend) });
    }
    Some(Given { times: arrays.of(["frequency", "recency", "age"])?, mean_spend: None })
}

/// [`fit`] on arrays.
pub(super) fn fit_arrays(arrays: Arrays<'_>, others: &Value) -> Option<Result<Found>> {
    let Given { times: [frequency, recency, age], mean_spend } = given(arrays)?;
    let work = || fitted(&Customers::new(frequency, recency, age)?, mean_spend, &read(others)?);
    Some(work().and_then(|fit| Ok(Found { values: written(&fit)?, columns: Vec::new() })))
}

/// [`predict`] on arrays.
pub(super) fn predict_arrays(arrays: Arrays<'_>, others: &Value) -> Option<Result<Found>> {
    let Given { times: [frequency, recency, age], mean_spend } = given(arrays)?;
    let work = || predicted(&Customers::new(frequency, recency, age)?, mean_spend, &read(others)?);
    Some(work().map(|found| Found { values: json!({}), columns: columns(found) }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToForecast {
    /// How customers buy and leave.
    model: PurchaseModel,
    /// What the fit found, in its order.
    parameters: [f64; 4],
    /// The covariance of their logarithms, from the fit.
    covariance: [[f64; 4]; 4],
    /// Purchases after the first one.
    frequency: Number,
    /// The time from the first purchase to the last.
    recency: Number,
    /// The time from the first purchase to the end of the observation.
    age: Number,
    /// Over what time, and at which level.
    #[serde(default)]
    plan: ValuePlan,
}

fn forecast(input: &ToForecast) -> Result<Value> {
    let process = PurchaseProcess::new(input.model, input.parameters)?;
    let customer = Customer { frequency: input.frequency.0, recency: input.recency.0, age: input.age.0 };
    let found = ltv::forecast_one(&process, &input.covariance, &customer, &input.plan)?;
    let shown = |one: &Estimate| json!({"value": one.value, "ci": [one.low, one.high]});
    Ok(json!({
        "probability_alive": shown(&found.probability_alive),
        "expected_purchases": shown(&found.expected_purchases),
        "purchases": found.purchases,
        "level": input.plan.level,
    }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToValue {
    /// Lines in any order; lines of one customer and day are one purchase.
    orders: Vec<OrderLine>,
    /// The last day of the observation.
    #[schemars(with = "String")]
    until: jiff::civil::Date,
    /// When customers came, where it was before their first order.
    #[serde(default)]
    births: Vec<Birth>,
    /// The unit of all times.
    #[serde(default)]
    time_unit: TimeUnit,
    /// Models, shrinkage and horizon.
    #[serde(default)]
    options: ValueOptions,
}

#[derive(Serialize)]
struct Valued {
    customers: Vec<ltv::CustomerValue>,
    fit: Fitted,
    total_purchases: Estimate,
    total_value: Option<Estimate>,
    currency: Currency,
    warnings: Vec<Message>,
}

fn values(input: &ToValue) -> Result<Valued> {
    let ToValue { orders, until, births, time_unit, options } = input;
    let observed = Observed { orders: orders.clone(), until: *until, births: births.clone(), time_unit: *time_unit };
    let summaries = observed.summaries()?;
    let found = ltv::customer_values(&summaries, options)?;
    Ok(Valued {
        customers: found.customers,
        fit: Fitted::new(found.purchases, found.spend, options.plan.level),
        total_purchases: found.totals.purchases,
        total_value: found.totals.value,
        currency: summaries.currency,
        warnings: found.warnings,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::numbers::{Arrays, call, call_on_arrays};

    const MODEL: [f64; 4] = [0.242_593, 4.413_532, 0.792_886, 2.425_752];

    #[test]
    fn arrays_say_what_lists_say() {
        let (x, t_x, age, spend) = ([2.0, 0.0], [30.43, 0.0], [38.86, 38.86], [22.35, f64::NAN]);
        let others = json!({"model": "bg_nbd", "parameters": MODEL, "spend": [6.2488, 3.7446, 15.4477]});
        let arrays = [("frequency", &x[..]), ("recency", &t_x), ("age", &age), ("mean_spend", &spend)];
        let found = call_on_arrays("customer_value_predict", Arrays(&arrays), &others).unwrap().unwrap();
        let mut lists = others.clone();
        for (name, list) in [("frequency", json!(x)), ("recency", json!(t_x)), ("age", json!(age))] {
            lists[name] = list;
        }
        lists["mean_spend"] = json!([22.35, "nan"]);
        let listed = call("customer_value_predict", &lists).unwrap();
        assert_eq!(found.columns.len(), 4);
        for (name, column) in found.columns {
            assert_eq!(json!(column), listed[name], "{name}");
        }
        let wrong = call_on_arrays("customer_value_predict", Arrays(&arrays[..3]), &others).unwrap().unwrap_err();
        assert!(wrong.to_string().starts_with("mean_spend: is missing"), "{wrong}");
        let options = json!({"model": "bg_nbd"});
        let fit = call_on_arrays("customer_value_fit", Arrays(&arrays[..3]), &options).unwrap().unwrap().values;
        assert_eq!((&fit["method"], &fit["spend"]), (&json!("maximum_a_posteriori"), &json!(null)));
    }

    #[test]
    fn orders_become_values_with_money() {
        let order = |customer: &str, date: &str, amount: &str| json!({"customer": customer, "date": date, "amount": {"amount": amount, "currency": "BRL"}});
        let orders = json!([
            order("ana", "2026-01-01", "50.00"),
            order("ana", "2026-02-01", "40.00"),
            order("bia", "2026-01-10", "30.00"),
        ]);
        let found = call("customer_values", &json!({"orders": orders, "until": "2026-04-01"})).unwrap();
        assert_eq!((&found["customers"][0]["customer"], &found["currency"]), (&json!("ana"), &json!("BRL")));
        assert_eq!(found["customers"][1]["value"]["expected"]["currency"], "BRL");
        assert!(found["warnings"].as_array().unwrap().iter().any(|one| one["key"] == "value-few-repeat-buyers"));
        let wrong =
            call("customer_summaries", &json!({"orders": [order("a", "2026-13-01", "1")], "until": "2026-04-01"}));
        assert!(wrong.unwrap_err().to_string().contains("orders[0].date"));
    }
}
