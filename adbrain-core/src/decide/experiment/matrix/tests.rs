use super::*;
use crate::model::{Currency, Message, Money};

fn factors(counts: &[usize]) -> Factors {
    let level = |at: usize| Level::Name(format!("l{at}"));
    let one = |(at, count): (usize, &usize)| Factor {
        name: format!("f{at:02}"),
        kind: FactorKind::Other,
        levels: (0..*count).map(level).collect(),
    };
    Factors::new(counts.iter().enumerate().map(one).collect())
}

fn together(pairs: &[(&str, &str)]) -> Combination {
    pairs.iter().map(|(factor, level)| ((*factor).to_owned(), (*level).to_owned())).collect()
}

fn holds(row: &Combination, part: &Combination) -> bool {
    part.iter().all(|(factor, level)| row.get(factor) == Some(level))
}

fn cover_of(factors: &Factors, options: &DesignOptions) -> TestMatrix {
    design(factors, Mode::Cover, options).unwrap()
}

fn problem(factors: &Factors, mode: Mode, options: &DesignOptions) -> String {
    design(factors, mode, options).unwrap_err().to_string()
}

#[test]
fn the_reference_case_is_covered_in_its_lower_bound() {
    let matrix = cover_of(&factors(&[10, 10, 8, 6, 3]), &DesignOptions::default());
    assert_eq!((matrix.rows.len(), matrix.report.least_rows), (100, Some(100)));
    assert!(matrix.report.pairs.as_ref().is_some_and(|pairs| pairs.covered == 530 && pairs.possible == 530));
    assert!((matrix.report.share_of_full - 100.0 / 14_400.0).abs() < 1e-15);
    assert_eq!((matrix.report.parameters, matrix.report.rank), (33, Some(33)));
}

#[test]
fn triples_of_the_reference_case_are_covered_near_the_lower_bound() {
    let options = DesignOptions { strength: 3, ..DesignOptions::default() };
    let matrix = cover_of(&factors(&[10, 10, 8, 6, 3]), &options);
    assert!(matrix.rows.len() <= 805, "{}", matrix.rows.len());
    assert_eq!(matrix.report.coverage.as_ref().map(|coverage| coverage.share), Some(1.0));
}

#[test]
fn a_screen_of_sixty_rows_is_efficient() {
    let options = DesignOptions { rows: Some(60), ..DesignOptions::default() };
    let matrix = design(&factors(&[10, 10, 8, 6, 3]), Mode::Screen, &options).unwrap();
    assert!(matrix.rows.len() == 60 && matrix.report.d_efficiency.unwrap() >= 0.94);
    assert!(matrix.report.effects.iter().all(|factor| factor.is_estimable));
}

#[test]
fn constraints_seeds_and_weights_are_kept_in_every_mode() {
    let mut given = factors(&[4, 3, 3, 2]);
    given.constraints = vec![
        together(&[("f00", "l0"), ("f01", "l0")]),
        together(&[("f01", "l1"), ("f02", "l1")]),
        together(&[("f00", "l3"), ("f02", "l0"), ("f03", "l1")]),
    ];
    given.constraints.push(given.constraints[0].clone());
    given.seeded_rows = vec![
        together(&[("f00", "l0"), ("f01", "l2"), ("f02", "l1"), ("f03", "l0")]),
        together(&[("f00", "l3"), ("f02", "l0")]),
    ];
    let options = DesignOptions { rows: Some(20), ..DesignOptions::default() };
    for mode in [Mode::Cover, Mode::Screen] {
        let matrix = design(&given, mode, &options).unwrap();
        for (row, seed) in matrix.rows.iter().zip(&given.seeded_rows) {
            assert!(holds(row, seed), "{mode:?}");
        }
        assert!(!matrix.rows.iter().any(|row| given.constraints.iter().any(|part| holds(row, part))), "{mode:?}");
    }
    let covered = cover_of(&given, &options).report.pairs.unwrap();
    assert_eq!((covered.covered, covered.possible, covered.all), (51, 51, 53));
    let full = design(&given, Mode::Full, &DesignOptions::default()).unwrap();
    assert!(full.rows.iter().all(|row| !given.constraints.iter().any(|part| holds(row, part))));
    assert_eq!(full.report.pairs.unwrap().covered, 51);
}

