//! A clock that several processes share: a file that holds the moment.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use adbrain_core::clock::Clock;
use jiff::{SignedDuration, Timestamp};

/// Stands still until a process that shares it moves it. To the microsecond.
#[derive(Debug, Clone)]
pub struct SharedClock(Arc<File>);

impl SharedClock {
    /// Makes the file, set to a moment.
    pub fn create(path: &Path, start: Timestamp) -> std::io::Result<Self> {
        let file = File::options().create(true).truncate(true).read(true).write(true).open(path)?;
        let clock = Self(Arc::new(file));
        clock.set(start);
        Ok(clock)
    }

    /// Opens the file that another process made.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Self(Arc::new(File::options().read(true).write(true).open(path)?)))
    }

    /// Sets the time; it may also go back.
    pub fn set(&self, now: Timestamp) {
        self.0.write_all_at(&now.as_microsecond().to_le_bytes(), 0).expect("the clock's file can be written");
    }

    /// Moves the time forward.
    pub fn advance(&self, by: SignedDuration) {
        self.set(self.now() + by);
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        let mut bytes = [0; 8];
        self.0.read_exact_at(&mut bytes, 0).expect("the clock's file can be read");
        Timestamp::from_microsecond(i64::from_le_bytes(bytes)).expect("the file holds a moment")
    }
}
