//! The desk over real runs in the simulated market: what is shown, and orders over HTTP.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::tests::{TOKEN, VIEWER, exchange, samples};
use super::{Board, Desk, ServeOptions, Server, metrics, serve};
use crate::alert::rules::RuleSet;
use crate::brain::{AlertRules, Brain, BrainBuilder, RunRequest, Watch};
use crate::control::{JournalState, Mode};
use crate::model::{Brief, Language, RunId};
use crate::store::Place;

/// A run of the example that waits for the approval of its plan, with a page over its store.
struct Office {
    server: Server,
    board: Board,
    brain: Brain,
    _folder: tempfile::TempDir,
}

const RUN: &str = "<b>summer</b>";

async fn office() -> Office {
    let office = office_after(Mode::Live).await;
    office.until(|shown| shown.waits.len() == 1).await;
    office
}

async fn office_after(mode: Mode) -> Office {
    office_of(Brain::builder(), (mode, 1)).await
}

async fn office_of(builder: BrainBuilder, (mode, days): (Mode, u32)) -> Office {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("brain.db");
    let builder = builder.local(&file);
    let brain = builder.clone().build().await.unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("example");
    let brief = Brief::from_json(&std::fs::read(example.join("brief.json")).unwrap()).unwrap();
    let run = Some(RunId::new(RUN));
    let request = RunRequest { folder: example, days: Some(days), mode, run, ..RunRequest::new(brief) };
    brain.run(request, Watch::default()).await.unwrap();
    let board = Board::new(Language::English);
    let desk = Desk::new(brain.clone(), (builder, Place::File(file)), Mode::Sandbox);
    let (followed, own) = (desk.clone(), board.clone());
    tokio::spawn(async move { followed.follow(&own).await });
    let options = ServeOptions::local(0, TOKEN).viewer(VIEWER).desk(desk);
    let server = serve(options, board.clone()).await.unwrap();
    Office { server, board, brain, _folder: folder }
}

/// What the page shows of it.
struct Shown {
    waits: Vec<Value>,
    is_on: Option<bool>,
    all: Value,
}

impl Office {
    fn shown(&self) -> Shown {
        let all = self.board.since(None).map_or(Value::Null, |(text, _)| serde_json::from_str(text.as_str()).unwrap());
        let part = |name: &str| {
            let parts = all["parts"].as_array().into_iter().flatten();
            parts.clone().find(|part| part["run"].is_null() && part["part"] == name).map(|part| part["value"].clone())
        };
        let waits = part("waits").and_then(|waits| waits["plans"].as_array().cloned()).unwrap_or_default();
        let is_on = part("control").and_then(|control| control["is_on"].as_bool());
        Shown { waits, is_on, all }
    }

