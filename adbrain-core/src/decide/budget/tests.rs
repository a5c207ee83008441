//! Allocations against every allocation of a grid, and what holds for all of them.

use super::branch::{Effort, solve};
use super::relax::{Group, Item, Piece, Problem};
use super::*;
use crate::model::{Currency, Money};
use crate::stats::random::Random;

/// Units of the grid.
const GRID: usize = 60;

fn curve(random: &mut Random) -> ResponseCurve {
    let mut between = |low: f64, high: f64| low + (high - low) * random.uniform();
    let kind = between(0.0, 10.0);
    if kind < 5.0 {
        return ResponseCurve::Hill { top: between(10.0, 100.0), half: between(3.0, 33.0), shape: between(0.5, 3.5) };
    }
    if kind < 6.0 {
        let exponent = if between(0.0, 1.0) < 0.3 { 1.0 } else { between(0.3, 0.9) };
        return ResponseCurve::Power { scale: between(1.0, 6.0), exponent };
    }
    if kind < 7.0 {
        return ResponseCurve::Log { scale: between(5.0, 25.0), unit: between(1.0, 11.0) };
    }
    if kind < 8.0 {
        return ResponseCurve::Exponential { top: between(10.0, 70.0), unit: between(2.0, 22.0) };
    }
    let mut points = vec![[0.0, 0.0]];
    for _ in 0..4 {
        let [spend, value] = points[points.len() - 1];
        let rise = if between(0.0, 1.0) < 0.2 { 0.0 } else { between(0.0, 20.0) };
        points.push([spend + 1.0 + libm::floor(between(0.0, 12.0)), value + rise]);
    }
    ResponseCurve::Piecewise { points }
}

/// A range, a range or nothing, or ranges at a price around what is spent now.
fn pieces(random: &mut Random) -> Vec<Piece> {
    let mut whole = |low: u64, more: u64| (low + random.below(more)) as f64;
    let (kind, high) = (whole(0, 10), whole(10, 40));
    let piece = |low: f64, high: f64, cost: f64| Piece { low, high, cost };
    if kind < 4.0 {
        return vec![piece(whole(0, 4), high, 0.0)];
    }
    if kind < 7.0 {
        return vec![piece(0.0, 0.0, 0.0), piece(whole(2, 8), high, 0.0)];
    }
    let (from, cost) = (whole(2, 5), whole(0, 5));
    let to = from + 3.0;
    vec![piece(0.0, from, cost), piece(from, to, 0.0), piece(to, high.max(to), cost)]
}

fn problem(random: &mut Random) -> Problem {
    let count = usize::try_from(random.below(4)).unwrap() + 2;
    let items: Vec<Item> = (0..count)
        .map(|_| {
            let own = curve(random);
            let carry_over = if random.below(3) == 0 { 0.5 } else { 0.0 };
            Item { curve: own.steady(carry_over), pieces: pieces(random) }
        })
        .collect();
    let mut whole = |low: u64, more: u64| (low + random.below(more)) as f64;
    let group = |low: f64, high: f64, items: std::ops::Range<usize>| Group {
        low,
        high,
        groups: Vec::new(),
        items: items.collect(),
    };
    let half = count / 2;
    let groups = vec![
        group(0.0, whole(5, 40), 0..half),
        group(whole(0, 12), 1_000.0, half..count),
        Group { low: 0.0, high: whole(10, 50), groups: vec![0, 1], items: Vec::new() },
    ];
    let floor_price = if whole(0, 10) < 3.0 { 0.5 + random.uniform() } else { 0.0 };
    let target = (random.below(10) < 4).then(|| 0.5 + 3.0 * random.uniform());
    Problem { items, groups, floor_price, target }
}

/// The highest gain of some items at each sum of whole units.
fn table(problem: &Problem, items: &[usize]) -> Vec<f64> {
    let mut best = vec![f64::NEG_INFINITY; GRID + 1];
    best[0] = 0.0;
    for item in items {
        let mut next = vec![f64::NEG_INFINITY; GRID + 1];
        for (sum, gain) in best.iter().enumerate() {
            for more in 0..=GRID - sum {
                let own = problem.items[*item].gain(more as f64).unwrap_or(f64::NEG_INFINITY);
                next[sum + more] = next[sum + more].max(gain + own);
            }
        }
        best = next;
    }
    best
}

/// The highest worth of all allocations in whole units.
fn best_of_grid(problem: &Problem) -> f64 {
    let [one, other] = [0, 1].map(|group| table(problem, &problem.groups[group].items));
    let mut best = f64::NEG_INFINITY;
    for (a, first) in one.iter().enumerate() {
        for (b, second) in other.iter().enumerate() {
            let (gain, spend) = (first + second, (a + b) as f64);
            let limits = [(a as f64, 0), (b as f64, 1), (spend, 2)];
            let is_within =
                |(sum, group): &(f64, usize)| (problem.groups[*group].low..=problem.groups[*group].high).contains(sum);
            if limits.iter().all(is_within) && problem.target.is_none_or(|target| gain >= target * spend) {
                best = best.max(gain - problem.floor_price * spend);
            }
        }
    }
    best
}

