//! Sorting p values, with the places they came from.

/// Sign and the highest exponent bit of a number from 0 to 1 are zero, so its 62 lower bits order it; the leading 32 of those are sorted
/// beside the place in one word, and the rare ties among them by comparing the numbers.
const DROPPED: u32 = 30;
/// Many values are dealt once through the memory, by the exponent and the first 7 bits of the mantissa, so that what is dealt to one interval
/// fits the first cache; there it is dealt by the next 15 bits, 8 and 7 of them, the last ones first.
const DEALT: u32 = 45;
const INTERVALS: usize = 1 << (62 - DEALT);
const LOWER: u32 = 32;
const UPPER: u32 = LOWER + 8;
/// Below so many values dealing costs more than it saves: in all, and in one interval.
const FEW: usize = 1 << 15;
const FEW_IN_ONE: usize = 1 << 7;

/// The places of numbers from 0 to 1 in ascending order of the numbers. There are fewer than 2^32.
pub(super) fn ascending(numbers: &[f64]) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator {
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
    entries.into_iter().map(place)
}

/// The leading bits of each number above its place.
fn packed(numbers: &[f64]) -> impl Iterator<Item = u64> {
    (0_u64..).zip(numbers).map(|(place, number)| bits(*number) >> DROPPED << 32 | place)
}

/// Adding zero turns a negative zero, whose bits would sort last, into zero.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

#[expect(clippy::cast_possible_truncation, reason = "the place is the lower half")]
fn place(entry: u64) -> u32 {
    entry as u32
}

fn interval(number: f64) -> usize {
    (bits(number) >> DEALT) as usize % INTERVALS
}

/// Packed numbers in the order of their leading bits.
#[expect(clippy::indexing_slicing, reason = "an interval is below INTERVALS, and the counts add up to the length")]
fn dealt(numbers: &[f64]) -> Vec<u64> {
    let mut ends = vec![0; INTERVALS];
    for number in numbers {
        ends[interval(*number)] += 1;
    }
    starts(&mut ends);
    let mut entries = vec![0; numbers.len()];
    for (entry, number) in packed(numbers).zip(numbers) {
        let next = &mut ends[interval(*number)];
        entries[*next as usize] = entry;
        *next += 1;
    }
    let (mut start, mut spare) = (0, Vec::new());
    for end in ends {
        order(&mut entries[start..end as usize], &mut spare);
        start = end as usize;
    }
    entries
}

/// Turns counts into the places where each begins.
fn starts(counts: &mut [u32]) {
    let mut start = 0;
    for count in counts {
        (*count, start) = (start, start + *count);
    }
}

/// Sorts what was dealt to one interval.
fn order(entries: &mut [u64], spare: &mut Vec<u64>) {
    if entries.len() < FEW_IN_ONE {
        entries.sort_unstable();
        return;
    }
    spare.resize(entries.len(), 0);
    deal::<LOWER, { 1 << 8 }>(entries, spare);
    deal::<UPPER, { 1 << 7 }>(spare, entries);
}

/// Deals entries by one digit, in the order in which they come.
#[expect(clippy::indexing_slicing, reason = "a digit is below SIZE, and the counts add up to the length")]
#[expect(clippy::cast_possible_truncation, reason = "only the lower bits are kept")]
fn deal<const SHIFT: u32, const SIZE: usize>(from: &[u64], to: &mut [u64]) {
    let digit = |entry: u64| (entry >> SHIFT) as usize % SIZE;
    let mut ends = [0; SIZE];
    for entry in from {
        ends[digit(*entry)] += 1;
    }
    starts(&mut ends);
    for entry in from {
        let next = &mut ends[digit(*entry)];
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
        let mut numbers: Vec<f64> = (0..40_000).map(|_| libm::pow(random.uniform(), 8.0)).collect();
        numbers.extend([0.0, -0.0, 1.0, 1.0, 1e-300, f64::from_bits(1), 0.5, 0.5 + f64::EPSILON, 0.5]);
        numbers.extend((0..1000).map(|step| 0.25 + f64::from(step % 7) * f64::EPSILON));
        let mut places: Vec<u32> = ascending(&numbers).collect();
        assert!(places.is_sorted_by(|a, b| numbers[*a as usize] <= numbers[*b as usize]));
        places.sort_unstable();
        assert!((0_u32..).zip(&numbers).map(|(place, _)| place).eq(places));
    }
}