    /// Waits until the page shows something.
    async fn until(&self, is_shown: impl Fn(&Shown) -> bool) {
        let mut news = self.board.news();
        let looked = async {
            while !is_shown(&self.shown()) {
                news.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(60), looked).await.unwrap();
    }

    async fn post(&self, name: &str, token: &str, body: &Value) -> (u16, Value) {
        let host = self.server.address();
        let head = format!(
            "POST /orders/{name} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {token}"
        );
        answered(&exchange(&self.server, &head, &body.to_string()).await)
    }

    fn hash(&self) -> String {
        self.shown().waits[0]["hash"].as_str().unwrap().to_owned()
    }
}

fn answered(answer: &str) -> (u16, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_plan_that_waits_is_shown_field_by_field_and_approved_by_name() {
    let office = office().await;
    let shown = office.shown();
    let plan = &shown.waits[0];
    assert_eq!((&plan["run"], &plan["basis"]), (&json!(RUN), &json!("simulated")));
    let tables: Vec<_> =
        plan["blocks"].as_array().unwrap().iter().filter(|block| block["columns"].is_array()).collect();
    let heads = |table: &Value| table["columns"].as_array().unwrap().iter().map(Value::to_string).collect::<String>();
    assert!(tables.iter().any(|table| heads(table).contains("Worst case")), "{tables:?}");
    assert!(tables.iter().any(|table| heads(table).contains("Bid strategy") && heads(table).contains("Daily budget")));
    let (code, answer) = office.post("approve", TOKEN, &json!({"plan_hash": office.hash(), "by": "Ana Souza"})).await;
    assert_eq!(code, 200, "{answer}");
    assert!(answer["text"].as_str().unwrap().contains("Ana Souza"), "{answer}");
    assert_eq!(answer["blocks"][0]["rows"][0][1], "activate", "{answer}");
    office.until(|shown| shown.waits.is_empty()).await;
    let status = office.brain.status(Some(RUN)).await.unwrap();
    let said = serde_json::to_value(&status.control.decision).unwrap();
    assert_eq!((&said["kind"], &said["by"]), (&json!("approved"), &json!("Ana Souza")));
    office.server.stop().await;
}

#[tokio::test]
async fn a_refusal_and_the_kill_switch_stand_in_the_journal_with_their_names() {
    let office = office().await;
    let (code, answer) = office.post("stop", TOKEN, &json!({"by": "Ana", "reason": "a look first"})).await;
    assert_eq!(code, 200, "{answer}");
    office.until(|shown| shown.is_on == Some(true)).await;
    let samples = samples(&metrics::text(&office.board, (128, 0)));
    assert_eq!((samples["adbrain_kill_switch_on{}"], samples["adbrain_waiting_plans{}"]), (1.0, 1.0));
    let cap = |metric: &str| samples[&format!("{metric}{{run=\"{RUN}\",period=\"day\",currency=\"BRL\"}}")];
    assert!(cap("adbrain_cap_currency_units") > 0.0 && cap("adbrain_worst_case_currency_units") >= 0.0);
    let switch = office.brain.status(Some(RUN)).await.unwrap().control.switch;
    assert_eq!((switch.is_on, switch.by.as_deref()), (true, Some("Ana")));
    let (code, answer) = office.post("approve", TOKEN, &json!({"plan_hash": office.hash(), "by": "Ana"})).await;
    assert!(code == 200 && answer["blocks"].to_string().contains("refused"), "{answer}");
    assert_eq!(office.post("resume", TOKEN, &json!({"by": "Rui"})).await.0, 200);
    office.until(|shown| shown.is_on == Some(false)).await;
    let hash = office.brain.status(Some(RUN)).await.unwrap().plan_hash.to_string();
    let order = json!({"plan_hash": hash, "by": "Rui", "reason": "too dear"});
    assert_eq!(office.post("refuse", TOKEN, &order).await.0, 200);
    office.until(|shown| shown.waits.is_empty()).await;
    let said = serde_json::to_value(office.brain.status(Some(RUN)).await.unwrap().control.decision).unwrap();
    assert_eq!((&said["by"], &said["reason"]), (&json!("Rui"), &json!("too dear")));
    assert!(office.shown().all.to_string().contains("too dear"));
    office.server.stop().await;
}

#[tokio::test]
async fn who_may_only_look_and_strangers_order_nothing() {
    let office = office().await;
    let order = json!({"by": "Eve", "reason": "mine"});
    let (code, answer) = office.post("stop", VIEWER, &order).await;
    assert_eq!((code, &answer["error"]["kind"]), (403, &json!("refused")));
    assert!(answer["error"]["message"].as_str().unwrap().contains("look") && answer["error"]["next"].is_string());
    assert_eq!(office.post("stop", "another0another0another0", &order).await.0, 401);
    let (code, answer) = office.post("stop", TOKEN, &json!({"by": "Eve"})).await;
    assert_eq!((code, &answer["error"]["kind"]), (400, &json!("invalid_input")));
    let (code, answer) = office.post("approve", TOKEN, &json!({"plan_hash": "0123456789ab", "by": "Eve"})).await;
    assert_eq!((code, answer["error"]["next"].is_string()), (404, true), "{answer}");
    let host = office.server.address();
    let order = order.to_string();
    let ours = format!("http://{host}");
    let post = async |host: &str, origin: &str, rest: &str| {
        let head = format!("POST /orders/stop HTTP/1.1\r\nHost: {host}{origin}{rest}");
        answered(&exchange(&office.server, &head, &order).await).0
    };
    let (json_kind, token) = ("\r\nContent-Type: application/json", format!("\r\nAuthorization: Bearer {TOKEN}"));
    let own = format!("\r\nOrigin: {ours}");
    let host = host.to_string();
    assert_eq!(post(&host, "", &format!("{json_kind}{token}")).await, 403, "no Origin");
    assert_eq!(post(&host, "\r\nOrigin: http://evil.example", &format!("{json_kind}{token}")).await, 403);
    assert_eq!(post(&host, "\r\nOrigin: null", &format!("{json_kind}{token}")).await, 403);
    assert_eq!(post("evil.example", &own, &format!("{json_kind}{token}")).await, 403, "another Host");
    for kind in ["", "\r\nContent-Type: text/plain", "\r\nContent-Type: application/x-www-form-urlencoded"] {
        assert_eq!(post(&host, &own, &format!("{kind}{token}")).await, 415, "{kind}");
    }
    assert_eq!(post(&host, &own, json_kind).await, 401, "no token");
    let cookie = format!("\r\nCookie: token={TOKEN}");
    assert_eq!(post(&host, &own, &format!("{json_kind}{cookie}")).await, 401, "a cookie is no token");
    let get = exchange(&office.server, &format!("GET /orders/stop HTTP/1.1\r\nHost: {host}{token}"), "").await;
    assert!(get.starts_with("HTTP/1.1 405"), "{get}");
    let long = json!({"by": "Eve", "reason": "x".repeat(20_000)});
    assert_eq!(office.post("stop", TOKEN, &long).await.0, 400);
    assert!(!office.brain.status(Some(RUN)).await.unwrap().control.switch.is_on, "nothing was stopped");
    office.server.stop().await;
}

#[tokio::test]
async fn the_figures_of_a_finished_run_are_shown_and_measured() {
    let office = office_after(Mode::Sandbox).await;
    office.until(|shown| shown.is_on.is_some()).await;
    let shown = office.shown();
    let parts = shown.all["parts"].as_array().unwrap();
    let part =
        |name: &str| parts.iter().find(|part| part["run"] == RUN && part["part"] == name).unwrap()["value"].clone();
    let rows = part("section-figures")["blocks"][1]["rows"].as_array().unwrap().clone();
    for level in ["platform", "campaign", "ad set"] {
        let own = rows.iter().filter(|row| row[0] == level && row[1] == "Meta").collect::<Vec<_>>();
        assert!(!own.is_empty() && own[0][3].as_str().unwrap().starts_with("R$\u{a0}"), "{level}: {own:?}");
    }
    let ads = rows.iter().filter(|row| row[0] == "ad").count();
    assert!(ads > 0 && rows.iter().all(|row| row.as_array().unwrap().len() == 10), "{rows:?}");
    let charts = part("charts");
    assert_eq!((charts["days"].as_array().unwrap().len(), charts["views"].as_array().unwrap().len() > 1), (1, true));
    let kinds = |chart: usize| -> Vec<String> {
        let series = charts["views"][0]["charts"][chart]["series"].as_array().unwrap();
        series.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(0), ["actual", "planned", "cap", "worst"]);
    assert_eq!(kinds(1), ["actual", "forecast", "low", "high"]);
    let steps = part("loop");
    assert!(steps.as_array().unwrap().iter().all(|step| step["state"] == "done"), "{steps}");
    assert!(!part("section-experiments")["blocks"].as_array().unwrap().is_empty());
    assert_eq!(part("caps").as_array().unwrap().len(), 3);
    let known = office.brain.overview(&RunId::new(RUN)).await.unwrap();
    let samples = samples(&metrics::text(&office.board, (128, 0)));
    for (platform, (metrics, _)) in &known.figures.unwrap().platforms {
        let label = format!("adbrain_spend_currency_units{{run=\"{RUN}\",platform=\"{platform}\",currency=\"BRL\"}}");
        assert!((samples[&label] - metrics.spend.to_units()).abs() < 1e-9, "{label}");
    }
    let simulated = format!("run=\"{RUN}\",plan=\"Verão Ventania 2027\",is_simulated=\"true\"");
    assert!((samples[&format!("adbrain_run_info{{{simulated}}}")] - 1.0).abs() < 1e-9);
    office.server.stop().await;
}

#[tokio::test]
async fn a_page_without_a_desk_takes_no_orders() {
    let server = serve(ServeOptions::local(0, TOKEN), Board::new(Language::English)).await.unwrap();
    let host = server.address();
    let head = format!(
        "POST /orders/resume HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {TOKEN}"
    );
    let (code, answer) = answered(&exchange(&server, &head, r#"{"by": "Ana"}"#).await);
    assert_eq!((code, &answer["error"]["message"]), (404, &json!("this page only shows")));
}

/// A rule that fires wherever something is shown; the moves of daily budgets wait for a person with the autonomy `approve`.
const EAGER: &str =
    "version = 1\n[[rule]]\nname = \"shown\"\nvalue = \"cpm_hour\"\nabove = 0.01\nseverity = \"high\"\n";

async fn eager_office() -> Office {
    let rules = AlertRules::Set(Box::new(RuleSet::from_text(EAGER).unwrap()));
    let builder = Brain::builder().rules(rules).daily_budgets(true).autonomy("approve".parse().unwrap());
    let office = office_of(builder, (Mode::Sandbox, 11)).await;
    office.until(|shown| shown.is_on.is_some()).await;
    office
}

#[tokio::test]
async fn a_proposal_is_shown_field_by_field_and_decided_on_by_its_hash() {
    let office = eager_office().await;
    let of = |shown: &Shown| {
        let parts = shown.all["parts"].as_array().unwrap();
        let waits = parts.iter().find(|part| part["part"] == "waits").unwrap();
        waits["value"]["proposals"].as_array().unwrap().clone()
    };
    let all = of(&office.shown());
    assert!(all.len() > 1, "{all:?}");
    let fields = &all[0]["blocks"][0];
    assert_eq!(fields["columns"].as_array().unwrap().len(), 6);
    assert!(fields["rows"][0].to_string().contains("daily budget"), "{fields}");
    let no = json!({"plan_hash": all[0]["hash"], "by": "Ana", "reason": "too early", "run": RUN});
    let (code, answer) = office.post("refuse", TOKEN, &no).await;
    assert!(code == 200 && answer["blocks"].to_string().contains("Ana refused it"), "{answer}");
    let yes = json!({"plan_hash": all[1]["hash"], "by": "Rui"});
    let (code, answer) = office.post("approve", TOKEN, &yes).await;
    assert_eq!(code, 200, "{answer}");
    assert!(answer["text"].as_str().unwrap().contains("Rui"), "{answer}");
    assert_eq!(office.post("approve", TOKEN, &yes).await.0, 409, "it waits no more");
    let count = all.len();
    office.until(|shown| of(shown).len() <= count - 2).await;
    let steps = office.brain.status(Some(RUN)).await.unwrap().control.steps;
    let mut done =
        steps.iter().filter(|step| step.action == "set_daily_budget" && step.state == JournalState::Confirmed);
    let entry = done.next_back().expect("the move was done").entry.to_string();
    let (code, answer) = office.post("undo", TOKEN, &json!({"entry": entry, "by": "Ana"})).await;
    assert!(code == 200 && answer["blocks"][0]["rows"].as_array().unwrap().len() == 2, "{answer}");
    assert_eq!(office.post("undo", VIEWER, &json!({"entry": entry, "by": "Eve"})).await.0, 403);
    office.server.stop().await;
}

#[tokio::test]
async fn an_alert_is_taken_note_of_and_kept_quiet_by_name() {
    let office = eager_office().await;
    let alerts = |shown: &Shown| {
        let parts = shown.all["parts"].as_array().unwrap();
        parts.iter().find(|part| part["part"] == "alerts").unwrap()["value"].clone()
    };
    let found = alerts(&office.shown());
    let alert = found["open"][0].clone();
    assert!(!found["letters"].as_array().unwrap().is_empty() && alert["letter"].is_string(), "{found}");
    let note = json!({"letter": alert["letter"], "by": "Ana"});
    assert_eq!(office.post("acknowledge", TOKEN, &note).await.0, 200);
    let quiet = json!({"match": alert["match"], "hours": 4, "by": "Ana", "reason": "a sale", "run": RUN});
    for (token, code) in [(VIEWER, 403), (TOKEN, 200)] {
        assert_eq!(office.post("silence", token, &quiet).await.0, code);
    }
    let is_it = |one: &Value| one["key"] == alert["key"] && one["quiet"].is_string() && one["noted"].is_string();
    office.until(|shown| alerts(shown)["open"].as_array().unwrap().iter().any(is_it)).await;
    let id = alerts(&office.shown())["silences"][0]["id"].clone();
    let (code, answer) = office.post("unsilence", TOKEN, &json!({"id": id, "by": "Rui"})).await;
    assert!(code == 200 && answer["text"].as_str().unwrap().contains("Rui"), "{answer}");
    office.server.stop().await;
}

#[test]
fn the_page_makes_the_same_texts_harmless_as_reports_do() {
    let source = include_str!("web/export.ts");
    let line = source.lines().find(|line| line.starts_with("const FORMULA_SIGNS")).unwrap();
    for sign in crate::report::FORMULA_SIGNS {
        let written = sign.escape_default().to_string();
        assert!(line.contains(&format!("'{written}'")), "{written}");
    }
    assert_eq!(line.matches('\'').count(), 2 * crate::report::FORMULA_SIGNS.len());
}
