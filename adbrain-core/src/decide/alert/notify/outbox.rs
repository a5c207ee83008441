//! Letters in the store: kept before they are sent, marked after.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::rules::NotificationKind;
use super::{Enclosure, Letter};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{RunId, line};
use crate::store::{Database, Row, Statement, Value};

/// A try that does not come back in this time is taken for one whose process has ended: longer than any exchange may take.
const CLAIM: SignedDuration = SignedDuration::from_mins(2);
/// Letters of a channel that are looked at in one go.
const AT_ONCE: i64 = 100;

const KEEP: &str = "INSERT OR IGNORE INTO letters (id, run, at, body, kept_at) VALUES (?1, ?2, ?3, ?4, ?5)";
const ENCLOSE: &str = "INSERT OR IGNORE INTO letter_files (letter, place, name, media_type, is_page, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const TELL: &str = "INSERT OR IGNORE INTO told (run, key, letter) VALUES (?1, ?2, ?3)";
const ADDRESS: &str = "INSERT OR IGNORE INTO deliveries (letter, channel, state, attempts, due_at, is_escalation) \
                       VALUES (?1, ?2, 'waiting', 0, ?3, ?4)";
const DUE: &str = "SELECT d.channel, d.state, d.attempts, d.is_escalation, l.body, l.acknowledged_at IS NOT NULL \
                   FROM deliveries d JOIN letters l ON l.id = d.letter \
                   WHERE d.channel = ?1 AND d.state IN ('waiting', 'sending') AND d.due_at <= ?2 \
                   ORDER BY d.due_at, l.rowid LIMIT ?3";
const CLAIMED: &str = "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, due_at = ?3 \
                       WHERE letter = ?1 AND channel = ?2 AND attempts = ?4 AND state IN ('waiting', 'sending')";
const MARK: &str = "UPDATE deliveries SET state = ?3, due_at = ?4, problem = ?5 WHERE letter = ?1 AND channel = ?2";
const REST: &str =
    "UPDATE deliveries SET due_at = ?2 WHERE channel = ?1 AND state IN ('waiting', 'sending') AND due_at < ?2";
const ACKNOWLEDGE: &str =
    "UPDATE letters SET acknowledged_at = ?2, acknowledged_by = ?3 WHERE id = ?1 AND acknowledged_at IS NULL";

crate::model::named! {
    /// Where the delivery of a letter to a channel stands.
    DeliveryState {
        /// It is still to be sent.
        Waiting = "waiting",
        /// It is on its way, or its answer was lost.
        Sending = "sending",
        /// It arrived.
        Sent = "sent",
        /// It was not needed: somebody acknowledged the letter, or everything in it is over.
        Dropped = "dropped",
        /// It did not arrive by any try.
        Failed = "failed",
    }
}

/// The letters of a store.
#[derive(Clone)]
pub struct Outbox {
    pub(super) database: Arc<dyn Database>,
}

/// A letter with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptLetter {
    /// The letter.
    pub letter: Letter,
    /// Who acknowledged it, and when.
    pub acknowledged: Option<Acknowledged>,
    /// Its deliveries, by channel.
    pub deliveries: Vec<Delivery>,
}

/// That a person has taken note of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The way of a letter to a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// The channel by its name.
    pub channel: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// When the next try is due; of a delivery that has ended, when it ended.
    pub due_at: Timestamp,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// A delivery whose try is due.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Due {
    pub(super) letter: Letter,
    pub(super) channel: String,
    pub(super) attempts: u32,
    /// Whether an earlier try may have arrived.
    pub(super) may_be_second: bool,
    pub(super) is_escalation: bool,
    pub(super) is_acknowledged: bool,
}

/// The channel that a letter goes to: its name, when, whether as an escalation.
pub(super) type Address<'a> = (&'a str, Timestamp, bool);

