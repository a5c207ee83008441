//! Ranks instead of values: what a stump is fitted on, and how a cut between two ranks reads in the column's own units.
//!
//! The stump takes neighbours closer than 1e-5 for equal, so values become bins 0, 1, 2, ..., equal values together, and so many
//! rows at either end that no cut leaves fewer. Levels of a category stand in the order of their share of cleared rows, which holds the best of all two-way groupings
//! (Breiman et al. 1984, theorem 4.5). What is missing is a bin's lowest value.

use std::collections::BTreeMap;

use super::{Cell, Condition};

/// One column of a node in bins.
pub(super) struct Coded {
    /// The bin of each row of the node.
    pub(super) bins: Vec<f64>,
    /// The groups of equal cells in each bin, in order.
    groups: Vec<Vec<Group>>,
}

/// Rows with the same cell.
struct Group {
    cell: Cell,
    rows: Vec<usize>,
    cleared: usize,
}

impl Group {
    fn share(&self) -> f64 {
        self.cleared as f64 / self.rows.len() as f64
    }
}

impl Coded {
    /// Codes the cells of a node's rows so that every cut leaves at least `least` rows on both sides.
    pub(super) fn new(cells: &[Cell], clears: &[bool], least: usize) -> Self {
        let groups = binned(grouped(cells, clears), least);
        let mut bins = vec![0.0; cells.len()];
        for (bin, groups) in groups.iter().enumerate() {
            for row in groups.iter().flat_map(|group| &group.rows) {
                if let Some(place) = bins.get_mut(*row) {
                    *place = bin as f64;
                }
            }
        }
        Self { bins, groups }
    }

    /// What holds for the rows whose bin is below `cut`, or for the others: whichever is said more shortly.
    pub(super) fn condition(&self, cut: f64) -> Option<Condition> {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        for (bin, groups) in self.groups.iter().enumerate() {
            let side = if (bin as f64) < cut { &mut low } else { &mut high };
            side.extend(groups);
        }
        match (&low.last()?.cell, &high.first()?.cell) {
            (Cell::Name(_), _) | (_, Cell::Name(_)) => Some(one_of(if low.len() <= high.len() { &low } else { &high })),
            (Cell::Missing, _) => Some(Condition::IsMissing),
            (Cell::Number(below), Cell::Number(above)) => {
                // Where no row lacked a value, one that does is "otherwise".
                let holds_for_missing = low.iter().any(|group| group.cell == Cell::Missing);
                Some(Condition::AtMost { value: shortest_between(*below, *above), holds_for_missing })
            }
            (Cell::Number(_), Cell::Missing) => None,
        }
    }
}

fn one_of(groups: &[&Group]) -> Condition {
    let mut levels: Vec<String> = groups
        .iter()
        .filter_map(|group| match &group.cell {
            Cell::Name(name) => Some(name.to_string()),
            Cell::Missing | Cell::Number(_) => None,
        })
        .collect();
    levels.sort();
    Condition::OneOf { levels, holds_for_missing: groups.iter().any(|group| group.cell == Cell::Missing) }
}

/// The groups in the order in which a cut may lie between them: numbers by value, names by share of cleared rows, then by name.
fn grouped(cells: &[Cell], clears: &[bool]) -> Vec<Group> {
    let mut found: BTreeMap<Key<'_>, Group> = BTreeMap::new();
    for (row, (cell, clears)) in cells.iter().zip(clears).enumerate() {
        let group =
            found.entry(Key(cell)).or_insert_with(|| Group { cell: cell.clone(), rows: Vec::new(), cleared: 0 });
        group.rows.push(row);
        group.cleared += usize::from(*clears);
    }
    let mut groups: Vec<_> = found.into_values().collect();
    if groups.iter().any(|group| matches!(group.cell, Cell::Name(_))) {
        groups.sort_by(|a, b| a.share().total_cmp(&b.share()));
    }
    groups
}

/// Orders cells: what is missing, then numbers, then names.
#[derive(PartialEq)]
struct Key<'a>(&'a Cell);

impl Eq for Key<'_> {}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.order(other.0)
    }
}

/// One bin per group, but for the ends: the first and the last bin have `least` rows, so every cut leaves as many on both sides.
fn binned(groups: Vec<Group>, least: usize) -> Vec<Vec<Group>> {
    let mut left: usize = groups.iter().map(|group| group.rows.len()).sum();
    let (mut bins, mut passed) = (vec![Vec::new()], 0);
    for group in groups {
        if passed >= least && left >= least {
            bins.push(Vec::new());
        }
        passed += group.rows.len();
        left -= group.rows.len();
        if let Some(bin) = bins.last_mut() {
            bin.push(group);
        }
    }
    bins
}

/// The number with the fewest digits from `below` (included) to `above` (not included), as near the middle as those digits allow.
fn shortest_between(below: f64, above: f64) -> f64 {
    /// A double is told from its neighbours by 17 digits.
    const MOST_DIGITS: usize = 17;
    let middle = below / 2.0 + above / 2.0;
    let rounded = (0..MOST_DIGITS).filter_map(|digits| format!("{middle:.digits$e}").parse().ok());
    rounded.into_iter().find(|value| (below..above).contains(value)).unwrap_or(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[f64]) -> Vec<Cell> {
        values.iter().map(|value| if value.is_nan() { Cell::Missing } else { Cell::Number(*value) }).collect()
    }

    #[test]
    fn a_threshold_is_the_shortest_number_between_its_neighbours() {
        for (below, above, wanted) in [
            (1.23, 1.37, 1.3),
            (0.010_005, 0.010_010, 0.010_007_5),
            (3.0, 4.0, 3.5),
            (-2.0, 50.0, 20.0),
            (0.0, 5e-324, 0.0),
        ] {
            let found = shortest_between(below, above);
            assert!((below..above).contains(&found) && (found - wanted).abs() < 1e-6, "{below} {above}: {found}");
        }
    }

    #[test]
    fn equal_values_stay_together_and_no_cut_leaves_too_few_rows() {
        let cells = numbers(&[5.0, 1.0, 1.0, 1.0, 2.0, 3.0, f64::NAN, 5.0]);
        let coded = Coded::new(&cells, &[true; 8], 2);
        assert_eq!(coded.bins, [3.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 3.0]);
        assert_eq!(coded.condition(0.5), Some(Condition::AtMost { value: 1.5, holds_for_missing: true }));
        assert_eq!(coded.condition(2.5), Some(Condition::AtMost { value: 4.0, holds_for_missing: true }));
    }

    #[test]
    fn levels_stand_in_the_order_of_their_share_and_the_shorter_list_is_said() {
        let cells: Vec<_> = ["a", "a", "b", "b", "c", "c"].map(|name| Cell::Name(name.into())).into();
        let coded = Coded::new(&cells, &[true, true, false, false, true, false], 2);
        assert_eq!(coded.bins, [2.0, 2.0, 0.0, 0.0, 1.0, 1.0]);
        let one = |name: &str| Some(Condition::OneOf { levels: vec![name.into()], holds_for_missing: false });
        assert_eq!((coded.condition(0.5), coded.condition(1.5)), (one("b"), one("a")));
    }
}
