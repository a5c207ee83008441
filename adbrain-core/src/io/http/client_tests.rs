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
    let (first_pause, longest_pause) = (Duration::from_millis(1), Duration::from_millis(5));
    let retry = Retry { attempts: 3, first_pause, longest_pause, deadline: Duration::from_secs(20) };
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

#[tokio::test]
async fn every_error_names_its_class() {
    let cases: [(&'static [&'static str], bool, &str); 6] = [
        (&[BUSY], true, "transient"),
        (&[BUSY], false, "unknown"),
        (&["wait"], true, "transient"),
        (&["HTTP/1.1 429 Slow\r\nretry-after: 60\r\ncontent-length: 0\r\n\r\n"], true, "throttled"),
        (&["HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n"], false, "rejected"),
        (&["HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"], true, "rejected"),
    ];
    for (answer, is_read, class) in cases {
        let (url, _) = server(answer).await;
        let request = if is_read { Request::get(url) } else { Request::post(url) };
        let error = client().send(&request).await.unwrap_err();
        assert_eq!(error.context_of("class"), Some(class), "{error}");
    }
}

/// Keeps each pause and takes no time.
#[derive(Default)]
struct Pauses(std::sync::Mutex<Vec<Duration>>);

#[async_trait::async_trait]
impl crate::http::Wait for Pauses {
    async fn wait(&self, time: Duration) {
        self.0.lock().unwrap().push(time);
    }
}

fn on_a_lane(pauses: &Arc<Pauses>) -> Client {
    let clock = crate::clock::ManualClock::at("2026-11-30T12:00:00Z".parse().unwrap());
    let lane = crate::http::Traffic::new(pauses.clone()).lane(["test", "app", "1"], Arc::new(clock));
    Client::new(ClientOptions { reach: Reach::Loopback, ..ClientOptions::default() }).unwrap().on(lane)
}

#[tokio::test]
async fn a_write_of_which_no_byte_has_left_is_sent_again_within_a_second() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let pauses = Arc::<Pauses>::default();
    let error = on_a_lane(&pauses).send(&Request::post(url)).await.unwrap_err();
    assert_eq!(error.context_of("class"), Some("not_sent"));
    let pauses = pauses.0.lock().unwrap();
    assert!(!pauses.is_empty() && pauses.iter().sum::<Duration>() <= Duration::from_secs(1), "{pauses:?}");
}

