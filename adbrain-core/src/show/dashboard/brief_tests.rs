//! The brief over HTTP: the same schema and the same errors as everywhere, a dry run, and who may not.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::super::tests::{TOKEN, VIEWER, exchange};
use super::super::{Board, Desk, ServeOptions, Server, serve};
use super::*;
use crate::brain::Brain;
use crate::control::Mode;
use crate::model::RunId;
use crate::store::Place;

struct Office {
    server: Server,
    board: Board,
    brain: Brain,
    _folder: tempfile::TempDir,
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("example")
}

fn example_brief() -> Value {
    serde_json::from_slice(&std::fs::read(example().join("brief.json")).unwrap()).unwrap()
}

async fn office(language: Language) -> Office {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("brain.db");
    let builder = Brain::builder().local(&file);
    let brain = builder.clone().build().await.unwrap();
    let desk = Desk::new(brain.clone(), (builder, Place::File(file)), Mode::Live).folder(example());
    let board = Board::new(language);
    let server = serve(ServeOptions::local(0, TOKEN).viewer(VIEWER).desk(desk), board.clone()).await.unwrap();
    Office { server, board, brain, _folder: folder }
}

impl Office {
    async fn post(&self, act: &str, token: &str, body: &str) -> (u16, Value) {
        let host = self.server.address();
        let head = format!(
            "POST /brief/{act} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {token}"
        );
        let answer = exchange(&self.server, &head, body).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

#[test]
fn the_form_has_the_schema_of_the_command_line_and_every_text_in_both_languages() {
    for language in Language::ALL {
        let form = of_form(*language);
        let schema: Value = serde_json::from_str(&crate::schema::text("brief").unwrap()).unwrap();
        assert_eq!(form["schema"], schema);
        for (name, text) in form["texts"].as_object().unwrap() {
            assert!(!text.as_str().unwrap().starts_with("brief-"), "{name} has no text in {language}");
        }
    }
}

#[tokio::test]
async fn a_wrong_field_is_named_as_a_file_with_it_would_be() {
    let office = office(Language::Portuguese).await;
    for (pointer, value) in [
        ("/brand", json!("")),
        ("/budget/amount", json!("a lot")),
        ("/budget/amount", json!("-1")),
        ("/flight/start", json!("tomorrow")),
        ("/flight/end", json!("2026-01-01")),
        ("/markets", json!([])),
        ("/product/benefits", json!([])),
        ("/media/0/path", json!("media/none.mp4")),
        ("/objective", json!("fame")),
    ] {
        let mut brief = example_brief();
        *brief.pointer_mut(pointer).unwrap() = value;
        let text = brief.to_string();
        let known = Brief::from_json(text.as_bytes())
            .and_then(|brief| brief.check_with(&|path| crate::media::kind_at(&example().join(path))).map(drop));
        let (code, answer) = office.post("check", TOKEN, &text).await;
        match known {
            Err(known) => {
                assert_eq!((code, &answer["error"]["message"]), (400, &json!(known.message())), "{pointer}");
                assert_eq!(answer["error"]["field"].as_str(), known.context_of("field"));
                assert!(answer["error"]["next"].is_string());
            }
            // A file that is missing is found by the plan, not by the check.
            Ok(()) => assert_eq!((pointer, code), ("/media/0/path", 200), "{answer}"),
        }
    }
    let (code, answer) = office.post("check", TOKEN, "{\"name\": \"x\",").await;
    assert!(code == 400 && answer["error"]["message"].as_str().unwrap().contains("line 1"), "{answer}");
    assert_eq!(office.post("check", TOKEN, &" ".repeat(LONGEST + 1)).await.0, 400);
    assert_eq!(office.post("launch", TOKEN, "{}").await.0, 400);
    let (code, answer) = office.post("check", TOKEN, &example_brief().to_string()).await;
    assert_eq!((code, answer["text"].as_str().unwrap().contains("brief")), (200, true), "{answer}");
    office.server.stop().await;
}

#[tokio::test]
async fn a_dry_run_shows_the_plan_with_its_worst_case_and_writes_to_no_platform() {
    let office = office(Language::English).await;
    let (code, answer) = office.post("plan", TOKEN, &example_brief().to_string()).await;
    assert_eq!(code, 200, "{answer}");
    let all = answer["sections"].to_string();
    assert!(all.contains("Worst case") && all.contains("R$") && all.contains("create"), "{all}");
    let run = RunId::new(answer["run"].as_str().unwrap());
    let status = office.brain.status(Some(run.as_str())).await.unwrap();
    assert_eq!(status.plan_hash.as_str(), answer["plan_hash"].as_str().unwrap());
    assert!(status.control.objects.is_empty(), "{:?}", status.control.objects);
    assert!(office.board.knows(&run, "optimizer"), "its steps are shown");
    let (again, same) = office.post("plan", TOKEN, &example_brief().to_string()).await;
    assert_eq!((again, &same["plan_hash"]), (200, &answer["plan_hash"]));
    office.server.stop().await;
}

#[tokio::test]
async fn who_may_only_look_sees_the_form_and_starts_nothing() {
    let office = office(Language::English).await;
    for act in ["check", "plan"] {
        assert_eq!(office.post(act, VIEWER, &example_brief().to_string()).await.0, 403);
        assert_eq!(office.post(act, "another0another0another0", "{}").await.0, 401);
    }
    let host = office.server.address();
    let form = exchange(&office.server, &format!("GET /brief/form HTTP/1.1\r\nHost: {host}"), "").await;
    assert!(form.starts_with("HTTP/1.1 401"), "{form}");
    let head = format!("GET /brief/form HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {VIEWER}");
    assert!(exchange(&office.server, &head, "").await.contains("Brief"));
    assert!(office.brain.marks(1).await.unwrap().is_empty(), "nothing was planned");
    office.server.stop().await;
}