#[test]
fn a_level_that_constraints_kill_is_named_and_left_out() {
    let mut given = factors(&[2, 2, 2]);
    given.constraints = vec![together(&[("f00", "l0"), ("f01", "l0")]), together(&[("f00", "l0"), ("f01", "l1")])];
    let matrix = cover_of(&given, &DesignOptions::default());
    assert_eq!(matrix.report.impossible_levels, [LevelName { factor: "f00".into(), level: "l0".into() }]);
    assert!(matrix.rows.len() == 4 && matrix.rows.iter().all(|row| row["f00"] == "l1"));
    assert_eq!(
        matrix.report.warnings[0],
        Message::new("matrix-level-impossible").with("factor", "f00").with("level", "l0")
    );
    given.constraints.extend([together(&[("f00", "l1"), ("f02", "l0")]), together(&[("f00", "l1"), ("f02", "l1")])]);
    assert!(problem(&given, Mode::Cover, &DesignOptions::default()).contains("constraints: allow no row at all"));
}

#[test]
fn wrong_input_is_named() {
    let options = DesignOptions::default();
    assert!(problem(&factors(&[2, 65]), Mode::Cover, &options).contains("factors[1].levels"));
    assert!(problem(&factors(&[]), Mode::Cover, &options).contains("factors"));
    assert!(problem(&factors(&[2, 0]), Mode::Cover, &options).contains("factors[1].levels"));
    let mut twice = factors(&[2, 2]);
    twice.factors[1].name = "f00".into();
    assert!(problem(&twice, Mode::Cover, &options).contains("factors[1].name"));
    let mut same = factors(&[2, 2]);
    same.factors[0].levels[1] = Level::Name("l0".into());
    assert!(problem(&same, Mode::Cover, &options).contains("factors[0].levels[1]"));
    let mut unknown = factors(&[2, 2]);
    unknown.constraints = vec![together(&[("f00", "l7"), ("f01", "l0")])];
    assert!(problem(&unknown, Mode::Cover, &options).contains("constraints[0].f00"));
    unknown.constraints = vec![together(&[("f00", "l0")])];
    assert!(problem(&unknown, Mode::Cover, &options).contains("constraints[0]"));
    let mut seeded = factors(&[2, 2]);
    seeded.constraints = vec![together(&[("f00", "l0"), ("f01", "l0")])];
    seeded.seeded_rows = vec![together(&[("f00", "l1")]), together(&[("f00", "l0"), ("f01", "l0")])];
    assert!(problem(&seeded, Mode::Cover, &options).contains("seeded_rows[1]"));
    assert!(problem(&factors(&[10; 6]), Mode::Full, &options).contains("more than 20000 rows"));
    let none = DesignOptions { rows: Some(0), ..DesignOptions::default() };
    for mode in [Mode::Cover, Mode::Screen] {
        assert!(problem(&factors(&[2, 2]), mode, &none).contains("rows"));
    }
}

#[test]
fn ugly_factors_have_a_matrix_in_every_mode() {
    for counts in [vec![1], vec![5], vec![1, 1, 1], vec![64, 1], vec![2, 1, 3], vec![20, 1, 2, 33]] {
        for mode in [Mode::Cover, Mode::Screen, Mode::Full] {
            let matrix = design(&factors(&counts), mode, &DesignOptions::default()).unwrap();
            assert!(!matrix.rows.is_empty() && matrix.rows.iter().all(|row| row.len() == counts.len()), "{counts:?}");
            let complete = matrix.report.coverage.unwrap();
            assert!(mode == Mode::Screen || complete.covered == complete.possible, "{counts:?} {mode:?}");
        }
    }
}

#[test]
fn a_limit_of_rows_is_kept_and_what_is_missing_is_said() {
    let options = DesignOptions { rows: Some(7), ..DesignOptions::default() };
    let matrix = cover_of(&factors(&[3, 3, 3]), &options);
    assert_eq!((matrix.rows.len(), matrix.report.pairs.as_ref().map(|pairs| pairs.covered)), (7, Some(21)));
    assert_eq!(matrix.report.warnings, [Message::new("matrix-combinations-missing").with("count", 6)]);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let text = |seed| {
        let options = DesignOptions { seed, ..DesignOptions::default() };
        serde_json::to_string(&cover_of(&factors(&[6, 5, 4, 4, 3]), &options)).unwrap()
    };
    assert!(text(3) == text(3) && text(3) != text(4));
}

#[test]
fn spare_cells_follow_the_weights() {
    let mut given = factors(&[6, 6, 2]);
    given.factors[2].levels = vec![
        Level::Weighted(WeightedLevel { name: "much".into(), weight: 9.0 }),
        Level::Weighted(WeightedLevel { name: "little".into(), weight: 1.0 }),
    ];
    let matrix = cover_of(&given, &DesignOptions::default());
    let little = matrix.rows.iter().filter(|row| row["f02"] == "little").count();
    assert!(matrix.rows.len() == 36 && (6..12).contains(&little), "{little}");
}

