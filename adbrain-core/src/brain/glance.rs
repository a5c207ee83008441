//! What the journal of a store tells without the accounts: for a look before anything is opened.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::session::kill_file;
use super::status::is_waiting;
use super::stop::nothing;
use crate::clock::SystemClock;
use crate::control::{Control, ControlOptions, EVERY_RUN, Mode, Outcome, SwitchStatus};
use crate::error::Result;
use crate::model::RunId;
use crate::platform::Connectors;
use crate::store::Database;

/// The kill switch, and the runs of which something waits for a person.
#[derive(Debug)]
pub(crate) struct Glance {
    pub(crate) switch: SwitchStatus,
    /// How many steps wait, by run.
    pub(crate) waiting: BTreeMap<RunId, usize>,
}

impl Glance {
    /// Reads the journal of a store whose tables are up to date; the files beside the store are named after `beside`. Writes nothing: what
    /// an emergency file holds is left where it is.
    pub(crate) async fn of(database: Arc<dyn Database>, beside: &Path) -> Result<Self> {
        let options = ControlOptions {
            kill_file: Some(kill_file(beside)),
            ..ControlOptions::new(RunId::new(EVERY_RUN), Mode::DryRun, nothing())
        };
        let control = Control::open_to_read(database, Connectors::new(), Arc::new(SystemClock), options).await?;
        let (switch, steps) = control.glance().await?;
        let count = |steps: Vec<Outcome>| steps.iter().filter(|step| is_waiting(step)).count();
        let counted = steps.into_iter().map(|(run, steps)| (run, count(steps)));
        Ok(Self { switch, waiting: counted.filter(|(_, waiting)| *waiting > 0).collect() })
    }
}
