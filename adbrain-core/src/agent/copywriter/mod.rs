//! The copywriter: what the ads say.
//!
//! In: a strategy. Out: variants per slot within each platform's limits. Called by the cycle, beside Creative. Never claims
//! what the brief does not support, never cuts a text.

mod templates;
mod write;

use async_trait::async_trait;

use super::Agent;
use super::wording::Material;
use crate::error::{Error, Result};
use crate::model::{CopySet, CopySlot, Strategy};
use crate::platform::spec::SpecBook;

use templates::Templates;
use write::Desk;

/// Variants per slot, where nothing else is said: one per style.
const VARIANTS: usize = 4;
/// The most variants per slot: what Google takes as headlines.
const MOST_VARIANTS: usize = 15;

/// The agent that writes texts from templates, the same for the same strategy.
///
/// ```
/// use adbrain_core::agent::copywriter::Copywriter;
/// assert!(Copywriter::with_variants(6).is_ok());
/// assert!(Copywriter::with_variants(0).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Copywriter {
    variants: usize,
}

impl Default for Copywriter {
    fn default() -> Self {
        Self { variants: VARIANTS }
    }
}

impl Copywriter {
    /// Makes the agent with four variants per slot, one per style where the brief has the material.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the agent with another number of variants per slot, from 1 to 15. Fewer come out where the brief has too little
    /// to say without repeating itself.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a number outside.
    pub fn with_variants(variants: usize) -> Result<Self> {
        if (1..=MOST_VARIANTS).contains(&variants) {
            return Ok(Self { variants });
        }
        Err(Error::invalid("variants", format!("is {variants}")).next(format!("give 1 to {MOST_VARIANTS}")))
    }

    fn write(&self, strategy: &Strategy) -> Result<CopySet> {
        let (specs, templates) = (SpecBook::shipped()?, Templates::shipped(strategy.brief.language())?);
        let material = Material::of(&strategy.brief)?;
        let mut set = CopySet::default();
        for choice in &strategy.platforms {
            let spec = specs.platform(choice.platform)?;
            let desk = Desk { brief: &strategy.brief, material: &material, templates, spec, wanted: self.variants };
            let mut taken = Vec::new();
            for slot in CopySlot::ALL {
                desk.slot(choice.platform, *slot, &mut taken, &mut set.refused);
            }
            set.variants.extend(taken);
        }
        set.refused.extend(material.refused);
        sort(&mut set);
        Ok(set)
    }
}

fn sort(set: &mut CopySet) {
    set.variants
        .sort_by(|one, other| (one.platform, one.slot, &one.key).cmp(&(other.platform, other.slot, &other.key)));
    set.refused
        .sort_by_cached_key(|claim| (claim.text.clone(), claim.reason.key.clone(), format!("{:?}", claim.reason.args)));
    set.refused.dedup();
}

#[async_trait]
impl Agent for Copywriter {
    type Input = Strategy;
    type Output = CopySet;

    async fn run(&self, strategy: Strategy) -> Result<CopySet> {
        self.write(&strategy)
    }
}

#[cfg(test)]
mod tests;
