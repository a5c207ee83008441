//! Pareto/NBD: purchases at a gamma-distributed rate during an exponential lifetime whose rate is gamma-distributed too.

use super::count::{Counts, Tail};
use super::customers::Customer;
use super::panel;
use crate::stats::distribution::{digamma, ln_gamma, trigamma};
use crate::stats::newton::Curve;

/// What has fallen by this power of e adds nothing.
const DEEP: f64 = 45.0;
/// The integrand falls by at most this power of e on a panel; twelve nodes then lose less than 1e-15 of it.
const FALL: f64 = 8.0;
/// The widest panel in ln y, as the integrand's singularities lie pi away from the real line.
const WIDEST: f64 = 3.0;
/// The panels in ln y of a distribution of counts.
const COUNT_PANEL: f64 = 0.5;

/// The parameters: rates ~ Gamma(r, alpha), rates of leaving ~ Gamma(s, beta), both rates per time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pareto {
    pub(super) r: f64,
    pub(super) alpha: f64,
    pub(super) s: f64,
    pub(super) beta: f64,
}

/// The means and the means of products of `ln(alpha + y)`, `1 / (alpha + y)`, `ln(beta + y)`, `1 / (beta + y)` over the time y at which
/// a customer left, and the logarithm of the integral over y.
#[derive(Debug, Clone, Copy)]
struct Gone {
    ln_integral: f64,
    means: [f64; 4],
    products: [[f64; 4]; 4],
}

/// One node of the integral.
struct Node {
    weight: f64,
    terms: [f64; 4],
}

impl Pareto {
    /// Rates and rates of leaving of a customer who is still there.
    pub(super) fn alive(&self, customer: &Customer) -> Self {
        let Self { r, alpha, s, beta } = *self;
        Self { r: r + customer.frequency, alpha: alpha + customer.age, s, beta: beta + customer.age }
    }

    pub(super) fn probability_alive(&self, customer: &Customer) -> f64 {
        let mut sum = 0.0;
        let scale = self.walk(customer, |node| sum += node.weight);
        if sum > 0.0 { 1.0 / (1.0 + libm::exp(scale + self.ln_odds_scale(customer) + libm::log(sum))) } else { 1.0 }
    }

