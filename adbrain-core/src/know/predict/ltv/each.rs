//! Many customers of one beta-geometric model at once: what depends on their frequency alone is computed once.

use super::beta_geometric::BetaGeometric;
use super::customers::{Customer, Customers};

/// Frequencies from here on are rare and computed one by one.
const TABLED: usize = 1024;
/// A longer polynomial is no faster than the series, which stops early.
const LONGEST: usize = 300;
/// What is left out of a polynomial, relative to its sum.
const NOTHING: f64 = 1e-16;

/// The expected purchases if alive as `(1 - z)^k` times a polynomial in `z = t / (alpha + T + t)`.
#[derive(Debug, Clone)]
struct Expectation {
    /// k = r + x.
    k: f64,
    /// `a / (b + x - 1 + c)`, or nothing where the customer cannot have left.
    odds: f64,
    /// The factors of z, z^2, ..., in groups of four; empty where the series is better.
    groups: Vec<[f64; 4]>,
}

/// The expected purchases of each customer within a horizon above zero.
pub(super) fn expected(model: &BetaGeometric, customers: &Customers<'_>, horizon: f64) -> Vec<f64> {
    let youngest = customers.iter().fold(f64::INFINITY, |least: f64, customer| least.min(customer.age));
    let widest = horizon / (model.alpha + youngest + horizon);
    let mut table: Vec<Option<Expectation>> = vec![None; TABLED];
    let one = |customer: Customer| {
        let alone = || model.probability_alive(&customer) * model.alive(&customer).expected(horizon);
        let Some(place) = place(customer.frequency).and_then(|at| table.get_mut(at)) else { return alone() };
        let expectation = place.get_or_insert_with(|| Expectation::new(model, customer.frequency, widest));
        if expectation.groups.is_empty() { alone() } else { expectation.of(model, &customer, horizon) }
    };
    customers.iter().map(one).collect()
}

/// The place of a frequency in the table.
fn place(frequency: f64) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number below the limit")]
    (frequency < TABLED as f64).then_some(frequency as usize)
}

impl Expectation {
    fn new(model: &BetaGeometric, frequency: f64, widest: f64) -> Self {
        let alive = model.alive(&Customer { frequency, ..Customer::NEW });
        let can_leave = frequency > 0.0 || model.at_start > 0.0;
        let odds = if can_leave { model.a / (model.b + frequency - 1.0 + model.at_start) } else { 0.0 };
        let mut factors = Vec::new();
        let (mut ways, mut made, mut stays, mut n) = (1.0, 0.0, 1.0, 0.0);
        let (mut power, mut sum) = (1.0, 0.0);
        while factors.len() <= LONGEST {
            ways *= (alive.k + n) / (n + 1.0);
            made += stays;
            stays *= (alive.b + n) / (alive.a + alive.b + n);
            n += 1.0;
            power *= widest;
            factors.push(ways * made);
            let term = ways * made * power;
            sum += term;
            let ratio = widest * (alive.k + n) / (n + 1.0);
            if ratio < 1.0 && term <= NOTHING * sum * (1.0 - ratio) {
                break;
            }
        }
        let is_short = factors.len() <= LONGEST;
        let padded = if is_short { factors.len().next_multiple_of(4) } else { 0 };
        factors.resize(padded, 0.0);
        Self { k: alive.k, odds, groups: factors.as_chunks::<4>().0.to_vec() }
    }

    fn of(&self, model: &BetaGeometric, customer: &Customer, horizon: f64) -> f64 {
        let end = model.alpha + customer.age;
        let u = horizon / end;
        let z = u / (1.0 + u);
        let fourth = z * z * z * z;
        let mut lanes = [0.0; 4];
        for group in self.groups.iter().rev() {
            for (lane, factor) in lanes.iter_mut().zip(group) {
                *lane = *lane * fourth + factor;
            }
        }
        let [first, second, third, last] = lanes;
        let sum = z * (first + z * (second + z * (third + z * last)));
        let waits = libm::log1p((customer.age - customer.recency) / (model.alpha + customer.recency));
        let gone = self.odds * libm::exp(self.k * waits);
        sum * libm::exp(-self.k * libm::log1p(u)) / (1.0 + gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_are_what_each_is_alone() {
        let columns = [[0.0, 1.0, 3.0, 40.0, 2000.0], [0.0, 2.0, 30.0, 38.0, 40.0], [9.0, 38.9, 38.9, 39.0, 40.0]];
        let [x, t_x, age] = &columns;
        let customers = Customers::new(x, t_x, age).unwrap();
        for (at_start, horizon) in [(0.0, 39.0), (1.0, 39.0), (0.0, 5000.0), (1.0, 0.01)] {
            let model = BetaGeometric { r: 0.25, alpha: 4.4, a: 0.8, b: 2.4, at_start };
            for (found, customer) in expected(&model, &customers, horizon).iter().zip(customers.iter()) {
                let alone = model.probability_alive(&customer) * model.alive(&customer).expected(horizon);
                assert!((found / alone - 1.0).abs() < 1e-12, "{customer:?} {horizon}: {found} {alone}");
            }
        }
    }
}
