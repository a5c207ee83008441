//! Bad files by the dozen, and one real one.

use super::*;
use crate::ErrorKind;
use crate::measure::MAX_BYTES;
use crate::model::Metrics;

const HEADER: &str = "platform,date,campaign,ad,age,gender,interest,creative_type,copy_style,impressions,clicks,conversions,spend,revenue";
const GOOD: &str = "meta,2026-05-01,c1,a1,30-34,female,shoes,video,offer,1000,20,2,8.50,40";

fn read(text: impl AsRef<[u8]>) -> Result<History> {
    import_file(text.as_ref(), None, Currency::BRL)
}

/// The good row with one column replaced.
fn with(column: &str, value: &str) -> String {
    let position = HEADER.split(',').position(|name| name == column).unwrap();
    let mut cells: Vec<_> = GOOD.split(',').collect();
    cells[position] = value;
    cells.join(",")
}

#[test]
fn a_good_row_is_taken_whole() {
    let history = read(format!("{HEADER}\n{GOOD}\n")).unwrap();
    let row = &history.rows[0];
    assert_eq!((row.line, row.campaign.as_str(), row.ad.as_str()), (2, "c1", "a1"));
    assert_eq!(row.date.unwrap().to_string(), "2026-05-01");
    assert_eq!((row.metrics.spend.micros(), row.metrics.revenue.micros()), (8_500_000, 40_000_000));
    assert_eq!((row.interest.as_deref(), row.copy_style.as_deref()), (Some("shoes"), Some("offer")));
    assert!(history.problems.is_empty());
}

#[test]
fn a_bad_cell_is_a_problem_with_line_and_column_and_the_other_rows_stay() {
    let cases = [
        ("impressions", "abc", "not a number"),
        ("impressions", "", "is empty"),
        ("impressions", "NaN", "not a finite number"),
        ("impressions", "inf", "not a finite number"),
        ("impressions", "-5", "negative"),
        ("impressions", "1e13", "absurdly large"),
        ("impressions", "99999999999999999999999", "absurdly large"),
        ("impressions", "1000.5", "not a whole number"),
        ("impressions", "1e3", "not a whole number"),
        ("impressions", "0x10", "not a number"),
        ("clicks", "1001", "more than 1000 impressions"),
        ("clicks", "2.0", "not a whole number"),
        ("clicks", "null", "not a number"),
        ("conversions", "-1", "negative"),
        ("conversions", "1,2", "15 fields"),
        ("spend", "R$ 8.50", "not a number"),
        ("spend", "NaN", "not a finite number"),
        ("spend", "-inf", "not a finite number"),
        ("spend", "-0.01", "negative"),
        ("spend", "1e13", "absurdly large"),
        ("spend", "1e400", "absurdly large"),
        ("spend", "\"1,234.50\"", "not a number"),
        ("spend", "\"8,50\"", "not a number"),
        ("revenue", "#DIV/0!", "not a number"),
        ("revenue", "", "is empty"),
        ("platform", "myspace", "not a known platform"),
        ("platform", "", "not a known platform"),
        ("date", "01/05/2026", "not a day"),
        ("date", "2026-02-30", "not a day"),
        ("date", "1899-12-31", "not a day"),
        ("date", "2026-5-1", "not a day"),
        ("date", "46143", "not a day"),
        ("campaign", "=HYPERLINK(1)", "formula"),
        ("campaign", "+1", "formula"),
        ("ad", "@SUM(A1)", "formula"),
        ("ad", "-cmd", "formula"),
        ("ad", "", "is empty"),
        ("ad", "\"two\nlines\"", "control characters"),
        ("interest", "=1+1", "formula"),
        ("copy_style", "a\u{7}b", "control characters"),
        ("age", "34-30", "not a range of ages"),
        ("age", "5-12", "not a range of ages"),
        ("age", "thirty", "not a range of ages"),
        ("gender", "x", "not a known gender"),
    ];
    for (column, value, wanted) in cases {
        let history = read(format!("{HEADER}\n{GOOD}\n{}\n{GOOD}\n", with(column, value))).unwrap();
        assert_eq!((history.rows.len(), history.problems.len()), (2, 1), "{column} {value}");
        let problem = &history.problems[0];
        assert_eq!(problem.line, 3, "{column} {value}");
        assert!(problem.problem.contains(wanted), "{column} {value}: {}", problem.problem);
        assert!(problem.column == column || problem.column.is_empty(), "{column} {value}: {}", problem.column);
    }
}

