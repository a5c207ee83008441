//! BG/NBD and MBG/NBD: purchases at a gamma-distributed rate until a customer, after some purchase, tosses a beta-distributed coin
//! and leaves.

use super::count::{Counts, Tail};
use super::customers::Customer;
use crate::stats::distribution::{digamma, ln_beta, ln_gamma, trigamma};
use crate::stats::newton::Curve;

/// So many terms of the series are summed; where more are needed, the integral is shorter.
const MOST_TERMS: f64 = 4_000.0;
/// A part of a sum below this share of it is left out.
const NOTHING: f64 = 1e-17;
/// The integral leaves out what lies more than e^37 below the rest.
const DEEP: f64 = 37.0;
/// The most panels of the integral: about 200 cover the widest one, from a coin of 0 to one of 1.
const MOST_PANELS: u32 = 2_000;

/// The parameters, with whether a customer may leave right after the first purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct BetaGeometric {
    /// Shape of the purchase rates.
    pub(super) r: f64,
    /// Rate (in time) of the purchase rates: their mean is r / alpha.
    pub(super) alpha: f64,
    /// Shape of the chance to leave after a purchase: its mean is a / (a + b).
    pub(super) a: f64,
    /// The other shape.
    pub(super) b: f64,
    /// 1 where the coin is tossed after the first purchase too (MBG/NBD), 0 where only after repeats (BG/NBD).
    pub(super) at_start: f64,
}

/// What is believed about a customer who has not left: rate ~ Gamma(k, alpha), chance to leave ~ Beta(a, b).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Alive {
    pub(super) k: f64,
    pub(super) alpha: f64,
    pub(super) a: f64,
    pub(super) b: f64,
}

impl BetaGeometric {
    /// The logarithm of the odds that the customer has left against that the customer is still there; none where that is impossible.
    ///
    /// `a / (b + x - 1 + c) ((alpha + T) / (alpha + t_x))^(r + x)`, c = 1 for MBG/NBD and 0 for BG/NBD.
    fn ln_odds_gone(&self, customer: &Customer) -> Option<f64> {
        let Customer { frequency: x, recency, age } = *customer;
        let waits = libm::log1p((age - recency) / (self.alpha + recency));
        let can_leave = x > 0.0 || self.at_start > 0.0;
        can_leave.then(|| libm::log(self.a / (self.b + x - 1.0 + self.at_start)) + (self.r + x) * waits)
    }

    pub(super) fn probability_alive(&self, customer: &Customer) -> f64 {
        self.ln_odds_gone(customer).map_or(1.0, |odds| 1.0 / (1.0 + libm::exp(odds)))
    }

    pub(super) fn alive(&self, customer: &Customer) -> Alive {
        let (k, b) = (self.r + customer.frequency, self.b + customer.frequency + self.at_start);
        Alive { k, alpha: self.alpha + customer.age, a: self.a, b }
    }

    /// The part of the log-likelihood that depends on the number of purchases alone, with its derivatives in r, alpha, a and b:
    /// `ln Gamma(r + x) - ln Gamma(r) + r ln alpha + ln B(a, b + x + c) - ln B(a, b)`.
    pub(super) fn of_frequency(&self, x: f64) -> Curve<4> {
        let Self { r, alpha, a, b, at_start } = *self;
        let (after, both) = (b + x + at_start, a + b);
        let value = ln_gamma(r + x) - ln_gamma(r) + r * libm::log(alpha) + ln_beta(a, after) - ln_beta(a, b);
        let leave = digamma(both) - digamma(a + after);
        let leave_twice = trigamma(both) - trigamma(a + after);
        let stay = digamma(after) - digamma(b);
        let stay_twice = trigamma(after) - trigamma(b);
        let rate = digamma(r + x) - digamma(r) + libm::log(alpha);
        let rate_twice = trigamma(r + x) - trigamma(r);
        Curve {
            value,
            gradient: [rate, r / alpha, leave, leave + stay],
            hessian: [
                [rate_twice, 1.0 / alpha, 0.0, 0.0],
                [1.0 / alpha, -r / (alpha * alpha), 0.0, 0.0],
                [0.0, 0.0, leave_twice, leave_twice],
                [0.0, 0.0, leave_twice, leave_twice + stay_twice],
            ],
        }
    }

    /// The rest of the log-likelihood: `-(r + x) ln(alpha + T) + ln(1 + odds of having left)`.
    pub(super) fn of_times(&self, customer: &Customer) -> Curve<4> {
        let k = self.r + customer.frequency;
        let end = self.alpha + customer.age;
        let (log_end, to_end) = (libm::log(end), 1.0 / end);
        let stays = Curve {
            value: -k * log_end,
            gradient: [-log_end, -k * to_end, 0.0, 0.0],
            hessian: [[0.0, -to_end, 0.0, 0.0], [-to_end, k * to_end * to_end, 0.0, 0.0], [0.0; 4], [0.0; 4]],
        };
        match self.ln_odds_gone(customer) {
            None => stays,
            Some(odds) => stays.plus_log_one_and(&self.gone(customer, odds)),
        }
    }

