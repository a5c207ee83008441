//! Whether a question is like any past result, by the leaves that they share.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::predict::features::{Encoder, Feature, Features, Gap};
use crate::predict::forest::{IntervalForest, Table};

/// So many past results are compared with; more change the answer little and cost time for each question.
const MOST_COMPARED: usize = 500;
/// This share of past results may be less like another one than a question has to be: one odd past result does not open the door.
const ODD: f64 = 0.01;

/// Past results to compare with.
#[derive(Debug, Clone)]
pub(super) struct Support {
    past: Vec<Features>,
    whole: Likeness,
}

/// The leaves of past results, and how alike a question must be to one of them.
#[derive(Debug, Clone)]
struct Likeness {
    leaves: Vec<Vec<u32>>,
    floor: f64,
}

impl Support {
    /// Keeps past results to compare with; of many every k-th.
    pub(super) fn learn(forest: &IntervalForest, encoder: &Encoder, past: &[Features]) -> Result<Self> {
        let step = past.len().div_ceil(MOST_COMPARED).max(1);
        let past: Vec<Features> = past.iter().step_by(step).cloned().collect();
        let whole = Likeness::learn(forest, &encoder.table(&past)?)?;
        Ok(Self { past, whole })
    }

    /// Whether each question is as near to a past result as past results are to each other. What a question lacks is left out of past
    /// results too, for it says nothing either way.
    pub(super) fn holds(&self, forest: &IntervalForest, encoder: &Encoder, asked: &[Features]) -> Result<Vec<bool>> {
        let mut lacking: BTreeMap<Vec<Feature>, Likeness> = BTreeMap::new();
        let mut found = Vec::with_capacity(asked.len());
        for row in asked {
            let missing = missing(encoder, row);
            let table = encoder.table(std::slice::from_ref(row))?;
            if missing.is_empty() {
                found.push(self.whole.holds(forest, &table)?);
                continue;
            }
            if !lacking.contains_key(&missing) {
                let past: Vec<Features> = self.past.iter().map(|past| past.without(&missing)).collect();
                lacking.insert(missing.clone(), Likeness::learn(forest, &encoder.table(&past)?)?);
            }
            found.push(lacking.get(&missing).map_or(Ok(true), |likeness| likeness.holds(forest, &table))?);
        }
        Ok(found)
    }
}

fn missing(encoder: &Encoder, row: &Features) -> Vec<Feature> {
    let feature = |gap: Gap| match gap {
        Gap::Missing { feature } => Some(feature),
        _ => None,
    };
    encoder.gaps(row).into_iter().filter_map(feature).collect()
}

impl Likeness {
    fn learn(forest: &IntervalForest, past: &Table) -> Result<Self> {
        let leaves = leaves(forest, past)?;
        let others = |own: usize| leaves.iter().enumerate().filter(move |(at, _)| *at != own).map(|(_, other)| other);
        let mut nearest: Vec<f64> = leaves.iter().enumerate().map(|(own, row)| greatest(row, others(own))).collect();
        nearest.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
        let odd = (ODD * nearest.len() as f64) as usize;
        let floor = nearest.get(odd).copied().filter(|_| leaves.len() > 1).unwrap_or(0.0);
        Ok(Self { leaves, floor })
    }

    fn holds(&self, forest: &IntervalForest, asked: &Table) -> Result<bool> {
        Ok(leaves(forest, asked)?.iter().all(|row| greatest(row, self.leaves.iter()) >= self.floor))
    }
}

/// The leaf of each row in each tree of the forest that weighs most, of equals the first.
fn leaves(forest: &IntervalForest, table: &Table) -> Result<Vec<Vec<u32>>> {
    let most = forest.members().map(|(_, share)| share).fold(0.0, f64::max);
    let heaviest = forest.members().find(|(_, share)| *share >= most);
    heaviest.map_or_else(|| Ok(Vec::new()), |(forest, _)| forest.leaves(table))
}

/// The greatest share of trees in which a row shares a leaf with one of others (Breiman, "Random forests", 2001).
fn greatest<'a>(one: &[u32], others: impl Iterator<Item = &'a Vec<u32>>) -> f64 {
    let same = |other: &Vec<u32>| one.iter().zip(other).filter(|(one, other)| one == other).count();
    others.map(same).max().unwrap_or(0) as f64 / one.len().max(1) as f64
}
