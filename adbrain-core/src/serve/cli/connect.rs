//! `connect`: opens ad accounts and says what is in them and what is missing. It writes nothing to them.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::args;
use super::guide::guide;
use super::{database, files};
use crate::clock::SystemClock;
use crate::error::{Error, Result};
use crate::model::{Language, Message};
use crate::platform::{AccountConfig, Capabilities, Connector, Level, RemoteObject, RemoteOptions, Status};

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

/// Opens every account of a file, one after the other, and prints what is there and what goes wrong.
pub(super) async fn run(args: args::Connect) -> Result<()> {
    let language = args.lang.into();
    if let Some(platform) = args.accounts.to_str().and_then(|name| name.parse().ok()) {
        return super::print(&guide(platform, language)?);
    }
    let accounts = accounts(&args.accounts)?;
    let database = database::connect(&args.db).await?;
    let mut failed = None;
    for account in accounts {
        let (name, missing) = (format!("{} {}", account.platform(), account.account()), account.missing());
        let opened = account.open(RemoteOptions::default(), database.clone(), Arc::new(SystemClock)).await;
        let told = match opened {
            Ok(connector) => told(connector.as_ref(), (missing, language)).await,
            Err(error) => Err(error),
        };
        match told {
            Ok(told) => super::print(&format!("{name}\n{told}"))?,
            Err(error) => {
                super::print(&format!("{name}\n  {error}"))?;
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// What an account can do and holds, line by line.
async fn told(connector: &dyn Connector, (missing, language): (Vec<Message>, Language)) -> Result<String> {
    let (can, objects) = (connector.capabilities(), connector.list().await?);
    let lines = [money(&can), whose(&objects)].into_iter().chain(levels(&objects)).chain(missing).chain(can.warnings);
    Ok(lines.map(|line| format!("  {}", line.text(language))).collect::<Vec<_>>().join("\n"))
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
