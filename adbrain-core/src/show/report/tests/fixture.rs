//! A result with something in every field.

use std::collections::BTreeMap;

use serde_json::json;

use crate::brain::{
    DaySummary, DecidedTest, HistorySummary, PeopleSummary, PlatformResult, RunResult, ShadowReport, TargetCheck,
    Training,
};
use crate::control::{JournalState, Mode, Outcome};
use crate::experiment::{self, Arm, Block, Data, Metric, Readout, Settings, TestObjects};
use crate::model::{
    Brief, ContentHash, Currency, Estimate, Maturity, Message, Metrics, Money, ObjectId, Platform, RowProblem, RunId,
    Tag,
};
use crate::persona::{OnlineHours, Persona, Trigger};

pub(super) const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>";

const BRL: Currency = Currency::BRL;

pub(super) fn estimate(value: f64) -> Estimate {
    let (low, high) = (value - 1.1, value + 1.1);
    Estimate { value, low, high, level: 0.9, method: "shrinkage".into(), sample_size: 120, warnings: vec![] }
}

fn metrics(spend: i64, revenue: i64) -> Metrics {
    let money = |units: i64| Money::from_micros(units * 1_000_000, BRL);
    Metrics { impressions: 10_000, clicks: 150, conversions: 84, spend: money(spend), revenue: money(revenue) }
}

pub(super) fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn brief() -> Brief {
    read(json!({
        "name": HOSTILE, "brand": "Marca", "industry": "fashion", "objective": "sales", "markets": ["BR"], "language": "pt-BR",
        "flight": {"start": "2027-01-01", "end": "2027-01-14", "time_zone": "America/Sao_Paulo"},
        "budget": Money::from_micros(1_000_000_000, BRL), "formats": ["video"],
        "product": {"name": "Bolsa", "url": "https://example.com/javascript:alert(1)", "benefits": ["leve"]},
    }))
}

fn outcome(state: JournalState) -> Outcome {
    Outcome {
        entry: ContentHash::of(b"entry"),
        platform: Platform::Meta,
        target: Tag::new("adb-1"),
        action: "create".into(),
        cause: "plan".into(),
        state,
        object: Some(ObjectId::new("77")),
        reason: Some(Message::new("feedback-roas-low")),
    }
}

fn history() -> HistorySummary {
    let shares = BTreeMap::from([("female".to_owned(), 1.0)]);
    let persona = Persona {
        id: "30-34/female".into(),
        name: vec![Message::new("persona-interest").with("value", HOSTILE)],
        people: 60,
        share: 0.4,
        ages: BTreeMap::from([("30-34".to_owned(), 1.0)]),
        genders: shares,
        places: BTreeMap::from([("Recife".to_owned(), 1.0)]),
        interests: BTreeMap::from([("sport".to_owned(), 1.5)]),
        content: BTreeMap::from([("video".to_owned(), 1.2)]),
        online: OnlineHours { week: BTreeMap::new(), day: BTreeMap::from([(20, 0.4)]) },
        triggers: vec![Trigger { event: "coupon".into(), lift: estimate(0.5) }],
        buying: None,
        value: Some(estimate(120.0)),
        metrics: Some(metrics(100, 420)),
        roas: None,
        revenue_so_far: None,
        stability: Some(0.97),
    };
    HistorySummary {
        mapping: "generic".into(),
        rows: 12,
        problems: vec![RowProblem { line: 7, column: "revenue".into(), problem: "not a number".into() }],
        totals: metrics(3_360, 14_112),
        best_practices: vec![read(json!({
            "industry": "fashion", "practice_type": "audience:30-34 female", "description": "works",
            "average_performance": {"roas": 4.2}, "roas_variance": 0.5, "sample_size": 12, "last_updated": "2027-01-01T00:00:00Z"
        }))],
        winning_combinations: vec![read(json!({
            "creative_type": "video", "copy_style": "urgent", "audience_segment": "30-34 female",
            "average_roas": 4.2, "average_ctr": 0.02, "times_used": 8, "times_succeeded": 6
        }))],
        personas: vec![persona],
    }
}

