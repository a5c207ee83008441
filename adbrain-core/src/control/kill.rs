//! The kill switch: while it is on, no write but a pause is sent.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::journal::{Body, Note};
use super::step::{Step, Trust, Work};
use super::{Control, JournalState};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Message, Platform, Tag};

/// The variable that turns the switch on with any value but `0` and the empty one.
const VARIABLE: &str = "ADBRAIN_KILL";
const ON: &str = "kill-switch-on";
const OFF: &str = "kill-switch-off";
/// How long a switch that was turned by file or by environment is not seen while a request is under way.
const LOOK: Duration = Duration::from_millis(250);

/// Whether a note in the journal turns the switch on or off.
pub(super) fn is_on(note: &str) -> Option<bool> {
    match note {
        ON => Some(true),
        OFF => Some(false),
        _ => None,
    }
}

pub(super) struct KillSwitch {
    file: Option<PathBuf>,
    flag: AtomicBool,
    turned: Notify,
    /// The newest note in the journal that was followed.
    followed: AtomicI64,
}

impl KillSwitch {
    pub(super) fn new(file: Option<PathBuf>) -> Self {
        Self { file, flag: AtomicBool::new(false), turned: Notify::new(), followed: AtomicI64::new(0) }
    }

    /// Whether it is on: by call, by file or by environment. A file that cannot be looked at counts as on.
    pub(super) fn is_on(&self) -> bool {
        let by_file = self.file.as_ref().is_some_and(|file| file.try_exists().unwrap_or(true));
        let by_variable = std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0");
        self.flag.load(Ordering::SeqCst) || by_file || by_variable
    }

    /// Comes once it is on.
    pub(super) async fn until_on(&self) {
        loop {
            // Before the look, so that a turn after it is not missed.
            let turned = self.turned.notified();
            if self.is_on() {
                return;
            }
            tokio::select! {
                () = turned => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Follows the newest note in the journal, by whatever process, once: an older one does not turn off what was turned on
    /// here and could not be written.
    pub(super) fn follow(&self, note: Option<(i64, bool)>) {
        if let Some((seq, is_on)) = note
            && self.followed.fetch_max(seq, Ordering::SeqCst) < seq
        {
            self.flag.store(is_on, Ordering::SeqCst);
        }
    }

    fn set_flag(&self) {
        self.flag.store(true, Ordering::SeqCst);
        self.turned.notify_waiters();
    }

    fn set(&self) -> Result<()> {
        self.set_flag();
        self.file.as_deref().map_or(Ok(()), |file| turn_on(file, "on"))
    }

    fn unset(&self) -> Result<()> {
        match self.file.as_ref().map(std::fs::remove_file) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(self.file.as_deref().unwrap_or(Path::new("")), error));
            }
            _ => self.flag.store(false, Ordering::SeqCst),
        }
        Ok(())
    }
}

/// Turns the kill switch on by its file alone, for every process that works beside the same store: needs no database, and takes effect
/// with their next request. The file says why, for people.
///
/// # Errors
/// [`ErrorKind::Unavailable`] where the file cannot be written.
pub fn turn_on(file: &Path, why: &str) -> Result<()> {
    std::fs::write(file, format!("{why}\n")).map_err(|error| failed(file, error))
}

fn failed(file: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, format!("the kill file {} cannot be changed: {error}", file.display()))
        .next("make the file and its folder writable")
        .caused_by(error)
}

impl Control {
    /// Turns the kill switch on, at once and also for operations under way; it stays on over a restart. A request that is on its way, an
    /// upload in parts, and a wait before another try are left as they stand: what became of them is looked up later.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where neither file nor journal could be written; the switch is on nevertheless.
    pub async fn kill(&self, by: &str) -> Result<()> {
        let file = self.kill.set();
        let note = self.note_switch(ON, by, None).await;
        // Another process may have turned it off while the note was on its way.
        self.kill.set_flag();
        match (&self.options.kill_file, file, note) {
            (Some(_), Ok(()), _) | (_, _, Ok(())) => Ok(()),
            (_, Err(error), _) | (_, _, Err(error)) => Err(error),
        }
    }

    /// Turns the kill switch off and removes its file. One that was set in the environment stays on.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where file or journal cannot be written; the switch stays on then.
    pub async fn resume(&self, by: &str) -> Result<()> {
        self.note_switch(OFF, by, None).await?;
        self.kill.unset()
    }

    /// Writes down that the switch is on, by whom and why; the file is turned with [`turn_on`] before.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where the journal cannot be written.
    pub(crate) async fn note_stop(&self, by: &str, reason: &str) -> Result<()> {
        self.note_switch(ON, by, Some(Message::new("stopped-because").with("why", reason))).await
    }

    /// Whether the kill switch is on. What another process noted in the journal is seen with the next operation.
    pub fn is_killed(&self) -> bool {
        self.kill.is_on()
    }

    async fn note_switch(&self, which: &str, by: &str, reason: Option<Message>) -> Result<()> {
        let at = self.clock.now();
        let step = Step {
            platform: Platform::Meta,
            target: Tag::new(which),
            work: Work::Note { by: by.to_owned() },
            cause: format!("{by}@{at}"),
            trust: Trust::Undo,
        };
        let body = Body { work: Some(step.work.clone()), reason, ..Body::default() };
        let mut session = self.session().await?;
        session.journal.append(&self.options.run, &step, Note { state: JournalState::Confirmed, body, at }).await
    }
}
