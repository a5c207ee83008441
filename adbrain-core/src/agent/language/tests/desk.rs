//! Budgets before calls, rows after them, answers that are recorded.

use std::sync::Arc;

use super::server::{Server, status, stream};
use super::{Scripted, clock, database, question, variable, words};
use crate::agent::language::calls::{CallState, Calls};
use crate::agent::language::desk::Desk;
use crate::agent::language::{LanguageModel, Prices, Recorded, WordAgent, Words};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Money, RunId};
use crate::store::{Database, Statement};

const PRICE: &str = "[price]\ncurrency = \"USD\"\ninput_per_million = \"2\"\noutput_per_million = \"10\"\n";

fn run() -> RunId {
    RunId::new("r1")
}

fn settings(more: &str) -> Words {
    words("openai", "https://example.com/v1", more)
}

fn desk(model: Arc<dyn LanguageModel>, more: &str, database: &Arc<dyn Database>) -> Desk {
    Desk::open(&settings(more), Some(model), (database.clone(), clock()), &variable).unwrap()
}

async fn ask(desk: &Desk) -> Result<String> {
    desk.ask((&run(), WordAgent::Analyst), &question()).await.map(|answer| answer.text)
}

async fn states(database: &Arc<dyn Database>) -> Vec<(CallState, i64, i64)> {
    let rows = Calls::new(database.clone()).of_run(&run()).await.unwrap();
    rows.into_iter().map(|row| (row.state, row.tokens, row.cost.micros())).collect()
}

/// What one try can cost at most.
fn dearest() -> i64 {
    i64::try_from(question().most_input_tokens()).unwrap() + 100
}

#[tokio::test]
async fn a_call_sets_its_dearest_aside_and_gives_back_what_it_did_not_cost() {
    let (_folder, database) = database().await;
    let desk = desk(Scripted::new(&["{}"]), PRICE, &database);
    ask(&desk).await.unwrap();
    let money = 2 * (dearest() - 100) + 10 * 100;
    let actual = (60, 2 * 50 + 10 * 10);
    let found = states(&database).await;
    assert_eq!(found[0], (CallState::Reserved, dearest(), money));
    assert_eq!(found[1], (CallState::Answered, actual.0 - dearest(), actual.1 - money));
}

#[tokio::test]
async fn a_call_that_the_budget_has_no_room_for_is_not_made() {
    for (more, tables) in [
        ("[limits]\nrun_tokens = 10\n", ""),
        ("[limits]\nday_tokens = 10\n", ""),
        ("[limits]\nrun_money = \"0.0001\"\n", PRICE),
        ("[limits]\nday_money = \"0\"\n", PRICE),
    ] {
        let (_folder, database) = database().await;
        let model = Scripted::new(&["{}"]);
        let desk = desk(model.clone(), &format!("{more}{tables}"), &database);
        let error = ask(&desk).await.unwrap_err();
        assert_eq!((error.kind(), model.asked().len()), (ErrorKind::Refused, 0), "{more}");
        assert_eq!(states(&database).await, [(CallState::OverBudget, 0, 0)], "{more}");
    }
}

/// Ten times as much as the budget is asked for, all at once: no more is called than the budget has room for.
#[tokio::test]
async fn ten_times_the_budget_at_once_spends_no_more_than_the_budget() {
    let (_folder, database) = database().await;
    let room = 4 * dearest();
    let model = Arc::new(Scripted {
        usage: None,
        answers: vec![("{}".into(), super::Finish::Done)],
        asked: std::sync::Mutex::default(),
    });
    let desk = desk(model.clone(), &format!("[limits]\nrun_tokens = {room}\n"), &database);
    let outcomes = futures::future::join_all((0..40).map(|_| ask(&desk))).await;
    let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!((made, model.asked().len()), (4, 4));
    let rows = states(&database).await;
    assert_eq!(rows.iter().map(|row| row.1).sum::<i64>(), room);
    assert_eq!(rows.iter().filter(|row| row.0 == CallState::OverBudget).count(), 36);
    let chain = Calls::new(database).verify().await.unwrap();
    assert_eq!((chain.rows, chain.first_problem), (44, None));
}

