//! The bootstrap and the permutation test.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ranks::Estimated;
use super::{Method, Number, plain, usual_level};
use crate::stats::resample::{
    Resampling, bootstrap_difference, bootstrap_mean, bootstrap_quantile_difference, bootstrap_t_difference,
    bootstrap_t_mean, permutation_test,
};
use crate::stats::{Defined, Interval};

pub(super) const METHODS: &[Method] = &[
    method!("bootstrap_mean", "The interval of a mean by the percentile bootstrap.", mean),
    method!("bootstrap_t_mean", "The interval of a mean by the bootstrap-t, for heavy tails.", mean_by_t),
    method!("bootstrap_difference", "The interval of a difference of means by the percentile bootstrap.", difference),
    method!("bootstrap_t_difference", "The interval of a difference of means by the bootstrap-t.", difference_by_t),
    method!(
        "bootstrap_quantile_difference",
        "The interval of a difference of quantiles by the bootstrap.",
        quantiles,
        named[("p", "q")]
    ),
    method!(
        "permutation_test",
        "The permutation test of two means, exact where all ways can be looked at.",
        permutation
    ),
];

fn usual_resamples() -> u32 {
    Resampling::default().resamples
}

/// The arguments of a method that draws: its own, then how to draw.
macro_rules! drawing {
    ($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty),* }) => {
        $(#[$about])*
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($field: $kind,)*
            #[serde(default = "usual_level")]
            level: f64,
            #[serde(default = "usual_resamples")]
            resamples: u32,
            #[serde(default)]
            seed: u64,
        }

        impl $name {
            pub(super) fn settings(&self) -> Resampling {
                Resampling { level: self.level, resamples: self.resamples, seed: self.seed }
            }
        }
    };
}

drawing!(One { x: Vec<Number> });
drawing!(Two { control: Vec<Number>, treatment: Vec<Number> });
drawing!(TwoQuantiles { control: Vec<Number>, treatment: Vec<Number>, q: f64 });
drawing!(
    /// How to draw, where the values come as an array.
    Draws {}
);

impl One {
    fn by(&self, method: fn(&[f64], &Resampling) -> Defined<Interval>) -> Defined<Estimated> {
        method(&plain(&self.x), &self.settings()).map(Estimated::from)
    }
}

impl Two {
    fn by(&self, method: fn(&[f64], &[f64], &Resampling) -> Defined<Interval>) -> Defined<Estimated> {
        method(&plain(&self.control), &plain(&self.treatment), &self.settings()).map(Estimated::from)
    }
}

fn mean(input: &One) -> Defined<Estimated> {
    input.by(bootstrap_mean)
}

fn mean_by_t(input: &One) -> Defined<Estimated> {
    input.by(bootstrap_t_mean)
}

fn difference(input: &Two) -> Defined<Estimated> {
    input.by(bootstrap_difference)
}

fn difference_by_t(input: &Two) -> Defined<Estimated> {
    input.by(bootstrap_t_difference)
}

fn quantiles(input: &TwoQuantiles) -> Defined<Estimated> {
    let (control, treatment) = (plain(&input.control), plain(&input.treatment));
    bootstrap_quantile_difference(&control, &treatment, input.q, &input.settings()).map(Estimated::from)
}

#[derive(Serialize)]
struct Permuted {
    diff: f64,
    p_two_sided: f64,
    p_greater: f64,
    p_less: f64,
    draws: u64,
    method: &'static str,
}

fn permutation(input: &Two) -> Defined<Permuted> {
    let found = permutation_test(&plain(&input.control), &plain(&input.treatment), &input.settings())?;
    Ok(Permuted {
        diff: found.difference,
        p_two_sided: found.p_value,
        p_greater: found.greater,
        p_less: found.less,
        draws: found.draws,
        method: found.method,
    })
}