#[tokio::test]
async fn pauses_double_and_end_with_the_attempts_or_the_budget() {
    let (url, count) = server(&[BUSY]).await;
    let pauses = Arc::<Pauses>::default();
    let client = on_a_lane(&pauses);
    client.send(&Request::get(&url)).await.unwrap_err();
    {
        let pauses = pauses.0.lock().unwrap();
        let within = pauses.iter().zip([500, 1_000, 2_000]).all(|(pause, most)| *pause <= Duration::from_millis(most));
        assert!(pauses.len() == 3 && within, "{pauses:?}");
    }
    for _ in 0..9 {
        client.send(&Request::get(&url)).await.unwrap_err();
    }
    // Ten requests, and the ten retries that the account's budget pays for.
    assert_eq!(count.load(Ordering::SeqCst), 20);
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_kept_where_it_fits_and_the_read_fails_at_once_where_it_does_not() {
    const SOON: &str = "HTTP/1.1 429 Slow\r\nretry-after: 7\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const LATE: &str = "HTTP/1.1 429 Slow\r\nretry-after: 36000\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const NONSENSE: &str = "HTTP/1.1 429 Slow\r\nretry-after: soon\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const DATE: &str = "HTTP/1.1 429 Slow\r\ndate: Mon, 30 Nov 2026 12:00:00 GMT\r\nretry-after: Mon, 30 Nov 2026 12:00:09 GMT\r\n\
                        content-length: 0\r\nconnection: close\r\n\r\n";
    for (first, requests, least) in [(SOON, 2, 7), (DATE, 2, 9), (NONSENSE, 2, 0), (LATE, 1, 0)] {
        let (url, count) = server(Box::leak(Box::new([first, OK]))).await;
        let pauses = Arc::<Pauses>::default();
        let outcome = on_a_lane(&pauses).send(&Request::get(url)).await;
        assert_eq!((outcome.is_ok(), count.load(Ordering::SeqCst)), (requests == 2, requests), "{first}");
        let waited: Duration = pauses.0.lock().unwrap().iter().sum();
        assert!(waited >= Duration::from_secs(least), "{first}: {waited:?}");
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

#[tokio::test]
async fn an_answer_that_says_no_tells_why() {
    let (url, _) = server(&["HTTP/1.1 404 No\r\ncontent-length: 12\r\nconnection: close\r\n\r\nno such page"]).await;
    let error = client().send(&Request::get(&url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("no such page"), "{error}");
}

#[test]
fn pauses_are_spread_over_the_whole_of_a_doubled_one_up_to_the_longest() {
    let retry = Retry { longest_pause: Duration::from_secs(3), ..Retry::default() };
    let request = Request::get("https://example.com/");
    for (attempt, whole) in [(0, 0.5), (1, 1.0), (2, 2.0), (3, 3.0), (9, 3.0), (40, 3.0)] {
        let at = |second: i64| jiff::Timestamp::from_second(second).unwrap();
        let pauses = (0..400).map(|second| retry.pause(attempt, &request, at(second)).as_secs_f64() / whole);
        let (least, most) = pauses.fold((1.0_f64, 0.0_f64), |(least, most), next| (least.min(next), most.max(next)));
        assert!(least < 0.05 && most > 0.95 && most <= 1.0, "{attempt}: {least} to {most}");
    }
}

#[tokio::test]
async fn a_name_of_this_machine_is_reached_without_tls_where_that_is_allowed() {
    let (url, count) = server(&[OK]).await;
    client().send(&Request::get(url.replace("127.0.0.1", "localhost"))).await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

/// Answers one connection with a head and so many letters, and then says nothing more; gives the first line of what it was asked.
async fn letters(head: &'static str, count: usize) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 4096];
        let read = socket.read(&mut bytes).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        // Whoever has enough hangs up.
        let _ = socket.write_all(&vec![b'x'; count]).await;
        tokio::spawn(async move {
            let _kept = socket;
            std::future::pending::<()>().await;
        });
        String::from_utf8_lossy(&bytes[..read]).lines().next().unwrap_or_default().to_owned()
    });
    (address, asked)
}

fn patient() -> Client {
    let timeout = Duration::from_secs(60);
    Client::new(ClientOptions { timeout, retry: Retry::NONE, reach: Reach::Loopback }).unwrap()
}

#[tokio::test]
async fn an_answer_of_64_mib_is_read_and_one_letter_more_is_too_much() {
    let (url, _) = letters("HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n", 64 << 20).await;
    assert_eq!(patient().send(&Request::get(url)).await.unwrap().body.len(), 64 << 20);
    let (url, _) = letters("HTTP/1.1 200 OK\r\ncontent-length: 67108865\r\n\r\n", (64 << 20) + 1).await;
    let error = patient().send(&Request::get(url)).await.unwrap_err();
    assert!(error.to_string().contains("64 MiB"), "{error}");
}

#[tokio::test]
async fn a_success_is_read_whole_and_of_a_failure_only_the_start() {
    let (url, _) = letters("HTTP/1.1 200 OK\r\ncontent-length: 307200\r\n\r\n", 300 << 10).await;
    assert_eq!(patient().send(&Request::get(url)).await.unwrap().body.len(), 300 << 10);
    // The rest never comes: whoever waited for it would wait for a minute.
    let (url, _) = letters("HTTP/1.1 404 No\r\ncontent-length: 9000000\r\n\r\n", 300 << 10).await;
    let error = patient().send(&Request::get(url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let (url, _) = letters("HTTP/1.1 404 No\r\ncontent-length: 1000\r\n\r\n", 1_000).await;
    assert!(patient().send(&Request::get(url)).await.unwrap_err().to_string().contains(&"x".repeat(200)));
}

#[tokio::test]
async fn each_method_goes_out_under_its_name() {
    use Method::{Delete, Get, Patch, Post, Put};
    for (method, name) in [(Get, "GET"), (Post, "POST"), (Put, "PUT"), (Patch, "PATCH"), (Delete, "DELETE")] {
        let (url, asked) = letters("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 0).await;
        patient().send(&Request::new(method, format!("{url}/a"))).await.unwrap();
        assert_eq!(asked.await.unwrap(), format!("{name} /a HTTP/1.1"));
    }
}

#[tokio::test]
async fn what_broke_is_told_with_its_deepest_cause() {
    let (url, _) = server(&[""]).await;
    let error = patient().send(&Request::get(url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "no time ran out: {error}");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = patient().send(&Request::get(url)).await.unwrap_err();
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}
