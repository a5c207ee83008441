//! The generators themselves: Philox4x32-10 for single numbers and Philox2x64-7 for many words at a time.

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;

const WIDE_MULTIPLIER: u128 = 0xD2B7_4407_B1CE_6E93;
const WIDE_WEYL: u64 = 0x9E37_79B9_7F4A_7C15;
/// Six rounds pass all of `BigCrush`; the authors publish vectors for seven, which leave one as a margin.
const WIDE_ROUNDS: u32 = 7;

/// Random 64-bit words at one place of one seed, two by two, for work that needs millions: on one core it makes them four times as fast
/// as [`Random`](super::Random).
#[derive(Debug, Clone, Copy)]
pub(in crate::stats) struct Words {
    key: u64,
    stream: u64,
}

impl Words {
    /// The words that belong to `place` under `seed`.
    pub(in crate::stats) fn at(seed: u64, place: &[u64]) -> Self {
        Self { key: seed, stream: stream(place) }
    }

    /// Two words; others for each `index`.
    #[inline]
    pub(in crate::stats) fn pair(self, index: u64) -> [u64; 2] {
        two([index, self.stream], self.key)
    }
}

/// A place as one number.
pub(super) fn stream(place: &[u64]) -> u64 {
    place.iter().fold(0x243F_6A88_85A3_08D3, |state, part| mix(state ^ mix(*part)))
}

#[expect(clippy::cast_possible_truncation, reason = "splits a number into its halves")]
pub(super) const fn halves(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

/// The finaliser of `SplitMix64`.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(WIDE_WEYL);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// A block of Philox4x32-10.
pub(super) fn four(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let [low0, high0] = halves(MULTIPLIERS[0].wrapping_mul(u64::from(counter[0])));
        let [low1, high1] = halves(MULTIPLIERS[1].wrapping_mul(u64::from(counter[2])));
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// So many blocks are made side by side, as the registers of any 64-bit machine hold, by [`Random::fill`](super::Random::fill).
pub(super) const LANES: usize = 2;

/// The blocks of [`four`] at `start`, `start` + 1, ..., written for the vector unit: each 32-bit word has 64 bits to itself.
#[expect(clippy::cast_possible_truncation, reason = "splits a product into its halves")]
pub(super) fn lanes(start: u64, place: [u32; 2], mut key: [u32; 2], blocks: &mut [u32; 4 * LANES]) {
    const LOW: u64 = 0xFFFF_FFFF;
    let mut words = [[0_u64; LANES]; 4];
    for (lane, at) in (0..LANES).zip(0_u64..) {
        let count = start.wrapping_add(at);
        let counter = [count & LOW, count >> 32, u64::from(place[0]), u64::from(place[1])];
        for (word, value) in words.iter_mut().zip(counter) {
            if let Some(slot) = word.get_mut(lane) {
                *slot = value;
            }
        }
    }
    let [mut a, mut b, mut c, mut d] = words;
    for _ in 0..ROUNDS {
        let keys = [u64::from(key[0]), u64::from(key[1])];
        for (((a, b), c), d) in a.iter_mut().zip(&mut b).zip(&mut c).zip(&mut d) {
            let (first, second) = (MULTIPLIERS[0] * (*a & LOW), MULTIPLIERS[1] * (*c & LOW));
            (*a, *b, *c, *d) = (second >> 32 ^ *b ^ keys[0], second & LOW, first >> 32 ^ *d ^ keys[1], first & LOW);
        }
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    let lanes = a.iter().zip(&b).zip(&c).zip(&d);
    for ((((a, b), c), d), block) in lanes.zip(blocks.as_chunks_mut::<4>().0) {
        *block = [*a as u32, *b as u32, *c as u32, *d as u32];
    }
}

/// A block of Philox2x64-7.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "takes the two halves of a product")]
fn two([mut first, mut second]: [u64; 2], mut key: u64) -> [u64; 2] {
    for _ in 0..WIDE_ROUNDS {
        let product = u128::from(first) * WIDE_MULTIPLIER;
        (first, second) = ((product >> 64) as u64 ^ key ^ second, product as u64);
        key = key.wrapping_add(WIDE_WEYL);
    }
    [first, second]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::law::assert_even;

    #[test]
    fn philox_gives_the_published_vectors() {
        // Random123 distribution, tests/kat_vectors, philox4x32 with 10 rounds.
        assert_eq!(four([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = u32::MAX;
        assert_eq!(four([ones; 4], [ones; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        // The same file, philox2x64 with 7 rounds.
        assert_eq!(two([0; 2], 0), [0xb41d_a69f_bfef_c666, 0x511e_9ce1_a553_4056]);
        assert_eq!(two([u64::MAX; 2], u64::MAX), [0xa469_6cc0_4462_015d, 0x7247_82da_e171_69e9]);
        let digits_of_pi = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];
        assert_eq!(two(digits_of_pi, 0xa409_3822_299f_31d0), [0x98ed_1534_392b_f372, 0x6752_8b15_6888_2fd5]);
    }

    #[test]
    fn every_field_of_the_words_is_uniform_and_so_are_pairs_of_neighbours() {
        const CELLS: usize = 4096;
        let words: Vec<u64> =
            (0..400).flat_map(|place| (0..250).flat_map(move |at| Words::at(5, &[place]).pair(at))).collect();
        for shift in [0, 12, 24, 36, 48, 52] {
            let field = |word: &u64| usize::try_from(word >> shift).unwrap() % CELLS;
            let mut counts = vec![0.0; CELLS];
            for word in &words {
                counts[field(word)] += 1.0;
            }
            assert_even(&counts);
            let mut counts = vec![0.0; CELLS];
            words.windows(2).for_each(|pair| counts[field(&pair[0]) % 64 * 64 + field(&pair[1]) % 64] += 1.0);
            assert_even(&counts);
        }
    }
}