    /// The logarithm of the odds of having left, with its derivatives.
    fn gone(&self, customer: &Customer, odds: f64) -> Curve<4> {
        let (x, k) = (customer.frequency, self.r + customer.frequency);
        let (to_end, to_last) = (1.0 / (self.alpha + customer.age), 1.0 / (self.alpha + customer.recency));
        let waits = libm::log1p((customer.age - customer.recency) * to_last);
        let (shrink, to_stay) = (to_end - to_last, 1.0 / (self.b + x - 1.0 + self.at_start));
        Curve {
            value: odds,
            gradient: [waits, k * shrink, 1.0 / self.a, -to_stay],
            hessian: [
                [0.0, shrink, 0.0, 0.0],
                [shrink, -k * shrink * (to_end + to_last), 0.0, 0.0],
                [0.0, 0.0, -1.0 / (self.a * self.a), 0.0],
                [0.0, 0.0, 0.0, to_stay * to_stay],
            ],
        }
    }
}

impl Alive {
    /// The expected purchases within a horizon t: sum over n of P(N = n) S(n).
    ///
    /// N counts the purchases of a customer who never leaves, negative binomial with `z = t / (alpha + t)`; S(n) = sum over j < n of
    /// `(b)_j / (a + b)_j` counts those before leaving. All terms are positive, so nothing cancels; the closed form with Gauss's 2F1
    /// (Fader, Hardie and Lee, 2005, equation 10) is the same sum telescoped, and breaks down near a = 1. The terms are taken
    /// relative to each other and divided by their sum, so no power of z underflows.
    pub(super) fn expected(&self, horizon: f64) -> f64 {
        let mean = self.k * horizon / self.alpha;
        let spread = libm::sqrt(mean * (1.0 + horizon / self.alpha));
        if mean + 12.0 * spread < MOST_TERMS { self.series(horizon) } else { self.integral(horizon) }
    }

    fn series(&self, horizon: f64) -> f64 {
        let z = horizon / (self.alpha + horizon);
        let (mut term, mut whole, mut made) = (1.0, 1.0, 0.0);
        let (mut stays, mut before, mut n) = (1.0, 0.0, 0.0);
        loop {
            term *= z * (self.k + n) / (n + 1.0);
            before += stays;
            stays *= (self.b + n) / (self.a + self.b + n);
            n += 1.0;
            whole += term;
            made += term * before;
            let ratio = z * (self.k + n) / (n + 1.0);
            // From here on the terms fall at least by this ratio.
            if ratio < 1.0 && term * (before + 1.0) <= NOTHING * made * (1.0 - ratio) || n > 1e7 {
                return made / whole;
            }
            if whole > 1e250 {
                (term, whole, made) = (term * 1e-250, whole * 1e-250, made * 1e-250);
            }
        }
    }

    /// The same as the mean of `(1 - (1 + p t / alpha)^-k) / p` over the chance p to leave, integrated over the log odds of p.
    fn integral(&self, horizon: f64) -> f64 {
        let Self { k, alpha, a, b } = *self;
        let u = horizon / alpha;
        let front = ln_beta(a, b);
        let at = |y: f64| {
            let (ln_p, ln_q) = (-libm::log1p(libm::exp(-y)), -libm::log1p(libm::exp(y)));
            let p = libm::exp(ln_p);
            -libm::expm1(-k * libm::log1p(p * u)) * libm::exp((a - 1.0) * ln_p + b * ln_q - front)
        };
        let centre = libm::log(a / b);
        let width = (1.5 * libm::sqrt(1.0 / a + 1.0 / b)).min(1.0);
        let start = centre.min(-libm::log(u * k.max(1.0))).min(-libm::log(b)).min(0.0) - DEEP;
        // Below the start p is so small that the integrand is k u p^a / B(a, b).
        let below = k * u * libm::exp(a * start - front) / a;
        below + walk(centre, -width, start, at) + walk(centre, width, f64::INFINITY, at)
    }

    /// The distribution of the purchases within a horizon: leaving after the n-th purchase needs n of them to be made,
    /// `P(n) = w(n) P(N = n) + w(n - 1) a / (a + b + n - 1) P(N >= n)` with `w(n) = (b)_n / (a + b)_n` (Fader, Hardie and Lee, 2007,
    /// note 014 on the fit histogram).
    pub(super) fn counts(&self, horizon: f64, tail: Tail) -> Counts {
        let Self { k, alpha, a, b } = *self;
        let (ln_z, ln_rest) = (libm::log(horizon / (alpha + horizon)), -libm::log1p(horizon / alpha));
        let (mut ln_term, mut at_least, mut stays, mut n) = (k * ln_rest, 1.0, 1.0, 0.0);
        let mut leaves = 0.0;
        Counts::until(tail, || {
            let here = libm::exp(ln_term);
            let found = stays * here + leaves * at_least;
            at_least = f64::max(at_least - here, 0.0);
            ln_term += ln_z + libm::log((k + n) / (n + 1.0));
            leaves = stays * a / (a + b + n);
            stays *= (b + n) / (a + b + n);
            n += 1.0;
            found
        })
    }
}

/// The integral from `from` outwards in panels, up to `end` or to where nothing is left.
fn walk(from: f64, step: f64, end: f64, at: impl Fn(f64) -> f64) -> f64 {
    let (mut here, mut sum) = (from, 0.0);
    for _ in 0..MOST_PANELS {
        let next = if step < 0.0 { (here + step).max(end) } else { (here + step).min(end) };
        let part = super::panel::integral([here.min(next), here.max(next)], &at);
        sum += part;
        here = next;
        if part <= NOTHING * sum || (here - end).abs() <= 0.0 {
            break;
        }
    }
    sum
}
