//! Which small counts are shown, so that no one can be told from what is.

use std::collections::{BTreeMap, BTreeSet};

/// Counts of people by group and value.
pub(super) type Counts = BTreeMap<String, Vec<u64>>;

/// What may be shown: per value, whether each group's count is.
pub(super) type Shown = BTreeMap<String, Vec<bool>>;

/// Which cells of a table of groups by values may be shown: those of at least `floor` people, less those from which a smaller one could be
/// worked out. What is left out of a group, and what is left out of a value, is nobody or at least `floor` people together
/// (complementary suppression; Willenborg and de Waal, "Elements of statistical disclosure control", 2001, chapter 4).
///
/// Of a value that is shown nowhere, and of a group of which no value is shown, nothing can be worked out. As long as a rest is too small,
/// the smallest shown cell beside it is left out too; the first value of equals.
pub(super) fn shown(counts: &Counts, groups: usize, floor: u64) -> Shown {
    let mut shown: Shown =
        counts.iter().map(|(value, row)| (value.clone(), row.iter().map(|count| *count >= floor).collect())).collect();
    let mut is_settled = false;
    while !is_settled {
        is_settled = true;
        for group in 0..groups {
            is_settled &= !protect_group(counts, &mut shown, group, floor);
        }
        for value in counts.keys() {
            is_settled &= !protect_value(counts, &mut shown, value, floor);
        }
    }
    shown
}

fn count(counts: &Counts, value: &str, group: usize) -> u64 {
    counts.get(value).and_then(|row| row.get(group)).copied().unwrap_or(0)
}

fn is_shown(shown: &Shown, value: &str, group: usize) -> bool {
    shown.get(value).and_then(|row| row.get(group)).copied().unwrap_or(false)
}

fn hide(shown: &mut Shown, value: &str, group: usize) {
    if let Some(cell) = shown.get_mut(value).and_then(|row| row.get_mut(group)) {
        *cell = false;
    }
}

/// A rest that gives someone away.
fn is_small(rest: u64, floor: u64) -> bool {
    rest > 0 && rest < floor
}

fn protect_group(counts: &Counts, shown: &mut Shown, group: usize, floor: u64) -> bool {
    let hidden = counts.keys().filter(|value| !is_shown(shown, value, group));
    let rest: u64 = hidden.map(|value| count(counts, value, group)).sum();
    if !is_small(rest, floor) {
        return false;
    }
    let next =
        counts.keys().filter(|value| is_shown(shown, value, group)).min_by_key(|value| count(counts, value, group));
    next.map(|value| hide(shown, value, group)).is_some()
}

fn protect_value(counts: &Counts, shown: &mut Shown, value: &str, floor: u64) -> bool {
    let groups = counts.get(value).map_or(0, Vec::len);
    let rest: u64 =
        (0..groups).filter(|group| !is_shown(shown, value, *group)).map(|group| count(counts, value, group)).sum();
    if !is_small(rest, floor) {
        return false;
    }
    let next =
        (0..groups).filter(|group| is_shown(shown, value, *group)).min_by_key(|group| count(counts, value, *group));
    next.map(|group| hide(shown, value, group)).is_some()
}

/// The values of one group that may be shown.
pub(super) fn values_of(shown: &Shown, group: usize) -> BTreeSet<&str> {
    shown.iter().filter(|(_, row)| row.get(group) == Some(&true)).map(|(value, _)| value.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn no_cell_and_no_rest_is_below_the_floor() {
        for seed in 0..200 {
            let mut luck = Random::at(seed, &[]);
            let groups = usize::try_from(1 + luck.below(5)).unwrap();
            let counts: Counts = (0..=luck.below(9))
                .map(|value| (value.to_string(), (0..groups).map(|_| luck.below(40) * luck.below(2)).collect()))
                .collect();
            let shown = shown(&counts, groups, 10);
            for (value, row) in &counts {
                for (group, count) in row.iter().enumerate() {
                    assert!(!is_shown(&shown, value, group) || *count >= 10);
                }
                let hidden = row.iter().enumerate().filter(|(group, _)| !is_shown(&shown, value, *group));
                let rest: u64 = hidden.map(|(_, count)| count).sum();
                assert!(!shown[value].contains(&true) || !is_small(rest, 10), "{seed} {counts:?} {shown:?}");
            }
            for group in 0..groups {
                let hidden = counts.iter().filter(|(value, _)| !is_shown(&shown, value, group));
                let rest: u64 = hidden.map(|(_, row)| row[group]).sum();
                assert!(values_of(&shown, group).is_empty() || !is_small(rest, 10), "{seed} {counts:?} {shown:?}");
            }
        }
    }

    #[test]
    fn what_is_large_enough_stays() {
        let counts = Counts::from([("a".into(), vec![30, 12]), ("b".into(), vec![20, 15])]);
        assert!(shown(&counts, 2, 10).values().flatten().all(|shown| *shown));
        let small = Counts::from([("a".into(), vec![30, 30]), ("b".into(), vec![20, 20]), ("c".into(), vec![3, 25])]);
        let kept = shown(&small, 2, 10);
        assert_eq!(values_of(&kept, 0).into_iter().collect::<Vec<_>>(), ["a"]);
    }
}