#[test]
fn nothing_on_a_grid_is_better_and_the_bound_is_met_in_five_hundred_problems() {
    let mut solved = 0;
    for seed in 0..500 {
        let problem = problem(&mut Random::at(seed, &[3]));
        let grid = best_of_grid(&problem);
        let Some(found) = solve(&problem, Effort { gap: 1e-9, nodes: 5_000 }) else {
            assert!(grid == f64::NEG_INFINITY, "seed {seed}: nothing found, {grid} on the grid");
            continue;
        };
        let worth = problem.worth(&found.spends).unwrap();
        let slack = 1e-7 * (1.0 + worth.abs());
        assert!(worth >= grid - slack, "seed {seed}: {worth} below {grid}");
        assert!(found.bound >= worth && found.bound <= worth + slack, "seed {seed}: {worth} bound {}", found.bound);
        for group in &problem.groups[..2] {
            let sum: f64 = group.items.iter().map(|item| found.spends[*item]).sum();
            assert!(sum >= group.low - slack && sum <= group.high + slack, "seed {seed}: {sum}");
        }
        assert!(found.spends.iter().sum::<f64>() <= problem.groups[2].high + slack, "seed {seed}");
        solved += 1;
    }
    assert!(solved > 300, "{solved}");
}

fn brl(text: &str) -> Money {
    Money::parse(text, Currency::BRL).unwrap()
}

fn hills(random: &mut Random, count: usize) -> Vec<Receiver> {
    let mut hill = || ResponseCurve::Hill {
        top: 100.0 * random.log_normal(0.8),
        half: 100.0 * random.log_normal(0.8),
        shape: 0.6 + 2.9 * random.uniform(),
    };
    (0..count).map(|index| Receiver::new(format!("r{index}"), hill())).collect()
}

#[test]
fn amounts_are_whole_minor_units_and_never_above_the_total() {
    for seed in 0..100 {
        let mut random = Random::at(seed, &[4]);
        let total = Money::from_micros(i64::try_from(random.below(9_000_000)).unwrap() * 1_000, Currency::BRL);
        let answer = allocate(&AllocationRequest::new(total, hills(&mut random, 12))).unwrap();
        assert!(answer.parts.iter().all(|part| part.amount.is_whole()), "seed {seed}");
        assert_eq!(Money::sum(answer.parts.iter().map(|part| part.amount)).unwrap(), Some(answer.spend), "seed {seed}");
        assert_eq!(answer.spend, total.floor_to_minor_unit(), "seed {seed}: every curve rises");
        assert!(answer.gap <= 1e-4 || answer.worth < 1.0, "seed {seed}: {}", answer.gap);
    }
}

#[test]
fn more_money_never_brings_less_and_the_order_does_not_matter() {
    for seed in 0..30 {
        let receivers = hills(&mut Random::at(seed, &[5]), 8);
        let values: Vec<f64> = (1..12)
            .map(|step| {
                let total = brl(&format!("{}", step * 100));
                allocate(&AllocationRequest::new(total, receivers.clone())).unwrap().value
            })
            .collect();
        assert!(values.is_sorted_by(|less, more| *less <= *more * (1.0 + 1e-5)), "seed {seed}: {values:?}");
        let mut turned = receivers.clone();
        turned.reverse();
        let [one, other] = [receivers, turned].map(|own| allocate(&AllocationRequest::new(brl("700"), own)).unwrap());
        assert!((one.value - other.value).abs() <= 2e-6 * one.value, "seed {seed}");
    }
}

#[test]
fn limits_hold_and_say_what_loosening_them_would_bring() {
    let log = |scale: f64| ResponseCurve::Log { scale, unit: 10.0 };
    let mut receivers =
        vec![Receiver::new("a", log(40.0)), Receiver::new("b", log(20.0)), Receiver::new("c", log(10.0))];
    receivers[0].group = Some("meta".into());
    receivers[1].cap = Some(brl("12.345"));
    receivers[2].floor = Some(brl("15.001"));
    let mut request = AllocationRequest::new(brl("100"), receivers);
    let cap = Some(brl("30"));
    request.groups.push(GroupLimit { name: "meta".into(), parent: None, floor: None, cap });
    let answer = allocate(&request).unwrap();
    let amounts: Vec<_> = answer.parts.iter().map(|part| part.amount.amount_text()).collect();
    assert_eq!(amounts, ["30.00", "12.34", "57.66"]);
    let named: Vec<_> = answer.binding.iter().map(|limit| limit.limit.as_str()).collect();
    assert_eq!(named, ["groups[meta].cap", "receivers[b].high", "total"]);
    assert!((answer.binding[0].per_unit - (40.0 / 40.0 - 10.0 / 67.66)).abs() < 1e-6, "{:?}", answer.binding);
    assert!((answer.price - 10.0 / 67.66).abs() < 1e-6);
}

