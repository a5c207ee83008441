//! Mail against a real server on this machine, over real sockets, with and without TLS.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::*;
use crate::http::{Reach, Secret};

/// What a server heard in one connection.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Heard {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) data: String,
    pub(crate) auth: String,
    pub(crate) is_encrypted: bool,
}

/// How a server behaves.
#[derive(Clone, Default)]
pub(crate) struct Script {
    /// What it answers instead of yes, by command or receiver: `DATA`, `ana@example.com`; an empty text closes the connection.
    pub(crate) answers: BTreeMap<String, String>,
    /// TLS from the first byte.
    pub(crate) is_implicit: bool,
    /// Whether it offers STARTTLS.
    pub(crate) offers_tls: bool,
}

impl Script {
    pub(crate) fn answering(what: &str, answer: &str) -> Self {
        Self { answers: [(what.to_owned(), answer.to_owned())].into(), ..Self::default() }
    }
}

/// A server of mail on this machine; the file holds the certificate of its authority.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) heard: Arc<Mutex<Vec<Heard>>>,
    pub(crate) script: Arc<Mutex<Script>>,
    pub(crate) certificate: tempfile::NamedTempFile,
}

impl Server {
    pub(crate) async fn start(script: Script) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let mut certificate = tempfile::NamedTempFile::new().unwrap();
        certificate.write_all(made.cert.pem().as_bytes()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let (tls, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind(("localhost", 0)).await.unwrap());
        let port = listener.local_addr().unwrap().port();
        let (heard, script) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(script)));
        let (kept, told) = (heard.clone(), script.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let script = told.lock().unwrap().clone();
                let mut seen = Heard::default();
                // A client that goes away is no matter of the server.
                let _ = if script.is_implicit {
                    seen.is_encrypted = true;
                    match tls.accept(stream).await {
                        Ok(stream) => talk(stream, &script, &mut seen, true).await.map(drop),
                        Err(error) => Err(error),
                    }
                } else {
                    plain(stream, (&script, &tls), &mut seen).await
                };
                kept.lock().unwrap().push(seen);
            }
        });
        Self { port, heard, script, certificate }
    }

    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://localhost:{}", self.port)
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    fn client(&self, scheme: &str) -> MailServer {
        let server = MailServer::new(&self.url(scheme), "url", Reach::Loopback).unwrap();
        server.with_authority(Some(&self.certificate.path().to_owned()), "certificate").unwrap()
    }
}

async fn plain(
    stream: tokio::net::TcpStream,
    (script, tls): (&Script, &TlsAcceptor),
    seen: &mut Heard,
) -> std::io::Result<()> {
    let Some(stream) = talk(stream, script, seen, true).await? else { return Ok(()) };
    seen.is_encrypted = true;
    talk(tls.accept(stream).await?, script, seen, false).await.map(drop)
}

/// Talks until the client goes, or wants TLS: the stream is given back then.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    script: &Script,
    seen: &mut Heard,
    greets: bool,
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.write_all(b"220 test\r\n").await?;
    }
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let words = line.trim_end().to_owned();
        let (verb, rest) = words.split_once([' ', ':']).unwrap_or((&words, ""));
        let address = rest.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let usual = match verb {
            "EHLO" if script.offers_tls && !seen.is_encrypted => "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN",
            "EHLO" => "250-test\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => "235 yes",
            "DATA" => "354 go on",
            "STARTTLS" => "220 go on",
            "QUIT" => "221 bye",
            _ => "250 yes",
        };
        let given = script.answers.get(if verb == "RCPT" { address.as_str() } else { verb });
        let answer = given.map_or(usual, String::as_str);
        match verb {
            "AUTH" => rest.clone_into(&mut seen.auth),
            "MAIL" => address.clone_into(&mut seen.from),
            "RCPT" if answer.starts_with('2') => seen.to.push(address),
            _ => {}
        }
        if answer.is_empty() {
            return Ok(None);
        }
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        stream.flush().await?;
        match verb {
            "STARTTLS" if answer.starts_with('2') => return Ok(Some(stream.into_inner())),
            "DATA" if answer.starts_with('3') => {
                while !seen.data.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut seen.data).await? == 0 {
                        return Ok(None);
                    }
                }
                let answer = script.answers.get("END").map_or("250 taken", String::as_str);
                if answer.is_empty() {
                    return Ok(None);
                }
                stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
                stream.flush().await?;
            }
            "QUIT" => return Ok(None),
            _ => {}
        }
    }
}

fn mail() -> Mail {
    Mail {
        from: "adbrain <adbrain@example.com>".into(),
        to: vec!["Ana <ana@example.com>".into(), "rui@example.com".into()],
        id: "msg_1@example.com".into(),
        thread: "run.1@example.com".into(),
        at: "2026-12-01T12:00:00Z".parse().unwrap(),
        subject: "Relatório: ação".into(),
        language: "pt-BR".into(),
        text: "Preço alto: R$ 1,00".into(),
        html: "<p>Preço alto</p>".into(),
        attachments: vec![Attachment {
            name: "relatório.csv".into(),
            media_type: "text/csv".into(),
            bytes: vec![1, 2],
        }],
    }
}

