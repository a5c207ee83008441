//! Leases: one process at a time works on a run.
//!
//! A row says who works and until when; the holder renews it. A file beside the store, locked by the holder, says whether that
//! process still lives: the system drops the lock of a killed process, so that the next one on the same machine goes on at
//! once. On another machine a killed holder's lease has to run out.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Database, Row, Statement, Value};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};

/// How long a lease holds without being renewed.
const LENGTH: SignedDuration = SignedDuration::from_secs(60);
/// The time between two renewals: two may fail before the lease runs out.
const RENEWAL: Duration = Duration::from_secs(20);
/// How often a lease is tried for that changes hands meanwhile.
const MAX_TRIES: u32 = 3;

/// Tells the holders of one process apart.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Gives leases out.
#[derive(Clone)]
pub struct Leases {
    database: Arc<dyn Database>,
    clock: Arc<dyn Clock>,
    beside: PathBuf,
}

impl Leases {
    /// Makes the office over a migrated database; the holders' files lie beside `beside`, with another ending.
    pub fn new(database: Arc<dyn Database>, clock: Arc<dyn Clock>, beside: &Path) -> Self {
        Self { database, clock, beside: beside.to_owned() }
    }

    /// Takes a lease that nobody holds, that has run out, or whose holder is dead.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] naming the holder; [`ErrorKind::Unavailable`] where the holder's file cannot be made.
    pub async fn take(&self, name: &str) -> Result<Lease> {
        let now = self.clock.now();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let holder = format!("{}-{}-{number}", std::process::id(), now.as_nanosecond());
        let path = self.file_of(&holder);
        let file = create_locked(&path).map_err(|error| unusable(&path, error))?;
        match self.enter(name, &holder).await {
            Ok(fence) => Ok(Lease { leases: self.clone(), name: name.to_owned(), fence, path, _file: file }),
            // Where the row may name this holder all the same, its file stays, unlocked: nobody is there.
            Err(error) if error.kind() == ErrorKind::Conflict => remove(&path).and(Err(error)),
            Err(error) => Err(error),
        }
    }

    /// Writes the holder into the lease's row; gives the fence, which grows with each holder.
    async fn enter(&self, name: &str, holder: &str) -> Result<i64> {
        for _ in 0..MAX_TRIES {
            let (mut known, until) = (self.read(name).await?, self.end());
            let (statement, fence) = match &mut known {
                None => {
                    let sql =
                        "INSERT INTO leases (name, holder, fence, until) VALUES (?1, ?2, 1, ?3) ON CONFLICT DO NOTHING";
                    (Statement::new(sql, [name.into(), holder.into(), until.into()]), 1)
                }
                Some(known) => {
                    known.is_dead = self.is_dead(&known.holder)?;
                    self.check_free(name, known)?;
                    let sql =
                        "UPDATE leases SET holder = ?2, fence = ?3 + 1, until = ?4 WHERE name = ?1 AND fence = ?3";
                    let values: [Value; 4] = [name.into(), holder.into(), known.fence.into(), until.into()];
                    (Statement::new(sql, values), known.fence + 1)
                }
            };
            if self.database.write(vec![statement]).await?.first() == Some(&1) {
                if let Some(known) = known.filter(|known| known.is_dead) {
                    remove(&self.file_of(&known.holder))?;
                }
                return Ok(fence);
            }
        }
        Err(Error::new(ErrorKind::Conflict, format!("{name} changes hands all the time")).next("try again"))
    }

    async fn read(&self, name: &str) -> Result<Option<Known>> {
        let sql = "SELECT holder, fence, until FROM leases WHERE name = ?1";
        let rows = self.database.query(Statement::new(sql, [name.into()])).await?;
        rows.first().map(Known::from_row).transpose()
    }

    fn check_free(&self, name: &str, known: &Known) -> Result<()> {
        if known.until <= self.clock.now() || known.is_dead {
            return Ok(());
        }
        let process = known.holder.split('-').next().unwrap_or_default();
        Err(Error::new(ErrorKind::Conflict, format!("{name} is being worked on by process {process}"))
            .with("until", known.until)
            .next("wait until it ends, or stop it, then give the same command again"))
    }

    /// Whether a holder on this machine has left its file unlocked: then its process is gone. The file stays until its row names another
    /// holder, for whoever comes after a process that is killed in between.
    fn is_dead(&self, holder: &str) -> Result<bool> {
        let path = self.file_of(holder);
        let Ok(file) = File::open(&path) else { return Ok(false) };
        match file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(unusable(&path, error)),
        }
    }

    fn file_of(&self, holder: &str) -> PathBuf {
        self.beside.with_extension(format!("lease-{holder}"))
    }

    fn end(&self) -> Timestamp {
        self.clock.now().checked_add(LENGTH).unwrap_or(Timestamp::MAX)
    }
}

/// A lease as its row shows it.
struct Known {
    holder: String,
    fence: i64,
    until: Timestamp,
    is_dead: bool,
}

impl Known {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { holder: row.text(0)?.to_owned(), fence: row.integer(1)?, until: row.time(2)?, is_dead: false })
    }
}

/// A lease in hand. Dropped without [`Lease::release`], it can be taken over on the same machine at once.
pub struct Lease {
    leases: Leases,
    name: String,
    fence: i64,
    path: PathBuf,
    /// Locked as long as it is open.
    _file: File,
}

impl Lease {
    /// Renews the lease until it is lost; gives the reason.
    pub async fn keep(&self) -> Error {
        let mut until = self.leases.end();
        loop {
            tokio::time::sleep(RENEWAL).await;
            let next = self.leases.end();
            match self.set_end(next).await {
                Ok(()) => until = next,
                // A store that cannot be reached may come back in time.
                Err(error) if error.kind() != ErrorKind::Conflict && self.leases.clock.now() < until => {}
                Err(error) => return error,
            }
        }
    }

