//! `doctor`: what a person needs before real money is spent, each with the next step. It reads, and writes nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::args::Doctor;
use super::{audit, connect, database, files};
use crate::VERSION;
use crate::alert::notify::{Channels, Notifier};
use crate::brain::Glance;
use crate::control::verify;
use crate::error::{Error, ErrorKind, Result};
use crate::media::FilmProgram;
use crate::model::message::Argument;
use crate::model::{Language, Message, RunId};
use crate::report::switch_text;
use crate::store::{Database, migrations};

/// How long the program for films may take to say its version.
const FILM_TIME: Duration = Duration::from_secs(10);
/// What stands where there is nothing to name.
const NONE: &str = "–";
/// The most runs that are named.
const MOST_RUNS: usize = 5;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    /// Nothing is broken; a person should know.
    Warning,
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug)]
struct Check {
    name: &'static str,
    state: State,
    found: Message,
    next: Option<Message>,
}

/// A check as programs read it.
#[derive(Serialize)]
struct Line {
    check: &'static str,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Looks at everything, prints it, and fails where something is wrong.
pub(super) async fn run(args: Doctor) -> Result<()> {
    let language = args.answer.lang.into();
    let mut checks = vec![Check::ok("version", Message::new("cli-doctor-version").with("version", VERSION))];
    checks.extend(store(&args.store.db, language).await);
    if let Some(file) = &args.accounts {
        checks.extend(accounts(file).await);
    }
    if let Some(file) = &args.channels {
        checks.extend(channels(file));
    }
    checks.push(films().await);
    let lines: Vec<_> = checks.iter().map(|check| check.line(language)).collect();
    let text = checks.iter().map(|check| check.text(language)).collect::<Vec<_>>().join("\n");
    super::tell(args.answer.json.as_deref(), &lines, &text)?;
    match checks.iter().filter(|check| check.state == State::Wrong).count() {
        0 => Ok(()),
        wrong => Err(Error::new(ErrorKind::Unavailable, format!("{wrong} of {} checks are wrong", checks.len()))
            .next("do what stands below each of them, then run the doctor again")),
    }
}

impl Check {
    fn ok(name: &'static str, found: Message) -> Self {
        Self { name, state: State::Ok, found, next: None }
    }

    fn warning(name: &'static str, found: Message, next: Message) -> Self {
        Self { name, state: State::Warning, found, next: Some(next) }
    }

    fn wrong(name: &'static str, found: Message, next: Message) -> Self {
        Self { name, state: State::Wrong, found, next: Some(next) }
    }

    /// What an error says, with its own next step.
    fn failed(name: &'static str, error: &Error) -> Self {
        let found = Message::new("cli-doctor-found").with("what", without_next(error));
        let next = error.next_step().map(|step| Message::new("cli-doctor-found").with("what", step));
        Self { name, state: State::Wrong, found, next }
    }

    fn line(&self, language: Language) -> Line {
        let next = self.next.as_ref().map(|next| next.text(language));
        Line { check: self.name, state: self.state, found: self.found.text(language), next }
    }