#[test]
fn days_and_money_follow_from_the_variance_of_the_hardest_difference() {
    let traffic = Traffic {
        daily_units_per_row: 1000.0,
        cost_per_unit: Money::from_micros(5000, Currency::USD),
        base_rate: 0.01,
        smallest_relative_effect: 0.2,
        power: 0.8,
        alpha: 0.05,
        daily_deviation: None,
    };
    let options = DesignOptions { traffic: Some(traffic.clone()), ..DesignOptions::default() };
    let cost = design(&factors(&[2, 2]), Mode::Full, &options).unwrap().report.cost.unwrap();
    // Two of four rows have each level, so each row needs half of the 42,693 units of an arm.
    assert_eq!((cost.units_per_row, cost.days), (Some(21_347), Some(22)));
    assert_eq!(cost.money, Some(Money::from_micros(4 * 21_347 * 5000, Currency::USD)));
    assert_eq!((cost.units_per_row_cell_by_cell, cost.days_cell_by_cell), (42_693, 43));
    // Days that move by themselves take longer, and the more units a day has the more it is they that count.
    let with = |daily_deviation, daily_units_per_row| {
        let traffic = Some(Traffic { daily_units_per_row, daily_deviation, ..traffic.clone() });
        let options = DesignOptions { traffic, ..DesignOptions::default() };
        design(&factors(&[2, 2]), Mode::Full, &options).unwrap().report.cost.unwrap().days_cell_by_cell
    };
    assert!((43..=52).contains(&with(Some(0.0), 1000.0)), "{}", with(Some(0.0), 1000.0));
    assert!(with(Some(0.3), 1000.0) > with(Some(0.0), 1000.0) + 35);
    // 2 (1.96 + 0.84)^2 (0.3 / ln 1.2)^2 = 42.5, and two days for the t test.
    assert_eq!((with(None, 1e8), with(Some(0.3), 1e8)), (1, 45));
    let wrong = Some(Traffic { daily_deviation: Some(-0.1), ..traffic });
    let options = DesignOptions { traffic: wrong, ..DesignOptions::default() };
    assert!(problem(&factors(&[2, 2]), Mode::Full, &options).contains("traffic.daily_deviation"));
}

#[test]
fn too_few_rows_leave_effects_mixed_and_the_report_says_which() {
    let mut given = factors(&[2, 2, 2]);
    given.seeded_rows = vec![
        together(&[("f00", "l0"), ("f01", "l0"), ("f02", "l0")]),
        together(&[("f00", "l1"), ("f01", "l1"), ("f02", "l0")]),
    ];
    let options = DesignOptions { rows: Some(2), ..DesignOptions::default() };
    let report = cover_of(&given, &options).report;
    assert_eq!((report.rank, report.d_efficiency, report.variance_ratio), (Some(2), Some(0.0), None));
    assert!(report.effects.iter().all(|factor| !factor.is_estimable) && !report.mixed.is_empty());
}

#[test]
fn measured_rows_give_the_effects_of_their_levels() {
    let given = factors(&[3, 2]);
    let row = |a: usize, b: usize, successes| MeasuredRow {
        levels: together(&[("f00", &format!("l{a}")), ("f01", &format!("l{b}"))]),
        outcome: Outcome::Rate { successes, trials: 100_000 },
    };
    let rows = [row(0, 0, 1000), row(1, 0, 1300), row(2, 0, 1010), row(0, 1, 990), row(1, 1, 1310), row(2, 1, 1000)];
    let found = analyse(&given, &rows, 0.95).unwrap();
    assert!(found.effects[1].effect.low > 0.0015 && found.factors[0].highest == "l1");
    assert!(found.factors[1].spread < 0.0003 && found.effects[3].effect.low < 0.0);
    let mut broken = rows.to_vec();
    broken[2].outcome = Outcome::Rate { successes: 5, trials: 4 };
    assert!(analyse(&given, &broken, 0.95).unwrap_err().to_string().contains("rows[2].outcome"));
    broken[2].outcome = Outcome::Mean { n: 5, mean: 1.0, variance: 1.0 };
    assert!(analyse(&given, &broken, 0.95).unwrap_err().to_string().contains("not both"));
    broken[2].levels.remove("f01");
    assert!(analyse(&given, &broken, 0.95).unwrap_err().to_string().contains("rows[2].levels"));
}