    /// A statement that renews the lease, and fails the transaction in which it stands where somebody else has it by now.
    pub fn guard(&self) -> Statement {
        // A fence that is null breaks the table's rule.
        let sql = "UPDATE leases SET until = ?3, fence = CASE WHEN fence = ?2 THEN fence END WHERE name = ?1";
        let values: [Value; 3] = [self.name.as_str().into(), self.fence.into(), self.leases.end().into()];
        Statement::new(sql, values)
    }

    /// Renews the lease.
    ///
    /// # Errors
    /// Those of the database; [`ErrorKind::Conflict`] where somebody else has it by now.
    pub async fn renew(&self) -> Result<()> {
        self.set_end(self.leases.end()).await
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// Those of the database; [`ErrorKind::Conflict`] where somebody else has it by now.
    pub async fn release(self) -> Result<()> {
        let ended = self.set_end(Timestamp::UNIX_EPOCH).await;
        // Where the row still names this holder its file has to stay, unlocked: it tells the next one that nobody is there.
        if ended.as_ref().is_ok() || ended.as_ref().is_err_and(|error| error.kind() == ErrorKind::Conflict) {
            remove(&self.path)?;
        }
        ended
    }

    async fn set_end(&self, until: Timestamp) -> Result<()> {
        let sql = "UPDATE leases SET until = ?3 WHERE name = ?1 AND fence = ?2";
        let values: [Value; 3] = [self.name.as_str().into(), self.fence.into(), until.into()];
        if self.leases.database.write(vec![Statement::new(sql, values)]).await?.first() == Some(&1) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Conflict, format!("another process works on {} by now", self.name))
            .next("let that one end, then give the same command again"))
    }
}

fn create_locked(path: &Path) -> std::io::Result<File> {
    // Beside a remote store the folder may not be there yet.
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let file = File::create(path)?;
    file.lock()?;
    Ok(file)
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unusable(path, error)),
        _ => Ok(()),
    }
}

fn unusable(path: &Path, error: std::io::Error) -> Error {
    let message = format!("the file {} of a lease cannot be used: {error}", path.display());
    Error::new(ErrorKind::Unavailable, message).next("make its folder writable").caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    struct Bench {
        folder: tempfile::TempDir,
        clock: ManualClock,
        database: Arc<dyn Database>,
    }

    impl Bench {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let database = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
            Self { folder, clock: ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap()), database }
        }

        fn leases(&self, machine: &str) -> Leases {
            let beside = self.folder.path().join(machine);
            Leases::new(self.database.clone(), Arc::new(self.clock.clone()), &beside)
        }

        fn files(&self) -> usize {
            let names = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
            names.filter(|name| name.to_string_lossy().contains(".lease-")).count()
        }
    }

    #[tokio::test]
    async fn a_second_holder_is_refused_by_name_and_gets_the_lease_once_it_is_given_back() {
        let bench = Bench::new().await;
        let lease = bench.leases("a").take("run x").await.unwrap();
        let error = bench.leases("a").take("run x").await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
        bench.leases("a").take("run y").await.unwrap().release().await.unwrap();
        lease.release().await.unwrap();
        let again = bench.leases("a").take("run x").await.unwrap();
        assert_eq!(again.fence, 2);
        again.release().await.unwrap();
        assert_eq!(bench.files(), 0);
    }

    #[tokio::test]
    async fn the_lease_of_a_dead_holder_is_taken_over_at_once_on_its_machine_and_after_its_time_on_another() {
        let bench = Bench::new().await;
        drop(bench.leases("a").take("run x").await.unwrap());
        assert_eq!(bench.leases("b").take("run x").await.err().unwrap().kind(), ErrorKind::Conflict);
        drop(bench.leases("a").take("run x").await.unwrap());
        assert_eq!(bench.files(), 1);
        bench.clock.advance(LENGTH);
        bench.leases("b").take("run x").await.unwrap().release().await.unwrap();
    }

    #[tokio::test]
    async fn a_transaction_with_the_guard_of_a_lost_lease_changes_nothing() {
        let bench = Bench::new().await;
        let lease = bench.leases("a").take("run x").await.unwrap();
        let note = || Statement::new("INSERT INTO leases VALUES ('note', '', 1, '')", []);
        bench.database.write(vec![lease.guard(), note()]).await.unwrap();
        bench.clock.advance(LENGTH + SignedDuration::from_secs(1));
        let other = bench.leases("b").take("run x").await.unwrap();
        bench.database.write(vec![Statement::new("DELETE FROM leases WHERE name = 'note'", [])]).await.unwrap();
        let error = bench.database.write(vec![lease.guard(), note()]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        let notes = bench.database.query(Statement::new("SELECT name FROM leases WHERE name = 'note'", [])).await;
        assert_eq!(notes.unwrap().len(), 0);
        other.release().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_that_was_taken_over_is_lost_and_one_that_is_renewed_is_not() {
        let bench = Bench::new().await;
        let lease = bench.leases("a").take("run x").await.unwrap();
        let beat = RENEWAL + Duration::from_secs(1);
        bench.clock.advance(SignedDuration::from_secs(40));
        assert!(tokio::time::timeout(beat, lease.keep()).await.is_err());
        bench.clock.advance(SignedDuration::from_secs(40));
        assert!(bench.leases("b").take("run x").await.is_err());
        bench.clock.advance(LENGTH);
        let other = bench.leases("b").take("run x").await.unwrap();
        assert_eq!(lease.keep().await.kind(), ErrorKind::Conflict);
        assert_eq!(lease.release().await.unwrap_err().kind(), ErrorKind::Conflict);
        other.release().await.unwrap();
    }
}