    fn text(&self, language: Language) -> String {
        let state = match self.state {
            State::Ok => "cli-doctor-ok",
            State::Warning => "cli-doctor-warning",
            State::Wrong => "cli-doctor-wrong",
        };
        let head = format!("{}: {}", Message::new(state).text(language), self.found.text(language));
        let next = self.next.as_ref().map(|next| format!("\n    -> {}", next.text(language)));
        head + &next.unwrap_or_default()
    }
}

/// The text of an error, whose next step stands on a line of its own here.
fn without_next(error: &Error) -> String {
    let text = error.to_string();
    let next = error.next_step().map(|next| format!("; {next}")).unwrap_or_default();
    text.strip_suffix(&next).unwrap_or(&text).to_owned()
}

/// The database: its tables, whether it can be written, and what its journal says.
async fn store(db: &Path, language: Language) -> Vec<Check> {
    let database = match database::look(db).await {
        Ok(database) => database,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let found = Message::new("cli-doctor-no-database").with("db", shown(db));
            return vec![Check::warning("database", found, Message::new("cli-doctor-no-database-next"))];
        }
        Err(error) => return vec![Check::failed("database", &error)],
    };
    let version = match migrations::version(&*database).await {
        Ok(version) => version,
        Err(error) => return vec![Check::failed("database", &error)],
    };
    let mut checks = vec![tables(db, version)];
    if version > 0 {
        checks.push(kept(db, &*database).await);
    }
    if checks.iter().all(|check| check.state != State::Wrong) {
        checks.push(writable(&*database).await);
    }
    if version == migrations::newest() {
        checks.extend(journal(database, (db, language)).await);
    }
    checks
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Tables of this release, of an older one, of a newer one, or of another program.
fn tables(db: &Path, version: i64) -> Check {
    let newest = migrations::newest();
    let say = |key: &str| Message::new(key).with("db", shown(db)).with("version", version).with("newest", newest);
    match version {
        0 => Check::wrong("database", say("cli-doctor-no-tables"), say("cli-doctor-no-tables-next")),
        older if older < newest => {
            Check::warning("database", say("cli-doctor-old-tables"), say("cli-doctor-old-tables-next"))
        }
        newer if newer > newest => {
            Check::wrong("database", say("cli-doctor-new-tables"), say("cli-doctor-new-tables-next"))
        }
        _ => Check::ok("database", say("cli-doctor-database")),
    }
}

/// How a database of ours is kept: a file in WAL mode, so that reads and writes do not wait for each other; a server sees to that itself.
async fn kept(db: &Path, database: &dyn Database) -> Check {
    let mode = match database::store_at(db) {
        Ok(place) => place.mode(database).await,
        Err(error) => Err(error),
    };
    match mode {
        Ok(None) => Check::ok("kept", Message::new("cli-doctor-kept-by-server")),
        Ok(Some(mode)) if mode.eq_ignore_ascii_case("wal") => Check::ok("kept", Message::new("cli-doctor-kept-wal")),
        Ok(Some(mode)) => {
            let say = |key: &str| Message::new(key).with("db", shown(db)).with("mode", mode.as_str());
            Check::warning("kept", say("cli-doctor-kept-other"), say("cli-doctor-kept-other-next"))
        }
        Err(error) => Check::failed("kept", &error),
    }
}

/// A transaction with nothing in it takes the right to write, and leaves everything as it is.
async fn writable(database: &dyn Database) -> Check {
    match database.write(Vec::new()).await {
        Ok(_) => Check::ok("writable", Message::new("cli-doctor-writable")),
        Err(error) => Check::failed("writable", &error),
    }
}

/// The journal as `audit verify` walks it; where it is whole, the kill switch and what waits for a person.
async fn journal(database: Arc<dyn Database>, (db, language): (&Path, Language)) -> Vec<Check> {
    let walked = match verify(&*database).await {
        Ok(found) => audit::told(&found).map(|_| found),
        Err(error) => Err(error),
    };
    let found = match walked {
        Ok(found) => found,
        Err(error) => return vec![Check::failed("journal", &error)],
    };
    let entries = i64::try_from(found.entries).unwrap_or(i64::MAX);
    let whole = Message::new("cli-journal").with("entries", entries).with("head", found.head.as_str());
    let mut checks = vec![Check::ok("journal", whole)];
    match Glance::of(database, &database::place(db)).await {
        Ok(glance) => checks.extend([switch(&glance, language), waiting(&glance)]),
        Err(error) => checks.push(Check::failed("kill_switch", &error)),
    }
    checks
}

fn switch(glance: &Glance, language: Language) -> Check {
    let found = Message::new("cli-doctor-found").with("what", switch_text(&glance.switch, language));
    if glance.switch.is_on {
        Check::warning("kill_switch", found, Message::new("cli-doctor-switch-next"))
    } else {
        Check::ok("kill_switch", found)
    }
}

fn waiting(glance: &Glance) -> Check {
    let Some((run, _)) = glance.waiting.first_key_value() else {
        return Check::ok("waiting", Message::new("cli-doctor-nobody-waits"));
    };
    let line = |(run, steps): (&RunId, &usize)| {
        Message::new("cli-doctor-waiting-run").with("run", run.as_str()).with("steps", whole(*steps))
    };
    let found = Message::new("cli-doctor-waiting")
        .with("count", whole(glance.waiting.len()))
        .with("runs", Argument::List(glance.waiting.iter().take(MOST_RUNS).map(line).collect()));
    Check::warning("waiting", found, Message::new("cli-doctor-waiting-next").with("run", run.as_str()))
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The file of accounts; each account is opened and read.
async fn accounts(file: &Path) -> Vec<Check> {
    let (known, folder) = match connect::accounts(file).and_then(|known| Ok((known, temporary()?))) {
        Ok(both) => both,
        Err(error) => return vec![Check::failed("accounts", &error)],
    };
    let count = Message::new("cli-doctor-accounts").with("file", shown(file)).with("count", whole(known.len()));
    let mut checks = vec![Check::ok("accounts", count)];
    // What a connector keeps goes with the folder: the database stays as it is.
    let store = match crate::store::open(&folder.path().join("doctor.db")).await {
        Ok(store) => store,
        Err(error) => return vec![Check::failed("accounts", &error)],
    };
    for account in known {
        let (found, error) = connect::look(account, store.clone()).await;
        checks.extend(account_checks(&found, error.as_ref()));
    }
    checks
}

fn temporary() -> Result<files::TemporaryFolder> {
    files::TemporaryFolder::make("adbrain-doctor")
}

fn account_checks(found: &connect::Found, error: Option<&Error>) -> Vec<Check> {
    let of_account = |message: Message| {
        Message::new("cli-doctor-account").with("account", found.name()).with("what", Argument::List(vec![message]))
    };
    let head = match (error, found.money()) {
        (None, Some(money)) => Check::ok("account", of_account(money)),
        (None, None) => Check::ok("account", of_account(Message::new("cli-doctor-answers"))),
        (Some(error), _) => {
            let failed = Check::failed("account", error);
            return vec![Check { found: of_account(failed.found), ..failed }];
        }
    };
    let note = |(note, next): (&Message, &str)| Check::warning("account", of_account(note.clone()), Message::new(next));
    let missing = found.missing().iter().map(|what| (what, "cli-doctor-missing-next"));
    let warnings = found.warnings().iter().map(|what| (what, "cli-doctor-account-next"));
    std::iter::once(head).chain(missing.chain(warnings).map(note)).collect()
}

/// The file of channels, and the environment variables that it names. Their values are never shown.
fn channels(file: &Path) -> Vec<Check> {
    let channels = match Channels::read(file) {
        Ok(channels) => channels,
        Err(error) => return vec![Check::failed("channels", &error)],
    };
    let value = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let entries = channels.channels.iter();
    let names: BTreeSet<&str> = entries.flat_map(|entry| entry.variables()).filter_map(|(_, name)| name).collect();
    let unset: Vec<_> = names
        .iter()
        .filter(|name| value(name).is_none())
        .map(|name| {
            let say = |key: &str| Message::new(key).with("name", *name);
            Check::wrong("channels", say("cli-doctor-variable"), say("cli-doctor-variable-next"))
        })
        .collect();
    if !unset.is_empty() {
        return unset;
    }
    if let Err(error) = Notifier::check(&channels, &value) {
        return vec![Check::failed("channels", &error)];
    }
    let variables = if names.is_empty() { NONE.to_owned() } else { Vec::from_iter(names).join(", ") };
    let count = whole(channels.channels.len());
    let found = Message::new("cli-doctor-channels").with("count", count).with("variables", variables);
    vec![Check::ok("channels", found)]
}

/// The program for films: campaigns run without it.
async fn films() -> Check {
    match FilmProgram::default().with_deadline(FILM_TIME).run(vec!["-version".to_owned()]).await {
        Ok(()) => Check::ok("ffmpeg", Message::new("cli-doctor-films")),
        Err(_) => {
            Check::warning("ffmpeg", Message::new("cli-doctor-no-films"), Message::new("cli-doctor-no-films-next"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::model::{Currency, Platform};
    use crate::platform::AccountConfig;
    use crate::platform::sandbox::{Sandbox, SandboxOptions};

    #[tokio::test]
    async fn an_account_that_answers_is_ok_and_what_its_file_lacks_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
        let options = SandboxOptions::new(Platform::Meta, Currency::BRL, 7).unwrap();
        let sandbox = Sandbox::open(options, store, Arc::new(SystemClock)).await.unwrap();
        let account = serde_json::json!({"platform": "meta", "account": "act_1", "token": "EAAB", "page_id": "77"});
        let mut found = connect::Found::of(&AccountConfig::from_value(&account).unwrap());
        found.read(&sandbox).await.unwrap();
        let checks = account_checks(&found, None);
        assert_eq!(
            checks.iter().map(|check| check.state).collect::<Vec<_>>(),
            [State::Ok, State::Warning, State::Warning]
        );
        for language in [Language::English, Language::Portuguese] {
            let text = checks.iter().map(|check| check.text(language)).collect::<Vec<_>>().join("\n");
            assert!(text.contains("meta act_1") && text.contains("BRL") && !text.contains("cli-"), "{text}");
        }
    }
}
