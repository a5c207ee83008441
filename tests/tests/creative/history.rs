use std::path::Path;

use adbrain_core::measure::import_file;
use adbrain_core::model::{Currency, Metrics, Money};

use super::examples;

#[test]
fn the_shipped_history_adds_up_to_roas_4_2_and_cpa_40() {
    let history = import_file(&std::fs::read(examples().join("history.csv")).unwrap(), None, Currency::BRL).unwrap();
    assert_eq!((history.rows.len(), history.problems.len()), (200, 0));
    let total = Metrics::total(history.rows.iter().map(|row| &row.metrics), Currency::BRL).unwrap();
    assert_eq!(total.spend, Money::parse("84000.00", Currency::BRL).unwrap());
    assert_eq!(total.revenue, Money::parse("352800.00", Currency::BRL).unwrap());
    assert_eq!(total.conversions, 2100);
    assert_eq!((total.roas(), total.cpa()), (Some(4.2), Some(40.0)));
}

#[test]
fn every_file_of_the_example_brief_is_there() {
    let brief = adbrain_core::model::Brief::from_json(&std::fs::read(examples().join("brief.json")).unwrap()).unwrap();
    for item in &brief.check().unwrap().media {
        assert!(examples().join(Path::new(&item.path)).is_file(), "{}", item.path);
    }
}
