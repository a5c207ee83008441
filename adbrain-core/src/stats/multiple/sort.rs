//! Sorting p values, with the places they came from.

/// Counting passes over digits of so many bits; three of them cover the 32 leading bits.
const DIGIT: u32 = 11;
const BUCKETS: usize = 1 << DIGIT;
const SHIFTS: [u32; 3] = [32, 43, 54];
/// Sign and the highest exponent bit of a number from 0 to 1 are zero, so its 62 lower bits order it; the leading 32 of those are sorted by
/// counting, and the rare ties among them by comparing.
const DROPPED: u32 = 30;
/// Below so many values comparing beats counting.
const FEW: usize = 4096;

/// The places of numbers from 0 to 1 in ascending order of the numbers. There are fewer than 2^32.
pub(super) fn ascending(numbers: &[f64]) -> Vec<u32> {
    let number = |place: u32| numbers.get(place as usize).copied().unwrap_or_default();
    if numbers.len() < FEW {
        let mut places: Vec<u32> = (0_u32..).zip(numbers).map(|(place, _)| place).collect();
        places.sort_unstable_by(|a, b| number(*a).total_cmp(&number(*b)));
        return places;
    }
    let mut sorted: Vec<u64> = (0_u64..).zip(numbers).map(|(place, number)| leading(*number) << 32 | place).collect();
    let mut spare = vec![0; sorted.len()];
    for (shift, counts) in SHIFTS.into_iter().zip(counts(&sorted)) {
        distribute(&sorted, &mut spare, shift, counts);
        std::mem::swap(&mut sorted, &mut spare);
    }
    for tied in sorted.chunk_by_mut(|a, b| a >> 32 == b >> 32) {
        if tied.len() > 1 {
            tied.sort_unstable_by(|a, b| number(place(*a)).total_cmp(&number(place(*b))));
        }
    }
    sorted.into_iter().map(place).collect()
}

/// The bits that order a number; adding zero turns a negative zero, whose bits would sort last, into zero.
fn leading(number: f64) -> u64 {
    (number + 0.0).to_bits() >> DROPPED
}

#[expect(clippy::cast_possible_truncation, reason = "the place is the lower half")]
fn place(entry: u64) -> u32 {
    entry as u32
}

#[expect(clippy::cast_possible_truncation, reason = "a digit is below the number of buckets")]
fn digit(entry: u64, shift: u32) -> usize {
    (entry >> shift) as usize % BUCKETS
}

#[expect(clippy::indexing_slicing, reason = "a digit is below the number of buckets")]
fn counts(entries: &[u64]) -> Vec<[u32; BUCKETS]> {
    let mut counts = vec![[0; BUCKETS]; SHIFTS.len()];
    for entry in entries {
        for (counts, shift) in counts.iter_mut().zip(SHIFTS) {
            counts[digit(*entry, shift)] += 1;
        }
    }
    counts
}

/// One stable pass: entries go to where the buckets below their own end.
#[expect(
    clippy::indexing_slicing,
    reason = "a digit is below the number of buckets, whose counts add up to the length"
)]
fn distribute(from: &[u64], to: &mut [u64], shift: u32, mut counts: [u32; BUCKETS]) {
    let mut start = 0;
    for count in &mut counts {
        (*count, start) = (start, start + *count);
    }
    for entry in from {
        let next = &mut counts[digit(*entry, shift)];
        to[*next as usize] = *entry;
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
        let mut places = ascending(&numbers);
        assert!(places.is_sorted_by(|a, b| numbers[*a as usize] <= numbers[*b as usize]));
        places.sort_unstable();
        assert!((0_u32..).zip(&numbers).map(|(place, _)| place).eq(places));
    }
}
