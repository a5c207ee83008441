//! Channels against a real server on this machine.

#[cfg(feature = "email")]
mod email;
mod kept;

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::letter::About;
use super::*;
use crate::alert::Severity;
use crate::alert::rules::{Engine, Level, Notification, RuleSet, Sample};
use crate::clock::{Clock as _, ManualClock};
use crate::error::ErrorKind;
use crate::http::Secret;
use crate::model::{Language, Platform, RunId};
use crate::store::Database;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
const BROKEN: &str = "HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const SLOW: &str = "HTTP/1.1 429 Slow\r\nretry-after: 600\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const GONE: &str = "HTTP/1.1 410 Gone\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A request as it arrived: headers in small letters, and the body.
#[derive(Debug, Clone)]
struct Heard {
    headers: String,
    body: Vec<u8>,
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        let line = self.headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.headers))
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Answers each request with the next text, the last one again and again; an empty text closes without an answer.
async fn server(answers: Vec<String>) -> (String, Arc<Mutex<Vec<Heard>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
    let kept = heard.clone();
    tokio::spawn(async move {
        let mut answers = answers.into_iter();
        let mut answer = String::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            answer = answers.next().unwrap_or(answer);
            let request = read(&mut socket).await;
            kept.lock().unwrap().push(request);
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (url, heard)
}

async fn read(socket: &mut tokio::net::TcpStream) -> Heard {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = socket.read(&mut part).await.unwrap();
        bytes.extend_from_slice(&part[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let headers = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = headers.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return Heard { headers, body: bytes[end + 4..].to_vec() };
        }
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What a look tells of one dear ad set by the severity.
fn news(severity: &str, object: &str) -> Vec<Notification> {
    let rules = format!(
        "version = 1\n[[rule]]\nname = \"dear\"\nvalue = \"cpm_hour\"\nabove = 30\nseverity = \"{severity}\"\n"
    );
    let mut engine = Engine::new(RuleSet::from_text(&rules).unwrap());
    let now = at("2026-12-01T12:00:00Z");
    let sample = Sample::new(Platform::Meta, object, Level::AdSet, now).with("cpm_hour", 31.0);
    engine.evaluate(now, &[sample]).unwrap().told.notifications
}

fn about() -> About {
    let (at, language) = (at("2026-12-01T12:00:00Z"), Language::English);
    About { run: RunId::new("summer"), at, is_simulated: false, language }
}

/// A store, a clock, and channels that are opened over both as often as a process starts.
struct Desk {
    folder: tempfile::TempDir,
    clock: ManualClock,
    channels: Channels,
    url: String,
}

impl Desk {
    fn new(url: &str, channels: &str) -> Self {
        let channels = Channels::from_text(&format!("version = 1\nreach = \"loopback\"\n{channels}")).unwrap();
        let clock = ManualClock::at(at("2026-12-01T12:01:00Z"));
        Self { folder: tempfile::tempdir().unwrap(), clock, channels, url: url.to_owned() }
    }

    async fn database(&self) -> Arc<dyn Database> {
        crate::store::open(&self.folder.path().join("brain.db")).await.unwrap()
    }

    async fn start(&self) -> Notifier {
        let variable = |name: &str| match name {
            "URL" => Some(self.url.clone()),
            "SECRET" => Some(SECRET.to_owned()),
            _ => None,
        };
        Notifier::open(&self.channels, (self.database().await, Arc::new(self.clock.clone())), &variable).unwrap()
    }

    fn wait(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }
}

const SLACK: &str = "[[channel]]\nname = \"ops\"\nkind = \"slack\"\nurl_env = \"URL\"\n";
const HOOK: &str = "[[channel]]\nname = \"hook\"\nkind = \"webhook\"\nurl_env = \"URL\"\nsecret_env = \"SECRET\"\n";

fn answers(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn a_webhook_is_signed_as_standard_webhooks_wants_it() {
    let (url, heard) = server(answers(&[OK])).await;
    let desk = Desk::new(&url, HOOK);
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("critical", "set-1")).await.unwrap();
    assert_eq!(notifier.deliver().await.unwrap().sent["hook"], 1);
    let request = heard.lock().unwrap()[0].clone();
    let seconds: i64 = request.header("webhook-timestamp").parse().unwrap();
    assert_eq!(seconds, desk.clock.now().as_second());
    // The server hears header values in small letters: the signature is compared so too.
    let signer = Signer::new(&Secret::new(SECRET), "secret").unwrap();
    let signature = signer.sign(request.header("webhook-id"), seconds, &request.body).unwrap();
    assert_eq!(request.header("webhook-signature"), signature.to_lowercase());
    assert_eq!(request.header("content-type"), "application/json");
    let told = request.json();
    assert_eq!((told["type"].as_str(), told["data"]["severity"].as_str()), (Some("adbrain.alert"), Some("critical")));
    assert_eq!(told["data"]["id"].as_str(), Some(request.header("webhook-id")));
    assert_eq!(told["data"]["items"][0]["objects"][0], "set-1");
    assert!(told["data"]["items"][0]["text"].as_str().unwrap().contains("dear: set-1 at 31.00"));
}

#[tokio::test]
async fn slack_is_told_in_one_message_for_each_severity_and_hostile_names_call_nobody() {
    let (url, heard) = server(answers(&[OK])).await;
    let desk = Desk::new(&url, SLACK);
    let notifier = desk.start().await;
    let look = [news("critical", "<!channel>"), news("critical", "set-2"), news("info", "set-3")].concat();
    notifier.keep(&about(), &look).await.unwrap();
    assert_eq!(notifier.deliver().await.unwrap().sent["ops"], 2);
    let texts: Vec<_> =
        heard.lock().unwrap().iter().map(|heard| heard.json()["text"].as_str().unwrap().to_owned()).collect();
    assert!(texts[0].starts_with("*Alerts of run summer, critical: 2*"), "{}", texts[0]);
    assert!(texts[0].contains("&lt;!channel&gt;") && texts[0].contains("set-2") && !texts[0].contains("<!"));
    assert!(texts[0].contains("adbrain alerts ack msg_"));
    assert!(texts[1].starts_with("*Alerts of run summer, good to know: 1*"), "{}", texts[1]);
}

#[tokio::test]
async fn a_failure_is_tried_again_by_the_plan_until_it_works_and_429_is_waited_for() {
    let (url, heard) = server(answers(&[BROKEN, SLOW, OK])).await;
    let desk = Desk::new(&url, HOOK);
    let notifier = desk.start().await;
    let count = || heard.lock().unwrap().len();
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    let problem = notifier.deliver().await.unwrap().problems["hook"].clone();
    assert!(problem.contains("status 500") && !problem.contains("/hook"), "{problem}");
    notifier.deliver().await.unwrap();
    assert_eq!(count(), 1, "5 seconds have not passed");
    desk.clock.advance(SignedDuration::from_secs(6));
    notifier.deliver().await.unwrap();
    assert_eq!(count(), 2);
    desk.wait(9);
    notifier.deliver().await.unwrap();
    assert_eq!(count(), 2, "the receiver wants ten minutes");
    desk.wait(2);
    assert_eq!(notifier.deliver().await.unwrap().sent["hook"], 1);
    let heard = heard.lock().unwrap().clone();
    let bodies: Vec<_> =
        heard.iter().map(|heard| (heard.header("webhook-id").to_owned(), heard.body.clone())).collect();
    assert!(bodies.windows(2).all(|two| two[0] == two[1]), "a try is told from another by nothing but its time");
    assert_ne!(heard[0].header("webhook-timestamp"), heard[2].header("webhook-timestamp"));
}

#[tokio::test]
async fn the_plan_ends_after_three_days_and_at_once_where_the_receiver_is_gone() {
    let (url, heard) = server(answers(&[BROKEN])).await;
    let desk = Desk::new(&url, HOOK);
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    for _ in 0..24 * 5 {
        notifier.deliver().await.unwrap();
        desk.wait(60);
    }
    assert_eq!(heard.lock().unwrap().len(), RETRIES.len() + 1);
    let state = |letters: &[KeptLetter]| letters[0].deliveries[0].state;
    assert_eq!(state(&notifier.outbox().letters(5).await.unwrap()), DeliveryState::Failed);
    let (url, heard) = server(answers(&[GONE])).await;
    let desk = Desk::new(&url, HOOK);
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    for _ in 0..5 {
        notifier.deliver().await.unwrap();
        desk.wait(60);
    }
    assert_eq!(heard.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (aim, aimed) = server(answers(&[OK])).await;
    let redirect = format!("HTTP/1.1 307 Go\r\nlocation: {aim}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let (url, heard) = server(vec![redirect]).await;
    for kind in [SLACK, HOOK] {
        let desk = Desk::new(&url, kind);
        let notifier = desk.start().await;
        notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
        let problems = notifier.deliver().await.unwrap().problems;
        assert!(problems.values().all(|problem| problem.contains("redirects are not followed")), "{problems:?}");
    }
    assert_eq!((heard.lock().unwrap().len(), aimed.lock().unwrap().len()), (2, 0));
}

#[tokio::test]
async fn this_machine_private_networks_and_metadata_are_refused() {
    let (url, heard) = server(answers(&[OK])).await;
    let port = url.rsplit(':').next().unwrap();
    let named = format!("https://localhost:{port}/");
    let private =
        ["https://10.0.0.5/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data", "https://[fd00::1]/"];
    for url in [url.as_str(), &named].into_iter().chain(private) {
        let mut desk = Desk::new(url, HOOK);
        desk.channels.reach = ChannelReach::Public;
        let notifier = desk.start().await;
        notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
        let problem = notifier.deliver().await.unwrap().problems["hook"].clone();
        assert!(problem.contains("the request was not sent"), "{url}: {problem}");
    }
    assert!(heard.lock().unwrap().is_empty());
    let desk = Desk::new("http://169.254.169.254/", HOOK);
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    assert!(notifier.deliver().await.unwrap().problems["hook"].contains("not sent"), "loopback alone is let through");
}

#[tokio::test]
async fn a_restart_sends_nothing_twice_and_loses_nothing() {
    let (url, heard) = server(answers(&[OK])).await;
    let desk = Desk::new(&url, SLACK);
    let count = || heard.lock().unwrap().len();
    // Kept, and the process ends before it sends.
    desk.start().await.keep(&about(), &news("high", "set-1")).await.unwrap();
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    assert_eq!((notifier.deliver().await.unwrap().sent["ops"], count()), (1, 1));
    for _ in 0..3 {
        let notifier = desk.start().await;
        notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
        desk.wait(60);
        assert_eq!(notifier.deliver().await.unwrap(), Delivered::default());
    }
    assert_eq!(count(), 1);
    // A look that tells one new thing beside what was told tells that alone.
    let notifier = desk.start().await;
    notifier.keep(&about(), &[news("high", "set-1"), news("high", "set-2")].concat()).await.unwrap();
    notifier.deliver().await.unwrap();
    let text = heard.lock().unwrap()[1].json()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("set-2") && !text.contains("set-1"), "{text}");
}

#[tokio::test]
async fn a_try_whose_end_nobody_knows_comes_again_and_says_so() {
    let (url, heard) = server(answers(&["", OK])).await;
    let desk = Desk::new(&url, SLACK);
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    assert!(notifier.deliver().await.unwrap().problems.contains_key("ops"));
    desk.wait(1);
    assert_eq!(desk.start().await.deliver().await.unwrap().sent["ops"], 1);
    let texts: Vec<_> =
        heard.lock().unwrap().iter().map(|heard| heard.json()["text"].as_str().unwrap().to_owned()).collect();
    assert!(!texts[0].contains("second time") && texts[1].contains("second time"), "{texts:?}");
}

#[tokio::test]
async fn what_is_on_its_way_in_one_process_is_left_alone_by_another() {
    let (url, heard) = server(answers(&[OK])).await;
    let desk = Desk::new(&url, SLACK);
    let (first, second) = (desk.start().await, desk.start().await);
    first.keep(&about(), &news("high", "set-1")).await.unwrap();
    let due = first.outbox().due("ops", desk.clock.now()).await.unwrap();
    assert!(first.outbox().claim(&due[0], desk.clock.now()).await.unwrap());
    assert!(!second.outbox().claim(&due[0], desk.clock.now()).await.unwrap());
    assert_eq!(second.deliver().await.unwrap(), Delivered::default());
    // The first process ends before it has sent: after two minutes the second takes over.
    desk.wait(3);
    assert_eq!(second.deliver().await.unwrap().sent["ops"], 1);
    assert_eq!(heard.lock().unwrap().len(), 1);
}

const ESCALATION: &str = "[[channel]]\nname = \"boss\"\nkind = \"webhook\"\nurl_env = \"URL\"\nsecret_env = \"SECRET\"\n\
                          least = \"high\"\nescalate_after = \"15m\"\nlanguage = \"pt-BR\"\n";

#[tokio::test]
async fn what_nobody_acknowledges_in_time_goes_to_the_next_channel() {
    let (url, heard) = server(answers(&[OK])).await;
    let desk = Desk::new(&url, &format!("{SLACK}{ESCALATION}"));
    let notifier = desk.start().await;
    let look = [news("high", "set-1"), news("info", "set-2")].concat();
    notifier.keep(&about(), &look).await.unwrap();
    assert_eq!(notifier.deliver().await.unwrap().sent, [("ops".to_owned(), 2)].into());
    desk.wait(14);
    assert_eq!(notifier.deliver().await.unwrap(), Delivered::default());
    desk.wait(2);
    assert_eq!(desk.start().await.deliver().await.unwrap().sent, [("boss".to_owned(), 1)].into());
    let last = heard.lock().unwrap().last().unwrap().json();
    assert_eq!(
        (last["data"]["unacknowledged_seconds"].as_i64(), last["data"]["language"].as_str()),
        (Some(900), Some("pt-BR"))
    );
}

#[tokio::test]
async fn what_is_acknowledged_or_over_is_not_escalated() {
    let (url, heard) = server(answers(&[OK])).await;
    let desk = Desk::new(&url, &format!("{SLACK}{ESCALATION}"));
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    notifier.keep(&about(), &news("critical", "set-2")).await.unwrap();
    let letters = notifier.outbox().letters(5).await.unwrap();
    let high = letters.iter().find(|kept| kept.letter.severity == Severity::High).unwrap().letter.id.clone();
    let noted = notifier.outbox().acknowledge(&high, ("Ana", desk.clock.now())).await.unwrap();
    assert_eq!(noted.acknowledged.as_ref().unwrap().by, "Ana");
    let again = notifier.outbox().acknowledge(&high, ("Rui", desk.clock.now())).await.unwrap();
    assert_eq!(again.acknowledged, noted.acknowledged, "who was first stays");
    let mut over = news("critical", "set-2");
    over[0].kind = crate::alert::rules::NotificationKind::Closed;
    over[0].key.push_str("/closed");
    notifier.keep(&about(), &over).await.unwrap();
    desk.wait(60);
    let sent = notifier.deliver().await.unwrap().sent;
    assert_eq!(sent, [("ops".to_owned(), 3)].into());
    assert_eq!(heard.lock().unwrap().len(), 3);
    let error = notifier.outbox().acknowledge("msg_none", ("Ana", desk.clock.now())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_a_person_has_silenced_is_not_escalated() {
    let (url, heard) = server(answers(&[OK])).await;
    let desk = Desk::new(&url, &format!("{SLACK}{ESCALATION}"));
    let notifier = desk.start().await;
    notifier.keep(&about(), &[news("high", "set-1"), news("critical", "set-2")].concat()).await.unwrap();
    desk.wait(60);
    let sent = notifier.deliver_but(&|letter| letter.severity == Severity::High).await.unwrap().sent;
    assert_eq!(sent, [("boss".to_owned(), 1), ("ops".to_owned(), 2)].into(), "what is told first is not held back");
    assert_eq!(heard.lock().unwrap().len(), 3);
    assert_eq!(notifier.deliver().await.unwrap(), Delivered::default(), "nor later");
}

#[tokio::test]
async fn a_channel_that_fails_does_not_hold_up_the_others_and_a_log_is_a_file() {
    let (url, _) = server(answers(&[BROKEN])).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alerts.jsonl");
    let log = format!("[[channel]]\nname = \"log\"\nkind = \"log\"\nfile = {:?}\n", file.display().to_string());
    let desk = Desk::new(&url, &format!("{SLACK}{log}"));
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    let delivered = notifier.deliver().await.unwrap();
    assert_eq!((delivered.sent.len(), delivered.problems.len()), (1, 1));
    let line = std::fs::read_to_string(&file).unwrap();
    assert_eq!(serde_json::from_str::<Letter>(&line).unwrap().items[0].objects, ["set-1"]);
}

#[test]
fn settings_that_cannot_be_used_name_the_channel_and_the_field_and_show_no_secret() {
    let head = "version = 1\n[[channel]]\nname = \"ops\"\n";
    for (text, field) in [
        ("version = 2\n".to_owned(), "version"),
        (format!("{head}kind = \"pigeon\"\n"), "channel.ops.kind"),
        (format!("{head}kind = \"slack\"\n"), "channel.ops.url_env"),
        (format!("{head}kind = \"slack\"\nurl = \"https://hooks.slack.com/canary\"\n"), "channel.ops.url"),
        (format!("{head}kind = \"slack\"\nurl_env = \"https://hooks.slack.com/canary\"\n"), "channel.ops.url_env"),
        (format!("{head}kind = \"webhook\"\nurl = \"https://x\"\nsecret = \"whsec_canary\"\n"), "channel.ops.secret"),
        (format!("{head}kind = \"webhook\"\nurl = \"https://x\"\n"), "channel.ops.secret_env"),
        (format!("{head}kind = \"webhook\"\nsecret_env = \"S\"\n"), "channel.ops.url"),
        (format!("{head}kind = \"log\"\nescalate_after = \"soon\"\n"), "channel.ops.escalate_after"),
        (format!("{head}kind = \"log\"\nescalate_after = \"5m\"\n"), "channel.escalate_after"),
        (format!("{head}kind = \"log\"\n[[channel]]\nname = \"ops\"\nkind = \"log\"\n"), "channel.name"),
    ] {
        let error = Channels::from_text(&text).unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some(field)), "{text}");
        assert!(error.next_step().is_some() && !format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn a_variable_that_is_missing_or_holds_no_secret_is_named_and_its_value_is_not_shown() {
    let channels = Channels::from_text(&format!("version = 1\n{HOOK}")).unwrap();
    for (secret, said) in [(None, "SECRET is not set"), (Some("whsec_canary"), "is no secret of a webhook")] {
        let variable = |name: &str| match name {
            "URL" => Some("https://example.com/canary".to_owned()),
            _ => secret.map(str::to_owned),
        };
        let error = Notifier::check(&channels, &variable).unwrap_err();
        let shown = format!("{error:?}");
        assert!(shown.contains(said) && !shown.contains("canary"), "{shown}");
    }
}
