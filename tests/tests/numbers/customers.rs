//! Customer value against closed forms by mpmath, fits by `SciPy`, and on the customers of CDNOW.

use adbrain_core::predict::ltv::{
    Columns, Customers, FitOptions, OrderBook, OrderLine, PurchaseFit, PurchaseModel, Spending, SummaryPlan, TimeUnit,
    ValuePlan, fit_purchases, fit_spend, forecast,
};
use adbrain_tests::golden;

#[test]
fn customer_value_is_that_of_closed_forms_and_other_searches() {
    let text = std::fs::read_to_string(adbrain_tests::root().join("tests/cases/value.json")).unwrap();
    let report = golden::run(&text).unwrap();
    assert!(report.cases > 35, "{}", report.cases);
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
}

/// The customers of CDNOW up to the end of September 1997 in weeks, with their mean spends.
fn cdnow(asks: &str) -> Option<Columns> {
    let path = adbrain_tests::data(asks, "data/cdnow/cdnow_customers_summary_with_transactions.csv")?;
    let text = std::fs::read_to_string(path).unwrap();
    let mut columns = Columns::default();
    for line in text.lines().skip(1) {
        let numbers: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        columns.frequency.push(numbers[1]);
        columns.recency.push(numbers[2]);
        columns.age.push(numbers[3]);
        columns.mean_spend.push(numbers[4]);
    }
    Some(columns)
}

fn fitted(model: PurchaseModel, columns: &Columns) -> PurchaseFit {
    fit_purchases(model, &columns.customers().unwrap(), &FitOptions::default()).unwrap()
}

#[test]
fn the_fits_of_cdnow_are_the_published_ones() {
    let Some(columns) = cdnow("the_fits_of_cdnow_are_the_published_ones") else { return };
    // Lifetimes 0.11.3; Fader, Hardie and Lee (2005) print the first to three digits, with the likelihoods -9582.4 and -9595.0.
    let known = [
        (PurchaseModel::BgNbd, [0.242_593, 4.413_532, 0.792_886, 2.425_752], -9582.43),
        (PurchaseModel::MbgNbd, [0.524_84, 6.182_99, 0.891_36, 1.614_00], -9582.13),
        (PurchaseModel::ParetoNbd, [0.553_28, 10.577_79, 0.606_20, 11.667_41], -9594.97),
    ];
    for (model, parameters, likelihood) in known {
        let fit = fitted(model, &columns);
        for ((name, found), wanted) in fit.parameters(0.95).iter().zip(parameters) {
            assert!((found.value - wanted).abs() < 6e-4, "{model:?} {name} {}", found.value);
        }
        assert!((fit.log_likelihood - likelihood).abs() < 0.01, "{model:?} {}", fit.log_likelihood);
        assert!(fit.warnings.is_empty(), "{:?}", fit.warnings);
    }
    let bg = fitted(PurchaseModel::BgNbd, &columns);
    // The standard errors that Lifetimes gives, and the chi-square of the paper's table 3 on three degrees of freedom.
    for ((row, value), wanted) in (0..4).zip(bg.process.parameters()).zip([0.0126, 0.378, 0.186, 0.705]) {
        assert!((value * bg.covariance[row][row].sqrt() / wanted - 1.0).abs() < 5e-3, "{row}");
    }
    assert!((bg.histogram.chi_square - 4.82).abs() < 0.01 && bg.histogram.degrees_of_freedom == Some(3.0));
    let spend = fit_spend(&columns.customers().unwrap(), &columns.mean_spend, &FitOptions::default()).unwrap();
    for (found, wanted) in spend.process.parameters().iter().zip([6.2488, 3.7446, 15.4477]) {
        assert!((found - wanted).abs() < 6e-4, "{found}");
    }
    assert!((spend.log_likelihood + 4055.92).abs() < 0.01, "{}", spend.log_likelihood);
    assert!((spend.correlation.unwrap() - 0.114).abs() < 5e-4);
}

