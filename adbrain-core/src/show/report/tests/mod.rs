//! The report as people read it.

mod files;
mod first;
mod fixture;
#[cfg(feature = "pdf")]
mod pdf;
mod schedule;
mod words;

use super::Report;
use crate::brain::RunResult;
use crate::model::{Language, Metrics};
use fixture::{HOSTILE, result};

const SECTIONS: [&str; 19] = [
    "summary",
    "comparison",
    "days",
    "platforms",
    "forecasts",
    "strategy",
    "assets",
    "copy",
    "plan",
    "launch",
    "alerts",
    "decisions",
    "actions",
    "experiments",
    "feedback",
    "learnings",
    "personas",
    "practices",
    "problems",
];

fn both(result: &RunResult) -> Vec<String> {
    let report = Report::of(result);
    let texts = Language::ALL.iter().flat_map(|language| [report.html(*language), report.markdown(*language)]);
    texts.map(Result::unwrap).collect()
}

#[test]
fn every_section_stands_in_the_page_in_both_languages() {
    for language in Language::ALL {
        let html = Report::of(&result()).html(*language).unwrap();
        for id in SECTIONS {
            assert!(html.contains(&format!("<section id=\"{id}\"")), "{id} in {language}");
        }
    }
}

#[test]
fn every_text_is_in_the_catalogue() {
    for language in Language::ALL {
        let text = Report::of(&result()).markdown(*language).unwrap();
        let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
        let key = words.find(|word| ["report-", "feedback-", "alert-"].iter().any(|start| word.starts_with(start)));
        assert_eq!(key, None);
    }
}

#[test]
fn the_page_speaks_both_languages_and_says_that_it_is_simulated() {
    let report = Report::of(&result());
    let portuguese = report.html(Language::Portuguese).unwrap();
    for words in ["lang=\"pt-BR\"", "simulado", "R$ 1.000,00", "Gasto", "precisa de uma pessoa", "CTR baixo"] {
        assert!(portuguese.contains(words), "{words}");
    }
    let english = report.html(Language::English).unwrap();
    for words in ["lang=\"en\"", "simulated", "R$ 1,000.00", "Spend", "needs a person", "Low CTR"] {
        assert!(english.contains(words), "{words}");
    }
}

#[test]
fn markdown_holds_tiles_tables_and_evidence() {
    let text = Report::of(&result()).markdown(Language::English).unwrap();
    for line in [
        "| ROAS | 2.50 | 3.00 | not met |",
        "| CPA | R$ 50.00 | R$ 50.00 | met |",
        "| Spend | R$ 4,200.00 | R$ 1,000.00 |",
        "3.10 (2.00 to 4.20; interval 90 %; n = 120; shrinkage)",
        "| 7 | revenue | not a number |",
        "keep running",
        "3 days or regions are too few; at least 14 are needed",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn forecasts_stand_beside_what_came_with_their_calibration() {
    let report = Report::of(&result());
    let english = report.markdown(Language::English).unwrap();
    for line in [
        "| Meta | 2027-01-01 | 3.10 (2.00 to 4.20; interval 90 %; n = 120; shrinkage) | 2.50 | yes |",
        "| 0.50 | immature |",
        "| Meta | 2027-01-01 | 1 | 1 | 100.00 % | no |",
        "| yes | 2027-01-08 | 7 days have passed since the model was trained |",
    ] {
        assert!(english.contains(line), "{line}\n{english}");
    }
    let portuguese = report.markdown(Language::Portuguese).unwrap();
    assert!(portuguese.contains("Previsões") && portuguese.contains("| 2,50 | sim |"), "{portuguese}");
}

#[test]
fn hostile_names_stay_text() {
    for text in both(&result()) {
        assert!(!text.contains("<script"), "a script came through");
        assert!(!text.contains("<img"), "an image came through");
        assert!(!text.contains("javascript:alert(1)\""), "an address became a link");
        assert!(text.contains("&lt;script&gt;"), "the name {HOSTILE} is gone");
    }
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    for language in Language::ALL {
        let html = Report::of(&result()).html(*language).unwrap();
        for sign in
            [" src=\"", "@import", "url(", "<script", "<link", "<iframe", " onload", "href=\"http", "xlink:href"]
        {
            assert!(!html.contains(sign), "{sign}");
        }
        assert!(html.contains("default-src 'none'"));
        assert_eq!(html.matches("<svg").count(), 2);
    }
}

#[test]
fn nothing_is_shown_as_a_dash_and_not_as_zero() {
    let mut result = result();
    result.totals = Metrics::none(result.brief.currency());
    result.targets.clear();
    result.history = None;
    let text = Report::of(&result).markdown(Language::English).unwrap();
    assert!(text.contains("| ROAS | – | – | – |"), "{text}");
    assert!(text.contains("| CPA | – | – | – |"));
    assert!(text.contains("| ROAS | – | – |\n"), "history beside the run");
}

#[test]
fn an_empty_run_still_gives_a_report() {
    let mut result = result();
    (result.days, result.platforms, result.alerts) = (Vec::new(), Vec::new(), Vec::new());
    let html = Report::of(&result).html(Language::Portuguese).unwrap();
    assert!(html.contains("Nada a mostrar."));
    assert_eq!(html.matches("<svg").count(), 0);
}

#[test]
fn the_same_result_gives_the_same_bytes_and_the_json_reads_back() {
    let result = result();
    assert_eq!(both(&result), both(&result));
    let json = Report::of(&result).json().unwrap();
    assert_eq!(serde_json::from_slice::<RunResult>(&json).unwrap(), result);
}
