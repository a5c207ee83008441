//! The journal: append-only, each entry chained to the one before by its hash.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;

use super::JournalState;
use super::records::Records;
use super::step::{Step, Trust, Work};
use super::writers::Writers;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ChangeKind, ContentHash, Message, ObjectId, Platform, RunId, Tag, canonical_json};
use crate::platform::Capabilities;
use crate::store::{Database, Leases, Row, Statement, Value};

/// What the first entry of the chain names as the one before it.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// How often an entry is chained anew when other runs were faster.
const MAX_TRIES: u32 = 100;
/// Digits of an entry's hash in a trace.
const ENTRY_DIGITS: usize = 16;
const COLUMNS: &str = "seq, run, entry, platform, target, action, cause, state, body, at, previous, hash";

/// An object that a step made or found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) tag: Tag,
    pub(super) id: ObjectId,
}

/// What an entry says beside its columns.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Body {
    /// What is done; in the first entry of a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) work: Option<Work>,
    /// Which rules held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trust: Option<Trust>,
    /// How to take it back, written before it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) undo: Option<ChangeKind>,
    /// Objects, once known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) made: Vec<Made>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<Message>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) seq: i64,
    pub(super) run: RunId,
    pub(super) entry: ContentHash,
    /// None for notes, which belong to no platform.
    pub(super) platform: Option<Platform>,
    pub(super) target: Tag,
    pub(super) action: String,
    pub(super) cause: String,
    pub(super) state: JournalState,
    pub(super) body: Body,
    pub(super) at: Timestamp,
    pub(super) previous: String,
    pub(super) hash: ContentHash,
}

/// The bytes under the hash, as text columns: a flipped byte in any of them changes it.
#[derive(Serialize)]
struct Sealed<'a> {
    seq: i64,
    texts: [&'a str; 9],
}

/// The hash of a row: SHA-256 over the hash before it and the row's own columns as canonical JSON.
pub(super) fn seal(row: &Row) -> Result<ContentHash> {
    let mut texts = [""; 9];
    for (index, text) in texts.iter_mut().enumerate() {
        *text = row.text(index + 1)?;
    }
    let mut bytes = row.text(10)?.as_bytes().to_vec();
    bytes.extend(canonical_json(&Sealed { seq: row.integer(0)?, texts })?);
    Ok(ContentHash::of(&bytes))
}

impl Record {
    /// Chains the record to the one before it.
    fn chained(mut self, seq: i64, previous: &str) -> Result<Self> {
        self.seq = seq;
        previous.clone_into(&mut self.previous);
        self.hash = seal(&self.to_row()?)?;
        Ok(self)
    }

    fn to_row(&self) -> Result<Row> {
        let body = String::from_utf8(canonical_json(&self.body)?)
            .map_err(|error| Error::new(ErrorKind::Internal, "a journal entry is no text").caused_by(error))?;
        Ok(Row(vec![
            self.seq.into(),
            self.run.as_str().into(),
            self.entry.as_str().into(),
            self.platform.map_or("", Platform::as_str).into(),
            self.target.as_str().into(),
            self.action.as_str().into(),
            self.cause.as_str().into(),
            self.state.as_str().into(),
            body.into(),
            self.at.to_string().into(),
            self.previous.as_str().into(),
            self.hash.as_str().into(),
        ]))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let platform = row.text(3)?;
        let damaged = |error: serde_json::Error| damaged(row.integer(0).unwrap_or_default()).caused_by(error);
        let at = row.text(9)?.parse().map_err(|_| self::damaged(row.integer(0).unwrap_or_default()))?;
        Ok(Self {
            seq: row.integer(0)?,
            run: RunId::new(row.text(1)?),
            entry: ContentHash::new(row.text(2)?),
            platform: if platform.is_empty() { None } else { Some(platform.parse()?) },
            target: Tag::new(row.text(4)?),
            action: row.text(5)?.to_owned(),
            cause: row.text(6)?.to_owned(),
            state: serde_json::from_value(row.text(7)?.into()).map_err(damaged)?,
            body: serde_json::from_str(row.text(8)?).map_err(damaged)?,
            at,
            previous: row.text(10)?.to_owned(),
            hash: ContentHash::new(row.text(11)?),
        })
    }
}

fn damaged(seq: i64) -> Error {
    Error::new(ErrorKind::Corrupt, format!("journal entry {seq} is damaged"))
        .next("restore the database from a backup, then look at the accounts by hand")
}

/// The journal of one database, with everything in it at hand.
pub(super) struct Journal {
    database: Arc<dyn Database>,
    records: Records,
    emergency: Option<PathBuf>,
    writers: Writers,
    /// How many of the newest records lie in the emergency file alone.
    waiting: usize,
}

