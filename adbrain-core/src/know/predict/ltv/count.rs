//! A distribution over 0, 1, 2, ... purchases, written out from zero on.

/// A distribution that is still unfinished here is not written out any further.
const MOST: usize = 200_000;

/// How far a distribution is written out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tail {
    /// Until less than this share is left.
    Below(f64),
    /// So many counts.
    First(usize),
}

/// The probabilities of 0, 1, 2, ... purchases, as far as they were asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counts(pub(super) Vec<f64>);

impl Counts {
    /// Takes probabilities in order, up to the tail.
    pub(super) fn until(tail: Tail, mut next: impl FnMut() -> f64) -> Self {
        let (share, most) = match tail {
            Tail::Below(share) => (share, MOST),
            Tail::First(most) => (-1.0, most),
        };
        let (mut found, mut left) = (Vec::new(), 1.0);
        while found.len() < most && left > share {
            let one = next();
            left -= one;
            found.push(one);
        }
        Self(found)
    }

    /// The same for a customer who is still there with a probability and makes no purchase otherwise.
    pub(super) fn if_alive(mut self, probability: f64) -> Self {
        for one in &mut self.0 {
            *one *= probability;
        }
        if let Some(none) = self.0.first_mut() {
            *none += 1.0 - probability;
        }
        self
    }

    /// The smallest count that is not exceeded with this probability; none where it lies beyond what was written out.
    pub(super) fn quantile(&self, probability: f64) -> Option<f64> {
        let mut below = 0.0;
        let found = self.0.iter().position(|one| {
            below += one;
            below >= probability
        });
        found.map(|count| count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_tails_are_those_of_the_sum() {
        let mut share = 1.0;
        let halves = Counts::until(Tail::Below(1e-3), || {
            share *= 0.5;
            share
        });
        assert_eq!(halves.0.len(), 10);
        assert_eq!([0.5, 0.6, 0.9, 0.9999].map(|p| halves.quantile(p)), [Some(0.0), Some(1.0), Some(3.0), None]);
        let rarely = halves.if_alive(0.1);
        assert_eq!((rarely.quantile(0.94), rarely.quantile(0.96)), (Some(0.0), Some(1.0)));
    }
}