#[test]
fn a_margin_stops_spending_and_a_target_holds_to_the_last_cent() {
    let receivers = vec![Receiver::new("a", ResponseCurve::Log { scale: 100.0, unit: 10.0 })];
    let mut request = AllocationRequest::new(brl("1000"), receivers);
    request.margin = Some(0.5);
    assert_eq!(allocate(&request).unwrap().spend, brl("40")); // 100 / (10 + 40) = 1 / 0.5
    (request.margin, request.target) = (None, Some(Target::Roas(2.0)));
    let answer = allocate(&request).unwrap();
    assert!(answer.value >= 2.0 * answer.spend.to_units());
    let more = 100.0 * libm::log1p((answer.spend.to_units() + 0.01) / 10.0);
    assert!(more < 2.0 * (answer.spend.to_units() + 0.01));
    request.target = Some(Target::Cpa(0.5));
    assert_eq!(allocate(&request).unwrap().spend, answer.spend);
    request.target = Some(Target::Roas(11.0));
    assert_eq!(allocate(&request).unwrap().spend, brl("0"), "the first unit brings 10");
    request.receivers[0].floor = Some(brl("1"));
    assert_eq!(allocate(&request).unwrap_err().kind(), crate::ErrorKind::NotFound);
}

#[test]
fn nothing_or_at_least_and_steps_and_prices_of_edits() {
    let hill = |top: f64| ResponseCurve::Hill { top, half: 20.0, shape: 2.0 };
    let mut receivers = vec![Receiver::new("a", hill(100.0)), Receiver::new("b", hill(95.0))];
    for receiver in &mut receivers {
        receiver.least = Some(brl("20"));
    }
    let both = AllocationRequest::new(brl("30"), receivers.clone());
    let amounts = |request: &AllocationRequest| {
        let answer = allocate(request).unwrap();
        answer.parts.iter().map(|part| part.amount.amount_text()).collect::<Vec<_>>()
    };
    assert_eq!(amounts(&both), ["30.00", "0.00"]);
    let mut stepped = both.clone();
    (stepped.receivers[0].current, stepped.receivers[0].max_raise_percent) = (Some(brl("20")), Some(20.0));
    assert_eq!(amounts(&stepped), ["0.00", "30.00"], "24 for a bring less than 30 for b");
    let mut edited = AllocationRequest::new(brl("40"), receivers);
    for receiver in &mut edited.receivers {
        (receiver.current, receiver.edit) = (Some(brl("20")), Some(EditPrice { free_percent: 0.0, value: 5.0 }));
    }
    let answer = allocate(&edited).unwrap();
    assert_eq!(amounts(&edited), ["20.00", "20.00"], "an edit costs more than it brings");
    assert!(answer.parts.iter().all(|part| part.edit_cost.abs() < 1e-12));
}

