//! Counting pairs and groups of equal values of two sorted samples.

use crate::stats::{Defined, Undefined};

/// A value as a whole number in the same order; both zeros are one.
pub(super) fn key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The value of a key.
pub(super) fn value(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

/// The keys of values in ascending order.
pub(super) fn sorted_keys(values: &[f64]) -> Defined<Vec<u64>> {
    if values.is_empty() {
        return Err(Undefined::Empty);
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Undefined::NotFinite);
    }
    let mut keys: Vec<u64> = values.iter().copied().map(key).collect();
    keys.sort_unstable();
    Ok(keys)
}

/// Two samples as the test sees them.
#[derive(Debug)]
pub(super) struct Pairs {
    /// The sizes of control and treatment.
    pub(super) sizes: [u64; 2],
    /// Twice the pairs with treatment above control, plus the pairs that are equal.
    pub(super) twice_u: u128,
    /// The sizes of the groups of equal values, ascending by value; of the groups of one only so many as matter here: all of them.
    pub(super) groups: Groups,
}

/// The groups of equal values: how many, and the larger ones.
#[derive(Debug, Default)]
pub(super) struct Groups {
    number: usize,
    /// The sum of t^3 - t.
    cubes: f64,
    /// The sizes in ascending order of value, kept while there are few.
    pub(super) sizes: Vec<u64>,
}

/// More groups than the exact distribution can use are not kept.
const KEPT: usize = 1024;

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.number
    }

    fn add(&mut self, size: u64) {
        let t = size as f64;
        self.number += 1;
        self.cubes += t * t * t - t;
        if self.sizes.len() < KEPT {
            self.sizes.push(size);
        }
    }
}

impl Pairs {
    /// Counts in one walk over both samples, which are sorted and not empty.
    pub(super) fn of(control: &[u64], treatment: &[u64]) -> Self {
        let (mut left, mut right) = (control, treatment);
        let (mut below, mut twice_u, mut groups) = (0_u64, 0_u128, Groups::default());
        while let Some(least) = least(left, right) {
            let ties = [take(&mut left, least), take(&mut right, least)];
            twice_u += u128::from(ties[1]) * u128::from(2 * below + ties[0]);
            below += ties[0];
            groups.add(ties[0] + ties[1]);
        }
        Self { sizes: [control.len() as u64, treatment.len() as u64], twice_u, groups }
    }

    /// The number of pairs.
    pub(super) fn number(&self) -> f64 {
        self.sizes[0] as f64 * self.sizes[1] as f64
    }

    pub(super) fn smaller(&self) -> u64 {
        self.sizes[0].min(self.sizes[1])
    }

    pub(super) fn larger(&self) -> u64 {
        self.sizes[0].max(self.sizes[1])
    }

    pub(super) fn has_no_ties(&self) -> bool {
        self.groups.number as u64 == self.sizes[0] + self.sizes[1]
    }

    /// The variance of U where the arms do not differ.
    pub(super) fn variance(&self) -> f64 {
        let n = self.sizes[0] as f64 + self.sizes[1] as f64;
        self.number() / 12.0 * (n + 1.0 - self.groups.cubes / (n * (n - 1.0)))
    }
}

fn least(left: &[u64], right: &[u64]) -> Option<u64> {
    match (left.first(), right.first()) {
        (Some(left), Some(right)) => Some(*left.min(right)),
        (left, right) => left.or(right).copied(),
    }
}

/// Drops the leading values that equal `least` and counts them.
fn take(sorted: &mut &[u64], least: u64) -> u64 {
    let mut count = 0;
    while let Some((first, rest)) = sorted.split_first() {
        if *first != least {
            break;
        }
        *sorted = rest;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_the_order_and_come_back() {
        let values = [f64::MIN, -2.5, -f64::MIN_POSITIVE, 0.0, 1e-310, 3.0, f64::MAX];
        assert!(values.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert!(values.iter().all(|one| value(key(*one)).to_bits() == one.to_bits()));
        assert_eq!(key(-0.0), key(0.0));
    }
}
