//! What holds whatever the numbers are, over generated samples: merged halves are the whole, the order of values does not matter, and
//! swapping the arms mirrors the result.
//!
//! The bootstrap and the Monte Carlo permutation test draw by the place of a value, so they mirror in distribution only; the exact
//! permutation test mirrors here.

use super::cuped::cuped_mean;
use super::quantile::quantile_difference;
use super::random::Random;
use super::ranks::hodges_lehmann;
use super::resample::{Resampling, permutation_test};
use super::robust::yuen;
use super::two_sample::{CrossSummary, MeanTest, Summary, welch};
use super::{Defined, Interval};

const CASES: u64 = 200;

/// A whole number from 0 to `most`, not included.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lies within 0..most")]
fn below(most: usize, luck: &mut Random) -> usize {
    (luck.uniform() * most as f64) as usize
}

/// A sample of `least` values or more: of any size between a millionth and a million, skewed, with ties and far from zero in some.
fn sample(luck: &mut Random, least: usize) -> Vec<f64> {
    let size = least + below(30, luck);
    let scale = [1e-6, 1e-3, 1.0, 1e3, 1e6][below(5, luck)];
    let offset = if luck.uniform() < 0.3 { 1e6 } else { 0.0 };
    let is_rounded = luck.uniform() < 0.3;
    let value = |luck: &mut Random| {
        let value = if luck.uniform() < 0.5 { luck.normal() } else { luck.log_normal(1.0) };
        scale * (offset + if is_rounded { (value * 4.0).round() / 4.0 } else { value })
    };
    (0..size).map(|_| value(luck)).collect()
}

