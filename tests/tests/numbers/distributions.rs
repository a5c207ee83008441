//! Tails and quantiles against mpmath, on a grid that holds what statrs and `SciPy` get wrong.

use adbrain_tests::golden;

#[test]
fn tails_and_quantiles_are_those_of_mpmath() {
    let text = std::fs::read_to_string(adbrain_tests::root().join("tests/golden/dist.json")).unwrap();
    let report = golden::run(&text).unwrap();
    assert!(report.cases > 700, "{}", report.cases);
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
}
