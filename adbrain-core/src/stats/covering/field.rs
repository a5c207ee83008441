//! Arithmetic with q elements, q a prime power: what orthogonal arrays are built from.
#![expect(clippy::indexing_slicing, reason = "elements are below q, the side of both tables")]

/// The field of q elements; elements are 0..q, written in base p as the coefficients of a polynomial.
pub(super) struct Field {
    size: usize,
    sum: Vec<usize>,
    product: Vec<usize>,
}

impl Field {
    /// The field of `size` elements; `None` where `size` is no prime power.
    pub(super) fn new(size: usize) -> Option<Self> {
        let (prime, degree) = prime_power(size)?;
        let sum = table(size, |a, b| add(a, b, prime));
        let product =
            (0..size).map(|low| table(size, |a, b| multiply(a, b, low, (prime, degree)))).find(|product| {
                (1..size).all(|a| {
                    (1..size).any(|b| product[a * size + b] == 1) && (1..size).all(|b| product[a * size + b] != 0)
                })
            })?;
        Some(Self { size, sum, product })
    }

    /// The value of a polynomial, highest coefficient first, at a point.
    pub(super) fn value(&self, coefficients: &[usize], point: usize) -> usize {
        coefficients.iter().fold(0, |value, next| self.sum[self.product[value * self.size + point] * self.size + next])
    }
}

/// The prime and the exponent of a prime power.
pub(super) fn prime_power(size: usize) -> Option<(usize, u32)> {
    let prime = (2..=size).find(|divisor| size.is_multiple_of(*divisor))?;
    let (mut left, mut degree) = (size, 0);
    while left.is_multiple_of(prime) {
        left /= prime;
        degree += 1;
    }
    (left == 1).then_some((prime, degree))
}

fn table(size: usize, entry: impl Fn(usize, usize) -> usize) -> Vec<usize> {
    (0..size * size).map(|place| entry(place / size, place % size)).collect()
}

fn add(mut a: usize, mut b: usize, prime: usize) -> usize {
    let (mut sum, mut unit) = (0, 1);
    while a + b > 0 {
        sum += (a % prime + b % prime) % prime * unit;
        (a, b, unit) = (a / prime, b / prime, unit * prime);
    }
    sum
}

/// The product modulo x^degree - low(x), by Horner's rule over the digits of `a`.
fn multiply(a: usize, b: usize, low: usize, (prime, degree): (usize, u32)) -> usize {
    let top = prime.pow(degree - 1);
    let times = |value: usize, count: usize| (0..count).fold(0, |sum, _| add(sum, value, prime));
    (0..degree).rev().fold(0, |value, place| {
        let shifted = value % top * prime;
        let carried = if degree == 1 { 0 } else { times(low, value / top) };
        let shifted = if degree == 1 { 0 } else { add(shifted, carried, prime) };
        add(shifted, times(b, a / prime.pow(place) % prime), prime)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prime_power_up_to_64_has_its_field_and_nothing_else_has() {
        let sizes: Vec<_> = (2..=64).filter(|size| Field::new(*size).is_some()).collect();
        assert_eq!(
            sizes,
            [2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, 19, 23, 25, 27, 29, 31, 32, 37, 41, 43, 47, 49, 53, 59, 61, 64]
        );
    }

    #[test]
    fn multiplication_is_associative_and_distributes() {
        let field = Field::new(9).unwrap();
        let (sum, product) = (|a: usize, b: usize| field.sum[a * 9 + b], |a: usize, b: usize| field.product[a * 9 + b]);
        for place in 0..729 {
            let (a, b, c) = (place / 81, place / 9 % 9, place % 9);
            assert_eq!(product(a, product(b, c)), product(product(a, b), c));
            assert_eq!(product(a, sum(b, c)), sum(product(a, b), product(a, c)));
        }
    }
}