#[tokio::test]
async fn what_broke_off_may_have_been_paid_for_and_what_was_refused_was_not() {
    let half = stream(&[r#"{"choices":[{"delta":{"content":"{"},"finish_reason":null}]}"#]);
    let (_folder, database) = database().await;
    let server = Server::new(vec![half]).await;
    let open = |url: &str| {
        let settings = words("openai", url, "tries = 1\n");
        Desk::open(&settings, None, (database.clone(), clock()), &variable).unwrap()
    };
    ask(&open(&server.url)).await.unwrap_err();
    let refused = Server::new(vec![status("401 Unauthorized", "", "{}")]).await;
    ask(&open(&refused.url)).await.unwrap_err();
    let sums: Vec<_> = states(&database).await.chunks(2).map(|call| call[0].1 + call[1].1).collect();
    assert_eq!(sums, [dearest(), 0]);
}

#[tokio::test]
async fn a_changed_row_breaks_the_chain() {
    let (_folder, database) = database().await;
    let desk = desk(Scripted::new(&["{}"]), "", &database);
    for _ in 0..3 {
        ask(&desk).await.unwrap();
    }
    assert_eq!(desk.chain().await.unwrap().rows, 6);
    database.write(vec![Statement::new("UPDATE language_calls SET tokens = 0 WHERE seq = 3", [])]).await.unwrap();
    let chain = Calls::new(database.clone()).verify().await.unwrap();
    assert_eq!((chain.rows, chain.first_problem), (2, Some(3)));
    assert_eq!(desk.chain().await.unwrap_err().kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn a_recorded_answer_is_given_again_for_nothing_and_without_the_model() {
    let (folder, database) = database().await;
    let path = folder.path().join("answers.jsonl");
    let model = Scripted::new(&["{\"sentences\": []}"]);
    let recorded: Arc<dyn LanguageModel> = Arc::new(Recorded::of(model.clone(), &path).unwrap());
    let first = desk(recorded, "", &database);
    assert_eq!(ask(&first).await.unwrap(), ask(&first).await.unwrap());
    assert_eq!(model.asked().len(), 1);
    let again: Arc<dyn LanguageModel> = Arc::new(Recorded::replay("scripted", &path).unwrap());
    let again = desk(again, "[limits]\nrun_tokens = 60\n", &database);
    assert_eq!(ask(&again).await.unwrap(), "{\"sentences\": []}");
    let rows = states(&database).await;
    assert!(rows[2..].iter().all(|row| row.1 == 0), "{rows:?}");
    let other: Arc<dyn LanguageModel> = Arc::new(Recorded::replay("another model", &path).unwrap());
    assert_eq!(ask(&desk_of(other, &database)).await.unwrap_err().kind(), ErrorKind::NotFound);
}

fn desk_of(model: Arc<dyn LanguageModel>, database: &Arc<dyn Database>) -> Desk {
    desk(model, "", database)
}

#[test]
fn prices_are_rounded_up_and_never_floats() {
    let usd = |text: &str| Money::parse(text, Currency::USD).unwrap();
    let prices = Prices { input: usd("0.15"), output: usd("0.60") };
    assert_eq!(prices.of(1, 0).unwrap().micros(), 1);
    assert_eq!(prices.of(1_000_000, 1_000_000).unwrap(), usd("0.75"));
    assert!(prices.of(u64::MAX, u64::MAX).is_err());
}

#[test]
fn settings_say_which_field_is_wrong_and_show_no_key() {
    let wrong = |more: &str, field: &str| {
        let text =
            format!("version = 1\nprovider = \"openai\"\nmodel = \"m\"\nbase_url = \"https://x.example\"\n{more}");
        let error: Error = Words::from_text(&text).unwrap_err();
        assert!(error.context_of("field").is_some_and(|found| field.starts_with(found)), "{error}");
        assert!(!error.to_string().contains("sk-"), "{error}");
    };
    wrong("key_env = \"sk-abc\"\n", "words.key_env");
    wrong("key = \"sk-abc\"\n", "words.key");
    wrong("max_tokens = 1\n", "words.max_tokens");
    wrong("temperature = 3.0\n", "words.temperature");
    wrong("tries = 0\n", "words.tries");
    wrong("first_word = \"0s\"\n", "words.first_word");
    wrong("[limits]\nrun_money = \"1\"\n", "words.price");
    wrong(
        "[price]\ncurrency = \"USD\"\ninput_per_million = \"-1\"\noutput_per_million = \"1\"\n",
        "words.price.input_per_million",
    );
}
