//! Both wire formats against real sockets.

use super::server::{Reply, STREAM, Server, status, stream};
use super::{KEY, clock, question, traffic, variable, words};
use crate::agent::language::{Finish, LanguageModel as _, ModelAnswer, Remote, Usage};
use crate::error::{ErrorKind, Result};

const OPENAI: [&str; 5] = [
    r#"{"model":"m-1-real","choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
    r#"{"model":"m-1-real","choices":[{"delta":{"content":"{\"sentences\":"},"finish_reason":null}]}"#,
    r#"{"model":"m-1-real","choices":[{"delta":{"content":"[\"Hello\"]}"},"finish_reason":"stop"}]}"#,
    r#"{"model":"m-1-real","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":9}}"#,
    "[DONE]",
];
const ANTHROPIC: [&str; 7] = [
    r#"{"type":"message_start","message":{"model":"m-1-real","content":[],"usage":{"input_tokens":20,"cache_read_input_tokens":1,"output_tokens":1}}}"#,
    r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
    r#"{"type":"ping"}"#,
    r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{\"sentences\":"}}"#,
    r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"[\"Hello\"]}"}}"#,
    r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#,
    r#"{"type":"message_stop"}"#,
];

fn whole_stream(provider: &str) -> Reply {
    if provider == "openai" { stream(&OPENAI) } else { stream(&ANTHROPIC) }
}

/// The answer, the server, and the waits between tries in seconds.
async fn ask(provider: &str, replies: Vec<Reply>, more: &str) -> (Result<ModelAnswer>, Server, Vec<u64>) {
    let server = Server::new(replies).await;
    let (traffic, noted) = traffic();
    let settings = words(provider, &server.url, more);
    let model = Remote::with_traffic(&settings, &variable, (&traffic, clock())).unwrap();
    let answer = model.answer(&question()).await;
    let waits = noted.0.lock().unwrap().iter().map(std::time::Duration::as_secs).collect();
    (answer, server, waits)
}

fn hello(broken: u32) -> ModelAnswer {
    ModelAnswer {
        text: r#"{"sentences":["Hello"]}"#.into(),
        usage: Some(Usage { input_tokens: 21, output_tokens: 9 }),
        model: "m-1-real".into(),
        finish: Finish::Done,
        broken,
    }
}

