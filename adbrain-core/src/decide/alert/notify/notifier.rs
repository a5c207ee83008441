//! Brings letters to channels: what is due is sent, what fails is tried again by the plan.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::letter::About;
use super::log::Log;
use super::outbox::Due;
use super::settings::{ChannelEntry, ChannelKind, Channels};
use super::slack::Slack;
use super::webhook::Webhook;
use super::{Attempt, Channel, DeliveryState, Letter, Outbox, RETRIES, Signer};
use crate::alert::Severity;
use crate::alert::rules::Notification;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Client, ClientOptions, Retry, Secret};
use crate::model::ContentHash;
use crate::store::{Database, Statement};

/// How long one exchange may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A pause of the plan is lengthened by up to a tenth, so that many letters do not come back at once.
const SPREAD: i64 = 10;
/// The status of a receiver that is gone for good.
const GONE: &str = "410";
/// What stands in the context of an error after which nothing is to be tried again.
const FINAL: &str = "is_final";

/// What one go has brought to the channels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// Letters that arrived, counted by channel.
    pub sent: BTreeMap<String, u64>,
    /// What went wrong, by channel; it is tried again where the plan has tries left.
    pub problems: BTreeMap<String, String>,
}

/// The channels of an account over the letters of its store. Clones share both.
#[derive(Clone)]
pub struct Notifier {
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    channels: Arc<Vec<Opened>>,
}

/// A channel that can be used.
struct Opened {
    name: String,
    least: Severity,
    escalate_after: Option<SignedDuration>,
    takes_files: bool,
    channel: Box<dyn Channel>,
}

impl Notifier {
    /// Opens channels; `variable` gives the value of an environment variable.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the variable that is not set or holds nothing that can be used; nothing of a value is shown.
    pub fn open(
        settings: &Channels,
        (database, clock): (Arc<dyn Database>, Arc<dyn Clock>),
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        Ok(Self { outbox: Outbox::new(database), clock, channels: Arc::new(all(settings, variable)?) })
    }

    /// Keeps what is told and sends nothing: without channels people look at the letters themselves.
    pub(crate) fn silent(database: Arc<dyn Database>, clock: Arc<dyn Clock>) -> Self {
        Self { outbox: Outbox::new(database), clock, channels: Arc::default() }
    }

    /// Checks that all that channels need is in the environment.
    ///
    /// # Errors
    /// As [`Notifier::open`].
    pub fn check(settings: &Channels, variable: &dyn Fn(&str) -> Option<String>) -> Result<()> {
        all(settings, variable).map(drop)
    }

    /// The letters behind it.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// What keeps the news of a look for the channels; to be written together with what says that the look was made.
    pub(crate) async fn statements(&self, about: &About, notifications: &[Notification]) -> Result<Vec<Statement>> {
        let letters = self.outbox.news(Letter::all(about, notifications)?).await?;
        let now = self.clock.now();
        let kept = letters.iter().map(|letter| {
            let wanted = self.channels.iter().filter(|channel| channel.wants(letter));
            Outbox::statements(letter, now, wanted.map(|channel| channel.address(now)))
        });
        Ok(kept.collect::<Result<Vec<_>>>()?.concat())
    }

    /// Keeps the news of a look for the channels. What was kept before is not kept twice.
    pub(crate) async fn keep(&self, about: &About, notifications: &[Notification]) -> Result<()> {
        let statements = self.statements(about, notifications).await?;
        if statements.is_empty() { Ok(()) } else { self.outbox.write(statements).await }
    }

    /// Whether there is a channel of this name.
    pub(crate) fn has(&self, channel: &str) -> bool {
        self.channels.iter().any(|opened| opened.name == channel)
    }

    /// Whether a channel takes files with a letter.
    pub(crate) fn takes_files(&self, channel: &str) -> bool {
        self.channels.iter().any(|opened| opened.name == channel && opened.takes_files)
    }

    /// What keeps the letter of a report for the channels of these names; to be written together with what says that the report was made.
    pub(crate) fn report_statements(&self, letter: &Letter, channels: &[String]) -> Result<Vec<Statement>> {
        let now = self.clock.now();
        let addresses = channels.iter().filter(|name| self.has(name)).map(|name| (name.as_str(), now, false));
        Outbox::statements(letter, now, addresses)
    }

