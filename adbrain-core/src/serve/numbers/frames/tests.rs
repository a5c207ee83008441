use serde_json::{Value, json};

use crate::numbers::call;

fn rows() -> Value {
    json!([
        {"name": "search", "kind": "hill", "top": 900, "half": 120, "shape": 0.9, "cap": 200},
        {"name": "video", "curve": {"kind": "hill", "top": 1400, "half": 300, "shape": 2.2}, "least": "50.00", "floor": null},
        {"name": "social", "kind": "hill", "top": 700, "half": 90, "shape": 1, "group": "meta"},
    ])
}

fn asked(rows: &Value) -> Value {
    json!({"rows": rows, "total": "600", "currency": "BRL", "groups": [{"name": "meta", "cap": 120.5}]})
}

#[test]
fn rows_are_divided_as_receivers_are() {
    let found = call("allocate_rows", &asked(&rows())).unwrap();
    let brl = |amount: &str| json!({"amount": amount, "currency": "BRL"});
    let receivers = json!([
        {"name": "search", "curve": {"kind": "hill", "top": 900, "half": 120, "shape": 0.9}, "cap": brl("200")},
        {"name": "video", "curve": {"kind": "hill", "top": 1400, "half": 300, "shape": 2.2}, "least": brl("50")},
        {"name": "social", "curve": {"kind": "hill", "top": 700, "half": 90, "shape": 1}, "group": "meta"},
    ]);
    let groups = json!([{"name": "meta", "cap": brl("120.50")}]);
    let same = call("allocate", &json!({"total": brl("600"), "receivers": receivers, "groups": groups})).unwrap();
    for name in ["spend", "value", "worth", "price", "bound", "gap", "nodes"] {
        assert_eq!(found[name], same[name], "{name}");
    }
    for (row, part) in found["rows"].as_array().unwrap().iter().zip(same["parts"].as_array().unwrap()) {
        assert_eq!((&row["name"], &row["marginal"]), (&part["name"], &part["marginal"]));
        let amount: f64 = part["amount"]["amount"].as_str().unwrap().parse().unwrap();
        assert_eq!(row["amount"], json!(amount));
    }
    let limits: Vec<_> = found["limits"].as_array().unwrap().iter().map(|limit| limit["limit"].clone()).collect();
    assert!(limits.contains(&json!("total")), "{limits:?}");
}

#[test]
fn a_receiver_s_own_limit_has_its_shadow_price() {
    let row = |name: &str, cap: Value| json!({"name": name, "kind": "log", "scale": 100, "unit": 10, "cap": cap});
    let found =
        call("allocate_rows", &json!({"rows": [row("a", json!(10)), row("b", Value::Null)], "total": 50})).unwrap();
    // The next unit brings 100 / 20 in a, which may not have it, and 100 / 50 in b.
    let of = |at: usize, name: &str| found["rows"][at][name].as_f64().unwrap();
    assert_eq!((of(0, "amount"), of(1, "amount")), (10.0, 40.0));
    assert!((of(0, "shadow_price") - 3.0).abs() < 1e-6 && of(1, "shadow_price") == 0.0, "{found}");
    assert_eq!(found["limits"][0]["limit"], "receivers[a].high");
    assert_eq!(found["spend"], json!({"amount": "50.00", "currency": "USD"}));
}