#[tokio::test]
async fn a_stream_becomes_one_answer_with_its_usage() {
    for provider in ["openai", "anthropic"] {
        let (answer, server, _) = ask(provider, vec![whole_stream(provider)], "").await;
        assert_eq!(answer.unwrap(), hello(0), "{provider}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn the_request_carries_schema_seed_and_key_in_each_format() {
    let (_, server, _) = ask("openai", vec![whole_stream("openai")], "temperature = 0.5\n").await;
    let (head, body) = (server.requests()[0].clone(), server.body(0));
    assert!(head.starts_with("POST /chat/completions ") && head.contains(&format!("authorization: Bearer {KEY}")));
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(body["response_format"]["json_schema"]["schema"]["required"][0], "sentences");
    assert_eq!((&body["max_tokens"], &body["seed"]), (&100.into(), &7.into()));
    assert_eq!(body["messages"][0]["role"], "system");
    assert_eq!(body["stream_options"]["include_usage"], true);

    let (_, server, _) = ask("anthropic", vec![whole_stream("anthropic")], "").await;
    let (head, body) = (server.requests()[0].clone(), server.body(0));
    assert!(head.starts_with("POST /v1/messages ") && head.contains(&format!("x-api-key: {KEY}")));
    assert!(head.contains("anthropic-version: 2023-06-01"));
    assert_eq!(body["output_config"]["format"]["schema"]["additionalProperties"], false);
    assert_eq!((&body["max_tokens"], &body["system"]), (&100.into(), &"Say hello.".into()));
    assert!(body.get("seed").is_none() && body.get("tools").is_none());
}

#[tokio::test]
async fn an_answer_in_one_piece_is_the_same() {
    let openai = r#"{"model":"m-1-real","choices":[{"message":{"content":"{\"sentences\":[\"Hello\"]}"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":21,"completion_tokens":9}}"#;
    let anthropic = r#"{"type":"message","model":"m-1-real","content":[{"type":"text","text":"{\"sentences\":[\"Hello\"]}"}],
        "stop_reason":"end_turn","usage":{"input_tokens":21,"output_tokens":9}}"#;
    for (provider, body) in [("openai", openai), ("anthropic", anthropic)] {
        let (answer, server, _) = ask(provider, vec![status("200 OK", "", body)], "stream = false\n").await;
        assert_eq!(answer.unwrap(), hello(0), "{provider}");
        assert_ne!(server.body(0)["stream"], true);
    }
}

#[tokio::test]
async fn a_throttled_call_waits_as_long_as_it_is_asked_to() {
    for provider in ["openai", "anthropic"] {
        let busy = status("429 Too Many Requests", "retry-after: 7\r\n", r#"{"error":{"message":"slow down"}}"#);
        let (answer, server, waits) = ask(provider, vec![busy, whole_stream(provider)], "").await;
        assert_eq!(answer.unwrap(), hello(0), "{provider}");
        assert_eq!(server.requests().len(), 2);
        assert!(waits.iter().sum::<u64>() >= 7, "{waits:?}");
    }
}

#[tokio::test]
async fn failures_that_pass_are_tried_again_up_to_the_tries() {
    for line in ["500 Internal Server Error", "503 Unavailable", "529 Overloaded"] {
        let replies = vec![status(line, "", "{}"), whole_stream("anthropic")];
        let (answer, server, _) = ask("anthropic", replies, "").await;
        assert_eq!((answer.unwrap(), server.requests().len()), (hello(0), 2), "{line}");
    }
    let (answer, server, _) = ask("openai", vec![status("502 Bad Gateway", "", "{}")], "tries = 3\n").await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn half_a_stream_is_no_answer_and_is_asked_for_again() {
    let halves = [
        ("openai", stream(&OPENAI[..2])),
        ("anthropic", stream(&ANTHROPIC[..4])),
        ("openai", stream(&[OPENAI[1], r#"{"error":{"type":"server_error","message":"lost a node"}}"#])),
        (
            "anthropic",
            stream(&[ANTHROPIC[0], r#"{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"#]),
        ),
        ("openai", stream(&[OPENAI[1], "{\"choices\": [{"])),
        (
            "openai",
            Reply::Send(vec![format!(
                "{}{}",
                STREAM.replace("connection", "content-length: 900\r\nconnection"),
                "data: {}\n\n"
            )]),
        ),
        ("openai", status("200 OK", "", "not JSON at all")),
    ];
    for (place, (provider, half)) in halves.into_iter().enumerate() {
        let (answer, server, _) = ask(provider, vec![half, whole_stream(provider)], "").await;
        assert_eq!(answer.unwrap(), hello(1), "{place}");
        assert_eq!(server.requests().len(), 2, "{place}");
    }
    let (answer, _, _) = ask("openai", vec![stream(&OPENAI[..2])], "tries = 2\n").await;
    let error = answer.unwrap_err();
    assert_eq!((error.kind(), error.context_of("broken")), (ErrorKind::Unavailable, Some("2")));
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_is_asked_for_once() {
    let openai = [
        r#"{"choices":[{"delta":{"refusal":"I cannot "},"finish_reason":null}]}"#,
        r#"{"choices":[{"delta":{"refusal":"help."},"finish_reason":"stop"}]}"#,
    ];
    let filtered = [r#"{"choices":[{"delta":{"content":"Half of"},"finish_reason":"content_filter"}]}"#];
    let anthropic =
        [ANTHROPIC[0], r#"{"type":"message_delta","delta":{"stop_reason":"refusal"},"usage":{"output_tokens":3}}"#];
    for (provider, reply) in
        [("openai", stream(&openai)), ("openai", stream(&filtered)), ("anthropic", stream(&anthropic))]
    {
        let (answer, server, _) = ask(provider, vec![reply], "").await;
        assert_eq!((answer.unwrap().finish, server.requests().len()), (Finish::Refused, 1));
    }
    let cut = [r#"{"choices":[{"delta":{"content":"{\"sent"},"finish_reason":"length"}]}"#];
    assert_eq!(ask("openai", vec![stream(&cut)], "").await.0.unwrap().finish, Finish::Length);
}

#[tokio::test]
async fn what_the_caller_has_to_mend_is_not_tried_again_and_shows_no_key() {
    let told = format!(r#"{{"error":{{"message":"no such key {KEY}"}}}}"#);
    for (line, kind) in [
        ("400 Bad Request", ErrorKind::InvalidInput),
        ("401 Unauthorized", ErrorKind::Unauthorized),
        ("404 Not Found", ErrorKind::NotFound),
    ] {
        for provider in ["openai", "anthropic"] {
            let (answer, server, _) = ask(provider, vec![status(line, "", &told)], "").await;
            let error = answer.unwrap_err();
            assert_eq!((error.kind(), server.requests().len()), (kind, 1), "{error}");
            assert!(!format!("{error} {error:?}").contains(KEY), "{error:?}");
        }
    }
    let inside = [ANTHROPIC[0], r#"{"type":"error","error":{"type":"invalid_request_error","message":"no"}}"#];
    let (answer, server, _) = ask("anthropic", vec![stream(&inside)], "").await;
    assert_eq!((answer.unwrap_err().kind(), server.requests().len()), (ErrorKind::InvalidInput, 1));
}

#[tokio::test]
async fn silence_and_a_stream_that_stops_are_cut_off_in_time() {
    let late = "tries = 1\nfirst_word = \"1s\"\nwhole_answer = \"5s\"\n";
    let (answer, _, _) = ask("openai", vec![Reply::Stall(String::new())], late).await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::TimedOut);
    let (answer, _, _) = ask("openai", vec![Reply::Stall(STREAM.to_owned())], late).await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::TimedOut);
    let stuck = "tries = 1\nfirst_word = \"1s\"\nwhole_answer = \"1s\"\n";
    let (answer, _, _) = ask("openai", vec![Reply::Stall(format!("{STREAM}data: {}\n\n", OPENAI[1]))], stuck).await;
    let error = answer.unwrap_err();
    assert_eq!((error.kind(), error.context_of("broken")), (ErrorKind::TimedOut, Some("1")));
}

#[tokio::test]
async fn an_address_that_may_not_be_reached_is_refused_unasked() {
    let server = Server::new(vec![whole_stream("openai")]).await;
    let mut settings = words("openai", &server.url, "");
    settings.reach = crate::alert::notify::ChannelReach::Public;
    let model = Remote::open(&settings, &variable).unwrap();
    assert_eq!(model.answer(&question()).await.unwrap_err().kind(), ErrorKind::Refused);
    assert!(server.requests().is_empty());
}

#[test]
fn a_key_that_is_not_set_is_told_by_its_name() {
    let settings = words("openai", "https://example.com/v1", "");
    let error = Remote::open(&settings, &|_| None).map(drop).unwrap_err();
    assert!(error.to_string().contains("MODEL_KEY is not set"), "{error}");
}
