//! Bad histories.

use adbrain_core::ErrorKind;
use adbrain_core::measure;
use adbrain_core::model::Currency;

const HEADER: &str = "platform,date,campaign,ad,age,gender,interest,creative_type,copy_style,impressions,clicks,conversions,spend,revenue";
const GOOD: &str = "meta,2026-01-01,c1,a1,25-34,female,shoes,video,benefit,1000,20,2,10.00,42.00";

fn replaced(column: &str, value: &str) -> String {
    let place = HEADER.split(',').position(|name| name == column).unwrap();
    let mut cells: Vec<_> = GOOD.split(',').collect();
    cells[place] = value;
    cells.join(",")
}

#[test]
fn a_bad_row_is_reported_with_line_and_column_and_the_good_ones_are_kept() {
    let cases = [
        ("platform", "orkut"),
        ("date", "01/02/2026"),
        ("date", "2026-13-01"),
        ("age", "old"),
        ("age", "40-20"),
        ("gender", "x"),
        ("impressions", ""),
        ("impressions", "-1"),
        ("impressions", "1.5"),
        ("impressions", "NaN"),
        ("impressions", "ten"),
        ("impressions", "99999999999999999999999"),
        ("clicks", "2000"),
        ("clicks", "1e3x"),
        ("conversions", "-2"),
        ("conversions", "inf"),
        ("spend", "-0.01"),
        ("spend", "R$ 10"),
        ("spend", "NaN"),
        ("spend", "inf"),
        ("spend", "1e300"),
        ("revenue", "free"),
        ("revenue", "-1"),
        ("campaign", "=cmd|' /C calc'!A0"),
        ("ad", "@SUM(1)"),
    ];
    for (column, value) in cases {
        let text = format!("{HEADER}\n{GOOD}\n{}\n{GOOD}\n", replaced(column, value));
        let history = measure::import_file(text.as_bytes(), None, Currency::BRL).unwrap();
        assert_eq!(history.rows.len(), 2, "{column} = {value}");
        assert_eq!(history.problems.len(), 1, "{column} = {value}");
        let problem = &history.problems[0];
        assert_eq!((problem.line, problem.column.as_str()), (3, column), "{column} = {value}: {problem:?}");
    }
}

#[test]
fn files_without_a_single_good_row_are_refused() {
    let no_spend = HEADER.replace(",spend", "");
    let twice = HEADER.replace("revenue", "spend");
    let cases: [(&str, Vec<u8>); 8] = [
        ("empty", Vec::new()),
        ("header alone", HEADER.into()),
        ("missing column", format!("{no_spend}\nmeta\n").into()),
        ("column twice", format!("{twice}\n{GOOD}\n").into()),
        ("another file", b"colour,shape\nred,round\n".to_vec()),
        ("binary", vec![0x89, b'P', b'N', b'G', 0, 1, 2, 3, 0xff, 0xd8]),
        ("only bad rows", format!("{HEADER}\n{}\n", replaced("spend", "x")).into()),
        ("too large", vec![b'x'; 65 << 20]),
    ];
    for (name, bytes) in cases {
        let error = measure::import_file(&bytes, None, Currency::BRL).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}: {error}");
        assert!(error.to_string().contains("history"), "{name}: {error}");
        assert!(error.next_step().is_some(), "{name} does not say what to do: {error}");
    }
}

#[test]
fn a_mapping_that_is_none_says_what_to_do() {
    for text in ["", "{", "{\"nme\": \"x\"}", "[]", "{\"name\": \"x\", \"revenue_values\": 7}"] {
        let error = measure::HistoryMapping::from_json(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        assert!(error.next_step().is_some(), "{text}: {error}");
    }
}

#[test]
fn ragged_rows_and_wrong_bytes_are_reported_by_line() {
    let text = [
        HEADER.as_bytes(),
        b"\n",
        GOOD.as_bytes(),
        b"\nmeta,2026-01-01\n",
        b"meta,2026-01-01,\xff,a1,,,,,,1,0,0,0,0\n",
    ]
    .concat();
    let history = measure::import_file(&text, None, Currency::BRL).unwrap();
    let lines: Vec<_> = history.problems.iter().map(|problem| problem.line).collect();
    assert_eq!((history.rows.len(), lines), (1, vec![3, 4]));
}