#[test]
fn what_is_wrong_is_named_by_row_and_column() {
    let changed = |at: usize, column: &str, value: Value| {
        let mut rows = rows();
        rows[at][column] = value;
        asked(&rows)
    };
    let cases = [
        (changed(0, "cap", json!(200.005)), "rows[0].cap", "more than the 2 decimal places of BRL"),
        (changed(1, "least", json!("0.1.2")), "rows[1].least", "not a decimal number"),
        (changed(1, "least", json!(-3)), "rows[1].least", "BRL -3"),
        (changed(1, "least", json!({"amount": "3", "currency": "USD"})), "rows[1].least", "USD"),
        (changed(0, "cpa", json!(3)), "rows[0].cpa", "no column"),
        (changed(0, "name", Value::Null), "rows[0].name", "missing"),
        (changed(0, "top", json!(-1)), "rows[0].curve.top", "is -1"),
        (changed(0, "half", Value::Null), "rows[0].kind", "missing field `half`"),
        (changed(2, "kind", json!("cubic")), "rows[2].kind", "cubic"),
        (changed(1, "kind", json!("hill")), "rows[1].curve", "beside a `kind`"),
        (changed(0, "carry_over", json!("much")), "rows[0].carry_over", "much"),
        (changed(2, "group", json!("tiktok")), "groups[0].name", "no row belongs"),
        (changed(0, "max_cut_percent", json!(10)), "rows[0].current", "missing beside a step limit"),
    ];
    for (asked, field, what) in cases {
        let error = call("allocate_rows", &asked).unwrap_err();
        assert!(error.to_string().starts_with(field) && error.to_string().contains(what), "{error}");
        assert!(error.next_step().is_some(), "{error}");
    }
    let fine = call("allocate_rows", &json!({"rows": rows(), "total": 0.1 + 0.2})).unwrap_err();
    assert!(fine.to_string().starts_with("total: 0.30000000000000004 has more"), "{fine}");
    assert!(call("allocate_rows", &json!({"rows": [], "total": 1})).unwrap_err().to_string().starts_with("rows"));
}

fn day(campaign: &str, date: &str, conversions: f64) -> Value {
    json!({"campaign": campaign, "group": "meta", "date": date, "budget": 100, "spend": 99.5, "impressions": 9000, "clicks": 90,
        "conversions": conversions, "revenue": 80.0 * conversions, "known": 1})
}

#[test]
fn days_become_curves_that_are_allocated_as_they_are() {
    let mut days: Vec<Value> = (1..=28).map(|number| day("a", &format!("2027-01-{number:02}"), 2.0)).collect();
    days.extend((1..=28).rev().map(|number| day("b", &format!("2027-01-{number:02}"), 4.0)));
    let curves = call("estimate_rows", &json!({"rows": days})).unwrap();
    let names: Vec<_> = curves["rows"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!((&curves["rows"][0]["kind"], &curves["rows"][0]["group"]), (&json!("power"), &json!("meta")));
    let found = call("allocate_rows", &json!({"rows": curves["rows"], "total": 200})).unwrap();
    let of = |at: usize| found["rows"][at]["amount"].as_f64().unwrap();
    assert!(of(1) > of(0) && (of(0) + of(1) - 200.0).abs() < 1e-9, "{found}");
    assert_eq!(curves["rows"][0]["broke_on"], Value::Null);
}

#[test]
fn days_that_do_not_fit_are_named() {
    let told = |rows: Vec<Value>| call("estimate_rows", &json!({"rows": rows})).unwrap_err().to_string();
    let (first, second) = (day("a", "2027-01-01", 1.0), day("a", "2027-01-02", 1.0));
    assert!(told(vec![first.clone(), first.clone()]).starts_with("rows[1].date: a has 2027-01-01 twice"));
    let gap = told(vec![first.clone(), day("a", "2027-01-03", 1.0)]);
    assert!(gap.starts_with("rows: a has no row for 2027-01-02"), "{gap}");
    let uneven = told(vec![first.clone(), second, day("b", "2027-01-01", 1.0)]);
    assert!(uneven.starts_with("rows: b has no row for 2027-01-02"), "{uneven}");
    let mut bare = first;
    bare["known"] = Value::Null;
    assert!(told(vec![bare]).starts_with("rows[0].known: is missing"));
    assert!(told(vec![day("a", "soon", 1.0)]).starts_with("rows[0].date"));
    assert!(told(vec![]).starts_with("rows"));
}

#[test]
fn an_allocation_is_drawn_with_its_curves() {
    let found = call("allocate_rows", &asked(&rows())).unwrap();
    let drawn = json!({"curves": found["curves"], "price": found["price"], "language": "pt-BR"});
    let svg = call("allocation_chart", &drawn).unwrap()["svg"].as_str().unwrap().to_owned();
    assert!(svg.contains("search") && svg.matches("<circle").count() == 3, "{svg}");
    assert_eq!(svg, call("allocation_chart", &drawn).unwrap()["svg"].as_str().unwrap());
}
