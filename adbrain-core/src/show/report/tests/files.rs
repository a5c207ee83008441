//! Reports as tables and workbooks.

use super::fixture::result;
use crate::brain::RunResult;
use crate::model::{Currency, Language, Money};
use crate::report::Report;

const FORMULAS: [&str; 6] = ["=HYPERLINK(\"http://x\")", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"];

/// A result whose names are formulas.
fn hostile() -> RunResult {
    let mut result = result();
    let variant = result.copy.variants[0].clone();
    result.copy.variants = FORMULAS
        .iter()
        .map(|formula| {
            let mut variant = variant.clone();
            (*formula).clone_into(&mut variant.text);
            variant
        })
        .collect();
    "=cmd|' /C calc'!A0".clone_into(&mut result.plan.campaigns[0].name);
    result
}

fn records(result: &RunResult, language: Language) -> Vec<Vec<String>> {
    let text = Report::of(result).csv(language).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().len(), 9);
    reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn csv_is_one_table_of_numbers_dates_and_texts() {
    for language in Language::ALL {
        let lines = records(&result(), *language);
        let cell = |section: &str, table: &str, row: &str, column: &str| {
            let place = [section, table, row, column];
            lines.iter().find(|line| line[..4] == place).map(|line| line[4..8].to_vec()).unwrap()
        };
        assert_eq!(cell("days", "days", "1", "day"), ["2027-01-01", "", "", ""]);
        assert_eq!(cell("days", "days", "1", "spend"), ["4200.00", "", "", "BRL"]);
        assert_eq!(cell("days", "days", "1", "ctr"), ["0.015", "", "", "ratio"]);
        assert_eq!(cell("platforms", "platforms", "1", "expected-roas")[..1], ["3.1"]);
        assert_eq!(cell("platforms", "platforms", "1", "expected-roas")[3], "");
        assert_eq!(cell("plan", "plan", "1", "platform"), ["meta", "", "", ""]);
    }
}

#[test]
fn no_cell_of_a_table_begins_like_a_formula_unless_it_is_a_number() {
    let lines = records(&hostile(), Language::English);
    for cell in lines.iter().flatten().filter(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])) {
        assert!(cell.parse::<f64>().is_ok(), "{cell:?}");
    }
    for formula in FORMULAS {
        assert!(lines.iter().any(|line| line[4] == format!("'{formula}")), "{formula:?} is gone");
    }
}

#[cfg(feature = "xlsx")]
mod workbook {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};

    use super::*;

    fn opened(result: &RunResult, language: Language) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(Report::of(result).xlsx(language).unwrap())).unwrap()
    }

    fn cells(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Data> {
        book.worksheet_range(sheet).unwrap().rows().flatten().cloned().collect()
    }

    #[test]
    fn every_section_is_a_sheet_with_real_numbers_and_dates() {
        for language in Language::ALL {
            let (result, mut book) = (result(), opened(&result(), *language));
            let report = Report::of(&result);
            let names = book.sheet_names();
            assert_eq!(names.len(), report.document().sections.len());
            let place = report.document().sections.iter().position(|section| section.id == "days").unwrap();
            let days = cells(&mut book, &names[place]);
            assert!(days.contains(&Data::Float(4200.0)), "{days:?}");
            let is_the_day =
                |cell: &Data| matches!(cell, Data::DateTime(day) if (day.as_f64() - 46_388.0).abs() < 1e-9);
            assert!(days.iter().any(is_the_day), "2027-01-01 is day 46388: {days:?}");
        }
    }

    #[test]
    fn no_cell_holds_a_formula_and_hostile_names_stay_text() {
        let mut book = opened(&hostile(), Language::English);
        let mut texts = Vec::new();
        for sheet in book.sheet_names() {
            assert!(book.worksheet_formula(&sheet).unwrap().is_empty(), "{sheet}");
            texts.extend(cells(&mut book, &sheet));
        }
        for formula in &FORMULAS[..4] {
            assert!(texts.contains(&Data::String((*formula).to_owned())), "{formula} is gone");
        }
    }

    #[test]
    fn the_same_result_gives_the_same_bytes_with_a_chart_of_its_days() {
        let bytes = || Report::of(&result()).xlsx(Language::Portuguese).unwrap();
        let first = bytes();
        assert!(first == bytes(), "two workbooks of one result differ");
        let part = b"xl/charts/chart1.xml";
        assert!(first.windows(part.len()).any(|window| window == part));
    }

    #[test]
    fn a_currency_without_decimals_and_an_empty_run_are_written_too() {
        let mut result = result();
        result.days.clear();
        result.plan.limits.daily_cap = Money::from_micros(1_500_000_000_000, "JPY".parse::<Currency>().unwrap());
        let mut book = opened(&result, Language::English);
        let summary = book.sheet_names()[0].clone();
        assert!(cells(&mut book, &summary).contains(&Data::Float(1_500_000.0)));
    }
}
