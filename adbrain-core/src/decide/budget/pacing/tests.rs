use super::*;
use crate::error::ErrorKind;
use crate::model::{Currency, Money};
use crate::stats::random::Random;

/// Traffic by the hour of the clock, with a quiet night.
const TRAFFIC: [f64; 24] = [
    2.0, 1.0, 0.5, 0.5, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 5.0, 6.0, 5.0, 5.0, 5.0, 5.0, 6.0, 7.0, 8.0, 8.0, 7.0, 5.0,
    3.5,
];

fn brl(text: &str) -> Money {
    Money::parse(text, Currency::BRL).unwrap()
}

fn plan() -> PacingPlan {
    PacingPlan::new(brl("300"), brl("100"), TRAFFIC.to_vec())
}

#[expect(clippy::cast_possible_truncation, reason = "amounts of tests are small")]
fn micros(amount: f64) -> Money {
    Money::from_micros(amount as i64, Currency::BRL)
}

fn report(minute: u32, spent: &str) -> SpendReport {
    SpendReport { minute, spent: brl(spent), as_of: None, budget: None }
}

/// How a platform spends a budget.
#[derive(Debug, Clone, Copy)]
enum Platform {
    /// What is left of the budget over what is left of the traffic, as platforms pace a daily budget.
    Rest,
    /// In proportion to the budget, whatever was spent.
    Rate,
}

/// A day of a platform, in quarters of an hour.
#[derive(Debug, Clone, Copy)]
struct Day {
    platform: Platform,
    /// What it spends over what it is given.
    factor: f64,
    /// The deviation of the logarithm of a quarter's spend.
    noise: f64,
    /// Minutes in which nothing is delivered.
    stop: (u32, u32),
    /// How old its figures are.
    delay: u32,
}

const CALM: Day = Day { platform: Platform::Rest, factor: 1.0, noise: 0.2, stop: (0, 0), delay: 30 };

/// What came of a day.
struct Lived {
    spent: Money,
    decisions: Vec<Pace>,
    moves: u32,
}

impl Lived {
    /// How far the day ended from its plan.
    fn error(&self) -> f64 {
        self.spent.to_units() / 100.0 - 1.0
    }
}

impl Day {
    fn live(&self, seed: u64, plan: &PacingPlan) -> Lived {
        let mut pacer = Pacer::new(plan.clone()).unwrap();
        let mut random = Random::at(seed, &[]);
        let (mut spent, mut decisions, mut budget) = (vec![0_i64], Vec::new(), plan.first_budget());
        for quarter in 1..=plan.minutes() / 15 {
            let (from, to) = (15 * (quarter - 1), 15 * quarter);
            let so_far = *spent.last().unwrap();
            let (share, traffic) = (plan.share_by(from), plan.share_by(to) - plan.share_by(from));
            let given = budget.micros() as f64 * self.factor;
            let wanted = match self.platform {
                Platform::Rest => (given - so_far as f64).max(0.0) * traffic / (1.0 - share),
                Platform::Rate => given * traffic,
            };
            let luck = random.log_normal(self.noise) * libm::exp(-self.noise * self.noise / 2.0);
            let most = budget.scale(i64::from(plan.worst_case_day_percent), 100).unwrap().micros() - so_far;
            let is_running = !(self.stop.0..self.stop.1).contains(&from);
            let next = if is_running { micros(wanted * luck).micros().min(most).max(0) } else { 0 };
            spent.push(so_far + next);
            let as_of = to.saturating_sub(self.delay);
            let known = Money::from_micros(spent[usize::try_from(as_of / 15).unwrap()], Currency::BRL);
            // After each report the pacer is written and read again, as after a restart.
            let text = serde_json::to_string(&pacer).unwrap();
            let mut read: Pacer = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
            let told = SpendReport { minute: to, spent: known, as_of: Some(as_of), budget: None };
            let pace = pacer.observe(&told).unwrap();
            assert_eq!(read.observe(&told).unwrap(), pace);
            budget = pace.budget;
            let worst = i128::from(budget.micros()) * i128::from(plan.worst_case_day_percent) / 100;
            assert!(budget.is_whole() && worst <= i128::from(plan.cap.micros()), "{budget}");
            decisions.push(pace);
        }
        let spent = Money::from_micros(*spent.last().unwrap(), Currency::BRL);
        Lived { spent, decisions, moves: pacer.moves() }
    }
}

