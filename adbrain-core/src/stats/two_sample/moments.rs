//! Sums with a fixed order: the same bytes on every machine.
//!
//! Eight sums run side by side, value i to sum i mod 8, and are added in a fixed order at the end. A block is small enough to stay in the
//! first cache for its second pass.

const LANES: usize = 8;
const BLOCK: usize = 2048;

/// The mean in two parts and the sum of squared deviations.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    pub(super) mean: f64,
    pub(super) rest: f64,
    pub(super) m2: f64,
}

/// The moments of values. Each block is reduced around the mean of the first one, where differences are small and so exact, and the
/// blocks are merged.
pub(super) fn of(values: &[f64]) -> Moments {
    let Some(centre) = centre(values) else { return Moments::default() };
    let (mut n, mut mean, mut m2) = (0.0, 0.0, 0.0);
    for block in values.chunks(BLOCK) {
        let size = block.len() as f64;
        let at = sum(block, |value| value - centre) / size;
        let squares = sum(block, |value| (value - centre - at) * (value - centre - at));
        let slip = sum(block, |value| value - centre - at);
        let difference = at + slip / size - mean;
        m2 += squares - slip * slip / size + difference * difference * (n * (size / (n + size)));
        n += size;
        mean += difference * (size / n);
    }
    let (mean, rest) = shifted(centre, 0.0, mean);
    Moments { mean, rest, m2 }
}

/// The mean of the first block; its value where it has only one, so that equal values have a spread of exactly zero.
fn centre(values: &[f64]) -> Option<f64> {
    let block = values.chunks(BLOCK).next()?;
    let first = *block.first()?;
    if block.iter().all(|value| value.to_bits() == first.to_bits()) {
        return Some(first);
    }
    Some(sum(block, |value| value) / block.len() as f64)
}

/// The sum of a function of each value.
#[inline]
pub(super) fn sum(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let (chunks, tail) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += of(*value);
        }
    }
    for (sum, value) in sums.iter_mut().zip(tail) {
        *sum += of(*value);
    }
    total(sums)
}

/// The sum of a function of each pair.
#[inline]
pub(super) fn sum_pairs(x: &[f64], y: &[f64], of: impl Fn(f64, f64) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let ((left, left_tail), (right, right_tail)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (a, b) in left.iter().zip(right) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += of(*a, *b);
        }
    }
    for ((sum, a), b) in sums.iter_mut().zip(left_tail).zip(right_tail) {
        *sum += of(*a, *b);
    }
    total(sums)
}

fn total([first, second, third, fourth, rest @ ..]: [f64; LANES]) -> f64 {
    let [fifth, sixth, seventh, eighth] = rest;
    ((first + second) + (third + fourth)) + ((fifth + sixth) + (seventh + eighth))
}

/// a - b and what rounding took from it, added up (Knuth, "The art of computer programming", volume 2, 4.2.2).
pub(super) fn difference(a: f64, b: f64) -> f64 {
    let (high, low) = two_sum(a, -b);
    high + low
}

/// A mean in two parts moved by a step: the new parts.
pub(super) fn shifted(mean: f64, rest: f64, step: f64) -> (f64, f64) {
    let (high, low) = two_sum(mean, step);
    if !high.is_finite() {
        return (high, 0.0);
    }
    two_sum(high, low + rest)
}

/// a + b as the rounded sum and its rounding error.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let back = sum - a;
    (sum, (a - (sum - back)) + (b - back))
}

/// a b as the rounded product and its rounding error (Dekker, "A floating-point technique for extending the available precision",
/// 1971); without its error where that would overflow.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    const SPLITTER: f64 = 134_217_729.0;
    const LARGE: f64 = 1e150;
    let product = a * b;
    if a.abs() > LARGE || b.abs() > LARGE {
        return (product, 0.0);
    }
    let split = |value: f64| {
        let wide = SPLITTER * value;
        let high = wide - (wide - value);
        (high, value - high)
    };
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    (product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low)
}

/// What a quotient lacks: (sum - quotient n) / n.
pub(super) fn remainder(sum: f64, quotient: f64, n: f64) -> f64 {
    let (product, error) = two_product(quotient, n);
    ((sum - product) - error) / n
}

/// squares - x y / n in twice the digits, for `[squares, x, y]`.
pub(super) fn squares_less_product([squares, x, y]: [f64; 3], n: f64) -> f64 {
    let mean = x / n;
    let (product, error) = two_product(mean, y);
    ((squares - product) - error) - remainder(x, mean, n) * y
}

/// The sum of (x - mean of x)(y - mean of y), with each mean in two parts.
pub(super) fn products(x: &[f64], y: &[f64], [[x_high, x_low], [y_high, y_low]]: [[f64; 2]; 2]) -> f64 {
    sum_pairs(x, y, |x, y| ((x - x_high) - x_low) * ((y - y_high) - y_low))
}