    /// Sends what is due. A channel that fails is left alone for the rest of this go; the others are not held up.
    ///
    /// # Errors
    /// Those of the database. What goes wrong at a channel is no error here: it is kept and told.
    pub async fn deliver(&self) -> Result<Delivered> {
        self.deliver_but(&|_| false).await
    }

    /// The same without escalations of letters that a person has silenced.
    ///
    /// # Errors
    /// As [`Notifier::deliver`].
    pub async fn deliver_but(&self, is_silenced: &(dyn Fn(&Letter) -> bool + Sync)) -> Result<Delivered> {
        let now = self.clock.now();
        let ways = self.channels.iter().map(|channel| async move {
            let due = self.outbox.due(&channel.name, now).await?;
            self.bring(channel, due, is_silenced).await
        });
        self.outbox.prune(now).await?;
        let mut delivered = Delivered::default();
        for (channel, way) in self.channels.iter().zip(join_all(ways).await) {
            let (sent, problem) = way?;
            delivered.sent.extend((sent > 0).then(|| (channel.name.clone(), sent)));
            delivered.problems.extend(problem.map(|problem| (channel.name.clone(), problem)));
        }
        Ok(delivered)
    }

    /// Sends a letter to every channel at once, and keeps nothing of it; gives what went wrong by channel.
    pub async fn try_out(&self, letter: &Letter) -> BTreeMap<String, Option<Error>> {
        let attempt = Attempt { number: 1, at: self.clock.now(), may_be_second: false, escalates_after: None };
        let tries = self
            .channels
            .iter()
            .map(|opened| async move { (opened.name.clone(), opened.channel.send(letter, attempt).await.err()) });
        join_all(tries).await.into_iter().collect()
    }

    /// Brings letters to one channel until one fails; how many arrived, and what went wrong.
    async fn bring(
        &self,
        channel: &Opened,
        due: Vec<Due>,
        is_silenced: &(dyn Fn(&Letter) -> bool + Sync),
    ) -> Result<(u64, Option<String>)> {
        let mut sent = 0;
        for due in due {
            let now = self.clock.now();
            let is_noted = due.is_acknowledged || is_silenced(&due.letter);
            if due.is_escalation && (is_noted || self.outbox.is_over(&due.letter).await?) {
                self.outbox.note(&due, (DeliveryState::Dropped, now), None).await?;
                continue;
            }
            if !self.outbox.claim(&due, now).await? {
                continue;
            }
            let attempt = Attempt {
                number: due.attempts + 1,
                at: now,
                may_be_second: due.may_be_second,
                escalates_after: channel.escalate_after.filter(|_| due.is_escalation),
            };
            let letter = self.outbox.with_files(&due.letter).await?;
            match channel.channel.send(&letter, attempt).await {
                Ok(()) => {
                    self.outbox.note(&due, (DeliveryState::Sent, self.clock.now()), None).await?;
                    sent += 1;
                }
                Err(error) => {
                    self.failed(&due, attempt, &error).await?;
                    return Ok((sent, Some(error.to_string())));
                }
            }
        }
        Ok((sent, None))
    }

    /// Notes a try that failed, and when the next one comes.
    async fn failed(&self, due: &Due, attempt: Attempt, error: &Error) -> Result<()> {
        let (now, problem) = (self.clock.now(), Some(error.to_string()));
        let is_gone = error.context_of("status") == Some(GONE) || error.context_of(FINAL).is_some();
        let Some(pause) = pause(attempt.number, &due.letter.id).filter(|_| !is_gone) else {
            tracing::warn!(channel = %due.channel, letter = %due.letter.id, %error, "a letter did not arrive by any try");
            return self.outbox.note(due, (DeliveryState::Failed, now), problem).await;
        };
        let asked = error.context_of("retry_after_seconds").and_then(|seconds| seconds.parse().ok());
        let asked = asked.map_or(SignedDuration::ZERO, SignedDuration::from_secs);
        let next = now.checked_add(pause.max(asked)).unwrap_or(Timestamp::MAX);
        // A lost answer, now or at an earlier try: the letter may be there.
        let is_lost = error.kind() == ErrorKind::OutcomeUnknown || due.may_be_second;
        let state = if is_lost { DeliveryState::Sending } else { DeliveryState::Waiting };
        self.outbox.note(due, (state, next), problem).await?;
        if error.kind() == ErrorKind::RateLimited { self.outbox.rest(&due.channel, next).await } else { Ok(()) }
    }
}