#[test]
fn calm_days_need_few_moves_and_end_within_the_corridor() {
    let (mut moves, mut within) = (0, 0);
    for seed in 0..200 {
        // The error of a platform's day is about six percent.
        let factor = Random::at(seed, &[1]).log_normal(0.06);
        let lived = Day { factor, ..CALM }.live(seed, &plan());
        moves += lived.moves;
        within += u32::from(lived.error().abs() <= 0.08);
    }
    assert!(moves <= 300, "{moves} moves in 200 days");
    assert!(within >= 180, "{within} of 200 days within the corridor");
}

#[test]
fn days_that_run_away_are_brought_back() {
    for platform in [Platform::Rest, Platform::Rate] {
        for factor in [0.75, 0.85, 1.2, 1.35] {
            let (mut error, mut moves) = (0.0, 0);
            for seed in 0..50 {
                let lived = Day { platform, factor, ..CALM }.live(seed, &plan());
                error += lived.error().abs() / 50.0;
                moves += lived.moves;
            }
            assert!(error < 0.1 && error < 0.5 * (factor - 1.0).abs(), "{platform:?} {factor}: {error}");
            assert!((50..=200).contains(&moves), "{platform:?} {factor}: {moves} moves in 50 days");
        }
    }
}

#[test]
fn no_day_passes_its_cap_by_a_minor_unit() {
    for (seed, (cap, percent)) in (0..).zip([("100.01", 100), ("155.55", 133), ("175.01", 175), ("200.03", 200)]) {
        let tight = PacingPlan {
            cap: brl(cap),
            budget: Some(brl("99.99")),
            worst_case_day_percent: percent,
            bounds: [0.2, 5.0],
            max_raise_percent: 500,
            gap_minutes: 0,
            max_moves: 99,
            ..plan()
        };
        for factor in [0.3, 1.0, 9.0] {
            for platform in [Platform::Rest, Platform::Rate] {
                let lived = Day { platform, factor, noise: 1.0, ..CALM }.live(seed, &tight);
                assert!(lived.spent.micros() <= tight.cap.micros(), "{platform:?} {factor}: {}", lived.spent);
            }
        }
    }
}

#[test]
fn a_stop_is_told_and_leaves_no_trace_once_it_ends() {
    for platform in [Platform::Rest, Platform::Rate] {
        let (mut told, mut error, mut unpaced) = (0, 0.0, 0.0);
        for seed in 0..50 {
            let day = Day { platform, stop: (600, 840), ..CALM };
            let lived = day.live(seed, &plan());
            let stopped = |pace: &&Pace| pace.reason == PaceReason::NoDelivery;
            let during: Vec<_> = lived.decisions.iter().filter(stopped).collect();
            told += u32::from(during.iter().any(|pace| pace.minute <= 720));
            assert!(during.iter().all(|pace| pace.proposed.is_none() && pace.projected.is_none()));
            assert!(during.iter().all(|pace| (645..=900).contains(&pace.minute)), "{:?}", during.first());
            error += lived.error().abs() / 50.0;
            let fixed = PacingPlan { max_moves: 0, ..plan() };
            unpaced += day.live(seed, &fixed).error().abs() / 50.0;
        }
        assert_eq!(told, 50, "{platform:?}");
        assert!(error < 0.1 && error <= unpaced + 0.02, "{platform:?} {error} {unpaced}");
    }
}

#[test]
fn nothing_moves_on_old_figures() {
    let lived = Day { factor: 1.6, delay: 105, ..CALM }.live(1, &plan());
    assert_eq!(lived.moves, 0);
    assert!(
        lived.decisions.iter().skip(10).all(|pace| pace.reason == PaceReason::Stale),
        "{:?}",
        lived.decisions.last()
    );
    // An older report than the last adds nothing.
    let mut pacer = Pacer::new(plan()).unwrap();
    pacer.observe(&report(600, "20")).unwrap();
    let late = SpendReport { as_of: Some(500), ..report(620, "90") };
    let pace = pacer.observe(&late).unwrap();
    assert!(pace.projected.unwrap().value < 120.0);
}