#[test]
fn odd_but_sound_cells_are_taken() {
    let cases = [
        ("spend", "1.429999948"),
        ("spend", "1.123456789012345"),
        ("spend", "1e-05"),
        ("spend", " 3.5 "),
        ("age", "65+"),
        ("age", ""),
        ("age", "Unknown"),
        ("gender", "M"),
        ("gender", "unknown"),
        ("date", ""),
        ("date", "2026-05-01 00:00:00"),
        ("interest", ""),
        ("platform", "Meta"),
        ("ad", "Promoção \u{1f389}"),
        ("ad", "\"with, comma\""),
        ("conversions", "900"),
    ];
    for (column, value) in cases {
        let history = read(format!("{HEADER}\n{}\n", with(column, value)));
        assert!(history.is_ok(), "{column} {value:?}: {history:?}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_refused_with_the_reason() {
    let no_revenue = "platform,campaign,ad,impressions,clicks,conversions,spend\nmeta,c,a,1,1,1,1\n";
    let cases: [(Vec<u8>, &str); 9] = [
        (Vec::new(), "no header line"),
        (b"\n\n\n".to_vec(), "no header line"),
        (format!("{HEADER}\n").into_bytes(), "no rows below the header"),
        (no_revenue.into(), "lacks: revenue"),
        (format!("{HEADER},Clicks\n").into_bytes(), "appears twice"),
        (format!("{HEADER}\n{}\n", with("spend", "x")).into_bytes(), "none of 1 rows can be used: line 2, spend"),
        (HEADER.replace(',', ";").into_bytes(), "semicolons"),
        (b"\xFF\xFEp\0l\0".to_vec(), "UTF-16"),
        (vec![b'a'; MAX_BYTES + 1], "split the file"),
    ];
    for (bytes, wanted) in cases {
        let error = read(&bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(wanted), "{wanted}: {error}");
    }
}

#[test]
fn a_row_with_too_few_or_too_many_fields_is_a_problem() {
    let history = read(format!("{HEADER}\n{GOOD}\nmeta,1\n{GOOD},7\n\"open,quote\n")).unwrap();
    let told: Vec<_> = history.problems.iter().map(|problem| (problem.line, problem.problem.as_str())).collect();
    assert_eq!(told[0], (3, "the row has 2 fields, the header has 14"));
    assert_eq!(told[1], (4, "the row has 15 fields, the header has 14"));
    assert_eq!(told.len(), 3);
}

#[test]
fn text_that_is_not_utf_8_is_a_problem_with_its_line() {
    let mut bytes = format!("{HEADER}\n{GOOD}\n").into_bytes();
    bytes.extend(b"meta,2026-05-01,Ver\xE3o,a,,,,,,1,1,1,1,1\n");
    let history = read(&bytes).unwrap();
    let problem = &history.problems[0];
    assert_eq!((problem.line, problem.column.as_str()), (3, "campaign"));
    assert!(problem.problem.contains("UTF-8"));
}

#[test]
fn a_byte_order_mark_and_windows_lines_and_duplicates_are_fine() {
    let history = read(format!("\u{feff}{HEADER}\r\n{GOOD}\r\n{GOOD}\r\n")).unwrap();
    assert_eq!((history.rows.len(), history.problems.len()), (2, 0));
}

#[test]
fn a_table_reads_like_a_file() {
    let file = read(format!("{HEADER}\n{GOOD}\n{}\n", with("clicks", ""))).unwrap();
    let headers: Vec<String> = HEADER.split(',').map(ToOwned::to_owned).collect();
    let good = GOOD.split(',').map(|cell| Some(cell.to_owned())).collect::<Vec<_>>();
    let mut bad = good.clone();
    bad[10] = None;
    let table = import_table(&headers, vec![good, bad].into_iter(), None, Currency::BRL).unwrap();
    assert_eq!(table.rows[0].metrics, file.rows[0].metrics);
    assert_eq!(table.rows[0].line, 1);
    assert_eq!((table.problems[0].line, &table.problems[0].problem), (2, &file.problems[0].problem));
}

#[test]
fn the_hash_names_source_and_mapping_and_currency() {
    let text = format!("{HEADER}\n{GOOD}\n");
    let hash = |currency| import_file(text.as_bytes(), None, currency).unwrap().hash;
    assert_eq!(hash(Currency::BRL), hash(Currency::BRL));
    assert_ne!(hash(Currency::BRL), hash(Currency::USD));
}

#[test]
fn a_mapping_in_another_currency_is_refused() {
    let mut mapping = HistoryMapping::built_in().unwrap().remove(0);
    mapping.currency = Some(Currency::USD);
    let error = import_file(format!("{HEADER}\n{GOOD}\n").as_bytes(), Some(&mapping), Currency::BRL).unwrap_err();
    assert!(error.to_string().contains("in USD, not in BRL"), "{error}");
}

#[test]
fn the_real_facebook_file_adds_up_to_its_published_sums() {
    let Ok(folder) = std::env::var("ADBRAIN_TEST_DATA") else {
        println!("skipped: the_real_facebook_file_adds_up_to_its_published_sums: ADBRAIN_TEST_DATA is not set");
        return;
    };
    let path = std::path::Path::new(&folder).join("data/kag-facebook-ads/KAG_conversion_data.csv");
    let history = import_file(&std::fs::read(path).unwrap(), None, Currency::USD).unwrap();
    let total = Metrics::total(history.rows.iter().map(|row| &row.metrics), Currency::USD).unwrap();
    assert_eq!(
        (history.mapping.as_str(), history.rows.len(), history.problems.len()),
        ("facebook-conversions", 1143, 0)
    );
    assert_eq!((total.impressions, total.clicks, total.conversions), (213_434_828, 38_165, 1079));
    // The file's amounts went through binary floats: their sum meets the published one to the cent.
    assert_eq!((total.spend.micros() + 5_000) / 10_000, 5_870_523);
    assert_eq!(total.revenue.micros(), (3264 * 5 + 1079 * 100) * 1_000_000);
}