fn plan() -> serde_json::Value {
    let money = Money::from_micros(70_000_000, BRL);
    let variant = json!({"key": "v1", "platform": "meta", "slot": "headline", "style": "urgent", "text": HOSTILE, "length": 9, "limit": 40});
    let ad = json!({"tag": "t3", "name": HOSTILE, "creative":
        {"asset": "a1", "format": "video", "files": [], "copy": [variant], "url": "https://example.com"}});
    let set = json!({"tag": "t2", "name": "set", "audience": {"name": "women", "countries": ["BR"]}, "daily_budget": money,
        "bid_strategy": "lowest_cost", "bid": null, "ads": [ad]});
    let campaign = json!({"tag": "t1", "platform": "meta", "name": "campaign", "objective": "sales",
        "flight": brief().flight, "declarations": {}, "ad_sets": [set]});
    json!({
        "name": "plan", "currency": "BRL", "campaigns": [campaign], "missing": [], "reasons": [],
        "tests": {"metric": "ctr", "minimum_relative_effect": 0.2, "impressions_per_cell": 20000, "cells": [
            {"ad": "t3", "creative": "video", "copy_style": "urgent", "audience": "women", "platform": "meta"}]},
        "limits": {"daily_cap": money, "weekly_cap": money, "lifetime_cap": money, "max_raise_percent": 20,
            "max_cut_percent": 30, "max_changes_per_object_and_day": 2, "max_pauses_per_hour": 3, "learning_hours": 48}
    })
}

fn assets() -> serde_json::Value {
    let missing = json!({"asset": "a1", "kind": "video", "width": 1080, "height": 1920, "length_ms": 15000,
        "message": Message::new("feedback-ctr-low")});
    let video = json!({"type": "video", "plan": {"name": "15 s", "length_ms": 15000, "width": 1080, "height": 1920,
        "safe_top_percent": 14, "safe_bottom_percent": 20, "cuts": [],
        "shots": [{"role": "hook", "start_ms": 0, "end_ms": 3000, "picture": "bag", "caption": HOSTILE}]}});
    json!({
        "assets": [{"key": "a1", "format": "video", "platform": "meta", "content": video, "files": [], "missing": [missing]}],
        "manifest": [], "coverage": [{"format": "video", "platform": "meta", "assets": 1, "ready": 0}],
        "skipped": [{"subject": "clip.mp4", "reason": Message::new("feedback-ctr-low")}]
    })
}

fn alert() -> serde_json::Value {
    json!({"key": "e1", "rule": "cost_spike", "severity": "critical", "cause": "threshold", "value": 0.2, "why": null,
        "subject": {"platform": "meta", "level": "ad_set", "object": "t2"}, "told_at": null, "proposed": ["cut_bid"],
        "opened_at": "2027-01-02T10:00:00Z", "closed_at": null, "message": Message::new("alert-cost-spike").with("percent", 20_i64),
        "advice": Message::new("alert-cost-spike-advice"), "evidence": {"cpm_hour": 12.5}, "proposals": [
            {"platform": "meta", "target": "t2", "cause": "e1", "kind":
                {"action": "set_bid", "before": Money::zero(BRL), "after": Money::zero(BRL)}}]})
}

fn rule_problem() -> Message {
    Message::new("rules-kept").with("file", "rules.toml").with("why", "rule: there is none")
}

