//! Customers into a custom audience: who they are goes to the connector alone, never into the journal.

use jiff::Timestamp;

use super::apply::Session;
use super::journal::{Made, Record};
use super::step::{Step, Work};
use super::{JournalState, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Message};
use crate::platform::{AudienceFill, Connector, Permit};

/// A run of so many hexadecimal digits may be a hash of a person, whole or cut off; nothing else that platforms say is as long.
const DIGITS_OF_A_HASH: usize = 32;

impl<'a> Session<'a> {
    pub(super) async fn fill_audience(&mut self, fill: &'a AudienceFill) -> Result<Outcome> {
        self.fill = Some(fill);
        let step = Step::fill(fill)?;
        let entry = self.entry(&step)?;
        // What others wrote about the account before this operation held it has to be known, for the audience may be theirs.
        self.hold(step.platform).await?;
        self.journal.refresh().await?;
        self.observe().await?;
        if is_new(self.journal.state(&entry))
            && let Err(reason) = self.may_begin(&step, fill).await?
        {
            self.refuse(&step, reason).await?;
            return self.outcome(&step);
        }
        self.perform(&step).await
    }

    /// Whether a list that was not sent yet may be: the connector takes it, and the account surely shows the audience if we made it.
    async fn may_begin(&self, step: &Step, fill: &AudienceFill) -> Result<Result<(), Message>> {
        if let Some(connector) = self.control.connectors.get(&step.platform)
            && let Err(error) = connector.check_fill(fill)
        {
            return Ok(Err(Message::new("refused-by-platform").with("why", told(step, &error))));
        }
        if self.control.options.mode == Mode::DryRun || self.control.kill.is_on() {
            return Ok(Ok(()));
        }
        self.wait_until_settled(step).await?;
        let is_late = self.seconds_left(step)? > 0;
        Ok(if is_late { Err(Message::new("refused-not-settled")) } else { Ok(()) })
    }

    /// When customers were last sent to the audience of a step, in whatever run: it may have been made then, and not be listed yet.
    pub(super) fn last_fill(&self, step: &Step) -> Option<Timestamp> {
        let is_it = |record: &&Record| {
            record.state == JournalState::Sent
                && record.platform == Some(step.platform)
                && record.target == step.target
                && record.action == step.action()
        };
        self.journal.records().iter().rev().find(is_it).map(|record| record.at)
    }

    /// The customers of a list, where they are at hand.
    pub(super) fn customers(&self, list: &ContentHash) -> Option<&'a AudienceFill> {
        self.fill.filter(|fill| fill.customers().content_hash().is_ok_and(|hash| hash == *list))
    }

    pub(super) async fn fill_with(
        &self,
        connector: &dyn Connector,
        permit: &Permit,
        list: &ContentHash,
    ) -> Result<Vec<Made>> {
        let absent = || {
            Error::new(ErrorKind::NotFound, "the customers of the list are not at hand")
                .with("list", list)
                .next("give the same list again")
        };
        let id = connector.fill_audience(permit, self.customers(list).ok_or_else(absent)?).await?;
        Ok(vec![Made { tag: permit.target().clone(), id }])
    }
}

/// Whether nothing of a step has gone out yet.
pub(super) fn is_new(state: Option<JournalState>) -> bool {
    matches!(state, None | Some(JournalState::Refused | JournalState::Planned))
}

/// An error as the journal keeps it. A platform may quote what it was sent, so no hash of a person is left in what it says.
pub(super) fn told(step: &Step, error: &Error) -> String {
    let text = error.to_string();
    if matches!(step.work, Work::Fill { .. }) { without_hashes(&text) } else { text }
}

/// A text whose long runs of hexadecimal digits are covered.
fn without_hashes(text: &str) -> String {
    let mut covered = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let is_digit = |letter: char| letter.is_ascii_hexdigit();
        let run = rest.find(|letter| !is_digit(letter)).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(run);
        covered.push_str(if digits.len() >= DIGITS_OF_A_HASH { "***" } else { digits });
        let next = after.find(is_digit).unwrap_or(after.len());
        let (words, more) = after.split_at(next);
        covered.push_str(words);
        rest = more;
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_covered_and_ids_are_not() {
        let hash = ContentHash::of(b"mary@example.com");
        let text = format!("account 7000000000001 says {hash}: no \u{e9} {}", hash.short(40).to_uppercase());
        assert_eq!(without_hashes(&text), "account 7000000000001 says ***: no \u{e9} ***");
        assert_eq!(without_hashes(""), "");
    }
}
