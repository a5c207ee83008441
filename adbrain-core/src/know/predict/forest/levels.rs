//! Splits of a column of categories: by the order of the levels' means, which is exact for squared error (Fisher, "On grouping for
//! maximum homogeneity", 1958).

use super::cut::{Rule, Sample, Sums, Whole};
use super::schema::UNSEEN;
use super::tree::Side;
use crate::stats::random::Random;

/// Sums of the rows of a node by level. Empty between two uses.
#[derive(Debug, Clone, Default)]
pub(super) struct Levels {
    /// By code; what is missing has the last place.
    sums: Vec<Sums>,
    met: Vec<u32>,
}

impl Levels {
    /// The levels of a node in the order of their means. Those with fewer rows than a leaf stand together under [`UNSEEN`]: their
    /// means say nothing, and a level never seen goes their way.
    #[expect(clippy::indexing_slicing, reason = "samples name rows of the column; codes are levels, or the last place")]
    fn ordered(&mut self, whole: &Whole, samples: &[Sample], (codes, levels): (&[u32], usize)) -> Vec<(u32, Sums)> {
        self.sums.resize(self.sums.len().max(levels + 1), Sums::default());
        for sample in samples {
            let code = codes[sample.row as usize];
            let sums = &mut self.sums[(code as usize).min(levels)];
            if sums.rows == 0 {
                self.met.push(code);
            }
            *sums = sums.with(sample);
        }
        self.met.sort_unstable();
        let (mut found, mut few) = (Vec::with_capacity(self.met.len()), Sums::default());
        for code in self.met.drain(..) {
            let sums = std::mem::take(&mut self.sums[(code as usize).min(levels)]);
            if sums.rows < whole.min_leaf { few = few.plus(sums) } else { found.push((code, sums)) }
        }
        if few.rows > 0 {
            found.push((UNSEEN, few));
        }
        found.sort_by(|(_, a), (_, b)| (a.sum / a.weight).total_cmp(&(b.sum / b.weight)));
        found
    }

    /// The best split of a column, with its gain.
    pub(super) fn best(&mut self, whole: &Whole, samples: &[Sample], column: (&[u32], usize)) -> Option<(f64, Rule)> {
        let ordered = self.ordered(whole, samples, column);
        let (mut left, mut best) = (Sums::default(), (0.0, 0));
        for (place, (_, sums)) in ordered.iter().enumerate() {
            left = left.plus(*sums);
            let gain = whole.gain(left);
            if gain > best.0 && place + 1 < ordered.len() {
                best = (gain, place + 1);
            }
        }
        rule(whole, &ordered, best)
    }

    /// A split of the ordered levels at a place drawn evenly, with its gain.
    pub(super) fn random(
        &mut self,
        whole: &Whole,
        samples: &[Sample],
        column: (&[u32], usize),
        luck: &mut Random,
    ) -> Option<(f64, Rule)> {
        let ordered = self.ordered(whole, samples, column);
        let places = (ordered.len() as u64).checked_sub(1)?;
        let at = 1 + usize::try_from(luck.below(places)).ok()?;
        let left = ordered.iter().take(at).fold(Sums::default(), |sum, (_, sums)| sum.plus(*sums));
        rule(whole, &ordered, (whole.gain(left), at))
    }
}

/// The rule that sends the first `at` levels left.
fn rule(whole: &Whole, ordered: &[(u32, Sums)], (gain, at): (f64, usize)) -> Option<(f64, Rule)> {
    if gain <= 0.0 {
        return None;
    }
    let (left, right) = ordered.split_at_checked(at)?;
    let has_few = |side: &[(u32, Sums)]| side.iter().any(|(code, _)| *code == UNSEEN);
    let others = match (has_few(left), has_few(right)) {
        (true, _) => Side::Left,
        (_, true) => Side::Right,
        _ => whole.heavier(left.iter().fold(Sums::default(), |sum, (_, sums)| sum.plus(*sums))),
    };
    let listed = if others == Side::Left { right } else { left };
    let mut listed: Vec<u32> = listed.iter().map(|(code, _)| *code).collect();
    listed.sort_unstable();
    Some((gain, Rule::Levels { listed, others }))
}