#[test]
fn values_of_cdnow_add_up_to_those_of_lifetimes() {
    let Some(columns) = cdnow("values_of_cdnow_add_up_to_those_of_lifetimes") else { return };
    let customers = columns.customers().unwrap();
    let fit = fitted(PurchaseModel::BgNbd, &columns);
    let spend = fit_spend(&customers, &columns.mean_spend, &FitOptions::default()).unwrap();
    let plan = ValuePlan { period: 4.345, ..ValuePlan::default() };
    let spending = Spending { process: spend.process, mean_spend: &columns.mean_spend };
    let found = forecast(&fit.process, Some(&spending), &customers, &plan).unwrap();
    let total: f64 = found.value.iter().sum();
    assert!((total - 71_509.9).abs() < 1.0, "{total}");
    assert!((found.value.iter().fold(0.0, |most: f64, one| most.max(*one)) - 1174.79).abs() < 0.05);
    let mean = found.expected_spend.iter().sum::<f64>() / 2357.0;
    assert!((mean - 35.25).abs() < 0.01, "{mean}");
    let bought: f64 = fit.process.expected_purchases_of_each(&customers, 39.0).iter().sum();
    assert!((bought - 1653.42).abs() < 0.01, "{bought}");
}

/// The order lines of CDNOW's sample, customers by their place in it, as the summaries number them.
fn orders(asks: &str) -> Option<Vec<OrderLine>> {
    let path = adbrain_tests::data(asks, "data/cdnow/CDNOW_sample.txt")?;
    let text = std::fs::read_to_string(path).unwrap();
    let line = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, customer, date, _, amount] = fields[..] else { panic!("{line}") };
        let date = jiff::civil::Date::strptime("%Y%m%d", date).unwrap();
        OrderLine {
            customer: customer.to_owned(),
            date,
            amount: adbrain_core::model::Money::parse(amount, adbrain_core::model::Currency::USD).unwrap(),
        }
    };
    Some(text.lines().map(line).collect())
}

#[test]
fn the_order_lines_of_cdnow_become_its_summary() {
    let test = "the_order_lines_of_cdnow_become_its_summary";
    let (Some(lines), Some(columns)) = (orders(test), cdnow(test)) else { return };
    let plan = SummaryPlan { until: jiff::civil::date(1997, 9, 30), time_unit: TimeUnit::Week };
    let found = OrderBook::new(&lines).unwrap().summaries(&plan).unwrap().columns();
    assert_eq!((found.frequency.len(), &found.frequency), (2357, &columns.frequency));
    for (ours, theirs) in found.recency.iter().zip(&columns.recency).chain(found.age.iter().zip(&columns.age)) {
        assert!((ours - theirs).abs() < 0.0051, "{ours} {theirs}");
    }
    for (row, (ours, theirs)) in found.mean_spend.iter().zip(&columns.mean_spend).enumerate() {
        assert!((ours - theirs).abs() < 0.0051, "{row} {ours} {theirs}");
    }
}

#[test]
fn the_next_39_weeks_of_cdnow_are_predicted_as_well_as_is_known() {
    let test = "the_next_39_weeks_of_cdnow_are_predicted_as_well_as_is_known";
    let (Some(lines), Some(columns)) = (orders(test), cdnow(test)) else { return };
    let end = jiff::civil::date(1997, 9, 30);
    let after = OrderBook::new(&lines).unwrap();
    let summary =
        |until| after.summaries(&SummaryPlan { until, time_unit: TimeUnit::Week }).unwrap().columns().frequency;
    let next = summary(jiff::civil::date(1998, 6, 30));
    let bought: Vec<f64> = next.iter().zip(summary(end)).map(|(all, before)| all - before).collect();
    assert_eq!(bought.iter().sum::<f64>().to_bits(), 1882.0_f64.to_bits());
    let customers: Customers<'_> = columns.customers().unwrap();
    let found = PurchaseModel::ALL.map(|model| {
        let fit = fitted(model, &columns);
        let expected = fit.process.expected_purchases_of_each(&customers, 39.0);
        let error =
            expected.iter().zip(&bought).map(|(expected, bought)| (expected - bought).abs()).sum::<f64>() / 2357.0;
        let total: f64 = expected.iter().sum();
        println!(
            "{}: log-likelihood {:.2}, purchases {total:.0}, error {error:.4}",
            model.as_str(),
            fit.log_likelihood
        );
        (error, total)
    });
    for ((error, total), (known, purchases)) in
        found.into_iter().zip([(0.7855, 1653.4), (0.7648, 1576.7), (0.7545, 1665.5)])
    {
        assert!((error - known).abs() < 2e-4, "{error} {known}");
        assert!((total - purchases).abs() < 1.0, "{total} {purchases}");
    }
}
