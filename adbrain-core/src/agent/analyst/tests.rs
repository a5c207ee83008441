use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::*;
use crate::agent::{Standing, Standings, creative, optimizer, strategist};
use crate::model::{Answer, AssetSet, Brief, Currency, Done, FeedbackKind, Language, Message, Money, Platform};
use crate::model::{Recipient, Response};

/// A feedback of a kind, for the tests of those who answer it.
pub(crate) fn feedback(kind: FeedbackKind) -> Feedback {
    let found = judge::feedback(&input(&poor_days(14), vec![]));
    found.into_iter().find(|feedback| feedback.kind == kind).unwrap()
}

fn start(day: i64) -> Timestamp {
    let first: Timestamp = "2027-01-01T03:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * day)
}

/// A day of 10,000 impressions and R$ 1,000 spent, of which a share of the conversions has arrived.
fn day(day: i64, [clicks, conversions, revenue]: [u64; 3], completeness: f64) -> DayFigures {
    let units = |units: u64| Money::from_micros(i64::try_from(units).unwrap() * 1_000_000, Currency::BRL);
    // A little noise, so that days have a spread.
    let metrics = Metrics {
        impressions: 10_000,
        clicks,
        conversions,
        spend: units(1_000 + 10 * day.unsigned_abs()),
        revenue: units(revenue),
    };
    DayFigures { start: start(day), metrics, completeness }
}

/// Days that miss every target of the brief: CTR 1 %, ROAS 1, CPA R$ 100. All conversions are in.
fn poor_days(count: i64) -> Vec<DayFigures> {
    (0..count).map(|at| day(at, [100, 10, 1_000], 1.0)).collect()
}

/// Days that reach every target: CTR 4 %, ROAS 6, CPA R$ 20.
fn good_days(from: i64, until: i64) -> Vec<DayFigures> {
    (from..until).map(|at| day(at, [400, 50, 6_000], 1.0)).collect()
}

fn input(days: &[DayFigures], answered: Vec<Answered>) -> AnalystInput {
    let brief: Brief = serde_json::from_value(json!({
        "name": "n", "brand": "b", "industry": "fashion", "objective": "sales", "markets": ["BR"], "language": "en",
        "flight": {"start": "2027-01-01", "end": "2027-03-01", "time_zone": "America/Sao_Paulo"},
        "budget": {"amount": "90000.00", "currency": "BRL"}, "formats": ["video"], "platforms": ["meta", "google"],
        "product": {"name": "p", "url": "https://example.com", "benefits": ["light"]},
    }))
    .unwrap();
    let count = i64::try_from(days.len()).unwrap();
    AnalystInput {
        run: RunId::new("r"),
        brief: brief.check().unwrap(),
        tests: TestMatrix::none(),
        readouts: vec![],
        ads: BTreeMap::new(),
        days: days.to_vec(),
        answered,
        audiences: vec![],
        window_end: start(count),
        completeness: 1.0,
        maturity: Maturity::Mature,
        round: 2,
    }
}

/// An answer given at the end of a day, after which control confirmed so many changes.
fn answered(kind: FeedbackKind, answer: Answer, (day, confirmed): (i64, u64)) -> Answered {
    let days: Vec<_> = poor_days(day);
    let feedback = judge::feedback(&input(&days, vec![])).into_iter().find(|found| found.kind == kind).unwrap();
    let response = Response::new(&feedback, answer, Message::new("response-cut-costly"));
    let done = Some(Done { asked: 1, confirmed, reasons: vec![] });
    Answered { response: Response { answered_at: Some(start(day)), done, ..response }, feedback }
}

fn kinds(input: &AnalystInput) -> Vec<&'static str> {
    judge::feedback(input).iter().map(|feedback| feedback.kind.as_str()).collect()
}