fn decision() -> serde_json::Value {
    json!({"rule": "performance_drop", "cause": "e2", "at": "2027-01-02T10:00:00Z", "platform": "meta", "object": "t2",
        "action": "pause_worst_ads", "is_proposed": true, "why": Message::new("decision-gains"), "changes": [
            {"platform": "meta", "target": "a3", "cause": "e2", "kind": {"action": "pause"}}],
        "undo": [{"platform": "meta", "target": "a3", "cause": "undo/e2", "kind": {"action": "activate"}}],
        "alternatives": [
            {"action": null, "expected": {"days": 7, "value": 0.0, "low": 0.0, "high": 0.0, "chance": 0.5}},
            {"action": "pause_worst_ads", "expected": {"days": 7, "value": 120.5, "low": -10.25, "high": 251.25, "chance": 0.98}}],
        "evidence": {"roas_ad": 0.5, "roas_others": 2.5, "money": 60.25},
        "outcome": {"at": "2027-01-14T00:00:00Z", "value": 99.5, "is_inside": true, "regret": 0.0, "is_done": true}})
}

fn feedback() -> serde_json::Value {
    let ctr = Estimate { value: 0.015, low: 0.01, high: 0.02, ..estimate(0.0) };
    json!({"id": "f1", "recipient": "creative", "kind": "ctr_low", "message": Message::new("feedback-ctr-low"),
        "data": {"current_ctr": 1.5, "target": 2.0}, "evidence": ctr, "maturity": "mature",
        "window_end": "2027-01-10T00:00:00Z", "round": 1})
}

fn readout() -> Readout {
    let days = |name: &str| {
        let blocks = (1..=3).map(|day| Block::of(format!("2027-01-0{day}"), &metrics(100, 300 + day)));
        Arm::of_blocks(name, blocks.collect())
    };
    crate::experiment::readout(&Settings::until(Metric::Ctr, 14), &Data::of(vec![days("b"), days("a")])).unwrap()
}

fn decided() -> DecidedTest {
    let (readout, outcomes) = (readout(), vec![outcome(JournalState::Confirmed)]);
    let objects = TestObjects { test: "meta/women".into(), objects: vec![] };
    let decision = experiment::decide(&readout, &Settings::until(Metric::Ctr, 14), &objects).unwrap();
    DecidedTest {
        test: objects.test,
        platform: Platform::Meta,
        ad_set: Tag::new("t2"),
        days: 14,
        readout,
        decision,
        outcomes,
    }
}

fn day() -> DaySummary {
    DaySummary {
        date: jiff::civil::date(2027, 1, 1),
        metrics: metrics(4_200, 10_500),
        platforms: BTreeMap::from([(Platform::Meta, metrics(4_200, 10_500))]),
        maturity: Maturity::Immature,
    }
}

fn people() -> PeopleSummary {
    let unplaced = Message::new("personas-unplaced").with("count", 3);
    PeopleSummary { personas: history().personas, notes: vec![unplaced] }
}

fn training() -> Training {
    Training {
        run: RunId::new("earlier"),
        at: "2026-12-25T03:00:00Z".parse().unwrap(),
        rows: 240,
        is_new: false,
        unseen: 12,
        reasons: vec![Message::new("retrain-none")],
    }
}

fn check(metric: &str, target: f64, reached: f64, is_met: Option<bool>) -> TargetCheck {
    TargetCheck { metric: metric.into(), target, reached: Some(reached), is_met }
}

fn budgets() -> serde_json::Value {
    let money = |units: i64| Money::from_micros(units * 1_000_000, BRL);
    json!({"at": "2027-01-08T03:00:00Z", "day": "2027-01-08", "cause": "budgets/2027-01-08", "unit": "revenue", "is_proposed": true,
        "why": Message::new("budget-gains"), "gain": {"value": 12.5, "low": 3.0, "high": 22.0, "chance": 0.95},
        "price": 2.1, "gap": 0.0, "binding": [], "undo": [],
        "parts": [{"ad_set": "t2", "platform": "meta", "before": money(70), "after": money(80), "value": 210.0, "low": 120.0,
            "high": 310.0, "times": 1.06, "conversion_rate": 0.02, "fell": false,
            "probe": {"amount": money(2), "is_more": true, "propensity": 0.5}}],
        "changes": [{"platform": "meta", "target": "t2", "cause": "budgets/2027-01-08",
            "kind": {"action": "set_daily_budget", "before": money(70), "after": money(80)}}],
        "outcome": {"at": "2027-01-14T03:00:00Z", "value": 190.0, "gain": 10.8, "inside": 1, "parts": 1, "is_done": true}})
}

