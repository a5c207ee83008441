//! What the steps of the loop hand to the agents.

use std::sync::Arc;

use super::delivery;
use super::learn::Known;
use super::session::Session;
use crate::agent::optimizer::{self, AccountPast, OptimizerInput, PlatformCost};
use crate::agent::strategist::StrategistInput;
use crate::error::Result;
use crate::model::{AssetSet, CopySet, Strategy};
use crate::persona::Persona;

/// The work of the three agents before the optimizer.
pub(super) type PlanInputs = (Arc<Strategy>, Option<Arc<AssetSet>>, Option<Arc<CopySet>>);

/// All that the strategist may know.
pub(super) fn strategist(session: &Session, known: &Known) -> StrategistInput {
    StrategistInput {
        brief: session.brief.clone(),
        practices: known.practices.clone(),
        combinations: known.combinations.clone(),
        similar: known.similar.clone(),
        expectations: known.expectations.clone(),
        personas: personas(known),
    }
}

/// What the optimizer plans with: the work of the agents before it, what the platforms can do and say, and the account's past.
pub(super) async fn optimizer(session: &Session, (strategy, assets, copy): PlanInputs) -> Result<OptimizerInput> {
    let past = session.history.as_ref();
    Ok(OptimizerInput {
        sizes: delivery::sizes(session, &strategy).await?,
        costs: past.map(PlatformCost::all).transpose()?.unwrap_or_default(),
        prices: past.map(optimizer::prices).transpose()?.unwrap_or_default(),
        strategy: (*strategy).clone(),
        assets: assets.map(Arc::unwrap_or_clone).unwrap_or_default(),
        copy: copy.map(Arc::unwrap_or_clone).unwrap_or_default(),
        capabilities: session.capabilities()?,
        past: past.map(AccountPast::of).transpose()?.flatten(),
    })
}

/// The brand's own people first, then the groups behind past results.
fn personas(known: &Known) -> Vec<Persona> {
    let people = known.people.iter().flat_map(|people| &people.personas);
    let results = known.history.iter().flat_map(|history| &history.personas);
    people.chain(results).cloned().collect()
}