#[test]
fn what_falls_short_is_told_in_the_words_of_the_outline() {
    let found = judge::feedback(&input(&poor_days(14), vec![]));
    let told = |feedback: &Feedback| {
        let texts = [Language::Portuguese, Language::English].map(|language| feedback.message.text(language));
        let names: Vec<_> = feedback.data.keys().map(String::as_str).collect();
        (feedback.recipient, texts, names.join(" "))
    };
    let told: Vec<_> = found.iter().map(told).collect();
    let texts = |portuguese: &str, english: &str| [portuguese.to_owned(), english.to_owned()];
    assert_eq!(
        told,
        [
            (
                Recipient::Creative,
                texts("CTR baixo - testar novos formatos visuais", "Low CTR - test new visual formats"),
                "current_ctr target".to_owned()
            ),
            (
                Recipient::Strategist,
                texts("ROAS abaixo do esperado - revisar targeting", "ROAS below expectation - review targeting"),
                "current_roas target".to_owned()
            ),
            (
                Recipient::Optimizer,
                texts(
                    "CPA acima do limite - rever lances e targeting",
                    "CPA above the limit - review bids and targeting"
                ),
                "current_cpa target".to_owned()
            ),
        ]
    );
    let target = |at: usize| found[at].data["target"];
    assert!((target(0) - 2.0).abs() < 1e-12 && (target(1) - 3.0).abs() < 1e-12 && (target(2) - 50.0).abs() < 1e-12);
    assert!((found[0].data["current_ctr"] - 1.0).abs() < 1e-9, "percent: {:?}", found[0].data);
    assert_eq!((found[0].evidence.sample_size, found[1].evidence.sample_size), (140_000, 140));
}

#[test]
fn targets_that_are_reached_and_thin_data_say_nothing() {
    assert_eq!(kinds(&input(&good_days(0, 14), vec![])), [""; 0]);
    let mut thin = vec![day(0, [1, 1, 1], 1.0), day(1, [1, 1, 1], 1.0)];
    for day in &mut thin {
        day.metrics.impressions = 499;
    }
    assert_eq!(kinds(&input(&thin, vec![])), [""; 0], "998 impressions, 2 conversions");
    let enough = [day(0, [400, 15, 100], 1.0), day(1, [400, 14, 100], 1.0)];
    assert_eq!(kinds(&input(&enough, vec![])), [""; 0], "29 conversions");
    let enough = [day(0, [400, 15, 100], 1.0), day(1, [400, 15, 100], 1.0)];
    assert_eq!(kinds(&input(&enough, vec![])), ["roas_low", "cpa_high"], "30 conversions");
}

#[test]
fn the_mature_part_of_the_window_is_judged_and_late_days_do_not_make_it_wait() {
    let mut days = poor_days(7);
    // In truth as poor as the others; so far a tenth has come in.
    days.extend((7..14).map(|at| day(at, [100, 1, 100], 0.1)));
    let found = judge::feedback(&input(&days, vec![]));
    let roas = found.iter().find(|feedback| feedback.kind == FeedbackKind::RoasLow).unwrap();
    assert_eq!((roas.maturity, roas.window_end), (Maturity::Mature, start(7)));
    assert!((roas.evidence.value - 7_000.0 / 7_210.0).abs() < 1e-9, "{:?}", roas.evidence);
    let good = [good_days(0, 7), (7..14).map(|at| day(at, [400, 5, 600], 0.1)).collect()].concat();
    assert_eq!(kinds(&input(&good, vec![])), [""; 0], "late conversions are not missing ones");
}

#[test]
fn where_nothing_is_mature_the_agents_wait_for_money_and_not_for_clicks() {
    let days: Vec<_> = (0..7).map(|at| day(at, [100, 5, 500], 0.5)).collect();
    let found = judge::feedback(&input(&days, vec![]));
    let maturities: Vec<_> = found.iter().map(|feedback| (feedback.kind.as_str(), feedback.maturity)).collect();
    let (late, ready) = (Maturity::Immature, Maturity::Mature);
    assert_eq!(maturities, [("ctr_low", ready), ("roas_low", late), ("cpa_high", late)]);
    let answers = [
        creative::respond(&found[0], &AssetSet::default()).answer,
        strategist::respond(&found[1], &Standings::new()).answer,
        optimizer::respond(&found[2]).answer,
    ];
    assert_eq!(answers, [Answer::Rejected, Answer::Deferred, Answer::Deferred], "no second format is there to test");
}