impl Journal {
    /// Reads and verifies the whole journal and merges what an emergency file holds.
    pub(super) async fn open(database: Arc<dyn Database>, emergency: Option<PathBuf>, leases: Leases) -> Result<Self> {
        let found = super::audit::verify(database.as_ref()).await?;
        if let Some(problem) = found.first_problem {
            return Err(damaged(problem.seq).with("problem", problem.kind.as_str()));
        }
        let writers = Writers::new(leases);
        let mut journal = Self { database, records: Records::default(), emergency, writers, waiting: 0 };
        journal.refresh().await?;
        journal.merge_file().await?;
        Ok(journal)
    }

    /// Reads what other processes wrote since the last time.
    pub(super) async fn refresh(&mut self) -> Result<()> {
        if self.waiting > 0 {
            return Ok(());
        }
        let last = self.records().last().map_or(0, |record| record.seq);
        let sql = format!("SELECT {COLUMNS} FROM journal WHERE seq > ?1 ORDER BY seq");
        let rows = self.database.query(Statement::new(sql, [last.into()])).await?;
        for row in &rows {
            self.records.push(Record::from_row(row)?);
        }
        Ok(())
    }

    pub(super) fn records(&self) -> &[Record] {
        self.records.all()
    }

    /// The records of one step, oldest first.
    pub(super) fn of(&self, entry: &ContentHash) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.of(entry)
    }

    /// The platform's id of an object, where a step of the run made or found it.
    pub(super) fn object_id(&self, run: &RunId, tag: &Tag) -> Option<ObjectId> {
        self.records.object_id(run, tag).cloned()
    }

    /// The mark of an object that this journal knows: the run's own, else another run's.
    pub(super) fn tag_of(&self, run: &RunId, platform: Platform, id: &ObjectId) -> Option<&Tag> {
        self.records.tag_of(run, platform, id)
    }

    pub(super) fn head(&self) -> ContentHash {
        self.records().last().map_or_else(|| ContentHash::new(GENESIS), |record| record.hash.clone())
    }

    /// Takes the lease of an account for this operation.
    pub(super) async fn hold(&mut self, account: &Capabilities) -> Result<()> {
        self.writers.hold(account).await
    }

    /// Gives the leases of an operation back.
    pub(super) async fn release(&mut self) {
        self.writers.release().await;
    }

    /// Writes one entry about a step: it is on disk when this returns.
    pub(super) async fn append(&mut self, run: &RunId, step: &Step, note: Note) -> Result<()> {
        let record = Record {
            seq: 0,
            run: run.clone(),
            entry: step.entry(run)?,
            platform: (!step.work.is_note()).then_some(step.platform),
            target: step.target.clone(),
            action: step.action().to_owned(),
            cause: step.cause.clone(),
            state: note.state,
            body: note.body,
            at: note.at,
            previous: String::new(),
            hash: ContentHash::new(GENESIS),
        };
        let span = tracing::info_span!(
            "journal",
            otel.name = format!("journal {}", record.state.as_str()),
            run = %record.run,
            platform = record.platform.map(Platform::as_str),
            action = &*record.action,
            target = %record.target,
            cause = &*record.cause,
            state = record.state.as_str(),
            entry = record.entry.short(ENTRY_DIGITS),
            otel.status_code = tracing::field::Empty,
            error.type = tracing::field::Empty,
        );
        let pushed = self.push(record).instrument(span.clone()).await;
        pushed.inspect_err(|error| error.mark(&span))
    }

    /// Appends behind whatever other runs have written meanwhile; gives up where another process works on the same run.
    async fn push(&mut self, record: Record) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_push(record.clone()).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    if let Some(lost) = self.lost_lease(&record).await {
                        return Err(lost);
                    }
                    if tries == MAX_TRIES || self.is_overtaken(&record.run).await? {
                        return Err(error);
                    }
                }
                other => return other,
            }
        }
    }

    async fn lost_lease(&self, record: &Record) -> Option<Error> {
        self.writers.lost(record.platform?).await
    }

    /// Reads on and says whether somebody else wrote for the same run.
    async fn is_overtaken(&mut self, run: &RunId) -> Result<bool> {
        let known = self.records().len();
        self.refresh().await?;
        Ok(self.records().iter().skip(known).any(|record| record.run == *run))
    }

    async fn try_push(&mut self, record: Record) -> Result<()> {
        let (seq, previous) = self.next();
        self.records.push(record.chained(seq, &previous)?);
        self.waiting += 1;
        let written = self.write_waiting().await;
        if written.is_err() && self.waiting > 1
            || written.as_ref().is_err_and(|error| error.kind() != ErrorKind::Conflict)
        {
            return self.write_emergency().map_err(|file| self.nothing_sent(written.err(), &file));
        }
        if written.is_err() {
            self.records.pop();
            self.waiting = 0;
        }
        written
    }

    fn next(&self) -> (i64, String) {
        self.records().last().map_or((1, GENESIS.to_owned()), |last| (last.seq + 1, last.hash.as_str().to_owned()))
    }

    /// Writes what waits into the database, in one transaction.
    async fn write_waiting(&mut self) -> Result<()> {
        let start = self.records().len().saturating_sub(self.waiting);
        let had_file = self.waiting > 1;
        let waiting = self.records().iter().skip(start);
        let mut statements = waiting.clone().map(insert).collect::<Result<Vec<_>>>()?;
        // What waits in the emergency file was done while the lease was held, and has to go into the chain whoever holds it now.
        let newest = self.records().last().filter(|_| !had_file).and_then(|record| record.platform);
        statements.extend(newest.and_then(|platform| self.writers.guard(platform)));
        statements.extend(waiting.map(set_head));
        self.database.write(statements).await?;
        self.waiting = 0;
        if had_file { self.drop_file() } else { Ok(()) }
    }

    /// Appends the newest record to the emergency file and waits until it is on disk.
    fn write_emergency(&mut self) -> Result<()> {
        let no_file = || {
            Error::new(ErrorKind::Unavailable, "there is no emergency file").next("set `emergency_file` in the options")
        };
        let (path, record) = self.emergency.as_ref().zip(self.records().last()).ok_or_else(no_file)?;
        let mut line = canonical_json(record)?;
        line.push(b'\n');
        append_durably(path, &line)
    }

    /// Forgets the newest record, since it is nowhere on disk.
    fn nothing_sent(&mut self, database: Option<Error>, file: &Error) -> Error {
        self.records.pop();
        self.waiting = self.waiting.saturating_sub(1);
        let error = Error::new(ErrorKind::Unavailable, "nothing was sent: the journal cannot be written")
            .with("emergency file", file.message())
            .next("make the database or the emergency file writable, then try again");
        match database {
            Some(cause) => error.caused_by(cause),
            None => error,
        }
    }

    /// Takes over what an earlier process wrote into the emergency file.
    async fn merge_file(&mut self) -> Result<()> {
        let Some(path) = self.emergency.clone() else { return Ok(()) };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(file_error(&path, error)),
        };
        let known: BTreeSet<String> = self.records().iter().map(|record| record.hash.as_str().to_owned()).collect();
        let start = self.records().len();
        for line in whole_lines(&text) {
            let record: Record = serde_json::from_str(line).map_err(|error| {
                Error::new(ErrorKind::Corrupt, format!("the emergency file {} is damaged", path.display()))
                    .next("keep a copy, take it away, and look in the accounts what was made")
                    .caused_by(error)
            })?;
            if !known.contains(record.hash.as_str()) {
                let (seq, previous) = self.next();
                self.records.push(record.chained(seq, &previous)?);
            }
        }
        self.waiting = self.records().len() - start;
        if self.waiting > 0 {
            self.write_waiting().await?;
        }
        self.drop_file()
    }

    fn drop_file(&self) -> Result<()> {
        let Some(path) = &self.emergency else { return Ok(()) };
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error(path, error)),
            _ => Ok(()),
        }
    }
}