#[test]
fn what_cannot_be_asked_is_named() {
    let log = || ResponseCurve::Log { scale: 1.0, unit: 10.0 };
    let good = || AllocationRequest::new(brl("100"), vec![Receiver::new("a", log()), Receiver::new("b", log())]);
    let field = |change: &dyn Fn(&mut AllocationRequest)| {
        let mut request = good();
        change(&mut request);
        let error = allocate(&request).unwrap_err();
        assert!(error.next_step().is_some(), "{error}");
        (error.context_of("field").unwrap_or_default().to_owned(), error.to_string())
    };
    let group = |name: &str, parent: Option<&str>, floor: Option<&str>, cap: Option<&str>| GroupLimit {
        name: name.into(),
        parent: parent.map(str::to_owned),
        floor: floor.map(brl),
        cap: cap.map(brl),
    };
    let fall = ResponseCurve::Piecewise { points: vec![[0.0, 0.0], [1.0, 2.0], [2.0, 1.0]] };
    assert_eq!(field(&|request| request.receivers[1].curve = fall.clone()).0, "receivers[1].curve.points[2]");
    let bad = ResponseCurve::Hill { top: f64::NAN, half: 1.0, shape: 1.0 };
    assert_eq!(field(&|request| request.receivers[0].curve = bad.clone()).0, "receivers[0].curve.top");
    assert_eq!(field(&|request| request.receivers[1].name = "a".into()).0, "receivers[1].name");
    assert_eq!(field(&|request| request.receivers[0].group = Some("none".into())).0, "receivers[0].group");
    assert_eq!(field(&|request| request.receivers[0].carry_over = 1.0).0, "receivers[0].carry_over");
    assert_eq!(field(&|request| request.receivers[0].max_cut_percent = Some(10.0)).0, "receivers[0].current");
    assert_eq!(field(&|request| request.margin = Some(0.0)).0, "margin");
    assert_eq!(field(&|request| request.receivers.clear()).0, "receivers");
    let above = |request: &mut AllocationRequest| {
        (request.receivers[0].floor, request.receivers[0].cap) = (Some(brl("5")), Some(brl("4")));
    };
    assert_eq!(field(&above).0, "receivers[0]");
    let (named, told) = field(&|request| {
        request.receivers.iter_mut().for_each(|receiver| receiver.floor = Some(brl("60")));
    });
    assert_eq!(named, "total");
    assert!(told.contains("a BRL 60.00, b BRL 60.00"), "{told}");
    let (named, told) = field(&|request| {
        request.groups = vec![group("g", None, Some("50"), None)];
        (request.receivers[0].group, request.receivers[0].cap) = (Some("g".into()), Some(brl("20")));
    });
    assert_eq!(named, "groups[g].floor");
    assert!(told.contains("a BRL 20.00"), "{told}");
    let circle = |request: &mut AllocationRequest| {
        request.groups = vec![group("g", Some("h"), None, None), group("h", Some("g"), None, None)];
    };
    assert_eq!(field(&circle).0, "groups[0].parent");
}

/// Receivers with floors, groups and "nothing or at least", as many as there are curves.
fn limited(random: &mut Random, count: usize, total: i64) -> AllocationRequest {
    let yen = |units: i64| Money::from_micros(units * 1_000_000, "JPY".parse().unwrap());
    let receivers = (0..count).map(|place| {
        let mut between = |low: f64, high: f64| low + (high - low) * random.uniform();
        let (top, half, shape) = (between(10.0, 60.0), between(1.0, 8.0), between(0.6, 2.5));
        let floor = i64::from(random.below(3) == 0);
        Receiver {
            floor: (floor > 0).then(|| yen(floor)),
            least: (floor == 0 && random.below(3) == 0).then(|| yen(2)),
            group: Some(if place % 2 == 0 { "even" } else { "odd" }.to_owned()),
            ..Receiver::new(format!("r{place}"), ResponseCurve::Hill { top, half, shape })
        }
    });
    let mut request = AllocationRequest::new(yen(total), receivers.collect());
    let group =
        |name: &str, cap: i64| GroupLimit { name: name.to_owned(), parent: None, floor: None, cap: Some(yen(cap)) };
    request.groups = vec![group("even", total * 2 / 3), group("odd", total * 2 / 3)];
    request
}

#[test]
fn a_target_that_whole_units_can_meet_is_met() {
    let (total, mut met) = (9_i64, 0);
    for seed in 0..150 {
        let mut random = Random::at(seed, &[77]);
        let mut request = limited(&mut random, 3, total);
        let target = 2.0 + 10.0 * random.uniform();
        request.target = Some(Target::Roas(target));
        let units: Vec<i64> = (0..=total).collect();
        let mut best: Option<f64> = None;
        for (a, b, c) in units.iter().flat_map(|a| units.iter().flat_map(move |b| (0..=9).map(move |c| (*a, *b, c)))) {
            let parts = [a, b, c];
            let is_within = request.receivers.iter().zip(parts).all(|(receiver, part)| {
                let floor = receiver.floor.map_or(0, |floor| floor.micros() / 1_000_000);
                let least = receiver.least.map_or(0, |least| least.micros() / 1_000_000);
                part >= floor && (part == 0 || part >= least)
            });
            let spend: i64 = parts.iter().sum();
            if !is_within || spend > total || a + c > total * 2 / 3 || b > total * 2 / 3 {
                continue;
            }
            let value: f64 =
                request.receivers.iter().zip(parts).map(|(receiver, part)| receiver.curve.value(part as f64)).sum();
            if value >= target * spend as f64 {
                best = Some(best.map_or(value, |best| best.max(value)));
            }
        }
        let found = allocate(&request);
        assert_eq!(found.is_ok(), best.is_some(), "seed {seed}: {found:?}, by hand {best:?}");
        if let (Ok(found), Some(best)) = (found, best) {
            met += 1;
            assert!(found.value >= target * found.spend.to_units() * (1.0 - 1e-9), "seed {seed}: {found:?}");
            assert!(found.bound >= best * (1.0 - 1e-9), "seed {seed}: {best} {found:?}");
        }
    }
    assert!(met > 50, "{met}");
}
