//! What amounts and currencies promise.

use schemars::schema_for;

use super::{Currency, Money};

fn brl(micros: i64) -> Money {
    Money::from_micros(micros, Currency::BRL)
}

fn jpy(micros: i64) -> Money {
    Money::from_micros(micros, "JPY".parse().unwrap())
}

#[test]
fn a_currency_is_shown_and_written_by_its_code() {
    assert_eq!((Currency::BRL.to_string().as_str(), format!("{:?}", Currency::BRL).as_str()), ("BRL", "BRL"));
    assert_eq!(serde_json::to_string(&Currency::BRL).unwrap(), "\"BRL\"");
    assert_eq!(serde_json::from_str::<Currency>("\"JPY\"").unwrap().code(), "JPY");
    assert!(serde_json::from_str::<Currency>("\"brl!\"").is_err());
}

#[test]
fn the_schemas_name_codes_and_decimal_text() {
    let currency = serde_json::to_value(schema_for!(Currency)).unwrap();
    assert_eq!((&currency["type"], &currency["pattern"]), (&"string".into(), &"^[A-Z]{3}$".into()));
    let money = serde_json::to_value(schema_for!(Money)).unwrap();
    assert_eq!((&money["title"], &currency["title"]), (&"Money".into(), &"Currency".into()));
    assert_eq!(money["required"], serde_json::json!(["amount", "currency"]));
    assert_eq!(money["properties"]["amount"]["pattern"], "^-?[0-9]+([.][0-9]{1,6})?$");
}

#[test]
fn money_is_shown_with_its_currency_and_goes_through_json() {
    let money = brl(-1_500_001);
    assert_eq!((money.to_string().as_str(), format!("{money:?}").as_str()), ("BRL -1.500001", "BRL -1.500001"));
    let text = serde_json::to_string(&money).unwrap();
    assert_eq!(text, r#"{"amount":"-1.500001","currency":"BRL"}"#);
    assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), money);
    assert!(serde_json::from_str::<Money>(r#"{"amount":"1","currency":"BRL","cents":1}"#).is_err());
}

#[test]
fn whole_amounts_are_those_that_can_be_paid() {
    for (money, is_whole) in [(brl(0), true), (brl(10_000), true), (brl(5_000), false), (brl(20_001), false)] {
        assert_eq!((money.is_whole(), money.floor_to_minor_unit() == money), (is_whole, is_whole), "{money}");
    }
    assert_eq!((jpy(1_000_000).is_whole(), jpy(500_000).is_whole()), (true, false));
}

#[test]
fn amounts_are_rounded_down_to_what_can_be_paid_below_zero_too() {
    for (micros, down) in [(19_999, 10_000), (-1, -10_000), (-10_000, -10_000), (20_000, 20_000)] {
        assert_eq!(brl(micros).floor_to_minor_unit(), brl(down), "{micros}");
    }
    assert_eq!(jpy(1_999_999).floor_to_minor_unit(), jpy(1_000_000));
}

#[test]
fn only_more_than_nothing_is_positive_and_units_are_a_millionth_of_micros() {
    assert_eq!([-1, 0, 1].map(|micros| brl(micros).is_positive()), [false, false, true]);
    for (micros, units) in [(-2_500_000, -2.5), (0, 0.0), (1, 1e-6)] {
        assert!((brl(micros).to_units() - units).abs() < 1e-15, "{micros}");
    }
}

#[test]
fn sums_and_differences_are_exact_and_never_wrap() {
    assert_eq!((brl(7).add(brl(-9)).unwrap(), brl(7).sub(brl(9)).unwrap()), (brl(-2), brl(-2)));
    assert!(brl(i64::MAX).add(brl(1)).is_err());
    assert!(brl(i64::MIN).sub(brl(1)).is_err());
    assert!(brl(1).sub(jpy(1)).is_err());
    assert_eq!(Money::sum([brl(1), brl(2), brl(3)]).unwrap(), Some(brl(6)));
    assert_eq!(Money::sum([]).unwrap(), None);
    assert!(Money::sum([brl(1), jpy(1)]).is_err());
}

#[test]
fn a_part_of_an_amount_is_rounded_down_and_exact_in_between() {
    assert_eq!(brl(10).scale(2, 3).unwrap(), brl(6));
    assert_eq!(brl(-10).scale(2, 3).unwrap(), brl(-7));
    assert_eq!(brl(i64::MAX).scale(1_000, 1_000).unwrap(), brl(i64::MAX));
    assert!(brl(i64::MAX).scale(2, 1).is_err());
    assert!(brl(1).scale(1, 0).is_err());
}

#[test]
fn text_keeps_the_places_of_the_currency_and_more_where_needed() {
    let cases =
        [(brl(1_000_000), "1.00"), (brl(1_230_000), "1.23"), (brl(1_234_000), "1.234"), (brl(-10_000), "-0.01")];
    for (money, text) in cases {
        assert_eq!(money.amount_text(), text);
    }
    assert_eq!((jpy(2_000_000).amount_text().as_str(), jpy(2_500_000).amount_text().as_str()), ("2", "2.5"));
    assert_eq!(Money::parse("0.123456", Currency::BRL).unwrap().micros(), 123_456);
    assert!(Money::parse("0.1234567", Currency::BRL).unwrap_err().to_string().contains("six decimal places"));
}
