//! Letters of reports, and letters that are deleted.

use jiff::civil::date;

use super::*;
use crate::alert::notify::{KEPT, ReportLetter};

fn report() -> Letter {
    let news = ReportNews {
        schedule: "weekly".into(),
        first: date(2026, 11, 23),
        last: date(2026, 11, 29),
        headline: "Report of the week\nof \"summer\"".into(),
        lines: vec!["On target: ROAS.".into(), "Spend: R$ 1,00 <!here>".into()],
        path: Some("/reports/week.html".into()),
    };
    let page = Enclosure {
        name: "week.html".into(),
        media_type: "text/html".into(),
        bytes: b"<p>the page</p>".to_vec(),
        is_page: true,
    };
    let sheet = Enclosure {
        name: "week.xlsx".into(),
        media_type: "application/zip".into(),
        bytes: vec![0, 255],
        is_page: false,
    };
    let (run, language, at) = (RunId::new("summer"), Language::English, at("2026-11-30T12:00:00Z"));
    ReportLetter { run, at, is_simulated: false, language, news, enclosures: vec![page, sheet] }.into_letter().unwrap()
}

#[tokio::test]
async fn a_report_goes_to_the_channels_that_are_named_with_its_first_screen_and_its_path() {
    let (url, heard) = server(answers(&[OK])).await;
    let desk = Desk::new(&url, &format!("{SLACK}{HOOK}least = \"critical\"\n"));
    let notifier = desk.start().await;
    let named = ["hook".to_owned(), "ops".to_owned()];
    for _ in 0..2 {
        let statements = notifier.report_statements(&report(), &named[..1]).unwrap();
        notifier.outbox().write(statements).await.unwrap();
    }
    assert_eq!(
        notifier.deliver().await.unwrap().sent,
        [("hook".to_owned(), 1)].into(),
        "once, and not to who is not named"
    );
    let told = heard.lock().unwrap()[0].json();
    assert_eq!(told["type"], "adbrain.report");
    assert_eq!((&told["data"]["first"], &told["data"]["path"]), (&"2026-11-23".into(), &"/reports/week.html".into()));
    assert_eq!(told["data"]["lines"][0], "On target: ROAS.");
    notifier.outbox().write(notifier.report_statements(&report(), &named[1..]).unwrap()).await.unwrap();
    notifier.deliver().await.unwrap();
    let text = heard.lock().unwrap()[1].json()["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("*Report of the week of \"summer\"*\n• On target"), "{text}");
    assert!(text.contains("&lt;!here&gt;") && text.contains("/reports/week.html"), "{text}");
    let kept = notifier.outbox().letters(1).await.unwrap();
    assert!(kept[0].letter.enclosures.is_empty(), "files stay beside the letter");
}

#[cfg(feature = "email")]
#[tokio::test]
async fn a_report_by_mail_is_its_page_with_its_files() {
    use crate::http::smtp::tests::{Script, Server};
    let server = Server::start(Script::default()).await;
    let email = "[[channel]]\nname = \"team\"\nkind = \"email\"\nurl_env = \"URL\"\nfrom = \"adbrain@example.com\"\n\
                 to = [\"ana@example.com\"]\n";
    let desk = Desk::new(&server.url("smtp+plain"), email);
    let notifier = desk.start().await;
    notifier.outbox().write(notifier.report_statements(&report(), &["team".to_owned()]).unwrap()).await.unwrap();
    assert_eq!(notifier.deliver().await.unwrap().sent["team"], 1);
    let data = server.heard()[0].data.clone();
    for sign in ["multipart/mixed", "<p>the page</p>", "On target: ROAS.", "week.xlsx", "AP8="] {
        assert!(data.contains(sign), "{sign} in {data}");
    }
}

#[tokio::test]
async fn letters_are_deleted_90_days_after_their_last_try_and_nothing_is_told_twice() {
    let (url, heard) = server(answers(&[OK, BROKEN])).await;
    let desk = Desk::new(&url, SLACK);
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    notifier.deliver().await.unwrap();
    let statements = notifier.report_statements(&report(), &["ops".to_owned()]).unwrap();
    notifier.outbox().write(statements).await.unwrap();
    notifier.deliver().await.unwrap();
    assert_eq!(notifier.outbox().letters(9).await.unwrap().len(), 2);
    desk.clock.advance(KEPT);
    desk.wait(60);
    // The one that never arrived is still tried: its plan is not over for this process.
    notifier.deliver().await.unwrap();
    let left = notifier.outbox().letters(9).await.unwrap();
    assert!(left.len() == 1 && left[0].letter.report.is_some(), "{left:?}");
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    assert_eq!(notifier.outbox().letters(9).await.unwrap().len(), 1, "what was told stays known");
    assert!(!heard.lock().unwrap().is_empty());
}