/// The same values in an order of their own.
fn shuffled(values: &[f64], luck: &mut Random) -> Vec<f64> {
    let mut keyed: Vec<(f64, f64)> = values.iter().map(|value| (luck.uniform(), *value)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    keyed.into_iter().map(|(_, value)| value).collect()
}

/// Equal within rounding of numbers of this size.
fn close(a: f64, b: f64, size: f64) {
    assert!((a - b).abs() <= 1e-9 * size.max(a.abs()), "{a} {b} of {size}");
}

fn mirrored(there: &Interval, back: &Interval, size: f64) {
    close(there.estimate, -back.estimate, size);
    close(there.low, -back.high, size);
    close(there.high, -back.low, size);
}

fn size_of(samples: [&[f64]; 2]) -> f64 {
    samples.concat().iter().fold(0.0, |size, value| value.abs().max(size))
}

#[test]
fn merged_halves_are_the_whole_wherever_it_is_cut() {
    for case in 0..CASES {
        let mut luck = Random::at(1, &[case]);
        let (x, y) = (sample(&mut luck, 2), sample(&mut luck, 2));
        let size = x.len().min(y.len());
        let (x, y) = (&x[..size], &y[..size]);
        let cut = below(size + 1, &mut luck);
        let (left, right) = (Summary::of(&x[..cut]).unwrap(), Summary::of(&x[cut..]).unwrap());
        let (joined, whole) = (left.merge(&right), Summary::of(x).unwrap());
        assert_eq!(joined.n, whole.n);
        close(joined.mean, whole.mean, whole.mean.abs());
        close(joined.m2, whole.m2, whole.m2);
        let pairs = |range: std::ops::Range<usize>| CrossSummary::of(&x[range.clone()], &y[range]).unwrap();
        let (joined, whole) = (pairs(0..cut).merge(&pairs(cut..size)), pairs(0..size));
        close(joined.c_xy, whole.c_xy, (whole.m2_x * whole.m2_y).sqrt());
        close(joined.m2_y, whole.m2_y, whole.m2_y);
    }
}

type Compare = fn(&[f64], &[f64]) -> Defined<MeanTest>;

#[test]
fn order_does_not_matter_and_swapped_arms_mirror_tests_of_means_and_quantiles() {
    let tests: [Compare; 3] = [
        |a, b| welch(&Summary::of(a)?, &Summary::of(b)?, 0.9),
        |a, b| yuen(a, b, 0.2, 0.9),
        |a, b| quantile_difference(a, b, 0.4, 0.9),
    ];
    let mut answers = 0;
    for case in 0..CASES {
        let mut luck = Random::at(2, &[case]);
        let (a, b) = (sample(&mut luck, 10), sample(&mut luck, 10));
        let size = size_of([&a, &b]);
        for test in tests {
            let (Ok(there), Ok(back)) = (test(&a, &b), test(&b, &a)) else { continue };
            answers += 1;
            mirrored(&there.difference, &back.difference, size);
            close(there.greater, back.less, 1.0);
            close(there.p_value, back.p_value, 1.0);
            let again = test(&shuffled(&a, &mut luck), &shuffled(&b, &mut luck)).unwrap();
            close(again.difference.low, there.difference.low, size);
            close(again.p_value, there.p_value, 1.0);
        }
    }
    assert!(answers > 500, "{answers}");
}

#[test]
fn swapped_arms_mirror_the_shift_of_ranks() {
    for case in 0..CASES {
        let mut luck = Random::at(3, &[case]);
        let (a, b) = (sample(&mut luck, 4), sample(&mut luck, 4));
        let (Ok(there), Ok(back)) = (hodges_lehmann(&a, &b, 0.9), hodges_lehmann(&b, &a, 0.9)) else { continue };
        mirrored(&there, &back, size_of([&a, &b]));
        let again = hodges_lehmann(&shuffled(&a, &mut luck), &shuffled(&b, &mut luck), 0.9).unwrap();
        assert_eq!(again, there);
    }
}

#[test]
fn swapped_arms_mirror_the_exact_permutation_test() {
    for case in 0..CASES {
        let mut luck = Random::at(4, &[case]);
        let (a, b) = (sample(&mut luck, 5), sample(&mut luck, 5));
        let (a, b) = (&a[..5], &b[..4]);
        let settings = Resampling::default();
        let (Ok(there), Ok(back)) = (permutation_test(a, b, &settings), permutation_test(b, a, &settings)) else {
            continue;
        };
        assert_eq!((there.method, there.draws), ("exact", 126));
        close(there.difference, -back.difference, size_of([a, b]));
        assert_eq!((there.p_value, there.greater, there.less), (back.p_value, back.less, back.greater));
    }
}

#[test]
fn swapped_arms_mirror_cuped() {
    for case in 0..CASES {
        let mut luck = Random::at(5, &[case]);
        let arm = |luck: &mut Random| {
            let before = sample(luck, 10);
            let spread = Summary::of(&before).unwrap().variance().unwrap().sqrt();
            let after: Vec<f64> = before.iter().map(|value| 0.7 * value + spread * luck.normal()).collect();
            CrossSummary::of(&before, &after).unwrap()
        };
        let (a, b) = (arm(&mut luck), arm(&mut luck));
        let (Ok(there), Ok(back)) = (cuped_mean(&a, &b, 0.9), cuped_mean(&b, &a, 0.9)) else { continue };
        let size = [a.mean_y, b.mean_y, a.mean_x, b.mean_x].into_iter().fold(1.0, |size, mean| mean.abs().max(size));
        mirrored(&there.adjusted.test.difference, &back.adjusted.test.difference, size);
        close(there.theta, back.theta, 1.0);
        close(there.adjusted.test.p_value, back.adjusted.test.p_value, 1.0);
    }
}

#[test]
fn a_p_value_is_never_zero() {
    let far = |mean: f64| Summary::new(1_000_000, mean, 999_999.0);
    let found = welch(&far(0.0), &far(1.0), 0.95).unwrap();
    assert!(found.p_value > 0.0 && found.greater > 0.0 && found.t > 700.0, "{found:?}");
}
