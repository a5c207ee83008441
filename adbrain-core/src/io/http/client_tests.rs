//! The client against a small real server on this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::http::{Secrecy, Secret};

/// Answers each connection with the next text (the last one again and again); an empty text closes without an answer.
async fn server(answers: &'static [&'static str]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let answer = answers[seen.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)];
            let mut bytes = [0; 4096];
            let _ = socket.read(&mut bytes).await;
            if answer == "wait" {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (address, count)
}

fn client() -> Client {
    let retry = Retry { attempts: 3, first_pause: Duration::from_millis(1), longest_pause: Duration::from_millis(5) };
    Client::new(ClientOptions { timeout: Duration::from_millis(300), retry, reach: Reach::Loopback }).unwrap()
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\n{\"a\": 1}";
const BUSY: &str = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_read_is_tried_again_until_it_works() {
    let (url, count) = server(&[BUSY, "", OK]).await;
    let request = Request::get(url);
    let response = client().send(&request).await.unwrap();
    assert_eq!(response.json::<serde_json::Value>(&request).unwrap()["a"], 1);
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_read_gives_up_after_the_attempts_given() {
    let (url, count) = server(&[BUSY]).await;
    assert_eq!(client().send(&Request::get(url)).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_lost_answer_to_a_write_is_unknown_and_not_sent_again() {
    for answer in [&[BUSY], &[""], &["wait"], &["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"]] {
        let (url, count) = server(answer).await;
        let error = client().send(&Request::post(url)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{answer:?}");
        assert_eq!(count.load(Ordering::SeqCst), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn a_write_that_may_be_repeated_is_left_to_the_caller() {
    let (url, count) = server(&[BUSY]).await;
    let error = client().send(&Request::post(url).effect(Effect::Idempotent)).await.unwrap_err();
    assert_eq!((error.kind(), count.load(Ordering::SeqCst)), (ErrorKind::Unavailable, 1));
}

#[tokio::test]
async fn a_slow_read_is_timed_out() {
    let (url, _) = server(&["wait"]).await;
    assert_eq!(client().send(&Request::get(url)).await.unwrap_err().kind(), ErrorKind::TimedOut);
}

#[tokio::test]
async fn each_status_has_its_kind() {
    let cases: [(&'static [&'static str], ErrorKind); 5] = [
        (&["HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n"], ErrorKind::Unauthorized),
        (&["HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n"], ErrorKind::Unauthorized),
        (&["HTTP/1.1 429 Slow\r\nretry-after: 60\r\ncontent-length: 0\r\n\r\n"], ErrorKind::RateLimited),
        (&["HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n"], ErrorKind::InvalidInput),
        (&["HTTP/1.1 302 Go\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"], ErrorKind::InvalidInput),
    ];
    for (answer, kind) in cases {
        let (url, count) = server(answer).await;
        assert_eq!(client().send(&Request::get(url)).await.unwrap_err().kind(), kind);
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn nothing_listening_is_unavailable_for_a_write_too() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(client().send(&Request::post(url)).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn this_machine_is_refused_unless_asked_for_by_number_and_by_name() {
    let public = Client::new(ClientOptions::default()).unwrap();
    for url in ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "https://localhost:1/"] {
        assert_eq!(public.send(&Request::get(url)).await.unwrap_err().kind(), ErrorKind::Refused, "{url}");
    }
}

#[tokio::test]
async fn an_error_shows_no_token_and_no_query() {
    let echo = "HTTP/1.1 400 Bad\r\ncontent-length: 24\r\nconnection: close\r\n\r\nwrong token: canary-7f3a!";
    let (url, _) = server(Box::leak(Box::new([echo]))).await;
    let request = Request::post(format!("{url}/path?access_token=canary-7f3a"));
    let token = Secret::new("canary-7f3a");
    for request in [request.clone().bearer(&token), request.secret_header("x-key", &token).secrecy(Secrecy::Sensitive)]
    {
        let error = client().send(&request).await.unwrap_err();
        let shown = format!("{error} {error:?} {request:?}");
        assert!(!shown.contains("canary") && !shown.contains("access_token"), "{shown}");
    }
}

#[test]
fn what_cannot_be_read_is_told_in_few_words_however_long_it_is() {
    let request = Request::get("https://api.example.com/report");
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    let response = Response { status: 200, headers: Vec::new(), body: long.clone().into_bytes() };
    let error = response.json::<u64>(&request).unwrap_err();
    assert!(
        error.to_string().len() < 3_000 && error.to_string().contains("invalid type"),
        "{}",
        error.to_string().len()
    );
    let refused = Response { status: 400, ..response }.success(&request).unwrap_err();
    assert!(refused.to_string().len() < 1_000, "{refused}");
}
