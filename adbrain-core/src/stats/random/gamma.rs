//! Gamma numbers.

use super::Random;

impl Random {
    /// A gamma number of mean 1: of this shape, divided by it, so that its variance is 1 / shape. 1 for a shape that is not above zero or is
    /// infinite.
    ///
    /// By the squeeze of Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below a shape of 1 a number of the
    /// shape above it times a power of a uniform one, as they say there.
    pub fn gamma_of_mean_one(&mut self, shape: f64) -> f64 {
        if !(shape.is_finite() && shape > 0.0) {
            return 1.0;
        }
        if shape < 1.0 {
            let power = libm::pow(1.0 - self.uniform(), 1.0 / shape);
            return self.large_gamma(shape + 1.0) * power / shape;
        }
        self.large_gamma(shape) / shape
    }

    /// A gamma number of a shape of 1 or more.
    fn large_gamma(&mut self, shape: f64) -> f64 {
        let scale = shape - 1.0 / 3.0;
        let step = 1.0 / libm::sqrt(9.0 * scale);
        loop {
            let normal = self.normal();
            let root = 1.0 + step * normal;
            if root <= 0.0 {
                continue;
            }
            let (cube, luck) = (root * root * root, 1.0 - self.uniform());
            if libm::log(luck) < 0.5 * normal * normal + scale - scale * cube + scale * libm::log(cube) {
                return scale * cube;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distribution::gamma_p;
    use crate::stats::random::law::assert_even;

    #[test]
    fn gamma_numbers_have_the_law_of_gamma() {
        for (place, shape) in (0..).zip([0.3, 1.0, 4.5, 80.0]) {
            let mut luck = Random::at(8, &[place]);
            let mut counts = vec![0.0; 40];
            for _ in 0..40_000 {
                let below = 40.0 * gamma_p(shape, luck.gamma_of_mean_one(shape) * shape);
                counts[(1..40).filter(|edge| below >= f64::from(*edge)).count()] += 1.0;
            }
            assert_even(&counts);
        }
        assert!(
            [0.0, -1.0, f64::NAN]
                .map(|shape| Random::at(8, &[]).gamma_of_mean_one(shape))
                .iter()
                .all(|one| (one - 1.0).abs() < 1e-12)
        );
    }
}
