//! One writer per account: before an operation writes about an account it takes the account's lease, and each entry that it writes
//! checks, in the same transaction, that nobody else has taken the lease since (its fence has not grown).

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Platform;
use crate::platform::Capabilities;
use crate::store::{Lease, Leases, Statement};

/// The leases of one operation.
pub(super) struct Writers {
    leases: Leases,
    held: BTreeMap<Platform, Lease>,
}

impl Writers {
    pub(super) fn new(leases: Leases) -> Self {
        Self { leases, held: BTreeMap::new() }
    }

    /// Takes the lease of an account, where this operation has not. While the store cannot be reached there is no lease to be had: the
    /// emergency file alone records then.
    pub(super) async fn hold(&mut self, account: &Capabilities) -> Result<()> {
        if self.held.contains_key(&account.platform) {
            return Ok(());
        }
        match self.leases.take(&format!("account {} {}", account.platform, account.account)).await {
            Ok(lease) => drop(self.held.insert(account.platform, lease)),
            Err(error) if error.kind() == ErrorKind::Conflict => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    /// What fails a transaction where the lease is lost by now.
    pub(super) fn guard(&self, platform: Platform) -> Option<Statement> {
        self.held.get(&platform).map(Lease::guard)
    }

    /// Why a transaction failed, where that is a lost lease.
    pub(super) async fn lost(&self, platform: Platform) -> Option<Error> {
        let lost = self.held.get(&platform)?.renew().await.err()?;
        (lost.kind() == ErrorKind::Conflict).then_some(lost)
    }

    /// Gives everything back at the end of an operation. What is lost or cannot be given back now runs out by itself.
    pub(super) async fn release(&mut self) {
        for lease in std::mem::take(&mut self.held).into_values() {
            drop(lease.release().await);
        }
    }
}
