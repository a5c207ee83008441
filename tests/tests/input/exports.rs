//! Workbooks as spreadsheets and ads managers write them.

use adbrain_core::ErrorKind;
use adbrain_core::measure::{HistoryMapping, import_file};
use adbrain_core::model::{Currency, Platform};

fn workbook() -> Vec<u8> {
    std::fs::read(adbrain_tests::root().join("tests/cases/files/meta-export.xlsx")).unwrap()
}

#[test]
fn a_workbook_is_read_from_its_first_sheet() {
    let history = import_file(&workbook(), None, Currency::BRL).unwrap();
    let rows: Vec<_> = history
        .rows
        .iter()
        .map(|row| {
            let metrics = &row.metrics;
            (
                row.platform,
                row.date.unwrap().to_string(),
                metrics.conversions,
                metrics.spend.micros(),
                metrics.revenue.micros(),
            )
        })
        .collect();
    let wanted = [
        (Platform::Meta, "2026-10-01".to_owned(), 3, 100_250_000, 450_000_000),
        (Platform::Meta, "2026-10-02".to_owned(), 0, 40_250_000, 0),
    ];
    assert_eq!((rows.as_slice(), history.mapping.as_str()), (wanted.as_slice(), "meta-ads-manager"));
}

#[test]
fn a_mapping_of_the_callers_own_reads_a_workbook_too() {
    let mapping = HistoryMapping::from_json(
        r#"{"name": "mine", "platform": {"constant": "meta"}, "campaign": "Campaign name", "ad": "Ad name", "impressions": "Impressions",
            "clicks": "Link clicks", "spend": "Amount spent (BRL)", "conversions": "Purchases", "revenue": "Purchases conversion value"}"#,
    );
    let history = import_file(&workbook(), Some(&mapping.unwrap()), Currency::BRL).unwrap();
    assert_eq!(
        (history.rows.len(), history.problems.len()),
        (1, 1),
        "an empty count is no zero unless an export says so"
    );
}

#[test]
fn a_workbook_cut_at_any_byte_is_refused_and_one_with_a_changed_byte_does_no_harm() {
    let bytes = workbook();
    for end in 4..bytes.len() {
        let error = import_file(&bytes[..end], None, Currency::BRL).expect_err("a cut workbook was taken");
        assert_eq!((error.kind(), error.next_step().is_some()), (ErrorKind::InvalidInput, true), "{end}: {error}");
    }
    for place in (0..bytes.len()).step_by(5) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x55;
        drop(import_file(&changed, None, Currency::BRL));
    }
}
