//! E-mail against a real mail server on this machine.

use super::*;
use crate::http::smtp::tests::{Script, Server};

const EMAIL: &str = "[[channel]]\nname = \"team\"\nkind = \"email\"\nurl_env = \"URL\"\nfrom = \"adbrain <adbrain@example.com>\"\n\
                     to = [\"ana@example.com\"]\n";

async fn desk(script: Script, channels: &str) -> (Server, Desk) {
    let server = Server::start(script).await;
    let desk = Desk::new(&server.url("smtp+plain"), channels);
    (server, desk)
}

/// The header of a mail, unfolded.
fn header(data: &str, name: &str) -> String {
    let unfolded = data.replace("\r\n ", " ");
    let line = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {data}")).to_owned()
}

/// The parts of a mail in quoted-printable, as they are read.
fn read(data: &str) -> String {
    let joined = data.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let [first, others @ ..] = rest {
        let code = (*first == b'=').then(|| others.get(..2)).flatten().and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &others[2..]),
            None => (bytes.push(*first), rest = others),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_letter_is_a_text_and_a_page_in_the_language_of_its_channel() {
    for (language, subject, note) in [
        ("pt-BR", "Alertas da execu", "Tomar nota: adbrain alerts ack"),
        ("en", "Alerts of run summer", "Take note of it"),
    ] {
        let (server, desk) = desk(Script::default(), &format!("{EMAIL}language = \"{language}\"\n")).await;
        let notifier = desk.start().await;
        notifier.keep(&about(), &news("critical", "<img src=x>")).await.unwrap();
        assert_eq!(notifier.deliver().await.unwrap().sent["team"], 1);
        let heard = server.heard();
        assert_eq!(
            (heard[0].from.as_str(), &heard[0].to[..]),
            ("adbrain@example.com", &["ana@example.com".to_owned()][..])
        );
        let data = read(&heard[0].data);
        for sign in
            ["multipart/alternative", "text/plain", "text/html", "dear: <img src=x>", "dear: &lt;img src=x&gt;", note]
        {
            assert!(data.contains(sign), "{sign} in {data}");
        }
        assert_eq!(header(&data, "Content-Language"), language);
        let told = header(&heard[0].data, "Subject");
        assert!(told.starts_with(subject) || told.contains("=?utf-8?"), "{told}");
    }
}

#[tokio::test]
async fn a_second_try_is_the_same_mail_and_4xx_is_tried_again() {
    let (server, desk) = desk(Script::answering("END", "451 later"), EMAIL).await;
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    let problem = notifier.deliver().await.unwrap().problems["team"].clone();
    assert!(problem.contains("answered 451"), "{problem}");
    *server.script.lock().unwrap() = Script::answering("END", "");
    desk.wait(1);
    assert!(notifier.deliver().await.unwrap().problems.contains_key("team"));
    *server.script.lock().unwrap() = Script::default();
    desk.wait(6);
    assert_eq!(desk.start().await.deliver().await.unwrap().sent["team"], 1);
    let heard = server.heard();
    let ids: Vec<_> = heard.iter().map(|heard| header(&heard.data, "Message-ID")).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let again: Vec<_> = heard.iter().map(|heard| read(&heard.data).contains("second time")).collect();
    assert_eq!(again, [false, false, true], "after an answer that was lost it may be the second");
}

#[tokio::test]
async fn a_letter_that_is_refused_for_good_is_not_sent_again_and_the_next_one_is() {
    let (server, desk) = desk(Script::answering("END", "554 spam"), EMAIL).await;
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    notifier.deliver().await.unwrap();
    let kept = notifier.outbox().letters(1).await.unwrap();
    assert_eq!(kept[0].deliveries[0].state, DeliveryState::Failed);
    *server.script.lock().unwrap() = Script::default();
    desk.wait(600);
    assert_eq!(notifier.deliver().await.unwrap(), Delivered::default());
    notifier.keep(&about(), &news("high", "set-2")).await.unwrap();
    assert_eq!(notifier.deliver().await.unwrap().sent["team"], 1);
}

#[tokio::test]
async fn a_password_that_is_wrong_is_mended_and_the_letter_goes_then() {
    let login = "user_env = \"SECRET\"\nsecret_env = \"SECRET\"\n";
    let (server, desk) = desk(Script::answering("AUTH", "535 no"), &format!("{EMAIL}{login}")).await;
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    let problem = notifier.deliver().await.unwrap().problems["team"].clone();
    assert!(problem.contains("535") && !problem.contains(SECRET), "{problem}");
    *server.script.lock().unwrap() = Script::default();
    desk.wait(1);
    assert_eq!(notifier.deliver().await.unwrap().sent["team"], 1);
}

#[tokio::test]
async fn nobody_acknowledges_and_the_boss_gets_a_mail_of_its_own() {
    let boss = EMAIL.replace("team", "boss").replace("ana@", "boss@");
    let channels = format!("{EMAIL}{boss}escalate_after = \"15m\"\nlanguage = \"en\"\n");
    let (server, desk) = desk(Script::default(), &channels).await;
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    assert_eq!(notifier.deliver().await.unwrap().sent, [("team".to_owned(), 1)].into());
    desk.wait(16);
    assert_eq!(notifier.deliver().await.unwrap().sent, [("boss".to_owned(), 1)].into());
    let heard = server.heard();
    assert!(read(&heard[1].data).contains("Nobody has taken note of this for 15m"));
    assert_ne!(header(&heard[0].data, "Message-ID"), header(&heard[1].data, "Message-ID"));
    assert_eq!(header(&heard[0].data, "References"), header(&heard[1].data, "References"), "one thread for a run");
}

#[tokio::test]
async fn an_address_of_this_machine_is_refused_where_only_public_ones_are_reached() {
    let server = Server::start(Script { is_implicit: true, ..Script::default() }).await;
    let mut desk = Desk::new(&server.url("smtps"), EMAIL);
    desk.channels.reach = ChannelReach::Public;
    let notifier = desk.start().await;
    notifier.keep(&about(), &news("high", "set-1")).await.unwrap();
    let problem = notifier.deliver().await.unwrap().problems["team"].clone();
    assert!(problem.contains("not sent") && server.heard().is_empty(), "{problem}");
}

#[test]
fn settings_of_mails_that_cannot_be_used_name_the_field() {
    let head = "version = 1\n[[channel]]\nname = \"team\"\nkind = \"email\"\nurl = \"smtps://mail.example.com\"\n";
    let from = "from = \"adbrain@example.com\"\n";
    for (text, field) in [
        (head.to_owned(), "channel.team.from"),
        (format!("{head}from = \"nobody\"\n"), "channel.team.from"),
        (format!("{head}{from}"), "channel.team.to"),
        (format!("{head}{from}to = [\"ana@example.com\\r\\nBcc: x@example.com\"]\n"), "channel.team.to"),
        (format!("{head}{from}to = [\"ana@example.com\"]\nuser_env = \"U\"\n"), "channel.team.user_env"),
        (format!("{head}{from}to = [\"ana@example.com\"]\nfile = \"x\"\n"), "channel.team.file"),
    ] {
        let error = Channels::from_text(&text).unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some(field)), "{text}");
        assert!(error.next_step().is_some());
    }
}