impl Opened {
    fn wants(&self, letter: &Letter) -> bool {
        letter.severity >= self.least && (self.escalate_after.is_none() || letter.tells_of_open())
    }

    /// Where a letter of now goes, and when.
    fn address(&self, now: Timestamp) -> (&str, Timestamp, bool) {
        let due = self.escalate_after.map_or(now, |time| now.checked_add(time).unwrap_or(Timestamp::MAX));
        (&self.name, due, self.escalate_after.is_some())
    }
}

/// The pause after a try, by the plan and up to a tenth longer; none after the last.
fn pause(number: u32, id: &str) -> Option<SignedDuration> {
    let place = usize::try_from(number.checked_sub(1)?).ok()?;
    let seconds = *RETRIES.get(place)?;
    let hash = ContentHash::of(format!("{id} {number}").as_bytes());
    let part = i64::from_str_radix(hash.short(4), 16).unwrap_or(0);
    Some(SignedDuration::from_millis(seconds * 1_000 + seconds * 1_000 / SPREAD * part / i64::from(u16::MAX)))
}

fn all(settings: &Channels, variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Opened>> {
    let options = ClientOptions { timeout: TIMEOUT, retry: Retry::NONE, reach: settings.reach.into() };
    let client = Client::new(options)?;
    settings.channels.iter().map(|entry| open(entry, (settings, &client), variable)).collect()
}

/// The value of the environment variable that a field names.
#[cfg(feature = "email")]
type Value<'a> = dyn Fn(&str, &Option<String>) -> Result<Secret> + 'a;

fn open(
    entry: &ChannelEntry,
    (settings, client): (&Channels, &Client),
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Opened> {
    let value = |field: &str, name: &Option<String>| -> Result<Secret> {
        let name = name.as_deref().unwrap_or_default();
        let value = variable(name).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
            let field = format!("channel.{}.{field}", entry.name);
            Error::invalid(&field, format!("the environment variable {name} is not set"))
                .next("set it for the process that sends, and nowhere in a file of this project")
        })?;
        Ok(Secret::new(value.trim()))
    };
    let (client, language) = (client.clone(), entry.language);
    let channel: Box<dyn Channel> = match entry.kind {
        ChannelKind::Log => Box::new(Log { file: entry.file.clone(), language }),
        ChannelKind::Slack => Box::new(Slack { client, url: value("url_env", &entry.url_env)?, language }),
        #[cfg(feature = "email")]
        ChannelKind::Email => Box::new(email(entry, settings.reach.into(), &value)?),
        #[cfg(not(feature = "email"))]
        ChannelKind::Email => {
            let _ = settings;
            let field = format!("channel.{}.kind", entry.name);
            return Err(Error::invalid(&field, "is email, and this build sends no mails")
                .next("build it with the feature email, or take a webhook"));
        }
        ChannelKind::Webhook => {
            let url = match &entry.url {
                Some(url) => Secret::new(url.as_str()),
                None => value("url_env", &entry.url_env)?,
            };
            let field = entry.secret_env.as_deref().unwrap_or_default();
            let signer = Signer::new(&value("secret_env", &entry.secret_env)?, field)?;
            Box::new(Webhook { client, url, signer, language })
        }
    };
    let (name, takes_files) = (entry.name.clone(), entry.kind == ChannelKind::Email);
    Ok(Opened { name, least: entry.least, escalate_after: entry.span()?, takes_files, channel })
}

#[cfg(feature = "email")]
fn email(entry: &ChannelEntry, reach: crate::http::Reach, value: &Value<'_>) -> Result<super::email::Email> {
    use crate::http::smtp::{Credentials, MailServer};
    let place = |field: &str| format!("channel.{}.{field}", entry.name);
    let server = match &entry.url {
        Some(url) => MailServer::new(url, &place("url"), reach)?,
        None => MailServer::new(value("url_env", &entry.url_env)?.expose(), &place("url_env"), reach)?,
    };
    let credentials = match (&entry.user_env, &entry.secret_env) {
        (user @ Some(_), password) => {
            Some(Credentials { user: value("user_env", user)?, password: value("secret_env", password)? })
        }
        _ => None,
    };
    Ok(super::email::Email {
        name: entry.name.clone(),
        server: server
            .with_credentials(credentials)
            .with_authority(entry.certificate.as_ref(), &place("certificate"))?,
        from: entry.from.clone().unwrap_or_default(),
        to: entry.to.clone(),
        language: entry.language,
    })
}
