//! Whether the data look like what the models assume.

use serde::{Deserialize, Serialize};

use super::count::Tail;
use super::customers::{Customer, Customers};
use super::process::PurchaseProcess;
use crate::model::Message;
use crate::stats::distribution::chi2_sf;

/// Repeat counts are compared one by one below this one and together from it on, as in Fader, Hardie and Lee (2005).
const MOST_REPEATS: usize = 7;
/// So many distinct ages are enough for the histogram; closer ones are joined.
const MOST_AGES: usize = 400;
/// A class of fewer expected customers is joined to the one before it, the usual rule for chi-square.
const FEW_EXPECTED: f64 = 5.0;
/// A misfit below this probability is no accident ...
const UNLIKELY: f64 = 0.01;
/// ... and above this share of customers in the wrong class it matters: our choice; CDNOW has 1.3 % by BG/NBD, 2.7 % by Pareto/NBD.
const MISPLACED: f64 = 0.03;
/// From this correlation between spend and frequency on, either way, the spend model misleads.
const CORRELATED: f64 = 0.3;
/// Half of the repeat buyers should have been watched for so many of their own gaps between purchases: our choice. In a window that is
/// far too short single repeats fall anywhere in it, and the median is 2.
const GAPS: f64 = 2.5;

/// Customers by their number of repeat purchases, observed and as the model expects them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Customers with 0, 1, ..., 6 repeat purchases, and with 7 or more.
    pub observed: Vec<f64>,
    /// The same by the model, for customers of the same ages.
    pub expected: Vec<f64>,
    /// Pearson's chi-square over classes of five expected customers or more.
    pub chi_square: f64,
    /// Classes less one less the four parameters; none where that is nothing.
    pub degrees_of_freedom: Option<f64>,
    /// The probability of so much misfit where the model is right.
    pub p_value: Option<f64>,
    /// The share of customers that would have to change their class.
    pub misplaced: f64,
}

/// The fit of the repeat counts.
pub(super) fn histogram(process: &PurchaseProcess, patterns: &[(Customer, f64)]) -> Histogram {
    let mut observed = vec![0.0; MOST_REPEATS + 1];
    let mut expected = vec![0.0; MOST_REPEATS + 1];
    for (customer, weight) in patterns {
        let class = (0..MOST_REPEATS).position(|count| customer.frequency <= count as f64).unwrap_or(MOST_REPEATS);
        add(&mut observed, class, *weight);
    }
    for (age, weight) in ages(patterns) {
        let mut rest = weight;
        for (class, share) in of_new(process, age).into_iter().enumerate() {
            add(&mut expected, class, weight * share);
            rest -= weight * share;
        }
        add(&mut expected, MOST_REPEATS, rest.max(0.0));
    }
    judged(observed, expected)
}

/// The probabilities of 0 to 6 repeat purchases of a customer of this age.
fn of_new(process: &PurchaseProcess, age: f64) -> Vec<f64> {
    if age > 0.0 { process.counts(&Customer::NEW, age, Tail::First(MOST_REPEATS)).0 } else { vec![1.0] }
}

fn add(classes: &mut [f64], class: usize, weight: f64) {
    if let Some(sum) = classes.get_mut(class) {
        *sum += weight;
    }
}

/// The distinct ages with their customers; neighbours are joined at their mean where there are too many.
fn ages(patterns: &[(Customer, f64)]) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> = patterns.iter().map(|(customer, weight)| (customer.age, *weight)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let joined = |part: &[(f64, f64)]| {
        let weight: f64 = part.iter().map(|(_, weight)| weight).sum();
        (part.iter().map(|(age, weight)| age * weight).sum::<f64>() / weight, weight)
    };
    let distinct: Vec<_> = all.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()).map(joined).collect();
    distinct.chunks(distinct.len().div_ceil(MOST_AGES).max(1)).map(joined).collect()
}

fn judged(observed: Vec<f64>, expected: Vec<f64>) -> Histogram {
    let total: f64 = observed.iter().sum();
    let gaps = observed.iter().zip(&expected).map(|(seen, wanted)| (seen - wanted).abs());
    let misplaced = 0.5 * gaps.sum::<f64>() / total.max(1.0);
    let mut classes: Vec<[f64; 2]> = Vec::new();
    for (seen, wanted) in observed.iter().zip(&expected) {
        match classes.last_mut() {
            Some([with, of]) if *wanted < FEW_EXPECTED || *of < FEW_EXPECTED => {
                *with += seen;
                *of += wanted;
            }
            _ => classes.push([*seen, *wanted]),
        }
    }
    let parts = classes.iter().filter(|[_, wanted]| *wanted > 0.0);
    let chi_square = parts.map(|[seen, wanted]| (seen - wanted) * (seen - wanted) / wanted).sum();
    let degrees_of_freedom = Some(classes.len() as f64 - 5.0).filter(|df| *df > 0.0);
    let p_value = degrees_of_freedom.map(|df| chi2_sf(chi_square, df));
    Histogram { observed, expected, chi_square, degrees_of_freedom, p_value, misplaced }
}

