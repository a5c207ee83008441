//! What a collector gets, over a real socket.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

use super::*;
use crate::brain::{Brain, RunRequest, Watch};
use crate::control::Mode;
use crate::http::{Client, ClientOptions, Reach, Request, Retry, Secrecy, Secret};
use crate::model::{Brief, RunId};

const CANARY: &str = "canary0123456789";

/// The head and the body of the next request of a connection; none once it ends.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// A collector on this machine: its address, and what it gets with the head of each request.
fn collector() -> (String, Receiver<(String, ExportTraceServiceRequest)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let (taken, given) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while let Some((head, body)) = request(&mut reader) {
                let decoded = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
                drop(taken.send((head, decoded)));
                let kind = "Content-Type: application/x-protobuf\r\nContent-Length: 0";
                stream.write_all(format!("HTTP/1.1 200 OK\r\n{kind}\r\n\r\n").as_bytes()).unwrap();
            }
        }
    });
    (address, given)
}

fn texts(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |pair: &KeyValue| match pair.value.clone().and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        other => format!("{other:?}"),
    };
    attributes.iter().map(|pair| (pair.key.clone(), text(pair))).collect()
}

/// Everything that a collector got, and the names of the services.
fn spans(given: &Receiver<(String, ExportTraceServiceRequest)>) -> (Vec<Span>, Vec<String>) {
    let (mut spans, mut services) = (Vec::new(), Vec::new());
    for (head, request) in given.try_iter() {
        assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
        assert!(head.to_lowercase().contains("content-type: application/x-protobuf"), "{head}");
        for group in request.resource_spans {
            services.push(texts(&group.resource.unwrap().attributes)["service.name"].clone());
            spans.extend(group.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    (spans, services)
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<(&'a Span, BTreeMap<String, String>)> {
    spans.iter().filter(|span| span.name == name).map(|span| (span, texts(&span.attributes))).collect()
}

#[test]
fn a_run_arrives_with_its_steps_platforms_and_journal() {
    let (address, given) = collector();
    let telemetry = Telemetry::to(&address).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = async {
        let folder = tempfile::tempdir().unwrap();
        let brain = Brain::builder().local(&folder.path().join("brain.db")).build().await.unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("example");
        let brief = Brief::from_json(&std::fs::read(example.join("brief.json")).unwrap()).unwrap();
        let (run, mode) = (Some(RunId::new("summer")), Mode::Sandbox);
        let request = RunRequest { folder: example, days: Some(1), mode, run, ..RunRequest::new(brief) };
        brain.run(request, Watch::default()).await.unwrap();
    };
    let listener = Registry::default().with(telemetry.layer());
    tracing::subscriber::with_default(listener, || runtime.block_on(run));
    telemetry.close().unwrap();
    let (spans, services) = spans(&given);
    assert!(services.iter().all(|service| service == "adbrain"), "{services:?}");
    let launch = named(&spans, "step launch");
    assert_eq!((launch.len(), launch[0].1["name"].as_str()), (1, "launch"));
    let creates = named(&spans, "meta create");
    let (create, about) = &creates[0];
    assert_eq!((about["run"].as_str(), about["platform"].as_str()), ("summer", "meta"));
    assert!(about["account"].contains("meta") && about["target"].starts_with("ab"), "{about:?}");
    let ancestors: Vec<_> = std::iter::successors(Some(*create), |span| {
        spans.iter().find(|above| above.span_id == span.parent_span_id && above.trace_id == span.trace_id)
    })
    .map(|span| span.name.as_str())
    .collect();
    assert!(ancestors.contains(&"step launch") && ancestors.last() == Some(&"run"), "{ancestors:?}");
    let confirmed = named(&spans, "journal confirmed");
    assert!(confirmed.iter().all(|(_, about)| about["run"] == "summer" && about["entry"].len() == 16));
    assert!(confirmed.len() >= creates.len());
    assert!(spans.iter().all(|span| span.end_time_unix_nano >= span.start_time_unix_nano && span.events.is_empty()));
}

#[test]
fn an_exchange_arrives_without_any_secret_of_it() {
    let (address, given) = collector();
    let telemetry = Telemetry::to(&address).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        request(&mut BufReader::new(stream.try_clone().unwrap())).unwrap();
        let body = format!("{{\"error\": \"{CANARY}\"}}");
        let answer = format!("HTTP/1.1 401 No\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let exchange = async {
        let options = ClientOptions { reach: Reach::Loopback, retry: Retry::NONE, ..ClientOptions::default() };
        let client = Client::new(options).unwrap();
        let url = format!("http://{place}/v26/act_123/campaigns?access_token={CANARY}");
        let request = Request::post(url).bearer(&Secret::new(CANARY)).body(CANARY.as_bytes(), "text/plain");
        let hidden = Request::get(format!("http://{place}/{CANARY}")).secrecy(Secrecy::Sensitive);
        (client.send(&request).await.unwrap_err(), client.send(&hidden).await.unwrap_err())
    };
    let listener = Registry::default().with(telemetry.layer());
    tracing::subscriber::with_default(listener, || runtime.block_on(exchange));
    telemetry.close().unwrap();
    let (spans, _) = spans(&given);
    assert_eq!(spans.len(), 2, "{spans:?}");
    let (span, about) = named(&spans, "Post /campaigns").pop().unwrap();
    assert_eq!((about["http.request.method"].as_str(), about["server.address"].as_str()), ("POST", "127.0.0.1"));
    assert_eq!((about["error.type"].as_str(), span.status.as_ref().unwrap().code), ("unauthorized", 2));
    assert!(!format!("{spans:?}").contains(CANARY), "{spans:?}");
}

#[test]
fn a_collector_that_is_not_there_is_named_when_it_ends() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let telemetry = Telemetry::to(&format!("http://{closed}/v1/traces")).unwrap();
    let listener = Registry::default().with(telemetry.layer());
    tracing::subscriber::with_default(listener, || drop(tracing::info_span!("run", run = "summer").entered()));
    let error = telemetry.close().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.next_step().unwrap().contains("OTEL_EXPORTER_OTLP_ENDPOINT"));
    assert_eq!(Telemetry::to("no address").unwrap_err().kind(), ErrorKind::InvalidInput);
}