/// A torn last line was not on disk when the machine stopped, so its request was not sent either.
fn whole_lines(text: &str) -> impl Iterator<Item = &str> {
    let end = text.rfind('\n').map_or(0, |end| end + 1);
    text.get(..end).unwrap_or_default().lines().filter(|line| !line.is_empty())
}

fn append_durably(path: &Path, line: &[u8]) -> Result<()> {
    let write = || {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(line)?;
        file.sync_all()
    };
    write().map_err(|error| file_error(path, error))
}

fn file_error(path: &Path, error: std::io::Error) -> Error {
    let message = format!("the emergency file {} cannot be used: {error}", path.display());
    Error::new(ErrorKind::Unavailable, message).next("make its folder writable").caused_by(error)
}

fn insert(record: &Record) -> Result<Statement> {
    let sql = format!("INSERT INTO journal ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    Ok(Statement::new(sql, record.to_row()?.0.into_iter().collect::<Vec<Value>>()))
}

/// Notes the newest entry of a run, in the transaction that writes the entry.
fn set_head(record: &Record) -> Statement {
    let sql = "INSERT INTO journal_heads (run, seq, hash) VALUES (?1, ?2, ?3) \
               ON CONFLICT (run) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
    Statement::new(sql, [record.run.as_str().into(), record.seq.into(), record.hash.as_str().into()])
}

/// What a new entry says.
pub(super) struct Note {
    pub(super) state: JournalState,
    pub(super) body: Body,
    pub(super) at: Timestamp,
}
