//! The custom audiences that a fake account was given, and who is in them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};

/// One custom audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What its maker wrote about it, or what kind of hashes it holds.
    pub note: String,
    /// The hashes in it, each once.
    pub people: BTreeSet<String>,
    /// When it was made.
    pub made: Timestamp,
}

/// The audiences of one account, in the order in which they were made. Clones look at the same ones: a test keeps one when the account goes
/// into its server.
#[derive(Debug, Clone, Default)]
pub struct Audiences(Arc<Mutex<Vec<Filled>>>);

impl Audiences {
    fn all(&self) -> MutexGuard<'_, Vec<Filled>> {
        self.0.lock().expect("no fake panics")
    }

    /// Makes an audience without anybody, whatever others there are of the name, as platforms do.
    pub(crate) fn make(&self, [id, name, note]: [&str; 3], made: Timestamp) {
        let [id, name, note] = [id, name, note].map(str::to_owned);
        self.all().push(Filled { id, name, note, people: BTreeSet::new(), made });
    }

    /// Adds people to an audience; whether it is there.
    pub(crate) fn add(&self, id: &str, people: impl IntoIterator<Item = String>) -> bool {
        let mut all = self.all();
        let Some(audience) = all.iter_mut().find(|audience| audience.id == id) else { return false };
        audience.people.extend(people);
        true
    }

    /// An audience by its id.
    pub(crate) fn get(&self, id: &str) -> Option<Filled> {
        self.all().iter().find(|audience| audience.id == id).cloned()
    }

    /// Those that an account lists: a new one so many seconds late.
    pub(crate) fn listed(&self, now: Timestamp, lag_seconds: i64) -> Vec<Filled> {
        let seen = now - SignedDuration::from_secs(lag_seconds);
        self.all().iter().filter(|audience| audience.made <= seen).cloned().collect()
    }

    /// Every audience of a name, listed or not.
    pub fn named(&self, name: &str) -> Vec<Filled> {
        self.all().iter().filter(|audience| audience.name == name).cloned().collect()
    }
}