#[tokio::test]
async fn a_mail_goes_over_starttls_and_over_tls_with_name_and_password() {
    for (scheme, is_implicit) in [("smtp", false), ("smtps", true)] {
        let server = Server::start(Script { is_implicit, offers_tls: true, ..Script::default() }).await;
        let known = Credentials { user: Secret::new("me"), password: Secret::new("canary") };
        let client = server.client(scheme).with_credentials(Some(known));
        assert!(send(&client, &mail()).await.unwrap().is_empty(), "{scheme}");
        let heard = server.heard();
        assert_eq!((heard.len(), heard[0].is_encrypted), (1, true), "{scheme}");
        assert_eq!(heard[0].auth, "PLAIN AG1lAGNhbmFyeQ==", "{scheme}");
        assert_eq!((heard[0].from.as_str(), heard[0].to.len()), ("adbrain@example.com", 2));
        for sign in
            ["Message-ID: <msg_1@example.com>", "References: <run.1@example.com>", "Auto-Submitted: auto-generated"]
        {
            assert!(heard[0].data.contains(sign), "{sign}: {}", heard[0].data);
        }
        assert!(heard[0].data.is_ascii(), "every server takes it");
    }
}

#[test]
fn the_same_mail_gives_the_same_bytes() {
    assert_eq!(mail().for_wire().unwrap().2, mail().for_wire().unwrap().2);
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_and_a_server_without_tls_get_nothing() {
    let server = Server::start(Script { is_implicit: true, ..Script::default() }).await;
    let stranger = MailServer::new(&server.url("smtps"), "url", Reach::Loopback).unwrap();
    let error = send(&stranger, &mail()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let server = Server::start(Script::default()).await;
    let known = Credentials { user: Secret::new("me"), password: Secret::new("canary") };
    let error = send(&server.client("smtp").with_credentials(Some(known)), &mail()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(server.heard().iter().all(|heard| heard.auth.is_empty() && heard.data.is_empty()));
}

#[tokio::test]
async fn answers_are_told_apart() {
    for (what, answer, kind, is_final) in [
        ("MAIL", "451 later", ErrorKind::Unavailable, false),
        ("MAIL", "550 no", ErrorKind::InvalidInput, true),
        ("DATA", "554 no", ErrorKind::InvalidInput, true),
        ("END", "452 full", ErrorKind::Unavailable, false),
        ("END", "554 spam", ErrorKind::InvalidInput, true),
        ("END", "", ErrorKind::OutcomeUnknown, false),
        ("MAIL", "", ErrorKind::Unavailable, false),
        ("AUTH", "535 canary is wrong", ErrorKind::Unauthorized, false),
    ] {
        let server = Server::start(Script::answering(what, answer)).await;
        let known = Credentials { user: Secret::new("me"), password: Secret::new("canary") };
        let client = server.client("smtp+plain").with_credentials(Some(known));
        let error = send(&client, &mail()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.context_of("is_final").is_some()),
            (kind, is_final),
            "{what} {answer}: {error}"
        );
        assert!(error.next_step().is_some() && !format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_refused_does_not_keep_the_mail_from_the_others() {
    let server = Server::start(Script::answering("rui@example.com", "550 gone")).await;
    assert_eq!(send(&server.client("smtp+plain"), &mail()).await.unwrap(), ["rui@example.com"]);
    assert_eq!(server.heard()[0].to, ["ana@example.com"]);
}

#[tokio::test]
async fn addresses_that_may_not_be_reached_get_nothing() {
    let server = Server::start(Script { is_implicit: true, ..Script::default() }).await;
    for url in [server.url("smtps"), "smtps://10.0.0.5".into(), "smtps://169.254.169.254".into()] {
        let error = send(&MailServer::new(&url, "url", Reach::Public).unwrap(), &mail()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{url}: {error}");
    }
    let metadata = MailServer::new("smtps://169.254.169.254", "url", Reach::Private).unwrap();
    assert_eq!(send(&metadata, &mail()).await.unwrap_err().kind(), ErrorKind::Refused);
    assert!(server.heard().is_empty());
}

#[test]
fn addresses_of_servers_are_read_strictly_and_not_shown() {
    for url in [
        "mail.example.com",
        "https://canary",
        "smtp://me:canary@host",
        "smtp://canary/path",
        "smtp+plain://canary",
        "smtp://",
    ] {
        let error = MailServer::new(url, "channel.team.url", Reach::Public).unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some("channel.team.url")));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let server = MailServer::new("smtp://mail.example.com", "url", Reach::Public).unwrap();
    assert_eq!((server.name().as_str(), server.security), ("mail.example.com:587", Security::StartTls));
}
