//! How many listeners there may be at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, ErrorKind, Result};

/// Listeners at once, where nothing is said: a team with some programs, within what every system lets a process open.
pub(super) const LISTENERS: usize = 128;
/// The most that may be asked for.
const MOST: usize = 1_000_000;
/// Files and sockets that the process needs beside its listeners.
const SPARE: usize = 64;
/// Who finds no seat is told so; that many are told at once.
const AT_THE_DOOR: usize = 64;

/// The seats of a page. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Seats {
    free: Arc<Semaphore>,
    door: Arc<Semaphore>,
    all: usize,
}

/// A place, given back when it is dropped: a seat, or one at the door.
#[derive(Debug)]
pub(super) struct Place {
    is_seat: bool,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Whether who has it may listen; else it is for being told that there is no seat.
    pub(super) fn is_seat(&self) -> bool {
        self.is_seat
    }
}

impl Seats {
    pub(super) fn new(all: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(all)), door: Arc::new(Semaphore::new(AT_THE_DOOR)), all }
    }

    /// A seat.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where all are taken.
    pub(super) fn take(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().map_err(|_| self.full())
    }

    /// A seat, or where there is none a place at the door.
    ///
    /// # Errors
    /// As [`Seats::take`], where not even the door has a place.
    pub(super) fn take_or_wait(&self) -> Result<Place> {
        let place = |is_seat, permit| Place { is_seat, _permit: permit };
        self.take()
            .map(|seat| place(true, seat))
            .or_else(|full| Arc::clone(&self.door).try_acquire_owned().map(|door| place(false, door)).map_err(|_| full))
    }

    /// Seats in all, and those that are taken.
    pub(super) fn count(&self) -> (usize, usize) {
        (self.all, self.all.saturating_sub(self.free.available_permits()))
    }

    fn full(&self) -> Error {
        Error::new(ErrorKind::Unavailable, format!("listeners: all {} places are taken", self.all))
            .next("close a page that nobody looks at, or start it with more --listeners")
    }
}

/// Whether so many listeners may be asked for, here and now.
pub(super) fn check(listeners: usize) -> Result<()> {
    if listeners == 0 || listeners > MOST {
        return Err(Error::invalid("listeners", format!("{listeners} is not from 1 to {MOST}")).next("leave it out"));
    }
    match open_files() {
        Some(most) if listeners.saturating_add(SPARE) > most => {
            let what =
                format!("{listeners} is more than this process may open: {most} files, {SPARE} of them for itself");
            Err(Error::invalid("listeners", what).next("raise the limit with `ulimit -n` first, or ask for fewer"))
        }
        _ => Ok(()),
    }
}

/// How many files this process may open, where the system says so.
fn open_files() -> Option<usize> {
    parsed(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

fn parsed(limits: &str) -> Option<usize> {
    limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_cannot_be_held_is_refused_by_name() {
        assert_eq!(
            parsed("Limit   Soft  Hard\nMax open files            1024                 4096     files \n"),
            Some(1024)
        );
        assert_eq!(parsed("Max open files            unlimited            unlimited            files \n"), None);
        check(1).unwrap();
        for listeners in [0, MOST + 1] {
            let error = check(listeners).unwrap_err();
            assert_eq!(error.context_of("field"), Some("listeners"));
        }
    }

    #[test]
    fn who_comes_when_all_is_taken_is_told_and_seats_come_back() {
        let seats = Seats::new(1);
        let seat = seats.take().unwrap();
        assert_eq!(seats.count(), (1, 1));
        let full = seats.take().unwrap_err();
        assert!(full.to_string().contains("all 1 places are taken; close a page"), "{full}");
        let doors: Vec<_> = (0..AT_THE_DOOR).map(|_| seats.take_or_wait().unwrap()).collect();
        assert!(doors.iter().all(|place| !place.is_seat()));
        assert_eq!(seats.take_or_wait().unwrap_err().kind(), ErrorKind::Unavailable);
        drop(seat);
        assert!(seats.take_or_wait().unwrap().is_seat());
    }
}
