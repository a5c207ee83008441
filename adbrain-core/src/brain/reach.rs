//! How what a run has to tell reaches people: kept for the channels of the brain, sent when it is due.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

use super::Brain;
use super::session::Session;
use crate::alert::notify::{About, Delivered, KeptLetter, Notifier, Outbox};
use crate::alert::rules::Notification;
use crate::control::Silences;
use crate::error::Result;
use crate::model::RunId;
use crate::store::Statement;

/// What is done after each look of a monitor besides: reports that are due.
#[async_trait]
pub trait Duty: Send + Sync {
    /// Does it, for the run that was looked at; gives what went wrong, by name. It is called again after the next look.
    async fn attend(&self, brain: &Brain, run: &RunId) -> BTreeMap<String, String>;
}

impl Session {
    /// Keeps what a look tells, for the channels and for who looks at the letters. A look that is made again tells nothing twice.
    pub(super) async fn tell(&self, at: Timestamp, notifications: &[Notification]) -> Result<()> {
        match self.channels(notifications) {
            Some(channels) => channels.keep(&self.about(at), notifications).await,
            None => Ok(()),
        }
    }

    /// The same as statements, to be written together with what says that the look was made.
    pub(super) async fn telling(&self, at: Timestamp, notifications: &[Notification]) -> Result<Vec<Statement>> {
        match self.channels(notifications) {
            Some(channels) => channels.statements(&self.about(at), notifications).await,
            None => Ok(Vec::new()),
        }
    }

    fn channels(&self, notifications: &[Notification]) -> Option<Notifier> {
        let silent = || Notifier::silent(self.parts.database.clone(), self.parts.clock.clone());
        (!notifications.is_empty()).then(|| self.parts.notifier.clone().unwrap_or_else(silent))
    }

    fn about(&self, at: Timestamp) -> About {
        let (is_simulated, language) = (self.clock.is_simulated(), self.brief.language());
        About { run: self.run.clone(), at, is_simulated, language }
    }
}

impl Brain {
    /// Sends the letters whose time has come to the channels of the brain: new ones, tries after a failure, escalations. Runs and monitors do so
    /// themselves. Without channels nothing is sent.
    ///
    /// # Errors
    /// Those of the database; what goes wrong at a channel is told in what comes back, and tried again later.
    pub async fn deliver(&self) -> Result<Delivered> {
        let Some(notifier) = &self.parts.notifier else { return Ok(Delivered::default()) };
        let (silences, now) = (Silences::of(&**self.database()).await?, self.parts.clock.now());
        notifier.deliver_but(&|letter| silences.cover(letter, now)).await
    }

    /// The newest letters with what became of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn letters(&self, most: u32) -> Result<Vec<KeptLetter>> {
        Outbox::new(self.database().clone()).letters(most).await
    }

    /// Notes that a person has taken note of a letter: it is not escalated any more.
    ///
    /// # Errors
    /// As [`Outbox::acknowledge`].
    pub async fn acknowledge(&self, letter: &str, by: &str) -> Result<KeptLetter> {
        Outbox::new(self.database().clone()).acknowledge(letter, (by, self.parts.clock.now())).await
    }

    /// The channels of the brain, where it has any.
    pub(crate) fn notifier(&self) -> Option<&Notifier> {
        self.parts.notifier.as_ref()
    }

    /// The time of runs that are not simulated.
    pub(crate) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Sends what is due; gives what went wrong by channel, for people who watch.
    pub(super) async fn undelivered(&self) -> BTreeMap<String, String> {
        match self.deliver().await {
            Ok(delivered) => delivered.problems,
            Err(error) => BTreeMap::from([("outbox".to_owned(), error.to_string())]),
        }
    }

    /// Does the duties of the brain; gives what went wrong by name.
    pub(super) async fn attend(&self, run: &RunId) -> BTreeMap<String, String> {
        let mut problems = BTreeMap::new();
        for duty in &self.parts.duties {
            problems.extend(duty.attend(self, run).await);
        }
        problems
    }
}
