//! A tree: nodes of eight bytes, breadth first, the two children of a node side by side.

use super::rows::Rows;

/// A node. Of a split, `child` is the left child and the right one follows it; of a leaf it is the number of the leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) child: u32,
    pub(super) column: u16,
    /// The highest code that goes left, after what `sort` asks for.
    pub(super) cut: u8,
    pub(super) sort: Sort,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Sort {
    /// A cut of numbers; what is missing, code 0, goes left.
    MissingLeft = 0,
    /// A cut of numbers; 1 is taken off each code, so that what is missing wraps to 255 and goes right.
    MissingRight = 1,
    /// Levels are told apart; `child` is a place in the tree's list of groups.
    Levels = 2,
    Leaf = 3,
}

/// How a node tells levels apart: those listed go one way, all others, those never seen among them, go the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) child: u32,
    /// Codes, ascending.
    pub(super) listed: Vec<u32>,
    pub(super) others: Side,
}

/// A child of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

/// A tree of a forest, as it is walked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) groups: Vec<Group>,
    pub(super) leaves: usize,
}

/// A node of a tree, as it is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step<'a> {
    /// The end of a path.
    Leaf {
        /// The number of the leaf in its tree.
        leaf: usize,
    },
    /// A cut of a column of numbers: codes from 1 to `cut` go left, the others right.
    Numbers {
        /// The place of the column in the schema.
        column: usize,
        /// The highest code that goes left; the value of the cut is `cuts[cut - 1]`. 0 where only what is missing goes left.
        cut: u8,
        /// Where rows without a value go.
        missing: Side,
        /// The left child; the right one follows it.
        left: usize,
    },
    /// Levels of a column of categories told apart.
    Categories {
        /// The place of the column in the schema.
        column: usize,
        /// The codes that do not go the way of the others, ascending.
        listed: &'a [u32],
        /// Where the others go, levels never seen among them.
        others: Side,
        /// The left child; the right one follows it.
        left: usize,
    },
}

impl Tree {
    /// A node by its number; the root is 0 and children come after their parents.
    pub fn step(&self, node: usize) -> Option<Step<'_>> {
        let found = self.nodes.get(node)?;
        let (column, left) = (usize::from(found.column), found.child as usize);
        Some(match found.sort {
            Sort::Leaf => Step::Leaf { leaf: left },
            Sort::MissingLeft => Step::Numbers { column, cut: found.cut, missing: Side::Left, left },
            Sort::MissingRight => Step::Numbers { column, cut: found.cut + 1, missing: Side::Right, left },
            Sort::Levels => {
                let group = self.groups.get(left)?;
                Step::Categories { column, listed: &group.listed, others: group.others, left: group.child as usize }
            }
        })
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes; a grown tree has at least one.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many leaves there are.
    pub fn leaves(&self) -> usize {
        self.leaves
    }

    /// The leaf of a row.
    #[expect(clippy::indexing_slicing, reason = "grown trees point at their own nodes and at columns of the schema")]
    pub(super) fn leaf(&self, rows: &Rows, row: usize) -> usize {
        let numbers = rows.numbers(row);
        let mut at = 0;
        loop {
            let node = self.nodes[at];
            let column = usize::from(node.column);
            at = match node.sort {
                Sort::Leaf => return node.child as usize,
                Sort::Levels => self.groups[node.child as usize].next(rows.categories(row)[column]),
                cut => node.child as usize + usize::from(numbers[column].wrapping_sub(cut as u8) > node.cut),
            };
        }
    }
}

impl Group {
    fn next(&self, code: u32) -> usize {
        let is_left = (self.others == Side::Left) != self.listed.binary_search(&code).is_ok();
        self.child as usize + usize::from(!is_left)
    }
}