    /// The odds of having left are this, in logarithms, plus the logarithm of the integral:
    /// `s (alpha + T)^k (beta + T)^s integral over t_x..T of (alpha + y)^-k (beta + y)^-(s + 1) dy`, k = r + x.
    fn ln_odds_scale(&self, customer: &Customer) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let (x, age) = (customer.frequency, customer.age);
        libm::log(s) + (r + x) * libm::log(alpha + age) + s * libm::log(beta + age)
    }

    /// Walks over nodes of the integral over y, in v = ln(min(alpha, beta) + y), in which it falls nearly like an exponential; returns the
    /// logarithm of what the weights are relative to, the integrand at `t_x`.
    ///
    /// Schmittlein, Morrison and Colombo (1987) and Fader and Hardie (note 009) write the integral as a difference of two Gauss
    /// hypergeometric functions. The integral itself cancels nothing, and gives the derivatives at the same nodes.
    fn walk(&self, customer: &Customer, mut visit: impl FnMut(&Node)) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let Customer { frequency: x, recency, age } = *customer;
        let (k, least, gap) = (r + x, alpha.min(beta), (alpha - beta).abs());
        let is_alpha_least = alpha <= beta;
        let terms = |v: f64| {
            let low = libm::exp(v);
            let high = low + gap;
            let (near, far) = ([v, 1.0 / low], [libm::log(high), 1.0 / high]);
            let ([la, ia], [lb, ib]) = if is_alpha_least { (near, far) } else { (far, near) };
            [la, ia, lb, ib]
        };
        let depth = |terms: &[f64; 4], v: f64| k * terms[0] + (s + 1.0) * terms[2] - v;
        let mut here = libm::log(least + recency);
        let end = here + libm::log1p((age - recency) / (least + recency));
        let start = depth(&terms(here), here);
        while here < end {
            let edge = terms(here);
            if depth(&edge, here) - start > DEEP {
                break;
            }
            let rate = libm::exp(here) * (k * edge[1] + (s + 1.0) * edge[3]) - 1.0;
            let width = (FALL / (k + s)).max((3.0 / rate.abs()).min(1.0)).min(WIDEST);
            let next = if here + width < end { here + width } else { end };
            for (v, weight) in panel::nodes([here, next]) {
                let terms = terms(v);
                visit(&Node { weight: weight * libm::exp(start - depth(&terms, v)), terms });
            }
            here = next;
        }
        -start
    }

    /// What is known of when a customer left; none where there was no time to leave.
    fn gone(&self, customer: &Customer) -> Option<Gone> {
        let (mut sum, mut means, mut products) = (0.0, [0.0; 4], [[0.0; 4]; 4]);
        let scale = self.walk(customer, |Node { weight, terms }| {
            sum += weight;
            for ((mean, row), first) in means.iter_mut().zip(&mut products).zip(terms) {
                *mean += weight * first;
                for (product, second) in row.iter_mut().zip(terms) {
                    *product += weight * first * second;
                }
            }
        });
        let share = 1.0 / sum;
        let scaled = |row: [f64; 4]| row.map(|entry| entry * share);
        (sum > 0.0).then(|| Gone {
            ln_integral: scale + libm::log(sum),
            means: scaled(means),
            products: products.map(scaled),
        })
    }

    /// The part of the log-likelihood that depends on the number of purchases alone, with its derivatives in r, alpha, s and beta:
    /// `ln Gamma(r + x) - ln Gamma(r) + r ln alpha + s ln beta`.
    pub(super) fn of_frequency(&self, x: f64) -> Curve<4> {
        let Self { r, alpha, s, beta } = *self;
        let value = ln_gamma(r + x) - ln_gamma(r) + r * libm::log(alpha) + s * libm::log(beta);
        let rate = digamma(r + x) - digamma(r) + libm::log(alpha);
        let rate_twice = trigamma(r + x) - trigamma(r);
        Curve {
            value,
            gradient: [rate, r / alpha, libm::log(beta), s / beta],
            hessian: [
                [rate_twice, 1.0 / alpha, 0.0, 0.0],
                [1.0 / alpha, -r / (alpha * alpha), 0.0, 0.0],
                [0.0, 0.0, 0.0, 1.0 / beta],
                [0.0, 0.0, 1.0 / beta, -s / (beta * beta)],
            ],
        }
    }

    /// The rest of the log-likelihood: `-(r + x) ln(alpha + T) - s ln(beta + T) + ln(1 + odds of having left)`.
    pub(super) fn of_times(&self, customer: &Customer) -> Curve<4> {
        let (k, s) = (self.r + customer.frequency, self.s);
        let (alpha, beta) = (self.alpha + customer.age, self.beta + customer.age);
        let (la, ia, lb, ib) = (libm::log(alpha), 1.0 / alpha, libm::log(beta), 1.0 / beta);
        let stays = Curve {
            value: -k * la - s * lb,
            gradient: [-la, -k * ia, -lb, -s * ib],
            hessian: [
                [0.0, -ia, 0.0, 0.0],
                [-ia, k * ia * ia, 0.0, 0.0],
                [0.0, 0.0, 0.0, -ib],
                [0.0, 0.0, -ib, s * ib * ib],
            ],
        };
        match self.gone(customer) {
            None => stays,
            Some(gone) => stays.plus_log_one_and(&self.odds(customer, &gone)),
        }
    }

    /// The logarithm of the odds of having left, with its derivatives: those of the integrand's logarithm, averaged, plus their
    /// covariances.
    fn odds(&self, customer: &Customer, gone: &Gone) -> Curve<4> {
        let (k, s) = (self.r + customer.frequency, self.s);
        let (alpha, beta) = (self.alpha + customer.age, self.beta + customer.age);
        let (la, ia, lb, ib) = (libm::log(alpha), 1.0 / alpha, libm::log(beta), 1.0 / beta);
        let means = &gone.means;
        let scale = [1.0, k, 1.0, s + 1.0];
        let mut hessian = [[0.0; 4]; 4];
        for (i, row) in hessian.iter_mut().enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                *entry = covariance(gone, [i, j]) * scale.get(i).zip(scale.get(j)).map_or(0.0, |(a, b)| a * b);
            }
        }
        hessian[0][1] += ia - means[1];
        hessian[1][0] += ia - means[1];
        hessian[1][1] += k * (gone.products[1][1] - ia * ia);
        hessian[2][2] -= 1.0 / (s * s);
        hessian[2][3] += ib - means[3];
        hessian[3][2] += ib - means[3];
        hessian[3][3] += (s + 1.0) * gone.products[3][3] - s * ib * ib;
        Curve {
            value: self.ln_odds_scale(customer) + gone.ln_integral,
            gradient: [la - means[0], k * (ia - means[1]), 1.0 / s + lb - means[2], s * ib - (s + 1.0) * means[3]],
            hessian,
        }
    }

    /// The expected purchases within a horizon t of a customer who is still there: `r beta / alpha (1 - (beta / (beta + t))^(s - 1)) / (s - 1)`,
    /// at s = 1 `r beta / alpha ln(1 + t / beta)` (Fader and Hardie, note 009, equations 27 and 41).
    pub(super) fn expected(&self, horizon: f64) -> f64 {
        let Self { r, alpha, s, beta } = *self;
        let length = libm::log1p(horizon / beta);
        let w = (s - 1.0) * length;
        let mean = if w.abs() > 0.0 { -libm::expm1(-w) / w * length } else { length };
        r * beta / alpha * mean
    }

    /// The distribution of the purchases within a horizon of a customer who is still there: negative binomial over the whole of it
    /// for those who stay, mixed over the time of leaving for the others.
    pub(super) fn counts(&self, horizon: f64, tail: Tail) -> Counts {
        let Self { r, alpha, s, beta } = *self;
        let least = alpha.min(beta);
        let span = [libm::log(least), libm::log(least + horizon)];
        // Weight, odds of one more purchase and logarithm of the probability so far, by time of leaving.
        let at = |weight: f64, y: f64| (weight, libm::log(y / (alpha + y)), -r * libm::log1p(y / alpha));
        let leaves = panel::panels(span, COUNT_PANEL).flat_map(panel::nodes).map(|(v, weight)| {
            let y = (libm::exp(v) - least).max(f64::MIN_POSITIVE);
            let density = s / beta * libm::exp(v - (s + 1.0) * libm::log1p(y / beta));
            at(weight * density, y)
        });
        let stays = at(libm::exp(-s * libm::log1p(horizon / beta)), horizon);
        let mut times: Vec<(f64, f64, f64)> = leaves.chain([stays]).collect();
        let mut n = 0.0;
        Counts::until(tail, || {
            let more = libm::log((r + n) / (n + 1.0));
            n += 1.0;
            let mut sum = 0.0;
            for (weight, ln_odds, ln_term) in &mut times {
                sum += *weight * libm::exp(*ln_term);
                *ln_term += *ln_odds + more;
            }
            sum
        })
    }
}

fn covariance(gone: &Gone, [i, j]: [usize; 2]) -> f64 {
    let product = gone.products.get(i).and_then(|row| row.get(j));
    let means = gone.means.get(i).zip(gone.means.get(j));
    product.zip(means).map_or(0.0, |(product, (a, b))| product - a * b)
}
