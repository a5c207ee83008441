//! Calibration by group.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::split::{Reach, cautious, reach};
use crate::stats::{Defined, Undefined};

/// A group's own reach weighs as much as that of all when the group has so many rows; about where a group's own 90 % is known to
/// three points.
pub const SHRINKAGE: f64 = 20.0;

/// How far intervals must reach, in all and by group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grouped {
    /// Over all calibration rows.
    pub pooled: Reach,
    /// By group.
    pub groups: BTreeMap<String, GroupReach>,
}

/// How far the intervals of one group must reach.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GroupReach {
    /// The reach, shrunk towards that of all.
    pub reach: Reach,
    /// The group's calibration rows.
    pub rows: u64,
}

/// How far intervals must reach to hold at `level` in each group (Mondrian: Vovk, Gammerman and Shafer, 2005, 4.5), shrunk: with n rows
/// in the group, its own reach q and that of all p, (n q + k p) / (n + k), k [`SHRINKAGE`]. A group too small for a reach of its own
/// has that of all. A row of an empty group counts for all alone. Each level is raised by `errors` standard errors ([`cautious`]).
///
/// ```
/// use adbrain_core::predict::conformal::{Reach, by_group};
/// let scores: Vec<f64> = (0..100).map(f64::from).collect();
/// let groups: Vec<String> = (0..100).map(|row| if row < 5 { "new" } else { "known" }.into()).collect();
/// let reaches = by_group(&scores, &groups, 0.9, 0.0)?;
/// assert_eq!(reaches.pooled, Reach::Score(90.0));
/// assert_eq!(reaches.of("new"), reaches.pooled);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// As [`reach`]; [`Undefined::Input`] where there is not one group per score.
pub fn by_group(scores: &[f64], groups: &[String], level: f64, errors: f64) -> Defined<Grouped> {
    if groups.len() != scores.len() {
        return Err(Undefined::Input { field: "groups", problem: "must have one for each score" });
    }
    let wanted = |rows| cautious(level, rows, errors);
    let pooled = reach(scores, wanted(scores.len()))?;
    let mut parts: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (score, group) in scores.iter().zip(groups).filter(|(_, group)| !group.is_empty()) {
        parts.entry(group).or_default().push(*score);
    }
    let one = |(group, scores): (&str, Vec<f64>)| {
        let own = reach(&scores, wanted(scores.len()))?;
        let rows = scores.len() as u64;
        Ok((group.to_owned(), GroupReach { reach: shrunk(own, pooled, rows as f64), rows }))
    };
    Ok(Grouped { pooled, groups: parts.into_iter().map(one).collect::<Defined<_>>()? })
}

fn shrunk(own: Reach, pooled: Reach, rows: f64) -> Reach {
    match (own, pooled) {
        (Reach::Score(own), Reach::Score(all)) => Reach::Score((rows * own + SHRINKAGE * all) / (rows + SHRINKAGE)),
        (Reach::Unbounded, all) => all,
        (own, Reach::Unbounded) => own,
    }
}

impl Grouped {
    /// The reach of a group; that of all for a group without calibration rows.
    pub fn of(&self, group: &str) -> Reach {
        self.groups.get(group).map_or(self.pooled, |group| group.reach)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_shrunk_by_its_size() {
        let (mut scores, mut groups) = (vec![1.0; 40], vec!["calm".to_owned(); 40]);
        scores.extend([9.0; 20]);
        groups.extend(vec!["wild".to_owned(); 20]);
        let reaches = by_group(&scores, &groups, 0.9, 0.0).unwrap();
        assert_eq!(reaches.pooled, Reach::Score(9.0));
        assert_eq!(reaches.of("calm"), Reach::Score((40.0 + 20.0 * 9.0) / 60.0));
        assert_eq!((reaches.of("wild"), reaches.of("other")), (Reach::Score(9.0), Reach::Score(9.0)));
        assert!(by_group(&scores, &groups[1..], 0.9, 0.0).unwrap_err().is_input());
    }
}
