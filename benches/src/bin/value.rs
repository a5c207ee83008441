//! Customer value on one thread: fits of the customers of a file, predictions of 100,000; prints one JSON object of figures.
//!
//! Usage: `value SUMMARY.csv ORDERS.txt` (the files of CDNOW).

use std::hint::black_box;

use adbrain_benches::cpu_time;
use adbrain_core::model::{Currency, Money};
use adbrain_core::predict::ltv::{
    Columns, FitOptions, OrderBook, OrderLine, PurchaseModel, Spending, SummaryPlan, TimeUnit, ValuePlan,
    fit_purchases, fit_spend, forecast,
};
use adbrain_core::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};

/// The best round counts: other work on the machine can only add time.
const ROUNDS: u32 = 7;
const PREDICTED: usize = 100_000;
/// The weeks that are held out.
const HELD_OUT: f64 = 39.0;

fn main() -> Result<()> {
    let mut paths = std::env::args().skip(1);
    let columns = summary(&read(paths.next())?)?;
    let bought = bought(&read(paths.next())?)?;
    let mut report = Map::new();
    let mut together = 0.0;
    for model in PurchaseModel::ALL {
        let ms = best(|| fit_purchases(model, &columns.customers()?, &FitOptions::default()))?;
        together += ms;
        report.insert(model.as_str().to_owned(), fit_figures(model, &columns, &bought, ms)?);
    }
    let ms = best(|| fit_spend(&columns.customers()?, &columns.mean_spend, &FitOptions::default()))?;
    let spend = fit_spend(&columns.customers()?, &columns.mean_spend, &FitOptions::default())?;
    let found = json!({"fit_ms": ms, "parameters": spend.process.parameters(), "log_likelihood": spend.log_likelihood});
    report.insert("gamma_gamma".to_owned(), found);
    report.insert("four_fits_ms".to_owned(), json!(together + ms));
    report.insert("values_ms".to_owned(), values(&columns)?);
    println!("{}", Value::Object(report));
    Ok(())
}

fn read(path: Option<String>) -> Result<String> {
    let path = path.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "name the summary and the orders"))?;
    std::fs::read_to_string(&path).map_err(|error| Error::invalid(&path, error))
}

fn summary(text: &str) -> Result<Columns> {
    let mut columns = Columns::default();
    for line in text.lines().skip(1) {
        let number = |place| line.split(',').nth(place).and_then(|field| field.parse::<f64>().ok());
        let row = || Error::invalid("summary", format!("no numbers in {line:?}"));
        columns.frequency.push(number(1).ok_or_else(row)?);
        columns.recency.push(number(2).ok_or_else(row)?);
        columns.age.push(number(3).ok_or_else(row)?);
        columns.mean_spend.push(number(4).ok_or_else(row)?);
    }
    Ok(columns)
}

/// The purchases of each customer in the 39 weeks after the summary.
fn bought(text: &str) -> Result<Vec<f64>> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let field = |place| line.split_whitespace().nth(place).unwrap_or_default();
        let date = jiff::civil::Date::strptime("%Y%m%d", field(2)).map_err(|error| Error::invalid("date", error))?;
        lines.push(OrderLine { customer: field(1).to_owned(), date, amount: Money::parse(field(4), Currency::USD)? });
    }
    let book = OrderBook::new(&lines)?;
    let until = |until| -> Result<Vec<f64>> {
        Ok(book.summaries(&SummaryPlan { until, time_unit: TimeUnit::Week })?.columns().frequency)
    };
    let (before, all) = (until(jiff::civil::date(1997, 9, 30))?, until(jiff::civil::date(1998, 6, 30))?);
    Ok(all.iter().zip(before).map(|(all, before)| all - before).collect())
}

fn fit_figures(model: PurchaseModel, columns: &Columns, bought: &[f64], fit_ms: f64) -> Result<Value> {
    let customers = columns.customers()?;
    let fit = fit_purchases(model, &customers, &FitOptions::default())?;
    let expected = fit.process.expected_purchases_of_each(&customers, HELD_OUT);
    let errors = expected.iter().zip(bought).map(|(expected, bought)| (expected - bought).abs());
    let many = repeated(columns, PREDICTED);
    let many = many.customers()?;
    let predict_ms = best(|| Ok(fit.process.expected_purchases_of_each(&many, HELD_OUT)))?;
    Ok(json!({
        "fit_ms": fit_ms,
        "parameters": fit.process.parameters(),
        "log_likelihood": fit.log_likelihood,
        "error": errors.sum::<f64>() / bought.len() as f64,
        "total": expected.iter().sum::<f64>(),
        "predict_ms": predict_ms,
    }))
}

/// Values of 100,000 customers over twelve months, by BG/NBD and gamma-gamma.
fn values(columns: &Columns) -> Result<Value> {
    let purchases = fit_purchases(PurchaseModel::BgNbd, &columns.customers()?, &FitOptions::default())?;
    let spend = fit_spend(&columns.customers()?, &columns.mean_spend, &FitOptions::default())?;
    let many = repeated(columns, PREDICTED);
    let spending = Spending { process: spend.process, mean_spend: &many.mean_spend };
    let customers = many.customers()?;
    Ok(json!(best(|| forecast(&purchases.process, Some(&spending), &customers, &ValuePlan::default()))?))
}

fn repeated(columns: &Columns, rows: usize) -> Columns {
    let cycle = |column: &[f64]| column.iter().copied().cycle().take(rows).collect();
    Columns {
        frequency: cycle(&columns.frequency),
        recency: cycle(&columns.recency),
        age: cycle(&columns.age),
        mean_spend: cycle(&columns.mean_spend),
    }
}

/// Milliseconds of the processor in the best round.
fn best<T>(mut work: impl FnMut() -> Result<T>) -> Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let began = cpu_time();
        black_box(work()?);
        least = least.min(cpu_time().saturating_sub(began).as_secs_f64() * 1e3);
    }
    Ok(least)
}
