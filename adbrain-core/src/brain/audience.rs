//! Customers into a custom audience, by a person's order, before or after the run that names it is launched.

use super::{Brain, Ordered};
use crate::control::Mode;
use crate::error::Result;
use crate::platform::HashedCustomers;

/// An order to add customers to a custom audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillOrder {
    /// The run whose accounts and limits hold, by its name or the hash of its plan; the newest one where none is named.
    pub run: Option<String>,
    /// The name of the audience, as [`crate::model::Audience::custom_audiences`] takes it.
    pub name: String,
    /// Who belongs into it, hashed for the platform that they go to.
    pub customers: HashedCustomers,
    /// How far control may go; a dry run records and sends nothing.
    pub mode: Mode,
}

impl FillOrder {
    /// Fills an audience for the newest run, as a dry run.
    pub fn new(name: impl Into<String>, customers: HashedCustomers) -> Self {
        Self { run: None, name: name.into(), customers, mode: Mode::DryRun }
    }
}

impl Brain {
    /// Adds customers who consented to a custom audience, through the control of a run that has made its plan. The same order after a crash
    /// goes on where it was. `hash` of what comes back is the journal entry.
    ///
    /// # Errors
    /// As [`Brain::find_run`], [`Brain::door`] and [`Control::fill_audience`](crate::control::Control::fill_audience).
    pub async fn fill_audience(&self, order: &FillOrder) -> Result<Ordered> {
        let run = self.find_run(order.run.as_deref()).await?;
        let door = self.door(&run, order.mode).await?;
        let outcome = door.control.fill_audience(&order.name, &order.customers).await;
        door.close().await?;
        let outcome = outcome?;
        let hash = outcome.entry.clone();
        Ok(Ordered { run, mode: order.mode, hash, outcomes: vec![outcome], goes_on: false })
    }
}