impl Outbox {
    /// Opens the letters of a migrated database.
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self { database }
    }

    /// The letters without what was told before; those that say nothing new are left out.
    pub(super) async fn news(&self, letters: Vec<Letter>) -> Result<Vec<Letter>> {
        let mut news = Vec::new();
        for mut letter in letters {
            let mut items = Vec::new();
            for item in letter.items {
                if !self.is_told(letter.run.as_str(), &item.key).await? {
                    items.push(item);
                }
            }
            letter.items = items;
            news.extend((!letter.items.is_empty()).then_some(letter));
        }
        Ok(news)
    }

    /// What keeps a letter with its ways. Written twice it changes nothing.
    pub(super) fn statements<'a>(
        letter: &'a Letter,
        now: Timestamp,
        addresses: impl IntoIterator<Item = Address<'a>>,
    ) -> Result<Vec<Statement>> {
        let body = serde_json::to_string(letter)
            .map_err(|error| Error::new(ErrorKind::Internal, "a letter cannot be kept").caused_by(error))?;
        let (id, run) = (letter.id.as_str(), letter.run.as_str());
        let values = [id.into(), run.into(), letter.at.into(), body.into(), now.into()];
        let mut statements = vec![Statement::new(KEEP, values)];
        statements.extend((0_i64..).zip(&letter.enclosures).map(|(place, file)| {
            let named = [id.into(), place.into(), file.name.as_str().into(), file.media_type.as_str().into()];
            let body = [i64::from(file.is_page).into(), Value::Blob(file.bytes.clone())];
            Statement::new(ENCLOSE, named.into_iter().chain(body))
        }));
        let keys = letter.items.iter().flat_map(|item| {
            let is_over = item.kind == NotificationKind::Closed;
            let over = item.episodes.iter().filter(move |_| is_over).map(|episode| over(episode));
            std::iter::once(item.key.clone()).chain(over)
        });
        statements.extend(keys.map(|key| Statement::new(TELL, [run.into(), key.into(), id.into()])));
        statements.extend(addresses.into_iter().map(|(channel, due, is_escalation)| {
            Statement::new(ADDRESS, [id.into(), channel.into(), due.into(), i64::from(is_escalation).into()])
        }));
        Ok(statements)
    }

    pub(super) async fn write(&self, statements: Vec<Statement>) -> Result<()> {
        self.database.write(statements).await.map(drop)
    }

    async fn is_told(&self, run: &str, key: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM told WHERE run = ?1 AND key = ?2";
        Ok(!self.database.query(Statement::new(sql, [run.into(), key.into()])).await?.is_empty())
    }

    /// A letter with its files.
    pub(super) async fn with_files(&self, letter: &Letter) -> Result<Letter> {
        if letter.report.is_none() {
            return Ok(letter.clone());
        }
        let sql = "SELECT name, media_type, is_page, body FROM letter_files WHERE letter = ?1 ORDER BY place";
        let rows = self.database.query(Statement::new(sql, [letter.id.as_str().into()])).await?;
        let file = |row: &Row| {
            Ok(Enclosure {
                name: row.text(0)?.to_owned(),
                media_type: row.text(1)?.to_owned(),
                is_page: row.integer(2)? != 0,
                bytes: row.blob(3)?.to_vec(),
            })
        };
        let enclosures = rows.iter().map(file).collect::<Result<_>>()?;
        Ok(Letter { enclosures, ..letter.clone() })
    }

    /// The deliveries to a channel whose try is due, the longest due first.
    pub(super) async fn due(&self, channel: &str, now: Timestamp) -> Result<Vec<Due>> {
        let rows = self.database.query(Statement::new(DUE, [channel.into(), now.into(), AT_ONCE.into()])).await?;
        rows.iter().map(due).collect()
    }

    /// Marks a delivery as on its way before it is sent; no where another process has it.
    pub(super) async fn claim(&self, due: &Due, now: Timestamp) -> Result<bool> {
        let until = now.checked_add(CLAIM).unwrap_or(Timestamp::MAX);
        let values =
            [due.letter.id.as_str().into(), due.channel.as_str().into(), until.into(), i64::from(due.attempts).into()];
        let changed = self.database.write(vec![Statement::new(CLAIMED, values)]).await?;
        Ok(changed.first() == Some(&1))
    }

    /// Marks what became of a try.
    pub(super) async fn note(
        &self,
        due: &Due,
        (state, at): (DeliveryState, Timestamp),
        problem: Option<String>,
    ) -> Result<()> {
        let problem = problem.map(|text| text.replace('\0', " "));
        let place = [due.letter.id.as_str().into(), due.channel.as_str().into()];
        let values = place.into_iter().chain([state.as_str().into(), at.into(), problem.into()]);
        self.write(vec![Statement::new(MARK, values)]).await
    }

    /// Sends nothing to a channel before a moment.
    pub(super) async fn rest(&self, channel: &str, until: Timestamp) -> Result<()> {
        self.write(vec![Statement::new(REST, [channel.into(), until.into()])]).await
    }

    /// Whether everything that a letter tells is over.
    pub(super) async fn is_over(&self, letter: &Letter) -> Result<bool> {
        let open = letter.items.iter().filter(|item| item.kind != NotificationKind::Closed);
        for episode in open.flat_map(|item| &item.episodes) {
            if !self.is_told(letter.run.as_str(), &over(episode)).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Notes that a person has taken note of a letter: it is not escalated any more. Who was first stays.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a letter that is not known; [`ErrorKind::InvalidInput`] for an empty name.
    pub async fn acknowledge(&self, id: &str, (by, at): (&str, Timestamp)) -> Result<KeptLetter> {
        line("by", by)?;
        self.write(vec![Statement::new(ACKNOWLEDGE, [id.into(), at.into(), by.into()])]).await?;
        let all = "SELECT body, acknowledged_at, acknowledged_by FROM letters WHERE id = ?1";
        let rows = self.database.query(Statement::new(all, [id.into()])).await?;
        match rows.first() {
            Some(row) => self.kept(row).await,
            None => Err(Error::new(ErrorKind::NotFound, format!("there is no letter {id}"))
                .next("take an id that `adbrain alerts list` shows")),
        }
    }

    /// The newest letters, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn letters(&self, most: u32) -> Result<Vec<KeptLetter>> {
        let sql = "SELECT body, acknowledged_at, acknowledged_by FROM letters ORDER BY rowid DESC LIMIT ?1";
        let mut letters = Vec::new();
        for row in self.database.query(Statement::new(sql, [i64::from(most).into()])).await? {
            letters.push(self.kept(&row).await?);
        }
        Ok(letters)
    }

    /// The newest letters of a run, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn letters_of(&self, run: &RunId, most: u32) -> Result<Vec<KeptLetter>> {
        let sql =
            "SELECT body, acknowledged_at, acknowledged_by FROM letters WHERE run = ?1 ORDER BY rowid DESC LIMIT ?2";
        let mut letters = Vec::new();
        for row in self.database.query(Statement::new(sql, [run.as_str().into(), i64::from(most).into()])).await? {
            letters.push(self.kept(&row).await?);
        }
        Ok(letters)
    }

    /// What changes whenever a letter is kept, acknowledged or brought somewhere: a cheap look before [`Outbox::letters`].
    pub(crate) async fn mark(&self) -> Result<String> {
        let sql = "SELECT (SELECT COUNT(*) || ' ' || COUNT(acknowledged_at) FROM letters) || ' ' || \
                   (SELECT COUNT(*) || ' ' || COALESCE(SUM(attempts), 0) || ' ' || \
                   COALESCE(SUM(state IN ('sent', 'dropped', 'failed')), 0) FROM deliveries)";
        let rows = self.database.query(Statement::new(sql, [])).await?;
        rows.first().map_or(Ok(String::new()), |row| Ok(row.text(0)?.to_owned()))
    }

    async fn kept(&self, row: &Row) -> Result<KeptLetter> {
        let letter = read(row.text(0)?)?;
        let acknowledged =
            if row.is_null(1) { None } else { Some(Acknowledged { at: row.time(1)?, by: row.text(2)?.to_owned() }) };
        let sql = "SELECT channel, state, attempts, due_at, problem FROM deliveries WHERE letter = ?1 ORDER BY channel";
        let rows = self.database.query(Statement::new(sql, [letter.id.as_str().into()])).await?;
        let deliveries = rows.iter().map(delivery).collect::<Result<_>>()?;
        Ok(KeptLetter { letter, acknowledged, deliveries })
    }
}

/// The key under which the end of an episode is told.
fn over(episode: &str) -> String {
    format!("over:{episode}")
}

fn due(row: &Row) -> Result<Due> {
    Ok(Due {
        channel: row.text(0)?.to_owned(),
        may_be_second: row.text(1)? == "sending",
        attempts: attempts(row, 2)?,
        is_escalation: row.integer(3)? != 0,
        letter: read(row.text(4)?)?,
        is_acknowledged: row.integer(5)? != 0,
    })
}

fn delivery(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        channel: row.text(0)?.to_owned(),
        state: row.text(1)?.parse()?,
        attempts: attempts(row, 2)?,
        due_at: row.time(3)?,
        problem: if row.is_null(4) { None } else { Some(row.text(4)?.to_owned()) },
    })
}

fn attempts(row: &Row, place: usize) -> Result<u32> {
    Ok(u32::try_from(row.integer(place)?).unwrap_or(u32::MAX))
}

fn read(body: &str) -> Result<Letter> {
    serde_json::from_str(body).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "a kept letter cannot be read")
            .next("restore the database from a backup, or install the release that wrote it")
            .caused_by(error)
    })
}
