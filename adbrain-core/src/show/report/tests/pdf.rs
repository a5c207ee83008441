//! Reports as PDF.

use std::io::Read as _;

use super::first::of_days;
use super::fixture::result;
use crate::brain::RunResult;
use crate::model::{Language, Platform};
use crate::report::Report;

fn written(result: &RunResult, language: Language) -> Vec<u8> {
    Report::of(result).pdf(language).unwrap()
}

/// The streams of a document, opened: what is painted, and what each glyph stands for.
fn streams(bytes: &[u8]) -> Vec<String> {
    let find =
        |from: usize, word: &[u8]| bytes[from..].windows(word.len()).position(|at| at == word).map(|at| from + at);
    let (mut at, mut found) = (0, Vec::new());
    while let Some(start) = find(at, b"stream\n") {
        let end = find(start, b"endstream").unwrap();
        let mut text = Vec::new();
        let packed = &bytes[start + b"stream\n".len()..end];
        if flate2::read::ZlibDecoder::new(packed).read_to_end(&mut text).is_ok() {
            found.push(String::from_utf8_lossy(&text).into_owned());
        }
        at = end + b"endstream".len();
    }
    found
}

fn count(bytes: &[u8], word: &[u8]) -> usize {
    bytes.windows(word.len()).filter(|at| *at == word).count()
}

#[test]
fn the_same_report_gives_the_same_bytes_and_no_time_of_now() {
    for language in Language::ALL {
        let first = written(&result(), *language);
        assert!(first == written(&result(), *language), "two documents of one report differ");
        assert!(first.starts_with(b"%PDF-") && count(&first, b"D:2000") > 0);
    }
}

#[test]
fn every_glyph_stands_for_a_letter_accents_too() {
    let maps: String = streams(&written(&result(), Language::Portuguese))
        .into_iter()
        .filter(|stream| stream.contains("beginbfchar") || stream.contains("beginbfrange"))
        .collect();
    for letter in "ãçéíR$%".chars() {
        let code = format!("{:04x}", u32::from(letter));
        assert!(maps.to_lowercase().contains(&format!("<{code}>")), "{letter} cannot be copied out");
    }
}

#[test]
fn charts_are_drawn_as_lines_in_their_colours() {
    let painted = streams(&written(&of_days(9), Language::English)).concat();
    // 0969DA and 1A7F37 as shares of red, green and blue.
    for colour in ["0.03529412 0.4117647 0.85490197", "0.101960786 0.49803922 0.21568628"] {
        assert!(painted.contains(colour), "{colour}");
    }
    assert!(!painted.contains("NaN") && !painted.contains("inf"));
}

#[test]
fn a_year_of_four_platforms_fills_pages_and_says_which_rows_it_leaves_out() {
    let mut long = of_days(366);
    let metrics = long.totals.clone();
    for day in &mut long.days {
        day.platforms = Platform::ALL.iter().map(|platform| (*platform, metrics.clone())).collect();
    }
    let bytes = written(&long, Language::English);
    let pages = count(&bytes, b"/Type/Page/") + count(&bytes, b"/Type /Page\n") + count(&bytes, b"/Type/Page\n");
    assert!(pages > 20, "{pages} pages");
    assert!(bytes.len() < 2 << 20, "{} bytes", bytes.len());
}

#[test]
fn texts_from_outside_that_no_font_knows_and_words_without_end_are_written_all_the_same() {
    let mut hostile = result();
    hostile.brief = {
        let mut brief = serde_json::to_value(&hostile.brief).unwrap();
        brief["name"] = format!("\u{1F4A3} \u{6f22}\u{5b57} {}", "x".repeat(2_000)).into();
        serde_json::from_value(brief).unwrap()
    };
    assert!(written(&hostile, Language::English).len() > 10_000);
}