#[test]
fn mature_feedback_is_accepted_where_there_is_something_to_change() {
    let spend = Money::from_micros(1_000_000, Currency::BRL);
    let standing = |roas| Standing { spend, roas: Some(roas), cpa: None };
    let two = Standings::from([(Platform::Meta, standing(2.0)), (Platform::Google, standing(0.5))]);
    let roas = feedback(FeedbackKind::RoasLow);
    let answer = strategist::respond(&roas, &two);
    assert_eq!(answer.answer, Answer::Accepted);
    assert_eq!(answer.plan.text(Language::English), "Cut the budget of google and strengthen the best platform");
    let one = Standings::from([(Platform::Meta, standing(2.0))]);
    assert_eq!(strategist::respond(&roas, &one).answer, Answer::Rejected);
    assert_eq!(optimizer::respond(&feedback(FeedbackKind::CpaHigh)).answer, Answer::Accepted);
}

#[test]
fn the_same_review_says_the_same_and_the_next_one_something_else() {
    let ids =
        |count| -> Vec<_> { judge::feedback(&input(&poor_days(count), vec![])).into_iter().map(|it| it.id).collect() };
    assert_eq!(ids(7), ids(7));
    assert!(ids(7).iter().all(|id| !ids(14).contains(id)));
}

#[test]
fn after_an_answer_for_good_only_later_days_count() {
    let accepted = answered(FeedbackKind::RoasLow, Answer::Accepted, (7, 2));
    let is_roas = |input: &AnalystInput| kinds(input).contains(&"roas_low");
    assert!(!is_roas(&input(&poor_days(7), vec![accepted.clone()])), "the same days speak once");
    let better = [poor_days(7), good_days(7, 14)].concat();
    assert!(!is_roas(&input(&better, vec![accepted.clone()])), "it has helped");
    assert!(is_roas(&input(&poor_days(14), vec![accepted])), "it has not");
    let deferred = answered(FeedbackKind::RoasLow, Answer::Deferred, (7, 0));
    assert!(is_roas(&input(&poor_days(7), vec![deferred])), "what was deferred is looked at again on all days");
}

#[test]
fn a_kind_is_told_three_times_at_most_and_ctr_once() {
    let at = |day| answered(FeedbackKind::CpaHigh, Answer::Accepted, (day, 1));
    assert!(kinds(&input(&poor_days(28), vec![at(7), at(14)])).contains(&"cpa_high"));
    assert!(!kinds(&input(&poor_days(28), vec![at(7), at(14), at(21)])).contains(&"cpa_high"));
    let ctr = answered(FeedbackKind::CtrLow, Answer::Accepted, (7, 0));
    assert!(!kinds(&input(&poor_days(28), vec![ctr])).contains(&"ctr_low"), "it waits for the next plan");
}

#[test]
fn the_effect_of_an_accepted_answer_is_measured_over_the_days_after_it() {
    let better = [poor_days(7), good_days(7, 14)].concat();
    let effect = |answer, confirmed| {
        let known = answered(FeedbackKind::RoasLow, answer, (7, confirmed));
        judge::effects(&input(&better, vec![known])).into_iter().next().map(|effect| effect.change)
    };
    let found = effect(Answer::Accepted, 2).unwrap();
    // (42,000 / 7,700) / (7,000 / 7,210) - 1.
    assert!((found.value - (42_000.0 / 7_700.0) / (7_000.0 / 7_210.0) + 1.0).abs() < 1e-9, "{found:?}");
    assert!(found.low > 3.0 && found.high < 6.0, "{found:?}");
    let warnings = |change: Estimate| change.warnings.into_iter().map(|warning| warning.key).collect::<Vec<_>>();
    assert_eq!(warnings(found), ["warning-before-after"]);
    assert_eq!(warnings(effect(Answer::Accepted, 0).unwrap()), ["warning-before-after", "warning-nothing-changed"]);
    assert_eq!((effect(Answer::Deferred, 0), effect(Answer::Rejected, 0)), (None, None));
    let known = answered(FeedbackKind::RoasLow, Answer::Accepted, (7, 2));
    let late: Vec<_> = poor_days(7).into_iter().chain((7..14).map(|at| day(at, [400, 5, 600], 0.1))).collect();
    assert!(judge::effects(&input(&late, vec![known])).is_empty(), "the days after it are not mature");
}
