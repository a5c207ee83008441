//! What goes wrong, by the number of the write.

use std::collections::BTreeMap;

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The platform says that it is asked too often, in its own way; nothing is done.
    Throttled,
    /// An error of the server; nothing is done.
    FailsBefore,
    /// The write is done, then an error of the server is answered.
    FailsAfter,
    /// The write is done; so many bytes of the answer arrive, then the line breaks.
    CutAfter(usize),
    /// The token is no longer valid.
    TokenExpired,
}

/// The faults of a fake: the n-th write, counted from one, meets one of them. Requests that only read are not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(pub BTreeMap<u64, Fault>);

impl Faults {
    /// One fault at one write.
    pub fn at(write: u64, fault: Fault) -> Self {
        Self(BTreeMap::from([(write, fault)]))
    }
}