fn shadow() -> ShadowReport {
    let actions = crate::alert::decision::scoreboard(&[read(decision())]);
    ShadowReport { actions, budgets: Some(read(budget_board())) }
}

fn budget_board() -> serde_json::Value {
    json!({"decisions": 1, "proposed": 1, "done": 1, "graded": 1, "calibration": [1.0, 0.2, 1.0], "expected": 12.5, "gain": 10.8,
        "interval": [1.3, 20.3]})
}

pub(super) fn result() -> RunResult {
    let brief = brief().check().unwrap();
    let strategy = json!({"brief": &*brief, "objective": "sales", "formats": ["video"], "audiences": [{"name": "women"}],
        "platforms": [{"platform": "meta", "budget": brief.budget, "expected_roas": estimate(3.1)}],
        "reasons": [{"choice": "objective", "message": Message::new("feedback-roas-low"), "evidence":
            [{"source": "memory", "subject": HOSTILE, "estimate": estimate(3.1)}]}]});
    RunResult {
        run: RunId::new("run-1"),
        seed: 7,
        mode: Mode::Sandbox,
        watched: None,
        is_simulated: true,
        history: Some(history()),
        people: Some(people()),
        strategy: read(strategy),
        assets: read(assets()),
        copy: read(json!({"variants": [{"key": "v1", "platform": "meta", "slot": "headline", "style": "urgent",
            "text": HOSTILE, "length": 9, "limit": 40}], "refused": [{"text": "best", "reason": Message::new("feedback-cpa-high")}]})),
        plan: read(plan()),
        plan_hash: ContentHash::of(b"plan"),
        launch: vec![outcome(JournalState::Confirmed)],
        days: vec![day()],
        totals: metrics(4_200, 10_500),
        platforms: vec![PlatformResult {
            platform: Platform::Meta,
            metrics: metrics(4_200, 10_500),
            expected_roas: estimate(3.1),
            completeness: 0.8,
        }],
        forecasts: vec![read(json!({"platform": "meta",
            "days": [{"date": "2027-01-01", "forecast": estimate(3.1), "actual": 2.5, "is_inside": true},
                {"date": "2027-01-02", "forecast": estimate(3.0), "actual": 0.5, "is_inside": null}],
            "calibration": [{"date": "2027-01-01", "results": 1, "inside": 1, "coverage": 1.0, "is_alarm": false}]}))],
        training: Some(training()),
        retraining: Some(read(json!({"is_due": true, "due": "2027-01-08",
            "reasons": [Message::new("retrain-schedule").with("days", 7_i64)]}))),
        targets: vec![
            check("roas", 3.0, 2.5, Some(false)),
            check("cpa", 50.0, 50.0, Some(true)),
            check("spend", 1000.0, 4200.0, None),
        ],
        alerts: vec![read(alert())],
        decisions: vec![read(decision())],
        scoreboard: crate::alert::decision::scoreboard(&[read(decision())]),
        budgets: vec![read(budgets())],
        budget_board: read(budget_board()),
        shadow: shadow(),
        rule_problems: vec![rule_problem()],
        actions: vec![outcome(JournalState::NeedsPerson)],
        experiments: vec![readout()],
        tests: vec![decided()],
        learnings: vec![read(json!({"id": "l1", "campaign": "c", "learning_type": "creative", "industry": "fashion",
            "objective": "sales", "insight": "video works", "impact": estimate(0.3), "learnt_at": "2027-01-14T00:00:00Z"}))],
        feedback: vec![read(feedback())],
        responses: vec![read(
            json!({"feedback": "f1", "answer": "accepted", "plan": Message::new("feedback-ctr-low")}),
        )],
        failures: vec![],
        words: None,
        brief,
    }
}
