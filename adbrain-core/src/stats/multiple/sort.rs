//! Sorting p values with the places they came from.

/// Counting passes over digits of so many bits; three of them cover the leading 33 bits that a p value uses.
const DIGIT: u32 = 11;
const BUCKETS: usize = 1 << DIGIT;
/// Sign and the highest exponent bit of a number from 0 to 1 are zero, so its 62 lower bits order it; the leading 33 of those are sorted by
/// counting and rare ties among them by comparison.
const SHIFTS: [u32; 3] = [29, 40, 51];
/// Below so many values comparing beats counting.
const FEW: usize = 4096;

/// The bits of a p value and its place in the input.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Placed {
    bits: u64,
    /// The index in the input.
    pub(super) place: u32,
}

impl Placed {
    /// The p value.
    pub(super) fn number(self) -> f64 {
        f64::from_bits(self.bits)
    }
}

/// Numbers from 0 to 1 in ascending order with their places.
pub(super) fn ascending(numbers: &[f64]) -> Vec<Placed> {
    // Adding zero turns a negative zero, whose bits would sort last, into zero.
    let mut sorted: Vec<Placed> =
        (0_u32..).zip(numbers).map(|(place, number)| Placed { bits: (number + 0.0).to_bits(), place }).collect();
    if sorted.len() < FEW {
        sorted.sort_unstable_by_key(|value| value.bits);
        return sorted;
    }
    let mut spare = vec![Placed::default(); sorted.len()];
    for (shift, counts) in SHIFTS.into_iter().zip(counts(&sorted)) {
        distribute(&sorted, &mut spare, shift, counts);
        std::mem::swap(&mut sorted, &mut spare);
    }
    let leading = |value: &Placed| value.bits >> SHIFTS[0];
    for tied in sorted.chunk_by_mut(|a, b| leading(a) == leading(b)) {
        if tied.len() > 1 {
            tied.sort_unstable_by_key(|value| value.bits);
        }
    }
    sorted
}

fn digit(value: Placed, shift: u32) -> usize {
    usize::try_from((value.bits >> shift) % (1 << DIGIT)).unwrap_or_default()
}

#[expect(clippy::indexing_slicing, reason = "a digit is below the number of buckets")]
fn counts(values: &[Placed]) -> Vec<[u32; BUCKETS]> {
    let mut counts = vec![[0; BUCKETS]; SHIFTS.len()];
    for value in values {
        for (counts, shift) in counts.iter_mut().zip(SHIFTS) {
            counts[digit(*value, shift)] += 1;
        }
    }
    counts
}

/// One stable pass: values go to where the buckets below their own end.
#[expect(
    clippy::indexing_slicing,
    reason = "a digit is below the number of buckets, whose counts add up to the length"
)]
fn distribute(from: &[Placed], to: &mut [Placed], shift: u32, mut counts: [u32; BUCKETS]) {
    let mut start = 0;
    for count in &mut counts {
        (*count, start) = (start, start + *count);
    }
    for value in from {
        let next = &mut counts[digit(*value, shift)];
        to[*next as usize] = *value;
        *next += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn many_values_are_sorted_as_few_are() {
        let mut random = Random::at(9, &[]);
        let mut numbers: Vec<f64> = (0..20_000).map(|_| libm::pow(random.uniform(), 8.0)).collect();
        numbers.extend([0.0, -0.0, 1.0, 1.0, 1e-300, f64::from_bits(1), 0.5, 0.5 + f64::EPSILON, 0.5]);
        let sorted = ascending(&numbers);
        assert!(sorted.is_sorted_by(|a, b| a.number() <= b.number()));
        let mut places: Vec<_> = sorted.iter().map(|value| value.place as usize).collect();
        assert!(sorted.iter().all(|value| value.bits == (numbers[value.place as usize] + 0.0).to_bits()));
        places.sort_unstable();
        assert!(places.into_iter().eq(0..numbers.len()));
    }
}
