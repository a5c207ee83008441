//! Laws of customer value, on a simulated shop.

use super::*;
use crate::ErrorKind;
use crate::stats::random::Random;

/// A gamma-distributed number by Marsaglia and Tsang's rule (2000), for the tests' shops alone.
fn gamma(luck: &mut Random, shape: f64) -> f64 {
    if shape < 1.0 {
        return gamma(luck, shape + 1.0) * libm::pow(1.0 - luck.uniform(), 1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    loop {
        let x = luck.normal();
        let v = 1.0 + x / libm::sqrt(9.0 * d);
        let v = v * v * v;
        if v > 0.0 && libm::log(1.0 - luck.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v;
        }
    }
}

/// Customers by BG/NBD with r 0.6, alpha 8, a 0.8, b 2.5 and gamma-gamma spends with p 6, q 3.5, v 15; `after` purchases follow within
/// the horizon.
struct Shop {
    columns: Columns,
    after: Vec<f64>,
}

fn shop(seed: u64, customers: u64, horizon: f64) -> Shop {
    let (mut columns, mut after) = (Columns::default(), Vec::new());
    for at in 0..customers {
        let luck = &mut Random::at(seed, &[at]);
        let age = 20.0 + 32.0 * luck.uniform();
        let rate = gamma(luck, 0.6) / 8.0;
        let (one, other) = (gamma(luck, 0.8), gamma(luck, 2.5));
        let (leaves, scale) = (one / (one + other), 15.0 / gamma(luck, 3.5));
        let (mut time, mut last, mut spends, mut later) = (0.0, 0.0, Vec::new(), 0.0);
        loop {
            time -= libm::log(1.0 - luck.uniform()) / rate;
            if time > age + horizon {
                break;
            }
            if time <= age {
                last = time;
                spends.push(gamma(luck, 6.0) * scale);
            } else {
                later += 1.0;
            }
            if luck.uniform() < leaves {
                break;
            }
        }
        columns.frequency.push(spends.len() as f64);
        columns.recency.push(last);
        columns.age.push(age);
        columns.mean_spend.push(spends.iter().sum::<f64>() / (spends.len() as f64).max(1.0));
        after.push(later);
    }
    Shop { columns, after }
}

fn fitted(model: PurchaseModel, columns: &Columns) -> PurchaseFit {
    fit_purchases(model, &columns.customers().unwrap(), &FitOptions::default()).unwrap()
}

fn turned(columns: &Columns) -> Columns {
    let turn = |column: &Vec<f64>| column.iter().rev().copied().collect();
    Columns {
        frequency: turn(&columns.frequency),
        recency: turn(&columns.recency),
        age: turn(&columns.age),
        mean_spend: turn(&columns.mean_spend),
    }
}

#[test]
fn the_order_of_customers_changes_no_bit() {
    let columns = shop(1, 300, 1.0).columns;
    let other = turned(&columns);
    for model in PurchaseModel::ALL {
        assert_eq!(fitted(model, &columns), fitted(model, &other), "{model:?}");
    }
    let spend = |columns: &Columns| {
        fit_spend(&columns.customers().unwrap(), &columns.mean_spend, &FitOptions::default()).unwrap()
    };
    assert_eq!(spend(&columns), spend(&other));
}

#[test]
fn the_truth_lies_in_the_intervals_and_more_data_narrow_them() {
    let truth = [0.6, 8.0, 0.8, 2.5];
    let width = |fit: &PurchaseFit| -> Vec<f64> {
        fit.parameters(0.99).iter().map(|(_, one)| libm::log(one.high / one.low)).collect()
    };
    let (few, many) = (shop(2, 500, 1.0), shop(2, 8000, 1.0));
    let (few, many) = (fitted(PurchaseModel::BgNbd, &few.columns), fitted(PurchaseModel::BgNbd, &many.columns));
    for ((name, one), truth) in many.parameters(0.99).iter().zip(truth) {
        assert!(one.low < truth && truth < one.high, "{name} {one:?}");
    }
    for (few, many) in width(&few).iter().zip(width(&many)) {
        assert!((2.5..7.0).contains(&(few / many)), "{few} {many}: near 4 with 16 times the customers");
    }
    let again = shop(3, 8000, 1.0).columns;
    let spend = fit_spend(&again.customers().unwrap(), &again.mean_spend, &FitOptions::default()).unwrap();
    for ((name, one), truth) in spend.parameters(0.99).iter().zip([6.0, 3.5, 15.0]) {
        assert!(one.low < truth && truth < one.high, "{name} {one:?}");
    }
    assert!(many.warnings.is_empty() && spend.warnings.is_empty(), "{:?} {:?}", many.warnings, spend.warnings);
}

#[test]
fn ranges_hold_what_happens_as_often_as_they_say() {
    let plan = ValuePlan { periods: 1, period: 26.0, level: 0.9, ..ValuePlan::default() };
    let shop = shop(4, 3000, plan.horizon());
    let fit = fitted(PurchaseModel::BgNbd, &shop.columns);
    let customers = shop.columns.customers().unwrap();
    let held = customers.iter().zip(&shop.after).filter(|(customer, after)| {
        let [low, high] = fit.forecast(customer, &plan).unwrap().purchases;
        (low..=high).contains(*after)
    });
    // Counts are whole, so a range holds more than its level: mostly it is zero alone.
    let share = held.count() as f64 / 3000.0;
    assert!((0.9..0.99).contains(&share), "{share}");
    let total = totals(&fit, None, &customers, &plan).unwrap().purchases;
    let after: f64 = shop.after.iter().sum();
    assert!(
        (after / total.value - 1.0).abs() < 0.1 && total.low < total.value && total.value < total.high,
        "{after} {total:?}"
    );
}

#[test]
fn extreme_customers_get_finite_answers_or_errors() {
    let processes = [
        PurchaseProcess::new(PurchaseModel::BgNbd, [0.24, 4.4, 0.8, 2.4]).unwrap(),
        PurchaseProcess::new(PurchaseModel::MbgNbd, [0.5, 6.0, 0.9, 1.6]).unwrap(),
        PurchaseProcess::new(PurchaseModel::ParetoNbd, [0.55, 10.6, 0.6, 11.7]).unwrap(),
        PurchaseProcess::new(PurchaseModel::ParetoNbd, [1e-6, 1e-6, 1e6, 1e6]).unwrap(),
        PurchaseProcess::new(PurchaseModel::BgNbd, [1e-6, 1e6, 1e-6, 1e-6]).unwrap(),
        PurchaseProcess::new(PurchaseModel::BgNbd, [1e6, 1e-3, 1e6, 1e6]).unwrap(),
    ];
    let columns = Columns {
        frequency: vec![0.0, 0.0, 1.0, 1e6, 1e9, 3.0, 1.0],
        recency: vec![0.0, 0.0, 1e-9, 1.0, 1e9, 1e-9, 1e9],
        age: vec![0.0, 1e9, 1e-9, 1e9, 1e9, 1e-6, 1e9],
        mean_spend: vec![0.0, 0.0, 1e-9, 1e9, 1e9, 5.0, 0.0],
    };
    let customers = columns.customers().unwrap();
    let spending = Spending { process: SpendProcess::new([6.2, 3.7, 15.4]).unwrap(), mean_spend: &columns.mean_spend };
    for process in &processes {
        for period in [1e-6, 3.0, 1e6] {
            let plan = ValuePlan { period, ..ValuePlan::default() };
            let found = forecast(process, Some(&spending), &customers, &plan).unwrap();
            let all = [&found.probability_alive, &found.expected_purchases, &found.expected_spend, &found.value];
            let bad = all.iter().position(|column| column.iter().any(|value| !(value.is_finite() && *value >= 0.0)));
            assert_eq!(bad, None, "{process:?} {period} {found:?}");
            assert!(found.probability_alive.iter().all(|p| *p <= 1.0));
        }
    }
}

#[test]
fn few_repeat_buyers_are_drawn_to_the_prior_and_many_are_not() {
    let small = shop(5, 60, 1.0).columns;
    let fit = fitted(PurchaseModel::MbgNbd, &small);
    assert!(fit.sample.repeat_buyers < FEW_REPEAT_BUYERS && fit.method == "maximum_a_posteriori");
    assert_eq!(fit.warnings[0].key, "value-few-repeat-buyers");
    let alone = FitOptions { shrinkage: Shrinkage::Never, ..FitOptions::default() };
    let customers = small.customers().unwrap();
    let free = fit_purchases(PurchaseModel::MbgNbd, &customers, &alone).unwrap();
    let widths = |fit: &PurchaseFit| fit.covariance.iter().enumerate().map(|(i, row)| row[i]).sum::<f64>();
    assert!(widths(&fit) < widths(&free) && fit.log_likelihood <= free.log_likelihood + 1e-9);
    let nobody =
        Columns { frequency: vec![0.0; 5], recency: vec![0.0; 5], age: vec![9.0; 5], mean_spend: vec![0.0; 5] };
    let fit = fitted(PurchaseModel::ParetoNbd, &nobody);
    assert!(fit.process.expected_purchases(&Customer::NEW, 52.0) > 0.0, "the prior alone answers");
    let error = fit_purchases(PurchaseModel::BgNbd, &nobody.customers().unwrap(), &alone).unwrap_err();
    assert_eq!((error.kind(), error.context_of("reason")), (ErrorKind::NotEnoughData, Some("too_few")));
    let error = fit_spend(&nobody.customers().unwrap(), &nobody.mean_spend, &FitOptions::default()).unwrap_err();
    assert_eq!(error.context_of("reason"), Some("nothing_observed"));
    let none = Customers::new(&[], &[], &[]).unwrap();
    let error = fit_purchases(PurchaseModel::BgNbd, &none, &FitOptions::default()).unwrap_err();
    assert_eq!(error.context_of("reason"), Some("empty"));
}

#[test]
fn the_unit_of_time_changes_the_scales_alone() {
    let weeks = shop(6, 40, 1.0).columns;
    let days = |column: &Vec<f64>| column.iter().map(|time| time * 7.0).collect::<Vec<_>>();
    let (recency, age) = (days(&weeks.recency), days(&weeks.age));
    let in_days = Customers::new(&weeks.frequency, &recency, &age).unwrap();
    let options = FitOptions { time_unit: TimeUnit::Day, ..FitOptions::default() };
    for model in PurchaseModel::ALL {
        let (one, other) = (fitted(model, &weeks), fit_purchases(model, &in_days, &options).unwrap());
        let customer = Customer { frequency: 2.0, recency: 10.0, age: 20.0 };
        let later = Customer { frequency: 2.0, recency: 70.0, age: 140.0 };
        let (here, there) =
            (one.process.expected_purchases(&customer, 10.0), other.process.expected_purchases(&later, 70.0));
        assert!((here / there - 1.0).abs() < 1e-4, "{model:?} {here} {there}");
    }
}

#[test]
fn shares_of_counts_add_up_to_one_and_to_the_expectation() {
    let customer = Customer { frequency: 3.0, recency: 20.0, age: 30.0 };
    for (model, parameters) in [
        (PurchaseModel::BgNbd, [0.24, 4.4, 0.8, 2.4]),
        (PurchaseModel::MbgNbd, [0.5, 6.0, 0.9, 1.6]),
        (PurchaseModel::ParetoNbd, [0.55, 10.6, 0.6, 11.7]),
        (PurchaseModel::ParetoNbd, [30.0, 2.0, 3.0, 500.0]),
    ] {
        let process = PurchaseProcess::new(model, parameters).unwrap();
        for customer in [customer, Customer::NEW] {
            let counts = process.counts(&customer, 39.0, super::count::Tail::Below(1e-10)).0;
            let mean: f64 = counts.iter().enumerate().map(|(n, share)| n as f64 * share).sum();
            let expected = process.expected_purchases(&customer, 39.0);
            assert!((counts.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{model:?}");
            assert!((mean / expected - 1.0).abs() < 1e-6, "{model:?} {customer:?} {mean} {expected}");
        }
    }
}

#[test]
fn values_from_orders_are_money_with_ranges_and_totals() {
    let money = |amount: &str| crate::model::Money::parse(amount, crate::model::Currency::BRL).unwrap();
    let mut lines = Vec::new();
    for person in 0..120_i8 {
        for visit in 0..=(person % 4) {
            let date = jiff::civil::date(2026, 1 + visit * 2 + person % 2, 1 + person % 28);
            let amount = money(&format!("{}.50", 20 + person % 7 + visit));
            lines.push(OrderLine { customer: format!("p{person:03}"), date, amount });
        }
    }
    let plan = SummaryPlan { until: jiff::civil::date(2026, 9, 30), time_unit: TimeUnit::Week };
    let summaries = OrderBook::new(&lines).unwrap().summaries(&plan).unwrap();
    let found = customer_values(&summaries, &ValueOptions::default()).unwrap();
    assert_eq!(found.customers.len(), 120);
    let sum: f64 = found.customers.iter().map(|one| one.value.unwrap().expected.to_units()).sum();
    let total = found.totals.value.clone().unwrap();
    assert!((sum / total.value - 1.0).abs() < 1e-6 && total.low < total.value && total.value < total.high, "{total:?}");
    for one in &found.customers {
        let range = one.value.unwrap();
        assert!(range.low.micros() <= range.high.micros() && range.high.micros() >= 0, "{one:?}");
        assert!(one.purchases[0] <= one.purchases[1] && one.probability_alive <= 1.0);
    }
}
