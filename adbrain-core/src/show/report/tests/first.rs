//! The first screen of a report.

use super::fixture::result;
use crate::brain::{DaySummary, RunResult};
use crate::control::Head;
use crate::model::{ContentHash, Language, Maturity, Money, Platform};
use crate::report::Report;

/// The largest page that a report may be, in bytes.
const LARGEST: usize = 300 << 10;

/// A result of so many days; revenue goes up and down.
pub(super) fn of_days(count: i64) -> RunResult {
    let (mut result, day) = (result(), result().days[0].clone());
    let days = (0..count).map(|number| {
        let mut metrics = day.metrics.clone();
        metrics.revenue = Money::from_micros((10_500 + 2_000 * (number % 3 - 1)) * 1_000_000, metrics.spend.currency());
        let date = day.date.checked_add(jiff::Span::new().days(number)).unwrap();
        let maturity = if number < 2 { Maturity::Mature } else { Maturity::Immature };
        DaySummary { date, metrics, maturity, ..day.clone() }
    });
    result.days = days.collect();
    result
}

fn first_screen(result: &RunResult) -> String {
    let text = Report::of(result).markdown(Language::English).unwrap();
    let begin = text.find("## Summary").unwrap();
    let end = text[begin + 3..].find("\n## ").unwrap();
    text[begin..begin + 3 + end].to_owned()
}

#[test]
fn it_says_whether_the_run_is_on_target_with_intervals() {
    let text = first_screen(&of_days(9));
    assert!(text.contains("Off target: ROAS."), "{text}");
    assert!(text.contains("| ROAS | 2.50 (2.") && text.contains("interval 90 %; n = 9"), "{text}");
    let mut near = of_days(9);
    near.targets[0].target = 2.45;
    near.targets[0].is_met = Some(true);
    let text = first_screen(&near);
    assert!(text.contains("Not sure yet, the interval holds the target: ROAS") && text.contains("| not sure yet |"));
    let html = Report::of(&near).html(Language::Portuguese).unwrap();
    assert!(html.contains("intervalo 90%") && html.contains("ainda incerto"));
}

#[test]
fn it_says_what_is_wanted_what_changed_and_what_was_spent_against_the_caps() {
    let text = first_screen(&of_days(3));
    for line in [
        "### What needs a person",
        "| Decide on a step |",
        "| Look at open alerts |",
        "### What changed",
        "| Daily cap | R$ 70.00 | R$ 4,200.00 | 6,000.00 % |",
        "| Weekly cap | R$ 70.00 | R$ 12,600.00 |",
        "| Period | 2027-01-01; 2027-01-03 |",
        "| Freshness | Whole until 2027-01-03 |",
        "2 of 3 days are mature",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let mut calm = result();
    (calm.alerts, calm.actions, calm.launch) = (Vec::new(), Vec::new(), Vec::new());
    calm.plan.missing.clear();
    assert!(first_screen(&calm).contains("Nothing waits for a person."));
}

#[test]
fn it_says_what_the_policy_refused_and_why() {
    let mut refused = result();
    for outcome in &mut refused.actions {
        outcome.state = crate::control::JournalState::Refused;
    }
    let text = first_screen(&refused);
    assert!(text.contains("### What the policy refused") && text.contains("| create | "), "{text}");
    assert!(!first_screen(&result()).contains("What the policy refused"));
}

#[test]
fn it_names_the_end_of_the_journal_where_it_is_known() {
    let (result, head) = (result(), Head { entries: 7, head: ContentHash::of(b"end") });
    let sealed = Report::of(&result).sealed(&head).markdown(Language::English).unwrap();
    assert!(sealed.contains(&format!("| End of the journal | {} |", head.head)), "{sealed}");
    let last = result.actions.last().unwrap().entry.clone();
    assert!(first_screen(&result).contains(&format!("| Last journal entry of this run | {last} |")));
}

#[test]
fn a_page_of_a_quarter_stays_small_and_says_which_rows_it_leaves_out() {
    for language in Language::ALL {
        let page = Report::of(&of_days(92)).html(*language).unwrap();
        assert!(page.len() < LARGEST && !page.contains("XLSX"), "{} bytes in {language}", page.len());
        let mut long = of_days(366);
        let metrics = long.totals.clone();
        for day in &mut long.days {
            day.platforms = Platform::ALL.iter().map(|platform| (*platform, metrics.clone())).collect();
        }
        let page = Report::of(&long).html(*language).unwrap();
        assert!(page.len() < LARGEST && page.contains("XLSX"), "{} bytes in {language}", page.len());
    }
}
