//! `connect`: opens ad accounts and says what is in them and what is missing. It writes nothing to them.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use super::args;
use super::guide::guide;
use super::{database, files};
use crate::clock::SystemClock;
use crate::error::{Error, Result};
use crate::model::{AccountId, Language, Message, Platform};
use crate::platform::{AccountConfig, Capabilities, Connector, Level, RemoteObject, RemoteOptions, Status};
use crate::store::Database;

/// Reads the accounts of a file: a list, or one account by itself.
pub(super) fn accounts(path: &Path) -> Result<Vec<AccountConfig>> {
    let value: Value = serde_json::from_slice(&files::read(path)?).map_err(|error| {
        // The error of serde shows no text of the file, which holds tokens.
        let place = format!("{} is no JSON: line {}, column {}", path.display(), error.line(), error.column());
        Error::invalid("accounts", place).next("write a list of accounts (`adbrain schema account`)")
    })?;
    match value {
        Value::Array(accounts) => accounts.iter().map(AccountConfig::from_value).collect(),
        one => AccountConfig::from_value(&one).map(|account| vec![account]),
    }
}

/// One account of the file, as it was found.
#[derive(Serialize)]
pub(super) struct Found {
    platform: Platform,
    account: AccountId,
    /// What it can do; none where it could not be opened or read.
    #[serde(skip_serializing_if = "Option::is_none")]
    capabilities: Option<Capabilities>,
    /// What is in it.
    objects: Vec<RemoteObject>,
    /// What was left out of the file, and what cannot run without it.
    missing: Vec<Message>,
    /// Why it could not be opened or read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Opens every account of a file, one after the other, and tells what is there and what goes wrong.
pub(super) async fn run(args: args::Connect) -> Result<()> {
    let (language, json) = (args.answer.lang.into(), args.answer.json.as_deref());
    if let Some(platform) = args.accounts.to_str().and_then(|name| name.parse().ok()) {
        let guide = guide(platform, language)?;
        return super::tell(json, &json!({"platform": platform, "guide": guide}), &guide);
    }
    let accounts = accounts(&args.accounts)?;
    let database = database::connect(&args.store.db).await?;
    let (mut all, mut failed) = (Vec::new(), None);
    for account in accounts {
        let (found, error) = look(account, database.clone()).await;
        failed = error.or(failed);
        if !super::is_in_place(json) {
            super::print(&found.told(language))?;
        }
        all.push(found);
    }
    super::write_json(json, &all)?;
    failed.map_or(Ok(()), Err)
}

/// Opens an account and reads what is in it; what went wrong stands in what was found as well.
pub(super) async fn look(account: AccountConfig, database: Arc<dyn Database>) -> (Found, Option<Error>) {
    let mut found = Found::of(&account);
    let read = match account.open(RemoteOptions::default(), database, Arc::new(SystemClock)).await {
        Ok(connector) => found.read(connector.as_ref()).await,
        Err(error) => Err(error),
    };
    found.error = read.as_ref().err().map(ToString::to_string);
    (found, read.err())
}

impl Found {
    pub(super) fn of(account: &AccountConfig) -> Self {
        Self {
            platform: account.platform(),
            account: AccountId::new(account.account()),
            capabilities: None,
            objects: Vec::new(),
            missing: account.missing(),
            error: None,
        }
    }

    pub(super) async fn read(&mut self, connector: &dyn Connector) -> Result<()> {
        self.objects = connector.list().await?;
        self.capabilities = Some(connector.capabilities());
        Ok(())
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.platform, self.account)
    }

    /// Whose money it spends; nothing where it could not be read.
    pub(super) fn money(&self) -> Option<Message> {
        self.capabilities.as_ref().map(money)
    }

    /// What was left out of the file, and what cannot run without it.
    pub(super) fn missing(&self) -> &[Message] {
        &self.missing
    }

    /// What the platform warns of.
    pub(super) fn warnings(&self) -> &[Message] {
        self.capabilities.as_ref().map_or(&[], |can| &can.warnings)
    }

    /// What the account can do and holds, line by line.
    fn told(&self, language: Language) -> String {
        let name = self.name();
        let (Some(can), None) = (&self.capabilities, &self.error) else {
            return format!("{name}\n  {}", self.error.as_deref().unwrap_or_default());
        };
        let lines = [money(can), whose(&self.objects)].into_iter().chain(levels(&self.objects));
        let lines = lines
            .chain(self.missing.iter().chain(&can.warnings).cloned())
            .map(|line| format!("  {}", line.text(language)));
        std::iter::once(name).chain(lines).collect::<Vec<_>>().join("\n")
    }
}

fn money(can: &Capabilities) -> Message {
    Message::new(if can.is_sandbox { "cli-connect-sandbox" } else { "cli-connect-real" })
        .with("currency", can.currency.code())
        .with("least", can.least_daily_budget)
}

/// Whose the objects are: those without our mark stay untouched.
fn whose(objects: &[RemoteObject]) -> Message {
    let ours = objects.iter().filter(|object| object.tag.is_some()).count();
    Message::new("cli-connect-whose").with("ours", count(ours)).with("others", count(objects.len() - ours))
}

fn levels(objects: &[RemoteObject]) -> impl Iterator<Item = Message> {
    let levels = [Level::Campaign, Level::AdSet, Level::Ad].into_iter();
    let keys = ["cli-connect-campaigns", "cli-connect-ad-sets", "cli-connect-ads"];
    levels.zip(keys).map(|(level, key)| {
        let all = || objects.iter().filter(move |object| object.level == level);
        let active = all().filter(|object| object.status == Status::Active).count();
        Message::new(key).with("all", count(all().count())).with("active", count(active))
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;
    use crate::platform::sandbox::{Sandbox, SandboxOptions};

    #[tokio::test]
    async fn an_account_is_told_as_text_and_as_json() {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
        let options = SandboxOptions::new(Platform::Meta, Currency::BRL, 7).unwrap();
        let account = Sandbox::open(options, store, Arc::new(SystemClock)).await.unwrap();
        let mut found = Found {
            platform: Platform::Meta,
            account: AccountId::new("1"),
            capabilities: None,
            objects: Vec::new(),
            missing: Vec::new(),
            error: None,
        };
        found.read(&account).await.unwrap();
        assert!(found.told(Language::English).starts_with("meta 1\n  "), "{}", found.told(Language::English));
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!((json["capabilities"]["currency"].as_str(), &json["error"]), (Some("BRL"), &Value::Null));
        assert!(json["objects"].is_array());
    }
}
