//! One root of a function between two points where its sign differs.

use super::{Defined, Undefined};

/// The most evaluations; bisection alone needs about 1,100 to close any interval of `f64`, the search here rarely 15.
const MAX_STEPS: u32 = 200;

/// The root of `of` between `from` and `to`, whose values must differ in sign; stops when the bracket is `tolerance` relative wide.
///
/// Inverse quadratic interpolation where it is safe, else bisection (Chandrupatla, "A new hybrid quadratic/bisection algorithm for
/// finding the zero of a nonlinear function without using derivatives", 1997).
pub(super) fn bracketed(of: impl Fn(f64) -> f64, [from, to]: [f64; 2], tolerance: f64) -> Defined<f64> {
    let (mut b, mut a) = (from, to);
    let (mut at_b, mut at_a) = (of(b), of(a));
    if at_a.is_nan() || at_b.is_nan() || at_a * at_b > 0.0 || (at_a > 0.0 && at_b > 0.0) || (at_a < 0.0 && at_b < 0.0) {
        return Err(Undefined::NotConverged);
    }
    let mut share = 0.5;
    for _ in 0..MAX_STEPS {
        let next = a + share * (b - a);
        let value = of(next);
        if value.is_nan() {
            break;
        }
        let (third, at_third) = if (value > 0.0) == (at_a > 0.0) { (a, at_a) } else { (b, at_b) };
        if (value > 0.0) != (at_a > 0.0) {
            (b, at_b) = (a, at_a);
        }
        (a, at_a) = (next, value);
        let (best, at_best) = if at_a.abs() < at_b.abs() { (a, at_a) } else { (b, at_b) };
        let wide = (b - a).abs();
        let near = tolerance * best.abs() / wide;
        if at_best.abs() <= 0.0 || wide <= f64::MIN_POSITIVE || near > 0.5 {
            return Ok(best);
        }
        let (xi, phi) = ((a - b) / (third - b), (at_a - at_b) / (at_third - at_b));
        let safe = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
        share = if safe {
            let first = at_a / (at_b - at_a) * at_third / (at_b - at_third);
            first + (third - a) / (b - a) * at_a / (at_third - at_a) * at_b / (at_third - at_b)
        } else {
            0.5
        };
        share = share.clamp(near, 1.0 - near);
    }
    Err(Undefined::NotConverged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_found_to_the_last_digits() {
        let root = bracketed(|x| x * x - 2.0, [0.0, 2.0], 1e-15).unwrap();
        assert!((root - std::f64::consts::SQRT_2).abs() < 1e-14, "{root}");
        let flat = bracketed(|x| x * x * x, [-1.0, 3.0], 1e-15).unwrap();
        assert!(flat.abs() < 1e-4, "{flat}");
        let steep = bracketed(|x| libm::exp(x) - 1e10, [-700.0, 700.0], 1e-15).unwrap();
        assert!((steep / libm::log(1e10) - 1.0).abs() < 1e-14, "{steep}");
    }

    #[test]
    fn a_bracket_without_a_change_of_sign_has_no_answer() {
        assert_eq!(bracketed(|x| x * x + 1.0, [-1.0, 1.0], 1e-12), Err(Undefined::NotConverged));
        assert_eq!(bracketed(|_| f64::NAN, [-1.0, 1.0], 1e-12), Err(Undefined::NotConverged));
    }
}