/// Half of the plan more than is planned, quarter by quarter.
fn fast(plan: &PacingPlan) -> Vec<Pace> {
    let mut pacer = Pacer::new(plan.clone()).unwrap();
    let quarters = 1..=plan.minutes() / 15;
    let spend = |minute| micros(150e6 * plan.share_by(minute));
    quarters
        .map(|quarter| {
            let told = SpendReport { minute: 15 * quarter, spent: spend(15 * quarter), as_of: None, budget: None };
            pacer.observe(&told).unwrap()
        })
        .collect()
}

#[test]
fn moves_keep_their_number_gap_step_and_bounds() {
    let decisions = fast(&PacingPlan { max_moves: 2, gap_minutes: 180, max_cut_percent: 10, ..plan() });
    let moved: Vec<&Pace> = decisions.iter().filter(|pace| pace.proposed.is_some()).collect();
    assert_eq!(moved.iter().map(|pace| pace.budget).collect::<Vec<_>>(), [brl("90"), brl("81")]);
    assert!(moved[1].minute - moved[0].minute >= 180);
    let reasons: Vec<PaceReason> = decisions.iter().map(|pace| pace.reason).collect();
    for reason in [PaceReason::Unsure, PaceReason::Lowered, PaceReason::TooSoon, PaceReason::NoMovesLeft] {
        assert!(reasons.contains(&reason), "{reason:?} {reasons:?}");
    }
    let bound = fast(&PacingPlan { bounds: [0.95, 1.0], ..plan() });
    let last = bound.iter().rfind(|pace| pace.proposed.is_some()).unwrap();
    assert!((last.multiplier - 0.95).abs() < 1e-12 && last.budget == brl("95"));
    assert!(bound.iter().any(|pace| pace.reason == PaceReason::AtLimit));
    assert!(bound.iter().any(|pace| pace.reason == PaceReason::DayEnds));
    let dear = fast(&PacingPlan { least: Some(brl("99.5")), ..plan() });
    assert!(dear.iter().all(|pace| pace.budget == brl("100")), "a move by less than a percent is none");
}

#[test]
fn what_others_do_to_the_budget_is_followed_and_a_cap_is_kept() {
    let mut pacer = Pacer::new(plan()).unwrap();
    let set = |minute, spent, budget| SpendReport { budget: Some(brl(budget)), ..report(minute, spent) };
    let calm = pacer.observe(&set(300, "5.13", "115")).unwrap();
    assert!((calm.multiplier - 1.15).abs() < 1e-12 && calm.proposed.is_none() && pacer.moves() == 0);
    let risky = pacer.observe(&set(315, "5.3", "150.01")).unwrap();
    assert_eq!((risky.reason, risky.proposed), (PaceReason::OverCap, Some(brl("150"))));
    // A budget of nothing, and back again.
    let none = pacer.observe(&set(330, "5.3", "0")).unwrap();
    assert!(none.proposed.is_none() && none.projected.unwrap().value < 10.0);
    let back = pacer.observe(&set(345, "5.3", "100")).unwrap();
    assert!((back.projected.unwrap().value - 100.0).abs() < 1.0);
}

#[test]
fn days_of_23_and_25_hours_are_planned_as_they_are_lived() {
    let zone = jiff::tz::TimeZone::get("Europe/Lisbon").unwrap();
    for (date, hours) in [
        (jiff::civil::date(2026, 3, 29), 23),
        (jiff::civil::date(2026, 7, 1), 24),
        (jiff::civil::date(2026, 10, 25), 25),
    ] {
        let traffic = traffic_of_day(&TRAFFIC, date, &zone).unwrap();
        let plan = PacingPlan::new(brl("300"), brl("100"), traffic);
        assert_eq!((plan.traffic.len(), plan.minutes()), (hours, 60 * u32::try_from(hours).unwrap()));
        assert!((plan.share_by(plan.minutes()) - 1.0).abs() < 1e-12);
        let lived = CALM.live(1, &plan);
        assert!(lived.error().abs() < 0.08, "{hours}: {}", lived.error());
        let mut pacer = Pacer::new(plan.clone()).unwrap();
        assert!(pacer.observe(&report(plan.minutes() + 1, "1")).is_err());
    }
    let spring = traffic_of_day(&TRAFFIC, jiff::civil::date(2026, 3, 29), &zone).unwrap();
    assert_eq!(spring[..3].to_vec(), vec![2.0, 0.5, 0.5], "the hour from one to two is not lived");
}

