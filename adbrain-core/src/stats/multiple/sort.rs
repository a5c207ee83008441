//! Sorting p values, with the places they came from.

/// Equal intervals of 0..1 into which many values are dealt before each interval is sorted in the cache; a power of two, so that
/// finding the interval rounds nothing. Where most values share an interval, its sort does the work.
const INTERVALS: usize = 1 << 14;
/// Sign and the highest exponent bit of a number from 0 to 1 are zero, so its 62 lower bits order it; the leading 32 of those are sorted
/// beside the place in one word, and the rare ties among them by comparing the numbers.
const DROPPED: u32 = 30;
/// Below so many values dealing costs more than it saves.
const FEW: usize = 1 << 15;

/// The places of numbers from 0 to 1 in ascending order of the numbers. There are fewer than 2^32.
pub(super) fn ascending(numbers: &[f64]) -> Vec<u32> {
    let number = |entry: u64| numbers.get(place(entry) as usize).copied().unwrap_or_default();
    let mut entries = if numbers.len() < FEW { packed(numbers).collect() } else { dealt(numbers) };
    if numbers.len() < FEW {
        entries.sort_unstable();
    }
    for tied in entries.chunk_by_mut(|a, b| a >> 32 == b >> 32) {
        if tied.len() > 1 {
            tied.sort_unstable_by(|a, b| number(*a).total_cmp(&number(*b)));
        }
    }
    entries.into_iter().map(place).collect()
}

/// The leading bits of each number above its place.
fn packed(numbers: &[f64]) -> impl Iterator<Item = u64> {
    // Adding zero turns a negative zero, whose bits would sort last, into zero.
    (0_u64..).zip(numbers).map(|(place, number)| (number + 0.0).to_bits() >> DROPPED << 32 | place)
}

#[expect(clippy::cast_possible_truncation, reason = "the place is the lower half")]
fn place(entry: u64) -> u32 {
    entry as u32
}

/// The interval of a number, 0 to `INTERVALS`, which only the number 1 has.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number is from 0 to 1")]
fn interval(number: f64) -> usize {
    ((number * INTERVALS as f64) as usize).min(INTERVALS)
}

/// Packed numbers in the order of their leading bits.
#[expect(clippy::indexing_slicing, reason = "an interval is at most INTERVALS, and the counts add up to the length")]
fn dealt(numbers: &[f64]) -> Vec<u64> {
    let mut ends = vec![0; INTERVALS + 1];
    for number in numbers {
        ends[interval(*number)] += 1;
    }
    let mut start = 0;
    for end in &mut ends {
        (*end, start) = (start, start + *end);
    }
    let mut entries = vec![0; numbers.len()];
    for (entry, number) in packed(numbers).zip(numbers) {
        let next = &mut ends[interval(*number)];
        entries[*next] = entry;
        *next += 1;
    }
    let mut start = 0;
    for end in ends {
        entries[start..end].sort_unstable();
        start = end;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn many_values_are_sorted_as_few_are() {
        let mut random = Random::at(9, &[]);
        let mut numbers: Vec<f64> = (0..40_000).map(|_| libm::pow(random.uniform(), 8.0)).collect();
        numbers.extend([0.0, -0.0, 1.0, 1.0, 1e-300, f64::from_bits(1), 0.5, 0.5 + f64::EPSILON, 0.5]);
        let mut places = ascending(&numbers);
        assert!(places.is_sorted_by(|a, b| numbers[*a as usize] <= numbers[*b as usize]));
        places.sort_unstable();
        assert!((0_u32..).zip(&numbers).map(|(place, _)| place).eq(places));
    }
}