/// What speaks against a purchase model.
pub(super) fn purchase_warnings(customers: &Customers<'_>, histogram: &Histogram) -> Vec<Message> {
    let mut warnings = Vec::new();
    let is_unlikely = histogram.p_value.is_some_and(|p| p < UNLIKELY);
    if is_unlikely && histogram.misplaced > MISPLACED {
        let share = crate::model::message::Argument::Ratio(histogram.misplaced);
        warnings.push(Message::new("value-repeats-misfit").with("share", share));
    }
    if median_gaps(customers).is_some_and(|gaps| gaps < GAPS) {
        warnings.push(Message::new("value-observation-short"));
    }
    warnings
}

/// The median, over repeat buyers, of how many of their own gaps between purchases they were watched.
fn median_gaps(customers: &Customers<'_>) -> Option<f64> {
    let repeat = customers.iter().filter(|customer| customer.frequency > 0.0);
    let mut gaps: Vec<f64> = repeat.map(|customer| customer.age * customer.frequency / customer.recency).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied()
}

/// Pearson's correlation between how often and how much; none without spread.
pub(super) fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let count = pairs.len() as f64;
    let [mean_x, mean_y] =
        [pairs.iter().map(|(x, _)| x).sum::<f64>() / count, pairs.iter().map(|(_, y)| y).sum::<f64>() / count];
    let mut sums = [0.0; 3];
    for (x, y) in pairs {
        let (x, y) = (x - mean_x, y - mean_y);
        sums = [sums[0] + x * x, sums[1] + x * y, sums[2] + y * y];
    }
    let [xx, xy, yy] = sums;
    (xx > 0.0 && yy > 0.0).then(|| xy / libm::sqrt(xx * yy))
}

/// What speaks against the spend model.
pub(super) fn spend_warnings(correlation: Option<f64>, without_spend: u64) -> Vec<Message> {
    let mut warnings = Vec::new();
    if let Some(found) = correlation.filter(|found| found.abs() > CORRELATED) {
        let found = crate::model::message::Argument::Number(found);
        warnings.push(Message::new("value-spend-frequency").with("correlation", found));
    }
    if without_spend > 0 {
        let count = i64::try_from(without_spend).unwrap_or(i64::MAX);
        warnings.push(Message::new("value-spend-zero").with("customers", count));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thin_classes_are_joined_and_the_degrees_counted() {
        let seen = vec![50.0, 30.0, 20.0, 10.0, 6.0, 6.0, 3.0, 2.0];
        let same = judged(seen.clone(), seen.clone());
        assert!(same.chi_square.abs() <= 0.0 && same.misplaced.abs() <= 0.0);
        assert_eq!(same.degrees_of_freedom, Some(1.0));
        let mut other = seen.clone();
        (other[0], other[1]) = (30.0, 50.0);
        let found = judged(seen, other);
        assert!((found.chi_square - (400.0 / 30.0 + 400.0 / 50.0)).abs() < 1e-12, "{found:?}");
        assert!((found.misplaced - 20.0 / 127.0).abs() < 1e-12);
    }

    #[test]
    fn a_correlation_above_the_limit_is_said_either_way() {
        let line: Vec<_> = (0..9).map(|x| (f64::from(x), 5.0 - f64::from(x))).collect();
        let found = correlation(&line);
        assert!((found.unwrap() + 1.0).abs() < 1e-12);
        assert_eq!(spend_warnings(found, 0)[0].key, "value-spend-frequency");
        assert!(spend_warnings(Some(0.29), 0).is_empty());
        assert_eq!(correlation(&[(1.0, 2.0), (1.0, 3.0)]), None);
    }

    #[test]
    fn a_window_shorter_than_the_gaps_is_said() {
        let (x, t_x, age) = ([1.0, 1.0, 2.0], [2.0, 3.0, 3.0], [4.0, 4.0, 4.0]);
        let customers = Customers::new(&x, &t_x, &age).unwrap();
        assert_eq!(median_gaps(&customers), Some(2.0));
    }
}
