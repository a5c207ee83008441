//! A tree in the form that many rows walk at once: a leaf is its own child, so that rows which have arrived stay while others go on.

use super::rows::Rows;
use super::tree::{Sort, Tree};

/// So many rows, or trees, are walked side by side: while one waits for memory the others go on.
const LANES: usize = 8;
/// So many steps are made before it is asked whether all have arrived.
const STRIDE: usize = 4;

/// A tree of numbers alone, as it is walked; trees that tell levels apart are walked row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Walk {
    nodes: Vec<Packed>,
    /// The number of the leaf at each node that is one.
    leaves: Vec<u32>,
}

/// A node of a [`Walk`], eight bytes. A row goes to `child`, or to the node after it where its code less `less` is above `cut`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Packed {
    child: u32,
    column: u16,
    cut: u8,
    less: u8,
}

impl Walk {
    pub(super) fn of(tree: &Tree) -> Option<Self> {
        let mut walk = Self { nodes: Vec::with_capacity(tree.len()), leaves: Vec::with_capacity(tree.len()) };
        for (at, node) in (0_u32..).zip(&tree.nodes) {
            let (child, cut, less) = match node.sort {
                Sort::Levels => return None,
                Sort::Leaf => (at, u8::MAX, 0),
                Sort::MissingLeft => (node.child, node.cut, 0),
                Sort::MissingRight => (node.child, node.cut, 1),
            };
            walk.nodes.push(Packed { child, column: node.column, cut, less });
            walk.leaves.push(if node.sort == Sort::Leaf { node.child } else { u32::MAX });
        }
        Some(walk)
    }

    #[expect(clippy::indexing_slicing, reason = "a tree names its own nodes and columns of its schema")]
    fn step(&self, at: u32, row: &[u8]) -> u32 {
        let node = self.nodes[at as usize];
        node.child + u32::from(row[usize::from(node.column)].wrapping_sub(node.less) > node.cut)
    }

    /// The leaf of each of some rows, [`LANES`] at a time.
    #[expect(clippy::indexing_slicing, reason = "a tree names its own nodes and columns of its schema")]
    fn leaves(&self, abreast: &Abreast, leaves: &mut [u32]) {
        for (slots, rows) in leaves.chunks_mut(LANES).zip(abreast.codes.chunks_exact(abreast.columns)) {
            let mut at = [0_u32; LANES];
            loop {
                for _ in 0..STRIDE {
                    for (lane, at) in at.iter_mut().enumerate() {
                        let node = self.nodes[*at as usize];
                        let code = rows[usize::from(node.column)][lane];
                        *at = node.child + u32::from(code.wrapping_sub(node.less) > node.cut);
                    }
                }
                if at.iter().all(|at| self.nodes[*at as usize].child == *at) {
                    break;
                }
            }
            for (slot, at) in slots.iter_mut().zip(at) {
                *slot = self.leaves[at as usize];
            }
        }
    }
}

/// Codes of some rows on end, those of [`LANES`] rows in one column side by side; the last rows are made up to that many.
pub(super) struct Abreast {
    columns: usize,
    codes: Vec<[u8; LANES]>,
}

impl Abreast {
    pub(super) fn of(rows: &Rows, first: usize, count: usize) -> Self {
        let columns = rows.columns();
        let mut codes = vec![[0; LANES]; count.div_ceil(LANES) * columns];
        for (at, row) in (first..first + count).enumerate() {
            let lanes = codes.iter_mut().skip(at / LANES * columns);
            for (lanes, code) in lanes.zip(rows.numbers(row)) {
                if let Some(slot) = lanes.get_mut(at % LANES) {
                    *slot = *code;
                }
            }
        }
        Self { columns, codes }
    }
}

/// The leaf of one row in each of some trees.
#[expect(clippy::indexing_slicing, reason = "rows end at nodes of their tree")]
pub(super) fn leaves_of(walks: &[Walk], row: &[u8], leaves: &mut [u32]) {
    let mut lanes = leaves.chunks_exact_mut(LANES);
    let mut chunks = walks.chunks_exact(LANES);
    for (slots, trees) in (&mut lanes).zip(&mut chunks) {
        let mut at = [0; LANES];
        loop {
            let before = at;
            for _ in 0..STRIDE {
                for (at, tree) in at.iter_mut().zip(trees) {
                    *at = tree.step(*at, row);
                }
            }
            if at == before {
                break;
            }
        }
        for ((slot, at), tree) in slots.iter_mut().zip(at).zip(trees) {
            *slot = tree.leaves[at as usize];
        }
    }
    for (slot, tree) in lanes.into_remainder().iter_mut().zip(chunks.remainder()) {
        let mut at = 0;
        while tree.leaves[at as usize] == u32::MAX {
            at = tree.step(at, row);
        }
        *slot = tree.leaves[at as usize];
    }
}

/// The leaves of some rows on end, a tree after the other.
pub(super) fn leaves(walks: &[Walk], abreast: &Abreast, (count, leaves): (usize, &mut [u32])) {
    for (walk, slots) in walks.iter().zip(leaves.chunks_exact_mut(count)) {
        walk.leaves(abreast, slots);
    }
}
