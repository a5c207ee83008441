//! The people reached on several platforms together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::curve::positive;
use crate::stats::{Defined, Undefined};

/// A platform's audience and the people reached in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// The people of the audience there.
    pub people: f64,
    /// Those reached.
    pub reach: f64,
}

/// People who are in the audiences of two platforms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedPeople {
    /// The places of the two platforms in the list, from 0.
    pub between: [usize; 2],
    /// The share of the smaller audience that is in the larger too, 0 to 1.
    pub share: f64,
}

/// The people reached on at least one platform.
///
/// Platforms are taken in falling order of reach; each adds those of its reach whom none before it reached. A person shared with platform j
/// was reached there with probability `R_j / N_j`, independently: `r_k (1 - M_jk / N_k R_j / N_j)` over the earlier ones j, with `M_jk` the people
/// of both audiences. Exact for two platforms under that independence; for more it also takes the overlaps as independent. Pairs
/// that are not given share nobody.
///
/// ```
/// use adbrain_core::predict::saturation::{Platform, SharedPeople, reach_union};
/// let platforms = [Platform { people: 1000.0, reach: 400.0 }, Platform { people: 500.0, reach: 250.0 }];
/// let union = reach_union(&platforms, &[SharedPeople { between: [0, 1], share: 0.6 }])?;
/// assert!((union - (400.0 + 250.0 - 300.0 * 0.4 * 0.5)).abs() < 1e-9);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`] without platforms; [`Undefined::Input`] naming `people`, `reach`, `between` or `share`.
pub fn reach_union(platforms: &[Platform], shared: &[SharedPeople]) -> Defined<f64> {
    if platforms.is_empty() {
        return Err(Undefined::Empty);
    }
    platforms.iter().try_for_each(check_platform)?;
    shared.iter().try_for_each(|pair| check_pair(pair, platforms.len()))?;
    let mut order: Vec<(usize, &Platform)> = platforms.iter().enumerate().collect();
    order.sort_by(|(a, first), (b, second)| second.reach.total_cmp(&first.reach).then(a.cmp(b)));
    let mut earlier: Vec<(usize, &Platform)> = Vec::new();
    let mut union = 0.0;
    for (place, platform) in order {
        let missed = |(other, before): &(usize, &Platform)| {
            let both = share(shared, [place, *other]) * platform.people.min(before.people);
            1.0 - both / platform.people * before.reach / before.people
        };
        union += platform.reach * earlier.iter().map(missed).product::<f64>();
        earlier.push((place, platform));
    }
    Ok(union)
}

fn share(shared: &[SharedPeople], [a, b]: [usize; 2]) -> f64 {
    let is_pair = |pair: &&SharedPeople| pair.between == [a, b] || pair.between == [b, a];
    shared.iter().find(is_pair).map_or(0.0, |pair| pair.share)
}

fn check_platform(platform: &Platform) -> Defined<()> {
    positive("people", platform.people)?;
    if !(0.0..=platform.people).contains(&platform.reach) {
        return Err(Undefined::Input { field: "reach", problem: "must lie between 0 and the people of the audience" });
    }
    Ok(())
}

fn check_pair(pair: &SharedPeople, platforms: usize) -> Defined<()> {
    let [a, b] = pair.between;
    if a == b || a.max(b) >= platforms {
        return Err(Undefined::Input { field: "between", problem: "must be the places of two different platforms" });
    }
    if !(0.0..=1.0).contains(&pair.share) {
        return Err(Undefined::Input { field: "share", problem: "must lie between 0 and 1" });
    }
    Ok(())
}