#[test]
fn restated_spend_is_taken_as_it_is() {
    let mut pacer = Pacer::new(plan()).unwrap();
    pacer.observe(&report(600, "30")).unwrap();
    let before = pacer.observe(&report(660, "36")).unwrap().projected.unwrap();
    let after = pacer.observe(&report(675, "33")).unwrap().projected.unwrap();
    assert!(after.value < before.value && after.low >= 33.0, "{before:?} {after:?}");
}

#[test]
fn a_wrong_report_is_named_and_leaves_the_pacer_as_it_was() {
    let mut pacer = Pacer::new(plan()).unwrap();
    pacer.observe(&report(600, "30")).unwrap();
    let before = pacer.clone();
    let usd = Money::parse("31", Currency::USD).unwrap();
    let wrong = [
        ("spent", SpendReport { spent: usd, ..report(615, "1") }),
        ("budget", SpendReport { budget: Some(usd), ..report(615, "31") }),
        ("spent", report(615, "-1")),
        ("minute", report(599, "31")),
        ("minute", report(1441, "31")),
        ("as_of", SpendReport { as_of: Some(616), ..report(615, "31") }),
    ];
    for (field, report) in wrong {
        let error = pacer.observe(&report).unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some(field)), "{error}");
        assert!(error.next_step().is_some() && pacer == before, "{error}");
    }
}

#[test]
fn a_wrong_plan_is_named_also_where_it_is_read() {
    type Change = fn(&mut PacingPlan);
    let changes: [(&str, Change); 17] = [
        ("planned", |plan| plan.planned = Money::parse("90", Currency::USD).unwrap()),
        ("budget", |plan| plan.budget = Some(Money::parse("90", Currency::USD).unwrap())),
        ("cap", |plan| plan.cap = brl("0")),
        ("planned", |plan| plan.planned = brl("300.01")),
        ("planned", |plan| plan.planned = brl("150.01")),
        ("budget", |plan| plan.budget = Some(brl("150.01"))),
        ("least", |plan| plan.least = Some(brl("151"))),
        ("traffic", |plan| plan.traffic.truncate(22)),
        ("traffic", |plan| plan.traffic = vec![0.0; 24]),
        ("traffic", |plan| plan.traffic[3] = f64::NAN),
        ("worst_case_day_percent", |plan| plan.worst_case_day_percent = 99),
        ("corridor", |plan| plan.corridor = 0.0),
        ("step", |plan| plan.step = 1.5),
        ("bounds", |plan| plan.bounds = [1.1, 2.0]),
        ("max_cut_percent", |plan| plan.max_cut_percent = 101),
        ("silent_minutes", |plan| plan.silent_minutes = 0),
        ("level", |plan| plan.level = f64::NAN),
    ];
    for (field, change) in changes {
        let mut wrong = plan();
        change(&mut wrong);
        let error = Pacer::new(wrong).unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some(field)), "{error}");
        assert!(error.next_step().is_some(), "{error}");
    }
    let text = serde_json::to_string(&Pacer::new(plan()).unwrap()).unwrap().replace("\"step\":0.8", "\"step\":8.0");
    assert!(serde_json::from_str::<Pacer>(&text).unwrap_err().to_string().contains("step"));
}

#[test]
fn reasons_are_written_in_both_languages() {
    use crate::model::Language;
    let decisions = [
        fast(&plan()),
        fast(&PacingPlan { max_moves: 1, bounds: [0.9, 1.1], ..plan() }),
        Day { stop: (600, 840), ..CALM }.live(1, &plan()).decisions,
        Day { delay: 200, ..CALM }.live(1, &plan()).decisions,
    ];
    for pace in decisions.iter().flatten() {
        for language in Language::ALL {
            assert!(pace.message.try_text(*language).is_ok(), "{:?}", pace.message);
        }
    }
}
